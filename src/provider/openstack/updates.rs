//! Names, descriptions and an image's own fields, changed. Each is one request, which done twice leaves what done once leaves.

use super::OpenStack;
use super::call::{With, json, segment};
use super::cinder::{at_least, backup};
use super::decode::text;
use super::glance::property;
use super::session::{Call, Service};
use crate::cloud::update::Update;
use crate::cloud::{Account, Error, Kind, Noun, Result, Updates};
use crate::wire::Method;
use async_trait::async_trait;
use serde_json::{Map, Value as Json, json as value};

#[async_trait]
impl Updates for OpenStack {
    async fn update(&self, noun: Noun, id: &str, update: &Update) -> Result<()> {
        let (operation, service, path, key) = match noun {
            Noun::Image => return self.update_image(id, update).await,
            Noun::Volume => ("volume.update", Service::Volume, "volumes", "volume"),
            Noun::Snapshot => ("snapshot.update", Service::Volume, "snapshots", "snapshot"),
            Noun::Backup => ("backup.update", Service::Volume, "backups", "backup"),
            Noun::Network => ("network.update", Service::Network, "networks", "network"),
            Noun::Subnet => ("subnet.update", Service::Network, "subnets", "subnet"),
            Noun::Router => ("router.update", Service::Network, "routers", "router"),
            Noun::SecurityGroup => {
                ("security_group.update", Service::Network, "security-groups", "security_group")
            }
            Noun::PublicIp => ("floating_ip.update", Service::Network, "floatingips", "floatingip"),
            _ => return Err(self.unsupported("update")),
        };
        let mut call = put(operation, service, format!("/{path}/{}", segment(id)), key, update);
        if noun == Noun::Backup {
            let version = at_least(&self.block_storage().await?, backup::UPDATE);
            if version.is_none_or(|version| version < backup::UPDATE) {
                let message = format!("{} is too old to change a backup", self.session.name());
                return Err(self.own(Error::new(Kind::Unsupported, message).coded("cloud::unsupported")));
            }
            call = call.version(version);
        }
        self.change(&call, |body| body.get(key).is_some_and(|now| is_so(now, update))).await
    }
}

impl OpenStack {
    async fn update_image(&self, id: &str, update: &Update) -> Result<()> {
        self.needs_glance("update(image)").await?;
        let fields = image_fields(update);
        let is_so = |now: &Json| fields.iter().all(|(key, wanted)| now.get(key) == Some(wanted));
        self.change(&property::change(id, &fields), is_so).await
    }
}

fn put(operation: &'static str, service: Service, path: String, key: &str, update: &Update) -> Call {
    let mut fields = Map::new();
    for (name, text) in [("name", &update.name), ("description", &update.description)] {
        fields.extend(text.iter().map(|text| (name.to_string(), value!(text))));
    }
    json(operation, service, Method::Put, path, value!({ key: fields }))
}

fn image_fields(update: &Update) -> Map<String, Json> {
    let given = [
        ("name", update.name.as_ref().map(|text| value!(text))),
        ("visibility", update.visibility.as_ref().map(|text| value!(text))),
        ("protected", update.protected.map(Json::from)),
        ("min_disk", update.min_disk.map(Json::from)),
        ("min_ram", update.min_ram.map(Json::from)),
    ];
    given.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?))).collect()
}

/// Whether a resource is called and described like this.
fn is_so(now: &Json, update: &Update) -> bool {
    let says = |key: &str, wanted: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| *wanted == text(now, key).unwrap_or_default())
    };
    says("name", &update.name) && says("description", &update.description)
}
