//! Security groups and their rules: their calls, the noun, and which rule of a group is the one that is meant.
//!
//! A rule of Neutron is for IPv4 or for IPv6; the language's is for what its addresses are. Without addresses it is for both,
//! and a group of sources is read as Neutron's own clients do, for IPv4.

use super::super::call::{With, get, json, segment};
use super::super::decode::{int, list, scalar, text};
use super::super::session::{Call, Service};
use super::{own, query};
use crate::cloud::{Direction, Filter, Rule, SecurityGroup};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::net::IpAddr;
use std::sync::Arc;

/// Ask for the first page of what a listing may let through.
pub fn first(filter: &Filter, project: Option<&str>) -> Call {
    get("security_group.list", Service::Network, "/security-groups").query(own(query(filter), project))
}

/// Ask for one group.
pub fn show(id: &str) -> Call {
    get("security_group.show", Service::Network, path(id))
}

/// Ask for a new group.
pub fn create(name: &str, description: &str) -> Call {
    let body = value!({"security_group": {"name": name, "description": description}});
    json("security_group.create", Service::Network, Method::Post, "/security-groups", body)
}

/// Ask for a deletion.
pub fn delete(id: &str) -> Call {
    Call::new("security_group.delete", Service::Network, Method::Delete, path(id))
}

fn path(id: &str) -> String {
    format!("/security-groups/{}", segment(id))
}

/// A group from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<SecurityGroup> {
    Some(SecurityGroup {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        description: text(body, "description").unwrap_or_default(),
        rules: rules(body).map(rule).collect(),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

/// The rules of a group's description.
pub fn rules(group: &Json) -> impl Iterator<Item = &Json> {
    list(group, "security_group_rules").into_iter().flatten().filter(|rule| rule.is_object())
}

/// A rule from its description.
pub fn rule(body: &Json) -> Rule {
    let ends = (int(body, "port_range_min"), int(body, "port_range_max"));
    Rule {
        id: body.get("id").and_then(scalar),
        direction: match body.get("direction").and_then(Json::as_str) {
            Some("egress") => Direction::Egress,
            _ => Direction::Ingress,
        },
        protocol: text(body, "protocol").and_then(|word| protocol(&word)),
        ports: match ends {
            (None, None) => None,
            // An ICMP type without a code is every code of it.
            (first, last) => Some((first.unwrap_or(-1), last.unwrap_or(-1))),
        },
        cidr: text(body, "remote_ip_prefix"),
        group: text(body, "remote_group_id"),
        account: None,
        ethertype: text(body, "ethertype").filter(|_| text(body, "remote_ip_prefix").is_none()),
    }
}

/// The language's word of a protocol, `None` for all of them.
fn protocol(word: &str) -> Option<String> {
    let word = word.to_ascii_lowercase();
    Some(match word.as_str() {
        "any" | "-1" => return None,
        "6" => "tcp".to_string(),
        "17" => "udp".to_string(),
        "1" => "icmp".to_string(),
        "58" | "icmpv6" => "ipv6-icmp".to_string(),
        _ => word,
    })
}

/// The kinds of address that a rule is for.
fn ethertypes(rule: &Rule) -> &'static [&'static str] {
    match (&rule.cidr, rule.protocol.as_deref(), &rule.group) {
        _ if rule.ethertype.as_deref() == Some("IPv6") => &["IPv6"],
        _ if rule.ethertype.is_some() => &["IPv4"],
        (Some(cidr), ..) if cidr.contains(':') => &["IPv6"],
        (Some(_), ..) | (None, Some("icmp"), _) => &["IPv4"],
        (None, Some("ipv6-icmp"), _) => &["IPv6"],
        (None, _, Some(_)) => &["IPv4"],
        (None, _, None) => &["IPv4", "IPv6"],
    }
}

/// A rule as Neutron keeps it: ICMP of IPv6 has a name of its own, and no port is 0.
fn kept(rule: &Rule) -> Rule {
    let mut kept = rule.clone();
    kept.protocol = rule.protocol.as_deref().and_then(protocol);
    if kept.protocol.as_deref() == Some("icmp") && rule.family() == Some("IPv6") {
        kept.protocol = Some("ipv6-icmp".to_string());
    }
    if !is_icmp(&kept) {
        kept.ports = match rule.ports {
            Some((0 | 1, 65535)) => None,
            Some((0, last)) => Some((1, last.max(1))),
            ports => ports,
        };
    }
    kept
}

fn is_icmp(rule: &Rule) -> bool {
    matches!(rule.protocol.as_deref(), Some("icmp" | "ipv6-icmp"))
}

/// Ask for what a rule says to be let through: one call for each kind of address, which stands beside it.
pub fn authorize(group: &str, rule: &Rule) -> Vec<(&'static str, Call)> {
    let kept = kept(rule);
    let call = |ethertype: &&'static str| {
        let mut body = Map::from_iter([
            ("security_group_id".to_string(), value!(group)),
            ("direction".to_string(), value!(kept.direction.as_str())),
            ("ethertype".to_string(), value!(ethertype)),
        ]);
        let mut put = |key: &str, value: Option<Json>| {
            if let Some(value) = value {
                body.insert(key.to_string(), value);
            }
        };
        put("protocol", kept.protocol.as_ref().map(|protocol| value!(protocol)));
        put("port_range_min", kept.ports.filter(|ports| ports.0 >= 0).map(|ports| value!(ports.0)));
        put("port_range_max", kept.ports.filter(|ports| ports.1 >= 0).map(|ports| value!(ports.1)));
        put("remote_ip_prefix", kept.cidr.as_ref().map(|cidr| value!(cidr)));
        put("remote_group_id", kept.group.as_ref().map(|group| value!(group)));
        let body = value!({ "security_group_rule": body });
        let operation = "security_group_rule.create";
        let call = json(operation, Service::Network, Method::Post, "/security-group-rules", body);
        (*ethertype, call)
    };
    ethertypes(&kept).iter().map(call).collect()
}

