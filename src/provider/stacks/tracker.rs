//! Following one operation of a stack by its events: the events of this operation and no other, each once, oldest first; the
//! resource that failed first, the innermost one; what is still under way.
//!
//! Both services tell the same story in the same words. What differs is how events are fetched, which is the driver's.

use super::kinds::Kinds;
use super::under_way::under_way;
use crate::cloud::{Stack, StackEvent, StackFailure, StackTrack};
use std::collections::HashMap;

/// What an operation of the stack itself begins with.
const STARTS: [&str; 10] = [
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "SUSPEND_IN_PROGRESS",
    "RESUME_IN_PROGRESS",
    "CHECK_IN_PROGRESS",
    "SNAPSHOT_IN_PROGRESS",
    "RESTORE_IN_PROGRESS",
    "ADOPT_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
];

/// Take in all events that the service tells now, oldest first, those of nested stacks among them; gives those of this operation that are
/// new.
pub(crate) fn take(track: &mut StackTrack, stack: &Stack, events: Vec<StackEvent>) -> Vec<StackEvent> {
    let mut events = with_paths(stack, events);
    let from = start(track, stack, &events);
    let begins: Vec<usize> = (from..events.len()).filter(|at| is_start(stack, &events[*at])).collect();
    // What takes an update back begins with the way back.
    let takes_back = matches!(track.verb, Some("cancel_update" | "rollback_stack"));
    let back = |event: &StackEvent| is_root(stack, event) && event.status.ends_with("ROLLBACK_IN_PROGRESS");
    track.begun |= !begins.is_empty() || (takes_back && events[from..].iter().any(back));
    if let [first, second, ..] = begins[..] {
        let end = |event: &&StackEvent| is_root(stack, event) && is_end(&event.status);
        let ended = events[first..second].iter().rfind(end).map(|event| event.status.clone());
        if track.verb == Some("update_stack") {
            track.superseded |= ended.is_none();
            // What another one did after it is none of its own story.
            if ended.is_some() {
                track.ended = ended;
                events.truncate(second);
            }
        }
    }
    let own: Vec<StackEvent> = events.drain(from..).collect();
    let mut fresh = Vec::new();
    for event in own {
        if track.seen.insert(event.id.clone()) {
            fresh.push(event);
        }
    }
    track.events.extend(fresh.iter().cloned());
    if let Some(failure) = first_failure(stack, &track.events) {
        let deeper = |old: &StackFailure| old.place.matches('/').count() > failure.place.matches('/').count();
        if !track.failure.as_ref().is_some_and(deeper) {
            track.failure = Some(failure);
        }
    }
    fresh
}

/// Where among the events this operation begins: behind the mark that was set before it, at its token, or at the last start.
fn start(track: &StackTrack, stack: &Stack, events: &[StackEvent]) -> usize {
    if let Some(mark) = &track.mark {
        if let Some(at) = events.iter().position(|event| event.id == *mark) {
            return at + 1;
        }
        if let Some(at) = events.iter().position(|event| event.token.as_ref() == Some(mark)) {
            return at;
        }
        // Not told yet: what is there was before it.
        if events.iter().any(|event| event.token.is_some()) {
            return events.len();
        }
    }
    if track.verb == Some("create_stack") {
        return 0;
    }
    events.iter().rposition(|event| is_start(stack, event)).unwrap_or(0)
}

fn is_root(stack: &Stack, event: &StackEvent) -> bool {
    event.is_of_stack() && (event.stack.1 == stack.id || event.stack.1.is_empty())
}

fn is_start(stack: &Stack, event: &StackEvent) -> bool {
    is_root(stack, event) && STARTS.contains(&event.status.as_str())
}

pub(crate) fn is_end(status: &str) -> bool {
    status.ends_with("_COMPLETE") || status.ends_with("_FAILED")
}

