//! How requests to one cloud are sent: limits, TLS, proxies. Plain values; [`send`](super::send) acts on them.

use super::mask::Known;
use super::message::Request;
use super::pace::Pace;
use super::proxy::Proxies;
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How a cloud's certificate is judged, and what is shown to it. Files are read when the first connection is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Whether the certificate must be good; `false` takes any.
    pub verify: bool,
    /// The authorities to trust (PEM) in place of the system's.
    pub cacert: Option<PathBuf>,
    /// A client certificate (PEM), which may hold its key too.
    pub cert: Option<PathBuf>,
    /// The client certificate's key (PEM).
    pub key: Option<PathBuf>,
}

impl Default for Tls {
    fn default() -> Self {
        Tls { verify: true, cacert: None, cert: None, key: None }
    }
}

/// Says whether a request may go out, right before each attempt at it: a run that has lost its hold on what it works on sends
/// nothing more.
#[async_trait]
pub trait MaySend: Send + Sync + std::fmt::Debug {
    /// Asked before attempt `attempt` (from 1).
    ///
    /// # Errors
    /// Why it must not go out, in a few words.
    async fn may_send(&self, request: &Request, attempt: u32) -> Result<(), String>;
    /// Whether an earlier process may have sent this very request: then it counts as sent and not answered, and is looked for.
    fn may_have_been_sent(&self, _: &Request) -> bool {
        false
    }
}

/// How requests to one cloud are sent.
#[derive(Debug, Clone)]
pub struct Settings {
    /// TLS.
    pub tls: Tls,
    /// The longest that connecting may take, TLS included.
    pub connect_timeout: Duration,
    /// The longest that one attempt may take, where the request sets no limit of its own.
    pub timeout: Duration,
    /// The longest that all attempts at a request and the waits between them may take.
    pub total: Duration,
    /// The most attempts at one request; by what went wrong where none is given.
    pub attempts: Option<u32>,
    /// The largest answer, in bytes after decompression.
    pub max_body: u64,
    /// How many requests, and how fast; share one among the clouds of a run.
    pub pace: Pace,
    /// What to be called; `rhain/VERSION` unless said otherwise.
    pub user_agent: String,
    /// Whether requests that change something are shown instead of sent.
    pub dry_run: bool,
    /// Asked before each attempt whether it may still go out.
    pub may_send: Option<Arc<dyn MaySend>>,
    /// Proxies; none by default.
    pub proxies: Proxies,
    /// The secrets that are hidden in what is told; share one among the clouds of a run.
    pub known: Known,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            tls: Tls::default(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            total: Duration::from_secs(300),
            attempts: None,
            max_body: 64 << 20,
            pace: Pace::default(),
            user_agent: concat!("rhain/", env!("CARGO_PKG_VERSION")).to_string(),
            dry_run: false,
            may_send: None,
            proxies: Proxies::default(),
            known: Known::default(),
        }
    }
}
