//! New servers: what may be asked for, what the project has room for, and where the addresses come from.

use std::net::Ipv4Addr;

use super::action_log::Asker;
use super::refusal::FilesLimit;
use super::transitions::Action;
use super::{
    Disk, Flavor, Image, ImageStatus, Kind, Pairs, Plug, Power, Refusal, Server, State, Task, Usage, World,
    fresh_id, fresh_secret,
};

/// The memory of the one host, in MiB: what asks for more finds no place.
const HOST_MIB: i64 = 800_000;

/// Which networks a server is to be in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NetworkChoice {
    /// The project's only one; several are refused, none is fine.
    Auto,
    None,
    These(Vec<Plug>),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct BootSpec {
    pub(crate) name: String,
    pub(crate) hostname: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) flavor: String,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) metadata: Pairs,
    pub(crate) tags: Vec<String>,
    /// Path and contents as given.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) key_name: Option<String>,
    pub(crate) user_data: Option<String>,
    pub(crate) config_drive: bool,
    pub(crate) auto_disk: bool,
    /// The volumes it is given; one of them may be the root.
    pub(crate) disks: Vec<Disk>,
    pub(crate) password: Option<String>,
    pub(crate) networks: NetworkChoice,
    pub(crate) groups: Vec<String>,
    pub(crate) zone: Option<String>,
    pub(crate) access_v4: String,
    pub(crate) access_v6: String,
    pub(crate) certificates: Option<Vec<String>>,
    pub(crate) hints: Option<String>,
    /// The id of the group of servers that it is to be in.
    pub(crate) group: Option<String>,
}

impl BootSpec {
    /// Whether a volume carries the system.
    fn volume_backed(&self) -> bool {
        self.disks.iter().any(|disk| disk.root)
    }
}

