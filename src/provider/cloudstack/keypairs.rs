//! Key pairs, which are named by name alone.

use super::CloudStack;
use super::call::Call;
use super::decode::text;
use super::resources::Making;
use crate::cloud::{Filter, Keypair, Keypairs, Kind, Result, Secret};
use crate::provider::recover::{Seen, quoted};
use async_trait::async_trait;
use serde_json::Value as Json;

const KEY: &str = "sshkeypair";

#[async_trait]
impl Keypairs for CloudStack {
    async fn keypairs(&self, filter: &Filter) -> Result<Vec<Keypair>> {
        let call = CloudStack::narrowed(Call::read("keypair.list", "listSSHKeyPairs"), "name", filter);
        self.gather(call, KEY, filter, |row| self.keypair_of(row)).await
    }

    async fn keypair(&self, id: &str) -> Result<Option<Keypair>> {
        let call = Call::read("keypair.show", "listSSHKeyPairs").with("name", id);
        let body = self.ask(&call).await?;
        let rows = self.members(&call, &body, KEY)?;
        Ok(rows.iter().filter_map(|row| self.keypair_of(row)).find(|pair| pair.name == id))
    }

    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        let call = match public_key {
            Some(key) => Call::once("keypair.create", "registerSSHKeyPair")
                .with("name", name)
                .with("publickey", key.trim()),
            None => Call::once("keypair.create", "createSSHKeyPair").with("name", name),
        };
        let call = &call;
        let making = Making {
            verb: "create_keypair",
            what: format!("key pair `{name}`"),
            list: format!("find_keypair({})", quoted(name)),
        };
        let send = || async move {
            let body = self.ask(call).await?;
            self.keypair_of(body.get("keypair").unwrap_or(&body)).ok_or_else(|| self.lacking(call, "keypair"))
        };
        let look = || async move {
            match (self.keypair(name).await?, public_key) {
                (Some(pair), Some(_)) => Ok(Seen::Effect(pair)),
                // The private half is told once, and went with the answer: this one is of no use to anybody.
                (Some(_), None) => self.delete_keypair(name).await.map(|_| Seen::Nothing),
                (None, _) => Ok(Seen::Nothing),
            }
        };
        let mut pair = self.make(&making, send, look).await?;
        if let Some(private) = &pair.private_key {
            self.session.mask_secret(private.reveal());
        }
        pair.public_key = public_key.map(|key| key.trim().to_string()).or(pair.public_key);
        Ok(pair)
    }

    async fn delete_keypair(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("keypair.delete", "deleteSSHKeyPair").with("name", id);
        match self.take_away(&call, || async { Ok(self.keypair(id).await?.is_some()) }).await {
            Err(error) if error.kind == Kind::NotFound => Ok(false),
            result => result,
        }
    }
}

impl CloudStack {
    fn keypair_of(&self, row: &Json) -> Option<Keypair> {
        let name = text(row, "name")?;
        Some(Keypair {
            id: name.clone(),
            name,
            fingerprint: text(row, "fingerprint"),
            public_key: text(row, "publickey"),
            private_key: text(row, "privatekey").map(Secret::new),
            cloud: self.session.name().clone(),
            raw: std::sync::Arc::new(without_private(row)),
        })
    }
}

fn without_private(row: &Json) -> Json {
    let mut row = row.clone();
    if let Json::Object(fields) = &mut row {
        fields.shift_remove("privatekey");
    }
    row
}
