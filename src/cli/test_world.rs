//! The world of a test: a simulated cloud of its own, a session on it, and what the helpers of tests ask of both.

use super::args::Options;
use super::console::Streams;
use super::setup::{Ground, Purpose, Setup, setup_in};
use super::simulated::SimClock;
pub use super::test_console::Kept;
use super::test_outside::{Replies, TestOutside};
use crate::cloud::overlay::OutsideOverlay;
use crate::cloud::ports::Outside;
use crate::config::Environment;
use crate::effects::RunKey;
use crate::provider::capabilities::Drivers;
use crate::script::bridge::Bridge;
use crate::script::coverage::Coverage;
use crate::testing::TestCloud;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// What a test is, as its world has to know.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The file.
    pub file: String,
    /// Its name.
    pub test: String,
    /// What ids follow from.
    pub seed: u64,
    /// Whether kept output is written anew.
    pub update: bool,
}

/// What a test's helpers ask.
pub struct TestWorld {
    pub(super) me: Weak<TestWorld>,
    bridge: Arc<Bridge>,
    pub(super) simulated: Arc<SimClock>,
    pub(super) replies: Arc<Replies>,
    outside: OnceLock<Arc<dyn Outside>>,
    pub(super) console: Arc<Kept>,
    pub(super) options: Options,
    pub(super) environment: Environment,
    pub(super) subject: Subject,
    coverage: Option<Arc<Coverage>>,
    sessions: AtomicU64,
    /// Files of kept output that it wrote.
    pub(super) written: Mutex<Vec<String>>,
}

/// Variables that say where clouds are; no test is to find one.
const OF_CLOUDS: [&str; 9] =
    ["OS_", "AWS_", "EC2_", "CLOUDSTACK_", "HEAT_", "BOTO_", "RHAIN_", "XDG_CONFIG", "ACS_"];

impl TestWorld {
    /// The world of a test: nothing of the user's clouds is in it.
    pub fn new(
        options: &Options,
        environment: &Environment,
        face: TestCloud,
        subject: Subject,
        coverage: Option<Arc<Coverage>>,
    ) -> Arc<TestWorld> {
        let bridge = Arc::new(Bridge::new());
        let simulated = SimClock::seeded(bridge.clone(), subject.seed);
        let mut options = options.clone();
        options.cloud = Some(face.cloud().to_string());
        options.quiet = true;
        options.yes = true;
        options.trace = None;
        options.verbose = 0;
        let folder = folder(&subject.file);
        // Its own files, and those that it writes: from the working folder.
        options.allow_read.extend([folder.to_string_lossy().into_owned(), ".".to_string()]);
        // What is written is seen by the test alone.
        options.allow_write = vec![String::new()];
        let variables = environment
            .variables
            .iter()
            .filter(|(name, _)| !OF_CLOUDS.iter().any(|prefix| name.starts_with(prefix)));
        let environment = Environment {
            variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
            home: None,
            cwd: environment.cwd.clone(),
            site: Vec::new(),
        };
        let console = Arc::new(Kept::new(false));
        Arc::new_cyclic(|me| TestWorld {
            me: me.clone(),
            bridge,
            simulated,
            replies: Arc::default(),
            outside: OnceLock::new(),
            console,
            options,
            environment,
            subject,
            coverage,
            sessions: AtomicU64::new(0),
            written: Mutex::default(),
        })
    }

    /// What the helpers of tests ask, of a session that is there already.
    pub fn of_session(setup: &Setup, options: &Options) -> Arc<TestWorld> {
        let world =
            TestWorld::new(options, &setup.environment, TestCloud::OpenStack, Subject::default(), None);
        Arc::new_cyclic(|me| TestWorld {
            me: me.clone(),
            bridge: setup.session.bridge.clone(),
            simulated: setup.simulated.clone(),
            replies: world.replies.clone(),
            outside: OnceLock::new(),
            console: world.console.clone(),
            options: world.options.clone(),
            environment: world.environment.clone(),
            subject: world.subject.clone(),
            coverage: None,
            sessions: AtomicU64::new(1),
            written: Mutex::default(),
        })
    }

    /// A session in it.
    ///
    /// # Errors
    /// When the session cannot be put together.
    pub fn session(
        self: &Arc<TestWorld>,
        file: &str,
        given: BTreeMap<String, String>,
        console: Arc<Kept>,
    ) -> std::io::Result<Setup> {
        let world = self.clone();
        let around = move |real: Arc<dyn Outside>| -> Arc<dyn Outside> {
            let shared = world.outside.get_or_init(|| {
                Arc::new(TestOutside {
                    files: OutsideOverlay::new(real.clone()),
                    real,
                    replies: world.replies.clone(),
                    simulated: world.simulated.clone(),
                    runs: !world.options.allow_exec.is_empty(),
                    reaches: !world.options.allow_net.is_empty(),
                })
            });
            shared.clone()
        };
        let mut options = self.options.clone();
        for grant in [&mut options.allow_exec, &mut options.allow_net] {
            if grant.is_empty() {
                grant.push(String::new());
            }
        }
        let ground = Ground {
            bridge: self.bridge.clone(),
            simulated: self.simulated.clone(),
            outside: Box::new(around),
        };
        let purpose = Purpose { script: Some((file.to_string(), given)), simulate: true };
        let streams = Arc::new(Streams::onto(console.clone(), false));
        let setup =
            setup_in(ground, Drivers::all(), &options, purpose, self.environment.clone(), streams, console)?;
        // A session is new here.
        let _ = setup.session.host.simulation.set(self.clone());
        if let Some(coverage) = &self.coverage {
            let _ = setup.session.coverage.set(coverage.clone());
        }
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.subject.seed.to_be_bytes());
        // Two sessions of one world do not send the same tokens.
        key[8..16].copy_from_slice(&self.sessions.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        setup.session.stage.set_key(RunKey::new(key));
        Ok(setup)
    }

    /// Its console.
    pub fn console(&self) -> Arc<Kept> {
        self.console.clone()
    }

    /// Its cloud and time.
    pub fn simulated(&self) -> &Arc<SimClock> {
        &self.simulated
    }

    /// Files of kept output that the test wrote.
    pub fn written(&self) -> Vec<String> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What there is in its cloud beside what it began with.
    pub fn left(&self) -> Vec<String> {
        let told = |one: rhain_sim::Left| {
            let noun = one.noun.replace('_', " ");
            match one.status.as_str() {
                "" => format!("{noun} {}", one.name),
                status => format!("{noun} {} ({status})", one.name),
            }
        };
        let all = self.simulated.with(rhain_sim::Sim::left).unwrap_or_default();
        // Which of two that are made side by side is first is no difference.
        let mut all: Vec<String> = all.into_iter().map(told).collect();
        all.sort();
        all
    }
}

/// The folder of a file, from where it is named.
pub(super) fn folder(file: &str) -> PathBuf {
    match Path::new(file).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
