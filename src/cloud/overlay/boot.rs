//! `boot`: servers that are there and ACTIVE at once.

use super::Overlay;
use super::layer::{Home, raw};
use super::world::Known;
use crate::cloud::server::{Address, BootSpec, Named, Nic, Nics, RootDisk};
use crate::cloud::{Kind, Noun, Port, Resource, Result, Server};

impl Overlay {
    pub(super) async fn boot_servers(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        let spec = self.with_ids(spec)?;
        self.boot_refused(&spec)?;
        let (flavor, image) = self.size_and_image(&spec).await?;
        let ports = self.ports_of(&spec.networks).await?;
        let changed = self.names_own(&spec);
        let words = || format!("boot {}", spec.name);
        self.shown(changed, words, self.inner.boot(&spec)).await?;
        let home = self.home(&spec).await;
        let addresses = self.addresses_of(&spec, &home, &ports).await;
        let groups = self.groups_of(&spec).await?;
        let names: Vec<String> = match spec.count {
            None => vec![spec.name.clone()],
            Some(count) => (1..=count).map(|number| format!("{}-{number}", spec.name)).collect(),
        };
        let now = self.now();
        let mut made = Vec::with_capacity(names.len());
        for name in names {
            let mut server = Server {
                id: self.new_id(),
                name,
                status: "ACTIVE".to_string(),
                provider_status: self.word_of("ACTIVE"),
                task: None,
                progress: None,
                fault: None,
                flavor: flavor.clone(),
                image: image.clone(),
                meta: spec.meta.clone(),
                tags: spec.tags.clone(),
                addresses: addresses.clone(),
                access: (spec.access_ipv4.clone(), spec.access_ipv6.clone()),
                description: spec.description.clone().filter(|_| self.is_openstack()),
                host: None,
                project: None,
                locked: self.is_openstack().then_some(false),
                key: spec.key.clone(),
                security_groups: groups.clone(),
                volumes: Vec::new(),
                zone: spec.zone.clone().or_else(|| home.zone.clone()),
                created: Some(now),
                updated: Some(now),
                admin_pass: spec.admin_pass.clone(),
                cloud: self.inner.name().clone(),
                read: now,
                raw: raw(),
            };
            server.volumes.extend(self.root_of(&spec, &server).await?);
            self.world().make(server.clone().into());
            self.give_ports(&server, &ports);
            if let Some(group) = &spec.server_group {
                self.join_group(&server, group).await?;
            }
            for volume in &spec.volumes {
                self.joined(&server, volume, None).await?;
            }
            made.push(self.server_now(&server.id).await?);
        }
        Ok(made)
    }

    /// The flavor and the image of a new server.
    async fn size_and_image(&self, spec: &BootSpec) -> Result<(Named, Named)> {
        let name = self.read_if_allowed(Noun::Flavor, &spec.flavor).await?;
        if let Some(image) = &spec.image {
            self.read_if_allowed(Noun::Image, image).await?;
        }
        let id = spec.image.clone().filter(|image| {
            // A parameter that holds an id is none.
            let is_id = Self::is_own(image) || self.inner.is_id(Noun::Image, image);
            !self.boots_from_volume(spec) && (is_id || !self.inner.takes_as_written(Noun::Image, image))
        });
        Ok((Named { id: Some(spec.flavor.clone()), name }, Named { id, name: None }))
    }

