//! The commands of a session, and what is read from a pipe. On a pipe they are the same, and cheaper to ask.

use super::terminal::Terminal;
use crate::support::{Ended, Program, Served};

/// What a session says to these lines from a pipe.
fn told(program: &Program, lines: &[&str]) -> Ended {
    program.run_with(&["--cloud", "sim"], &format!("{}\n", lines.join("\n")))
}

#[track_caller]
fn gives(lines: &[&str], out: &str) {
    let ended = told(&Program::new(), lines);
    assert_eq!((ended.out.as_str(), ended.err.as_str(), ended.code), (out, "", Some(0)), "{lines:?}");
}

const BOOT: &str = "let s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });";

#[test]
fn a_pipe_is_read_statement_by_statement() {
    gives(&["1 + 1", "let a = 20;", "a + 1", "_ * 2"], "2\n21\n42\n");
    gives(&["if false {", "  1", "}", "else {", "  2", "}", "[1, 2]", "  .len()"], "2\n2\n");
    gives(&["fn f(a) {", "  a * 2", "}", "", "// a remark", "f(21)"], "42\n");
    gives(&["#{ a: 1 }", "\"text\"", "secret(\"x\")", "()"], "a  1\ntext\n••••••\n");
    gives(&[], "");
    let ended = Program::new().run_with(&["--cloud", "sim"], "servers()");
    assert_eq!(ended.ok(), "[]\n");
    let ended = Program::new().run_with(&["repl", "--cloud", "sim", "--format", "json"], "[1, #{ a: () }]");
    assert_eq!(ended.ok(), "[1,{\"a\":null}]\n");
}

#[test]
fn a_pipe_ends_at_its_first_error() {
    let ended = told(&Program::new(), &["1", "let a = 2;", "  a.foo()", "3"]);
    assert_eq!((ended.out.as_str(), ended.code), ("1\n", Some(1)));
    assert!(ended.err.contains("-:3:5"), "{}", ended.err);
    // What does not parse has not run; what stands before it has.
    let ended = told(&Program::new(), &["1", "2 +* 3"]);
    assert_eq!((ended.out.as_str(), ended.code), ("1\n", Some(1)));
    assert!(ended.err.contains("-:2:4"), "{}", ended.err);
    let ended = told(&Program::new(), &["fn f() {", "1"]);
    assert_eq!((ended.out.as_str(), ended.code), ("", Some(1)));
    assert!(ended.err.contains("the bracket `{` is not closed"), "{}", ended.err);
    assert_eq!(told(&Program::new(), &["1", "exit(7)", "2"]).code, Some(7));
    let ended = told(&Program::new(), &[":nothing", "1"]);
    assert_eq!((ended.out.as_str(), ended.code), ("", Some(1)));
}

#[test]
fn what_was_put_off_is_done_when_the_session_ends() {
    let ended =
        told(&Program::new(), &["defer(|| print(\"last\"));", "on_failure(|| print(\"not this\"));", "1"]);
    assert_eq!((ended.out.as_str(), ended.code), ("1\nlast\n", Some(0)));
    assert!(ended.err.contains("defer: print(\"last\")") && !ended.err.contains("not this"), "{}", ended.err);
    let ended = told(&Program::new(), &["on_failure(|| print(\"mended\"));", "throw \"x\"", "1"]);
    assert_eq!((ended.out.as_str(), ended.code), ("mended\n", Some(1)));
}

#[test]
fn several_clouds_and_none_chosen_is_no_session() {
    let two = "clouds:\n  a: {auth: {auth_url: 'http://127.0.0.1:1', username: u, password: p}}\n  \
               b: {auth: {auth_url: 'http://127.0.0.1:1', username: u, password: p}}\n";
    let program = Program::with_clouds(two);
    program.run_with(&[], "1").failed(3);
    assert_eq!(program.run_with(&["--cloud", "b"], "1").ok(), "1\n");
    let err = program.run_with(&["--cloud", "c"], "1").failed(3);
    assert!(err.contains("no cloud `c`") || err.contains("`c`"), "{err}");
}

