//! The order in which things happened, where times are told in whole seconds.

use super::tracker::is_end;
use crate::cloud::StackEvent;
use std::collections::HashMap;

/// Events by their times. Times are told in whole seconds: of one second, what happened inside a nested stack comes before the
/// end of the resource that it is.
pub(crate) fn in_order(mut events: Vec<StackEvent>) -> Vec<StackEvent> {
    events.sort_by_key(|event| event.time);
    let mut inside: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        inside.entry(event.stack.1.clone()).or_default().push(at);
    }
    let mut order = Order { events: &events, inside, done: vec![false; events.len()], order: Vec::new() };
    (0..events.len()).for_each(|at| order.put(at));
    let order = order.order;
    let mut all: Vec<Option<StackEvent>> = events.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| all[at].take()).collect()
}

/// Events that are put in order, and which of them happened inside which stack.
struct Order<'a> {
    events: &'a [StackEvent],
    inside: HashMap<String, Vec<usize>>,
    done: Vec<bool>,
    order: Vec<usize>,
}

impl Order<'_> {
    /// Put an event, behind those of the nested stack that ends with it.
    fn put(&mut self, at: usize) {
        if std::mem::replace(&mut self.done[at], true) {
            return;
        }
        let event = &self.events[at];
        let nested = event.physical_id.as_ref().filter(|id| is_end(&event.status) && **id != event.stack.1);
        for inner in nested.and_then(|id| self.inside.get(id)).cloned().unwrap_or_default() {
            if self.events[inner].time <= event.time {
                self.put(inner);
            }
        }
        self.order.push(at);
    }
}
