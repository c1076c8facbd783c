//! Renaming a variable: every place of it, and nothing else. A new name that would change what any name of the text
//! means is refused.

use super::references::{globals, of_variable};
use crate::script::engine::can_name;
use crate::syntax::lexer::{self, KEYWORDS};
use crate::syntax::parse;
use crate::syntax::scope::{Declares, Scopes, scopes};
use crate::syntax::tree::{StatementKind, Tree};
use crate::verbs;
use std::ops::Range;

/// What can be renamed at a byte: its bytes there.
///
/// # Errors
/// What stands there when it is no variable of this script, in words for a person.
pub fn renamable(text: &str, at: usize) -> Result<Range<usize>, String> {
    let tree = parse(text);
    let found = scopes(&tree);
    let (_, asked) = target(text, &tree, &found, at)?;
    Ok(asked)
}

/// The edits that rename what stands at a byte, in order: bytes, and what replaces them.
///
/// # Errors
/// Why this name cannot stand there, in words for a person.
pub fn rename(text: &str, at: usize, name: &str) -> Result<Vec<(Range<usize>, String)>, String> {
    let tree = parse(text);
    let found = scopes(&tree);
    let (declaration, _) = target(text, &tree, &found, at)?;
    let old = &found.declarations[declaration].name.text;
    if old == name {
        return Ok(Vec::new());
    }
    allowed(&tree, name)?;
    let exports = plain_exports(&tree);
    let places = of_variable(&tree, &found, declaration);
    let seen = places.iter().flat_map(|place| found.visible(place.span.start));
    if let Some(other) = { seen }.find(|seen| seen.name.text == name) {
        let line = lexer::position(text, other.name.span.start).0;
        return Err(format!("`{name}` is taken: line {line} declares another one"));
    }
    let mut edits: Vec<(Range<usize>, String)> = places
        .into_iter()
        .map(|place| {
            // Importers go on naming it as they did.
            let exported = exports.contains(&place.span);
            let text = if exported { format!("{name} as {old}") } else { name.to_string() };
            (place.span, text)
        })
        .collect();
    edits.sort_by_key(|(span, _)| span.start);
    let mut renamed = text.to_string();
    for (span, replacement) in edits.iter().rev() {
        renamed.replace_range(span.clone(), replacement);
    }
    if means(&renamed) != means(text) {
        return Err(format!("`{name}` is taken: some of its uses would mean this one"));
    }
    Ok(edits)
}

/// Which declaration each use means, and each `global::NAME`: what a renaming leaves as it is.
fn means(text: &str) -> (Vec<Option<usize>>, Vec<usize>, usize) {
    let tree = parse(text);
    let found = scopes(&tree);
    let globals = globals(&tree, &found).into_iter().map(|(_, means)| means).collect();
    (found.uses.iter().map(|used| used.declaration).collect(), globals, found.declarations.len())
}

/// The declaration to rename, and the bytes of its name at the cursor.
fn target(text: &str, tree: &Tree, found: &Scopes, at: usize) -> Result<(usize, Range<usize>), String> {
    let holds = |span: &Range<usize>| span.start <= at && at <= span.end;
    let global = globals(tree, found).into_iter().find(|(span, _)| holds(span));
    let place = global.map(|(_, declaration)| declaration).or_else(|| found.declaration_at(at));
    if let Some(declaration) = place {
        let places = of_variable(tree, found, declaration);
        if found.declarations[declaration].exported {
            let name = &found.declarations[declaration].name.text;
            return Err(format!("`{name}` is exported: other files name it too"));
        }
        if let Some(place) = places.into_iter().find(|place| holds(&place.span)) {
            return Ok((declaration, place.span));
        }
    }
    Err(match super::definition::word_at(text, at) {
        None => "put the cursor on a variable to rename it".to_string(),
        Some(span) => {
            let word = &text[span];
            match word {
                word if KEYWORDS.contains(&word) => format!("`{word}` is a word of the language"),
                word if tree.functions().any(|function| function.name.text == word) => {
                    format!("`{word}` is a function: other files may call it; only variables can be renamed")
                }
                word if verbs::verb(word).is_some() => format!("`{word}` is a verb"),
                word => format!("nothing in this file declares `{word}`; only its variables can be renamed"),
            }
        }
    })
}

/// The names that stand after `export` and give importers the same name.
fn plain_exports(tree: &Tree) -> Vec<Range<usize>> {
    let exports = tree.block.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Export { name, alias: None } => Some(name.span.clone()),
        _ => None,
    });
    exports.collect()
}

/// Whether a variable can be called this at all.
fn allowed(tree: &Tree, name: &str) -> Result<(), String> {
    if KEYWORDS.contains(&name) {
        return Err(format!("`{name}` is a word of the language"));
    }
    if verbs::verb(name).is_some() {
        return Err(format!("`{name}` is a verb"));
    }
    if tree.functions().any(|function| function.name.text == name) {
        return Err(format!("`{name}` is a function of this file"));
    }
    if !can_name(name) {
        return Err(format!(
            "`{name}` is no name: give letters, digits and `_`, not beginning with a digit, and no reserved word"
        ));
    }
    Ok(())
}

