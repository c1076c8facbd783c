//! What a journal holds, and when there is one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support::{Program, Served};
use serde_json::Value as Json;

/// The only run that was kept in the folder `journals`; its lines.
pub(super) fn lines(program: &Program) -> Vec<Json> {
    let run = only_run(program).expect("one run");
    let text = program.read(&format!("journals/runs/{run}.jsonl"));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(super) fn only_run(program: &Program) -> Option<String> {
    let folder = program.folder().join("journals/runs");
    let entries = std::fs::read_dir(folder).ok()?;
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut runs: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".jsonl").map(str::to_string)).collect();
    assert!(runs.len() <= 1, "{runs:?}");
    runs.pop()
}

fn kinds(lines: &[Json]) -> Vec<String> {
    let text = |line: &Json, key: &str| line.get(key).and_then(Json::as_str).unwrap_or("").to_string();
    let word = |line: &Json| {
        format!("{} {} {}", text(line, "k"), text(line, "p"), text(line, "v")).trim().to_string()
    };
    lines.iter().map(word).collect()
}

const BOOT: &str = r#"
    let before = servers();
    let s = boot("web", #{ image: "cirros", flavor: "m1.tiny", meta: #{ id: uuid() } });
    on_failure(|x| delete(x), s);
    s.wait_active();
    parallel(["a", "b"], |k| s.set_meta(k, "1"));
    delete(s);
"#;

#[test]
fn a_run_that_changes_something_is_kept() {
    let program = Program::new();
    program.file("b.rhai", BOOT);
    program.run(&["--cloud", "sim", "--journal", "journals", "run", "b.rhai"]).ok();
    let lines = lines(&program);
    let kinds = kinds(&lines);
    let count = |word: &str| kinds.iter().filter(|kind| kind.starts_with(word)).count();
    assert_eq!(kinds[0], "run", "{kinds:#?}");
    assert_eq!(&kinds[1], "life");
    for word in [
        "call 1 servers",
        "begin 3 boot",
        "end 3",
        "call 4 on_failure",
        "call 5 wait_active",
        "fork 6 parallel",
        "join 6",
        "begin 7 delete",
        "end 7",
        "over",
    ] {
        assert_eq!(count(word), 1, "{word}: {kinds:#?}");
    }
    assert_eq!((count("begin 6:0/1 set_meta"), count("end 6:1/1")), (1, 1), "{kinds:#?}");
    assert_eq!(kinds.last().unwrap(), "over");
    let begin = &lines[kinds.iter().position(|kind| kind.starts_with("begin 7")).unwrap()];
    assert_eq!(begin["on"][0]["name"], "web");
    assert_eq!(begin["token"].as_str().unwrap().len(), 36);
    // Done: its key is not needed any more. Only its owner reads it.
    let run = only_run(&program).unwrap();
    let file = |name: &str| program.folder().join("journals/runs").join(format!("{run}.{name}"));
    assert!(!file("key").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file("jsonl")), mode(program.folder().join("journals/runs"))), (0o600, 0o700));
    }
}

#[test]
fn a_run_that_only_reads_leaves_none() {
    let served = Served::new();
    let program = served.program();
    program.run(&["--journal", "journals", "-e", "servers().len"]).ok();
    assert_eq!(only_run(&program), None);
    // Nor does the embedded simulated cloud where none is asked for, nor a dry run.
    let program = Program::new();
    let boot = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).name"#;
    program.run(&["--cloud", "sim", "-e", boot]).ok();
    program.run(&["--cloud", "sim", "--journal", "journals", "--dry-run", "-e", boot]).ok();
    assert_eq!(only_run(&program), None);
    assert!(!program.folder().join("../home/.local").exists());
}

