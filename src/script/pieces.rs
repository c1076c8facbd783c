//! Whether a long text parses, asked a piece at a time.
//!
//! The engine's parser looks through all variables of the script at each `let` and at each property, so that a script
//! of four times the length takes it sixteen times as long. A piece is some statements of the top level, with what it
//! uses of those before declared in front of it. Only a yes is taken from here: where a piece does not parse, the
//! whole text is asked, for its words and its place.

use crate::syntax::scope::{self, Declares, Scopes};
use crate::syntax::{self, tree::*};
use rhai::Engine;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Statements a piece.
const STATEMENTS: usize = 200;
/// Shorter texts are parsed whole: that is faster.
const SHORT: usize = 2 * STATEMENTS;
/// More functions or variables than this may be more than the engine takes in one script.
const MANY: usize = 9_000;

/// Whether every piece of a text parses; false also where that cannot be told by pieces.
pub(super) fn parse(engine: &Engine, text: &str) -> bool {
    if text.bytes().filter(|byte| *byte == b'\n').take(SHORT).count() < SHORT {
        return false;
    }
    let tree = syntax::parse(text);
    let statements = &tree.block.statements;
    if statements.len() < SHORT || !tree.mistakes.is_empty() || !are_apart(&tree) {
        return false;
    }
    let scopes = scope::scopes(&tree);
    let functions: HashMap<&str, usize> =
        tree.functions().map(|function| (function.name.text.as_str(), function.name.span.start)).collect();
    let mut uses = scopes.uses.iter().peekable();
    statements.chunks(STATEMENTS).enumerate().all(|(nth, piece)| {
        let start = piece.first().map_or(0, |statement| statement.span.start);
        let next = statements.get((nth + 1) * STATEMENTS);
        let end = next.map_or(text.len(), |statement| statement.span.start);
        let mut before: BTreeMap<&str, &str> = BTreeMap::new();
        while let Some(used) = uses.next_if(|used| used.name.span.start < end) {
            if let Some(declared) = declared_before(&scopes, &functions, used, start) {
                before.insert(&used.name.text, declared);
            }
        }
        let mut asked = String::new();
        for (name, declared) in before {
            asked.push_str(&declared.replace('_', name));
        }
        asked.push_str(text.get(start..end).unwrap_or_default());
        engine.compile(asked).is_ok()
    })
}

/// What declares a name that was declared before a piece, with `_` where the name goes.
fn declared_before(
    scopes: &Scopes,
    functions: &HashMap<&str, usize>,
    used: &scope::Use,
    piece: usize,
) -> Option<&'static str> {
    match used.declaration.and_then(|at| scopes.declarations.get(at)) {
        Some(declared) if declared.name.span.start >= piece => None,
        Some(declared) => match declared.by {
            Declares::Let => Some("let _;"),
            Declares::Const => Some("const _ = 0;"),
            Declares::Import => Some("import \"\" as _;"),
            _ => None,
        },
        None => functions.get(used.name.text.as_str()).filter(|at| **at < piece).map(|_| "let _;"),
    }
}

/// Whether no function is there twice, and nothing counts towards a bound of the engine.
fn are_apart(tree: &Tree) -> bool {
    let mut functions = HashSet::new();
    let once =
        tree.functions().all(|function| functions.insert((&function.name.text, function.params.len())));
    let lets = tree.block.statements.iter().filter(|s| matches!(s.kind, StatementKind::Let { .. })).count();
    once && functions.len() < MANY && lets < MANY
}

#[cfg(test)]
mod tests {
    use super::super::engine::grammar;
    use super::*;

    fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
        (0..count).map(|n| line(n) + "\n").collect()
    }

    #[test]
    fn a_long_text_that_parses_whole_parses_by_pieces() {
        let head = "import \"lib/a\" as lib;\nconst LIMIT = 3;\nlet first = 1;\nfn twice(x) { x * 2 }\n\
                    fn twice(x, y) { x * y }\n";
        let body = lines(1_000, |n| {
            format!(
                "let v{n} = [first].map(|x| x + LIMIT + lib::f(twice)); if v{n}.len() > 0 {{ first += `${{v{n}}}`.len(); }}"
            )
        });
        let text = format!("{head}{body}");
        assert!(grammar().compile(&text).is_ok());
        assert!(parse(&grammar(), &text));
    }

    #[test]
    fn what_the_whole_refuses_no_piece_lets_through() {
        let long = lines(1_000, |n| format!("let v{n} = {n};"));
        for wrong in
            ["LIMIT = 4;", "print(missing);", "fn f(x) { 2 }", "nowhere::f();", "let = 3;", "print(v1"]
        {
            let text = format!("const LIMIT = 3;\nfn f(x) {{ 1 }}\n{long}{wrong}\n");
            assert!(grammar().compile(&text).is_err(), "{wrong}");
            assert!(!parse(&grammar(), &text), "{wrong}");
        }
    }

    #[test]
    fn a_name_of_a_block_is_not_known_after_it() {
        let long = lines(1_000, |n| format!("{{ let inner = {n}; }}"));
        assert!(parse(&grammar(), &long));
        assert!(!parse(&grammar(), &format!("{long}print(inner);\n")));
    }
}
