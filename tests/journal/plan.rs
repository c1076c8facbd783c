//! `rhain plan`, `rhain apply` and `rhain undo`: shown before, held to that, taken back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::kept::only_run;
use crate::support::{Program, Served};
use serde_json::Value as Json;

const SCRIPT: &str = r#"
    let v = create_volume("data", 1);
    let s = boot(`web-${now().format("%H%M")}`, #{ image: "cirros", flavor: "m1.tiny", meta: #{ id: uuid() } });
    s.wait_active();
    if confirm("go on?") { attach(s, v); }
    v.wait_status("in-use");
    set_meta(server("old"), "seen", "1");
    server("old").stop().wait_status("SHUTOFF");
    print(s.name);
"#;

/// A cloud with a server `old`.
fn with_old() -> (Served, Program) {
    let served = Served::new();
    let program = served.program();
    program
        .run(&[
            "--no-journal",
            "-e",
            r#"boot("old", #{ image: "cirros", flavor: "m1.tiny" }).wait_active(); ()"#,
        ])
        .ok();
    program.file("b.rhai", SCRIPT);
    (served, program)
}

const JOURNAL: [&str; 2] = ["--journal", "journals"];

fn run(program: &Program, words: &[&str]) -> crate::support::Ended {
    program.run(&[&JOURNAL[..], words].concat())
}

#[test]
fn a_plan_is_shown_applied_once_and_undone() {
    let (served, program) = with_old();
    let before = served.written();
    let page = run(&program, &["plan", "b.rhai", "--out", "plan.json"]).ok();
    for line in [
        "+ create_volume(\"data\", 1)",
        "+ boot(\"web-",
        "‹later›",
        "~ attach(",
        "~ stop(",
        "2 to make, 3 to change, 0 to delete",
        "go on?",
        "rhain apply plan.json",
    ] {
        assert!(page.contains(line), "{line}:\n{page}");
    }
    assert_eq!(served.written(), before, "a plan changes nothing");
    let ended = run(&program, &["apply", "plan.json"]);
    let err = ended.err.clone();
    assert!(ended.ok().starts_with("web-"), "{err}");
    let after = served.written();
    assert!(after.iter().any(|write| write.starts_with("server.create web-")), "{after:?}");
    let again = run(&program, &["apply", "plan.json"]).failed(1);
    assert!(again.contains("plan::applied"), "{again}");
    assert_eq!(served.written(), after);
    let name = only_run(&program).unwrap();
    let asked = run(&program, &["undo", &name]);
    assert!(
        asked.out.contains("- server web-") && asked.out.contains("~ server old: status SHUTOFF → ACTIVE"),
        "{}\n{}",
        asked.out,
        asked.err
    );
    assert!(asked.err.contains("give --yes"), "{}", asked.err);
    let undone = run(&program, &["undo", &name, "--yes"]);
    assert_eq!(undone.code, Some(0), "{}\n{}", undone.out, undone.err);
    let left =
        run(&program, &["-e", r#"[servers().map(|s| `${s.name} ${s.status} ${s.meta}`), volumes().len]"#])
            .ok();
    assert_eq!(left.trim(), r#"[[old ACTIVE #{}], 0]"#);
    let list: Json = serde_json::from_str(&run(&program, &["runs", "--format", "json"]).ok()).unwrap();
    assert_eq!(
        (list[1]["state"].as_str(), list[0]["undoes"].as_str()),
        (Some("undone"), Some(name.as_str()))
    );
    let twice = run(&program, &["undo", &name, "--yes"]).failed(1);
    assert!(twice.contains("cannot be undone"), "{twice}");
}

#[test]
fn a_script_or_a_cloud_that_has_changed_is_refused() {
    let (served, program) = with_old();
    run(&program, &["plan", "b.rhai", "--out", "plan.json"]).ok();
    program.run(&["--no-journal", "-e", r#"set_meta(server("old"), "by", "somebody"); ()"#]).ok();
    let before = served.written();
    let err = run(&program, &["apply", "plan.json"]).failed(1);
    assert!(err.contains("plan::drifted") && err.contains("has changed"), "{err}");
    assert_eq!(served.written(), before);
    assert_eq!(only_run(&program), None);
}

#[test]
fn what_somebody_changed_since_is_left() {
    let (_served, program) = with_old();
    program
        .file("b.rhai", r#"set_meta(server("old"), #{ a: "1", b: "1" }); rename(server("old"), "older");"#);
    run(&program, &["run", "b.rhai"]).ok();
    program.run(&["--no-journal", "-e", r#"set_meta(server("older"), "a", "2"); ()"#]).ok();
    let name = only_run(&program).unwrap();
    let undone = run(&program, &["undo", &name, "--yes"]);
    assert_eq!(undone.code, Some(0), "{}\n{}", undone.out, undone.err);
    assert!(undone.out.contains("meta `a`") && undone.out.contains("\"2\""), "{}", undone.out);
    let left = program.run(&["--no-journal", "-e", r#"servers().map(|s| `${s.name} ${s.meta}`)"#]).ok();
    assert_eq!(left.trim(), r##"[old #{"a": "2"}]"##);
}
