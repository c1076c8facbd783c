//! The only place that reads the clock or sleeps, so that simulated time can take the place of both.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// A future that is ready when a sleep is over.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The time that retries and pacing go by: the wall's, or a simulated cloud's.
pub trait Clock: Send + Sync {
    /// The time of day, UTC.
    fn now(&self) -> SystemTime;
    /// Time since the clock was made; it never goes back.
    fn elapsed(&self) -> Duration;
    /// Ready after `by`.
    fn sleep(&self, by: Duration) -> Sleep<'_>;
    /// Ready when `by` has passed of itself; never on a clock that moves only by sleeping.
    fn lapse(&self, _by: Duration) -> Sleep<'_> {
        Box::pin(std::future::pending())
    }
    /// How far a pause strays, from 0 to 1: by chance, so that many clients do not come at once.
    fn chance(&self) -> f64 {
        fastrand::f64()
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    start: Instant,
}

impl WallClock {
    /// A clock that starts now.
    #[allow(clippy::disallowed_methods)]
    pub fn start() -> Self {
        WallClock { start: Instant::now() }
    }
}

impl Clock for WallClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    #[allow(clippy::disallowed_methods)]
    fn sleep(&self, by: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(by))
    }

    fn lapse(&self, by: Duration) -> Sleep<'_> {
        self.sleep(by)
    }
}

/// How long something takes by the wall, whatever clock the cloud goes by: a real exchange takes real time.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[allow(clippy::disallowed_methods)]
    pub fn start() -> Self {
        Stopwatch(Instant::now())
    }

    /// Time since it was started.
    pub fn read(&self) -> Duration {
        self.0.elapsed()
    }
}
