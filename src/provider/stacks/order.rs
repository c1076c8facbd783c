//! The order in which things happened, where times are told in whole seconds.

use super::tracker::is_end;
use crate::cloud::StackEvent;
use std::collections::HashMap;

/// Events by their times. Times are told in whole seconds: of one second, what happened inside a nested stack comes before the
/// end of the resource that it is.
pub(crate) fn in_order(mut events: Vec<StackEvent>) -> Vec<StackEvent> {
    events.sort_by_key(|event| event.time);
    let mut inside: HashMap<&str, Inside> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        inside.entry(event.stack.1.as_str()).or_default().events.push(at);
    }
    let mut placed = vec![false; events.len()];
    let mut order: Vec<usize> = Vec::with_capacity(events.len());
    // Those that wait for what is nested in them, outermost first: no deeper than stacks nest, however deep that is.
    let mut waiting: Vec<usize> = Vec::new();
    for first in 0..events.len() {
        if std::mem::replace(&mut placed[first], true) {
            continue;
        }
        waiting.push(first);
        while let Some(at) = waiting.last().copied() {
            let event = &events[at];
            let nested =
                event.physical_id.as_deref().filter(|id| is_end(&event.status) && *id != event.stack.1);
            let next = nested.and_then(|id| inside.get_mut(id)).and_then(|inside| {
                let inner = *inside.events.get(inside.next)?;
                (events[inner].time <= event.time).then(|| inside.next += 1).map(|()| inner)
            });
            match next {
                Some(inner) if std::mem::replace(&mut placed[inner], true) => {}
                Some(inner) => waiting.push(inner),
                None => {
                    order.push(at);
                    waiting.pop();
                }
            }
        }
    }
    let mut all: Vec<Option<StackEvent>> = events.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| all[at].take()).collect()
}

/// The events of one stack, oldest first, and the first that was not put in order before the end of its resource.
#[derive(Default)]
struct Inside {
    events: Vec<usize>,
    next: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a chain of stacks, each nested in the one before, all in one second.
    #[test]
    fn what_is_nested_deeply_and_often_told_is_put_in_order() {
        let event = |stack: usize, own: usize, status: &str| StackEvent {
            id: format!("{stack}-{own}-{status}"),
            resource: format!("r{own}"),
            physical_id: Some(own.to_string()),
            status: status.to_string(),
            stack: (format!("s{stack}"), stack.to_string()),
            ..StackEvent::default()
        };
        let deep = 100_000;
        let chain: Vec<StackEvent> = (0..deep).map(|at| event(at, at + 1, "CREATE_COMPLETE")).collect();
        let ordered = in_order(chain);
        assert_eq!(ordered.len(), deep);
        // The innermost ends first.
        let ids: Vec<&str> = [0, deep - 1].iter().map(|at| ordered[*at].id.as_str()).collect();
        assert_eq!(ids, ["99999-100000-CREATE_COMPLETE", "0-1-CREATE_COMPLETE"]);
        // Each once, also where a resource ends again and again.
        let mut wide: Vec<StackEvent> = (0..1000).map(|_| event(0, 1, "UPDATE_COMPLETE")).collect();
        wide.extend((0..1000).map(|at| event(1, 5000 + at, "UPDATE_COMPLETE")));
        let ordered = in_order(wide);
        assert_eq!(ordered.len(), 2000);
        assert!(ordered[..1000].iter().all(|event| event.stack.1 == "1"));
    }
}
