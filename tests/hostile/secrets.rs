//! Secrets: what is made of one prints masked and is sent whole, and credentials go to the cloud's own hosts.

use crate::support::{Program, Served, World, each};

#[test]
fn what_is_made_of_a_secret_prints_masked() {
    let world = World::new();
    each(
        [
            (r#"base64(secret("hush"))"#, "••••••"),
            (r#"base64(`a${secret("hush")}`)"#, "••••••"),
            (r#"`a ${secret("hush")} b`"#, "a •••••• b"),
            (r#""a " + secret("hush")"#, "a ••••••"),
            (r#"secret("hush") + " b""#, "•••••• b"),
            (r#"secret("hush") + secret("hush")"#, "••••••••••••"),
            (r#"let t = "a"; t += secret("hush"); t"#, "a••••••"),
            (r#"to_json(#{ p: secret("hu\"sh"), l: [secret("x,y")] })"#, r#"{"p":"••••••","l":["••••••"]}"#),
            (r#"to_yaml(#{ p: secret("hu\"sh") })"#, "p: ••••••\n"),
            (r#"to_csv([#{ p: secret("a,b") }], ["p"])"#, "p\r\n••••••\r\n"),
            (r#"regex_replace(secret("hush"), "u", "a")"#, "••••••"),
            (r#"parse_json(to_json(#{ p: secret("hush") })).p"#, "••••••"),
            (r#"from_base64(base64(secret("hush")))"#, "••••••"),
            (r#"`${[secret("hush")]}`"#, "[••••••]"),
        ],
        |(script, text)| {
            let given = world
                .text(script)
                .replace(r#"{"l":["••••••"],"p":"••••••"}"#, r#"{"p":"••••••","l":["••••••"]}"#);
            assert_eq!(given, text, "{script}");
        },
    );
}

#[test]
fn what_is_made_of_a_secret_is_whole_where_it_is_revealed() {
    let world = World::new();
    each(
        [
            (r#"reveal(base64(secret("hush")))"#, "aHVzaA=="),
            (r#"reveal(`a ${secret("hush")} b`)"#, "a hush b"),
            (r#"reveal("a " + secret("hush") + "!")"#, "a hush!"),
            (r#"parse_json(reveal(to_json(#{ p: secret("hu\"sh\n") }))).p"#, "hu\"sh\n"),
            (r#"parse_yaml(reveal(to_yaml(#{ p: secret("hu\"sh: #") }))).p"#, "hu\"sh: #"),
            (r#"reveal(to_csv([#{ p: secret("a,\"b") }], ["p"]))"#, "p\r\n\"a,\"\"b\"\r\n"),
            (r#"sha256(secret("abc"))"#, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (r#"sha256(secret("abc")) == sha256("abc")"#, "true"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn every_text_that_is_printed_is_masked() {
    let world = World::new();
    let failure = world.run(
        r#"
        let s = secret("hush-hush"); let t = `x ${s} y`;
        print(t); debug(t); info(t); warn(t); print([t]); print(#{ k: t }); table([#{ k: t }]); print(t.to_string());
        print(t.to_debug()); debug([t]);
        try { throw t } catch (e) { print(e); print(e.message); }
        throw #{ message: t };
    "#,
    );
    let all = format!("{}\n{}\n{failure:?}", world.out(), world.err());
    assert!(failure.is_err() && !all.contains("hush-hush"), "{all}");
    assert!(!all.contains('\u{fdd3}') && !all.contains("fdd3"), "{all}");
    assert!(all.matches("••••••").count() >= 12, "{all}");
}

#[test]
fn a_secret_inside_a_text_is_sent_whole() {
    let world = World::web();
    world.ok(r#"set_meta("web", "p", `pre-${secret("hush-1")}`)"#);
    world.gives(r#"server("web").meta.p == "pre-hush-1""#, "true");
    world.ok(r#"set_meta("web", #{ q: secret("hush-2") })"#);
    world.gives(r#"server("web").meta.q == "hush-2""#, "true");
    world.ok(r#"let t = `x ${secret("hush-4")}`; set_meta("web", "a", `${[t]}`)"#);
    world.gives(r#"server("web").meta.a == `["x hush-4"]`"#, "true");
    world.ok(r#"set_meta("web", "r", `${secret("hush-3")}`.to_upper())"#);
    world.gives(r#"server("web").meta.r == "HUSH-3""#, "true");
}

#[test]
fn a_placeholder_that_was_cut_is_never_sent() {
    let world = World::web();
    let before = world.requests();
    each(
        [
            r#"let s = `${secret("hush")}`; let t = ""; for at in 0..3 { t += s[at]; } set_meta("web", "p", t)"#,
            r#"set_meta("web", "p", "x••••••")"#,
        ],
        |script| world.fails(script, "invalid_argument", "reveal"),
    );
    assert_eq!(world.requests(), before);
}

#[test]
fn a_private_key_is_refused_before_anything_is_sent() {
    let world = World::new();
    let before = world.requests();
    for key in [
        "-----BEGIN OPENSSH PRIVATE KEY-----\\nQk9EWQ==\\n",
        "PuTTY-User-Key-File-3: ssh-ed25519\\nQk9EWQ==",
        // In base64, in one line and in two.
        "LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZLS0tLS0KUWs5RVdRPT0K",
        "LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZB\\nVEUgS0VZLS0tLS0KUWs5RVdRPT0K\\n",
    ] {
        let error = world.error(&format!(r#"create_keypair("k", "{key}")"#));
        assert_eq!(error.kind.as_str(), "invalid_argument", "{error:?}");
        assert!(["Qk9EWQ", "LS0t"].iter().all(|part| !format!("{error:?}").contains(part)), "{error:?}");
        assert!(error.help.as_deref().is_some_and(|help| help.contains(".pub")), "{error:?}");
    }
    assert_eq!(world.requests(), before);
}

#[test]
fn a_service_of_an_api_call_is_a_name_and_no_host() {
    let world = World::with(|options| options.cloud = Some("sim:aws".to_string()));
    let before = world.requests();
    for service in ["localhost:28443/", "evil.example/?", "EC2", "a.b", "-x", "ec2@evil", ""] {
        let error = world.error(&format!(r#"api("{service}", "DescribeRegions", #{{}})"#));
        assert_eq!(error.kind.as_str(), "invalid_argument", "{service}: {error:?}");
    }
    assert_eq!(world.requests(), before);
}

#[test]
fn an_import_quotes_nothing_of_a_file_that_is_no_script() {
    let program = Program::new();
    program.file("keys.txt", "top-hush-hush = {\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("keys.txt", program.folder().join("linked.rhai")).expect("a link");
    for import in ["keys.txt", "linked", "./keys.txt"] {
        program.file("book.rhai", &format!("import \"{import}\" as k;\n"));
        let err = program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(2);
        assert!(err.contains("is no `.rhai` file") && !err.contains("hush"), "{import}: {err}");
    }
}

#[test]
fn user_data_is_masked_where_it_is_echoed_in_base64() {
    let served = Served::new();
    let program = served.program();
    let script = r#"boot("w", #{ image: "cirros", flavor: "m1.tiny", user_data: `pw=${secret("T0pHush-xyzzy42")}` }); ()"#;
    program.file("book.rhai", script);
    for more in [&["-vv"][..], &["--trace", "t.jsonl"][..], &["--dry-run"][..]] {
        let ended = program.run(&[&["run", "book.rhai"][..], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let trace = std::fs::read_to_string(program.folder().join("t.jsonl")).unwrap_or_default();
        let all = format!("{}{trace}", ended.all());
        for form in ["T0pHush", "VDBwSHVzaC", "QwcEh1c2gt", "MHBIdXNoL"] {
            assert!(!all.contains(form), "{more:?} shows {form}: {all}");
        }
    }
}
