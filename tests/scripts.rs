//! The runbooks of `scripts/` and the modules of `stdlib/`: they run to their end on the simulated cloud and print what
//! is written down; a step that fails leaves nothing behind. `.ci/run` holds a real cloud to the same words.
//! `RHAIN_WRITE=1 cargo test --test all scripts::` writes them down anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::disallowed_methods)] // the macro that makes a test of an async function blocks on it

use crate::support::program::{output, rhain, root};
use crate::support::{Program, Served};
use rhain_sim::{Sim, SimOptions, SimTime};
use std::path::PathBuf;

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let tests = |file: &PathBuf| file.to_string_lossy().ends_with("_test.rhai");
    files.retain(|file| file.to_string_lossy().ends_with(ending) && tests(file) == (ending == "_test.rhai"));
    files.sort();
    assert!(!files.is_empty(), "{folder} has no {ending}");
    files
}

/// Hold a text to the file it is written down in.
pub fn held(what: &str, text: &str, file: &std::path::Path) {
    if std::env::var_os("RHAIN_WRITE").is_some() {
        std::fs::write(file, text).unwrap();
    }
    let wanted = std::fs::read_to_string(file).unwrap_or_default();
    if text != wanted {
        let (mut now, mut then) = (text.lines(), wanted.lines());
        let differs = (1..).find_map(|nth| match (now.next(), then.next()) {
            (a, b) if a == b && a.is_some() => None,
            (a, b) => Some(format!("line {nth} is {a:?}, not {b:?}")),
        });
        let file = file.display();
        panic!(
            "{what} differs from {file}: {}; RHAIN_WRITE=1 with this test writes it anew",
            differs.unwrap()
        );
    }
}

/// Of stacks, whose events are told on the way; it takes templates and no image.
fn is_of_stacks(script: &std::path::Path) -> bool {
    script.ends_with("14-stack.rhai")
}

/// The simulated cloud that a runbook is for: its header says where it takes an administrator.
pub fn cloud_of(script: &std::path::Path) -> &'static str {
    let text = std::fs::read_to_string(script).unwrap();
    match text.lines().find_map(|line| line.strip_prefix("//! role: ")) {
        None => "sim",
        Some("admin") => "sim:admin",
        Some(other) => panic!("{}: no role is called {other}", script.display()),
    }
}

#[test]
fn runbooks_print_what_is_written_down() {
    for script in files("scripts", ".rhai").into_iter().filter(|script| !is_of_stacks(script)) {
        let name = script.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = tempfile::tempdir().unwrap();
        let mut run = rhain(["run", "--cloud", cloud_of(&script)]);
        run.arg(&script);
        // One of them moves bytes through a file.
        if name == "11-image-transfer" {
            for option in ["--folder=", "--allow-read=", "--allow-write="] {
                run.arg(format!("{option}{}", folder.path().display()));
            }
        }
        let (out, err, code) = output(&mut run);
        let told: Vec<&str> = err.lines().filter(|line| !line.starts_with("+ ")).collect();
        assert_eq!((code, told), (Some(0), vec![]), "{name}\n{out}");
        held(&name, &out, &root().join(format!("tests/cases/scripts/{name}.out")));
    }
}

/// What does not speak of what only one kind of cloud has is the same on both.
#[test]
fn runbooks_print_the_same_on_the_ec2_face() {
    for name in ["01-hello", "05-fleet", "06-ec2", "07-orphans", "12-rotate-keys"] {
        let script = format!("scripts/{name}.rhai");
        let (out, err, code) = output(rhain(["run", "--cloud", "sim:aws"]).arg(root().join(script)));
        let told: Vec<&str> = err.lines().filter(|line| !line.starts_with("+ ")).collect();
        assert_eq!((code, told), (Some(0), vec![]), "{name}\n{out}");
        held(name, &out, &root().join(format!("tests/cases/scripts/{name}.out")));
    }
}

#[test]
fn runbooks_print_the_same_on_the_cloudstack_face() {
    for name in ["01-hello", "05-fleet", "15-cloudstack"] {
        let script = format!("scripts/{name}.rhai");
        let (out, err, code) = output(rhain(["run", "--cloud", "sim:cloudstack"]).arg(root().join(script)));
        let told: Vec<&str> = err.lines().filter(|line| !line.starts_with("+ ")).collect();
        assert_eq!((code, told), (Some(0), vec![]), "{name}\n{out}");
        held(name, &out, &root().join(format!("tests/cases/scripts/{name}.out")));
    }
}