impl World {
    /// Makes the servers of this spec: as many as fit between `min` and `max`. Gives their indices.
    pub(crate) fn boot(&mut self, spec: &BootSpec, asker: &Asker) -> Result<Vec<usize>, Refusal> {
        let flavor = self
            .flavor(&spec.flavor)
            .cloned()
            .ok_or_else(|| Refusal::Missing(Kind::Flavor, spec.flavor.clone()))?;
        let image = match &spec.image {
            Some(id) => Some(self.usable_image(id, asker)?.clone()),
            None => None,
        };
        if let Some(zone) = spec.zone.as_deref().filter(|zone| *zone != "nova") {
            return Err(Refusal::Missing(Kind::Zone, zone.to_owned()));
        }
        let quota = self.quota(&asker.project);
        within(&spec.metadata, quota.metadata_items)?;
        fits_files(&spec.files, &quota)?;
        if let Some(key) = &spec.key_name
            && self.keypair(&asker.user, key).is_none()
        {
            return Err(Refusal::Missing(Kind::Keypair, key.clone()));
        }
        fits_image(&flavor, image.as_ref(), spec.volume_backed())?;
        if let Some(group) = &spec.group {
            self.may_join_group(group, &asker.project, spec.max)?;
        }
        let groups = self.boot_groups(spec, asker)?;
        let networks = self.boot_networks(spec, asker)?;
        self.check_disks(&spec.disks, asker)?;
        let usage = |count: usize| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            Usage {
                servers: count,
                cores: count.saturating_mul(flavor.vcpus),
                ram_mib: count.saturating_mul(flavor.ram_mib),
            }
        };
        let mut count = spec.max;
        while let Err(refusal) = self.room(&asker.project, usage(count)) {
            if count <= spec.min {
                return Err(refusal);
            }
            count -= 1;
        }
        let reservation = format!("r-{}", fresh_secret(8).to_lowercase());
        let mut made = Vec::with_capacity(count);
        let crowded = self.is_crowded(spec.group.as_deref(), count);
        for index in 0..count {
            let name = match spec.max {
                1 => spec.name.clone(),
                _ => format!("{}-{}", spec.name, index + 1),
            };
            let mut server = self.blank(spec, name, &flavor, image.as_ref(), asker);
            server.reservation.clone_from(&reservation);
            server.launch_index = i64::try_from(index).unwrap_or(i64::MAX);
            let at = self.place(server, &networks, &groups, crowded, asker);
            self.promise_disks(at, spec.disks.clone(), asker)?;
            made.push(at);
        }
        Ok(made)
    }

    pub(super) fn usable_image(&self, id: &str, asker: &Asker) -> Result<&Image, Refusal> {
        let image = self
            .image(id)
            .filter(|image| image.shown_to(&asker.project, asker.admin))
            .ok_or_else(|| Refusal::Missing(Kind::Image, id.to_owned()))?;
        match image.status {
            ImageStatus::Active => Ok(image),
            status => Err(Refusal::ImageState(image.id.clone(), status.name())),
        }
    }

    /// Whether a server of this flavor can be rebuilt from this image.
    pub(crate) fn fits_rebuild(&self, flavor: &Flavor, id: &str, asker: &Asker) -> Result<Pairs, Refusal> {
        let image = self.usable_image(id, asker)?;
        fits_image(flavor, Some(image), true)?;
        Ok(image.properties.clone())
    }

    /// The ids of the groups that are asked for; none means the default.
    fn boot_groups(&self, spec: &BootSpec, asker: &Asker) -> Result<Option<Vec<String>>, Refusal> {
        if spec.groups.is_empty() {
            return Ok(None);
        }
        let mut ids: Vec<String> = Vec::new();
        for wanted in &spec.groups {
            let group = self
                .group(&asker.project, wanted)
                .ok_or_else(|| Refusal::Missing(Kind::Group, wanted.clone()))?;
            if group.id != *wanted && self.groups_named(&asker.project, wanted) > 1 {
                return Err(Refusal::Ambiguous(Kind::Group, wanted.clone()));
            }
            if !ids.contains(&group.id) {
                ids.push(group.id.clone());
            }
        }
        Ok(Some(ids))
    }

    fn boot_networks(&self, spec: &BootSpec, asker: &Asker) -> Result<Vec<Plug>, Refusal> {
        match &spec.networks {
            NetworkChoice::None => Ok(Vec::new()),
            NetworkChoice::Auto => {
                let own: Vec<_> = self.own_networks(asker).collect();
                match own.len() {
                    0 => Ok(Vec::new()),
                    1 if self.subnets_of(&own[0].id).next().is_none() => {
                        Err(Refusal::NoSubnet(own[0].id.clone()))
                    }
                    1 => Ok(vec![Plug { network: own[0].id.clone(), ..Plug::default() }]),
                    _ => Err(Refusal::ManyNetworks),
                }
            }
            NetworkChoice::These(wanted) => {
                for plug in wanted {
                    self.may_plug(plug, asker)?;
                }
                Ok(wanted.clone())
            }
        }
    }

    fn may_plug(&self, plug: &Plug, asker: &Asker) -> Result<(), Refusal> {
        if let Some(id) = &plug.port {
            let own = |port: &&super::Port| asker.admin || port.project == asker.project;
            let port = self.port(id).filter(own);
            let port = port.ok_or_else(|| Refusal::Missing(Kind::Port, id.clone()))?;
            return match port.device.is_empty() {
                true => Ok(()),
                false => Err(port.taken()),
            };
        }
        let id = &plug.network;
        if !self.networks_of(&asker.project, asker.admin).any(|network| network.id == *id) {
            return Err(Refusal::Missing(Kind::Network, id.clone()));
        }
        if self.subnets_of(id).next().is_none() {
            return Err(Refusal::NoSubnet(id.clone()));
        }
        match plug.address {
            Some(address) if self.subnets_of(id).any(|subnet| subnet.is_used(address)) => {
                Err(Refusal::AddressTaken(address.to_string(), self.owner(address)))
            }
            _ => Ok(()),
        }
    }

    /// The id of the server that has this address.
    fn owner(&self, address: Ipv4Addr) -> String {
        let has = |server: &&Server| server.has_address(address);
        self.servers.iter().find(has).map(|server| server.id.clone()).unwrap_or_default()
    }

    fn blank(
        &mut self,
        spec: &BootSpec,
        name: String,
        flavor: &Flavor,
        image: Option<&Image>,
        asker: &Asker,
    ) -> Server {
        let now = self.now();
        let hostname = spec.hostname.clone().unwrap_or_else(|| hostname_of(&name));
        Server {
            id: fresh_id(),
            number: 0,
            project: asker.project.clone(),
            user: asker.user.clone(),
            description: spec.description.clone(),
            hostname,
            name,
            image: image.map(|image| image.id.clone()),
            image_properties: image.map(|image| image.properties.clone()).unwrap_or_default(),
            built_disk_gib: flavor.disk_gib,
            flavor: flavor.clone(),
            other_flavor: None,
            state: State::Building,
            rest: State::Active,
            task: Some(Task::Scheduling),
            power: Power::None,
            created: now,
            updated: now,
            launched: None,
            terminated: None,
            zoned: false,
            hosted: false,
            host: 0,
            other_host: None,
            grouped: false,
            networked: false,
            zone_asked: spec.zone.clone(),
            metadata: spec.metadata.clone(),
            tags: spec.tags.clone(),
            key_name: spec.key_name.clone(),
            user_data: spec.user_data.clone(),
            config_drive: spec.config_drive,
            auto_disk: spec.auto_disk,
            volume_backed: spec.volume_backed(),
            apart: None,
            password: spec.password.clone().unwrap_or_else(|| fresh_secret(12)),
            ports: Vec::new(),
            disks: Vec::new(),
            access_v4: spec.access_v4.clone(),
            access_v6: spec.access_v6.clone(),
            locked: false,
            locked_reason: None,
            failure: None,
            reservation: String::new(),
            launch_index: 0,
            certificates: spec.certificates.clone(),
            hints: spec.hints.clone(),
            group: spec.group.clone(),
            shelved_image: None,
            confirming: false,
            action_log: Vec::new(),
            logged: 0,
            course: 0,
        }
    }

    fn place(
        &mut self,
        mut server: Server,
        networks: &[Plug],
        groups: &Option<Vec<String>>,
        crowded: bool,
        asker: &Asker,
    ) -> usize {
        let mut trouble = (server.flavor.ram_mib > HOST_MIB).then(|| "No valid host was found. ".to_owned());
        if crowded {
            trouble = Some("No valid host was found. There are not enough hosts available.".to_owned());
        }
        server.host = self.host_for(server.group.as_deref());
        let (at, id) = (self.servers.len(), server.id.clone());
        server.number = at as u64 + 1;
        self.places.insert(id.clone(), at);
        self.servers.push(server);
        for plug in networks {
            let external = self.network(&plug.network).is_some_and(|network| network.external);
            let plug = Plug { groups: groups.clone(), ..plug.clone() };
            let why = match self.plug(at, &plug, asker) {
                Ok(_) if !external || asker.admin => continue,
                Err(Refusal::AddressOutside(address, _)) => format!(
                    "Invalid input received: Fixed IP {address} is not a valid ip address for network {}.",
                    plug.network
                ),
                _ => "Failed to allocate the network(s), not rescheduling.".to_owned(),
            };
            trouble = Some(format!("Build of instance {id} aborted: {why}"));
        }
        self.start(at, Action::Build, asker);
        if let Some(message) = trouble {
            self.doom(at, 300, message);
        }
        at
    }

    /// Whether a server may take this flavor instead of its own.
    pub(crate) fn may_resize(&self, at: usize, flavor: &Flavor) -> Result<(), Refusal> {
        let server = &self.servers[at];
        if flavor.disk_gib == 0 && !server.volume_backed {
            return Err(Refusal::ResizeToZeroDisk);
        }
        if flavor.id == server.flavor.id {
            return Err(Refusal::SameFlavor);
        }
        let more = Usage {
            servers: 0,
            cores: flavor.vcpus - server.flavor.vcpus,
            ram_mib: flavor.ram_mib - server.flavor.ram_mib,
        };
        self.room(&server.project, more)
    }
}

