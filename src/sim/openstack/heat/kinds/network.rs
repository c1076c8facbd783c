//! The types of Neutron: networks, subnets, ports, routers, security groups and floating addresses.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ask::{ask, named};
use super::rest::Rest;
use super::{kind, kind_after};
use crate::world::stack::{Kind, Property, Shape, Site, as_text, live, plain};

/// The given properties of these names.
pub(super) fn given(site: &Site<'_>, names: &[&str]) -> Map<String, Value> {
    let own = names.iter().filter_map(|name| Some((*name, site.properties.get(*name)?)));
    own.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// The same with a name: the resource's own where none is given.
pub(super) fn with_name(site: &Site<'_>, names: &[&str]) -> Map<String, Value> {
    let mut body = given(site, names);
    body.entry("name").or_insert_with(|| site.name.clone().into());
    body
}

pub(super) fn network_id(site: &Site<'_>, text: &str) -> String {
    let project = &site.asker.project;
    let rows = site.world.networks_of(project, site.asker.admin);
    named(rows.map(|network| (network.id.as_str(), network.name.as_str())), text)
}

pub(super) fn subnet_id(site: &Site<'_>, text: &str) -> String {
    named(site.world.subnets.iter().map(|subnet| (subnet.id.as_str(), subnet.name.as_str())), text)
}

pub(super) fn network_of(site: &Site<'_>) -> Option<String> {
    let text = site.text("network").or_else(|| site.text("network_id"))?;
    Some(network_id(site, &text))
}

fn groups(site: &Site<'_>) -> Option<Value> {
    let rows = site.properties.get("security_groups")?.as_array()?;
    let own = || site.world.groups.iter().filter(|group| group.project == site.asker.project);
    let id = |row: &Value| named(own().map(|group| (group.id.as_str(), group.name.as_str())), &as_text(row));
    Some(rows.iter().map(id).collect())
}

const NETWORK: &[Property] = &[
    live("name", Shape::Text),
    live("admin_state_up", Shape::Flag),
    live("shared", Shape::Flag),
    live("tags", Shape::List),
    plain("tenant_id", Shape::Text),
    live("value_specs", Shape::Map),
    live("port_security_enabled", Shape::Flag),
    live("qos_policy", Shape::Text),
    live("dns_domain", Shape::Text),
    plain("dhcp_agent_ids", Shape::List),
    plain("availability_zone_hints", Shape::List),
];

const SUBNET: &[Property] = &[
    plain("network", Shape::Text),
    plain("network_id", Shape::Text),
    plain("cidr", Shape::Text),
    live("name", Shape::Text),
    plain("ip_version", Shape::Integer),
    live("gateway_ip", Shape::Text),
    live("allocation_pools", Shape::List),
    live("dns_nameservers", Shape::List),
    live("enable_dhcp", Shape::Flag),
    live("host_routes", Shape::List),
    live("tags", Shape::List),
    plain("tenant_id", Shape::Text),
    plain("subnetpool", Shape::Text),
    plain("prefixlen", Shape::Integer),
    plain("segment", Shape::Text),
    plain("ipv6_address_mode", Shape::Text),
    plain("ipv6_ra_mode", Shape::Text),
    live("value_specs", Shape::Map),
];

const PORT: &[Property] = &[
    plain("network", Shape::Text),
    plain("network_id", Shape::Text),
    live("name", Shape::Text),
    live("fixed_ips", Shape::List),
    live("security_groups", Shape::List),
    live("admin_state_up", Shape::Flag),
    plain("mac_address", Shape::Text),
    live("device_id", Shape::Text),
    live("device_owner", Shape::Text),
    live("allowed_address_pairs", Shape::List),
    live("port_security_enabled", Shape::Flag),
    live("binding:vnic_type", Shape::Text),
    live("qos_policy", Shape::Text),
    live("dns_name", Shape::Text),
    live("replacement_policy", Shape::Text),
    live("tags", Shape::List),
    live("value_specs", Shape::Map),
];

fn subnet(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = with_name(
        site,
        &[
            "name",
            "cidr",
            "ip_version",
            "gateway_ip",
            "allocation_pools",
            "dns_nameservers",
            "enable_dhcp",
            "host_routes",
        ],
    );
    body.entry("ip_version").or_insert_with(|| 4.into());
    body.entry("enable_dhcp").or_insert_with(|| true.into());
    if let Some(gateway) = body.get("gateway_ip")
        && (gateway == "" || gateway == "null" || gateway == "~")
    {
        body.insert("gateway_ip".into(), Value::Null);
    }
    body.insert("network_id".into(), network_of(site).into());
    Ok(Value::Object(body))
}

fn port(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = with_name(
        site,
        &["name", "admin_state_up", "mac_address", "device_id", "device_owner", "port_security_enabled"],
    );
    body.insert("network_id".into(), network_of(site).into());
    if let Some(rows) = site.properties.get("fixed_ips").and_then(Value::as_array) {
        let row = |row: &Value| {
            let mut fixed = Map::new();
            let subnet = [&row["subnet"], &row["subnet_id"]].into_iter().find(|value| !value.is_null());
            if let Some(subnet) = subnet {
                fixed.insert("subnet_id".into(), subnet_id(site, &as_text(subnet)).into());
            }
            if !row["ip_address"].is_null() {
                fixed.insert("ip_address".into(), row["ip_address"].clone());
            }
            Value::Object(fixed)
        };
        body.insert("fixed_ips".into(), rows.iter().map(row).collect());
    }
    if let Some(groups) = groups(site) {
        body.insert("security_groups".into(), groups);
    }
    Ok(Value::Object(body))
}

/// The rules of a new group: those that are given; where an inward or outward one is, its own are all.
fn add_rules(site: &mut Site<'_>, id: &str) -> Result<(), String> {
    let rules = site.properties["rules"].as_array().cloned().unwrap_or_default();
    let request = site.asker.request.clone();
    for rule in rules {
        let field =
            |names: &[&str]| names.iter().map(|name| rule[*name].clone()).find(|value| !value.is_null());
        let cidr = field(&["remote_ip_prefix"]);
        let family =
            if cidr.as_ref().is_some_and(|cidr| as_text(cidr).contains(':')) { "IPv6" } else { "IPv4" };
        let group = match as_text(&rule["remote_mode"]).as_str() {
            "remote_group_id" => Some(field(&["remote_group_id"]).unwrap_or_else(|| id.into())),
            _ => field(&["remote_group_id"]),
        };
        let body = json!({"security_group_rule": {"security_group_id": id,
            "direction": field(&["direction"]).unwrap_or_else(|| "ingress".into()),
            "ethertype": field(&["ethertype"]).unwrap_or_else(|| family.into()),
            "protocol": field(&["protocol"]).map(|word| as_text(&word).to_lowercase()),
            "port_range_min": field(&["port_range_min"]), "port_range_max": field(&["port_range_max"]),
            "remote_ip_prefix": cidr, "remote_group_id": group}});
        let told = ask(site, "POST", "/network/v2.0/security-group-rules", Some(body));
        // A rule that is there already is as good.
        if let Err(why) = told
            && why.status != 409
        {
            return Err(why.told(&request));
        }
    }
    Ok(())
}

fn change(site: &mut Site<'_>, names: &[&str]) -> Result<Option<Value>, String> {
    Ok(Some(Value::Object(given(site, names))))
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Neutron::Net",
        NETWORK,
        &["show", "status", "name", "subnets", "admin_state_up", "tenant_id", "mtu", "segments"],
        Rest {
            change: |site, _| change(site, &["name", "admin_state_up"]),
            ..Rest::new("/network/v2.0/networks", "network", |site| {
                Ok(Value::Object(with_name(
                    site,
                    &["name", "admin_state_up", "port_security_enabled", "dns_domain"],
                )))
            })
        },
    ));
    kinds.push(kind(
        "OS::Neutron::Subnet",
        SUBNET,
        &[
            "show",
            "name",
            "network_id",
            "tenant_id",
            "allocation_pools",
            "gateway_ip",
            "host_routes",
            "ip_version",
            "cidr",
            "dns_nameservers",
            "enable_dhcp",
        ],
        Rest {
            change: |site, _| {
                change(site, &["name", "dns_nameservers", "enable_dhcp", "gateway_ip", "allocation_pools"])
            },
            ..Rest::new("/network/v2.0/subnets", "subnet", subnet)
        },
    ));
    add_ports(kinds);
    add_groups(kinds);
}

