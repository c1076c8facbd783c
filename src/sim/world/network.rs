//! Networks and their addresses, security groups, and key pairs.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::SystemTime;

use super::{World, fresh_id};

/// A network with its one subnet.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) external: bool,
    pub(crate) mtu: i64,
    pub(crate) subnet: String,
    pub(crate) base: Ipv4Addr,
    pub(crate) prefix: u32,
    pub(crate) created: SystemTime,
    pub(crate) used: BTreeSet<u32>,
}

impl Network {
    /// The number of addresses, the network's own and the broadcast address included.
    fn span(&self) -> u32 {
        1u32 << (32 - self.prefix)
    }

    /// Address number `offset` of the network.
    pub(crate) fn nth(&self, offset: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.base) + offset)
    }

    /// Such as `10.11.0.0/22`.
    pub(crate) fn cidr(&self) -> String {
        format!("{}/{}", self.base, self.prefix)
    }

    /// The first and the last address that servers can have.
    pub(crate) fn pool(&self) -> (Ipv4Addr, Ipv4Addr) {
        (self.nth(2), self.nth(self.span() - 2))
    }

    fn offset(&self, address: Ipv4Addr) -> Option<u32> {
        u32::from(address).checked_sub(u32::from(self.base)).filter(|offset| *offset < self.span())
    }

    /// Whether the address is one of this network's.
    pub(crate) fn holds(&self, address: Ipv4Addr) -> bool {
        self.offset(address).is_some()
    }

    pub(crate) fn is_used(&self, address: Ipv4Addr) -> bool {
        self.offset(address).is_some_and(|offset| self.used.contains(&offset))
    }

    /// Takes this address, or the next one that was not given out last; none when all are taken.
    pub(crate) fn take(&mut self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        let offset = match wanted {
            Some(address) => self.offset(address)?,
            None => (2..self.span() - 1).find(|offset| !self.used.contains(offset))?,
        };
        self.used.insert(offset).then(|| self.nth(offset))
    }
}

/// A server's place in a network.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) id: String,
    pub(crate) network: String,
    pub(crate) network_name: String,
    pub(crate) subnet: String,
    pub(crate) mac: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) tag: Option<String>,
}

/// A security group; its rules are the two that let servers out and the two that let its members in.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) description: String,
    pub(crate) created: SystemTime,
    pub(crate) rules: Vec<String>,
}

/// A public key that servers can be given.
#[derive(Debug, Clone)]
pub(crate) struct Keypair {
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) user: String,
    pub(crate) kind: String,
    pub(crate) public_key: String,
    pub(crate) fingerprint: String,
    pub(crate) created: SystemTime,
}

impl World {
    /// The networks that this project sees.
    pub(crate) fn networks_of<'a>(
        &'a self,
        project: &'a str,
        admin: bool,
    ) -> impl Iterator<Item = &'a Network> {
        self.networks.iter().filter(move |n| admin || n.external || n.project == project)
    }

    /// A new port in this network (by index), with this address or a free one.
    pub(crate) fn plug(&mut self, at: usize, wanted: Option<Ipv4Addr>, tag: Option<String>) -> Option<Port> {
        let id = fresh_id();
        let network = self.networks.get_mut(at)?;
        let address = network.take(wanted)?;
        let bytes: Vec<String> = id.bytes().take(6).map(char::from).map(String::from).collect();
        let mac =
            format!("fa:16:3e:{}{}:{}{}:{}{}", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
        Some(Port {
            id,
            network: network.id.clone(),
            network_name: network.name.clone(),
            subnet: network.subnet.clone(),
            mac,
            address,
            tag,
        })
    }

    /// Gives the addresses of these ports back.
    pub(crate) fn release(&mut self, ports: &[Port]) {
        for port in ports {
            if let Some(network) = self.networks.iter_mut().find(|network| network.id == port.network)
                && let Some(offset) = network.offset(port.address)
            {
                network.used.remove(&offset);
            }
        }
    }

    /// The group of this id or name in this project.
    pub(crate) fn group(&self, project: &str, name: &str) -> Option<&Group> {
        let own = || self.groups.iter().filter(|group| group.project == project);
        own().find(|group| group.id == name).or_else(|| own().find(|group| group.name == name))
    }

    pub(crate) fn keypair(&self, user: &str, name: &str) -> Option<&Keypair> {
        self.keypairs.iter().find(|key| key.user == user && key.name == name)
    }
}
