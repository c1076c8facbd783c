//! The world behind every face: people, servers, images, flavors, networks, volumes, keys and quotas, under one clock.
//!
//! It knows no protocol and no message: a refusal says which rule was broken ([`Refusal`]), and the face finds the words.
//! What takes time is a course of changes ([`transitions`]) that the clock brings due; [`World::settle`] applies what is due.

mod action_log;
mod actions;
mod attach;
mod backup;
mod boot;
mod floating;
mod group;
mod identity;
mod image;
mod keypair;
mod left;
mod network;
mod port;
mod quota;
mod refusal;
mod router;
pub(crate) mod seed;
mod server;
mod server_group;
mod snapshot;
pub(crate) mod stack;
mod transitions;
mod volume;

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::clock::Clock;
pub(crate) use action_log::{Asker, LoggedAction};
pub(crate) use attach::{AttachSpec, Disk, Source};
pub(crate) use backup::{Backup, BackupSpec, BackupState};
pub(crate) use boot::{BootSpec, NetworkChoice, within};
pub(crate) use floating::Floating;
pub(crate) use group::{Family, Group, PROTOCOLS, Rule, RuleSpec, protocol};
pub(crate) use identity::{Credential, Project, Role, Scope, SigningKey, Token, User};
pub(crate) use image::{Image, ImageStatus, Member, hex};
pub(crate) use keypair::Keypair;
pub use left::Left;
pub(crate) use network::{Network, Standing, Subnet, SubnetSpec};
pub(crate) use port::{Address, Holder, Plug, Port, PortSpec, Wanted};
pub(crate) use quota::{Quotas, Usage};
pub(crate) use refusal::{FilesLimit, Kind, Refusal};
pub(crate) use router::Router;
pub(crate) use server::{Failure, Flavor, HOSTS, Power, Server, State, Task};
pub(crate) use server_group::ServerGroup;
pub(crate) use snapshot::{Snapshot, SnapshotSpec, SnapshotState};
pub(crate) use transitions::{Action, Rebuild};
pub(crate) use volume::{Attachment, Volume, VolumeSpec, VolumeState, VolumeType};

/// Names and values in the order they were given.
pub(crate) type Pairs = Vec<(String, String)>;

/// Sets one name in a list of names and values, keeping its place.
pub(crate) fn put(pairs: &mut Pairs, name: &str, value: &str) {
    match pairs.iter_mut().find(|(key, _)| key == name) {
        Some(pair) => pair.1 = value.to_owned(),
        None => pairs.push((name.to_owned(), value.to_owned())),
    }
}

/// How the call that is being served is to go wrong inside the world.
#[derive(Debug, Default, Clone)]
pub(crate) struct FaultSettings {
    pub(crate) error: Option<String>,
    pub(crate) stuck: bool,
    pub(crate) slow: Option<Duration>,
    /// How many times as long the course takes.
    pub(crate) factor: Option<u32>,
    pub(crate) token_life: Option<Duration>,
    /// It comes from a cloud that counts no disks, and whose snapshots need no volume.
    pub(crate) apart: bool,
}

/// What the clock brings, by what it is about.
enum Due {
    Server(actions::Due),
    Volume(volume::Due),
    /// An image that is made apart from any server, by id.
    Image(String, ImageStatus),
    /// A stack's operation, by the stack's id and the number of the operation.
    Stack(String, u64),
    /// Something that the world is reminded of.
    Reminder(Reminder),
}

/// What is done at its time by someone other than the world.
pub(crate) type Reminder = Box<dyn FnOnce(&mut World) + Send>;

