//! Secrets print masked everywhere; `reveal` is the way out, on purpose.

use crate::support::{World, each};

#[test]
fn a_secret_never_prints() {
    let world = World::new();
    each(
        [
            (r#"`${secret("hush")}`"#, "••••••"),
            (r#""p: " + secret("hush")"#, "p: ••••••"),
            (r#"secret("hush").to_string()"#, "••••••"),
            (r#"to_json(#{ p: secret("hush") })"#, r#"{"p":"••••••"}"#),
            (r#"[secret("hush")]"#, "[••••••]"),
            (r#"#{ a: secret("hush") }"#, r##"#{"a": ••••••}"##),
            (r#"reveal(secret("hush"))"#, "hush"),
            (r#"reveal("plain")"#, "plain"),
            (r#"secret(secret("hush"))"#, "••••••"),
            (r#"secret("a") == secret("a")"#, "true"),
            (r#"secret("a") == secret("b")"#, "false"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.ok(
        r#"let s = secret("hush"); print(s); debug(s); info(s); warn(s); table([#{ s: s }]); print([s]); print(#{ s: s });"#,
    );
    let all = format!("{}\n{}", world.out(), world.err());
    assert!(!all.contains("hush"), "{all}");
    assert_eq!(all.matches("••••••").count(), 7, "{all}");
}

/// The engine's functions see the secret, not what stands for it; text that comes out is a secret again.
#[test]
fn functions_on_text_with_a_secret_compute_on_the_secret() {
    let world = World::new();
    let whole = r#"let p = secret("Hush-one"); let t = `x ${p}`; "#;
    each(
        [
            ("t.len()", "10"),
            ("t.contains(\"sh-o\")", "true"),
            ("\"x Hush-one and more\".contains(t)", "true"),
            ("t.starts_with(\"x H\")", "true"),
            ("t.index_of(\"-\")", "6"),
            ("t == \"x Hush-one\"", "true"),
            ("t != \"x Hush-one\"", "false"),
            ("\"x Hush-one\" == t", "true"),
            ("p == \"Hush-one\"", "true"),
            ("\"Hush-one\" != p", "false"),
            ("p == \"other\"", "false"),
            ("[\"Hush-one\"].contains(p)", "true"),
            ("\"Hush-one\" in [p]", "true"),
            ("t.to_upper()", "••••••"),
            ("reveal(t.to_upper())", "X HUSH-ONE"),
            ("t.sub_string(2, 4)", "••••••"),
            ("reveal(t.sub_string(2, 4))", "Hush"),
            ("t.split(\"-\")", "[••••••, ••••••]"),
            ("t.split(\"-\").map(|x| reveal(x))", r#"["x Hush", "one"]"#),
            ("t.replace(\"Hush\", \"b\"); reveal(t)", "x b-one"),
            ("t.replace(\"Hush\", \"b\"); t", "••••••"),
            ("t.pad(12, \"-\"); reveal(t)", "x Hush-one--"),
            ("t.truncate(3); reveal(t)", "x H"),
            ("t.make_lower(); [reveal(t), t]", r#"["x hush-one", ••••••]"#),
            ("let u = t; u.make_upper(); reveal(t)", "x Hush-one"),
            ("t - \"Hush\"", "••••••"),
            ("reveal(t - \"Hush\")", "x -one"),
            ("reveal(t - 'x')", " Hush-one"),
            ("\"ab-Hush-one\" - `${p}`", "••••••"),
            ("t -= \"one\"; [reveal(t), t]", r#"["x Hush-", ••••••]"#),
            ("\"aXbX\" - \"X\"", "ab"),
            ("[\"x Hush-one\"].index_of(t)", "0"),
            ("[\"a\", t].index_of(\"x Hush-one\")", "1"),
            ("[t, \"x Hush-one\"].unique().len()", "1"),
            ("assert_eq(t, \"x Hush-one\"); 1", "1"),
            ("assert_eq([#{ a: t }], [#{ a: \"x Hush-one\" }]); 1", "1"),
            ("[t, \"y\"].join(\",\")", "••••••,y"),
            ("reveal([t, p].join(\",\"))", "x Hush-one,Hush-one"),
            ("group_by([p, secret(\"other\")], |x| x).len()", "2"),
            // Reading it changes nothing of it: as a key it is the same one.
            ("let m = #{}; m[t] = 1; t.len(); t == \"\"; m[t] += 1; m[t]", "2"),
        ],
        |(script, text)| world.gives(&format!("{whole}{script}"), text),
    );
    for piece in [
        "t.to_chars()",
        "t.get(3)",
        "for c in t.chars() { print(c) }",
        "for c in t { print(c) }",
        "t.to_blob()",
    ] {
        let error = world.error(&format!("{whole}{piece}"));
        assert_eq!(error.diagnostic, Some("language::secret_text"), "{piece}: {error:?}");
    }
    let error = world.error(&format!("{whole}t < \"x I\""));
    assert_eq!(error.diagnostic, Some("language::unlike"), "{error:?}");
    let parsed = r#"let m = "taken"; try { parse_int(t); } catch (e) { m = e.message; } m"#;
    world.gives(&format!("{whole}{parsed}"), "`parse_int` cannot take this text, which holds a secret");
    world
        .gives(&format!("{whole}let q = \"ab\"; q.pad(6, t); [q, reveal(q)]"), r#"[••••••, "abx Hush-one"]"#);
    // A constant is as constant as it was.
    world.gives("const T = \"abc\"; T.len()", "3");
    assert!(world.run("const T = \"abc\"; T.make_upper(); T").is_err());
}

#[test]
fn an_error_shows_no_secret() {
    let world = World::web();
    for script in [
        r#"set_password("nosuch", secret("hush-pass"))"#,
        r#"rescue("web", #{ admin_pass: secret("hush-pass"), imge: 1 })"#,
        r#"stop(secret("hush-pass"))"#,
        r#"fail(secret("hush-pass"))"#,
        r#"throw secret("hush-pass")"#,
        r#"assert_eq(secret("hush-pass"), secret("other"))"#,
        r#"secret("hush-pass").nofield"#,
        r#"secret("hush-pass") + 1 - 2"#,
        r#"set_meta("nosuch", "a", secret("hush-pass"))"#,
    ] {
        let error = format!("{:?}", world.run(script).expect_err(script));
        assert!(!error.contains("hush-pass"), "{script}: {error}");
    }
}

#[test]
fn text_that_holds_the_mask_is_never_sent() {
    let world = World::web();
    let before = world.requests();
    each(
        [
            r#"set_meta("web", "p", "••••••")"#,
            r#"set_meta("web", #{ p: "x••••••" })"#,
            r#"boot("x", #{ image: "cirros", flavor: "m1.tiny", user_data: "pass: ••••••" })"#,
            r#"set_password("web", "••••••")"#,
            r#"api("compute", "POST", "/servers", #{ server: #{ name: "••••••" } })"#,
        ],
        |script| world.fails(script, "invalid_argument", "reveal"),
    );
    assert_eq!(world.requests(), before);
}

#[test]
fn what_is_read_of_text_with_a_secret_is_secret_where_it_is_made_of_it() {
    let world = World::new();
    for (write, read) in [("to_json", "parse_json"), ("to_yaml", "parse_yaml")] {
        let script = format!(
            r#"let p = secret("hunter2-long"); let m = {read}({write}(#{{ host: "example.org", list: [1, p], pw: `x${{p}}` }}));
            [m.host == "example.org", `${{m.pw}}`, reveal(m.pw), `${{m.list}}`]"#
        );
        world.gives(&script, r#"[true, ••••••, "xhunter2-long", [1, ••••••]]"#);
    }
}

#[test]
fn what_a_script_reads_of_an_error_has_no_secret() {
    let world = World::new();
    for call in
        ["parse_time(p)", "regex_find(`a`, `(${p}`)", "cloud(p)", "read_file(`/nowhere/${p}`)", "env(p)"]
    {
        let message = world
            .text(&format!(r#"let p = secret("hunter2-long"); let said = ""; try {{ {call}; }} catch (e) {{ said = e.message; }} said"#));
        assert!(!message.contains("hunter2"), "{call}: {message}");
        assert!(!message.is_empty(), "{call}");
    }
}
