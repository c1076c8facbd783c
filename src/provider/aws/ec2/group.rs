//! Security groups: what they let through, in all the forms that EC2 writes it.

use super::super::call::{Call, literal};
use super::super::decode::{int, list, text};
use crate::cloud::{Direction, NameMatch, Rule, SecurityGroup};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// How many a page holds.
const PAGE: usize = 1000;

/// Ask for groups.
pub fn page(name: Option<&NameMatch>) -> Call {
    let call = Call::ec2("security_group.list", "DescribeSecurityGroups").with("MaxResults", PAGE);
    match name {
        Some(NameMatch::Exact(name)) => call.filter("group-name", [literal(name)]),
        _ => call,
    }
}

/// Ask for the groups of these names, in one VPC where one is given.
pub fn named(names: &[String], vpc: Option<&str>) -> Call {
    Call::ec2("security_group.list", "DescribeSecurityGroups")
        .filter("group-name", names.iter().map(|name| literal(name)))
        .filter("vpc-id", vpc)
}

/// Ask for one.
pub fn show(id: &str) -> Call {
    Call::ec2("security_group.show", "DescribeSecurityGroups").with("GroupId", json!([id]))
}

/// Make one; EC2 wants a description.
pub fn create(name: &str, description: &str, vpc: Option<&str>) -> Call {
    let description = if description.is_empty() { name } else { description };
    Call::ec2("security_group.create", "CreateSecurityGroup")
        .with("GroupName", name)
        .with("GroupDescription", description)
        .with("VpcId", vpc)
}

/// Delete one.
pub fn delete(id: &str) -> Call {
    Call::ec2("security_group.delete", "DeleteSecurityGroup").idempotent().with("GroupId", id)
}

/// Let something through.
pub fn authorize(group: &str, rule: &Rule) -> Call {
    changed("security_group.authorize", "Authorize", group, rule)
}

/// No longer let something through.
pub fn revoke(group: &str, rule: &Rule) -> Call {
    changed("security_group.revoke", "Revoke", group, rule)
}

fn changed(operation: &'static str, verb: &str, group: &str, rule: &Rule) -> Call {
    let way = match rule.direction {
        Direction::Ingress => "Ingress",
        Direction::Egress => "Egress",
    };
    Call::ec2(operation, &format!("{verb}SecurityGroup{way}"))
        .with("GroupId", group)
        .with("IpPermissions", json!([permission(rule)]))
}

/// A rule as EC2 takes it. Every port of a protocol is spelt out; every protocol is -1 and has no ports.
fn permission(rule: &Rule) -> Json {
    let protocol = match rule.protocol.as_deref() {
        None => "-1",
        Some("ipv6-icmp") => "icmpv6",
        Some(protocol) => protocol,
    };
    let mut out = Map::from_iter([("IpProtocol".to_string(), json!(protocol))]);
    let ports = rule.ports.or(match protocol {
        "tcp" | "udp" | "6" | "17" => Some((0, 65535)),
        "icmp" | "icmpv6" | "1" | "58" => Some((-1, -1)),
        _ => None,
    });
    if let Some((from, to)) = ports.filter(|_| protocol != "-1") {
        out.insert("FromPort".to_string(), json!(from));
        out.insert("ToPort".to_string(), json!(to));
    }
    let (key, peer) = match (&rule.group, &rule.cidr) {
        (Some(group), _) => {
            let mut peer = Map::from_iter([("GroupId".to_string(), json!(group))]);
            peer.extend(rule.account.iter().map(|account| ("UserId".to_string(), json!(account))));
            ("Groups", json!([peer]))
        }
        (None, Some(list)) if rule.names_prefix_list() => ("PrefixListIds", json!([{"PrefixListId": list}])),
        (None, Some(cidr)) if cidr.contains(':') => ("Ipv6Ranges", json!([{"CidrIpv6": cidr}])),
        (None, cidr) => ("IpRanges", json!([{"CidrIp": cidr.as_deref().unwrap_or("0.0.0.0/0")}])),
    };
    out.insert(key.to_string(), peer);
    Json::Object(out)
}