#[test]
fn help_lists_every_command() {
    let out = told(&Program::new(), &[":help"]).ok();
    for command in rhain::repl::commands::COMMANDS {
        assert!(out.contains(&format!("  :{} ", command.name)), "{}: {out}", command.name);
        assert!(out.contains(command.summary), "{}", command.name);
    }
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    let page = told(&Program::new(), &[":help resize"]).ok();
    assert!(page.starts_with("resize(server, flavor)"), "{page}");
    assert_eq!(told(&Program::new(), &[":doc resize"]).ok(), page);
    assert!(told(&Program::new(), &[":doc"]).ok().contains("  wait_active "));
    assert!(told(&Program::new(), &[":help :save"]).ok().starts_with(":save FILE"));
}

#[test]
fn a_command_that_is_none_names_the_nearest() {
    let err = told(&Program::new(), &[":lod x"]).failed(1);
    assert!(err.contains("there is no command `:lod`") && err.contains("`load`"), "{err}");
    let err = told(&Program::new(), &[":load"]).failed(1);
    assert!(err.contains("`:load` needs a file") && err.contains("write `:load FILE`"), "{err}");
    let err = told(&Program::new(), &[":read-only perhaps"]).failed(1);
    assert!(err.contains("takes `on` or `off`, not `perhaps`"), "{err}");
    let err = told(&Program::new(), &[":vars all"]).failed(1);
    assert!(err.contains("`:vars` takes nothing behind it"), "{err}");
}

#[test]
fn a_type_is_told_without_a_change() {
    gives(&[":type 1 + 1"], "a whole number\n");
    gives(&[":type servers()"], "an empty array\n");
    gives(&["let a = 1;", ":type a = \"x\"", "a"], "nothing\n1\n");
    let served = Served::new();
    let lines = ":type boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" })\n:type images()\n";
    assert_eq!(served.program().run_with(&[], lines).ok(), "Server\nan array of 1 image\n");
    assert_eq!(served.written(), [] as [&str; 0]);
    let lines = [
        BOOT,
        ":type s",
        ":type s.name",
        ":type s.stop()",
        ":type #{ a: 1 }",
        ":type s.wait_active().status",
    ];
    gives(&lines, "Server\ntext\nServer\na map of 1 key\ntext\n");
}

#[test]
fn variables_are_listed() {
    let lines = ["const N = 1;", "let text = \"a\";", "let pw = secret(\"x\");", "fn f(a, b) { a }", ":vars"];
    let table = [
        " name  what                     value",
        " N     a whole number, constant  1",
        " text  text                     a",
        " pw    a secret                 ••••••",
        " fn f(a, b)",
        "",
    ];
    let told = told(&Program::new(), &lines).ok();
    let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    assert_eq!(words(&told), words(&table.join("\n")));
}

#[test]
fn read_only_refuses_changes_until_it_is_off() {
    let program = Program::new();
    let err = told(&program, &[":read-only on", BOOT]).failed(1);
    assert!(err.contains("`boot` is refused: this session is read-only"), "{err}");
    let ended = told(&program, &[":read-only on", ":read-only off", BOOT, "s.name"]);
    assert_eq!(ended.out, "web\n");
    let err = program.run_with(&["--cloud", "sim", "--read-only"], ":read-only off").failed(1);
    assert!(err.contains("was started with --read-only"), "{err}");
}

#[test]
fn requests_are_said_between_on_and_off() {
    let served = Served::new();
    let ended = served.program().run_with(&[], ":trace on\nimages().len()\n:trace off\nflavors().len()\n");
    assert!(ended.err.contains("/v2/images"), "{}", ended.err);
    assert!(!ended.err.contains("/flavors"), "{}", ended.err);
    assert_eq!(ended.ok(), "1\n6\n");
}

#[test]
fn time_and_requests_are_told() {
    let ended = told(&Program::new(), &["servers()", ":time servers()", ":time 1 + 1"]);
    let lines: Vec<&str> = ended.err.lines().collect();
    assert!(lines[0].starts_with("took ") && lines[0].ends_with(", 1 request"), "{lines:?}");
    assert!(lines[1].starts_with("took ") && lines[1].ends_with(", no request"), "{lines:?}");
    assert_eq!(ended.out, "[]\n[]\n2\n");
}

#[test]
fn another_cloud_takes_over() {
    let served = Served::new();
    let lines = "whoami().project\n:use sim\ncloud().name\nboot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" }).name\n\
                 :use lab\nservers()\ncloud().name\n:clouds\n";
    let ended = served.program().run_with(&["--cloud", "lab"], lines);
    assert!(ended.err.contains("rhain 0.1 on sim (simulated)"), "{}", ended.err);
    let out = ended.ok();
    assert!(out.starts_with("demo\nsim\nweb\n[]\nlab\n"), "{out}");
    assert!(out.contains("sim "), "{out}");
    let err = served.program().run_with(&[], ":use lap").failed(1);
    assert!(err.contains("lab"), "{err}");
}

