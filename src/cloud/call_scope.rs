//! What drivers and look-ups may ask of the call that they work for: tokens for its creates, and a place to report reads that
//! have no number of their own (logins, discovery, names that are looked up for a field).
//!
//! The call is found through a task-local, so no driver passes it on. Outside a call (a test of a driver, a completion of the
//! editor) tokens are random and nothing is reported.

use super::{Error, Resource, Result, Value};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// The call that work is done for.
pub trait CallScope: Send + Sync {
    /// The place of the call in the run.
    fn path(&self) -> Arc<str>;
    /// The next token of the call, a UUID: the first is the one that its record names, each further one another.
    fn token(&self) -> String;
    /// The recorded answer of a read that is known by what it asks, in place of doing it.
    fn answer(&self, read: &str) -> Option<Result<Value>>;
    /// Such a read ended.
    fn read(&self, read: &str, result: std::result::Result<&Value, &Error>);
    /// The cloud gave this id to a request of the call.
    fn requested(&self, id: &str);
    /// The ids of the call's requests so far, which are then forgotten.
    fn requests(&self) -> Vec<String>;
    /// What an earlier process may have sent of this call without seeing the answer; `None` where none did, or that is settled.
    fn unsure(&self) -> Option<Unsure> {
        None
    }
    /// What the run had seen of a resource before an earlier process began the call; `None` where none did, or that is not known.
    fn seen_before(&self, _id: &str) -> Option<Resource> {
        None
    }
    /// It is known that nothing of the call was sent before.
    fn nothing_was_sent(&self) {}
}

/// A call that an earlier process began, and whose end nobody saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsure {
    /// How long before now it began, at the most.
    pub since: Duration,
    /// How long what was sent may still take to arrive.
    pub arriving: Duration,
    /// Whether something that it acts on was named, and so is as it is now, not as it was when the call began.
    pub named: bool,
}

tokio::task_local! {
    static SCOPE: Arc<dyn CallScope>;
}

/// Do work for a call.
pub async fn within<T>(scope: Arc<dyn CallScope>, work: impl Future<Output = T>) -> T {
    SCOPE.scope(scope, work).await
}

/// The place in the run of the call that is under way; empty outside a call.
pub fn path() -> Arc<str> {
    SCOPE.try_with(|scope| scope.path()).unwrap_or_default()
}

/// A token or marker for a request of the call that is under way.
pub fn token() -> String {
    SCOPE.try_with(|scope| scope.token()).unwrap_or_else(|_| uuid::Uuid::new_v4().to_string())
}

/// The cloud gave this id to a request of the call that is under way.
pub fn requested(id: &str) {
    let _ = SCOPE.try_with(|scope| scope.requested(id));
}

/// What an earlier process may have sent of the call that is under way.
pub fn unsure() -> Option<Unsure> {
    SCOPE.try_with(|scope| scope.unsure()).ok().flatten()
}

/// What the run had seen of a resource before an earlier process began the call that is under way.
pub fn seen_before(id: &str) -> Option<Resource> {
    SCOPE.try_with(|scope| scope.seen_before(id)).ok().flatten()
}

/// Every look for what an earlier process may have sent was answered, and showed nothing.
pub fn nothing_was_sent() {
    let _ = SCOPE.try_with(|scope| scope.nothing_was_sent());
}

/// A read that is known by what it asks, such as `lab/flavor/42`: answered from the record where there is one, and reported.
///
/// # Errors
/// What the read gives, or the error that is on record.
pub async fn lookup(read: &str, work: impl Future<Output = Result<Value>>) -> Result<Value> {
    let Ok(scope) = SCOPE.try_with(Arc::clone) else { return work.await };
    if let Some(answer) = scope.answer(read) {
        return answer;
    }
    let result = work.await;
    scope.read(read, result.as_ref());
    result
}

/// A read of a driver's own, such as `lab/auth`: reported, and never answered, since what it learns stays with the driver.
///
/// # Errors
/// What the read gives.
pub async fn report<T>(read: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let result = work.await;
    let _ = SCOPE.try_with(|scope| scope.read(read, result.as_ref().map(|_| &Value::Unit)));
    result
}
