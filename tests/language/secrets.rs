//! Secrets print masked everywhere; `reveal` is the way out, on purpose.

use crate::support::{World, each};

#[test]
fn a_secret_never_prints() {
    let world = World::new();
    each(
        [
            (r#"`${secret("mask_secret")}`"#, "••••••"),
            (r#""p: " + secret("mask_secret")"#, "p: ••••••"),
            (r#"secret("mask_secret").to_string()"#, "••••••"),
            (r#"to_json(#{ p: secret("mask_secret") })"#, r#"{"p":"••••••"}"#),
            (r#"[secret("mask_secret")]"#, "[••••••]"),
            (r#"#{ a: secret("mask_secret") }"#, r##"#{"a": ••••••}"##),
            (r#"reveal(secret("mask_secret"))"#, "mask_secret"),
            (r#"reveal("plain")"#, "plain"),
            (r#"secret(secret("mask_secret"))"#, "••••••"),
            (r#"secret("a") == secret("a")"#, "true"),
            (r#"secret("a") == secret("b")"#, "false"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.ok(
        r#"let s = secret("mask_secret"); print(s); debug(s); info(s); warn(s); table([#{ s: s }]); print([s]); print(#{ s: s });"#,
    );
    let all = format!("{}\n{}", world.out(), world.err());
    assert!(!all.contains("mask_secret"), "{all}");
    assert_eq!(all.matches("••••••").count(), 7, "{all}");
}

#[test]
fn an_error_shows_no_secret() {
    let world = World::web();
    for script in [
        r#"set_password("nosuch", secret("mask_secret-pass"))"#,
        r#"rescue("web", #{ admin_pass: secret("mask_secret-pass"), imge: 1 })"#,
        r#"stop(secret("mask_secret-pass"))"#,
        r#"fail(secret("mask_secret-pass"))"#,
        r#"throw secret("mask_secret-pass")"#,
        r#"assert_eq(secret("mask_secret-pass"), secret("other"))"#,
        r#"secret("mask_secret-pass").nofield"#,
        r#"secret("mask_secret-pass") + 1 - 2"#,
        r#"set_meta("web", "a", secret("mask_secret-pass"))"#,
    ] {
        let error = format!("{:?}", world.run(script).expect_err(script));
        assert!(!error.contains("mask_secret-pass"), "{script}: {error}");
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
