//! `exclusive(name)`: one run of a name at a time, and what the next one is told of one that died.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::kept::only_run;
use super::resume::{Kill, RUN, killed, program};
use crate::support::{Program, Served};
use std::path::PathBuf;

const SCRIPT: &str = r#"
    exclusive("deploy web", #{ timeout: "0s" });
    let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" });
    print("made");
    s.wait_active("1h");
    delete(s, #{ wait: true });
"#;

fn run(program: &Program, words: &[&str]) -> crate::support::Ended {
    program.run(&[&["--journal", "journals"], words].concat())
}

#[test]
fn a_second_run_of_the_name_is_told_who_has_it() {
    // Its server never leaves BUILD: the first run waits as long as the test does.
    let served = Served::frozen();
    let program = program(&served, SCRIPT);
    let mut first = program.start(&[&RUN[..], &["b.rhai"]].concat());
    assert_eq!(first.line(), "made");
    let holder = only_run(&program).unwrap();
    let before = served.written();
    let err = run(&program, &["run", "b.rhai"]).failed(1);
    assert!(err.contains("journal::exclusive"), "{err}");
    assert!(err.contains(&format!("the run {holder} (pid {}", first.pid())), "{err}");
    assert!(err.contains("holds `deploy web`"), "{err}");
    assert_eq!(served.written(), before);
    // Another name is free, and so is a dry run.
    run(&program, &["-e", r#"exclusive("deploy db", #{ timeout: "0s" }); 1"#]).ok();
    run(&program, &["--dry-run", "-e", r#"exclusive("deploy web", #{ timeout: "0s" }); 1"#]).ok();
    let page = run(&program, &["runs", &holder]).ok();
    assert!(page.contains("holds    deploy web"), "{page}");
    first.signal("KILL");
    first.end();
    let ended = run(&program, &["-e", r#"exclusive("deploy web"); 1"#]);
    assert_eq!(ended.out, "1\n", "a dead process holds nothing: {}", ended.err);
    assert!(
        ended.err.contains(&format!("the run {holder} held `deploy web` and stopped in the middle")),
        "{}",
        ended.err
    );
    let page = run(&program, &["runs", &holder]).ok();
    assert!(!page.contains("deploy web\n"), "another run has had it since: {page}");
}

#[test]
fn a_run_that_goes_on_takes_its_name_again_unless_another_had_it() {
    let served = Served::new();
    let killed_run = |served: &Served| {
        let program = program(served, SCRIPT);
        killed(served, &program, Kill { request: 6, done: true }, &[&RUN[..], &["b.rhai"]].concat()).unwrap();
        let run = only_run(&program).unwrap();
        (program, run)
    };
    let (program, name) = killed_run(&served);
    run(&program, &["resume", &name]).ok();
    let served = Served::new();
    let (program, name) = killed_run(&served);
    run(
        &program,
        &["-e", r#"exclusive("deploy web"); boot("other", #{ image: "cirros", flavor: "m1.tiny" }).name"#],
    )
    .ok();
    let before = served.written();
    let err = run(&program, &["resume", &name]).failed(1);
    assert!(err.contains("journal::exclusive") && err.contains("--anyway"), "{err}");
    assert_eq!(served.written(), before);
    // It is refused however often it is asked.
    run(&program, &["resume", &name]).failed(1);
    run(&program, &["resume", &name, "--anyway"]).ok();
    let gone = served.written().iter().filter(|write| *write == "server.delete web").count();
    assert_eq!(gone, 1);
}

#[test]
fn names_stay_in_their_folder() {
    let served = Served::new();
    let program = served.program();
    run(&program, &["-e", r#"exclusive("../runs/x"); exclusive("../runs/x"); exclusive("plain"); 1"#]).ok();
    let folder: PathBuf = program.folder().join("journals/locks");
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    assert_eq!(files[1], "plain");
    assert!(!program.folder().join("journals/runs/x").exists());
}

#[test]
fn a_run_without_a_journal_has_a_name_to_itself_too() {
    let served = Served::frozen();
    let program = program(&served, SCRIPT);
    let mut first = program.start(&["--no-journal", "run", "b.rhai"]);
    assert_eq!(first.line(), "made");
    let err = program.run(&["run", "b.rhai"]).failed(1);
    assert!(err.contains(&format!("a run without a journal (pid {}", first.pid())), "{err}");
    first.signal("KILL");
    first.end();
}
