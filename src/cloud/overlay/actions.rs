//! What is done to a server, and the state that it leads to at once.

use super::Overlay;
use super::world::Resize;
use crate::cloud::server::{Named, RebuildSpec};
use crate::cloud::{Accepted, Action, Noun, RequestState, Result, Server, ServerUpdate};

/// A request of a dry run, which has taken effect.
const DONE: &str = "dry-run";

impl Overlay {
    pub(super) async fn do_to_server(&self, id: &str, action: &Action) -> Result<Accepted> {
        let server = self.server_now(id).await?;
        self.may_act(&server, action)?;
        let changed = self.is_changed(Noun::Server, id) || self.names_changed(action);
        let words = || format!("{} {}", action.verb(), server.name);
        self.shown(changed, words, self.inner.act(id, action)).await?;
        match action {
            Action::Resize { flavor } => self.resized(&server, flavor).await?,
            Action::Migrate { live, host } => self.migrated(&server, *live, host.as_ref()),
            Action::ConfirmResize => self.resize_ended(&server, false),
            Action::RevertResize => self.resize_ended(&server, true),
            Action::AddSecurityGroup(group) => self.add_group(&server, group).await?,
            Action::RemoveSecurityGroup(group) => self.remove_group(&server, group).await?,
            Action::Rebuild(spec) => self.rebuilt(&server, spec),
            Action::Lock | Action::Unlock => {
                let locked = matches!(action, Action::Lock);
                self.edit_server(&server, |server| server.locked = Some(locked));
            }
            Action::SetPassword(_) => self.edit_server(&server, |_| {}),
            other => self.to_status(&server, status_after(other, &server.status)),
        }
        Ok(Accepted { request_id: Some(DONE.to_string()), admin_pass: None })
    }

    fn names_changed(&self, action: &Action) -> bool {
        match action {
            Action::AddSecurityGroup(group) | Action::RemoveSecurityGroup(group) => {
                self.named(Noun::SecurityGroup, group).is_some()
            }
            Action::Rebuild(spec) => self.is_changed(Noun::Image, &spec.image),
            Action::Rescue { image: Some(image), .. } => self.is_changed(Noun::Image, image),
            _ => false,
        }
    }

    fn to_status(&self, server: &Server, status: &str) {
        let word = self.word_of(status);
        self.edit_server(server, |server| {
            (server.status, server.provider_status, server.task) = (status.to_string(), word, None);
        });
    }

    /// Where the cloud itself remembers no resize, the server is up again at once.
    fn is_settled_at_once(&self, server: &str) -> bool {
        self.inner.remembers_resize(server).is_some()
    }

    async fn resized(&self, server: &Server, flavor: &str) -> Result<()> {
        let found = self.inner.flavor(flavor).await?;
        let flavor = Named { id: Some(flavor.to_string()), name: found.map(|flavor| flavor.name) };
        let before = Resize { flavor: server.flavor.clone(), status: server.status.clone() };
        self.world().resizes.insert(server.id.clone(), before);
        self.edit_server(server, |server| server.flavor = flavor);
        if !self.is_settled_at_once(&server.id) {
            self.to_status(server, "VERIFY_RESIZE");
        }
        Ok(())
    }

    fn migrated(&self, server: &Server, live: bool, host: Option<&String>) {
        if !live {
            let before = Resize { flavor: server.flavor.clone(), status: server.status.clone() };
            self.world().resizes.insert(server.id.clone(), before);
            self.to_status(server, "VERIFY_RESIZE");
        }
        // Which host the cloud would choose nobody knows.
        self.edit_server(server, |server| server.host = host.cloned());
    }

    fn resize_ended(&self, server: &Server, back: bool) {
        let before = self.world().resizes.remove(&server.id);
        let status = match &before {
            Some(before) => before.status.clone(),
            // A resize from before this run.
            None => "ACTIVE".to_string(),
        };
        if let Some(before) = before.filter(|_| back) {
            self.edit_server(server, |server| server.flavor = before.flavor);
        }
        if !self.is_settled_at_once(&server.id) {
            self.to_status(server, &status);
        }
    }

