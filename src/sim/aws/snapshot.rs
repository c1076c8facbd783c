//! Snapshots: the world's copies of volumes. Here they stand on their own, and outlive the volume.

use super::call::{Action, Told, asks, does};
use super::filter::{Filters, page};
use super::ids::{IMAGE, SNAPSHOT, VOLUME};
use super::keys::account;
use super::refused::{Outcome, Refused};
use super::scope::{Region, stamp};
use super::tag::{keep, tags_of};
use super::volume;
use super::xml::Xml;
use crate::world::{Refusal, Snapshot, SnapshotSpec, SnapshotState};

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.CreateSnapshot", &["VolumeId", "Description", "TagSpecification"], create),
    does("ec2.DeleteSnapshot", &["SnapshotId"], delete),
    asks(
        "ec2.DescribeSnapshots",
        &["SnapshotId", "Owner", "RestorableBy", "Filter", "MaxResults", "NextToken"],
        list,
    ),
];

/// The snapshots of the caller's that are there. One that is being deleted is no longer told of.
pub(super) fn own<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Snapshot> {
    let there = |copy: &&Snapshot| !matches!(copy.state, SnapshotState::Deleting | SnapshotState::Deleted);
    region.world.snapshots.iter().filter(|copy| copy.project == region.asker.project).filter(there)
}

/// The snapshot of this id.
pub(super) fn named<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a Snapshot> {
    SNAPSHOT.formed(id)?;
    own(region).find(|copy| SNAPSHOT.is(id, &copy.id)).ok_or_else(|| SNAPSHOT.missing(&[id]))
}

fn state(copy: &Snapshot) -> &'static str {
    match copy.state {
        SnapshotState::Creating => "pending",
        SnapshotState::Error => "error",
        _ => "completed",
    }
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let id = params.need("VolumeId")?;
    let volume = volume::named(region, id)?.id.clone();
    let description = params.get("Description").map(str::to_owned);
    let tags = region.given_tags(SNAPSHOT)?;
    let spec = SnapshotSpec { volume, description, force: true, ..SnapshotSpec::default() };
    let asker = region.asker.clone();
    let own = match region.world.create_snapshot(&spec, &asker) {
        Err(Refusal::VolumeState(..)) => {
            return Err(Refused::new(
                "IncorrectState",
                format!("Volume '{id}' is not 'available' or 'in-use'."),
            ));
        }
        made => made?,
    };
    let id = SNAPSHOT.id(&own);
    keep(region, &id, tags);
    let mut xml = Xml::default();
    show(region, &mut xml, named(region, &id)?);
    Ok(Told::from(xml).about(&id, ""))
}

fn show(region: &Region<'_>, xml: &mut Xml, copy: &Snapshot) {
    let id = SNAPSHOT.id(&copy.id);
    xml.text("snapshotId", &id).text("volumeId", VOLUME.id(&copy.volume)).text("status", state(copy));
    xml.time("startTime", copy.created).text("progress", format!("{}%", copy.progress));
    xml.text("ownerId", &region.account).text("volumeSize", copy.size_gib);
    xml.text("description", copy.description.as_deref().unwrap_or_default());
    xml.text("encrypted", false).tags(&tags_of(region, &id)).text("storageTier", "standard");
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("SnapshotId")?;
    let own = named(region, id)?.id.clone();
    let shots = region.ledger.shots.iter();
    if let Some((image, _)) =
        shots.filter(|shot| !shot.1.gone).find(|shot| shot.1.disks.iter().any(|d| d.1 == own))
    {
        let message = format!("The snapshot {id} is currently in use by {}", IMAGE.id(image));
        return Err(Refused::new("InvalidSnapshot.InUse", message));
    }
    match region.world.delete_snapshot(&own) {
        Err(Refusal::NotAvailable(..)) => {
            Err(Refused::new("IncorrectState", format!("Snapshot '{id}' is still being made")))
        }
        done => {
            done?;
            Ok(Told::done().about(id, ""))
        }
    }
}

const KNOWN: [&str; 9] = [
    "description",
    "encrypted",
    "owner-id",
    "progress",
    "snapshot-id",
    "start-time",
    "status",
    "volume-id",
    "volume-size",
];

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let (ids, owners) = (region.params.list("SnapshotId"), region.params.list("Owner"));
    for id in &ids {
        named(region, id)?;
    }
    let mine = account(region.project());
    let wanted = |copy: &&Snapshot| {
        let id = SNAPSHOT.id(&copy.id);
        (ids.is_empty() || ids.contains(&id))
            && (owners.is_empty() || owners.iter().any(|owner| *owner == "self" || *owner == mine))
            && filters.fit(&tags_of(region, &id), |name| {
                let value = match name {
                    "description" => copy.description.clone().unwrap_or_default(),
                    "encrypted" => "false".to_owned(),
                    "owner-id" => mine.clone(),
                    "progress" => format!("{}%", copy.progress),
                    "start-time" => stamp(copy.created),
                    "status" => state(copy).to_owned(),
                    "volume-id" => VOLUME.id(&copy.volume),
                    "volume-size" => copy.size_gib.to_string(),
                    _ => id.clone(),
                };
                vec![value]
            })
    };
    let rows: Vec<&Snapshot> = own(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "SnapshotId", |copy| copy.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("snapshotSet", rows, |xml, copy| show(region, xml, copy)).some("nextToken", next);
    Ok(xml.into())
}
