//! Modules that are neither beside the script nor of the standard library: whoever keeps them answers for the lock.

use crate::cloud::Error;

/// Gives the texts of remote modules, and only those that the lock holds.
pub trait Remote: Send + Sync {
    /// The address that a short name means in the lock.
    ///
    /// # Errors
    /// When the lock cannot be read.
    fn named(&self, name: &str) -> Result<Option<String>, Error>;

    /// The text of the module at an address.
    ///
    /// # Errors
    /// When it is not in the lock, is not what the lock holds, or cannot be had.
    fn text(&self, address: &str) -> Result<String, Error>;
}

/// Nothing is to be had from elsewhere.
pub struct NoRemote;

impl Remote for NoRemote {
    fn named(&self, _name: &str) -> Result<Option<String>, Error> {
        Ok(None)
    }

    fn text(&self, address: &str) -> Result<String, Error> {
        Err(super::unlocked(address))
    }
}
