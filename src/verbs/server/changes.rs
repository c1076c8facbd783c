//! What `rename` and `update` change, by noun.

use crate::cloud::traits::update_of;
use crate::cloud::update::Update;
use crate::cloud::{Accepted, NameUpdate, Noun, Resource, Result, ServerUpdate, Value};
use crate::verbs::call::Call;
use crate::verbs::run::{again, reread};

/// What can be updated; all but the last have a name of their own.
pub(super) const UPDATED: [Noun; 11] = [
    Noun::Server,
    Noun::Image,
    Noun::Volume,
    Noun::Snapshot,
    Noun::Backup,
    Noun::Network,
    Noun::Subnet,
    Noun::Router,
    Noun::Port,
    Noun::SecurityGroup,
    Noun::PublicIp,
];

/// What can be renamed.
pub(super) const RENAMED: &[Noun] = match &UPDATED {
    [named @ .., _] => named,
};

/// The operations of which a cloud needs one.
pub(super) const MADE_OF: [&str; UPDATED.len()] = {
    let mut all = [""; UPDATED.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = update_of(UPDATED[at]);
        at += 1;
    }
    all
};

/// What is changed of a resource.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) access_ipv4: Option<String>,
    pub(super) access_ipv6: Option<String>,
    pub(super) of_image: Update,
}

/// The keys that a noun takes.
pub(super) fn keys(noun: Noun) -> &'static [&'static str] {
    match noun {
        Noun::Server => &["name", "description", "access_ipv4", "access_ipv6"],
        Noun::Image => &["name", "visibility", "protected", "min_disk", "min_ram"],
        Noun::PublicIp => &["description"],
        _ => &["name", "description"],
    }
}

/// Change what the call is about, and give it as the cloud then describes it.
pub(super) async fn apply(call: &Call, resource: Resource, subject: &str, changes: Changes) -> Result<Value> {
    let cloud = call.host.clouds.get(Some(resource.cloud()))?;
    let Changes { name, description, access_ipv4, access_ipv6, of_image } = changes;
    match resource {
        Resource::Server(server) => {
            let update = ServerUpdate { name, description, access_ipv4, access_ipv6 };
            cloud.update_server(&server.id, &update).await?;
            let server = std::sync::Arc::unwrap_or_clone(server);
            return Ok(again(call, &cloud, server, Accepted::default()).await?.into());
        }
        Resource::Port(_) => {
            cloud.update_port(resource.id(), &NameUpdate { name, description }).await?;
        }
        _ => {
            let update = Update { name, description, ..of_image };
            cloud.update(resource.noun(), resource.id(), &update).await?;
        }
    }
    reread(call, &cloud, resource, subject).await
}
