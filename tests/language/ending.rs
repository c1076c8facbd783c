//! `defer` and `on_failure`: when they run, in which order, with what, and what an error in them does.

use crate::support::World;
use rhain::script::failure::{Cause, Failure};

/// What a script prints, and what ended it.
fn ended(script: &str) -> (String, Result<(), Cause>) {
    let world = World::new();
    let result = world.run(script).map(|_| ()).map_err(|failure| failure.cause);
    (world.out().replace('\n', " "), result)
}

#[test]
fn what_is_deferred_runs_last_first_after_the_end() {
    let (out, result) = ended(r#"defer(|| print("a")); defer(|| print("b")); print("script");"#);
    assert_eq!((out.as_str(), result), ("script b a", Ok(())));
}

#[test]
fn the_value_of_the_script_stays() {
    World::new().gives(r#"defer(|| 1); 42"#, "42");
}

#[test]
fn on_failure_runs_only_after_one() {
    for (end, out, code) in
        [("", "always", None), ("exit(0);", "always", Some(0)), ("exit(3);", "failed always", Some(3))]
    {
        let script = format!(r#"defer(|| print("always")); on_failure(|| print("failed")); {end}"#);
        let (told, result) = ended(&script);
        assert_eq!((told.as_str(), result), (out, code.map_or(Ok(()), |code| Err(Cause::Exit(code)))));
    }
    for end in [r#"throw "no""#, "1 / 0", r#"server("nosuch")"#, r#"assert(false, "no")"#] {
        let (told, result) = ended(&format!(r#"on_failure(|| print("failed")); {end};"#));
        assert_eq!(told, "failed", "{end}");
        assert!(matches!(result, Err(Cause::Error(_))), "{end}");
    }
}

#[test]
fn a_handle_calls_it_off() {
    let (out, _) = ended(
        r#"let a = defer(|| print("a")); let b = on_failure(|| print("b")); defer(|| print("c"));
           a.cancel(); b.cancel(); throw "no";"#,
    );
    assert_eq!(out, "c");
    World::new().gives(r#"`${defer(|| 1)}`"#, "a handle");
}

#[test]
fn the_value_given_is_as_it_is_at_the_call() {
    let (out, _) = ended("for n in 1..=3 { defer(|n| print(n), n); }");
    assert_eq!(out, "3 2 1");
    let (out, _) = ended(r#"let a = [1]; defer(|a| print(a), a); a.push(2); defer(|| print(a)); a.push(3);"#);
    assert_eq!(out, "[1, 2, 3] [1]");
}

#[test]
fn it_runs_wherever_it_was_put_off() {
    for script in [
        r#"fn later(x) { defer(|x| print(shown(x)), x); } fn shown(x) { `<${x}>` } later(1);"#,
        r#"fn shown(x) { print(`<${x}>`); } defer(shown, 1);"#,
        r#"fn shown(x) { `<${x}>` } defer(|| { defer(|| print(shown(1))); });"#,
        r#"parallel([1], |n| { defer(|n| print(`<${n}>`), n); });"#,
        r#"defer(|| parallel([1], |n| print(`<${n}>`)));"#,
        r#"const N = 1; fn later() { defer(|| print(`<${global::N}>`)); } later();"#,
    ] {
        let (out, result) = ended(script);
        assert_eq!((out.as_str(), result), ("<1>", Ok(())), "{script}");
    }
}

#[test]
fn a_closure_of_a_module_is_still_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let module = r#"fn shown(x) { `<${x}>` } fn later(x) { defer(|x| print(shown(x)), x); }"#;
    std::fs::write(folder.path().join("m.rhai"), module).expect("a file");
    let main = folder.path().join("main.rhai");
    std::fs::write(&main, r#"import "m" as m; m::later(1);"#).expect("a file");
    let program = crate::support::Program::new();
    let path = main.to_str().expect("text");
    assert_eq!(program.run(&["run", path, "--cloud", "sim"]).ok(), "<1>\n");
}

#[test]
fn an_error_in_it_hides_neither_the_first_nor_the_rest() {
    let world = World::new();
    let script =
        r#"defer(|| print("c")); defer(|| throw "second"); on_failure(|| print("b")); throw "first";"#;
    let failure = world.run(script).expect_err("it failed");
    assert!(matches!(&failure.cause, Cause::Error(error) if error.message == "first"), "{failure:?}");
    assert_eq!(world.out(), "b\nc");
    let told = world.setup.session.endings.failures();
    let [Failure { cause: Cause::Error(second), .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(second.message, "second");
    assert_eq!(second.facts, [("in", "what was left to `defer`, at the end of the script".to_string())]);
}

#[test]
fn an_error_in_it_is_a_failure_of_a_run_that_ended_well() {
    let (out, result) = ended(r#"on_failure(|| print("undone")); defer(|| throw "no"); exit(0);"#);
    assert_eq!(out, "undone");
    assert!(matches!(result, Err(Cause::Error(error)) if error.message == "no"));
    let (_, result) = ended("defer(|| exit(4));");
    assert_eq!(result, Err(Cause::Exit(4)));
}

/// `defer` and `on_failure` are one row, last first; each `on_failure` is asked when its turn comes.
#[test]
fn a_failing_handler_is_a_failure_to_those_that_come_after_it() {
    let script = r#"
        on_failure(|| print("after the first error"));
        defer(|| print("always"));
        on_failure(|| { print("after it too"); throw "third"; });
        defer(|| throw "second");
        defer(|| throw "first");
        on_failure(|| print("nothing had failed"));"#;
    let world = World::new();
    let failure = world.run(script).expect_err("a handler failed");
    assert_eq!(world.out(), "after it too\nalways\nafter the first error");
    let message = |failure: &Failure| match &failure.cause {
        Cause::Error(error) => error.message.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(message(&failure), "first");
    let told = world.setup.session.endings.failures();
    assert_eq!(told.iter().map(message).collect::<Vec<_>>(), ["second", "third"]);
}

#[test]
fn the_first_failure_gives_the_end_whatever_handlers_exit_with() {
    for (script, end) in [
        ("defer(|| exit(0)); exit(3);", Err(Cause::Exit(3))),
        ("defer(|| exit(4)); exit(3);", Err(Cause::Exit(3))),
        ("defer(|| exit(4)); defer(|| exit(5));", Err(Cause::Exit(5))),
        ("defer(|| exit(0)); defer(|| print(1));", Ok(())),
    ] {
        assert_eq!(ended(script).1, end, "{script}");
    }
    let (out, end) = ended(r#"on_failure(|| print("failed")); defer(|| exit(4)); throw "no";"#);
    assert!(matches!(end, Err(Cause::Error(error)) if error.message == "no"));
    assert_eq!(out, "failed");
    // A handler that is interrupted by nothing but its own exit still lets the others run.
    let (out, _) = ended(r#"defer(|| print("a")); defer(|| { print("b"); exit(1); print("c"); });"#);
    assert_eq!(out, "b a");
}

#[test]
fn what_it_does_to_a_cloud_is_done() {
    let world = World::new();
    let script = r#"
        let made = parallel(["a", "b"], |name| {
            let s = boot(name, #{ image: "cirros", flavor: "m1.tiny" });
            on_failure(|s| s.delete(#{ wait: true }), s);
            s
        });
        made.wait_active();
        throw "half way";"#;
    let written = world.written(|| assert!(world.run(script).is_err()));
    let deleted = written.iter().filter(|write| write.starts_with("server.delete")).count();
    assert_eq!(deleted, 2, "{written:?}");
    assert_eq!(world.exists(), Vec::<String>::new());
    world.gives("servers()", "[]");
}

#[test]
fn its_own_deadline_ends_it() {
    let world = World::new();
    let session = world.setup.session.clone();
    let watcher = std::thread::spawn(move || {
        while session.host.phase() == rhain::verbs::run_context::Phase::Running {
            std::thread::yield_now();
        }
        session.stopped.store(true, std::sync::atomic::Ordering::Relaxed);
        session.host.cut_short();
    });
    let failure = world.run(r#"defer(|| print("never")); defer(|| loop { });"#).expect_err("it is ended");
    watcher.join().expect("it watched");
    assert_eq!(failure.cause, Cause::Interrupted { terminated: false });
    assert_eq!(world.out(), "");
}

#[test]
fn a_mistake_in_the_call_is_told() {
    let world = World::new();
    world.fails("defer(1)", "invalid_argument", "give a closure");
    world.fails("on_failure()", "invalid_argument", "`f` is missing");
    world.fails("defer(|| 1, 2, 3)", "invalid_argument", "one too many");
}
