//! The neutral nouns, their errors, and the trait with one method an operation.
//!
//! Drivers fulfil [`Cloud`]; verbs call it. Nothing here knows HTTP, a provider or the scripting language.
//! Start at [`server`] for a noun, [`error`] for what can go wrong, [`wait`] for how polling goes.

pub mod error;
pub mod flavor;
pub mod host;
pub mod image;
pub mod json;
pub mod nearest;
pub mod resource;
pub mod server;
pub mod time;
pub mod value;
pub mod wait;

pub use error::{Error, Kind, Result};
pub use flavor::Flavor;
pub use image::{Image, ImageFilter};
pub use resource::{Field, Noun, Resource};
pub use server::{Accepted, Action, BootSpec, Server, ServerFilter, ServerUpdate};
pub use time::{Span, Time};
pub use value::{Secret, Ty, Value};

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
    /// Any call of the provider's own API: service, method, path below the endpoint, body.
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
    /// What became of an accepted request.
    async fn request_state(&self, _server: &str, _request: &str) -> Result<RequestState> {
        Ok(RequestState::Unknown)
    }
    /// Ask for an image of a server; gives the new image's id.
    async fn snapshot_server(
        &self,
        _id: &str,
        _name: &str,
        _meta: &BTreeMap<String, String>,
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

    /// The metadata of a server or image.
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

    /// The error for what this provider cannot do.
    fn unsupported(&self, operation: &str) -> Error {
        let mut error = Error::unsupported(self.provider().as_str(), operation);
        error.cloud = Some(self.name().to_string());
        error
    }
}
