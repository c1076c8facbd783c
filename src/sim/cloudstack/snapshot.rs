//! Snapshots of volumes, which are the world's.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use super::template::system_id;
use super::volume::{GIB, begun};
use crate::world::{Snapshot, SnapshotSpec, SnapshotState};

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createSnapshot",
        &["account", "asyncbackup", "domainid", "name", "tags", "volumeid", "quiescevm"],
        create,
    ),
    does("cloudstack.deleteSnapshot", &["id"], delete),
    asks(
        "cloudstack.listSnapshots",
        &[
            "account",
            "domainid",
            "id",
            "ids",
            "isrecursive",
            "keyword",
            "listall",
            "name",
            "page",
            "pagesize",
            "projectid",
            "tags",
            "volumeid",
            "zoneid",
            "intervaltype",
            "snapshottype",
        ],
        list,
    ),
];

impl Cloud<'_> {
    fn snapshot_view(&self, snapshot: &Snapshot, listed: bool) -> Value {
        let volume = self.world.volumes.iter().find(|volume| volume.id == snapshot.volume);
        let of = volume
            .filter(|volume| self.world.volume(&volume.id).is_some())
            .map(|volume| self.volume_view(volume));
        let zone = self.zone_of(of.as_ref().and_then(|view| view["zoneid"].as_str()).unwrap_or_default());
        let mut view = json!({"id": snapshot.id});
        if let Value::Object(fields) = &mut view {
            self.owned(&snapshot.project, fields);
        }
        if !listed {
            view["snapshottype"] = json!("MANUAL");
        }
        if let Some(of) = &of {
            super::merge(
                &mut view,
                json!({
                    "volumeid": of["id"],
                    "volumename": of["name"],
                    "volumetype": of["type"],
                    "volumestate": of["state"],
                }),
            );
        } else {
            view["volumeid"] = json!(snapshot.volume);
        }
        let state = match snapshot.state {
            SnapshotState::Creating => "BackingUp",
            SnapshotState::Available => "BackedUp",
            SnapshotState::Deleting => "Destroying",
            SnapshotState::Deleted => "Destroyed",
            SnapshotState::Error => "Error",
        };
        let system = self.system_of(volume.and_then(|volume| {
            let id = volume.image.iter().find(|pair| pair.0 == "image_id").map(|pair| pair.1.clone())?;
            self.world.images.iter().find(|image| image.id == id)
        }));
        super::merge(
            &mut view,
            json!({
                "created": stamp(snapshot.created),
                "name": snapshot.name,
                "intervaltype": "MANUAL",
                "state": state,
                "physicalsize": 0,
                "zoneid": zone.id,
                "zonename": zone.name,
                "revertable": false,
                "ostypeid": system_id(&system),
            }),
        );
        if !listed {
            view["osdisplayname"] = json!(system);
        }
        super::merge(
            &mut view,
            json!({
                "virtualsize": snapshot.size_gib * GIB,
                "tags": self.tags_of("Snapshot", &snapshot.id),
                "hasannotations": false,
            }),
        );
        view
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let place = cloud.volume_at("volumeid")?;
    let volume = cloud.world.volumes[place].clone();
    let owner =
        cloud.ledger.account_of(&volume.project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
    cloud.room_for(&owner, "snapshot", 1)?;
    let when: String = stamp(cloud.now()).chars().take(19).filter(char::is_ascii_digit).collect();
    let of = volume.name.as_deref().unwrap_or("volume");
    let name = cloud.params.get("name").map_or_else(|| format!("{of}_{when}"), str::to_owned);
    let spec = SnapshotSpec {
        volume: volume.id.clone(),
        name: Some(name.clone()),
        force: true,
        ..SnapshotSpec::default()
    };
    let asker = cloud.asker(&owner);
    cloud.world.fault_settings.apart = true;
    let made = cloud.world.create_snapshot(&spec, &asker);
    cloud.world.fault_settings.apart = false;
    let id = made.map_err(|refusal| cloud.refusal(&refusal, &owner))?;
    let own = id.clone();
    let plan = Plan::after(1200, move |cloud| {
        let gone = || Refused::internal("The snapshot is gone");
        let snapshot = cloud.world.snapshot(&own).ok_or_else(gone)?;
        Ok(json!({"snapshot": cloud.snapshot_view(snapshot, false)}))
    });
    let plan = match volume.attachments.first() {
        Some(held) => plan.queued(&held.server),
        None => plan,
    };
    let job = cloud.start(plan.on("Snapshot", &id));
    Ok(begun(&id, &name, &job))
}

/// One that was deleted before is known still: its job fails.
fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = cloud.params.need("id")?.to_owned();
    let found = cloud.world.snapshots.iter().find(|snapshot| snapshot.id == id);
    let snapshot = found.cloned().ok_or_else(|| cloud.params.unknown("id", &id))?;
    if !cloud.may(&snapshot.project) {
        return Err(Cloud::forbidden());
    }
    let name = snapshot.name.clone().unwrap_or_default();
    let own = id.clone();
    let plan = Plan::after(600, |_| Ok(json!({"success": true}))).begins(move |cloud| {
        cloud.world.delete_snapshot(&own).map_err(|_| Refused::internal("Failed to delete snapshot"))
    });
    Ok(cloud.job(plan.on("Snapshot", &id)).about(&id, &name))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.world.snapshots.iter().map(|snapshot| snapshot.id.as_str()))?;
    let reach = cloud.reach()?;
    let mut rows = Vec::new();
    for snapshot in cloud.world.snapshots.iter().filter(|snapshot| snapshot.state != SnapshotState::Deleted) {
        let of = cloud.params.get("volumeid").is_none_or(|id| id == snapshot.volume);
        let named = cloud.named(snapshot.name.as_deref().unwrap_or_default(), &[]);
        if reach.covers(&snapshot.project)
            && of
            && named
            && cloud.wanted(&snapshot.id)
            && cloud.tagged("Snapshot", &snapshot.id)?
        {
            let view = cloud.snapshot_view(snapshot, true);
            if cloud.params.get("zoneid").is_none_or(|id| view["zoneid"] == json!(id)) {
                rows.push(view);
            }
        }
    }
    cloud.listed("snapshot", rows)
}
