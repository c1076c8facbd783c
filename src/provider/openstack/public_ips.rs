//! Floating IPs as public addresses: which server each leads to and what its pool is called, and leading it elsewhere.

use super::OpenStack;
use super::marked;
use super::neutron::port::{self, PortUse};
use super::neutron::{floating_ip, network};
use super::recover::{Attempt, quoted};
use super::session::Call;
use crate::cloud::{Error, Filter, Kind, Network, Port, PublicIp, PublicIps, Result, Server, Servers};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::time::Duration;

/// How long after each other a server is looked at for an address that leads to it now, milliseconds.
const HEARS: [u64; 5] = [250, 500, 1000, 1500, 2000];

#[async_trait]
impl PublicIps for OpenStack {
    async fn public_ips(&self, filter: &Filter) -> Result<Vec<PublicIp>> {
        if filter.limit == Some(0) {
            return Ok(Vec::new());
        }
        let first = floating_ip::first(filter, self.project_of(filter).await?.as_deref());
        let mut ips = Vec::new();
        self.every(first, "floatingips", |entry| {
            ips.extend(floating_ip::decode(entry, self.session.name()));
            false
        })
        .await?;
        self.complete_addresses(&mut ips).await?;
        ips.retain(|ip| filter.matches(ip));
        ips.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(ips)
    }

    async fn public_ip(&self, id: &str) -> Result<Option<PublicIp>> {
        let decode = |body: &Json| floating_ip::decode(body, self.session.name());
        let shown = self.shown_by(id, &floating_ip::show(id), "floatingip", decode).await?;
        let mut ips: Vec<PublicIp> = shown.into_iter().collect();
        self.complete_addresses(&mut ips).await?;
        Ok(ips.pop())
    }

    // Take a floating IP of this external network; of the first by name where none is given.
    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        let cloud = self.session.name();
        let mut networks = self.external_networks().await?;
        networks.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        let network = match pool {
            Some(pool) => match network::choose(cloud, pool, &networks) {
                Ok(network) => network.id.clone(),
                Err(error) if error.kind == Kind::NotFound => {
                    let names: Vec<String> = networks.iter().map(|network| quoted(&network.name)).collect();
                    let error = error.help(match names.is_empty() {
                        true => {
                            "public IPs come from external networks, and the cloud shows none".to_string()
                        }
                        false => {
                            format!("public IPs come from external networks: use {}", names.join(" or "))
                        }
                    });
                    return Err(self.own(error));
                }
                Err(error) => return Err(error),
            },
            None => match networks.as_slice() {
                [] => {
                    let message = format!("{cloud} has no external network to take a public IP of");
                    return Err(self.own(Error::new(Kind::NotFound, message).coded("cloud::not_found")));
                }
                [one] => one.id.clone(),
                several => return Err(self.own(no_pool(cloud, several))),
            },
        };
        let attempt = Attempt {
            verb: "allocate_ip",
            sought: "a floating IP with this call's marker".to_string(),
            list: "public_ips()".to_string(),
        };
        let list = floating_ip::first(&Filter::default(), self.project().await?.as_deref());
        let ask = |marker: Option<&str>| floating_ip::create(&network, marker);
        let decode = |body: &Json| floating_ip::decode(body, cloud);
        let mut ip = {
            let twice = ("public IP".to_string(), list, floating_ip::delete as fn(&str) -> Call);
            self.create_marked(ask, &attempt, twice, marked::PUBLIC_IP, decode).await?
        };
        name_pool(&mut ip, &networks);
        Ok(ip)
    }

    // Let a floating IP lead to a server: to the first of its ports that the address reaches, IPv4 first.
    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        let mut ports = self.port_uses(port::of_device(&server.id)).await?;
        ports.retain(|port| port.server().is_some());
        ports.sort_by_key(|port| port.ipv4().is_none());
        let mut refused: Option<Error> = None;
        for port in &ports {
            // With several addresses the one that is meant has to be said.
            let address = port.ipv4().filter(|_| port.addresses.len() > 1);
            let call = floating_ip::associate(&ip.id, Some((&port.id, address)));
            match self.change(&call, |body| floating_ip::port(body).as_deref() == Some(&port.id)).await {
                Ok(()) => {
                    self.until_shown(&server.id, &ip.address).await;
                    return Ok(());
                }
                Err(error) if is_of_this_port(&error) => drop(refused.get_or_insert(error)),
                Err(error) => return Err(error),
            }
        }
        Err(match refused {
            Some(error) => unreachable_from(error, &server.name, ip),
            None if server.status == "BUILD" => {
                let message = format!("`{}` is being built, and has no address yet", server.name);
                let error = Error::new(Kind::Conflict, message).coded("cloud::conflict");
                self.own(error.help("wait for it first: `wait_active(server)`"))
            }
            None => {
                let message = format!("`{}` is on no network, so no address can lead to it", server.name);
                self.own(Error::new(Kind::Conflict, message).coded("cloud::conflict"))
            }
        })
    }

    // Let a floating IP lead to a port's first address, IPv4 first.
    async fn associate_port(&self, port: &Port, ip: &PublicIp) -> Result<()> {
        let address = port.ip().filter(|_| port.ips.len() > 1);
        let call = floating_ip::associate(&ip.id, Some((&port.id, address)));
        let is_there = |body: &Json| floating_ip::port(body).as_deref() == Some(&port.id);
        let name = if port.name.is_empty() { &port.id } else { &port.name };
        self.change(&call, is_there).await.map_err(|error| unreachable_from(error, name, ip))?;
        if let Some(server) = &port.server {
            self.until_shown(server, &ip.address).await;
        }
        Ok(())
    }

    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        self.change(&floating_ip::associate(&ip.id, None), |body| floating_ip::port(body).is_none()).await
    }

    async fn release_ip(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, floating_ip::delete(id)).await
    }
}

