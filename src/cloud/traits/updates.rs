//! What resources are called and described by, where that can be changed.

use super::Account;
use crate::cloud::update::Update;
use crate::cloud::{Noun, Result};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "update(image)",
    "update(security_group)",
    "update(network)",
    "update(subnet)",
    "update(router)",
    "update(public_ip)",
    "update(volume)",
    "update(snapshot)",
    "update(backup)",
];

/// The operation of a noun's update.
pub const fn update_of(noun: Noun) -> &'static str {
    match noun {
        Noun::Server => "update",
        Noun::Image => "update(image)",
        Noun::Port => "update(port)",
        Noun::SecurityGroup => "update(security_group)",
        Noun::Network => "update(network)",
        Noun::Subnet => "update(subnet)",
        Noun::Router => "update(router)",
        Noun::PublicIp => "update(public_ip)",
        Noun::Volume => "update(volume)",
        Noun::Snapshot => "update(snapshot)",
        Noun::Backup => "update(backup)",
        Noun::Flavor | Noun::Keypair | Noun::ServerGroup | Noun::Stack => "update",
    }
}

/// A cloud that changes names and descriptions. Servers and ports have updates of their own.
#[async_trait]
pub trait Updates: Account {
    /// Change what a resource of this noun is called and described by.
    async fn update(&self, noun: Noun, _id: &str, _update: &Update) -> Result<()> {
        Err(self.unsupported(update_of(noun)))
    }
}
