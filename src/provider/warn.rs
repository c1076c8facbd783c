//! How a driver tells what a person should know though nothing failed.

use std::sync::Arc;

/// Says one sentence, as a warning.
pub type Warn = Arc<dyn Fn(&str) + Send + Sync>;
