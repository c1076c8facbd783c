//! Clocks of a run: one that can be changed for another, and one on which sleeping takes no time.

use crate::wire;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// A clock that another takes the place of when the session turns to another cloud.
pub struct Turning(RwLock<Arc<dyn wire::Clock>>);

impl Turning {
    /// It begins with this one.
    pub fn new(clock: Arc<dyn wire::Clock>) -> Turning {
        Turning(RwLock::new(clock))
    }

    /// Go on with this one.
    pub fn turn(&self, clock: Arc<dyn wire::Clock>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = clock;
    }

    fn current(&self) -> Arc<dyn wire::Clock> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl wire::Clock for Turning {
    fn now(&self) -> std::time::SystemTime {
        self.current().now()
    }

    fn elapsed(&self) -> Duration {
        self.current().elapsed()
    }

    fn chance(&self) -> f64 {
        self.current().chance()
    }

    fn sleep(&self, by: Duration) -> wire::clock::Sleep<'_> {
        Box::pin(async move { self.current().sleep(by).await })
    }

    fn lapse(&self, by: Duration) -> wire::clock::Sleep<'_> {
        Box::pin(async move { self.current().lapse(by).await })
    }
}

/// A clock on which sleeping takes no time: it leaps on by as much.
pub struct Leaping {
    clock: Arc<dyn wire::Clock>,
    leapt: Mutex<Duration>,
}

impl Leaping {
    /// It begins with this one's time.
    pub fn new(clock: Arc<dyn wire::Clock>) -> Leaping {
        Leaping { clock, leapt: Mutex::default() }
    }

    /// How far it has leapt.
    pub fn leapt(&self) -> Duration {
        *self.leapt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl wire::Clock for Leaping {
    fn now(&self) -> std::time::SystemTime {
        self.clock.now() + self.leapt()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_add(self.leapt())
    }

    fn sleep(&self, by: Duration) -> wire::clock::Sleep<'_> {
        Box::pin(async move {
            let mut leapt = self.leapt.lock().unwrap_or_else(PoisonError::into_inner);
            *leapt = leapt.saturating_add(by);
        })
    }

    fn lapse(&self, by: Duration) -> wire::clock::Sleep<'_> {
        self.clock.lapse(by)
    }
}
