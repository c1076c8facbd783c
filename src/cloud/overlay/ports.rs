//! Ports: made, renamed, given to servers and let go; and those that a booted server gets of itself, which are made when ports are
//! first read.

use super::Overlay;
use super::layer::raw;
use super::world::{Known, World};
use crate::cloud::port::NameUpdate;
use crate::cloud::server::Nics;
use crate::cloud::{Filter, Noun, Port, PortSpec, PublicIp, Resource, Result, Server};
use std::sync::Arc;

impl Overlay {
    pub(super) async fn make_port(&self, spec: &PortSpec) -> Result<Port> {
        self.not_gone(Noun::Network, &spec.network)?;
        let groups = spec.security_groups.clone().unwrap_or_default();
        for group in &groups {
            self.not_gone(Noun::SecurityGroup, group)?;
        }
        let changed = self.is_changed(Noun::Network, &spec.network)
            || groups.iter().any(|group| self.is_changed(Noun::SecurityGroup, group));
        let words = || format!("create_port {}", spec.name);
        self.shown(changed, words, self.inner.create_port(spec)).await?;
        let security_groups = match &spec.security_groups {
            Some(groups) => groups.clone(),
            None => self.ids_of_groups(&["default".to_string()]).await?,
        };
        let port = Port {
            id: self.new_id(),
            name: spec.name.clone(),
            status: "DOWN".to_string(),
            network: Some(spec.network.clone()),
            ips: spec.ip.iter().cloned().collect(),
            mac: None,
            server: None,
            security_groups,
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        self.world().make(port.clone().into());
        Ok(port)
    }

    pub(super) async fn change_port(&self, id: &str, update: &NameUpdate) -> Result<()> {
        let port = self.port_now(id).await?;
        let words = || format!("update {}", port.name);
        self.shown(self.is_changed(Noun::Port, id), words, self.inner.update_port(id, update)).await?;
        self.edit_port(&port, |port| {
            if let Some(name) = &update.name {
                port.name = name.clone();
            }
        });
        Ok(())
    }

    pub(super) async fn port_now(&self, id: &str) -> Result<Port> {
        match self.one_of(Noun::Port, id).await? {
            Resource::Port(port) => Ok(Arc::unwrap_or_clone(port)),
            _ => Err(self.absent(Noun::Port, id)),
        }
    }

    pub(super) fn edit_port(&self, base: &Port, change: impl FnOnce(&mut Port)) {
        self.world().edit(base.clone().into(), |resource| {
            if let Resource::Port(port) = resource {
                change(Arc::make_mut(port));
            }
        });
    }

    /// The port that a text names; `None` where the inner cloud will tell that there is none.
    pub(super) async fn port_called(&self, text: &str) -> Result<Option<Port>> {
        let found = match self.named(Noun::Port, text) {
            Some(found) => Some(found),
            None if self.inner.is_id(Noun::Port, text) => self.find(Noun::Port, text).await?,
            None => self.all_others(Noun::Port, &Filter::named(text)).await?.pop(),
        };
        Ok(found.and_then(|found| match found {
            Resource::Port(port) => Some(Arc::unwrap_or_clone(port)),
            _ => None,
        }))
    }

    /// The ports of a spec, each of which must be free.
    pub(super) async fn ports_of(&self, nics: &Nics) -> Result<Vec<Port>> {
        let mut ports = Vec::new();
        let Nics::These(nics) = nics else { return Ok(ports) };
        for wanted in nics.iter().filter_map(|nic| nic.port.as_ref()) {
            self.not_gone(Noun::Port, wanted)?;
            let Some(port) = self.port_called(wanted).await? else { continue };
            if let Some(server) = &port.server {
                let name = if port.name.is_empty() { &port.id } else { &port.name };
                return Err(self.conflict(format!("the port `{name}` is used by `{server}`")));
            }
            ports.push(port);
        }
        Ok(ports)
    }

    /// A new server has these ports, and of itself one in each of the other networks.
    pub(super) fn give_ports(&self, server: &Server, ports: &[Port]) {
        for port in ports {
            self.edit_port(port, |port| {
                (port.server, port.status) = (Some(server.id.clone()), "ACTIVE".to_string());
            });
        }
        let mut own: Vec<(String, String)> = server
            .addresses
            .iter()
            .flat_map(|(network, list)| list.iter().map(|one| (network.clone(), one.addr.clone())))
            .collect();
        for ip in ports.iter().map(|port| port.ip().unwrap_or_default()) {
            if let Some(place) = own.iter().position(|(_, own)| own == ip) {
                own.remove(place);
            }
        }
        self.world().portless.push((server.id.clone(), own));
    }

    /// Make the ports that servers of the overlay have of themselves, once somebody looks at ports.
    pub(super) async fn make_own_ports(&self) -> Result<()> {
        let portless = std::mem::take(&mut self.world().portless);
        for (id, networks) in portless {
            let Some(Resource::Server(server)) = self.find(Noun::Server, &id).await? else { continue };
            let security_groups = self.ids_of_groups(&server.security_groups).await?;
            for (network, ip) in networks {
                let port = Port {
                    id: self.new_id(),
                    name: String::new(),
                    status: "ACTIVE".to_string(),
                    network: Some(self.id_of_network(&network).await?),
                    ips: Some(ip).filter(|ip| !ip.is_empty()).into_iter().collect(),
                    mac: None,
                    server: Some(id.clone()),
                    security_groups: security_groups.clone(),
                    cloud: self.inner.name().clone(),
                    raw: raw(),
                };
                self.world().make(port.into());
            }
        }
        Ok(())
    }

    async fn id_of_network(&self, text: &str) -> Result<String> {
        if let Some(network) = self.named(Noun::Network, text) {
            return Ok(network.id().to_string());
        }
        let found = match self.inner.is_id(Noun::Network, text) {
            true => None,
            false => self.inner.list(Noun::Network, &Filter::named(text)).await?.pop(),
        };
        Ok(found.map_or_else(|| text.to_string(), |network| network.id().to_string()))
    }

    async fn ids_of_groups(&self, names: &[String]) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for name in names {
            let found = match self.named(Noun::SecurityGroup, name) {
                Some(group) => Some(group),
                None => self.inner.list(Noun::SecurityGroup, &Filter::named(name)).await?.pop(),
            };
            ids.extend(found.map(|group| group.id().to_string()));
        }
        Ok(ids)
    }