/// The whole runbook by name and password: one login, and no key.
#[test]
fn the_runbook_of_cloudstack_runs_by_password() {
    let served = Served::new();
    let access = served.sim.cloudstack_access();
    let profile = format!(
        "[core]\nprofile = lab\n\n[lab]\nurl = {}\nusername = {}\npassword = {}\ndomain = /\n",
        access.url, access.user, access.password
    );
    let program = Program::new();
    program.file("../home/.cmk/config", &profile);
    let script = root().join("scripts/15-cloudstack.rhai");
    let script = script.to_str().unwrap();
    let ended = program.run(&["run", "--cloud", "cloudstack:lab", script]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    held("15-cloudstack", &ended.out, &root().join("tests/cases/scripts/15-cloudstack.out"));
    let seen = served.sim.requests();
    let logins = seen.iter().filter(|seen| seen.operation == "cloudstack.login").count();
    let logouts = seen.iter().filter(|seen| seen.operation == "cloudstack.logout").count();
    assert_eq!((logins, logouts), (1, 1));
    // A name that is nothing's may be an id, and is asked for as one at last.
    let answered = seen.iter().all(|seen| seen.status == 200 || seen.path.contains("&id=stacked"));
    assert!(answered && seen.iter().all(|seen| !seen.path.contains("apiKey")), "{seen:?}");
    assert!(!ended.all().contains(&access.password), "{}", ended.err);
}

#[test]
fn the_runbook_of_stacks_prints_the_same_on_heat_and_cloudformation() {
    let script = root().join("scripts/14-stack.rhai");
    for cloud in ["sim", "sim:aws"] {
        let (out, err, code) = output(rhain(["run", "--cloud", cloud]).arg(&script));
        assert_eq!(code, Some(0), "{cloud}\n{out}\n{err}");
        held("14-stack", &out, &root().join("tests/cases/scripts/14-stack.out"));
        assert!(err.contains("ROLLBACK_COMPLETE"), "{cloud}\n{err}");
    }
}

#[test]
fn runbooks_tell_what_they_take() {
    for script in files("scripts", ".rhai").into_iter().filter(|script| !is_of_stacks(script)) {
        let (out, err, code) = output(rhain(["doc"]).arg(&script));
        assert_eq!((code, err.as_str()), (Some(0), ""), "{}", script.display());
        assert!(out.contains("\nparameters\n  --"), "{out}");
        assert!(!out.contains("functions"), "a runbook's functions are its own business:\n{out}");
    }
}

/// Each script is led to an error after it has made something; then the world is as it was.
#[tokio::test]
async fn a_runbook_that_fails_leaves_nothing_behind() {
    let cases: [(&str, &[&str]); 3] = [
        ("01-hello", &["--larger", "nope"]),
        ("02-inventory", &["--flavor", "m1.nano"]),
        ("03-book", &["--larger", "nope"]),
    ];
    for (name, parameters) in cases {
        let sim =
            Sim::start(SimOptions { time: SimTime::Wall, ..SimOptions::default() }).await.expect("listens");
        let home = tempfile::tempdir().unwrap();
        let clouds = home.path().join("clouds.yaml");
        std::fs::write(&clouds, sim.clouds_yaml()).unwrap();
        let mut command = rhain(["run".to_string(), format!("scripts/{name}.rhai")]);
        command.args(parameters).env("OS_CLIENT_CONFIG_FILE", &clouds).env("OS_CLOUD", "sim");
        let (out, err, code) =
            tokio::task::spawn_blocking(move || output(&mut command)).await.expect("finishes");
        assert_eq!(code, Some(1), "{name}: {out}{err}");
        let reason = if name == "02-inventory" { "Only volume-backed servers" } else { "no flavor `nope`" };
        assert!(err.contains(reason), "{name}: {out}{err}");
        // Caught, cleaned up after and thrown again: the report still shows the line that went wrong.
        assert!(!err.contains("throw e"), "{name}: {err}");
        let journal = sim.journal();
        let of = |operation: &str| {
            let mut ids: Vec<String> = journal
                .iter()
                .filter(|write| write.operation == operation)
                .map(|write| write.id.clone())
                .collect();
            ids.sort();
            ids
        };
        let mut deleted = of("server.delete");
        deleted.extend(of("server.force_delete"));
        deleted.sort();
        assert_eq!(of("server.create"), deleted, "{name}: {journal:#?}");
        assert_eq!(of("keypair.create"), of("keypair.delete"), "{name}: {journal:#?}");
        assert!(
            name == "02-inventory" || !of("server.create").is_empty(),
            "{name} made nothing: {journal:#?}"
        );
    }
}

/// `rhain test` over the standard library and the runbooks: all of it passes, on every face that its files name.
#[test]
fn modules_and_runbooks_pass_their_own_tests() {
    let (out, err, code) = output(&mut rhain(["test", "stdlib", "scripts", "-q"]));
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
}
