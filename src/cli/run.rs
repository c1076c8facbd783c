//! `rhain run` and `rhain -e`: compile, check the parameters, run, report, and choose the exit code.

use super::args::{Arguments, Format, Options, everywhere, parameters};
use super::console::{Streams, style};
use super::given::gather;
use super::journal::{self, Ended};
use super::permissions;
use super::setup::{Purpose, Setup, setup};
use super::signals::Signals;
use crate::check::{self, Severity};
use crate::cloud::{Error, Kind, Noun, Value};
use crate::config::Environment;
use crate::diag::{self, Report};
use crate::effects::journal::Replay;
use crate::output;
use crate::script::failure::{Cause, Failure};
use crate::script::given::{self, Given};
use crate::script::params;
use crate::script::run::{Program, exit_code};
use crate::script::session::Console as _;
use crate::wire::{Clock as _, WallClock};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The script's thread: a thousand nested calls fit.
pub(super) const STACK: usize = 64 << 20;

/// A run that ended because nobody reads its output any more, as a shell tells of SIGPIPE.
const UNREAD: u8 = 141;

/// What becomes of the chosen cloud's refusal.
const NO_CLOUD: u8 = 3;
/// The script was not run.
pub(super) const NOT_RUN: u8 = 2;

/// Run a script file, or standard input for `-`.
pub(super) fn file(arguments: &Arguments, file: &str, words: &[String]) -> u8 {
    let environment = Environment::of_process();
    let text = read(file);
    let given =
        parameters(words).map_err(|message| Error::new(Kind::InvalidArgument, message).coded("param::value"));
    let (text, given) = match (text, given) {
        (Ok(text), Ok(given)) => (text, given),
        (Err(error), _) | (_, Err(error)) => {
            return refuse(&arguments.options, &environment, &error, NOT_RUN);
        }
    };
    let allowed = match permissions::asked(&arguments.options, &environment, file, &text) {
        Ok(allowed) => allowed,
        Err(error) => return refuse(&arguments.options, &environment, &error, NOT_RUN),
    };
    let arguments = &Arguments { options: allowed, expression: None, command: None };
    let purpose = Purpose { script: Some((file.to_string(), given.given.clone())), simulate: false };
    let setup = match setup(&arguments.options, purpose, environment.clone()) {
        Ok(setup) => setup,
        Err(error) => {
            return refuse(&arguments.options, &environment, &no_trace(&arguments.options, &error), NOT_RUN);
        }
    };
    let program = match compile(&arguments.options, &setup, file, &text) {
        Ok(program) => program,
        Err(code) => return code,
    };
    interruptions(&arguments.options, &setup);
    let gathered = gather(&arguments.options, &setup, program.params(), &given);
    let checked = gathered.and_then(|all| {
        given::check(program.params(), &all, &given.bare, &everywhere())
            .map(|()| setup.session.params.give(all))
    });
    match checked {
        Ok(()) => {}
        Err(error) if error.kind == Kind::Cancelled => {
            let terminated = setup.session.signal.load(Ordering::Relaxed);
            return if terminated { 143 } else { 130 };
        }
        Err(error) => return refuse(&arguments.options, &setup.environment, &error, NOT_RUN),
    }
    if let Err(code) = chosen(&arguments.options, &setup) {
        return code;
    }
    if let Err(failure) = params::resolve(&setup.session, program.params()) {
        return unresolved(&arguments.options, &setup, &failure);
    }
    let given = setup.session.params.all();
    run(&arguments.options, setup, Running { program, show: false, given, replay: None })
}

/// A parameter that names nothing, or several: the script is not run. A cloud that refuses or does not answer ends it as
/// it would end the script.
pub(super) fn unresolved(options: &Options, setup: &Setup, failure: &Failure) -> u8 {
    let code = report(options, setup, failure);
    match &failure.cause {
        Cause::Error(error)
            if matches!(error.kind, Kind::NotFound | Kind::Ambiguous | Kind::InvalidArgument) =>
        {
            NOT_RUN
        }
        _ => code,
    }
}

