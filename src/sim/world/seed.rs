//! What the world begins with: three people with a project each, six flavors, one small image, a network
//! outside, one inside for each of two projects, two types of volumes.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::SystemTime;

use super::super::clock::Clock;
use super::{
    FaultSettings, Flavor, Image, Pairs, Project, Role, SubnetSpec, User, VolumeType, World, fresh_hex,
    fresh_id,
};

/// Every seeded password.
pub(crate) const PASSWORD: &str = "secret";

impl World {
    /// The world at its first moment.
    pub(crate) fn seeded(clock: Arc<Clock>) -> Self {
        let now = clock.now();
        let role = |name: &str| Role { id: fresh_hex(), name: name.into() };
        let roles: Vec<Role> = ["heat_stack_owner", "reader", "member", "manager", "admin"].map(role).into();
        let project = |name: &str| Project { id: fresh_hex(), name: name.into(), description: String::new() };
        let projects: Vec<Project> = ["demo", "alt", "admin"].map(project).into();
        let users = projects.iter().map(|project| user(project, &roles)).collect();
        let admin = projects[2].id.clone();
        let images = vec![cirros(&admin, now)];
        let mut world = Self {
            clock,
            users,
            projects,
            roles,
            tokens: HashMap::new(),
            credentials: Vec::new(),
            ec2_credentials: Vec::new(),
            flavors: flavors(),
            images,
            servers: Vec::new(),
            networks: Vec::new(),
            subnets: Vec::new(),
            ports: Vec::new(),
            routers: Vec::new(),
            floating: Vec::new(),
            groups: Vec::new(),
            server_groups: Vec::new(),
            volume_types: volume_types(),
            volumes: Vec::new(),
            snapshots: Vec::new(),
            backups: Vec::new(),
            keypairs: Vec::new(),
            quotas: HashMap::new(),
            stacks: Vec::new(),
            kinds: Vec::new(),
            base: String::new(),
            objects: BTreeMap::new(),
            fault_settings: FaultSettings::default(),
            consoles: HashMap::new(),
            places: HashMap::new(),
            queue: BTreeMap::new(),
            serial: 0,
            moment: None,
        };
        world.seed_networks(&admin);
        world
    }

    /// The network outside, and for each of demo and alt a network inside, with a router between.
    fn seed_networks(&mut self, admin: &str) {
        let people: Vec<String> = self.projects.iter().map(|project| project.id.clone()).collect();
        for project in &people {
            self.default_group(project);
        }
        let outside = self.seed_network("public", admin, true, Ipv4Addr::new(203, 0, 113, 0), 24);
        for (project, third) in people.iter().zip([0, 16]).take(2) {
            let inside = self.seed_network("private", project, false, Ipv4Addr::new(10, 11, third, 0), 20);
            // Nothing is in the way of these: the world is empty but for them.
            let (Some((outside, _)), Some((_, subnet))) = (&outside, inside) else { continue };
            if let Ok(router) = self.create_router("router", project) {
                let _ = self.set_gateway(&router, Some(outside), None, true);
                let _ = self.join_subnet(&router, &subnet);
            }
        }
    }

    /// A network with its one subnet: the ids of both.
    fn seed_network(
        &mut self,
        name: &str,
        project: &str,
        external: bool,
        base: Ipv4Addr,
        prefix: u32,
    ) -> Option<(String, String)> {
        let network = self.create_network(name, project, external).ok()?;
        let spec = SubnetSpec {
            name: name.to_owned(),
            network: network.clone(),
            project: project.to_owned(),
            base,
            prefix,
            gateway: None,
            pools: Vec::new(),
            dhcp: false,
            dns: Vec::new(),
            routes: Vec::new(),
        };
        let subnet = self.create_subnet(spec).ok()?;
        Some((network, subnet))
    }
}

fn volume_types() -> Vec<VolumeType> {
    [("fake", None), ("__DEFAULT__", Some("Default Volume Type"))]
        .map(|(name, description): (&str, Option<&str>)| VolumeType {
            id: fresh_id(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            public: true,
            extra: Pairs::new(),
        })
        .into()
}

fn user(project: &Project, roles: &[Role]) -> User {
    let admin = project.name == "admin";
    let held = if admin { roles } else { &roles[..3] };
    let mut grants: Vec<_> = held.iter().map(|role| (project.id.clone(), role.id.clone())).collect();
    if admin {
        grants.push(("system".into(), roles[4].id.clone()));
        grants.push(("default".into(), roles[4].id.clone()));
    }
    User { id: fresh_hex(), name: project.name.clone(), password: PASSWORD.into(), grants }
}

fn flavors() -> Vec<Flavor> {
    const ROWS: [(&str, &str, i64, i64, i64); 6] = [
        ("1", "m1.tiny", 512, 1, 1),
        ("2", "m1.small", 2048, 20, 1),
        ("3", "m1.medium", 4096, 40, 2),
        ("4", "m1.large", 8192, 80, 4),
        ("42", "m1.nano", 64, 0, 1),
        ("5", "m1.xlarge", 16_384, 160, 8),
    ];
    ROWS.iter()
        .map(|&(id, name, ram_mib, disk_gib, vcpus)| Flavor {
            id: id.into(),
            name: name.into(),
            ram_mib,
            disk_gib,
            vcpus,
            swap_mib: 0,
            ephemeral_gib: 0,
            public: true,
            description: None,
            extra: Pairs::new(),
        })
        .collect()
}

fn cirros(owner: &str, now: SystemTime) -> Image {
    let mut image = Image::new(owner, now);
    image.name = Some("cirros".into());
    image.visibility = "public".into();
    image.disk_format = Some("raw".into());
    image.container_format = Some("bare".into());
    image.properties = [
        ("os_distro", "cirros"),
        ("owner_specified.openstack.md5", ""),
        ("owner_specified.openstack.sha256", ""),
        ("owner_specified.openstack.object", "images/cirros"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    image.fill(b"not a disk\n".repeat(100));
    image
}
