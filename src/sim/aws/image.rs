//! Images: the world's, by its ids. One made of an instance takes copies of its volumes with it, as EC2 does.

use super::call::{Action, Told, asks, does};
use super::ec2_state::Shot;
use super::filter::{Filters, page};
use super::ids::{IMAGE, INSTANCE, SNAPSHOT};
use super::instance::{Life, ROOT};
use super::keys::account;
use super::refused::{Outcome, Refused};
use super::scope::{Region, stamp};
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::{Image, ImageStatus, Pairs, Project, SnapshotSpec};

pub(super) static ACTIONS: &[Action] = &[
    does(
        "ec2.CreateImage",
        &["InstanceId", "Name", "Description", "NoReboot", "TagSpecification", "BlockDeviceMapping"],
        create,
    ),
    asks(
        "ec2.DescribeImages",
        &[
            "ImageId",
            "Owner",
            "ExecutableBy",
            "Filter",
            "MaxResults",
            "NextToken",
            "IncludeDeprecated",
            "IncludeDisabled",
        ],
        list,
    ),
    does("ec2.DeregisterImage", &["ImageId", "DeleteAssociatedSnapshots"], deregister),
];

/// Whether the caller sees an image; one whose making failed is still seen by its maker.
fn sees(region: &Region<'_>, image: &Image) -> bool {
    image.shown_to(region.project(), false) && !image.hidden || failed(region, image)
}

fn failed(region: &Region<'_>, image: &Image) -> bool {
    let shot = region.ledger.shots.get(&image.id);
    image.status == ImageStatus::Deleted
        && image.owner == region.asker.project
        && shot.is_some_and(|shot| !shot.gone)
}

/// The image of this id.
pub(super) fn named<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a Image> {
    IMAGE.formed(id)?;
    let meant = |image: &&Image| IMAGE.is(id, &image.id) && sees(region, image);
    region.world.images.iter().find(meant).ok_or_else(|| IMAGE.missing(&[id]))
}

/// The image that a launch names, by its id or by a public parameter that holds it: one whose path has the image's name in it.
pub(super) fn asked<'a>(region: &'a Region<'_>, text: &str) -> Outcome<&'a Image> {
    let Some(path) = text.strip_prefix("resolve:ssm:") else { return named(region, text) };
    let meant = |image: &&Image| {
        sees(region, image) && path.split('/').any(|part| image.name.as_deref() == Some(part))
    };
    let message = format!("The parameter '{path}' cannot be resolved");
    region.world.images.iter().find(meant).ok_or_else(|| Refused::value(message))
}

fn state(image: &Image) -> &'static str {
    match image.status {
        ImageStatus::Queued | ImageStatus::Saving => "pending",
        ImageStatus::Active => "available",
        ImageStatus::Deactivated => "disabled",
        ImageStatus::Deleted => "failed",
    }
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let (id, name) = (region.params.need("InstanceId")?, region.params.need("Name")?);
    let at = region.instance(id)?;
    let odd = |c: char| !(c.is_ascii_alphanumeric() || " ()[]./-'@_".contains(c));
    if !(3..=128).contains(&name.len()) || name.contains(odd) {
        let message = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', \
                       '-', '/' and '_'";
        return Err(Refused::new("InvalidAMIName.Malformed", message));
    }
    let own = |image: &&Image| {
        image.owner == region.asker.project
            && image.name.as_deref() == Some(name)
            && image.status != ImageStatus::Deleted
    };
    if let Some(other) = region.world.images.iter().find(own) {
        let message = format!("AMI name {name} is already in use by AMI {}", IMAGE.id(&other.id));
        return Err(Refused::new("InvalidAMIName.Duplicate", message));
    }
    if !matches!(Life::of(&region.world.servers[at]), Life::Running | Life::Stopped) {
        let message = format!("The instance '{id}' is not in the 'running' or 'stopped' state.");
        return Err(Refused::new("IncorrectInstanceState", message));
    }
    let (image_tags, copy_tags) = (region.given_tags(IMAGE)?, region.given_tags(SNAPSHOT)?);
    let asker = region.asker.clone();
    let image = region.world.snapshot_image(at, name, &Pairs::new(), &asker.user);
    let copies = copies(region, at, &image, &copy_tags)?;
    // What a type calls its disk means nothing here: the copies say how large the volumes are to be.
    if let Some(made) = region.world.images.iter_mut().find(|other| other.id == image) {
        made.min_disk_gib = 0;
    }
    region.world.fill_in_time(&image);
    let description = region.params.get("Description").unwrap_or_default().to_owned();
    let source = Some(region.world.servers[at].id.clone());
    let disks = copies.into_iter().map(|(copy, device)| (device, copy)).collect();
    region.ledger.shots.insert(image.clone(), Shot { description, source, disks, gone: false });
    let own = IMAGE.id(&image);
    keep(region, &own, image_tags);
    let mut xml = Xml::default();
    xml.text("imageId", &own);
    Ok(Told::from(xml).about(&own, name))
}

