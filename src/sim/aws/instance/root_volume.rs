//! Replacing the root volume of a running instance by one of another image, and how far that is.

use crate::aws::call::{Action, Told, asks, does};
use crate::aws::ids::{IMAGE, INSTANCE};
use crate::aws::image;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::aws::xml::Xml;
use crate::world::{Action as LoggedAction, Rebuild, fresh_hex, fresh_id};
use std::time::SystemTime;

use super::Life;

pub(in crate::aws) static ACTIONS: &[Action] = &[
    does(
        "ec2.CreateReplaceRootVolumeTask",
        &[
            "InstanceId",
            "ImageId",
            "SnapshotId",
            "ClientToken",
            "DeleteReplacedRootVolume",
            "TagSpecification",
        ],
        create,
    ),
    asks(
        "ec2.DescribeReplaceRootVolumeTasks",
        &["ReplaceRootVolumeTaskId", "Filter", "MaxResults", "NextToken"],
        list,
    ),
];

/// A replacement that was asked for.
#[derive(Debug, Clone)]
pub(in crate::aws) struct Replacement {
    id: String,
    /// The world's id of the server.
    server: String,
    token: Option<String>,
    begun: SystemTime,
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let at = region.instance(params.need("InstanceId")?)?;
    let token = params.get("ClientToken").map(str::to_owned);
    let known = |task: &&Replacement| task.token.is_some() && task.token == token;
    if let Some(task) = region.ledger.replacements.iter().find(known).cloned() {
        return Ok(Told { repeats: true, ..one(region, &task) });
    }
    let id = INSTANCE.id(&region.world.servers[at].id);
    if Life::of(&region.world.servers[at]) != Life::Running {
        return Err(Refused::state(&id, "used to replace its root volume"));
    }
    let new = image::named(region, params.need("ImageId")?)?.id.clone();
    let keeps = !params.choice("DeleteReplacedRootVolume")?.unwrap_or(false);
    if params.has("SnapshotId") || keeps {
        return Err(Refused::unsupported("Here a root volume is replaced from an image, and deleted"));
    }
    let (asker, flavor) = (region.asker.clone(), region.world.servers[at].flavor.clone());
    let image_properties = region.world.fits_rebuild(&flavor, &new, &asker)?;
    let shown = region.world.servers[at].image.clone();
    let with = Rebuild { image: new.clone(), image_properties, ..Rebuild::default() };
    region.world.start(at, LoggedAction::Rebuild(Box::new(with)), &asker);
    // It boots from a volume still.
    region.world.servers[at].image = shown;
    region.note(at).image = Some(new);
    let server = region.world.servers[at].id.clone();
    another(region, &server);
    let id = format!("replacevol-{}", &fresh_hex()[..17]);
    let task = Replacement { id, server, token, begun: region.now() };
    region.ledger.replacements.push(task.clone());
    let name = region.world.servers[at].name.clone();
    Ok(one(region, &task).about(&INSTANCE.id(&task.server), &name))
}

/// The root volume is another one from now on.
fn another(region: &mut Region<'_>, server: &str) {
    let now = region.now();
    let root = region.world.attached(server).first().map(|(volume, _)| volume.id.clone());
    if let Some(volume) = root.and_then(|id| region.world.volume_mut(&id)) {
        volume.id = fresh_id();
        volume.created = now;
    }
}

fn one(region: &Region<'_>, task: &Replacement) -> Told {
    let mut xml = Xml::default();
    xml.node("replaceRootVolumeTask", |xml| show(region, xml, task));
    xml.into()
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let wanted = region.params.list("ReplaceRootVolumeTaskId");
    let is_wanted = |task: &&Replacement| wanted.is_empty() || wanted.contains(&task.id);
    let found: Vec<Replacement> = region.ledger.replacements.iter().filter(is_wanted).cloned().collect();
    let mut xml = Xml::default();
    xml.set("replaceRootVolumeTaskSet", found, |xml, task| show(region, xml, &task));
    Ok(xml.into())
}

fn show(region: &Region<'_>, xml: &mut Xml, task: &Replacement) {
    let server = region.world.servers.iter().find(|server| server.id == task.server);
    let state = match server {
        Some(server) if server.task.is_some() => "in-progress",
        Some(server) if Life::of(server) == Life::Running => "succeeded",
        _ => "failed",
    };
    xml.text("replaceRootVolumeTaskId", &task.id).text("instanceId", INSTANCE.id(&task.server));
    xml.text("taskState", state).time("startTime", task.begun).text("deleteReplacedRootVolume", true);
    if let Some(image) = server.and_then(|server| region.mark(server).image) {
        xml.text("imageId", IMAGE.id(&image));
    }
}
