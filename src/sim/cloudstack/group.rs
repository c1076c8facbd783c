//! Security groups and their rules, which are the world's. What every group begins with in the world is not shown: here
//! a group without rules lets nothing in and all out.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks, does};
use super::people::Account;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::{Family, Group, Refusal, Rule, RuleSpec};

const OWNER: &[&str] = &["account", "domainid", "id", "name", "projectid"];
const RULE: &[&str] = &[
    "account",
    "cidrlist",
    "domainid",
    "endport",
    "icmpcode",
    "icmptype",
    "projectid",
    "protocol",
    "securitygroupid",
    "securitygroupname",
    "startport",
    "usersecuritygrouplist",
];

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createSecurityGroup",
        &["account", "description", "domainid", "name", "projectid"],
        create,
    ),
    does("cloudstack.deleteSecurityGroup", OWNER, delete),
    does("cloudstack.authorizeSecurityGroupIngress", RULE, |cloud| authorize(cloud, true)),
    does("cloudstack.authorizeSecurityGroupEgress", RULE, |cloud| authorize(cloud, false)),
    does("cloudstack.revokeSecurityGroupIngress", &["id"], revoke),
    does("cloudstack.revokeSecurityGroupEgress", &["id"], revoke),
    asks(
        "cloudstack.listSecurityGroups",
        &[
            "account",
            "domainid",
            "id",
            "isrecursive",
            "keyword",
            "listall",
            "page",
            "pagesize",
            "projectid",
            "securitygroupname",
            "tags",
            "virtualmachineid",
        ],
        list,
    ),
];

