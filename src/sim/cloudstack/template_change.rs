//! Templates and discs: registered from an address, made of what is there, changed and taken away.

use serde_json::json;

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::template::{SYSTEMS, Template, system_id};
use crate::world::{ImageStatus, Member};

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
const PERMIT: &[&str] = &["accounts", "id", "isextractable", "isfeatured", "ispublic", "op", "projectids"];
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
    does("cloudstack.updateTemplate", UPDATE, |cloud| update(cloud, "template")),
    does("cloudstack.updateIso", UPDATE, |cloud| update(cloud, "iso")),
    does("cloudstack.updateTemplatePermissions", PERMIT, permit),
    asks("cloudstack.listTemplatePermissions", &["id"], permissions),
    does("cloudstack.deleteTemplate", &["forced", "id", "zoneid"], delete),
    does("cloudstack.deleteIso", &["id", "zoneid"], delete),
    asks("cloudstack.listIsos", LIST, isos),
    asks(
        "cloudstack.listOsTypes",
        &["description", "id", "keyword", "oscategoryid", "page", "pagesize"],
        systems,
    ),
];

impl Cloud<'_> {
    /// The name of the guest system of an id.
    fn system_named(&self) -> Outcome<Option<String>> {
        let Some(id) = self.params.get("ostypeid") else { return Ok(None) };
        let own = self.ledger.systems.iter().map(String::as_str);
        let found = SYSTEMS.into_iter().chain(own).find(|name| system_id(name) == id);
        found.map(|name| Some(name.to_owned())).ok_or_else(|| self.params.unknown("ostypeid", id))
    }

    /// What the parameters say of a template.
    pub(super) fn template_asked(&self) -> Outcome<Template> {
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

/// A template of the caller's own, by its place in the world.
fn own(cloud: &Cloud<'_>) -> Outcome<usize> {
    let image = cloud.image("id")?;
    if !cloud.may(&image.owner) {
        return Err(Refused::forbidden(format!(
            "unable to update permissions for template with id {}",
            image.id
        )));
    }
    let place = cloud.world.images.iter().position(|other| other.id == image.id);
    place.ok_or_else(|| cloud.params.unknown("id", &image.id))
}

fn permit(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (at, params) = (own(cloud)?, cloud.params);
    let (accounts, projects) = (params.list("accounts"), params.list("projectids"));
    let operation = params.get("op").unwrap_or_default().to_owned();
    if (!accounts.is_empty() || !projects.is_empty()) && operation.is_empty() {
        return Err(Refused::param("Operation op is missing"));
    }
    if !operation.is_empty() && !["add", "remove", "reset"].contains(&operation.as_str()) {
        return Err(Refused::param(
            "Invalid operation on accounts, the operation must be either 'add' or 'remove' in order to modify launch \
             permissions.  Given operation is: '".to_owned() + &operation + "'",
        ));
    }
    if !accounts.is_empty() && !projects.is_empty() {
        return Err(Refused::param("Accounts and projectIds can't be specified together"));
    }
    let mut whom = Vec::new();
    for id in &projects {
        let of = |account: &&super::people::Account| account.of_project.as_deref() == Some(id);
        let found = cloud.ledger.accounts.iter().find(of);
        whom.push(found.ok_or_else(|| params.unknown("projectids", id))?.project.clone());
    }
    for name in &accounts {
        let of = |account: &&super::people::Account| account.of_project.is_none() && account.name == *name;
        let missing = || {
            Refused::param(format!(
                "Unable to grant a launch permission to account {name}, account not found."
            ))
        };
        whom.push(cloud.ledger.accounts.iter().find(of).ok_or_else(missing)?.project.clone());
    }
    let now = cloud.now();
    let image = &mut cloud.world.images[at];
    match operation.as_str() {
        "add" => {
            for project in whom {
                if !image.members.iter().any(|member| member.project == project) {
                    image.members.push(Member {
                        project,
                        status: "accepted".into(),
                        created: now,
                        updated: now,
                    });
                }
            }
        }
        "remove" => image.members.retain(|member| !whom.contains(&member.project)),
        "reset" => image.members.clear(),
        _ => {}
    }
    if image.visibility != "public" {
        image.visibility = if image.members.is_empty() { "private" } else { "shared" }.into();
    }
    let (id, name) = (image.id.clone(), image.name.clone().unwrap_or_default());
    if let Some(public) = params.flag("ispublic") {
        cloud.ledger.templates.entry(id.clone()).or_default().public = Some(public);
    }
    Ok(Told::from(json!({"success": true})).about(&id, &name))
}

fn permissions(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let image = &cloud.world.images[own(cloud)?];
    let (mut accounts, mut projects) = (Vec::new(), Vec::new());
    for account in image.members.iter().filter_map(|member| cloud.ledger.account_of(&member.project)) {
        match &account.of_project {
            Some(id) => projects.push(id.clone()),
            None => accounts.push(account.name.clone()),
        }
    }
    let mut view = json!({"id": image.id, "ispublic": image.visibility == "public"});
    if let Some(domain) = cloud.ledger.account_of(&image.owner).map(|account| account.domain.clone()) {
        view["domainid"] = json!(domain);
    }
    for (name, list) in [("account", accounts), ("projectids", projects)] {
        if !list.is_empty() {
            view[name] = json!(list);
        }
    }
    Ok(Told::from(json!({"templatepermission": view})))
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
