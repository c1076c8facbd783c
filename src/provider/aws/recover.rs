//! Requests whose answer was lost, as AWS tells them: settled by looking, and sent once more where they left no trace.

use super::Aws;
use crate::cloud::{Error, Kind, Result};
use crate::provider::recover::{self, Looked, Seen, Settled};
use std::future::Future;

pub(super) use crate::provider::recover::quoted;

impl Aws {
    /// The error of a request that was accepted, and whose answer does not say what came of it.
    pub(super) fn untold(&self, message: &str) -> Error {
        let mut error = self.session.error(Kind::Protocol, message);
        error.maybe = true;
        error
    }

    /// The error of a request that left no trace, or not all of it; `list` is what a script looks with.
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

    /// A request that may not simply be repeated: where its answer is lost it is settled by looking; `unknown` makes the error of
    /// one that cannot be.
    pub(super) async fn once<T, L, S>(
        &self,
        send: impl Fn() -> S + Send + Sync,
        look: impl Fn() -> L + Send + Sync,
        unknown: impl FnOnce(Error, Looked) -> Error + Send,
    ) -> Result<T>
    where
        T: Send,
        L: Future<Output = Result<Seen<T>>> + Send,
        S: Future<Output = Result<T>> + Send,
    {
        let lost = match send().await {
            Err(error) if error.maybe => error,
            known => return known,
        };
        match recover::settle(&*self.clock, lost, look, &send).await {
            Settled::Done { value, .. } => Ok(value),
            Settled::Refused(error) => Err(error),
            Settled::Unknown(error, looked) => Err(unknown(error, looked)),
        }
    }
}
