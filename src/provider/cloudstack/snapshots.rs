//! Snapshots of volumes.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, meta_and_tags, text, time};
use super::resources::Making;
use super::volumes::GIB;
use crate::cloud::{Filter, Holder, Kind, Result, Snapshot, Snapshots};
use crate::provider::recover::quoted;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often a snapshot is looked at that another step needs, a few seconds after each other.
const LOOKS: u32 = 120;

#[async_trait]
impl Snapshots for CloudStack {
    async fn snapshots(&self, filter: &Filter) -> Result<Vec<Snapshot>> {
        let call = Call::read("snapshot.list", "listSnapshots").with("volumeid", filter.volume.as_ref());
        let call = CloudStack::narrowed(call, "name", filter);
        let mut found = self.gather(call, "snapshot", filter, |row| self.snapshot_of(row)).await?;
        let machines = self.own_machine_snapshots().await?;
        found.extend(machines.into_iter().filter(|one| filter.matches(one)));
        found.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(found)
    }

    async fn snapshot(&self, id: &str) -> Result<Option<Snapshot>> {
        let found = match self.row("snapshot.show", "listSnapshots", "snapshot", id).await? {
            Some(row) => self.snapshot_of(&row),
            None => self.machine_snapshot_row(id).await?.and_then(|row| self.machine_snapshot(&row)),
        };
        Ok(found.filter(|snapshot| snapshot.status != "DELETED"))
    }

    async fn snapshot_volume(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        let call = Call::once("snapshot.create", "createSnapshot").with("volumeid", id).with("name", name);
        let of_volume = || {
            let call = Call::read("snapshot.list", "listSnapshots").with("volumeid", id).with("name", name);
            async move { self.every(&call, "snapshot").await }
        };
        let before = CloudStack::ids(&of_volume().await?);
        let making = Making {
            verb: "snapshot",
            what: format!("snapshot `{name}`"),
            list: format!("snapshots(#{{ name: {} }})", quoted(name)),
        };
        let (call, before, of_volume) = (&call, &before, &of_volume);
        let send = || async move {
            let begun = self.begin(call).await?;
            begun.id.ok_or_else(|| self.lacking(call, "id"))
        };
        let look = || async move {
            let rows = of_volume().await?;
            Ok(CloudStack::fresh(&rows, before, |one| text(one, "id")))
        };
        let made = self.make(&making, send, look).await?;
        if !meta.is_empty() {
            let tagged = self.first_tags(&Holder::Snapshot(made.clone()), meta).await;
            tagged.map_err(|error| error.fact("exists", format!("snapshot {made}")))?;
        }
        let row = serde_json::json!({"id": made, "name": name, "volumeid": id, "state": "Creating"});
        let shown = self.row("snapshot.show", "listSnapshots", "snapshot", &made).await?.unwrap_or(row);
        self.snapshot_of(&shown).ok_or_else(|| self.lacking(call, "snapshot"))
    }

    async fn delete_snapshot(&self, id: &str) -> Result<bool> {
        // Deleting one twice is answered as done: whether it is there is seen before.
        match self.snapshot(id).await? {
            None => return Ok(false),
            Some(one) if text(&one.raw, "virtualmachineid").is_some() && one.volume.is_none() => {
                return self.delete_machine_snapshot(id).await;
            }
            Some(_) => {}
        }
        let call = Call::idempotent("snapshot.delete", "deleteSnapshot").with("id", id);
        self.take_away(&call, || async {
            Ok(self.snapshot(id).await?.is_some_and(|one| one.status != "DELETED"))
        })
        .await
    }
}

impl CloudStack {
    /// Wait until a snapshot can be used.
    pub(super) async fn until_backed_up(&self, id: &str) -> Result<()> {
        for _ in 0..LOOKS {
            match self.snapshot(id).await?.map(|snapshot| snapshot.status) {
                Some(status) if status == "AVAILABLE" => return Ok(()),
                Some(status) if status == "ERROR" => {
                    return Err(self.session.error(Kind::Failed, format!("snapshot {id} is in ERROR")));
                }
                _ => self.clock.sleep(Duration::from_secs(5)).await,
            }
        }
        let message = format!("snapshot {id} is not done after {} minutes; it goes on", LOOKS * 5 / 60);
        Err(self.session.error(Kind::Timeout, message))
    }

    fn snapshot_of(&self, row: &Json) -> Option<Snapshot> {
        let id = text(row, "id")?;
        let status = match text(row, "state").unwrap_or_default().as_str() {
            "BackedUp" => "AVAILABLE",
            "Error" => "ERROR",
            "Destroying" => "DELETING",
            "Destroyed" => "DELETED",
            _ => "CREATING",
        };
        Some(Snapshot {
            name: text(row, "name").unwrap_or_default(),
            status: status.to_string(),
            volume: text(row, "volumeid"),
            size: int(row, "virtualsize").map_or(0, |bytes| (bytes + GIB - 1) / GIB),
            meta: meta_and_tags(row).0,
            created: time(row, "created"),
            cloud: self.session.name().clone(),
            read: self.clock.now(),
            raw: Arc::new(row.clone()),
            id,
        })
    }
}
