//! What every noun is read, made and deleted by: lists that a listing lets through, one by id, and a deletion by id.

use super::Aws;
use super::call::Call;
use super::cloud::LATE;
use super::decode::list;
use super::ids::is_id;
use super::page::is_absent;
use crate::cloud::{Described, Filter, Noun, Result};
use serde_json::Value as Json;

impl Aws {
    /// Refuse what only an administrator of other clouds can ask.
    pub(super) fn own_projects(&self, all_projects: bool) -> Result<()> {
        match all_projects {
            true => Err(self.cannot("a list with `all_projects`", "name another cloud for another account")),
            false => Ok(()),
        }
    }

    /// The members of a set that a listing lets through, on every page.
    pub(super) async fn gather<T: Described>(
        &self,
        call: Call,
        set: &str,
        filter: &Filter,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        self.own_projects(filter.all_projects)?;
        let mut found = self.every(call, set, |one| decode(one).filter(|one| filter.matches(one))).await?;
        found.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(found)
    }

    /// The member of a set that has this id.
    pub(super) async fn shown<T: Described>(
        &self,
        noun: Noun,
        id: &str,
        call: Call,
        set: &str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Option<T>> {
        // A name is looked for by listing; only keys and old addresses have names for ids.
        if !matches!(noun, Noun::Keypair) && !is_id(noun, id) {
            return Ok(None);
        }
        let (call, decode) = (&call, &decode);
        let look = || async move {
            let body = match self.ask(call).await {
                Ok(body) => body,
                Err(error) if is_absent(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            // A server that does not know what it was asked by describes everything.
            Ok(list(&body, set).iter().filter_map(decode).find(|one| one.id() == id || one.name() == id))
        };
        Ok(self.unless_new(id, look).await?.filter(|one| one.status() != "DELETED"))
    }

    /// What a look gives; nothing of what this run has just made is looked for again, since a part of the cloud may not know it yet.
    pub(super) async fn unless_new<T, L>(&self, id: &str, look: impl Fn() -> L) -> Result<Option<T>>
    where
        L: Future<Output = Result<Option<T>>>,
    {
        let mut pauses = LATE.iter();
        loop {
            let found = look().await?;
            match pauses.next().filter(|_| found.is_none() && self.memory.excuses(id, self.clock.now())) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return Ok(found),
            }
        }
    }

    /// Delete what has this id; `false` where it was gone already.
    pub(super) async fn take_away_by(&self, id: &str, call: Call) -> Result<bool> {
        let taken = self.take_away(&call).await?;
        self.memory.gone(id);
        Ok(taken)
    }
}
