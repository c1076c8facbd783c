//! Terminals, exit codes and files tell the truth.

use crate::support::{Program, Served};

#[test]
fn a_reader_that_leaves_ends_a_run_as_an_interruption_does() {
    let program = Program::new();
    program.file("book.rhai", "on_failure(|| info(\"undone\")); print(\"here\"); loop { print(\"more\"); }");
    let mut running = program.start(&["run", "book.rhai", "--cloud", "sim"]);
    assert_eq!(running.line(), "here");
    let ended = running.end_unread();
    assert_eq!(ended.code, Some(141), "{}", ended.err);
    assert!(ended.err.contains("undone"), "{}", ended.err);
}

#[test]
fn a_hangup_is_a_termination() {
    let program = Program::new();
    program.file("book.rhai", "on_failure(|| info(\"undone\")); print(\"here\"); sleep(\"1h\");");
    let served = Served::new();
    let program = {
        let hung = served.program();
        hung.file("book.rhai", &program.read("book.rhai"));
        hung
    };
    let mut running = program.start(&["run", "book.rhai"]);
    assert_eq!(running.line(), "here");
    running.signal("HUP");
    let ended = running.end();
    assert_eq!(ended.code, Some(143), "{}", ended.err);
    assert!(ended.err.contains("undone"), "{}", ended.err);
}

#[test]
fn what_a_handler_did_is_told() {
    let program = Program::new();
    program.file(
        "book.rhai",
        "fn tidy() { 1 }\non_failure(tidy);\ndefer(|| info(\"last\"));\non_failure(|| { let a = 1;\n fail(\"again\"); });\nfail(\"first\");",
    );
    let err = program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(1);
    let times = regex::Regex::new(r" +[0-9]+\.[0-9]s.*$").expect("a pattern");
    let told: Vec<_> =
        err.lines().filter(|line| line.starts_with(['+', 'x'])).map(|line| times.replace(line, "")).collect();
    assert_eq!(told, ["x on_failure, line 4", "+ defer: info(\"last\")", "+ on_failure: tidy"], "{err}");
}

#[test]
fn nothing_that_is_said_steers_a_terminal() {
    let program = Program::new();
    let script =
        "let t = \"a\\u001b[2Jb\\u202ec\\u009bd\"; info(t); warn(t); debug(t); step(t, || 1); fail(t);";
    program.file("book.rhai", script);
    for more in [&[][..], &["--format", "json"][..]] {
        let err = program.run(&[more, &["run", "book.rhai", "--cloud", "sim"][..]].concat()).failed(1);
        assert!(!err.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{err:?}");
        assert!(err.matches("202e").count() >= 5, "{err}");
    }
}

#[test]
fn a_full_disk_loses_no_file_and_is_told() {
    // A file that may not grow: what a full disk is to a program.
    let program = Program::new();
    program.file("kept.txt", "what was there\n");
    program.file("big.rhai", "let s = \"x\"; s.pad(300000, 'x'); write_file(\"kept.txt\", s);");
    program.file("trace.rhai", "for _i in 0..600 { print(servers().len); }");
    let run = |words: &str| {
        let command =
            format!("ulimit -f 64; trap '' XFSZ; exec {} --cloud sim {words}", env!("CARGO_BIN_EXE_rhain"));
        let output = std::process::Command::new("bash")
            .args(["-c", &command])
            .current_dir(program.folder())
            .env_clear()
            .envs(program.environment())
            .output()
            .expect("a shell");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, err) = run("--allow-write run big.rhai");
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("cannot be written"), "{err}");
    assert_eq!(program.read("kept.txt"), "what was there\n");
    let left = std::fs::read_dir(program.folder())
        .expect("a folder")
        .filter_map(|file| file.ok()?.file_name().into_string().ok());
    assert!(!left.into_iter().any(|name| name.ends_with(".new")));
    let (code, err) = run("--trace trace.jsonl run trace.rhai");
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("is not complete"), "{err}");
}

#[test]
fn arrays_in_arrays_are_shown_as_such() {
    let program = Program::new();
    let shown = |code: &str| program.run(&["--cloud", "sim", "-e", code]).ok();
    assert_eq!(shown("[[1, 2], [3, [4]], []]"), "[[1, 2], [3, [4]], []]\n");
    assert_eq!(shown("[1, 2]"), "[1, 2]\n");
}
