//! Images: templates, each once however many zones have it, and ISOs by their id.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, meta_and_tags, text, time, truth};
use super::memory::Copy;
use super::zones::Zone;
use crate::base::stream::Sink;
use crate::cloud::{Filter, Image, ImageSpec, Images, Kind, NameMatch, Result, SavedImage};
use crate::provider::recover::quoted;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The bytes of a GiB.
const GIB: i64 = 1 << 30;

#[async_trait]
impl Images for CloudStack {
    async fn images(&self, filter: &Filter) -> Result<Vec<Image>> {
        // Own, shared and featured ones; `all` is for administrators alone.
        let which = if filter.all_projects { "all" } else { "executable" };
        let mut call = Call::read("image.list", "listTemplates").with("templatefilter", which);
        if let Some(NameMatch::Exact(name)) = &filter.name {
            call = call.with("name", name);
        }
        let mut seen = HashSet::new();
        let rows = self.every(&call, "template").await.map_err(|mut error| {
            // Only administrators may ask for all; others are told that the value is wrong.
            if filter.all_projects && error.kind == Kind::InvalidArgument {
                error.kind = Kind::Forbidden;
                error.message = "a list with `all_projects` is for administrators".to_string();
            }
            error
        })?;
        let rows = match (&filter.name, rows.is_empty()) {
            // One of our own that is not ready yet is none that we can deploy.
            (Some(NameMatch::Exact(name)), true) if !filter.all_projects => self.own_templates(name).await?,
            _ => rows,
        };
        let rows: Vec<Json> = self.one_each(rows);
        // In which zones they are is no field of theirs.
        let in_zone = |image: &Image| {
            filter.zone.as_ref().is_none_or(|zone| {
                let copies = self.memory.template(&image.id).unwrap_or_default();
                copies.iter().any(|copy| copy.is_in(zone))
            })
        };
        let zoned = filter;
        let filter = &Filter { zone: None, ..filter.clone() };
        let mut out: Vec<Image> = rows
            .iter()
            .filter_map(|row| self.image_of(row))
            .filter(|image| seen.insert(image.id.clone()) && filter.matches(image) && in_zone(image))
            .collect();
        out.truncate(filter.limit.unwrap_or(usize::MAX));
        self.check_zone(zoned, out.len()).await?;
        Ok(out)
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        Ok(self.template(id).await?.and_then(|row| self.image_of(&row)))
    }

    async fn images_in_zone(&self, name: &str, zone: Option<&str>) -> Result<Vec<Image>> {
        let zone = self.zone_for(zone, &format!("a server of `{name}`")).await?;
        self.images(&Filter { zone: Some(zone.id), ..Filter::named(name) }).await
    }

    async fn upload_image(&self, spec: &ImageSpec) -> Result<Image> {
        self.make_of_bytes(spec).await
    }

    async fn save_image(&self, id: &str, to: Arc<dyn Sink>) -> Result<SavedImage> {
        self.write_bytes(id, to).await
    }

    async fn share_image(&self, id: &str, project: &str) -> Result<()> {
        self.permit_template(id, project, "add").await
    }

    async fn unshare_image(&self, id: &str, project: &str) -> Result<()> {
        self.permit_template(id, project, "remove").await
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("image.delete", "deleteTemplate").with("id", id);
        self.take_away(&call, || async { Ok(self.template(id).await?.is_some()) }).await
    }
}

impl CloudStack {
    /// A template listed once a zone is one image, of the state that it has in the session's zone; else of that of a zone that it
    /// is on its way to, so that a wait for it ends where it is ready in all.
    fn one_each(&self, rows: Vec<Json>) -> Vec<Json> {
        let mut copies: BTreeMap<String, Vec<Copy>> = BTreeMap::new();
        for (id, row) in rows.iter().filter_map(|row| Some((text(row, "id")?, row))) {
            copies.entry(id).or_default().push(copy_of(row));
        }
        for (id, copies) in copies {
            self.memory.saw_template(&id, copies);
        }
        let own = self.session.settings().zone.as_deref();
        let mut out: Vec<Json> = Vec::new();
        for row in rows {
            match out.iter().position(|known| text(known, "id") == text(&row, "id")) {
                Some(at) if rank(&row, own) > rank(&out[at], own) => out[at] = row,
                Some(_) => {}
                None => out.push(row),
            }
        }
        out
    }