impl Cloud<'_> {
    /// The security groups that are asked for, by id.
    pub(super) fn groups_named(&self, owner: &Account) -> Outcome<Vec<String>> {
        let mut ids = Vec::new();
        for id in self.params.list("securitygroupids") {
            let group = self.world.group_by_id(&id).filter(|group| self.may(&group.project));
            ids.push(group.ok_or_else(|| self.params.unknown("securitygroupids", &id))?.id.clone());
        }
        for name in self.params.list("securitygroupnames") {
            let group =
                self.world.groups.iter().find(|group| group.project == owner.project && group.name == name);
            ids.push(
                group
                    .ok_or_else(|| Refused::value(format!("Unable to find group by name {name}")))?
                    .id
                    .clone(),
            );
        }
        Ok(ids)
    }

    /// The group that is named by its id, or by its name.
    pub(super) fn group_asked(&self, id: &str, name: &str) -> Outcome<Group> {
        if let Some(own) = self.params.get(id) {
            let group = self.world.group_by_id(own).ok_or_else(|| self.params.unknown(id, own))?;
            return if self.may(&group.project) { Ok(group.clone()) } else { Err(Self::forbidden()) };
        }
        let Some(own) = self.params.get(name) else {
            return Err(Refused::value("Either the security group id or the name must be given"));
        };
        let owner = self.owner()?;
        let found =
            self.world.groups.iter().find(|group| group.project == owner.project && group.name == own);
        found.cloned().ok_or_else(|| Refused::value(format!("Unable to find security group by name {own}")))
    }

    /// A group with these of its rules; a list shows tags of rules and how many machines are in it.
    pub(super) fn group_view(&self, group: &Group, rules: &[&Rule], listed: bool) -> Value {
        let mut view = Map::new();
        view.insert("id".to_owned(), json!(group.id));
        view.insert("name".to_owned(), json!(group.name));
        if !group.standing.description.is_empty() {
            view.insert("description".to_owned(), json!(group.standing.description));
        }
        self.owned(&group.project, &mut view);
        let side = |inward: bool| -> Vec<Value> {
            rules
                .iter()
                .filter(|rule| rule.inward == inward)
                .map(|rule| self.rule_view(rule, listed))
                .collect()
        };
        view.insert("ingressrule".to_owned(), json!(side(true)));
        view.insert("egressrule".to_owned(), json!(side(false)));
        view.insert("tags".to_owned(), self.tags_of("SecurityGroup", &group.id));
        let inside = |server: &&crate::world::Server| {
            let zoned = self.zone_of(&self.machine(server).zone).groups;
            zoned && server.ports.iter().any(|port| port.groups.contains(&group.id))
        };
        let ids: Vec<&String> = self.world.servers.iter().filter(inside).map(|server| &server.id).collect();
        if listed {
            view.insert("virtualmachinecount".to_owned(), json!(ids.len()));
        }
        view.insert("virtualmachineids".to_owned(), if listed { json!(ids) } else { json!([]) });
        Value::Object(view)
    }

    fn rule_view(&self, rule: &Rule, listed: bool) -> Value {
        let protocol = rule.protocol.as_deref().unwrap_or("all");
        let mut view = json!({"ruleid": rule.id, "protocol": protocol});
        let (first, last) =
            if protocol == "icmp" { ("icmptype", "icmpcode") } else { ("startport", "endport") };
        let missing = if protocol == "icmp" { -1 } else { 0 };
        view[first] = json!(rule.first.unwrap_or(missing));
        view[last] = json!(rule.last.unwrap_or(missing));
        match rule.group.as_deref().and_then(|id| self.world.group_by_id(id)) {
            Some(group) => {
                view["securitygroupname"] = json!(group.name);
                view["account"] =
                    json!(self.ledger.account_of(&group.project).map(|account| account.name.clone()));
            }
            None => view["cidr"] = json!(rule.cidr.clone().unwrap_or_else(|| "0.0.0.0/0".to_owned())),
        }
        if listed {
            view["tags"] = json!([]);
        }
        view
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, name) = (cloud.owner()?, cloud.params.need("name")?.to_owned());
    if cloud.world.groups.iter().any(|group| group.project == owner.project && group.name == name) {
        let text = format!("Unable to create security group, a group with name {name} already exists.");
        return Err(Refused::value(text));
    }
    let description = cloud.params.get("description").unwrap_or_default().to_owned();
    let made = cloud.world.create_group(&owner.project, &name, &description);
    let id = made.map_err(|refusal| cloud.refusal(&refusal, &owner))?;
    let group =
        cloud.world.group_by_id(&id).cloned().ok_or_else(|| Refused::internal("No group was made"))?;
    let view = cloud.group_view(&group, &[], true);
    Ok(Told::from(json!({"securitygroup": view})).about(&id, &name))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let group = cloud.group_asked("id", "name")?;
    if group.name == "default" {
        return Err(Refused::value("The network group default is reserved"));
    }
    let in_use = |text: &str| Err(Refused::with(536, 9999, text));
    let allows = |other: &&Group| {
        other.id != group.id && other.rules.iter().any(|rule| rule.group.as_ref() == Some(&group.id))
    };
    if cloud.world.groups.iter().any(|other| allows(&other)) {
        return in_use("Cannot delete group when there are security rules that allow this group");
    }
    match cloud.world.delete_group(&group.id) {
        Ok(()) => Ok(Told::from(json!({"success": true})).about(&group.id, &group.name)),
        Err(Refusal::GroupInUse(_)) => in_use("Cannot delete group when it's in use by virtual machines"),
        Err(other) => Err(cloud.refusal(&other, &cloud.caller.account)),
    }
}