/// What declares a name, as an editor shows it.
pub(super) fn kind(by: Declares) -> &'static str {
    match by {
        Declares::Let => "variable",
        Declares::Const => "constant",
        Declares::Param | Declares::ClosureParam => "parameter",
        Declares::Loop => "loop variable",
        Declares::Caught => "caught error",
        Declares::Import => "module",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after the name at ‸ was renamed, or why not.
    fn told(marked: &str, name: &str) -> String {
        let at = marked.find('‸').expect("a cursor");
        let text = marked.replacen('‸', "", 1);
        match rename(&text, at, name) {
            Ok(edits) => {
                let mut renamed = text;
                edits.into_iter().rev().for_each(|(span, new)| renamed.replace_range(span, &new));
                renamed
            }
            Err(why) => why,
        }
    }

    #[test]
    fn renames_every_place() {
        assert_eq!(
            told("let é = 1; let web = boot(web‸_, 1); web.ip; `${web}`; |x| web", "db"),
            "nothing in this file declares `web_`; only its variables can be renamed"
        );
        assert_eq!(
            told("/* é😀 */ let web‸ = 1; web.web; #{ web: web }; `web ${web}`; |x| web", "db"),
            "/* é😀 */ let db = 1; db.web; #{ web: db }; `web ${db}`; |x| db"
        );
        assert_eq!(told("for i in xs { i‸ } let i = 1; i", "n"), "for n in xs { n } let i = 1; i");
        assert_eq!(told("try { } catch (e) { ‸e.kind }", "why"), "try { } catch (why) { why.kind }");
        assert_eq!(told("const A = 1; fn f() { global::‸A } A", "B"), "const B = 1; fn f() { global::B } B");
        assert_eq!(
            told("import \"web\" as w‸; w::f(); w::X", "web"),
            "import \"web\" as web; web::f(); web::X"
        );
        assert_eq!(told("let a‸ = 1; export a;", "b"), "let b = 1; export b as a;");
        assert_eq!(told("let a‸ = 1; export a as c;", "b"), "let b = 1; export b as c;");
        assert_eq!(told("let a = 1; let a = a + 1; a‸", "b"), "let a = 1; let b = a + 1; b");
        assert_eq!(told("let a‸ = 1; a", "a"), "let a = 1; a");
    }

    #[test]
    fn refuses_what_would_mean_something_else() {
        let taken = |line| format!("`b` is taken: line {line} declares another one");
        assert_eq!(told("let a‸ = 1;\nlet b = 2; a + b", "b"), taken(2));
        assert_eq!(told("let a‸ = 1;\n{ let b = 2; a }", "b"), taken(2));
        assert_eq!(told("let a‸ = 1; xs.map(|b| a + b)", "b"), taken(1));
        assert_eq!(told("let b = 2; let a‸ = b; a", "b"), taken(1));
        assert_eq!(told("let b = 2; let a‸ = 1; b", "b"), taken(1));
        let would = "`b` is taken: some of its uses would mean this one";
        assert_eq!(told("const a‸ = 1; const b = 2; fn f() { global::a }", "b"), would);
        assert_eq!(told("let a‸ = 1; b", "b"), would);
        assert_eq!(told("let a‸ = 1; { let b = 2; b } a", "b"), "let b = 1; { let b = 2; b } b");
    }

    #[test]
    fn refuses_names_that_are_none() {
        assert_eq!(told("let a‸ = 1;", "while"), "`while` is a word of the language");
        assert_eq!(told("let a‸ = 1;", "boot"), "`boot` is a verb");
        assert_eq!(told("let a‸ = 1; fn g() { }", "g"), "`g` is a function of this file");
        for name in ["", "1a", "a b", "a-b", "null", "é", "_", "a\n"] {
            let why = told("let a‸ = 1;", name);
            assert!(why.starts_with(&format!("`{name}` is no name: give letters")), "{why}");
        }
        assert_eq!(told("let a‸ = 1;", "private_ip"), "let private_ip = 1;");
    }

    #[test]
    fn says_what_cannot_be_renamed() {
        let told = |marked: &str| {
            let at = marked.find('‸').expect("a cursor");
            renamable(&marked.replacen('‸', "", 1), at)
        };
        assert_eq!(told("let web‸ = 1;"), Ok(4..7));
        assert_eq!(told("let web = 1; ‸web"), Ok(13..16));
        assert_eq!(told("const A = 1; fn f() { global::A‸ }"), Ok(30..31));
        let refused = |marked: &str, why: &str| assert_eq!(told(marked), Err(why.to_string()));
        refused("‸let web = 1;", "`let` is a word of the language");
        refused("bo‸ot(1)", "`boot` is a verb");
        refused("fn f‸() { }", "`f` is a function: other files may call it; only variables can be renamed");
        refused("export let a‸ = 1;", "`a` is exported: other files name it too");
        refused("1 + ‸ 2", "put the cursor on a variable to rename it");
        refused("// web‸", "put the cursor on a variable to rename it");
    }
}
