//! Lists that change while they are read: nothing that was there the whole time is lost, and nothing comes twice.

use crate::openstack::scripted::{Reply, Seen, ok, world};
use proptest::prelude::*;
use rhain::cloud::traits::*;
use rhain::cloud::{Filter, Kind};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// What happens between two pages.
#[derive(Debug, Clone)]
enum Event {
    Made,
    /// The one at this place of the list, as far as there is one.
    Gone(usize),
    /// The one that the next page is asked from.
    MarkerGone,
}

/// How a cloud speaks of its pages.
#[derive(Debug, Clone, Copy)]
struct Manners {
    size: usize,
    /// It still knows where a deleted server stood; else it refuses to go on from it.
    remembers: bool,
}

/// A cloud's list, newest first, as Nova sorts it.
struct List {
    manners: Manners,
    /// Number and whether it is there; deleted ones keep their place.
    servers: Vec<(u32, bool)>,
    events: Vec<Event>,
    made: u32,
}

impl List {
    fn page(&mut self, query: &str) -> Reply {
        let fields: Vec<(&str, &str)> = query.split('&').filter_map(|field| field.split_once('=')).collect();
        let field = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let marker: Option<u32> = field("marker").map(|id| id[1..].parse().unwrap());
        let from = match marker {
            None => 0,
            Some(marker) => match self.servers.iter().position(|(number, _)| *number == marker) {
                Some(at) if self.servers[at].1 || self.manners.remembers => at + 1,
                _ => {
                    let words = format!("marker [s{marker}] not found");
                    return Reply::Json(400, json!({"badRequest": {"code": 400, "message": words}}));
                }
            },
        };
        let limit = field("limit").map_or(self.manners.size, |limit| limit.parse().unwrap());
        let there: Vec<u32> =
            self.servers[from..].iter().filter(|(_, there)| *there).map(|(n, _)| *n).collect();
        let shown = &there[..there.len().min(limit)];
        let mut body = json!({"servers": shown.iter().map(|n| described(*n)).collect::<Vec<_>>()});
        if there.len() >= limit && !shown.is_empty() {
            let href =
                format!("http://c/v2.1/servers/detail?limit={limit}&marker=s{}", shown[shown.len() - 1]);
            body["servers_links"] = json!([{"rel": "next", "href": href}]);
        }
        let last = shown.last().copied();
        self.pass(last);
        ok(body)
    }

    /// What happens after a page whose last entry was this.
    fn pass(&mut self, last: Option<u32>) {
        let Some(event) = self.events.pop() else { return };
        let gone = match event {
            Event::Made => {
                self.made += 1;
                self.servers.insert(0, (self.made, true));
                None
            }
            Event::Gone(at) => Some(at % self.servers.len().max(1)),
            Event::MarkerGone => self.servers.iter().position(|(number, _)| Some(*number) == last),
        };
        if let Some(server) = gone.and_then(|at| self.servers.get_mut(at)) {
            server.1 = false;
        }
    }
}

fn described(number: u32) -> Json {
    json!({"id": format!("s{number}"), "name": format!("n{number}"), "status": "ACTIVE", "metadata": {}})
}

async fn listed(list: List) -> (Vec<String>, List) {
    let list = Arc::new(Mutex::new(list));
    let asked = list.clone();
    let world =
        world(&["compute"], Some("2.104"), move |seen: &Seen| asked.lock().unwrap().page(&seen.query)).await;
    let servers = world.cloud.servers(&Filter::default()).await.expect("a list");
    let ids = servers.into_iter().map(|server| server.id).collect();
    let (servers, made, manners) = {
        let list = list.lock().unwrap();
        (list.servers.clone(), list.made, list.manners)
    };
    (ids, List { manners, servers, events: Vec::new(), made })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![Just(Event::Made), any::<usize>().prop_map(Event::Gone), Just(Event::MarkerGone)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_list_that_changes_loses_nothing_and_repeats_nothing(
        number in 0u32..40,
        size in 1usize..7,
        remembers in any::<bool>(),
        events in proptest::collection::vec(event(), 0..12),
    ) {
        let number_before = number;
        let servers = (1..=number).rev().map(|number| (number, true)).collect();
        let manners = Manners { size, remembers };
        let list = List { manners, servers, events, made: number };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (ids, after) = runtime.block_on(listed(list));
        let once: BTreeSet<&String> = ids.iter().collect();
        prop_assert_eq!(once.len(), ids.len(), "one comes twice: {:?}", ids);
        for (number, there) in &after.servers {
            let id = format!("s{number}");
            // What was made meanwhile may be missed; what is gone may be listed.
            prop_assert!(!*there || *number > number_before || ids.contains(&id), "{} is lost: {:?}", id, ids);
        }
        let known = |id: &String| after.servers.iter().any(|(number, _)| *id == format!("s{number}"));
        let invented: Vec<_> = ids.iter().filter(|id| !known(id)).collect();
        prop_assert!(invented.is_empty(), "{:?}", invented);
    }
}

#[tokio::test]
async fn a_list_that_cannot_go_on_says_so() {
    let world = world(&["compute"], Some("2.104"), |seen| match seen.query.contains("marker") {
        true => Reply::Json(400, json!({"badRequest": {"code": 400, "message": "marker [x] not found"}})),
        false => ok(json!({"servers": [described(2), described(1)],
            "servers_links": [{"rel": "next", "href": "http://c/v2.1/servers/detail?marker=s1"}]})),
    })
    .await;
    // Both entries are tried, then the beginning, which tells nothing new.
    let servers = world.cloud.servers(&Filter::default()).await.expect("what there is");
    assert_eq!((servers.len(), world.lines().len()), (2, 4));
    let other = crate::openstack::scripted::world(&["compute"], Some("2.104"), |_| {
        Reply::Json(400, json!({"badRequest": {"code": 400, "message": "Invalid marker"}}))
    })
    .await;
    let error = other.cloud.servers(&Filter::default()).await.expect_err("no page at all");
    assert_eq!((error.kind, other.lines().len()), (Kind::InvalidArgument, 1));
}
