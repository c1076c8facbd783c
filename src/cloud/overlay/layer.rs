//! The overlay itself: the inner cloud, what was changed over it, and how a resource is read through both.

use super::world::{Known, World};
use crate::cloud::ports::Clock;
use crate::cloud::{Cloud, Noun, PublicIp, Resource, Result, SecurityGroup, Server, Time, Volume};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Shows a change whose request cannot be built, in a few words: `attach web data`.
pub type Show = Arc<dyn Fn(&str) + Send + Sync>;

/// How much time a run has counted and not waited for.
pub type Counted = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What every id of a dry run begins with.
const PREFIX: &str = "dry-run-";

/// The ids of what a dry run makes, one row for all clouds of a run.
#[derive(Debug, Clone, Default)]
pub struct Ids(Arc<AtomicU64>);

impl Ids {
    /// The next ids are others: what depends on an id shows in the difference.
    pub fn skip(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// The next one: `dry-run-1`, `dry-run-2` …
    fn next(&self) -> String {
        format!("{PREFIX}{}", self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Where the cloud puts a server of which nothing is said.
#[derive(Debug, Clone, Default)]
pub(super) struct Home {
    /// The network, as addresses name it.
    pub(super) network: Option<String>,
    /// The availability zone.
    pub(super) zone: Option<String>,
}

/// A cloud in which a dry run's changes take effect.
pub struct Overlay {
    pub(super) inner: Arc<dyn Cloud>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) show: Show,
    pub(super) counted: Counted,
    pub(super) home: OnceCell<Home>,
    ids: Ids,
    world: Mutex<World>,
}

impl Overlay {
    /// An overlay in which nothing was changed yet. The clock is the run's, of whose time some is only counted; `show` prints
    /// a line for a person.
    pub fn new(
        inner: Arc<dyn Cloud>,
        clock: Arc<dyn Clock>,
        counted: Counted,
        ids: Ids,
        show: Show,
    ) -> Overlay {
        Overlay { inner, clock, show, counted, ids, home: OnceCell::new(), world: Mutex::default() }
    }

    /// What was changed; never held while anything is asked.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An id for what is made.
    pub(super) fn new_id(&self) -> String {
        self.ids.next()
    }

    /// Whether an id is one of a dry run: the inner cloud need not be asked.
    pub(super) fn is_own(id: &str) -> bool {
        id.starts_with(PREFIX)
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(super) fn is_openstack(&self) -> bool {
        self.inner.provider().as_str() == "openstack"
    }

    /// A resource as it is now; `None` where there is none of that id.
    pub(super) async fn find(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        match self.known(noun, id) {
            Known::Now(resource) => return Ok(Some(self.read_now(resource))),
            Known::Gone => return Ok(None),
            Known::Unchanged if Self::is_own(id) => return Ok(None),
            Known::Unchanged => {}
        }
        let Some(found) = self.inner.one(noun, id).await? else { return Ok(None) };
        // It may have been asked for by another of its names.
        Ok(match self.known(noun, found.id()) {
            Known::Now(resource) => Some(self.read_now(resource)),
            Known::Gone => None,
            Known::Unchanged => self.settled(found).and_then(|found| self.without_deleted(found)),
        })
    }

    /// The same of one that must be there.
    pub(super) async fn one_of(&self, noun: Noun, id: &str) -> Result<Resource> {
        self.find(noun, id).await?.ok_or_else(|| self.absent(noun, id))
    }

    pub(super) async fn server_now(&self, id: &str) -> Result<Server> {
        match self.one_of(Noun::Server, id).await? {
            Resource::Server(server) => Ok(Arc::unwrap_or_clone(server)),
            _ => Err(self.absent(Noun::Server, id)),
        }
    }

    pub(super) async fn volume_now(&self, id: &str) -> Result<Volume> {
        match self.one_of(Noun::Volume, id).await? {
            Resource::Volume(volume) => Ok(Arc::unwrap_or_clone(volume)),
            _ => Err(self.absent(Noun::Volume, id)),
        }
    }

    pub(super) async fn ip_now(&self, id: &str) -> Result<PublicIp> {
        match self.one_of(Noun::PublicIp, id).await? {
            Resource::PublicIp(ip) => Ok(Arc::unwrap_or_clone(ip)),
            _ => Err(self.absent(Noun::PublicIp, id)),
        }
    }

    pub(super) async fn group_now(&self, id: &str) -> Result<SecurityGroup> {
        match self.one_of(Noun::SecurityGroup, id).await? {
            Resource::SecurityGroup(group) => Ok(Arc::unwrap_or_clone(group)),
            _ => Err(self.absent(Noun::SecurityGroup, id)),
        }
    }

    pub(super) fn known(&self, noun: Noun, id: &str) -> Known {
        self.world().known(noun, id)
    }

    /// Whether the inner cloud does not know a resource, or not as it is now.
    pub(super) fn is_changed(&self, noun: Noun, id: &str) -> bool {
        Self::is_own(id) || !matches!(self.known(noun, id), Known::Unchanged)
    }

    /// A resource of the overlay is as old as it is read now.
    pub(super) fn read_now(&self, mut resource: Resource) -> Resource {
        let now = self.now();
        match &mut resource {
            Resource::Server(server) => Arc::make_mut(server).read = now,
            Resource::Image(image) => Arc::make_mut(image).read = now,
            Resource::Volume(volume) => Arc::make_mut(volume).read = now,
            Resource::Snapshot(snapshot) => Arc::make_mut(snapshot).read = now,
            Resource::Backup(backup) => Arc::make_mut(backup).read = now,
            _ => {}
        }
        resource
    }

    pub(super) fn edit_server(&self, base: &Server, change: impl FnOnce(&mut Server)) {
        let now = self.now();
        self.world().edit(base.clone().into(), |resource| {
            if let Resource::Server(server) = resource {
                let server = Arc::make_mut(server);
                server.updated = Some(now);
                change(server);
            }
        });
    }

    pub(super) fn edit_volume(&self, base: &Volume, change: impl FnOnce(&mut Volume)) {
        self.world().edit(base.clone().into(), |resource| {
            if let Resource::Volume(volume) = resource {
                change(Arc::make_mut(volume));
            }
        });
    }

    pub(super) fn edit_ip(&self, base: &PublicIp, change: impl FnOnce(&mut PublicIp)) {
        self.world().edit(base.clone().into(), |resource| {
            if let Resource::PublicIp(ip) = resource {
                change(Arc::make_mut(ip));
            }
        });
    }

    pub(super) fn edit_group(&self, base: &SecurityGroup, change: impl FnOnce(&mut SecurityGroup)) {
        self.world().edit(base.clone().into(), |resource| {
            if let Resource::SecurityGroup(group) = resource {
                change(Arc::make_mut(group));
            }
        });
    }
}

/// The description of what was made: none.
pub(super) fn raw() -> Arc<serde_json::Value> {
    Arc::new(serde_json::Value::Object(serde_json::Map::new()))
}
