//! Key pairs: what a person logs in to a server with.

use super::Account;
use crate::cloud::{Filter, Keypair, Result};
use async_trait::async_trait;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &["keypairs", "keypair", "create_keypair", "delete(keypair)"];

/// The user's key pairs.
#[async_trait]
pub trait Keypairs: Account {
    /// Every one that the listing lets through, all pages.
    async fn keypairs(&self, _listing: &Filter) -> Result<Vec<Keypair>> {
        Err(self.unsupported("keypairs"))
    }
    /// One by id, which is its name where the cloud gives it no other.
    async fn keypair(&self, _id: &str) -> Result<Option<Keypair>> {
        Err(self.unsupported("keypair"))
    }
    /// Make a key pair, or take in the public half of one; a made one carries its private key.
    async fn create_keypair(&self, _name: &str, _public_key: Option<&str>) -> Result<Keypair> {
        Err(self.unsupported("create_keypair"))
    }
    /// Delete a key pair; `false` where it was gone already.
    async fn delete_keypair(&self, _id: &str) -> Result<bool> {
        Err(self.unsupported("delete(keypair)"))
    }
}