    /// The name of what a cloud takes as it is written. What is not there is found now, for no cloud will; who may not look, and
    /// what no look can tell, passes.
    async fn read_if_allowed(&self, noun: Noun, text: &str) -> Result<Option<String>> {
        let unread = self.inner.takes_as_written(noun, text);
        // An image that the script's call has read is there.
        if noun == Noun::Image && !(unread && self.inner.is_id(noun, text)) {
            return Ok(None);
        }
        match self.find(noun, text).await {
            Ok(Some(found)) => Ok(Some(found.name().to_string())),
            Ok(None) if unread => {
                let message = format!("{} has no {} `{text}`", self.inner.name(), noun.as_str());
                Err(self.not_found(message))
            }
            Ok(None) => Ok(None),
            Err(error) if matches!(error.kind, Kind::Forbidden | Kind::Unsupported) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A server whose disk is a new volume shows no image on OpenStack.
    fn boots_from_volume(&self, spec: &BootSpec) -> bool {
        self.is_openstack() && spec.root_disk.is_some()
    }

    /// The spec with made networks by id, which the inner driver then need not look up.
    fn with_ids(&self, spec: &BootSpec) -> Result<BootSpec> {
        let mut spec = spec.clone();
        if let Nics::These(nics) = &mut spec.networks {
            for nic in nics {
                if let Some(port) = nic.port.as_ref().and_then(|port| self.named(Noun::Port, port)) {
                    *nic = Nic { port: Some(port.id().to_string()), is_known: true, ..nic.clone() };
                    continue;
                }
                let Some(wanted) = &nic.network else { continue };
                self.not_gone(Noun::Network, wanted)?;
                if let Some(network) = self.named(Noun::Network, wanted) {
                    *nic = Nic { network: Some(network.id().to_string()), is_known: true, ..nic.clone() };
                }
            }
        }
        Ok(spec)
    }

    fn boot_refused(&self, spec: &BootSpec) -> Result<()> {
        if let Some(key) = &spec.key {
            self.not_gone(Noun::Keypair, key)?;
        }
        for group in &spec.security_groups {
            self.not_gone(Noun::SecurityGroup, group)?;
        }
        if let Some(group) = &spec.server_group {
            self.not_gone(Noun::ServerGroup, group)?;
        }
        if let Some(RootDisk::Snapshot(id)) = &spec.root_disk {
            self.not_gone(Noun::Snapshot, id)?;
        }
        let root = match &spec.root_disk {
            Some(RootDisk::Volume(id)) => Some(id),
            _ => None,
        };
        for id in spec.volumes.iter().chain(root) {
            self.not_gone(Noun::Volume, id)?;
            if let Known::Now(Resource::Volume(volume)) = self.known(Noun::Volume, id)
                && volume.server.is_some()
            {
                return Err(self.conflict(format!("the volume `{}` is attached already", volume.name)));
            }
        }
        Ok(())
    }

    /// Whether a spec names what the inner cloud does not know.
    fn names_own(&self, spec: &BootSpec) -> bool {
        let own = |noun: Noun, text: &String| {
            self.named(noun, text).is_some_and(|one| self.is_changed(noun, one.id()))
        };
        spec.image.iter().any(|image| self.is_changed(Noun::Image, image))
            || spec.key.iter().any(|key| own(Noun::Keypair, key))
            || spec.volumes.iter().any(|volume| self.is_changed(Noun::Volume, volume))
            || match &spec.root_disk {
                Some(RootDisk::Volume(id)) => self.is_changed(Noun::Volume, id),
                Some(RootDisk::Snapshot(id)) => self.is_changed(Noun::Snapshot, id),
                _ => false,
            }
            || spec.server_group.iter().any(|group| self.is_changed(Noun::ServerGroup, group))
            || spec.security_groups.iter().any(|group| own(Noun::SecurityGroup, group))
            || matches!(&spec.networks, Nics::These(nics) if nics.iter().any(|nic| nic.is_known))
    }

    /// Where a server goes of which nothing is said.
    async fn home(&self, spec: &BootSpec) -> Home {
        if spec.networks != Nics::Auto && spec.zone.is_some() {
            return Home::default();
        }
        // It is shown beside other things: that it cannot be read is no failure of a boot.
        let read = async {
            let zones = self.inner.zones().await.unwrap_or_default();
            let networks = self.inner.list(Noun::Network, &Default::default()).await.unwrap_or_default();
            let inside = |one: &&Resource| !matches!(one, Resource::Network(network) if network.external == Some(true));
            let network = networks.iter().find(inside).map(|network| self.key_of_network(network));
            Home { network, zone: zones.into_iter().next() }
        };
        self.home.get_or_init(|| read).await.clone()
    }

    /// What a server's addresses call a network: its name, on EC2 its id.
    fn key_of_network(&self, network: &Resource) -> String {
        if self.is_openstack() { network.name() } else { network.id() }.to_string()
    }

    /// An address in each network, which only the cloud can know.
    async fn addresses_of(
        &self,
        spec: &BootSpec,
        home: &Home,
        ports: &[Port],
    ) -> Vec<(String, Vec<Address>)> {
        let unknown = || Address { version: 4, addr: String::new(), kind: Some("fixed".to_string()) };
        match &spec.networks {
            Nics::Absent => Vec::new(),
            Nics::Auto => home.network.iter().map(|name| (name.clone(), vec![unknown()])).collect(),
            Nics::These(nics) => {
                let mut addresses: Vec<(String, Vec<Address>)> = Vec::new();
                let mut ports = ports.iter();
                for nic in nics {
                    let port = nic.port.as_ref().and_then(|_| ports.next());
                    let at_port = port.and_then(|port| port.network.as_ref());
                    let Some(wanted) = nic.network.as_ref().or(at_port) else { continue };
                    let name = self.network_key(wanted).await;
                    let mut address = unknown();
                    let ip = nic.ip.clone().or_else(|| port.and_then(Port::ip).map(str::to_string));
                    address.addr = ip.unwrap_or_default();
                    match addresses.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, list)) => list.push(address),
                        None => addresses.push((name, vec![address])),
                    }
                }
                addresses
            }
        }
    }

    async fn network_key(&self, wanted: &str) -> String {
        if let Some(network) = self.named(Noun::Network, wanted) {
            return self.key_of_network(&network);
        }
        let by_id = match self.inner.is_id(Noun::Network, wanted) {
            true => self.inner.one(Noun::Network, wanted).await.ok().flatten(),
            false => None,
        };
        match by_id {
            Some(network) => self.key_of_network(&network),
            None if self.is_openstack() => wanted.to_string(),
            None => {
                let named = self.inner.list(Noun::Network, &crate::cloud::Filter::named(wanted)).await;
                let found = named.ok().and_then(|found| found.into_iter().next());
                found.map_or_else(|| wanted.to_string(), |network| self.key_of_network(&network))
            }
        }
    }

    /// The names of the groups of a spec; `default` where it names none.
    async fn groups_of(&self, spec: &BootSpec) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for group in &spec.security_groups {
            names.push(self.name_of_group(group).await?);
        }
        if names.is_empty() && spec.networks != Nics::Absent {
            names.push("default".to_string());
        }
        Ok(names)
    }

    /// A group's name by name or id.
    pub(super) async fn name_of_group(&self, text: &str) -> Result<String> {
        if let Some(group) = self.named(Noun::SecurityGroup, text) {
            return Ok(group.name().to_string());
        }
        self.not_gone(Noun::SecurityGroup, text)?;
        if !self.inner.is_id(Noun::SecurityGroup, text) {
            return Ok(text.to_string());
        }
        let found = self.inner.one(Noun::SecurityGroup, text).await?;
        Ok(found.map_or_else(|| text.to_string(), |group| group.name().to_string()))
    }

    /// The provider's own word for a status.
    pub(super) fn word_of(&self, status: &str) -> String {
        let word = match (self.is_openstack(), status) {
            (false, "ACTIVE") => "running",
            (false, "SHUTOFF") => "stopped",
            (_, other) => other,
        };
        word.to_string()
    }
}
