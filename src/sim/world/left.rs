//! What there is beside what the world began with: what a run left behind, and what a test puts there beforehand.

use std::net::Ipv4Addr;

use super::{
    Flavor, Image, ImageStatus, Pairs, Server, SnapshotState, State, Volume, VolumeState, World, fresh_id,
};

/// Something that there is in the simulated cloud and that it did not begin with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The noun's word, such as `server`.
    pub noun: &'static str,
    /// Its name; the id where it has none.
    pub name: String,
    /// Its state in small letters; empty where it has none.
    pub status: String,
}

fn left(noun: &'static str, name: &str, status: &str) -> Left {
    Left { noun, name: name.to_owned(), status: status.to_owned() }
}

impl World {
    /// All that project demo has beside what it began with, by noun, in the order it was made. `deleted` are the servers that one of
    /// the faces keeps for a while after their deletion.
    pub(crate) fn left(&self, deleted: &[String]) -> Vec<Left> {
        let demo = self.projects[0].id.as_str();
        let own = |project: &str| project == demo;
        let named = |name: &Option<String>, id: &str| {
            name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
        };
        let mut all = Vec::new();
        let is_there = |one: &&Server| one.state != State::Deleted && !deleted.contains(&one.id);
        let servers = self.servers.iter().filter(|one| own(&one.project)).filter(is_there);
        all.extend(servers.map(|one| {
            let task = one.task.map_or("", |task| task.name());
            let status = if task.is_empty() { one.state.name() } else { task };
            left("server", &one.name, status)
        }));
        let volumes =
            self.volumes.iter().filter(|one| own(&one.project) && one.state != VolumeState::Deleted);
        // The disks that servers were made with go with them.
        let goes = |one: &&Volume| one.attachments.iter().any(|held| held.goes);
        all.extend(
            volumes.filter(|one| !goes(one)).map(|one| left("volume", &named(&one.name, &one.id), "")),
        );
        let snapshots =
            self.snapshots.iter().filter(|one| own(&one.project) && one.state != SnapshotState::Deleted);
        all.extend(snapshots.map(|one| left("snapshot", &named(&one.name, &one.id), "")));
        let images = self.images.iter().filter(|one| own(&one.owner) && one.status != ImageStatus::Deleted);
        all.extend(images.map(|one| left("image", &named(&one.name, &one.id), one.status.name())));
        let backups = self.backups.iter().filter(|one| own(&one.project));
        all.extend(backups.map(|one| left("backup", &named(&one.name, &one.id), "")));
        let addresses = self.floating.iter().filter(|one| own(&one.project));
        all.extend(addresses.map(|one| left("public_ip", &one.address.to_string(), "")));
        let groups = self.groups.iter().filter(|one| own(&one.project) && one.name != "default");
        all.extend(groups.map(|one| left("security_group", &one.name, "")));
        all.extend(
            self.server_groups
                .iter()
                .filter(|one| own(&one.project))
                .map(|one| left("server_group", &one.name, "")),
        );
        let networks = self.networks.iter().filter(|one| own(&one.project) && one.name != "private");
        all.extend(networks.map(|one| left("network", &one.name, "")));
        let routers = self.routers.iter().filter(|one| own(&one.project) && one.name != "router");
        all.extend(routers.map(|one| left("router", &one.name, "")));
        let ports = self.ports.iter().filter(|one| own(&one.project) && !one.name.is_empty());
        all.extend(ports.map(|one| left("port", &one.name, "")));
        let user = self.users.first().map(|user| user.id.as_str());
        let keys = self.keypairs.iter().filter(|one| Some(one.user.as_str()) == user);
        all.extend(keys.map(|one| left("keypair", &one.name, "")));
        let stacks = self.stacks.iter().filter(|one| own(&one.project) && one.deleted.is_none());
        all.extend(stacks.filter(|one| one.parent.is_none()).map(|one| left("stack", &one.name, "")));
        all
    }

    /// Whether a server that runs has this address, its own or one that leads to it; `None` where no server has it.
    pub(crate) fn runs_at(&self, address: Ipv4Addr) -> Option<bool> {
        let port = self.floating_at(address).and_then(|floating| floating.port.clone());
        let server = self.servers.iter().filter(|one| one.state != State::Deleted).find(|one| {
            one.ports.iter().any(|own| {
                Some(&own.id) == port.as_ref() || own.addresses.iter().any(|has| has.ip == address)
            })
        })?;
        Some(server.state == State::Active && server.task.is_none())
    }

    /// Adds a flavor that everyone may have; of one of its name nothing changes, and this is false.
    pub(crate) fn add_flavor(&mut self, name: &str, vcpus: i64, ram_mib: i64, disk_gib: i64) -> bool {
        if self.flavors.iter().any(|flavor| flavor.name == name) {
            return false;
        }
        self.flavors.push(Flavor {
            id: fresh_id(),
            name: name.to_owned(),
            ram_mib,
            disk_gib,
            vcpus,
            swap_mib: 0,
            ephemeral_gib: 0,
            public: true,
            description: None,
            extra: Pairs::new(),
        });
        true
    }

    /// Adds an image that everyone may have.
    pub(crate) fn add_image(&mut self, name: &str, min_disk_gib: i64, min_ram_mib: i64, meta: Pairs) {
        let (owner, now) = (self.projects[2].id.clone(), self.now());
        let mut image = Image::new(&owner, now);
        image.name = Some(name.to_owned());
        image.visibility = "public".into();
        image.disk_format = Some("raw".into());
        image.container_format = Some("bare".into());
        image.min_disk_gib = min_disk_gib;
        image.min_ram_mib = min_ram_mib;
        image.properties = meta;
        image.fill(b"not a disk\n".repeat(100));
        self.images.push(image);
    }

    /// Sets what a server's console shows; false where there is none of this name.
    pub(crate) fn set_console(&mut self, server: &str, text: &str) -> bool {
        let found = self.servers.iter().find(|one| one.name == server && one.state != State::Deleted);
        let Some(id) = found.map(|one| one.id.clone()) else { return false };
        self.consoles.insert(id, text.to_owned());
        true
    }
}