/// The events with the way to the nested stack that each happened in: a nested stack is the resource whose own id it has.
fn with_paths(stack: &Stack, mut events: Vec<StackEvent>) -> Vec<StackEvent> {
    let mut parents: HashMap<String, (String, (String, String))> = HashMap::new();
    for event in events.iter().filter(|event| !event.is_of_stack()) {
        if let Some(id) = &event.physical_id {
            parents.insert(id.clone(), (event.resource.clone(), event.stack.clone()));
        }
    }
    for event in &mut events {
        let mut path = Vec::new();
        let (mut name, mut id) = event.stack.clone();
        // A nested stack is never deeper than this.
        while id != stack.id && path.len() < 32 {
            let Some((resource, parent)) = parents.get(&id).or_else(|| parents.get(&name)) else { break };
            path.push(resource.clone());
            // A nested stack is told by its name until it has ended.
            (name, id) = parent.clone();
        }
        path.reverse();
        event.path = path;
    }
    events
}

/// The resource that failed first: the first one of the stack itself, and from there down through what is nested in it.
fn first_failure(stack: &Stack, events: &[StackEvent]) -> Option<StackFailure> {
    let failed = |inside: &str| {
        events.iter().find(|event| {
            event.stack.1 == inside
                && !event.is_of_stack()
                && event.status.ends_with("_FAILED")
                && !is_cancelled(event)
        })
    };
    let mut found = failed(&stack.id).or_else(|| {
        events
            .iter()
            .find(|event| !event.is_of_stack() && event.status.ends_with("_FAILED") && !is_cancelled(event))
    })?;
    for _ in 0..32 {
        let id = found.physical_id.as_deref().unwrap_or_default();
        let by_name = || events.iter().find(|event| event.stack.0 == id).map(|event| event.stack.1.clone());
        let inner = failed(id).or_else(|| by_name().and_then(|id| failed(&id)));
        match inner.filter(|_| !id.is_empty()) {
            Some(inner) => found = inner,
            None => break,
        }
    }
    let mut failure = StackFailure {
        place: found.place(),
        kind: found.kind.clone(),
        reason: found.reason.clone().unwrap_or_else(|| found.status.clone()),
        supposed: false,
    };
    deepen(&mut failure, &found.resource);
    Some(failure)
}

/// Where the reason itself leads further in, `resources.inner.resources.boom: …`, which is all that is left once nested stacks are gone.
fn deepen(failure: &mut StackFailure, resource: &str) {
    if let Some((names, words)) = led(&failure.reason)
        && let Some(rest) = names.strip_prefix(&[resource.to_string()])
        && !rest.is_empty()
    {
        failure.place = format!("{}/{}", failure.place, rest.join("/"));
        failure.kind = None;
        failure.reason = words.to_string();
    }
}

/// The names that a reason leads through, and what it says of the last.
pub(crate) fn led(reason: &str) -> Option<(Vec<String>, &str)> {
    let at = reason.find("resources.")?;
    if !(at == 0 || reason[..at].ends_with(": ")) {
        return None;
    }
    let (path, words) = reason[at..].split_once(": ")?;
    let names: Vec<String> =
        path.strip_prefix("resources.")?.split(".resources.").map(str::to_string).collect();
    names.iter().all(|name| !name.contains(char::is_whitespace)).then_some((names, words))
}

/// What failed only because something else did, in the words of the services: `Resource creation cancelled`, `CREATE aborted (…)`.
/// What was cut off by its own time limit is itself what failed, and so is what only speaks of something cancelled.
pub(crate) fn is_cancelled(event: &StackEvent) -> bool {
    let reason = event.reason.as_deref().unwrap_or_default();
    let words = led(reason).map_or(reason, |(_, words)| words).trim().to_ascii_lowercase();
    let by_another = words.starts_with("resource ") && words.trim_end_matches('.').ends_with(" cancelled");
    let aborted = words.split_once(' ').is_some_and(|(action, rest)| {
        let action = format!("{}_IN_PROGRESS", action.to_ascii_uppercase());
        rest.starts_with("aborted") && STARTS.contains(&action.as_str())
    });
    by_another || (aborted && !words.contains("timed out"))
}