impl OpenStack {
    /// Fill in what the descriptions leave open, in two lists for all of them: of external networks and of ports.
    async fn complete_addresses(&self, ips: &mut [PublicIp]) -> Result<()> {
        if ips.is_empty() {
            return Ok(());
        }
        let open: Vec<String> =
            ips.iter().filter(|ip| floating_ip::asks_for_port(ip)).filter_map(|ip| ip.port.clone()).collect();
        let ports = async {
            match open.is_empty() {
                true => Ok(Vec::new()),
                false => self.port_uses(port::of_ids(&open)).await,
            }
        };
        let (networks, ports) = tokio::join!(self.external_networks(), ports);
        let (networks, ports) = (networks?, ports?);
        for ip in ips {
            name_pool(ip, &networks);
            if ip.server.is_none() {
                let port = ports.iter().find(|port| Some(&port.id) == ip.port.as_ref());
                ip.server = port.and_then(PortUse::server).map(str::to_string);
            }
        }
        Ok(())
    }

    /// Give Nova a moment to hear of it from Neutron, so that the server is next read with its address. It is done all the same.
    async fn until_shown(&self, server: &str, address: &str) {
        for pause in HEARS {
            let Ok(Some(server)) = self.server(server).await else { return };
            let mut shown = server.addresses.iter().flat_map(|(_, addresses)| addresses);
            if shown.any(|one| one.addr == address) {
                return;
            }
            self.clock.sleep(Duration::from_millis(pause)).await;
        }
    }
}

/// Neutron's word for a port that no router joins to the address's network.
const UNREACHABLE: &str = "ExternalGatewayForFloatingIPNotFound";

/// Such a refusal in the user's words: what has the address's name in them.
fn unreachable_from(mut error: Error, name: &str, ip: &PublicIp) -> Error {
    if error.code.as_deref() == Some(UNREACHABLE) {
        error.kind = Kind::Conflict;
        error.diagnostic = Some("cloud::conflict");
        error.message = format!("`{name}` is on no network that {} can lead to", ip.address);
        let pool = quoted(ip.pool.as_deref().unwrap_or_default());
        error.help = Some(format!(
            "join one of its networks to the address's pool: `create_router(\"…\", #{{ external: {pool}, networks: […] }})`"
        ));
    }
    error
}

/// Whether a refusal is of this port, so that another one of the server may be taken.
fn is_of_this_port(error: &Error) -> bool {
    const OF_PORT: [&str; 3] = [UNREACHABLE, "FloatingIPPortAlreadyAssociated", "FloatingIPFixedIPNotFound"];
    matches!(error.kind, Kind::NotFound | Kind::Conflict | Kind::InvalidArgument)
        && error.code.as_deref().is_some_and(|code| OF_PORT.contains(&code) || code == "BadRequest")
}

/// The name of the network that an address is of, in place of its id.
fn name_pool(ip: &mut PublicIp, networks: &[Network]) {
    let named = networks.iter().find(|network| Some(&network.id) == ip.pool.as_ref());
    if let Some(network) = named.filter(|network| !network.name.is_empty()) {
        ip.pool = Some(network.name.clone());
    }
}

/// Which external network is meant is the script's to say.
fn no_pool(cloud: &str, networks: &[Network]) -> Error {
    let names: Vec<String> = networks.iter().map(|network| format!("`{}`", network.name)).collect();
    let first = networks.first().map_or("", |network| network.name.as_str());
    let message = format!("{cloud} has {} external networks, and no pool is named", networks.len());
    Error::new(Kind::Ambiguous, message).coded("cloud::ambiguous").help(format!(
        "name one of {}: allocate_ip({})",
        names.join(", "),
        quoted(first)
    ))
}
