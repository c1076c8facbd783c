//! The built program in an empty environment: no cloud is configured, no colours, and nothing of the user's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the crate.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, about to be run in the crate's folder.
pub fn rhain<S: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhain"));
    command.args(words).current_dir(root()).env_clear().env("HOME", home()).env("NO_COLOR", "1");
    // No folder can be below a file: nothing is kept, and the home folder stays empty.
    command.env("XDG_CACHE_HOME", home().join("README"));
    // Journals of runs are each test process's own.
    command.env("XDG_STATE_HOME", std::env::temp_dir().join(format!("rhain-tests-{}", std::process::id())));
    command
}

/// A home folder with nothing in it.
pub fn home() -> PathBuf {
    root().join("tests/cases/empty-home")
}

/// What it wrote, and its exit code.
pub fn output(command: &mut Command) -> (String, String, Option<i32>) {
    let Output { stdout, stderr, status } = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (text(stdout), text(stderr), status.code())
}
