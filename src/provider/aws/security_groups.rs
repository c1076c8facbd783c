//! Security groups, and what they let through.

use super::Aws;
use super::decode::text;
use super::ec2::group;
use super::making::Making;
use super::recover::quoted;
use crate::cloud::{Filter, Kind, Noun, Result, Rule, SecurityGroup, SecurityGroups};
use crate::provider::recover::{Looked, Seen};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::atomic::{AtomicBool, Ordering};

#[async_trait]
impl SecurityGroups for Aws {
    async fn security_groups(&self, filter: &Filter) -> Result<Vec<SecurityGroup>> {
        let decode = |body: &Json| group::decode(body, self.session.name());
        self.gather(group::page(filter.name.as_ref()), "securityGroupInfo", filter, decode).await
    }

    async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let decode = |body: &Json| group::decode(body, self.session.name());
        self.shown(Noun::SecurityGroup, id, group::show(id), "securityGroupInfo", decode).await
    }

    async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        network: Option<&str>,
    ) -> Result<SecurityGroup> {
        let vpc = self.vpc_named(network).await?;
        let making = Making {
            verb: "create_security_group",
            what: format!("security group `{name}`"),
            list: format!("security_groups(#{{ name: {} }})", quoted(name)),
            call: group::create(name, description, vpc.as_deref()),
            kind: "security-group",
            tags: Vec::new(),
            look: group::named(&[name.to_string()], vpc.as_deref()),
            set: "securityGroupInfo",
            id: "groupId",
            time: None,
            may_be: |_| true,
            // A name is there once in a VPC.
            delete: None,
        };
        let told =
            |body: &Json| Some((text(body, "groupId").unwrap_or_else(|| name.to_string()), body.clone()));
        let (id, body) = self.make(&making, told, told, |(id, _)| id.clone()).await?;
        let cloud = self.session.name();
        self.memory.made(&id, self.clock.now());
        // Only a description tells the rules that a new group begins with.
        match self.first(&group::show(&id), "securityGroupInfo", |one| group::decode(one, cloud)).await {
            Ok(Some(group)) => Ok(group),
            _ => Ok(SecurityGroup {
                id,
                name: name.to_string(),
                description: description.to_string(),
                rules: Vec::new(),
                cloud: cloud.clone(),
                raw: std::sync::Arc::new(body),
            }),
        }
    }

    // A rule is there once or not at all: one whose answer was lost may be asked for again, and is refused where it is there.
    async fn authorize(&self, id: &str, rule: &Rule) -> Result<()> {
        let call = group::authorize(id, rule);
        match self.ask(&call).await {
            Err(lost) if lost.maybe => match self.ask(&call).await {
                Err(error) if error.code.as_deref() == Some("InvalidPermission.Duplicate") => Ok(()),
                // Nobody knows of the first any more than before.
                Err(error) if error.maybe || error.code.is_none() => Err(lost),
                Err(mut error) => {
                    error.maybe = true;
                    Err(error)
                }
                Ok(_) => Ok(()),
            },
            known => known.map(drop),
        }
    }

    async fn revoke(&self, id: &str, rule: &Rule) -> Result<()> {
        let call = group::revoke(id, rule);
        // What the second request does not find, the first one has taken away.
        let sent = AtomicBool::new(false);
        let send = || async {
            let again = sent.swap(true, Ordering::Relaxed);
            self.ask(&call).await.map(|body| group::was_unknown(&body) && !again)
        };
        let look = || async {
            let shown = self.security_group(id).await?;
            let holds = shown.is_none_or(|group| group.rules.iter().any(|held| group::is_same(held, rule)));
            Ok(if holds { Seen::Nothing } else { Seen::Effect(false) })
        };
        let unknown = |error, looked: Looked| {
            let list = format!("security_group({}).rules", quoted(id));
            let words = looked.words("the group without the rule");
            self.unresolved(error, "revoke", words, "the rule, as far as the cloud shows it", &list)
        };
        match self.once(send, look, unknown).await? {
            false => Ok(()),
            true => Err(self.session.error(Kind::NotFound, format!("{id} does not allow {}", rule.words()))),
        }
    }

    async fn delete_security_group(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, group::delete(id)).await
    }
}
