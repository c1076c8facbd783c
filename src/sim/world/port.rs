//! Ports: places in a network, of servers, routers, or nobody yet. A server holds its own ([`Server::ports`]); all
//! others are the world's.

use std::net::Ipv4Addr;

use super::{Asker, Kind, Refusal, Server, Standing, World, fresh_id};

/// An address in a subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) subnet: String,
    pub(crate) ip: Ipv4Addr,
}

/// What holds a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    Nobody,
    Server,
    /// A router, to the inside.
    Interface,
    /// A router, to the outside.
    Gateway,
    /// Something that the owner named.
    Other(String),
}

/// A place in a network.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) network: String,
    pub(crate) mac: String,
    pub(crate) addresses: Vec<Address>,
    /// Security groups by id.
    pub(crate) groups: Vec<String>,
    /// What has it, by id; empty for nothing.
    pub(crate) device: String,
    pub(crate) holder: Holder,
    pub(crate) up: bool,
    /// Filtered by security groups.
    pub(crate) secured: bool,
    /// It was there before the server it is at, and stays when that goes.
    pub(crate) kept: bool,
    /// What it may send from beside its own: an address or a range, and a hardware address.
    pub(crate) pairs: Vec<(String, String)>,
    /// The mark that a server gave it.
    pub(crate) tag: Option<String>,
    pub(crate) standing: Standing,
}

impl Port {
    /// Its first address.
    pub(crate) fn ip(&self) -> Option<Ipv4Addr> {
        self.addresses.first().map(|address| address.ip)
    }

    /// That another device has it.
    pub(super) fn taken(&self) -> Refusal {
        Refusal::PortTaken {
            port: self.id.clone(),
            network: self.network.clone(),
            device: self.device.clone(),
        }
    }
}

/// A subnet and an address, each or both, as they are asked for.
pub(crate) type Wanted = (Option<String>, Option<Ipv4Addr>);

/// A new port as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct PortSpec {
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) network: String,
    /// Subnet and address, each or both; none: an address of the first subnet that has one left.
    pub(crate) addresses: Option<Vec<Wanted>>,
    /// None: the project's default group.
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) device: String,
    pub(crate) holder: Holder,
    pub(crate) mac: Option<String>,
}

impl PortSpec {
    /// A port of nobody's with an address of the network's choice.
    pub(crate) fn plain(network: &str, project: &str) -> Self {
        Self {
            name: String::new(),
            project: project.to_owned(),
            network: network.to_owned(),
            addresses: None,
            groups: None,
            device: String::new(),
            holder: Holder::Nobody,
            mac: None,
        }
    }
}

/// An address of the hardware, from an id.
fn mac(id: &str) -> String {
    let digits: Vec<char> = id.chars().take(6).collect();
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    format!("fa:16:3e:{}", pairs.join(":"))
}

impl World {
    /// Every port, those of servers first.
    pub(crate) fn all_ports(&self) -> impl Iterator<Item = &Port> {
        self.servers.iter().flat_map(|server| &server.ports).chain(&self.ports)
    }

    pub(crate) fn port(&self, id: &str) -> Option<&Port> {
        self.all_ports().find(|port| port.id == id)
    }

    pub(crate) fn port_mut(&mut self, id: &str) -> Option<&mut Port> {
        let held = self.servers.iter_mut().flat_map(|server| &mut server.ports);
        held.chain(&mut self.ports).find(|port| port.id == id)
    }

    /// Makes a port that no server has. Gives its id.
    ///
    /// # Errors
    /// When the network, a subnet, a group or an address is not there or is taken, or the project has as many as it may.
    pub(crate) fn create_port(&mut self, spec: &PortSpec) -> Result<String, Refusal> {
        let port = self.new_port(spec)?;
        let id = port.id.clone();
        self.ports.push(port);
        Ok(id)
    }

    /// A port with its addresses taken, not put anywhere yet.
    pub(super) fn new_port(&mut self, spec: &PortSpec) -> Result<Port, Refusal> {
        if self.network(&spec.network).is_none() {
            return Err(Refusal::Missing(Kind::Network, spec.network.clone()));
        }
        self.room_for("ports", &spec.project, 1)?;
        let groups = match &spec.groups {
            None => vec![self.default_group(&spec.project)],
            Some(groups) => {
                self.known_groups(groups)?;
                groups.clone()
            }
        };
        if let Some(mac) = &spec.mac
            && self.all_ports().any(|port| port.network == spec.network && port.mac == *mac)
        {
            return Err(Refusal::MacUsed(mac.clone(), spec.network.clone()));
        }
        let addresses = self.addresses(&spec.network, spec.addresses.as_deref())?;
        let id = fresh_id();
        let router = matches!(spec.holder, Holder::Interface | Holder::Gateway);
        Ok(Port {
            name: spec.name.clone(),
            project: spec.project.clone(),
            network: spec.network.clone(),
            mac: spec.mac.clone().unwrap_or_else(|| mac(&id)),
            addresses,
            groups: if router { Vec::new() } else { groups },
            device: spec.device.clone(),
            holder: spec.holder.clone(),
            up: true,
            secured: !router,
            kept: false,
            pairs: Vec::new(),
            tag: None,
            standing: Standing::new(self.now(), 1),
            id,
        })
    }

    /// Whether all of these groups are there.
    pub(crate) fn known_groups(&self, groups: &[String]) -> Result<(), Refusal> {
        let missing = groups.iter().find(|id| self.group_by_id(id).is_none());
        missing.map_or(Ok(()), |id| Err(Refusal::Missing(Kind::Group, id.clone())))
    }

