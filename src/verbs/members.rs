//! The members of an array, each of which has a beginning and an end of its own in the record of a run.
//!
//! The stage that watches calls is above this room; a call carries what it wants done around each member.

use super::call::Call;
use super::verb;
use crate::cloud::call_scope::{self, CallScope};
use crate::cloud::{Result, Value};
use futures_util::{StreamExt, stream};
use std::future::Future;
use std::sync::Arc;

/// What is done around each member of an array.
pub trait Members: Send + Sync {
    /// What a member gives, where it is on record; then it neither begins nor ends.
    fn answer(&self, index: usize, call: &Call) -> Option<Result<Value>>;
    /// Before a member runs, its names looked up; gives where its tokens come from.
    ///
    /// # Errors
    /// Why it must not run.
    fn begin(&self, index: usize, call: &Call) -> Result<Arc<dyn CallScope>>;
    /// The same member, with the ids that an earlier life of the run found for its names.
    fn resumed(&self, _index: usize, call: Call) -> Call {
        call
    }
    /// Whether an earlier life of the run began this member.
    fn is_resumed(&self, _index: usize) -> bool {
        false
    }
    /// After it ran, with the cloud's ids of its requests.
    fn end(&self, index: usize, call: &Call, result: &mut Result<Value>, requests: &[String]);
}

/// How far a member is.
pub(super) struct Ran {
    /// What it gave.
    pub(super) result: Result<Value>,
    /// The cloud's ids of its requests, where its end is still to be told.
    open: Option<Vec<String>>,
}

/// Run one member; its end is told by [`end`], once what it changed was read again.
pub(super) async fn run<F: Future<Output = Result<Value>>>(
    call: &Call,
    index: usize,
    member: Call,
    body: impl FnOnce(Call) -> F,
) -> Ran {
    let Some(members) = call.members() else { return Ran { result: body(member).await, open: None } };
    if let Some(result) = members.answer(index, &member) {
        return Ran { result, open: None };
    }
    let begun = async {
        let member = super::run::resolve(members.resumed(index, member)).await?;
        Ok((members.begin(index, &member)?, member))
    };
    match begun.await {
        Ok((scope, member)) => {
            let result = call_scope::within(scope.clone(), body(member)).await;
            Ran { result, open: Some(scope.requests()) }
        }
        // One that an earlier life began ends here too: what it deleted is found no more.
        Err(refused) => Ran { result: Err(refused), open: members.is_resumed(index).then(Vec::new) },
    }
}

/// Tell the end of a member, where that was not done; gives what it gave.
pub(super) fn end(call: &Call, index: usize, member: &Call, ran: Ran) -> Result<Value> {
    let Ran { mut result, open } = ran;
    if let (Some(members), Some(requests)) = (call.members(), open) {
        members.end(index, member, &mut result, &requests);
    }
    result
}

/// Run all members by one body: those that are on record are left out.
pub(super) async fn together(
    call: &Call,
    subjects: Vec<Value>,
    body: fn(Call, Vec<Value>) -> verb::Outcome<verb::Members>,
) -> Result<verb::Members> {
    let Some(members) = call.members().cloned() else { return body(call.clone(), subjects).await };
    let mut results: Vec<Option<Result<Value>>> = Vec::with_capacity(subjects.len());
    for (index, subject) in subjects.iter().enumerate() {
        results.push(members.answer(index, &call.of(subject.clone())));
    }
    let unanswered: Vec<usize> = (0..subjects.len()).filter(|index| results[*index].is_none()).collect();
    let looked_up = stream::iter(unanswered)
        .map(|index| {
            let member = members.resumed(index, call.of(subjects[index].clone()));
            async move { (index, super::run::resolve(member).await) }
        })
        .buffered(call.host.concurrency)
        .collect::<Vec<_>>()
        .await;
    let (mut open, mut left, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, member) in looked_up {
        let begun = member.and_then(|member| Ok((members.begin(index, &member)?, member)));
        match begun {
            Ok((scope, member)) => {
                left.push(member.resolved_subject().unwrap_or_else(|| subjects[index].clone()));
                open.push((index, member));
                scopes.push(scope);
            }
            Err(refused) => {
                let mut result = Err(refused);
                if members.is_resumed(index) {
                    members.end(index, &call.of(subjects[index].clone()), &mut result, &[]);
                }
                results[index] = Some(result);
            }
        }
    }
    if !left.is_empty() {
        let ran = body(call.with_scopes(scopes.clone()), left).await;
        let failed = ran.as_ref().err().cloned();
        let mut ran = ran.unwrap_or_default().into_iter();
        for ((index, member), scope) in open.into_iter().zip(scopes) {
            let mut result = match &failed {
                Some(error) => Err(error.clone()),
                None => ran.next().unwrap_or(Ok(Value::Unit)),
            };
            members.end(index, &member, &mut result, &scope.requests());
            results[index] = Some(result);
        }
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(results.into_iter().map(|result| result.unwrap_or(Ok(Value::Unit))).collect())
}
