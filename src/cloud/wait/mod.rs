//! Waiting: how polling goes, and when a wait is over. One place for every noun.
//!
//! [`policy`] says when to look again; [`watch`] is the loop (one list call a look for two or more, trouble
//! survived until the deadline); [`server`] and [`resting`] judge what a look shows. Nothing here knows a provider.

pub mod pending;
pub mod policy;
pub mod resting;
pub mod server;
pub mod stack;
pub mod watch;

pub use pending::{Before, Pending};
pub use policy::Policy;
pub use resting::resources;
pub use server::{Wanted, servers};
pub use stack::{WantedStack, stacks};
pub use watch::Goal;

/// How long a wait takes at the most where nothing is said.
pub const DEFAULT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(600);
