//! What every noun is read and made by: lists that a filter lets through, one by id, and creates whose answer was lost.

use super::CloudStack;
use super::call::Call;
use super::decode::{is_uuid, text};
use crate::cloud::{Described, Error, Filter, Kind, NameMatch, Result, nearest};
use crate::provider::recover::{self, Looked, Seen, Settled};
use serde_json::Value as Json;
use std::future::Future;

/// How a create that was lost is looked for and told.
pub(super) struct Making {
    /// The verb.
    pub(super) verb: &'static str,
    /// What it is to make: ``volume `data` ``.
    pub(super) what: String,
    /// What a script looks with.
    pub(super) list: String,
}

impl CloudStack {
    /// A list call with what every one takes: the name, and whose they are.
    pub(super) fn narrowed(call: Call, name: &str, filter: &Filter) -> Call {
        let call = match &filter.name {
            Some(NameMatch::Exact(exact)) => call.with(name, exact),
            _ => call,
        };
        match filter.all_projects {
            true => call.with("listall", true).with("projectid", "-1"),
            false => call,
        }
    }

    /// The members of a list that a filter lets through.
    pub(super) async fn gather<T: Described>(
        &self,
        call: Call,
        key: &str,
        filter: &Filter,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let rows = self.every(&call, key).await?;
        let mut found: Vec<T> = rows.iter().filter_map(decode).filter(|one| filter.matches(one)).collect();
        found.truncate(filter.limit.unwrap_or(usize::MAX));
        self.check_zone(filter, found.len()).await?;
        Ok(found)
    }

    /// The description of what has this id, in whatever project it is.
    pub(super) async fn row(
        &self,
        operation: &'static str,
        command: &str,
        key: &str,
        id: &str,
    ) -> Result<Option<Json>> {
        let call = Call::read(operation, command).with("id", id).with("listall", true);
        if let Some(row) = self.one(&call, key, id).await? {
            return Ok(Some(row));
        }
        // The releases whose ids are numbers knew no projects.
        if !is_uuid(id) {
            return Ok(None);
        }
        self.one(&call.anywhere().with("projectid", "-1"), key, id).await
    }

    /// Make something, once: where its answer is lost it is looked for, and asked for again where it is nowhere.
    pub(super) async fn make<T, S, L>(
        &self,
        making: &Making,
        send: impl Fn() -> S + Send + Sync,
        look: impl Fn() -> L + Send + Sync,
    ) -> Result<T>
    where
        T: Send,
        S: Future<Output = Result<T>> + Send,
        L: Future<Output = Result<Seen<T>>> + Send,
    {
        let lost = match send().await {
            Err(error) if error.maybe => error,
            known => return known,
        };
        match recover::settle(&*self.clock, lost, look, &send).await {
            Settled::Done { value, .. } => Ok(value),
            Settled::Refused(error) => Err(error),
            Settled::Unknown(error, looked) => Err(self.unmade_of(making, error, looked)),
        }
    }

    fn unmade_of(&self, making: &Making, error: Error, looked: Looked) -> Error {
        let exists = "nothing of this call that the cloud shows; it could still appear";
        let words = looked.words(&making.what);
        recover::unresolved(self.session.name(), error, making.verb, words, exists, &making.list)
    }

    /// What a create whose answer was lost made: the one row whose id was not there before. Of two, nobody knows.
    pub(super) fn fresh<T>(
        rows: &[Json],
        before: &[String],
        read: impl FnOnce(&Json) -> Option<T>,
    ) -> Seen<T> {
        let mut new = rows.iter().filter(|row| text(row, "id").is_some_and(|id| !before.contains(&id)));
        match (new.next(), new.next()) {
            (None, _) => Seen::Nothing,
            (Some(one), None) => Seen::from(read(one)),
            _ => Seen::Unclear,
        }
    }

    /// Wait for the job of a create, if it has one; where it fails, `what` was made and is told.
    pub(super) async fn finish_made(&self, call: &Call, job: Option<String>, what: &str) -> Result<()> {
        let Some(job) = job else { return Ok(()) };
        self.finish(call, &job).await.map(drop).map_err(|error| error.fact("exists", what))
    }

    /// The error for a name that nothing of a kind has, with the nearest names of those that are there.
    pub(super) fn missing(&self, kind: &str, wanted: &str, names: &[String]) -> Error {
        let message = format!("{} has no {kind} `{wanted}`", self.session.name());
        let error = self.session.error(Kind::NotFound, message).coded("cloud::not_found");
        let ticked =
            |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let near = nearest::nearest(wanted, names.iter().map(String::as_str), 3);
        match (near.as_slice(), names) {
            ([], []) => error.help(format!("there is no {kind} at all")),
            ([], few) if few.len() <= 8 => error.help(format!("choose one of: {}", ticked(few))),
            ([], many) => error.help(format!("none of its {} has a name like it", many.len())),
            (near, _) => error.help(format!("did you mean {}?", ticked(near))),
        }
    }

    /// The ids of rows.
    pub(super) fn ids(rows: &[Json]) -> Vec<String> {
        rows.iter().filter_map(|row| text(row, "id")).collect()
    }
}
