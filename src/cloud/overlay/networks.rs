//! Networks with their subnets, and routers.

use super::Overlay;
use super::layer::raw;
use crate::cloud::{Filter, Network, NetworkSpec, Noun, Resource, Result, Router, RouterSpec, Subnet};

impl Overlay {
    pub(super) async fn make_network(&self, spec: &NetworkSpec) -> Result<Network> {
        let words = || format!("create_network {}", spec.name);
        self.shown(false, words, self.inner.create_network(spec)).await?;
        let openstack = self.is_openstack();
        let network = Network {
            id: self.new_id(),
            name: spec.name.clone(),
            status: "ACTIVE".to_string(),
            cidrs: spec.cidr.iter().cloned().collect(),
            external: Some(false),
            shared: openstack.then_some(false),
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        let subnet = match (&spec.cidr, openstack) {
            (None, _) => None,
            (Some(cidr), true) => Some(Subnet {
                id: self.new_id(),
                name: spec.name.clone(),
                network: Some(network.id.clone()),
                cidr: Some(cidr.clone()),
                gateway: gateway(cidr),
                version: Some(if cidr.contains(':') { 6 } else { 4 }),
                zone: None,
                cloud: network.cloud.clone(),
                raw: raw(),
            }),
            // There a network is a subnet, of the VPC that others are in.
            (Some(cidr), false) => {
                let others = self.inner.list(Noun::Subnet, &Filter::default()).await?;
                let (vpc, zone) = match others.first() {
                    Some(Resource::Subnet(subnet)) => (subnet.network.clone(), subnet.zone.clone()),
                    _ => (Some(self.new_id()), None),
                };
                Some(Subnet {
                    id: network.id.clone(),
                    name: spec.name.clone(),
                    network: vpc,
                    cidr: Some(cidr.clone()),
                    gateway: None,
                    version: Some(4),
                    zone,
                    cloud: network.cloud.clone(),
                    raw: raw(),
                })
            }
        };
        let mut world = self.world();
        world.make(network.clone().into());
        subnet.into_iter().for_each(|subnet| world.make(subnet.into()));
        Ok(network)
    }

    pub(super) async fn make_router(&self, spec: &RouterSpec) -> Result<Router> {
        let external = spec.external.iter();
        for id in external.chain(&spec.networks) {
            self.not_gone(Noun::Network, id)?;
        }
        let changed = spec.networks.iter().any(|id| self.is_changed(Noun::Network, id));
        let words = || format!("create_router {}", spec.name);
        self.shown(changed, words, self.inner.create_router(spec)).await?;
        for network in spec.networks.iter().filter_map(|id| self.named(Noun::Network, id)) {
            (self.show)(&format!("create_router {}: join {}", spec.name, network.name()));
        }
        let router = Router {
            id: self.new_id(),
            name: spec.name.clone(),
            status: "ACTIVE".to_string(),
            external: spec.external.clone(),
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        let mut world = self.world();
        world.make(router.clone().into());
        world.routes.insert(router.id.clone(), spec.networks.clone());
        Ok(router)
    }
}

/// The first address of an IPv4 range, which Neutron takes for the gateway.
fn gateway(cidr: &str) -> Option<String> {
    let (address, _) = cidr.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    Some(std::net::Ipv4Addr::from(u32::from(address).checked_add(1)?).to_string())
}
