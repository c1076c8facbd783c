//! The driver itself: each operation of the trait is a call built, sent and decoded. Making servers is in [`super::launch`], other
//! nouns are in [`super::resources`]; what a call looks like is in the resource's own file.

use super::call::Call;
use super::consistency::Memory;
use super::ec2::{attribute, region};
use super::page::is_absent;
use super::session::Session;
use crate::cloud::ports::Clock;
use crate::cloud::{
    Accepted, Action, BootSpec, Cloud, Error, Flavor, Holder, Identity, Image, ImageFilter, Keypair, Kind,
    Listing, Network, NetworkSpec, Noun, Provider, PublicIp, RequestState, Resource, Result, Rule,
    SecurityGroup, Server, ServerFilter, ServerUpdate, Snapshot, Value, Volume, VolumeSpec,
};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How long after each other something new is asked about again that a part of the cloud does not know yet.
const LATE: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// One AWS cloud.
pub struct Aws {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) memory: Memory,
    /// What networks are called, by id.
    pub(super) networks: tokio::sync::Mutex<HashMap<String, String>>,
}

impl Aws {
    /// A cloud behind a session; the clock is what its own short waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>) -> Aws {
        Aws { session, clock, memory: Memory::default(), networks: tokio::sync::Mutex::default() }
    }

    /// Send a call and read its answer. What this run made a moment ago may be unknown to a part of EC2: then it is asked again
    /// (API Reference, "Eventual consistency").
    pub(super) async fn ask(&self, call: &Call) -> Result<Json> {
        self.ask_counting(call).await.1
    }

    /// The same, and at which attempt the answer came.
    pub(super) async fn ask_counting(&self, call: &Call) -> (u32, Result<Json>) {
        let mut pauses = LATE.iter();
        loop {
            let (attempts, error) = match self.session.ask_counting(call).await {
                (attempts, Err(error)) => (attempts, error),
                answered => return answered,
            };
            let late = error.kind == Kind::NotFound
                && error.answer.as_ref().is_some_and(|words| self.memory.excuses(words, self.clock.now()));
            match pauses.next().filter(|_| late) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return (attempts, Err(error)),
            }
        }
    }

    /// Send a call that takes something away: whether it did, or it was not there.
    pub(super) async fn take_away(&self, call: &Call) -> Result<bool> {
        match self.ask_counting(call).await {
            (_, Ok(_)) => Ok(true),
            // What was not there at the second attempt was taken away by the first.
            (attempts, Err(error)) if is_absent(&error) => Ok(attempts > 1),
            (_, Err(error)) => Err(error),
        }
    }

    /// The error for what EC2 has no place for.
    pub(super) fn cannot(&self, what: &str, help: &str) -> Error {
        let message = format!("{what} is not something EC2 can do");
        self.session.error(Kind::Unsupported, message).help(help)
    }
}

#[async_trait]
impl Cloud for Aws {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn region(&self) -> Option<String> {
        Some(self.session.region().to_string())
    }

    fn is_id(&self, noun: Noun, text: &str) -> bool {
        super::resources::is_id(noun, text)
    }

    async fn login(&self) -> Result<()> {
        match self.session.ask(&region::all()).await {
            // Who may not even do that is known all the same.
            Err(error) if error.kind != Kind::Forbidden => Err(error),
            _ => Ok(()),
        }
    }

    async fn identity(&self) -> Result<Identity> {
        self.who().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        self.addresses().await
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        self.all_limits(attribute::decode(&self.ask(&attribute::show()).await?)).await
    }

    async fn zones(&self) -> Result<Vec<String>> {
        Ok(region::decode_zones(&self.ask(&region::zones()).await?))
    }

    async fn query(&self, service: &str, action: &str, params: &Json) -> Result<Value> {
        self.raw(service, action, params).await
    }

    async fn servers(&self, filter: &ServerFilter) -> Result<Vec<Server>> {
        self.all_servers(filter).await
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        self.one_server(id).await
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.launch(spec).await
    }

    async fn update_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        self.call_server(id, update).await
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        self.asked_of(id, action).await
    }

    fn remembers_resize(&self, id: &str) -> Option<bool> {
        Some(self.memory.former(id).is_some())
    }

    async fn request_state(&self, server: &str, request: &str) -> Result<RequestState> {
        self.state_of(server, request).await
    }

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        self.picture(id, name, meta, consistent).await
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<String> {
        self.console(id, lines).await
    }

    async fn delete_server(&self, id: &str, _force: bool) -> Result<bool> {
        self.terminate(id).await
    }

    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        self.labels(holder).await
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.label(holder, items).await
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.relabel(holder, items).await
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        self.unlabel(holder, key).await
    }

    async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        self.all_images(filter).await
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        self.one_image(id).await
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        self.forget_image(id).await
    }

    async fn flavors(&self) -> Result<Vec<Flavor>> {
        self.all_flavors().await
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        self.one_flavor(id).await
    }

    async fn things(&self, noun: Noun, listing: &Listing) -> Result<Vec<Resource>> {
        self.list_things(noun, listing).await
    }

    async fn thing(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        self.one_thing(noun, id).await
    }

    async fn delete_thing(&self, noun: Noun, id: &str) -> Result<bool> {
        self.remove_thing(noun, id).await
    }

    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        self.make_keypair(name, public_key).await
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
        self.disallow(group, rule).await
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        self.make_network(spec).await
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        self.take_address(pool).await
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        self.lead_address(&server.id, ip).await
    }

    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        self.free_address(ip).await
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
        self.snap_volume(id, name, meta).await
    }

    async fn attach_volume(&self, server: &str, volume: &str, device: Option<&str>) -> Result<()> {
        self.attach(server, volume, device).await
    }

    async fn detach_volume(&self, server: &str, volume: &str) -> Result<()> {
        self.ask(&super::ec2::volume::detach(server, volume)).await.map(drop)
    }
}
