//! Floating addresses: of an external network, a project's until it gives them back, leading to a port or nowhere.

use std::net::Ipv4Addr;
use std::time::SystemTime;

use super::{Kind, Refusal, Standing, World, fresh_id};

/// An address that can be moved from one port to another.
#[derive(Debug, Clone)]
pub(crate) struct Floating {
    pub(crate) id: String,
    pub(crate) project: String,
    /// The external network, and the subnet in it.
    pub(crate) network: String,
    pub(crate) subnet: String,
    pub(crate) address: Ipv4Addr,
    /// The port it leads to, the address there, and the router between.
    pub(crate) port: Option<String>,
    pub(crate) fixed: Option<Ipv4Addr>,
    pub(crate) router: Option<String>,
    pub(crate) standing: Standing,
}

impl Floating {
    /// Lets it lead nowhere.
    pub(super) fn part(&mut self, now: SystemTime) {
        self.port = None;
        self.fixed = None;
        self.router = None;
        self.standing.touch(now);
    }
}

impl World {
    pub(crate) fn floating(&self, id: &str) -> Option<&Floating> {
        self.floating.iter().find(|floating| floating.id == id)
    }

    /// The floating address of these numbers.
    pub(crate) fn floating_at(&self, address: Ipv4Addr) -> Option<&Floating> {
        self.floating.iter().find(|floating| floating.address == address)
    }

    /// The floating addresses that lead to this port.
    pub(crate) fn floating_to<'a>(&'a self, port: &'a str) -> impl Iterator<Item = &'a Floating> {
        self.floating.iter().filter(move |floating| floating.port.as_deref() == Some(port))
    }

    /// Takes a floating address of an external network for a project: this one, or any. Gives its id.
    ///
    /// # Errors
    /// When the network is not there or not external, the address is taken or none is left, or the project has as many
    /// as it may have.
    pub(crate) fn allocate(
        &mut self,
        network: &str,
        subnet: Option<&str>,
        wanted: Option<Ipv4Addr>,
        project: &str,
    ) -> Result<String, Refusal> {
        let found = self.network(network);
        let found = found.ok_or_else(|| Refusal::Missing(Kind::Network, network.to_owned()))?;
        if !found.external {
            return Err(Refusal::NotExternal(network.to_owned()));
        }
        self.room_for("floating_ips", project, 1)?;
        let asked = match (subnet, wanted) {
            (None, None) => None,
            (subnet, wanted) => Some([(subnet.map(str::to_owned), wanted)]),
        };
        let taken = self.addresses(network, asked.as_ref().map(<[_; 1]>::as_slice))?;
        let taken = taken.into_iter().next().ok_or_else(|| Refusal::NoAddress(network.to_owned()))?;
        let floating = Floating {
            id: fresh_id(),
            project: project.to_owned(),
            network: network.to_owned(),
            subnet: taken.subnet,
            address: taken.ip,
            port: None,
            fixed: None,
            router: None,
            standing: Standing::new(self.now(), 0),
        };
        let id = floating.id.clone();
        self.floating.push(floating);
        Ok(id)
    }

    /// Lets a floating address lead to a port (to this address of it, or its first), or nowhere.
    ///
    /// # Errors
    /// When one of both is not there, the port has no such address, another floating address leads there, or no router
    /// leads from there to the floating address's network.
    pub(crate) fn associate(
        &mut self,
        id: &str,
        port: Option<&str>,
        fixed: Option<Ipv4Addr>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let missing = || Refusal::Missing(Kind::Floating, id.to_owned());
        let at = self.floating.iter().position(|floating| floating.id == id).ok_or_else(missing)?;
        let Some(port) = port else {
            if self.floating[at].port.is_some() {
                self.floating[at].part(now);
            }
            return Ok(());
        };
        let found = self.port(port).ok_or_else(|| Refusal::Missing(Kind::Port, port.to_owned()))?;
        let mut meant = found.addresses.iter().filter(|address| fixed.is_none_or(|ip| address.ip == ip));
        let address = meant.next().cloned().ok_or_else(|| Refusal::NoFixedAddress(port.to_owned(), fixed))?;
        let led = |other: &super::Floating| {
            other.id != id && other.port.as_deref() == Some(port) && other.fixed == Some(address.ip)
        };
        if let Some(other) = self.floating.iter().find(|other| led(other)) {
            return Err(Refusal::FloatingTaken {
                floating: self.floating[at].address,
                id: id.to_owned(),
                port: port.to_owned(),
                fixed: address.ip,
                network: other.network.clone(),
            });
        }
        let network = self.floating[at].network.clone();
        let Some(router) = self.way_out(&address.subnet, &network) else {
            return Err(Refusal::Unreachable { network, subnet: address.subnet, port: port.to_owned() });
        };
        let router = router.id.clone();
        let floating = &mut self.floating[at];
        floating.port = Some(port.to_owned());
        floating.fixed = Some(address.ip);
        floating.router = Some(router);
        floating.standing.touch(now);
        Ok(())
    }

    /// Gives a floating address back to its network.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn deallocate(&mut self, id: &str) -> Result<(), Refusal> {
        let missing = || Refusal::Missing(Kind::Floating, id.to_owned());
        let floating = self.floating(id).ok_or_else(missing)?.clone();
        self.floating.retain(|one| one.id != id);
        self.give_back(&[super::Address { subnet: floating.subnet, ip: floating.address }]);
        Ok(())
    }
}
