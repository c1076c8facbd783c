//! Creates of what carries a marker: found by it where the answer is lost, sent once more where it is nowhere, and looked for
//! again until the run ends where they went out twice. Where people read the marker, it goes when the run ends.

use super::OpenStack;
use super::call::{With, get, json, segment};
use super::decode::{scalar, text};
use super::neutron::{IDS, described, is_marked, own};
use super::page;
use super::recover::Attempt;
use super::session::{Call, Service};
use crate::cloud::{Described, Error, Filter, Kind, Noun, Result};
use crate::provider::doubles::Twice;
use crate::provider::recover::Seen;
use crate::wire::{Answer, Method};
use serde_json::{Value as Json, json as value};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// By what one create is known, and what deletes a second result of it.
pub(super) struct Mark {
    /// What it is to make: ``volume `data` ``.
    pub(super) what: String,
    /// Asks for the list that it is in.
    pub(super) list: Call,
    /// What the list is called in its answer.
    pub(super) key: &'static str,
    /// Whether an entry is of this create.
    pub(super) is_own: Box<dyn Fn(&Json) -> bool + Send + Sync>,
    /// Asks for the deletion of one.
    pub(super) delete: Box<dyn Fn(&str) -> Call + Send + Sync>,
}

impl Mark {
    /// What went out twice, and what the script was given of it.
    pub(super) fn twice(self, given: Vec<String>) -> Twice<Call> {
        let Mark { what, list, key, is_own, delete } = self;
        Twice { what, given, list, key, id: "id", is_own, delete }
    }
}

/// How long the markers of a run may take to go at its end, whatever the cloud does.
const TIDY: Duration = Duration::from_secs(5);

/// What one and several of a kind are called in bodies.
pub(super) type Keys = (&'static str, &'static str);

/// What people read the marker of.
pub(super) const PORT: Keys = ("port", "ports");
pub(super) const PUBLIC_IP: Keys = ("floatingip", "floatingips");
pub(super) const ROUTER: Keys = ("router", "routers");
pub(super) const NETWORK: Keys = ("network", "networks");

/// What a run made and marked in the description, which people read: by kind the markers, with the id that the script was given.
#[derive(Default)]
pub(super) struct Markers(Mutex<BTreeMap<Keys, Vec<(String, String)>>>);

impl Markers {
    fn keep(&self, keys: Keys, marker: String, id: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(keys).or_default().push((marker, id));
    }

    /// What an earlier life of the run made: one of these kinds by this token, or something else.
    pub(super) fn recall(&self, noun: Noun, id: &str, token: &str) {
        let keys = match noun {
            Noun::Port => PORT,
            Noun::PublicIp => PUBLIC_IP,
            Noun::Router => ROUTER,
            Noun::Network => NETWORK,
            _ => return,
        };
        self.keep(keys, token.to_string(), id.to_string());
    }

