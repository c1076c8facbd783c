//! Neutron's table: networks, subnets, ports, routers, floating addresses, security groups and their rules, limits.
//!
//! One file a resource, each with how it looks, what may be asked for and the world's logged behind it; [`list`] chooses,
//! sorts and cuts lists, [`asked`] checks bodies, [`refuse`] finds the words.

mod asked;
mod entry;
mod floating;
mod groups;
mod list;
mod networks;
mod ports;
mod quotas;
mod refuse;
mod routers;
mod rules;
mod subnets;
mod tags;

use super::{Answer, Call, Cut, Outcome, Route, Service, json, on, time};

pub(super) static SERVICE: Service = Service {
    prefix: "/network",
    routes: &[ROUTES, SECURITY],
    cut: |path| Cut { rest: path.trim_matches('/').trim_end_matches(".json").to_owned(), ..Cut::default() },
    enter: entry::enter,
    unknown: entry::unknown,
    error: refuse::error,
    stamp: |_, _| {},
};

static ROUTES: &[Route] = &[
    on("GET", "", "network.versions", entry::versions),
    on("GET", "v2.0", "network.version", entry::version),
    on("GET", "v2.0/extensions", "network.extensions", entry::extensions),
    on("GET", "v2.0/extensions/{}", "network.extension", entry::extension),
    on("GET", "v2.0/availability_zones", "network.zones", entry::zones),
    on("GET", "v2.0/agents", "network.agents", entry::agents),
    on("GET", "v2.0/networks", "network.list", networks::list),
    on("POST", "v2.0/networks", "network.create", networks::create),
    on("GET", "v2.0/networks/{}", "network.show", networks::show),
    on("PUT", "v2.0/networks/{}", "network.update", networks::update),
    on("DELETE", "v2.0/networks/{}", "network.delete", networks::delete),
    on("GET", "v2.0/subnets", "subnet.list", subnets::list),
    on("POST", "v2.0/subnets", "subnet.create", subnets::create),
    on("GET", "v2.0/subnets/{}", "subnet.show", subnets::show),
    on("PUT", "v2.0/subnets/{}", "subnet.update", subnets::update),
    on("DELETE", "v2.0/subnets/{}", "subnet.delete", subnets::delete),
    on("GET", "v2.0/subnetpools", "subnetpool.list", subnets::pools),
    on("GET", "v2.0/ports", "port.list", ports::list),
    on("POST", "v2.0/ports", "port.create", ports::create),
    on("GET", "v2.0/ports/{}", "port.show", ports::show),
    on("PUT", "v2.0/ports/{}", "port.update", ports::update),
    on("DELETE", "v2.0/ports/{}", "port.delete", ports::delete),
    on("GET", "v2.0/routers", "router.list", routers::list),
    on("POST", "v2.0/routers", "router.create", routers::create),
    on("GET", "v2.0/routers/{}", "router.show", routers::show),
    on("PUT", "v2.0/routers/{}", "router.update", routers::update),
    on("DELETE", "v2.0/routers/{}", "router.delete", routers::delete),
    on("PUT", "v2.0/routers/{}/add_router_interface", "router.join", routers::join),
    on("PUT", "v2.0/routers/{}/remove_router_interface", "router.part", routers::part),
    on("GET", "v2.0/floatingips", "floating_ip.list", floating::list),
    on("POST", "v2.0/floatingips", "floating_ip.create", floating::create),
    on("GET", "v2.0/floatingips/{}", "floating_ip.show", floating::show),
    on("PUT", "v2.0/floatingips/{}", "floating_ip.update", floating::update),
    on("DELETE", "v2.0/floatingips/{}", "floating_ip.delete", floating::delete),
    on("GET", "v2.0/floatingip_pools", "floating_ip.pools", floating::pools),
    on("GET", "v2.0/floatingips/{}/port_forwardings", "floating_ip.forwardings", floating::forwardings),
    on("GET", "v2.0/quotas/{}", "network_quota.show", quotas::show),
    on("GET", "v2.0/quotas/{}/details", "network_quota.detail", quotas::detail),
    on("GET", "v2.0/quotas/{}/default", "network_quota.defaults", quotas::defaults),
    on("PUT", "v2.0/quotas/{}", "network_quota.update", quotas::update),
    on("DELETE", "v2.0/quotas/{}", "network_quota.reset", quotas::reset),
    on("GET", "v2.0/{}/{}/tags", "network_tag.list", tags::list),
    on("PUT", "v2.0/{}/{}/tags", "network_tag.replace", tags::replace),
    on("DELETE", "v2.0/{}/{}/tags", "network_tag.clear", tags::clear),
    on("GET", "v2.0/{}/{}/tags/{}", "network_tag.show", tags::show),
    on("PUT", "v2.0/{}/{}/tags/{}", "network_tag.add", tags::add),
    on("DELETE", "v2.0/{}/{}/tags/{}", "network_tag.delete", tags::delete),
];

static SECURITY: &[Route] = &[
    on("GET", "v2.0/security-groups", "security_group.list", groups::list),
    on("POST", "v2.0/security-groups", "security_group.create", groups::create),
    on("GET", "v2.0/security-groups/{}", "security_group.show", groups::show),
    on("PUT", "v2.0/security-groups/{}", "security_group.update", groups::update),
    on("DELETE", "v2.0/security-groups/{}", "security_group.delete", groups::delete),
    on("GET", "v2.0/security-group-rules", "security_group_rule.list", rules::list),
    on("POST", "v2.0/security-group-rules", "security_group_rule.create", rules::create),
    on("GET", "v2.0/security-group-rules/{}", "security_group_rule.show", rules::show),
    on("DELETE", "v2.0/security-group-rules/{}", "security_group_rule.delete", rules::delete),
];
