//! Making key pairs. A name is there once for a user, so one that was taken in is found by it; the private half of one that the
//! cloud made is in its answer and nowhere else.

use super::OpenStack;
use super::call::is_segment;
use super::nova::keypair;
use super::recover::{Attempt, quoted};
use super::send::found;
use crate::cloud::{Filter, Keypair, Keypairs, Result, Value};
use crate::provider::recover::Seen;
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Keypairs for OpenStack {
    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        let range = self.compute().await?;
        let call = keypair::create(name, public_key, &range).map_err(|error| self.own(error))?;
        let attempt = Attempt {
            verb: "create_keypair",
            sought: format!("a key pair `{name}` of this call"),
            list: format!("find_keypair({})", quoted(name)),
        };
        let made = |body: &Json| keypair::decode(body.get("keypair").unwrap_or(body), self.session.name());
        if let Some(key) = public_key {
            let find = || async move {
                let there = self.keypair(name).await?;
                Ok(there.filter(|there| there.public_key.as_deref().map(str::trim) == Some(key.trim())))
            };
            return self.create(&call, &attempt, made, find).await;
        }
        let started = self.clock.elapsed();
        let show = keypair::show(name, &range);
        // The private key is told once, and went with the answer: one that came of this call is of no use to anybody.
        let find = || async {
            let Some(answer) = found(self.ask(&show).await)? else { return Ok(Seen::Nothing) };
            let body = self.parse(&show, &answer)?;
            Ok(match self.is_since(started, &answer, body.get("keypair").unwrap_or(&body), "created_at") {
                Some(true) => self.delete_keypair(name).await.map(|_| Seen::Nothing)?,
                Some(false) => Seen::Nothing,
                None => Seen::Unclear,
            })
        };
        let mut error = match self.create(&call, &attempt, made, find).await {
            Err(error) if error.maybe => error,
            known => return known,
        };
        // One that tells no time may be of this call, or have been there before.
        if let Ok(Some(there)) = self.keypair(name).await {
            error.facts.retain(|(fact, _)| *fact != "exists");
            error.facts.push(("exists", "a key pair of this name, whose private key nobody has".to_string()));
            let delete = format!("delete(keypair({}))", quoted(name));
            let cloud = self.session.name();
            error.help = Some(format!("run `rhain --cloud {cloud} -e '{delete}'` before trying again"));
            error.exists = vec![Value::from(there)];
        }
        Err(error)
    }

    async fn keypairs(&self, filter: &Filter) -> Result<Vec<Keypair>> {
        let first = keypair::first(filter, &self.compute().await?);
        self.gather(first, "keypairs", filter, |body| keypair::decode(body, self.session.name())).await
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
