//! What the world begins with: three people with a project each, six flavors, one small image, two networks for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::SystemTime;

use super::super::clock::Clock;
use super::{Flavor, Group, Image, Mood, Network, Pairs, Project, Role, User, World, fresh_hex, fresh_id};

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
        let external = network("public", &admin, true, Ipv4Addr::new(203, 0, 113, 0), 24, now);
        let inner = |at: usize, third: u8| {
            network("private", &projects[at].id, false, Ipv4Addr::new(10, 11, third, 0), 22, now)
        };
        let networks = vec![external, inner(0, 0), inner(1, 8)];
        let groups = projects.iter().map(|project| default_group(project, now)).collect();
        let images = vec![cirros(&admin, now)];
        Self {
            clock,
            users,
            projects,
            roles,
            tokens: HashMap::new(),
            credentials: Vec::new(),
            flavors: flavors(),
            images,
            servers: Vec::new(),
            networks,
            groups,
            keypairs: Vec::new(),
            quotas: HashMap::new(),
            mood: Mood::default(),
            places: HashMap::new(),
            queue: BTreeMap::new(),
            serial: 0,
        }
    }
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

fn network(
    name: &str,
    project: &str,
    external: bool,
    base: Ipv4Addr,
    prefix: u32,
    now: SystemTime,
) -> Network {
    Network {
        id: fresh_id(),
        name: name.into(),
        project: project.into(),
        external,
        mtu: if external { 1500 } else { 1450 },
        subnet: fresh_id(),
        base,
        prefix,
        created: now,
        used: BTreeSet::new(),
    }
}

fn default_group(project: &Project, now: SystemTime) -> Group {
    Group {
        id: fresh_id(),
        name: "default".into(),
        project: project.id.clone(),
        description: "Default security group".into(),
        created: now,
        rules: (0..4).map(|_| fresh_id()).collect(),
    }
}
