//! How many requests are in flight, and how many start in a second at one endpoint.
//!
//! One [`Pace`] may be shared by all clouds of a run. A request that waits to be repeated holds no place.

use super::clock::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A limit on requests; cheap to clone, and all clones are one limit.
#[derive(Debug, Clone)]
pub struct Pace(Arc<Limits>);

#[derive(Debug)]
struct Limits {
    places: Arc<Semaphore>,
    gap: Option<Duration>,
    next: Mutex<HashMap<String, Duration>>,
}

impl Default for Pace {
    fn default() -> Self {
        Pace::new(32, None)
    }
}

impl Pace {
    /// `concurrency` requests in flight (at least 1), and at most `rate` a second at each endpoint.
    pub fn new(concurrency: usize, rate: Option<f64>) -> Pace {
        let places = Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)));
        let gap = rate
            .filter(|rate| rate.is_finite() && *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Pace(Arc::new(Limits { places, gap, next: Mutex::new(HashMap::new()) }))
    }

    /// Ready when a request to `endpoint` may start; it holds its place until the result is dropped.
    pub async fn enter(&self, endpoint: &str, clock: &dyn Clock) -> Option<OwnedSemaphorePermit> {
        if let Some(gap) = self.0.gap {
            let now = clock.elapsed();
            let start = match self.0.next.lock() {
                Ok(mut next) => {
                    let free = next.entry(endpoint.to_string()).or_default();
                    let start = now.max(*free);
                    *free = start + gap;
                    start
                }
                Err(_) => now,
            };
            if start > now {
                clock.sleep(start - now).await;
            }
        }
        self.0.places.clone().acquire_owned().await.ok()
    }
}