    /// What becomes of the ports of a deleted server: those with a name were there before it and stay.
    pub(super) fn free_ports(&self, server: &Server) {
        let mut world = self.world();
        world.portless.retain(|(id, _)| *id != server.id);
        let mine = |resource: &Resource| matches!(resource, Resource::Port(port) if port.server.as_ref() == Some(&server.id));
        let held: Vec<Resource> =
            world.present(Noun::Port).map(|entry| entry.resource.clone()).filter(mine).collect();
        for port in held {
            match is_own(&port) {
                true => world.delete(port),
                false => world.edit(port, |resource| {
                    if let Resource::Port(port) = resource {
                        free(Arc::make_mut(port));
                    }
                }),
            }
        }
    }

    /// The same of one that is looked at alone.
    pub(super) fn without_deleted(&self, resource: Resource) -> Option<Resource> {
        without_deleted(&self.world(), resource)
    }

    /// The public addresses that lead to a port lead nowhere, as it goes.
    pub(super) async fn part_addresses(&self, port: &Port) -> Result<()> {
        let all = self.all_others(Noun::PublicIp, &Filter::default()).await?;
        for one in all {
            if let Resource::PublicIp(ip) = one
                && ip.port.as_ref() == Some(&port.id)
            {
                self.lead_nowhere(&ip).await?;
            }
        }
        Ok(())
    }

    /// Let an address lead to a port, and to the server that has it.
    pub(super) async fn associate_port_now(&self, port: &Port, ip: &PublicIp) -> Result<()> {
        let (port, ip) = (self.port_now(&port.id).await?, self.ip_now(&ip.id).await?);
        let name = if port.name.is_empty() { &port.id } else { &port.name };
        self.may_reach_network(name, port.network.as_deref(), &ip)?;
        let changed = self.is_changed(Noun::Port, &port.id) || self.is_changed(Noun::PublicIp, &ip.id);
        let words = || format!("associate_ip {name} {}", ip.address);
        self.shown(changed, words, self.inner.associate_port(&port, &ip)).await?;
        self.lead_nowhere(&ip).await?;
        if let Some(server) = &port.server {
            let server = self.server_now(server).await?;
            self.show_floating(&server, &ip);
        }
        self.edit_ip(&ip, |ip| {
            ip.server.clone_from(&port.server);
            (ip.port, ip.fixed_ip) = (Some(port.id.clone()), port.ip().map(str::to_string));
        });
        Ok(())
    }
}

/// What the inner cloud tells of a port or a server group whose server is deleted in the overlay.
pub(super) fn without_deleted(world: &World, resource: Resource) -> Option<Resource> {
    let gone = |id: &str| matches!(world.known(Noun::Server, id), Known::Gone);
    Some(match resource {
        Resource::Port(port) if port.server.as_deref().is_some_and(gone) => {
            if port.name.is_empty() {
                return None;
            }
            let mut port = Arc::unwrap_or_clone(port);
            free(&mut port);
            port.into()
        }
        Resource::ServerGroup(group) if group.servers.iter().any(|id| gone(id)) => {
            let mut group = Arc::unwrap_or_clone(group);
            group.servers.retain(|id| !gone(id));
            group.into()
        }
        other => other,
    })
}

/// Whether a port came with its server: such a one has no name.
fn is_own(resource: &Resource) -> bool {
    matches!(resource, Resource::Port(port) if port.name.is_empty())
}

fn free(port: &mut Port) {
    (port.server, port.status) = (None, "DOWN".to_string());
}
