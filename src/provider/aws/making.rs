//! Creates for which EC2 takes no token. They carry a marker among their tags: found by it where the answer is lost, sent once
//! more where it is nowhere, and looked for again until the run ends where they went out twice.

use super::Aws;
use super::call::Call;
use super::decode::{tags, text, time};
use super::ec2::tag;
use crate::cloud::{Error, Kind, MARKER, Result, Time};
use crate::provider::doubles::Twice;
use crate::provider::recover::{self, Looked, Seen, Settled};
use serde_json::Value as Json;
use std::future::Future;

/// One create.
pub(super) struct Making {
    /// The verb.
    pub(super) verb: &'static str,
    /// What it is to make: ``snapshot `data` ``.
    pub(super) what: String,
    /// What a script looks with: `snapshots(#{ name: "data" })`.
    pub(super) list: String,
    /// The request, without its tags.
    pub(super) call: Call,
    /// What EC2 calls such a thing in tags.
    pub(super) kind: &'static str,
    /// Its tags, but for the marker.
    pub(super) tags: Vec<Json>,
    /// Asks for the set that it is looked for in.
    pub(super) look: Call,
    /// What the set, an id in it, and the time when one was made are called. Without a time nothing tells old from new.
    pub(super) set: &'static str,
    pub(super) id: &'static str,
    pub(super) time: Option<&'static str>,
    /// Whether one without the marker may be it all the same, on a cloud that takes no tags then; a time that tells that it is old
    /// is asked first.
    pub(super) may_be: fn(&Json) -> bool,
    /// Asks for the deletion of one by its id; `None` where there cannot be two, since a name or a range is taken.
    pub(super) delete: Option<fn(&str) -> Call>,
}

impl Making {
    fn with(&self, marker: Option<&str>) -> Call {
        let tags = self.tags.iter().cloned().chain(marker.map(tag::marker)).collect();
        self.call.clone().with("TagSpecification", tag::specification(self.kind, tags))
    }
}

impl Aws {
    /// Make it, once. `told` reads the answer, `found` a member of the set.
    pub(super) async fn make<T: Send>(
        &self,
        making: &Making,
        told: impl Fn(&Json) -> Option<T> + Send + Sync,
        found: impl Fn(&Json) -> Option<T> + Send + Sync,
        id: impl Fn(&T) -> String + Send,
    ) -> Result<T> {
        let found = |one: Json| std::future::ready(Ok(Seen::from(found(&one))));
        self.make_kept(making, told, found, id).await
    }

    /// The same; `keep` says of a member that carries the marker whether it can be kept.
    pub(super) async fn make_kept<T: Send, K>(
        &self,
        making: &Making,
        told: impl Fn(&Json) -> Option<T> + Send + Sync,
        keep: impl Fn(Json) -> K + Send + Sync,
        id: impl Fn(&T) -> String + Send,
    ) -> Result<T>
    where
        K: Future<Output = Result<Seen<T>>> + Send,
    {
        let marker = crate::cloud::call_scope::token();
        let begun = self.clock.now();
        let call = making.with(Some(&marker));
        let send = |call: Call| {
            let told = &told;
            async move {
                let body = self.ask(&call).await?;
                told(&body).ok_or_else(|| self.untold(&format!("the answer describes no {}", making.what)))
            }
        };
        let lost = match send(call.clone()).await {
            Err(error) if error.maybe => error,
            // What cannot be told apart later is made all the same, and told as what may be where its answer is lost.
            Err(error) if is_about_tags(&error) => return send(making.with(None)).await,
            known => return known,
        };
        let look = || async {
            match self.marked(making, &marker, begun).await? {
                (Some(one), _) => keep(one).await,
                (None, true) => Ok(Seen::Unclear),
                (None, false) => Ok(Seen::Nothing),
            }
        };
        match recover::settle(&*self.clock, lost, look, || send(call.clone())).await {
            Settled::Done { value, resent } => {
                if resent {
                    self.watch(making, marker, id(&value));
                }
                Ok(value)
            }
            Settled::Refused(error) => Err(error),
            Settled::Unknown(error, looked) => Err(self.unmade(making, error, looked)),
        }
    }

    /// The member with this marker, and whether there is one that may be it and does not tell.
    async fn marked(&self, making: &Making, marker: &str, begun: Time) -> Result<(Option<Json>, bool)> {
        let before = crate::cloud::call_scope::unsure().map_or(0, |unsure| unsure.since.as_secs() as i64);
        let (mut found, mut doubt) = (None, false);
        for one in self.every(making.look.clone(), making.set, |one| Some(one.clone())).await? {
            match tags(&one).get(MARKER) {
                Some(own) if own == marker => found = found.or(Some(one)),
                Some(_) => {}
                None => {
                    let made = making.time.and_then(|field| time(&one, field));
                    let is_old = made.is_some_and(|at| begun.since(at).seconds() >= 60 + before);
                    doubt |= !is_old && (making.may_be)(&one);
                }
            }
        }
        Ok((found, doubt))
    }

    /// From now on a second one is looked for, beside the one that the script is given.
    fn watch(&self, making: &Making, marker: String, given: String) {
        let Some(delete) = making.delete else { return };
        self.doubles.watch(Twice {
            what: making.what.clone(),
            given: vec![given],
            list: making.look.clone(),
            key: making.set,
            id: making.id,
            is_own: Box::new(move |one| tags(one).get(MARKER) == Some(&marker)),
            delete: Box::new(delete),
        });
    }

    fn unmade(&self, making: &Making, error: Error, looked: Looked) -> Error {
        let exists = "nothing of this call that the cloud shows; it could still appear";
        let sought = format!("the {} with this call's marker", making.what);
        self.unresolved(error, making.verb, looked.words(&sought), exists, &making.list)
    }

    /// The ids of what a create that went out twice made.
    pub(super) async fn made_of(&self, twice: &Twice<Call>) -> Result<Vec<String>> {
        let id = |one: &Json| text(one, twice.id).filter(|_| (twice.is_own)(one));
        self.every(twice.list.clone(), twice.key, id).await
    }
}

/// Whether a refusal is of the tags alone: who may not tag, or a cloud that knows no tags there.
fn is_about_tags(error: &Error) -> bool {
    let words = error.answer.as_deref().unwrap_or_default();
    match error.kind {
        Kind::Forbidden => words.contains("CreateTags"),
        Kind::InvalidArgument | Kind::Unsupported => words.contains("TagSpecification"),
        Kind::OverQuota => error.code.as_deref() == Some("TagLimitExceeded"),
        _ => false,
    }
}