/// The failure of an operation that ended badly, by what is known of it and what the stack itself says.
pub(crate) fn failure(track: &StackTrack, stack: &Stack) -> Option<StackFailure> {
    if let Some(known) = &track.failure {
        let mut known = known.clone();
        let kind = kind_of(track, &known.place);
        known.kind = known.kind.or(kind);
        return Some(known);
    }
    if let Some(late) = given_up(track, stack) {
        return Some(late);
    }
    let own =
        track.events.iter().rev().find(|event| is_root(stack, event) && event.status.ends_with("_FAILED"));
    let reason = own.and_then(|event| event.reason.clone()).or_else(|| stack.reason.clone())?;
    if let Some((names, words)) = led(&reason) {
        let place = names.join("/");
        let (kind, reason) = (kind_of(track, &place), words.to_string());
        return Some(StackFailure { kind, place, reason, supposed: false });
    }
    let place = under_way(track).first().map(|event| event.place()).unwrap_or_default();
    if place.is_empty() && stack.status.contains("ROLLBACK") {
        return Some(taken_back(track).unwrap_or(StackFailure { reason, ..StackFailure::default() }));
    }
    Some(StackFailure { kind: kind_of(track, &place), place, reason, supposed: false })
}

/// What a rollback stopped at, where that is another resource than the one that it was for.
pub(crate) fn stopped(track: &StackTrack, stack: &Stack) -> Option<StackFailure> {
    if !stack.status.ends_with("ROLLBACK_FAILED") {
        return None;
    }
    let back = |event: &StackEvent| is_root(stack, event) && event.status.ends_with("ROLLBACK_IN_PROGRESS");
    let from = track.events.iter().rposition(back)?;
    let mut found = first_failure(stack, &track.events[from..])?;
    found.kind = found.kind.take().or_else(|| kind_of(track, &found.place));
    let first = track.failure.as_ref();
    (first.is_none_or(|first| (&first.place, &first.reason) != (&found.place, &found.reason)))
        .then_some(found)
}

/// What was still being made when the service gave up, for the reason that the stack itself has.
fn given_up(track: &StackTrack, stack: &Stack) -> Option<StackFailure> {
    let cut = track
        .events
        .iter()
        .find(|event| !event.is_of_stack() && event.status.ends_with("_FAILED") && is_cancelled(event))?;
    let mut own =
        track.events.iter().filter(|event| is_root(stack, event) && !event.status.starts_with("CREATE_IN"));
    let reason =
        own.find_map(|event| event.reason.clone().filter(|_| event.status.ends_with("ROLLBACK_IN_PROGRESS")));
    let reason = reason.or_else(|| cut.reason.clone())?;
    let kind = cut.kind.clone().or_else(|| kind_of(track, &cut.place()));
    Some(StackFailure { place: cut.place(), kind, reason, supposed: false })
}

/// What was taken back and never seen to be made, or never seen though it was to be made, where nobody tells what failed: only one
/// can be the one.
fn taken_back(track: &StackTrack) -> Option<StackFailure> {
    let of = |is: &dyn Fn(&str) -> bool| -> Vec<String> {
        let own = track.events.iter().filter(|event| !event.is_of_stack() && is(&event.status));
        own.map(StackEvent::place).collect()
    };
    let made = of(&|status| status == "CREATE_COMPLETE" || status == "UPDATE_COMPLETE");
    let mut gone = of(&|status| status.starts_with("DELETE"));
    gone.retain(|place| !made.contains(place));
    gone.dedup();
    if gone.is_empty() && matches!(track.verb, Some("create_stack" | "update_stack")) {
        let seen = of(&|_| true);
        gone.extend(track.types.keys().filter(|name| !name.contains('/') && !seen.contains(*name)).cloned());
    }
    let [place] = &gone[..] else { return None };
    Some(StackFailure {
        place: place.clone(),
        kind: kind_of(track, place),
        reason: "the service tells no reason here, only that it took the operation back".to_string(),
        supposed: true,
    })
}

/// The type of the resource at a place, where it is known.
fn kind_of(track: &StackTrack, place: &str) -> Option<String> {
    Kinds::of(track).at(place)
}