/// The rules that are asked for: one for each range of addresses, one for each group.
fn asked(cloud: &Cloud<'_>, inward: bool) -> Outcome<Vec<RuleSpec>> {
    let params = cloud.params;
    let protocol = params.get("protocol").unwrap_or("tcp").to_lowercase();
    let number = |name: &str| params.number(name);
    let icmp = protocol == "icmp";
    let (first, last) = if icmp { ("icmptype", "icmpcode") } else { ("startport", "endport") };
    let (first, last) = (number(first)?, number(last)?);
    let known = matches!(protocol.as_str(), "tcp" | "udp" | "icmp" | "all") || protocol.parse::<u8>().is_ok();
    if !known {
        return Err(Refused::value(format!("Invalid protocol {protocol}")));
    }
    let ported = matches!(protocol.as_str(), "tcp" | "udp");
    let (low, high) = (first.unwrap_or(-1), last.or(first).unwrap_or(-1));
    if ported && (!(0..=65_535).contains(&low) || !(0..=65_535).contains(&high) || low > high) {
        return Err(Refused::value(format!("Invalid port numbers {low}:{high}")));
    }
    let some = |number: i64| (number >= 0).then_some(number);
    let base = RuleSpec {
        protocol: (protocol != "all").then_some(protocol),
        first: some(low).filter(|_| icmp || ported),
        last: some(high).filter(|_| icmp || ported),
        ..Rule::open(inward, Family::V4)
    };
    let mut specs = Vec::new();
    for cidr in params.list("cidrlist") {
        let right = cidr.split_once('/').is_some_and(|(ip, bits)| {
            ip.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
        });
        if !right {
            return Err(Refused::value(format!("Invalid cidr {cidr}")));
        }
        let family = if cidr.contains(':') { Family::V6 } else { Family::V4 };
        specs.push(RuleSpec { cidr: Some(cidr), family, ..base.clone() });
    }
    for record in params.records("usersecuritygrouplist") {
        let inner = |name: &str| record.iter().find(|pair| pair.0 == name).map_or("", |pair| pair.1.as_str());
        let account = cloud.ledger.accounts.iter().find(|account| account.name == inner("account"));
        let group = account.and_then(|account| cloud.world.group(&account.project, inner("group")));
        let missing = || {
            Refused::value(format!(
                "Unable to find security group {} of account {}",
                inner("group"),
                inner("account")
            ))
        };
        specs.push(RuleSpec { group: Some(group.ok_or_else(missing)?.id.clone()), ..base.clone() });
    }
    Ok(specs)
}

fn authorize(cloud: &mut Cloud<'_>, inward: bool) -> Outcome<Told> {
    let group = cloud.group_asked("securitygroupid", "securitygroupname")?;
    let (id, name) = (group.id.clone(), group.name.clone());
    let plan = Plan::after(400, move |cloud| {
        let specs = asked(cloud, inward)?;
        if specs.is_empty() {
            return Err(Refused::value(
                "At least one cidr or at least one security group needs to be specified",
            ));
        }
        let mut made = Vec::new();
        for spec in &specs {
            let side = if inward { "ingress" } else { "egress" };
            let failed = |_| Refused::internal(format!("Failed to authorize security group {side} rule(s)"));
            made.push(cloud.world.add_rule(&group.id, spec).map_err(failed)?);
        }
        let group = cloud.world.group_by_id(&group.id).cloned().ok_or_else(Cloud::forbidden)?;
        let rules: Vec<&Rule> = group.rules.iter().filter(|rule| made.contains(&rule.id)).collect();
        Ok(json!({"securitygroup": cloud.group_view(&group, &rules, false)}))
    });
    Ok(cloud.job(plan.on("SecurityGroup", &id)).about(&id, &name))
}

fn revoke(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = cloud.params.need("id")?.to_owned();
    let group =
        cloud.world.rule(&id).map(|(group, _)| (group.id.clone(), group.project.clone(), group.name.clone()));
    let (group, project, name) = group.ok_or_else(|| cloud.params.unknown("id", &id))?;
    if !cloud.may(&project) {
        return Err(Cloud::forbidden());
    }
    let plan = Plan::after(400, move |cloud| {
        let gone = |_| Refused::internal("Failed to revoke security group rule(s)");
        cloud.world.remove_rule(&id).map_err(gone)?;
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("SecurityGroup", &group)).about(&group, &name))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let own = cloud.owner()?.project;
    cloud.world.default_group(&own);
    cloud.known("id", cloud.world.groups.iter().map(|group| group.id.as_str()))?;
    let reach = cloud.reach()?;
    let of = |group: &Group| {
        cloud.params.get("virtualmachineid").is_none_or(|id| {
            let at = cloud.world.server_at(id);
            at.is_some_and(|at| {
                cloud.world.groups_of(&cloud.world.servers[at]).iter().any(|own| own.id == group.id)
            })
        })
    };
    let mut rows = Vec::new();
    for group in &cloud.world.groups {
        let named = cloud.params.get("securitygroupname").is_none_or(|name| name == group.name);
        let fits = reach.covers(&group.project) && named && of(group) && cloud.wanted(&group.id);
        if fits && cloud.named(&group.name, &[]) && cloud.tagged("SecurityGroup", &group.id)? {
            let rules: Vec<&Rule> = group.rules.iter().filter(|rule| !rule.first_day).collect();
            rows.push(cloud.group_view(group, &rules, true));
        }
    }
    cloud.listed("securitygroup", rows)
}
