//! What a project may have, and what it has. Limits of -1 mean no limit.

use super::{Refusal, SnapshotState, State, VolumeState, World};

/// A project's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quotas {
    pub(crate) servers: i64,
    pub(crate) cores: i64,
    pub(crate) ram_mib: i64,
    pub(crate) metadata_items: i64,
    pub(crate) keypairs: i64,
    pub(crate) files: i64,
    pub(crate) file_bytes: i64,
    pub(crate) file_path: i64,
    pub(crate) groups: i64,
    pub(crate) group_members: i64,
    pub(crate) networks: i64,
    pub(crate) subnets: i64,
    pub(crate) ports: i64,
    pub(crate) routers: i64,
    pub(crate) floating_ips: i64,
    pub(crate) security_groups: i64,
    pub(crate) security_rules: i64,
    pub(crate) volumes: i64,
    pub(crate) snapshots: i64,
    pub(crate) backups: i64,
    /// Of all backups, in GiB.
    pub(crate) backup_gigabytes: i64,
    /// Of all volumes and snapshots, in GiB.
    pub(crate) gigabytes: i64,
    /// Of one volume, in GiB.
    pub(crate) volume_gib: i64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            servers: 150,
            cores: 200,
            ram_mib: 400_000,
            metadata_items: 128,
            keypairs: 100,
            files: 5,
            file_bytes: 10_240,
            file_path: 255,
            groups: 10,
            group_members: 10,
            networks: 100,
            subnets: 100,
            ports: 500,
            routers: 10,
            floating_ips: 50,
            security_groups: 10,
            security_rules: 100,
            volumes: 10,
            snapshots: 10,
            backups: 10,
            backup_gigabytes: 1000,
            gigabytes: 1000,
            volume_gib: -1,
        }
    }
}

impl Quotas {
    /// The limit of this name, to read or set.
    pub(crate) fn limit(&mut self, name: &str) -> Option<&mut i64> {
        Some(match name {
            "servers" => &mut self.servers,
            "cores" => &mut self.cores,
            "ram_mib" => &mut self.ram_mib,
            "metadata_items" => &mut self.metadata_items,
            "keypairs" => &mut self.keypairs,
            "files" => &mut self.files,
            "file_bytes" => &mut self.file_bytes,
            "file_path" => &mut self.file_path,
            "groups" => &mut self.groups,
            "group_members" => &mut self.group_members,
            "networks" => &mut self.networks,
            "subnets" => &mut self.subnets,
            "ports" => &mut self.ports,
            "routers" => &mut self.routers,
            "floating_ips" => &mut self.floating_ips,
            "security_groups" => &mut self.security_groups,
            "security_rules" => &mut self.security_rules,
            "volumes" => &mut self.volumes,
            "snapshots" => &mut self.snapshots,
            "backups" => &mut self.backups,
            "backup_gigabytes" => &mut self.backup_gigabytes,
            "gigabytes" => &mut self.gigabytes,
            "volume_gib" => &mut self.volume_gib,
            _ => return None,
        })
    }
}

/// What a project uses of its limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) servers: i64,
    pub(crate) cores: i64,
    pub(crate) ram_mib: i64,
}

impl World {
    pub(crate) fn quota(&self, project: &str) -> Quotas {
        self.quotas.get(project).cloned().unwrap_or_default()
    }

    pub(crate) fn usage(&self, project: &str) -> Usage {
        let mut usage = Usage::default();
        for server in self.servers.iter().filter(|s| s.project == project && s.state != State::Deleted) {
            usage.servers += 1;
            usage.cores += server.flavor.vcpus;
            usage.ram_mib += server.flavor.ram_mib;
        }
        usage
    }

    /// How much a project has of what this limit is about, beside servers.
    pub(crate) fn used(&self, name: &str, project: &str) -> i64 {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let groups = || self.groups.iter().filter(|group| group.project == project);
        let volumes = || {
            self.volumes
                .iter()
                .filter(|v| v.project == project && v.state != VolumeState::Deleted && !v.apart)
        };
        let backups = || self.backups.iter().filter(|backup| backup.project == project);
        let snapshots = || {
            self.snapshots
                .iter()
                .filter(|s| s.project == project && s.state != SnapshotState::Deleted && !s.apart)
        };
        match name {
            "groups" => count(self.server_groups.iter().filter(|group| group.project == project).count()),
            "networks" => count(self.networks.iter().filter(|n| n.project == project).count()),
            "subnets" => count(self.subnets.iter().filter(|s| s.project == project).count()),
            "ports" => count(self.all_ports().filter(|port| port.project == project).count()),
            "routers" => count(self.routers.iter().filter(|r| r.project == project).count()),
            "floating_ips" => count(self.floating.iter().filter(|f| f.project == project).count()),
            "security_groups" => count(groups().count()),
            "security_rules" => count(groups().map(|group| group.rules.len()).sum()),
            "volumes" => count(volumes().count()),
            "snapshots" => count(snapshots().count()),
            "backups" => count(backups().count()),
            "backup_gigabytes" => backups().map(|backup| backup.size_gib).sum(),
            "gigabytes" => {
                volumes().map(|v| v.size_gib).sum::<i64>() + snapshots().map(|s| s.size_gib).sum::<i64>()
            }
            _ => 0,
        }
    }

    /// Whether the project has room for this much more of what this limit is about, beside servers.
    pub(crate) fn room_for(&self, name: &'static str, project: &str, more: i64) -> Result<(), Refusal> {
        let limit = self.quota(project).limit(name).map_or(-1, |limit| *limit);
        // What belongs to no project (a router's gateway) is not counted.
        if limit < 0 || project.is_empty() {
            return Ok(());
        }
        let used = self.used(name, project);
        if used + more <= limit {
            return Ok(());
        }
        let (names, asked, used, limits) = (vec![name], vec![more], vec![used], vec![limit]);
        Err(Refusal::OverQuota { names, asked, used, limits })
    }

    /// Whether the project has room for this much more.
    pub(crate) fn room(&self, project: &str, more: Usage) -> Result<(), Refusal> {
        let (quota, used) = (self.quota(project), self.usage(project));
        let rows = [
            ("cores", more.cores, used.cores, quota.cores),
            ("servers", more.servers, used.servers, quota.servers),
            ("ram", more.ram_mib, used.ram_mib, quota.ram_mib),
        ];
        let over: Vec<_> = rows.into_iter().filter(|r| r.1 > 0 && r.3 >= 0 && r.2 + r.1 > r.3).collect();
        if over.is_empty() {
            return Ok(());
        }
        Err(Refusal::OverQuota {
            names: over.iter().map(|r| r.0).collect(),
            asked: over.iter().map(|r| r.1).collect(),
            used: over.iter().map(|r| r.2).collect(),
            limits: over.iter().map(|r| r.3).collect(),
        })
    }
}