/// The text of a script: a file's, or that of standard input for `-`.
///
/// # Errors
/// When it cannot be read, or is no text.
pub(super) fn read(file: &str) -> Result<String, Error> {
    let bytes = match file {
        "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        }
        path => crate::base::file::read(std::path::Path::new(path)),
    };
    let bytes = bytes.map_err(|error| {
        Error::new(Kind::Script, format!("`{file}` cannot be read: {}", unread(&error)))
            .coded("cli::file")
            .help("give the path of a script, or `-` for standard input")
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(Kind::Script, format!("`{file}` is not text: byte {at} is no UTF-8"))
            .coded("cli::file")
            .help("save it as UTF-8")
    })
}

/// Evaluate an expression and print what it gives.
pub(super) fn expression(options: &Options, text: &str) -> u8 {
    let environment = Environment::of_process();
    let purpose = Purpose { script: None, simulate: true };
    let setup = match setup(options, purpose, environment.clone()) {
        Ok(setup) => setup,
        Err(error) => {
            return refuse(options, &environment, &no_trace(options, &error), NOT_RUN);
        }
    };
    let program = match compile(options, &setup, "-e", text) {
        Ok(program) => program,
        Err(code) => return code,
    };
    if options.cloud.is_some()
        && let Err(code) = chosen(options, &setup)
    {
        return code;
    }
    interruptions(options, &setup);
    run(options, setup, Running { program, show: true, given: BTreeMap::new(), replay: None })
}

/// What is run, and how.
pub(super) struct Running {
    /// The script.
    pub(super) program: Arc<Program>,
    /// Whether its last value is printed.
    pub(super) show: bool,
    /// The parameters that it was given.
    pub(super) given: BTreeMap<String, Given>,
    /// The run that it goes on with.
    pub(super) replay: Option<Arc<Replay>>,
}

/// Why a file cannot be read, in a person's words.
pub(super) fn unread(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_string(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_string(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_string(),
        _ => error.to_string(),
    }
}

/// The trace file that cannot be made.
pub(super) fn no_trace(options: &Options, error: &std::io::Error) -> Error {
    let path = options.trace.as_deref().unwrap_or_else(|| std::path::Path::new("")).display();
    Error::new(Kind::Script, format!("the trace file `{path}` cannot be made: {error}"))
        .coded("cli::file")
        .help("give --trace a file in a folder that is there")
}

/// Check and compile: what is certainly wrong is told before anything runs, all of it.
pub(super) fn compile(options: &Options, setup: &Setup, name: &str, text: &str) -> Result<Arc<Program>, u8> {
    let checked = check::all(&setup.session, name, text);
    let mut refused = false;
    for (nth, source) in checked.iter().enumerate() {
        let shown = |finding: &&check::Finding| {
            finding.severity == Severity::Error || (!options.quiet && name != "-e")
        };
        for finding in source.findings.iter().filter(shown) {
            refused |= finding.severity == Severity::Error;
            let report = diag::from_check::report(&checked, nth, finding);
            draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
        }
    }
    if refused {
        return Err(NOT_RUN);
    }
    let program =
        Program::compile(&setup.session, name, text).map_err(|failure| report(options, setup, &failure))?;
    Ok(Arc::new(program))
}

/// The session's cloud must be known and have credentials before a script starts.
pub(super) fn chosen(options: &Options, setup: &Setup) -> Result<(), u8> {
    let opened = match &setup.chosen {
        Ok(_) => crate::cloud::ports::Clouds::get(&*setup.clouds, None).map(|_| ()),
        Err(error) => Err(error.clone()),
    };
    opened.map_err(|error| refuse(options, &setup.environment, &error, NO_CLOUD))
}

fn run(options: &Options, setup: Setup, run: Running) -> u8 {
    journal::tell_stopped(options, &setup);
    let journal = journal::begin(options, &setup, &run);
    let ended = run_to_end(options, &setup, run);
    if let Some(journal) = journal {
        journal::end(&journal, &setup, &ended);
    }
    ended.code
}

/// Run a script on a thread of its own, and report how it ended.
pub(super) fn run_to_end(options: &Options, setup: &Setup, run: Running) -> Ended {
    let Running { program, show, replay, .. } = run;
    let running = program.clone();
    let thread =
        std::thread::Builder::new().name("script".to_string()).stack_size(STACK).spawn(move || running.run());
    let result = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(broken("the script's thread broke; this is a mistake in rhain")),
        Err(error) => Err(broken(&format!("the script's thread does not start: {error}"))),
    };
    setup.session.host.progress.done();
    let path = match &result {
        Err(Failure { cause: Cause::Error(error), .. }) => error.path.as_deref().map(str::to_string),
        _ => None,
    };
    let code = match result {
        Ok(value) => {
            if show {
                print(options, setup, &value);
            }
            0
        }
        // Why it does not go on is told by who resumes it.
        Err(_) if replay.is_some_and(|replay| replay.stopped().is_some()) => 1,
        // A reader of our output that has gone ends a script; it is nobody's mistake.
        Err(Failure { cause: Cause::Interrupted { .. }, .. }) if setup.streams.is_broken() => {
            for line in setup.session.ledger.exists() {
                setup.streams.note(&format!("stopped, for nobody reads the output any more: {line}"));
            }
            UNREAD
        }
        Err(failure) => report(options, setup, &failure),
    };
    // What failed at the end, after the failure that the run ends with.
    for failure in setup.session.endings.failures() {
        if let Some(report) = diag::from_script::report(&failure, &setup.session.texts, &[]) {
            draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
        }
    }
    Ended { code: complete(options, setup, code), path }
}

