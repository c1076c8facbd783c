//! What every noun is read and deleted by: lists that a listing lets through, one by id, and a deletion by id.

use super::OpenStack;
use super::call::is_segment;
use super::decode::text;
use super::neutron::{is_for, network};
use super::send::found;
use super::session::Call;
use crate::cloud::{Described, Error, Filter, Kind, Result};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashSet};
use std::sync::PoisonError;

impl OpenStack {
    /// Every entry on every page that a listing lets through, at most as many as it wants.
    pub(super) async fn gather<T: Described>(
        &self,
        first: Call,
        key: &'static str,
        filter: &Filter,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        self.every(first, key, |entry| {
            out.extend(decode(entry).filter(|thing| filter.matches(thing)));
            filter.is_enough(out.len())
        })
        .await?;
        self.told_of_projects(filter, key).await?;
        Ok(out)
    }

    /// Tell that a listing of every project may be of the own one alone: Neutron, Cinder and Glance leave the others out
    /// for whoever is no administrator, and do not say so. Nova and Heat refuse it themselves.
    pub(super) async fn told_of_projects(&self, filter: &Filter, key: &'static str) -> Result<()> {
        if !filter.all_projects || self.is_admin().await? {
            return Ok(());
        }
        let mut roles = self.session.identity().await?.roles;
        roles.sort();
        let first = |warned: &std::sync::Mutex<BTreeSet<&'static str>>| {
            warned.lock().unwrap_or_else(PoisonError::into_inner).insert(key)
        };
        if !roles.is_empty() && first(&self.warned) {
            let (what, roles) = (key.replace('_', " "), roles.join(", "));
            (self.warn)(&format!(
                "`all_projects`: the {what} of other projects are listed for administrators, and this login's roles are {roles}"
            ));
        }
        Ok(())
    }

    /// What is under `key` in the answer, or `None` where the cloud does not have it.
    pub(super) async fn shown<T>(
        &self,
        call: &Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Option<T>> {
        // A word in place of an id that asks for a list: nothing is called that.
        if call.path.ends_with("/detail") || call.path.ends_with("/summary") {
            return Ok(None);
        }
        // Taken for nothing it would say that the thing is gone.
        let check = |body: &Json| match body.get(key).and_then(&decode) {
            Some(_) => Ok(()),
            None => Err(format!("it describes no {key}")),
        };
        let read = found(self.whole(call, check).await)?;
        Ok(read.and_then(|(_, body)| body.get(key).and_then(&decode)))
    }

    /// The same of an answer that is the description itself.
    pub(super) async fn shown_whole<T>(
        &self,
        call: &Call,
        what: &str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Option<T>> {
        let check = |body: &Json| match decode(body) {
            Some(_) => Ok(()),
            None => Err(format!("it describes no {what}")),
        };
        let read = found(self.whole(call, check).await)?;
        Ok(read.and_then(|(_, body)| decode(&body)))
    }

    /// The project whose things a listing asks for; `None` for every project's.
    pub(super) async fn project_of(&self, filter: &Filter) -> Result<Option<String>> {
        match filter.all_projects {
            true => Ok(None),
            false => self.project().await,
        }
    }

    /// The networks of other projects, whose subnets are theirs alone too. Only an administrator is shown any.
    pub(super) async fn strangers(&self, filter: &Filter) -> Result<HashSet<String>> {
        let mut strangers = HashSet::new();
        if filter.all_projects || filter.network.is_some() || !self.is_admin().await? {
            return Ok(strangers);
        }
        let project = self.project().await?;
        self.every(network::page(Vec::new()), "networks", |entry| {
            strangers.extend(text(entry, "id").filter(|_| !is_for(entry, project.as_deref())));
            false
        })
        .await?;
        Ok(strangers)
    }

    /// Whether the session has the role that is shown every project's things.
    pub(super) async fn is_admin(&self) -> Result<bool> {
        let roles = self.session.identity().await?.roles;
        Ok(roles.iter().any(|role| role.to_ascii_lowercase().contains("admin")))
    }

    /// The same of what an id names; a text that can stand in no path names nothing.
    pub(super) async fn shown_by<T>(
        &self,
        id: &str,
        call: &Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Option<T>> {
        match is_segment(id) {
            true => self.shown(call, key, decode).await,
            false => Ok(None),
        }
    }

    /// The only one of the ids that a name led to; `help` is for where there is none.
    pub(super) fn only(&self, mut ids: Vec<String>, noun: &str, name: &str, help: &str) -> Result<String> {
        let cloud = self.session.name();
        match ids.len() {
            1 => Ok(ids.remove(0)),
            0 => {
                let error = Error::new(Kind::NotFound, format!("{cloud} has no {noun} `{name}`"));
                Err(self.own(error.coded("cloud::not_found").help(help)))
            }
            many => {
                let error = Error::new(Kind::Ambiguous, format!("{cloud} has {many} {noun}s named `{name}`"));
                let help = format!("name one by its id: {}", ids.join(", "));
                Err(self.own(error.coded("cloud::ambiguous").help(help)))
            }
        }
    }

    /// Delete what an id names: whether it did, or it was not there.
    pub(super) async fn take_away_by(&self, id: &str, call: Call) -> Result<bool> {
        match is_segment(id) {
            true => self.take_away(&call).await,
            false => Ok(false),
        }
    }

    /// The project that the session is for.
    pub(super) async fn project(&self) -> Result<Option<String>> {
        self.session.login().await?;
        Ok(self.session.project_id())
    }
}

/// Whether an entry has this name.
pub(super) fn is_named(entry: &Json, name: &str) -> bool {
    text(entry, "name").as_deref() == Some(name)
}
