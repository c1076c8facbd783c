//! Networks that servers are on.

use super::Account;
use crate::cloud::{Filter, Network, NetworkSpec, Result};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "networks",
    "networks(all_projects)",
    "network",
    "create_network",
    "create_network(provider)",
    "delete(network)",
];

/// A cloud's networks.
#[async_trait]
pub trait Networks: Account {
    /// Every one that the listing lets through, all pages.
    async fn networks(&self, _listing: &Filter) -> Result<Vec<Network>> {
        Err(self.unsupported("networks"))
    }
    /// One by id; `None` where there is none of that id.
    async fn network(&self, _id: &str) -> Result<Option<Network>> {
        Err(self.unsupported("network"))
    }
    /// Make a network, with a subnet where a range is given.
    async fn create_network(&self, _spec: &NetworkSpec) -> Result<Network> {
        Err(self.unsupported("create_network"))
    }
    /// Delete a network; `false` where it was gone already.
    async fn delete_network(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(network)"))
    }
}
