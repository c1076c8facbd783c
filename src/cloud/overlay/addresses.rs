//! Public addresses: taking them, and where they lead.

use super::Overlay;
use super::layer::raw;
use crate::cloud::server::Address;
use crate::cloud::{Filter, Noun, PublicIp, Resource, Result, Server};

impl Overlay {
    pub(super) async fn take_address(&self, pool: Option<&str>) -> Result<PublicIp> {
        let words = || "allocate_ip".to_string();
        self.shown(false, words, self.inner.allocate_ip(pool)).await?;
        let pool = match (pool, self.is_openstack()) {
            (Some(pool), _) => Some(pool.to_string()),
            (None, false) => Some("amazon".to_string()),
            (None, true) => self.first_pool().await?,
        };
        let id = self.new_id();
        // Which address it would be only the cloud knows: its id stands as that.
        let ip = PublicIp {
            address: id.clone(),
            id,
            server: None,
            port: None,
            fixed_ip: None,
            pool,
            association: None,
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        self.world().make(ip.clone().into());
        Ok(ip)
    }

    /// The first external network by name, as the driver takes it.
    async fn first_pool(&self) -> Result<Option<String>> {
        let filter = Filter { external: Some(true), ..Filter::default() };
        let networks = self.inner.list(Noun::Network, &filter).await?;
        Ok(networks.iter().map(|network| network.name().to_string()).min())
    }

    /// The addresses that lead to a server.
    pub(super) async fn addresses_at(&self, server: &str) -> Result<Vec<PublicIp>> {
        let filter = Filter { server: Some(server.to_string()), ..Filter::default() };
        let found = self.all_others(Noun::PublicIp, &filter).await?;
        Ok(found
            .into_iter()
            .filter_map(|one| match one {
                Resource::PublicIp(ip) => Some(std::sync::Arc::unwrap_or_clone(ip)),
                _ => None,
            })
            .collect())
    }

    pub(super) async fn lead_to(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        let (server, ip) = (self.server_now(&server.id).await?, self.ip_now(&ip.id).await?);
        self.may_reach(&server, &ip)?;
        let changed = self.is_changed(Noun::Server, &server.id) || self.is_changed(Noun::PublicIp, &ip.id);
        let words = || format!("associate_ip {} {}", server.name, ip.address);
        self.shown(changed, words, self.inner.associate_ip(&server, &ip)).await?;
        self.lead_nowhere(&ip).await?;
        self.show_floating(&server, &ip);
        self.edit_ip(&ip, |ip| ip.server = Some(server.id.clone()));
        Ok(())
    }

    /// A server is reached by an address.
    pub(super) fn show_floating(&self, server: &Server, ip: &PublicIp) {
        self.edit_server(server, |server| {
            let floating =
                Address { version: 4, addr: ip.address.clone(), kind: Some("floating".to_string()) };
            match server.addresses.first_mut() {
                Some((_, list)) => list.push(floating),
                None => server.addresses.push((String::new(), vec![floating])),
            }
        });
    }

    /// Ports of an address lead to a server.
    pub(super) async fn lead_ports_to(
        &self,
        server: &Server,
        ip: &PublicIp,
        request: &serde_json::Value,
    ) -> Result<()> {
        let (server, ip) = (self.server_now(&server.id).await?, self.ip_now(&ip.id).await?);
        let changed = self.is_changed(Noun::Server, &server.id) || self.is_changed(Noun::PublicIp, &ip.id);
        let words = || format!("associate_ip {} {} {request}", server.name, ip.address);
        self.shown(changed, words, self.inner.forward_ip(&server, &ip, request)).await?;
        self.edit_ip(&ip, |ip| ip.server = Some(server.id.clone()));
        Ok(())
    }

    /// A server on networks that were made, of which none is joined to a way out, is reached by no floating address.
    fn may_reach(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        if !self.is_openstack() {
            return Ok(());
        }
        if server.addresses.is_empty() {
            let message = format!("`{}` is on no network, so no address can lead to it", server.name);
            return Err(self.conflict(message));
        }
        let made = |name: &String| {
            let world = self.world();
            let mut networks = world.present(Noun::Network);
            networks
                .find(|entry| entry.made && entry.resource.name() == name)
                .map(|entry| entry.resource.id().to_string())
        };
        let reached =
            server.addresses.iter().any(|(name, _)| made(name).is_none_or(|id| self.is_routed(&id)));
        if reached { Ok(()) } else { Err(self.unreached(&server.name, ip)) }
    }

    /// The same of a port in a network.
    pub(super) fn may_reach_network(&self, name: &str, network: Option<&str>, ip: &PublicIp) -> Result<()> {
        let made = network.filter(|id| self.is_openstack() && self.world().is_made(Noun::Network, id));
        match made.is_none_or(|id| self.is_routed(id)) {
            true => Ok(()),
            false => Err(self.unreached(name, ip)),
        }
    }

    /// Whether a made router joins a network to the outside.
    fn is_routed(&self, network: &str) -> bool {
        let world = self.world();
        let out = |router: &str| {
            world.present(Noun::Router).any(|entry| {
                matches!(&entry.resource, Resource::Router(one) if one.id == router && one.external.is_some())
            })
        };
        world.routes.iter().any(|(router, joined)| joined.iter().any(|one| one == network) && out(router))
    }

    fn unreached(&self, name: &str, ip: &PublicIp) -> crate::cloud::Error {
        self.conflict(format!("`{name}` is on no network that {} can lead to", ip.address))
    }

    pub(super) async fn free_address(&self, ip: &PublicIp) -> Result<()> {
        let ip = self.ip_now(&ip.id).await?;
        let words = || format!("disassociate_ip {}", ip.address);
        let changed = self.is_changed(Noun::PublicIp, &ip.id);
        self.shown(changed, words, self.inner.disassociate_ip(&ip)).await?;
        self.lead_nowhere(&ip).await
    }

    /// An address leads nowhere, and its server does not have it any more.
    pub(super) async fn lead_nowhere(&self, ip: &PublicIp) -> Result<()> {
        if ip.server.is_none() && ip.port.is_none() {
            return Ok(());
        }
        if let Some(server) = &ip.server
            && let Some(Resource::Server(server)) = self.find(Noun::Server, server).await?
        {
            self.edit_server(&server, |server| {
                for (_, list) in &mut server.addresses {
                    list.retain(|address| address.addr != ip.address);
                }
                server.addresses.retain(|(name, list)| !(name.is_empty() && list.is_empty()));
            });
        }
        self.edit_ip(ip, parted);
        Ok(())
    }
}

/// An address that leads nowhere.
pub(super) fn parted(ip: &mut PublicIp) {
    (ip.server, ip.port, ip.association, ip.fixed_ip) = (None, None, None, None);
}
