//! Ports.

use serde_json::{Value, json as v};

use super::asked::{Asked, Field, Is, field, fixed, made, needed, once, own, to_change, to_make};
use super::list::{List, cut, listed};
use super::networks::seen as network_seen;
use super::refuse::{bad, failed, forbidden, missing, refused};
use super::{Answer, Call, Outcome, json, time};
use crate::world::{Holder, Kind, Port, PortSpec, World};

const LIST: List = List {
    name: "ports",
    kind: Kind::Port,
    fields: &[
        "id",
        "name",
        "network_id",
        "tenant_id",
        "project_id",
        "mac_address",
        "admin_state_up",
        "status",
        "device_id",
        "device_owner",
        "fixed_ips",
        "ip_address",
        "security_groups",
        "description",
        "port_security_enabled",
        "binding:host_id",
        "binding:vnic_type",
        "revision_number",
        "created_at",
        "updated_at",
    ],
};

const FIELDS: &[Field] = &[
    needed("network_id", Is::Id),
    once("tenant_id", Is::Text),
    once("project_id", Is::Text),
    once("propagate_uplink_status", Is::Any),
    once("hints", Is::Any),
    field("mac_address", Is::Text),
    field("name", Is::Text),
    field("description", Is::Text),
    field("admin_state_up", Is::Truth),
    field("fixed_ips", Is::Any),
    field("device_id", Is::Text),
    field("device_owner", Is::Text),
    field("security_groups", Is::Any),
    field("port_security_enabled", Is::Truth),
    field("allowed_address_pairs", Is::Any),
    field("extra_dhcp_opts", Is::Any),
    field("binding:vnic_type", Is::Any),
    field("binding:host_id", Is::Any),
    field("binding:profile", Is::Any),
    field("dns_name", Is::Any),
    field("dns_domain", Is::Any),
    field("qos_policy_id", Is::Any),
    own("id"),
    own("status"),
    own("created_at"),
    own("updated_at"),
    own("revision_number"),
    own("tags"),
];

/// Neutron's word for what holds a port.
pub(super) fn owner(holder: &Holder) -> &str {
    match holder {
        Holder::Nobody => "",
        Holder::Server => "compute:nova",
        Holder::Interface => "network:router_interface",
        Holder::Gateway => "network:router_gateway",
        Holder::Other(name) => name,
    }
}

fn holder(name: &str) -> Holder {
    match name {
        "" => Holder::Nobody,
        other => Holder::Other(other.to_owned()),
    }
}

/// A port is in use as soon as a server has it: every port is bound at once.
pub(super) fn status(port: &Port) -> &'static str {
    if port.holder == Holder::Server { "ACTIVE" } else { "DOWN" }
}

fn value(call: &Call<'_>, port: &Port) -> Value {
    let standing = &port.standing;
    let addresses: Vec<Value> =
        port.addresses.iter().map(|a| v!({"subnet_id": a.subnet, "ip_address": a.ip})).collect();
    let pairs: Vec<Value> =
        port.pairs.iter().map(|(ip, mac)| v!({"mac_address": mac, "ip_address": ip})).collect();
    let mut value = v!({"id": port.id, "name": port.name, "network_id": port.network,
        "tenant_id": port.project, "project_id": port.project, "mac_address": port.mac,
        "admin_state_up": port.up, "status": status(port), "device_id": port.device,
        "device_owner": owner(&port.holder), "fixed_ips": addresses, "security_groups": port.groups,
        "allowed_address_pairs": pairs, "extra_dhcp_opts": [], "description": standing.description,
        "binding:vnic_type": "normal", "port_security_enabled": port.secured, "tags": standing.tags,
        "created_at": time::second(standing.created), "updated_at": time::second(standing.updated),
        "revision_number": standing.revision});
    if call.admin() {
        let bound = port.holder == Holder::Server;
        value["binding:host_id"] = if bound { "sim" } else { "" }.into();
        value["binding:vif_type"] = if bound { "ovs" } else { "unbound" }.into();
        value["binding:profile"] = v!({});
        value["binding:vif_details"] = v!({});
    }
    value
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let own = world.all_ports().filter(|port| call.admin() || port.project == call.project());
    listed(call, &LIST, own.map(|port| value(call, port)).collect())
}

