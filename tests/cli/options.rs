//! Exit codes, options, parameters and subcommands, as the spawned program shows them.

use crate::support::{Program, Served};
use serde_json::Value;

const SIM: [&str; 2] = ["--cloud", "sim"];

/// Run a script on the embedded cloud.
fn run(script: &str, options: &[&str]) -> crate::support::Ended {
    let program = Program::new();
    program.file("book.rhai", script);
    program.run(&[&["run", "book.rhai"], &SIM[..], options].concat())
}

fn evaluate(expression: &str, options: &[&str]) -> crate::support::Ended {
    Program::new().run(&[&["-e", expression], &SIM[..], options].concat())
}

#[test]
fn an_exit_code_tells_how_a_run_ended() {
    assert_eq!(run("1 + 1", &[]).ok(), "", "a final value is not printed by `run`");
    for (script, code) in [
        ("exit()", 0),
        ("exit(0)", 0),
        ("exit(7)", 7),
        ("fn f() { exit(9) } try { f() } catch { } print(1)", 9),
        ("exit(255)", 255),
        ("exit(256)", 1),
        ("fail(\"no\")", 1),
        ("throw 5", 1),
        ("cloud(\"labb\").servers()", 1),
        ("server(\"web\")", 1),
        ("let x = ;", 2),
        ("let x = y + 1;", 2),
        ("if 1 { }", 2),
        ("import \"missing\" as m;", 2),
    ] {
        let ended = run(script, &[]);
        assert_eq!(ended.code, Some(code), "{script}\n{}", ended.err);
        assert_eq!(ended.out, "", "{script}");
        assert_eq!(ended.err.is_empty(), script.contains("exit") && code != 1, "{script}\n{}", ended.err);
    }
}

#[test]
fn a_script_in_a_module_that_does_not_parse_is_not_run() {
    let program = Program::new();
    program.file("lib.rhai", "fn f( { }");
    program.file("book.rhai", "print(1);\nimport \"lib\" as l;\nl::f();");
    let ended = program.run(&["run", "book.rhai", "--cloud", "sim"]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert_eq!(ended.out, "", "nothing of it ran");
    assert!(ended.err.contains("[lib.rhai:1:5]") && ended.err.contains("[book.rhai:2:"), "{}", ended.err);
}

#[test]
fn bad_usage_is_code_2_and_says_what_is_taken() {
    let program = Program::new();
    let bad: [&[&str]; 7] = [
        &["run"],
        &["fly"],
        &["--format", "xml", "-e", "1"],
        &["--timeout", "soon", "-e", "1"],
        &["--concurrency", "0", "-e", "1"],
        &["--rate", "-1", "-e", "1"],
        &["-e", "1", "-e", "2"],
    ];
    for words in bad {
        let err = program.run(words).failed(2);
        assert!(!err.is_empty(), "{words:?}");
    }
    let err = program.run(&["--format", "xml", "-e", "1"]).failed(2);
    assert!(err.contains("table, json"), "{err}");
    let err = program.run(&["--timeout", "soon", "-e", "1"]).failed(2);
    assert!(err.contains("give a duration such as 30s"), "{err}");
    let help = program.run(&["--help"]).ok();
    assert!(help.contains("rhain") && help.contains("--dry-run") && help.contains("explain"), "{help}");
    assert!(program.run(&["--version"]).ok().starts_with("rhain "));
    // Nothing to do is done.
    assert_eq!(program.run(&[]).ok(), "");
}

#[test]
fn a_script_that_cannot_be_read_is_code_2() {
    let program = Program::new();
    let err = program.run(&["run", "missing.rhai", "--cloud", "sim"]).failed(2);
    assert!(err.contains("missing.rhai") && err.contains("cannot be read"), "{err}");
    let err = program.run(&["run", ".", "--cloud", "sim"]).failed(2);
    assert!(err.contains("`.` cannot be read"), "{err}");
    std::fs::write(program.folder().join("bytes.rhai"), b"print(\"\xff\")").expect("a file");
    let err = program.run(&["run", "bytes.rhai", "--cloud", "sim"]).failed(2);
    assert!(err.contains("byte 7 is no UTF-8"), "{err}");
}

#[test]
fn a_script_may_come_from_standard_input() {
    let program = Program::new();
    program.file("lib.rhai", "fn two() { 2 }");
    let ended = program.run_with(&["run", "-", "--cloud", "sim"], "import \"lib\" as l; print(l::two());");
    assert_eq!(ended.ok(), "2\n");
    let err = program.run_with(&["run", "-", "--cloud", "sim"], "\nprint(1 +);").failed(2);
    assert!(err.contains("[-:2:"), "{err}");
    let ended = program.run_with(&["run", "-", "--cloud", "sim", "--n", "3"], "print(param(\"n\", 1) * 2)");
    assert_eq!(ended.ok(), "6\n");
}

#[test]
fn without_a_cloud_a_run_is_code_3_and_says_both_ways_on() {
    let program = Program::new();
    program.file("book.rhai", "print(1); print(servers());");
    let ended = program.run(&["run", "book.rhai"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""), "nothing of it ran");
    assert!(ended.err.starts_with("config::none\n"), "{}", ended.err);
    assert!(ended.err.contains("clouds.yaml") && ended.err.contains("--cloud sim"), "{}", ended.err);
    // An expression uses the simulated cloud then, and says so, with `-q` too: nobody shall take it for a real one.
    let ended = program.run(&["-e", "servers().len()"]);
    assert_eq!(ended.out, "0\n");
    assert!(ended.err.contains("--cloud sim"), "{}", ended.err);
    assert!(program.run(&["-q", "-e", "servers().len()"]).err.contains("--cloud sim"));
    assert_eq!(program.run(&["--cloud", "sim", "-e", "servers().len()"]).err, "");
}

#[test]
fn an_unknown_cloud_is_code_3_with_the_closest() {
    let served = Served::new();
    let program = served.program();
    program.file("book.rhai", "print(1);");
    for words in [&["run", "book.rhai", "--cloud", "labb"][..], &["--cloud", "labb", "-e", "1"]] {
        let ended = program.run(words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""), "{words:?}");
        assert!(ended.err.contains("config::unknown_cloud") && ended.err.contains("`lab`"), "{}", ended.err);
    }
    let err = program.run(&["-e", "cloud(\"labb\").servers()"]).failed(1);
    assert!(err.contains("`lab`") && err.contains("[-e:1:7]"), "{err}");
}

