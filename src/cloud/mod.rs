//! The neutral nouns, their errors, and the trait with one method an operation.
//!
//! Drivers fulfil [`Cloud`]; verbs call it. Nothing here knows HTTP, a provider or the scripting language.
//! Start at [`server`] for a noun, [`error`] for what can go wrong, [`wait`] for how polling goes.

pub mod described;
pub mod error;
pub mod filter;
pub mod flavor;
pub mod image;
pub mod json;
pub mod keypair;
pub mod nearest;
pub mod network;
pub mod ports;
pub mod resource;
pub mod security_group;
pub mod server;
pub mod time;
pub mod value;
pub mod volume;
pub mod wait;

pub use described::{Described, Kinded};
pub use error::{Error, Kind, Result};
pub use filter::Listing;
pub use flavor::Flavor;
pub use image::{Image, ImageFilter};
pub use keypair::Keypair;
pub use network::{Network, NetworkSpec, PublicIp, Router, RouterSpec, Subnet};
pub use resource::{Field, Noun, Resource};
pub use security_group::{Direction, Rule, SecurityGroup};
pub use server::{Accepted, Action, BootSpec, Server, ServerFilter, ServerUpdate};
pub use time::{Span, Time};
pub use value::{Secret, Ty, Value};
pub use volume::{Snapshot, Volume, VolumeSpec};

use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The key of rhain's own marker in a server's metadata; no part of what scripts see.
pub const MARKER: &str = "rhain:marker";

/// How a filter names things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameMatch {
    /// This name and no other.
    Exact(String),
    /// A pattern with `*`, `?` and `[…]`.
    Glob(String),
}

impl NameMatch {
    /// Whether a name fits; a pattern that is none fits nothing.
    pub fn fits(&self, name: &str) -> bool {
        match self {
            NameMatch::Exact(exact) => exact == name,
            NameMatch::Glob(glob) => {
                globset::Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(name))
            }
        }
    }
}

/// Which kind of API a cloud speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Provider {
    OpenStack,
    Aws,
    CloudStack,
}

impl Provider {
    /// The word in scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Provider::OpenStack => "openstack",
            Provider::Aws => "aws",
            Provider::CloudStack => "cloudstack",
        }
    }
}

/// Who the session is to the cloud.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// User name.
    pub user: Option<String>,
    /// Project name.
    pub project: Option<String>,
    /// Role names.
    pub roles: Vec<String>,
    /// When the token expires.
    pub expires: Option<Time>,
}

/// What became of a request that a cloud accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestState {
    /// The cloud keeps no trace that can be asked for.
    Unknown,
    /// Accepted, not finished.
    Running,
    /// Done.
    Finished,
    /// It went wrong, with the cloud's words.
    Failed(String),
}

/// What holds metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Holder {
    Server(String),
    Image(String),
    Volume(String),
    Snapshot(String),
}

impl Holder {
    /// The holder's id.
    pub fn id(&self) -> &str {
        match self {
            Holder::Server(id) | Holder::Image(id) | Holder::Volume(id) | Holder::Snapshot(id) => id,
        }
    }
}