/// What is told at the end of every run; gives the exit code, which tells of output that was lost too.
fn complete(options: &Options, setup: &Setup, code: u8) -> u8 {
    stats(options, setup);
    if setup.streams.lost().is_some() {
        return written(options, &setup.environment, &setup.streams, 1);
    }
    if let Some(why) = setup.watch.lost() {
        let file = options.trace.as_deref().unwrap_or_else(|| std::path::Path::new("")).display();
        let error = Error::new(Kind::Failed, format!("the trace file `{file}` is not complete: {why}"))
            .coded("cli::output")
            .help("look for room on the disk; the run itself went on");
        let told = refuse(options, &setup.environment, &error, 1);
        return if code == 0 { told } else { code };
    }
    if options.dry_run {
        kept(setup);
    }
    code
}

/// The exit code of what was to be written to standard output: where some of it was lost, that is told, and is a failure.
pub(super) fn written(options: &Options, environment: &Environment, streams: &Streams, code: u8) -> u8 {
    let Some(why) = streams.lost() else { return code };
    refuse(options, environment, &incomplete(why), 1)
}

/// Not all of what was to be written to standard output is there.
pub(super) fn incomplete(why: &str) -> Error {
    Error::new(Kind::Failed, format!("standard output cannot be written: {why}"))
        .coded("cli::output")
        .help("look for room on the disk; what was printed is not complete")
}

/// What a dry run would have changed, in order.
pub(super) fn kept(setup: &Setup) {
    let changes = setup.session.ledger.changes();
    if !changes.is_empty() {
        let lines = changes.iter().enumerate().map(|(nth, change)| format!("\n{:>4}. {change}", nth + 1));
        let lines = setup.clouds.hide(&lines.collect::<String>());
        setup.streams.note(&format!("dry run: the changes, in order{lines}"));
    }
    setup.streams.note("dry run: no change was sent to a cloud");
}

fn broken(message: &str) -> Failure {
    Failure { cause: Cause::Error(Error::new(Kind::Script, message)), sites: Vec::new() }
}