#[test]
fn several_clouds_and_none_chosen_is_code_3_listing_them() {
    let served = Served::new();
    let program = Program::with_clouds(
        &served.sim.clouds_yaml().replace("  sim", "  east").replace("east-admin", "west"),
    );
    program.file("book.rhai", "print(cloud().name);");
    let err = program.run(&["run", "book.rhai"]).failed(3);
    assert!(err.contains("config::several") && err.contains("east") && err.contains("west"), "{err}");
    assert_eq!(program.run(&["run", "book.rhai", "--cloud", "west"]).ok(), "west\n");
    let program = program.var("OS_CLOUD", "east");
    assert_eq!(program.run(&["run", "book.rhai"]).ok(), "east\n");
    let program = program.var("RHAIN_CLOUD", "west");
    assert_eq!(program.run(&["run", "book.rhai"]).ok(), "west\n");
}

#[test]
fn a_refused_login_is_code_3_and_a_later_refusal_1() {
    let served = Served::new();
    let program = Program::with_clouds(&served.lab_with("wrong"));
    program.file("book.rhai", "servers();");
    let err = program.run(&["run", "book.rhai"]).failed(3);
    assert!(err.contains("cloud::unauthorized") && !err.contains("wrong"), "{err}");
    assert_eq!(program.run(&["-e", "servers()"]).code, Some(3));
    // Caught, it is the script's own affair.
    let caught = program.run(&["-e", "try { servers(); } catch (e) { print(e.kind) }"]).ok();
    assert_eq!(caught, "unauthorized\n");
    // Of a cloud that was not chosen, it is a failure like any other.
    let ended = program.run(&["--cloud", "sim", "-e", "cloud(\"lab\").servers()"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
}

#[test]
fn expressions_print_what_they_give() {
    for (expression, out) in [
        ("1", "1\n"),
        ("\"a\" + 1", "a1\n"),
        ("()", ""),
        ("let x = 2; x * 2", "4\n"),
        ("secret(\"abcd\")", "••••••\n"),
        ("reveal(secret(\"abcd\"))", "abcd\n"),
        ("[1, 2]", "[1, 2]\n"),
    ] {
        assert_eq!(evaluate(expression, &[]).ok(), out, "{expression}");
    }
    let table = evaluate("flavors(#{ name: \"m1.s*\" })", &[]).ok();
    assert!(table.contains("m1.small") && table.contains("2048") && !table.contains("m1.tiny"), "{table}");
    for (expression, json) in [
        ("1", serde_json::json!(1)),
        ("#{ a: [true, ()], s: secret(\"abcd\") }", serde_json::json!({ "a": [true, null], "s": "••••••" })),
        ("duration(\"90s\")", serde_json::json!(90)),
    ] {
        let out = evaluate(expression, &["--format", "json"]).ok();
        let given: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(given, json, "{expression}: {out}");
    }
    let out = evaluate("flavors()", &["--format=json"]).ok();
    let flavors: Vec<Value> = serde_json::from_str(&out).expect("JSON");
    assert_eq!(flavors[0]["name"], "m1.nano");
    assert_eq!(flavors[0].get("raw"), None);
}

#[test]
fn errors_are_json_on_standard_error() {
    let ended =
        run("\nlet _s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tinny\" });", &["--format", "json"]);
    let error: Value = serde_json::from_str(&ended.failed(1)).expect("JSON");
    assert_eq!(error["diagnostic"], "cloud::not_found");
    assert_eq!(error["kind"], "not_found");
    assert_eq!(error["verb"], "boot");
    assert_eq!(error["places"][0]["source"], "book.rhai");
    assert_eq!((&error["places"][0]["line"], &error["places"][0]["column"]), (&2.into(), &50.into()));
    let ended = run("let x = ;", &["--format", "json"]);
    let error: Value = serde_json::from_str(&ended.failed(2)).expect("JSON");
    assert_eq!(error["diagnostic"], "parse::expression");
    let ended = Program::new().run(&["--cloud", "nope", "--format", "json", "-e", "1"]);
    let error: Value = serde_json::from_str(&ended.failed(3)).expect("JSON");
    assert_eq!(error["diagnostic"], "config::unknown_cloud");
    let ended = run("print(1)", &["--format", "json", "--nope", "1"]);
    let error: Value = serde_json::from_str(&ended.failed(2)).expect("JSON");
    assert_eq!(error["diagnostic"], "param::unknown");
}

#[test]
fn data_goes_to_standard_output_and_talk_to_standard_error() {
    let ended = run("print(\"a\"); info(\"b\"); warn(\"c\"); debug(\"d\"); table([#{ x: 1 }]);", &[]);
    assert!(
        ended.out.starts_with("a\n") && ended.out.contains('x') && ended.out.contains('1'),
        "{}",
        ended.out
    );
    for word in ["b", "c", "d"] {
        assert!(ended.err.contains(word) && !ended.out.contains(word), "{}", ended.err);
    }
    // A pipe gets no colours and no frames but ASCII.
    let ended = run("servers(#{ nme: 1 })", &["--no-color"]);
    assert!(!ended.err.contains('\u{1b}') && !ended.err.contains('╭'), "{}", ended.err);
}

#[test]
fn each_request_is_told_when_asked() {
    let quiet = evaluate("servers()", &[]);
    assert_eq!(quiet.err, "");
    let told = evaluate("servers()", &["-v"]);
    let lines: Vec<&str> = told.err.lines().collect();
    assert!(
        lines.iter().any(
            |line| line.starts_with("POST http://127.0.0.1:") && line.contains("/auth/tokens -> 201 in ")
        )
    );
    assert!(
        lines.iter().any(|line| line.starts_with("GET http://") && line.contains("/servers/detail")),
        "{}",
        told.err
    );
    assert!(!told.err.contains("  > "), "bodies are for -vv");
    let bodies = evaluate("servers()", &["-vv"]);
    assert!(bodies.err.contains("  > ") && bodies.err.contains("  < "), "{}", bodies.err);
    assert!(!bodies.err.contains("\"secret\""), "{}", bodies.err);
    let stats = evaluate("servers(); servers();", &["--stats"]);
    let requests = told.err.lines().count() + 1;
    assert!(stats.err.contains(&format!("sim: {requests} requests, 0 of them repeated")), "{}", stats.err);
    assert!(stats.err.contains("slowest: "), "{}", stats.err);
}

#[test]
fn a_trace_is_lines_of_json_that_only_its_owner_reads() {
    let program = Program::new();
    program.run(&["--cloud", "sim", "--trace", "trace.jsonl", "-e", "servers(); flavors(); ()"]).ok();
    let trace = program.read("trace.jsonl");
    let lines: Vec<Value> = trace.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().any(|line| line["url"].as_str().is_some_and(|url| url.contains("/servers/detail"))));
    let login = lines.iter().find(|line| line["method"] == "POST").expect("a login");
    assert_eq!(
        (&login["status"], login["request_body"].to_string().contains("secret")),
        (&201.into(), false)
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| {
            let file = std::fs::metadata(program.folder().join(path)).expect("a file");
            file.permissions().mode() & 0o777
        };
        assert_eq!(mode("trace.jsonl"), 0o600);
        // A file that was there, and open to all, is closed before anything is written to it.
        let old = program.file("old.jsonl", "");
        std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o644)).expect("a mode");
        program.run(&["--cloud", "sim", "--trace", "old.jsonl", "-e", "1"]).ok();
        assert_eq!(mode("old.jsonl"), 0o600);
    }
    let err = program.run(&["--cloud", "sim", "--trace", "no/such/folder/t", "-e", "1"]).failed(2);
    assert!(err.contains("trace") && err.contains("no/such/folder/t"), "{err}");
}

