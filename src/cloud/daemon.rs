//! The cloud's own daemons.

/// A daemon on a host of the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daemon {
    /// Its program: `nova-compute`.
    pub name: String,
    /// Its host.
    pub host: String,
    /// Its availability zone, where it has one.
    pub zone: Option<String>,
    /// `up` or `down`: whether it reports.
    pub state: String,
    /// `enabled` or `disabled`: whether it is given work.
    pub status: String,
}