#[cfg(test)]
mod tests {
    use super::super::under_way::open;
    use super::*;
    use crate::cloud::{StackTags, Time};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn stack(status: &str) -> Stack {
        Stack {
            id: "1".to_string(),
            name: "app".to_string(),
            status: status.to_string(),
            provider_status: status.to_string(),
            reason: None,
            description: None,
            outputs: BTreeMap::new(),
            parameters: BTreeMap::new(),
            tags: StackTags::Words(Vec::new()),
            timeout: None,
            rollback: None,
            parent: None,
            created: None,
            updated: None,
            partial: false,
            cloud: Arc::from("lab"),
            read: Time(jiff::Timestamp::UNIX_EPOCH),
            raw: Arc::new(serde_json::Value::Null),
        }
    }

    /// `nth stack/resource(own id) STATUS: reason`
    fn event(
        nth: usize,
        place: (&str, &str),
        resource: (&str, &str),
        status: &str,
        reason: &str,
    ) -> StackEvent {
        StackEvent {
            id: nth.to_string(),
            resource: resource.0.to_string(),
            physical_id: Some(resource.1.to_string()),
            status: status.to_string(),
            reason: Some(reason.to_string()),
            stack: (place.0.to_string(), place.1.to_string()),
            ..StackEvent::default()
        }
    }

    const APP: (&str, &str) = ("app", "1");
    const INNER: (&str, &str) = ("app-outer", "2");

    fn nested_failure() -> Vec<StackEvent> {
        vec![
            event(1, APP, APP, "CREATE_IN_PROGRESS", ""),
            event(2, APP, ("outer", "app-outer"), "CREATE_IN_PROGRESS", ""),
            event(3, INNER, INNER, "CREATE_IN_PROGRESS", ""),
            event(4, INNER, ("late", "x"), "CREATE_FAILED", "resource creation cancelled"),
            event(5, INNER, ("boom", "y"), "CREATE_FAILED", "ValueError: no room"),
            event(6, APP, ("outer", "2"), "CREATE_FAILED", "resources.outer.resources.boom: no room"),
            event(
                7,
                APP,
                APP,
                "CREATE_FAILED",
                "Resource CREATE failed: ValueError: resources.outer.resources.boom: no room",
            ),
        ]
    }

    #[test]
    fn what_is_cancelled_is_so_by_the_services_words_alone() {
        for (reason, cancelled) in [
            ("Resource creation cancelled", true),
            ("Resource update cancelled.", true),
            ("resource creation cancelled", true),
            ("CREATE aborted", true),
            ("UPDATE aborted (user triggered cancel)", true),
            ("resources.inner: DELETE aborted (user triggered cancel)", true),
            ("CREATE aborted (Task create from X \"boom\" Stack \"app\" [1] Timed out)", false),
            ("ResourceInError: the transfer was aborted by the peer", false),
            ("The request was cancelled by the owner of the image", false),
            ("resources.inner: connection aborted", false),
            ("", false),
        ] {
            assert_eq!(
                is_cancelled(&event(1, APP, ("r", "x"), "CREATE_FAILED", reason)),
                cancelled,
                "{reason}"
            );
        }
    }

    #[test]
    fn what_failed_first_is_found_through_nested_stacks() {
        let mut track = StackTrack { verb: Some("create_stack"), ..StackTrack::default() };
        let fresh = take(&mut track, &stack("CREATE_FAILED"), nested_failure());
        assert_eq!((fresh.len(), track.begun), (7, true));
        let found = failure(&track, &stack("CREATE_FAILED")).unwrap_or_default();
        assert_eq!((found.place.as_str(), found.reason.as_str()), ("outer/boom", "ValueError: no room"));
        // What was seen is told once, and what is gone from the service is still known.
        let left: Vec<StackEvent> =
            nested_failure().into_iter().filter(|event| event.stack.1 == "1").collect();
        assert_eq!(take(&mut track, &stack("ROLLBACK_COMPLETE"), left), []);
        assert_eq!(
            failure(&track, &stack("ROLLBACK_COMPLETE")).map(|found| found.place),
            Some("outer/boom".to_string())
        );
    }

