//! Steps as they are told on standard error: a line each, an event each, and on a terminal.

use crate::support::Program;

const BOOK: &str = r#"
    let made = step("Boot two", || {
        parallel(["a", "b"], |name| step(`boot ${name}`, || boot(name, #{ image: "cirros", flavor: "m1.tiny" })), #{ limit: 1 })
    });
    step("Wait a while", || sleep("2500ms"));
    print(made.len);
    step("Give up", || fail("no more"));
"#;

#[test]
fn a_step_is_a_line_when_it_ends() {
    let program = Program::new();
    program.file("book.rhai", BOOK);
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), "2\n"));
    let told: Vec<&str> = ended.err.lines().take_while(|line| !line.contains("::")).collect();
    assert_eq!(
        told,
        [
            "> Boot two",
            "  + boot a                                                     0.0s",
            "  + boot b                                                     0.0s",
            "+ Boot two                                                     0.0s",
            "+ Wait a while                                                 2.5s",
            "x Give up                                                      0.0s   failed",
        ]
    );
}

#[test]
fn quiet_tells_no_step() {
    let program = Program::new();
    program.file("book.rhai", r#"print(step("Count", || 42));"#);
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim", "-q"]);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("42\n", ""));
}

#[test]
fn a_step_is_two_events_for_programs() {
    let program = Program::new();
    program.file("book.rhai", r#"step("Outer", || step("Inner", || { sleep("1s"); exit(4) }));"#);
    let err = program.run(&["run", "book.rhai", "--cloud", "sim", "--format", "json"]).failed(4);
    let events: Vec<&str> = err.lines().collect();
    assert_eq!(
        events,
        [
            r#"{"event":"step_began","step":1,"within":[],"title":"Outer"}"#,
            r#"{"event":"step_began","step":2,"within":[1],"title":"Inner"}"#,
            r#"{"event":"step_ended","step":2,"within":[1],"title":"Inner","outcome":"interrupted","ms":1000}"#,
            r#"{"event":"step_ended","step":1,"within":[],"title":"Outer","outcome":"interrupted","ms":1000}"#,
        ]
    );
}
