//! Networks and their subnets: ranges of addresses, and which of them are taken. Ports take them ([`port`](super::port)).

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::SystemTime;

use super::{Asker, Kind, Refusal, World, fresh_id};

/// What everything of a network carries beside its own: words and marks of its owner, and how often it was changed.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
    pub(crate) revision: i64,
}

impl Standing {
    pub(crate) fn new(now: SystemTime, revision: i64) -> Self {
        Self { description: String::new(), tags: Vec::new(), created: now, updated: now, revision }
    }

    /// Writes down a change.
    pub(crate) fn touch(&mut self, now: SystemTime) {
        self.updated = now;
        self.revision += 1;
    }
}

/// A network: subnets, and the ports in them.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    /// Floating addresses come from it, and routers have their gateways there.
    pub(crate) external: bool,
    /// Every project sees it.
    pub(crate) shared: bool,
    pub(crate) up: bool,
    pub(crate) mtu: i64,
    pub(crate) standing: Standing,
}

/// A range of addresses in a network.
#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) network: String,
    pub(crate) project: String,
    pub(crate) base: Ipv4Addr,
    /// The bits that all its addresses share, 0 to 32.
    pub(crate) prefix: u32,
    pub(crate) gateway: Option<Ipv4Addr>,
    /// First and last addresses that are given out.
    pub(crate) pools: Vec<(Ipv4Addr, Ipv4Addr)>,
    pub(crate) dhcp: bool,
    pub(crate) dns: Vec<String>,
    /// Destination and next hop.
    pub(crate) routes: Vec<(String, String)>,
    pub(crate) standing: Standing,
    used: BTreeSet<u32>,
}

/// A new subnet as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct SubnetSpec {
    pub(crate) name: String,
    pub(crate) network: String,
    pub(crate) project: String,
    pub(crate) base: Ipv4Addr,
    pub(crate) prefix: u32,
    /// None: the first address. Some(None): no gateway.
    pub(crate) gateway: Option<Option<Ipv4Addr>>,
    /// Empty: all but the gateway and the ends.
    pub(crate) pools: Vec<(Ipv4Addr, Ipv4Addr)>,
    pub(crate) dhcp: bool,
    pub(crate) dns: Vec<String>,
    pub(crate) routes: Vec<(String, String)>,
}

/// The number of addresses that share so many bits, less one.
pub(super) const fn span(prefix: u32) -> u32 {
    match u32::MAX.checked_shr(prefix) {
        Some(rest) => rest,
        None => 0,
    }
}

impl Subnet {
    fn first(&self) -> u32 {
        u32::from(self.base)
    }

    fn last(&self) -> u32 {
        self.first() | span(self.prefix)
    }

    /// Such as `10.11.0.0/20`.
    pub(crate) fn cidr(&self) -> String {
        format!("{}/{}", self.base, self.prefix)
    }

    /// Whether the address is one of this subnet's.
    pub(crate) fn holds(&self, address: Ipv4Addr) -> bool {
        (self.first()..=self.last()).contains(&u32::from(address))
    }

    /// Whether the two have an address in common.
    pub(crate) fn overlaps(&self, base: Ipv4Addr, prefix: u32) -> bool {
        let first = u32::from(base);
        first <= self.last() && self.first() <= (first | span(prefix))
    }

    pub(crate) fn is_used(&self, address: Ipv4Addr) -> bool {
        self.used.contains(&u32::from(address))
    }

    /// How many addresses can still be given out.
    pub(crate) fn free(&self) -> u64 {
        let all = |pool: &(Ipv4Addr, Ipv4Addr)| u64::from(u32::from(pool.1) - u32::from(pool.0)) + 1;
        let taken = |pool: &(Ipv4Addr, Ipv4Addr)| {
            self.used.range(u32::from(pool.0)..=u32::from(pool.1)).count() as u64
        };
        self.pools.iter().map(|pool| all(pool) - taken(pool)).sum()
    }

    /// Takes this address, or the lowest free one of the pools; none when it or all are taken.
    pub(super) fn take(&mut self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        let chosen = match wanted {
            Some(address) => self.holds(address).then_some(u32::from(address))?,
            None => self.pools.iter().find_map(|(first, last)| {
                (u32::from(*first)..=u32::from(*last)).find(|a| !self.used.contains(a))
            })?,
        };
        self.used.insert(chosen).then(|| Ipv4Addr::from(chosen))
    }

    pub(super) fn give_back(&mut self, address: Ipv4Addr) {
        self.used.remove(&u32::from(address));
    }
}

/// The pools of a subnet without its ends and its gateway.
fn pools(base: Ipv4Addr, prefix: u32, gateway: Option<Ipv4Addr>) -> Vec<(Ipv4Addr, Ipv4Addr)> {
    let (first, last) = (u32::from(base), u32::from(base) | span(prefix));
    // The smallest have no address for the network itself and for all.
    let (first, last) = if prefix >= 31 { (first, last) } else { (first + 1, last - 1) };
    let mut ranges = Vec::new();
    match gateway.map(u32::from).filter(|gateway| (first..=last).contains(gateway)) {
        None => ranges.push((first, last)),
        Some(gateway) => {
            if gateway > first {
                ranges.push((first, gateway - 1));
            }
            if gateway < last {
                ranges.push((gateway + 1, last));
            }
        }
    }
    ranges.into_iter().map(|(first, last)| (first.into(), last.into())).collect()
}

