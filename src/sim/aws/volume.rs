//! Volumes: the world's, with EC2's types beside.

use super::ZONE;
use super::call::{Action, Told, asks, does};
use super::ec2_state::{Changed, Ec2Resources};
use super::filter::{Filters, page};
use super::ids::{INSTANCE, SNAPSHOT, VOLUME};
use super::instance::Life;
use super::refused::{Outcome, Refused};
use super::scope::{Region, stamp};
use super::snapshot;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::{AttachSpec, Attachment, Pairs, Refusal, Volume, VolumeSpec, VolumeState};

pub(super) static ACTIONS: &[Action] = &[
    does(
        "ec2.CreateVolume",
        &[
            "AvailabilityZone",
            "ClientToken",
            "Encrypted",
            "Iops",
            "MultiAttachEnabled",
            "Size",
            "SnapshotId",
            "TagSpecification",
            "Throughput",
            "VolumeType",
        ],
        create,
    ),
    does("ec2.DeleteVolume", &["VolumeId"], delete),
    asks("ec2.DescribeVolumes", &["VolumeId", "Filter", "MaxResults", "NextToken"], list),
    does("ec2.AttachVolume", &["VolumeId", "InstanceId", "Device"], attach),
    does("ec2.DetachVolume", &["VolumeId", "InstanceId", "Device", "Force"], detach),
    does("ec2.ModifyVolume", &["VolumeId", "Size", "VolumeType", "Iops", "Throughput"], modify),
    asks(
        "ec2.DescribeVolumesModifications",
        &["VolumeId", "Filter", "MaxResults", "NextToken"],
        modifications,
    ),
];

const KINDS: [&str; 7] = ["standard", "gp2", "gp3", "io1", "io2", "st1", "sc1"];

/// The volumes of the caller's that are there.
pub(super) fn own<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Volume> {
    let there =
        |volume: &&Volume| volume.project == region.asker.project && volume.state != VolumeState::Deleted;
    region.world.volumes.iter().filter(there)
}

/// The volume of this id.
pub(super) fn named<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a Volume> {
    VOLUME.formed(id)?;
    own(region).find(|volume| VOLUME.is(id, &volume.id)).ok_or_else(|| VOLUME.missing(&[id]))
}

/// A volume's type, and what else is noted of it.
pub(super) fn ec2_resources(region: &Region<'_>, volume: &Volume) -> Ec2Resources {
    let mut ec2_resources = region.ledger.shelves.get(&volume.id).cloned().unwrap_or_default();
    ec2_resources.kind.get_or_insert_with(|| "gp2".to_owned());
    ec2_resources
}

fn state(volume: &Volume) -> &'static str {
    match volume.state {
        VolumeState::Creating | VolumeState::Downloading => "creating",
        VolumeState::Available | VolumeState::Extending | VolumeState::BackingUp | VolumeState::Restoring => {
            "available"
        }
        VolumeState::Deleting => "deleting",
        VolumeState::Deleted => "deleted",
        VolumeState::Error
        | VolumeState::ErrorDeleting
        | VolumeState::ErrorExtending
        | VolumeState::ErrorRestoring => "error",
        VolumeState::Reserved | VolumeState::Attaching | VolumeState::InUse | VolumeState::Detaching => {
            "in-use"
        }
    }
}

/// Where a volume is on its way to a server.
pub(super) fn attachment_status(volume: &Volume, attachment: &Attachment) -> &'static str {
    match volume.state {
        VolumeState::Detaching => "detaching",
        _ if attachment.attached.is_some() => "attached",
        _ => "attaching",
    }
}

fn size_fits(size: i64) -> Outcome<i64> {
    match size {
        ..=0 => Err(Refused::value(format!("Volume of {size}GiB is smaller than minimum of 1GiB"))),
        16_385.. => Err(Refused::value(format!("Volume of {size}GiB is larger than maximum of 16384GiB"))),
        _ => Ok(size),
    }
}

