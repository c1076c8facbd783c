//! Every place of a text that means what the name under a cursor means.

use super::definition::word_at;
use crate::syntax::parse;
use crate::syntax::scope::{Declares, Scopes, scopes};
use crate::syntax::tree::{ExpressionKind, Node, StatementKind, Tree};
use std::ops::Range;

/// A place that names something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name's bytes.
    pub span: Range<usize>,
    /// Whether it is the declaration.
    pub declares: bool,
    /// Whether it is written there.
    pub writes: bool,
}

/// The places of this text, in order: of a variable, an import's alias or a function of this script.
pub fn references(text: &str, at: usize) -> Vec<Reference> {
    let tree = parse(text);
    let found = scopes(&tree);
    let mut places = match (found.declaration_at(at), word_at(text, at)) {
        (Some(declaration), _) => of_variable(&tree, &found, declaration),
        (None, Some(word)) => match global_at(&tree, &found, &word) {
            Some(declaration) => of_variable(&tree, &found, declaration),
            None => of_function(&tree, &word),
        },
        (None, None) => Vec::new(),
    };
    places.sort_by_key(|place| place.span.start);
    places
}

/// The places of a declaration, `global::NAME` among them.
pub(super) fn of_variable(tree: &Tree, found: &Scopes, declaration: usize) -> Vec<Reference> {
    let declared = &found.declarations[declaration];
    let mut places = vec![Reference { span: declared.name.span.clone(), declares: true, writes: true }];
    let uses = found.uses_of(declaration);
    places.extend(uses.map(|used| Reference {
        span: used.name.span.clone(),
        declares: false,
        writes: used.writes,
    }));
    for (span, means) in globals(tree, found) {
        if means == declaration {
            places.push(Reference { span, declares: false, writes: false });
        }
    }
    places
}

/// Each `global::NAME`: the name's bytes, and the constant that it means.
pub(super) fn globals(tree: &Tree, found: &Scopes) -> Vec<(Range<usize>, usize)> {
    let mut places = Vec::new();
    tree.walk(&mut |path| {
        if let Some(Node::Expression(expression)) = path.last()
            && let ExpressionKind::Path { modules, name } = &expression.kind
            && modules.len() == 1
            && modules[0].text == "global"
            && let Some(means) = found.declarations.iter().rposition(|declared| {
                declared.top && declared.by == Declares::Const && declared.name.text == name.text
            })
        {
            places.push((name.span.clone(), means));
        }
    });
    places
}

fn global_at(tree: &Tree, found: &Scopes, word: &Range<usize>) -> Option<usize> {
    globals(tree, found).into_iter().find(|(span, _)| span == word).map(|(_, means)| means)
}

/// A function's definitions and calls, those of every number of arguments.
fn of_function(tree: &Tree, word: &Range<usize>) -> Vec<Reference> {
    let mut named: Vec<(String, Reference)> = Vec::new();
    tree.walk(&mut |path| {
        let (name, declares) = match path.last() {
            Some(Node::Statement(statement)) => match &statement.kind {
                StatementKind::Function(function) => (&function.name, true),
                _ => return,
            },
            Some(Node::Expression(expression)) => match &expression.kind {
                ExpressionKind::Call { modules, name, .. } if modules.is_empty() => (name, false),
                ExpressionKind::Method { name, .. } => (name, false),
                _ => return,
            },
            _ => return,
        };
        let place = Reference { span: name.span.clone(), declares, writes: false };
        named.push((name.text.clone(), place));
    });
    let Some((name, _)) = named.iter().find(|(_, place)| place.span == *word).cloned() else {
        return Vec::new();
    };
    named.into_iter().filter(|(other, _)| *other == name).map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with each place in brackets, `*` where it is written, for the name at ‸.
    fn told(marked: &str) -> String {
        let at = marked.find('‸').expect("a cursor");
        let text = marked.replacen('‸', "", 1);
        let mut shown = text.clone();
        for place in references(&text, at).into_iter().rev() {
            let mark = if place.writes { "*" } else { "" };
            shown.replace_range(place.span.clone(), &format!("[{}{mark}]", &text[place.span]));
        }
        shown
    }

    #[test]
    fn a_variables_places() {
        assert_eq!(
            told("let a = 1; let b = a; a‸ += 1; { let a = 2; a } print(`${a}`)"),
            "let [a*] = 1; let b = [a]; [a*] += 1; { let a = 2; a } print(`${[a]}`)"
        );
        assert_eq!(
            told("const ‸A = 1; fn f() { global::A } A"),
            "const [A*] = 1; fn f() { global::[A] } [A]"
        );
        assert_eq!(told("const A = 1; fn f() { global::‸A }"), "const [A*] = 1; fn f() { global::[A] }");
        assert_eq!(
            told("import \"w\" as w; w‸::f(); let x = w::X;"),
            "import \"w\" as [w*]; [w]::f(); let x = [w]::X;"
        );
    }

    #[test]
    fn a_functions_places() {
        assert_eq!(
            told("fn f(a) { f‸(a - 1) } f(2); w::f(2); x.f(); let f = 1; f"),
            "fn [f](a) { [f](a - 1) } [f](2); w::f(2); x.[f](); let f = 1; f"
        );
        assert_eq!(told("let x = 1; ‸// x"), "let x = 1; // x");
    }
}
