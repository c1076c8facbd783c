//! The rules that the world enforces, as the reasons it gives. Faces turn them into their protocol's codes and words.

use std::net::Ipv4Addr;

use super::{Holder, VolumeState};

/// What a name was looked for as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Flavor,
    Network,
    Subnet,
    Port,
    Router,
    Floating,
    Group,
    ServerGroup,
    Rule,
    Keypair,
    Zone,
    Volume,
    Snapshot,
    Backup,
    VolumeType,
}

/// Why the world does not do what was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    /// There is none of that name or id.
    Missing(Kind, String),
    /// The server is in this state, in which it cannot be done.
    InState(String),
    /// The server is busy with this task.
    InTask(String),
    /// The server has never run.
    NeverRan,
    /// The server is on no host.
    NotReady,
    /// Its owner locked it.
    Locked,
    /// A project's limits: names, what was asked, used and allowed, in the same order.
    OverQuota { names: Vec<&'static str>, asked: Vec<i64>, used: Vec<i64>, limits: Vec<i64> },
    /// More names than a server may carry.
    TooManyMetadata(i64),
    /// More files, a longer path, or more content than may be injected: which, and the limit.
    Files(FilesLimit, i64),
    /// The flavor has no disk and no volume is given.
    ZeroDisk,
    /// The image wants more memory than the flavor has (MiB).
    FlavorMemory,
    /// The image wants more disk than the flavor has: the flavor's and the image's, in bytes.
    FlavorDisk { flavor: u64, image: u64 },
    /// The image is not usable: its id and what it is instead.
    ImageState(String, &'static str),
    /// A resize to the flavor that the server has.
    SameFlavor,
    /// A resize to a flavor without a disk.
    ResizeToZeroDisk,
    /// A confirmation while one is under way.
    NotResized,
    /// Several networks, none chosen.
    ManyNetworks,
    /// The network has no subnet to take an address from.
    NoSubnet(String),
    /// The address is used already: by which server.
    AddressTaken(String, String),
    /// The server is in the group already.
    InGroup(String),
    /// The server is not in the group.
    NotInGroup(String),
    /// The name is taken.
    Taken(Kind, String),
    /// Several have this name.
    Ambiguous(Kind, String),
    /// What a default security group cannot be: made again, renamed or taken away.
    DefaultGroup,
    /// A port is in the security group.
    GroupInUse(String),
    /// The security group has this rule already.
    SameRule(String),
    /// The addresses overlap with those of a subnet of this network.
    Overlap(String, String),
    /// The pool is not within the subnet's addresses.
    PoolOutside(String, String),
    /// The gateway's address is in the pool.
    GatewayInPool(Ipv4Addr, String),
    /// These ports are in the network, or none but floating addresses.
    NetworkInUse(String, Vec<String>),
    /// An address of the subnet is in use.
    SubnetInUse(String),
    /// The network has no address left.
    NoAddress(String),
    /// The address is not in this subnet, or in none of the network's.
    AddressOutside(Ipv4Addr, Option<String>),
    /// Another port of the network has this hardware address.
    MacUsed(String, String),
    /// The address of this subnet is taken.
    AddressUsed(Ipv4Addr, String),
    /// A router has the port.
    PortOfRouter(String, Holder),
    /// The port is at another device.
    PortTaken { port: String, network: String, device: String },
    /// The network is not an external one.
    NotExternal(String),
    /// The subnet has no gateway address.
    NoGateway(String),
    /// The router has the subnet already.
    Joined(String, String),
    /// The router has a subnet with the same addresses.
    JoinOverlap { subnet: String, cidr: String, other: String, other_cidr: String },
    /// The router does not have the subnet or port.
    NotJoined { router: String, subnet: Option<String>, port: Option<String> },
    /// A floating address goes through the router to this subnet.
    WayInUse(String, String),
    /// Floating addresses go out through the router to this network.
    GatewayInUse(String, String),
    /// The router still joins subnets, by these ports.
    RouterInUse(String, Vec<String>),
    /// The next hop of a route to this destination is in no subnet of the router.
    RouteUnreachable(String, String),
    /// The port has no such address, or none at all.
    NoFixedAddress(String, Option<Ipv4Addr>),
    /// Another floating address of this network leads to the port's address.
    FloatingTaken { floating: Ipv4Addr, id: String, port: String, fixed: Ipv4Addr, network: String },
    /// No router leads from the subnet of the port to the external network.
    Unreachable { network: String, subnet: String, port: String },
    /// The volume is in this state, in which it cannot be done.
    VolumeState(String, VolumeState),
    /// What a volume is to be made of is not ready.
    NotAvailable(Kind, String),
    /// The volume has so many snapshots.
    HasSnapshots(String, usize),
    /// One volume may not be this large (GiB).
    VolumeTooLarge { size: i64, limit: i64 },
    /// A volume is asked for without a size, and is made of nothing that has one.
    NoSize,
    /// The volume would be smaller than what it is made of (GiB).
    SmallForSource { size: i64, least: i64 },
    /// The volume would be smaller than the image, or than that asks for (GiB).
    SmallForImage { size: i64, image: i64, min: i64 },
    /// An extension to a size that is not larger (GiB).
    NotLarger { size: i64, now: i64 },
    /// The volume is at these servers already.
    Attached(String, Vec<String>),
    /// The volume is not at the server.
    NotAttached(String),
    /// The server boots from the volume.
    RootVolume(String),
    /// Nothing boots from the volume.
    NotBootable(String),
    /// Another volume of the server has this device.
    DeviceTaken(String),
}

/// Which limit on injected files was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilesLimit {
    Count,
    Path,
    Content,
}
