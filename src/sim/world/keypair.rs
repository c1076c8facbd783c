//! Key pairs: public keys that servers can be given.

use std::time::SystemTime;

use super::World;

/// A public key that servers can be given.
#[derive(Debug, Clone)]
pub(crate) struct Keypair {
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) user: String,
    pub(crate) kind: String,
    pub(crate) public_key: String,
    pub(crate) fingerprint: String,
    pub(crate) created: SystemTime,
}

impl World {
    pub(crate) fn keypair(&self, user: &str, name: &str) -> Option<&Keypair> {
        self.keypairs.iter().find(|key| key.user == user && key.name == name)
    }
}
