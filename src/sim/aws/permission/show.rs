//! How EC2 shows rules: as permissions, and one by one.

use super::prefix_list::list_of;
use super::{cidr, ports, protocol};
use crate::aws::ids::{GROUP, RULE};
use crate::aws::keys::account;
use crate::aws::scope::Region;
use crate::aws::tag::tags_of;
use crate::aws::xml::Xml;
use crate::world::{Family, Rule};

/// The account of the group that a rule lets in.
fn owner(region: &Region<'_>, rule: &Rule) -> String {
    let group = rule.group.as_deref().and_then(|id| region.world.group_by_id(id));
    group.map_or_else(|| region.account.clone(), |group| account(&group.project))
}

/// Writes rules as permissions: those of one protocol and range stand together.
pub(in crate::aws) fn write<'a>(
    region: &Region<'_>,
    xml: &mut Xml,
    name: &str,
    rules: impl Iterator<Item = &'a Rule>,
) {
    type Key = (String, Option<(i64, i64)>);
    let mut sets: Vec<(Key, Vec<&Rule>)> = Vec::new();
    for rule in rules {
        let key = (protocol(rule), ports(rule));
        match sets.iter_mut().find(|set| set.0 == key) {
            Some(set) => set.1.push(rule),
            None => sets.push((key, vec![rule])),
        }
    }
    xml.set(name, sets, |xml, ((protocol, ports), rules)| {
        let words = |rule: &Rule| Some(rule.standing.description.clone()).filter(|words| !words.is_empty());
        xml.text("ipProtocol", protocol).some("fromPort", ports.map(|ports| ports.0));
        xml.some("toPort", ports.map(|ports| ports.1));
        xml.set("groups", rules.iter().filter(|rule| rule.group.is_some()), |xml, rule| {
            xml.text("userId", owner(region, rule))
                .some("groupId", rule.group.as_deref().map(|id| GROUP.id(id)));
            xml.some("description", words(rule));
        });
        for (set, one, family) in [("ipRanges", "cidrIp", Family::V4), ("ipv6Ranges", "cidrIpv6", Family::V6)]
        {
            let own = rules.iter().filter(|rule| cidr(rule).is_some() && rule.family == family);
            xml.set(set, own, |xml, rule| {
                xml.some(one, cidr(rule)).some("description", words(rule));
            });
        }
        xml.set("prefixListIds", rules.iter().filter(|rule| list_of(rule).is_some()), |xml, rule| {
            xml.some("prefixListId", list_of(rule)).some("description", words(rule));
        });
    });
}

/// Writes rules as rules.
pub(super) fn write_rules(region: &Region<'_>, xml: &mut Xml, name: &str, rows: &[(String, Rule)]) {
    xml.set(name, rows, |xml, (group, rule)| {
        let id = RULE.id(&rule.id);
        xml.text("securityGroupRuleId", &id).text("groupId", GROUP.id(group));
        xml.text("groupOwnerId", &region.account).text("isEgress", !rule.inward);
        xml.text("ipProtocol", protocol(rule));
        let (first, last) = ports(rule).unwrap_or((-1, -1));
        xml.text("fromPort", first).text("toPort", last);
        let of = if rule.family == Family::V4 { "cidrIpv4" } else { "cidrIpv6" };
        xml.some(of, cidr(rule)).some("prefixListId", list_of(rule));
        if let Some(other) = &rule.group {
            xml.node("referencedGroupInfo", |xml| {
                xml.text("groupId", GROUP.id(other)).text("userId", owner(region, rule));
            });
        }
        if !rule.standing.description.is_empty() {
            xml.text("description", &rule.standing.description);
        }
        xml.tags(&tags_of(region, &id)).text("securityGroupRuleArn", region.arn(RULE, &id));
    });
}
