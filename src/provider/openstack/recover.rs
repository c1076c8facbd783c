//! Requests that may not simply be repeated: when the answer is lost or says nothing, what they did is looked for, and where it is
//! not there over the whole window they go out once more.
//!
//! What can carry a marker is known by it; of the rest, the one thing that the cloud made by this name while the call was under way,
//! unless another call of this run has or may have made it; an action shows in the state of its server.

use super::OpenStack;
use super::decode::{list, text, time};
use super::fault;
use super::nova::{action, settle};
use super::session::Call;
use crate::cloud::{Accepted, Action, Error, Result, Servers, Time};
use crate::provider::recover::{self, Looked, Seen, Settled};
use crate::wire::Answer;
use serde_json::Value as Json;
use std::time::Duration;

pub(super) use crate::provider::recover::quoted;

/// What clouds may take to write a time down, and what they cut from it: whole seconds.
const SLACK: Duration = Duration::from_secs(2);

/// How a create is told when nobody knows what became of it.
pub(super) struct Attempt {
    /// The verb.
    pub(super) verb: &'static str,
    /// What is looked for: "a volume with this call's marker".
    pub(super) sought: String,
    /// What a script looks with: `volumes(#{ name: "data" })`.
    pub(super) list: String,
}

impl OpenStack {
    /// Send a create. `made` reads what the answer's body tells; `find` looks for it where that is lost.
    pub(super) async fn create<T: Send, F, R: Into<Seen<T>>>(
        &self,
        call: &Call,
        attempt: &Attempt,
        made: impl Fn(&Json) -> Option<T> + Send + Sync,
        find: impl Fn() -> F + Send + Sync,
    ) -> Result<T>
    where
        F: Future<Output = Result<R>> + Send,
    {
        let read = |answer: &Answer| made(&serde_json::from_slice(&answer.body).unwrap_or_default());
        self.create_by(call, attempt, read, find).await
    }

    /// The same; `made` reads the whole answer.
    pub(super) async fn create_by<T: Send, F, R: Into<Seen<T>>>(
        &self,
        call: &Call,
        attempt: &Attempt,
        made: impl Fn(&Answer) -> Option<T> + Send + Sync,
        find: impl Fn() -> F + Send + Sync,
    ) -> Result<T>
    where
        F: Future<Output = Result<R>> + Send,
    {
        self.settled(call, attempt, made, find).await.map(|(value, _)| value)
    }

    /// The same, and whether it went out twice.
    pub(super) async fn settled<T: Send, F, R: Into<Seen<T>>>(
        &self,
        call: &Call,
        attempt: &Attempt,
        made: impl Fn(&Answer) -> Option<T> + Send + Sync,
        find: impl Fn() -> F + Send + Sync,
    ) -> Result<(T, bool)>
    where
        F: Future<Output = Result<R>> + Send,
    {
        let lost = match self.told(call, &made).await {
            Err(error) if error.maybe => error,
            known => return known.map(|value| (value, false)),
        };
        let look = || async { find().await.map(Into::into) };
        match recover::settle(&*self.clock, lost, look, || self.told(call, &made)).await {
            Settled::Done { value, resent } => Ok((value, resent)),
            Settled::Refused(error) => Err(error),
            Settled::Unknown(error, looked) => {
                let exists = "nothing of this call that the cloud shows; it could still appear";
                Err(self.unresolved(
                    error,
                    attempt.verb,
                    looked.words(&attempt.sought),
                    exists,
                    &attempt.list,
                ))
            }
        }
    }

    /// What the answer to a create tells.
    async fn told<T>(&self, call: &Call, made: &(impl Fn(&Answer) -> Option<T> + Send + Sync)) -> Result<T> {
        let answer = self.ask(call).await?;
        made(&answer).ok_or_else(|| match self.parse(call, &answer) {
            Ok(_) => fault::nonsense(&self.session, call, &answer, "it does not describe what was made"),
            Err(error) => error,
        })
    }

    /// The error of a request that left no trace, or not all of it.
    pub(super) fn unresolved(
        &self,
        error: Error,
        verb: &str,
        looked: String,
        exists: &str,
        list: &str,
    ) -> Error {
        recover::unresolved(self.session.name(), error, verb, looked, exists, list)
    }

