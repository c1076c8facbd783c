//! A resource: any of the nouns, with what all of them have. A noun's fields are declared in its own file.

use super::flavor::Flavor;
use super::image::Image;
use super::server::Server;
use super::value::{Ty, Value};
use std::sync::Arc;

/// What kind of thing a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Noun {
    Server,
    Image,
    Flavor,
    Network,
    Keypair,
    SecurityGroup,
}

impl Noun {
    /// Every noun.
    pub const ALL: [Noun; 6] =
        [Noun::Server, Noun::Image, Noun::Flavor, Noun::Network, Noun::Keypair, Noun::SecurityGroup];

    /// The word in scripts and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Noun::Server => "server",
            Noun::Image => "image",
            Noun::Flavor => "flavor",
            Noun::Network => "network",
            Noun::Keypair => "keypair",
            Noun::SecurityGroup => "security group",
        }
    }

    /// The type's name in the manual.
    pub fn type_name(self) -> &'static str {
        match self {
            Noun::Server => "Server",
            Noun::Image => "Image",
            Noun::Flavor => "Flavor",
            Noun::Network => "Network",
            Noun::Keypair => "Keypair",
            Noun::SecurityGroup => "SecurityGroup",
        }
    }

    /// With its article: "a server".
    pub fn with_article(self) -> &'static str {
        match self {
            Noun::Server => "a server",
            Noun::Image => "an image",
            Noun::Flavor => "a flavor",
            Noun::Network => "a network",
            Noun::Keypair => "a keypair",
            Noun::SecurityGroup => "a security group",
        }
    }

    /// The noun's fields, in the order tables show them.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Noun::Server => Server::FIELDS,
            Noun::Image => Image::FIELDS,
            Noun::Flavor => Flavor::FIELDS,
            Noun::Network | Noun::Keypair | Noun::SecurityGroup => &[],
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
}

impl Resource {
    /// What kind of thing it is.
    pub fn noun(&self) -> Noun {
        match self {
            Resource::Server(_) => Noun::Server,
            Resource::Image(_) => Noun::Image,
            Resource::Flavor(_) => Noun::Flavor,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Resource::Server(server) => &server.id,
            Resource::Image(image) => &image.id,
            Resource::Flavor(flavor) => &flavor.id,
        }
    }

    /// Its name; an unnamed one's id.
    pub fn name(&self) -> &str {
        let name = match self {
            Resource::Server(server) => &server.name,
            Resource::Image(image) => &image.name,
            Resource::Flavor(flavor) => &flavor.name,
        };
        if name.is_empty() { self.id() } else { name }
    }

    /// Its status; empty for what has none.
    pub fn status(&self) -> &str {
        match self {
            Resource::Server(server) => &server.status,
            Resource::Image(image) => &image.status,
            Resource::Flavor(_) => "",
        }
    }

    /// The name of the cloud it lives in.
    pub fn cloud(&self) -> &Arc<str> {
        match self {
            Resource::Server(server) => &server.cloud,
            Resource::Image(image) => &image.cloud,
            Resource::Flavor(flavor) => &flavor.cloud,
        }
    }

    /// A field's value by its declared name; `None` for a field this noun does not have.
    pub fn field(&self, name: &str) -> Option<Value> {
        match self {
            Resource::Server(server) => server.field(name),
            Resource::Image(image) => image.field(name),
            Resource::Flavor(flavor) => flavor.field(name),
        }
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.noun() == other.noun() && self.id() == other.id() && self.cloud() == other.cloud()
    }
}

impl From<Server> for Value {
    fn from(server: Server) -> Value {
        Value::Resource(Resource::Server(Arc::new(server)))
    }
}

impl From<Image> for Value {
    fn from(image: Image) -> Value {
        Value::Resource(Resource::Image(Arc::new(image)))
    }
}

impl From<Flavor> for Value {
    fn from(flavor: Flavor) -> Value {
        Value::Resource(Resource::Flavor(Arc::new(flavor)))
    }
}
