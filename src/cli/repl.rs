//! `rhain` and `rhain repl`: a session line by line on a terminal, statement by statement from what is none.
//!
//! The conversation is [`crate::repl`]'s; here it is given a cloud, signals and the streams. A session that is read
//! from a pipe ends at its first error with the exit code of that; one on a terminal goes on, and ends with 0.

use super::args::Options;
use super::console::plain;
use super::run::{self, NOT_RUN, STACK, TIME_LIMIT};
use super::setup::{Purpose, STANDS_IN, Setup, setup};
use super::signals::Signals;
use super::{clouds::Clouds, listing};
use crate::cloud::Error;
use crate::cloud::ports::Clouds as _;
use crate::config::Environment;
use crate::repl::{self, Around, Conversation, Terminal};
use crate::script::failure::{Cause, Failure};
use crate::wire::{Clock as _, WallClock};
use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Until the person leaves; the exit code.
pub(super) fn run(options: &Options) -> u8 {
    let environment = Environment::of_process();
    let setup = match setup(options, Purpose { script: None, simulate: true }, environment.clone()) {
        Ok(setup) => setup,
        Err(error) => return run::refuse(options, &environment, &run::no_trace(options, &error), NOT_RUN),
    };
    if let Err(code) = run::chosen(options, &setup) {
        return code;
    }
    let typed = std::io::stdin().is_terminal();
    let program = Arc::new(Program {
        options: options.clone(),
        wall: WallClock::start(),
        setup,
        typed,
        running: AtomicBool::new(false),
        seen: Mutex::default(),
    });
    let told = program.clone();
    let held = std::thread::Builder::new()
        .name("session".to_string())
        .stack_size(STACK)
        .spawn(move || if typed { at_terminal(&told) } else { from_pipe(&told) });
    let code = match held.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => program.broken("the session's thread broke; this is a mistake in rhain"),
        Err(error) => program.broken(&format!("the session's thread does not start: {error}")),
    };
    run::stats(options, &program.setup);
    if options.dry_run {
        run::kept(&program.setup);
    }
    code
}

fn at_terminal(program: &Arc<Program>) -> u8 {
    let mode = Mode::now();
    program.listen(Some(mode));
    let setup = &program.setup;
    if setup.stands_in.swap(false, Ordering::Relaxed) {
        setup.streams.note(STANDS_IN);
    }
    setup.streams.note(&program.greeting());
    let conversation = Conversation::new(setup.session.clone(), program.clone());
    let variable = |name: &str| setup.environment.get(name).map(str::to_string);
    let colour = std::io::stdout().is_terminal() && !plain(program.options.no_color, variable);
    let history = remembered(&setup.environment);
    match repl::talk(conversation, Terminal { colour, history }) {
        Ok(code) => code,
        Err(error) => program.broken(&format!("the terminal cannot be read: {error}")),
    }
}

fn from_pipe(program: &Arc<Program>) -> u8 {
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string());
    let text = read.and_then(|_| {
        String::from_utf8(bytes)
            .map_err(|error| format!("byte {} is no UTF-8 text", error.utf8_error().valid_up_to()))
    });
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            let error =
                Error::new(crate::cloud::Kind::Script, format!("standard input cannot be read: {why}"));
            let error = error.coded("cli::file").help("pipe statements of the language in, as UTF-8 text");
            return run::refuse(&program.options, &program.setup.environment, &error, NOT_RUN);
        }
    };
    program.listen(None);
    let mut conversation = Conversation::new(program.setup.session.clone(), program.clone()).unpaged();
    repl::read(&mut conversation, &text)
}

/// The file that remembers lines: below the user's own folder for state.
fn remembered(environment: &Environment) -> Option<PathBuf> {
    Some(environment.own_folder("XDG_STATE_HOME", ".local/state")?.join("history"))
}

/// The program around a session.
struct Program {
    options: Options,
    setup: Setup,
    wall: WallClock,
    /// Whether a person types.
    typed: bool,
    /// Whether something is evaluated now.
    running: AtomicBool,
    /// When the simulated cloud's time was last moved on.
    seen: Mutex<Duration>,
}

impl Program {
    fn broken(&self, message: &str) -> u8 {
        let error = Error::new(crate::cloud::Kind::Script, message);
        run::refuse(&self.options, &self.setup.environment, &error, 1)
    }

    fn clouds(&self) -> &Clouds {
        &self.setup.clouds
    }

    /// Ctrl-C stops what is evaluated, and leaves at once the second time; SIGTERM ends the session. Listening has
    /// begun when this returns.
    fn listen(self: &Arc<Program>, mode: Option<Mode>) {
        let handle = self.setup.session.bridge.handle();
        let listening = handle.enter();
        let Ok(mut signals) = Signals::listen() else { return };
        drop(listening);
        let program = self.clone();
        handle.spawn(async move {
            loop {
                let terminated = signals.next().await;
                if !program.running.load(Ordering::Relaxed) {
                    if program.typed && !terminated {
                        continue;
                    }
                    mode.iter().for_each(Mode::restore);
                    program.leave(terminated);
                }
                program.stop(terminated);
                let clock = WallClock::start();
                let again = tokio::select! {
                    again = signals.again() => Some(again),
                    () = clock.sleep(TIME_LIMIT) => None,
                };
                if !program.running.load(Ordering::Relaxed) && again.is_none() {
                    continue;
                }
                let again = match again {
                    Some(again) => again,
                    None => {
                        program.setup.session.host.progress.done();
                        program.setup.streams.note(
                            "stopped: what was sent is waited for, nothing new starts (again to leave at once)",
                        );
                        signals.again().await
                    }
                };
                // The call has ended meanwhile: this one is for what runs now.
                if !program.running.load(Ordering::Relaxed) {
                    if again {
                        mode.iter().for_each(Mode::restore);
                        program.leave(true);
                    }
                    continue;
                }
                if !program.setup.session.is_stopped() {
                    program.stop(again);
                    continue;
                }
                program.leave(again);
            }
        });
    }

