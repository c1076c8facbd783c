//! A write to a copy that nobody reads: a loop's variable or a parameter that holds a map, a text or a number is a copy.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::infer::Type;
use crate::syntax::scope::Declares;
use std::ops::Range;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for (nth, declared) in facts.scopes.declarations.iter().enumerate() {
        let what = match declared.by {
            Declares::Loop => "the loop goes through copies",
            Declares::Param => "a function gets a copy",
            Declares::ClosureParam => "the closure gets a copy",
            _ => continue,
        };
        let ty = facts.types.declaration(nth);
        // A resource is an object; that it is not assigned to is told elsewhere.
        if declared.name.text.starts_with('_')
            || matches!(ty, Some(Type::Of(_) | Type::Cloud(_) | Type::Error | Type::Function(_)))
        {
            continue;
        }
        let uses: Vec<_> = facts.scopes.uses_of(nth).collect();
        let Some(last) = uses.iter().rev().find(|used| used.writes) else { continue };
        let read_later = uses.iter().any(|used| {
            let later = used.name.span.start > last.name.span.start
                || in_same_loop(facts, &declared.seen, &used.name.span, &last.name.span);
            // `x.a = 1` reads `x` on the way.
            used.reads && !used.writes && later
        });
        let captured = uses.iter().any(|used| !used.closures.is_empty());
        // `x += 1` as the last value of a body, or `x.a = x.b`, is read where it stands.
        let first = uses.iter().find(|used| used.writes).unwrap_or(last);
        let own = uses.iter().any(|used| {
            used.reads
                && !used.writes
                && statement_of(facts, &first.name.span)
                    .is_some_and(|span| span.start < used.name.span.start && used.name.span.end <= span.end)
        });
        if read_later
            || captured
            || own
            || ty.is_none() && declared.by == Declares::Param && !uses.iter().all(|used| used.writes)
        {
            continue;
        }
        let name = &declared.name.text;
        let error = Error::new(Kind::Script, format!("what is written to `{name}` is never read: {what}"))
            .coded("check::copy")
            .at(Place::Verb, "this changes the copy alone")
            .help(match declared.by {
                Declares::Param => {
                    "give the changed value back, and assign it where the function is called".to_string()
                }
                _ => format!(
                    "make a new array: `items = items.map(|{name}| {{ …; {name} }})`, or write `items[nth]`"
                ),
            });
        found.push(Finding::warning(error, last.name.span.clone()).with(declared.name.span.clone(), what));
    }
}

/// Whether two places stand in one loop inside of where a name is seen: the earlier comes after the later there.
fn in_same_loop(facts: &Facts<'_>, seen: &Range<usize>, read: &Range<usize>, written: &Range<usize>) -> bool {
    facts.loops.iter().any(|span| {
        seen.start < span.start
            && span.end <= seen.end
            && span.start <= read.start
            && read.end <= span.end
            && span.start <= written.start
            && written.end <= span.end
    })
}

fn statement_of(facts: &Facts<'_>, place: &Range<usize>) -> Option<Range<usize>> {
    let path = facts.tree.path_at(place.start);
    path.iter().rev().find_map(|node| match node {
        crate::syntax::tree::Node::Statement(statement) => Some(statement.span.clone()),
        _ => None,
    })
}
