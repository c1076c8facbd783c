//! New templates and discs: registered from an address, or made of what is there.

use std::time::Duration;

use serde_json::{Value, json};

use super::call::{Command, Told, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::template::Template;
use super::volume::begun;
use crate::world::Image;

/// What is carried of a template that is registered; the table of commands says which command knows which.
pub(super) const REGISTER: &[&str] = &[
    "account",
    "bits",
    "bootable",
    "checksum",
    "details",
    "displaytext",
    "domainid",
    "format",
    "hypervisor",
    "isdynamicallyscalable",
    "isextractable",
    "isfeatured",
    "ispublic",
    "name",
    "ostypeid",
    "passwordenabled",
    "projectid",
    "requireshvm",
    "url",
    "zoneid",
    "zoneids",
];

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.registerTemplate", REGISTER, |cloud| register(cloud, false)),
    does("cloudstack.registerIso", REGISTER, |cloud| register(cloud, true)),
    does(
        "cloudstack.createTemplate",
        &[
            "account",
            "bits",
            "details",
            "displaytext",
            "domainid",
            "isdynamicallyscalable",
            "isfeatured",
            "ispublic",
            "name",
            "ostypeid",
            "passwordenabled",
            "projectid",
            "requireshvm",
            "snapshotid",
            "volumeid",
            "zoneid",
        ],
        create,
    ),
];

/// How long it takes to fetch what is registered.
const FETCH: Duration = Duration::from_secs(3);

fn register(cloud: &mut Cloud<'_>, iso: bool) -> Outcome<Told> {
    let owner = cloud.owner()?;
    let mut ids = cloud.params.list("zoneids");
    ids.extend(cloud.params.get("zoneid").map(str::to_owned));
    if ids.is_empty() && !iso {
        return Err(Refused::value("Please specify a valid zone Id(s)"));
    }
    let every = ids.iter().any(|id| id == "-1");
    if every && ids.len() > 1 {
        return Err(Refused::value(
            "Parameter zoneids cannot combine all zones (-1) option with other zones",
        ));
    }
    for id in ids.iter().filter(|id| *id != "-1") {
        let known = cloud.ledger.zones.iter().any(|zone| zone.id == *id);
        known.then_some(()).ok_or_else(|| cloud.params.unknown("zoneids", id))?;
    }
    let url = cloud.params.need("url")?;
    if !["http://", "https://", "ftp://"].iter().any(|start| url.starts_with(start)) {
        return Err(Refused::value(format!("Unsupported scheme for url: {url}")));
    }
    cloud.room_for(&owner, "template", 1)?;
    let note = Template {
        zones: if every { Vec::new() } else { ids },
        iso,
        ready: Some(cloud.now() + FETCH),
        format: Some(cloud.params.get("format").map_or_else(|| "ISO".to_owned(), str::to_uppercase)),
        ..cloud.template_asked()?
    };
    let mut image = Image::new(&owner.project, cloud.now());
    image.name = cloud.params.get("name").map(str::to_owned);
    image.visibility = if note.public == Some(true) { "public" } else { "private" }.into();
    image.disk_format = note.format.as_deref().map(str::to_lowercase);
    image.container_format = Some("bare".into());
    let (id, name) = (image.id.clone(), image.name.clone().unwrap_or_default());
    cloud.world.images.push(image.clone());
    cloud.world.fill_in_time(&id);
    cloud.ledger.templates.insert(id.clone(), note.clone());
    let zones =
        cloud.ledger.zones.iter().filter(|zone| note.zones.is_empty() || note.zones.contains(&zone.id));
    let rows: Vec<Value> = zones.map(|zone| cloud.template_view(&image, zone)).collect();
    let noun = if iso { "iso" } else { "template" };
    Ok(Told::from(json!({"count": rows.len(), noun: rows})).about(&id, &name))
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let owner = cloud.owner()?;
    let (snapshot, volume) = (cloud.params.get("snapshotid"), cloud.params.get("volumeid"));
    let (gib, volume) = match (snapshot, volume) {
        (Some(id), None) => {
            let found = cloud.world.snapshot(id).ok_or_else(|| cloud.params.unknown("snapshotid", id))?;
            (found.size_gib, found.volume.clone())
        }
        (None, Some(_)) => {
            let place = cloud.volume_at("volumeid")?;
            still(cloud, place)?;
            (cloud.world.volumes[place].size_gib, cloud.world.volumes[place].id.clone())
        }
        _ => {
            return Err(Refused::value(
                "Either a snapshot or a volume, and not both, must be given to make a template",
            ));
        }
    };
    cloud.room_for(&owner, "template", 1)?;
    let of = cloud.world.volumes.iter().find(|other| other.id == volume);
    let from = of.and_then(|of| of.image.iter().find(|pair| pair.0 == "image_id").map(|pair| pair.1.clone()));
    let zone = of.map(|of| cloud.volume_view(of)["zoneid"].as_str().unwrap_or_default().to_owned());
    let note = Template {
        zones: zone.into_iter().collect(),
        source: from.or(Some(volume)),
        ..cloud.template_asked()?
    };
    let mut image = Image::new(&owner.project, cloud.now());
    image.name = cloud.params.get("name").map(str::to_owned);
    image.visibility = "private".into();
    image.disk_format = Some("raw".into());
    image.container_format = Some("bare".into());
    image.min_disk_gib = gib;
    let (id, name) = (image.id.clone(), image.name.clone().unwrap_or_default());
    cloud.world.images.push(image);
    cloud.world.fill_in_time(&id);
    cloud.ledger.templates.insert(id.clone(), note);
    let own = id.clone();
    let plan = Plan::after(800, move |cloud| {
        let gone = || Refused::internal("Failed to create a template");
        let image = cloud.world.image(&own).cloned().ok_or_else(gone)?;
        let note = cloud.template_note(&image);
        let zone = cloud.zone_of(note.zones.first().map_or("", String::as_str));
        Ok(json!({"template": cloud.template_view(&image, zone)}))
    });
    let job = cloud.start(plan.on("Template", &id));
    Ok(begun(&id, &name, &job))
}

/// A disk of a machine that runs is no source.
fn still(cloud: &Cloud<'_>, place: usize) -> Outcome<()> {
    let volume = &cloud.world.volumes[place];
    let at = volume.attachments.first().and_then(|held| cloud.world.server_at(&held.server));
    let Some(at) = at.filter(|at| cloud.shown_state(*at) != "Stopped") else { return Ok(()) };
    let name = volume.name.clone().unwrap_or_default();
    Err(Refused::internal(format!(
        "Unable to create private template for volume: Volume {{\"id\":{},\"instanceId\":{},\"name\":\"{name}\",\"uuid\":\"{}\",\
         \"volumeType\":\"ROOT\"}}; volume is attached to a non-stopped VM, please stop the VM first",
        place + 1,
        cloud.world.servers[at].number,
        volume.id
    )))
}
