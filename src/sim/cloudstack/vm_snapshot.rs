//! Snapshots of machines: their disks, and of running ones their memory.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::machine::instance_name;
use super::plan::{Plan, Wait};
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, gone, stamp};
use super::volume::begun;
use crate::world::{Action, State, fresh_id};

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createVMSnapshot",
        &["description", "name", "quiescevm", "snapshotmemory", "virtualmachineid"],
        create,
    ),
    does("cloudstack.deleteVMSnapshot", &["vmsnapshotid"], delete),
    does("cloudstack.revertToVMSnapshot", &["vmsnapshotid"], revert),
    asks(
        "cloudstack.listVMSnapshot",
        &[
            "account",
            "domainid",
            "isrecursive",
            "keyword",
            "listall",
            "name",
            "page",
            "pagesize",
            "projectid",
            "state",
            "virtualmachineid",
            "vmsnapshotid",
            "vmsnapshotids",
        ],
        list,
    ),
];

/// A snapshot of a machine.
#[derive(Debug, Clone)]
pub(super) struct VmSnapshot {
    pub(super) id: String,
    name: String,
    display: String,
    description: Option<String>,
    memory: bool,
    pub(super) machine: String,
    project: String,
    parent: Option<String>,
    created: SystemTime,
    ready: bool,
    pub(super) gone: bool,
}

impl Cloud<'_> {
    /// Whether a machine has snapshots.
    pub(super) fn has_snapshots(&self, machine: &str) -> bool {
        self.ledger.vm_snapshots.iter().any(|snapshot| !snapshot.gone && snapshot.machine == machine)
    }

    fn vm_snapshot_view(&self, snapshot: &VmSnapshot) -> Value {
        let at = self.world.server_at(&snapshot.machine);
        let server = at.map(|at| &self.world.servers[at]);
        let own = server.map(|server| self.machine(server)).unwrap_or_default();
        let zone = self.zone_of(&own.zone);
        let state = if snapshot.ready { "Ready" } else { "Creating" };
        let mut view = json!({"id": snapshot.id, "name": snapshot.name, "state": state});
        if let Some(text) = &snapshot.description {
            view["description"] = json!(text);
        }
        super::merge(
            &mut view,
            json!({
                "displayname": snapshot.display,
                "zoneid": zone.id,
                "zonename": zone.name,
                "virtualmachineid": snapshot.machine,
                "virtualmachinename": own.display.or_else(|| server.map(|server| server.name.clone())),
            }),
        );
        let parent =
            snapshot.parent.as_ref().and_then(|id| self.ledger.vm_snapshots.iter().find(|one| one.id == *id));
        if let Some(parent) = parent.filter(|parent| !parent.gone) {
            super::merge(&mut view, json!({"parent": parent.id, "parentName": parent.display}));
        }
        let last =
            self.ledger.vm_snapshots.iter().rev().find(|one| !one.gone && one.machine == snapshot.machine);
        super::merge(
            &mut view,
            json!({
                "current": last.is_some_and(|last| last.id == snapshot.id),
                "type": if snapshot.memory { "DiskAndMemory" } else { "Disk" },
                "created": stamp(snapshot.created),
            }),
        );
        if let Value::Object(fields) = &mut view {
            self.owned(&snapshot.project, fields);
        }
        let tags = self.tags_of("VMSnapshot", &snapshot.id);
        super::merge(&mut view, json!({"hypervisor": "Simulator", "tags": tags, "hasannotations": false}));
        view
    }

    fn vm_snapshot(&self) -> Outcome<VmSnapshot> {
        let id = self.params.need("vmsnapshotid")?;
        let place = self.ledger.vm_snapshots.iter().position(|snapshot| snapshot.id == id);
        let place = place.ok_or_else(|| self.params.unknown("vmsnapshotid", id))?;
        let snapshot = &self.ledger.vm_snapshots[place];
        if snapshot.gone {
            return Err(gone("VMSnapshot", place as u64 + 1));
        }
        if self.may(&snapshot.project) { Ok(snapshot.clone()) } else { Err(Self::forbidden()) }
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let server = &cloud.world.servers[at];
    let memory = cloud.params.flag("snapshotmemory").unwrap_or(false);
    match cloud.shown_state(at) {
        "Running" => {}
        "Stopped" if !memory => {}
        "Stopped" => return Err(Refused::value("Can not snapshot memory when VM is not in Running state")),
        state => {
            let text = format!(
                "Creating vm snapshot failed due to VM:{} is not in the running or Stopped state: {state}",
                server.name
            );
            return Err(Refused::value(text));
        }
    }
    let account = cloud.ledger.account_of(&server.project).map_or(2, |account| account.number);
    let when = stamp(cloud.now()).replace(['-', ':', 'T'], "");
    let name =
        format!("{}_VS_{}", instance_name(server, account), when.split('+').next().unwrap_or_default());
    let (machine, project) = (server.id.clone(), server.project.clone());
    let parent = cloud.ledger.vm_snapshots.iter().rev().find(|one| !one.gone && one.machine == machine);
    let snapshot = VmSnapshot {
        id: fresh_id(),
        display: cloud.params.get("name").unwrap_or(&name).to_owned(),
        name,
        description: cloud.params.get("description").map(str::to_owned),
        memory,
        machine: machine.clone(),
        project: project.clone(),
        parent: parent.map(|parent| parent.id.clone()),
        created: cloud.now(),
        ready: false,
        gone: false,
    };
    let (id, display) = (snapshot.id.clone(), snapshot.display.clone());
    cloud.ledger.others.insert(id.clone(), project);
    cloud.ledger.vm_snapshots.push(snapshot);
    let own = id.clone();
    let plan = Plan::after(600, move |cloud| {
        let gone = || Refused::internal("The snapshot is gone");
        let found =
            cloud.ledger.vm_snapshots.iter_mut().find(|snapshot| snapshot.id == own).ok_or_else(gone)?;
        found.ready = true;
        let snapshot = found.clone();
        Ok(json!({"vmsnapshot": cloud.vm_snapshot_view(&snapshot)}))
    });
    let job = cloud.start(plan.on("VmSnapshot", "").queued(&machine));
    Ok(begun(&id, &display, &job))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let snapshot = cloud.vm_snapshot()?;
    let own = snapshot.id.clone();
    let plan = Plan::after(1500, move |cloud| {
        cloud.ledger.vm_snapshots.iter_mut().filter(|one| one.id == own).for_each(|one| one.gone = true);
        cloud.ledger.others.remove(&own);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("VmSnapshot", "").queued(&snapshot.machine)).about(&snapshot.id, &snapshot.display))
}

