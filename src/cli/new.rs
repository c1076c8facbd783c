//! `rhain new NAME`: a folder with a runbook, a module, a test that passes, and what keeps them right. Nothing is overwritten.

use super::args::{Format, Options};
use super::console::Streams;
use super::run::refuse;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::script::session::Console as _;
use std::io::Write as _;
use std::path::Path;

/// The files: path and text; `NAME` is the runbook's name.
const FILES: &[(&str, &str)] = &[
    ("NAME.rhai", RUNBOOK),
    ("lib.rhai", MODULE),
    ("NAME_test.rhai", TEST),
    (".gitignore", IGNORED),
    (".github/workflows/runbook.yml", CI),
];

const RUNBOOK: &str = r#"//! Boot servers and wait until they are ACTIVE.
//!
//! Try it without a cloud: rhain run --cloud sim NAME.rhai --count 2

import "./lib" as lib;

const COUNT = param("count", #{ type: "int", default: 1, min: 1, max: 20, help: "How many servers to boot." });
const IMAGE = param("image", "cirros", "The image of each.");
const FLAVOR = param("flavor", "m1.tiny", "The flavor of each.");

let servers = lib::boot_fleet("NAME", COUNT, IMAGE, FLAVOR);
table(servers, ["name", "status", "flavor"]);
"#;

const MODULE: &str = r#"//! What the runbook does, as functions that its test calls too.

/// Boot so many servers, `name-1` and so on, and wait until they are ACTIVE.
///
/// ```
/// boot_fleet("web", 2, "cirros", "m1.tiny").len()   // 2
/// ```
fn boot_fleet(name, count, image, flavor) {
    let servers = parallel(1..=count, |n| boot(`${name}-${n}`, #{ image: image, flavor: flavor }));
    servers.wait_active()
}
"#;

const TEST: &str = r#"//! Run with: rhain test
//! clouds: openstack, aws

import "./lib" as lib;

fn test_boots_as_many_as_it_is_asked_for() {
    let servers = lib::boot_fleet("web", 2, "cirros", "m1.tiny");
    assert_eq(servers.len(), 2);
    assert(servers.all(|s| s.status == "ACTIVE"), "every server is ACTIVE");
}
"#;

const IGNORED: &str = "# What runs and bundles leave behind.\n*.bundle.rhai\n/coverage/\n/site/\n";

const CI: &str = "# Install rhain first, as your runners get their tools.\nname: runbook\non: [push, pull_request]\njobs:\n  runbook:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: rhain fmt --check\n      - run: rhain check .\n      - run: rhain test\n      - run: rhain run --cloud sim NAME.rhai\n";

/// 0 where it was made, 2 where nothing was.
pub(super) fn run(options: &Options, name: &str) -> u8 {
    let environment = Environment::of_process();
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    match make(&environment, name) {
        Ok(made) => {
            streams.data(&made.join("\n"));
            let file = made.first().map_or("", String::as_str);
            streams.note(&format!("try it: rhain run --cloud sim {file}"));
            0
        }
        Err(error) => refuse(options, &environment, &error, 2),
    }
}

/// Make the files; gives their paths, the runbook's first.
fn make(environment: &Environment, name: &str) -> Result<Vec<String>, Error> {
    let own = Path::new(name).file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    let own = own.trim_end_matches(".rhai").to_string();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !own.starts_with(|c: char| c.is_ascii_alphabetic()) || !own.chars().all(fits) {
        return Err(Error::new(Kind::InvalidArgument, "this is no name for a runbook")
            .coded("cli::file")
            .help("use letters, digits, `-` and `_`, a letter first: rhain new web-fleet"));
    }
    let shown = name.trim_end_matches(".rhai").trim_end_matches('/');
    let folder = environment.cwd.join(shown);
    let why = |why: std::io::Error| {
        let error = Error::new(Kind::Script, format!("`{shown}` cannot be made: {why}")).coded("cli::file");
        error.help(
            "choose a folder that is not there yet, in one that can be written; nothing was overwritten",
        )
    };
    if let Some(parent) = folder.parent() {
        std::fs::create_dir_all(parent).map_err(why)?;
    }
    // Fails where anything of that name is there, a link among it.
    std::fs::create_dir(&folder).map_err(why)?;
    let mut made = Vec::new();
    for (path, text) in FILES {
        let path = path.replace("NAME", &own);
        let file = folder.join(&path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent).map_err(why)?;
        }
        let mut new = std::fs::File::options().write(true).create_new(true).open(&file).map_err(why)?;
        // The module's comment speaks of names of servers.
        let text = if path == "lib.rhai" { (*text).to_string() } else { text.replace("NAME", &own) };
        new.write_all(text.as_bytes()).map_err(why)?;
        made.push(format!("{shown}/{path}"));
    }
    Ok(made)
}
