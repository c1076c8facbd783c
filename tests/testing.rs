//! `rhain test` as a user meets it: what is found, how it ends, what is told.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::program::{output, rhain, root};
use crate::support::{Ended, Program, World, each};
use rhain::testing::operations;
use rhain::verbs::{Group, VERBS, verb};
use rhain_sim::plan;
use serde_json::Value as Json;

/// A folder with one file of tests.
fn with(text: &str) -> Program {
    let program = Program::new();
    program.file("a_test.rhai", text);
    program
}

fn test(text: &str, more: &[&str]) -> Ended {
    let words: Vec<&str> = ["test"].iter().chain(more).copied().collect();
    with(text).run(&words)
}

const UP: &str =
    "fn up(n) { boot(\"a\", #{ image: \"cirros\", flavor: \"m1.tiny\", count: n }).wait_active() }\n";

#[test]
fn tests_pass_on_each_face_that_the_header_names() {
    let text = format!(
        "//! clouds: openstack, aws, cloudstack\n{UP}fn test_boots() {{ assert_eq(up(2).len, 2); print(cloud().provider); }}\n\
         fn test_is_alone() {{ assert_eq(servers(), []); sim_advance(\"1h\"); }}\n"
    );
    let ended = test(&text, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "a_test.rhai");
    assert!(lines[1].starts_with("  + boots      openstack aws cloudstack"), "{}", lines[1]);
    assert!(lines[2].ends_with("3h simulated"), "{}", lines[2]);
    assert!(lines[3].starts_with("2 passed in ") && lines[3].contains(" simulated)"), "{}", lines[3]);
    // What a test that passes prints is its own business.
    assert!(!ended.out.contains("provider") && ended.err.is_empty(), "{}", ended.all());
}

