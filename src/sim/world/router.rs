//! Routers: what joins subnets with each other and with an external network.

use std::net::Ipv4Addr;

use super::port::{Address, Holder, PortSpec, Wanted};
use super::{Kind, Refusal, Standing, World, fresh_id};

/// A router. Its interfaces are ports of the world that it holds.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) up: bool,
    pub(crate) gateway: Option<Gateway>,
    /// Destination and next hop.
    pub(crate) routes: Vec<(String, String)>,
    pub(crate) standing: Standing,
}

/// A router's way out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gateway {
    pub(crate) network: String,
    pub(crate) port: String,
    pub(crate) addresses: Vec<Address>,
    pub(crate) snat: bool,
}

impl World {
    pub(crate) fn router(&self, id: &str) -> Option<&Router> {
        self.routers.iter().find(|router| router.id == id)
    }

    pub(crate) fn create_router(&mut self, name: &str, project: &str) -> Result<String, Refusal> {
        self.room_for("routers", project, 1)?;
        let id = fresh_id();
        self.routers.push(Router {
            id: id.clone(),
            name: name.to_owned(),
            project: project.to_owned(),
            up: true,
            gateway: None,
            routes: Vec::new(),
            standing: Standing::new(self.now(), 1),
        });
        Ok(id)
    }

    /// The subnets that a router joins.
    fn joined(&self, router: &str) -> impl Iterator<Item = &str> {
        let own = move |port: &&super::Port| port.device == router && port.holder == Holder::Interface;
        self.ports.iter().filter(own).flat_map(|port| &port.addresses).map(|address| address.subnet.as_str())
    }

    /// The router (by id) that leads from this subnet to this external network.
    pub(crate) fn way_out(&self, subnet: &str, network: &str) -> Option<&Router> {
        let leads = |router: &&Router| {
            router.gateway.as_ref().is_some_and(|gateway| gateway.network == network)
                && self.joined(&router.id).any(|joined| joined == subnet)
        };
        self.routers.iter().find(leads)
    }

    /// Whether a floating address needs this router, for one of these subnets or for all of its own.
    fn carries_floating(&self, router: &str, subnet: Option<&str>) -> bool {
        self.floating.iter().filter(|floating| floating.router.as_deref() == Some(router)).any(|floating| {
            let port = floating.port.as_deref().and_then(|port| self.port(port));
            port.is_some_and(|port| {
                port.addresses.iter().any(|address| subnet.is_none_or(|subnet| address.subnet == subnet))
            })
        })
    }

    /// Gives a router its way out, another one, or none.
    ///
    /// # Errors
    /// When the network is not there or is not external, or a floating address goes the way that is there.
    pub(crate) fn set_gateway(
        &mut self,
        router: &str,
        network: Option<&str>,
        wanted: Option<&[Wanted]>,
        snat: bool,
    ) -> Result<(), Refusal> {
        let missing = || Refusal::Missing(Kind::Router, router.to_owned());
        let at = self.routers.iter().position(|one| one.id == router).ok_or_else(missing)?;
        let before = self.routers[at].gateway.clone();
        if let (Some(gateway), Some(network)) = (&before, network)
            && gateway.network == network
            && wanted.is_none()
        {
            if let Some(gateway) = &mut self.routers[at].gateway {
                gateway.snat = snat;
            }
            return Ok(());
        }
        if let Some(network) = network {
            let found = self.network(network);
            let found = found.ok_or_else(|| Refusal::Missing(Kind::Network, network.to_owned()))?;
            if !found.external {
                return Err(Refusal::NotExternal(network.to_owned()));
            }
        }
        if let Some(gateway) = &before {
            if self.carries_floating(router, None) {
                return Err(Refusal::GatewayInUse(router.to_owned(), gateway.network.clone()));
            }
            let gone = gateway.port.clone();
            self.give_back(&gateway.addresses);
            self.ports.retain(|port| port.id != gone);
        }
        let gateway = match network {
            None => None,
            Some(network) => {
                // A gateway's port is nobody's in particular: its project does not see it.
                let spec = PortSpec {
                    addresses: wanted.map(<[_]>::to_vec),
                    device: router.to_owned(),
                    holder: Holder::Gateway,
                    ..PortSpec::plain(network, "")
                };
                let port = self.create_port(&spec)?;
                let addresses = self.port(&port).map(|port| port.addresses.clone()).unwrap_or_default();
                Some(Gateway { network: network.to_owned(), port, addresses, snat })
            }
        };
        let now = self.now();
        let router = &mut self.routers[at];
        router.gateway = gateway;
        router.standing.touch(now);
        Ok(())
    }

    /// Joins a subnet to a router, at the subnet's gateway address. Gives the port's id.
    ///
    /// # Errors
    /// When one of both is not there, the router has the subnet or one that overlaps, the subnet has no gateway address,
    /// or another has it.
    pub(crate) fn join_subnet(&mut self, router: &str, subnet: &str) -> Result<String, Refusal> {
        let found = self.subnet(subnet).ok_or_else(|| Refusal::Missing(Kind::Subnet, subnet.to_owned()))?;
        let ip = found.gateway.ok_or_else(|| Refusal::NoGateway(subnet.to_owned()))?;
        let (network, project) = (found.network.clone(), found.project.clone());
        self.may_join(router, subnet)?;
        let spec = PortSpec {
            addresses: Some(vec![(Some(subnet.to_owned()), Some(ip))]),
            device: router.to_owned(),
            holder: Holder::Interface,
            ..PortSpec::plain(&network, &project)
        };
        let id = self.create_port(&spec)?;
        self.touch_router(router);
        Ok(id)
    }

