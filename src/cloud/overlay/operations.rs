//! The overlay as a cloud: each operation of the traits in one line.

use super::Overlay;
use crate::cloud::{
    Accepted, Account, Action, Backup, BootSpec, Cloud, Daemon, Filter, Flavor, Flavors, Holder, Identity,
    Image, Keypair, Keypairs, Metadata, NameUpdate, Network, NetworkSpec, Networks, Noun, Port, PortSpec,
    Ports, Provider, PublicIp, PublicIps, RequestState, Resource, RestCall, Result, Router, RouterSpec,
    Routers, Rule, SecurityGroup, SecurityGroups, Server, ServerGroup, ServerGroups, ServerUpdate, Servers,
    Snapshot, Snapshots, Subnet, Subnets, TagChange, Value, Volume, VolumeSpec, Volumes,
};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a resource is when it is of this noun.
pub(super) trait Of: Sized {
    fn of(resource: Resource) -> Option<Self>;
}
macro_rules! of {
    ($($noun:ident),*) => {$(
        impl Of for $noun {
            fn of(resource: Resource) -> Option<Self> {
                match resource {
                    Resource::$noun(it) => Some(Arc::unwrap_or_clone(it)),
                    _ => None,
                }
            }
        }
    )*};
}

of!(
    Server,
    Image,
    Keypair,
    Volume,
    Snapshot,
    SecurityGroup,
    Network,
    Subnet,
    Router,
    PublicIp,
    Port,
    ServerGroup,
    Backup
);

impl Overlay {
    pub(super) async fn listed<T: Of>(&self, noun: Noun, filter: &Filter) -> Result<Vec<T>> {
        Ok(self.all_others(noun, filter).await?.into_iter().filter_map(T::of).collect())
    }

    pub(super) async fn found<T: Of>(&self, noun: Noun, id: &str) -> Result<Option<T>> {
        Ok(self.find(noun, id).await?.and_then(T::of))
    }
}

#[async_trait]
impl Cloud for Overlay {
    async fn one(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        self.find(noun, id).await
    }
}

#[async_trait]
impl Account for Overlay {
    fn name(&self) -> &Arc<str> {
        self.inner.name()
    }

    fn provider(&self) -> &'static Provider {
        self.inner.provider()
    }

    fn told_apart(&self, one: &Resource) -> Option<String> {
        self.inner.told_apart(one)
    }

    fn region(&self) -> Option<String> {
        self.inner.region()
    }

    fn is_id(&self, noun: Noun, text: &str) -> bool {
        Overlay::is_own(text) || self.inner.is_id(noun, text)
    }

    fn takes_as_written(&self, noun: Noun, text: &str) -> bool {
        !Overlay::is_own(text) && self.inner.takes_as_written(noun, text)
    }

    async fn login(&self) -> Result<()> {
        self.inner.login().await
    }

    async fn whoami(&self) -> Result<Identity> {
        self.inner.whoami().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        self.inner.catalog().await
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        self.used().await
    }

    async fn limits_of(&self, project: &str) -> Result<BTreeMap<String, Option<i64>>> {
        self.inner.limits_of(project).await
    }

    async fn services(&self) -> Result<Vec<Daemon>> {
        self.inner.services().await
    }

    async fn zones(&self) -> Result<Vec<String>> {
        self.inner.zones().await
    }

    async fn api(&self, call: &RestCall) -> Result<Value> {
        self.raw_call(call).await
    }

    async fn query(&self, service: &str, action: &str, params: &serde_json::Value) -> Result<Value> {
        self.raw_query(service, action, params).await
    }
}

#[async_trait]
impl Servers for Overlay {
    async fn servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        self.all_servers(filter).await
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        self.found(Noun::Server, id).await
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.boot_servers(spec).await
    }

    async fn update_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        self.change_server(id, update).await
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        self.do_to_server(id, action).await
    }

    fn remembers_resize(&self, server: &str) -> Option<bool> {
        self.resize_is_remembered(server)
    }

    fn server_statuses(&self) -> &'static [&'static str] {
        self.inner.server_statuses()
    }

    fn answers_at_every_port(&self) -> bool {
        true
    }

    async fn request_state(&self, server: &str, request: &str) -> Result<RequestState> {
        self.state_of_request(server, request).await
    }

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        self.image_of_server(id, name, meta, consistent).await
    }

    async fn snapshot_machine(&self, id: &str, name: &str, request: &serde_json::Value) -> Result<Snapshot> {
        self.snapshot_of_machine(id, name, request).await
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<Option<String>> {
        self.console(id, lines).await
    }

    async fn console_url(&self, id: &str) -> Result<Option<String>> {
        self.console_at(id).await
    }

    async fn console_screenshot(&self, id: &str) -> Result<Option<Vec<u8>>> {
        self.server_now(id).await?;
        if Self::is_own(id) { Ok(None) } else { self.inner.console_screenshot(id).await }
    }

    async fn password_data(&self, id: &str) -> Result<Option<String>> {
        self.server_now(id).await?;
        if Self::is_own(id) { Ok(None) } else { self.inner.password_data(id).await }
    }

    async fn delete_server(&self, id: &str, force: bool) -> Result<bool> {
        self.take_server(id, force).await
    }
}

#[async_trait]
impl Metadata for Overlay {
    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        self.read_meta(holder).await
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.merge_meta(holder, items).await
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.put_meta(holder, items).await
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        self.take_meta(holder, key).await
    }

    async fn update_tags(&self, server: &str, change: &TagChange) -> Result<()> {
        self.change_tags(server, change).await
    }
}

#[async_trait]
impl Flavors for Overlay {
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        self.inner.flavors().await
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        self.inner.flavor(id).await
    }
}

