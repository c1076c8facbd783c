//! Making key pairs. A name is there once for a user, so one that was taken in is found by it; the private half of one that the
//! cloud made is in its answer and nowhere else.

use super::OpenStack;
use super::call::is_segment;
use super::nova::keypair;
use super::recover::{Attempt, quoted};
use crate::cloud::{Keypair, Keypairs, Listing, Result, Value};
use crate::provider::recover::{self, Seen, Settled};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Keypairs for OpenStack {
    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        let range = self.compute().await?;
        let call = keypair::create(name, public_key, &range).map_err(|error| self.own(error))?;
        let list = format!("find_keypair({})", quoted(name));
        let attempt = Attempt {
            verb: "create_keypair",
            sought: format!("a key pair `{name}` with this public key"),
            list: list.clone(),
        };
        let made = |body: &Json| keypair::decode(body, self.session.name());
        if let Some(key) = public_key {
            let find = || async move {
                let there = self.keypair(name).await?;
                Ok(there.filter(|there| there.public_key.as_deref().map(str::trim) == Some(key.trim())))
            };
            return self.create(&call, &attempt, made, find).await;
        }
        let lost = match self.described(&call, "keypair", made).await {
            Err(error) if error.maybe => error,
            known => return known,
        };
        // One that is there has lost its private key with the answer; where there is none, it is asked for again.
        let look = || async {
            Ok(if self.keypair(name).await?.is_some() { Seen::Unclear } else { Seen::<Keypair>::Nothing })
        };
        let send = || async { self.described(&call, "keypair", made).await };
        let error = match recover::settle(&*self.clock, lost, look, send).await {
            Settled::Done { value, .. } => return Ok(value),
            Settled::Refused(error) => return Err(error),
            Settled::Unknown(error, _) => error,
        };
        let there = self.keypair(name).await.ok().flatten();
        let looked = format!("for a key pair `{name}`, over 12 s");
        let exists = match &there {
            Some(_) => "a key pair of this name, whose private key nobody has",
            None => "no key pair of this name; it could still appear",
        };
        let help = match &there {
            Some(_) => format!("delete(keypair({}))", quoted(name)),
            None => list,
        };
        let mut error = self.unresolved(error, "create_keypair", looked, exists, &help);
        error.exists = there.into_iter().map(Value::from).collect();
        Err(error)
    }

    async fn keypairs(&self, listing: &Listing) -> Result<Vec<Keypair>> {
        let first = keypair::first(listing, &self.compute().await?);
        self.gather(first, "keypairs", listing, |body| keypair::decode(body, self.session.name())).await
    }

    async fn keypair(&self, name: &str) -> Result<Option<Keypair>> {
        if !is_segment(name) {
            return Ok(None);
        }
        let call = keypair::show(name, &self.compute().await?);
        self.shown(&call, "keypair", |body| keypair::decode(body, self.session.name())).await
    }

    async fn delete_keypair(&self, name: &str) -> Result<bool> {
        self.take_away_by(name, keypair::delete(name, &self.compute().await?)).await
    }
}
