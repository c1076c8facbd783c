//! A resource as a script holds it: one object, however many variables, arrays and closures hold it.
//!
//! Copies of a handle share a cell with the latest description that this run has seen. Reading anew (`server(x)`) makes
//! another cell; there is no table of them. The lock of a cell is held to read or to write it, never while a request is
//! sent or another cell is locked. Id, noun and cloud never change and stand outside it.

use super::call_scope;
use super::resource::Resource;
use super::ty::Noun;
use super::value::Value;
use super::{Backup, Image, Keypair, Network, Port, Router, Server, Snapshot, Stack, Volume};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The status of what is known to be gone.
const DELETED: &str = "DELETED";

/// A resource that scripts hold. Cheap to clone; every clone is the same object.
#[derive(Clone)]
pub struct Handle(Arc<Object>);

struct Object {
    noun: Noun,
    id: Arc<str>,
    cloud: Arc<str>,
    cell: Mutex<Cell>,
}

struct Cell {
    latest: Resource,
    /// Whether the cloud has been seen without it.
    gone: bool,
    /// The call that changed it and did not read it, by its place in the run: the next field that is read reads it first.
    stale: Option<Arc<str>>,
    /// Hashes of what its fields have shown.
    shown: HashSet<u64>,
}

impl Handle {
    /// A new object of this description.
    pub fn new(resource: Resource) -> Handle {
        let (noun, id, cloud) = (resource.noun(), Arc::from(resource.id()), resource.cloud().clone());
        let gone = resource.status() == DELETED;
        let cell = Cell { latest: resource, gone, stale: None, shown: HashSet::new() };
        Handle(Arc::new(Object { noun, id, cloud, cell: Mutex::new(cell) }))
    }

    fn cell(&self) -> MutexGuard<'_, Cell> {
        self.0.cell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What kind of thing it is.
    pub fn noun(&self) -> Noun {
        self.0.noun
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The name of the cloud it lives in.
    pub fn cloud(&self) -> &Arc<str> {
        &self.0.cloud
    }

    /// Its description as it was last seen.
    pub fn latest(&self) -> Resource {
        self.cell().latest.clone()
    }

    /// Its name as it was last seen; an unnamed one's id.
    pub fn name(&self) -> String {
        self.cell().latest.name().to_string()
    }

    /// Its status as it was last seen; empty for what has none.
    pub fn status(&self) -> String {
        self.cell().latest.status().to_string()
    }

    /// A field as it was last seen; `None` for one that this noun does not have.
    pub fn field(&self, name: &str) -> Option<Value> {
        self.latest().field(name)
    }

    /// The cloud describes it like this now. What only an earlier answer held (a password, a private key) stays.
    pub fn update(&self, now: Resource) {
        let mut cell = self.cell();
        cell.gone = now.status() == DELETED;
        cell.stale = None;
        cell.latest = with_secrets(&cell.latest, now);
    }

    /// Be described as another object of the same resource is.
    pub fn take_over(&self, other: &Handle) {
        // Two objects are never locked at the same time.
        let (latest, gone, stale) = {
            let cell = other.cell();
            (cell.latest.clone(), cell.gone, cell.stale.clone())
        };
        self.update(latest);
        let mut cell = self.cell();
        (cell.gone, cell.stale) = (gone, stale);
    }

    /// The cloud does not have it any more.
    pub fn set_gone(&self) {
        let mut cell = self.cell();
        cell.gone = true;
        cell.stale = None;
        cell.latest = deleted(cell.latest.clone());
    }

    /// Whether it is known to be gone.
    pub fn is_gone(&self) -> bool {
        self.cell().gone
    }

    /// The call that is under way changed it and did not read it: the next field that is read reads it first.
    pub fn set_stale(&self) {
        self.set_stale_by(call_scope::path());
    }

    /// The same of a call by its place in the run.
    pub fn set_stale_by(&self, call: Arc<str>) {
        let mut cell = self.cell();
        cell.stale = (!cell.gone).then_some(call);
    }

    /// Whether it was changed and not read since.
    pub fn is_stale(&self) -> bool {
        self.cell().stale.is_some()
    }

    /// The call that changed it and did not read it.
    pub fn stale_by(&self) -> Option<Arc<str>> {
        self.cell().stale.clone()
    }

    /// What tells it from every other object as long as it is held.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Remember what a field showed.
    pub fn show(&self, field: &str, value: &Value) {
        let hash = hash_of(field, value);
        self.cell().shown.insert(hash);
    }

    /// Whether a field ever showed this value. The engine gives a field's value back after each method called on it
    /// (`s.meta.keys()`), so that only another value is a change.
    pub fn has_shown(&self, field: &str, value: &Value) -> bool {
        let hash = hash_of(field, value);
        self.cell().shown.contains(&hash)
    }

    /// Whether a text is its id or its name.
    pub fn is_called(&self, text: &str) -> bool {
        self.id() == text || self.cell().latest.name() == text
    }

    /// Whether both are one object, not two of one resource.
    pub fn is_same_object(&self, other: &Handle) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The same resource, whichever object holds it.
impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.noun() == other.noun() && self.id() == other.id() && self.cloud() == other.cloud()
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.latest().fmt(f)
    }
}

