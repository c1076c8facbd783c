//! From the script's thread to the runtime: the only place that blocks on a future.

use std::future::Future;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Handle, Runtime};

/// The runtime, made when it is first needed: an expression that asks no cloud starts none.
#[derive(Default)]
pub struct Bridge {
    runtime: OnceLock<Runtime>,
}

impl Bridge {
    /// A bridge whose runtime is not made yet.
    pub fn new() -> Bridge {
        Bridge::default()
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.get_or_init(|| {
            let built = Builder::new_multi_thread().worker_threads(2).enable_all().build();
            match built {
                Ok(runtime) => runtime,
                // Without threads or epoll nothing of this program can work; there is no one to report to yet.
                Err(_) => std::process::abort(),
            }
        })
    }

    /// The runtime's handle, for what runs beside the script.
    pub fn handle(&self) -> Handle {
        self.runtime().handle().clone()
    }

    /// Wait for a future on this thread.
    #[allow(clippy::disallowed_methods)]
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime().block_on(future)
    }
}
