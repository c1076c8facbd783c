//! Server groups: servers that are to be on one host, or on different ones.

use super::{HOSTS, Kind, Refusal, Server, State, World, fresh_id};

/// A group of servers, which name it.
#[derive(Debug, Clone)]
pub(crate) struct ServerGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) user: String,
    /// `affinity`, `anti-affinity`, their soft forms, or a word of another protocol.
    pub(crate) policy: String,
    /// How many of it one host may have, where that is said.
    pub(crate) per_host: Option<i64>,
}

impl World {
    pub(crate) fn server_group(&self, id: &str) -> Option<&ServerGroup> {
        self.server_groups.iter().find(|group| group.id == id)
    }

    /// Makes a group. Gives its id.
    ///
    /// # Errors
    /// When the project has as many as it may have.
    pub(crate) fn create_server_group(&mut self, group: ServerGroup) -> Result<String, Refusal> {
        self.room_for("groups", &group.project, 1)?;
        let id = fresh_id();
        self.server_groups.push(ServerGroup { id: id.clone(), ..group });
        Ok(id)
    }

    /// The servers of a group, in the order in which they were made.
    pub(crate) fn members<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Server> {
        let own =
            move |server: &&Server| server.group.as_deref() == Some(group) && server.state != State::Deleted;
        self.servers.iter().filter(own)
    }

    /// Whether a group takes so many more.
    ///
    /// # Errors
    /// When it is not there or not the project's, or has as many as it may have.
    pub(super) fn may_join_group(&self, group: &str, project: &str, more: usize) -> Result<(), Refusal> {
        let found = self.server_group(group).filter(|group| group.project == project);
        found.ok_or_else(|| Refusal::Missing(Kind::ServerGroup, group.to_owned()))?;
        let (limit, used) = (self.quota(project).group_members, self.members(group).count());
        let (used, more) = (i64::try_from(used).unwrap_or(i64::MAX), i64::try_from(more).unwrap_or(i64::MAX));
        if limit < 0 || used.saturating_add(more) <= limit {
            return Ok(());
        }
        let (asked, used, limits) = (vec![more], vec![used], vec![limit]);
        Err(Refusal::OverQuota { names: vec!["group_members"], asked, used, limits })
    }

    /// Whether no hosts are left for so many more servers of this group. Those of one request are placed together, or none is.
    pub(super) fn is_crowded(&self, group: Option<&str>, more: usize) -> bool {
        let Some(group) = group.and_then(|id| self.server_group(id)) else { return false };
        let there = self.members(&group.id).filter(|server| server.state != State::Error).count();
        let most = group.per_host.unwrap_or(1).saturating_mul(i64::try_from(HOSTS.len()).unwrap_or(i64::MAX));
        group.policy == "anti-affinity"
            && i64::try_from(there.saturating_add(more)).unwrap_or(i64::MAX) > most
    }

    /// The host of one more server of this group: that with the fewest of it, or that of the others.
    pub(super) fn host_for(&self, group: Option<&str>) -> usize {
        let Some(group) = group.and_then(|id| self.server_group(id)) else { return 0 };
        let there = || self.members(&group.id).filter(|server| server.state != State::Error);
        if group.policy.ends_with("anti-affinity") {
            let on = |host: &usize| there().filter(|server| server.host == *host).count();
            return (0..HOSTS.len()).min_by_key(on).unwrap_or(0);
        }
        there().next().map_or(0, |server| server.host)
    }
}
