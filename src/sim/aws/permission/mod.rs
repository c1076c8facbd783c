//! What security groups let through: EC2 speaks of permissions, each with several sources, and since 2021 of rules, each with
//! one. The world has rules.

mod ask;
mod prefix_list;
mod show;

use super::call::{Action, Told, asks, does};
use super::filter::{Filters, page};
use super::group;
use super::ids::{GROUP, RULE};
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::{Family, Group, Refusal, Rule};
use ask::{Wish, wishes};
use prefix_list::list_of;
use show::write_rules;

const TAKES: &[&str] = &[
    "GroupId",
    "GroupName",
    "IpPermissions",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "SourceSecurityGroupName",
    "SourceSecurityGroupOwnerId",
    "TagSpecification",
];

const REVOKES: &[&str] = &[
    "GroupId",
    "GroupName",
    "IpPermissions",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "SourceSecurityGroupName",
    "SourceSecurityGroupOwnerId",
    "SecurityGroupRuleId",
];

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.AuthorizeSecurityGroupIngress", TAKES, |region| authorize(region, Way::In)),
    does("ec2.AuthorizeSecurityGroupEgress", TAKES, |region| authorize(region, Way::Out)),
    does("ec2.RevokeSecurityGroupIngress", REVOKES, |region| revoke(region, Way::In)),
    does("ec2.RevokeSecurityGroupEgress", REVOKES, |region| revoke(region, Way::Out)),
    asks("ec2.DescribePrefixLists", prefix_list::TAKES, prefix_list::list),
    asks(
        "ec2.DescribeSecurityGroupRules",
        &["SecurityGroupRuleId", "Filter", "MaxResults", "NextToken"],
        list,
    ),
];

pub(super) use show::write;

/// Which way a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// The rules of a group as EC2 shows them. What the world's groups begin with for version 6 addresses is left out: the
/// default VPC has none; and a source group is of both versions here.
pub(super) fn shown(group: &Group, way: Way) -> impl Iterator<Item = &Rule> {
    let hidden = |rule: &Rule| {
        let twin = |other: &Rule| {
            other.family == Family::V4
                && other.group == rule.group
                && (&other.protocol, other.first, other.last) == (&rule.protocol, rule.first, rule.last)
        };
        rule.family == Family::V6 && (rule.first_day || rule.group.is_some() && group.rules.iter().any(twin))
    };
    group.rules.iter().filter(move |rule| rule.inward == (way == Way::In) && !hidden(rule))
}

fn cidr(rule: &Rule) -> Option<String> {
    if rule.group.is_some() || list_of(rule).is_some() {
        return None;
    }
    let everyone = if rule.family == Family::V4 { "0.0.0.0/0" } else { "::/0" };
    Some(rule.cidr.clone().unwrap_or_else(|| everyone.to_owned()))
}

fn protocol(rule: &Rule) -> String {
    match rule.protocol.as_deref() {
        None => "-1".to_owned(),
        Some("ipv6-icmp" | "icmpv6") => "icmpv6".to_owned(),
        Some(name) => name.to_owned(),
    }
}

/// First and last port; EC2 says `-1` for all types of ICMP, and nothing where there are none.
fn ports(rule: &Rule) -> Option<(i64, i64)> {
    match rule.protocol.as_deref() {
        None => None,
        Some("tcp" | "udp") => Some((rule.first.unwrap_or(0), rule.last.unwrap_or(65_535))),
        Some(_) => Some((rule.first.unwrap_or(-1), rule.last.unwrap_or(-1))),
    }
}

/// The values that a filter on permissions compares with.
pub(super) fn values(region: &Region<'_>, rule: &Rule, part: &str) -> Vec<String> {
    let value = match part {
        "cidr" => cidr(rule),
        "from-port" => ports(rule).map(|ports| ports.0.to_string()),
        "to-port" => ports(rule).map(|ports| ports.1.to_string()),
        "protocol" => Some(protocol(rule)),
        "group-id" => rule.group.as_deref().map(|id| GROUP.id(id)),
        "group-name" => rule.group.as_deref().and_then(|id| Some(region.world.group_by_id(id)?.name.clone())),
        "user-id" => rule.group.as_ref().map(|_| region.account.clone()),
        _ => None,
    };
    value.into_iter().collect()
}

