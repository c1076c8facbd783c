//! No secret in any output: known ones are planted in every place that can hold one, and looked for in all that is written.

use crate::support::{Ended, Program, Served};
use rhain_sim::FaultKind;

/// What is planted; no part of any other word.
const PLANTED: &str = "Pl4nted-x7Qz/9";

/// The ways in which a text could be written.
fn forms(secret: &str) -> Vec<String> {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![secret.to_string(), base64.trim_end_matches('=').to_string(), percent, secret.replace('/', "\\/")]
}

#[track_caller]
fn hidden(text: &str, what: &str) {
    for form in forms(PLANTED) {
        assert!(!text.contains(&form), "{what} shows {form}:\n{text}");
    }
}

/// Run with everything that tells more, and look through all that was written.
#[track_caller]
fn silent(program: &Program, words: &[&str], what: &str) -> Ended {
    let told: [&[&str]; 5] =
        [&[], &["-v"], &["-vv", "--stats"], &["--trace", "trace.jsonl"], &["--format", "json", "-vv"]];
    let mut last = None;
    for more in told {
        let ended = program.run(&[more, words].concat());
        hidden(&ended.all(), &format!("{what}, {more:?}"));
        if more.first() == Some(&"--trace") {
            hidden(&program.read("trace.jsonl"), &format!("{what}, its trace"));
        }
        last = Some(ended);
    }
    last.expect("a run")
}

/// A clouds.yaml of one cloud `lab` whose `auth` holds this beside the address.
fn lab(url: &str, auth: &str) -> String {
    format!(
        "clouds:\n  lab:\n    auth_type: password\n    region_name: RegionOne\n    auth:\n      auth_url: {url}\n{auth}"
    )
}

const DEMO: &str = "      username: demo\n      project_name: demo\n      user_domain_name: Default\n      project_domain_name: Default\n";

#[test]
fn a_password_is_not_shown_wherever_it_is_found() {
    let served = Served::new();
    let url = served.sim.auth_url();
    let with = |auth: &str| lab(&url, &format!("{DEMO}{auth}"));
    let in_clouds = Program::with_clouds(&with(&format!("      password: {PLANTED}\n")));
    let in_secure = Program::with_clouds(&with(""));
    in_secure.file(
        "../home/.config/openstack/secure.yaml",
        &format!("clouds:\n  lab:\n    auth:\n      password: {PLANTED}\n"),
    );
    let in_variables = Program::new()
        .var("OS_AUTH_URL", &url)
        .var("OS_USERNAME", "demo")
        .var("OS_PASSWORD", PLANTED)
        .var("OS_PROJECT_NAME", "demo")
        .var("OS_USER_DOMAIN_NAME", "Default")
        .var("OS_PROJECT_DOMAIN_NAME", "Default");
    for (program, what) in
        [(&in_clouds, "clouds.yaml"), (&in_secure, "secure.yaml"), (&in_variables, "OS_PASSWORD")]
    {
        let ended = silent(program, &["-e", "servers()"], what);
        assert_eq!(ended.code, Some(3), "{what}: {}", ended.err);
        silent(program, &["clouds"], what);
        silent(program, &["clouds", "--check"], what);
        silent(
            program,
            &["-e", "print(clouds()); print(cloud()); try { whoami() } catch (e) { print(e.message) }"],
            what,
        );
    }
}

#[test]
fn tokens_and_application_credentials_are_not_shown() {
    let served = Served::new();
    let url = served.sim.auth_url();
    let token = format!(
        "clouds:\n  lab:\n    auth_type: token\n    auth:\n      auth_url: {url}\n      token: {PLANTED}\n"
    );
    let credential = format!(
        "clouds:\n  lab:\n    auth_type: v3applicationcredential\n    auth:\n      auth_url: {url}\n      \
         application_credential_id: abc\n      application_credential_secret: {PLANTED}\n"
    );
    let fixed = format!(
        "clouds:\n  lab:\n    auth_type: admin_token\n    auth:\n      endpoint: {}/compute/v2.1\n      token: {PLANTED}\n",
        served.sim.base_url()
    );
    for (clouds, what) in
        [(token, "a token"), (credential, "an application credential"), (fixed, "a bare token")]
    {
        let ended = silent(&Program::with_clouds(&clouds), &["-e", "servers()"], what);
        assert_ne!(ended.code, Some(0), "{what}: {}", ended.err);
    }
}