/// Whether a rule that a group holds is this one, however each is written.
pub fn is_same(held: &Rule, rule: &Rule) -> bool {
    let plain = |rule: &Rule| {
        let protocol = match rule.protocol.as_deref() {
            Some("6") => Some("tcp"),
            Some("17") => Some("udp"),
            Some("1") => Some("icmp"),
            Some("icmpv6" | "58") => Some("ipv6-icmp"),
            other => other,
        };
        let every = if matches!(protocol, Some("tcp" | "udp")) { (0, 65535) } else { (-1, -1) };
        let ports = rule.ports.filter(|ports| protocol.is_some() && *ports != every);
        let everywhere = rule.group.is_none().then(|| "0.0.0.0/0".to_string());
        let peer = (rule.cidr.clone().or(everywhere), rule.group.clone());
        (rule.direction, protocol.map(str::to_string), ports, peer)
    };
    plain(held) == plain(rule)
}

/// Whether a revocation found nothing to revoke: in a VPC that is no error, the rule is only listed.
pub fn was_unknown(body: &Json) -> bool {
    !list(body, "unknownIpPermissionSet").is_empty() || body.get("return") == Some(&Json::Bool(false))
}

/// The VPC that a group is in.
pub fn vpc(body: &Json) -> Option<String> {
    text(body, "vpcId")
}