fn kind_fits(kind: &str) -> Outcome<()> {
    match KINDS.contains(&kind) {
        true => Ok(()),
        false => Err(Refused::new("UnknownVolumeType", format!("Unknown volume type: {kind}"))),
    }
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let zone = params.need("AvailabilityZone")?;
    if zone != ZONE {
        return Err(Refused::new("InvalidZone.NotFound", format!("The zone '{zone}' does not exist.")));
    }
    let kind = params.get("VolumeType").unwrap_or("gp2");
    kind_fits(kind)?;
    let copy = match params.get("SnapshotId") {
        Some(id) => Some(snapshot::named(region, id)?),
        None => None,
    };
    let size = params.number("Size")?.map(size_fits).transpose()?;
    match (size, copy) {
        (None, None) => {
            let message = "The request must contain the parameter size or snapshotId";
            return Err(Refused::new("MissingParameter", message));
        }
        (Some(size), Some(copy)) if size < copy.size_gib => {
            let message =
                format!("Invalid volume size '{size}' must be greater than or equal to '{}'", copy.size_gib);
            return Err(Refused::value(message));
        }
        _ => {}
    }
    if let Some(id) =
        copy.filter(|copy| copy.state != crate::world::SnapshotState::Available).map(|c| SNAPSHOT.id(&c.id))
    {
        return Err(Refused::new("IncorrectState", format!("Snapshot is in invalid state - pending ({id})")));
    }
    let spec = VolumeSpec {
        size_gib: size,
        snapshot: copy.map(|copy| copy.id.clone()),
        metadata: Pairs::new(),
        multiattach: params.flag("MultiAttachEnabled")?,
        ..VolumeSpec::default()
    };
    let ec2_resources = Ec2Resources {
        kind: Some(kind.to_owned()),
        iops: params.number("Iops")?,
        throughput: params.number("Throughput")?,
        encrypted: params.flag("Encrypted")?,
        changed: None,
    };
    let tags = region.given_tags(VOLUME)?;
    let asked =
        params.get("ClientToken").map(|token| (region.project().to_owned(), format!("volume {token}")));
    let before = asked.as_ref().and_then(|asked| region.ledger.orders.get(asked)).cloned();
    let repeats = before.is_some();
    let own = match before.and_then(|(_, made)| made.first().cloned()) {
        Some(own) => own,
        None => {
            let asker = region.asker.clone();
            let own = region.world.create_volume(&spec, &asker)?;
            region.ledger.shelves.insert(own.clone(), ec2_resources);
            keep(region, &VOLUME.id(&own), tags);
            own
        }
    };
    if let Some(asked) = asked {
        region.ledger.orders.insert(asked, (params.clone(), vec![own.clone()]));
    }
    let volume = region.world.volumes.iter().find(|volume| volume.id == own);
    let volume = volume.ok_or_else(|| VOLUME.missing(&[&VOLUME.id(&own)]))?;
    let mut xml = Xml::default();
    show(region, &mut xml, volume);
    let told = Told { repeats, ..Told::from(xml) };
    Ok(told.about(&VOLUME.id(&own), volume.name.as_deref().unwrap_or_default()))
}

fn show(region: &Region<'_>, xml: &mut Xml, volume: &Volume) {
    let (id, ec2_resources) = (VOLUME.id(&volume.id), ec2_resources(region, volume));
    xml.text("volumeId", &id).text("size", volume.size_gib);
    xml.text("snapshotId", volume.from_snapshot.as_deref().map(|copy| SNAPSHOT.id(copy)).unwrap_or_default());
    xml.text("availabilityZone", ZONE).text("status", state(volume)).time("createTime", volume.created);
    xml.set("attachmentSet", &volume.attachments, |xml, attachment| place(xml, volume, attachment));
    xml.tags(&tags_of(region, &id)).text("volumeType", ec2_resources.kind.as_deref().unwrap_or("gp2"));
    xml.some("iops", ec2_resources.iops).some("throughput", ec2_resources.throughput);
    xml.text("encrypted", ec2_resources.encrypted).text("multiAttachEnabled", volume.multiattach);
}

fn place(xml: &mut Xml, volume: &Volume, attachment: &Attachment) {
    xml.text("volumeId", VOLUME.id(&volume.id)).text("instanceId", INSTANCE.id(&attachment.server));
    xml.text("device", &attachment.device).text("status", attachment_status(volume, attachment));
    xml.time("attachTime", attachment.attached.unwrap_or(volume.created));
    xml.text("deleteOnTermination", attachment.goes);
}

const KNOWN: [&str; 14] = [
    "attachment.attach-time",
    "attachment.delete-on-termination",
    "attachment.device",
    "attachment.instance-id",
    "attachment.status",
    "availability-zone",
    "create-time",
    "encrypted",
    "multi-attach-enabled",
    "size",
    "snapshot-id",
    "status",
    "volume-id",
    "volume-type",
];

