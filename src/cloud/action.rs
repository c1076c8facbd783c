//! What is done to a server.

use super::server::RebuildSpec;
use super::value::Secret;

/// Something done to a server that the cloud accepts now and does in its own time.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Action {
    Start,
    Stop { force: bool },
    Reboot { hard: bool },
    Pause,
    Unpause,
    Suspend,
    Resume,
    Shelve,
    Unshelve,
    Lock,
    Unlock,
    Rescue { image: Option<String>, admin_pass: Option<Secret> },
    Unrescue,
    Rebuild(Box<RebuildSpec>),
    Resize { flavor: String },
    Migrate { live: bool, host: Option<String> },
    ConfirmResize,
    RevertResize,
    SetPassword(Secret),
    AddSecurityGroup(String),
    RemoveSecurityGroup(String),
}

impl Action {
    /// Whether the cloud shows the action being done, so that a later wait can wait for it.
    pub fn is_waited_for(&self) -> bool {
        !matches!(
            self,
            Action::Lock | Action::Unlock | Action::AddSecurityGroup(_) | Action::RemoveSecurityGroup(_)
        )
    }

    /// The verb's name.
    pub fn verb(&self) -> &'static str {
        match self {
            Action::Start => "start",
            Action::Stop { .. } => "stop",
            Action::Reboot { .. } => "reboot",
            Action::Pause => "pause",
            Action::Unpause => "unpause",
            Action::Suspend => "suspend",
            Action::Resume => "resume",
            Action::Shelve => "shelve",
            Action::Unshelve => "unshelve",
            Action::Lock => "lock",
            Action::Unlock => "unlock",
            Action::Rescue { .. } => "rescue",
            Action::Unrescue => "unrescue",
            Action::Rebuild(_) => "rebuild",
            Action::Resize { .. } => "resize",
            Action::Migrate { live: false, .. } => "migrate",
            Action::Migrate { live: true, .. } => "migrate(live)",
            Action::ConfirmResize => "confirm_resize",
            Action::RevertResize => "revert_resize",
            Action::SetPassword(_) => "set_password",
            Action::AddSecurityGroup(_) => "add_security_group",
            Action::RemoveSecurityGroup(_) => "remove_security_group",
        }
    }
}

/// What a cloud gave when it accepted a request.
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    /// The request's id, by which `request_state` asks what became of it.
    pub request_id: Option<String>,
    /// A password that the answer told (rebuild, rescue).
    pub admin_pass: Option<Secret>,
}
