//! Closures that read the variable of their own chain: `sg.rules.for_each(|r| sg.revoke(r))`.
//!
//! The engine keeps a captured variable locked while a chain on it runs, so that the closure's reading would be a data race.
//! Such a chain begins on a copy instead: of an object the copy is the object itself, and what only reads an array reads the
//! copy. The variable's name at the head of the chain is marked when a text is parsed, and read through the mark.

use rhai::{AST, ASTNode, Dynamic, Expr, Position, Scope, Stmt};
use std::collections::HashMap;

/// What marks the head of such a chain; no name that a script can write holds it.
pub const MARK: char = '\u{fdd1}';

/// What reads the value it is called on and does not change it.
pub const READS: [&str; 24] = [
    "all",
    "chunks",
    "filter",
    "find",
    "find_map",
    "first",
    "for_each",
    "get",
    "group_by",
    "index_of",
    "join",
    "last",
    "map",
    "order_by",
    "reduce",
    "reduce_rev",
    "some",
    "sum",
    "to_csv",
    "unique",
    "zip",
    "any",
    "parallel",
    "retry",
];

/// The heads of chains that a closure of the chain captures, by where they stand.
pub fn heads(ast: &AST) -> HashMap<Position, String> {
    let mut found = HashMap::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Dot(parts, ..) | Expr::Index(parts, ..))) = path.last()
            && let Expr::Variable(variable, _, position) = &parts.lhs
            && is_read_by_its_own(&parts.rhs, &variable.1)
        {
            found.insert(*position, variable.1.to_string());
        }
        true
    });
    found
}

/// Whether a method further on in a chain, one that only reads, is given a closure that captures this variable.
fn is_read_by_its_own(chain: &Expr, variable: &str) -> bool {
    match chain {
        Expr::MethodCall(call, ..) => {
            READS.contains(&call.name.as_str()) && call.args.iter().any(|given| captures(given, variable))
        }
        Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
            is_read_by_its_own(&parts.lhs, variable) || is_read_by_its_own(&parts.rhs, variable)
        }
        _ => false,
    }
}

/// Whether an argument is a closure that captures this variable.
fn captures(given: &Expr, variable: &str) -> bool {
    let Expr::Stmt(block) = given else { return false };
    block.iter().any(|statement| match statement {
        Stmt::Share(captured) => captured.iter().any(|(name, _)| name.name == variable),
        _ => false,
    })
}

/// A scope in which the marked names count as declared, beside those that are.
pub fn declared<'a>(scope: &Scope<'a>, heads: &HashMap<Position, String>) -> Scope<'a> {
    let mut scope = scope.clone();
    for name in heads.values() {
        scope.push(format!("{name}{MARK}"), ());
    }
    scope
}

/// The name of a variable that is read through the mark.
pub fn unmarked(name: &str) -> Option<&str> {
    name.strip_suffix(MARK)
}

/// A copy of a variable that its chain does not lock.
pub fn copy(scope: &Scope, name: &str) -> Dynamic {
    scope.get(name).map_or(Dynamic::UNIT, Dynamic::flatten_clone)
}
