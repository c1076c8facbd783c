//! Rules of security groups: how protocols, ports and prefixes are read and what is refused of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json as v};

use super::asked::{Asked, Field, Is, made, needed, once, own, to_make};
use super::groups::{own_groups, seen as group_seen};
use super::list::{List, cut, listed};
use super::refuse::{failed, missing, refused};
use super::{Answer, Call, Outcome, json, time};
use crate::world::{Family, Group, Kind, PROTOCOLS, Rule, RuleSpec, World, protocol as protocol_number};

const LIST: List = List {
    name: "security_group_rules",
    kind: Kind::Rule,
    fields: &[
        "id",
        "tenant_id",
        "project_id",
        "security_group_id",
        "remote_group_id",
        "remote_address_group_id",
        "direction",
        "ethertype",
        "protocol",
        "port_range_min",
        "port_range_max",
        "remote_ip_prefix",
        "normalized_cidr",
        "description",
        "belongs_to_default_sg",
        "revision_number",
        "created_at",
        "updated_at",
    ],
};

const FIELDS: &[Field] = &[
    needed("security_group_id", Is::Any),
    needed("direction", Is::Word(&["ingress", "egress"])),
    once("ethertype", Is::Any),
    once("protocol", Is::Any),
    once("port_range_min", Is::Any),
    once("port_range_max", Is::Any),
    once("remote_ip_prefix", Is::Any),
    once("remote_group_id", Is::Any),
    once("remote_address_group_id", Is::Any),
    once("description", Is::Text),
    once("tenant_id", Is::Text),
    once("project_id", Is::Text),
    own("id"),
    own("normalized_cidr"),
    own("belongs_to_default_sg"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
];

/// The protocols that have ports.
const WITH_PORTS: &[u8] = &[6, 17, 33, 132, 136];

/// The range of a prefix without the bits of the host.
fn normal(cidr: &str) -> String {
    let Some((base, prefix)) = cidr.split_once('/') else { return cidr.to_owned() };
    let bits: u32 = prefix.parse().unwrap_or_default();
    match base.parse() {
        Ok(IpAddr::V4(ip)) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
            format!("{}/{bits}", Ipv4Addr::from(u32::from(ip) & mask))
        }
        Ok(IpAddr::V6(ip)) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits)).unwrap_or(0);
            format!("{}/{bits}", Ipv6Addr::from(u128::from(ip) & mask))
        }
        Err(_) => cidr.to_owned(),
    }
}

fn value(group: &Group, rule: &Rule) -> Value {
    let standing = &rule.standing;
    // What EC2 calls a prefix list is a group of addresses here.
    let listed = rule.cidr.as_deref().filter(|cidr| cidr.starts_with("pl-"));
    let cidr = rule.cidr.as_deref().filter(|_| listed.is_none());
    let description = Some(&standing.description).filter(|text| !rule.first_day || !text.is_empty());
    v!({"id": rule.id, "project_id": group.project, "security_group_id": group.id,
        "ethertype": if rule.family == Family::V4 { "IPv4" } else { "IPv6" },
        "direction": if rule.inward { "ingress" } else { "egress" }, "protocol": rule.protocol,
        "port_range_min": rule.first, "port_range_max": rule.last, "remote_ip_prefix": cidr,
        "remote_address_group_id": listed, "normalized_cidr": cidr.map(normal),
        "remote_group_id": rule.group, "belongs_to_default_sg": group.name == "default",
        "description": description, "created_at": time::second(standing.created),
        "updated_at": time::second(standing.updated), "revision_number": standing.revision,
        "tenant_id": group.project})
}

/// A rule as it stands in its group.
pub(super) fn inside(group: &Group, rule: &Rule) -> Value {
    let mut value = value(group, rule);
    value["standard_attr_id"] = rule.number.into();
    value["tags"] = rule.standing.tags.clone().into();
    if group.name == "default" {
        value["belongs_to_default_sg"] = Value::Null;
    }
    value
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    world.default_group(call.project());
    let rows =
        own_groups(world, call).flat_map(|group| group.rules.iter().map(move |rule| value(group, rule)));
    listed(call, &LIST, rows.collect())
}

fn seen<'a>(world: &'a World, call: &Call<'_>) -> Result<(&'a Group, &'a Rule), Answer> {
    let id = call.param(0);
    let found = world.rule(id).filter(|(group, _)| call.admin() || group.project == call.project());
    found.ok_or_else(|| missing(Kind::Rule, id))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let (group, rule) = seen(world, call)?;
    Ok(json(200, &v!({"security_group_rule": cut(call, value(group, rule))})))
}

fn protocol(asked: &Asked) -> Result<Option<String>, Answer> {
    let text = match asked.get("protocol") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.to_lowercase(),
        Some(other) => other.to_string(),
    };
    if matches!(text.as_str(), "any" | "") {
        return Ok(None);
    }
    if protocol_number(&text).is_some() {
        return Ok(Some(text));
    }
    let names: Vec<String> = PROTOCOLS.iter().map(|(name, _)| format!("'{name}'")).collect();
    let message = format!(
        "Security group rule protocol {text} not supported. Only protocol values (None, 'any', {}) and integer \
         representations [0 to 255] are supported.",
        names.join(", ")
    );
    Err(failed(400, "SecurityGroupRuleInvalidProtocol", &message))
}