/// Copies the volumes of a server (by index), the root first: the copy's id and its device.
fn copies(region: &mut Region<'_>, at: usize, image: &str, tags: &Pairs) -> Outcome<Vec<(String, String)>> {
    let server = region.world.servers[at].id.clone();
    let mut held: Vec<_> = region
        .world
        .attached(&server)
        .into_iter()
        .map(|(v, a)| (a.root, v.id.clone(), a.device.clone()))
        .collect();
    held.sort_by_key(|row| !row.0);
    let mut copies = Vec::new();
    for (_, volume, device) in held {
        let words = format!("Created by CreateImage({}) for {}", INSTANCE.id(&server), IMAGE.id(image));
        let spec = SnapshotSpec { volume, description: Some(words), force: true, ..SnapshotSpec::default() };
        let asker = region.asker.clone();
        let copy = region.world.create_snapshot(&spec, &asker)?;
        keep(region, &SNAPSHOT.id(&copy), tags.clone());
        copies.push((copy, device));
    }
    Ok(copies)
}

const KNOWN: [&str; 18] = [
    "architecture",
    "block-device-mapping.snapshot-id",
    "creation-date",
    "description",
    "hypervisor",
    "image-id",
    "image-type",
    "is-public",
    "name",
    "owner-alias",
    "owner-id",
    "platform",
    "root-device-name",
    "root-device-type",
    "source-instance-id",
    "state",
    "virtualization-type",
    "ena-support",
];

/// Whether the cloud's operator offers it to the cloud's users.
fn is_operators(region: &Region<'_>, image: &Image) -> bool {
    let admin = |project: &&Project| project.name == "admin";
    let owner = region.world.projects.iter().find(admin).map(|project| &project.id);
    image.visibility == "public" && owner == Some(&image.owner)
}

/// Public is to all of AWS; what the operator of this one offers is rather shared with each account by name.
fn is_public(region: &Region<'_>, image: &Image) -> bool {
    image.visibility == "public" && !is_operators(region, image)
}

