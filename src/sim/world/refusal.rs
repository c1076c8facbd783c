//! The rules that the world enforces, as the reasons it gives. Faces turn them into their protocol's codes and words.

/// What a name was looked for as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Flavor,
    Network,
    Group,
    Keypair,
    Zone,
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
    /// The address is used already: by which server.
    AddressTaken(String, String),
    /// The server is in the group already.
    InGroup(String),
    /// The server is not in the group.
    NotInGroup(String),
    /// The name is taken.
    Taken(Kind, String),
}

/// Which limit on injected files was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilesLimit {
    Count,
    Path,
    Content,
}