/// Print the final value of an expression.
fn print(options: &Options, setup: &Setup, value: &Value) {
    let session = &setup.session;
    let name_of = |cloud: &str, noun: Noun, id: &str| {
        session.name_of(cloud, noun, id).unwrap_or_else(|_| Value::text(id))
    };
    if options.format == Format::Json {
        session.freshen(value);
        let cloud = setup.chosen.as_ref().map(|chosen| chosen.name.clone()).unwrap_or_default();
        let json = value.to_json(&|noun, id| name_of(&cloud, noun, id));
        session.console.data(&json.to_string());
        return;
    }
    let read = |resource: &crate::cloud::Handle, field: &str| {
        session.field(resource, field).ok().flatten().unwrap_or(Value::Unit)
    };
    if let Some(text) = output::show::show(value, &read, session.console.width()) {
        session.console.data(&text);
    }
}

/// Report a failure and give its exit code.
pub(super) fn report(options: &Options, setup: &Setup, failure: &Failure) -> u8 {
    let mut exists = setup.session.ledger.exists();
    if matches!(failure.cause, Cause::Interrupted { .. }) {
        exists.extend(under_way(&setup.clouds));
    }
    report_with(options, setup, failure, &exists)
}

/// What clouds still do for a run that is broken off, with the last that was seen of it.
pub(super) fn under_way(clouds: &super::clouds::Clouds) -> Vec<String> {
    let open =
        crate::cloud::ports::Clouds::made(clouds).into_iter().flat_map(|cloud| cloud.open_operations());
    let line = |operation: crate::cloud::Operation| match &operation.state {
        Some(state) => format!("{}, which was last {state}", operation.open()),
        None => operation.open(),
    };
    open.map(line).collect()
}

/// The same, with other lines of what exists now.
pub(super) fn report_with(options: &Options, setup: &Setup, failure: &Failure, exists: &[String]) -> u8 {
    let code = match &failure.cause {
        Cause::Error(error) if refused_at_login(setup, error) || unusable(setup, error) => {
            i64::from(NO_CLOUD)
        }
        _ => exit_code(failure),
    };
    if let Some(report) = diag::from_script::report(failure, &setup.session.texts, exists) {
        draw(options, &setup.environment, &report, |text| setup.clouds.hide(text));
    }
    u8::try_from(code).unwrap_or(1)
}

/// Whether it is the session's own cloud that configuration does not describe well enough.
fn unusable(setup: &Setup, error: &Error) -> bool {
    let own = match &setup.chosen {
        Ok(_) => crate::cloud::ports::Clouds::get(&*setup.clouds, None).err(),
        Err(why) => Some(why.clone()),
    };
    // Several regions, and none chosen.
    let own_region = (error.kind, error.diagnostic) == (Kind::Ambiguous, Some("config::value"))
        && setup.chosen.as_ref().is_ok_and(|chosen| error.cloud.as_deref() == Some(chosen.name.as_str()));
    own_region || own.is_some_and(|own| own.diagnostic == error.diagnostic && own.message == error.message)
}

/// Whether the chosen cloud refused the credentials before it ever took them.
fn refused_at_login(setup: &Setup, error: &Error) -> bool {
    let own = setup.chosen.as_ref().is_ok_and(|chosen| error.cloud.as_deref() == Some(chosen.name.as_str()));
    let login = error.request.as_ref().is_some_and(|line| line.path.contains("/tokens"));
    // AWS knows no login: its first refusal is one, until a request was taken.
    let first = || {
        let counters = setup.clouds.counters();
        let accepted = error.cloud.as_ref().and_then(|name| counters.get(name)).map_or(0, |all| all.accepted);
        error.provider == Some("aws") && accepted == 0
    };
    own && error.kind == Kind::Unauthorized
        && (login || error.diagnostic == Some("config::credentials") || first())
}

