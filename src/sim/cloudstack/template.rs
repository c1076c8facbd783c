//! Templates, which are the world's images: listed once a zone.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::{Command, Told, asks};
use super::ids::shown;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use super::zone::Zone;
use crate::world::{Image, ImageStatus};

pub(super) static COMMANDS: &[Command] = &[asks(
    "cloudstack.listTemplates",
    &[
        "account",
        "domainid",
        "hypervisor",
        "id",
        "ids",
        "isready",
        "isrecursive",
        "keyword",
        "listall",
        "name",
        "page",
        "pagesize",
        "projectid",
        "tags",
        "templatefilter",
        "zoneid",
    ],
    list,
)];

/// Which templates a list shows.
const FILTERS: [&str; 7] =
    ["featured", "self", "selfexecutable", "sharedexecutable", "executable", "community", "all"];

/// What CloudStack alone knows of a template.
#[derive(Debug, Clone, Default)]
pub(super) struct Template {
    pub(super) display: Option<String>,
    pub(super) os: Option<String>,
    pub(super) password: bool,
    pub(super) dynamic: bool,
    pub(super) featured: Option<bool>,
    pub(super) public: Option<bool>,
    pub(super) extractable: bool,
    pub(super) hvm: bool,
    pub(super) format: Option<String>,
    pub(super) url: Option<String>,
    pub(super) checksum: Option<String>,
    /// The zones it is in, by id; none: in all.
    pub(super) zones: Vec<String>,
    /// What it was made from, by id.
    pub(super) source: Option<String>,
    pub(super) details: crate::world::Pairs,
    /// A disc to start from instead of a disk.
    pub(super) iso: bool,
    /// What it is in the cloud itself, such as `SYSTEM`.
    pub(super) kind: Option<&'static str>,
    /// Ready only then.
    pub(super) ready: Option<SystemTime>,
}

/// The kinds of guest systems that are known, by name.
pub(super) const SYSTEMS: [&str; 8] = [
    "Other Linux (64-bit)",
    "CentOS 5.6 (64-bit)",
    "CentOS 7",
    "Debian GNU/Linux 12 (64-bit)",
    "Ubuntu 22.04 LTS",
    "Windows Server 2022 (64-bit)",
    "Other (64-bit)",
    "None",
];

/// The id of a kind of guest system.
pub(super) fn system_id(name: &str) -> String {
    shown("guest system", name)
}

