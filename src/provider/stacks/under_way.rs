//! What of an operation is still under way.

use super::tracker::kind_of;
use crate::cloud::{StackEvent, StackTrack};

/// The resources whose last event says that something is still going on.
pub(crate) fn under_way(track: &StackTrack) -> Vec<&StackEvent> {
    let mut last: Vec<&StackEvent> = Vec::new();
    for event in track.events.iter().filter(|event| !event.is_of_stack()) {
        let same = |other: &&StackEvent| other.stack == event.stack && other.resource == event.resource;
        match last.iter().position(same) {
            Some(at) => last[at] = event,
            None => last.push(event),
        }
    }
    last.retain(|event| event.status.ends_with("_IN_PROGRESS"));
    // What waits for something nested in it says less than that.
    let inner: Vec<String> = last.iter().map(|event| event.place()).collect();
    last.retain(|event| {
        let within = format!("{}/", event.place());
        !inner.iter().any(|place| place.starts_with(&within))
    });
    last
}

/// What is still under way, in words.
pub(crate) fn open(track: &StackTrack) -> Vec<String> {
    let told = |event: &&StackEvent| {
        let kind = event.kind.clone().or_else(|| kind_of(track, &event.place()));
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
    under_way(track).iter().map(told).collect()
}