/// One cloud, logged in when first needed. Every method gives `unsupported` where the provider cannot.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Its name in this session.
    fn name(&self) -> &Arc<str>;
    /// Which kind of API it speaks.
    fn provider(&self) -> Provider;
    /// Its region, where one is set.
    fn region(&self) -> Option<String>;

    /// Log in now, so that bad credentials show before anything else.
    async fn login(&self) -> Result<()> {
        Err(self.unsupported("login"))
    }
    /// Who the session is.
    async fn identity(&self) -> Result<Identity> {
        Err(self.unsupported("whoami"))
    }
    /// Service type to endpoint URL.
    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        Err(self.unsupported("catalog"))
    }
    /// Quota and usage by the language's names; `None` where unlimited or untold.
    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        Err(self.unsupported("limits"))
    }
    /// The names of the availability zones.
    async fn zones(&self) -> Result<Vec<String>> {
        Err(self.unsupported("zones"))
    }
    /// Whether a text has the shape of an id of this noun, so that it is looked up as one first, and as a name after.
    fn is_id(&self, _noun: Noun, _text: &str) -> bool {
        false
    }

    /// Any call of the provider's own REST API: service, method, path below the endpoint, body.
    async fn api(
        &self,
        service: &str,
        method: &str,
        _path: &str,
        _body: Option<&serde_json::Value>,
    ) -> Result<Value> {
        let _ = (service, method);
        Err(self.unsupported("api"))
    }

    /// Any call of the provider's own query API: service, action, parameters as nested maps and arrays.
    async fn query(&self, _service: &str, _action: &str, _params: &serde_json::Value) -> Result<Value> {
        Err(self.unsupported("api(service, action, params)"))
    }

    /// Every resource of a noun that a listing lets through, all pages. Servers, images and flavors have methods of
    /// their own, with more to sieve by.
    async fn list(&self, noun: Noun, listing: &Listing) -> Result<Vec<Resource>> {
        let resources: Vec<Resource> = match noun {
            Noun::Server => {
                let filter = ServerFilter {
                    name: listing.name.clone(),
                    status: listing.status.clone(),
                    meta: listing.meta.clone(),
                    limit: listing.limit,
                    ..ServerFilter::default()
                };
                self.servers(&filter).await?.into_iter().map(Resource::from).collect()
            }
            Noun::Image => {
                let filter = ImageFilter {
                    name: listing.name.clone(),
                    status: listing.status.clone(),
                    meta: listing.meta.clone(),
                    limit: listing.limit,
                    ..ImageFilter::default()
                };
                self.images(&filter).await?.into_iter().map(Resource::from).collect()
            }
            Noun::Flavor => {
                let flavors = self.flavors().await?.into_iter().map(Resource::from);
                let fits = flavors.filter(|flavor| listing.lets_through(flavor));
                fits.take(listing.limit.unwrap_or(usize::MAX)).collect()
            }
            _ => self.things(noun, listing).await?,
        };
        Ok(resources)
    }
    /// One resource by id; `None` where there is none of that id.
    async fn one(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        Ok(match noun {
            Noun::Server => self.server(id).await?.map(Resource::from),
            Noun::Image => self.image(id).await?.map(Resource::from),
            Noun::Flavor => self.flavor(id).await?.map(Resource::from),
            _ => self.thing(noun, id).await?,
        })
    }
    /// Delete a resource; `false` where it was gone already. `force` deletes at once what would be kept for a while.
    async fn remove(&self, noun: Noun, id: &str, force: bool) -> Result<bool> {
        match noun {
            Noun::Server => self.delete_server(id, force).await,
            Noun::Image => self.delete_image(id).await,
            _ => self.delete_thing(noun, id).await,
        }
    }
    /// [`Cloud::list`] of key pairs, volumes, snapshots, security groups, networks, subnets, routers and public IPs.
    async fn things(&self, noun: Noun, _listing: &Listing) -> Result<Vec<Resource>> {
        Err(self.unsupported(&format!("{}s", noun.word())))
    }
    /// [`Cloud::one`] of the same.
    async fn thing(&self, noun: Noun, _id: &str) -> Result<Option<Resource>> {
        Err(self.unsupported(noun.word()))
    }
    /// [`Cloud::remove`] of the same.
    async fn delete_thing(&self, noun: Noun, _id: &str) -> Result<bool> {
        Err(self.unsupported(&format!("delete({})", noun.word())))
    }

    /// Every server that the filter lets through, all pages.
    async fn servers(&self, _filter: &ServerFilter) -> Result<Vec<Server>> {
        Err(self.unsupported("servers"))
    }
    /// One server by id; `None` where there is none of that id.
    async fn server(&self, _id: &str) -> Result<Option<Server>> {
        Err(self.unsupported("server"))
    }
    /// Ask for servers: one request where the provider can, for `count` too. Gives them as first described.
    /// An unanswered request is looked up by its marker and never repeated; what cannot be resolved is an error with `maybe`.
    async fn boot(&self, _spec: &BootSpec) -> Result<Vec<Server>> {
        Err(self.unsupported("boot"))
    }
    /// Change what a server is called and described by.
    async fn update_server(&self, _id: &str, _update: &ServerUpdate) -> Result<()> {
        Err(self.unsupported("update"))
    }
    /// Ask for an action.
    async fn act(&self, _id: &str, action: &Action) -> Result<Accepted> {
        Err(self.unsupported(action.verb()))
    }
    /// Whether a resize of this server is done and still to be confirmed or reverted, where the cloud does it at once and only the
    /// run remembers the former flavor; `None` where the cloud itself shows it.
    fn remembers_resize(&self, _server: &str) -> Option<bool> {
        None
    }
    /// What became of an accepted request.
    async fn request_state(&self, _server: &str, _request: &str) -> Result<RequestState> {
        Ok(RequestState::Unknown)
    }
    /// Ask for an image of a server; gives the new image's id. Only `consistent` lets the server be stopped for it.
    async fn snapshot_server(
        &self,
        _id: &str,
        _name: &str,
        _meta: &BTreeMap<String, String>,
        _consistent: bool,
    ) -> Result<String> {
        Err(self.unsupported("snapshot"))
    }
    /// The last lines of the console, or all of it.
    async fn console_log(&self, _id: &str, _lines: Option<i64>) -> Result<String> {
        Err(self.unsupported("console_log"))
    }
    /// Where a person sees the console in a browser.
    async fn console_url(&self, _id: &str) -> Result<String> {
        Err(self.unsupported("console_url"))
    }
    /// Delete a server; `false` where it was gone already.
    async fn delete_server(&self, _id: &str, _force: bool) -> Result<bool> {
        Err(self.unsupported("delete"))
    }

    /// The metadata of a server, image, volume or snapshot.
    async fn meta(&self, _holder: &Holder) -> Result<BTreeMap<String, String>> {
        Err(self.unsupported("meta"))
    }
    /// Merge items into the metadata.
    async fn set_meta(&self, _holder: &Holder, _items: &BTreeMap<String, String>) -> Result<()> {
        Err(self.unsupported("set_meta"))
    }
    /// Make the metadata exactly this; rhain's own marker stays.
    async fn replace_meta(&self, _holder: &Holder, _items: &BTreeMap<String, String>) -> Result<()> {
        Err(self.unsupported("replace_meta"))
    }
    /// Delete one metadata item; a missing one is `not_found`.
    async fn delete_meta(&self, _holder: &Holder, _key: &str) -> Result<()> {
        Err(self.unsupported("delete_meta"))
    }

    /// Every image that the filter lets through.
    async fn images(&self, _filter: &ImageFilter) -> Result<Vec<Image>> {
        Err(self.unsupported("images"))
    }
    /// One image by id.
    async fn image(&self, _id: &str) -> Result<Option<Image>> {
        Err(self.unsupported("image"))
    }
    /// Delete an image; `false` where it was gone already.
    async fn delete_image(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete"))
    }

    /// Every flavor, smallest first (vcpus, memory, disk, name).
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        Err(self.unsupported("flavors"))
    }
    /// One flavor by id, also one that lists leave out (deleted, private).
    async fn flavor(&self, _id: &str) -> Result<Option<Flavor>> {
        Err(self.unsupported("flavor"))
    }

    /// Make a key pair, or take in the public half of one; a made one carries its private key.
    async fn create_keypair(&self, _name: &str, _public_key: Option<&str>) -> Result<Keypair> {
        Err(self.unsupported("create_keypair"))
    }

    /// Make a security group, in this network (an id) where clouds have one in a network.
    async fn create_security_group(
        &self,
        _name: &str,
        _description: &str,
        _network: Option<&str>,
    ) -> Result<SecurityGroup> {
        Err(self.unsupported("create_security_group"))
    }
    /// Let something through; what is allowed already is `conflict`.
    async fn authorize(&self, _group: &str, _rule: &Rule) -> Result<()> {
        Err(self.unsupported("authorize"))
    }
    /// No longer let something through; what is not allowed is `not_found`.
    async fn revoke(&self, _group: &str, _rule: &Rule) -> Result<()> {
        Err(self.unsupported("revoke"))
    }

    /// Make a network, with a subnet where a range is given.
    async fn create_network(&self, _spec: &NetworkSpec) -> Result<Network> {
        Err(self.unsupported("create_network"))
    }
    /// Make a router between networks.
    async fn create_router(&self, _spec: &RouterSpec) -> Result<Router> {
        Err(self.unsupported("create_router"))
    }
    /// Take a public address, from this pool where one is named.
    async fn allocate_ip(&self, _pool: Option<&str>) -> Result<PublicIp> {
        Err(self.unsupported("allocate_ip"))
    }
    /// Let a public address lead to a server; one that is elsewhere moves.
    async fn associate_ip(&self, _server: &Server, _ip: &PublicIp) -> Result<()> {
        Err(self.unsupported("associate_ip"))
    }
    /// Let a public address lead nowhere; one that is free already stays as it is.
    async fn disassociate_ip(&self, _ip: &PublicIp) -> Result<()> {
        Err(self.unsupported("disassociate_ip"))
    }

    /// Ask for a volume.
    async fn create_volume(&self, _spec: &VolumeSpec) -> Result<Volume> {
        Err(self.unsupported("create_volume"))
    }
    /// Ask for more room on a volume, GiB in all.
    async fn extend_volume(&self, _id: &str, _size: i64) -> Result<()> {
        Err(self.unsupported("extend"))
    }
    /// Ask for a snapshot of a volume, also of one in use.
    async fn snapshot_volume(
        &self,
        _id: &str,
        _name: &str,
        _meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        Err(self.unsupported("snapshot(volume)"))
    }
    /// Ask for a volume to be attached to a server, as this device where the cloud lets one choose.
    async fn attach_volume(&self, _server: &str, _volume: &str, _device: Option<&str>) -> Result<()> {
        Err(self.unsupported("attach"))
    }
    /// Ask for a volume to be detached from a server.
    async fn detach_volume(&self, _server: &str, _volume: &str) -> Result<()> {
        Err(self.unsupported("detach"))
    }

    /// The error for what this provider cannot do.
    fn unsupported(&self, operation: &str) -> Error {
        let mut error = Error::unsupported(self.provider().as_str(), operation);
        error.cloud = Some(self.name().to_string());
        error
    }
}