    fn take(&self) -> BTreeMap<Keys, Vec<(String, String)>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl OpenStack {
    /// At the run's end every create is recorded, and its marker has done what it is for: the descriptions that still are one become
    /// empty. What cannot be changed at once keeps it, for that is no fault of the run, which must not wait for it.
    pub(super) async fn unmark(&self) {
        let all = self.markers.take();
        let work = all.into_iter().map(|(keys, markers)| self.unmark_kind(keys, markers));
        tokio::select! {
            _ = futures_util::future::join_all(work) => {}
            () = self.clock.lapse(TIDY) => {}
        }
    }

    async fn unmark_kind(&self, (one, several): Keys, markers: Vec<(String, String)>) -> Result<()> {
        let project = self.project().await?;
        for some in markers.chunks(IDS) {
            let mut query = vec![("limit".to_string(), page::size(&Filter::default()))];
            query.extend(some.iter().map(|(marker, _)| ("description".to_string(), described(marker))));
            let list = get("marker.list", Service::Network, format!("/{several}"));
            let mut ids = Vec::new();
            self.every(list.query(own(query, project.as_deref())), several, |entry| {
                // A second one of the same create is left as it is: its marker is how it is found.
                let is_given = |(marker, id): &(String, String)| {
                    is_marked(entry, marker) && text(entry, "id").as_deref() == Some(id)
                };
                ids.extend(text(entry, "id").filter(|_| some.iter().any(is_given)));
                false
            })
            .await?;
            let calls = ids.iter().map(|id| {
                let body = value!({ one: { "description": "" } });
                json(
                    "marker.update",
                    Service::Network,
                    Method::Put,
                    format!("/{several}/{}", segment(id)),
                    body,
                )
            });
            let done = calls.map(|call| async move { self.ask(&call).await.map(drop) });
            futures_util::future::try_join_all(done).await?;
        }
        Ok(())
    }

    /// Send a create of what carries a marker; `made` reads its answer, `decode` an entry of the list.
    pub(super) async fn create_known<T: Send>(
        &self,
        call: &Call,
        attempt: &Attempt,
        mark: Mark,
        made: impl Fn(&Answer) -> Option<T> + Send + Sync,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
        id: impl Fn(&T) -> String + Send,
    ) -> Result<T> {
        let find = || async {
            let mut found = None;
            self.every(mark.list.clone(), mark.key, |entry| {
                found = Some(entry).filter(|entry| (mark.is_own)(entry)).and_then(&decode);
                found.is_some()
            })
            .await?;
            Ok(Seen::from(found))
        };
        let (value, resent) = self.settled(call, attempt, made, find).await?;
        if resent {
            self.doubles.watch(mark.twice(vec![id(&value)]));
        }
        Ok(value)
    }

    /// The same, where the answer holds the description of what was made under this key.
    pub(super) async fn create_described<T: Described + Send>(
        &self,
        call: &Call,
        attempt: &Attempt,
        mark: Mark,
        key: &'static str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<T> {
        let made = |answer: &Answer| {
            let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
            decode(body.get(key)?)
        };
        self.create_known(call, attempt, mark, made, &decode, |made| made.id().to_string()).await
    }

    /// Make one thing of Neutron that carries a marker as its description: `ask` is for the call with a marker or without one,
    /// `(what, list, delete)` for what it is called, where it is looked for and what deletes it, `keys` are what one and several are called in bodies.
    pub(super) async fn create_marked<T: Described + Send>(
        &self,
        ask: impl Fn(Option<&str>) -> Call + Send + Sync,
        attempt: &Attempt,
        (what, list, delete): (String, Call, fn(&str) -> Call),
        keys: Keys,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<T> {
        let marker = crate::cloud::call_scope::token();
        let (one, several) = keys;
        let call = ask(Some(&marker));
        let kept = marker.clone();
        let is_own = Box::new(move |entry: &Json| is_marked(entry, &marker));
        let mark = Mark { what, list, key: several, is_own, delete: Box::new(delete) };
        let made = self.create_described(&call, attempt, mark, one, &decode).await;
        if let Ok(made) = &made {
            self.markers.keep(keys, kept, made.id().to_string());
        }
        match made {
            // Neutron before 2016 knows no descriptions there. What is lost then is known by nothing, and told as what may be.
            Err(error) if error.kind == Kind::InvalidArgument && is_about_description(&error) => {
                self.described(&ask(None), one, &decode).await
            }
            made => made,
        }
    }

    /// The ids of what a create that went out twice made.
    pub(super) async fn made_of(&self, twice: &Twice<Call>) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        self.every(twice.list.clone(), twice.key, |entry| {
            let id = entry.get(twice.id).and_then(scalar).filter(|_| (twice.is_own)(entry));
            ids.extend(id);
            false
        })
        .await?;
        Ok(ids)
    }
}

fn is_about_description(error: &Error) -> bool {
    error.answer.as_deref().is_some_and(|words| words.contains("description"))
}
