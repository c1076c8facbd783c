//! A world a test: a session of its own on a simulated cloud of its own, with what it says kept.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use rhain::cli::args::Options;
use rhain::cli::console::Streams;
use rhain::cli::setup::{Purpose, Setup, setup_of};
use rhain::cli::test_world::TestWorld;
use rhain::cloud::{Error, Value};
use rhain::config::Environment;
use rhain::provider::capabilities::Drivers;
use rhain::script::failure::{Cause, Failure};
use rhain::script::run::Program;
use rhain::script::session::Console;
use rhain::script::value::display;
use rhain_sim::{Fault, FaultKind, Seen, Sim};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// As large as the program's own.
pub const STACK: usize = 64 << 20;

/// A console that keeps what it is given.
#[derive(Default)]
pub struct Kept {
    data: Mutex<Vec<String>>,
    talk: Mutex<Vec<String>>,
    json: bool,
}

impl Console for Kept {
    fn data(&self, text: &str) {
        self.data.lock().unwrap().push(text.to_string());
    }
    fn talk(&self, text: &str) {
        self.talk.lock().unwrap().push(text.to_string());
    }
    fn json(&self) -> bool {
        self.json
    }
    fn width(&self) -> usize {
        500
    }
}

/// A session and its simulated cloud.
pub struct World {
    /// The session.
    pub setup: Setup,
    console: Arc<Kept>,
}

impl World {
    /// A world whose cloud is empty but for what it is seeded with.
    pub fn new() -> World {
        World::with(|_| {})
    }

    /// The same, with other options of the command line.
    pub fn with(change: impl FnOnce(&mut Options)) -> World {
        World::given(change, &[], &[])
    }

    /// The same, with parameters (`batch-size`) and variables.
    pub fn given(
        change: impl FnOnce(&mut Options),
        parameters: &[(&str, &str)],
        variables: &[(&str, &str)],
    ) -> World {
        World::of(Drivers::all(), change, parameters, variables)
    }

