//! The person at the terminal: a question on standard error, and a line that is typed.
//!
//! Standard input may be a script or data, so the answer is read from the terminal itself. Reading cannot be called
//! off, so it has a thread of its own: who asked may be interrupted, and the thread ends with the process.

use crate::script::session::Answer;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Write as _};
use tokio::sync::oneshot;

/// Ask; `None` where no person sees the question or can answer it.
pub(super) fn ask(question: &str, hidden: bool) -> Option<Answer> {
    if !io::stderr().is_terminal() {
        return None;
    }
    let terminal = File::options().read(true).open(DEVICE).ok()?;
    let mute = if hidden { Some(Mute::new(&terminal)?) } else { None };
    let mut talk = io::stderr().lock();
    write!(talk, "{question}").and_then(|()| talk.flush()).ok()?;
    let (tell, told) = oneshot::channel();
    let reading = move || {
        let mut line = Vec::new();
        let read = BufReader::new(terminal).read_until(b'\n', &mut line);
        let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_string();
        // Nobody waits for it any more where the run was interrupted.
        let _ = tell.send(read.ok().filter(|count| *count > 0).map(|_| text));
    };
    std::thread::Builder::new().name("answer".to_string()).spawn(reading).ok()?;
    let line = Line { open: true };
    Some(Box::pin(async move {
        let mut line = line;
        let answer = told.await.ok().flatten();
        // What was typed and shown has ended the line itself.
        line.open = mute.is_some() || answer.is_none();
        drop(mute);
        answer
    }))
}

/// The line of the question: ended where nobody typed its end.
struct Line {
    open: bool,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.open {
            let _ = writeln!(io::stderr());
        }
    }
}

#[cfg(unix)]
const DEVICE: &str = "/dev/tty";
#[cfg(not(unix))]
const DEVICE: &str = "CONIN$";

/// A terminal that does not show what is typed, until this is dropped.
#[cfg(unix)]
struct Mute(File, rustix::termios::Termios);

#[cfg(unix)]
impl Mute {
    fn new(terminal: &File) -> Option<Mute> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let own = terminal.try_clone().ok()?;
        let before = tcgetattr(&own).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&own, OptionalActions::Flush, &silent).ok()?;
        Some(Mute(own, before))
    }
}

#[cfg(unix)]
impl Drop for Mute {
    fn drop(&mut self) {
        let _ = rustix::termios::tcsetattr(&self.0, rustix::termios::OptionalActions::Now, &self.1);
    }
}

/// Where echo cannot be turned off, a secret is not asked for.
#[cfg(not(unix))]
struct Mute;

#[cfg(not(unix))]
impl Mute {
    fn new(_: &File) -> Option<Mute> {
        None
    }
}
