//! Network interfaces as ports.

use super::Aws;
use super::ec2::{interface, tag};
use super::ids::is_id;
use super::making::Making;
use super::recover::quoted;
use crate::cloud::port::NameUpdate;
use crate::cloud::{Filter, Kind, Noun, Port, PortSpec, Ports, Result};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;

#[async_trait]
impl Ports for Aws {
    async fn ports(&self, filter: &Filter) -> Result<Vec<Port>> {
        let decode = |body: &Json| interface::decode(body, self.session.name());
        self.gather(interface::page(filter), "networkInterfaceSet", filter, decode).await
    }

    async fn port(&self, id: &str) -> Result<Option<Port>> {
        let decode = |body: &Json| interface::decode(body, self.session.name());
        self.shown(Noun::Port, id, interface::show(id), "networkInterfaceSet", decode).await
    }

    async fn create_port(&self, spec: &PortSpec) -> Result<Port> {
        if !spec.allowed_address_pairs.is_empty() {
            return Err(self.cannot(
                "`create_port` with `allowed_address_pairs`",
                "turn the check of addresses off: `api(\"ec2\", \"ModifyNetworkInterfaceAttribute\", #{ NetworkInterfaceId: \
                 port.id, SourceDestCheck: #{ Value: false } })`",
            ));
        }
        if spec.security_groups.as_ref().is_some_and(Vec::is_empty) {
            return Err(self.cannot(
                "`create_port` with no security group at all",
                "leave `security_groups` out for the default one, or name one",
            ));
        }
        let named = Filter { network: Some(spec.network.clone()), ..Filter::named(&spec.name) };
        let making = Making {
            verb: "create_port",
            what: format!("port `{}`", spec.name),
            list: format!("ports(#{{ name: {} }})", quoted(&spec.name)),
            call: interface::create(spec),
            kind: "network-interface",
            tags: tag::list(Some(&spec.name), &BTreeMap::new(), &[])?,
            look: interface::page(&Filter { name: None, ..named }),
            set: "networkInterfaceSet",
            id: "networkInterfaceId",
            time: None,
            may_be: |one| super::decode::tags(one).is_empty() && one.get("attachment").is_none(),
            delete: Some(interface::delete),
        };
        let found = |body: &Json| interface::decode(body, self.session.name());
        let told = |body: &Json| found(body.get("networkInterface")?);
        let mut port = self.make(&making, told, found, |port| port.id.clone()).await?;
        // Some clouds tell the tags of a new one only when it is read.
        port.name.clone_from(&spec.name);
        self.memory.made(&port.id, self.clock.now());
        Ok(port)
    }

    async fn update_port(&self, id: &str, update: &NameUpdate) -> Result<()> {
        if let Some(name) = &update.name {
            self.ask(&tag::set(id, [(tag::NAME, name.as_str())])).await?;
        }
        if let Some(description) = &update.description {
            self.ask(&interface::describe(id, description)).await?;
        }
        Ok(())
    }

    async fn delete_port(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, interface::delete(id)).await.map_err(|mut error| {
            // EC2 calls it an invalid parameter.
            if error.answer.as_deref().is_some_and(|words| words.contains("currently in use")) {
                error.kind = Kind::Conflict;
                error.diagnostic = Some("cloud::conflict");
                error.help = Some("delete the server that has it first".to_string());
            }
            error
        })
    }
}

impl Aws {
    /// The id of the interface that a text names.
    pub(super) async fn interface_id(&self, wanted: &str) -> Result<String> {
        if is_id(Noun::Port, wanted) {
            return Ok(wanted.to_string());
        }
        let call = interface::page(&Filter::named(wanted));
        let id = |one: &Json| super::decode::text(one, "networkInterfaceId");
        let found = self.every(call, "networkInterfaceSet", id).await?;
        self.chosen("port", wanted, found)
    }
}
