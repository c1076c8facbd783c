//! Ctrl-C as a person types it, on a terminal of the program's own, and SIGTERM: what is left of the run is what it says.
//!
//! Nothing here sleeps: what is typed is typed once the screen shows that its moment has come, and what exists is asked of
//! the same cloud afterwards.

use super::terminal::{Terminal, plain};
use crate::support::{Program, Served};
use rhain_sim::FaultKind;
use std::time::Duration;

const CTRL_C: &str = "\u{3}";

/// A cloud on the machine's own time, whose servers never leave BUILD.
fn stuck() -> Served {
    let served = Served::new();
    served.fault("server.create", u32::MAX, FaultKind::Stuck);
    served
}

/// The names of the servers that the cloud has, as another run of the program sees them; sorted.
fn servers(program: &Program) -> Vec<String> {
    let told = program.run(&["--format", "json", "-e", "servers().map(|s| s.name)"]).ok();
    let mut names: Vec<String> = serde_json::from_str(&told).expect("JSON");
    names.sort();
    names
}

/// What is said to exist, a line each.
fn exists(shown: &str) -> Vec<String> {
    let mut lines = shown.lines().skip_while(|line| !line.starts_with("  exists "));
    let first = lines.next().map(|line| line["  exists ".len()..].trim().to_string());
    let more = lines.take_while(|line| line.starts_with("           ")).map(|line| line.trim().to_string());
    first.into_iter().chain(more).collect()
}

/// The sorted names of a line of what exists: `2 servers of this run: a, b`.
fn named(line: &str) -> Vec<String> {
    let (count, names) = line.split_once(" of this run: ").expect("names");
    let mut names: Vec<String> = names.split(", ").map(str::to_string).collect();
    names.sort();
    let count = count.split(' ').next().expect("a number");
    assert_eq!(count.parse::<usize>().ok(), Some(names.len()), "{line}");
    names
}

#[test]
fn in_a_wait() {
    let served = stuck();
    let program = served.program();
    let script = r#"
        on_failure(|| print("handler"));
        let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" });
        step("Wait for it", || { try { s.wait_active("1h") } catch { print("caught") } });
        print("went on");"#;
    program.file("book.rhai", script);
    let mut terminal = Terminal::start(&program, &["run", "book.rhai"]);
    terminal.shows("web to be ACTIVE: BUILD");
    terminal.types(CTRL_C);
    let (code, seen) = terminal.end();
    let shown = plain(&seen);
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("✗ Wait for it") && shown.contains("  interrupted\n"), "{shown}");
    assert!(shown.contains("handler\n") && shown.contains("× the run was interrupted"), "{shown}");
    assert!(!shown.contains("\ncaught") && !shown.contains("\nwent on"), "{shown}");
    assert_eq!(exists(&shown), ["1 server of this run: web"], "{shown}");
    assert_eq!(servers(&program), ["web"]);
}

