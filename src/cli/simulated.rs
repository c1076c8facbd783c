//! The embedded simulated cloud and its time: started when a script first asks for it, forgotten at the end.

use crate::cloud::{Error, Kind, Secret};
use crate::config::aws::Endpoints;
use crate::config::cloudstack::{Auth as CloudStackAuth, CloudStackSettings};
use crate::config::{AwsSettings, SIM_AWS, SIM_CLOUDSTACK};
use crate::provider::openstack::keystone::credentials::{Auth, Interface, Named, Scope, Settings};
use crate::script::bridge::Bridge;
use crate::wire::Tls;
use crate::wire::auth::{Credentials, Source, Version};
use crate::wire::clock::{Clock, Sleep, WallClock};
use rhain_sim::{Sim, SimOptions};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// When the time of tests starts: Monday, 1 June 2026, 8 in the morning, in seconds.
const FIRST_DAY: Duration = Duration::from_secs(1_780_300_800);

/// The time of a run on the simulated cloud: sleeping moves it on, and costs nothing.
pub struct SimClock {
    state: Mutex<State>,
    base: SystemTime,
    bridge: Arc<Bridge>,
    options: SimOptions,
}

struct State {
    passed: Duration,
    sim: Option<Sim>,
    /// When the cloud's time began.
    began: SystemTime,
}

impl SimClock {
    /// A clock whose cloud is not started yet.
    pub fn new(bridge: Arc<Bridge>) -> Arc<SimClock> {
        SimClock::of(bridge, SimOptions::default())
    }

    /// The same, of a cloud whose ids follow from this number, and whose time starts at one that never changes.
    pub fn seeded(bridge: Arc<Bridge>, seed: u64) -> Arc<SimClock> {
        let start = SystemTime::UNIX_EPOCH + FIRST_DAY;
        SimClock::of(bridge, SimOptions { start: Some(start), seed: Some(seed), ..SimOptions::default() })
    }

    fn of(bridge: Arc<Bridge>, options: SimOptions) -> Arc<SimClock> {
        let base = options.start.unwrap_or_else(|| WallClock::start().now());
        let state = Mutex::new(State { passed: Duration::ZERO, sim: None, began: base });
        Arc::new(SimClock { state, base, bridge, options })
    }

    /// Start the cloud, or find it started, and ask something of it.
    ///
    /// # Errors
    /// When no port of the loopback address can be listened on.
    pub fn started<T>(&self, ask: impl FnOnce(&Sim) -> T) -> Result<T, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.sim.is_none() {
            let (handle, options) = (self.bridge.handle(), self.options);
            // On a thread of its own: who asks may be on the runtime already, where nothing may block.
            let started = std::thread::spawn(move || {
                let (tell, told) = std::sync::mpsc::channel();
                handle.spawn(async move {
                    let _ = tell.send(Sim::start(options).await);
                });
                told.recv()
            })
            .join();
            let sim = match started {
                Ok(Ok(Ok(sim))) => sim,
                Ok(Ok(Err(error))) => return Err(unstarted(&error.to_string())),
                _ => return Err(unstarted("its thread ended")),
            };
            // What passes in the cloud by itself passes for the run as well.
            state.began = sim.now();
            sim.advance(state.passed);
            state.sim = Some(sim);
        }
        state.sim.as_ref().map(ask).ok_or_else(|| unstarted("it is not there"))
    }

    /// What to log in to its OpenStack face with, `demo` or `admin`; starts it where it is not started.
    ///
    /// # Errors
    /// When no port of the loopback address can be listened on.
    pub fn openstack(&self, who: &str) -> Result<Settings, Error> {
        let url = self.started(Sim::auth_url)?;
        let name = |name: &str| Named {
            name: Some(name.to_string()),
            domain_name: Some("Default".to_string()),
            ..Named::default()
        };
        Ok(Settings {
            auth_url: url,
            identity_version: Some(3),
            auth: Auth::Password { user: name(who), password: Secret::new("secret") },
            scope: Scope::Project(name(who)),
            region: Some("RegionOne".to_string()),
            interfaces: vec![Interface::Public],
            services: BTreeMap::new(),
            found: "built in".to_string(),
            public: true,
        })
    }

    /// What its EC2 face is reached with; starts it where it is not started.
    ///
    /// # Errors
    /// When no port of the loopback address can be listened on.
    pub fn aws(&self) -> Result<AwsSettings, Error> {
        let access = self.started(Sim::aws_access)?;
        let endpoints = Endpoints { any: Some(access.endpoint), ..Endpoints::default() };
        Ok(AwsSettings {
            name: SIM_AWS.to_string(),
            found: "built in".to_string(),
            region: access.region,
            endpoints,
            version: Version::V4,
            source: Source::Static(Credentials::new(access.key, access.secret)),
            tls: Tls::default(),
            attempts: None,
        })
    }

    /// What its CloudStack face is reached with; starts it where it is not started.
    ///
    /// # Errors
    /// When no port of the loopback address can be listened on.
    pub fn cloudstack(&self) -> Result<CloudStackSettings, Error> {
        // Its user may clean up after itself, as on a cloud of one's own.
        let access = self.started(|sim| {
            sim.cloudstack_setting("allow.user.expunge.recover.vm", "true");
            sim.cloudstack_access()
        })?;
        Ok(CloudStackSettings {
            name: SIM_CLOUDSTACK.to_string(),
            found: "built in".to_string(),
            endpoint: access.url,
            auth: CloudStackAuth::Keys(Credentials::new(access.key, access.secret)),
            project: None,
            zone: None,
            tls: Tls::default(),
            timeout: None,
            attempts: None,
            lifetime: crate::wire::auth::cloudstack::LIFETIME,
            headers: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Time that passed at the prompt passes in the cloud too.
    pub fn pass(&self, by: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.passed = state.passed.saturating_add(by);
        if let Some(sim) = &state.sim {
            sim.advance(by);
        }
    }

    /// Ask something of the cloud, where it is started.
    pub fn with<T>(&self, ask: impl FnOnce(&Sim) -> T) -> Option<T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).sim.as_ref().map(ask)
    }
}

