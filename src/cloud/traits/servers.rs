//! Servers: reading and making them, and what can be done to one.

use super::Account;
use crate::cloud::server_words::STATUSES;
use crate::cloud::{
    Accepted, Action, BootSpec, Filter, Operation, RequestState, Result, Server, ServerUpdate, Snapshot,
};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "servers",
    "servers(all_projects)",
    "server",
    "boot",
    "boot(admin_pass)",
    "boot(config_drive)",
    "boot(description)",
    "boot(access_ipv4)",
    "boot(access_ipv6)",
    "boot(networks: \"none\")",
    "boot(networks: [port])",
    "boot(server_group)",
    "boot(root_disk: volume)",
    "boot(root_disk: snapshot)",
    "update",
    "update(description)",
    "update(access_ipv4)",
    "update(access_ipv6)",
    "start",
    "stop",
    "reboot",
    "pause",
    "unpause",
    "suspend",
    "resume",
    "shelve",
    "unshelve",
    "lock",
    "unlock",
    "rescue",
    "unrescue",
    "rebuild",
    "rebuild(admin_pass)",
    "rebuild(user_data)",
    "rebuild(files)",
    "resize",
    "confirm_resize",
    "revert_resize",
    "migrate",
    "migrate(live)",
    "set_password",
    "add_security_group",
    "remove_security_group",
    "snapshot(server)",
    "snapshot(provider)",
    "console_log",
    "console_url",
    "console_screenshot",
    "password_data",
    "delete(server)",
];

/// A cloud's servers.
#[async_trait]
pub trait Servers: Account {
    /// Every server that the filter lets through, all pages.
    async fn servers(&self, _filter: &Filter) -> Result<Vec<Server>> {
        Err(self.unsupported("servers"))
    }
    /// One server by id; `None` where there is none of that id.
    async fn server(&self, _id: &str) -> Result<Option<Server>> {
        Err(self.unsupported("server"))
    }
    /// Ask for servers: one request where the provider can, for `count` too. Gives them as first described.
    /// An unanswered request is looked up by its marker, and sent once more where it left no trace; what cannot be resolved is an
    /// error with `maybe`.
    async fn boot(&self, _spec: &BootSpec) -> Result<Vec<Server>> {
        Err(self.unsupported("boot"))
    }
    /// Change what a server is called and described by.
    async fn update_server(&self, _id: &str, _update: &ServerUpdate) -> Result<()> {
        Err(self.unsupported("update"))
    }
    /// Ask for an action: one of the verbs `start` to `remove_security_group`, as [`Action::verb`] says.
    async fn act(&self, _id: &str, action: &Action) -> Result<Accepted> {
        Err(self.unsupported(action.verb()))
    }
    /// Whether a resize of this server is done and still to be confirmed or reverted, where the cloud does it at once and only the
    /// run remembers the former flavor; `None` where the cloud itself shows it.
    fn remembers_resize(&self, _server: &str) -> Option<bool> {
        None
    }
    /// The statuses that its servers can ever have.
    fn server_statuses(&self) -> &'static [&'static str] {
        &STATUSES
    }
    /// Whether a server that is ACTIVE counts as answering at every port: there is no network to it.
    fn answers_at_every_port(&self) -> bool {
        false
    }
    /// What became of an accepted request.
    async fn request_state(&self, _server: &str, _request: &str) -> Result<RequestState> {
        Ok(RequestState::Unknown)
    }
    /// What this run last asked of a server, where the cloud does it under an id of its own.
    fn last_operation(&self, _server: &str) -> Option<Operation> {
        None
    }
    /// What this run asked of servers and has not heard the end of, where the cloud does it under ids of its own.
    fn open_operations(&self) -> Vec<Operation> {
        Vec::new()
    }
    /// Ask for an image of a server; gives the new image's id. Only `consistent` lets the server be stopped for it.
    async fn snapshot_server(
        &self,
        _id: &str,
        _name: &str,
        _meta: &BTreeMap<String, String>,
        _consistent: bool,
    ) -> Result<String> {
        Err(self.unsupported("snapshot(server)"))
    }
    /// Ask for a snapshot of the whole machine, as the provider's own request says it; it is in no list of images.
    async fn snapshot_machine(
        &self,
        _id: &str,
        _name: &str,
        _request: &serde_json::Value,
    ) -> Result<Snapshot> {
        Err(self.unsupported("snapshot(provider)"))
    }
    /// The last lines of the console, or all of it; `None` where nobody can know it.
    async fn console_log(&self, _id: &str, _lines: Option<i64>) -> Result<Option<String>> {
        Err(self.unsupported("console_log"))
    }
    /// Where a person sees the console in a browser.
    async fn console_url(&self, _id: &str) -> Result<Option<String>> {
        Err(self.unsupported("console_url"))
    }
    /// A picture of what the screen shows; `None` where nobody can know it.
    async fn console_screenshot(&self, _id: &str) -> Result<Option<Vec<u8>>> {
        Err(self.unsupported("console_screenshot"))
    }
    /// The administrator's password in base64, encrypted for the server's key pair; `None` where there is none.
    async fn password_data(&self, _id: &str) -> Result<Option<String>> {
        Err(self.unsupported("password_data"))
    }
    /// Delete a server; `false` where it was gone already. `force` deletes at once what would be kept for a while.
    async fn delete_server(&self, _id: &str, _force: bool) -> Result<bool> {
        Err(self.unsupported("delete(server)"))
    }
}
