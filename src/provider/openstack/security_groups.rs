//! Making security groups, and changing what they let through.

use super::OpenStack;
use super::claims::Given;
use super::decode::{text, time};
use super::neutron::security_group;
use super::recover::{Attempt, quoted};
use super::resources::is_named;
use super::session::Call;
use crate::cloud::call_scope::unsure;
use crate::cloud::{Account, Direction, Error, Filter, Kind, Result, Rule, SecurityGroup, SecurityGroups};
use crate::provider::doubles::Twice;
use crate::provider::recover::Seen;
use crate::wire::Answer;
use async_trait::async_trait;
use serde_json::Value as Json;

/// Neutron's word for a rule that is there already.
const EXISTS: &str = "SecurityGroupRuleExists";

#[async_trait]
impl SecurityGroups for OpenStack {
    // Make a group. Its description is the script's, so there is no place for a marker, and names are not unique in Neutron:
    // one whose answer was lost is known by its age, and by not being another call's.
    async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        // A group of Neutron is for every network.
        _network: Option<&str>,
    ) -> Result<SecurityGroup> {
        let cloud = self.session.name();
        let attempt = Attempt {
            verb: "create_security_group",
            sought: format!("a security group `{name}` that is as old as this call and no other call's"),
            list: format!("security_groups(#{{ name: {} }})", quoted(name)),
        };
        let under_way = self.given.begin(name, description);
        let made = |body: &Json| {
            let group = security_group::decode(body.get("security_group")?, cloud)?;
            under_way.give(&group.id);
            Some(group)
        };
        let list = security_group::first(&Filter::named(name), self.project().await?.as_deref());
        let started = self.clock.elapsed();
        let find = || async {
            let fits = |entry: &Json| {
                is_named(entry, name)
                    && text(entry, "description").unwrap_or_default() == description
                    && text(entry, "id").is_some_and(|id| !self.given.is_given(&id))
            };
            Ok(match self.made_since(started, &list, "security_groups", fits).await? {
                Seen::Effect(entry) => match security_group::decode(&entry, cloud) {
                    Some(group) if under_way.give_found(&group.id) => Seen::Effect(group),
                    _ => Seen::Unclear,
                },
                Seen::Nothing => Seen::Nothing,
                Seen::Unclear => Seen::Unclear,
            })
        };
        let call = security_group::create(name, description);
        let made = |answer: &Answer| made(&serde_json::from_slice(&answer.body).unwrap_or_default());
        let (group, resent) = self.settled(&call, &attempt, made, find).await?;
        if resent {
            self.doubles.watch(twin(&group, list, self.given.clone()));
        }
        Ok(group)
    }

    // Let something through. A rule that is for both kinds of address is there when both are.
    async fn authorize(&self, group: &str, rule: &Rule) -> Result<()> {
        if rule.names_prefix_list() {
            let mut error = self.unsupported("authorize");
            error.message = "a prefix list as `cidr` is not something OpenStack can do".to_string();
            return Err(error.help("write a rule for each of its ranges"));
        }
        let (mut made, mut there) = (false, None);
        let attempt = Attempt {
            verb: "authorize",
            sought: "the rule in the group".to_string(),
            list: format!("security_group({}).rules", quoted(group)),
        };
        for (ethertype, call) in security_group::authorize(group, rule) {
            let find = || async {
                let body = self.json(&security_group::show(group)).await?;
                let group = body.get("security_group").unwrap_or(&Json::Null);
                let mut rules = security_group::rules(group);
                Ok(rules.any(|held| security_group::is_of(held, rule, ethertype)).then_some(()))
            };
            match self.create(&call, &attempt, |_| Some(()), find).await {
                Ok(()) => made = true,
                Err(mut error) if error.code.as_deref() == Some(EXISTS) => {
                    error.message = format!("`{}` is let through already", rule.words());
                    there = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        match there {
            Some(error) if !made => Err(error),
            _ => Ok(()),
        }
    }

    async fn revoke(&self, group: &str, rule: &Rule) -> Result<()> {
        let body = self.json(&security_group::show(group)).await?;
        let shown = body.get("security_group").unwrap_or(&Json::Null);
        let meant: Vec<String> = security_group::rules(shown)
            // A rule that was read is that very one; another may let the same through for the other kind of address.
            .filter(|held| match &rule.id {
                Some(id) => text(held, "id").as_ref() == Some(id),
                None => security_group::is_meant(held, rule),
            })
            .filter_map(|held| text(held, "id"))
            .collect();
        let mut gone = false;
        for id in &meant {
            gone |= self.take_away(&security_group::revoke(id)).await?;
        }
        // A run that died may have taken it away.
        if gone || (meant.is_empty() && unsure().is_some()) {
            return Ok(());
        }
        let name = text(shown, "name").unwrap_or_else(|| group.to_string());
        let message = format!("`{name}` does not let `{}` through", rule.words());
        let mut error = self.own(Error::new(Kind::NotFound, message).coded("cloud::not_found"));
        let held: Vec<String> = security_group::rules(shown)
            .map(security_group::rule)
            .filter(|held| held.direction == rule.direction)
            .map(|held| format!("`{}`", held.words()))
            .collect();
        error.help = Some(match held.is_empty() {
            true => {
                format!("look at `security_group({}).rules`: nothing is let through this way", quoted(&name))
            }
            false => format!("choose one of its rules: {}", held.join(", ")),
        });
        Err(error)
    }

    async fn security_groups(&self, filter: &Filter) -> Result<Vec<SecurityGroup>> {
        // Neutron shows a member the project's own groups and those that are shared with it; an administrator is shown everybody's.
        let project = match self.is_admin().await? {
            true => self.project_of(filter).await?,
            false => None,
        };
        let first = security_group::first(filter, project.as_deref());
        let decode = |body: &Json| security_group::decode(body, self.session.name());
        self.gather(first, "security_groups", filter, decode).await
    }

    async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let decode = |body: &Json| security_group::decode(body, self.session.name());
        self.shown_by(id, &security_group::show(id), "security_group", decode).await
    }

    async fn delete_security_group(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, security_group::delete(id)).await
    }
}

/// A group that went out twice, and by what a second one is known, there being no marker: it is called and described alike, is no
/// older, nobody has touched it since it was made, and no other call of this run made it.
fn twin(group: &SecurityGroup, list: Call, given: Given) -> Twice<Call> {
    let (name, description) = (group.name.clone(), group.description.clone());
    let made = time(&group.raw, "created_at");
    let is_own = move |entry: &Json| {
        let is_as_new = text(entry, "updated_at") == text(entry, "created_at")
            && security_group::rules(entry)
                .map(security_group::rule)
                .all(|rule| rule.direction == Direction::Egress);
        let is_late = matches!((time(entry, "created_at"), made), (Some(at), Some(made)) if at.since(made).seconds() >= -2);
        let is_others = || text(entry, "id").is_none_or(|id| given.may_be_given(&id, &name, &description));
        is_named(entry, &name)
            && text(entry, "description").unwrap_or_default() == description
            && !is_others()
            && is_as_new
            && is_late
    };
    Twice {
        what: format!("security group `{}`", group.name),
        given: vec![group.id.clone()],
        list,
        key: "security_groups",
        id: "id",
        is_own: Box::new(is_own),
        delete: Box::new(security_group::delete),
    }
}
