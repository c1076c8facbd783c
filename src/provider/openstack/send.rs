//! Sending a call, and reading its answer: refused, JSON, one thing, or a thing that is not there.

use super::OpenStack;
use super::fault;
use super::session::Call;
use crate::cloud::{Error, Kind, Result};
use crate::wire::{Answer, Method};
use serde_json::Value as Json;

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

    /// Send a call that takes something away: whether it did, or it was not there. Where the answer to a deletion was lost and it
    /// went out again, a 404 tells that the first one did.
    pub(super) async fn take_away(&self, call: &Call) -> Result<bool> {
        let answer = self.session.send(call).await?;
        match answer.status {
            404 | 410 => Ok(answer.attempts > 1 && call.method == Method::Delete),
            _ => fault::judge(&self.session, call, answer).map(|_| true),
        }
    }

    /// Send a call whose answer is JSON.
    pub(super) async fn json(&self, call: &Call) -> Result<Json> {
        let answer = self.ask(call).await?;
        self.parse(call, &answer)
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
