//! Sending a call, and reading its answer: refused, JSON, one thing, or a thing that is not there.

use super::OpenStack;
use super::call::get;
use super::decode::text;
use super::session::Call;
use super::{fault, html};
use crate::cloud::{Error, Kind, Result};
use crate::provider::recover::{self, Seen, Settled};
use crate::wire::{Answer, Intent, Method};
use serde_json::Value as Json;
use std::time::Duration;

/// How long after each other a read is asked again whose answer makes no sense.
const AGAIN: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

impl OpenStack {
    /// Send a call; an answer that refuses is an error.
    pub(super) async fn ask(&self, call: &Call) -> Result<Answer> {
        let answer = self.session.send(call).await?;
        fault::judge(&self.session, call, answer)
    }

    /// An error of the driver's own, with whose it is.
    pub(super) fn own(&self, mut error: Error) -> Error {
        error.cloud = Some(self.session.name().to_string());
        error.provider = Some("openstack");
        error
    }

    /// Send a call that takes something away: whether it did, or it was not there. Where a deletion went out again, a 404 tells that
    /// the first one did; where no answer tells, the cloud is looked at.
    pub(super) async fn take_away(&self, call: &Call) -> Result<bool> {
        self.take_away_seen(call, || self.look_for_deletion(call)).await
    }

    /// The same with a look of its own.
    pub(super) async fn take_away_seen<L>(
        &self,
        call: &Call,
        look: impl Fn() -> L + Send + Sync,
    ) -> Result<bool>
    where
        L: Future<Output = Result<Seen<bool>>> + Send,
    {
        let (attempts, taken) = match recover::sent_before() {
            Some(lost) => (0, Err(self.own(lost))),
            None => self.taken_away(call, false).await,
        };
        let lost = match taken {
            Err(error) if recover::is_open(&error) => error,
            // Refused perhaps because the first attempt, whose answer was lost, is at work.
            Err(error) if attempts > 1 && error.kind == Kind::Conflict => error,
            known => return known,
        };
        let send = || async { self.taken_away(call, true).await.1 };
        match recover::settle(&*self.clock, lost, look, send).await {
            Settled::Done { value, .. } => Ok(value),
            Settled::Refused(error) | Settled::Unknown(error, _) => Err(error),
        }
    }

    /// At which attempt the answer came, and what it says.
    async fn taken_away(&self, call: &Call, again: bool) -> (u32, Result<bool>) {
        let answer = match self.session.send(call).await {
            Ok(answer) => answer,
            Err(error) => return (0, Err(error)),
        };
        let attempts = answer.attempts;
        let taken = match answer.status {
            404 | 410 if !html::says_nothing_of_it(call, &answer) => {
                Ok((again || attempts > 1) && call.method == Method::Delete)
            }
            _ => fault::judge(&self.session, call, answer).map(|_| true),
        };
        (attempts, taken)
    }

    /// Whether what a deletion was for is gone, or on its way: it has the path of the deletion.
    pub(super) async fn look_for_deletion(&self, call: &Call) -> Result<Seen<bool>> {
        let mut look = get("resource.show", call.service.clone(), call.path.trim_end_matches("/action"));
        look.microversion = call.microversion;
        let Some(body) = found(self.json(&look).await)? else { return Ok(Seen::Effect(true)) };
        Ok(if is_leaving(&body) { Seen::Effect(true) } else { Seen::Nothing })
    }

    /// Send a change to what a path names; one whose answer is lost is settled by reading there whether it `is_so`.
    pub(super) async fn change(
        &self,
        call: &Call,
        is_so: impl Fn(&Json) -> bool + Send + Sync,
    ) -> Result<()> {
        let mut show = get("resource.show", call.service.clone(), call.path.clone());
        show.microversion = call.microversion;
        self.change_seen(call, &show, is_so).await
    }

