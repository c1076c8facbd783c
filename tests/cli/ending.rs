//! Signals to a process that runs: what ends, what it says, and that nothing further runs.
//!
//! Nothing here sleeps: a script prints a line when it is where it should be interrupted, and its end bounds the test.

use crate::support::{Ended, Program, Served};
use rhain_sim::FaultKind;
use std::time::Duration;

/// Run a script, and send it a signal once it has printed its first line.
fn interrupted(program: &Program, script: &str, options: &[&str], signal: &str) -> Ended {
    program.file("book.rhai", script);
    let mut words = vec!["run", "book.rhai"];
    words.extend(options);
    let mut running = program.start(&words);
    assert_eq!(running.line(), "here");
    running.signal(signal);
    running.end()
}

/// A report without the frame that shows the place.
fn unframed(report: &str) -> String {
    let mut inside = false;
    let kept = report.lines().filter(|line| {
        let framed = inside || line.starts_with("   ,-[");
        inside = framed && !line.starts_with("   `--");
        !framed
    });
    kept.map(|line| format!("{line}\n")).collect()
}

/// What was said, the times of steps left out.
fn without_times(text: &str) -> String {
    regex::Regex::new(r" +[0-9]+\.[0-9]s").expect("a pattern").replace_all(text, "").into_owned()
}

#[test]
fn an_interruption_ends_a_wait_and_says_what_exists() {
    let served = Served::frozen();
    let script = r#"
        let s = boot("web-1", #{ image: "cirros", flavor: "m1.tiny" });
        print("here");
        try { s.wait_active() } catch (e) { print("caught"); }
        print("went on");
    "#;
    let ended = interrupted(&served.program(), script, &[], "INT");
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""));
    assert_eq!(unframed(&ended.err), "  x the run was interrupted\n  exists   1 server of this run: web-1\n");
    // The signal may come a moment before the wait begins.
    assert!(ended.err.contains("book.rhai:4:") && ended.err.contains("it was here"), "{}", ended.err);
    assert_eq!(served.written(), ["server.create web-1"]);
}

#[test]
fn a_termination_ends_a_wait_too() {
    let served = Served::frozen();
    let script = r#"boot("a", #{ image: "cirros", flavor: "m1.tiny", count: 2 }).map(|s| s);
        print("here"); servers().wait_active(); print("went on");"#;
    let ended = interrupted(&served.program(), script, &[], "TERM");
    assert_eq!((ended.code, ended.out.as_str()), (Some(143), ""));
    assert_eq!(
        unframed(&ended.err),
        "  x the run was terminated\n  exists   2 servers of this run: a-1, a-2\n"
    );
}

#[test]
fn an_interruption_ends_a_loop_that_asks_nothing() {
    for script in [
        r#"print("here"); loop {} print("went on");"#,
        r#"print("here"); try { loop {} } catch { print("caught") } print("went on");"#,
        r#"print("here"); let n = 0; while true { try { n += 1; } catch { print("caught") } }"#,
        r#"fn f(n) { if n > 900 { 0 } else { f(n + 1) } } print("here"); loop { f(0); }"#,
        r#"print("here"); loop { [3, 1, 2].map(|x| x * 2).filter(|x| x > 2); }"#,
    ] {
        for (signal, code) in [("INT", 130), ("TERM", 143)] {
            let ended = interrupted(&Program::new(), script, &["--cloud", "sim"], signal);
            assert_eq!((ended.code, ended.out.as_str()), (Some(code), ""), "{script}\n{}", ended.err);
        }
    }
}

#[test]
fn an_interruption_ends_a_sleep_that_a_script_would_ignore() {
    let served = Served::new();
    for script in [
        r#"print("here"); sleep("1h"); print("went on");"#,
        r#"print("here"); try { sleep("1h") } catch { print("caught") } print("went on");"#,
        r#"print("here"); loop { try { sleep("1h") } catch (e) { print(e.kind) } }"#,
        r#"print("here"); wait_until(|| false, #{ timeout: "1h", every: "1m" }); print("went on");"#,
    ] {
        let ended = interrupted(&served.program(), script, &[], "INT");
        assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{script}\n{}", ended.err);
        assert_eq!(unframed(&ended.err), "  x the run was interrupted\n");
    }
}