/// Ask for a rule to be deleted.
pub fn revoke(id: &str) -> Call {
    let path = format!("/security-group-rules/{}", segment(id));
    Call::new("security_group_rule.delete", Service::Network, Method::Delete, path)
}

/// Whether a rule's description is the one that is meant; of a group of sources, of either kind of address.
pub fn is_meant(body: &Json, meant: &Rule) -> bool {
    let (held, meant) = (kept(&rule(body)), kept(meant));
    let ethertype = text(body, "ethertype").unwrap_or_else(|| "IPv4".to_string());
    let of_group = meant.group.is_some() && meant.ethertype.is_none();
    held.direction == meant.direction
        && held.protocol == meant.protocol
        && held.ports == meant.ports
        && held.group == meant.group
        && range(held.cidr.as_deref(), &ethertype) == range(meant.cidr.as_deref(), &ethertype)
        && (of_group || ethertypes(&meant).iter().any(|one| one.eq_ignore_ascii_case(&ethertype)))
}

/// Whether a rule's description is the one that is meant, for this kind of address.
pub fn is_of(body: &Json, meant: &Rule, ethertype: &str) -> bool {
    is_meant(body, meant) && text(body, "ethertype").is_none_or(|held| held.eq_ignore_ascii_case(ethertype))
}

