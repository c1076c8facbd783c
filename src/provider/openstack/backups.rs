//! Backups of volumes: making, restoring and deleting them.

use super::OpenStack;
use super::cinder::{backup, volume};
use super::decode::text;
use super::marked::Mark;
use super::recover::{Attempt, quoted};
use super::resources::is_named;
use crate::cloud::{Backup, Backups, Error, Filter, Kind, Result, Volume, Volumes};
use crate::provider::recover::Seen;
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Backups for OpenStack {
    async fn backups(&self, filter: &Filter) -> Result<Vec<Backup>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let decode = |body: &Json| backup::decode(body, cloud, now);
        self.gather(backup::first(filter), "backups", filter, decode).await
    }

    async fn backup(&self, id: &str) -> Result<Option<Backup>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        self.shown_by(id, &backup::show(id), "backup", |body| backup::decode(body, cloud, now)).await
    }

    // Make a backup; Cinder's answer is its id and name alone, so it is read then.
    async fn create_backup(&self, of: &str, name: &str) -> Result<Backup> {
        let (cloud, now, range) = (self.session.name(), self.clock.now(), self.block_storage().await?);
        let marker = crate::cloud::call_scope::token();
        let attempt = Attempt {
            verb: "create_backup",
            sought: "a backup with this call's marker".to_string(),
            list: format!("backups(#{{ name: {} }})", quoted(name)),
        };
        let filter = Filter { volume: Some(of.to_string()), ..Filter::named(name) };
        let call = backup::create(of, name, &marker, &range);
        let mark = Mark {
            what: format!("backup `{name}`"),
            list: backup::first_marked(&filter, &range),
            key: "backups",
            is_own: Box::new(move |entry| backup::is_marked(entry, &marker)),
            delete: Box::new(backup::delete),
        };
        let decode = |body: &Json| backup::decode(body, cloud, now);
        let made = self.create_described(&call, &attempt, mark, "backup", decode).await?;
        // It was made; that it cannot be read at this moment does not unmake it.
        let told = Backup {
            status: if made.status.is_empty() { "CREATING".to_string() } else { made.status.clone() },
            volume: made.volume.clone().or_else(|| Some(of.to_string())),
            ..made
        };
        Ok(self.backup(&told.id).await.ok().flatten().unwrap_or(told))
    }

    async fn restore_backup(&self, id: &str, onto: Option<&str>) -> Result<Volume> {
        let into = match onto {
            Some(volume) => {
                self.restore_onto(id, volume).await?;
                volume.to_string()
            }
            None => self.restore_anew(id).await?,
        };
        self.volume(&into)
            .await
            .map_err(|mut error| {
                error.accepted = true;
                error
            })?
            .ok_or_else(|| {
                let message = format!(
                    "the restore of {id} was accepted as volume {into}, which the cloud does not show"
                );
                self.own(Error::new(Kind::Protocol, message).help("look for it with `volumes()`"))
            })
    }

    async fn delete_backup(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, backup::delete(id)).await
    }
}

impl OpenStack {
    /// Restore to a new volume; gives its id. Where the answer is lost it is known by its name and by being as old as this call.
    async fn restore_anew(&self, id: &str) -> Result<String> {
        let name = backup::name_of_restored(id);
        let attempt = Attempt {
            verb: "restore_backup",
            sought: "a new volume that this backup is restored to".to_string(),
            list: format!("volumes(#{{ name: {} }})", quoted(&name)),
        };
        let list = volume::first(&Filter::default());
        let started = self.clock.elapsed();
        let find = || async {
            // A restore that is over gave the volume the former one's name, and wrote down the backup.
            let source = |entry: &Json| text(entry.get("metadata")?, "src_backup_id");
            let fits = |entry: &Json| is_named(entry, &name) || source(entry).as_deref() == Some(id);
            Ok(match self.made_since(started, &list, "volumes", fits).await? {
                Seen::Effect(entry) => text(&entry, "id").map_or(Seen::Unclear, Seen::Effect),
                Seen::Nothing if self.is_restoring(id).await? => Seen::Unclear,
                Seen::Nothing => Seen::Nothing,
                Seen::Unclear => Seen::Unclear,
            })
        };
        self.create(&backup::restore(id, None), &attempt, backup::restored, find).await
    }

    /// Restore to a volume that is there.
    async fn restore_onto(&self, id: &str, volume: &str) -> Result<()> {
        let attempt = Attempt {
            verb: "restore_backup",
            sought: format!("the volume {volume} being restored"),
            list: format!("volume({})", quoted(volume)),
        };
        let holds = |volume: &Volume| volume.meta.get("src_backup_id").map(String::as_str) == Some(id);
        let held = self.volume(volume).await?.is_some_and(|before| holds(&before));
        let find = || async {
            let now = self.volume(volume).await?;
            // One that is over wrote down the backup. Where that stood there before, doing it twice leaves the same.
            let shows = now.is_some_and(|now| now.status == "RESTORING-BACKUP" || (!held && holds(&now)));
            Ok(if shows { Seen::Effect(()) } else { Seen::Nothing })
        };
        self.create(&backup::restore(id, Some(volume)), &attempt, |_| Some(()), find).await
    }

    async fn is_restoring(&self, id: &str) -> Result<bool> {
        Ok(self.backup(id).await?.is_some_and(|backup| backup.status == "RESTORING"))
    }
}