fn unstarted(why: &str) -> Error {
    Error::new(Kind::Failed, format!("the simulated cloud does not start: {why}"))
}

impl Clock for SimClock {
    fn now(&self) -> SystemTime {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.sim {
            Some(sim) => sim.now(),
            None => self.base + state.passed,
        }
    }

    fn elapsed(&self) -> Duration {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.sim {
            Some(sim) => sim.now().duration_since(state.began).unwrap_or(state.passed),
            None => state.passed,
        }
    }

    /// Nobody else is there to come at the same time: a run takes as long every time.
    fn chance(&self) -> f64 {
        0.5
    }

    fn sleep(&self, by: Duration) -> Sleep<'_> {
        Box::pin(async move {
            {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.passed = state.passed.saturating_add(by);
                if let Some(sim) = &state.sim {
                    sim.advance(by);
                }
            }
            tokio::task::yield_now().await;
        })
    }
}

/// The time of a run that works on other clouds too: it is the machine's own, and as much of it passes in the simulated cloud.
pub struct Alongside {
    clock: Arc<dyn Clock>,
    simulated: Arc<SimClock>,
    /// How far the machine's clock was when the simulated cloud was last moved on.
    seen: Mutex<Duration>,
}

impl Alongside {
    /// The simulated cloud goes on with this clock from now on.
    pub fn new(clock: Arc<dyn Clock>, simulated: Arc<SimClock>) -> Alongside {
        let seen = Mutex::new(clock.elapsed());
        Alongside { clock, simulated, seen }
    }

    fn catch_up(&self) {
        let now = self.clock.elapsed();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *seen, now);
        self.simulated.pass(now.saturating_sub(before));
    }
}

impl Clock for Alongside {
    fn now(&self) -> SystemTime {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn sleep(&self, by: Duration) -> Sleep<'_> {
        Box::pin(async move {
            self.clock.sleep(by).await;
            self.catch_up();
        })
    }

    fn lapse(&self, by: Duration) -> Sleep<'_> {
        Box::pin(async move {
            self.clock.lapse(by).await;
            self.catch_up();
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sleeping moves it on.
    struct Counting(Mutex<Duration>);

    impl Clock for Counting {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + self.elapsed()
        }

        fn elapsed(&self) -> Duration {
            *self.0.lock().expect("a count")
        }

        fn sleep(&self, by: Duration) -> Sleep<'_> {
            Box::pin(async move { *self.0.lock().expect("a count") += by })
        }
    }

    #[test]
    fn as_much_time_passes_in_the_simulated_cloud_as_outside() {
        let bridge = Arc::new(Bridge::new());
        let simulated = SimClock::new(bridge.clone());
        let outside: Arc<dyn Clock> = Arc::new(Counting(Mutex::new(Duration::from_secs(7))));
        let clock = Alongside::new(outside.clone(), simulated.clone());
        bridge.wait(clock.sleep(Duration::from_secs(5)));
        assert_eq!((clock.elapsed(), simulated.elapsed()), (Duration::from_secs(12), Duration::from_secs(5)));
        // What passed by itself counts too.
        bridge.wait(outside.sleep(Duration::from_secs(20)));
        bridge.wait(clock.sleep(Duration::from_secs(1)));
        assert_eq!(simulated.elapsed(), Duration::from_secs(26));
    }
}
