//! The types of the resources of an operation.

use crate::cloud::{StackEvent, StackTrack};
use std::collections::HashMap;

/// The types of all resources of an operation.
pub(super) struct Kinds<'a> {
    track: &'a StackTrack,
    /// The first event of each place.
    first: HashMap<String, &'a StackEvent>,
    /// The types that stand under one name: `None` where there are several.
    named: HashMap<&'a str, Option<&'a String>>,
}

impl<'a> Kinds<'a> {
    pub(super) fn of(track: &'a StackTrack) -> Kinds<'a> {
        let mut first = HashMap::new();
        for event in track.events.iter().filter(|event| !event.is_of_stack()) {
            first.entry(event.place()).or_insert(event);
        }
        let mut named: HashMap<&str, Option<&String>> = HashMap::new();
        for ((_, resource), kind) in &track.kinds {
            let one = named.entry(resource.as_str()).or_insert(Some(kind));
            *one = one.filter(|other| *other == kind);
        }
        Kinds { track, first, named }
    }

    /// The type of the resource at a place, where it is known.
    pub(super) fn at(&self, place: &str) -> Option<String> {
        let kinds = &self.track.kinds;
        let of_event = self.first.get(place).and_then(|event| {
            let told = || kinds.get(&(event.stack.0.clone(), event.resource.clone())).cloned();
            event.kind.clone().or_else(told)
        });
        // A name that stands for one type alone needs no way to it.
        let name = place.rsplit('/').next().unwrap_or(place);
        of_event
            .or_else(|| self.track.types.get(place).cloned())
            .or_else(|| self.named.get(name).copied().flatten().cloned())
    }
}