impl World {
    /// The networks that this project sees.
    pub(crate) fn networks_of<'a>(
        &'a self,
        project: &'a str,
        admin: bool,
    ) -> impl Iterator<Item = &'a Network> {
        self.networks.iter().filter(move |n| admin || n.external || n.shared || n.project == project)
    }

    pub(crate) fn network(&self, id: &str) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id)
    }

    pub(crate) fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.subnets.iter().find(|subnet| subnet.id == id)
    }

    pub(crate) fn subnets_of<'a>(&'a self, network: &'a str) -> impl Iterator<Item = &'a Subnet> {
        self.subnets.iter().filter(move |subnet| subnet.network == network)
    }

    /// Makes a network without subnets. Gives its id.
    ///
    /// # Errors
    /// When the project has as many as it may have.
    pub(crate) fn create_network(
        &mut self,
        name: &str,
        project: &str,
        external: bool,
    ) -> Result<String, Refusal> {
        self.room_for("networks", project, 1)?;
        let id = fresh_id();
        self.networks.push(Network {
            id: id.clone(),
            name: name.to_owned(),
            project: project.to_owned(),
            external,
            shared: false,
            up: true,
            mtu: if external { 1500 } else { 1450 },
            standing: Standing::new(self.now(), 1),
        });
        Ok(id)
    }

    /// Takes a network away with its subnets.
    ///
    /// # Errors
    /// When it is not there, or something has a port in it.
    pub(crate) fn delete_network(&mut self, id: &str) -> Result<(), Refusal> {
        self.network(id).ok_or_else(|| Refusal::Missing(Kind::Network, id.to_owned()))?;
        let ports: Vec<String> =
            self.all_ports().filter(|port| port.network == id).map(|port| port.id.clone()).collect();
        if !ports.is_empty() || self.floating.iter().any(|floating| floating.network == id) {
            return Err(Refusal::NetworkInUse(id.to_owned(), ports));
        }
        self.subnets.retain(|subnet| subnet.network != id);
        self.networks.retain(|network| network.id != id);
        Ok(())
    }

    /// Makes a subnet. Gives its id.
    ///
    /// # Errors
    /// When the network is not there, its addresses overlap with another subnet's, the gateway or the pools are not
    /// among them, or the project has as many as it may have.
    pub(crate) fn create_subnet(&mut self, spec: SubnetSpec) -> Result<String, Refusal> {
        if self.network(&spec.network).is_none() {
            return Err(Refusal::Missing(Kind::Network, spec.network));
        }
        self.room_for("subnets", &spec.project, 1)?;
        if self.subnets_of(&spec.network).any(|subnet| subnet.overlaps(spec.base, spec.prefix)) {
            return Err(Refusal::Overlap(format!("{}/{}", spec.base, spec.prefix), spec.network));
        }
        let now = self.now();
        let gateway = match spec.gateway {
            Some(gateway) => gateway,
            None => Some(Ipv4Addr::from(u32::from(spec.base) + u32::from(spec.prefix < 31))),
        };
        let given = !spec.pools.is_empty();
        let mut subnet = Subnet {
            id: fresh_id(),
            name: spec.name,
            network: spec.network,
            project: spec.project,
            base: spec.base,
            prefix: spec.prefix,
            gateway,
            pools: if given { spec.pools } else { pools(spec.base, spec.prefix, gateway) },
            dhcp: spec.dhcp,
            dns: spec.dns,
            routes: spec.routes,
            standing: Standing::new(now, 0),
            used: BTreeSet::new(),
        };
        if let Some(pool) = subnet.pools.iter().find(|pool| !subnet.holds(pool.0) || !subnet.holds(pool.1)) {
            return Err(Refusal::PoolOutside(format!("{}-{}", pool.0, pool.1), subnet.cidr()));
        }
        if let Some(gateway) = gateway
            && let Some(pool) = subnet.pools.iter().find(|pool| (pool.0..=pool.1).contains(&gateway))
        {
            return Err(Refusal::GatewayInPool(gateway, format!("{}-{}", pool.0, pool.1)));
        }
        subnet.used.clear();
        let id = subnet.id.clone();
        if let Some(network) = self.networks.iter_mut().find(|network| network.id == subnet.network) {
            network.standing.touch(now);
        }
        self.subnets.push(subnet);
        Ok(id)
    }

    /// Takes a subnet away.
    ///
    /// # Errors
    /// When it is not there, or something has an address of it.
    pub(crate) fn delete_subnet(&mut self, id: &str) -> Result<(), Refusal> {
        let subnet = self.subnet(id).ok_or_else(|| Refusal::Missing(Kind::Subnet, id.to_owned()))?;
        if !subnet.used.is_empty() {
            return Err(Refusal::SubnetInUse(id.to_owned()));
        }
        let network = subnet.network.clone();
        let now = self.now();
        self.subnets.retain(|subnet| subnet.id != id);
        if let Some(network) = self.networks.iter_mut().find(|other| other.id == network) {
            network.standing.touch(now);
        }
        Ok(())
    }

    /// The networks that a new server of this project is put in when none is named.
    pub(crate) fn own_networks<'a>(&'a self, asker: &'a Asker) -> impl Iterator<Item = &'a Network> {
        self.networks.iter().filter(|n| (n.project == asker.project || n.shared) && !n.external)
    }
}