#[test]
fn one_cloud_may_be_chosen_and_a_real_one_may_not() {
    let ended = test("fn test_a() { assert_eq(cloud().provider, \"aws\"); }", &["--cloud", "sim:aws"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let err = test("fn test_a() { }", &["--cloud", "lab"]).failed(2);
    assert!(err.contains("tests run on simulated clouds only"), "{err}");
    let err = test("//! clouds: azure\nfn test_a() { }", &[]).failed(2);
    assert!(err.contains("azure") && err.contains("openstack, aws, cloudstack"), "{err}");
}

#[test]
fn what_fails_is_told_with_its_place_its_output_and_its_world() {
    let text = format!(
        "{UP}fn test_it() {{\n    let s = up(1);\n    print(\"made \" + s[0].name);\n    assert_eq(s[0].status, \"SHUTOFF\");\n}}\n"
    );
    let ended = test(&text, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.all());
    for words in [
        "  x it   openstack\n",
        "x \"ACTIVE\" is not \"SHUTOFF\"",
        "[a_test.rhai:5:5]",
        "world    server a-1 (active)",
        "again    rhain test a_test.rhai -k it --seed 0",
        "| made a-1",
        "0 passed, 1 failed in ",
    ] {
        assert!(ended.out.contains(words), "{words}\n{}", ended.out);
    }
    // The call that the test was made of stands in no file.
    assert!(!ended.out.contains("called from here"), "{}", ended.out);
}

#[test]
fn long_values_are_compared_place_by_place() {
    let text = r#"fn test_it() {
        let a = #{ name: "web", ports: [80, 443, 8080], image: "debian-13", text: "a quite long text that is the same" };
        let b = #{ name: "web", ports: [80, 444, 8080], zone: "nova", text: "a quite long text that is the same" };
        assert_eq(a, b);
    }"#;
    let out = test(text, &[]).out;
    for words in [
        "x the values differ",
        ".ports[1]: 443 is not 444",
        ".image: \"debian-13\" is on the left alone",
        ".zone: \"nova\" is on the right alone",
    ] {
        assert!(out.contains(words), "{words}\n{out}");
    }
}

/// What a newcomer does wrong: the code it ends with, and words that are told.
#[test]
fn mistakes_are_told() {
    let cases: [(&str, i32, &[&str]); 10] = [
        ("fn test_a() { bott(\"a\"); }", 2, &["there is no verb `bott`", "did you mean `boot`?"]),
        ("fn test_a() { let x = ; }", 2, &["a_test.rhai:1"]),
        ("import \"nosuch\" as n;\nfn test_a() { n::f(); }", 2, &["there is no module `nosuch`"]),
        ("fn helper() { }", 2, &["`a_test.rhai` has no test", "test_"]),
        ("fn test_a() { fail(\"no disk\"); }", 1, &["x no disk", "a_test.rhai:1:15"]),
        ("fn test_a() { server(\"nosuch\"); }", 1, &["has no server `nosuch`"]),
        ("fn test_a() { exit(3); }", 1, &["the test ended with `exit(3)`"]),
        ("fn test_a() { loop { let a = 1; } }", 1, &["did not end", "a_test.rhai:1"]),
        (
            "fn test_a() { assert_throws(\"conflict\", || 5); }",
            1,
            &["nothing was thrown; it gave 5", "conflict"],
        ),
        (
            "fn test_a() { assert_throws(\"conflict\", || server(\"x\")); }",
            1,
            &["`not_found` was thrown, not `conflict`", "a_test.rhai:1:44"],
        ),
    ];
    each(cases, |(text, code, told)| {
        let ended = test(text, &[]);
        assert_eq!(ended.code, Some(code), "{text}\n{}", ended.all());
        for words in told {
            assert!(ended.all().contains(words), "{text}\n{words}\n{}", ended.all());
        }
    });
    let none = Program::new();
    let err = none.run(&["test"]).failed(2);
    assert!(err.contains("there is no file `…_test.rhai` in this folder"), "{err}");
    let err = none.run(&["test", "nosuch"]).failed(2);
    assert!(err.contains("there is no file or folder `nosuch`"), "{err}");
    let err = test("fn test_a() { }", &["-k", "zzz"]).failed(2);
    assert!(err.contains("no test's file or name holds `zzz`"), "{err}");
}

#[test]
fn tests_are_found_listed_and_chosen() {
    let program = Program::new();
    program.file("a_test.rhai", "fn test_one() { }\nfn test_two() { }\n");
    program.file("lib/b_test.rhai", "//! clouds: aws\nfn test_three() { }\n");
    program.file("lib/b.rhai", "fn f() { 1 }\n");
    program.file(".hidden/c_test.rhai", "fn test_no() { }\n");
    let all = "a_test.rhai:1  one  openstack\na_test.rhai:2  two  openstack\nlib/b_test.rhai:2  three  aws\n";
    assert_eq!(program.run(&["test", "--list"]).ok(), all);
    assert_eq!(program.run(&["test", "--list", "-k", "tw"]).ok(), "a_test.rhai:2  two  openstack\n");
    assert_eq!(program.run(&["test", "--list", "lib/b.rhai", "lib"]).ok(), "lib/b_test.rhai:2  three  aws\n");
    let out = program.run(&["test", "lib", "a_test.rhai"]).ok();
    assert!(out.starts_with("lib/b_test.rhai\n  + three") && out.contains("3 passed"), "{out}");
}

#[test]
fn fail_fast_ends_behind_the_first_that_fails() {
    let mut text = "fn test_a() { }\nfn test_b() { fail(\"b\"); }\n".to_string();
    (0..20).for_each(|nth| text.push_str(&format!("fn test_c{nth}() {{ }}\n")));
    let ended = test(&text, &["--fail-fast"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("1 passed, 1 failed"), "{}", ended.out);
}

#[test]
fn results_are_written_for_programs() {
    let program = with("fn test_a() { print(\"<hello>\"); }\nfn test_b() { assert(false, \"a < b\"); }\n");
    let ended = program.run(&["test", "--format", "json", "--junit", "out.xml"]);
    assert_eq!(ended.code, Some(1));
    let lines: Vec<Json> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["test"], &lines[0]["passed"]), (&"a".into(), &true.into()));
    assert_eq!(lines[0]["output"][0]["text"], "<hello>");
    assert_eq!((&lines[1]["errors"][0]["message"], &lines[1]["line"]), (&"a < b".into(), &2.into()));
    assert_eq!((&lines[2]["event"], &lines[2]["failed"]), (&"tests".into(), &1.into()));
    let xml = std::fs::read_to_string(program.folder().join("out.xml")).unwrap();
    assert!(xml.contains("<testsuite name=\"a_test.rhai\" tests=\"2\" failures=\"1\""), "{xml}");
    assert!(xml.contains("message=\"a &lt; b\"") && xml.contains("<system-out>&lt;hello&gt;"), "{xml}");
}