#[test]
fn an_interruption_ends_a_read_that_is_not_answered() {
    let served = Served::new();
    served.fault("server.list", 1, FaultKind::Delay(Duration::from_secs(3600)));
    let script = r#"flavors(); print("here"); servers(); print("went on");"#;
    let ended = interrupted(&served.program(), script, &[], "INT");
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{}", ended.err);
}

#[test]
fn a_write_that_is_under_way_is_waited_for_and_a_second_signal_is_not_patient() {
    let served = Served::new();
    // The answer to the create is held back; the server is made.
    served.fault("server.create", 1, FaultKind::Delay(Duration::from_secs(3600)));
    let program = served.program();
    program.file(
        "book.rhai",
        r#"print("here"); boot("a", #{ image: "cirros", flavor: "m1.tiny" }); print("on");"#,
    );
    let mut running = program.start(&["run", "book.rhai"]);
    assert_eq!(running.line(), "here");
    while served.written().is_empty() {
        std::thread::yield_now();
    }
    running.signal("INT");
    let said = running.talk();
    assert!(said.starts_with("stopped: what was sent is waited for"), "{said}");
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""));
    assert!(ended.err.contains("may have taken effect"), "{}", ended.err);
}

#[test]
fn an_expression_is_interrupted_alike() {
    let program = Program::new();
    let mut running = program.start(&["--cloud", "sim", "-e", r#"print("here"); loop {}"#]);
    assert_eq!(running.line(), "here");
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, unframed(&ended.err).as_str()), (Some(130), "  x the run was interrupted\n"));
}

#[test]
fn a_reader_that_leaves_ends_a_script_and_is_no_error() {
    let program = Program::new();
    program.file("book.rhai", r#"print("here"); loop { print("more"); }"#);
    let mut running = program.start(&["run", "book.rhai", "--cloud", "sim"]);
    assert_eq!(running.line(), "here");
    let ended = running.end_unread();
    assert_eq!((ended.code, ended.err.as_str()), (Some(141), ""));
}

#[test]
fn a_terminal_sees_what_is_waited_for_and_a_report_that_is_not_torn() {
    // util-linux's `script` gives the program a terminal; where it is not there, there is nothing to show.
    let there = std::process::Command::new("script").arg("--version").output();
    if !there.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux")) {
        return;
    }
    let served = Served::frozen();
    let program = served.program();
    program.file("book.rhai", r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active("1s");"#);
    let line = format!("{} run book.rhai", env!("CARGO_BIN_EXE_rhain"));
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(program.folder()).env("TERM", "xterm");
    command
        .env("HOME", program.folder().join("../home"))
        .env_remove("NO_COLOR")
        .stdin(std::process::Stdio::null());
    for name in ["OS_CLOUD", "OS_CLIENT_CONFIG_FILE", "RHAIN_CLOUD"] {
        command.env_remove(name);
    }
    let output = command.output().expect("it ends");
    let seen = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{seen}");
    let (before, report) = seen.split_once("cloud::timeout").expect("a report");
    assert!(before.contains("web to be ACTIVE: BUILD"), "{before:?}");
    // The line is erased last, and nothing but the colour stands between that and the report.
    let (_, between) = before.rsplit_once("\u{1b}[2K").expect("the line is erased");
    assert!(matches!(between.trim(), "" | "\u{1b}[31m"), "{between:?}");
    assert!(!report.contains("to be ACTIVE: BUILD"), "{report:?}");
}

#[test]
fn an_interruption_runs_what_was_put_off_and_says_what_exists_after_it() {
    let served = Served::frozen();
    let script = r#"
        let spec = #{ image: "cirros", flavor: "m1.tiny" };
        let kept = boot("kept", spec);
        let undone = boot("undone", spec);
        on_failure(|s| { s.delete(); print("deleted"); }, undone);
        defer(|| print(`there: ${servers().len}`));
        print("here");
        kept.wait_active();
        print("went on");
    "#;
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let ended = interrupted(&served.program(), script, &[], signal);
        assert_eq!(ended.code, Some(code), "{}", ended.err);
        assert!(ended.out.ends_with("deleted\n"), "{}", ended.out);
        assert!(ended.out.starts_with("there: "), "{}", ended.out);
        assert!(ended.err.ends_with("  exists   1 server of this run: kept\n"), "{}", ended.err);
    }
}

