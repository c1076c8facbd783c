//! Images: templates, each once however many zones have it, and ISOs by their id.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, is_uuid, meta_and_tags, text, time, truth};
use super::resources::Making;
use crate::cloud::{Error, Filter, Image, Images, Kind, NameMatch, Result};
use crate::provider::recover::{Seen, quoted};
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
        let rows: Vec<Json> = self.one_each(rows);
        let mut out: Vec<Image> = rows
            .iter()
            .filter_map(|row| self.image_of(row))
            .filter(|image| seen.insert(image.id.clone()) && filter.matches(image))
            .collect();
        out.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(out)
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        Ok(self.template(id).await?.and_then(|row| self.image_of(&row)))
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        if !is_uuid(id) {
            return Ok(false);
        }
        self.take_away(&Call::idempotent("image.delete", "deleteTemplate").with("id", id)).await
    }
}

impl CloudStack {
    /// A template listed once a zone is one image: ready where any zone has it ready.
    fn one_each(&self, rows: Vec<Json>) -> Vec<Json> {
        let mut out: Vec<Json> = Vec::new();
        for row in rows {
            match out.iter().position(|known| text(known, "id") == text(&row, "id")) {
                Some(at)
                    if truth(&row, "isready") == Some(true) && truth(&out[at], "isready") != Some(true) =>
                {
                    out[at] = row;
                }
                Some(_) => {}
                None => out.push(row),
            }
        }
        out
    }

    /// The description of a template or an ISO.
    async fn template(&self, id: &str) -> Result<Option<Json>> {
        if !is_uuid(id) {
            return Ok(None);
        }
        for (command, which, key) in
            [("listTemplates", "templatefilter", "template"), ("listIsos", "isofilter", "iso")]
        {
            let call = Call::read("image.show", command).with(which, "executable").with("id", id).anywhere();
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
        let said = text(row, "status").unwrap_or_default();
        let status = match truth(row, "isready") {
            Some(true) => "ACTIVE",
            _ if said.contains("rror") || said.contains("ailed") => "ERROR",
            _ if said.is_empty() => "QUEUED",
            _ => "SAVING",
        };
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

    /// Make a template of a server's root volume: of itself where the server is stopped, else of a snapshot of it.
    pub(super) async fn image_from(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        let row = self.described(id).await?;
        let roots = Call::read("volume.list", "listVolumes")
            .with("virtualmachineid", id)
            .with("type", "ROOT")
            .with("listall", true);
        let roots = self.every(&roots.anywhere(), "volume").await?;
        let Some(root) = roots.first().and_then(|root| text(root, "id")) else {
            return Err(self.session.error(Kind::NotFound, "the server has no root volume"));
        };
        let os_type = text(&row, "ostypeid").or_else(|| text(&row, "guestosid"));
        let running = super::server::state(&row) == "Running";
        if consistent && running {
            let stop = super::server::power("server.stop", "stopVirtualMachine", id);
            self.run(&stop).await?;
            let made = self.template_of(name, ("volumeid", &root), os_type.as_deref()).await;
            let start = super::server::power("server.start", "startVirtualMachine", id);
            let started = self.run(&start).await;
            let made = made?;
            started?;
            return self.tagged_image(made, meta).await;
        }
        if !running {
            let made = self.template_of(name, ("volumeid", &root), os_type.as_deref()).await?;
            return self.tagged_image(made, meta).await;
        }
        use crate::cloud::Snapshots;
        let snapshot = self.snapshot_volume(&root, name, &BTreeMap::new()).await?;
        self.until_backed_up(&snapshot.id).await?;
        let made = self.template_of(name, ("snapshotid", &snapshot.id), os_type.as_deref()).await;
        // It was made for the template alone, which is whole once its job is done.
        let gone = self.delete_snapshot(&snapshot.id).await;
        let made = made?;
        if gone.is_err() {
            (self.warn)(&format!(
                "snapshot {} was made for image `{name}`, and could not be deleted",
                snapshot.id
            ));
        }
        self.tagged_image(made, meta).await
    }

    async fn tagged_image(&self, id: String, meta: &BTreeMap<String, String>) -> Result<String> {
        if !meta.is_empty() {
            self.create_tags("Template", &id, meta)
                .await
                .map_err(|error| error.fact("exists", format!("image {id}")))?;
        }
        Ok(id)
    }

    /// Ask for a template and wait for its job, so that what it is made of can go.
    async fn template_of(&self, name: &str, of: (&str, &str), os_type: Option<&str>) -> Result<String> {
        let call = Call::once("image.create", "createTemplate")
            .with("name", name)
            .with("displaytext", name)
            .with("ostypeid", os_type)
            .with(of.0, of.1);
        let before = CloudStack::ids(&self.own_templates(name).await?);
        let making = Making {
            verb: "snapshot",
            what: format!("image `{name}`"),
            list: format!("images(#{{ name: {} }})", quoted(name)),
        };
        let (call, before) = (&call, &before);
        let send = || async move {
            let begun = self.begin(call).await?;
            let id = begun.id.or_else(|| text(begun.body.get("template")?, "id"));
            let id = id.ok_or_else(|| -> Error { self.lacking(call, "id") })?;
            Ok((id, begun.job))
        };
        let look = || async move {
            let rows = self.own_templates(name).await?;
            let fresh = CloudStack::fresh(&rows, before);
            Ok(match fresh.as_slice() {
                [] => Seen::Nothing,
                [one] => Seen::from(text(one, "id").map(|id| (id, None))),
                _ => Seen::Unclear,
            })
        };
        let (id, job) = self.make(&making, send, look).await?;
        if let Some(job) = job {
            self.finish(call, &job).await.map_err(|error| error.fact("exists", format!("image {id}")))?;
        }
        Ok(id)
    }

    async fn own_templates(&self, name: &str) -> Result<Vec<Json>> {
        let call =
            Call::read("image.list", "listTemplates").with("templatefilter", "self").with("name", name);
        self.every(&call, "template").await
    }
}