fn check_ports(protocol: Option<&str>, first: Option<i64>, last: Option<i64>) -> Result<(), Answer> {
    let refuse = |kind: &str, message: String| Err(failed(400, kind, &message));
    let Some(protocol) = protocol else {
        if first.is_some() || last.is_some() {
            let message = "Must also specify protocol if port range is given.";
            return refuse("SecurityGroupProtocolRequiredWithPorts", message.into());
        }
        return Ok(());
    };
    let number = protocol_number(protocol).unwrap_or_default();
    if matches!(number, 1 | 58) {
        for (value, what, field) in [(first, "type", "port_range_min"), (last, "code", "port_range_max")] {
            if let Some(value) = value.filter(|value| !(0..=255).contains(value)) {
                let message =
                    format!("Invalid value for ICMP {what} ({field}) {value}. It must be 0 to 255.");
                return refuse("SecurityGroupInvalidIcmpValue", message);
            }
        }
        if let (None, Some(code)) = (first, last) {
            let message = format!(
                "ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is missing."
            );
            return refuse("SecurityGroupMissingIcmpType", message);
        }
        return Ok(());
    }
    if first.is_none() && last.is_none() {
        return Ok(());
    }
    if !WITH_PORTS.contains(&number) {
        let message = format!(
            "Ports cannot be specified for protocol {number}. Ports are only supported for DCCP, SCTP, TCP, UDP, \
             UDPLITE."
        );
        return refuse("SecurityGroupInvalidProtocolForPort", message);
    }
    for port in [first, last].into_iter().flatten() {
        if !(1..=65535).contains(&port) {
            return refuse("SecurityGroupInvalidPortValue", format!("Invalid value for port {port}"));
        }
    }
    match (first, last) {
        (Some(first), Some(last)) if first <= last => Ok(()),
        _ => refuse(
            "SecurityGroupInvalidPortRange",
            "For TCP/UDP protocols, port_range_min must be <= port_range_max".into(),
        ),
    }
}

fn spec(asked: &Asked) -> Result<RuleSpec, Answer> {
    let protocol = protocol(asked)?;
    let (first, last) = (asked.whole("port_range_min"), asked.whole("port_range_max"));
    check_ports(protocol.as_deref(), first, last)?;
    let family = match asked.get("ethertype").map(|kind| kind.as_str().unwrap_or_default()) {
        None | Some("IPv4") => Family::V4,
        Some("IPv6") => Family::V6,
        Some(other) => {
            let message = format!(
                "Security group rule for ethertype '{other}' not supported. Allowed values are ['IPv4', 'IPv6']."
            );
            return Err(failed(400, "SecurityGroupRuleInvalidEtherType", &message));
        }
    };
    let (cidr, group) = (asked.text("remote_ip_prefix"), asked.text("remote_group_id"));
    if cidr.is_some() && group.is_some() {
        let message =
            "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.";
        return Err(failed(400, "SecurityGroupMultipleRemoteEntites", message));
    }
    Ok(RuleSpec {
        inward: asked.text("direction") == Some("ingress"),
        family,
        protocol,
        first,
        last,
        cidr: cidr.map(|cidr| prefix(cidr, family)).transpose()?,
        group: group.map(str::to_owned),
        description: asked.text("description").unwrap_or_default().to_owned(),
    })
}

/// A prefix with its length, of the right family.
fn prefix(text: &str, family: Family) -> Result<String, Answer> {
    let invalid = || failed(400, "InvalidCIDR", &format!("Invalid CIDR {text} given as IP prefix."));
    let (base, bits) = match text.split_once('/') {
        Some((base, bits)) => (base, Some(bits.parse::<u8>().map_err(|_| invalid())?)),
        None => (text, None),
    };
    let address: IpAddr = base.parse().map_err(|_| invalid())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    if bits > most {
        return Err(invalid());
    }
    if address.is_ipv4() != (family == Family::V4) {
        let kind = if family == Family::V4 { "IPv4" } else { "IPv6" };
        let message = format!("Conflicting value ethertype {kind} for CIDR {text}");
        return Err(failed(400, "SecurityGroupRuleParameterConflict", &message));
    }
    Ok(format!("{base}/{bits}"))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "security_group_rule", "security_group_rules", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        let spec = spec(asked)?;
        let group = asked.text("security_group_id").unwrap_or_default();
        group_seen(world, call, group)?;
        let id = world.add_rule(group, &spec).map_err(refused)?;
        let told = world.rule(&id).map(|(group, rule)| value(group, rule)).unwrap_or_default();
        rows.push(told);
        ids.push((id, String::new()));
    }
    Ok(made("security_group_rule", "security_group_rules", several, rows, &ids))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = seen(world, call)?.1.id.clone();
    world.remove_rule(&id).map_err(refused)?;
    Ok(Answer::empty(204).about(&id, ""))
}