fn add_ports(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind_after(
        "OS::Neutron::Port",
        PORT,
        &[
            "show",
            "status",
            "name",
            "network_id",
            "tenant_id",
            "admin_state_up",
            "device_id",
            "device_owner",
            "fixed_ips",
            "mac_address",
            "security_groups",
            "subnets",
            "port_security_enabled",
            "network",
        ],
        &["OS::Neutron::Subnet"],
        Rest {
            change: |site, _| {
                let mut body = given(site, &["name", "admin_state_up", "device_id", "device_owner"]);
                if let Some(groups) = groups(site) {
                    body.insert("security_groups".into(), groups);
                }
                Ok(Some(Value::Object(body)))
            },
            ..Rest::new("/network/v2.0/ports", "port", port)
        },
    ));
}

fn add_groups(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Neutron::SecurityGroup",
        const {
            &[
                live("name", Shape::Text),
                live("description", Shape::Text),
                live("rules", Shape::List),
                plain("tags", Shape::List),
            ]
        },
        const { &["show", "name", "description"] },
        Rest {
            then: add_rules,
            change: |site, _| {
                let id = site.physical.clone();
                add_rules(site, &id)?;
                change(site, &["name", "description"])
            },
            ..Rest::new("/network/v2.0/security-groups", "security_group", |site| {
                Ok(Value::Object(with_name(site, &["name", "description"])))
            })
        },
    ));
}
