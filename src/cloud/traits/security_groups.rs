//! Security groups, and the rules in them.

use super::Account;
use crate::cloud::{Filter, Result, Rule, SecurityGroup};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "security_groups",
    "security_groups(all_projects)",
    "security_group",
    "create_security_group",
    "authorize",
    "authorize(prefix_list)",
    "revoke",
    "delete(security_group)",
];

/// A cloud's security groups.
#[async_trait]
pub trait SecurityGroups: Account {
    /// Every one that the listing lets through, all pages.
    async fn security_groups(&self, _listing: &Filter) -> Result<Vec<SecurityGroup>> {
        Err(self.unsupported("security_groups"))
    }
    /// One by id; `None` where there is none of that id.
    async fn security_group(&self, _id: &str) -> Result<Option<SecurityGroup>> {
        Err(self.unsupported("security_group"))
    }
    /// Make a security group, in this network (an id) where clouds have one in a network.
    async fn create_security_group(
        &self,
        _name: &str,
        _description: &str,
        _network: Option<&str>,
    ) -> Result<SecurityGroup> {
        Err(self.unsupported("create_security_group"))
    }
    /// Let something through; what is allowed already is `conflict`.
    async fn authorize(&self, _group: &str, _rule: &Rule) -> Result<()> {
        Err(self.unsupported("authorize"))
    }
    /// No longer let something through; what is not allowed is `not_found`.
    async fn revoke(&self, _group: &str, _rule: &Rule) -> Result<()> {
        Err(self.unsupported("revoke"))
    }
    /// Delete a security group; `false` where it was gone already.
    async fn delete_security_group(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(security_group)"))
    }
}
