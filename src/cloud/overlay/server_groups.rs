//! Server groups: made, and joined by servers.

use super::Overlay;
use super::layer::raw;
use crate::cloud::{Filter, Noun, Resource, Result, Server, ServerGroup};
use std::sync::Arc;

impl Overlay {
    pub(super) async fn make_server_group(&self, name: &str, policy: &str) -> Result<ServerGroup> {
        // On EC2 they are known by their names, which CloudStack gives once, too.
        let named = !self.is_openstack() && self.is_known_by_name();
        if !self.is_openstack() && !self.all_others(Noun::ServerGroup, &Filter::named(name)).await?.is_empty()
        {
            return Err(self.conflict(format!("there is a server group `{name}` already")));
        }
        let changed = !self.is_openstack() && self.is_changed(Noun::ServerGroup, name);
        let words = || format!("create_server_group {name}");
        self.shown(changed, words, self.inner.create_server_group(name, policy)).await?;
        let group = ServerGroup {
            id: if named { name.to_string() } else { self.new_id() },
            name: name.to_string(),
            policy: Some(word_of(policy, named).to_string()),
            servers: Vec::new(),
            cloud: self.inner.name().clone(),
            raw: raw(),
        };
        self.world().make(group.clone().into());
        Ok(group)
    }

    /// Whether the cloud has no ids for groups.
    fn is_known_by_name(&self) -> bool {
        !self.inner.is_id(Noun::ServerGroup, "00000000-0000-0000-0000-000000000000")
    }

    /// A new server is in its group.
    pub(super) async fn join_group(&self, server: &Server, group: &str) -> Result<()> {
        if let Some(found) = self.find(Noun::ServerGroup, group).await? {
            self.world().edit(found, |resource| {
                if let Resource::ServerGroup(group) = resource {
                    Arc::make_mut(group).servers.push(server.id.clone());
                }
            });
        }
        Ok(())
    }

    /// A deleted server is in no group.
    pub(super) fn leave_groups(&self, server: &Server) {
        let mut world = self.world();
        let groups: Vec<Resource> =
            world.present(Noun::ServerGroup).map(|entry| entry.resource.clone()).collect();
        for group in groups {
            world.edit(group, |resource| {
                if let Resource::ServerGroup(group) = resource {
                    Arc::make_mut(group).servers.retain(|id| *id != server.id);
                }
            });
        }
    }
}

/// The word that the cloud has for a policy.
fn word_of(policy: &str, ec2: bool) -> &str {
    match policy {
        "affinity" if ec2 => "cluster",
        "anti-affinity" if ec2 => "spread",
        other => other,
    }
}
