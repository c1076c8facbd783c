//! What a dry run made, changed and deleted in one cloud, in the order in which it happened.

use super::stack_template::DryStack;
use crate::base::stream::Content;
use crate::cloud::server::Named;
use crate::cloud::{Ec2Credential, Noun, Resource};
use std::collections::HashMap;
use std::sync::Arc;

/// A resource that the run made, changed or deleted.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// As it is now; of a deleted one, as it last was.
    pub(super) resource: Resource,
    /// Whether the run made it: the inner cloud does not know it.
    pub(super) made: bool,
    /// Whether it is deleted.
    pub(super) gone: bool,
}

/// What the overlay knows of a resource.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// Nothing: the inner cloud tells.
    Unchanged,
    /// This is how it is now.
    Now(Resource),
    /// It is deleted.
    Gone,
}

/// A resize that is to be confirmed or reverted.
#[derive(Debug, Clone)]
pub(super) struct Resize {
    /// The flavor before it.
    pub(super) flavor: Named,
    /// The status before it.
    pub(super) status: String,
}

/// What was made, changed and deleted.
#[derive(Debug, Default)]
pub(super) struct World {
    entries: Vec<Entry>,
    /// By server.
    pub(super) resizes: HashMap<String, Resize>,
    /// The networks that a made router joins.
    pub(super) routes: HashMap<String, Vec<String>>,
    /// The server that a volume is deleted with.
    pub(super) goes_with: HashMap<String, String>,
    /// Networks and addresses in which a booted server still gets ports of its own, by server.
    pub(super) portless: Vec<(String, Vec<(String, String)>)>,
    /// The bytes that images were made of, by their ids.
    pub(super) contents: HashMap<String, Arc<dyn Content>>,
    /// Whether an image is shared with a project, as far as this run said so.
    pub(super) members: HashMap<(String, String), bool>,
    /// What this run did with stacks, by their ids.
    pub(super) stacks: HashMap<String, DryStack>,
    /// The keys for the EC2 APIs that this run made.
    pub(super) ec2_credentials: Vec<Ec2Credential>,
}

impl World {
    fn place(&self, noun: Noun, id: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.resource.noun() == noun && entry.resource.id() == id)
    }

    /// What is known of a resource.
    pub(super) fn known(&self, noun: Noun, id: &str) -> Known {
        match self.place(noun, id).map(|place| &self.entries[place]) {
            None => Known::Unchanged,
            Some(entry) if entry.gone => Known::Gone,
            Some(entry) => Known::Now(entry.resource.clone()),
        }
    }

    /// Whether anything of a noun was made, changed or deleted.
    pub(super) fn has(&self, noun: Noun) -> bool {
        self.each(noun).next().is_some()
    }

    /// Every entry of a noun, deleted ones too.
    pub(super) fn each(&self, noun: Noun) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.resource.noun() == noun)
    }

    /// Every resource of a noun that was made or changed and is there.
    pub(super) fn present(&self, noun: Noun) -> impl DoubleEndedIterator<Item = &Entry> {
        self.each(noun).filter(|entry| !entry.gone)
    }

    /// Whether the run made it.
    pub(super) fn is_made(&self, noun: Noun, id: &str) -> bool {
        self.place(noun, id).is_some_and(|place| self.entries[place].made)
    }

    /// Add what was made; of the same id, what was deleted before is no more to be known.
    pub(super) fn make(&mut self, resource: Resource) {
        if let Some(place) = self.place(resource.noun(), resource.id()) {
            self.entries.remove(place);
        }
        self.entries.push(Entry { resource, made: true, gone: false });
    }

    /// Change a resource; `base` is how it is where it is unchanged so far. What is deleted stays deleted.
    pub(super) fn edit(&mut self, base: Resource, change: impl FnOnce(&mut Resource)) {
        let place = self.place(base.noun(), base.id()).unwrap_or_else(|| {
            self.entries.push(Entry { resource: base, made: false, gone: false });
            self.entries.len() - 1
        });
        change(&mut self.entries[place].resource);
    }

    /// Delete a resource; `base` is how it last was.
    pub(super) fn delete(&mut self, base: Resource) {
        match self.place(base.noun(), base.id()) {
            Some(place) => self.entries[place].gone = true,
            None => self.entries.push(Entry { resource: base, made: false, gone: true }),
        }
    }
}