#[test]
fn a_cloud_that_outlives_the_run_has_it_in_the_state_folder() {
    let served = Served::new();
    let program = served.program();
    program.run(&["-e", r#"create_keypair("k"); ()"#]).ok();
    let runs = std::fs::read_dir(program.folder().join("../home/.local/state/rhain/runs")).unwrap();
    assert_eq!(runs.count(), 1);
    program.run(&["--no-journal", "-e", r#"create_keypair("l"); ()"#]).ok();
    let runs = std::fs::read_dir(program.folder().join("../home/.local/state/rhain/runs")).unwrap();
    assert_eq!(runs.count(), 1);
}

#[test]
fn a_journal_that_cannot_be_written_refuses_the_next_change() {
    let program = Program::new();
    program.file("journals", "no folder");
    let script = r#"
        defer(|| print(`left: ${servers().len}`));
        boot("web", #{ image: "cirros", flavor: "m1.tiny" });
    "#;
    program.file("b.rhai", script);
    let ended = program.run(&["--cloud", "sim", "--journal", "journals", "run", "b.rhai"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), "left: 0\n"), "{}", ended.err);
    assert!(ended.err.contains("journal::unwritten") && ended.err.contains("--no-journal"), "{}", ended.err);
}

#[test]
fn no_secret_can_be_read_in_it() {
    let program = Program::new().var("PLANTED_ENV", "planted-by-env");
    let script = r#"
        let pw = param("pw", #{ secret: true });
        let of_env = env("PLANTED_ENV");
        let made = secret(`planted-made-${uuid()}`);
        let s = boot("web", #{ image: "cirros", flavor: "m1.tiny", admin_pass: pw,
            user_data: "planted-user-data", files: #{ "/a": "planted-file" }, meta: #{ env: of_env } }).wait_active();
        let k = create_keypair("k");
        print(`${s.admin_pass} ${k.private_key}`);
        set_password(s, `planted-password-1`);
        set_meta(s, "x", `${reveal(pw)} and more`);
        print(reveal(k.private_key).len > 100);
        try { set_meta(s, reveal(pw), "1"); } catch (e) { print(e.kind); }
        api("compute", "POST", `/servers/${s.id}/action`, #{ "os-getConsoleOutput": #{ length: 1 } }, #{ headers: #{ "X-Own": secret("planted-header") } });
        let stack = create_stack("st", #{ template: "heat_template_version: 2016-10-14\nparameters: {pw: {type: string, hidden: true}}\nresources: {}\n",
            parameters: #{ pw: "planted-parameter" } });
        write_file("out.txt", made);
        let out = exec("sh", ["-c", "cat; echo $PLANTED"], #{ stdin: "planted-stdin", env: #{ PLANTED: secret("planted-variable") } });
        fail("on purpose");
    "#;
    program.file("b.rhai", script);
    let ended = program.run(&[
        "--cloud",
        "sim",
        "--journal",
        "journals",
        "--allow-env=PLANTED_ENV",
        "--allow-write",
        "--allow-exec",
        "run",
        "b.rhai",
        "--pw",
        "planted-param",
    ]);
    assert!(ended.err.contains("on purpose"), "{}\n{}", ended.out, ended.err);
    let run = only_run(&program).unwrap();
    let text = program.read(&format!("journals/runs/{run}.jsonl"));
    let private = regex::Regex::new("BEGIN [A-Z ]*PRIVATE KEY").unwrap();
    assert!(!private.is_match(&text));
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("planted")).collect();
    // What a program gave back is there as it was; the script's own text is beside it.
    let lines: Vec<&&str> = lines
        .iter()
        .filter(|line| !line.contains("\"v\":\"exec\"") && !line.contains("planted-stdin"))
        .collect();
    assert!(lines.is_empty(), "{lines:#?}");
    for secret in [
        "planted-param",
        "planted-by-env",
        "planted-header",
        "planted-variable",
        "planted-made",
        "planted-password",
        "planted-user-data",
        "planted-file",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn as_many_requests_are_sent_as_without() {
    let count = |more: &[&str]| {
        let served = Served::new();
        let program = served.program();
        // One after the other, so that requests come in one order.
        program.file("b.rhai", &BOOT.replace("parallel([\"a\", \"b\"], ", "[\"a\", \"b\"].for_each("));
        let words: Vec<&str> = more.iter().copied().chain(["--no-cache", "run", "b.rhai"]).collect();
        program.run(&words).ok();
        let seen = served.sim.requests();
        // A wait looks as often as the machine's time lets it.
        let mut paths: Vec<String> =
            seen.iter().map(|seen| format!("{} {}", seen.method, seen.operation)).collect();
        paths.dedup();
        paths
    };
    assert_eq!(count(&["--journal", "journals"]), count(&["--no-journal"]));
}

#[test]
fn runs_are_listed_shown_and_cleared_away() {
    let program = Program::new();
    program.file("b.rhai", BOOT);
    let journal = ["--cloud", "sim", "--journal", "journals"];
    let run = |words: &[&str]| program.run(&journal.iter().chain(words).copied().collect::<Vec<_>>());
    assert!(run(&["runs"]).ok().contains("no runs"));
    run(&["run", "b.rhai"]).ok();
    let list: Json = serde_json::from_str(&run(&["runs", "--format", "json"]).ok()).unwrap();
    assert_eq!(
        (list[0]["state"].as_str(), list[0]["script"].as_str(), list[0]["changes"].as_u64()),
        (Some("done"), Some("b.rhai"), Some(4))
    );
    assert_eq!(list[0]["exists"], serde_json::json!([]));
    let name = list[0]["run"].as_str().unwrap().to_string();
    let page = run(&["runs", &name[name.len() - 4..]]).ok();
    for word in ["state    done", "b.rhai", "+  3", "boot", "server web", "-  7"] {
        assert!(page.contains(word), "{word}:\n{page}");
    }
    let one: Json = serde_json::from_str(&run(&["runs", &name, "--format", "json"]).ok()).unwrap();
    assert_eq!(one["changes"][0]["made"][0]["name"], "web");
    assert_eq!(run(&["runs", "--state", "failed", "--format", "json"]).ok().trim(), "[]");
    assert!(run(&["runs", "nothing"]).failed(2).contains("journal::run"));
    assert!(run(&["runs", "--prune"]).all().contains("0 runs removed"));
    assert!(run(&["runs", "--prune", "--older", "0"]).all().contains("1 run removed"));
    assert_eq!(only_run(&program), None);
    assert_eq!(std::fs::read_dir(program.folder().join("journals/texts")).unwrap().count(), 0);
}

/// A journal of each format stays here, as it was written.
#[test]
fn a_journal_of_an_older_format_is_shown() {
    let program = Program::new();
    let run = "20261201-000932-bc68";
    program.file(&format!("journals/runs/{run}.jsonl"), include_str!("format-1.jsonl"));
    let runs = |words: &[&str]| program.run(&[&["--journal", "journals"], words].concat());
    let page = runs(&["runs", run]).ok();
    for line in [
        "state    failed, exit code 1",
        "cloud    sim (simulated)",
        "by joe@vm",
        "changes  7",
        "+  1      create_keypair  keypair deploy           done     b.rhai:1:9",
        "~  5:1/1  set_meta        server web               done     b.rhai:5:28",
        "-  3!/1   delete          server web               done     b.rhai:3:16",
        "exists   1 keypair, 1 volume: deploy (deploy), data (f612cccf-52a7-4676-9c0c-9cd1cd841041)",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    let told: Json = serde_json::from_str(&runs(&["--format", "json", "runs", run]).ok()).unwrap();
    assert_eq!((&told["exit"], &told["changes"][5]["verb"]), (&Json::from(1), &Json::from("attach")));
    // One that a newer program wrote is named, and not guessed at.
    let newer = r#"{"k":"run","format":99,"replay":1,"run":"20261201-000932-ffff","c":"CODE"}"#;
    program.file(
        "journals/runs/20261201-000932-ffff.jsonl",
        &format!("{}\n", newer.replace("CODE", "8e5fe477")),
    );
    let ended = runs(&["runs"]);
    assert!(ended.err.contains("format 99, which a newer rhain wrote"), "{}", ended.err);
    assert!(ended.ok().contains(run));
    let err = runs(&["resume", "20261201-000932-ffff"]).failed(1);
    assert!(err.contains("journal::damaged") && err.contains("format 99"), "{err}");
}