    /// Takes the addresses that a port asks for; none of them when one cannot be had.
    pub(crate) fn addresses(
        &mut self,
        network: &str,
        wanted: Option<&[Wanted]>,
    ) -> Result<Vec<Address>, Refusal> {
        let Some(wanted) = wanted else {
            if self.subnets_of(network).next().is_none() {
                return Ok(Vec::new());
            }
            let own = self.subnets.iter_mut().filter(|subnet| subnet.network == network);
            let taken = own.into_iter().find_map(|subnet| Some((subnet.id.clone(), subnet.take(None)?)));
            let (subnet, ip) = taken.ok_or_else(|| Refusal::NoAddress(network.to_owned()))?;
            return Ok(vec![Address { subnet, ip }]);
        };
        let mut had = Vec::with_capacity(wanted.len());
        for (subnet, ip) in wanted {
            match self.address(network, subnet.as_deref(), *ip) {
                Ok(address) => had.push(address),
                Err(refusal) => {
                    self.give_back(&had);
                    return Err(refusal);
                }
            }
        }
        Ok(had)
    }

    fn address(
        &mut self,
        network: &str,
        subnet: Option<&str>,
        ip: Option<Ipv4Addr>,
    ) -> Result<Address, Refusal> {
        let fits = |one: &super::Subnet| {
            one.network == network
                && subnet.is_none_or(|id| one.id == id)
                && (subnet.is_some() || ip.is_none_or(|ip| one.holds(ip)))
        };
        let Some(found) = self.subnets.iter_mut().find(|one| fits(one)) else {
            return Err(match (subnet, ip) {
                (Some(subnet), _) => Refusal::Missing(Kind::Subnet, subnet.to_owned()),
                (None, Some(ip)) => Refusal::AddressOutside(ip, None),
                (None, None) => Refusal::NoAddress(network.to_owned()),
            });
        };
        match (found.take(ip), ip) {
            (Some(ip), _) => Ok(Address { subnet: found.id.clone(), ip }),
            (None, None) => Err(Refusal::NoAddress(network.to_owned())),
            (None, Some(ip)) if found.holds(ip) => Err(Refusal::AddressUsed(ip, found.id.clone())),
            (None, Some(ip)) => Err(Refusal::AddressOutside(ip, subnet.map(str::to_owned))),
        }
    }

    pub(crate) fn give_back(&mut self, addresses: &[Address]) {
        for address in addresses {
            if let Some(subnet) = self.subnets.iter_mut().find(|subnet| subnet.id == address.subnet) {
                subnet.give_back(address.ip);
            }
        }
    }

    /// Lets these ports of a server go: those that were there before it stay as nobody's, the others vanish.
    pub(crate) fn release(&mut self, ports: Vec<Port>) {
        for mut port in ports {
            if port.kept {
                port.device.clear();
                port.holder = Holder::Nobody;
                port.kept = false;
                port.tag = None;
                self.ports.push(port);
            } else {
                self.vanish(&port);
            }
        }
    }

    /// Gives back what a port had: its addresses, and the floating ones that led to it.
    pub(super) fn vanish(&mut self, port: &Port) {
        let now = self.now();
        self.give_back(&port.addresses);
        for floating in self.floating.iter_mut().filter(|floating| floating.port.as_deref() == Some(&port.id))
        {
            floating.part(now);
        }
    }

    /// Takes a port away, also from the server that has it.
    ///
    /// # Errors
    /// When it is not there, or a router has it.
    pub(crate) fn delete_port(&mut self, id: &str) -> Result<(), Refusal> {
        let port = self.port(id).ok_or_else(|| Refusal::Missing(Kind::Port, id.to_owned()))?.clone();
        if matches!(port.holder, Holder::Interface | Holder::Gateway) {
            return Err(Refusal::PortOfRouter(port.id, port.holder));
        }
        for server in &mut self.servers {
            server.ports.retain(|port| port.id != id);
        }
        self.ports.retain(|port| port.id != id);
        self.vanish(&port);
        Ok(())
    }

    /// Puts a server (by index) into a network, with a new port or with one that is there. Gives the port's id.
    ///
    /// # Errors
    /// As [`Self::create_port`]; and when the port that is asked for is another's.
    pub(crate) fn plug(&mut self, at: usize, plug: &Plug, asker: &Asker) -> Result<String, Refusal> {
        let server = self.servers[at].id.clone();
        let mut port = match &plug.port {
            Some(id) => {
                let known = self.ports.iter().position(|port| port.id == *id);
                let place = known.ok_or_else(|| match self.port(id) {
                    Some(port) => port.taken(),
                    None => Refusal::Missing(Kind::Port, id.clone()),
                })?;
                if !self.ports[place].device.is_empty() {
                    return Err(self.ports[place].taken());
                }
                super::Port { kept: true, ..self.ports.remove(place) }
            }
            None => self.new_port(&PortSpec {
                addresses: match (&plug.subnet, plug.address) {
                    (None, None) => None,
                    (subnet, address) => Some(vec![(subnet.clone(), address)]),
                },
                groups: plug.groups.clone(),
                ..PortSpec::plain(&plug.network, &asker.project)
            })?,
        };
        port.device = server;
        port.holder = Holder::Server;
        port.tag.clone_from(&plug.tag);
        let id = port.id.clone();
        self.servers[at].ports.push(port);
        Ok(id)
    }
}

/// Where a server is to be put: a port, or a network with perhaps a subnet or an address.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plug {
    pub(crate) network: String,
    pub(crate) subnet: Option<String>,
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) port: Option<String>,
    pub(crate) tag: Option<String>,
    /// Groups by id; None: the project's default.
    pub(crate) groups: Option<Vec<String>>,
}

impl Server {
    /// Whether one of its ports has this address.
    pub(crate) fn has_address(&self, ip: Ipv4Addr) -> bool {
        self.ports.iter().any(|port| port.addresses.iter().any(|address| address.ip == ip))
    }
}
