//! A resource: any of the nouns, with what all of them have. A noun's fields are declared in its own file.

use super::backup::Backup;
use super::described::{Described, Kinded};
use super::flavor::Flavor;
use super::handle::Handle;
use super::image::Image;
use super::keypair::Keypair;
use super::network::{Network, PublicIp, Router, Subnet};
use super::port::Port;
use super::security_group::SecurityGroup;
use super::server::Server;
use super::server_group::ServerGroup;
use super::stack::Stack;
use super::ty::{Field, Noun};
use super::value::Value;
use super::volume::{Snapshot, Volume};
use std::sync::Arc;

impl Noun {
    /// The noun's fields, in the order tables show them.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Noun::Server => Server::FIELDS,
            Noun::Image => Image::FIELDS,
            Noun::Flavor => Flavor::FIELDS,
            Noun::Keypair => Keypair::FIELDS,
            Noun::Volume => Volume::FIELDS,
            Noun::Snapshot => Snapshot::FIELDS,
            Noun::SecurityGroup => SecurityGroup::FIELDS,
            Noun::Network => Network::FIELDS,
            Noun::Subnet => Subnet::FIELDS,
            Noun::Router => Router::FIELDS,
            Noun::PublicIp => PublicIp::FIELDS,
            Noun::Port => Port::FIELDS,
            Noun::ServerGroup => ServerGroup::FIELDS,
            Noun::Backup => Backup::FIELDS,
            Noun::Stack => Stack::FIELDS,
        }
    }
}

/// A description of any resource. Cheap to clone; what scripts hold is a [`Handle`] with the latest one.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Resource {
    Server(Arc<Server>),
    Image(Arc<Image>),
    Flavor(Arc<Flavor>),
    Keypair(Arc<Keypair>),
    Volume(Arc<Volume>),
    Snapshot(Arc<Snapshot>),
    SecurityGroup(Arc<SecurityGroup>),
    Network(Arc<Network>),
    Subnet(Arc<Subnet>),
    Router(Arc<Router>),
    PublicIp(Arc<PublicIp>),
    Port(Arc<Port>),
    ServerGroup(Arc<ServerGroup>),
    Backup(Arc<Backup>),
    Stack(Arc<Stack>),
}

impl Resource {
    /// The thing itself, whatever its noun.
    pub fn described(&self) -> &dyn Described {
        match self {
            Resource::Server(server) => &**server,
            Resource::Image(image) => &**image,
            Resource::Flavor(flavor) => &**flavor,
            Resource::Keypair(keypair) => &**keypair,
            Resource::Volume(volume) => &**volume,
            Resource::Snapshot(snapshot) => &**snapshot,
            Resource::SecurityGroup(group) => &**group,
            Resource::Network(network) => &**network,
            Resource::Subnet(subnet) => &**subnet,
            Resource::Router(router) => &**router,
            Resource::PublicIp(ip) => &**ip,
            Resource::Port(port) => &**port,
            Resource::ServerGroup(group) => &**group,
            Resource::Backup(backup) => &**backup,
            Resource::Stack(stack) => &**stack,
        }
    }

    /// What kind of thing it is.
    pub fn noun(&self) -> Noun {
        self.described().noun()
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.described().id()
    }

    /// Its name; an unnamed one's id.
    pub fn name(&self) -> &str {
        match self.described().name() {
            "" => self.id(),
            name => name,
        }
    }

    /// Its status; empty for what has none.
    pub fn status(&self) -> &str {
        self.described().status()
    }

    /// The name of the cloud it lives in.
    pub fn cloud(&self) -> &Arc<str> {
        self.described().cloud()
    }

    /// A field's value by its declared name; `None` for a field this noun does not have.
    pub fn field(&self, name: &str) -> Option<Value> {
        self.described().field(name)
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.noun() == other.noun() && self.id() == other.id() && self.cloud() == other.cloud()
    }
}