fn values(region: &Region<'_>, image: &Image, name: &str) -> Vec<String> {
    let shot = region.ledger.shots.get(&image.id);
    let value = match name {
        "architecture" => "x86_64".to_owned(),
        "block-device-mapping.snapshot-id" => {
            return shot
                .map(|shot| shot.disks.iter().map(|disk| SNAPSHOT.id(&disk.1)).collect())
                .unwrap_or_default();
        }
        "creation-date" => stamp(image.created),
        "description" => shot.map(|shot| shot.description.clone()).unwrap_or_default(),
        "hypervisor" => "xen".to_owned(),
        "image-id" => IMAGE.id(&image.id),
        "image-type" => "machine".to_owned(),
        "is-public" => is_public(region, image).to_string(),
        "name" => image.name.clone().unwrap_or_default(),
        "owner-id" => account(&image.owner),
        "root-device-name" => ROOT.to_owned(),
        "root-device-type" => "ebs".to_owned(),
        "source-instance-id" => match shot.and_then(|shot| shot.source.as_ref()) {
            Some(server) => INSTANCE.id(server),
            None => return Vec::new(),
        },
        "state" => state(image).to_owned(),
        "virtualization-type" => "hvm".to_owned(),
        "ena-support" => "true".to_owned(),
        _ => return Vec::new(),
    };
    vec![value]
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let (ids, owners) = (region.params.list("ImageId"), region.params.list("Owner"));
    let users = region.params.list("ExecutableBy");
    ids.iter().try_for_each(|id| IMAGE.formed(id))?;
    let seen = || region.world.images.iter().filter(|image| sees(region, image));
    let missing: Vec<&str> =
        ids.iter().filter(|id| !seen().any(|image| IMAGE.is(id, &image.id))).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(IMAGE.missing(&missing));
    }
    let owned = |image: &Image, owner: &String| match owner.as_str() {
        "self" => image.owner == region.asker.project,
        number => account(&image.owner) == number,
    };
    let open = |image: &Image, user: &String| match user.as_str() {
        "all" => is_public(region, image),
        _ if is_operators(region, image) => true,
        _ => image.members.iter().any(|member| member.project == region.asker.project),
    };
    let wanted = |image: &&Image| {
        (ids.is_empty() || ids.iter().any(|id| IMAGE.is(id, &image.id)))
            && (owners.is_empty() || owners.iter().any(|owner| owned(image, owner)))
            && (users.is_empty() || users.iter().any(|user| open(image, user)))
            && filters.fit(&tags_of(region, &IMAGE.id(&image.id)), |name| values(region, image, name))
    };
    let rows: Vec<&Image> = seen().filter(wanted).collect();
    let (rows, next) = page(region.params, "ImageId", |image| image.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("imagesSet", rows, |xml, image| show(region, xml, image)).some("nextToken", next);
    Ok(xml.into())
}

fn show(region: &Region<'_>, xml: &mut Xml, image: &Image) {
    let id = IMAGE.id(&image.id);
    let (owner, name) = (account(&image.owner), image.name.as_deref().unwrap_or_default());
    let shot = region.ledger.shots.get(&image.id).cloned().unwrap_or_default();
    xml.text("imageId", &id)
        .text("imageLocation", format!("{owner}/{name}"))
        .text("imageState", state(image));
    xml.text("imageOwnerId", &owner).time("creationDate", image.created);
    xml.text("isPublic", is_public(region, image)).node("productCodes", |_| {});
    xml.text("architecture", "x86_64").text("imageType", "machine").text("name", name);
    xml.text("description", &shot.description).text("rootDeviceType", "ebs").text("rootDeviceName", ROOT);
    let copies = shot.disks.iter().filter_map(|(device, copy)| Some((device, region.world.snapshot(copy)?)));
    xml.set("blockDeviceMapping", copies, |xml, (device, copy)| {
        xml.text("deviceName", device).node("ebs", |xml| {
            xml.text("snapshotId", SNAPSHOT.id(&copy.id)).text("volumeSize", copy.size_gib);
            xml.text("deleteOnTermination", true).text("volumeType", "gp2").text("encrypted", false);
        });
    });
    xml.text("virtualizationType", "hvm").tags(&tags_of(region, &id)).text("hypervisor", "xen");
    xml.text("enaSupport", true).text("platformDetails", "Linux/UNIX").text("usageOperation", "RunInstances");
    xml.some("sourceInstanceId", shot.source.as_deref().map(|server| INSTANCE.id(server)));
    if image.status == ImageStatus::Deleted {
        xml.node("stateReason", |xml| {
            xml.text("code", "Server.InternalError")
                .text("message", "Server.InternalError: the image was not made");
        });
    }
}

fn deregister(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("ImageId")?;
    let image = named(region, id)?;
    if image.owner != region.asker.project {
        let message = format!("Not authorized for image:{id}");
        return Err(Refused::with(401, "AuthFailure", message));
    }
    let (own, name) = (image.id.clone(), image.name.clone().unwrap_or_default());
    let with_copies = region.params.flag("DeleteAssociatedSnapshots")?;
    let shot = region.ledger.shots.entry(own.clone()).or_default();
    shot.gone = true;
    let disks = std::mem::take(&mut shot.disks);
    if let Some(image) = region.world.images.iter_mut().find(|image| image.id == own) {
        image.status = ImageStatus::Deleted;
    }
    for (_, copy) in disks.iter().filter(|_| with_copies) {
        region.world.delete_snapshot(copy)?;
    }
    region.ledger.tags.remove(id);
    Ok(Told::done().about(id, &name))
}
