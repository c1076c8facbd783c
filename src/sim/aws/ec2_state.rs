//! What this face keeps beside the world: what only EC2 knows of a resource.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use super::instance::root_volume::Replacement;
use super::params::Params;
use crate::world::Pairs;

/// How long a terminated instance is still shown: about an hour, says the EC2 user guide.
pub(super) const REMEMBERED: Duration = Duration::from_secs(3600);

/// What EC2 alone knows.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Tags by id in EC2's form, of what has no place for them in the world.
    pub(super) tags: HashMap<String, Pairs>,
    /// By project and client token: what was asked with it, and the servers that it made.
    pub(super) orders: HashMap<(String, String), (Params, Vec<String>)>,
    /// The replacements of root volumes, in their order.
    pub(super) replacements: Vec<Replacement>,
    /// By the world's id of a server.
    pub(super) marks: HashMap<String, Mark>,
    /// By the world's id of an image.
    pub(super) shots: HashMap<String, Shot>,
    /// By the world's id of a volume.
    pub(super) shelves: HashMap<String, Ec2Resources>,
    /// By the world's id of a security group: the network whose VPC it is of, where that is not the default one.
    pub(super) homes: HashMap<String, String>,
    /// By the world's id of a port: the index that it was attached at.
    pub(super) devices: HashMap<String, i64>,
    /// By the world's id of a network: the range of a VPC, which the world does not limit.
    pub(super) ranges: HashMap<String, (Ipv4Addr, u32)>,
}

/// What EC2 alone knows of an instance.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    pub(super) token: Option<String>,
    /// The world's id of its image, which the world forgets of servers that boot from a volume.
    pub(super) image: Option<String>,
    /// It may not be terminated, or not be stopped.
    pub(super) kept: bool,
    pub(super) running: bool,
    /// It terminates when it shuts itself down.
    pub(super) ends: bool,
    pub(super) ebs_optimized: bool,
    pub(super) unchecked: bool,
    pub(super) monitored: bool,
    /// The last start, where it was stopped before.
    pub(super) started: Option<SystemTime>,
    /// The last time that it was told to stop or to end.
    pub(super) told: Option<SystemTime>,
    /// Not to be seen before that.
    pub(super) hidden: Option<SystemTime>,
}

/// What EC2 alone knows of an image.
#[derive(Debug, Clone, Default)]
pub(super) struct Shot {
    pub(super) description: String,
    /// The server it was made of, and the copies of its volumes by device; all by the world's ids.
    pub(super) source: Option<String>,
    pub(super) disks: Vec<(String, String)>,
    /// It was taken away; one that is not there without this could not be made.
    pub(super) gone: bool,
}

/// What EC2 alone knows of a volume.
#[derive(Debug, Clone, Default)]
pub(super) struct Ec2Resources {
    pub(super) kind: Option<String>,
    pub(super) iops: Option<i64>,
    pub(super) throughput: Option<i64>,
    pub(super) encrypted: bool,
    /// The last change: its state and what it was before.
    pub(super) changed: Option<Changed>,
}

/// A change of a volume's size or type.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    pub(super) at: SystemTime,
    pub(super) from_gib: i64,
    pub(super) from_kind: String,
}
