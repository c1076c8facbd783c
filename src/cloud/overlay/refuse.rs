//! What the cloud would refuse and the overlay can know.

use super::Overlay;
use super::world::Known;
use crate::cloud::{Action, Error, Kind, Noun, Resource, Result, Server};

impl Overlay {
    fn error(&self, kind: Kind, message: String) -> Error {
        let mut error = Error::new(kind, message);
        error.cloud = Some(self.inner.name().to_string());
        error.provider = Some(self.inner.provider().as_str());
        error
    }

    /// The error for what is not there.
    pub(super) fn absent(&self, noun: Noun, text: &str) -> Error {
        let message = format!("{} has no {} `{text}`", self.inner.name(), noun.as_str());
        let mut error = self.error(Kind::NotFound, message).coded("cloud::not_found");
        error.status = Some(404);
        error
    }

    /// The error for what is not there in words of its own.
    pub(super) fn not_found(&self, message: String) -> Error {
        self.error(Kind::NotFound, message).coded("cloud::not_found")
    }

    /// The error for what the state of things does not allow.
    pub(super) fn conflict(&self, message: String) -> Error {
        let mut error = self.error(Kind::Conflict, message).coded("cloud::conflict");
        error.status = Some(409);
        error
    }

    /// Whether a server's status lets an action begin.
    ///
    /// # Errors
    /// `conflict` where it does not.
    pub(super) fn may_act(&self, server: &Server, action: &Action) -> Result<()> {
        let pending = self.world().resizes.contains_key(&server.id);
        let ends = matches!(action, Action::ConfirmResize | Action::RevertResize);
        let changed = self.is_changed(Noun::Server, &server.id);
        // The driver itself tells of a resize that is the cloud's.
        if ends && changed && !pending && server.status != "VERIFY_RESIZE" {
            let message = format!("`{}` has no resize to end: it is {}", server.name, server.status);
            return Err(self.conflict(message));
        }
        let from = match self.is_openstack() {
            true => allowed_from(action),
            false => &[],
        };
        if from.is_empty() || from.contains(&server.status.as_str()) || server.status == "UNKNOWN" {
            return Ok(());
        }
        let message =
            format!("`{}` is {}, which does not allow `{}`", server.name, server.status, action.verb());
        Err(self.conflict(message))
    }

    /// What makes a resource of the overlay undeletable: what uses it, as far as the overlay knows.
    pub(super) fn may_delete(&self, resource: &Resource) -> Result<()> {
        let world = self.world();
        let id = resource.id();
        let user = match resource {
            Resource::Volume(volume) => volume.server.clone().or_else(|| {
                let of_it = |other: &Resource| matches!(other, Resource::Snapshot(one) if one.volume.as_deref() == Some(id));
                let openstack = self.is_openstack();
                let mut snapshots = world.present(Noun::Snapshot).filter(|entry| openstack && of_it(&entry.resource));
                snapshots.next().map(|entry| entry.resource.name().to_string())
            }),
            Resource::SecurityGroup(group) => {
                let in_it = |other: &Resource| {
                    matches!(other, Resource::Server(one) if one.security_groups.iter().any(|name| *name == group.name || name == id))
                };
                world.present(Noun::Server).find(|entry| in_it(&entry.resource)).map(|entry| entry.resource.name().to_string())
            }
            Resource::Network(network) => {
                let on_it = |other: &Resource| {
                    matches!(other, Resource::Server(one) if one.addresses.iter().any(|(name, _)| *name == network.name || name == id))
                };
                let server = world.present(Noun::Server).find(|entry| on_it(&entry.resource));
                let router = world.present(Noun::Router).find(|entry| {
                    world.routes.get(entry.resource.id()).is_some_and(|joined| joined.iter().any(|one| one == id))
                });
                let changed = world.is_made(Noun::Network, id);
                server.or(router).filter(|_| changed).map(|entry| entry.resource.name().to_string())
            }
            Resource::PublicIp(ip) if !self.is_openstack() => ip.server.clone(),
            Resource::Port(port) => port.server.clone(),
            Resource::ServerGroup(group) if !self.is_openstack() => group.servers.first().cloned(),
            _ => None,
        };
        drop(world);
        match user {
            None => Ok(()),
            Some(user) => {
                let (noun, name) = (resource.noun().as_str(), resource.name());
                Err(self.conflict(format!("the {noun} `{name}` is used by `{user}`")))
            }
        }
    }

    /// Whether something of a noun has this name now; `None` where only the inner cloud can tell.
    pub(super) fn named(&self, noun: Noun, text: &str) -> Option<Resource> {
        let world = self.world();
        let mut present = world.present(noun);
        present
            .find(|entry| entry.resource.id() == text || entry.resource.described().name() == text)
            .map(|entry| entry.resource.clone())
    }

    /// Refuse a name or id of what was deleted, where nothing else has it.
    ///
    /// # Errors
    /// `not_found`.
    pub(super) fn not_gone(&self, noun: Noun, text: &str) -> Result<()> {
        if self.named(noun, text).is_some() {
            return Ok(());
        }
        let gone = matches!(self.known(noun, text), Known::Gone)
            || self.world().each(noun).any(|entry| entry.gone && entry.resource.described().name() == text);
        if gone { Err(self.absent(noun, text)) } else { Ok(()) }
    }
}

/// The statuses in which Nova begins an action (`check_instance_state` in nova/compute/api.py); none where any will do.
fn allowed_from(action: &Action) -> &'static [&'static str] {
    match action {
        Action::Start => &["SHUTOFF"],
        Action::Stop { .. } => &["ACTIVE", "ERROR", "RESCUE"],
        Action::Reboot { hard: false } | Action::Pause | Action::Suspend | Action::SetPassword(_) => {
            &["ACTIVE"]
        }
        Action::Reboot { hard: true } => &["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "ERROR"],
        Action::Unpause => &["PAUSED"],
        Action::Resume => &["SUSPENDED"],
        Action::Shelve => &["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED"],
        Action::Unshelve => &["SHELVED", "SHELVED_OFFLOADED"],
        Action::Rescue { .. } | Action::Rebuild(_) => &["ACTIVE", "SHUTOFF", "ERROR"],
        Action::Unrescue => &["RESCUE"],
        Action::Resize { .. } | Action::Migrate { live: false, .. } => &["ACTIVE", "SHUTOFF"],
        Action::Migrate { live: true, .. } => &["ACTIVE", "PAUSED"],
        Action::ConfirmResize | Action::RevertResize => &["VERIFY_RESIZE"],
        Action::Lock | Action::Unlock | Action::AddSecurityGroup(_) | Action::RemoveSecurityGroup(_) => &[],
    }
}