/// Report an error that no script is to blame for.
pub(super) fn refuse(options: &Options, environment: &Environment, error: &Error, code: u8) -> u8 {
    let read = |path: &str| std::fs::read_to_string(environment.path(path)).ok();
    let mut report = diag::from_config::report(error, &read);
    for also in &error.also {
        report.help.push(match &also.help {
            Some(help) => format!("{}: {help}", also.message),
            None => also.message.clone(),
        });
    }
    draw(options, environment, &report, str::to_string);
    code
}

/// Draw a report on standard error, or write it as an event.
pub(super) fn draw(
    options: &Options,
    environment: &Environment,
    report: &Report,
    hide: impl Fn(&str) -> String,
) {
    use std::io::Write as _;
    let text = if options.format == Format::Json {
        let severity = if report.severity == diag::Severity::Error { "error" } else { "warning" };
        let mut event = serde_json::Map::from_iter([("event".to_string(), severity.into())]);
        if let serde_json::Value::Object(told) = diag::to_json(report, &[]) {
            event.extend(told);
        }
        format!("{}\n", crate::base::visible::json(&serde_json::Value::Object(event).to_string()))
    } else {
        let style = style(options.no_color, |name| environment.get(name).map(str::to_string));
        diag::draw(report, style, &[])
    };
    // Nobody may listen on standard error; the exit code still tells.
    let _ = write!(std::io::stderr(), "{}", hide(&text));
}

/// How long a run that was told to stop may take before a person is told why it has not ended.
pub(super) const TIME_LIMIT: std::time::Duration = std::time::Duration::from_millis(300);

/// How long what was put off until the end may take after an interruption.
const HANDLERS: std::time::Duration = std::time::Duration::from_secs(300);

/// The first Ctrl-C or SIGTERM ends waits and loops; the second leaves at once. Listening has begun when this returns.
pub(super) fn interruptions(options: &Options, setup: &Setup) {
    let handle = setup.session.bridge.handle();
    let listening = handle.enter();
    let Ok(mut signals) = Signals::listen() else { return };
    drop(listening);
    let cancel = setup.cancel.clone();
    let session = setup.session.clone();
    let streams = setup.streams.clone();
    let (options, environment, clouds) = (options.clone(), setup.environment.clone(), setup.clouds.clone());
    handle.spawn(async move {
        let terminated = signals.next().await;
        session.signal.store(terminated, Ordering::Relaxed);
        session.stopped.store(true, Ordering::Relaxed);
        session.stage.interrupted(if terminated { "TERM" } else { "INT" });
        cancel.send_replace(if terminated { 2 } else { 1 });
        let clock = WallClock::start();
        let again = tokio::select! {
            again = signals.again() => again,
            () = clock.sleep(TIME_LIMIT) => {
                session.host.progress.done();
                streams.note("stopped: what was sent is waited for, nothing new starts (again to leave at once)");
                tokio::select! {
                    again = signals.again() => again,
                    () = clock.sleep(HANDLERS) => {
                        session.host.cut_short();
                        streams.note("stopped: what `defer` and `on_failure` left takes longer than 5m and is ended");
                        signals.again().await
                    }
                }
            }
        };
        session.host.progress.done();
        let mut exists = session.ledger.exists();
        exists.extend(under_way(&clouds));
        exists.push("what was being sent may have taken effect".to_string());
        let failure = Failure { cause: Cause::Interrupted { terminated: again }, sites: Vec::new() };
        if let Some(report) = diag::from_script::report(&failure, &session.texts, &exists) {
            draw(&options, &environment, &report, |text| clouds.hide(text));
        }
        std::process::exit(if again { 143 } else { 130 });
    });
}

pub(super) fn stats(options: &Options, setup: &Setup) {
    if !options.stats {
        return;
    }
    let counters = setup.clouds.counters();
    if options.format == Format::Json {
        setup.streams.line(&setup.watch.summary_json(&counters).to_string());
        return;
    }
    setup.watch.summary(&counters).iter().for_each(|line| setup.streams.talk(line));
}
