//! The world's clock. Virtual time stands still until it is told to move; wall time is the machine's.
//! The only place of this room that reads the machine's clock or sleeps.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// How time passes in a simulated cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimTime {
    /// Time moves only by [`Sim::advance`](super::Sim::advance).
    Virtual,
    /// Time is the machine's.
    Wall,
}

/// A clock that starts at the machine's time.
#[derive(Debug)]
pub(crate) struct Clock {
    start: SystemTime,
    time: SimTime,
    passed: AtomicU64,
    /// Seconds that the world believes to be ahead.
    ahead: AtomicI64,
}

impl Clock {
    /// A clock that starts at the machine's time, or at this one.
    pub(crate) fn new(time: SimTime, start: Option<SystemTime>) -> Self {
        Self {
            start: start.unwrap_or_else(wall_now),
            time,
            passed: AtomicU64::new(0),
            ahead: AtomicI64::new(0),
        }
    }

    /// The time that the world believes it is.
    pub(crate) fn now(&self) -> SystemTime {
        let (ahead, right) = (self.ahead.load(Ordering::SeqCst), self.right());
        let by = Duration::from_secs(ahead.unsigned_abs());
        if ahead < 0 { right - by } else { right + by }
    }

    /// Puts the world's time this many seconds ahead; by how many more than before.
    pub(crate) fn skew(&self, ahead: i64) -> i64 {
        ahead - self.ahead.swap(ahead, Ordering::SeqCst)
    }

    /// The time that it is.
    pub(crate) fn right(&self) -> SystemTime {
        match self.time {
            SimTime::Wall => wall_now(),
            SimTime::Virtual => self.start + Duration::from_nanos(self.passed.load(Ordering::SeqCst)),
        }
    }

    /// Moves virtual time on; wall time does not listen.
    pub(crate) fn advance(&self, by: Duration) {
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX / 4);
        self.passed.fetch_add(nanos, Ordering::SeqCst);
    }
}

#[allow(clippy::disallowed_methods)] // the simulated cloud's own clock is this file
fn wall_now() -> SystemTime {
    SystemTime::now()
}

/// Holds an answer back in real time, whatever the world's clock does: it is the reader's patience that is tested.
#[allow(clippy::disallowed_methods)]
pub(crate) async fn hold(by: Duration) {
    tokio::time::sleep(by).await;
}
