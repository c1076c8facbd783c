//! Key pairs, which old servers know by name alone.

use super::Aws;
use super::ec2::key;
use super::making::Making;
use super::recover::quoted;
use crate::cloud::{Filter, Keypair, Keypairs, NameMatch, Noun, Result};
use crate::provider::recover::Seen;
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Keypairs for Aws {
    async fn keypairs(&self, filter: &Filter) -> Result<Vec<Keypair>> {
        let decode = |body: &Json| key::decode(body, self.session.name());
        self.gather(key::page(filter.name.as_ref()), "keySet", filter, decode).await
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
        let making = Making {
            verb: "create_keypair",
            what: format!("key pair `{name}`"),
            list: format!("find_keypair({})", quoted(name)),
            call,
            kind: "key-pair",
            tags: Vec::new(),
            look: key::page(Some(&NameMatch::Exact(name.to_string()))),
            set: "keySet",
            id: "keyPairId",
            time: Some("createTime"),
            may_be: |_| true,
            // A name is a key pair's alone.
            delete: None,
        };
        let told = |body: &Json| key::decode(body, self.session.name());
        let keep = |one: Json| async move {
            match public_key {
                Some(_) => Ok(Seen::from(key::decode(&one, self.session.name()))),
                // The private half is told once, and went with the answer: this one is of no use to anybody.
                None => self.take_away(&key::delete(name)).await.map(|_| Seen::Nothing),
            }
        };
        let mut pair = self.make_kept(&making, told, keep, |pair| pair.id.clone()).await?;
        self.memory.made(&pair.id, self.clock.now());
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
