//! With `--format json` every line of standard error is an event for programs, and standard output is data.

use crate::support::{Program, Served};
use rhain_sim::FaultKind;
use serde_json::{Value, json};

/// The lines of standard error, each of which must be an event.
#[track_caller]
fn events(err: &str) -> Vec<Value> {
    let event = |line: &str| -> Value {
        let event: Value =
            serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}\nin\n{err}"));
        assert!(event["event"].is_string(), "{line}");
        event
    };
    err.lines().map(event).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["event"].as_str()).collect()
}

#[test]
fn what_a_script_says_is_an_event_each() {
    let program = Program::new();
    let script = r#"
        print("data");
        info("two\nlines"); warn(#{ a: 1 }); debug("quoted \" text");
        step("Work", || print([1]));
        table([#{ x: 1 }]);
        defer(|| throw "later");
        throw "no";"#;
    program.file("book.rhai", script);
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim", "--format", "json"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), "data\n[1]\n[{\"x\":1}]\n"));
    let events = events(&ended.err);
    assert_eq!(
        events[..5],
        [
            json!({"event": "info", "text": "two\nlines"}),
            json!({"event": "warning", "text": "#{\"a\": 1}"}),
            json!({"event": "debug", "text": "\"quoted \\\" text\""}),
            json!({"event": "step_began", "step": 1, "within": [], "title": "Work"}),
            json!({"event": "step_ended", "step": 1, "within": [], "title": "Work", "outcome": "done", "ms": 0}),
        ]
    );
    let errors: Vec<_> = events[5..]
        .iter()
        .filter(|event| event["event"] == "error")
        .map(|event| (&event["event"], &event["message"]))
        .collect();
    assert_eq!(errors, [(&json!("error"), &json!("no")), (&json!("error"), &json!("later"))]);
}

#[test]
fn requests_and_the_summary_are_events() {
    let served = Served::new();
    served.fault("server.list", 1, FaultKind::Html);
    let program = served.program();
    let ended = program.run(&["-vv", "--stats", "--format", "json", "-e", "servers().len"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "0\n"), "{}", ended.err);
    let events = events(&ended.err);
    let (stats, requests) = events.split_last().expect("some");
    assert_eq!(stats["event"], "stats");
    assert!(requests.iter().all(|event| event["event"] == "request"), "{}", ended.err);
    assert_eq!(stats["clouds"]["lab"]["requests"], requests.len());
    let lists: Vec<_> = requests
        .iter()
        .filter(|event| event["operation"] == "server.list")
        .map(|event| (&event["status"], &event["attempt"]))
        .collect();
    assert_eq!(lists, [(&json!(502), &json!(1)), (&json!(200), &json!(2))]);
    assert_eq!(requests.last().expect("one")["answer_body"], "{\"servers\":[]}");
}

#[test]
fn what_the_program_says_of_itself_is_an_event() {
    let program = Program::new();
    // The simulated cloud stands in; nothing is sent.
    let script = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).name"#;
    let ended = program.run(&["--dry-run", "--format", "json", "-e", script]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "\"web\"\n"), "{}", ended.err);
    let events = events(&ended.err);
    assert_eq!(kinds(&events), ["note", "dry_run", "note", "note"], "{}", ended.err);
    assert_eq!(events[2]["text"], "dry run: the changes, in order\n   1. boot: makes the server web");
    assert_eq!(events[3]["text"], "dry run: no change was sent to a cloud");

    program.file("book.rhai", "let a = nosuch;\nlet b = neither;");
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim", "--format", "json"]);
    let told = self::events(&ended.failed(2));
    assert!(
        told.iter().all(|event| event["diagnostic"].is_string())
            && told.iter().any(|event| event["event"] == "error"),
        "{told:?}"
    );
    assert!(told.len() >= 2, "{told:?}");
}

#[test]
fn a_command_line_that_is_not_understood_is_an_event_too() {
    let program = Program::new();
    for words in [
        &["--format", "json", "--nope"][..],
        &["--format=json", "clouds", "--chek"],
        &["run", "--format", "json"],
    ] {
        let told = events(&program.run(words).failed(2));
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!(one["event"], "error", "{one}");
    }
    let told = events(&program.run(&["--format", "json", "--nope"]).failed(2));
    assert_eq!(told[0]["message"], "unexpected argument '--nope' found");
    // Without it, people are told.
    assert!(program.run(&["--nope"]).failed(2).starts_with("error: unexpected argument"));
}

#[cfg(unix)]
#[test]
fn an_interruption_is_an_event() {
    let served = Served::frozen();
    let program = served.program();
    program.file(
        "book.rhai",
        r#"let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" }); print("here"); s.wait_active();"#,
    );
    let mut running = program.start(&["run", "book.rhai", "--format", "json"]);
    assert_eq!(running.line(), "here");
    running.signal("INT");
    let ended = running.end();
    assert_eq!(ended.code, Some(130));
    let told = events(&ended.err);
    let last = told.last().expect("one");
    assert_eq!(last["message"], "the run was interrupted", "{last}");
    assert_eq!(last["facts"]["exists"], "1 server of this run: web", "{last}");
}
