//! The only reader of the engine's tree here: the calls of a script, and where each stands.

use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// A call by name: `boot(…)`, not `x.boot(…)` and not `web::boot(…)`.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: usize,
    pub(super) line: usize,
    pub(super) column: usize,
    /// Whether it stands inside `try`.
    pub(super) tried: bool,
}

/// Every call by name, those of functions that are never called among them.
pub(super) fn calls(ast: &AST) -> Vec<Call> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let (call, position): (_, &Position) = match path.last() {
            Some(
                ASTNode::Expr(Expr::FnCall(call, position)) | ASTNode::Stmt(Stmt::FnCall(call, position)),
            ) => (call, position),
            _ => return true,
        };
        let plain = call.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if plain && !call.is_qualified() && !call.is_operator_call() {
            found.push(Call {
                name: call.name.to_string(),
                arguments: call.args.len(),
                line: position.line().unwrap_or(0),
                column: position.position().unwrap_or(0),
                tried: path.iter().any(|node| matches!(node, ASTNode::Stmt(Stmt::TryCatch(..)))),
            });
        }
        true
    });
    found
}