/// What is random follows from the seed, and from nothing else: not from how many tests run at a time.
#[test]
fn a_seed_gives_the_same_again() {
    let text = format!(
        "{UP}fn test_a() {{ let s = up(2); print(s[0].id); print(uuid()); print(now()); fail(\"x\"); }}\nfn test_b() {{ print(up(1)[0].id); fail(\"y\"); }}\n"
    );
    let output = |more: &[&str]| -> Vec<String> {
        let ended = test(&text, more);
        ended.out.lines().filter(|line| line.contains("  | ")).map(str::to_string).collect()
    };
    let first = output(&[]);
    assert_eq!(first.len(), 4, "{first:?}");
    assert_eq!(output(&["--seed", "0"]), first);
    let other = output(&["--seed", "7"]);
    assert!(first[0] != other[0] && first[1] != other[1] && first[2] == other[2], "{first:?} {other:?}");
    assert_eq!(output(&["-k", "test_b"])[0], first[3]);
}

#[test]
fn helpers_set_the_scene_alike_on_every_face() {
    let text = format!(
        r#"//! clouds: openstack, aws, cloudstack
{UP}
fn test_refused() {{ sim_fault("boot", #{{ status: 403 }}); assert_throws("forbidden", || up(1)); assert_eq(up(1).len, 1); }}
fn test_unavailable() {{ sim_fault("boot", #{{ status: 503, times: 50 }}); assert_throws("unavailable", || up(1)); assert_eq(servers(), []); }}
fn test_after() {{ sim_fault("stop", #{{ status: 403, after: 1 }}); let s = up(2); stop(s[0]); assert_throws("forbidden", || stop(s[1])); }}
fn test_reset() {{ sim_fault("boot", #{{ reset: true }}); up(1); assert_eq(servers().len, 1); }}
fn test_reset_before() {{ sim_fault("boot", #{{ reset: "before" }}); up(1); assert_eq(servers().len, 1); }}
fn test_delay() {{ let t = now(); sim_fault("boot", #{{ delay: "20s" }}); up(1); assert(now() - t >= "20s"); assert(now() - t < "2m"); }}
fn test_never_answered() {{ sim_fault("servers", #{{ delay: "10m", times: 100 }}); assert_throws("network", || servers()); }}
fn test_error() {{ sim_fault("boot", #{{ status: "ERROR" }}); assert_throws("failed", || up(1)); }}
fn test_quota() {{ sim_quota(#{{ servers: 1 }}); up(1); assert_throws("over_quota", || boot("b", #{{ image: "cirros", flavor: "m1.tiny" }})); assert_eq(limits().servers, 1); }}
fn test_journal() {{
    let s = up(1);
    s[0].stop();
    delete(s);
    assert_eq(sim_journal().map(|w| w.verb), ["boot", "stop", "delete"]);
    assert_eq(sim_journal()[0].name, "a-1");
    assert(sim_journal()[0].at <= sim_journal()[2].at);
}}
fn test_things() {{
    sim_flavors(#{{ name: "g1.huge", vcpus: 2, ram: 4096, disk: 10 }});
    sim_images(["debian-13", "win"].map(|n| #{{ name: n }}));
    assert_eq(boot("b", #{{ image: "debian-13", flavor: "g1.huge" }}).wait_active().flavor, "g1.huge");
}}
fn test_outside() {{
    sim_reply("GET https://x.example/*", #{{ status: 404, body: #{{ a: 1 }}, times: 1 }});
    let got = http_get("https://x.example/y");
    assert_eq([got.status, parse_json(got.body).a], [404, 1]);
    assert_throws("network", || http_get("https://x.example/y"));
    sim_reply("make *", #{{ code: 2, stdout: "no rule" }});
    assert_eq(exec("make", ["all"], #{{ check: false }}).stdout, "no rule");
    assert_eq(sim_replies().map(|r| r.asked), ["GET https://x.example/y", "GET https://x.example/y", "make all"]);
    write_file("out.txt", "here");
    assert_eq(read_file("out.txt"), "here");
    assert(confirm("go on?"));
    let s = up(1)[0];
    wait_port(s, 22);
    stop(s).wait_status("SHUTOFF");
    assert_throws("timeout", || wait_port(s, 22, "1m"));
}}
"#
    );
    let program = with(&text);
    let ended = program.run(&["test"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(ended.out.contains("12 passed in "), "{}", ended.out);
    assert!(!program.folder().join("out.txt").exists(), "what a test writes is seen by it alone");
}

#[test]
fn helpers_refuse_what_makes_no_sense() {
    let world = World::new();
    let cases = [
        ("sim_fault(\"bott\", #{ status: 500 })", "did you mean `boot`?"),
        ("sim_fault(\"print\", #{ status: 500 })", "`print` sends no request"),
        ("sim_fault(\"boot\")", "is not told what goes wrong"),
        ("sim_fault(\"boot\", #{ status: 200 })", "give a number from 400 to 599"),
        ("sim_fault(\"boot\", #{ reset: 5 })", "\"after\" or \"before\""),
        ("sim_quota(#{ server: 1 })", "there is no limit `server`"),
        ("sim_quota(#{ servers: \"x\" })", "give a whole number, or () for none"),
        ("sim_flavors(#{ ram: 5 })", "`name` must be text"),
        ("sim_flavors(#{ name: \"m1.tiny\" })", "there is a flavor `m1.tiny` already"),
        ("sim_images(#{ name: \"x\", size: 5 })", "knows no `size`"),
        ("sim_console(\"nosuch\", \"x\")", "there is no server `nosuch`"),
    ];
    each(cases, |(code, words)| world.fails(code, "invalid_argument", words));
}

#[test]
fn outside_of_tests_they_say_so() {
    let program = Program::new();
    let calls: Vec<String> = VERBS
        .iter()
        .filter(|verb| verb.group == Group::Tests)
        .map(|verb| match verb.examples.first() {
            Some(example) => example.code.to_string(),
            None => format!("{}({})", verb.name, if verb.name == "run_script" { "\"x.rhai\"" } else { "" }),
        })
        .collect();
    assert!(calls.len() >= 12, "{calls:?}");
    each(calls, |call| {
        program.file("a.rhai", &format!("{call};\n"));
        let err = program.run(&["run", "a.rhai", "--cloud", "sim"]).failed(1);
        assert!(err.contains("works in tests only") && err.contains("rhain test"), "{call}\n{err}");
    });
}

#[test]
fn output_is_kept_and_compared() {
    let program = with(
        "fn test_a() { print(\"one\"); print(\"two\"); assert_eq(snapshot_output(), \"one\\ntwo\\n\"); }",
    );
    let first = program.run(&["test"]);
    assert_eq!(first.code, Some(0), "{}", first.all());
    assert!(first.err.contains("a_test.snap/a.txt"), "{}", first.err);
    let file = program.folder().join("a_test.snap/a.txt");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\n");
    let second = program.run(&["test"]);
    assert_eq!((second.code, second.err.as_str()), (Some(0), ""));
    std::fs::write(&file, "one\nthree\n").unwrap();
    let out = program.run(&["test"]).out;
    assert!(out.contains("x the output differs from `a_test.snap/a.txt`"), "{out}");
    assert!(out.contains("- three") && out.contains("+ two") && out.contains("rhain test --update"), "{out}");
    assert_eq!(program.run(&["test", "--update"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\n");
}

#[test]
fn a_runbook_runs_in_the_cloud_of_its_test() {
    let program = Program::new();
    program.file(
        "up.rhai",
        "const N = param(\"how_many\", 1, \"How many.\");\nlet s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\", count: N });\nprint(`${s.len} made`);\nif N > 2 { exit(4); }\nif N < 1 { server(\"nosuch\"); }\n",
    );
    program.file(
        "up_test.rhai",
        r#"fn test_it() {
    let run = run_script("up.rhai", #{ how_many: 2 });
    assert_eq(run.output, "2 made\n");
    assert_eq(run.code, 0);
    assert_eq(servers().len, 2);
    assert_eq(run_script("up.rhai", #{ how_many: 3 }).code, 4);
    let e = assert_throws("invalid_argument", || run_script("up.rhai", #{ many: 3 }));
    assert(e.message.contains("--many"), e.message);
    assert_throws("not_found", || run_script("nosuch.rhai"));
}
"#,
    );
    let ended = program.run(&["test"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
}

#[test]
fn lines_that_ran_are_counted() {
    let program = Program::new();
    program.file(
        "lib.rhai",
        "fn f(x) {\n    if x > 1 {\n        return \"many\";\n    }\n    \"one\"\n}\nfn g() {\n    1\n}\n",
    );
    program.file("a_test.rhai", "import \"lib\" as lib;\nfn test_a() { assert_eq(lib::f(1), \"one\"); }\nfn test_b() { assert_eq(lib::f(1), \"two\"); }\n");
    let ended = program.run(&["test", "--coverage=cov.info"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("lib.rhai   50%  2 of 4 lines   never ran: 3, 8"), "{}", ended.out);
    assert!(ended.out.contains("50% of lines covered"), "{}", ended.out);
    // Places are those of the text as it is.
    assert!(ended.out.contains("[a_test.rhai:3:15]"), "{}", ended.out);
    let lcov = std::fs::read_to_string(program.folder().join("cov.info")).unwrap();
    assert!(lcov.contains("SF:lib.rhai\nDA:2,2\nDA:3,0\nDA:5,2\nDA:8,0\n"), "{lcov}");
}

/// What is made side by side is there in any order, and is no difference to a run without a fault.
#[test]
fn what_a_test_leaves_is_told_by_name_whatever_was_made_first() {
    let text = "fn test_a() {\n    for name in [\"b\", \"a\"] { boot(name, #{ image: \"cirros\", flavor: \"m1.tiny\" }).wait_active(); }\n    assert(false);\n}\n";
    let ended = test(text, &[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("server a (active), server b (active)"), "{}", ended.out);
}

/// What a comment shows is run, and told at its place where it is not so.
#[test]
fn examples_in_comments_are_tests() {
    let program = Program::new();
    let lib = "//! Sums.\nimport \"./more\" as more;\n\n/// Adds.\n///\n/// ```\n/// add(1, 2)   // 3\n/// [1].map(|x| add(x, 1))   // [2]\n/// ```\nfn add(a, b) { more::sum(a, b) }\n\n/// Takes away.\n///\n/// ```rhai\n/// let s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });\n/// less(3, 1)   // 1\n/// ```\n/// ```sh\n/// rm -rf /\n/// ```\nfn less(a, b) { a - b }\n";
    program.file("lib.rhai", lib);
    program.file("more.rhai", "fn sum(a, b) { a + b }\n");
    program.file("vendor/theirs.rhai", "/// ```\n/// nothing_such()\n/// ```\nfn f() {}\n");
    let ended = program.run(&["test"]);
    assert_eq!(ended.code, Some(1), "{}", ended.all());
    assert!(
        ended.out.contains("+ example_of_add ") && ended.out.contains("x example_of_less "),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("2 is not 1") || ended.out.contains("\"2\" is not \"1\""), "{}", ended.out);
    assert!(ended.out.contains("[lib.rhai:16:"), "{}", ended.out);
    assert!(ended.out.contains("1 passed, 1 failed"), "{}", ended.out);
    // A mistake in one is told before anything runs; the script itself is named, too.
    program.file("lib.rhai", &lib.replace("less(3, 1)   // 1", "fewer(3, 1)   // 2"));
    let ended = program.run(&["test", "lib.rhai"]);
    assert_eq!(ended.code, Some(2), "{}", ended.all());
    assert!(ended.err.contains("`fewer`") && ended.err.contains("lib.rhai:16:"), "{}", ended.err);
    // What a runbook does by itself is left out.
    program.file("book.rhai", "/// ```\n/// one()   // 1\n/// ```\nfn one() { 1 }\nfail(\"it ran\");\n");
    let ended = program.run(&["test", "book.rhai"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
}

#[test]
fn chaos_tells_what_each_fault_leaves() {
    let text = "fn test_a() {\n    let s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });\n    s.delete();\n}\n";
    let ended = test(text, &["--chaos"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let row = |operation: &str| {
        let line = ended.out.lines().find(|line| line.contains(operation)).unwrap_or_default();
        line.split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert!(ended.out.contains("a_test.rhai a on openstack: "), "{}", ended.out);
    // Nothing was made where the request to make it was refused; what could not be deleted is left.
    let create = row("server.create");
    assert_eq!(
        create[2..],
        ["passes", "forbidden, nothing left", "passes", "passes"].map(str::to_string)[..],
        "{}",
        ended.out
    );
    let delete = row("server.delete");
    assert!(delete[3].starts_with("forbidden, left: server web"), "{}", ended.out);
}

/// Every verb of the table is one, and every operation there is one of the simulated clouds.
#[test]
fn the_table_of_operations_holds() {
    let mut count = 0;
    for (name, all) in operations::rows() {
        assert!(verb(name).is_some(), "`{name}` is no verb");
        for operation in all {
            assert!(plan(&format!("{operation} status=500")).is_ok(), "{name}: `{operation}`");
            count += 1;
        }
    }
    assert!(count > 200, "{count}");
    // What asks a cloud and has no row: its requests are those of others, or of the script's own choice.
    let others = ["api", "addresses", "clouds", "cloud", "wait_port"];
    each(VERBS.iter().filter(|verb| verb.asks_cloud()), |verb| {
        let known = operations::rows().any(|(name, _)| name == verb.name);
        assert!(known || others.contains(&verb.name), "`{}` has no row in operations.tsv", verb.name);
    });
}

/// A folder with the standard library in it, imported from there.
fn library() -> (Program, Vec<(String, String)>) {
    let program = Program::new();
    let mut modules = Vec::new();
    for entry in std::fs::read_dir(root().join("stdlib")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap().replace("import \"std/", "import \"");
        program.file(&name, &text);
        if !name.ends_with("_test.rhai") {
            modules.push((name, text));
        }
    }
    modules.sort();
    (program, modules)
}

/// The functions of a module, each with the text that the module has without what the function does.
fn emptied(text: &str) -> Vec<(String, String)> {
    let tree = rhain::syntax::parse(text);
    let without = |one: &rhain::syntax::tree::Function| {
        let body = &one.body.span;
        (one.name.text.clone(), format!("{}{{ }}{}", &text[..body.start], &text[body.end..]))
    };
    tree.functions().map(without).collect()
}

fn each_is_missed(chosen: impl Fn(usize) -> bool) {
    let (program, modules) = library();
    assert_eq!(modules.len(), 10);
    let mut count = 0;
    for (name, text) in &modules {
        let test = name.replace(".rhai", "_test.rhai");
        for (function, without) in
            emptied(text).into_iter().enumerate().filter(|(nth, _)| chosen(*nth)).map(|one| one.1)
        {
            program.file(name, &without);
            let ended = program.run(&["test", &test, "-q", "--fail-fast", "--cloud", "sim"]);
            assert!(ended.code != Some(0), "{name}: nothing fails where `{function}` does nothing");
            count += 1;
        }
        program.file(name, text);
        // With all of it there, all passes.
        let ended = program.run(&["test", &test, "-q", "--cloud", "sim"]);
        assert_eq!(ended.code, Some(0), "{}", ended.all());
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn a_function_of_the_library_that_does_nothing_is_missed() {
    each_is_missed(|nth| nth == 0);
}

#[test]
#[ignore = "takes minutes: every function of the library"]
fn every_function_of_the_library_that_does_nothing_is_missed() {
    each_is_missed(|_| true);
}

#[test]
fn the_tests_of_the_library_run_its_lines() {
    let mut command = rhain(["test", "stdlib", "-q", "--cloud", "sim", "--coverage", "--format", "json"]);
    let (out, err, code) = output(&mut command);
    assert_eq!(code, Some(0), "{out}\n{err}");
    let last: Json = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    let (lines, covered) =
        (last["coverage"]["lines"].as_u64().unwrap(), last["coverage"]["covered"].as_u64().unwrap());
    assert!(lines > 150 && covered * 100 >= lines * 90, "{covered} of {lines}: {}", last["coverage"]);
}