    /// Whether a resize is to be ended, where the cloud itself does not show it.
    pub(super) fn resize_is_remembered(&self, server: &str) -> Option<bool> {
        let inner = self.inner.remembers_resize(server)?;
        Some(match self.world().resizes.contains_key(server) {
            true => true,
            false => inner && !self.is_changed(Noun::Server, server),
        })
    }

    async fn add_group(&self, server: &Server, group: &str) -> Result<()> {
        let name = self.name_of_group(group).await?;
        self.edit_server(server, |server| {
            if !server.security_groups.contains(&name) {
                server.security_groups.push(name);
            }
        });
        Ok(())
    }

    async fn remove_group(&self, server: &Server, group: &str) -> Result<()> {
        let name = self.name_of_group(group).await?;
        if !server.security_groups.contains(&name) {
            return Err(self.not_found(format!("`{}` is not in the security group `{name}`", server.name)));
        }
        self.edit_server(server, |server| server.security_groups.retain(|one| *one != name));
        Ok(())
    }

    fn rebuilt(&self, server: &Server, spec: &RebuildSpec) {
        self.edit_server(server, |server| {
            server.image = Named { id: Some(spec.image.clone()), name: None };
            if let Some(name) = &spec.name {
                server.name = name.clone();
            }
            if let Some(meta) = &spec.meta {
                server.meta = meta.clone();
            }
        });
        let status = if server.status == "SHUTOFF" { "SHUTOFF" } else { "ACTIVE" };
        self.to_status(server, status);
    }

    pub(super) async fn change_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        let server = self.server_now(id).await?;
        let words = || format!("update {}", server.name);
        self.shown(self.is_changed(Noun::Server, id), words, self.inner.update_server(id, update)).await?;
        self.edit_server(&server, |server| {
            if let Some(name) = &update.name {
                server.name = name.clone();
            }
            // An empty text clears.
            let set = |field: &mut Option<String>, new: &Option<String>| {
                if let Some(text) = new {
                    *field = Some(text.clone()).filter(|text| !text.is_empty());
                }
            };
            set(&mut server.access.0, &update.access_ipv4);
            set(&mut server.access.1, &update.access_ipv6);
            set(&mut server.description, &update.description);
            let raw = std::sync::Arc::make_mut(&mut server.raw);
            for (key, field) in [
                ("accessIPv4", &update.access_ipv4),
                ("accessIPv6", &update.access_ipv6),
                ("description", &update.description),
            ] {
                if let (Some(text), Some(raw)) = (field, raw.as_object_mut()) {
                    raw.insert(key.to_string(), text.clone().into());
                }
            }
        });
        Ok(())
    }

    /// What became of a request: one of a dry run has taken effect.
    pub(super) async fn state_of_request(&self, server: &str, request: &str) -> Result<RequestState> {
        match request {
            DONE => Ok(RequestState::Finished),
            other if Self::is_own(server) => Ok(match other {
                "" => RequestState::Unknown,
                _ => RequestState::Finished,
            }),
            other => self.inner.request_state(server, other).await,
        }
    }
}

/// The status that an action leads to.
fn status_after<'a>(action: &Action, before: &'a str) -> &'a str {
    match action {
        Action::Start
        | Action::Reboot { .. }
        | Action::Unpause
        | Action::Resume
        | Action::Unshelve
        | Action::Unrescue => "ACTIVE",
        Action::Stop { .. } => "SHUTOFF",
        Action::Pause => "PAUSED",
        Action::Suspend => "SUSPENDED",
        Action::Shelve => "SHELVED_OFFLOADED",
        Action::Rescue { .. } => "RESCUE",
        _ => before,
    }
}
