//! Snapshots of whole machines: disks, and memory where it is asked for. To a script they are snapshots of no volume.

use super::CloudStack;
use super::call::Call;
use super::decode::{meta_and_tags, text, time};
use super::flatten;
use super::resources::Making;
use crate::cloud::{Kind, Result, Snapshot};
use serde_json::Value as Json;
use std::sync::Arc;

/// What lists call them.
const KEY: &str = "vmSnapshot";

/// The command that makes one.
const CREATE: &str = "createVMSnapshot";

impl CloudStack {
    /// Make one; `request` is what goes into the command besides.
    pub(super) async fn machine_snapshot_of(&self, id: &str, name: &str, request: &Json) -> Result<Snapshot> {
        self.check_provider(CREATE, request)?;
        let mut call = Call::once("server.snapshot", CREATE).with("virtualmachineid", id).with("name", name);
        call.merge(CREATE, request);
        let row = self.described(id).await?;
        let project = text(&row, "projectid");
        let of_machine = || {
            let list = Call::read("snapshot.list", "listVMSnapshot")
                .with("virtualmachineid", id)
                .with("listall", true)
                .with("projectid", project.as_deref());
            async move { self.every(&list.anywhere(), KEY).await }
        };
        let before = CloudStack::ids(&of_machine().await?);
        let making = Making {
            verb: "snapshot",
            what: format!("machine snapshot `{name}`"),
            list: format!("api(\"cloudstack\", \"listVMSnapshot\", #{{ virtualmachineid: \"{id}\" }})"),
        };
        let (call, before, of_machine) = (&call, &before, &of_machine);
        let send = || async move {
            let begun = self.begin(call).await?;
            begun.id.map(|id| (id, begun.job)).ok_or_else(|| self.lacking(call, "id"))
        };
        let look = || async move {
            let rows = of_machine().await?;
            Ok(CloudStack::fresh(&rows, before, |one| text(one, "id").map(|id| (id, None))))
        };
        let (made, job) = self.make(&making, send, look).await?;
        if let Some(job) = job {
            self.memory.begun(id, &job, CREATE);
        }
        self.memory.made_machine_snapshot();
        let row =
            serde_json::json!({"id": made, "displayname": name, "virtualmachineid": id, "state": "Creating"});
        let shown = self.machine_snapshot_row(&made).await.ok().flatten().unwrap_or(row);
        self.machine_snapshot(&shown).ok_or_else(|| self.lacking(call, KEY))
    }

    /// Its description by its id.
    pub(super) async fn machine_snapshot_row(&self, id: &str) -> Result<Option<Json>> {
        let call =
            Call::read("snapshot.show", "listVMSnapshot").with("vmsnapshotid", id).with("listall", true);
        match self.one(&call, KEY, id).await? {
            None => self.one(&call.anywhere().with("projectid", "-1"), KEY, id).await,
            found => Ok(found),
        }
    }

    /// All of them, where this run made some: a wait for several looks by one list.
    pub(super) async fn own_machine_snapshots(&self) -> Result<Vec<Snapshot>> {
        if !self.memory.has_machine_snapshots() {
            return Ok(Vec::new());
        }
        let call = Call::read("snapshot.list", "listVMSnapshot").with("listall", true);
        let rows = self.every(&call, KEY).await?;
        Ok(rows.iter().filter_map(|row| self.machine_snapshot(row)).collect())
    }

    /// Delete one.
    pub(super) async fn delete_machine_snapshot(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("snapshot.delete", "deleteVMSnapshot").with("vmsnapshotid", id);
        self.take_away(&call, || async { Ok(self.machine_snapshot_row(id).await?.is_some()) }).await
    }

    /// The noun of a description.
    pub(super) fn machine_snapshot(&self, row: &Json) -> Option<Snapshot> {
        let status = match text(row, "state").unwrap_or_default().as_str() {
            "Ready" | "Reverting" => "AVAILABLE",
            "Error" => "ERROR",
            "Expunging" => "DELETING",
            "Removed" => "DELETED",
            _ => "CREATING",
        };
        Some(Snapshot {
            name: text(row, "displayname").or_else(|| text(row, "name")).unwrap_or_default(),
            status: status.to_string(),
            volume: None,
            size: 0,
            meta: meta_and_tags(row).0,
            created: time(row, "created"),
            cloud: self.session.name().clone(),
            read: self.clock.now(),
            raw: Arc::new(row.clone()),
            id: text(row, "id")?,
        })
    }

    /// Refuse what a `provider` map holds that its command does not take, before anything is sent.
    pub(super) fn check_provider(&self, command: &str, request: &Json) -> Result<()> {
        let (Some(known), Some(given)) = (super::commands::named(command), request.as_object()) else {
            return Ok(());
        };
        self.check_parameters(known, given).map_err(|mut error| {
            if error.kind == Kind::InvalidArgument {
                error.message = format!("{}, which `provider` goes into", error.message);
            }
            error
        })
    }
}

impl Call {
    /// With the parameters of a `provider` map, which win over those that are there.
    pub(super) fn merge(&mut self, command: &str, request: &Json) {
        for (name, value) in request.as_object().into_iter().flatten() {
            self.parameters.retain(|(known, _)| {
                !known
                    .split('[')
                    .next()
                    .unwrap_or(known)
                    .eq_ignore_ascii_case(name.split('[').next().unwrap_or(name))
            });
            self.parameters.extend(flatten::pairs(command, name, value));
        }
    }
}
