//! What of an operation is still under way.

use super::kinds::Kinds;
use crate::cloud::{StackEvent, StackTrack};
use std::collections::{HashMap, HashSet};

/// The resources whose last event says that something is still going on, in the order in which each was first told of.
pub(crate) fn under_way(track: &StackTrack) -> Vec<&StackEvent> {
    let mut last: Vec<&StackEvent> = Vec::new();
    let mut places: HashMap<(&(String, String), &str), usize> = HashMap::new();
    for event in track.events.iter().filter(|event| !event.is_of_stack()) {
        match places.entry((&event.stack, &event.resource)) {
            std::collections::hash_map::Entry::Occupied(at) => last[*at.get()] = event,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(last.len());
                last.push(event);
            }
        }
    }
    last.retain(|event| event.status.ends_with("_IN_PROGRESS"));
    // What waits for something nested in it says less than that.
    let mut around: HashSet<String> = HashSet::new();
    for event in &last {
        let place = event.place();
        around.extend(place.match_indices('/').map(|(at, _)| place[..at].to_string()));
    }
    last.retain(|event| !around.contains(&event.place()));
    last
}

/// What is still under way, in words.
pub(crate) fn open(track: &StackTrack) -> Vec<String> {
    let all = under_way(track);
    if all.is_empty() {
        return Vec::new();
    }
    let kinds = Kinds::of(track);
    let told = |event: &&StackEvent| {
        let kind = event.kind.clone().or_else(|| kinds.at(&event.place()));
        let reason =
            event.reason.as_deref().filter(|reason| !reason.is_empty() && *reason != "state changed");
        format!(
            "`{}`{} is {}{}",
            event.place(),
            kind.map(|kind| format!(" ({kind})")).unwrap_or_default(),
            event.status,
            reason.map(|reason| format!(": {reason}")).unwrap_or_default()
        )
    };
    all.iter().map(told).collect()
}
