//! Neutron's error bodies, and its words for the world's refusals.

use serde_json::{Value, json as v};

use super::{Answer, json};
use crate::world::{Kind, Refusal};

/// An error of a status alone.
pub(super) fn error(code: u16, message: &str) -> Answer {
    let kind = match code {
        404 => "ResourceNotFound",
        409 => "OverQuota",
        _ => "HTTPError",
    };
    failed(code, kind, message)
}

pub(super) fn failed(code: u16, kind: &str, message: &str) -> Answer {
    json(code, &v!({"NeutronError": {"type": kind, "message": message, "detail": ""}}))
}

/// What is wrong with the request itself.
pub(super) fn bad(message: &str) -> Answer {
    failed(400, "HTTPBadRequest", message)
}

/// A rule of the policy that forbids it.
pub(super) fn forbidden(rule: &str) -> Answer {
    failed(403, "PolicyNotAuthorized", &format!("{rule} is disallowed by policy"))
}

/// What is not there, in the words of each resource.
pub(super) fn missing(kind: Kind, name: &str) -> Answer {
    let (kind, message) = match kind {
        Kind::Subnet => ("SubnetNotFound", format!("Subnet {name} could not be found.")),
        Kind::Port => ("PortNotFound", format!("Port {name} could not be found.")),
        Kind::Router => ("RouterNotFound", format!("Router {name} could not be found")),
        Kind::Floating => ("FloatingIPNotFound", format!("Floating IP {name} could not be found")),
        Kind::Group => ("SecurityGroupNotFound", format!("Security group {name} does not exist")),
        Kind::Rule => ("SecurityGroupRuleNotFound", format!("Security group rule {name} does not exist")),
        _ => ("NetworkNotFound", format!("Network {name} could not be found.")),
    };
    failed(404, kind, &message)
}

/// Neutron's word for one of a resource, by the world's limit.
pub(super) fn resource(limit: &str) -> &str {
    match limit {
        "networks" => "network",
        "subnets" => "subnet",
        "ports" => "port",
        "routers" => "router",
        "floating_ips" => "floatingip",
        "security_groups" => "security_group",
        "security_rules" => "security_group_rule",
        other => other,
    }
}

/// The answer to what the world refused.
pub(super) fn refused(refusal: Refusal) -> Answer {
    let unable =
        |what: &str, id: &str, why: &str| format!("Unable to complete operation on {what} {id}{why}");
    match refusal {
        Refusal::Missing(kind, name) => missing(kind, &name),
        Refusal::OverQuota { names, .. } => {
            let names: Vec<String> = names.into_iter().map(|name| format!("'{}'", resource(name))).collect();
            failed(409, "OverQuota", &format!("Quota exceeded for resources: [{}].", names.join(", ")))
        }
        Refusal::NetworkInUse(network, ports) => {
            let why = ". There are one or more ports still in use on the network, id for these ports is: ";
            let message = unable("network", &network, &format!("{why}{}.", ports.join(",")));
            failed(409, "NetworkInUse", &message)
        }
        Refusal::SubnetInUse(id) => {
            let why = ": One or more ports have an IP allocation from this subnet.";
            failed(409, "SubnetInUse", &unable("subnet", &id, why))
        }
        Refusal::Overlap(cidr, network) => failed(
            400,
            "InvalidInput",
            &format!(
                "Invalid input for operation: Requested subnet with cidr: {cidr} for network: {network} overlaps \
                 with another subnet."
            ),
        ),
        Refusal::PoolOutside(pool, cidr) => failed(
            400,
            "OutOfBoundsAllocationPool",
            &format!("The allocation pool {pool} spans beyond the subnet cidr {cidr}."),
        ),
        Refusal::GatewayInPool(gateway, pool) => failed(
            409,
            "GatewayConflictWithAllocationPools",
            &format!("Gateway ip {gateway} conflicts with allocation pool {pool}."),
        ),
        other => of_port(other),
    }
}

