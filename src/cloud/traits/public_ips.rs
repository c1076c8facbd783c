//! Public addresses that can be assigned to servers.

use super::Account;
use crate::cloud::{Filter, Port, PublicIp, Result, Server};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "public_ips",
    "public_ips(all_projects)",
    "public_ip",
    "allocate_ip",
    "associate_ip",
    "associate_ip(port)",
    "associate_ip(provider)",
    "disassociate_ip",
    "release_ip",
];

/// The project's public addresses.
#[async_trait]
pub trait PublicIps: Account {
    /// Every one that the listing lets through, all pages.
    async fn public_ips(&self, _listing: &Filter) -> Result<Vec<PublicIp>> {
        Err(self.unsupported("public_ips"))
    }
    /// One by id; `None` where there is none of that id.
    async fn public_ip(&self, _id: &str) -> Result<Option<PublicIp>> {
        Err(self.unsupported("public_ip"))
    }
    /// Take a public address, from this pool where one is named.
    async fn allocate_ip(&self, _pool: Option<&str>) -> Result<PublicIp> {
        Err(self.unsupported("allocate_ip"))
    }
    /// Assign a public address to a server, moving it if it is assigned elsewhere.
    async fn associate_ip(&self, _server: &Server, _ip: &PublicIp) -> Result<()> {
        Err(self.unsupported("associate_ip"))
    }
    /// Assign a public address to a port, moving it if it is assigned elsewhere.
    async fn associate_port(&self, _port: &Port, _ip: &PublicIp) -> Result<()> {
        Err(self.unsupported("associate_ip(port)"))
    }
    /// Let ports of a public address lead to a server, as the provider's own request says it; other ports stay as they are.
    async fn forward_ip(&self, _server: &Server, _ip: &PublicIp, _request: &serde_json::Value) -> Result<()> {
        Err(self.unsupported("associate_ip(provider)"))
    }
    /// Unassign a public address; one that is free already stays as it is.
    async fn disassociate_ip(&self, _ip: &PublicIp) -> Result<()> {
        Err(self.unsupported("disassociate_ip"))
    }
    /// Give a public address back; `false` where it was gone already.
    async fn release_ip(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("release_ip"))
    }
}
