//! The field's cases: each script asserts what must be true, and deletes what it makes. They run on the simulated clouds, and on a
//! real Heat where one runs: `RHAIN_REAL_AUTH_URL=http://127.0.0.1:5000 cargo test stacks::cases -- --ignored`.

use crate::support::program::{output, rhain, root};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A `fn test_…()` of a case: its file, its name, and the cloud that it is for.
struct Statement {
    file: PathBuf,
    name: String,
    cloud: &'static str,
}

/// Every one, on each kind of cloud that its file's first line names.
fn statements() -> Vec<Statement> {
    let inside = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let mut all = Vec::new();
    for folder in inside(root().join("tests/cases/stacks")) {
        for file in inside(folder).into_iter().filter(|file| file.to_string_lossy().ends_with("_test.rhai")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let Some(clouds) = text.lines().next().and_then(|line| line.strip_prefix("//! clouds: ")) else {
                continue;
            };
            let names = text.lines().filter_map(|line| line.strip_prefix("fn test_"));
            for name in names.filter_map(|rest| rest.split('(').next()) {
                for cloud in clouds.split(", ") {
                    let cloud = if cloud == "aws" { "sim:aws" } else { "sim" };
                    all.push(Statement { file: file.clone(), name: format!("test_{name}"), cloud });
                }
            }
        }
    }
    all
}

impl Statement {
    /// Run it in a command that reads standard input; what went wrong.
    fn wrong(&self, mut command: Command) -> Option<String> {
        let text = std::fs::read_to_string(&self.file).unwrap();
        let script = format!("{text}\n{}();\n", self.name);
        command.current_dir(self.file.parent().unwrap());
        let (out, err, code) = output(command.stdin(piped(&script)));
        let told: Vec<&str> = err.lines().skip_while(|line| !line.contains("::")).collect();
        let file = self.file.strip_prefix(root()).unwrap().display();
        (code != Some(0))
            .then(|| format!("{file} {} on {}: {code:?}\n{out}{}", self.name, self.cloud, told.join("\n")))
    }
}

