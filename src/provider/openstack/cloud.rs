//! The driver itself: the trait, each operation in one line. The work is in a file for each kind of thing, and what a call looks
//! like in the service's own folder.

use super::claims::Given;
use super::nova::limits;
use super::session::{Range, Service, Session};
use crate::cloud::ports::Clock;
use crate::cloud::{
    Accepted, Action, BootSpec, Cloud, Flavor, Holder, Identity, Image, ImageFilter, Keypair, Listing,
    Network, NetworkSpec, Noun, Provider, PublicIp, RequestState, Resource, Result, Router, RouterSpec, Rule,
    SecurityGroup, Server, ServerFilter, ServerUpdate, Snapshot, Value, Volume, VolumeSpec,
};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// One OpenStack cloud.
pub struct OpenStack {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) glance: OnceCell<bool>,
    pub(super) given: Given,
}

impl OpenStack {
    /// A cloud behind a session; the clock is what its own short waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>) -> OpenStack {
        OpenStack { session, clock, glance: OnceCell::new(), given: Given::default() }
    }

    /// The microversions of Nova.
    pub(super) async fn compute(&self) -> Result<Range> {
        self.session.microversions(&Service::Compute).await
    }
}

#[async_trait]
impl Cloud for OpenStack {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> Provider {
        Provider::OpenStack
    }

    fn region(&self) -> Option<String> {
        self.session.region()
    }

    fn is_id(&self, _noun: Noun, text: &str) -> bool {
        // A UUID with or without dashes, or the whole number of an old cloud.
        let hex = text.chars().filter(char::is_ascii_hexdigit).count();
        let dashes = text.chars().filter(|c| *c == '-').count();
        (hex + dashes == text.len() && hex == 32 && (dashes == 0 || dashes == 4))
            || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
    }

    async fn login(&self) -> Result<()> {
        self.session.login().await
    }

    async fn identity(&self) -> Result<Identity> {
        self.session.identity().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        self.session.catalog().await
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        self.all_limits().await
    }

    async fn zones(&self) -> Result<Vec<String>> {
        Ok(limits::decode_zones(&self.json(&limits::zones(&self.compute().await?)).await?))
    }

    async fn api(&self, service: &str, method: &str, path: &str, body: Option<&Json>) -> Result<Value> {
        self.raw_call(service, method, path, body).await
    }

    async fn things(&self, noun: Noun, listing: &Listing) -> Result<Vec<Resource>> {
        self.list_things(noun, listing).await
    }

    async fn thing(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        self.show_thing(noun, id).await
    }

    async fn delete_thing(&self, noun: Noun, id: &str) -> Result<bool> {
        self.take_thing(noun, id).await
    }

    async fn servers(&self, filter: &ServerFilter) -> Result<Vec<Server>> {
        self.list_servers(filter).await
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        self.show_server(id).await
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.launch(spec).await
    }

    async fn update_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        self.change_server(id, update).await
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        self.ask_action(id, action).await
    }

    async fn request_state(&self, server: &str, request: &str) -> Result<RequestState> {
        self.state_of_request(server, request).await
    }

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        // Nova takes a running server as it is.
        _consistent: bool,
    ) -> Result<String> {
        self.image_of_server(id, name, meta).await
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<String> {
        self.read_console(id, lines).await
    }

    async fn console_url(&self, id: &str) -> Result<String> {
        self.open_console(id).await
    }

    async fn delete_server(&self, id: &str, force: bool) -> Result<bool> {
        self.take_server(id, force).await
    }

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

    async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        self.list_images(filter).await
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        self.show_image(id).await
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        self.take_image(id).await
    }

    async fn flavors(&self) -> Result<Vec<Flavor>> {
        self.list_flavors().await
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        self.show_flavor(id).await
    }

    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        self.make_keypair(name, public_key).await
    }

    async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        // A group of Neutron is for every network.
        _network: Option<&str>,
    ) -> Result<SecurityGroup> {
        self.make_group(name, description).await
    }

    async fn authorize(&self, group: &str, rule: &Rule) -> Result<()> {
        self.allow(group, rule).await
    }

    async fn revoke(&self, group: &str, rule: &Rule) -> Result<()> {
        self.forbid(group, rule).await
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        self.make_network(spec).await
    }

    async fn create_router(&self, spec: &RouterSpec) -> Result<Router> {
        self.make_router(spec).await
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        self.take_address(pool).await
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        self.lead_to(server, ip).await
    }

    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        self.lead_nowhere(ip).await
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        self.make_volume(spec).await
    }

    async fn extend_volume(&self, id: &str, size: i64) -> Result<()> {
        self.grow_volume(id, size).await
    }

    async fn snapshot_volume(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        self.make_snapshot(id, name, meta).await
    }

    async fn attach_volume(&self, server: &str, volume: &str, device: Option<&str>) -> Result<()> {
        self.attach(server, volume, device).await
    }

    async fn detach_volume(&self, server: &str, volume: &str) -> Result<()> {
        self.detach(server, volume).await
    }
}
