//! The ways between networks: routers, their interfaces and gateways, and floating addresses.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ask::{ask, named};
use super::network::{given, network_id, network_of, subnet_id, with_name};
use super::rest::Rest;
use super::{kind, kind_after};
use crate::world::World;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Property, Resource, Shape, Site, as_text, live, needed, plain,
};

const PUBLIC: &[&str] = &["show", "status", "name", "tenant_id", "admin_state_up"];

const ROUTER: &[Property] = &[
    live("name", Shape::Text),
    live("external_gateway_info", Shape::Map),
    live("admin_state_up", Shape::Flag),
    plain("distributed", Shape::Flag),
    plain("ha", Shape::Flag),
    live("l3_agent_ids", Shape::List),
    live("tags", Shape::List),
    live("value_specs", Shape::Map),
    plain("availability_zone_hints", Shape::List),
];

fn router(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = with_name(site, &["name", "admin_state_up"]);
    let gateway = &site.properties["external_gateway_info"];
    let network = [&gateway["network"], &gateway["network_id"]].into_iter().find(|value| !value.is_null());
    if let Some(network) = network {
        let mut told = json!({"network_id": network_id(site, &as_text(network))});
        if !gateway["enable_snat"].is_null() && site.asker.admin {
            told["enable_snat"] = gateway["enable_snat"].clone();
        }
        body.insert("external_gateway_info".into(), told);
    }
    Ok(Value::Object(body))
}

fn floating(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = given(site, &["fixed_ip_address", "floating_ip_address"]);
    let network =
        site.text("floating_network").or_else(|| site.text("floating_network_id")).unwrap_or_default();
    body.insert("floating_network_id".into(), network_id(site, &network).into());
    if let Some(port) = site.text("port_id") {
        body.insert("port_id".into(), port.into());
    }
    Ok(Value::Object(body))
}

/// A router's way to a subnet.
struct Interface;

impl Interface {
    fn asked(site: &Site<'_>) -> (String, Value) {
        let router = site.text("router").or_else(|| site.text("router_id")).unwrap_or_default();
        let router = named(
            site.world.routers.iter().map(|router| (router.id.as_str(), router.name.as_str())),
            &router,
        );
        let port = site.text("port").or_else(|| site.text("port_id"));
        let body = match port {
            Some(port) => json!({"port_id": port}),
            None => {
                let subnet = site.text("subnet").or_else(|| site.text("subnet_id")).unwrap_or_default();
                json!({"subnet_id": subnet_id(site, &subnet)})
            }
        };
        (router, body)
    }
}

impl Behaviour for Interface {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let (router, body) = Self::asked(site);
        let path = format!("/network/v2.0/routers/{router}/add_router_interface");
        let request = site.asker.request.clone();
        ask(site, "PUT", &path, Some(body.clone())).map_err(|why| why.told(&request))?;
        let (key, id) = body.as_object().and_then(|map| map.iter().next()).map_or_else(
            || ("subnet_id", String::new()),
            |(key, id)| (if key == "port_id" { "port_id" } else { "subnet_id" }, as_text(id)),
        );
        Ok(Made { physical: format!("{router}:{key}={id}"), data: Value::Null })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let Some((router, rest)) = site.physical.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))
        else {
            return Progress::Done;
        };
        let (key, id) = rest.split_once('=').unwrap_or_default();
        let path = format!("/network/v2.0/routers/{router}/remove_router_interface");
        match ask(site, "PUT", &path, Some(json!({key: id}))) {
            Err(why) if why.status == 409 => Progress::Held(why.told(&site.asker.request)),
            _ => Progress::Done,
        }
    }
}

/// A router's way out, as a resource of its own.
struct Gateway;

impl Behaviour for Gateway {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let router = site.text("router_id").or_else(|| site.text("router")).unwrap_or_default();
        let network = network_of(site).unwrap_or_default();
        let request = site.asker.request.clone();
        let body = json!({"router": {"external_gateway_info": {"network_id": network}}});
        let path = format!("/network/v2.0/routers/{router}");
        ask(site, "PUT", &path, Some(body)).map_err(|why| why.told(&request))?;
        Ok(Made { physical: format!("{router}:{network}"), data: Value::Null })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let router = site.physical.split(':').next().unwrap_or_default().to_owned();
        let body = json!({"router": {"external_gateway_info": {}}});
        match ask(site, "PUT", &format!("/network/v2.0/routers/{router}"), Some(body)) {
            Err(why) if why.status == 409 => Progress::Held(why.told(&site.asker.request)),
            _ => Progress::Done,
        }
    }
}

