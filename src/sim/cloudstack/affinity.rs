//! Affinity groups: machines that are to be on one host, or on different ones.

use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;

/// A group of machines.
#[derive(Debug, Clone)]
pub(super) struct AffinityGroup {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: String,
    pub(super) project: String,
}

impl Cloud<'_> {
    /// The affinity groups that a new machine is to be in, by id.
    pub(super) fn affinity_named(&self, owner: &Account) -> Outcome<Vec<String>> {
        let mut ids = Vec::new();
        for id in self.params.list("affinitygroupids") {
            let group = self.ledger.affinity.iter().find(|group| group.id == id);
            ids.push(group.ok_or_else(|| self.params.unknown("affinitygroupids", &id))?.id.clone());
        }
        for name in self.params.list("affinitygroupnames") {
            let own = |group: &&AffinityGroup| group.project == owner.project && group.name == name;
            let group = self.ledger.affinity.iter().find(own);
            let missing = || Refused::value(format!("Unable to find group by name {name}"));
            ids.push(group.ok_or_else(missing)?.id.clone());
        }
        Ok(ids)
    }
}