fn revert(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let snapshot = cloud.vm_snapshot()?;
    let (id, machine, memory) = (snapshot.machine.clone(), snapshot.machine.clone(), snapshot.memory);
    let (own, last) = (machine.clone(), machine.clone());
    let plan = Plan::after(0, move |cloud| cloud.machine_result(&last));
    let plan = plan
        .on("VmSnapshot", "")
        .queued(&id)
        .waits(Wait::Both(machine, std::time::Duration::from_millis(500)));
    let plan = plan.checked(move |cloud| {
        let at = cloud.still(&own)?;
        let running = cloud.shown_state(at) == "Running";
        if running == memory {
            return Ok(());
        }
        Err(Refused::value(
            "VM Snapshot revert not allowed. This will result in VM state change. You can revert running VM to disk and memory \
             type snapshot and stopped VM to disk type snapshot",
        ))
    });
    let plan = plan.begins(move |cloud| {
        let at = cloud.still(&id)?;
        if cloud.world.servers[at].state == State::Active {
            cloud.act(at, Action::RebootHard)
        } else {
            Ok(())
        }
    });
    Ok(cloud.job(plan).about(&snapshot.id, &snapshot.display))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let ids = cloud.params.list("vmsnapshotids");
    let id = cloud.params.get("vmsnapshotid");
    if let Some(id) = id {
        let known = cloud.ledger.vm_snapshots.iter().any(|snapshot| snapshot.id == id && !snapshot.gone);
        known.then_some(()).ok_or_else(|| cloud.params.unknown("vmsnapshotid", id))?;
    }
    let of = cloud.params.get("virtualmachineid");
    let fits = |snapshot: &&VmSnapshot| {
        !snapshot.gone
            && (reach.covers(&snapshot.project) || of.is_some() && cloud.may(&snapshot.project))
            && of.is_none_or(|machine| machine == snapshot.machine)
            && id.is_none_or(|id| id == snapshot.id)
            && (ids.is_empty() || ids.contains(&snapshot.id))
            && cloud.named(&snapshot.display, &[&snapshot.name])
    };
    // The newest first.
    let rows =
        cloud.ledger.vm_snapshots.iter().rev().filter(fits).map(|snapshot| cloud.vm_snapshot_view(snapshot));
    cloud.listed("vmSnapshot", rows.collect())
}