/// The port of this id, if the caller has it.
pub(super) fn seen<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Port, Answer> {
    let found = world.port(id).filter(|port| call.admin() || port.project == call.project());
    found.ok_or_else(|| missing(Kind::Port, id))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let port = seen(world, call, call.param(0))?;
    Ok(json(200, &v!({"port": cut(call, value(call, port))})))
}

/// The most pairs of addresses that a port may have.
const PAIRS: usize = 10;

type Pair = (String, Option<String>);

/// What a port may send from beside its own addresses, where the body says.
fn pairs(asked: &Asked) -> Result<Option<Vec<Pair>>, Answer> {
    let Some(rows) = asked.rows("allowed_address_pairs") else { return Ok(None) };
    let mut found: Vec<Pair> = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(row) = row.as_object() else {
            let why = format!("Reason: '{}' is not a dictionary.", row.as_str().unwrap_or_default());
            return Err(bad(&format!("Invalid input for allowed_address_pairs. {why}")));
        };
        if let Some(odd) = row.keys().find(|key| !matches!(key.as_str(), "ip_address" | "mac_address")) {
            return Err(bad(&format!("Unrecognized attribute(s) '{odd}'")));
        }
        let Some(ip) = row.get("ip_address").and_then(Value::as_str) else {
            let message = "AllowedAddressPair must contain ip_address";
            return Err(failed(400, "AllowedAddressPairsMissingIP", message));
        };
        let address = ip.split_once('/').map_or(ip, |(address, _)| address);
        if address.parse::<std::net::IpAddr>().is_err() {
            return Err(bad(&format!("'{ip}' is not a valid IP address")));
        }
        let mac = row.get("mac_address").and_then(Value::as_str).map(str::to_lowercase);
        let pair = (ip.to_owned(), mac);
        if found.contains(&pair) {
            let mac = pair.1.as_deref().unwrap_or("None");
            let message =
                format!("Request contains duplicate address pair: mac_address {mac} ip_address {ip}.");
            return Err(failed(400, "DuplicateAddressPairInRequest", &message));
        }
        found.push(pair);
    }
    if found.len() > PAIRS {
        let message = format!("The number of allowed address pair exceeds the maximum {PAIRS}.");
        return Err(failed(400, "AllowedAddressPairExhausted", &message));
    }
    Ok(Some(found))
}

/// Refuses pairs of a port that is not filtered.
fn secured_pairs(secured: bool, pairs: &Option<Vec<Pair>>) -> Result<(), Answer> {
    if secured || pairs.as_ref().is_none_or(Vec::is_empty) {
        return Ok(());
    }
    let message = "Port Security must be enabled in order to have allowed address pairs on a port.";
    Err(failed(409, "AddressPairAndPortSecurityRequired", message))
}

/// Pairs without a hardware address have the port's.
fn with_mac(pairs: Vec<Pair>, own: &str) -> Vec<(String, String)> {
    pairs.into_iter().map(|(ip, mac)| (ip, mac.unwrap_or_else(|| own.to_owned()))).collect()
}