/// Run statements, several at a time; fail with all that went wrong.
#[track_caller]
fn all_hold(all: &[Statement], at_once: usize, command: impl Fn(&Statement) -> Command + Sync) {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    wrong.lock().unwrap().extend(one.wrong(command(one)));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn every_statement_holds_on_the_simulated_clouds() {
    let all = statements();
    assert!(all.len() >= 40, "{}", all.len());
    all_hold(&all, 4, |one| rhain(["run", "--allow-read", "--cloud", one.cloud, "-"]));
}

#[test]
#[ignore = "needs a real Heat"]
fn every_statement_holds_on_a_real_heat() {
    let mut all = statements();
    all.retain(|one| one.cloud == "sim");
    all_hold(&all, 40, |_| on_heat("01-update-keeps", "-"));
}

/// The scripts of the cases themselves, which the other tests here run on a real Heat.
#[test]
fn every_case_holds_on_the_simulated_heat() {
    let folders = std::fs::read_dir(root().join("tests/cases/stacks")).unwrap();
    let mut count = 0;
    for folder in folders.map(|entry| entry.unwrap().path()).filter(|path| path.join("run.rhai").exists()) {
        let mut command = rhain(["run", "--allow-read", "--cloud", "sim", "run.rhai"]);
        let (out, err, code) = output(command.current_dir(&folder));
        assert_eq!(code, Some(0), "{}\n{out}\n{err}", folder.display());
        count += 1;
    }
    assert_eq!(count, 12);
}

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

/// What ends a run that nobody caught: the events in their order, each once, then the failure, with the stack that is there.
#[test]
fn an_uncaught_failure_tells_its_story_first() {
    for (rollback, last) in [(true, "ROLLBACK_COMPLETE"), (false, "CREATE_FAILED")] {
        let script = format!(
            "create_stack(\"c06\", #{{ template_file: \"root.yaml\", rollback: {rollback} }}).wait_ready();"
        );
        let mut command = rhain(["run", "--allow-read", "--cloud", "sim", "-"]);
        command.current_dir(root().join("tests/cases/stacks/06-nested-failure"));
        let (out, err, code) = output(command.stdin(piped(&script)));
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        let at = |words: &[&str]| {
            let mut found =
                err.lines().enumerate().filter(|(_, line)| words.iter().all(|word| line.contains(word)));
            let Some((line, _)) = found.next() else { panic!("no {words:?} in\n{err}") };
            line
        };
        let story = [
            at(&["c06 ", "CREATE_IN_PROGRESS"]),
            at(&["outer ", "CREATE_IN_PROGRESS"]),
            at(&["inner ", "CREATE_IN_PROGRESS"]),
            at(&["boom", "CREATE_FAILED"]),
            at(&["c06 ", last]),
            at(&["`outer/inner/boom` (OS::Heat::TestResource)"]),
        ];
        assert!(story.is_sorted(), "{story:?}\n{err}");
        // What Heat takes away with a nested stack before anybody looks is told by the reason of what is around it.
        let told =
            err.lines().filter(|line| line.trim_start().starts_with("boom ") && line.contains("FAILED"));
        assert!(told.count() <= 1, "the failure is told once\n{err}");
        // What is inside stands further in.
        let indent =
            |line: usize| err.lines().nth(line).map_or(0, |line| line.len() - line.trim_start().len());
        assert!(indent(story[0]) < indent(story[1]) && indent(story[1]) < indent(story[2]), "{err}");
        let end = err.lines().skip(story[5] + 1).collect::<Vec<_>>().join("\n");
        assert!(end.contains("c06"), "{end}");
    }
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
    assert!(events.len() <= 2, "each event of the two stacks once: {events:#?}");
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

/// A token that ends in a long wait and cannot be renewed: the error says what goes on without it.
#[test]
#[ignore = "needs a real Heat"]
#[allow(clippy::disallowed_methods)] // the test runner's own environment
fn a_bare_token_that_ends_names_the_stack_that_goes_on() {
    let url = std::env::var("RHAIN_REAL_AUTH_URL").expect("RHAIN_REAL_AUTH_URL names a Keystone");
    let keystone = url.trim_start_matches("http://").trim_end_matches('/').to_string();
    let log_in = |identity: serde_json::Value| {
        let (head, body) =
            asked(&keystone, "POST", "/v3/auth/tokens", "", &serde_json::json!({ "auth": identity }));
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("x-subject-token:"));
        (line.expect("a token").split_once(':').unwrap().1.trim().to_string(), body["token"].clone())
    };
    let (own, login) = log_in(serde_json::json!({
        "identity": { "methods": ["password"], "password": { "user": { "name": "demo", "password": "secret", "domain": { "name": "Default" } } } },
        "scope": { "project": { "name": "demo", "domain": { "name": "Default" } } } }));
    // A token ends with the application credential that it was made with, which Heat lets make no stack.
    let slow = r##"#{ heat_template_version: "2018-08-31", resources: #{ w: #{ type: "OS::Heat::TestResource", properties: #{ value: "y", action_wait_secs: #{ create: 60 } } } } }"##;
    let make = format!(r#"create_stack("rhain-18b", #{{ template: {slow} }}); ()"#);
    let (_, why, code) = output(on_heat("01-update-keeps", "-").stdin(piped(&make)));
    assert_eq!(code, Some(0), "{why}");
    let credentials = format!("/v3/users/{}/application_credentials", login["user"]["id"].as_str().unwrap());
    let ends = jiff::Timestamp::now() + std::time::Duration::from_secs(20);
    let wanted = serde_json::json!({ "application_credential": {
        "name": format!("rhain-18-{}", std::process::id()), "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%S.000000").to_string() } });
    let (_, made) = asked(&keystone, "POST", &credentials, &own, &wanted);
    let made = &made["application_credential"];
    let (token, login) = log_in(serde_json::json!({ "identity": { "methods": ["application_credential"],
        "application_credential": { "id": made["id"], "secret": made["secret"] } } }));
    let catalog = login["catalog"].as_array().unwrap();
    let heat = catalog.iter().find(|service| service["type"] == "orchestration").expect("a Heat");
    let heat = heat["endpoints"].as_array().unwrap().iter().find(|one| one["interface"] == "public").unwrap();
    let mut bare = rhain(["-e", r#"wait_ready(stack("rhain-18b"), "15m")"#]);
    bare.env("HEAT_URL", heat["url"].as_str().unwrap()).env("OS_AUTH_TOKEN", token);
    let (_, err, code) = output(&mut bare);
    let told = err.split_whitespace().collect::<Vec<_>>().join(" ");
    // The stack goes on: whoever can log in sees it.
    let look = r#"let s = stack("rhain-18b"); print(`${s.id} ${s.status}`); delete(s, #{ wait: true });"#;
    let (seen, why, end) = output(on_heat("01-update-keeps", "-").stdin(piped(look)));
    let ended = format!("{credentials}/{}", made["id"].as_str().unwrap());
    asked(&keystone, "DELETE", &ended, &own, &serde_json::Value::Null);
    assert_eq!(end, Some(0), "{why}");
    assert_eq!(code, Some(1), "{err}");
    let id = seen.split_whitespace().next().unwrap();
    for words in ["unauthorized", "rhain-18b", "CREATE_IN_PROGRESS", id] {
        assert!(told.contains(words), "{words}\n{err}");
    }
    assert!(seen.contains("CREATE_"), "{seen}");
}

/// Head and body of the answer to a request of JSON.
fn asked(
    host: &str,
    method: &str,
    path: &str,
    token: &str,
    body: &serde_json::Value,
) -> (String, serde_json::Value) {
    use std::io::{Read as _, Write as _};
    let text = body.to_string();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nhost: {host}\r\nx-auth-token: {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
    let mut stream = std::net::TcpStream::connect(host).expect("a Keystone");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    (head.to_string(), serde_json::from_str(body).unwrap_or_default())
}
