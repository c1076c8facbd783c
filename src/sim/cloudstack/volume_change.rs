//! Volumes made, attached, detached, made larger and taken away.

use serde_json::{Value, json};

use super::call::{Command, Told, does};
use super::people::Account;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::volume::{GIB, begun, note};
use crate::world::{AttachSpec, VolumeSpec, VolumeState};

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createVolume",
        &[
            "account",
            "diskofferingid",
            "domainid",
            "name",
            "projectid",
            "size",
            "snapshotid",
            "virtualmachineid",
            "zoneid",
        ],
        create,
    ),
    does("cloudstack.deleteVolume", &["id"], delete),
    does("cloudstack.destroyVolume", &["expunge", "id"], destroy),
    does("cloudstack.attachVolume", &["deviceid", "id", "virtualmachineid"], attach),
    does("cloudstack.detachVolume", &["deviceid", "id", "virtualmachineid"], detach),
    does("cloudstack.resizeVolume", &["diskofferingid", "id", "shrinkok", "size"], resize),
    does("cloudstack.updateVolume", &["id", "name", "displayvolume"], update),
];

const ATTACHED: &str = "Please specify a volume that is not attached to any VM.";
const DETACHED: &str = "The specified volume is not attached to a VM.";

impl Cloud<'_> {
    fn owner_of(&self, project: &str) -> Account {
        self.ledger.account_of(project).cloned().unwrap_or_else(|| self.caller.account.clone())
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (offering, snapshot) =
        (cloud.disk_offering("diskofferingid")?, cloud.params.get("snapshotid").map(str::to_owned));
    if offering.is_none() && snapshot.is_none() {
        let text = "At least one of disk Offering ID or snapshot ID must be passed whilst creating volume";
        return Err(Refused::value(text));
    }
    let owner = cloud.owner()?;
    let mut zone = String::new();
    if cloud.params.get("zoneid").is_some() || snapshot.is_none() {
        zone = cloud.zone("zoneid")?.id;
    }
    let asked = cloud.params.number("size")?;
    let size = offering.as_ref().map_or(asked, |offering| offering.gib.or(asked));
    if size.is_none() && snapshot.is_none() {
        return Err(Refused::value("This disk offering requires a custom size specified"));
    }
    if size.is_some_and(|size| !(1..=1024).contains(&size)) {
        return Err(Refused::value("Volume size: out of allowed range. Max: 1024 Min:1"));
    }
    cloud.room_for(&owner, "volume", 1)?;
    let name = cloud
        .params
        .get("name")
        .map_or_else(|| format!("DATA-{}", cloud.world.volumes.len() + 1), str::to_owned);
    let spec = VolumeSpec { name: Some(name.clone()), size_gib: size, snapshot, ..VolumeSpec::default() };
    let asker = cloud.asker(&owner);
    cloud.world.fault_settings.apart = true;
    let made = cloud.world.create_volume(&spec, &asker);
    cloud.world.fault_settings.apart = false;
    let id = made.map_err(|refusal| cloud.refusal(&refusal, &owner))?;
    let own = note(cloud, &id);
    (own.offering, own.zone) = (offering.map(|offering| offering.id), zone);
    let machine = match cloud.params.get("virtualmachineid") {
        Some(_) => Some(cloud.world.servers[cloud.server("virtualmachineid")?].id.clone()),
        None => None,
    };
    let own = id.clone();
    let plan = Plan::after(800, move |cloud| {
        if let Some(machine) = &machine {
            put(cloud, &own, machine, None)?;
        }
        cloud.volume_result(&own)
    });
    let job = cloud.start(plan.on("Volume", &id));
    Ok(begun(&id, &name, &job))
}

fn take_away(cloud: &mut Cloud<'_>) -> Outcome<(String, String)> {
    let place = cloud.volume_at("id")?;
    let volume = &cloud.world.volumes[place];
    if !volume.attachments.is_empty() {
        return Err(Refused::value(ATTACHED));
    }
    let (id, name, project) =
        (volume.id.clone(), volume.name.clone().unwrap_or_default(), volume.project.clone());
    let owner = cloud.owner_of(&project);
    cloud.world.delete_volume(&id, false).map_err(|refusal| cloud.refusal(&refusal, &owner))?;
    cloud.world.reset_volume(&id, VolumeState::Deleted).map_err(|refusal| cloud.refusal(&refusal, &owner))?;
    cloud.ledger.tags.retain(|tag| tag.id != id);
    Ok((id, name))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (id, name) = take_away(cloud)?;
    Ok(Told::from(json!({"success": true})).about(&id, &name))
}

/// What is destroyed is expunged at once: nobody recovers volumes here.
fn destroy(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let place = cloud.volume_at("id")?;
    let volume = cloud.world.volumes[place].clone();
    let mut view = cloud.volume_view(&volume);
    super::merge(&mut view, json!({"state": "Expunged", "destroyed": true}));
    let plan = Plan::after(500, move |cloud| {
        take_away(cloud)?;
        Ok(json!({"volume": view}))
    });
    Ok(cloud.job(plan.on("Volume", &volume.id)).about(&volume.id, volume.name.as_deref().unwrap_or_default()))
}

/// Lets the world attach a volume.
fn put(cloud: &mut Cloud<'_>, volume: &str, machine: &str, device: Option<i64>) -> Outcome<()> {
    let at = cloud.still(machine)?;
    let project = cloud.world.servers[at].project.clone();
    let owner = cloud.owner_of(&project);
    let letter =
        device.and_then(|number| u8::try_from(number).ok()).filter(|number| (1..25).contains(number));
    if device.is_some() && letter.is_none() {
        return Err(Refused::value(format!(
            "deviceId {} is used by VM or out of range",
            device.unwrap_or_default()
        )));
    }
    let device = letter.map(|number| format!("/dev/sd{}", char::from(b'a' + number)));
    let spec = AttachSpec { volume: volume.to_owned(), device, goes: false, tag: None };
    let asker = cloud.asker(&owner);
    cloud.world.attach(at, &spec, &asker).map_err(|refusal| cloud.refusal(&refusal, &owner))?;
    note(cloud, volume).used = true;
    Ok(())
}

