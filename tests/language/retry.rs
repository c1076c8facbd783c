//! `retry`: what is tried again, how often, after which waits on the run's own clock.

use crate::support::World;

#[test]
fn it_gives_what_the_closure_gives_once_that_succeeds() {
    let world = World::new();
    world.gives(
        r#"let n = 0; let got = retry(|| { n += 1; if n < 3 { throw #{ kind: "unavailable", message: "no" } } n * 10 },
           #{ on: ["unavailable"] }); [got, n]"#,
        "[30, 3]",
    );
    world.gives("retry(|| 7)", "7");
}

#[test]
fn the_waits_grow_on_the_clock_of_the_run() {
    let world = World::new();
    for (options, seconds) in [
        ("", 1 + 2 + 4 + 8),
        (", attempts: 3, delay: \"10s\"", 10 + 20),
        (", delay: \"10s\", max_delay: \"15s\"", 10 + 15 + 15 + 15),
        (", delay: 2, factor: 1", 2 * 4),
        (", attempts: 1", 0),
    ] {
        let script = format!(
            r#"let t = now(); try {{ retry(|| throw "no", #{{ on: ["script"]{options} }}) }} catch (e) {{ return duration(now() - t); }}"#
        );
        world.gives(&script, &seconds.to_string());
    }
}

#[test]
fn only_what_may_pass_is_tried_again() {
    let world = World::new();
    for (thrown, options, times) in [
        (r#""no""#, "", 1),
        (r#"#{ kind: "conflict", message: "no" }"#, "", 1),
        (r#"#{ kind: "conflict", message: "no" }"#, r#", on: ["timeout", "conflict"]"#, 3),
        (r#"#{ kind: "conflict", message: "no" }"#, r#", on: "conflict""#, 3),
        (r#"#{ kind: "unavailable", message: "no" }"#, "", 3),
        (r#"#{ kind: "unavailable", message: "no" }"#, r#", on: ["conflict"]"#, 1),
    ] {
        let script = format!(
            "let n = 0; try {{ retry(|| {{ n += 1; throw {thrown} }}, #{{ attempts: 3{options} }}) }} catch {{ }} n"
        );
        world.gives(&script, &times.to_string());
    }
}

#[test]
fn the_last_error_is_raised_and_says_how_often() {
    let world = World::new();
    let error = world.error(r#"retry(|| server("nosuch"), #{ attempts: 3, on: ["not_found"] })"#);
    assert_eq!(error.kind.as_str(), "not_found");
    assert!(error.facts.contains(&("tried", "3 times within 3s".to_string())), "{:?}", error.facts);
}

#[test]
fn an_exit_is_no_failure_to_try_again_after() {
    let world = World::new();
    let failure = world.run("retry(|| exit(2))").expect_err("it ends");
    assert_eq!(failure.cause, rhain::script::failure::Cause::Exit(2));
}

#[test]
fn options_are_checked() {
    let world = World::new();
    for (options, words) in [
        (r#"on: ["confict"]"#, "`confict` is no kind of error"),
        ("factor: 0.5", "1.0 or more"),
        ("attempts: 0", "1 or more"),
        ("delay: \"soon\"", "no duration"),
        ("tries: 3", "attempts"),
    ] {
        world.fails(&format!("retry(|| 1, #{{ {options} }})"), "invalid_argument", words);
    }
}