    /// Joins the subnet of a port that is there and nobody's. Gives the subnet.
    ///
    /// # Errors
    /// As [`Self::join_subnet`]; and when the port is another's.
    pub(crate) fn join_port(&mut self, router: &str, port: &str) -> Result<String, Refusal> {
        let found = self.port(port).ok_or_else(|| Refusal::Missing(Kind::Port, port.to_owned()))?;
        if !found.device.is_empty() {
            return Err(found.taken());
        }
        let subnet = found.addresses.first().map(|address| address.subnet.clone()).unwrap_or_default();
        self.may_join(router, &subnet)?;
        if let Some(found) = self.port_mut(port) {
            found.device = router.to_owned();
            found.holder = Holder::Interface;
            found.groups.clear();
            found.secured = false;
        }
        self.touch_router(router);
        Ok(subnet)
    }

    fn may_join(&self, router: &str, subnet: &str) -> Result<(), Refusal> {
        self.router(router).ok_or_else(|| Refusal::Missing(Kind::Router, router.to_owned()))?;
        let Some(found) = self.subnet(subnet) else { return Ok(()) };
        if self.joined(router).any(|joined| joined == subnet) {
            return Err(Refusal::Joined(router.to_owned(), subnet.to_owned()));
        }
        let joined = self.joined(router).filter_map(|id| self.subnet(id));
        let mut same = joined.filter(|other| other.overlaps(found.base, found.prefix));
        match same.next() {
            Some(other) => Err(Refusal::JoinOverlap {
                subnet: subnet.to_owned(),
                cidr: found.cidr(),
                other: other.id.clone(),
                other_cidr: other.cidr(),
            }),
            None => Ok(()),
        }
    }

    fn touch_router(&mut self, router: &str) {
        let now = self.now();
        if let Some(router) = self.routers.iter_mut().find(|one| one.id == router) {
            router.standing.touch(now);
        }
    }

    /// Parts a subnet from a router; the subnet by id, or by the port that joins it. Gives the subnet and the port.
    ///
    /// # Errors
    /// When they are not joined, or a floating address goes that way.
    pub(crate) fn part_subnet(
        &mut self,
        router: &str,
        subnet: Option<&str>,
        port: Option<&str>,
    ) -> Result<(String, String), Refusal> {
        self.router(router).ok_or_else(|| Refusal::Missing(Kind::Router, router.to_owned()))?;
        let meant = |one: &&super::Port| {
            one.device == router
                && one.holder == Holder::Interface
                && port.is_none_or(|id| one.id == id)
                && subnet.is_none_or(|id| one.addresses.iter().any(|address| address.subnet == id))
        };
        let Some(found) = self.ports.iter().find(meant).cloned() else {
            let (subnet, port) = (subnet.map(str::to_owned), port.map(str::to_owned));
            return Err(Refusal::NotJoined { router: router.to_owned(), subnet, port });
        };
        let joined = found.addresses.first().map(|address| address.subnet.clone()).unwrap_or_default();
        if self.carries_floating(router, Some(&joined)) {
            return Err(Refusal::WayInUse(router.to_owned(), joined));
        }
        self.ports.retain(|one| one.id != found.id);
        self.vanish(&found);
        self.touch_router(router);
        Ok((joined, found.id))
    }

    /// Gives a router its further routes: destinations and next hops.
    ///
    /// # Errors
    /// When it is not there, or a next hop is in none of its subnets.
    pub(crate) fn set_routes(&mut self, id: &str, routes: Vec<(String, String)>) -> Result<(), Refusal> {
        self.router(id).ok_or_else(|| Refusal::Missing(Kind::Router, id.to_owned()))?;
        for (destination, hop) in &routes {
            let near = |ip: Ipv4Addr| {
                self.joined(id).filter_map(|joined| self.subnet(joined)).any(|subnet| subnet.holds(ip))
            };
            if !hop.parse().is_ok_and(near) {
                return Err(Refusal::RouteUnreachable(destination.clone(), hop.clone()));
            }
        }
        if let Some(router) = self.routers.iter_mut().find(|router| router.id == id) {
            router.routes = routes;
        }
        self.touch_router(id);
        Ok(())
    }

    /// Takes a router away, with its way out.
    ///
    /// # Errors
    /// When it is not there or still joins a subnet.
    pub(crate) fn delete_router(&mut self, id: &str) -> Result<(), Refusal> {
        self.router(id).ok_or_else(|| Refusal::Missing(Kind::Router, id.to_owned()))?;
        let own = |port: &&super::Port| port.device == id && port.holder == Holder::Interface;
        let ports: Vec<String> = self.ports.iter().filter(own).map(|port| port.id.clone()).collect();
        if !ports.is_empty() {
            return Err(Refusal::RouterInUse(id.to_owned(), ports));
        }
        self.set_gateway(id, None, None, true)?;
        self.routers.retain(|router| router.id != id);
        Ok(())
    }
}