/// A floating address's way to a port.
struct Association;

impl Behaviour for Association {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let floating = site.text("floatingip_id").or_else(|| site.text("floating_ip")).unwrap_or_default();
        let mut port = site.text("port_id").unwrap_or_default();
        if let Some(server) = site.text("server_id") {
            let own = site.world.all_ports().find(|port| port.device == server);
            port = own.map(|port| port.id.clone()).unwrap_or_default();
        }
        let request = site.asker.request.clone();
        let path = format!("/network/v2.0/floatingips/{floating}");
        let mut body = json!({"port_id": port});
        if let Some(fixed) = site.text("fixed_ip_address") {
            body["fixed_ip_address"] = fixed.into();
        }
        ask(site, "PUT", &path, Some(json!({"floatingip": body}))).map_err(|why| why.told(&request))?;
        Ok(Made { physical: floating, data: Value::Null })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let path = format!("/network/v2.0/floatingips/{}", site.physical);
        let _ = ask(site, "PUT", &path, Some(json!({"floatingip": {"port_id": null}})));
        Progress::Done
    }

    fn reference(&self, _: &World, resource: &Resource) -> Value {
        resource.physical.clone().into()
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Neutron::Router",
        ROUTER,
        &["show", "status", "name", "external_gateway_info", "admin_state_up", "tenant_id"],
        Rest {
            change: |site, _| Ok(Some(router(site)?)),
            ..Rest::new("/network/v2.0/routers", "router", router)
        },
    ));
    add_ways(kinds);
    add_floating(kinds);
}

fn add_ways(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Neutron::RouterInterface",
        const {
            &[
                plain("router", Shape::Text),
                plain("router_id", Shape::Text),
                plain("subnet", Shape::Text),
                plain("subnet_id", Shape::Text),
                plain("port", Shape::Text),
                plain("port_id", Shape::Text),
            ]
        },
        &["show"],
        Interface,
    ));
    kinds.push(kind(
        "OS::Neutron::RouterGateway",
        const {
            &[
                plain("router_id", Shape::Text),
                plain("network", Shape::Text),
                plain("network_id", Shape::Text),
            ]
        },
        PUBLIC,
        Gateway,
    ));
}

fn add_floating(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind_after(
        "OS::Neutron::FloatingIP",
        const {
            &[
                needed("floating_network", Shape::Text),
                plain("floating_subnet", Shape::Text),
                live("port_id", Shape::Text),
                live("fixed_ip_address", Shape::Text),
                plain("floating_ip_address", Shape::Text),
                plain("dns_name", Shape::Text),
                live("tags", Shape::List),
                plain("value_specs", Shape::Map),
            ]
        },
        &[
            "show",
            "router_id",
            "tenant_id",
            "floating_network_id",
            "fixed_ip_address",
            "floating_ip_address",
            "port_id",
            "status",
        ],
        &["OS::Neutron::RouterInterface", "OS::Neutron::RouterGateway"],
        Rest {
            change: |site, _| {
                let port = site.text("port_id");
                Ok(Some(json!({"port_id": port})))
            },
            ..Rest::new("/network/v2.0/floatingips", "floatingip", floating)
        },
    ));
    kinds.push(kind_after(
        "OS::Neutron::FloatingIPAssociation",
        const {
            &[
                needed("floatingip_id", Shape::Text),
                plain("port_id", Shape::Text),
                plain("fixed_ip_address", Shape::Text),
            ]
        },
        &["show"],
        &["OS::Neutron::RouterInterface", "OS::Neutron::RouterGateway"],
        Association,
    ));
    kinds.push(kind_after(
        "OS::Nova::FloatingIPAssociation",
        const { &[needed("server_id", Shape::Text), needed("floating_ip", Shape::Text)] },
        &["show"],
        &["OS::Neutron::RouterInterface", "OS::Neutron::RouterGateway"],
        Association,
    ));
}
