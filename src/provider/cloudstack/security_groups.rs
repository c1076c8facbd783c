//! Security groups, and what they let through.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, is_id, list, text};
use super::resources::Making;
use crate::cloud::call_scope;
use crate::cloud::{Account, Direction, Filter, Kind, Result, Rule, SecurityGroup, SecurityGroups};
use crate::provider::recover::{Seen, quoted};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

const KEY: &str = "securitygroup";

#[async_trait]
impl SecurityGroups for CloudStack {
    async fn security_groups(&self, filter: &Filter) -> Result<Vec<SecurityGroup>> {
        let call = Call::read("security_group.list", "listSecurityGroups");
        let call = CloudStack::narrowed(call, "securitygroupname", filter);
        self.gather(call, KEY, filter, |row| self.group_of(row)).await
    }

    async fn security_group(&self, id: &str) -> Result<Option<SecurityGroup>> {
        let row = self.row("security_group.show", "listSecurityGroups", KEY, id).await?;
        Ok(row.and_then(|row| self.group_of(&row)))
    }

    async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        network: Option<&str>,
    ) -> Result<SecurityGroup> {
        if network.is_some() {
            return Err(
                self.cannot("a security group in a network", "leave out `network`: a group is an account's")
            );
        }
        let call = Call::once("security_group.create", "createSecurityGroup")
            .with("name", name)
            .with("description", Some(description).filter(|text| !text.is_empty()));
        let making = Making {
            verb: "create_security_group",
            what: format!("security group `{name}`"),
            list: format!("security_groups(#{{ name: {} }})", quoted(name)),
        };
        let call = &call;
        let send = || async move {
            let body = self.ask(call).await?;
            self.group_of(body.get(KEY).unwrap_or(&body)).ok_or_else(|| self.lacking(call, KEY))
        };
        // A name is a group's alone.
        let look = || async move { Ok(Seen::from(self.security_groups(&Filter::named(name)).await?.pop())) };
        self.make(&making, send, look).await
    }

    // A rule is there once or not at all: one whose answer was lost may be asked for again, and is refused where it is there.
    async fn authorize(&self, id: &str, rule: &Rule) -> Result<()> {
        if rule.names_prefix_list() {
            let mut error = self.unsupported("authorize");
            error.message = "a prefix list as `cidr` is not something CloudStack can do".to_string();
            return Err(error.help("write a rule for each of its ranges"));
        }
        let group = self.group_of_id(id).await?;
        if group.rules.iter().any(|held| is_same(held, rule)) {
            let message = format!("`{}` allows {} already", group.name, rule.words());
            return Err(self.session.error(Kind::Conflict, message));
        }
        let call = self.authorization(id, rule).await?;
        let making = Making {
            verb: "authorize",
            what: format!("that rule in `{}`", group.name),
            list: format!("security_group({}).rules", quoted(&group.name)),
        };
        let there = || async move {
            let now = self.group_of_id(id).await?;
            Ok(now.rules.iter().any(|held| is_same(held, rule)))
        };
        let call = &call;
        let send = || async move { self.run(call).await.map(drop) };
        let look = || async move {
            if there().await? {
                return Ok(Seen::Effect(()));
            }
            // One that came late is at work.
            Ok(match self.job_on(Some(id), call).await? {
                Some(job) => Seen::Effect(self.finish(call, &job).await.map(drop)?),
                None => Seen::Nothing,
            })
        };
        match self.make(&making, send, look).await {
            // "Failed to authorize" tells no reason: whether the rule is there does.
            Err(error) if !error.maybe && there().await.unwrap_or(false) => Err(self
                .session
                .error(Kind::Conflict, format!("`{}` allows {} already", group.name, rule.words()))
                .fact("refused", error.message.clone())),
            result => result,
        }
    }

    async fn revoke(&self, id: &str, rule: &Rule) -> Result<()> {
        let group = self.group_of_id(id).await?;
        let held = group.rules.iter().find(|held| match &rule.id {
            Some(id) => held.id.as_ref() == Some(id),
            None => is_same(held, rule),
        });
        let Some((held, rule_id)) = held.and_then(|held| Some((held, held.id.as_ref()?))) else {
            // A run that died may have taken it away.
            if call_scope::unsure().is_some() {
                return Ok(());
            }
            let message = format!("`{}` does not allow {}", group.name, rule.words());
            return Err(self.session.error(Kind::NotFound, message));
        };
        let command = match held.direction {
            Direction::Ingress => "revokeSecurityGroupIngress",
            Direction::Egress => "revokeSecurityGroupEgress",
        };
        let call = Call::once("security_group.revoke", command).with("id", rule_id);
        let there = || async {
            let now = self.security_group(id).await?;
            Ok(now.is_some_and(|now| now.rules.iter().any(|one| one.id.as_ref() == Some(rule_id))))
        };
        self.take_away(&call, there).await.map(drop)
    }

    async fn delete_security_group(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("security_group.delete", "deleteSecurityGroup").with("id", id);
        match self.take_away(&call, || async { Ok(self.security_group(id).await?.is_some()) }).await {
            Err(error) if error.kind == Kind::Conflict => {
                let narrow = |list: Call| list.with("securitygroupid", id);
                let held = self.destroyed(narrow, |seen| seen.groups.iter().any(|group| group == id)).await;
                Err(self.held_by(error, "security groups", &held))
            }
            result => result,
        }
    }
}