fn of_port(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::NoAddress(network) => failed(
            409,
            "IpAddressGenerationFailure",
            &format!("No more IP addresses available on network {network}."),
        ),
        Refusal::AddressOutside(address, None) => failed(
            400,
            "InvalidIpForNetwork",
            &format!(
                "IP address {address} is not a valid IP for any of the subnets on the specified network."
            ),
        ),
        Refusal::AddressOutside(address, Some(_)) => failed(
            400,
            "InvalidIpForSubnet",
            &format!("IP address {address} is not a valid IP for the specified subnet."),
        ),
        Refusal::AddressUsed(address, subnet) => failed(
            409,
            "IpAddressAlreadyAllocated",
            &format!("IP address {address} already allocated in subnet {subnet}"),
        ),
        Refusal::MacUsed(mac, network) => failed(
            409,
            "MacAddressInUse",
            &format!("Unable to complete operation for network {network}. The mac address {mac} is in use."),
        ),
        Refusal::PortOfRouter(port, holder) => {
            let owner = super::ports::owner(&holder);
            let why = format!("cannot be deleted directly via the port API: has device owner {owner}.");
            failed(409, "ServicePortInUse", &format!("Port {port} {why}"))
        }
        Refusal::PortTaken { port, network, device } => failed(
            409,
            "PortInUse",
            &format!(
                "Unable to complete operation on port {port} for network {network}. Port already has an attached \
                 device {device}."
            ),
        ),
        Refusal::DefaultGroup => {
            failed(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
        }
        Refusal::GroupInUse(id) => failed(409, "SecurityGroupInUse", &format!("Security Group {id} in use.")),
        Refusal::SameRule(id) => failed(
            409,
            "SecurityGroupRuleExists",
            &format!("Security group rule already exists. Rule id is {id}."),
        ),
        other => of_router(other),
    }
}

fn of_router(refusal: Refusal) -> Answer {
    let bad_router = |why: &str| failed(400, "BadRequest", &format!("Bad router request: {why}"));
    match refusal {
        Refusal::NotExternal(network) => {
            bad_router(&format!("Network {network} is not an external network."))
        }
        Refusal::NoGateway(_) => bad_router("Subnet for router interface must have a gateway IP."),
        Refusal::Joined(_, subnet) => bad_router(&format!("Router already has a port on subnet {subnet}.")),
        Refusal::JoinOverlap { subnet, cidr, other, other_cidr } => bad_router(&format!(
            "Cidr {cidr} of subnet {subnet} overlaps with cidr {other_cidr} of subnet {other}."
        )),
        Refusal::NotJoined { router, subnet: Some(subnet), .. } => failed(
            404,
            "RouterInterfaceNotFoundForSubnet",
            &format!("Router {router} has no interface on subnet {subnet}"),
        ),
        Refusal::NotJoined { router, port, .. } => failed(
            404,
            "RouterInterfaceNotFound",
            &format!("Router {router} does not have an interface with id {}", port.unwrap_or_default()),
        ),
        Refusal::WayInUse(router, subnet) => failed(
            409,
            "RouterInterfaceInUseByFloatingIP",
            &format!(
                "Router interface for subnet {subnet} on router {router} cannot be deleted, as it is required by one \
                 or more floating IPs."
            ),
        ),
        Refusal::GatewayInUse(router, network) => failed(
            409,
            "RouterExternalGatewayInUseByFloatingIp",
            &format!(
                "Gateway cannot be updated for router {router}, since a gateway to external network {network} is \
                 required by one or more floating IPs."
            ),
        ),
        Refusal::RouterInUse(router, ports) => failed(
            409,
            "RouterInUse",
            &format!("Router {router} has ports still attached: {}", ports.join(", ")),
        ),
        Refusal::RouteUnreachable(destination, hop) => {
            let routes = v!([{"destination": destination, "nexthop": hop}]);
            let shown = super::super::schema::python(&routes);
            let why = "the nexthop is not connected with router";
            failed(400, "InvalidRoutes", &format!("Invalid format for routes: {shown}, {why}"))
        }
        other => of_floating(other),
    }
}

fn of_floating(refusal: Refusal) -> Answer {
    let bad_floating = |why: &str| failed(400, "BadRequest", &format!("Bad floatingip request: {why}"));
    match refusal {
        Refusal::NoFixedAddress(port, Some(fixed)) => {
            bad_floating(&format!("Port {port} does not have fixed ip {fixed}."))
        }
        Refusal::NoFixedAddress(port, None) => {
            bad_floating(&format!("Cannot add floating IP to port {port} that has no fixed IPv4 addresses."))
        }
        Refusal::FloatingTaken { floating, id, port, fixed, network } => failed(
            409,
            "FloatingIPPortAlreadyAssociated",
            &format!(
                "Cannot associate floating IP {floating} ({id}) with port {port} using fixed IP {fixed}, as that \
                 fixed IP already has a floating IP on external network {network}."
            ),
        ),
        Refusal::Unreachable { network, subnet, port } => failed(
            404,
            "ExternalGatewayForFloatingIPNotFound",
            &format!(
                "External network {network} is not reachable from subnet {subnet}.  Therefore, cannot associate Port \
                 {port} with a Floating IP."
            ),
        ),
        other => failed(400, "BadRequest", &format!("{other:?}")),
    }
}

/// A floating address of a network that is not external.
pub(super) fn no_pool(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::NotExternal(network) => failed(
            400,
            "BadRequest",
            &format!("Bad floatingip request: Network {network} is not a valid external network."),
        ),
        other => refused(other),
    }
}

/// A value as the words of an error show it.
pub(super) fn quoted(value: &Value) -> String {
    format!("'{}'", super::super::schema::shown(value))
}