/// Thirty servers, five at a time, each told once it is made; the boots in flight are slow enough to be met.
const MANY: &str = r#"
    parallel(1..=30, |n| {
        let s = boot(`p-${n}`, #{ image: "cirros", flavor: "m1.tiny" });
        print(`made ${n}`);
        s.wait_active("1h")
    }, #{ limit: 5 });
    print("went on");"#;

#[test]
fn in_a_parallel_that_boots() {
    let served = stuck();
    served.fault("server.create", u32::MAX, FaultKind::Delay(Duration::from_millis(200)));
    let program = served.program();
    program.file("book.rhai", MANY);
    let mut terminal = Terminal::start(&program, &["run", "book.rhai"]);
    terminal.shows("made ");
    terminal.types(CTRL_C);
    let (code, seen) = terminal.end();
    let shown = plain(&seen);
    assert_eq!(code, Some(130), "{shown}");
    let there = servers(&program);
    assert!((1..=5).contains(&there.len()), "{there:?}");
    // Those in flight were waited for: each that the cloud has is told of, and no other.
    let told = exists(&shown);
    assert_eq!(
        told.iter().map(|line| named(line)).collect::<Vec<_>>(),
        std::slice::from_ref(&there),
        "{shown}"
    );
    let written = served.written().len();
    assert_eq!(written, there.len(), "nothing was made twice, and nothing after the end");
}

#[test]
fn in_a_parallel_whose_servers_are_to_go_again() {
    let served = stuck();
    served.fault("server.create", u32::MAX, FaultKind::Delay(Duration::from_millis(200)));
    let program = served.program();
    let undo = r#"on_failure(|| step("Delete what was made", || delete(servers(#{ name: "p-*" }), #{ wait: true })));"#;
    program.file("book.rhai", &format!("{undo}{MANY}"));
    let mut terminal = Terminal::start(&program, &["run", "book.rhai"]);
    terminal.shows("made ");
    terminal.shows("made ");
    terminal.types(CTRL_C);
    let (code, seen) = terminal.end();
    let shown = plain(&seen);
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("✓ Delete what was made"), "{shown}");
    assert_eq!(exists(&shown), [] as [&str; 0], "{shown}");
    assert_eq!(servers(&program), [] as [&str; 0]);
    let made = served.written().iter().filter(|write| write.starts_with("server.create")).count();
    assert!((2..=7).contains(&made), "{:?}", served.written());
}

#[test]
fn in_a_loop() {
    let program = Program::new();
    program.file(
        "book.rhai",
        r#"on_failure(|| print("handler")); print("here"); loop { try { let _x = 1; } catch { } }"#,
    );
    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
    terminal.shows("here");
    terminal.types(CTRL_C);
    let (code, seen) = terminal.end();
    let shown = plain(&seen);
    assert_eq!(code, Some(130), "{shown}");
    assert!(shown.contains("handler\n") && shown.contains("× the run was interrupted"), "{shown}");
    assert_eq!(exists(&shown), [] as [&str; 0]);
}

#[test]
fn a_second_time_while_what_was_put_off_runs() {
    let served = stuck();
    let program = served.program();
    let script = r#"
        let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" });
        let t = boot("other", #{ image: "cirros", flavor: "m1.tiny" });
        defer(|| print("never"));
        defer(|| { t.delete(#{ wait: true }); print("undoing"); s.wait_deleted("1h"); print("undone"); });
        s.wait_active("1h");"#;
    program.file("book.rhai", script);
    let mut terminal = Terminal::start(&program, &["run", "book.rhai"]);
    terminal.shows("web to be ACTIVE: BUILD");
    terminal.types(CTRL_C);
    // The first time it runs, and is not ended.
    terminal.shows("undoing");
    terminal.shows("web to be gone: BUILD");
    terminal.types(CTRL_C);
    let (code, seen) = terminal.end();
    let shown = plain(&seen);
    assert_eq!(code, Some(130), "{shown}");
    assert!(!shown.contains("undone") && !shown.contains("never"), "{shown}");
    assert_eq!(
        exists(&shown),
        ["1 server of this run: web", "what was being sent may have taken effect"],
        "{shown}"
    );
    assert_eq!(servers(&program), ["web"]);
}

#[test]
fn terminated() {
    let served = stuck();
    let program = served.program();
    let script = r#"
        let kept = boot("kept", #{ image: "cirros", flavor: "m1.tiny" });
        let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" });
        on_failure(|s| { delete(s); print("handler"); }, s);
        s.wait_active("1h");"#;
    program.file("book.rhai", script);
    let mut terminal = Terminal::start(&program, &["run", "book.rhai"]);
    terminal.shows("web to be ACTIVE: BUILD");
    terminal.signal("TERM");
    let (code, seen) = terminal.end();
    let shown = plain(&seen);
    assert_eq!(code, Some(143), "{shown}");
    assert!(shown.contains("handler\n") && shown.contains("× the run was terminated"), "{shown}");
    assert_eq!(exists(&shown), ["1 server of this run: kept"], "{shown}");
    while servers(&program) != ["kept"] {
        // The deletion was accepted and not waited for.
        assert!(servers(&program).iter().all(|name| name == "kept" || name == "web"));
    }
}
