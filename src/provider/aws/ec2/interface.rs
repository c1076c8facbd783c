//! Network interfaces: what a script calls ports.

use super::super::call::{Call, literal};
use super::super::decode::{list, text};
use super::tag;
use crate::cloud::{Filter, NameMatch, Port, PortSpec};
use serde_json::{Value as Json, json};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// How many a page holds.
const PAGE: usize = 1000;

/// Ask for what a listing may let through.
pub fn page(filter: &Filter) -> Call {
    let call = Call::ec2("port.list", "DescribeNetworkInterfaces").with("MaxResults", PAGE);
    let name = match &filter.name {
        Some(NameMatch::Exact(name)) => Some(literal(name)),
        _ => None,
    };
    let ip = filter.ip.as_ref().filter(|ip| ip.parse::<Ipv4Addr>().is_ok());
    call.filter("tag:Name", name)
        .filter("subnet-id", filter.network.clone())
        .filter("attachment.instance-id", filter.server.clone())
        .filter("private-ip-address", ip.cloned())
}

/// Ask for one.
pub fn show(id: &str) -> Call {
    Call::ec2("port.show", "DescribeNetworkInterfaces").with("NetworkInterfaceId", json!([id]))
}

/// Make one that no instance has.
pub fn create(spec: &PortSpec) -> Call {
    let groups = spec.security_groups.as_ref().map(|groups| json!(groups));
    let mut call = Call::ec2("port.create", "CreateNetworkInterface")
        .with("SubnetId", spec.network.clone())
        .with("PrivateIpAddress", spec.ip.clone())
        .with("SecurityGroupId", groups);
    if let Some(Json::Object(extra)) = &spec.provider {
        for (key, value) in extra {
            call = call.with(key, value.clone());
        }
    }
    call
}

/// Describe one in other words.
pub fn describe(id: &str, description: &str) -> Call {
    Call::ec2("port.update", "ModifyNetworkInterfaceAttribute")
        .idempotent()
        .with("NetworkInterfaceId", id)
        .with("Description", json!({ "Value": description }))
}

/// Delete one.
pub fn delete(id: &str) -> Call {
    Call::ec2("port.delete", "DeleteNetworkInterface").idempotent().with("NetworkInterfaceId", id)
}

/// A port from its description, or from what its making told.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Port> {
    let id = text(body, "networkInterfaceId")?;
    let mut tags = tag::decode(body);
    if tags.name.is_empty() {
        tags.name = tag::decode(&json!({"tagSet": body.get("tags")})).name;
    }
    let attachment = body.get("attachment");
    let mut ips: Vec<String> = text(body, "privateIpAddress").into_iter().collect();
    for (set, key) in [("privateIpAddressesSet", "privateIpAddress"), ("ipv6AddressesSet", "ipv6Address")] {
        for ip in list(body, set).iter().filter_map(|one| text(one, key)) {
            if !ips.contains(&ip) {
                ips.push(ip);
            }
        }
    }
    let status = match text(body, "status").unwrap_or_default().as_str() {
        "in-use" | "associated" => "ACTIVE",
        "available" | "detaching" => "DOWN",
        "attaching" | "pending" => "BUILD",
        _ => "UNKNOWN",
    };
    Some(Port {
        id,
        name: tags.name,
        status: status.to_string(),
        network: text(body, "subnetId"),
        ips,
        mac: text(body, "macAddress"),
        server: attachment.and_then(|attachment| text(attachment, "instanceId")),
        security_groups: list(body, "groupSet").iter().filter_map(|one| text(one, "groupId")).collect(),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_a_port() {
        let body = json!({"networkInterfaceId": "eni-1", "status": "in-use", "subnetId": "subnet-1",
            "privateIpAddress": "10.0.0.5", "attachment": {"instanceId": "i-1", "status": "attached"},
            "privateIpAddressesSet": [{"privateIpAddress": "10.0.0.5"}, {"privateIpAddress": "10.0.0.6"}],
            "ipv6AddressesSet": [{"ipv6Address": "fd00::5"}], "groupSet": [{"groupId": "sg-1"}],
            "tagSet": [{"key": "Name", "value": "db"}]});
        let port = decode(&body, &Arc::from("lab")).unwrap();
        assert_eq!((port.name.as_str(), port.status.as_str(), port.ip()), ("db", "ACTIVE", Some("10.0.0.5")));
        assert_eq!(port.ips, ["10.0.0.5", "10.0.0.6", "fd00::5"]);
        assert_eq!(
            (port.server.as_deref(), &port.security_groups[..]),
            (Some("i-1"), &["sg-1".to_string()][..])
        );
    }
}
