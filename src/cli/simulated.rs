//! The embedded simulated cloud and its time: started when a script first asks for it, forgotten at the end.

use crate::cloud::{Error, Kind, Secret};
use crate::config::aws::Endpoints;
use crate::config::{AwsSettings, SIM_AWS};
use crate::provider::openstack::keystone::credentials::{Auth, Interface, Named, Scope, Settings};
use crate::script::bridge::Bridge;
use crate::wire::Tls;
use crate::wire::auth::{Credentials, Source, Version};
use crate::wire::clock::{Clock, Sleep, WallClock};
use rhain_sim::{Sim, SimOptions};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The time of a run on the simulated cloud: sleeping moves it on, and costs nothing.
pub struct SimClock {
    state: Mutex<State>,
    base: SystemTime,
    bridge: Arc<Bridge>,
}

struct State {
    passed: Duration,
    sim: Option<Sim>,
}

impl SimClock {
    /// A clock whose cloud is not started yet.
    pub fn new(bridge: Arc<Bridge>) -> Arc<SimClock> {
        let base = WallClock::start().now();
        Arc::new(SimClock { state: Mutex::new(State { passed: Duration::ZERO, sim: None }), base, bridge })
    }

    /// Start the cloud, or find it started, and ask something of it.
    fn started<T>(&self, ask: impl FnOnce(&Sim) -> T) -> Result<T, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.sim.is_none() {
            let handle = self.bridge.handle();
            // On a thread of its own: who asks may be on the runtime already, where nothing may block.
            let started = std::thread::spawn(move || {
                let (tell, told) = std::sync::mpsc::channel();
                handle.spawn(async move {
                    let _ = tell.send(Sim::start(SimOptions::default()).await);
                });
                told.recv()
            })
            .join();
            let sim = match started {
                Ok(Ok(Ok(sim))) => sim,
                Ok(Ok(Err(error))) => return Err(unstarted(&error.to_string())),
                _ => return Err(unstarted("its thread ended")),
            };
            sim.advance(state.passed);
            state.sim = Some(sim);
        }
        state.sim.as_ref().map(ask).ok_or_else(|| unstarted("it is not there"))
    }

    /// What to log in to its OpenStack face with; starts it where it is not started.
    ///
    /// # Errors
    /// When no port of the loopback address can be listened on.
    pub fn openstack(&self) -> Result<Settings, Error> {
        let url = self.started(Sim::auth_url)?;
        let name = |name: &str| Named {
            name: Some(name.to_string()),
            domain_name: Some("Default".to_string()),
            ..Named::default()
        };
        Ok(Settings {
            auth_url: url,
            identity_version: Some(3),
            auth: Auth::Password { user: name("demo"), password: Secret::new("secret") },
            scope: Scope::Project(name("demo")),
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
        self.state.lock().unwrap_or_else(PoisonError::into_inner).passed
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
