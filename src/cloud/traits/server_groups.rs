//! Server groups: which servers are to be on one host, or on different ones.

use super::Account;
use crate::cloud::{Filter, Result, ServerGroup};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "server_groups",
    "server_groups(all_projects)",
    "server_group",
    "create_server_group",
    "delete(server_group)",
];

/// A cloud's server groups.
#[async_trait]
pub trait ServerGroups: Account {
    /// Every one that the listing lets through.
    async fn server_groups(&self, _listing: &Filter) -> Result<Vec<ServerGroup>> {
        Err(self.unsupported("server_groups"))
    }
    /// One by id; `None` where there is none of that id.
    async fn server_group(&self, _id: &str) -> Result<Option<ServerGroup>> {
        Err(self.unsupported("server_group"))
    }
    /// Make a group of this policy, in the provider's words.
    async fn create_server_group(&self, _name: &str, _policy: &str) -> Result<ServerGroup> {
        Err(self.unsupported("create_server_group"))
    }
    /// Delete a group; its servers stay. `false` where it was gone already.
    async fn delete_server_group(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(server_group)"))
    }
}
