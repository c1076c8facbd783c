//! Key pairs, which old servers know by name alone.

use super::Aws;
use super::ec2::key;
use crate::cloud::{Keypair, Keypairs, Listing, Noun, Result};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Keypairs for Aws {
    async fn keypairs(&self, listing: &Listing) -> Result<Vec<Keypair>> {
        let decode = |body: &Json| key::decode(body, self.session.name());
        self.gather(key::page(listing.name.as_ref()), "keySet", listing, decode).await
    }

    async fn keypair(&self, id: &str) -> Result<Option<Keypair>> {
        let decode = |body: &Json| key::decode(body, self.session.name());
        self.shown(Noun::Keypair, id, key::show(id), "keySet", decode).await
    }

    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        let call = match public_key {
            Some(public_key) => key::import(name, public_key),
            None => key::create(name),
        };
        let body = self.ask(&call).await?;
        let mut pair =
            self.made("key pair", key::decode(&body, self.session.name()), |pair| pair.id.clone())?;
        if let Some(private) = &pair.private_key {
            self.session.mask_secret(private.reveal());
        }
        pair.public_key = public_key.map(|key| key.trim().to_string()).or(pair.public_key);
        Ok(pair)
    }

    async fn delete_keypair(&self, id: &str) -> Result<bool> {
        // EC2 says nothing of a key that is not there.
        match self.keypair(id).await? {
            Some(key) => self.take_away_by(id, key::delete(&key.name)).await,
            None => Ok(false),
        }
    }
}
