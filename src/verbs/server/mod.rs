//! Servers: asking for them, reading them, and doing things to them.

pub mod add_security_group;
pub mod addresses;
pub mod boot;
pub mod boot_all;
mod changes;
pub mod confirm_resize;
pub mod console_log;
pub mod console_screenshot;
pub mod console_url;
pub mod delete;
pub mod find_server;
pub mod lock;
pub mod migrate;
mod networks;
pub mod one;
pub mod password_data;
pub mod pause;
pub mod reboot;
pub mod rebuild;
pub mod refresh;
mod refused;
pub mod remove_security_group;
pub mod rename;
pub mod rescue;
pub mod resize;
mod resizing;
pub mod resume;
pub mod revert_resize;
mod root_disk;
pub mod servers;
pub mod set_password;
pub mod shelve;
pub mod start;
pub mod stop;
pub mod suspend;
pub mod unlock;
pub mod unpause;
pub mod unrescue;
pub mod unshelve;
pub mod update;

use super::argument::ServerRef;
use super::call::Call;
use super::verb::Key;
use crate::cloud::wait::{self, Goal, Wanted};
use crate::cloud::{Handle, Kind, Result, Span};

/// The server that an action is about.
pub const SERVER: Key<ServerRef> =
    Key::required("server", "A server, its id or unique name, or an array of them.");

/// What an action on a server can meet.
pub const ACTION_ERRORS: &[Kind] =
    &[Kind::NotFound, Kind::Ambiguous, Kind::Conflict, Kind::Forbidden, Kind::Unsupported];

/// Wait until all of these new servers are ACTIVE.
async fn waited(call: &Call, servers: &[Handle], timeout: Span) -> Result<()> {
    let cloud = call.cloud()?;
    let wanted: Vec<Wanted> =
        servers.iter().map(|server| Wanted { object: server.clone(), pending: None }).collect();
    let work = wait::servers(
        &*cloud,
        &*call.host.clock,
        &*call.host.progress,
        &wanted,
        &Goal::Active,
        timeout.to_std(),
    );
    let found = call.host.unless_cancelled(work).await?;
    found.into_iter().try_for_each(|result| result.map(|_| ()))
}
