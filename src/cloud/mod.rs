//! The neutral nouns, their errors, and the traits with one method an operation.
//!
//! Drivers fulfil [`Cloud`] and its [`traits`]; verbs call them. Nothing here knows HTTP, a provider or the scripting language.
//! Start at [`server`] for a noun, [`error`] for what can go wrong, [`wait`] for how polling goes.

pub mod action;
pub mod backup;
pub mod call_scope;
pub mod daemon;
pub mod described;
pub mod double;
pub mod error;
pub mod filter;
pub mod flavor;
pub mod handle;
pub mod image;
pub mod json;
pub mod keypair;
pub mod members;
pub mod nearest;
pub mod network;
pub mod operation;
pub mod overlay;
pub mod port;
pub mod ports;
pub mod provider;
pub mod region;
pub mod resource;
pub mod rest;
pub mod security_group;
pub mod server;
pub mod server_group;
pub mod server_words;
pub mod simulation;
pub mod stack;
pub mod stored;
pub mod tags;
pub mod time;
pub mod traits;
pub mod ty;
pub mod update;
pub mod value;
pub mod volume;
pub mod wait;

pub use action::{Accepted, Action};
pub use backup::Backup;
pub use daemon::Daemon;
pub use described::{Described, Kinded};
pub use double::Double;
pub use error::{Error, Kind, Result};
pub use filter::Filter;
pub use flavor::Flavor;
pub use handle::Handle;
pub use image::{Image, ImageSpec, SavedImage};
pub use keypair::Keypair;
pub use network::{Network, NetworkSpec, PublicIp, Router, RouterSpec, Subnet};
pub use operation::Operation;
pub use port::{NameUpdate, Port, PortSpec};
pub use provider::{Provider, Providers};
pub use resource::Resource;
pub use rest::RestCall;
pub use security_group::{Direction, Rule, SecurityGroup};
pub use server::{BootSpec, Server, ServerUpdate};
pub use server_group::ServerGroup;
pub use stack::{
    EnvironmentSource, ReadFile, Stack, StackAccepted, StackAction, StackChange, StackDeletion, StackEvent,
    StackFailure, StackNews, StackResource, StackSpec, StackTags, StackTrack, TemplateReport, TemplateSource,
};
pub use tags::TagChange;
pub use time::{Span, Time};
pub use traits::{
    Account, Backups, Ec2Credential, Ec2Credentials, Flavors, Images, Keypairs, Metadata, Networks,
    OPERATIONS, Ports, PublicIps, Routers, SecurityGroups, ServerGroups, Servers, Snapshots, Stacks, Subnets,
    Updates, Volumes, update_of,
};
pub use ty::{Field, Noun, Ty};
pub use value::{Secret, Value};
pub use volume::{Snapshot, Volume, VolumeSpec};

use async_trait::async_trait;

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
            NameMatch::Glob(pattern) => crate::base::glob::fits(pattern, name),
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
    /// Nothing of it can be seen, now or later.
    Traceless,
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

/// One cloud: all that its nouns can do, and what goes for any noun. Every operation gives `unsupported` where the provider cannot.
#[async_trait]
pub trait Cloud:
    Account
    + Servers
    + Metadata
    + Updates
    + Images
    + Flavors
    + Keypairs
    + SecurityGroups
    + Networks
    + Subnets
    + Routers
    + PublicIps
    + Ports
    + ServerGroups
    + Volumes
    + Snapshots
    + Backups
    + Stacks
    + Ec2Credentials
{
    /// Every resource of a noun that a filter matches, all pages.
    async fn list(&self, noun: Noun, filter: &Filter) -> Result<Vec<Resource>> {
        Ok(match noun {
            Noun::Server => resources(self.servers(filter).await?),
            Noun::Image => resources(self.images(filter).await?),
            Noun::Flavor => {
                let flavors = self.flavors().await?.into_iter();
                let fits = flavors.filter(|flavor| filter.matches(flavor));
                fits.take(filter.limit.unwrap_or(usize::MAX)).map(Resource::from).collect()
            }
            Noun::Keypair => resources(self.keypairs(filter).await?),
            Noun::Volume => resources(self.volumes(filter).await?),
            Noun::Snapshot => resources(self.snapshots(filter).await?),
            Noun::SecurityGroup => resources(self.security_groups(filter).await?),
            Noun::Network => resources(self.networks(filter).await?),
            Noun::Subnet => resources(self.subnets(filter).await?),
            Noun::Router => resources(self.routers(filter).await?),
            Noun::PublicIp => resources(self.public_ips(filter).await?),
            Noun::Port => resources(self.ports(filter).await?),
            Noun::ServerGroup => resources(self.server_groups(filter).await?),
            Noun::Backup => resources(self.backups(filter).await?),
            Noun::Stack => resources(self.stacks(filter).await?),
        })
    }
    /// One resource by id; `None` where there is none of that id.
    async fn one(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        Ok(match noun {
            Noun::Server => self.server(id).await?.map(Resource::from),
            Noun::Image => self.image(id).await?.map(Resource::from),
            Noun::Flavor => self.flavor(id).await?.map(Resource::from),
            Noun::Keypair => self.keypair(id).await?.map(Resource::from),
            Noun::Volume => self.volume(id).await?.map(Resource::from),
            Noun::Snapshot => self.snapshot(id).await?.map(Resource::from),
            Noun::SecurityGroup => self.security_group(id).await?.map(Resource::from),
            Noun::Network => self.network(id).await?.map(Resource::from),
            Noun::Subnet => self.subnet(id).await?.map(Resource::from),
            Noun::Router => self.router(id).await?.map(Resource::from),
            Noun::PublicIp => self.public_ip(id).await?.map(Resource::from),
            Noun::Port => self.port(id).await?.map(Resource::from),
            Noun::ServerGroup => self.server_group(id).await?.map(Resource::from),
            Noun::Backup => self.backup(id).await?.map(Resource::from),
            Noun::Stack => self.stack(id).await?.map(Resource::from),
        })
    }
    /// Delete a resource; `false` where it was gone already. `force` deletes at once what would be kept for a while.
    async fn delete(&self, noun: Noun, id: &str, force: bool) -> Result<bool> {
        match noun {
            Noun::Server => self.delete_server(id, force).await,
            Noun::Image => self.delete_image(id).await,
            Noun::Flavor => Err(self.unsupported("delete(flavor)")),
            Noun::Keypair => self.delete_keypair(id).await,
            Noun::Volume => self.delete_volume(id).await,
            Noun::Snapshot => self.delete_snapshot(id).await,
            Noun::SecurityGroup => self.delete_security_group(id).await,
            Noun::Network => self.delete_network(id).await,
            Noun::Subnet => self.delete_subnet(id).await,
            Noun::Router => self.delete_router(id).await,
            Noun::PublicIp => self.release_ip(id).await,
            Noun::Port => self.delete_port(id).await,
            Noun::ServerGroup => self.delete_server_group(id).await,
            Noun::Backup => self.delete_backup(id).await,
            Noun::Stack => {
                let deletion = StackDeletion { force, ..StackDeletion::default() };
                Ok(self.delete_stack(id, &deletion).await?.is_some())
            }
        }
    }
}

fn resources<T>(things: Vec<T>) -> Vec<Resource>
where
    Resource: From<T>,
{
    things.into_iter().map(Resource::from).collect()
}