    /// Ask for an action; one whose answer is lost is settled by the state of its server.
    pub(super) async fn act_once(&self, id: &str, action: &Action, call: &Call) -> Result<Accepted> {
        let started = self.clock.elapsed();
        let read = |answer: Answer| settle::accepted(action, &answer);
        let lost = match self.ask(call).await {
            Err(error) if error.maybe => error,
            known => return known.map(read),
        };
        let look = || self.look_for_action(id, action, started);
        let send = || async { self.ask(call).await.map(read) };
        match recover::settle(&*self.clock, lost, look, send).await {
            Settled::Done { value, .. } => Ok(value),
            Settled::Refused(error) => Err(error),
            Settled::Unknown(error, looked) => Err(self.unsettled(error, id, action, looked)),
        }
    }

    fn unsettled(&self, error: Error, id: &str, action: &Action, looked: Looked) -> Error {
        let exists = "the server; whether the request took effect is not known";
        let sought = format!("what `{}` does to the server {id}", action.verb());
        let list = format!("server({})", quoted(id));
        self.unresolved(error, action.verb(), looked.words(&sought), exists, &list)
    }

    /// Whether an action took effect: by the server's state, or, where that looks the same afterwards, by Nova's own list of what
    /// was asked of the server.
    async fn look_for_action(&self, id: &str, action: &Action, started: Duration) -> Result<Seen<Accepted>> {
        let Some(server) = self.server(id).await? else { return Ok(Seen::Unclear) };
        let shown = settle::shows(action, &server);
        if shown == Some(false) {
            return Ok(Seen::Nothing);
        }
        let recorded = self.recorded(id, action, started).await;
        match (shown, recorded) {
            (Some(_), recorded) => {
                Ok(Seen::Effect(Accepted { request_id: recorded.ok().flatten(), admin_pass: None }))
            }
            (None, recorded) => Ok(recorded?.map_or(Seen::Nothing, |request| {
                Seen::Effect(Accepted { request_id: Some(request), admin_pass: None })
            })),
        }
    }

    /// The id of the request for this action that Nova has recorded since then.
    async fn recorded(&self, id: &str, action: &Action, started: Duration) -> Result<Option<String>> {
        let call = action::recorded(id, &self.compute().await?);
        let fits = |entry: &Json| text(entry, "action").as_deref() == settle::recorded_as(action);
        let entries = self.since(started, &call, "instanceActions", "start_time", fits).await?;
        Ok(entries.unwrap_or_default().first().and_then(|entry| text(entry, "request_id")))
    }

    /// The only entry of a list that fits and came into being since then, by the cloud's own clock; unclear where that tells no
    /// time, or where several may be it.
    pub(super) async fn made_since(
        &self,
        started: Duration,
        call: &Call,
        key: &str,
        fits: impl Fn(&Json) -> bool + Send + Sync,
    ) -> Result<Seen<Json>> {
        let Some(mut new) = self.since(started, call, key, "created_at", fits).await? else {
            return Ok(Seen::Unclear);
        };
        Ok(match (new.pop(), new.is_empty()) {
            (Some(one), true) => Seen::Effect(one),
            (Some(_), false) => Seen::Unclear,
            (None, _) => Seen::Nothing,
        })
    }

    /// The entries of a list that fit and have a time since then, by the cloud's own clock; `None` where that tells no time.
    async fn since(
        &self,
        started: Duration,
        call: &Call,
        key: &str,
        field: &str,
        fits: impl Fn(&Json) -> bool + Send + Sync,
    ) -> Result<Option<Vec<Json>>> {
        let answer = self.ask(call).await?;
        let body = self.parse(call, &answer)?;
        if answer.date().is_none() {
            return Ok(None);
        }
        let is_new = |entry: &&Json| self.is_since(started, &answer, entry, field) == Some(true);
        let new = list(&body, key).into_iter().flatten().filter(|entry| is_new(entry) && fits(entry));
        Ok(Some(new.cloned().collect()))
    }

    /// Whether what an answer holds has a time since then, by the cloud's own clock; `None` where that tells no time.
    pub(super) fn is_since(
        &self,
        started: Duration,
        answer: &Answer,
        entry: &Json,
        field: &str,
    ) -> Option<bool> {
        let now = answer.date().map(Time::from_system)?;
        let before = crate::cloud::call_scope::unsure().map_or(Duration::ZERO, |unsure| unsure.since);
        let lasted = self.clock.elapsed().saturating_sub(started) + before + SLACK;
        time(entry, field).map(|at| now.since(at).seconds() <= lasted.as_secs() as i64)
    }
}
