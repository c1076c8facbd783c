//! Instances: the world's servers, their states as EC2 counts them, and how they are shown.

pub(super) mod attribute;
pub(super) mod console;
pub(super) mod list;
pub(super) mod power;
pub(super) mod root_volume;
pub(super) mod run;
mod view;

use super::xml::Xml;
use crate::world::{Server, State, Task};

pub(super) use view::{Shown, public_host, reservations, shown};

/// The device of an instance's root volume.
pub(super) const ROOT: &str = "/dev/xvda";

/// Where an instance is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

impl Life {
    /// The life of a server. A server that never came up is one that ended: EC2 knows no ERROR.
    pub(super) fn of(server: &Server) -> Self {
        match (server.state, server.task) {
            (State::Deleted, _) => Self::Terminated,
            (_, Some(Task::Deleting)) => Self::ShuttingDown,
            (State::Building, _) => Self::Pending,
            (State::Error, _) if server.launched.is_none() => Self::Terminated,
            (State::Stopped, Some(Task::PoweringOn)) => Self::Pending,
            (_, Some(Task::PoweringOff)) => Self::Stopping,
            (State::Active | State::Rescued | State::Resized, _) => Self::Running,
            _ => Self::Stopped,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }

    /// Its code and name in an element of this name.
    pub(super) fn write(self, xml: &mut Xml, name: &str) {
        xml.node(name, |xml| {
            xml.text("code", self.code()).text("name", self.name());
        });
    }
}