fn authorize(region: &mut Region<'_>, way: Way) -> Outcome<Told> {
    let group = group::named(region)?;
    let (own, name) = (group.id.clone(), group.name.clone());
    let wishes = wishes(region, way)?;
    let tags = region.given_tags(RULE)?;
    let mut made: Vec<String> = Vec::new();
    for wish in &wishes {
        match region.world.add_rule(&own, &wish.spec) {
            Ok(id) => made.push(id),
            Err(refusal) => {
                // All of them or none.
                for id in made {
                    region.world.remove_rule(&id)?;
                }
                return Err(match refusal {
                    Refusal::SameRule(_) => {
                        let message =
                            format!("the specified rule \"{}, ALLOW\" already exists", wish.words());
                        Refused::new("InvalidPermission.Duplicate", message)
                    }
                    other => other.into(),
                });
            }
        }
    }
    let mut told = Told::done();
    let mut rows = Vec::new();
    for id in &made {
        keep(region, &RULE.id(id), tags.clone());
        told = told.about(&RULE.id(id), &name);
        rows.extend(region.world.rule(id).map(|(group, rule)| (group.id.clone(), rule.clone())));
    }
    write_rules(region, &mut told.xml, "securityGroupRuleSet", &rows);
    Ok(told)
}

fn revoke(region: &mut Region<'_>, way: Way) -> Outcome<Told> {
    let group = group::named(region)?.clone();
    let ids = region.params.list("SecurityGroupRuleId");
    let (mut gone, mut unknown): (Vec<Rule>, Vec<Wish>) = (Vec::new(), Vec::new());
    for id in &ids {
        RULE.formed(id)?;
        let own = shown(&group, way).find(|rule| RULE.is(id, &rule.id)).ok_or_else(|| RULE.missing(&[id]))?;
        gone.push(own.clone());
    }
    for wish in if ids.is_empty() { wishes(region, way)? } else { Vec::new() } {
        let own = shown(&group, way).find(|rule| {
            (protocol(rule), ports(rule), cidr(rule), &rule.group)
                == (wish.protocol(), wish.ports(), wish.cidr(), &wish.spec.group)
                && list_of(rule) == wish.list()
        });
        match own {
            Some(rule) => gone.push(rule.clone()),
            None => unknown.push(wish),
        }
    }
    // In the default VPC what is not there is told of and no error; in others it is one (RevokeSecurityGroupIngress, API
    // reference).
    if !unknown.is_empty() && region.ledger.homes.contains_key(&group.id) {
        let message = "The specified rule does not exist in this security group.";
        return Err(Refused::new("InvalidPermission.NotFound", message));
    }
    let mut told = Told::done();
    for rule in &gone {
        region.world.remove_rule(&rule.id)?;
        region.ledger.tags.remove(&RULE.id(&rule.id));
        told = told.about(&RULE.id(&rule.id), &group.name);
        // The half of a source group that is not shown goes with the other.
        let twin = group.rules.iter().find(|other| {
            other.group.is_some()
                && other.family == Family::V6
                && rule.family == Family::V4
                && (&other.group, &other.protocol, other.first, other.last, other.inward)
                    == (&rule.group, &rule.protocol, rule.first, rule.last, rule.inward)
        });
        if let Some(twin) = twin {
            region.world.remove_rule(&twin.id)?;
        }
    }
    if !unknown.is_empty() {
        let rules: Vec<Rule> = unknown.iter().map(|wish| wish.as_rule(region.now())).collect();
        write(region, &mut told.xml, "unknownIpPermissionSet", rules.iter());
    }
    told.xml.set("revokedSecurityGroupRuleSet", &gone, |xml, rule| {
        xml.text("securityGroupRuleId", RULE.id(&rule.id)).text("groupId", GROUP.id(&group.id));
        xml.text("isEgress", !rule.inward).text("ipProtocol", protocol(rule));
        let (first, last) = ports(rule).unwrap_or((-1, -1));
        xml.text("fromPort", first).text("toPort", last);
        let of = if rule.family == Family::V4 { "cidrIpv4" } else { "cidrIpv6" };
        xml.some(of, cidr(rule)).some("referencedGroupId", rule.group.as_deref().map(|id| GROUP.id(id)));
    });
    Ok(told)
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &["group-id", "security-group-rule-id"])?;
    let ids = region.params.list("SecurityGroupRuleId");
    let mut all: Vec<(String, Rule)> = Vec::new();
    for group in group::own(region) {
        let both = shown(group, Way::In).chain(shown(group, Way::Out));
        all.extend(both.map(|rule| (group.id.clone(), rule.clone())));
    }
    for id in &ids {
        RULE.formed(id)?;
        if all.iter().all(|row| !RULE.is(id, &row.1.id)) {
            return Err(RULE.missing(&[id]));
        }
    }
    all.retain(|(group, rule)| {
        let id = RULE.id(&rule.id);
        (ids.is_empty() || ids.contains(&id))
            && filters.fit(&tags_of(region, &id), |name| match name {
                "group-id" => vec![GROUP.id(group)],
                _ => vec![id.clone()],
            })
    });
    let (rows, next) = page(region.params, "SecurityGroupRuleId", |row| row.1.id.clone(), all)?;
    let mut xml = Xml::default();
    write_rules(region, &mut xml, "securityGroupRuleSet", &rows);
    xml.some("nextToken", next);
    Ok(xml.into())
}
