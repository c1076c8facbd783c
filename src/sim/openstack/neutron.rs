//! Neutron, as far as other services' clients look at it: networks, subnets, ports, routers and security groups, read
//! only.

use serde_json::{Value, json as v};

use super::answer::framed;
use super::{Answer, Call, Cut, Outcome, Route, Service, json, on, time};
use crate::sim::world::{Family, Group, Network, Port, Rule, Subnet, World};

pub(super) static SERVICE: Service = Service {
    prefix: "/network",
    routes: &[ROUTES],
    cut: |path| Cut { rest: path.trim_matches('/').trim_end_matches(".json").to_owned(), ..Cut::default() },
    enter,
    unknown: |_| framed(404, "The resource could not be found."),
    error,
    stamp: |_, _| {},
};

static ROUTES: &[Route] = &[
    on("GET", "", "network.versions", versions),
    on("GET", "v2.0", "network.version", version),
    on("GET", "v2.0/extensions", "network.extensions", extensions),
    on("GET", "v2.0/extensions/{}", "network.extension", no_extension),
    on("GET", "v2.0/networks", "network.list", networks),
    on("GET", "v2.0/networks/{}", "network.show", network),
    on("GET", "v2.0/subnets", "subnet.list", subnets),
    on("GET", "v2.0/subnets/{}", "subnet.show", subnet),
    on("GET", "v2.0/ports", "port.list", ports),
    on("GET", "v2.0/ports/{}", "port.show", port),
    on("GET", "v2.0/routers", "router.list", routers),
    on("GET", "v2.0/floatingips", "floating_ip.list", floating_ips),
    on("GET", "v2.0/security-groups", "security_group.list", groups),
    on("GET", "v2.0/security-groups/{}", "security_group.show", group),
    on("GET", "v2.0/security-group-rules", "security_group_rule.list", rules),
];

fn error(code: u16, message: &str) -> Answer {
    let kind = match code {
        404 => "ResourceNotFound",
        409 => "OverQuota",
        _ => "HTTPError",
    };
    failed(code, kind, message)
}

fn failed(code: u16, kind: &str, message: &str) -> Answer {
    json(code, &v!({"NeutronError": {"type": kind, "message": message, "detail": ""}}))
}

fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    if call.route.is_some_and(|route| route.operation == "network.versions") {
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_some() {
        return Ok(());
    }
    let message = "The request you have made requires authentication.";
    let body = v!({"error": {"code": 401, "title": "Unauthorized", "message": message}});
    let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
    Err(json(401, &body).with("WWW-Authenticate", uri))
}

fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    let own = format!("{}/v2.0/", call.home());
    let version = v!({"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": own}]});
    Ok(json(200, &v!({"versions": [version]})))
}

fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    let names = ["networks", "subnets", "ports"].map(|name| {
        let link = v!({"rel": "self", "href": format!("{}/v2.0/{name}", call.home())});
        v!({"name": name.trim_end_matches('s'), "collection": name, "links": [link]})
    });
    Ok(json(200, &v!({"resources": names})))
}

fn extensions(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"extensions": []})))
}

fn no_extension(_: &mut World, call: &Call<'_>) -> Outcome {
    let message = format!("Extension with alias {} does not exist", call.param(0));
    Err(failed(404, "HTTPNotFound", &message))
}

/// The rows whose fields are as the query asks, cut to the fields it asks for.
fn chosen(call: &Call<'_>, name: &str, rows: Vec<Value>) -> Answer {
    let query = &call.request.query;
    let meant = |row: &Value| {
        query.iter().filter(|(key, _)| row.get(key).is_some()).all(|(key, _)| {
            query.iter().filter(|(other, _)| other == key).any(|(_, value)| match &row[key] {
                Value::String(text) => text == value,
                Value::Bool(truth) => value.eq_ignore_ascii_case(&truth.to_string()),
                other => *other == value.parse::<i64>().unwrap_or_default(),
            })
        })
    };
    let fields: Vec<&str> =
        query.iter().filter(|(key, _)| key == "fields").map(|(_, v)| v.as_str()).collect();
    let mut rows: Vec<Value> = rows.into_iter().filter(meant).collect();
    if !fields.is_empty() {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.retain(|key, _| fields.contains(&key.as_str()));
        }
    }
    json(200, &v!({name: rows}))
}

fn network_value(world: &World, network: &Network) -> Value {
    let at = time::second(network.standing.created);
    let subnets: Vec<&str> = world.subnets_of(&network.id).map(|subnet| subnet.id.as_str()).collect();
    let mut value = v!({"id": network.id, "name": network.name, "tenant_id": network.project,
        "project_id": network.project, "admin_state_up": network.up, "mtu": network.mtu, "status": "ACTIVE",
        "subnets": subnets, "shared": network.shared, "availability_zone_hints": [], "availability_zones": [],
        "ipv4_address_scope": null, "ipv6_address_scope": null, "router:external": network.external, "qinq": false,
        "vlan_transparent": false, "description": "", "port_security_enabled": true, "tags": [], "created_at": at,
        "updated_at": at, "revision_number": network.standing.revision});
    if network.external {
        value["is_default"] = false.into();
    }
    value
}

fn networks(world: &mut World, call: &Call<'_>) -> Outcome {
    let rows = world.networks_of(call.project(), call.admin()).map(|network| network_value(world, network));
    Ok(chosen(call, "networks", rows.collect()))
}

