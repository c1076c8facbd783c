//! Virtual machines: the world's servers, in CloudStack's states.

mod asked;
pub(super) mod deploy;
pub(super) mod destroy;
pub(super) mod list;
pub(super) mod nic;
pub(super) mod power;
pub(super) mod restore;
pub(super) mod scale;
mod sizes;
pub(super) mod update;
mod view;

use crate::cloudstack::state::Machine;
use crate::world::{Server, State, Task};

/// The state that a machine is shown in.
pub(super) fn state(server: &Server, own: &Machine) -> &'static str {
    if let Some(shown) = own.shown {
        return shown;
    }
    match (server.state, server.task) {
        (State::Deleted, _) | (_, Some(Task::Deleting)) => "Expunging",
        _ if own.destroyed.is_some() => "Destroyed",
        (State::Building, Some(Task::BlockDevices | Task::Spawning)) => "Starting",
        (State::Building, _) => "Stopped",
        // What is stopped stays so while it is made anew.
        (_, Some(Task::Rebuilding | Task::RebuildSpawning)) if server.rest == State::Stopped => "Stopped",
        (_, Some(Task::PoweringOff | Task::Rebuilding)) => "Stopping",
        (_, Some(Task::PoweringOn | Task::RebuildSpawning)) => "Starting",
        (State::Active | State::Resized | State::Rescued | State::Paused, _) => "Running",
        (State::Error, _) => "Error",
        _ => "Stopped",
    }
}

/// How errors name a machine.
pub(super) fn told(server: &Server, account: usize, state: Option<&str>) -> String {
    let name = instance_name(server, account);
    match state {
        Some(state) => format!(
            "VM instance {{\"id\":{},\"instanceName\":\"{name}\",\"state\":\"{state}\",\"type\":\"User\",\"uuid\":\"{}\"}}",
            server.number, server.id
        ),
        None => format!("VM instance {{\"instanceName\":\"{name}\",\"uuid\":\"{}\"}}", server.id),
    }
}

/// What the hypervisor calls a machine.
pub(super) fn instance_name(server: &Server, account: usize) -> String {
    format!("i-{account}-{}-VM", server.number)
}