    #[test]
    fn what_happened_inside_comes_before_the_end_of_what_is_around_it() {
        let mut all = nested_failure();
        // As Heat tells them: the stack's own first, and all of one second.
        all.sort_by_key(|event| event.stack.1.clone());
        let ids = |events: Vec<StackEvent>| events.into_iter().map(|event| event.id).collect::<Vec<_>>();
        assert_eq!(ids(all.clone()), ["1", "2", "6", "7", "3", "4", "5"]);
        assert_eq!(ids(super::super::order::in_order(all)), ["1", "2", "3", "4", "5", "6", "7"]);
    }

    #[test]
    fn what_the_service_gave_up_or_took_back_is_named_where_nothing_else_is() {
        let mut track = StackTrack { verb: Some("create_stack"), ..StackTrack::default() };
        let late = "Stack creation time exceeded the specified timeout. Rollback requested by user.";
        let events = vec![
            event(1, APP, APP, "CREATE_IN_PROGRESS", "User Initiated"),
            event(2, APP, ("w", "x"), "CREATE_FAILED", "Resource creation cancelled"),
            event(3, APP, APP, "ROLLBACK_IN_PROGRESS", late),
        ];
        take(&mut track, &stack("ROLLBACK_COMPLETE"), events);
        let told = failure(&track, &stack("ROLLBACK_COMPLETE")).unwrap_or_default();
        assert_eq!((told.place.as_str(), told.reason.as_str(), told.supposed), ("w", late, false));
        // Heat's endpoint tells what is, and nothing of why.
        let mut track = StackTrack { verb: Some("update_stack"), ..StackTrack::default() };
        let events = vec![
            event(1, APP, APP, "UPDATE_IN_PROGRESS", ""),
            event(2, APP, ("good", "x"), "CREATE_COMPLETE", ""),
            event(3, APP, ("good", "x"), "DELETE_COMPLETE", ""),
            event(4, APP, ("broken", "y"), "DELETE_COMPLETE", ""),
            event(5, APP, APP, "ROLLBACK_COMPLETE", ""),
        ];
        let mut end = stack("UPDATE_ROLLBACK_COMPLETE");
        end.reason = Some("Stack ROLLBACK completed successfully".to_string());
        take(&mut track, &end, events);
        let told = failure(&track, &end).unwrap_or_default();
        assert_eq!((told.place.as_str(), told.supposed), ("broken", true));
        // Nor is anything seen of what came and went between two looks: what was asked for tells.
        let kinds = [("good", "T"), ("broken", "B")].map(|(name, kind)| (name.to_string(), kind.to_string()));
        let mut track =
            StackTrack { verb: Some("update_stack"), types: BTreeMap::from(kinds), ..StackTrack::default() };
        let events = vec![
            event(1, APP, APP, "UPDATE_IN_PROGRESS", ""),
            event(2, APP, ("good", "x"), "CREATE_COMPLETE", ""),
            event(3, APP, APP, "ROLLBACK_COMPLETE", ""),
        ];
        take(&mut track, &end, events);
        let told = failure(&track, &end).unwrap_or_default();
        assert_eq!((told.place.as_str(), told.kind.as_deref(), told.supposed), ("broken", Some("B"), true));
    }

    #[test]
    fn what_a_rollback_stopped_at_is_another_than_what_it_was_for() {
        let mut track = StackTrack { verb: Some("update_stack"), ..StackTrack::default() };
        let mut events = vec![
            event(1, APP, APP, "UPDATE_IN_PROGRESS", ""),
            event(2, APP, ("b", "x"), "CREATE_FAILED", "no b"),
            event(3, APP, APP, "ROLLBACK_IN_PROGRESS", ""),
            event(4, APP, ("a", "y"), "UPDATE_FAILED", "no a"),
            event(5, APP, APP, "ROLLBACK_FAILED", "no a"),
        ];
        let end = stack("UPDATE_ROLLBACK_FAILED");
        take(&mut track, &end, events.clone());
        let places = |track: &StackTrack| {
            let place = |one: Option<StackFailure>| one.map(|one| one.place);
            (place(failure(track, &end)), place(stopped(track, &end)))
        };
        assert_eq!(places(&track), (Some("b".to_string()), Some("a".to_string())));
        // A rollback that goes on, and meets the same again, has one thing to tell.
        let mut track = StackTrack { verb: Some("rollback_stack"), ..StackTrack::default() };
        take(&mut track, &end, events.split_off(2));
        assert_eq!(places(&track), (Some("a".to_string()), None));
    }

