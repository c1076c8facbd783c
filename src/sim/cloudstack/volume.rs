//! Volumes, which are the world's.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks};
use super::ids::shown;
use super::offering;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, gone, stamp};
use crate::world::{Attachment, Server, Volume, VolumeState};

pub(super) static COMMANDS: &[Command] = &[asks(
    "cloudstack.listVolumes",
    &[
        "account",
        "diskofferingid",
        "domainid",
        "hostid",
        "id",
        "ids",
        "isrecursive",
        "keyword",
        "listall",
        "name",
        "page",
        "pagesize",
        "projectid",
        "state",
        "tags",
        "type",
        "virtualmachineid",
        "zoneid",
    ],
    list,
)];

/// What CloudStack alone knows of a volume.
#[derive(Debug, Clone, Default)]
pub(super) struct VolumeNote {
    /// Its disk offering, by id.
    pub(super) offering: Option<String>,
    /// In this zone, by id.
    pub(super) zone: String,
    /// It was at a machine: only then it is made on the storage.
    pub(super) used: bool,
}

/// The bytes of a GiB.
pub(super) const GIB: i64 = 1 << 30;

/// The place of a disk at its machine: 0 is the root.
fn device_number(held: &Attachment) -> i64 {
    if held.root {
        return 0;
    }
    let letter = held.device.bytes().last().unwrap_or(b'b');
    i64::from(letter) - i64::from(b'a')
}

