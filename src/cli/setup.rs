//! Puts a session together: configuration, drivers, the simulated cloud, permissions, and the streams.

use super::args::{Format, Options};
use super::clocks::{Leaping, Turning};
use super::clouds::{self, CloudClock, Clouds, Plan};
use super::console::Streams;
use super::login_files::LoginFiles;
use super::outside::Process;
use super::sharing::{self, Locked};
use super::simulated::{Alongside, SimClock};
use super::watch::{CountedClock, Watch};
use crate::cloud::Error;
use crate::cloud::overlay::{Counted, Ids, OutsideOverlay, Overlay, Show};
use crate::cloud::ports::{Outside, Progress};
use crate::config::cloudstack::{Auth as CloudStackAuth, CloudStackSettings};
use crate::config::{self, AwsSettings, Chosen, Environment, Note, SIM_ADMIN, SIM_AWS, SIM_CLOUDSTACK};
use crate::effects::masks::{Addresses, Masks};
use crate::effects::{Grant, Grants, Ledger, Observer, Policy, Stage};
use crate::output::progress::{Manner, Silent, Spinner};
use crate::provider::aws::Aws;
use crate::provider::aws::credentials::KeyRing;
use crate::provider::aws::session::{self as aws, Session as AwsSession};
use crate::provider::capabilities::Drivers;
use crate::provider::cloudstack::CloudStack;
use crate::provider::cloudstack::login::Password;
use crate::provider::cloudstack::session::{self as cloudstack, Session as CloudStackSession};
use crate::provider::openstack::OpenStack;
use crate::provider::openstack::session::Session as OpenStackSession;
use crate::provider::warn::Warn;
use crate::script::bridge::Bridge;
use crate::script::budget::Budget;
use crate::script::deferred::Endings;
use crate::script::parallel::{MadeByItems, Slots};
use crate::script::params::Params;
use crate::script::session::{Console, Session, Texts, Tone};
use crate::verbs::RunContext;
use crate::verbs::run_context::RunOptions;
use crate::wire::{self, Pace, WallClock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::watch;

/// What is said where the simulated cloud stands in for one.
pub const STANDS_IN: &str =
    "no cloud is configured: this is the simulated one (--cloud sim), forgotten at the end";

/// A session, and what the program around it keeps hold of.
pub struct Setup {
    /// The session.
    pub session: Arc<Session>,
    /// Its modules from elsewhere.
    pub(super) modules: Arc<Locked>,
    /// Its clouds.
    pub clouds: Arc<Clouds>,
    /// The cloud it works on, or why there is none.
    pub chosen: Result<Chosen, Error>,
    /// Its streams.
    pub streams: Arc<Streams>,
    /// Its requests.
    pub watch: Arc<Watch>,
    /// The simulated cloud and its time, started when it is first asked for.
    pub simulated: Arc<SimClock>,
    /// The time of the machine.
    pub wall: Arc<dyn wire::Clock>,
    /// The time of the session: one of the two, by the cloud it works on.
    pub clock: Arc<Turning>,
    /// Whether the simulated cloud stands in for one, and that was not said yet.
    pub stands_in: Arc<AtomicBool>,
    /// The ids of what a dry run makes.
    pub ids: Ids,
    /// Raised to stop it.
    pub cancel: watch::Sender<u8>,
    /// The process as configuration sees it.
    pub environment: Environment,
}

/// What a session is for.
pub struct Purpose {
    /// The script's name and the parameters it was given.
    pub script: Option<(String, BTreeMap<String, String>)>,
    /// Whether the simulated cloud stands in where none is configured.
    pub simulate: bool,
}

/// Put a session together. Nothing is sent, and no runtime is started.
///
/// # Errors
/// When the trace file cannot be made.
pub fn setup(options: &Options, purpose: Purpose, environment: Environment) -> std::io::Result<Setup> {
    let streams = Arc::new(Streams::new(options.format == Format::Json, options.quiet));
    setup_with(options, purpose, environment, streams.clone(), streams)
}

/// The same, with another place for what scripts write: tests keep it.
///
/// # Errors
/// When the trace file cannot be made.
pub fn setup_with(
    options: &Options,
    purpose: Purpose,
    environment: Environment,
    streams: Arc<Streams>,
    console: Arc<dyn Console>,
) -> std::io::Result<Setup> {
    setup_of(Drivers::all(), options, purpose, environment, streams, console)
}

/// The same, with clouds of these providers.
///
/// # Errors
/// When the trace file cannot be made.
pub fn setup_of(
    drivers: Drivers,
    options: &Options,
    purpose: Purpose,
    environment: Environment,
    streams: Arc<Streams>,
    console: Arc<dyn Console>,
) -> std::io::Result<Setup> {
    let bridge = Arc::new(Bridge::new());
    let simulated = SimClock::new(bridge.clone());
    let ground = Ground { bridge, simulated, outside: Box::new(|outside| outside) };
    setup_in(ground, drivers, options, purpose, environment, streams, console)
}

/// What puts something of its own around what is outside.
pub type Around = Box<dyn FnOnce(Arc<dyn Outside>) -> Arc<dyn Outside>>;

/// What a session stands on, which may be another's too.
pub struct Ground {
    /// Its runtime.
    pub bridge: Arc<Bridge>,
    /// Its simulated cloud.
    pub simulated: Arc<SimClock>,
    /// What it sees of the process and of other hosts, in place of this.
    pub outside: Around,
}

/// The same, on a ground that may be another session's too.
///
/// # Errors
/// When the trace file cannot be made.
pub fn setup_in(
    Ground { bridge, simulated, outside: around }: Ground,
    drivers: Drivers,
    options: &Options,
    purpose: Purpose,
    environment: Environment,
    streams: Arc<Streams>,
    console: Arc<dyn Console>,
) -> std::io::Result<Setup> {
    let watch_requests =
        Arc::new(Watch::new(options.verbose, options.format == Format::Json, options.trace.as_deref())?);
    let found = config::find(&environment);
    // A configured cloud may be called `sim` too: `rhain sim` writes one, and it lives in the machine's own time.
    let mut entries = found.entries();
    entries.retain(|entry| entry.provider == "simulated");
    let embedded = move |name: &str| entries.iter().any(|entry| entry.name == name);
    let start = simulated.clone();
    let stands_in = Arc::new(AtomicBool::new(false));
    let (said, notes) = (stands_in.clone(), streams.clone());
    let real: Arc<dyn wire::Clock> = Arc::new(WallClock::start());
    // In a dry run a script's time is counted, not waited for; what is sent is waited for in the machine's own.
    let leaping = Arc::new(Leaping::new(real.clone()));
    let wall: Arc<dyn wire::Clock> = if options.dry_run { leaping.clone() } else { real.clone() };
    let alongside: Arc<dyn wire::Clock> = Arc::new(Alongside::new(wall.clone(), simulated.clone()));
    let clock = Arc::new(Turning::new(alongside.clone()));
    let chosen_clock = Arc::new(std::sync::OnceLock::new());
    let clock_of_drivers: Arc<std::sync::OnceLock<Arc<dyn crate::cloud::ports::Clock>>> =
        chosen_clock.clone();
    let (sim_clock, is_sim) = (simulated.clone(), embedded.clone());
    let (turning, outer) = (clock.clone(), alongside.clone());
    let wall_of_drivers = real.clone();
    // What a driver waits between its own looks counts as a wait of the run.
    let count_for = watch_requests.clone();
    let counted = move |clock: Arc<dyn wire::Clock>| -> Arc<dyn crate::cloud::ports::Clock> {
        Arc::new(CountedClock { clock: Arc::new(CloudClock(clock)), watch: count_for.clone() })
    };
    let told = streams.clone();
    let warn: Warn = Arc::new(move |text: &str| told.say(Tone::Warning, text));
    let logins = (!options.no_cache).then(|| LoginFiles::of(&environment)).flatten();
    let (talk, quiet, verbose) = (streams.clone(), options.quiet, options.verbose > 0);
    let clouds = Clouds::new(
        found,
        clouds::Options {
            cloud: options.cloud.clone(),
            timeout: options.timeout,
            pace: Pace::new(usize::from(options.concurrency), options.rate),
            dry_run: options.dry_run,
            simulate: purpose.simulate,
        },
        Box::new(move |name, plan, wire| {
            let clock: Arc<dyn crate::cloud::ports::Clock> = match is_sim(&name) {
                true => counted(sim_clock.clone()),
                false => {
                    // What a real cloud takes time for is waited for, whatever the session's own cloud is.
                    turning.turn(outer.clone());
                    clock_of_drivers.get_or_init(|| counted(wall_of_drivers.clone())).clone()
                }
            };
            match plan {
                Plan::OpenStack(settings) => {
                    let session = OpenStackSession::keeping(name, *settings, wire, logins.clone());
                    Arc::new(OpenStack::new(session, clock, warn.clone()))
                }
                Plan::Aws(settings) => Arc::new(Aws::new(aws_session(name, *settings, wire), clock)),
                Plan::CloudStack(settings) => {
                    let session = cloudstack_session(name, *settings, wire);
                    Arc::new(CloudStack::new(session, clock, warn.clone()))
                }
            }
        }),
        Box::new(move |name| {
            if said.swap(false, Ordering::Relaxed) {
                notes.talk(STANDS_IN);
            }
            let plan = match name {
                SIM_AWS => Plan::Aws(Box::new(start.aws()?)),
                SIM_CLOUDSTACK => Plan::CloudStack(Box::new(start.cloudstack()?)),
                SIM_ADMIN => Plan::OpenStack(Box::new(start.openstack("admin")?)),
                _ => Plan::OpenStack(Box::new(start.openstack("demo")?)),
            };
            Ok((plan, start.clone() as Arc<dyn wire::Clock>))
        }),
        real,
        watch_requests.clone(),
    )
    .of(drivers)
    .saying(Box::new(move |note| match note {
        Note::Warning(text) if !quiet => talk.say(Tone::Warning, text),
        Note::Detail(text) if verbose => talk.talk(text),
        _ => {}
    }));
    let chosen = clouds.chosen();
    let unasked =
        options.cloud.is_none() && chosen.as_ref().is_ok_and(|chosen| chosen.by.starts_with("no cloud"));
    stands_in.store(unasked, Ordering::Relaxed);
    let on_sim = chosen.as_ref().is_ok_and(|chosen| embedded(&chosen.name));
    if on_sim {
        clock.turn(simulated.clone());
    }
    let run_clock: Arc<dyn crate::cloud::ports::Clock> =
        Arc::new(CountedClock { clock: Arc::new(CloudClock(clock.clone())), watch: watch_requests.clone() });
    let all_ids = Ids::default();
    let clouds = Arc::new(match options.dry_run {
        true => {
            let (ids, of_run, shown) = (all_ids.clone(), run_clock.clone(), watch_requests.clone());
            let show: Show = Arc::new(move |change: &str| shown.kept(change));
            let counted: Counted = Arc::new(move || leaping.leapt());
            clouds.covered(Box::new(move |cloud| {
                Arc::new(Overlay::new(cloud, of_run.clone(), counted.clone(), ids.clone(), show.clone()))
            }))
        }
        false => clouds,
    });
    let outside: Arc<dyn Outside> =
        Arc::new(Process::new(environment.clone(), clouds.secrets(), watch_requests.clone(), options));
    let script = purpose.script.as_ref().map(|(name, _)| name.as_str());
    let modules = Arc::new(sharing::locked(options, &environment, script, outside.clone(), bridge.clone()));
    let outside = around(outside);
    let outside: Arc<dyn Outside> = match options.dry_run {
        true => Arc::new(OutsideOverlay::new(outside)),
        false => outside,
    };
    let (cancel, cancelled) = watch::channel(0);
    let progress: Arc<dyn Progress> = if options.quiet {
        Arc::new(Silent)
    } else {
        let style = super::console::style(options.no_color, |name| environment.get(name).map(str::to_string));
        let manner = match (options.format, style.unicode) {
            (Format::Json, _) => Manner::Events,
            (Format::Table, true) => Manner::Live,
            (Format::Table, false) => Manner::Lines,
        };
        Arc::new(Spinner::new(options.verbose > 0, manner))
    };
    streams.beside(progress.clone());
    let host = Arc::new(RunContext::new(
        run_clock,
        progress,
        clouds.clone(),
        outside,
        cancelled,
        RunOptions {
            concurrency: usize::from(options.concurrency),
            timeout: options.timeout.unwrap_or(wire::Settings::default().timeout),
            caches: !options.no_cache,
        },
    ));
    let policy = policy(options, &environment);
    host.gate_files(Arc::new(policy.clone()));
    let params = match purpose.script {
        Some((name, given)) => Params::new(Some(name), given),
        None => Params::default(),
    };
    let stopped = Arc::new(AtomicBool::new(false));
    let (flag, waits) = (stopped.clone(), cancel.clone());
    streams.stops(move || {
        flag.store(true, Ordering::Relaxed);
        waits.send_if_modified(|signal| std::mem::replace(signal, (*signal).max(1)) == 0);
    });
    let ledger = Arc::new(if options.dry_run { Ledger::of_dry_run() } else { Ledger::default() });
    let observers: Vec<Arc<dyn Observer>> = vec![
        Arc::new(Masks(host.clone())),
        Arc::new(Addresses(host.clone())),
        Arc::new(MadeByItems),
        ledger.clone(),
    ];
    let session = Arc::new(Session {
        stage: Arc::new(Stage::new(host.clock.clone(), observers)),
        host,
        policy,
        read_only: AtomicBool::new(false),
        ledger,
        bridge,
        console,
        texts: Texts::default(),
        params,
        stopped,
        signal: Arc::new(AtomicBool::new(false)),
        budget: Arc::new(Budget::default().within(options.max_memory)),
        slots: Slots::new(usize::from(options.concurrency)),
        endings: Endings::default(),
        locks: Default::default(),
        steps: AtomicU64::new(0),
        word_compares: Default::default(),
        remote: modules.clone(),
        narrowed: Default::default(),
        coverage: Default::default(),
    });
    Ok(Setup {
        session,
        modules,
        clouds,
        chosen,
        streams,
        watch: watch_requests,
        simulated,
        wall: alongside,
        clock,
        stands_in,
        ids: all_ids,
        cancel,
        environment,
    })
}

/// A session with an AWS cloud, from what was configured.
fn aws_session(name: Arc<str>, settings: AwsSettings, wire: wire::Wire) -> AwsSession {
    let keys = KeyRing::new(name.clone(), settings.source, wire.clone());
    let settings = aws::Settings {
        found: match settings.found.as_str() {
            "environment" => "the environment (AWS_*)".to_string(),
            place => place.to_string(),
        },
        region: settings.region,
        endpoints: settings.endpoints.named,
        any: settings.endpoints.any,
        amazon: settings.endpoints.amazon,
        hosts: settings.endpoints.hosts,
        signature: settings.version,
        keys,
    };
    AwsSession::new(name, settings, wire)
}

/// A session with a CloudStack cloud, from what was configured.
fn cloudstack_session(name: Arc<str>, settings: CloudStackSettings, wire: wire::Wire) -> CloudStackSession {
    let settings = cloudstack::Settings {
        found: match settings.found.as_str() {
            "environment" => "the environment (CLOUDSTACK_*)".to_string(),
            place => place.to_string(),
        },
        endpoint: settings.endpoint,
        auth: match settings.auth {
            CloudStackAuth::Keys(keys) => cloudstack::Auth::Keys(keys),
            CloudStackAuth::Password { username, password, domain } => {
                cloudstack::Auth::Password(Password { username, password, domain })
            }
        },
        project: settings.project,
        zone: settings.zone,
        lifetime: settings.lifetime,
        headers: settings.headers,
    };
    CloudStackSession::new(name, settings, wire)
}

/// What a session may do by its options.
pub(super) fn policy(options: &Options, environment: &Environment) -> Policy {
    Policy {
        read_only: options.read_only,
        dry_run: options.dry_run,
        yes: options.yes,
        read: grant(&options.allow_read),
        write: grant(&options.allow_write),
        exec: grant(&options.allow_exec),
        net: grant(&options.allow_net),
        environment: grant(&options.allow_env),
        denied: Grants {
            read: grant(&options.deny_read),
            write: grant(&options.deny_write),
            exec: grant(&options.deny_exec),
            net: grant(&options.deny_net),
            environment: grant(&options.deny_env),
            clouds: None,
        },
        clouds: options.clouds.clone(),
        directory: environment.cwd.clone(),
    }
}

/// An option that may be given bare: for everything.
fn grant(given: &[String]) -> Grant {
    if given.is_empty() {
        return Grant::Nothing;
    }
    if given.iter().any(String::is_empty) {
        return Grant::Everything;
    }
    Grant::These(given.iter().flat_map(|names| names.split(',')).map(str::to_string).collect())
}