impl From<Resource> for Handle {
    fn from(resource: Resource) -> Handle {
        Handle::new(resource)
    }
}

fn with_secrets(old: &Resource, now: Resource) -> Resource {
    match (old, now) {
        (Resource::Server(old), Resource::Server(new)) if new.admin_pass.is_none() => {
            let admin_pass = old.admin_pass.clone();
            Resource::from(Server { admin_pass, ..Arc::unwrap_or_clone(new) })
        }
        (Resource::Keypair(old), Resource::Keypair(new)) if new.private_key.is_none() => {
            let private_key = old.private_key.clone();
            Resource::from(Keypair { private_key, ..Arc::unwrap_or_clone(new) })
        }
        (_, new) => new,
    }
}

/// The description of what is gone: DELETED where its noun has a status.
fn deleted(resource: Resource) -> Resource {
    let status = DELETED.to_string();
    match resource {
        Resource::Server(old) => Resource::from(Server { status, task: None, ..Arc::unwrap_or_clone(old) }),
        Resource::Image(old) => Resource::from(Image { status, ..Arc::unwrap_or_clone(old) }),
        Resource::Volume(old) => Resource::from(Volume { status, ..Arc::unwrap_or_clone(old) }),
        Resource::Snapshot(old) => Resource::from(Snapshot { status, ..Arc::unwrap_or_clone(old) }),
        Resource::Network(old) => Resource::from(Network { status, ..Arc::unwrap_or_clone(old) }),
        Resource::Router(old) => Resource::from(Router { status, ..Arc::unwrap_or_clone(old) }),
        Resource::Port(old) => Resource::from(Port { status, server: None, ..Arc::unwrap_or_clone(old) }),
        Resource::Backup(old) => Resource::from(Backup { status, ..Arc::unwrap_or_clone(old) }),
        Resource::Stack(old) => Resource::from(Stack { status, ..Arc::unwrap_or_clone(old) }),
        other @ (Resource::Flavor(_)
        | Resource::Keypair(_)
        | Resource::SecurityGroup(_)
        | Resource::Subnet(_)
        | Resource::ServerGroup(_)
        | Resource::PublicIp(_)) => other,
    }
}

fn hash_of(field: &str, value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    field.hash(&mut hasher);
    hash_value(value, &mut hasher);
    hasher.finish()
}

fn hash_value(value: &Value, hasher: &mut DefaultHasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Value::Unit | Value::Unread => {}
        Value::Bool(truth) => truth.hash(hasher),
        Value::Int(number) => number.hash(hasher),
        Value::Float(number) => number.to_bits().hash(hasher),
        Value::Text(text) | Value::NameOf(_, text) => text.hash(hasher),
        Value::Secret(secret) => secret.reveal().hash(hasher),
        Value::Time(time) => time.0.hash(hasher),
        Value::Span(span) => span.nanos().hash(hasher),
        Value::Blob(bytes) => bytes.hash(hasher),
        Value::Array(items) => {
            items.len().hash(hasher);
            items.iter().for_each(|item| hash_value(item, hasher));
        }
        Value::Map(map) => {
            map.len().hash(hasher);
            for (key, item) in map {
                key.hash(hasher);
                hash_value(item, hasher);
            }
        }
        Value::Resource(resource) => (resource.id(), resource.cloud()).hash(hasher),
        Value::Cloud(name) => name.hash(hasher),
        Value::Error(error) => error.message.hash(hasher),
        Value::Other(what) => what.hash(hasher),
    }
}