#[test]
fn a_second_signal_leaves_at_once_though_something_was_put_off() {
    let served = Served::frozen();
    let program = served.program();
    let script = r#"
        defer(|| { print("undoing"); loop { } });
        print("here");
        sleep("1h");
    "#;
    program.file("book.rhai", script);
    let mut running = program.start(&["run", "book.rhai"]);
    assert_eq!(running.line(), "here");
    running.signal("INT");
    assert_eq!(running.line(), "undoing");
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{}", ended.err);
}

#[test]
fn a_signal_while_what_was_put_off_runs_lets_it_end() {
    let served = Served::new();
    let program = served.program();
    // The script has ended well: what is for its failure does not run.
    let script = r#"on_failure(|| print("failed"));
        defer(|| { print("undoing"); sleep("500ms"); servers(); print("undone"); });"#;
    program.file("book.rhai", script);
    let mut running = program.start(&["run", "book.rhai"]);
    assert_eq!(running.line(), "undoing");
    running.signal("INT");
    assert_eq!(running.line(), "undone");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.err);
}

#[test]
fn an_interruption_ends_every_item_of_many() {
    let served = Served::frozen();
    let script = r#"
        let spec = #{ image: "cirros", flavor: "m1.tiny" };
        let all = parallel(1..=4, |n| boot(`a-${n}`, spec));
        on_failure(|| print(servers().delete().len));
        print("here");
        parallel(all, |s| { try { s.wait_active() } catch { print("caught") } print("went on"); }, #{ on_error: "collect" });
        print("went on");
    "#;
    let ended = interrupted(&served.program(), script, &[], "INT");
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), "4\n"), "{}", ended.err);
    assert!(!ended.err.contains("exists"), "{}", ended.err);
}

#[test]
fn each_failure_is_reported_and_the_first_gives_the_code() {
    let program = Program::new();
    program.file("book.rhai", "defer(|| server(\"nosuch\"));\nexit(5);");
    let err = program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(5);
    assert!(err.contains("sim has no server `nosuch`"), "{err}");
    assert!(err.contains("  in       what was left to `defer`, at the end of the script\n"), "{err}");
    program.file("book.rhai", "defer(|| throw \"second\");\nthrow \"first\";");
    let err = program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(1);
    let (first, second) = (err.find("x first").expect("told"), err.find("x second").expect("told"));
    assert!(first < second, "{err}");
}

#[test]
fn a_failed_item_of_many_is_named_where_the_call_stands() {
    let program = Program::new();
    program
        .file("book.rhai", "fn add(n) { if n == 13 { throw \"no room\" } n }\nparallel(1..=20, |n| add(n));");
    let err = program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(1);
    assert!(err.contains("called from here, for item 13"), "{err}");
    assert!(err.contains("book.rhai:1:26") && err.contains("x no room"), "{err}");
    program.file("book.rhai", "parallel([\"a\"], Fn(\"server\"));");
    let err = program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(1);
    assert!(err.contains("  for      item `a`\n"), "{err}");
}

#[test]
fn a_reader_that_leaves_ends_waits_and_lets_what_was_put_off_run() {
    let served = Served::frozen();
    let program = served.program();
    // The items that wait do so for ever on this cloud.
    let script = r#"
        let spec = #{ image: "cirros", flavor: "m1.tiny" };
        let kept = boot("kept", spec);
        let undone = boot("undone", spec);
        on_failure(|s| s.delete(), undone);
        defer(|| info("deferred"));
        print("here");
        parallel(1..=3, |n| if n == 3 { loop { print("more"); } } else { kept.wait_active("1h") });
        info("went on");"#;
    program.file("book.rhai", script);
    let mut running = program.start(&["run", "book.rhai"]);
    assert_eq!(running.line(), "here");
    let ended = running.end_unread();
    let told = "deferred\n+ defer: info(\"deferred\")\n+ on_failure: |s| s.delete(), undone\nstopped, for nobody reads the output any more: 1 server of this run: kept\n";
    assert_eq!((ended.code, without_times(&ended.err).as_str()), (Some(141), told));
    assert_eq!(served.written(), ["server.create kept", "server.create undone", "server.delete undone"]);
}

