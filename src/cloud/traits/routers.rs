//! Routers between networks.

use super::Account;
use crate::cloud::{Filter, Result, Router, RouterSpec};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] =
    &["routers", "routers(all_projects)", "router", "create_router", "delete(router)"];

/// A cloud's routers.
#[async_trait]
pub trait Routers: Account {
    /// Every one that the listing lets through, all pages.
    async fn routers(&self, _listing: &Filter) -> Result<Vec<Router>> {
        Err(self.unsupported("routers"))
    }
    /// One by id; `None` where there is none of that id.
    async fn router(&self, _id: &str) -> Result<Option<Router>> {
        Err(self.unsupported("router"))
    }
    /// Make a router between networks.
    async fn create_router(&self, _spec: &RouterSpec) -> Result<Router> {
        Err(self.unsupported("create_router"))
    }
    /// Delete a router, with what joins it to subnets; `false` where it was gone already.
    async fn delete_router(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(router)"))
    }
}
