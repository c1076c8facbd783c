//! How many requests are in flight, how many start in a second at one endpoint, and when an endpoint is left alone.
//!
//! One [`Pace`] is shared by all clouds of a run. An endpoint that says it has too much to do gets half as many at a time, and
//! more again with each answer; one that says when to come back gets nothing before then. [`Valve`] decides and knows no
//! clock; a request that waits to be repeated, or for its turn, holds no place. What is repeated is [`super::retry`]'s to say.

use super::clock::Clock;
use super::retry::Budget;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// A limit on requests; cheap to clone, and all clones are one limit.
#[derive(Debug, Clone)]
pub struct Pace(Arc<Limits>);

#[derive(Debug)]
struct Limits {
    most: usize,
    gap: Option<Duration>,
    places: Arc<Semaphore>,
    endpoints: Mutex<HashMap<String, Arc<Endpoint>>>,
}

impl Default for Pace {
    fn default() -> Self {
        Pace::new(32, None)
    }
}

impl Pace {
    /// `concurrency` requests in flight (at least 1) in all, and at most `rate` a second at each endpoint.
    pub fn new(concurrency: usize, rate: Option<f64>) -> Pace {
        let most = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let gap = rate
            .filter(|rate| rate.is_finite() && *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        let places = Arc::new(Semaphore::new(most));
        Pace(Arc::new(Limits { most, gap, places, endpoints: Mutex::default() }))
    }

    /// What is known of an endpoint (`http://host:port`): one for the whole run, whichever cloud asks.
    pub fn endpoint(&self, origin: &str) -> Arc<Endpoint> {
        let mut endpoints = held(&self.0.endpoints);
        if let Some(known) = endpoints.get(origin) {
            return known.clone();
        }
        let endpoint = Arc::new(Endpoint {
            door: tokio::sync::Mutex::default(),
            valve: Mutex::new(Valve::new(self.0.most, self.0.gap)),
            freed: Notify::new(),
            places: self.0.places.clone(),
            budget: Mutex::default(),
            answered: AtomicBool::new(false),
        });
        endpoints.insert(origin.to_string(), endpoint.clone());
        endpoint
    }
}

/// Nothing that is done under these locks can break in the middle.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One endpoint: who is in, who waits at its door, and how it has behaved.
#[derive(Debug)]
pub struct Endpoint {
    /// Held by the one that is next, so that all enter in the order they came.
    door: tokio::sync::Mutex<()>,
    valve: Mutex<Valve>,
    freed: Notify,
    places: Arc<Semaphore>,
    budget: Mutex<Budget>,
    answered: AtomicBool,
}

impl Endpoint {
    /// Ready when a request may start; it is in flight until the place is left or dropped.
    pub async fn enter(self: &Arc<Self>, clock: &dyn Clock) -> Place {
        let _first = self.door.lock().await;
        loop {
            let wait = held(&self.valve).wait(clock.elapsed());
            match wait {
                Wait::None => {
                    // Waited for last: who stands at one endpoint's door takes no place from another's.
                    let place = self.places.clone().acquire_owned().await.ok();
                    if let Some(ticket) = held(&self.valve).enter(clock.elapsed()) {
                        return Place {
                            endpoint: self.clone(),
                            ticket,
                            end: Some(End::Unknown),
                            _place: place,
                        };
                    }
                }
                Wait::Place => self.freed.notified().await,
                Wait::Until(when) => clock.sleep(when.saturating_sub(clock.elapsed())).await,
            }
        }
    }

    /// Whether it has answered in this run.
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// Take one repeat from what this endpoint may still be asked again; `false` when nothing is left.
    pub fn afford(&self, clock: &dyn Clock) -> bool {
        held(&self.budget).take(clock.elapsed())
    }
}

/// A request in flight.
#[derive(Debug)]
pub struct Place {
    endpoint: Arc<Endpoint>,
    ticket: u64,
    end: Option<End>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// It has ended so, at this time of the run's clock.
    pub fn leave(mut self, end: End, now: Duration) {
        self.end = None;
        self.endpoint.left(self.ticket, end, now);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            self.endpoint.left(self.ticket, end, Duration::ZERO);
        }
    }
}

impl Endpoint {
    fn left(&self, ticket: u64, end: End, now: Duration) {
        if end != End::Unknown {
            self.answered.store(true, Ordering::Relaxed);
        }
        if end == End::Served {
            held(&self.budget).earn();
        }
        held(&self.valve).leave(ticket, end, now);
        self.freed.notify_one();
    }
}

/// How a request ended, as far as its endpoint's pace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was answered.
    Served,
    /// It was answered with "too much at once"; with how long to stay away, where that was said.
    Overloaded(Option<Duration>),
    /// It was lost, or given up.
    Unknown,
}

/// What a request at the door waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Nothing.
    None,
    /// One that is in flight to end.
    Place,
    /// This time of the run's clock.
    Until(Duration),
}

/// The decision who may start at one endpoint, as plain numbers: the same events give the same decisions.
#[derive(Debug, Clone)]
pub struct Valve {
    most: usize,
    gap: Option<Duration>,
    /// How many may be in flight, between 1 and `most`.
    window: f64,
    inside: usize,
    /// Nothing starts before: for the rate, and because the endpoint said so.
    next: Duration,
    closed: Duration,
    tickets: u64,
    /// The last ticket that was given out when the window was halved: what was in flight then says nothing new.
    halved: u64,
}

impl Valve {
    /// At most `most` in flight, starts at least `gap` apart.
    pub fn new(most: usize, gap: Option<Duration>) -> Valve {
        Valve {
            most: most.max(1),
            gap,
            window: most.max(1) as f64,
            inside: 0,
            next: Duration::ZERO,
            closed: Duration::ZERO,
            tickets: 0,
            halved: 0,
        }
    }

    /// What one that would start now waits for.
    pub fn wait(&self, now: Duration) -> Wait {
        let when = self.next.max(self.closed);
        if self.inside >= self.width() {
            Wait::Place
        } else if when > now {
            Wait::Until(when)
        } else {
            Wait::None
        }
    }

    /// Start one now: its ticket, or `None` where it must wait.
    pub fn enter(&mut self, now: Duration) -> Option<u64> {
        if self.wait(now) != Wait::None {
            return None;
        }
        self.inside += 1;
        self.tickets += 1;
        if let Some(gap) = self.gap {
            self.next = now + gap;
        }
        Some(self.tickets)
    }

    /// One that had started has ended.
    pub fn leave(&mut self, ticket: u64, end: End, now: Duration) {
        self.inside = self.inside.saturating_sub(1);
        match end {
            End::Overloaded(wait) => {
                if ticket > self.halved {
                    self.window = (self.window / 2.0).max(1.0);
                    self.halved = self.tickets;
                }
                if let Some(wait) = wait {
                    self.closed = self.closed.max(now.saturating_add(wait));
                }
            }
            // One more at a time for each round of answers.
            End::Served if ticket > self.halved => {
                self.window = (self.window + 1.0 / self.window).min(self.most as f64);
            }
            End::Served | End::Unknown => {}
        }
    }

    /// How many may be in flight now.
    pub fn width(&self) -> usize {
        self.window as usize
    }

    /// How many are in flight.
    pub fn inside(&self) -> usize {
        self.inside
    }
}
