//! Statements that are never reached: behind `return`, `throw`, `break`, `continue`, `exit` and `fail`.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::{Node, Statement, StatementKind};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Block(block)) = path.last() else { return };
        let mut ended: Option<(&'static str, &Statement)> = None;
        for statement in &block.statements {
            if matches!(statement.kind, StatementKind::Function(_) | StatementKind::Broken) {
                continue;
            }
            if let Some((word, end)) = ended {
                let error = Error::new(Kind::Script, "this is never reached")
                    .coded("check::unreachable")
                    .at(Place::Verb, "never runs")
                    .help("remove it, or put what ends before it into a condition");
                let span = statement.span.clone();
                found.push(
                    Finding::warning(error, span).with(end.span.clone(), format!("`{word}` ends here")),
                );
                break;
            }
            ended = ends(facts, statement).map(|word| (word, statement));
        }
    });
}

/// The word by which a statement ends its block for certain.
fn ends(facts: &Facts<'_>, statement: &Statement) -> Option<&'static str> {
    match &statement.kind {
        StatementKind::Return(_) => Some("return"),
        StatementKind::Throw(_) => Some("throw"),
        StatementKind::Break(_) => Some("break"),
        StatementKind::Continue => Some("continue"),
        StatementKind::Expression(expression) => {
            let call =
                Called::of(expression).filter(|call| call.receiver.is_none() && call.modules.is_empty())?;
            let word = ["exit", "fail"].into_iter().find(|word| *word == call.name.text)?;
            (!facts.is_own(word)).then_some(word)
        }
        _ => None,
    }
}