#[test]
fn the_token_of_a_run_is_not_shown() {
    let served = Served::new();
    let program = served.program();
    program.run(&["--trace", "trace.jsonl", "-vv", "-e", "servers(); ()"]).ok();
    let mut logins = 0;
    for line in program.read("trace.jsonl").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        for (headers, name) in [("answer_headers", "x-subject-token"), ("request_headers", "x-auth-token")] {
            let text = line[headers].to_string().to_ascii_lowercase();
            if let Some(at) = text.find(name) {
                logins += 1;
                assert!(text[at..].contains("••••••") || text[at..].contains("***"), "{text}");
                let plain = |word: &str| word.len() > 20 && word.chars().all(|c| c.is_ascii_alphanumeric());
                let after = &text[at + name.len()..text.len().min(at + name.len() + 80)];
                assert!(!after.split(|c: char| !c.is_ascii_alphanumeric()).any(plain), "{after}");
            }
        }
    }
    assert!(logins >= 2, "the token went both ways");
}

#[test]
fn what_a_script_hands_to_a_server_is_not_shown() {
    let served = Served::new();
    let program = served.program();
    program.file(
        "book.rhai",
        &format!(
            r#"
            let s = boot("web", #{{ image: "cirros", flavor: "m1.tiny", admin_pass: "{PLANTED}",
                user_data: "password: {PLANTED}", files: #{{ "/etc/key": "{PLANTED}" }} }});
            s.wait_active();
            s.set_password("{PLANTED}");
            let hush = secret("{PLANTED}");
            s.set_password(hush);
            print(hush); print(`${{hush}}`); print([hush]); print(#{{ a: hush }}); info(hush); debug(hush);
            print(to_json(#{{ a: hush }})); table([#{{ a: hush }}]); print(s); print(s.admin_pass); print(to_json(s));
            print(rebuild(s, "cirros", #{{ admin_pass: "{PLANTED}" }}).wait_active().admin_pass);
            "#
        ),
    );
    let ended = silent(&program, &["run", "book.rhai"], "a script's");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let ended = silent(&program, &["run", "book.rhai", "--dry-run"], "a dry run's");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("dry run: POST"), "{}", ended.err);
    // On purpose, and only there.
    program.file("reveal.rhai", "let hush = secret(\"abc\" + \"def\"); print(reveal(hush)); print(hush);");
    assert_eq!(program.run(&["run", "reveal.rhai"]).ok(), "abcdef\n••••••\n");
}

#[test]
fn an_error_does_not_show_what_the_cloud_says_back() {
    let script = format!(
        r#"boot("web", #{{ image: "cirros", flavor: "m1.tiny", admin_pass: secret("{PLANTED}"), user_data: secret("{PLANTED}") }});"#
    );
    let cases = [
        (400, format!(r#"{{"badRequest": {{"code": 400, "message": "Bad input: adminPass {PLANTED}"}}}}"#)),
        (
            403,
            format!(r#"{{"forbidden": {{"code": 403, "message": "no: {{\"adminPass\": \"{PLANTED}\"}}"}}}}"#),
        ),
        (409, format!("plain words with {PLANTED} in them")),
        (500, format!("<html>{PLANTED}</html>")),
        (200, format!(r#"{{"server": "{PLANTED}"}}"#)),
        (202, format!("{PLANTED} is no JSON")),
    ];
    // Of an answer that does not say what became of it the servers are looked for a while: all at once.
    std::thread::scope(|scope| {
        for (code, body) in &cases {
            for args in [&["-v"][..], &["--format", "json", "-vv"]] {
                let script = &script;
                scope.spawn(move || {
                    let served = Served::new();
                    let (code, body) = (*code, Some(body.clone()));
                    served.fault("server.create", 99, FaultKind::Status { code, body, retry_after: None });
                    let program = served.program();
                    program.file("book.rhai", script);
                    let ended = program.run(&[&["run", "book.rhai"], args].concat());
                    // The script's own line is shown, and its literals with it where nobody knows them for secrets; these
                    // are known.
                    hidden(&ended.failed(1), &format!("status {code} {args:?}"));
                });
            }
        }
    });
}

#[test]
fn a_login_that_is_echoed_back_is_not_shown() {
    for (code, body) in [
        (400, format!(r#"{{"error": {{"code": 400, "message": "cannot use password {PLANTED}"}}}}"#)),
        (401, format!(r#"{{"error": {{"code": 401, "message": "{PLANTED} is wrong"}}}}"#)),
        (403, format!("no {PLANTED}")),
        (404, PLANTED.to_string()),
        (200, PLANTED.to_string()),
        (201, format!(r#"{{"token": "{PLANTED}"}}"#)),
        (501, format!(r#"{{"error": {{"message": "{PLANTED}"}}}}"#)),
    ] {
        let served = Served::new();
        served.fault("token.issue", 99, FaultKind::Status { code, body: Some(body), retry_after: None });
        let auth = format!("{DEMO}      password: {PLANTED}\n");
        let program = Program::with_clouds(&lab(&served.sim.auth_url(), &auth));
        let ended = silent(&program, &["-e", "servers()"], &format!("status {code}"));
        assert_ne!(ended.code, Some(0), "{}", ended.err);
        silent(&program, &["clouds", "--check"], &format!("status {code}"));
    }
}

#[test]
fn a_file_that_is_not_understood_does_not_show_its_secrets() {
    for clouds in [
        format!("clouds:\n  lab:\n    auth:\n      password: {PLANTED}\n      username: [\n"),
        format!("clouds:\n  lab:\n    auth:\n      password: \"{PLANTED}\n"),
        format!("clouds:\n  lab:\n    auth: {{ password: {PLANTED}, auth_url: \n"),
        format!("clouds:\n  lab:\n    auth:\n      password: {PLANTED}\n\t x: y\n"),
        format!(
            "clouds:\n  lab:\n    auth:\n      password:\n        - {PLANTED}\n      auth_url: http://127.0.0.1:1\n"
        ),
        format!(
            "clouds:\n  lab:\n    auth:\n      password:\n        deep: {PLANTED}\n      auth_url: http://127.0.0.1:1\n"
        ),
        format!(
            "clouds:\n  lab:\n    auth:\n      auth_url: http://demo:{PLANTED}@127.0.0.1:1/v3\n      password: x\n"
        ),
        format!(
            "clouds:\n  lab:\n    auth:\n      auth_url: ftp://demo:{PLANTED}@127.0.0.1:1/v3\n      password: x\n"
        ),
        format!(
            "clouds:\n  lab:\n    verify: maybe\n    auth: {{ password: {PLANTED}, username: u, auth_url: 'http://127.0.0.1:1' }}\n"
        ),
        format!("clouds:\n  lab:\n    auth: {{ password: {PLANTED}, auth_url: 'http://127.0.0.1:1' }}\n"),
    ] {
        let program = Program::with_clouds(&clouds);
        let ended = silent(&program, &["--cloud", "lab", "-e", "servers()"], &clouds);
        assert_ne!(ended.code, Some(0), "{clouds}");
        silent(&program, &["clouds"], &clouds);
        silent(&program, &["clouds", "--check"], &clouds);
    }
    let served = Served::new();
    let mut keyed = served.lab().replace("http://", "https://");
    keyed.push_str("    cert: cert.pem\n    key: key.pem\n    cacert: ca.pem\n");
    let program = Program::with_clouds(&keyed);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{PLANTED}\n-----END PRIVATE KEY-----\n");
    for name in ["key.pem", "cert.pem", "ca.pem"] {
        program.file(name, &pem);
        program.file(&format!("../home/.config/openstack/{name}"), &pem);
    }
    let ended = silent(&program, &["-e", "servers()"], "a key's text");
    assert_ne!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn an_error_that_shows_a_script_hides_its_secrets() {
    let program = Program::new();
    program.file("book.rhai", &format!("let hush = secret(\"{PLANTED}\"); hush.nothing();"));
    hidden(&program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(2), "the line of a secret");
    program.file("book.rhai", &format!("let hush = secret(\"{PLANTED}\"); throw `no ${{hush}} here`;"));
    hidden(&program.run(&["run", "book.rhai", "--cloud", "sim"]).failed(1), "a thrown secret");
    program.file("book.rhai", "let hush = param(\"hush\", #{ secret: true }); print(hush); throw hush;");
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim", "--hush", PLANTED]);
    hidden(&ended.all(), "a secret parameter");
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim", "--hush", PLANTED, "--hush", PLANTED]);
    hidden(&ended.all(), "a secret parameter given twice");
}

/// A script that does not parse, or is wrong elsewhere, is shown without what it holds in plain letters.
#[test]
fn a_script_that_is_wrong_does_not_show_its_secrets() {
    let program = Program::new();
    for script in [
        "let api_token = \"hunter2-token\"; servres();",
        "let pw = secret(\"hunter2-pass\"\nlet y = 1;",
        "let h = #{ Authorization: \"Bearer hunter2-pass\" }; servres();",
        "let k = \"AKIAIOSFODNN7HUNTER2\"; servres();",
    ] {
        program.file("book.rhai", script);
        for words in [
            &["check", "book.rhai"][..],
            &["run", "book.rhai", "--cloud", "sim"],
            &["check", "--format", "json", "book.rhai"],
        ] {
            let ended = program.run(words);
            let said = format!("{}{}", ended.out, ended.err);
            assert_eq!(ended.code, Some(2), "{said}");
            assert!(!said.to_lowercase().contains("hunter2"), "{words:?}: {said}");
            // JSON tells places, and no source.
            assert!(said.contains("••••••") || words.contains(&"json"), "{words:?}: {said}");
        }
    }
}
