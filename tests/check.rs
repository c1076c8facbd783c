//! What `check` finds, and what it lets be. `check/rules.txt` has scripts with what is found at their lines,
//! `check/planted.rhai` many faults in one script; what is in order has no finding at all.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::{Program, World, of_tests};
use rhain::check::{self, Finding, Severity, parameters, touches};
use rhain::cli::args::everywhere;
use rhain::syntax::lexer;
use rhain::verbs::VERBS;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The marks of a script, `//~ code: message`, by line; the script keeps its bytes.
fn marks(text: &str) -> (String, BTreeMap<usize, Vec<String>>) {
    let mut wanted: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let lines = text.lines().enumerate().map(|(nth, line)| match line.split_once("//~") {
        Some((code, told)) => {
            let told = told.split("//~").map(|one| one.trim().to_string());
            wanted.entry(nth + 1).or_default().extend(told);
            code.trim_end().to_string()
        }
        None => line.to_string(),
    });
    let script: Vec<String> = lines.collect();
    (script.join("\n") + "\n", wanted)
}

fn told(finding: &Finding) -> String {
    let sign = if finding.severity == Severity::Warning { "warning " } else { "" };
    format!("{sign}{}: {}", finding.error.diagnostic.unwrap_or("-"), finding.error.message)
}

/// What is found, by line.
fn found(world: &World, script: &str) -> BTreeMap<usize, Vec<String>> {
    let mut lines: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for finding in check::check(&world.setup.session, "test.rhai", script) {
        assert!(script.get(finding.span.clone()).is_some(), "{:?} of {script}", finding.span);
        let line = lexer::position(script, finding.span.start).0;
        lines.entry(line).or_default().push(told(&finding));
    }
    lines
}

fn held(what: &str, world: &World, text: &str) {
    let (script, wanted) = marks(text);
    let found = found(world, &script);
    let mut wrong = Vec::new();
    for line in 1..=script.lines().count() {
        let (found, wanted) = (found.get(&line), wanted.get(&line));
        if found != wanted {
            wrong.push(format!(
                "line {line}: {}\n  found  {found:?}\n  wanted {wanted:?}",
                script.lines().nth(line - 1).unwrap()
            ));
        }
    }
    assert!(wrong.is_empty(), "{what}\n{}", wrong.join("\n"));
}