    #[test]
    fn a_reason_leads_where_no_event_of_the_inside_is_left() {
        let mut track = StackTrack::default();
        let all = nested_failure().into_iter().filter(|event| event.stack.1 == "1").collect();
        take(&mut track, &stack("ROLLBACK_COMPLETE"), all);
        let found = failure(&track, &stack("ROLLBACK_COMPLETE")).unwrap_or_default();
        assert_eq!((found.place.as_str(), found.reason.as_str()), ("outer/boom", "no room"));
        assert_eq!(led("said resources.x: y"), None);
        let late =
            event(1, APP, ("w", "x"), "CREATE_FAILED", "CREATE aborted (Task create from w Timed out)");
        assert!(!is_cancelled(&late));
    }

    #[test]
    fn only_the_operation_behind_the_mark_counts_and_another_update_takes_its_place() {
        let mut all = nested_failure();
        all.push(event(8, APP, APP, "UPDATE_IN_PROGRESS", ""));
        let of = |mark: &str| StackTrack {
            mark: Some(mark.to_string()),
            verb: Some("update_stack"),
            ..StackTrack::default()
        };
        let mut track = of("7");
        assert_eq!(take(&mut track, &stack("UPDATE_IN_PROGRESS"), all.clone()).len(), 1);
        assert!(track.begun && !track.superseded && track.failure.is_none());
        all.push(event(9, APP, APP, "UPDATE_IN_PROGRESS", ""));
        take(&mut track, &stack("UPDATE_IN_PROGRESS"), all.clone());
        assert!(track.superseded);
        let mut track = of("8");
        take(&mut track, &stack("UPDATE_IN_PROGRESS"), all[..8].to_vec());
        assert!(!track.begun, "what was before the mark is no beginning");
    }

    #[test]
    fn an_update_that_ended_keeps_its_end_whatever_another_does_after_it() {
        let mut all = vec![
            event(1, APP, APP, "UPDATE_IN_PROGRESS", ""),
            event(2, APP, ("bad", ""), "UPDATE_FAILED", "no such size"),
            event(3, APP, APP, "UPDATE_FAILED", "bad"),
            event(4, APP, APP, "UPDATE_IN_PROGRESS", ""),
            event(5, APP, ("good", ""), "UPDATE_FAILED", "theirs"),
            event(6, APP, APP, "UPDATE_FAILED", "theirs"),
        ];
        all.insert(0, event(0, APP, APP, "CREATE_COMPLETE", ""));
        let mut track =
            StackTrack { mark: Some("0".to_string()), verb: Some("update_stack"), ..StackTrack::default() };
        take(&mut track, &stack("UPDATE_FAILED"), all);
        assert_eq!((track.ended.as_deref(), track.superseded), (Some("UPDATE_FAILED"), false));
        assert_eq!(track.events.len(), 3);
        assert_eq!(track.failure.map(|failure| failure.place), Some("bad".to_string()));
    }

    #[test]
    fn what_is_under_way_is_the_innermost_of_it() {
        let mut track = StackTrack::default();
        take(&mut track, &stack("CREATE_IN_PROGRESS"), nested_failure()[..3].to_vec());
        assert_eq!(open(&track), ["`outer` is CREATE_IN_PROGRESS"]);
        let mut more = nested_failure()[..3].to_vec();
        more.push(event(10, INNER, ("w", "z"), "CREATE_IN_PROGRESS", "state changed"));
        take(&mut track, &stack("CREATE_IN_PROGRESS"), more);
        assert_eq!(open(&track), ["`outer/w` is CREATE_IN_PROGRESS"]);
    }
}
