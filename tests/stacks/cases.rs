//! The field's cases against a real Heat, where one runs: `RHAIN_REAL_AUTH_URL=http://127.0.0.1:5000 cargo test stacks::cases -- --ignored`.
//! Each script asserts what must be true; what it makes, it deletes.

use crate::support::program::{output, rhain, root};
use std::process::Command;

/// A script of a case, about to be run on the real cloud.
#[allow(clippy::disallowed_methods)] // the test runner's own environment
fn on_heat(case: &str, script: &str) -> Command {
    let url = std::env::var("RHAIN_REAL_AUTH_URL").expect("RHAIN_REAL_AUTH_URL names a Keystone");
    let mut command = rhain(["run", "--allow-read", script]);
    command.current_dir(root().join("tests/cases/stacks").join(case));
    for (name, value) in [
        ("OS_AUTH_URL", format!("{url}/v3").as_str()),
        ("OS_USERNAME", "demo"),
        ("OS_PASSWORD", "secret"),
        ("OS_PROJECT_NAME", "demo"),
        ("OS_USER_DOMAIN_NAME", "Default"),
        ("OS_PROJECT_DOMAIN_NAME", "Default"),
    ] {
        command.env(name, value);
    }
    command
}

/// Run a case's own script, which asserts; gives what was told on standard error.
#[track_caller]
fn holds(case: &str) -> String {
    let (out, err, code) = output(&mut on_heat(case, "run.rhai"));
    assert_eq!(code, Some(0), "{case}\n{out}\n{err}");
    err
}

#[test]
#[ignore = "needs a real Heat"]
fn an_update_keeps_what_is_not_given() {
    holds("01-update-keeps");
}

#[test]
#[ignore = "needs a real Heat"]
fn files_are_found_beside_the_file_that_names_them() {
    holds("03-files-tree");
    for (file, names) in [("yml.yaml", "sub/child.yml"), ("missing.yaml", "nope.sh")] {
        let script = format!("create_stack(\"c03\", #{{ template_file: \"{file}\" }})");
        let (_, err, code) = output(on_heat("03-files-tree", "-").stdin(piped(&script)));
        assert_eq!(code, Some(1), "{err}");
        assert!(err.contains(names) && err.contains(file), "{err}");
    }
}

fn piped(script: &str) -> std::process::Stdio {
    use std::io::{Seek as _, Write as _};
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(script.as_bytes()).unwrap();
    file.rewind().unwrap();
    file.into()
}

#[test]
#[ignore = "needs a real Heat"]
fn what_failed_first_is_told_from_inside_nested_stacks() {
    let err = holds("06-nested-failure");
    let events: Vec<&str> =
        err.lines().filter(|line| line.contains("boom ") && line.contains("CREATE_FAILED")).collect();
    assert_eq!(events.len(), 2, "each event of the two stacks once: {events:#?}");
}

#[test]
#[ignore = "needs a real Heat"]
fn an_update_that_rolled_back_is_told_from_a_create() {
    holds("07-rollback-words");
}

#[test]
#[ignore = "needs a real Heat"]
fn an_update_that_changes_nothing_is_no_error() {
    assert!(holds("09-noop-update").contains("nothing was to change"));
}

#[test]
#[ignore = "needs a real Heat"]
fn a_busy_stack_is_a_conflict() {
    holds("10-busy-stack");
}

#[test]
#[ignore = "needs a real Heat"]
fn a_deletion_that_is_held_up_names_what_holds_it() {
    holds("12-delete-failed");
}

#[test]
#[ignore = "needs a real Heat"]
fn errors_of_templates_name_the_file_and_the_line() {
    holds("14-template-text");
}

#[test]
#[ignore = "needs a real Heat"]
fn environments_are_merged_the_later_winning() {
    let err = holds("15-environment-and-types");
    assert!(!err.contains("topsecret"), "{err}");
}

#[test]
#[ignore = "needs a real Heat"]
fn the_services_own_time_limit_is_a_failure() {
    holds("19-limits-and-timeouts");
}

#[test]
#[ignore = "needs a real Heat"]
fn a_preview_leaves_nothing_behind() {
    holds("20-preview-leaves-nothing");
}

#[test]
#[ignore = "needs a real Heat"]
fn the_runbook_of_stacks_runs_to_its_end() {
    let script = root().join("scripts/14-stack.rhai");
    let (out, err, code) = output(&mut on_heat("01-update-keeps", script.to_str().unwrap()));
    assert_eq!(code, Some(0), "{out}\n{err}");
    let last = ["is CREATE_COMPLETE", "is UPDATE_COMPLETE", "is UPDATE_ROLLBACK_COMPLETE", "deleted: true"];
    assert!(last.iter().all(|words| out.contains(words)), "{out}");
}