fn spec(call: &Call<'_>, asked: &Asked) -> Result<PortSpec, Answer> {
    let network = asked.text("network_id").unwrap_or_default();
    Ok(PortSpec {
        name: asked.text("name").unwrap_or_default().to_owned(),
        addresses: asked.rows("fixed_ips").map(|rows| fixed(rows)).transpose()?,
        groups: asked.texts("security_groups"),
        device: asked.text("device_id").unwrap_or_default().to_owned(),
        holder: holder(asked.text("device_owner").unwrap_or_default()),
        mac: asked.text("mac_address").map(str::to_lowercase),
        ..PortSpec::plain(network, asked.project(call))
    })
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (all, several) = to_make(call, "port", "ports", FIELDS)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for asked in &all {
        let network = network_seen(world, call, asked.text("network_id").unwrap_or_default())?;
        if !call.admin() && network.project != call.project() && !network.shared {
            return Err(forbidden("rule:create_port"));
        }
        let pairs = pairs(asked)?;
        let secured = asked.truth("port_security_enabled").unwrap_or(true);
        secured_pairs(secured, &pairs)?;
        let spec = spec(call, asked)?;
        let id = world.create_port(&spec).map_err(refused)?;
        let Some(port) = world.port_mut(&id) else { continue };
        port.up = asked.truth("admin_state_up").unwrap_or(true);
        port.secured = secured && port.secured;
        port.pairs = with_mac(pairs.unwrap_or_default(), &port.mac);
        asked.text("description").unwrap_or_default().clone_into(&mut port.standing.description);
        rows.push(value(call, port));
        ids.push((id, spec.name));
    }
    Ok(made("port", "ports", several, rows, &ids))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = to_change(call, "port", FIELDS)?;
    let port = seen(world, call, call.param(0))?;
    let (id, network, before) = (port.id.clone(), port.network.clone(), port.addresses.clone());
    let port_secured = port.secured;
    let groups = asked.texts("security_groups");
    if let Some(groups) = &groups {
        world.known_groups(groups).map_err(refused)?;
    }
    let pairs = pairs(&asked)?;
    secured_pairs(asked.truth("port_security_enabled").unwrap_or(port_secured), &pairs)?;
    if let Some(rows) = asked.rows("fixed_ips") {
        let mut wanted = fixed(rows)?;
        // What it has already is kept, not taken anew.
        let kept: Vec<_> =
            before.iter().filter(|own| wanted.iter().any(|(_, ip)| *ip == Some(own.ip))).cloned().collect();
        wanted.retain(|(_, ip)| kept.iter().all(|own| *ip != Some(own.ip)));
        let fresh = world.addresses(&network, Some(&wanted)).map_err(refused)?;
        let gone: Vec<_> = before.into_iter().filter(|own| !kept.contains(own)).collect();
        world.give_back(&gone);
        if let Some(port) = world.port_mut(&id) {
            port.addresses = kept.into_iter().chain(fresh).collect();
        }
    }
    let now = world.now();
    if let Some(port) = world.port_mut(&id) {
        if let Some(name) = asked.text("name") {
            name.clone_into(&mut port.name);
        }
        if let Some(description) = asked.text("description") {
            description.clone_into(&mut port.standing.description);
        }
        if let Some(pairs) = pairs {
            port.pairs = with_mac(pairs, &port.mac);
        }
        port.groups = groups.unwrap_or_else(|| std::mem::take(&mut port.groups));
        port.up = asked.truth("admin_state_up").unwrap_or(port.up);
        port.secured = asked.truth("port_security_enabled").unwrap_or(port.secured);
        if let Some(device) = asked.text("device_id") {
            device.clone_into(&mut port.device);
        }
        if let Some(owner) = asked.text("device_owner") {
            port.holder = holder(owner);
        }
        port.standing.touch(now);
    }
    let port = seen(world, call, &id)?;
    Ok(json(200, &v!({"port": value(call, port)})).about(&id, &port.name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let port = seen(world, call, call.param(0))?;
    // Who is no administrator takes no port away from a server.
    if port.holder == Holder::Server && !call.admin() {
        return Err(forbidden("rule:delete_port"));
    }
    let (id, name) = (port.id.clone(), port.name.clone());
    world.delete_port(&id).map_err(refused)?;
    Ok(Answer::empty(204).about(&id, &name))
}