impl Cloud<'_> {
    /// The index of the volume that a parameter names.
    pub(super) fn volume_at(&self, name: &str) -> Outcome<usize> {
        let id = self.params.need(name)?;
        let place = self.world.volumes.iter().position(|volume| volume.id == id);
        let place = place.ok_or_else(|| self.params.unknown(name, id))?;
        let volume = &self.world.volumes[place];
        if volume.state == VolumeState::Deleted {
            return Err(gone("Volume", place as u64 + 1));
        }
        if self.may(&volume.project) { Ok(place) } else { Err(Self::forbidden()) }
    }

    /// A volume whose job is at its end.
    pub(super) fn volume_result(&self, id: &str) -> Outcome<Value> {
        let gone = || Refused::value(format!("Unable to find a volume with id {id}"));
        let volume = self.world.volume(id).ok_or_else(gone)?;
        Ok(json!({"volume": self.volume_view(volume)}))
    }

    /// Takes a volume of a machine away with it.
    pub(super) fn let_volume_go(&mut self, volume: &str, server: &str) {
        // One that is not at the machine stays as it is.
        let _ = self.world.set_goes(server, volume, true);
    }

    pub(super) fn volume_view(&self, volume: &Volume) -> Value {
        let note = self.ledger.volumes.get(&volume.id).cloned().unwrap_or_default();
        let held = volume.attachments.first();
        let at = held.and_then(|held| self.world.server_at(&held.server));
        let server = at.map(|at| &self.world.servers[at]);
        let zone = self.zone_of(&server.map_or(note.zone.clone(), |server| self.machine(server).zone));
        let root = held.is_some_and(|held| held.root);
        let mut view = json!({
            "id": volume.id,
            "name": volume.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| volume.id.clone()),
            "zoneid": zone.id,
            "zonename": zone.name,
            "type": if root { "ROOT" } else { "DATADISK" },
        });
        if let (Some(held), Some(server)) = (held, server) {
            self.held_part(held, server, &mut view);
        }
        let ready = held.is_some() || note.used || volume.from_snapshot.is_some();
        let state = match volume.state {
            VolumeState::Creating | VolumeState::Downloading => "Creating",
            VolumeState::Deleting => "Destroy",
            VolumeState::Error => "UploadError",
            _ if ready => "Ready",
            _ => "Allocated",
        };
        super::merge(
            &mut view,
            json!({
                "provisioningtype": "thin",
                "size": volume.size_gib * GIB,
                "created": stamp(volume.created),
                "state": state,
            }),
        );
        if let Value::Object(fields) = &mut view {
            self.owned(&volume.project, fields);
        }
        view["storagetype"] = json!("shared");
        if held.is_some() {
            super::merge(
                &mut view,
                json!({"diskkbsread": 0, "diskkbswrite": 0, "diskioread": 0, "diskiowrite": 0}),
            );
        }
        view["hypervisor"] = json!(if ready { "Simulator" } else { "None" });
        self.kind_part(volume, server.filter(|_| root), note.offering.as_deref(), &mut view);
        if let Some(at) = held.and_then(|held| held.attached) {
            view["attached"] = json!(stamp(at));
        }
        super::merge(
            &mut view,
            json!({
                "destroyed": state == "Destroy",
                "isextractable": !root,
                "displayvolume": true,
                "quiescevm": false,
                "supportsstoragesnapshot": false,
                "deleteprotection": false,
            }),
        );
        if ready && self.caller.admin() {
            let (storage, cluster) = (format!("{}-c0-PS0", zone.name), format!("{}-c0", zone.name));
            let place = json!({
                "storage": storage,
                "path": volume.id,
                "storageid": zone.storage,
                "clusterid": zone.cluster,
                "clustername": cluster,
                "podid": zone.pod,
                "podname": format!("{}-pod", zone.name),
            });
            super::merge(&mut view, place);
        }
        super::merge(&mut view, json!({"tags": self.tags_of("Volume", &volume.id), "hasannotations": false}));
        if let Some(job) = self.ledger.jobs.iter().rev().find(|job| job.works_on(&volume.id)) {
            super::merge(&mut view, json!({"jobid": job.id, "jobstatus": 0}));
        }
        view
    }

    fn held_part(&self, held: &Attachment, server: &Server, view: &mut Value) {
        let own = self.machine(server);
        let image = server.image.as_deref().filter(|_| held.root);
        let image = image.and_then(|id| self.world.images.iter().find(|image| image.id == id));
        super::merge(view, json!({"deviceid": device_number(held), "virtualmachineid": server.id}));
        if let Some(image) = image {
            let display = self.template_note(image).display.or_else(|| image.name.clone());
            super::merge(
                view,
                json!({"templateid": image.id, "templatename": image.name, "templatedisplaytext": display}),
            );
        }
        super::merge(
            view,
            json!({
                "vmname": server.name,
                "vmdisplayname": own.display.as_ref().unwrap_or(&server.name),
                "vmstate": super::machine::state(server, &own),
                "vmtype": "User",
            }),
        );
    }

    fn kind_part(&self, volume: &Volume, root_of: Option<&Server>, offering: Option<&str>, view: &mut Value) {
        if let Some(server) = root_of {
            let display = self.offering(&server.flavor).display;
            super::merge(
                view,
                json!({
                    "serviceofferingid": offering::id_of(&server.flavor),
                    "serviceofferingname": server.flavor.name,
                    "serviceofferingdisplaytext": display,
                }),
            );
            return;
        }
        let own = offering.and_then(|id| self.ledger.disk_offerings.iter().find(|other| other.id == id));
        let (id, name, display) = match own {
            Some(own) => (own.id.clone(), own.name.clone(), own.display.clone()),
            // Another face's type of volumes.
            None => (shown("volume type", &volume.kind), volume.kind.clone(), volume.kind.clone()),
        };
        super::merge(
            view,
            json!({"diskofferingid": id, "diskofferingname": name, "diskofferingdisplaytext": display}),
        );
    }
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.world.volumes.iter().map(|volume| volume.id.as_str()))?;
    let reach = cloud.reach()?;
    let mut rows = Vec::new();
    for volume in cloud.world.volumes.iter().filter(|volume| volume.state != VolumeState::Deleted) {
        let of = cloud.params.get("virtualmachineid");
        let at = of.is_none_or(|id| volume.attachments.iter().any(|held| held.server == id));
        let name = volume.name.clone().unwrap_or_default();
        if !reach.covers(&volume.project) || !at || !cloud.wanted(&volume.id) || !cloud.named(&name, &[]) {
            continue;
        }
        let view = cloud.volume_view(volume);
        let is = |name: &str, field: &str| {
            let own = view[field].as_str().unwrap_or_default();
            cloud.params.get(name).is_none_or(|wanted| super::page::same(wanted, own))
        };
        let fits = is("type", "type")
            && is("state", "state")
            && is("zoneid", "zoneid")
            && is("diskofferingid", "diskofferingid");
        if fits && cloud.tagged("Volume", &volume.id)? {
            rows.push(view);
        }
    }
    cloud.listed("volume", rows)
}

/// The row of a map of notes.
pub(super) fn note<'a>(cloud: &'a mut Cloud<'_>, id: &str) -> &'a mut VolumeNote {
    cloud.ledger.volumes.entry(id.to_owned()).or_default()
}

/// An answer that names a thing and its job.
pub(super) fn begun(id: &str, name: &str, job: &str) -> Told {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(id));
    body.insert("jobid".to_owned(), json!(job));
    Told::from(Value::Object(body)).about(id, name)
}
