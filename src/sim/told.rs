//! Whoever wants to know of each request, and may cut it short.

use std::sync::Arc;

/// Where a request is when somebody is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// It has arrived, and nothing of it was done.
    Arrived,
    /// It was done, and not answered yet.
    Done,
}

/// Told of each request by its operation; `false` cuts the connection there.
pub type Told = Arc<dyn Fn(At, &str) -> bool + Send + Sync>;