#[test]
fn each_rule_finds_what_it_is_for_and_lets_its_neighbours_be() {
    let world = World::new();
    let text = fs::read_to_string(of_tests("check/rules.rhai")).unwrap();
    let cases: Vec<&str> = text.split("// ----\n").collect();
    assert!(cases.len() > 20, "{}", cases.len());
    let mut failed = String::new();
    for case in cases {
        let held = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| held("", &world, case)));
        if let Err(why) = held {
            failed += why.downcast_ref::<String>().map_or("", String::as_str);
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// The scripts of tests/cases/check/wrong: what is found of each, and what is underlined.
const WRONG: &[(&str, &str, &str)] = &[
    ("08-option-in-variable-map", "call::unknown_option", "flavour"),
    ("12-fn-arity-via-closure", "call::closure", "call"),
    ("16-unused-result-map", "check::unused_result", "map"),
    ("18-status-wrong-word", "check::word", "\"RUNNING\""),
    ("20-status-in-switch", "check::word", "\"STOPPED\""),
    ("21-status-in-filter", "check::word", "\"RUNNING\""),
    ("24-while-stale", "check::stale_loop", "s.status"),
    ("26-loop-copy-assign", "check::copy", "s"),
    ("28-missing-wait-attach", "check::not_ready", "attach"),
    ("30-wrong-noun-param", "call::wrong_type", "v"),
    ("39-filter-nobool", "language::closure_result", "s.meta.role"),
    ("47-meta-missing-key-method", "check::never_equal", "s.meta.owner"),
    ("50-compare-server-with-int", "check::duration", "\"7 days\""),
    ("52-table-columns", "language::unknown_field", "\"state\""),
    ("55-on-kind", "check::word", "\"notfound\""),
    ("57-is-none", "check::maybe_nothing", "name"),
];

#[test]
fn wrong_scripts_are_found_at_their_place() {
    let world = World::new();
    let folder = fs::read_dir(of_tests("cases/check/wrong")).unwrap().count();
    assert_eq!(folder, WRONG.len());
    crate::support::each(WRONG.iter().copied(), |(name, code, underlined)| {
        let text = fs::read_to_string(of_tests(&format!("cases/check/wrong/{name}.rhai"))).unwrap();
        let found = check::check(&world.setup.session, "test.rhai", &text);
        let places: Vec<(&str, &str)> =
            found.iter().map(|one| (one.error.diagnostic.unwrap_or(""), &text[one.span.clone()])).collect();
        assert!(places.contains(&(code, underlined)), "{name}: {places:?}");
    });
}

#[test]
fn right_scripts_have_no_finding() {
    let world = World::new();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(of_tests("cases/check/right")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let found = check::check(&world.setup.session, "test.rhai", &text);
        // Inside a `try` block a wrong field is a warning.
        let told: Vec<String> =
            found.iter().map(told).filter(|told| !told.ends_with("no field `hostname`")).collect();
        if !told.is_empty() {
            wrong.push(format!("{}: {told:?}\n{text}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file with more undeclared names than the language is asked about, and a comment without an end.
#[test]
fn nothing_is_silently_let_through() {
    let world = World::new();
    let many: String = (0..90).map(|n| format!("print(name_{n});\n")).collect();
    let found = check::check(&world.setup.session, "test.rhai", &many);
    assert_eq!(found.len(), 90);
    assert!(found.iter().all(|one| one.error.diagnostic == Some("language::unknown_variable")));
    let open = "print(1);\n/* to be done\nboot();\n";
    let found = check::check(&world.setup.session, "test.rhai", open);
    let told: Vec<_> = found.iter().map(|one| (one.error.diagnostic, one.span.clone())).collect();
    assert_eq!(told, [(Some("parse::unclosed"), 10..12)]);
    assert!(check::check(&world.setup.session, "test.rhai", "/* a /* b */ c */ print(1);").is_empty());
}

/// The work grows as the text does: what is counted are the nodes, declarations and tokens that were looked
/// at.
#[test]
fn checking_is_linear_in_the_length_of_a_script() {
    let world = World::new();
    let each = |line: &str, lines: usize| -> String {
        (0..lines).map(|n| line.replace('@', &n.to_string()) + "\n").collect()
    };
    let shapes = [
        (
            "",
            "let a@ = @; let s@ = server(`web-${a@}`); if s@.status == \"ACTIVE\" { print(s@.name); } print(a@);",
            "",
        ),
        ("", "let s@ = boot(\"n@\", #{ image: \"i\", flavor: \"f\" }); s@.wait_active(); s@.delete();", ""),
        ("", "try { print(@) } catch (e) { print(e.kind) }", ""),
        ("", "let p@ = param(\"p@\", \"x\", \"help\"); print(p@);", ""),
        ("", "fn f@(x) { x + @ }", "print(f0(1));"),
        ("", "const G@ = @; fn g@() { print(global::G@) }", "g0();"),
    ];
    for (head, line, tail) in shapes {
        let cost = |lines: usize| {
            let text = format!("{head}\n{}{tail}\n", each(line, lines));
            let before = rhain::syntax::visited();
            let found = check::check(&world.setup.session, "test.rhai", &text);
            assert!(found.is_empty(), "{line}: {found:?}");
            rhain::syntax::visited() - before
        };
        let (short, long) = (cost(1_000), cost(4_000));
        assert!(short > 1_000 && long < 5 * short, "{line}: {short} steps, then {long}");
    }
}

#[test]
fn a_parameter_of_a_module_is_an_error() {
    let program = Program::new();
    program.file("lib/a.rhai", "const N = param(\"n\", 1);\nfn f() { global::N }\n");
    program.file("site.rhai", "import \"lib/a\" as a;\nprint(a::f());\n");
    let ended = program.run(&["check", "site.rhai"]);
    assert_eq!(ended.code, Some(2), "{}", ended.all());
    assert!(ended.err.contains("a parameter is declared in a module"), "{}", ended.err);
}

#[test]
fn planted_faults_are_found_and_nothing_else() {
    let text = fs::read_to_string(of_tests("check/planted.rhai")).unwrap();
    assert!(text.lines().count() >= 300, "{}", text.lines().count());
    assert!(text.matches("//~").count() >= 25, "{}", text.matches("//~").count());
    held("planted", &World::new(), &text);
}

#[test]
fn what_is_in_order_has_no_finding() {
    let world = World::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts: Vec<(String, String)> = Vec::new();
    for folder in ["scripts", "stdlib"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rhai") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                texts.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    for verb in VERBS {
        for example in verb.examples {
            texts.push((format!("the example of {}", verb.name), example.code.to_string()));
        }
    }
    assert!(texts.len() > 60, "{}", texts.len());
    let mut wrong = Vec::new();
    for (name, text) in texts {
        for checked in check::all(&world.setup.session, &name, &text) {
            let told: Vec<String> = checked.findings.iter().map(told).collect();
            if !told.is_empty() {
                wrong.push(format!(
                    "{}: {told:#?}\n{}",
                    checked.name,
                    if name.starts_with("the") { &text } else { "" }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_correction_mends_what_it_is_for() {
    let world = World::new();
    let cases = [
        (
            "bott(\"web\", #{ image: \"a\", flavor: \"b\" });",
            "boot(\"web\", #{ image: \"a\", flavor: \"b\" });",
        ),
        ("let a = 1\nprint(a);", "let a = 1;\nprint(a);"),
        ("let m = { a: 1 };\nprint(m);", "let m = #{ a: 1 };\nprint(m);"),
        ("print(server(\"web\").statos);", "print(server(\"web\").status);"),
        ("servers(#{ nam: \"web\" }).stop();", "servers(#{ name: \"web\" }).stop();"),
        ("let n = 1;\nprint(\"${n} up\");", "let n = 1;\nprint(`${n} up`);"),
        ("const DB = \"x\";\nfn f() { DB }\nf();", "const DB = \"x\";\nfn f() { global::DB }\nf();"),
        ("let s = server(\"web\");\nprint(s.stop);", "let s = server(\"web\");\nprint(s.stop());"),
    ];
    crate::support::each(cases, |(script, mended)| {
        let found = check::check(&world.setup.session, "test.rhai", script);
        let [one] = &found[..] else { panic!("{script}: {:?}", found.iter().map(told).collect::<Vec<_>>()) };
        let fix = one.fix.clone().unwrap_or_else(|| panic!("no correction: {script}"));
        let mut text = script.to_string();
        text.replace_range(fix.span, &fix.text);
        assert_eq!(text, mended);
        let left = check::check(&world.setup.session, "test.rhai", &text);
        assert!(left.is_empty(), "{text}: {:?}", left.iter().map(told).collect::<Vec<_>>());
    });
}

#[test]
fn what_a_script_can_touch_is_told_in_a_line() {
    let world = World::new();
    let cases = [
        ("print(1);", "it touches nothing outside of itself"),
        (r#"restore_backup("b");"#, "it may create and change volumes on the default cloud, nothing else"),
        ("print(servers());", "it may read the default cloud, nothing else"),
        (
            "boot(\"a\", #{ image: \"i\", flavor: \"f\" }).stop();",
            "it may create and change servers on the default cloud, nothing else",
        ),
        ("cloud(\"lab\").reboot(\"a\");", "it may change servers on `lab`, nothing else"),
        ("fn stop(x, y, z, w) { x } print(read_file(\"a\"));", "it may read files, nothing else"),
        ("let c = cloud(\"lab\"); c.servers().stop();", "it may change servers on `lab`, nothing else"),
        (
            "const C = \"lab\"; for s in cloud(C).servers() { s.stop(); }",
            "it may change servers on `lab`, nothing else",
        ),
        (
            "let c = cloud(); c.server(\"web\").stop();",
            "it may change servers on the default cloud, nothing else",
        ),
        (
            "fn halt(c) { c.stop(\"web\"); } halt(cloud(\"lab\"));",
            "it may change servers on `lab`, nothing else",
        ),
        (
            "for c in clouds() { cloud(c.name).stop(\"web\"); }",
            "it may change servers on a cloud that it chooses, nothing else",
        ),
        ("wait_port(\"db.example.org\", 5432);", "it may ask hosts, nothing else"),
    ];
    crate::support::each(cases, |(script, wanted)| {
        assert_eq!(touches::sentence(&check::all(&world.setup.session, "test.rhai", script)), wanted);
    });
}

#[test]
fn a_parameter_may_not_be_named_like_any_option() {
    let mut options = everywhere();
    options.push("help".to_string());
    options.sort();
    options.dedup();
    let known: Vec<String> = parameters::OPTIONS.iter().map(|option| (*option).to_string()).collect();
    assert_eq!(known, options);
}

#[test]
fn modules_are_checked_with_the_script_that_imports_them() {
    let program = Program::new();
    program.file("lib/web.rhai", "fn add(n) {\n    bott(n);\n}\n");
    program.file("site.rhai", "import \"lib/web\" as web;\nweb::add(1);\nweb::ad(1);\nweb::add(1, 2);\n");
    let ended = program.run(&["check", "site.rhai", "--format", "json"]);
    assert_eq!(ended.code, Some(2), "{}", ended.all());
    let lines: Vec<serde_json::Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let place = &line["places"][0];
            format!(
                "{}:{}:{} {} {}",
                place["source"].as_str().unwrap(),
                place["line"],
                place["column"],
                line["severity"].as_str().unwrap(),
                line["diagnostic"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "site.rhai:3:6 error call::unknown_verb",
            "site.rhai:4:13 error call::too_many_arguments",
            "lib/web.rhai:2:5 error call::unknown_verb",
        ]
    );
    assert_eq!(lines[0]["fix"]["text"], "add");
    assert_eq!(lines[2]["places"][1]["source"], "site.rhai");
    let ended = program.run(&["run", "site.rhai", "--cloud", "sim"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
    assert_eq!(ended.err.matches("call::").count(), 3, "{}", ended.err);
}

#[test]
fn warnings_stop_nothing_and_many_files_are_checked() {
    let program = Program::new();
    program.file("a.rhai", "let unused = 1;\nprint(2);\n");
    program.file("b.rhai", "print(1);\n");
    program.file("c.rhai", "let x = ;\n");
    let ended = program.run(&["check", "a.rhai", "b.rhai"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert_eq!(
        ended.out,
        "a.rhai: 1 warning; it touches nothing outside of itself\nb.rhai: nothing is wrong; it touches nothing outside of itself\n"
    );
    assert!(ended.err.contains("`unused` is never used"), "{}", ended.err);
    let ended = program.run(&["check", "a.rhai", "c.rhai", "missing.rhai"]);
    assert_eq!(ended.code, Some(2), "{}", ended.all());
    assert!(
        ended.err.contains("parse::") && ended.err.contains("`missing.rhai` cannot be read"),
        "{}",
        ended.err
    );
    let ended = program.run(&["run", "a.rhai", "--cloud", "sim"]);
    assert_eq!((ended.code, ended.out.trim()), (Some(0), "2"));
    assert!(ended.err.contains("`unused` is never used"), "{}", ended.err);
    let ended = program.run(&["run", "a.rhai", "--cloud", "sim", "-q"]);
    assert_eq!((ended.code, ended.out.trim(), ended.err.as_str()), (Some(0), "2", ""));
}

#[test]
fn imports_that_are_missing_outside_or_circular_are_told_at_their_place() {
    let program = Program::new();
    program.file("../outside.rhai", "fn f() { 1 }\n");
    program.file("lib/a.rhai", "import \"b\" as b;\nfn f() { b::g() }\n");
    program.file("lib/b.rhai", "import \"../site\" as site;\nfn g() { 1 }\n");
    program.file(
        "site.rhai",
        "import \"lib/a\" as a;\nimport \"lib/nothing\" as n;\nimport \"../outside\" as o;\nprint(a::f());\n",
    );
    let ended = program.run(&["check", "site.rhai", "--format", "json"]);
    assert_eq!(ended.code, Some(2), "{}", ended.all());
    let told: Vec<String> = ended
        .out
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let place = &line["places"][0];
            format!(
                "{}:{} {}",
                place["source"].as_str().unwrap(),
                place["line"],
                line["diagnostic"].as_str().unwrap()
            )
        })
        .collect();
    assert!(told.contains(&"site.rhai:1 import::cycle".to_string()), "{told:?}");
    assert!(told.contains(&"site.rhai:2 import::missing".to_string()), "{told:?}");
    assert!(told.contains(&"site.rhai:3 import::outside".to_string()), "{told:?}");
}

/// What a test means to catch is a warning, and the words of tests are known there.
#[test]
fn what_assert_throws_is_given_is_a_warning() {
    let world = World::new();
    let text =
        r#"fn test_a() { assert_throws("invalid_argument", || boot("a", #{ image: "i", flavour: "f" })); }"#;
    let found = rhain::check::check(&world.setup.session, "a_test.rhai", text);
    let told: Vec<_> = found.iter().map(|one| (one.severity, one.error.message.as_str())).collect();
    assert_eq!(told, [(rhain::check::Severity::Warning, "`boot` has no option `flavour`")]);
    let found = rhain::check::check(&world.setup.session, "a.rhai", text);
    assert!(found.iter().any(|one| one.error.message.contains("assert_throws")), "{found:?}");
}