    /// The description of a template or an ISO.
    async fn template(&self, id: &str) -> Result<Option<Json>> {
        // What an account can deploy; ISOs; and its own that are on their way, which some releases leave out of the first.
        for (command, which, filter, key) in [
            ("listTemplates", "templatefilter", "executable", "template"),
            ("listIsos", "isofilter", "executable", "iso"),
            ("listTemplates", "templatefilter", "self", "template"),
            ("listIsos", "isofilter", "self", "iso"),
        ] {
            let call = Call::read("image.show", command).with(which, filter).with("id", id);
            let rows = match self.every(&call, key).await {
                Ok(rows) => rows,
                Err(error) if error.kind == Kind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let own: Vec<Json> =
                rows.into_iter().filter(|row| text(row, "id").as_deref() == Some(id)).collect();
            if let Some(row) = self.one_each(own).pop() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Refuse a server of an image that is not in its zone, or not ready there: the cloud accepts that, and fails.
    pub(super) async fn check_image(&self, id: &str, zone: &Zone) -> Result<()> {
        if self.in_zone(id, zone).is_ok() {
            return Ok(());
        }
        // It may have come there since it was read.
        self.template(id).await?;
        self.in_zone(id, zone)
    }

    fn in_zone(&self, id: &str, zone: &Zone) -> Result<()> {
        let copies = self.memory.template(id).unwrap_or_default();
        // One that is in every zone may say none.
        if copies.is_empty() || copies.iter().any(|copy| copy.zone_id.is_none()) {
            return Ok(());
        }
        let here = copies.iter().find(|copy| copy.is_in(&zone.id));
        match here {
            Some(copy) if copy.ready => Ok(()),
            Some(_) => {
                let message = format!("image {id} is not ready yet in zone `{}`", zone.name);
                let help = format!("wait for it first: `wait_active(image({}))`", quoted(id));
                Err(self.session.error(Kind::Conflict, message).help(help))
            }
            None => {
                let names: Vec<String> = copies.iter().map(|copy| format!("`{}`", copy.zone)).collect();
                let names = names.join(", ");
                let message = format!("image {id} is not in zone `{}`, but in {names}", zone.name);
                let help = format!(
                    "boot in {names}, or have it copied with `api(\"cloudstack\", \"copyTemplate\", …)`"
                );
                Err(self.session.error(Kind::NotFound, message).coded("cloud::not_found").help(help))
            }
        }
    }

    /// The same, or `not_found`.
    pub(super) async fn template_row(&self, id: &str) -> Result<Json> {
        self.template(id).await?.ok_or_else(|| {
            let message = format!("{} has no image `{id}`", self.session.name());
            self.session.error(Kind::NotFound, message).coded("cloud::not_found")
        })
    }

    fn image_of(&self, row: &Json) -> Option<Image> {
        let id = text(row, "id")?;
        let (meta, _) = meta_and_tags(row);
        let status = image_status(row);
        let size = int(row, "size").filter(|size| *size > 0);
        let public = truth(row, "ispublic").or(truth(row, "isfeatured"));
        Some(Image {
            name: text(row, "name").unwrap_or_default(),
            status: status.to_string(),
            min_disk: size.map_or(0, |size| (size + GIB - 1) / GIB),
            size,
            min_ram: 0,
            meta,
            created: time(row, "created"),
            visibility: public.map(|public| if public { "public" } else { "private" }.to_string()),
            owner: text(row, "projectid").or_else(|| text(row, "account")),
            cloud: self.session.name().clone(),
            read: self.clock.now(),
            raw: Arc::new(row.clone()),
            id,
        })
    }
}

/// Which of the rows of one template tells its state.
fn rank(row: &Json, own: Option<&str>) -> u8 {
    let here = |key: &str| own.is_some() && text(row, key).as_deref() == own;
    match (image_status(row), here("zoneid") || here("zonename")) {
        (_, true) => 3,
        ("SAVING" | "QUEUED", false) => 2,
        ("ACTIVE", false) => 1,
        _ => 0,
    }
}

/// A template's state in a zone.
fn image_status(row: &Json) -> &'static str {
    let said = text(row, "status").unwrap_or_default();
    match truth(row, "isready") {
        Some(true) => "ACTIVE",
        _ if said.contains("rror") || said.contains("ailed") => "ERROR",
        _ if said.is_empty() => "QUEUED",
        _ => "SAVING",
    }
}

/// Where a template is, by one row of a list.
fn copy_of(row: &Json) -> Copy {
    let zone_id = text(row, "zoneid");
    Copy {
        zone: text(row, "zonename").or_else(|| zone_id.clone()).unwrap_or_default(),
        ready: truth(row, "isready") != Some(false),
        zone_id,
    }
}
