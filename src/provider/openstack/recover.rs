//! Creating: a request goes out once, and when its answer is lost or says nothing, what it made is looked for.
//!
//! Nothing is created twice. What can carry a marker is known by it; of the rest, the one thing that the cloud made by this
//! name while the call was under way, unless another call of this run has or may have made it. What is not found may still
//! appear, and the error says so.

use super::OpenStack;
use super::decode::{list, time};
use super::fault;
use super::neutron::is_marked;
use super::session::Call;
use crate::cloud::{Error, Kind, Result, Time};
use crate::wire::Answer;
use serde_json::Value as Json;
use std::time::Duration;

/// How long after each other the traces of an unanswered request are looked for.
pub(super) const LOOKS: [Duration; 3] =
    [Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(6)];

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
    pub(super) async fn create<T: Send, F>(
        &self,
        call: &Call,
        attempt: &Attempt,
        made: impl Fn(&Json) -> Option<T> + Send + Sync,
        find: impl Fn() -> F + Send + Sync,
    ) -> Result<T>
    where
        F: Future<Output = Result<Option<T>>> + Send,
    {
        let read = |answer: &Answer| made(&serde_json::from_slice(&answer.body).unwrap_or_default());
        self.create_by(call, attempt, read, find).await
    }

    /// The same; `made` reads the whole answer.
    pub(super) async fn create_by<T: Send, F>(
        &self,
        call: &Call,
        attempt: &Attempt,
        made: impl Fn(&Answer) -> Option<T> + Send + Sync,
        find: impl Fn() -> F + Send + Sync,
    ) -> Result<T>
    where
        F: Future<Output = Result<Option<T>>> + Send,
    {
        let error = match self.told(call, made).await {
            Err(error) if error.maybe => error,
            known => return known,
        };
        let mut answered = false;
        for pause in LOOKS {
            self.clock.sleep(pause).await;
            match find().await {
                Ok(Some(thing)) => return Ok(thing),
                Ok(None) => answered = true,
                Err(_) => {}
            }
        }
        let end = if answered { "found none" } else { "no answer to that either" };
        let looked = format!("for {}, 3 times over 12 s: {end}", attempt.sought);
        let exists = "nothing of this call that the cloud shows; it could still appear";
        Err(self.unresolved(error, attempt.verb, looked, exists, &attempt.list))
    }

    /// Make one thing of Neutron that carries a marker as its description: `ask` is for the call with a marker or without one,
    /// `list` for where it is looked for, `keys` are what one and several are called in bodies.
    pub(super) async fn create_marked<T: Send>(
        &self,
        ask: impl Fn(Option<&str>) -> Call + Send + Sync,
        attempt: &Attempt,
        list: Call,
        keys: (&'static str, &'static str),
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<T> {
        let marker = uuid::Uuid::new_v4().to_string();
        let (one, several) = keys;
        let find = || async {
            let mut out = None;
            self.every(list.clone(), several, |entry| {
                out = Some(entry).filter(|entry| is_marked(entry, &marker)).and_then(&decode);
                out.is_some()
            })
            .await?;
            Ok(out)
        };
        let made = |body: &Json| decode(body.get(one)?);
        match self.create(&ask(Some(&marker)), attempt, made, find).await {
            // Neutron before 2016 knows no descriptions there. What is lost then is known by nothing, and told as what may be.
            Err(error) if error.kind == Kind::InvalidArgument && is_about_description(&error) => {
                self.described(&ask(None), one, &decode).await
            }
            made => made,
        }
    }

    /// What the answer to a create tells.
    async fn told<T>(&self, call: &Call, made: impl Fn(&Answer) -> Option<T> + Send + Sync) -> Result<T> {
        let answer = self.ask(call).await?;
        made(&answer).ok_or_else(|| match self.parse(call, &answer) {
            Ok(_) => fault::nonsense(&self.session, call, &answer, "it does not describe what was made"),
            Err(error) => error,
        })
    }

    /// The error of a create that left no trace, or not all of it.
    pub(super) fn unresolved(
        &self,
        mut error: Error,
        verb: &str,
        looked: String,
        exists: &str,
        list: &str,
    ) -> Error {
        if error.kind == Kind::Network || error.kind == Kind::Timeout {
            error.message =
                format!("{} stopped answering while `{verb}` was being sent", self.session.name());
            error.kind = Kind::Network;
            error.diagnostic = Some("cloud::network");
        }
        error.maybe = true;
        error.facts.push(("looked", looked));
        error.facts.push(("exists", exists.to_string()));
        error.help =
            Some(format!("run `rhain --cloud {} -e '{list}'` before trying again", self.session.name()));
        error
    }

    /// The only entry of a list that fits and came into being since then, by the cloud's own clock; where that tells no time, or
    /// where several may be it, none.
    pub(super) async fn made_since(
        &self,
        started: Duration,
        call: &Call,
        key: &str,
        fits: impl Fn(&Json) -> bool + Send + Sync,
    ) -> Result<Option<Json>> {
        let answer = self.ask(call).await?;
        let body = self.parse(call, &answer)?;
        let Some(now) = answer.date().map(Time::from_system) else { return Ok(None) };
        let lasted = self.clock.elapsed().saturating_sub(started) + SLACK;
        let is_new = |entry: &&Json| {
            time(entry, "created_at").is_some_and(|made| now.since(made).seconds() <= lasted.as_secs() as i64)
        };
        let mut new = list(&body, key).into_iter().flatten().filter(|entry| is_new(entry) && fits(entry));
        Ok(new.next().filter(|_| new.next().is_none()).cloned())
    }
}

fn is_about_description(error: &Error) -> bool {
    error.answer.as_deref().is_some_and(|words| words.contains("description"))
}

/// A name as it stands in a script's text.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
