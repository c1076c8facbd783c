//! Bytes that are never all in memory: those that are sent from where they lie, and those that are kept as they come.

use std::fmt;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Bytes to send, from a file perhaps, as often as they are asked for.
pub trait Content: Send + Sync + fmt::Debug {
    /// How many there are.
    fn size(&self) -> u64;
    /// A reader of them, from the beginning.
    ///
    /// # Errors
    /// When they cannot be read.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
    /// Whether nobody waits any longer for what comes of them.
    fn is_given_up(&self) -> bool {
        false
    }
}

/// Where bytes go that come.
pub trait Sink: Send + Sync + fmt::Debug {
    /// The first are about to come; `size` is how many there will be, where that is known. What came before is dropped.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn begin(&self, size: Option<u64>) -> io::Result<()>;
    /// More of them.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn write(&self, bytes: &[u8]) -> io::Result<()>;
}

/// Bytes that are in memory after all.
#[derive(Clone)]
pub struct Held(pub Arc<[u8]>);

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Content for Held {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}
