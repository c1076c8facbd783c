//! The names of what is known by its id alone, such as the images of servers: looked up once a run, many of a noun at once.

use crate::cloud::{Cloud, Filter, Noun, Resource, Server, Value};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// From so many on, one list costs less than a request each.
const MANY: usize = 3;
/// The most that one list is narrowed to: EC2 takes two hundred, and addresses of requests have an end.
const MOST: usize = 100;

/// By cloud, noun and id.
type Names = HashMap<(Arc<str>, Noun, String), Value>;
/// Ids by cloud and noun.
type Ids = HashMap<(Arc<str>, Noun), BTreeSet<String>>;

/// What is known, and what is going to be asked for.
#[derive(Default)]
pub(super) struct KnownNames {
    known: Mutex<Names>,
    unknown: Mutex<Ids>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl KnownNames {
    /// Remember the name of something that was seen.
    pub(super) fn learn(&self, cloud: &Arc<str>, noun: Noun, id: &str, name: &str) {
        lock(&self.known).insert((cloud.clone(), noun, id.to_string()), Value::text(name));
    }

    /// A name, where it is known.
    pub(super) fn get(&self, cloud: &Arc<str>, noun: Noun, id: &str) -> Option<Value> {
        lock(&self.known).get(&(cloud.clone(), noun, id.to_string())).cloned()
    }

    /// A server was seen: the names of its image and its flavor may be read, with those of others like it.
    pub(super) fn expect(&self, server: &Server) {
        for (noun, part) in [(Noun::Image, &server.image), (Noun::Flavor, &server.flavor)] {
            if let (Some(id), None) = (&part.id, &part.name) {
                lock(&self.unknown).entry((server.cloud.clone(), noun)).or_default().insert(id.clone());
            }
        }
    }

    /// Look up all that are going to be asked for together with this one; nothing where they are few. What is not found so is
    /// left to be asked for by itself, and so is an error to be told there.
    pub(super) async fn look_up_many(&self, cloud: &Arc<dyn Cloud>, noun: Noun, id: &str) {
        let ids = self.together(cloud.name(), noun, id);
        if ids.len() < MANY {
            return;
        }
        let found = match noun {
            Noun::Image => {
                let images = cloud.images(&Filter { ids, ..Filter::default() }).await;
                images.map(|images| images.into_iter().map(|image| (image.id, image.name)).collect())
            }
            Noun::Flavor => {
                let flavors = cloud.flavors().await;
                flavors.map(|flavors| flavors.into_iter().map(|flavor| (flavor.id, flavor.name)).collect())
            }
            _ => Ok(Vec::new()),
        };
        for (id, name) in found.unwrap_or_default() {
            self.learn(cloud.name(), noun, &id, &name);
        }
    }

    /// This one, and others of its noun that are going to be asked for; they are taken off the list.
    fn together(&self, cloud: &Arc<str>, noun: Noun, id: &str) -> Vec<String> {
        let mut unknown = lock(&self.unknown);
        let Some(waiting) = unknown.get_mut(&(cloud.clone(), noun)) else { return Vec::new() };
        waiting.remove(id);
        let mut ids = vec![id.to_string()];
        while ids.len() < MOST
            && let Some(next) = waiting.pop_first()
        {
            if self.get(cloud, noun, &next).is_none() {
                ids.push(next);
            }
        }
        ids
    }

    /// Remember what a look at one gave; the id stands for what the cloud does not know any more.
    pub(super) fn learn_found(
        &self,
        cloud: &Arc<str>,
        noun: Noun,
        id: &str,
        found: Option<&Resource>,
    ) -> Value {
        let name = found.map_or(id, Resource::name);
        self.learn(cloud, noun, id, name);
        Value::text(name)
    }
}