/// An address range without the bits behind its prefix; everywhere is no range.
fn range(cidr: Option<&str>, ethertype: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = cidr?.split_once('/')?;
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    let masked = match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length.min(32))).unwrap_or(0);
            IpAddr::from((four.to_bits() & mask).to_be_bytes())
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0);
            IpAddr::from((six.to_bits() & mask).to_be_bytes())
        }
    };
    let same_kind = address.is_ipv4() == ethertype.eq_ignore_ascii_case("IPv4");
    (length > 0 || !same_kind).then_some((masked, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Body;

    fn bodies(rule: &Rule) -> Vec<Json> {
        let body = |(_, call): (&str, Call)| match call.body {
            Body::Json(body) => body["security_group_rule"].clone(),
            other => panic!("{other:?}"),
        };
        authorize("g", rule).into_iter().map(body).collect()
    }

    fn of(protocol: &str, ports: Option<(i64, i64)>, cidr: &str) -> Rule {
        let cidr = (!cidr.is_empty()).then(|| cidr.to_string());
        let protocol = (!protocol.is_empty()).then(|| protocol.to_string());
        Rule { protocol, ports, cidr, ..Rule::default() }
    }

    #[test]
    fn a_rule_is_for_the_kind_of_address_that_it_names() {
        let web = bodies(&of("tcp", Some((80, 80)), "0.0.0.0/0"));
        let wanted = value!({"security_group_id": "g", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp",
            "port_range_min": 80, "port_range_max": 80, "remote_ip_prefix": "0.0.0.0/0"});
        assert_eq!(web, [wanted]);
        let ping = bodies(&of("icmp", Some((8, -1)), "::/0"));
        let wanted = value!({"security_group_id": "g", "direction": "ingress", "ethertype": "IPv6",
            "protocol": "ipv6-icmp", "port_range_min": 8, "remote_ip_prefix": "::/0"});
        assert_eq!(ping, [wanted]);
        let kinds = |rule: &Rule| -> Vec<Json> {
            bodies(rule).iter().map(|body| body["ethertype"].clone()).collect()
        };
        assert_eq!(kinds(&of("", None, "")), ["IPv4", "IPv6"]);
        assert_eq!(kinds(&Rule { group: Some("other".to_string()), ..Rule::default() }), ["IPv4"]);
        assert_eq!(kinds(&of("icmp", None, "")), ["IPv4"]);
    }

    #[test]
    fn no_port_is_0_and_all_ports_are_none() {
        let ends = |first, last| {
            let body = bodies(&of("tcp", Some((first, last)), "0.0.0.0/0")).remove(0);
            (body.get("port_range_min").cloned(), body.get("port_range_max").cloned())
        };
        assert_eq!(ends(0, 65535), (None, None));
        assert_eq!(ends(0, 22), (Some(1.into()), Some(22.into())));
        assert_eq!(ends(1024, 65535), (Some(1024.into()), Some(65535.into())));
    }

    #[test]
    fn the_rule_that_is_meant_is_found_as_the_cloud_keeps_it() {
        let held = |protocol: Json, ports: Json, cidr: Json, group: Json, ethertype: &str| {
            value!({"id": "r", "direction": "ingress", "ethertype": ethertype, "protocol": protocol,
                "port_range_min": ports, "port_range_max": ports, "remote_ip_prefix": cidr, "remote_group_id": group})
        };
        let null = || Json::Null;
        let web = held("tcp".into(), 80.into(), "10.0.0.0/8".into(), null(), "IPv4");
        assert!(is_meant(&web, &of("tcp", Some((80, 80)), "10.1.2.3/8")));
        for other in [
            of("tcp", Some((81, 81)), "10.0.0.0/8"),
            of("tcp", None, "10.0.0.0/8"),
            of("udp", Some((80, 80)), "10.0.0.0/8"),
            of("tcp", Some((80, 80)), "10.0.0.0/9"),
            of("tcp", Some((80, 80)), "0.0.0.0/0"),
            Rule { direction: Direction::Egress, ..of("tcp", Some((80, 80)), "10.0.0.0/8") },
            Rule { group: Some("x".to_string()), ..of("tcp", Some((80, 80)), "") },
        ] {
            assert!(!is_meant(&web, &other), "{}", other.words());
        }
        // Everywhere is written as a range or as none.
        let all = held(null(), null(), null(), null(), "IPv4");
        assert!(is_meant(&all, &of("", None, "0.0.0.0/0")) && !is_meant(&all, &of("", None, "::/0")));
        let six = held(null(), null(), null(), null(), "IPv6");
        assert!(is_meant(&six, &of("", None, "::/0")) && is_meant(&six, &of("", None, "")));
        let numbered = held("17".into(), 53.into(), "::/0".into(), null(), "IPv6");
        assert!(is_meant(&numbered, &of("udp", Some((53, 53)), "::/0")));
        let member = Rule { group: Some("g".to_string()), ..Rule::default() };
        let six = Rule { ethertype: Some("IPv6".to_string()), ..member.clone() };
        let of_six = held(null(), null(), null(), "g".into(), "IPv6");
        assert!(
            is_meant(&of_six, &six) && !is_meant(&held(null(), null(), null(), "g".into(), "IPv4"), &six)
        );
        assert_eq!(rule(&of_six).value(), Rule { id: Some("r".to_string()), ..six }.value());
        for ethertype in ["IPv4", "IPv6"] {
            assert!(is_meant(&held(null(), null(), null(), "g".into(), ethertype), &member), "{ethertype}");
        }
    }
}