impl From<Resource> for Value {
    fn from(resource: Resource) -> Value {
        Value::Resource(Handle::new(resource))
    }
}

impl From<Server> for Resource {
    fn from(server: Server) -> Resource {
        Resource::Server(Arc::new(server))
    }
}

impl From<Image> for Resource {
    fn from(image: Image) -> Resource {
        Resource::Image(Arc::new(image))
    }
}

impl From<Flavor> for Resource {
    fn from(flavor: Flavor) -> Resource {
        Resource::Flavor(Arc::new(flavor))
    }
}

impl From<Keypair> for Resource {
    fn from(keypair: Keypair) -> Resource {
        Resource::Keypair(Arc::new(keypair))
    }
}

impl From<Volume> for Resource {
    fn from(volume: Volume) -> Resource {
        Resource::Volume(Arc::new(volume))
    }
}

impl From<Snapshot> for Resource {
    fn from(snapshot: Snapshot) -> Resource {
        Resource::Snapshot(Arc::new(snapshot))
    }
}

impl From<SecurityGroup> for Resource {
    fn from(group: SecurityGroup) -> Resource {
        Resource::SecurityGroup(Arc::new(group))
    }
}

impl From<Network> for Resource {
    fn from(network: Network) -> Resource {
        Resource::Network(Arc::new(network))
    }
}

impl From<Subnet> for Resource {
    fn from(subnet: Subnet) -> Resource {
        Resource::Subnet(Arc::new(subnet))
    }
}

impl From<Router> for Resource {
    fn from(router: Router) -> Resource {
        Resource::Router(Arc::new(router))
    }
}

impl From<PublicIp> for Resource {
    fn from(ip: PublicIp) -> Resource {
        Resource::PublicIp(Arc::new(ip))
    }
}

impl From<Port> for Resource {
    fn from(port: Port) -> Resource {
        Resource::Port(Arc::new(port))
    }
}

impl From<ServerGroup> for Resource {
    fn from(group: ServerGroup) -> Resource {
        Resource::ServerGroup(Arc::new(group))
    }
}

impl From<Backup> for Resource {
    fn from(backup: Backup) -> Resource {
        Resource::Backup(Arc::new(backup))
    }
}

impl From<Stack> for Resource {
    fn from(stack: Stack) -> Resource {
        Resource::Stack(Arc::new(stack))
    }
}

impl Kinded for Server {
    const NOUN: Noun = Noun::Server;
}

impl Kinded for Image {
    const NOUN: Noun = Noun::Image;
}

impl Kinded for Flavor {
    const NOUN: Noun = Noun::Flavor;
}

impl Kinded for Keypair {
    const NOUN: Noun = Noun::Keypair;
}

impl Kinded for Volume {
    const NOUN: Noun = Noun::Volume;
}

impl Kinded for Snapshot {
    const NOUN: Noun = Noun::Snapshot;
}

impl Kinded for SecurityGroup {
    const NOUN: Noun = Noun::SecurityGroup;
}

impl Kinded for Network {
    const NOUN: Noun = Noun::Network;
}

impl Kinded for Subnet {
    const NOUN: Noun = Noun::Subnet;
}

impl Kinded for Router {
    const NOUN: Noun = Noun::Router;
}

impl Kinded for PublicIp {
    const NOUN: Noun = Noun::PublicIp;
}

impl Kinded for Port {
    const NOUN: Noun = Noun::Port;
}

impl Kinded for ServerGroup {
    const NOUN: Noun = Noun::ServerGroup;
}

impl Kinded for Backup {
    const NOUN: Noun = Noun::Backup;
}

impl Kinded for Stack {
    const NOUN: Noun = Noun::Stack;
}

// A noun's own struct is a value through the resource it is.
impl<T> From<T> for Value
where
    T: Described,
    Resource: From<T>,
{
    fn from(thing: T) -> Value {
        Value::from(Resource::from(thing))
    }
}
