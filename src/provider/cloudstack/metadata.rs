//! Metadata in resource tags, changed by difference: a key that is there cannot be created again, so that a new value takes a deletion
//! and a creation. What breaks between the two is put right by looking at what there is.

use super::CloudStack;
use super::call::Call;
use super::decode::{meta_and_tags, tags};
use crate::cloud::call_scope;
use crate::cloud::{Error, Holder, Kind, MARKER, Metadata, Result, TagChange};
use crate::provider::recover;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How often a change that was not whole is begun anew.
const ROUNDS: usize = 4;

#[async_trait]
impl Metadata for CloudStack {
    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        Ok(meta_and_tags(&self.holder_row(holder).await?).0)
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.change_tags(holder, |now| now.clone().into_iter().chain(items.clone()).collect()).await
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        // Tags without a value are no metadata, and the marker is rhain's own.
        self.change_tags(holder, |now| {
            let kept = now.clone().into_iter().filter(|(key, value)| key == MARKER || value.is_empty());
            kept.chain(items.clone()).collect()
        })
        .await
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        let has = self.meta(holder).await?;
        if has.contains_key(key) {
            return self
                .change_tags(holder, |now| {
                    now.clone().into_iter().filter(|(known, _)| known != key).collect()
                })
                .await;
        }
        // A run that died may have taken it away.
        if call_scope::unsure().is_some() {
            return Ok(());
        }
        let has = has.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let mut error = self.session.own(Error::new(Kind::NotFound, format!("there is no metadata `{key}`")));
        error.help = (!has.is_empty()).then(|| format!("choose one that is there: {has}"));
        Err(error.coded("cloud::not_found"))
    }

    async fn update_tags(&self, server: &str, change: &TagChange) -> Result<()> {
        let holder = Holder::Server(server.to_string());
        let row = self.holder_row(&holder).await?;
        let (all, (_, now)) = (tags(&row), meta_and_tags(&row));
        let (missing, gone) = change.differ(&now);
        if let Some(both) = missing.iter().find(|key| all.get(*key).is_some_and(|value| !value.is_empty())) {
            let message =
                format!("`{both}` is metadata of this server already, and a key has one value on CloudStack");
            let error = self.session.own(Error::new(Kind::Conflict, message).coded("cloud::conflict"));
            return Err(error.help("choose another tag, or delete_meta it first"));
        }
        if missing.is_empty() && gone.is_empty() {
            return Ok(());
        }
        self.change_tags(&holder, |now| {
            let kept =
                now.clone().into_iter().filter(|(key, value)| !(value.is_empty() && gone.contains(key)));
            kept.chain(missing.iter().map(|tag| (tag.clone(), String::new()))).collect()
        })
        .await
    }
}

impl CloudStack {
    /// The description of what holds metadata.
    async fn holder_row(&self, holder: &Holder) -> Result<Json> {
        let id = holder.id();
        let (call, key, noun) = match holder {
            Holder::Server(_) => return self.described(id).await,
            Holder::Image(_) => return self.template_row(id).await,
            Holder::Volume(_) => (Call::read("volume.show", "listVolumes"), "volume", "volume"),
            Holder::Snapshot(_) => (Call::read("snapshot.show", "listSnapshots"), "snapshot", "snapshot"),
        };
        let found = self.row(call.operation, &call.command, key, id).await?;
        found.ok_or_else(|| {
            let message = format!("{} has no {noun} `{id}`", self.session.name());
            self.session.error(Kind::NotFound, message).coded("cloud::not_found")
        })
    }

    /// Make the tags what `wanted` makes of those that are there. A break between a deletion and its creation is mended by beginning
    /// anew with what was wanted first; a value that the cloud refuses leaves the former ones.
    async fn change_tags(
        &self,
        holder: &Holder,
        wanted: impl Fn(&BTreeMap<String, String>) -> BTreeMap<String, String> + Send + Sync,
    ) -> Result<()> {
        let kind = kind(holder);
        let id = holder.id();
        let before = tags(&self.holder_row(holder).await?);
        let wanted = wanted(&before);
        let mut now = before.clone();
        let mut last = None;
        for round in 0..ROUNDS {
            match self.differ(kind, id, &now, &wanted).await {
                Ok(()) => return Ok(()),
                // What may have been done, or passes, is looked at and begun anew; a job of it may be at work still.
                Err(error) if begins_anew(&error) && round + 1 < ROUNDS => {
                    self.clock.sleep(recover::LOOKS[round.min(2)]).await;
                    last = Some(error);
                }
                Err(error) => {
                    self.put_back(holder, &before).await;
                    return Err(error);
                }
            }
            now = match self.holder_row(holder).await {
                Ok(row) => tags(&row),
                Err(error) => return Err(last.unwrap_or(error)),
            };
        }
        match last {
            Some(error) if now != wanted => Err(error),
            _ => Ok(()),
        }
    }

    /// One way from the tags there are to those that are wanted.
    async fn differ(
        &self,
        kind: &str,
        id: &str,
        now: &BTreeMap<String, String>,
        wanted: &BTreeMap<String, String>,
    ) -> Result<()> {
        let gone: Vec<&str> = now
            .iter()
            .filter(|(key, value)| wanted.get(*key) != Some(value))
            .map(|(key, _)| key.as_str())
            .collect();
        let new: BTreeMap<String, String> = wanted
            .iter()
            .filter(|(key, value)| now.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !gone.is_empty() {
            let call = Call::once("meta.delete", "deleteTags")
                .with("resourcetype", kind)
                .with("resourceids", id)
                .entries("tags", gone.iter().map(|key| (*key, None)));
            self.run(&call).await?;
        }
        if new.is_empty() { Ok(()) } else { self.create_tags(kind, id, &new).await }
    }

    /// The tags of what was just made; where that is not answered well they are looked at.
    pub(super) async fn first_tags(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        match self.create_tags(kind(holder), holder.id(), items).await {
            Err(error) if begins_anew(&error) => {
                self.clock.sleep(recover::LOOKS[0]).await;
                let all =
                    |now: &BTreeMap<String, String>| now.clone().into_iter().chain(items.clone()).collect();
                self.change_tags(holder, all).await.map_err(|_| error)
            }
            result => result,
        }
    }

    /// Tags that are not there yet.
    async fn create_tags(&self, kind: &str, id: &str, items: &BTreeMap<String, String>) -> Result<()> {
        let call = Call::once("meta.set", "createTags")
            .with("resourcetype", kind)
            .with("resourceids", id)
            .entries("tags", items.iter().map(|(key, value)| (key.as_str(), Some(value.as_str()))));
        self.run(&call).await.map(drop)
    }

    async fn put_back(&self, holder: &Holder, before: &BTreeMap<String, String>) {
        if let Ok(row) = self.holder_row(holder).await {
            let _ = self.differ(kind(holder), holder.id(), &tags(&row), before).await;
        }
    }
}

/// Whether tags that were not changed as they should be are looked at: the job that deletes a key twice fails, and so does the one
/// that makes it twice.
fn begins_anew(error: &Error) -> bool {
    error.maybe || error.is_retryable() || matches!(error.kind, Kind::Conflict | Kind::Failed)
}

/// What CloudStack calls a holder in tags.
fn kind(holder: &Holder) -> &'static str {
    match holder {
        Holder::Server(_) => "UserVm",
        Holder::Image(_) => "Template",
        Holder::Volume(_) => "Volume",
        Holder::Snapshot(_) => "Snapshot",
    }
}
