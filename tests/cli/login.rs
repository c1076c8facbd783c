//! A login that outlives its run: what the next run does not send, and what is kept where.

use crate::support::{Program, Served};
use rhain_sim::FaultKind;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The methods and paths that a run sends, in order.
fn sent(program: &Program, words: &[&str]) -> Vec<String> {
    let ended = program.run(&[&["-v"], words].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines = ended.err.lines().filter(|line| line.contains(" -> "));
    let path = |url: &str| url.splitn(4, '/').nth(3).unwrap_or_default().to_string();
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            format!("{} /{} {}", words[0], path(words[1]), words[3])
        })
        .collect()
}

const LIST: [&str; 2] = ["-e", "servers().len()"];
const LOGIN: &str = "POST /identity/v3/auth/tokens 201";
const ASKED: &str = "GET /compute/v2.1/servers/detail 200";

/// The kept logins of a program's user.
fn kept(program: &Program) -> Vec<PathBuf> {
    let folder = program.folder().join("../home/.cache/rhain/logins");
    let mode = std::fs::metadata(&folder).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "{folder:?}");
    let all = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    all.filter(|path| path.file_name().is_some_and(|name| name != "lock")).collect()
}

#[test]
fn the_next_run_sends_no_login_and_no_discovery() {
    let served = Served::new();
    let program = served.program();
    let first = sent(&program, &LIST);
    assert_eq!((first.len(), first.iter().filter(|line| *line == LOGIN).count()), (3, 1), "{first:?}");
    assert_eq!(sent(&program, &LIST), [ASKED]);
    // Another project is another login.
    let other = served.lab().replace("project_name: demo", "project_name: other");
    program.file("../home/.config/openstack/clouds.yaml", &other);
    let ended = program.run(&["-v", "-e", "servers().len()"]);
    assert!(ended.err.contains("/auth/tokens -> "), "{}", ended.err);
}

#[test]
fn no_cache_and_a_look_at_the_clouds_log_in() {
    let served = Served::new();
    let program = served.program();
    sent(&program, &LIST);
    let anew = sent(&program, &["--no-cache", "-e", "servers().len()"]);
    assert!(anew.contains(&LOGIN.to_string()), "{anew:?}");
    let looked = sent(&program, &["clouds", "--check"]);
    assert!(looked.contains(&LOGIN.to_string()), "{looked:?}");
}

#[test]
fn what_is_kept_is_for_its_user_and_holds_no_password() {
    let served = Served::new();
    let program = served.program();
    sent(&program, &LIST);
    let files = kept(&program);
    assert_eq!(files.len(), 1, "{files:?}");
    let text = std::fs::read_to_string(&files[0]).expect("text");
    assert_eq!(std::fs::metadata(&files[0]).expect("a file").permissions().mode() & 0o777, 0o600);
    assert!(!text.contains("secret"), "{text}");
    let record: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(record["answer"]["token"]["user"]["name"], "demo");
    // One that others may have written is not believed, nor one that makes no sense or was cut.
    std::fs::set_permissions(&files[0], PermissionsExt::from_mode(0o644)).expect("a mode");
    assert_eq!(sent(&program, &LIST).iter().filter(|line| *line == LOGIN).count(), 1);
    for text in
        ["", "{", "[]", r#"{"form": 1}"#, &text[..text.len() / 2], &text.replace("\"form\":1", "\"form\":9")]
    {
        std::fs::write(&files[0], text).expect("written");
        assert_eq!(sent(&program, &LIST).iter().filter(|line| *line == LOGIN).count(), 1, "{text}");
        assert_eq!(sent(&program, &LIST), [ASKED], "{text}");
    }
    // Nor what a link leads to, nor a pipe, which is not opened.
    let elsewhere = program.file("elsewhere.json", &std::fs::read_to_string(&files[0]).expect("text"));
    std::fs::set_permissions(&elsewhere, PermissionsExt::from_mode(0o600)).expect("a mode");
    std::fs::remove_file(&files[0]).expect("removed");
    std::os::unix::fs::symlink(&elsewhere, &files[0]).expect("a link");
    assert_eq!(sent(&program, &LIST).iter().filter(|line| *line == LOGIN).count(), 1);
    std::fs::remove_file(&files[0]).expect("removed");
    let made = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&files[0]).status();
    assert!(made.expect("mkfifo").success());
    assert_eq!(sent(&program, &LIST).iter().filter(|line| *line == LOGIN).count(), 1);
    // A folder that cannot be written stops nobody.
    let unwritable = served.program().var("XDG_CACHE_HOME", "/proc/none");
    assert_eq!(sent(&unwritable, &LIST).iter().filter(|line| *line == LOGIN).count(), 1);
}

#[test]
fn a_token_that_the_cloud_no_longer_takes_is_replaced() {
    let served = Served::new();
    let program = served.program();
    sent(&program, &LIST);
    served.fault("server.list", 1, FaultKind::RevokeToken);
    let refused = "GET /compute/v2.1/servers/detail 401";
    assert_eq!(sent(&program, &LIST), [refused, LOGIN, ASKED]);
    assert_eq!(sent(&program, &LIST), [ASKED]);
    // Nor is one begun with that ends within the minute.
    let files = kept(&program);
    let mut record: Value =
        serde_json::from_str(&std::fs::read_to_string(&files[0]).expect("text")).expect("JSON");
    record["answer"]["token"]["expires_at"] = "2020-01-01T00:00:00.000000Z".into();
    std::fs::write(&files[0], record.to_string()).expect("written");
    assert!(sent(&program, &LIST).contains(&LOGIN.to_string()));
}

#[test]
fn a_cloud_that_does_not_answer_is_asked_anew_next_time() {
    let served = Served::new();
    let program = served.program();
    sent(&program, &LIST);
    assert_eq!(kept(&program).len(), 1);
    served.fault("server.list", 20, FaultKind::ResetBefore);
    assert_eq!(program.run(&LIST).code, Some(1));
    assert_eq!(kept(&program).len(), 0);
}

#[test]
fn a_catalog_that_moved_is_asked_for_anew() {
    let served = Served::new();
    let program = served.program();
    sent(&program, &LIST);
    let files = kept(&program);
    let text = std::fs::read_to_string(&files[0]).expect("text");
    std::fs::write(&files[0], text.replace("/compute/v2.1", "/gone/v2.1")).expect("written");
    let missing = program.run(&LIST);
    assert_eq!(missing.code, Some(1), "{}", missing.err);
    assert_eq!(sent(&program, &LIST).last().map(String::as_str), Some(ASKED));
}

#[test]
fn ten_at_once_leave_one_login_that_serves() {
    let served = Served::new();
    let program = served.program();
    let running: Vec<_> = (0..10).map(|_| program.start(&LIST)).collect();
    for one in running {
        assert_eq!(one.end().code, Some(0));
    }
    let files = kept(&program);
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().and_then(|end| end.to_str()), Some("json"));
    assert_eq!(sent(&program, &LIST), [ASKED]);
}