#[test]
fn a_file_is_loaded_into_the_session() {
    let program = Program::new();
    program.file("book/tools.rhai", "fn area(a, b) { a * b }\n");
    program.file(
        "book/main.rhai",
        "#!/usr/bin/env rhain\nimport \"tools\" as tools;\nlet side = 6;\ntools::area(side, 7)\n",
    );
    assert_eq!(told(&program, &[":load book/main.rhai", "side", "tools::area(2, 3)"]).ok(), "42\n6\n6\n");
    program.file("bad.rhai", "let a = 1;\na.foo();\n");
    let err = told(&program, &[":load bad.rhai"]).failed(1);
    assert!(err.contains("bad.rhai:2:3"), "{err}");
    let err = told(&program, &[":load none.rhai"]).failed(1);
    assert!(err.contains("`none.rhai` cannot be read: there is no such file"), "{err}");
    // A file of commands is no script: it cannot load itself.
    program.file("self.rhai", ":load self.rhai\n");
    let err = told(&program, &[":load self.rhai"]).failed(1);
    assert!(err.contains("self.rhai:1:1"), "{err}");
}

#[test]
fn what_went_well_is_saved_as_a_script() {
    let program = Program::new();
    let terminal = Terminal::start(&program, &["--cloud", "sim"]);
    terminal.ask("fn size(a) { a }");
    terminal.ask("fn size(a) {\na * 2\n}");
    terminal.ask("let n = 20 // a start");
    terminal.ask("size(n) + 1");
    terminal.ask("n.foo()");
    terminal.ask("let answer = _ + 1;");
    terminal.ask("print(answer)");
    assert_eq!(terminal.ask(":save grow.rhai"), ["6 lines saved to grow.rhai"]);
    let wanted = "fn size(a) {\na * 2\n}\nlet n = 20; // a start\nlet result_4 = size(n) + 1;\n\
                  let answer = result_4 + 1;\nprint(answer);\n";
    assert_eq!(program.read("grow.rhai"), wanted);
    assert_eq!(program.run(&["run", "grow.rhai", "--cloud", "sim"]).ok(), "42\n");
    // Its own file it writes again, another's it leaves.
    terminal.ask("1");
    assert_eq!(terminal.ask(":save grow.rhai"), ["7 lines saved to grow.rhai"]);
    program.file("other.rhai", "// precious\n");
    assert!(terminal.told(":save other.rhai").contains("is there already"));
    assert_eq!(program.read("other.rhai"), "// precious\n");
    assert!(terminal.told(":save none/here.rhai").contains("`none/here.rhai` cannot be written"));
    terminal.ask(":clear");
    assert_eq!(terminal.ask(":save empty.rhai"), ["there is nothing to save yet"]);
    assert!(terminal.told("n").contains("there is no variable `n`"));
}

#[test]
fn a_saved_script_with_a_secret_is_only_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::new();
    let ended = told(&program, &["let pw = secret(\"hunter2\");", ":save pw.rhai"]);
    assert_eq!(ended.err, "1 line saved to pw.rhai\nit holds a secret: only you may read it\n");
    let mode = std::fs::metadata(program.folder().join("pw.rhai")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_script_that_lacks_what_failed_says_so() {
    let program = Program::new();
    let terminal = Terminal::start(&program, &["--cloud", "sim"]);
    terminal.ask("let a = 1; a.foo()");
    terminal.ask("a + 1");
    let told = terminal.told(":save half.rhai");
    assert!(told.contains("`rhain check half.rhai` says: there is no variable `a`"), "{told}");
}

#[test]
fn a_megabyte_and_what_is_no_text_do_no_harm() {
    let long = format!("\"{}\".len()", "x".repeat(1 << 20));
    gives(&[&long], "1048576\n");
    let many = "let a = 1;\n".repeat(2_000) + "a";
    gives(&[&many], "1\n");
    let program = Program::new();
    let file = program.folder().join("bytes");
    std::fs::write(&file, b"1\n\xff\xfe").expect("a file");
    let err = told(&program, &[":load bytes"]).failed(1);
    assert!(err.contains("it is no UTF-8 text"), "{err}");
}
