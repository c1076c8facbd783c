//! A resource: any of the nouns, with what all of them have. A noun's fields are declared in its own file.

use super::described::{Described, Kinded};
use super::flavor::Flavor;
use super::image::Image;
use super::keypair::Keypair;
use super::network::{Network, PublicIp, Router, Subnet};
use super::security_group::SecurityGroup;
use super::server::Server;
use super::value::{Ty, Value};
use super::volume::{Snapshot, Volume};
use std::sync::Arc;

/// What kind of thing a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Noun {
    Server,
    Image,
    Flavor,
    Keypair,
    Volume,
    Snapshot,
    SecurityGroup,
    Network,
    Subnet,
    Router,
    PublicIp,
}

/// The words of a noun.
struct Words {
    word: &'static str,
    spoken: &'static str,
    with_article: &'static str,
    type_name: &'static str,
}

impl Noun {
    /// Every noun.
    pub const ALL: [Noun; 11] = [
        Noun::Server,
        Noun::Image,
        Noun::Flavor,
        Noun::Keypair,
        Noun::Volume,
        Noun::Snapshot,
        Noun::SecurityGroup,
        Noun::Network,
        Noun::Subnet,
        Noun::Router,
        Noun::PublicIp,
    ];

    const fn words(self) -> Words {
        let (word, spoken, with_article, type_name) = match self {
            Noun::Server => ("server", "server", "a server", "Server"),
            Noun::Image => ("image", "image", "an image", "Image"),
            Noun::Flavor => ("flavor", "flavor", "a flavor", "Flavor"),
            Noun::Keypair => ("keypair", "keypair", "a keypair", "Keypair"),
            Noun::Volume => ("volume", "volume", "a volume", "Volume"),
            Noun::Snapshot => ("snapshot", "snapshot", "a snapshot", "Snapshot"),
            Noun::SecurityGroup => ("security_group", "security group", "a security group", "SecurityGroup"),
            Noun::Network => ("network", "network", "a network", "Network"),
            Noun::Subnet => ("subnet", "subnet", "a subnet", "Subnet"),
            Noun::Router => ("router", "router", "a router", "Router"),
            Noun::PublicIp => ("public_ip", "public IP", "a public IP", "PublicIp"),
        };
        Words { word, spoken, with_article, type_name }
    }

    /// The verb that reads one of it: `security_group`. With an `s` it lists them.
    pub const fn word(self) -> &'static str {
        self.words().word
    }

    /// The word in messages: "security group".
    pub const fn as_str(self) -> &'static str {
        self.words().spoken
    }

    /// The type's name in the manual.
    pub const fn type_name(self) -> &'static str {
        self.words().type_name
    }

    /// With its article: "a server".
    pub const fn with_article(self) -> &'static str {
        self.words().with_article
    }

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
        }
    }
}

/// A field of a noun, declared once: the language reads it, the manual shows it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// What it holds, with units.
    pub summary: &'static str,
    /// Whether a table without chosen columns shows it.
    pub shown: bool,
}

impl Field {
    /// A field that tables leave out unless asked.
    pub const fn new(name: &'static str, ty: Ty, summary: &'static str) -> Field {
        Field { name, ty, summary, shown: false }
    }

    /// A field that tables show.
    pub const fn shown(name: &'static str, ty: Ty, summary: &'static str) -> Field {
        Field { name, ty, summary, shown: true }
    }
}

/// Any resource. Cheap to clone; a changed one is a new value.
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

    /// As it was read again now: what only an earlier answer told (a password, a private key) stays.
    pub fn renewed(self, now: Resource) -> Resource {
        match (self, now) {
            (Resource::Server(old), Resource::Server(new)) if new.admin_pass.is_none() => {
                let admin_pass = old.admin_pass.clone();
                Resource::Server(Arc::new(Server { admin_pass, ..Arc::unwrap_or_clone(new) }))
            }
            (Resource::Keypair(old), Resource::Keypair(new)) if new.private_key.is_none() => {
                let private_key = old.private_key.clone();
                Resource::Keypair(Arc::new(Keypair { private_key, ..Arc::unwrap_or_clone(new) }))
            }
            (_, new) => new,
        }
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.noun() == other.noun() && self.id() == other.id() && self.cloud() == other.cloud()
    }
}

impl From<Resource> for Value {
    fn from(resource: Resource) -> Value {
        Value::Resource(resource)
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

// A noun's own struct is a value through the resource it is.
impl<T> From<T> for Value
where
    T: Described,
    Resource: From<T>,
{
    fn from(thing: T) -> Value {
        Value::Resource(Resource::from(thing))
    }
}
