//! Templates and discs: registered from an address, made of what is there, changed and taken away.

use std::time::Duration;

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::template::{SYSTEMS, Template, system_id};
use super::volume::begun;
use crate::world::{Image, ImageStatus};

const REGISTER: &[&str] = &[
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
const UPDATE: &[&str] = &[
    "details",
    "displaytext",
    "id",
    "isdynamicallyscalable",
    "name",
    "ostypeid",
    "passwordenabled",
    "requireshvm",
];
const LIST: &[&str] = &[
    "account",
    "bootable",
    "domainid",
    "hypervisor",
    "id",
    "isofilter",
    "ispublic",
    "isready",
    "isrecursive",
    "keyword",
    "listall",
    "name",
    "page",
    "pagesize",
    "projectid",
    "tags",
    "zoneid",
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
    does("cloudstack.updateTemplate", UPDATE, |cloud| update(cloud, "template")),
    does("cloudstack.updateIso", UPDATE, |cloud| update(cloud, "iso")),
    does("cloudstack.deleteTemplate", &["forced", "id", "zoneid"], delete),
    does("cloudstack.deleteIso", &["id", "zoneid"], delete),
    asks("cloudstack.listIsos", LIST, isos),
    asks(
        "cloudstack.listOsTypes",
        &["description", "id", "keyword", "oscategoryid", "page", "pagesize"],
        systems,
    ),
];

/// How long it takes to fetch what is registered.
const FETCH: Duration = Duration::from_secs(3);

impl Cloud<'_> {
    /// The name of the guest system of an id.
    fn system_named(&self) -> Outcome<Option<String>> {
        let Some(id) = self.params.get("ostypeid") else { return Ok(None) };
        let own = self.ledger.systems.iter().map(String::as_str);
        let found = SYSTEMS.into_iter().chain(own).find(|name| system_id(name) == id);
        found.map(|name| Some(name.to_owned())).ok_or_else(|| self.params.unknown("ostypeid", id))
    }

    /// What the parameters say of a template.
    fn template_asked(&self) -> Outcome<Template> {
        let params = self.params;
        let flag = |name: &str| params.flag(name).unwrap_or(false);
        if params.flag("isfeatured") == Some(true) && !self.caller.admin() {
            return Err(Refused::forbidden("Only root administrators may feature a template"));
        }
        Ok(Template {
            display: params.get("displaytext").map(str::to_owned),
            os: self.system_named()?,
            password: flag("passwordenabled"),
            dynamic: flag("isdynamicallyscalable"),
            featured: Some(flag("isfeatured")),
            public: Some(flag("ispublic")),
            extractable: flag("isextractable"),
            hvm: params.flag("requireshvm").unwrap_or(true),
            format: params.get("format").map(str::to_uppercase),
            url: params.get("url").map(str::to_owned),
            details: params.named("details"),
            ..Template::default()
        })
    }
}

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

fn update(cloud: &mut Cloud<'_>, noun: &str) -> Outcome<Told> {
    let image = cloud.image("id")?;
    if !cloud.may(&image.owner) {
        return Err(Cloud::forbidden());
    }
    let (params, system) = (cloud.params, cloud.system_named()?);
    let note = cloud.ledger.templates.entry(image.id.clone()).or_default();
    note.display = params.get("displaytext").map(str::to_owned).or_else(|| note.display.clone());
    note.os = system.or_else(|| note.os.clone());
    note.password = params.flag("passwordenabled").unwrap_or(note.password);
    note.dynamic = params.flag("isdynamicallyscalable").unwrap_or(note.dynamic);
    note.hvm = params.flag("requireshvm").unwrap_or(note.hvm);
    if params.has("details") {
        note.details = params.named("details");
    }
    if let (Some(name), Some(own)) =
        (params.get("name"), cloud.world.images.iter_mut().find(|own| own.id == image.id))
    {
        own.name = Some(name.to_owned());
    }
    let image = cloud.world.image(&image.id).cloned().unwrap_or(image);
    let whole = cloud.template_view(&image, cloud.zone_of(""));
    // It is told apart from any zone.
    let mut view = json!({});
    for name in [
        "id",
        "name",
        "displaytext",
        "ispublic",
        "created",
        "format",
        "ostypeid",
        "ostypename",
        "account",
        "project",
        "projectid",
        "templatetype",
        "hypervisor",
        "domain",
        "domainpath",
        "domainid",
        "bits",
        "isdynamicallyscalable",
        "tags",
        "hasannotations",
    ] {
        if let Some(value) = whole.get(name) {
            view[name] = value.clone();
        }
    }
    super::merge(
        &mut view,
        json!({"isready": false, "bootable": true, "isfeatured": false, "crossZones": false}),
    );
    Ok(Told::from(json!({noun: view})).about(&image.id, image.name.as_deref().unwrap_or_default()))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let image = cloud.image("id")?;
    if !cloud.may(&image.owner) {
        return Err(Cloud::forbidden());
    }
    let own = image.id.clone();
    let plan = Plan::after(500, move |cloud| {
        let found = cloud.world.images.iter_mut().find(|image| image.id == own);
        found.into_iter().for_each(|image| image.status = ImageStatus::Deleted);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("Template", &image.id)).about(&image.id, image.name.as_deref().unwrap_or_default()))
}

fn isos(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let filter = cloud.params.get("isofilter").unwrap_or("selfexecutable").to_owned();
    let rows = cloud.image_rows(&filter, true)?;
    cloud.listed("iso", rows)
}

fn systems(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let own = cloud.ledger.systems.iter().map(String::as_str);
    let part = cloud.params.get("keyword").unwrap_or_default().to_lowercase();
    let fits = |name: &&str| {
        cloud.params.get("description").is_none_or(|text| super::page::same(text, name))
            && name.to_lowercase().contains(&part)
            && cloud.wanted(&system_id(name))
    };
    let view = |name: &str| {
        let category = name.split([' ', '/']).next().unwrap_or(name);
        json!({
            "id": system_id(name),
            "oscategoryid": super::ids::shown("guest systems", category),
            "oscategoryname": category,
            "name": name,
            "description": name,
            "isuserdefined": false,
            "fordisplay": true,
        })
    };
    let rows = SYSTEMS.into_iter().chain(own).filter(fits).map(view).collect();
    cloud.listed("ostype", rows)
}