#[async_trait]
impl Keypairs for Overlay {
    async fn keypairs(&self, filter: &Filter) -> Result<Vec<Keypair>> {
        self.listed(Noun::Keypair, filter).await
    }

    async fn keypair(&self, id: &str) -> Result<Option<Keypair>> {
        self.found(Noun::Keypair, id).await
    }

    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        self.make_keypair(name, public_key).await
    }

    async fn delete_keypair(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Keypair, id).await
    }
}

#[async_trait]
impl SecurityGroups for Overlay {
    async fn security_groups(&self, filter: &Filter) -> Result<Vec<SecurityGroup>> {
        self.listed(Noun::SecurityGroup, filter).await
    }

    async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        self.found(Noun::SecurityGroup, id).await
    }

    async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        network: Option<&str>,
    ) -> Result<SecurityGroup> {
        self.make_group(name, description, network).await
    }

    async fn authorize(&self, group: &str, rule: &Rule) -> Result<()> {
        self.allow(group, rule).await
    }

    async fn revoke(&self, group: &str, rule: &Rule) -> Result<()> {
        self.forbid(group, rule).await
    }

    async fn delete_security_group(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::SecurityGroup, id).await
    }
}

#[async_trait]
impl Networks for Overlay {
    async fn networks(&self, filter: &Filter) -> Result<Vec<Network>> {
        self.listed(Noun::Network, filter).await
    }

    async fn network(&self, id: &str) -> Result<Option<Network>> {
        self.found(Noun::Network, id).await
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        self.make_network(spec).await
    }

    async fn delete_network(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Network, id).await
    }
}

#[async_trait]
impl Subnets for Overlay {
    async fn subnets(&self, filter: &Filter) -> Result<Vec<Subnet>> {
        self.listed(Noun::Subnet, filter).await
    }

    async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        self.found(Noun::Subnet, id).await
    }

    async fn delete_subnet(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Subnet, id).await
    }
}

#[async_trait]
impl Routers for Overlay {
    async fn routers(&self, filter: &Filter) -> Result<Vec<Router>> {
        self.listed(Noun::Router, filter).await
    }

    async fn router(&self, id: &str) -> Result<Option<Router>> {
        self.found(Noun::Router, id).await
    }

    async fn create_router(&self, spec: &RouterSpec) -> Result<Router> {
        self.make_router(spec).await
    }

    async fn delete_router(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Router, id).await
    }
}

#[async_trait]
impl PublicIps for Overlay {
    async fn public_ips(&self, filter: &Filter) -> Result<Vec<PublicIp>> {
        self.listed(Noun::PublicIp, filter).await
    }

    async fn public_ip(&self, id: &str) -> Result<Option<PublicIp>> {
        self.found(Noun::PublicIp, id).await
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        self.take_address(pool).await
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        self.lead_to(server, ip).await
    }

    async fn associate_port(&self, port: &Port, ip: &PublicIp) -> Result<()> {
        self.associate_port_now(port, ip).await
    }

    async fn forward_ip(&self, server: &Server, ip: &PublicIp, request: &serde_json::Value) -> Result<()> {
        self.lead_ports_to(server, ip, request).await
    }

    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        self.free_address(ip).await
    }

    async fn release_ip(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::PublicIp, id).await
    }
}

#[async_trait]
impl Ports for Overlay {
    async fn ports(&self, filter: &Filter) -> Result<Vec<Port>> {
        self.listed(Noun::Port, filter).await
    }

    async fn port(&self, id: &str) -> Result<Option<Port>> {
        self.found(Noun::Port, id).await
    }

    async fn create_port(&self, spec: &PortSpec) -> Result<Port> {
        self.make_port(spec).await
    }

    async fn update_port(&self, id: &str, update: &NameUpdate) -> Result<()> {
        self.change_port(id, update).await
    }

    async fn delete_port(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Port, id).await
    }
}

#[async_trait]
impl ServerGroups for Overlay {
    async fn server_groups(&self, filter: &Filter) -> Result<Vec<ServerGroup>> {
        self.listed(Noun::ServerGroup, filter).await
    }

    async fn server_group(&self, id: &str) -> Result<Option<ServerGroup>> {
        self.found(Noun::ServerGroup, id).await
    }

    async fn create_server_group(&self, name: &str, policy: &str) -> Result<ServerGroup> {
        self.make_server_group(name, policy).await
    }

    async fn delete_server_group(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::ServerGroup, id).await
    }
}

#[async_trait]
impl Volumes for Overlay {
    async fn volumes(&self, filter: &Filter) -> Result<Vec<Volume>> {
        self.listed(Noun::Volume, filter).await
    }

    async fn volume(&self, id: &str) -> Result<Option<Volume>> {
        self.found(Noun::Volume, id).await
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        self.make_volume(spec).await
    }

    async fn extend(&self, id: &str, size: i64) -> Result<()> {
        self.grow_volume(id, size).await
    }

    async fn attach(&self, server: &str, volume: &str, device: Option<&str>) -> Result<()> {
        self.attach_volume(server, volume, device).await
    }

    async fn detach(&self, server: &str, volume: &str) -> Result<()> {
        self.detach_volume(server, volume).await
    }

    async fn delete_volume(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Volume, id).await
    }
}

#[async_trait]
impl Snapshots for Overlay {
    async fn snapshots(&self, filter: &Filter) -> Result<Vec<Snapshot>> {
        self.listed(Noun::Snapshot, filter).await
    }

    async fn snapshot(&self, id: &str) -> Result<Option<Snapshot>> {
        self.found(Noun::Snapshot, id).await
    }

    async fn snapshot_volume(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        self.make_snapshot(id, name, meta).await
    }

    async fn delete_snapshot(&self, id: &str) -> Result<bool> {
        self.take_other(Noun::Snapshot, id).await
    }
}