    /// The same, settled by this read.
    pub(super) async fn change_seen(
        &self,
        call: &Call,
        show: &Call,
        is_so: impl Fn(&Json) -> bool + Send + Sync,
    ) -> Result<()> {
        let sent = match recover::sent_before() {
            Some(lost) => Err(self.own(lost)),
            None => self.ask(call).await,
        };
        let lost = match sent {
            Err(error) if recover::is_open(&error) => error,
            known => return known.map(drop),
        };
        let look =
            || async { Ok(if is_so(&self.json(show).await?) { Seen::Effect(()) } else { Seen::Nothing }) };
        match recover::settle(&*self.clock, lost, look, || async { self.ask(call).await.map(drop) }).await {
            Settled::Done { .. } => Ok(()),
            Settled::Refused(error) | Settled::Unknown(error, _) => Err(error),
        }
    }

    /// Send a call whose answer is JSON.
    pub(super) async fn json(&self, call: &Call) -> Result<Json> {
        self.whole(call, |_| Ok(())).await.map(|(_, body)| body)
    }

    /// Send a call whose answer is JSON that holds what was asked for. A read whose answer is garbled is asked again: it may come
    /// through the next time.
    pub(super) async fn whole(
        &self,
        call: &Call,
        check: impl Fn(&Json) -> std::result::Result<(), String> + Send,
    ) -> Result<(Answer, Json)> {
        let mut again = AGAIN.iter();
        loop {
            let answer = self.ask(call).await?;
            let read = self.parse(call, &answer).and_then(|body| match check(&body) {
                Ok(()) => Ok(body),
                Err(what) => Err(fault::nonsense(&self.session, call, &answer, &what)),
            });
            let garbled = match read {
                Ok(body) => return Ok((answer, body)),
                Err(garbled) => garbled,
            };
            match again.next().filter(|_| call.meant() == Intent::Read) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return Err(garbled),
            }
        }
    }

    /// The JSON of an answer that must hold an object, or a list whose members each have `name`: what is missing is never taken
    /// for empty.
    pub(super) async fn holding(&self, call: &Call, path: &str, name: Option<&str>) -> Result<Json> {
        let check = |body: &Json| match (body.pointer(path), name) {
            (Some(Json::Object(_)), None) => Ok(()),
            (Some(Json::Array(items)), Some(name)) => {
                match items.iter().all(|item| item.get(name).is_some_and(|name| !name.is_null())) {
                    true => Ok(()),
                    false => Err(format!("a member of its `{}` has no `{name}`", &path[1..])),
                }
            }
            _ => Err(format!("it has no `{}`", path[1..].replace('/', "."))),
        };
        Ok(self.whole(call, check).await?.1)
    }

    /// The JSON of an answer.
    pub(super) fn parse(&self, call: &Call, answer: &Answer) -> Result<Json> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            let what = if answer.body.is_empty() {
                "it is empty".to_string()
            } else {
                format!("it is no JSON ({error})")
            };
            fault::nonsense(&self.session, call, answer, &what)
        })
    }

    /// What is under `key` in the answer, decoded.
    pub(super) async fn described<T>(
        &self,
        call: &Call,
        key: &str,
        decode: impl FnOnce(&Json) -> Option<T> + Send,
    ) -> Result<T> {
        let answer = self.ask(call).await?;
        let body = self.parse(call, &answer)?;
        body.get(key).or(Some(&body)).and_then(decode).ok_or_else(|| {
            let what = format!("it describes no {key}");
            fault::nonsense(&self.session, call, &answer, &what)
        })
    }
}

/// A missing thing as `None`.
pub(super) fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == Kind::NotFound && error.status.is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a description is of something that is being deleted, or kept as deleted.
fn is_leaving(body: &Json) -> bool {
    let described = body.as_object().and_then(|fields| fields.values().find(|value| value.is_object()));
    let described = if body.get("status").is_some() { body } else { described.unwrap_or(body) };
    let says = |field: &str| text(described, field).unwrap_or_default().to_ascii_lowercase();
    let (status, task) = (says("status"), says("OS-EXT-STS:task_state"));
    ["deleting", "deleted", "soft_deleted", "pending_delete"].contains(&status.as_str())
        || task.ends_with("deleting")
}
