//! Ports: places in a network with an address and rules of their own.

use super::Account;
use crate::cloud::port::NameUpdate;
use crate::cloud::{Filter, Port, PortSpec, Result};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "ports",
    "ports(all_projects)",
    "port",
    "create_port",
    "create_port(allowed_address_pairs)",
    "create_port(provider)",
    "update(port)",
    "delete(port)",
];

/// A cloud's ports.
#[async_trait]
pub trait Ports: Account {
    /// Every one that the listing lets through, all pages.
    async fn ports(&self, _listing: &Filter) -> Result<Vec<Port>> {
        Err(self.unsupported("ports"))
    }
    /// One by id; `None` where there is none of that id.
    async fn port(&self, _id: &str) -> Result<Option<Port>> {
        Err(self.unsupported("port"))
    }
    /// Make a port that no server has yet.
    async fn create_port(&self, _spec: &PortSpec) -> Result<Port> {
        Err(self.unsupported("create_port"))
    }
    /// Change what a port is called and described by.
    async fn update_port(&self, _id: &str, _update: &NameUpdate) -> Result<()> {
        Err(self.unsupported("update(port)"))
    }
    /// Delete a port; `false` where it was gone already.
    async fn delete_port(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(port)"))
    }
}