/// A group from its description.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<SecurityGroup> {
    let name = text(body, "groupName").unwrap_or_default();
    let mut rules = Vec::new();
    for (key, direction) in
        [("ipPermissions", Direction::Ingress), ("ipPermissionsEgress", Direction::Egress)]
    {
        let owner = text(body, "ownerId");
        let all = list(body, key).iter();
        all.for_each(|permission| spread(permission, direction, owner.as_deref(), &mut rules));
    }
    Some(SecurityGroup {
        // Before VPCs a group was known by its name.
        id: text(body, "groupId").or_else(|| text(body, "groupName"))?,
        name,
        description: text(body, "groupDescription").unwrap_or_default(),
        rules,
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

/// One permission names several peers: each is a rule of its own.
fn spread(permission: &Json, direction: Direction, owner: Option<&str>, rules: &mut Vec<Rule>) {
    let protocol = match text(permission, "ipProtocol").as_deref() {
        None | Some("-1" | "all") => None,
        Some("icmpv6" | "58") => Some("ipv6-icmp".to_string()),
        Some("6") => Some("tcp".to_string()),
        Some("17") => Some("udp".to_string()),
        Some("1") => Some("icmp".to_string()),
        Some(protocol) => Some(protocol.to_string()),
    };
    let ports = int(permission, "fromPort").zip(int(permission, "toPort"));
    let every = match protocol.as_deref() {
        Some("tcp" | "udp") => Some((0, 65535)),
        _ => Some((-1, -1)),
    };
    let ports = ports.filter(|ports| protocol.is_some() && Some(*ports) != every);
    let rule = |cidr: Option<String>, group: Option<String>| Rule {
        id: None,
        direction,
        protocol: protocol.clone(),
        ports,
        cidr,
        group,
        account: None,
        ethertype: None,
    };
    for (key, field) in
        [("ipRanges", "cidrIp"), ("ipv6Ranges", "cidrIpv6"), ("prefixListIds", "prefixListId")]
    {
        rules.extend(
            list(permission, key)
                .iter()
                .filter_map(|peer| text(peer, field))
                .map(|cidr| rule(Some(cidr), None)),
        );
    }
    rules.extend(list(permission, "groups").iter().filter_map(|group| {
        let id = text(group, "groupId").or_else(|| text(group, "groupName"))?;
        // That of another account goes back with its account.
        let account = text(group, "userId").filter(|user| owner.is_some_and(|own| own != user));
        Some(Rule { account, ..rule(None, Some(id)) })
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(rule: Rule) -> String {
        let call = authorize("sg-1", &rule);
        let pairs: Vec<String> =
            call.pairs()[3..].iter().map(|(key, value)| format!("{key}={value}")).collect();
        pairs.join("&").replace("IpPermissions.1.", "")
    }

    #[test]
    fn every_form_of_rule_is_sent() {
        let tcp = || Rule { protocol: Some("tcp".into()), ..Rule::default() };
        assert_eq!(
            sent(Rule { ports: Some((80, 81)), cidr: Some("10.0.0.0/8".into()), ..tcp() }),
            "IpProtocol=tcp&FromPort=80&ToPort=81&IpRanges.1.CidrIp=10.0.0.0/8"
        );
        assert_eq!(sent(tcp()), "IpProtocol=tcp&FromPort=0&ToPort=65535&IpRanges.1.CidrIp=0.0.0.0/0");
        assert_eq!(
            sent(Rule { cidr: Some("::/0".into()), protocol: Some("ipv6-icmp".into()), ..Rule::default() }),
            "IpProtocol=icmpv6&FromPort=-1&ToPort=-1&Ipv6Ranges.1.CidrIpv6=::/0"
        );
        assert_eq!(
            sent(Rule { group: Some("sg-2".into()), ..Rule::default() }),
            "IpProtocol=-1&Groups.1.GroupId=sg-2"
        );
        let peered = Rule { group: Some("sg-2".into()), account: Some("222222222222".into()), ..tcp() };
        assert!(sent(peered).ends_with("&Groups.1.GroupId=sg-2&Groups.1.UserId=222222222222"));
        assert_eq!(
            sent(Rule { ports: Some((443, 443)), cidr: Some("pl-63a5400a".into()), ..tcp() }),
            "IpProtocol=tcp&FromPort=443&ToPort=443&PrefixListIds.1.PrefixListId=pl-63a5400a"
        );
        assert_eq!(
            sent(Rule { protocol: Some("icmp".into()), ports: Some((8, -1)), ..Rule::default() }),
            "IpProtocol=icmp&FromPort=8&ToPort=-1&IpRanges.1.CidrIp=0.0.0.0/0"
        );
        let egress = Rule { direction: Direction::Egress, ..tcp() };
        assert_eq!(authorize("sg-1", &egress).action, "AuthorizeSecurityGroupEgress");
        assert_eq!(revoke("sg-1", &tcp()).action, "RevokeSecurityGroupIngress");
    }

    #[test]
    fn permissions_are_read_as_a_rule_a_peer() {
        let body = json!({"groupId": "sg-1", "groupName": "web", "groupDescription": "d", "ipPermissions": [
            {"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "groups": [{"groupId": "sg-2"}],
             "ipRanges": [{"cidrIp": "10.0.0.0/8"}, {"cidrIp": "0.0.0.0/0"}], "ipv6Ranges": [{"cidrIpv6": "::/0"}]},
            {"ipProtocol": "udp", "fromPort": 0, "toPort": 65535, "groups": [{"groupName": "old"}], "ipRanges": []}],
            "ipPermissionsEgress": [{"ipProtocol": "-1", "ipRanges": [{"cidrIp": "0.0.0.0/0"}]}]});
        let group = decode(&body, &Arc::from("lab")).unwrap();
        let words: Vec<String> = group.rules.iter().map(Rule::words).collect();
        assert_eq!(
            words,
            [
                "tcp 80 from 10.0.0.0/8",
                "tcp 80 from 0.0.0.0/0",
                "tcp 80 from ::/0",
                "tcp 80 from group sg-2",
                "udp from group old",
                "all traffic to 0.0.0.0/0"
            ]
        );
    }

    #[test]
    fn a_group_of_another_account_is_read_with_its_account() {
        let body = json!({"ownerId": "1", "groupId": "sg-1", "groupName": "web", "ipPermissions": [
            {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": [
                {"groupId": "sg-2", "userId": "2", "vpcPeeringConnectionId": "pcx-1"}, {"groupId": "sg-3", "userId": "1"}]}]});
        let group = decode(&body, &Arc::from("lab")).unwrap();
        let peers: Vec<_> =
            group.rules.iter().map(|rule| (rule.group.as_deref(), rule.account.as_deref())).collect();
        assert_eq!(peers, [(Some("sg-2"), Some("2")), (Some("sg-3"), None)]);
    }

    #[test]
    fn a_revocation_that_found_nothing_is_known() {
        assert!(was_unknown(&json!({"return": true, "unknownIpPermissionSet": [{"ipProtocol": "tcp"}]})));
        assert!(!was_unknown(&json!({"return": true})));
    }
}
