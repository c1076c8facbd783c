//! The outline of a text: functions, variables of the script, parameters, imports and steps; and what can be folded.

use super::rename::kind;
use crate::syntax::lexer::{self, Shape};
use crate::syntax::parse;
use crate::syntax::scope::Declares;
use crate::syntax::tree::{Expression, ExpressionKind, Name, Node, Statement, StatementKind, children};
use std::ops::Range;

/// What an entry of an outline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A function.
    Function,
    /// `let`.
    Variable,
    /// `const`.
    Constant,
    /// A variable that holds a `param`.
    Parameter,
    /// An import.
    Module,
    /// `step(title, …)`.
    Step,
}

/// An entry of an outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name; never empty.
    pub name: String,
    /// What it is, in few words.
    pub detail: String,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub span: Range<usize>,
    /// Its name's bytes, within `span`.
    pub name_span: Range<usize>,
    /// What it holds.
    pub children: Vec<Symbol>,
}

/// The outline of a text, in its order.
pub fn symbols(text: &str) -> Vec<Symbol> {
    let tree = parse(text);
    let mut found = Vec::new();
    for statement in &tree.block.statements {
        of_statement(statement, text, &mut found);
    }
    found
}

fn of_statement(statement: &Statement, text: &str, found: &mut Vec<Symbol>) {
    let mut push = |name: &Name, detail: &str, kind, children| {
        if !name.text.is_empty() {
            found.push(Symbol {
                name: name.text.clone(),
                detail: detail.to_string(),
                kind,
                span: statement.span.start.min(name.span.start)..statement.span.end.max(name.span.end),
                name_span: name.span.clone(),
                children,
            });
        }
    };
    match &statement.kind {
        StatementKind::Function(function) => {
            let params: Vec<&str> = function.params.iter().map(|param| param.text.as_str()).collect();
            let mut inner = Vec::new();
            steps(Node::Block(&function.body), &mut inner);
            push(&function.name, &format!("({})", params.join(", ")), SymbolKind::Function, inner);
        }
        StatementKind::Let { name, value, constant, .. } => {
            let mut inner = Vec::new();
            value.iter().for_each(|value| steps(Node::Expression(value), &mut inner));
            match value.as_ref().and_then(param) {
                Some(help) => push(name, help, SymbolKind::Parameter, inner),
                None if *constant => push(name, kind(Declares::Const), SymbolKind::Constant, inner),
                None => push(name, kind(Declares::Let), SymbolKind::Variable, inner),
            }
        }
        StatementKind::Import { path, alias: Some(alias) } => {
            let path = path.text().unwrap_or_else(|| text.get(path.span.clone()).unwrap_or(""));
            push(alias, path, SymbolKind::Module, Vec::new());
        }
        _ => steps(Node::Statement(statement), found),
    }
}

/// What a `param(…)` is for, when an expression is one.
fn param(value: &Expression) -> Option<&str> {
    match &value.kind {
        ExpressionKind::Call { modules, name, arguments } if modules.is_empty() && name.text == "param" => {
            let help = arguments.list.get(2).and_then(Expression::text);
            Some(help.unwrap_or("parameter"))
        }
        _ => None,
    }
}

/// The steps in a part of the tree, nested as they are nested.
fn steps(node: Node<'_>, found: &mut Vec<Symbol>) {
    if let Node::Expression(expression) = node
        && let ExpressionKind::Call { modules, name, arguments } = &expression.kind
        && modules.is_empty()
        && name.text == "step"
        && let Some(title) = arguments.list.first()
        && let Some(words) = title.text().filter(|words| !words.trim().is_empty())
    {
        let mut inner = Vec::new();
        children(node).into_iter().for_each(|child| steps(child, &mut inner));
        found.push(Symbol {
            name: words.to_string(),
            detail: "step".to_string(),
            kind: SymbolKind::Step,
            span: expression.span.clone(),
            name_span: title.span.clone(),
            children: inner,
        });
        return;
    }
    children(node).into_iter().for_each(|child| steps(child, found));
}

/// What can be folded away: bytes from a bracket to its other end, or of comment lines that follow each other; whether
/// it is a comment.
pub fn folds(text: &str) -> Vec<(Range<usize>, bool)> {
    let tokens = lexer::tokens(text);
    let mut found: Vec<(Range<usize>, bool)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut comment: Option<Range<usize>> = None;
    for token in &tokens {
        let is_line = token.shape == Shape::Comment && token.text(text).starts_with("//");
        match &mut comment {
            Some(run) if is_line && text[run.end..token.start].matches('\n').count() == 1 => {
                run.end = token.end;
            }
            _ => {
                found.extend(comment.take().map(|run| (run, true)));
                comment = is_line.then(|| token.span());
            }
        }
        if token.shape == Shape::Comment && !is_line {
            found.push((token.span(), true));
        }
        if lexer::opens(token, text) {
            open.push(token.start);
        } else if lexer::closes(token, text)
            && let Some(start) = open.pop()
        {
            found.push((start..token.end, false));
        }
    }
    found.extend(comment.take().map(|run| (run, true)));
    found.retain(|(span, _)| text[span.clone()].contains('\n'));
    found.sort_by_key(|(span, _)| span.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(symbols: &[Symbol], depth: usize, text: &str) -> Vec<String> {
        let lines = symbols.iter().flat_map(|symbol| {
            assert!(symbol.span.start <= symbol.name_span.start && symbol.name_span.end <= symbol.span.end);
            let own = format!(
                "{}{:?} {} {} `{}`",
                "  ".repeat(depth),
                symbol.kind,
                symbol.name,
                symbol.detail,
                &text[symbol.name_span.clone()]
            );
            std::iter::once(own).chain(told(&symbol.children, depth + 1, text))
        });
        lines.collect()
    }

    #[test]
    fn an_outline_has_what_a_reader_looks_for() {
        let text = "import \"lib/web\" as web;\nconst SIZE = param(\"size\", 3, \"How many.\");\nlet n = 1;\n\
                    fn add(a, b) { let inner = 1; step(\"In it\", || 1) }\n\
                    step(\"Boot\", || {\n  step(\"Wait\", || 1);\n});\nlet x = step(\"Last\", || 2);\nlet = ;";
        assert_eq!(
            told(&symbols(text), 0, text),
            [
                "Module web lib/web `web`",
                "Parameter SIZE How many. `SIZE`",
                "Variable n variable `n`",
                "Function add (a, b) `add`",
                "  Step In it step `\"In it\"`",
                "Step Boot step `\"Boot\"`",
                "  Step Wait step `\"Wait\"`",
                "Variable x variable `x`",
                "  Step Last step `\"Last\"`",
            ]
        );
    }

    #[test]
    fn brackets_and_comments_fold() {
        let text = "// a\n// b\n\n// c\nfn f() {\n  g(1,\n    2)\n}\n/* x\n */ #{ a: 1 } [\n";
        let told: Vec<String> =
            folds(text).into_iter().map(|(span, comment)| format!("{:?} {comment}", &text[span])).collect();
        assert_eq!(
            told,
            [
                "\"// a\\n// b\" true",
                "\"{\\n  g(1,\\n    2)\\n}\" false",
                "\"(1,\\n    2)\" false",
                "\"/* x\\n */\" true"
            ]
        );
    }
}