fn values(region: &Region<'_>, volume: &Volume, name: &str) -> Vec<String> {
    let each = |value: fn(&Volume, &Attachment) -> String| {
        volume.attachments.iter().map(|attachment| value(volume, attachment)).collect::<Vec<_>>()
    };
    let value = match name {
        "attachment.attach-time" => return each(|volume, one| stamp(one.attached.unwrap_or(volume.created))),
        "attachment.delete-on-termination" => return each(|_, one| one.goes.to_string()),
        "attachment.device" => return each(|_, one| one.device.clone()),
        "attachment.instance-id" => return each(|_, one| INSTANCE.id(&one.server)),
        "attachment.status" => return each(|volume, one| attachment_status(volume, one).to_owned()),
        "availability-zone" => ZONE.to_owned(),
        "create-time" => stamp(volume.created),
        "encrypted" => ec2_resources(region, volume).encrypted.to_string(),
        "multi-attach-enabled" => volume.multiattach.to_string(),
        "size" => volume.size_gib.to_string(),
        "snapshot-id" => return volume.from_snapshot.iter().map(|copy| SNAPSHOT.id(copy)).collect(),
        "status" => state(volume).to_owned(),
        "volume-type" => ec2_resources(region, volume).kind.unwrap_or_default(),
        _ => VOLUME.id(&volume.id),
    };
    vec![value]
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let ids = region.params.list("VolumeId");
    for id in &ids {
        named(region, id)?;
    }
    let wanted = |volume: &&Volume| {
        let id = VOLUME.id(&volume.id);
        (ids.is_empty() || ids.contains(&id))
            && filters.fit(&tags_of(region, &id), |name| values(region, volume, name))
    };
    let rows: Vec<&Volume> = own(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "VolumeId", |volume| volume.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("volumeSet", rows, |xml, volume| show(region, xml, volume)).some("nextToken", next);
    Ok(xml.into())
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("VolumeId")?;
    let volume = named(region, id)?;
    let (own, name) = (volume.id.clone(), volume.name.clone().unwrap_or_default());
    if let Some(attachment) = volume.attachments.first() {
        let message = format!("Volume {id} is currently attached to {}", INSTANCE.id(&attachment.server));
        return Err(Refused::new("VolumeInUse", message));
    }
    match region.world.delete_volume(&own, false) {
        Err(Refusal::VolumeState(..)) => Err(incorrect(id, state(named(region, id)?))),
        Err(Refusal::HasSnapshots(..)) => {
            let message = format!("Volume {id} has snapshots that were made elsewhere and depend on it");
            Err(Refused::new("DependencyViolation", message))
        }
        done => {
            done?;
            region.ledger.shelves.remove(&own);
            Ok(Told::done().about(id, &name))
        }
    }
}

fn incorrect(id: &str, state: &str) -> Refused {
    Refused::new("IncorrectState", format!("Volume '{id}' is in the '{state}' state."))
}

fn attach(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let (id, instance, device) =
        (params.need("VolumeId")?, params.need("InstanceId")?, params.need("Device")?);
    let volume = named(region, id)?;
    let own = volume.id.clone();
    let at = region.instance(instance)?;
    if volume.state != VolumeState::Available && !(volume.multiattach && volume.state == VolumeState::InUse) {
        return Err(match volume.attachments.first() {
            Some(_) => Refused::new("VolumeInUse", format!("{id} is already attached to an instance")),
            None => Refused::new("IncorrectState", format!("{id} is not 'available'.")),
        });
    }
    if !matches!(Life::of(&region.world.servers[at]), Life::Running | Life::Stopped) {
        let message = format!("Instance '{instance}' is not 'running'.");
        return Err(Refused::new("IncorrectState", message));
    }
    let spec = AttachSpec { volume: own.clone(), device: Some(device.to_owned()), ..AttachSpec::default() };
    let asker = region.asker.clone();
    match region.world.attach(at, &spec, &asker) {
        Err(Refusal::DeviceTaken(device)) => {
            let message = format!(
                "Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
            );
            return Err(Refused::value(message));
        }
        done => done?,
    }
    answer(region, &own, instance)
}

/// The answer of attaching and detaching: how the volume is at the instance now.
fn answer(region: &Region<'_>, own: &str, instance: &str) -> Outcome<Told> {
    let id = VOLUME.id(own);
    let volume = named(region, &id)?;
    let mut xml = Xml::default();
    if let Some(attachment) = volume.attachments.iter().find(|one| INSTANCE.is(instance, &one.server)) {
        place(&mut xml, volume, attachment);
    }
    Ok(Told::from(xml).about(&id, volume.name.as_deref().unwrap_or_default()))
}

fn detach(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let id = params.need("VolumeId")?;
    let volume = named(region, id)?;
    let own = volume.id.clone();
    let asked = params.get("InstanceId");
    if let Some(instance) = asked {
        region.instance(instance)?;
    }
    let fits = |one: &&Attachment| {
        asked.is_none_or(|instance| INSTANCE.is(instance, &one.server))
            && params.get("Device").is_none_or(|device| one.device == device)
    };
    let Some(attachment) = volume.attachments.iter().find(fits) else {
        return Err(match volume.attachments.is_empty() {
            true => incorrect(id, state(volume)),
            false => {
                let message =
                    format!("The volume '{id}' is not attached to instance '{}'", asked.unwrap_or_default());
                Refused::new("InvalidAttachment.NotFound", message)
            }
        });
    };
    let instance = INSTANCE.id(&attachment.server);
    let at = region.instance(&instance)?;
    let asker = region.asker.clone();
    match region.world.detach(at, &own, &asker) {
        Err(Refusal::RootVolume(_)) => {
            let message = format!("Unable to detach root volume '{id}' from instance '{instance}'");
            Err(Refused::new("OperationNotPermitted", message))
        }
        Err(Refusal::VolumeState(..)) => Err(incorrect(id, "busy")),
        done => {
            done?;
            answer(region, &own, &instance)
        }
    }
}

/// How long a change of a volume goes on behind the scenes, in seconds: its new size shows at once.
const OPTIMIZING: u64 = 2;

fn modify(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let id = params.need("VolumeId")?;
    let volume = named(region, id)?;
    let (own, before, mut ec2_resources) =
        (volume.id.clone(), volume.size_gib, ec2_resources(region, volume));
    if !matches!(state(volume), "available" | "in-use") {
        return Err(incorrect(id, state(volume)));
    }
    if ec2_resources.changed.as_ref().is_some_and(|changed| progress(region, changed) < 100) {
        let message = format!("Cannot modify a volume in modification state 'OPTIMIZING'. VolumeId: {id}");
        return Err(Refused::new("IncorrectModificationState", message));
    }
    let size = params.number("Size")?.map(size_fits).transpose()?.unwrap_or(before);
    if size < before {
        return Err(Refused::value("New size cannot be smaller than existing size"));
    }
    let kind = params
        .get("VolumeType")
        .map(str::to_owned)
        .or_else(|| ec2_resources.kind.clone())
        .unwrap_or_default();
    kind_fits(&kind)?;
    let from_kind = ec2_resources.kind.replace(kind).unwrap_or_default();
    ec2_resources.iops = params.number("Iops")?.or(ec2_resources.iops);
    ec2_resources.throughput = params.number("Throughput")?.or(ec2_resources.throughput);
    ec2_resources.changed = Some(Changed { at: region.now(), from_gib: before, from_kind });
    region.ledger.shelves.insert(own.clone(), ec2_resources);
    if let Some(volume) = region.world.volume_mut(&own) {
        volume.size_gib = size;
    }
    let mut xml = Xml::default();
    xml.node("volumeModification", |xml| {
        if let Ok(volume) = named(region, id) {
            changed(region, xml, volume);
        }
    });
    Ok(Told::from(xml).about(id, ""))
}

/// How far a change is, in percent.
fn progress(region: &Region<'_>, changed: &Changed) -> u64 {
    let since = region.now().duration_since(changed.at).unwrap_or_default();
    (since.as_secs() * 100 / OPTIMIZING).min(100)
}

fn changed(region: &Region<'_>, xml: &mut Xml, volume: &Volume) {
    let ec2_resources = ec2_resources(region, volume);
    let Some(change) = &ec2_resources.changed else { return };
    let percent = progress(region, change);
    xml.text("volumeId", VOLUME.id(&volume.id));
    xml.text("modificationState", if percent < 100 { "optimizing" } else { "completed" });
    xml.text("targetSize", volume.size_gib)
        .text("targetVolumeType", ec2_resources.kind.as_deref().unwrap_or_default());
    xml.text("originalSize", change.from_gib).text("originalVolumeType", &change.from_kind);
    xml.text("progress", percent).time("startTime", change.at);
}

fn modifications(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &["volume-id", "modification-state"])?;
    let ids = region.params.list("VolumeId");
    for id in &ids {
        named(region, id)?;
    }
    let wanted = |volume: &&Volume| {
        let id = VOLUME.id(&volume.id);
        let Some(change) = ec2_resources(region, volume).changed else { return false };
        (ids.is_empty() || ids.contains(&id))
            && filters.fit(&Pairs::new(), |name| match name {
                "volume-id" => vec![id.clone()],
                _ => {
                    vec![if progress(region, &change) < 100 { "optimizing" } else { "completed" }.to_owned()]
                }
            })
    };
    let rows: Vec<&Volume> = own(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "VolumeId", |volume| volume.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("volumeModificationSet", rows, |xml, volume| changed(region, xml, volume))
        .some("nextToken", next);
    Ok(xml.into())
}
