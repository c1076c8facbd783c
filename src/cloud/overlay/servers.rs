//! Deleting servers, their consoles, and images of them.

use super::Overlay;
use super::layer::raw;
use crate::cloud::{Image, Noun, Resource, Result, Server, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Overlay {
    pub(super) async fn take_server(&self, id: &str, force: bool) -> Result<bool> {
        let Some(Resource::Server(server)) = self.find(Noun::Server, id).await? else { return Ok(false) };
        let changed = self.is_changed(Noun::Server, id);
        let words = || format!("delete {}", server.name);
        self.shown(changed, words, self.inner.delete_server(id, force)).await?;
        self.let_go(&server).await?;
        self.free_ports(&server);
        self.leave_groups(&server);
        self.world().delete(Resource::Server(server));
        Ok(true)
    }

    /// What was at a server is free, or goes with it.
    async fn let_go(&self, server: &Server) -> Result<()> {
        for id in &server.volumes {
            let Some(Resource::Volume(volume)) = self.find(Noun::Volume, id).await? else { continue };
            let goes = self.world().goes_with.get(id).is_some_and(|with| *with == server.id);
            match goes || self.goes_with_image(&volume.id, server) {
                true => self.world().delete(Resource::Volume(volume)),
                false => self.edit_volume(&volume, |volume| {
                    (volume.status, volume.server, volume.device) = ("AVAILABLE".to_string(), None, None);
                }),
            }
        }
        let floating = server.addresses.iter().flat_map(|(_, list)| list);
        if floating.filter(|address| address.kind.as_deref() == Some("floating")).count() == 0 {
            return Ok(());
        }
        for ip in self.addresses_at(&server.id).await? {
            self.edit_ip(&ip, super::addresses::parted);
        }
        Ok(())
    }

    /// A real server's own root volume on EC2 is deleted with it unless it was made to stay, which only the cloud can know.
    fn goes_with_image(&self, volume: &str, server: &Server) -> bool {
        !self.is_openstack() && server.volumes.first().is_some_and(|root| root == volume)
    }

    pub(super) async fn snapshot_of_machine(
        &self,
        id: &str,
        name: &str,
        request: &serde_json::Value,
    ) -> Result<Snapshot> {
        let server = self.server_now(id).await?;
        let words = || format!("snapshot {} {name} {request}", server.name);
        let asked = self.inner.snapshot_machine(id, name, request);
        self.shown(self.is_changed(Noun::Server, id), words, asked).await?;
        let now = self.now();
        let snapshot = Snapshot {
            id: self.new_id(),
            name: name.to_string(),
            status: "AVAILABLE".to_string(),
            volume: None,
            size: 0,
            meta: BTreeMap::new(),
            created: Some(now),
            cloud: server.cloud.clone(),
            read: now,
            raw: raw(),
        };
        self.world().make(snapshot.clone().into());
        Ok(snapshot)
    }

    pub(super) async fn image_of_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        let server = self.server_now(id).await?;
        let from = ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED"];
        if self.is_openstack() && !from.contains(&server.status.as_str()) {
            let message = format!("`{}` is {}, which does not allow `snapshot`", server.name, server.status);
            return Err(self.conflict(message));
        }
        let changed = self.is_changed(Noun::Server, id);
        let words = || format!("snapshot {} {name}", server.name);
        self.shown(changed, words, self.inner.snapshot_server(id, name, meta, consistent)).await?;
        let of = match &server.image.id {
            Some(image) => self.find(Noun::Image, image).await?,
            None => None,
        };
        let (min_disk, min_ram) = match of {
            Some(Resource::Image(image)) => (image.min_disk, image.min_ram),
            _ => (0, 0),
        };
        let now = self.now();
        let image = Image {
            id: self.new_id(),
            name: name.to_string(),
            status: "ACTIVE".to_string(),
            size: None,
            min_disk,
            min_ram,
            meta: meta.clone(),
            created: Some(now),
            visibility: Some("private".to_string()),
            owner: None,
            cloud: server.cloud.clone(),
            read: now,
            raw: raw(),
        };
        let id = image.id.clone();
        self.world().make(Resource::Image(Arc::new(image)));
        Ok(id)
    }

    /// The console's text: of a made server only the cloud could know it.
    pub(super) async fn console(&self, id: &str, lines: Option<i64>) -> Result<Option<String>> {
        self.server_now(id).await?;
        match Self::is_own(id) {
            true => Ok(None),
            false => self.inner.console_log(id, lines).await,
        }
    }

    /// Where a console is opened, which of a made server nobody can know.
    pub(super) async fn console_at(&self, id: &str) -> Result<Option<String>> {
        let server = self.server_now(id).await?;
        let words = || format!("console_url {}", server.name);
        let shown = self.shown(Self::is_own(id), words, self.inner.console_url(id)).await?;
        Ok(shown.flatten())
    }
}