impl CloudStack {
    async fn group_of_id(&self, id: &str) -> Result<SecurityGroup> {
        self.security_group(id).await?.ok_or_else(|| {
            let message = format!("{} has no security group `{id}`", self.session.name());
            self.session.error(Kind::NotFound, message).coded("cloud::not_found")
        })
    }

    /// Security groups by id.
    pub(super) async fn group_ids(&self, wanted: &[String]) -> Result<Vec<String>> {
        let mut ids = Vec::with_capacity(wanted.len());
        for one in wanted {
            if is_id(one) && self.security_group(one).await?.is_some() {
                ids.push(one.clone());
                continue;
            }
            let found = self.security_groups(&Filter::named(one)).await?;
            match found.as_slice() {
                [only] => ids.push(only.id.clone()),
                [] => {
                    let all = self.security_groups(&Filter::default()).await?;
                    let names: Vec<String> = all.into_iter().map(|group| group.name).collect();
                    return Err(self.missing("security group", one, &names));
                }
                many => {
                    let all: Vec<&str> = many.iter().map(|group| group.id.as_str()).collect();
                    let message =
                        format!("{} has {} security groups named `{one}`", self.session.name(), many.len());
                    return Err(self
                        .session
                        .error(Kind::Ambiguous, message)
                        .coded("cloud::ambiguous")
                        .help(format!("name one by its id: {}", all.join(", "))));
                }
            }
        }
        Ok(ids)
    }

    async fn authorization(&self, id: &str, rule: &Rule) -> Result<Call> {
        let command = match rule.direction {
            Direction::Ingress => "authorizeSecurityGroupIngress",
            Direction::Egress => "authorizeSecurityGroupEgress",
        };
        let protocol = rule.protocol.as_deref().unwrap_or("all");
        let mut call = Call::once("security_group.authorize", command)
            .with("securitygroupid", id)
            .with("protocol", protocol);
        if protocol == "icmp" {
            let (kind, code) = rule.ports.unwrap_or((-1, -1));
            call = call.with("icmptype", kind).with("icmpcode", code);
        } else if protocol != "all" {
            let (from, to) = rule.ports.unwrap_or((1, 65_535));
            call = call.with("startport", from).with("endport", to);
        }
        let Some(group) = &rule.group else {
            return Ok(call.with("cidrlist", rule.cidr.as_deref().unwrap_or("0.0.0.0/0")));
        };
        let other = self.group_of_id(group).await?;
        call.parameters.push((
            "usersecuritygrouplist[0].account".into(),
            text(&other.raw, "account").unwrap_or_default(),
        ));
        call.parameters.push(("usersecuritygrouplist[0].group".into(), other.name));
        Ok(call)
    }

    fn group_of(&self, row: &Json) -> Option<SecurityGroup> {
        let id = text(row, "id")?;
        let rules = |key: &str, direction: Direction| -> Vec<Rule> {
            list(row, key).iter().map(|one| rule_of(one, direction, row)).collect()
        };
        let mut all = rules("ingressrule", Direction::Ingress);
        all.extend(rules("egressrule", Direction::Egress));
        Some(SecurityGroup {
            name: text(row, "name").unwrap_or_default(),
            description: text(row, "description").unwrap_or_default(),
            rules: all,
            cloud: self.session.name().clone(),
            raw: Arc::new(row.clone()),
            id,
        })
    }
}

fn rule_of(one: &Json, direction: Direction, own: &Json) -> Rule {
    let protocol = text(one, "protocol").filter(|protocol| protocol != "all");
    let pair = |from: &str, to: &str| Some((int(one, from)?, int(one, to)?));
    let ports = match protocol.as_deref() {
        None => None,
        Some("icmp") => pair("icmptype", "icmpcode").filter(|both| *both != (-1, -1)),
        Some(_) => pair("startport", "endport"),
    };
    // A rule tells another group by its name; the group itself is told apart.
    let group = text(one, "securitygroupname").map(|name| {
        if text(own, "name").as_deref() == Some(&name) { text(own, "id").unwrap_or(name) } else { name }
    });
    Rule {
        id: text(one, "ruleid"),
        direction,
        protocol,
        ports,
        cidr: text(one, "cidr"),
        group,
        account: None,
        ethertype: None,
    }
}

/// Whether two rules let the same through; neither range nor group means everywhere.
fn is_same(held: &Rule, asked: &Rule) -> bool {
    let ports = |rule: &Rule| match rule.protocol.as_deref() {
        Some("tcp" | "udp") => rule.ports.or(Some((1, 65_535))),
        Some("icmp") => rule.ports.filter(|both| *both != (-1, -1)),
        _ => rule.ports,
    };
    let cidr = |rule: &Rule| match (&rule.cidr, &rule.group) {
        (None, None) => Some("0.0.0.0/0".to_string()),
        (cidr, _) => cidr.clone(),
    };
    held.direction == asked.direction
        && held.protocol == asked.protocol
        && ports(held) == ports(asked)
        && cidr(held) == cidr(asked)
        && held.group == asked.group
}
