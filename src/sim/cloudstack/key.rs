//! SSH key pairs, which are the world's.

use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;

impl Cloud<'_> {
    /// The names and public keys of the key pairs that are asked for.
    pub(super) fn keys_named(&self, owner: &Account) -> Outcome<Vec<(String, String)>> {
        let mut names = self.params.list("keypairs");
        names.extend(self.params.get("keypair").map(str::to_owned));
        let key = |name: &String| {
            self.world.keypair(&owner.owner, name).map(|key| (name.clone(), key.public_key.clone()))
        };
        let found: Option<Vec<_>> = names.iter().map(key).collect();
        found.ok_or_else(|| Refused::value("Not all specified keypairs exist"))
    }
}
