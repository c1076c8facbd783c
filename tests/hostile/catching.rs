//! A caught error is bound to its own name in its own block; whatever was thrown has a kind and a message.

use crate::support::{World, each};

#[test]
fn a_caught_error_changes_no_other_variable_of_its_name() {
    let world = World::new();
    each(
        [
            (
                r#"let e = #{ message: "mine" }; try { throw "x" } catch (e) { } e.keys().to_string()"#,
                r#"["message"]"#,
            ),
            (r#"let e = (); try { throw "x" } catch (e) { } type_of(e)"#, "()"),
            (r#"try { throw "x" } catch (e) { } let e = #{ error: "E", message: "m" }; e.keys().len"#, "2"),
            (r#"let e = 1; try { throw "x" } catch (e) { e.message } e"#, "1"),
            (r#"let r = ""; try { throw "x" } catch (e) { r = e.message; let e = 5; r += e; } r"#, "x5"),
            (r#"let m = #{ e: 1 }; try { throw "x" } catch (e) { m.e = 2; } m.e"#, "2"),
            (
                r#"let r = []; try { throw "x" } catch (e) { [1].for_each(|i| r.push(e.kind)); } r[0]"#,
                "script",
            ),
            (
                r#"let r = ""; try { throw "a" } catch (e) { try { throw "b" } catch (e) { r += e.message } r += e.message } r"#,
                "ba",
            ),
            (r#"let r = ""; try { nosuch.x } catch (err) { r = `${err.kind}` } r"#, "script"),
            (r#"fn e(x) { x + 1 } let r = 0; try { throw "x" } catch (e) { r = e(1) } r"#, "2"),
        ],
        |(script, text)| match world.run(script) {
            Ok(value) => assert_eq!(rhain::script::value::display(&value), text, "{script}"),
            // An undeclared variable is found before anything runs.
            Err(failure) => assert!(script.contains("nosuch"), "{script}: {failure:?}"),
        },
    );
}

#[test]
fn whatever_is_thrown_has_a_kind_and_a_message() {
    let world = World::new();
    each(
        [
            "\"text\"",
            "1",
            "1.5",
            "true",
            "'c'",
            "()",
            "[1, 2]",
            "#{ a: 1 }",
            "|x| x",
            "0..5",
            "0..=5",
            "now()",
            "duration(\"5m\")",
            "secret(\"hush\")",
            "blob(4)",
        ],
        |thrown| {
            let script = format!(
                "let r = []; try {{ throw {thrown} }} catch (e) {{ r = [e.kind, type_of(e.message)] }} r"
            );
            world.gives(&script, r#"["script", "string"]"#);
        },
    );
}

#[test]
fn keys_of_maps_stay_as_they_are_written() {
    let world = World::new();
    each(
        [
            (r#"let m = #{}; m["YWI="] = 1; m.keys().to_string()"#, r#"["YWI="]"#),
            (r#"let m = #{ "a=": 1 }; m["a="]"#, "1"),
            (r#"let m = #{}; m.a = 1; m["b=="] = 2; m["b=="]"#, "2"),
            (
                r#"let m = #{ a: 1 }; try { m["a="] } catch (e) { return "missing " + m.keys().len }"#,
                "missing 1",
            ),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn what_the_engine_cannot_parse_while_a_script_runs_is_an_error_like_any_other() {
    let world = World::new();
    let caught = |code: &str| format!("let r = \"\"; try {{ {code} }} catch (e) {{ r = e.kind }} r");
    each(
        [
            r#"[1].map("%")"#,
            r#"[1].filter("%")"#,
            r#"let name = "%"; Fn(name)"#,
            r#"Fn("let")"#,
            r#"Fn("")"#,
            r#"let path = "no/such"; import path as m;"#,
        ],
        |code| {
            world.gives(&caught(code), "script");
            let failure = world.run(code).expect_err(code);
            assert_eq!(rhain::script::run::exit_code(&failure), 1, "{code}: {failure:?}");
        },
    );
    world.gives(r#"fn twice(x) { x * 2 } [1, 2].map("twice").to_string()"#, "[2, 4]");
    world.gives(r#"fn twice(x) { x * 2 } [1, 2].map(Fn("twice")).to_string()"#, "[2, 4]");
    world.gives(r#"fn twice(x) { x * 2 } let f = Fn("twice"); f.call(4)"#, "8");
}

#[test]
fn a_handler_without_its_argument_is_found_when_it_is_left() {
    let world = World::new();
    for verb in ["on_failure", "defer"] {
        let error = world.error(&format!("{verb}(|s| s); fail(\"later\")"));
        assert_eq!(error.kind.as_str(), "invalid_argument", "{error:?}");
    }
    world.ok("defer(|s| s, 1); defer(|| 1);");
}