impl Cloud<'_> {
    /// What is kept of a template.
    pub(super) fn template_note(&self, image: &Image) -> Template {
        self.ledger.templates.get(&image.id).cloned().unwrap_or_default()
    }

    /// The name of a template's guest system.
    pub(super) fn system_of(&self, image: Option<&Image>) -> String {
        let own = image.and_then(|image| self.template_note(image).os);
        own.unwrap_or_else(|| SYSTEMS[0].to_owned())
    }

    /// Whether an image is built in: made with the cloud, nobody's own.
    fn built_in(&self, image: &Image) -> bool {
        let note = self.template_note(image);
        let public = image.visibility == "public" && note.ready.is_none();
        note.kind.is_some()
            || public && self.ledger.account_of(&image.owner).is_none_or(|own| own.name == "admin")
    }

    /// The template (or ISO) that a parameter names, if the caller may use it.
    pub(super) fn image(&self, name: &str) -> Outcome<Image> {
        let id = self.params.need(name)?;
        let image = self.world.image(id).ok_or_else(|| self.params.unknown(name, id))?;
        let public = self.template_note(image).public.unwrap_or(image.visibility == "public");
        let shared = image.members.iter().any(|member| self.may(&member.project));
        if public || shared || self.may(&image.owner) { Ok(image.clone()) } else { Err(Self::forbidden()) }
    }

    pub(super) fn template_view(&self, image: &Image, zone: &Zone) -> Value {
        let own = self.template_note(image);
        let name = image.name.clone().unwrap_or_default();
        let ready = image.status == ImageStatus::Active && own.ready.is_none_or(|at| at <= self.now());
        let built_in = self.built_in(image);
        let system = self.system_of(Some(image));
        let featured = own.featured.unwrap_or(built_in && own.kind.is_none());
        let mut view = json!({
            "id": image.id,
            "name": name,
            "displaytext": own.display.clone().unwrap_or(name),
            "ispublic": own.public.unwrap_or(image.visibility == "public"),
            "created": stamp(image.created),
            "isready": ready,
            "passwordenabled": own.password,
            "format": own.format.clone().unwrap_or_else(|| "RAW".to_owned()),
            "isfeatured": featured,
            "crossZones": own.zones.is_empty(),
            "ostypeid": system_id(&system),
            "ostypename": system,
        });
        if built_in {
            view["account"] = json!("system");
            self.root_domain(&mut view);
        } else if let Value::Object(fields) = &mut view {
            self.owned(&image.owner, fields);
        }
        let mut rest = json!({
            "zoneid": zone.id,
            "zonename": zone.name,
            "status": if ready { "Download Complete" } else { "" },
            "size": bytes(image),
            "physicalsize": image.size(),
            "templatetype": own.kind.unwrap_or(if built_in { "BUILTIN" } else { "USER" }),
            "hypervisor": "Simulator",
            "isextractable": own.extractable,
            "checksum": super::store::checksum(&own),
            "details": super::object(&own.details),
            "arch": "x86_64",
            "bits": 0,
            "sshkeyenabled": false,
            "isdynamicallyscalable": own.dynamic,
            "directdownload": false,
            "deployasis": false,
            "forcks": false,
            "requireshvm": own.hvm,
            "tags": self.tags_of("Template", &image.id),
            "hasannotations": false,
        });
        if self.caller.admin() {
            rest["downloaddetails"] = json!([{
                "downloadState": if ready { "DOWNLOADED" } else { "DOWNLOAD_IN_PROGRESS" },
                "datastore": format!("{}-sec", zone.name),
                "datastoreRole": "Image",
                "downloadPercent": if ready { "100" } else { "50" },
                "datastoreId": shown("image store", &zone.id),
            }]);
        }
        if own.source.is_some() {
            for name in ["size", "physicalsize", "checksum"] {
                super::drop(&mut rest, name);
            }
            rest["sourcetemplateid"] = json!(own.source);
        }
        if built_in || own.url.is_some() {
            rest["url"] =
                json!(own.url.unwrap_or_else(|| format!("http://templates.example/{}.raw", image.id)));
        }
        super::merge(&mut view, rest);
        view
    }

    fn root_domain(&self, view: &mut Value) {
        if let Some(root) = self.ledger.domains.first() {
            super::merge(view, json!({"domain": root.name, "domainpath": root.path, "domainid": root.id}));
        }
    }

    /// Whether a list with this filter shows an image.
    fn passes(&self, image: &Image, filter: &str) -> bool {
        let own = self.template_note(image);
        let mine = image.owner == self.caller.account.project && !self.built_in(image);
        let system = own.kind.is_some();
        let public = own.public.unwrap_or(image.visibility == "public");
        let featured = own.featured.unwrap_or_else(|| self.built_in(image) && !system);
        let shared = image.members.iter().any(|member| member.project == self.caller.account.project);
        match filter {
            "featured" => public && featured,
            "self" | "selfexecutable" => mine,
            "sharedexecutable" => shared && !mine,
            "community" => public && !featured,
            "executable" => mine || public || shared,
            _ => self.caller.admin() || mine || public || shared,
        }
    }

    /// The rows of a list of templates, or of ISOs.
    pub(super) fn image_rows(&self, filter: &str, iso: bool) -> Outcome<Vec<Value>> {
        self.known("id", self.world.images.iter().map(|image| image.id.as_str()))?;
        if self.params.get("zoneid").is_some() {
            self.zone("zoneid")?;
        }
        let reach = self.named_account()?;
        let ready = self.params.flag("isready");
        let mut rows = Vec::new();
        for image in self.world.images.iter().filter(|image| image.status != ImageStatus::Deleted) {
            let own = self.template_note(image);
            let named = self.named(
                image.name.as_deref().unwrap_or_default(),
                &[own.display.as_deref().unwrap_or_default()],
            );
            let theirs = reach.as_ref().is_none_or(|account| account.project == image.owner);
            let tagged = self.tagged(if iso { "ISO" } else { "Template" }, &image.id)?;
            if own.iso != iso
                || !named
                || !theirs
                || !tagged
                || !self.wanted(&image.id)
                || !self.passes(image, filter)
            {
                continue;
            }
            for zone in &self.ledger.zones {
                let here = own.zones.is_empty() || own.zones.contains(&zone.id);
                let asked = self.params.get("zoneid").is_none_or(|id| id == zone.id);
                let view = self.template_view(image, zone);
                if here && asked && ready.is_none_or(|ready| view["isready"] == json!(ready)) {
                    rows.push(view);
                }
            }
        }
        Ok(rows)
    }
}

/// How large the disk of an image is, in bytes.
fn bytes(image: &Image) -> u64 {
    const GIB: u64 = 1 << 30;
    let least = u64::try_from(image.min_disk_gib).unwrap_or(0).max(1) * GIB;
    image.size().max(least)
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let filter = cloud.params.need("templatefilter")?.to_owned();
    if !FILTERS.contains(&filter.as_str()) {
        let text =
            format!("No enum constant com.cloud.template.VirtualMachineTemplate.TemplateFilter.{filter}");
        return Err(Refused::param(text));
    }
    if filter == "all" && !cloud.caller.admin() {
        return Err(Refused::value("Filter all can be specified by admin only"));
    }
    let rows = cloud.image_rows(&filter, false)?;
    cloud.listed("template", rows)
}