/// Whether so many names may be carried.
pub(crate) fn within(metadata: &Pairs, limit: i64) -> Result<(), Refusal> {
    if limit >= 0 && i64::try_from(metadata.len()).unwrap_or(i64::MAX) > limit {
        return Err(Refusal::TooManyMetadata(limit));
    }
    Ok(())
}

fn fits_files(files: &[(String, String)], quota: &super::Quotas) -> Result<(), Refusal> {
    let over = |length: usize, limit: i64| limit >= 0 && i64::try_from(length).unwrap_or(i64::MAX) > limit;
    if over(files.len(), quota.files) {
        return Err(Refusal::Files(FilesLimit::Count, quota.files));
    }
    for (path, contents) in files {
        if over(path.len(), quota.file_path) {
            return Err(Refusal::Files(FilesLimit::Path, quota.file_path));
        }
        if over(contents.len(), quota.file_bytes) {
            return Err(Refusal::Files(FilesLimit::Content, quota.file_bytes));
        }
    }
    Ok(())
}

fn fits_image(flavor: &Flavor, image: Option<&Image>, volume_backed: bool) -> Result<(), Refusal> {
    const GIB: u64 = 1 << 30;
    let Some(image) = image else { return Ok(()) };
    if image.min_ram_mib > flavor.ram_mib {
        return Err(Refusal::FlavorMemory);
    }
    let disk = flavor.disk_gib.unsigned_abs() * GIB;
    if flavor.disk_gib > 0 {
        let wanted = image.size().max(image.min_disk_gib.unsigned_abs() * GIB);
        if wanted > disk {
            return Err(Refusal::FlavorDisk { flavor: disk, image: wanted });
        }
    } else if !volume_backed {
        return Err(Refusal::ZeroDisk);
    }
    Ok(())
}

/// The name as a host name: lower case, no odd signs.
fn hostname_of(name: &str) -> String {
    let text: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' })
        .collect();
    text.trim_matches(['-', '.']).to_owned()
}