#[test]
fn one_interruption_ends_a_loop_in_each_of_many_items() {
    let program = Program::new();
    // All eight are inside before the line is printed; what was to be started after them is not.
    let script = r#"
        on_failure(|| print("undone"));
        parallel(1..=100, |n| { info(`in ${n}`); loop { try { let _x = 1; } catch { } } }, #{ limit: 8, on_error: "collect" });
        print("went on");"#;
    program.file("book.rhai", script);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut running = program.start(&["run", "book.rhai", "--cloud", "sim"]);
        let mut inside: Vec<String> = (0..8).map(|_| running.talk()).collect();
        inside.sort();
        assert_eq!(inside, ["in 1", "in 2", "in 3", "in 4", "in 5", "in 6", "in 7", "in 8"]);
        running.signal(signal);
        let ended = running.end();
        assert_eq!((ended.code, ended.out.as_str()), (Some(code), "undone\n"), "{}", ended.err);
        assert!(!ended.err.contains("in 9"), "{}", ended.err);
    }
}

/// What was not begun is not begun any more, what was sent is waited for, and the report knows both.
#[test]
fn an_interruption_in_the_middle_of_a_bulk_call_ends_it_member_by_member() {
    let served = Served::frozen();
    served.fault("server.create", u32::MAX, FaultKind::Delay(Duration::from_millis(300)));
    let program = served.program();
    let script = r#"
        let specs = [];
        for n in 1..=40 { specs.push(#{ name: `web-${n}`, image: "cirros", flavor: "m1.tiny" }); }
        try { boot_all(specs, #{ on_error: "collect" }); } catch { print("caught"); }
        print("went on");"#;
    program.file("book.rhai", script);
    let mut running = program.start(&["run", "book.rhai", "--concurrency", "2", "-v"]);
    // The first of it that is told: one of the two that are in flight was answered, the other is about to be.
    while !running.talk().contains("POST") || served.written().is_empty() {}
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{}", ended.err);
    let made: Vec<String> = served
        .written()
        .iter()
        .filter_map(|write| write.strip_prefix("server.create ").map(str::to_string))
        .collect();
    assert!((1..40).contains(&made.len()), "{made:?}");
    let told = ended.err.lines().find_map(|line| line.trim().strip_prefix("exists")).expect("what exists");
    let count = match made.len() {
        1 => "1 server of this run: ".to_string(),
        many => format!("{many} servers of this run: "),
    };
    assert!(told.trim_start().starts_with(&count), "{made:?} but {told}");
    assert!(!ended.err.contains("may have"), "{}", ended.err);
}

#[test]
fn an_interrupted_wait_for_a_deletion_says_what_is_going() {
    let served = Served::frozen();
    let script = r#"
        let all = boot("a", #{ image: "cirros", flavor: "m1.tiny", count: 3 });
        let _b = boot("b", #{ image: "cirros", flavor: "m1.tiny" });
        print("here");
        delete(all, #{ wait: true });"#;
    let program = served.program();
    program.file("book.rhai", script);
    let mut running = program.start(&["run", "book.rhai"]);
    assert_eq!(running.line(), "here");
    let deleted = || served.written().iter().filter(|write| write.starts_with("server.delete")).count();
    while deleted() < 3 {
        std::thread::yield_now();
    }
    running.signal("INT");
    let ended = running.end();
    assert_eq!(ended.code, Some(130));
    assert_eq!(
        unframed(&ended.err),
        "  x the run was interrupted\n  exists   1 server of this run: b\n           3 servers of this run: a-1, a-2, a-3 (deletion accepted)\n"
    );
}

#[test]
fn a_change_that_is_not_answered_is_waited_for_as_long_as_a_request_may_take() {
    let served = Served::new();
    // It is made, nobody is told, and nobody may look.
    let hour = FaultKind::Delay(Duration::from_secs(3600));
    served.fault("server.create", 1, hour.clone());
    served.fault("server.list", u32::MAX, hour);
    let program = served.program();
    let script = r#"
        print("here");
        try { boot("web", #{ image: "cirros", flavor: "m1.tiny" }); } catch { print("caught"); }
        print("went on");"#;
    program.file("book.rhai", script);
    let mut running = program.start(&["run", "book.rhai", "--timeout", "1s"]);
    assert_eq!(running.line(), "here");
    while served.written().is_empty() {
        std::thread::yield_now();
    }
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{}", ended.err);
    assert!(ended.err.ends_with("  exists   `boot` of `web` may have taken effect\n"), "{}", ended.err);
}
