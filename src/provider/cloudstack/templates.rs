//! Making templates: of a server's root volume, or of a snapshot of it; and who may use them.

use super::CloudStack;
use super::call::Call;
use super::decode::{is_uuid, text};
use super::resources::Making;
use crate::cloud::{Error, Holder, Kind, Result};
use crate::provider::recover::quoted;
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl CloudStack {
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
            .with("listall", true)
            .with("projectid", text(&row, "projectid"));
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
            self.first_tags(&Holder::Image(id.clone()), meta)
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
            Ok(CloudStack::fresh(&rows, before, |one| text(one, "id").map(|id| (id, None))))
        };
        let (id, job) = self.make(&making, send, look).await?;
        self.finish_made(call, job, &format!("image {id}")).await?;
        Ok(id)
    }

    /// Let a project or an account use a template, or not any more.
    pub(super) async fn permit_template(&self, id: &str, whom: &str, operation: &str) -> Result<()> {
        let projects = match is_uuid(whom) {
            true => vec![whom.to_string()],
            false => {
                let call =
                    Call::read("project.list", "listProjects").with("name", whom).with("listall", true);
                let rows = self.every(&call.anywhere(), "project").await?;
                let named = rows.iter().filter(|row| text(row, "name").as_deref() == Some(whom));
                named.filter_map(|row| text(row, "id")).collect()
            }
        };
        if projects.len() > 1 {
            let message = format!("{} has {} projects named `{whom}`", self.session.name(), projects.len());
            let error = self.session.error(Kind::Ambiguous, message).coded("cloud::ambiguous");
            return Err(error.help(format!("give one by its id: {}", projects.join(", "))));
        }
        let account = projects.is_empty().then_some(whom);
        let call = Call::idempotent("image.share", "updateTemplatePermissions")
            .with("id", id)
            .with("op", operation)
            .list("projectids", &projects)
            .with("accounts", account);
        self.run(&call).await.map(drop)
    }

    pub(super) async fn own_templates(&self, name: &str) -> Result<Vec<Json>> {
        let call =
            Call::read("image.list", "listTemplates").with("templatefilter", "self").with("name", name);
        self.every(&call, "template").await
    }
}