/// Everything there is in the simulated cloud.
pub(crate) struct World {
    pub(crate) clock: Arc<Clock>,
    pub(crate) users: Vec<User>,
    pub(crate) projects: Vec<Project>,
    pub(crate) roles: Vec<Role>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) ec2_credentials: Vec<SigningKey>,
    pub(crate) flavors: Vec<Flavor>,
    pub(crate) images: Vec<Image>,
    pub(crate) servers: Vec<Server>,
    pub(crate) networks: Vec<Network>,
    pub(crate) subnets: Vec<Subnet>,
    /// Those that no server has.
    pub(crate) ports: Vec<Port>,
    pub(crate) routers: Vec<Router>,
    pub(crate) floating: Vec<Floating>,
    pub(crate) groups: Vec<Group>,
    pub(crate) server_groups: Vec<ServerGroup>,
    pub(crate) volume_types: Vec<VolumeType>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) backups: Vec<Backup>,
    pub(crate) keypairs: Vec<Keypair>,
    pub(crate) quotas: HashMap<String, Quotas>,
    pub(crate) stacks: Vec<stack::Stack>,
    /// The types of resources that stacks are made of.
    pub(crate) kinds: Vec<Arc<stack::Kind>>,
    /// Where it is served.
    pub(crate) base: String,
    /// Texts that were put under an address, for templates that name one.
    pub(crate) objects: BTreeMap<String, String>,
    pub(crate) fault_settings: FaultSettings,
    /// What the consoles of servers show, where it is not the usual, by id.
    pub(crate) consoles: HashMap<String, String>,
    places: HashMap<String, usize>,
    queue: BTreeMap<(SystemTime, u64), Due>,
    serial: u64,
    moment: Option<SystemTime>,
}

impl World {
    /// The time; while what is due is applied, the time it was due at.
    pub(crate) fn now(&self) -> SystemTime {
        self.moment.unwrap_or_else(|| self.clock.now())
    }

    fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Has something done at a time to come.
    pub(crate) fn remind(&mut self, at: SystemTime, reminder: Reminder) {
        let number = self.next();
        self.queue.insert((at, number), Due::Reminder(reminder));
    }

    /// Applies every change whose time has come, each at its own time.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        while let Some(entry) = self.queue.first_entry() {
            let at = entry.key().0;
            if at > now {
                break;
            }
            let due = entry.remove();
            self.moment = Some(at);
            match due {
                Due::Server(due) => self.change(due, at),
                Due::Volume(due) => self.take_step(due, at),
                Due::Image(id, status) => self.image_reaches(Some(&id), status, at),
                Due::Stack(id, course) => self.look_after(&id, course),
                Due::Reminder(reminder) => reminder(self),
            }
        }
        self.moment = None;
    }

    /// Puts the world's clock this many seconds ahead of the right time; what is under way takes as long as before.
    pub(crate) fn skew(&mut self, ahead: i64) {
        let by = self.clock.skew(ahead);
        let moved = |at: SystemTime| {
            let far = Duration::from_secs(by.unsigned_abs());
            if by < 0 { at - far } else { at + far }
        };
        self.queue = std::mem::take(&mut self.queue)
            .into_iter()
            .map(|((at, number), due)| ((moved(at), number), due))
            .collect();
    }

    /// The index of a server that is there (a deleted one is not), whoever asks.
    pub(crate) fn server_at(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied().filter(|&at| self.servers[at].state != State::Deleted)
    }

    pub(crate) fn flavor(&self, id: &str) -> Option<&Flavor> {
        self.flavors.iter().find(|flavor| flavor.id == id)
    }

    pub(crate) fn image(&self, id: &str) -> Option<&Image> {
        self.images.iter().find(|image| image.id == id && image.status != ImageStatus::Deleted)
    }
}

thread_local! {
    /// What ids are made from next, while a world that is seeded does something.
    static SEED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Does something with ids made from a seed, which moves on; left to chance where there is none.
pub(crate) fn seeded<T>(seed: &mut Option<u64>, work: impl FnOnce() -> T) -> T {
    let before = SEED.replace(*seed);
    let done = work();
    *seed = SEED.replace(before);
    done
}

/// Sixty-four bits that follow from the seed (SplitMix64).
fn bits(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *seed;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn fresh_uuid() -> uuid::Uuid {
    let Some(mut seed) = SEED.get() else { return uuid::Uuid::new_v4() };
    let mut bytes = [0; 16];
    for half in bytes.chunks_exact_mut(8) {
        half.copy_from_slice(&bits(&mut seed).to_be_bytes());
    }
    SEED.set(Some(seed));
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A fresh id of the usual form.
pub(crate) fn fresh_id() -> String {
    fresh_uuid().to_string()
}

/// A fresh id without dashes, as people and projects have.
pub(crate) fn fresh_hex() -> String {
    fresh_uuid().simple().to_string()
}

/// A fresh password or secret of this length.
pub(crate) fn fresh_secret(length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in fresh_uuid().as_bytes().iter().take(length - text.len()) {
            text.push(char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
        }
    }
    text
}