#[test]
fn read_only_refuses_and_sends_nothing() {
    let served = Served::new();
    let program = served.program();
    let err = program
        .run(&[
            "--read-only",
            "-e",
            "print(servers().len()); boot(\"a\", #{ image: \"cirros\", flavor: \"m1.tiny\" })",
        ])
        .failed(1);
    assert!(err.contains("gate::denied") && err.contains("--read-only"), "{err}");
    assert_eq!(served.written(), [""; 0]);
}

#[test]
fn a_dry_run_writes_nothing_and_goes_on_with_stand_ins() {
    let served = Served::new();
    let program = served.program();
    program.file(
        "book.rhai",
        r#"
        let s = boot("web", #{ image: "cirros", flavor: "m1.tiny", count: 2 });
        s.wait_active();
        let one = s[0].resize("m1.small").confirm_resize();
        one.set_meta("role", "web");
        let image = one.snapshot("kept");
        image.wait_active();
        print(`${one.id} ${one.status} ${one.flavor} ${image.status} ${servers().len()}`);
        s[1].stop();
        print(s[1].status);
        delete(s);
        s.wait_deleted();
        print(servers().len());
        "#,
    );
    let ended = program.run(&["run", "book.rhai", "--dry-run"]);
    assert_eq!(served.written(), [""; 0], "{}", ended.err);
    let told = ended.err.lines().filter(|line| line.starts_with("dry run: ")).count();
    assert!(told >= 7 && ended.err.contains("dry run: POST http://127.0.0.1:"), "{}", ended.err);
    assert!(ended.err.contains("DELETE"), "{}", ended.err);
    assert_eq!(ended.ok(), "dry-run-1 ACTIVE m1.small ACTIVE 2\nSHUTOFF\n0\n");
}

#[test]
fn files_and_variables_are_read_where_allowed() {
    let program = Program::new().var("SITE", "hamburg");
    program.file("data/a.txt", "of a");
    program.file("b.txt", "of b");
    let read = "print(read_file(\"data/a.txt\"))";
    let err = program.run(&["--cloud", "sim", "-e", read]).failed(1);
    assert!(err.contains("gate::denied") && err.contains("--allow-read=data/a.txt"), "{err}");
    for allow in ["--allow-read", "--allow-read=data", "--allow-read=b.txt,data/a.txt"] {
        assert_eq!(program.run(&["--cloud", "sim", allow, "-e", read]).ok(), "of a\n", "{allow}");
    }
    for allow in ["--allow-read=b.txt", "--allow-read=dat", "--allow-env"] {
        assert_eq!(program.run(&["--cloud", "sim", allow, "-e", read]).code, Some(1), "{allow}");
    }
    let out = program.run(&["--cloud", "sim", "--allow-read=data", "-e", "read_file(\"data/../b.txt\")"]);
    assert_eq!(out.code, Some(1), "a grant does not lead out of its folder");
    let variable = "env(\"SITE\")";
    let err = program.run(&["--cloud", "sim", "-e", variable]).failed(1);
    assert!(err.contains("--allow-env=SITE"), "{err}");
    for allow in ["--allow-env", "--allow-env=SITE", "--allow-env=OTHER,SITE"] {
        assert_eq!(program.run(&["--cloud", "sim", allow, "-e", variable]).ok(), "hamburg\n", "{allow}");
    }
    assert_eq!(program.run(&["--cloud", "sim", "--allow-env=SIT", "-e", variable]).code, Some(1));
}

#[test]
fn a_request_takes_no_longer_than_it_may() {
    let served = Served::new();
    served.fault("server.list", 9, rhain_sim::FaultKind::Delay(std::time::Duration::from_secs(3600)));
    let err = served.program().run(&["--timeout", "1s", "-e", "servers()"]).failed(1);
    assert!(err.contains("cloud::timeout") && err.contains("--timeout"), "{err}");
}

#[test]
fn a_runbook_takes_its_parameters() {
    let program = Program::new();
    program.file(
        "book.rhai",
        "//! Counts.\n\nconst N = param(\"batch_size\", 2, \"How many.\");\nlet zone = param(\"zone\");\n\
         let how = param(\"how\", #{ choices: [\"soft\", \"hard\"], default: \"soft\" });\nprint(`${N + 1} ${zone} ${how}`);",
    );
    let run = |words: &[&str]| program.run(&[&["run", "book.rhai", "--cloud", "sim"], words].concat());
    assert_eq!(run(&["--zone", "a"]).ok(), "3 a soft\n");
    assert_eq!(run(&["--batch-size", "-4", "--zone=b=c", "--how", "hard"]).ok(), "-3 b=c hard\n");
    assert_eq!(run(&["--", "--zone", "--x"]).code, Some(2));
    for (words, code, told) in [
        (&["--batch-size", "3"][..], "param::missing", "--zone"),
        (&["--zone", "a", "--batchsize", "3"], "param::unknown", "--batch-size"),
        (&["--zone", "a", "--batch-size", "many"], "param::value", "a whole number"),
        (&["--zone", "a", "--how", "medium"], "param::value", "soft, hard"),
        (&["--zone", "a", "stray"], "param::value", "`stray` is no parameter"),
        (&["--zone", "a", "--zone", "b"], "param::value", "given twice"),
    ] {
        let ended = run(words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{words:?}: {}", ended.err);
        assert!(ended.err.contains(code) && ended.err.contains(told), "{words:?}: {}", ended.err);
    }
    let err = run(&["--batchsize", "3"]).failed(2);
    assert!(err.contains("--batch-size") && err.contains("--zone"), "every mistake is told: {err}");
    // Options of the program may stand behind the script's name.
    let out = program.run(&["run", "book.rhai", "--zone", "a", "--cloud", "sim", "-q", "--batch-size", "1"]);
    assert_eq!(out.ok(), "2 a soft\n");
}

#[test]
fn the_manual_is_printed() {
    let program = Program::new();
    let index = program.run(&["doc"]).ok();
    for verb in rhain::verbs::VERBS {
        assert!(index.contains(verb.name), "{}", verb.name);
    }
    let page = program.run(&["doc", "boot"]).ok();
    assert!(page.contains("boot(name") && page.contains("image") && page.contains("over_quota"), "{page}");
    let err = program.run(&["doc", "boott"]).failed(2);
    assert!(err.contains("rhain doc boot"), "{err}");
    program.file(
        "book.rhai",
        "// Count the servers.\n// Nothing changes.\nparam(\"zone\", \"a\", \"Where.\");\nfail(\"ran\");",
    );
    let page = program.run(&["doc", "book.rhai"]).ok();
    assert!(
        page.contains("Count the servers.") && page.contains("--zone") && page.contains("Where."),
        "{page}"
    );
    program.file("bad.rhai", "let x = ;");
    let err = program.run(&["doc", "bad.rhai"]).failed(2);
    assert!(err.contains("parse::expression"), "{err}");
    assert_eq!(program.run(&["doc", "std/wait"]).code, Some(0));
}

#[test]
fn every_code_is_explained() {
    let program = Program::new();
    let codes = program.run(&["explain"]).ok();
    assert!(codes.lines().count() > 80, "{codes}");
    let page = program.run(&["explain", "cloud::over_quota"]).ok();
    assert!(page.starts_with("cloud::over_quota\n"), "{page}");
    let err = program.run(&["explain", "cloud::over_qota"]).failed(2);
    assert!(err.contains("rhain explain cloud::over_quota"), "{err}");
}

#[test]
fn clouds_are_listed_and_checked() {
    let served = Served::new();
    let mut clouds = served.lab();
    clouds.push_str("  gone:\n    auth: { auth_url: 'http://127.0.0.1:1/v3', username: u, password: hushhush, project_name: p }\n");
    let program = Program::with_clouds(&clouds).var("OS_CLOUD", "lab");
    let listed = program.run(&["clouds"]).ok();
    assert!(listed.contains("lab") && listed.contains("gone") && listed.contains("built in"), "{listed}");
    assert!(listed.contains("clouds.yaml:2") && !listed.contains("hushhush"), "{listed}");
    let checked = program.run(&["clouds", "--check"]);
    assert_eq!(checked.code, Some(1), "one does not answer: {}", checked.out);
    let line = |name: &str| {
        let mut lines = checked.out.lines();
        lines.find(|line| line.split_whitespace().any(|word| word == name)).expect("a line").to_string()
    };
    assert!(line("lab").contains("yes, ") && line("lab").contains("demo"), "{}", checked.out);
    assert!(line("gone").contains("no: ") && line("gone").contains("refused"), "{}", checked.out);
    let json = program.run(&["clouds", "--format", "json"]).ok();
    let rows: Vec<Value> = serde_json::from_str(&json).expect("JSON");
    let lab = rows.iter().find(|row| row["name"] == "lab").expect("a row");
    assert_eq!((&lab["provider"], &lab["default"]), (&"openstack".into(), &true.into()));
    let alone = served.program();
    assert_eq!(alone.run(&["clouds", "--check"]).code, Some(0));
    // A file that cannot be understood is told, and the rest still listed.
    let broken = Program::with_clouds("clouds:\n  lab: [\n");
    let ended = broken.run(&["clouds"]);
    assert!(
        ended.err.contains("config::syntax") && ended.out.contains("sim"),
        "{}\n{}",
        ended.out,
        ended.err
    );
}

#[test]
fn names_of_files_do_nothing_to_a_terminal() {
    let program = Program::new();
    for name in
        ["a b.rhai", "-x.rhai", "a\u{1b}[2Jb.rhai", "a\nb.rhai", "ünï.rhai", "a'b\".rhai", "a\u{202e}b.rhai"]
    {
        let path = format!("./{name}");
        program.file(&path, "fail(\"told\")");
        let ended = program.run(&["run", &path, "--cloud", "sim"]);
        assert_eq!(ended.code, Some(1), "{name:?}: {}", ended.err);
        assert!(ended.err.contains("told"), "{}", ended.err);
        let hostile = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!ended.err.contains(hostile), "{:?}", ended.err);
        let missing = program.run(&["run", &format!("{path}x"), "--cloud", "sim"]);
        assert!(missing.code == Some(2) && !missing.err.contains(hostile), "{:?}", missing.err);
    }
}

#[test]
fn what_is_certainly_wrong_is_told_before_anything_runs() {
    let program = Program::new();
    program.file(
        "book.rhai",
        "let _s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });\nfn never(s) { wait_actve(s); }\n\
         try { nosuch() } catch (e) { print(e.kind); }",
    );
    let ended = program.run(&["--cloud", "sim", "run", "book.rhai"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
    assert!(ended.err.contains("book.rhai:2:15") && ended.err.contains("`wait_active`"), "{}", ended.err);
    assert!(!ended.err.contains("exists"), "{}", ended.err);
}

#[test]
fn a_parameter_without_a_value_is_no_true() {
    let program = Program::new();
    program.file("book.rhai", "const IMAGE = param(\"image\", \"cirros\"); const FAST = param(\"fast\", false); print(`${IMAGE} ${FAST}`);");
    let ended = program.run(&["--cloud", "sim", "run", "book.rhai", "--image"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`--image` needs a value"), "{}", ended.err);
    assert_eq!(program.run(&["--cloud", "sim", "run", "book.rhai", "--fast"]).out, "cirros true\n");
    let ended = program.run(&["run", "book.rhai", "--clod", "sim"]);
    assert!(ended.err.contains("use --cloud"), "{}", ended.err);
    let page = program.run(&["run", "book.rhai", "--help"]);
    assert!(page.out.contains("--image STRING") && page.code == Some(0), "{}", page.out);
}

#[test]
fn a_full_disk_is_told_and_fails_the_run() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let check = format!("check {}/scripts/01-hello.rhai", env!("CARGO_MANIFEST_DIR"));
    for (words, code) in [
        ("--cloud sim -e 'print(1)'", 1),
        ("doc boot", 1),
        ("explain cloud::not_found", 1),
        (&*check, 2),
        ("--version", 1),
        ("--help", 1),
        ("run --help", 1),
        ("completions bash", 1),
        ("man", 1),
    ] {
        let script = format!("{} {words} > /dev/full", env!("CARGO_BIN_EXE_rhain"));
        let ended = std::process::Command::new("sh").arg("-c").arg(script).output();
        let ended = ended.expect("a shell");
        assert_eq!(ended.status.code(), Some(code), "{words}");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert!(err.contains("standard output cannot be written"), "{words}: {err}");
    }
}

/// The system's answer to a file that grows past a limit of the shell would end the process and its endings with it.
#[test]
fn a_file_past_the_limit_of_the_shell_is_an_error_and_the_endings_run() {
    let program = Program::new();
    program.file(
        "book.rhai",
        r#"defer(|| print("ended")); let s = ""; s.pad(100_000, "x"); write_file("big", s);"#,
    );
    let script =
        format!("ulimit -f 8; {} run --cloud sim --allow-write=. book.rhai", env!("CARGO_BIN_EXE_rhain"));
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(script).current_dir(program.folder()).env_clear().envs(program.environment());
    let ended = command.output().expect("a shell");
    let err = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(
        (ended.status.code(), &*String::from_utf8_lossy(&ended.stdout)),
        (Some(1), "ended\n"),
        "{err}"
    );
    assert!(err.contains("File too large"), "{err}");
}

/// Neutron, Cinder and Glance leave the others' things out and do not say so.
#[test]
fn a_list_of_every_project_by_an_ordinary_user_is_warned_about_once_each_noun() {
    let program = Program::new();
    let script = "volumes(#{ all_projects: true }); volumes(#{ all_projects: true }); networks(#{ all_projects: true }); images(#{ all_projects: true }); 1";
    let told = |cloud: &str| {
        let ended = program.run(&["-e", script, "--cloud", cloud]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(0), "1\n"), "{}", ended.all());
        ended
            .err
            .lines()
            .filter(|line| line.contains("`all_projects`"))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    let words = |noun: &str| {
        format!(
            "warning: `all_projects`: the {noun} of other projects are listed for administrators, and this login's roles are "
        )
    };
    let lines = told("sim");
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, noun) in lines.iter().zip(["volumes", "networks", "images"]) {
        assert!(line.starts_with(&words(noun)) && line.ends_with("member, reader"), "{line}");
    }
    assert_eq!(told("sim:admin"), Vec::<String>::new());
}
