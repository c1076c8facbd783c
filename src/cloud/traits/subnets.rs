//! Subnets: the address ranges of networks. They are made with their network.

use super::Account;
use crate::cloud::{Filter, Result, Subnet};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &["subnets", "subnets(all_projects)", "subnet", "delete(subnet)"];

/// A cloud's subnets.
#[async_trait]
pub trait Subnets: Account {
    /// Every one that the listing lets through, all pages.
    async fn subnets(&self, _listing: &Filter) -> Result<Vec<Subnet>> {
        Err(self.unsupported("subnets"))
    }
    /// One by id; `None` where there is none of that id.
    async fn subnet(&self, _id: &str) -> Result<Option<Subnet>> {
        Err(self.unsupported("subnet"))
    }
    /// Delete a subnet; `false` where it was gone already.
    async fn delete_subnet(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(subnet)"))
    }
}