    fn stop(&self, terminated: bool) {
        self.setup.session.signal.store(terminated, Ordering::Relaxed);
        self.setup.session.stopped.store(true, Ordering::Relaxed);
        self.setup.cancel.send_replace(if terminated { 2 } else { 1 });
    }

    /// Leave at once, with what may have been left behind said.
    fn leave(&self, terminated: bool) -> ! {
        self.setup.session.host.progress.done();
        if self.running.load(Ordering::Relaxed) {
            let mut exists = self.setup.session.ledger.exists();
            exists.extend(run::under_way(&self.setup.clouds));
            exists.push("what was being sent may have taken effect".to_string());
            let failure = Failure { cause: Cause::Interrupted { terminated }, sites: Vec::new() };
            run::report_with(&self.options, &self.setup, &failure, &exists);
        }
        std::process::exit(if terminated { 143 } else { 130 });
    }
}

impl Around for Program {
    fn cloud(&self) -> String {
        self.clouds().chosen().map(|chosen| chosen.name).unwrap_or_default()
    }

    fn greeting(&self) -> String {
        let name = self.cloud();
        let version = env!("CARGO_PKG_VERSION").rsplit_once('.').map_or("", |(short, _)| short);
        let described = self.clouds().described(&name).join(", ");
        format!("rhain {version} on {name} ({described})      :help for help, Ctrl-D to leave")
    }

    fn clouds(&self) -> String {
        listing::list(&self.options, &self.setup)
    }

    fn cloud_names(&self) -> Vec<String> {
        self.setup.clouds.known().into_iter().map(|known| known.name).collect()
    }

    fn turn(&self, cloud: &str) -> Result<(), Error> {
        self.setup.clouds.turn(cloud)?;
        // Where a real cloud was met, its time goes on.
        match self.setup.clouds.is_simulated(cloud) && !self.setup.clouds.has_real() {
            true => self.setup.clock.turn(self.setup.simulated.clone()),
            false => self.setup.clock.turn(self.setup.wall.clone()),
        }
        Ok(())
    }

    fn say_requests(&self, on: bool) {
        self.setup.watch.say_requests(on);
    }

    fn requests(&self) -> u64 {
        self.setup.clouds.counters().values().map(|counters| counters.requests).sum()
    }

    fn begin(&self) {
        let session = &self.setup.session;
        session.stopped.store(self.setup.streams.is_broken(), Ordering::Relaxed);
        session.signal.store(false, Ordering::Relaxed);
        self.setup.cancel.send_replace(0);
        if self.typed {
            // While a person thinks, what was booted goes on to become active.
            let now = self.wall.elapsed();
            let before =
                std::mem::replace(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner), now);
            self.setup.simulated.pass(now.saturating_sub(before));
        }
        self.running.store(true, Ordering::Relaxed);
    }

    fn end(&self) {
        self.running.store(false, Ordering::Relaxed);
        // What was stopped has ended; names for completion are asked for at the prompt.
        self.setup.cancel.send_replace(0);
    }

    fn elapsed(&self) -> Duration {
        self.wall.elapsed()
    }

    fn report(&self, failure: &Failure, exists: &[String]) -> u8 {
        run::report_with(&self.options, &self.setup, failure, exists)
    }

    fn refuse(&self, error: &Error) {
        run::refuse(&self.options, &self.setup.environment, error, 1);
    }

    fn path(&self, text: &str) -> PathBuf {
        self.setup.environment.path(text)
    }

    fn unheard(&self) -> bool {
        self.setup.streams.is_broken()
    }
}

/// How the terminal was before the session: a program that a signal ends must leave it so.
#[cfg(unix)]
struct Mode(Option<nix::sys::termios::Termios>);

#[cfg(unix)]
impl Mode {
    fn now() -> Mode {
        Mode(nix::sys::termios::tcgetattr(std::io::stdin()).ok())
    }

    fn restore(&self) {
        use std::io::Write as _;
        if let Some(mode) = &self.0 {
            // Where the terminal has gone there is nothing to restore.
            let _ =
                nix::sys::termios::tcsetattr(std::io::stdin(), nix::sys::termios::SetArg::TCSADRAIN, mode);
            let _ = std::io::stdout().write_all(b"\x1b[?2004l\n");
        }
    }
}

#[cfg(not(unix))]
struct Mode;

#[cfg(not(unix))]
impl Mode {
    fn now() -> Mode {
        Mode
    }

    fn restore(&self) {}
}
