//! `${x}` in double quotes, which is printed as it stands.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::tree::{ExpressionKind, Node};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        let span = expression.span.clone();
        let Some(source) = facts.text.get(span.clone()) else { return };
        let ExpressionKind::Text(text) = &expression.kind else { return };
        if !source.starts_with('"') || !source.ends_with('"') || !text.contains("${") {
            return;
        }
        // What a shell or cloud-init is to fill in is not of this script.
        let named = text.split("${").skip(1).find_map(|rest| {
            let end = rest.find('}')?;
            let word: String = rest[..end].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            facts.scopes.meant(&word, span.start).map(|_| word)
        });
        let Some(word) = named else { return };
        let error = Error::new(Kind::Script, format!("`${{{word}}}` is printed as it stands"))
            .coded("check::interpolation")
            .at(Place::Verb, "in double quotes nothing is filled in")
            .help("write the text in backticks");
        let finding = Finding::warning(error, span.clone());
        let inner = source.get(1..source.len() - 1).unwrap_or("");
        let plain = !inner.contains(['\\', '`', '\n']);
        found.push(if plain { finding.fixed(span, format!("`{inner}`")) } else { finding });
    });
}
