//! Changing volumes: making, growing, attaching and detaching them, and making snapshots of them.

use super::OpenStack;
use super::cinder::{snapshot, volume};
use super::decode::{int, text};
use super::marked::Mark;
use super::nova::volume_attachment;
use super::recover::{Attempt, quoted};
use super::session::{Range, Service};
use crate::cloud::{Error, Filter, Kind, Result, Snapshot, Snapshots, Volume, VolumeSpec, Volumes};
use crate::provider::recover::Seen;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;

#[async_trait]
impl Volumes for OpenStack {
    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let marker = crate::cloud::call_scope::token();
        let attempt = Attempt {
            verb: "create_volume",
            sought: "a volume with this call's marker".to_string(),
            list: format!("volumes(#{{ name: {} }})", quoted(&spec.name)),
        };
        let call = volume::create(spec, &marker);
        let mark = Mark {
            what: format!("volume `{}`", spec.name),
            list: volume::first(&Filter::named(&spec.name)),
            key: "volumes",
            is_own: Box::new(move |entry| volume::is_marked(entry, &marker)),
            delete: Box::new(volume::delete),
        };
        let decode = |body: &Json| volume::decode(body, cloud, now);
        self.create_described(&call, &attempt, mark, "volume", decode).await
    }

    async fn extend(&self, id: &str, size: i64) -> Result<()> {
        let call = volume::extend(id, size, &self.block_storage().await?);
        let attempt = Attempt {
            verb: "extend",
            sought: format!("a volume {id} of {size} GiB, or one that is growing"),
            list: format!("volume({})", quoted(id)),
        };
        let find = || async {
            let body = self.json(&volume::show(id)).await?;
            let Some(volume) = body.get("volume") else { return Ok(None) };
            let grows = text(volume, "status").is_some_and(|status| status == "extending");
            Ok((grows || int(volume, "size") == Some(size)).then_some(()))
        };
        self.create(&call, &attempt, |_| Some(()), find).await
    }

    async fn attach(&self, server: &str, id: &str, device: Option<&str>) -> Result<()> {
        let range = self.compute().await?;
        let attempt = Attempt {
            verb: "attach",
            sought: "the volume among those of the server".to_string(),
            list: format!("volume({})", quoted(id)),
        };
        let find = || async {
            let body = self.json(&volume_attachment::all(server, &range)).await?;
            Ok(volume_attachment::holds(&body, id).then_some(()))
        };
        let call = volume_attachment::attach(server, id, device, &range);
        self.create(&call, &attempt, |_| Some(()), find).await
    }

    async fn detach(&self, server: &str, id: &str) -> Result<()> {
        let call = volume_attachment::detach(server, id, &self.compute().await?);
        let look = || async {
            let gone = self.look_for_deletion(&call).await?;
            // A volume that is on its way off is shown at the server to the end.
            let leaves = matches!(gone, Seen::Nothing)
                && self.volume(id).await?.is_some_and(|volume| volume.status == "DETACHING");
            Ok(if leaves { Seen::Effect(true) } else { gone })
        };
        match self.take_away_seen(&call, look).await? {
            true => Ok(()),
            false => Err(self.own(
                Error::new(Kind::NotFound, format!("the volume {id} is not attached to the server {server}"))
                    .coded("cloud::not_found")
                    .help(format!("look at `volume({}).server`", quoted(id))),
            )),
        }
    }

    async fn volumes(&self, filter: &Filter) -> Result<Vec<Volume>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let decode = |body: &Json| volume::decode(body, cloud, now);
        self.gather(volume::first(filter), "volumes", filter, decode).await
    }

    async fn volume(&self, id: &str) -> Result<Option<Volume>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        self.shown_by(id, &volume::show(id), "volume", |body| volume::decode(body, cloud, now)).await
    }

    async fn delete_volume(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, volume::delete(id)).await
    }
}

#[async_trait]
impl Snapshots for OpenStack {
    async fn snapshot_volume(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        let (cloud, now, range) = (self.session.name(), self.clock.now(), self.block_storage().await?);
        let in_use = snapshot::needs_force(&range) && self.is_in_use(id).await?;
        let marker = crate::cloud::call_scope::token();
        let attempt = Attempt {
            verb: "snapshot",
            sought: "a snapshot with this call's marker".to_string(),
            list: format!("snapshots(#{{ name: {} }})", quoted(name)),
        };
        let filter = Filter { volume: Some(id.to_string()), ..Filter::named(name) };
        let call = snapshot::create(id, name, meta, &marker, in_use, &range);
        let mark = Mark {
            what: format!("snapshot `{name}`"),
            list: snapshot::first(&filter),
            key: "snapshots",
            is_own: Box::new(move |entry| volume::is_marked(entry, &marker)),
            delete: Box::new(snapshot::delete),
        };
        let decode = |body: &Json| snapshot::decode(body, cloud, now);
        self.create_described(&call, &attempt, mark, "snapshot", decode).await
    }

    async fn snapshots(&self, filter: &Filter) -> Result<Vec<Snapshot>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        let decode = |body: &Json| snapshot::decode(body, cloud, now);
        self.gather(snapshot::first(filter), "snapshots", filter, decode).await
    }

    async fn snapshot(&self, id: &str) -> Result<Option<Snapshot>> {
        let (cloud, now) = (self.session.name(), self.clock.now());
        self.shown_by(id, &snapshot::show(id), "snapshot", |body| snapshot::decode(body, cloud, now)).await
    }

    async fn delete_snapshot(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, snapshot::delete(id)).await
    }
}

impl OpenStack {
    /// The microversions of Cinder.
    pub(super) async fn block_storage(&self) -> Result<Range> {
        self.session.microversions(&Service::Volume).await
    }

    async fn is_in_use(&self, id: &str) -> Result<bool> {
        let body = self.json(&volume::show(id)).await?;
        let status = body.get("volume").and_then(|volume| text(volume, "status"));
        Ok(status.is_some_and(|status| status.eq_ignore_ascii_case("in-use")))
    }
}