fn network(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let found = world.networks_of(call.project(), call.admin()).find(|network| network.id == id);
    let missing = || failed(404, "NetworkNotFound", &format!("Network {id} could not be found."));
    Ok(json(200, &v!({"network": network_value(world, found.ok_or_else(missing)?)})))
}

fn subnet_value(network: &Network, subnet: &Subnet) -> Value {
    let at = time::second(subnet.standing.created);
    let pools: Vec<Value> =
        subnet.pools.iter().map(|(first, last)| v!({"start": first, "end": last})).collect();
    v!({"id": subnet.id, "name": subnet.name, "project_id": subnet.project, "network_id": network.id,
        "ip_version": 4, "subnetpool_id": null, "enable_dhcp": subnet.dhcp, "ipv6_ra_mode": null,
        "ipv6_address_mode": null, "gateway_ip": subnet.gateway, "cidr": subnet.cidr(),
        "allocation_pools": pools, "host_routes": [], "dns_nameservers": [], "description": "",
        "router:external": network.external, "service_types": [], "tags": [], "created_at": at, "updated_at": at,
        "revision_number": 0, "tenant_id": subnet.project})
}

fn all_subnets(world: &World, call: &Call<'_>) -> Vec<Value> {
    let networks = world.networks_of(call.project(), call.admin());
    networks.flat_map(|n| world.subnets_of(&n.id).map(move |subnet| subnet_value(n, subnet))).collect()
}

fn subnets(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(chosen(call, "subnets", all_subnets(world, call)))
}

fn subnet(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let found = all_subnets(world, call).into_iter().find(|subnet| subnet["id"] == id);
    let missing = || failed(404, "SubnetNotFound", &format!("Subnet {id} could not be found."));
    Ok(json(200, &v!({"subnet": found.ok_or_else(missing)?})))
}

fn port_value(port: &Port) -> Value {
    let at = time::second(port.standing.created);
    let fixed: Vec<Value> =
        port.addresses.iter().map(|a| v!({"subnet_id": a.subnet, "ip_address": a.ip})).collect();
    v!({"id": port.id, "name": "", "network_id": port.network, "tenant_id": port.project,
        "project_id": port.project, "mac_address": port.mac, "admin_state_up": true, "status": "ACTIVE",
        "device_id": port.device, "device_owner": "compute:nova", "fixed_ips": fixed,
        "security_groups": port.groups, "allowed_address_pairs": [],
        "extra_dhcp_opts": [], "description": "", "binding:vnic_type": "normal", "port_security_enabled": true,
        "tags": [], "created_at": at, "updated_at": at, "revision_number": 1})
}

fn all_ports(world: &World, call: &Call<'_>) -> Vec<Value> {
    let own = world.all_ports().filter(|port| call.admin() || port.project == call.project());
    own.map(port_value).collect()
}

fn ports(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(chosen(call, "ports", all_ports(world, call)))
}

fn port(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let found = all_ports(world, call).into_iter().find(|port| port["id"] == id);
    let missing = || failed(404, "PortNotFound", &format!("Port {id} could not be found."));
    Ok(json(200, &v!({"port": found.ok_or_else(missing)?})))
}

fn routers(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"routers": []})))
}

fn floating_ips(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"floatingips": []})))
}

fn rule_values(group: &Group) -> Vec<Value> {
    let rule = |rule: &Rule| {
        let at = time::second(rule.standing.created);
        v!({"id": rule.id, "project_id": group.project, "security_group_id": group.id,
            "ethertype": if rule.family == Family::V4 { "IPv4" } else { "IPv6" },
            "direction": if rule.inward { "ingress" } else { "egress" }, "protocol": rule.protocol,
            "port_range_min": rule.first, "port_range_max": rule.last, "remote_ip_prefix": rule.cidr,
            "remote_address_group_id": null, "normalized_cidr": rule.cidr, "remote_group_id": rule.group,
            "standard_attr_id": rule.number, "belongs_to_default_sg": null, "description": null, "tags": [],
            "created_at": at, "updated_at": at, "revision_number": 0, "tenant_id": group.project})
    };
    group.rules.iter().map(rule).collect()
}

fn group_value(group: &Group) -> Value {
    let at = time::second(group.standing.created);
    v!({"id": group.id, "name": group.name, "stateful": true, "tenant_id": group.project,
        "project_id": group.project, "description": group.standing.description, "shared": false,
        "security_group_rules": rule_values(group), "tags": [], "created_at": at, "updated_at": at,
        "revision_number": group.standing.revision})
}

fn own_groups<'a>(world: &'a World, call: &'a Call<'_>) -> impl Iterator<Item = &'a Group> {
    world.groups.iter().filter(|group| call.admin() || group.project == call.project())
}

fn groups(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(chosen(call, "security_groups", own_groups(world, call).map(group_value).collect()))
}

fn group(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let found = own_groups(world, call).find(|group| group.id == id);
    let missing = || failed(404, "SecurityGroupNotFound", &format!("Security group {id} does not exist"));
    Ok(json(200, &v!({"security_group": group_value(found.ok_or_else(missing)?)})))
}

fn rules(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(chosen(call, "security_group_rules", own_groups(world, call).flat_map(rule_values).collect()))
}
