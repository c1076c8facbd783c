//! What a project may have, and what it has. Limits of -1 mean no limit.

use super::{Refusal, State, World};

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