fn attach(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (place, at) = (cloud.volume_at("id")?, cloud.server("virtualmachineid")?);
    let device = cloud.params.number("deviceid")?;
    let volume = &cloud.world.volumes[place];
    let (id, name) = (volume.id.clone(), volume.name.clone().unwrap_or_default());
    let machine = cloud.world.servers[at].id.clone();
    let (own, other, last) = (id.clone(), id.clone(), id.clone());
    let plan = Plan::after(900, move |cloud| cloud.volume_result(&last));
    let plan = plan.on("Volume", &id).queued(&machine).checked(move |cloud| {
        let free = cloud.world.volume(&own).is_some_and(|volume| volume.attachments.is_empty());
        if free { Ok(()) } else { Err(Refused::value(ATTACHED)) }
    });
    let plan = plan.begins(move |cloud| put(cloud, &other, &machine, device));
    Ok(cloud.job(plan).about(&id, &name))
}

/// The volume that is to be detached: by its id, or by its machine and place.
fn held(cloud: &Cloud<'_>) -> Outcome<String> {
    if cloud.params.get("id").is_some() {
        return Ok(cloud.world.volumes[cloud.volume_at("id")?].id.clone());
    }
    let server = cloud.world.servers[cloud.server("virtualmachineid")?].id.clone();
    let device = cloud.params.number("deviceid")?.ok_or_else(|| cloud.params.missing("deviceid"))?;
    let rows = cloud.world.attached(&server);
    let is = |volume: &&(&crate::world::Volume, &crate::world::Attachment)| {
        cloud.volume_view(volume.0)["deviceid"] == json!(device)
    };
    rows.iter().find(is).map(|row| row.0.id.clone()).ok_or_else(|| Refused::value(DETACHED))
}

fn detach(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = held(cloud)?;
    let volume = cloud.world.volume(&id);
    let name = volume.and_then(|volume| volume.name.clone()).unwrap_or_default();
    let at = volume.and_then(|volume| volume.attachments.first()).map(|held| held.server.clone());
    let (own, other, last) = (id.clone(), id.clone(), id.clone());
    let plan = Plan::after(1900, move |cloud| cloud.volume_result(&last)).on("Volume", &id);
    let plan = plan.checked(move |cloud| {
        let held = cloud.world.volume(&own).is_some_and(|volume| !volume.attachments.is_empty());
        if held { Ok(()) } else { Err(Refused::value(DETACHED)) }
    });
    let plan = plan.begins(move |cloud| {
        let held = cloud.world.volume(&other).and_then(|volume| volume.attachments.first());
        let server = held.map(|held| held.server.clone()).ok_or_else(|| Refused::value(DETACHED))?;
        let at = cloud.still(&server)?;
        let owner = cloud.owner_of(&cloud.world.servers[at].project.clone());
        let asker = cloud.asker(&owner);
        cloud.world.detach(at, &other, &asker).map_err(|refusal| match refusal {
            crate::world::Refusal::RootVolume(_) => Refused::value(
                "The specified volume is the root volume of a machine; only data disks are detached here",
            ),
            other => cloud.refusal(&other, &owner),
        })
    });
    let plan = match at {
        Some(server) => plan.queued(&server),
        None => plan,
    };
    Ok(cloud.job(plan).about(&id, &name))
}

fn resize(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let place = cloud.volume_at("id")?;
    let (offering, asked) = (cloud.disk_offering("diskofferingid")?, cloud.params.number("size")?);
    let size = offering.as_ref().and_then(|offering| offering.gib).or(asked);
    let size = size
        .ok_or_else(|| Refused::value("Either a disk offering or a size must be given to resize a volume"))?;
    let shrink = cloud.params.flag("shrinkok").unwrap_or(false);
    let volume = &cloud.world.volumes[place];
    let (id, name) = (volume.id.clone(), volume.name.clone().unwrap_or_default());
    let own = id.clone();
    let plan = Plan::after(500, move |cloud| {
        let missing = || Refused::value("The volume is gone");
        let volume = cloud.world.volume_mut(&own).ok_or_else(missing)?;
        if size < volume.size_gib && !shrink {
            let (from, to) = (volume.size_gib * GIB, size * GIB);
            return Err(Refused::with(
                432,
                9999,
                format!(
                    "Going from existing size of {from} to size of {to} would shrink the volume.Need to sign off by supplying \
                     the shrinkok parameter with value of true."
                ),
            ));
        }
        volume.size_gib = size;
        if let Some(offering) = offering {
            note(cloud, &own).offering = Some(offering.id);
        }
        cloud.volume_result(&own)
    });
    Ok(cloud.job(plan.on("Volume", &id)).about(&id, &name))
}

fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let place = cloud.volume_at("id")?;
    let id = cloud.world.volumes[place].id.clone();
    let name = cloud.params.get("name").map(str::to_owned);
    let (own, shown) = (id.clone(), name.clone().unwrap_or_default());
    let plan = Plan::after(200, move |cloud| -> Outcome<Value> {
        if let (Some(name), Some(volume)) = (name, cloud.world.volume_mut(&own)) {
            volume.name = Some(name);
        }
        cloud.volume_result(&own)
    });
    Ok(cloud.job(plan.on("Volume", &id)).about(&id, &shown))
}
