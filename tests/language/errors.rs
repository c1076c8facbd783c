//! Errors as scripts catch them: kinds, fields, what cannot be caught.

use crate::support::{World, each};
use rhain::script::failure::{Cause, Failure};
use rhain_sim::FaultKind;

fn caught(script: &str, field: &str) -> String {
    format!("try {{ {script}; }} catch (e) {{ return {field}; }} \"not thrown\"")
}

#[test]
fn a_cloud_s_error_has_all_its_fields() {
    let world = World::web();
    world.fault("server.pause", FaultKind::Status { code: 409, body: None, retry_after: None });
    world.gives(
        &caught(
            r#"pause("web")"#,
            r#"[e.kind, e.verb, e.cloud, e.provider, e.service, e.status, e.code, e.request_id.starts_with("req-"), e.retryable, e.results, e.exists]"#,
        ),
        r#"["conflict", "pause", "sim", "openstack", "compute", 409, "conflictingRequest", true, false, [], []]"#,
    );
    world.gives(
        &caught(r#"server("nosuch")"#, "[e.kind, e.verb, e.cloud, e.retryable]"),
        r#"["not_found", "server", "sim", false]"#,
    );
    world.gives(&caught(r#"server("wbe")"#, r#"e.help.contains("web")"#), "true");
    world.fails(&caught(r#"server("x")"#, "e.knd"), "script", "`kind`");
}

#[test]
fn kinds_follow_what_happened() {
    let status = |code: u16| FaultKind::Status { code, body: None, retry_after: None };
    each(
        [
            (status(400), "invalid_argument", false),
            (status(403), "forbidden", false),
            (status(404), "not_found", false),
            (status(409), "conflict", false),
        ],
        |(fault, kind, retryable)| {
            let world = World::web();
            world.fault("server.pause", fault);
            world.gives(
                &caught(r#"pause("web")"#, "[e.kind, e.retryable]"),
                &format!("[\"{kind}\", {retryable}]"),
            );
        },
    );
    let world = World::web();
    world.sim(|sim| sim.quota("servers", 1));
    world.gives(
        &caught(
            r#"boot("b", #{ image: "cirros", flavor: "m1.tiny" })"#,
            "[e.kind, e.status, e.message.contains(\"uota\")]",
        ),
        r#"["over_quota", 403, true]"#,
    );
    let world = World::web();
    world.fault_always("server.list", status(503));
    world.gives(&caught("servers()", "[e.kind, e.retryable, e.status]"), r#"["unavailable", true, 503]"#);
    let world = World::web();
    world.fault_always("server.list", FaultKind::ResetBefore);
    world.gives(&caught("servers()", "[e.kind, e.retryable]"), r#"["network", true]"#);
    let world = World::web();
    world.fault_always("server.list", status(429));
    world.gives(&caught("servers()", "[e.kind, e.retryable]"), r#"["rate_limited", true]"#);
    let world = World::web();
    world.fault_always(
        "server.list",
        FaultKind::Status { code: 200, body: Some("<html>".to_string()), retry_after: None },
    );
    world.gives(&caught("servers()", "e.kind"), "protocol");
    world.gives(&caught(r#"boot("b", #{ image: "cirros", flavor: "m1.nano" })"#, "e.kind"), "forbidden");
}

#[test]
fn thrown_text_and_the_language_s_own_errors_are_of_kind_script() {
    let world = World::new();
    each(
        [
            (r#"throw "no""#, "script: no"),
            (r#"fail("no")"#, "script: no"),
            ("assert(false)", "script: the assertion does not hold"),
            (r#"assert(1 == 2, "sums")"#, "script: sums"),
            ("1 / 0", "script: a number is divided by zero"),
            ("1 % 0", "script: a number is divided by zero"),
            (
                "let a = -9223372036854775807 - 1; a % -1",
                "script: the smallest whole number has no remainder by -1 here",
            ),
            ("[1][5]", "script: the array has 1 element, and no element 5"),
            (r#"#{ a: 1 }.b"#, "script: "),
            (r#"1 < "a""#, "script: `<` cannot order a number and text"),
            (r#"let s = "x"; s.foo()"#, "script: "),
            (r#""a" - 1"#, "script: "),
            ("throw", "script: "),
            ("throw 5", "script: "),
            ("throw ()", "script: "),
            (r#"throw #{ message: "mine" }"#, "script: mine"),
            (r#"throw #{ kind: "conflict", message: "mine" }"#, "conflict: mine"),
            ("[1, 2].filter(|x| 5)", "script: "),
            (r#"parse_int("x")"#, "script: "),
        ],
        |(script, text)| {
            let given = world.text(&caught(script, "`${e.kind}: ${e.message}`"));
            assert!(given.starts_with(text), "{script}: {given}");
            for word in ["Dynamic", "i64", "ImmutableString", "&str", "rhai::", "FnPtr"] {
                assert!(!given.contains(word), "{script}: {given}");
            }
        },
    );
    world.fails("fn f(n) { f(n + 1) } f(0)", "script", "functions call each other too deeply");
    world.gives(&caught(r#"throw "plain""#, r#"e == "plain""#), "true");
    world.gives(&caught(r#"assert_eq(1, 2)"#, "e.message"), "1 is not 2");
    world.ok(r#"assert_eq(1, 1.0); assert_eq([1, #{ a: "b" }], [1, #{ a: "b" }])"#);
}

#[test]
fn an_error_can_be_thrown_again_and_kept() {
    let world = World::new();
    world.fails(r#"try { server("x") } catch (e) { throw e }"#, "not_found", "`x`");
    world.gives(
        r#"let kept = (); try { server("x") } catch (e) { kept = e } [kept.kind, is_error(kept)]"#,
        r#"["not_found", true]"#,
    );
    world.gives(r#"is_error("text")"#, "false");
    world.gives(
        r#"try { server("x") } catch (e) { return `${e}` }"#,
        &world.text(r#"try { server("x") } catch (e) { return `${e.kind}: ${e.message}` }"#),
    );
    world.gives(r#"parse_json(to_json(stop(["x"], #{ on_error: "collect" })))[0].kind"#, "not_found");
}

#[test]
fn wrong_calls_can_be_caught_too() {
    let world = World::web();
    each(
        [
            r#"boot("x", #{ flavour: 1 })"#,
            "stop()",
            r#"stop("web", "now")"#,
            r#"reboot("web", "gently")"#,
            r#"resize("web")"#,
            "sleep([])",
        ],
        |script| {
            world.gives(&caught(script, "e.kind"), "invalid_argument");
        },
    );
}

#[test]
fn exit_and_an_interruption_cannot_be_caught() {
    let world = World::new();
    let code = |script: &str| match world.run(script) {
        Err(Failure { cause: Cause::Exit(code), .. }) => code,
        other => panic!("{script}: {other:?}"),
    };
    assert_eq!(code("exit(3)"), 3);
    assert_eq!(code("exit()"), 0);
    assert_eq!(code("try { exit(4) } catch { 1 }"), 4);
    assert_eq!(code("fn f() { try { exit(5) } catch (e) { 1 } } f()"), 5);
    assert_eq!(code("[1].map(|x| exit(6))"), 6);
    assert_eq!(code("[1].filter(|x| exit(7))"), 7);
    assert_eq!(code("wait_until(|| exit(8))"), 8);
    world.fails("exit(256)", "invalid_argument", "0 to 255");
    world.fails("exit(-1)", "invalid_argument", "0 to 255");
    let world = World::web();
    world.setup.cancel.send_replace(1);
    for script in [r#"sleep("1h")"#, r#"try { wait_status("web", "SHUTOFF") } catch { print("on") }"#] {
        let ended = world.run(script);
        assert!(
            matches!(&ended, Err(Failure { cause: Cause::Interrupted { terminated: false }, .. })),
            "{ended:?}"
        );
    }
    assert_eq!(world.out(), "");
    world.setup.session.stopped.store(true, std::sync::atomic::Ordering::Relaxed);
    let ended = world.run("loop { try { 1 } catch { 2 } }");
    assert!(matches!(ended, Err(Failure { cause: Cause::Interrupted { .. }, .. })), "{ended:?}");
}

#[test]
fn an_error_in_a_module_s_function_says_the_way() {
    let world = World::new();
    let failure = world
        .run(r#"import "std/wait" as wait; wait::all(["nosuch"], "ACTIVE", "1s")"#)
        .expect_err("there is no such server");
    let sources: Vec<&str> = failure.sites.iter().map(|site| site.source.as_str()).collect();
    assert_eq!(sources, ["std/wait", "test.rhai"], "{failure:?}");
}

#[test]
fn errors_keep_their_words_through_a_closure_and_a_function() {
    let world = World::new();
    let caught = |code: &str| {
        format!(
            "fn tried(f) {{ try {{ f.call() }} catch (e) {{ return `${{e.kind}}: ${{e.message}}`; }} }} tried(|| {code})"
        )
    };
    for (code, said) in [
        ("[1][5]", "script: the array has 1 element, and no element 5"),
        ("1 / 0", "script: a number is divided by zero"),
        ("1 + ()", "script: `+` does not join a number and nothing"),
        ("#{ a: 1 }.b", "script: this map has no key `b`"),
        ("\"x\".bogus()", "script: there is no verb `bogus`"),
        ("fail(\"no disk\")", "script: no disk"),
    ] {
        world.gives(&caught(code), said);
    }
}

#[test]
fn an_error_of_the_language_that_is_thrown_again_is_shown_where_it_began() {
    let world = World::new();
    let failed = world.run("try {\n    let a = [1];\n    print(a[7]);\n} catch (e) {\n    throw e;\n}");
    let Err(Failure { cause: Cause::Error(_), sites }) = failed else { panic!("it ends with an error") };
    assert_eq!((sites[0].line, sites[0].column), (3, 13), "{sites:?}");
}

#[test]
fn a_method_on_a_field_of_what_nobody_writes_is_no_change() {
    let world = World::new();
    each(
        [
            // The engine's own error is made one of ours where it is read.
            (r#"let n = 0; try { parse_int("x") } catch (e) { n = e.message.len() } n > 5"#, "true"),
            (r#"let n = false; try { [1][7] } catch (e) { n = e.message.contains("1") } n"#, "true"),
            (r#"let n = 0; try { throw now() } catch (e) { n = e.message.len() } n > 5"#, "true"),
            (r#"const C = cloud(); C.name.len()"#, "3"),
            (r#"const C = cloud(); C.provider.to_upper()"#, "OPENSTACK"),
            (r#"const D = now() - now(); D.seconds.to_string()"#, "0"),
            (r#"const T = parse_time("2026-11-30T10:00:00Z"); T.year.to_string()"#, "2026"),
        ],
        |(script, text)| world.gives(script, text),
    );
    for script in
        [r#"const C = cloud(); C.name = "x""#, r#"try { parse_int("x") } catch (e) { e.message = "y" }"#]
    {
        assert!(world.run(script).is_err(), "{script}");
    }
}

#[test]
fn what_is_no_number_is_no_whole_number() {
    let world = World::new();
    for script in ["(0.0 / 0.0).to_int()", "(1.0 / 0.0).to_int()", "1e30.to_int()", "to_int(-1e19)"] {
        let error = world.error(script);
        assert_eq!(error.diagnostic, Some("language::arithmetic"), "{script}: {error:?}");
    }
    world.gives("2.9.to_int()", "2");
    world.gives("(-2.9).to_int()", "-2");
}