    /// The same, with clouds of these providers.
    pub fn of(
        drivers: Drivers,
        change: impl FnOnce(&mut Options),
        parameters: &[(&str, &str)],
        variables: &[(&str, &str)],
    ) -> World {
        let mut options = Options { cloud: Some("sim".to_string()), quiet: true, ..Options::default() };
        change(&mut options);
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
        };
        let environment = Environment {
            variables: map(variables),
            home: None,
            cwd: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
            site: Vec::new(),
        };
        let json = options.format == rhain::cli::args::Format::Json;
        let console = Arc::new(Kept { json, ..Kept::default() });
        let purpose = Purpose { script: Some(("test.rhai".to_string(), map(parameters))), simulate: true };
        let streams = Arc::new(Streams::new(json, true));
        let setup =
            setup_of(drivers, &options, purpose, environment, streams, console.clone()).expect("a session");
        let _ = setup.session.host.simulation.set(TestWorld::of_session(&setup, &options));
        World { setup, console }
    }

    /// A world with a server `web`, ACTIVE; the journal and the requests so far are remembered by the caller.
    pub fn web() -> World {
        World::web_with(|_| {})
    }

    /// The same, with other options.
    pub fn web_with(change: impl FnOnce(&mut Options)) -> World {
        let world = World::with(change);
        world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
        world
    }

    /// Run a script on a thread of its own.
    pub fn run(&self, script: &str) -> Result<Value, Failure> {
        self.run_as("test.rhai", script)
    }

    /// The same, under another name: imports are beside it.
    pub fn run_as(&self, name: &str, script: &str) -> Result<Value, Failure> {
        let program = Program::compile(&self.setup.session, name, script)?;
        let thread =
            std::thread::Builder::new().stack_size(STACK).spawn(move || program.run()).expect("a thread");
        thread.join().expect("the script's thread does not break")
    }

    /// The value of a script that must end well.
    #[track_caller]
    pub fn ok(&self, script: &str) -> Value {
        match self.run(script) {
            Ok(value) => value,
            Err(failure) => panic!("{script}\nended with {}", told(&failure)),
        }
    }

    /// The text that `print` writes for the value of a script.
    #[track_caller]
    pub fn text(&self, script: &str) -> String {
        display(&self.ok(script))
    }

    /// A script must give what prints as this text.
    #[track_caller]
    pub fn gives(&self, script: &str, text: &str) {
        let given = self.text(script);
        assert_eq!(given, text, "\n{script}");
    }

    /// The error that ends a script.
    #[track_caller]
    pub fn error(&self, script: &str) -> Error {
        match self.run(script) {
            Err(Failure { cause: Cause::Error(error) | Cause::Parse(error), .. }) => error,
            other => panic!("{script}\nended with {other:#?}"),
        }
    }

    /// A script must end with an error of this kind whose message holds these words.
    #[track_caller]
    pub fn fails(&self, script: &str, kind: &str, words: &str) {
        let error = self.error(script);
        let told = format!("{} {}", error.message, error.label.as_deref().unwrap_or_default());
        let told = format!("{told} {}", error.help.as_deref().unwrap_or_default());
        let told = format!("{told} {}", error.answer.as_deref().unwrap_or_default());
        assert_eq!(error.kind.as_str(), kind, "\n{script}\n{told}");
        assert!(told.contains(words), "\n{script}\nsays: {told}\nnot: {words}");
    }

    /// What was written to standard output.
    pub fn out(&self) -> String {
        self.console.data.lock().unwrap().join("\n")
    }

    /// What was said on standard error.
    pub fn err(&self) -> String {
        self.console.talk.lock().unwrap().join("\n")
    }

    /// Ask something of the simulated cloud, started if it is not yet.
    pub fn sim<T>(&self, ask: impl FnOnce(&Sim) -> T) -> T {
        self.setup.simulated.openstack("demo").expect("the simulated cloud starts");
        self.setup.simulated.with(ask).expect("it is started")
    }

    /// Plan one fault of an operation.
    pub fn fault(&self, operation: &str, kind: FaultKind) {
        self.fault_after(operation, 0, kind);
    }

    /// Plan a fault of an operation that comes back each time.
    pub fn fault_always(&self, operation: &str, kind: FaultKind) {
        self.sim(|sim| {
            sim.fault(Fault { operation: operation.to_string(), times: u32::MAX, after: 0, kind })
        });
    }

    /// Plan a fault of an operation that comes back once: of a request and of its repeat.
    pub fn fault_twice(&self, operation: &str, kind: FaultKind) {
        self.sim(|sim| sim.fault(Fault { operation: operation.to_string(), times: 2, after: 0, kind }));
    }

    /// Plan one fault of an operation, after so many unharmed ones.
    pub fn fault_after(&self, operation: &str, after: u32, kind: FaultKind) {
        self.sim(|sim| sim.fault(Fault { operation: operation.to_string(), times: 1, after, kind }));
    }

    /// What the run's record says exists.
    pub fn exists(&self) -> Vec<String> {
        self.setup.session.ledger.exists()
    }

    /// How many requests the cloud has seen.
    pub fn requests(&self) -> usize {
        self.sim(|sim| sim.requests().len())
    }

    /// The operations that some work asked for, in order.
    pub fn asked(&self, work: impl FnOnce()) -> Vec<String> {
        self.seen(work).into_iter().map(|seen| seen.operation).collect()
    }

    /// The requests that some work sent, in order.
    pub fn seen(&self, work: impl FnOnce()) -> Vec<Seen> {
        let before = self.requests();
        work();
        self.sim(|sim| sim.requests().split_off(before))
    }

    /// The writes that some work did, in order: `server.create web`.
    pub fn written(&self, work: impl FnOnce()) -> Vec<String> {
        let before = self.sim(|sim| sim.journal().len());
        work();
        let writes = self.sim(|sim| sim.journal().split_off(before));
        writes
            .into_iter()
            .map(|write| format!("{} {}", write.operation, write.name).trim().to_string())
            .collect()
    }
}

/// A failure in a few lines.
pub fn told(failure: &Failure) -> String {
    match &failure.cause {
        Cause::Error(error) | Cause::Parse(error) => {
            format!(
                "{} ({:?}): {error}\n  label {:?}\n  help {:?}\n  answer {:?}\n  at {:?}",
                error.kind.as_str(),
                error.diagnostic,
                error.label,
                error.help,
                error.answer,
                failure.sites
            )
        }
        other => format!("{other:?}"),
    }
}
