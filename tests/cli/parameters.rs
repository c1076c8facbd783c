//! What gives a runbook its parameters beside `--name value`: files, variables, secrets' sources, a person.

use crate::support::{Ended, Program};

const BOOK: &str = r#"const SIZE = param("batch_size", #{ type: "int", default: 1, min: 1, max: 9 });
const HOSTS = param("hosts", #{ type: "list", default: [] });
const NAME = param("name", #{ choices: ["web", "db", "1.10", "007"], default: "web" });
print(`${SIZE} ${HOSTS} ${NAME}`);
"#;

fn program() -> Program {
    let program = Program::new();
    program.file("book.rhai", BOOK);
    program
}

fn run(program: &Program, words: &[&str]) -> Ended {
    program.run(&[&["run", "book.rhai", "--cloud", "sim"], words].concat())
}

#[track_caller]
fn prints(program: &Program, words: &[&str], line: &str) {
    let ended = run(program, words);
    assert_eq!((ended.code, ended.out.trim_end()), (Some(0), line), "{}", ended.all());
}

/// Not run, and every one of these is told.
#[track_caller]
fn refuses(program: &Program, words: &[&str], told: &[&str]) -> String {
    let ended = run(program, words);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.all());
    let flat = ended.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    for words in told {
        assert!(flat.contains(words), "{words}: {}", ended.err);
    }
    ended.err
}

#[test]
fn a_file_gives_what_the_command_line_does_not() {
    let program = program();
    program.file("p.yaml", "batch_size: 3\nhosts:\n  - a,1\n  - b\nname: 1.10\n");
    prints(&program, &["--params", "p.yaml"], r#"3 ["a,1", "b"] 1.10"#);
    prints(&program, &["--params", "p.yaml", "--batch-size", "4"], r#"4 ["a,1", "b"] 1.10"#);
    program.file("p.json", "{\n\t\"batch-size\": 5,\n\t\"hosts\": [\"x\", 7],\n\t\"name\": \"db\"\n}\n");
    prints(&program, &["--params=p.json"], r#"5 ["x", "7"] db"#);
    program.file("p.yaml", "name: 007\nbatch_size: ~\n");
    prints(&program, &["--params", "p.yaml"], "1 [] 007");
    program.file("p.yaml", "# nothing yet\n");
    prints(&program, &["--params", "p.yaml"], "1 [] web");
}

#[test]
fn every_mistake_is_told_before_anything_runs_and_where_it_is_from() {
    let program = program().var("RHAIN_PARAM_NAME", "mail");
    program.file("p.yaml", "\nbatch_size: ten\nhost: [a]\n");
    let told = [
        "`--host`, which is in p.yaml:3",
        "use --hosts",
        "`--batch-size` is `ten`, which is not a whole number, from p.yaml:2",
        "`--name` cannot be `mail`, from RHAIN_PARAM_NAME",
    ];
    refuses(&program, &["--params", "p.yaml"], &told);
    refuses(&program, &["--name", "web", "--batch-size", "12"], &["`--batch-size` is 12", "give at most 9"]);
    for (text, why) in [
        ("- a\n- b\n", "it is no map"),
        ("hosts:\n  a: 1\n", "`hosts` in line 2 is a map"),
        ("hosts: [[1]]\n", "a member in line 1 that is no text"),
        ("name: web\nname: db\n", ""),
        ("name: [\n", ""),
    ] {
        program.file("p.yaml", text);
        refuses(&program, &["--params", "p.yaml"], &["the parameters in `p.yaml` cannot be read", why]);
    }
    refuses(&program, &["--params", "none.yaml"], &["there is no such file"]);
}

#[test]
fn a_variable_gives_what_nothing_else_does() {
    let program = program().var("RHAIN_PARAM_BATCH_SIZE", "7").var("RHAIN_PARAM_HOST", "a");
    let ended = run(&program, &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "7 [] web\n"), "{}", ended.all());
    assert!(ended.err.contains("RHAIN_PARAM_HOSTS would"), "{}", ended.err);
    program.file("p.yaml", "batch_size: 2\n");
    prints(&program, &["--params", "p.yaml"], "2 [] web");
}

#[test]
fn a_file_stands_for_a_text() {
    let program = program();
    program.file("name.txt", "db\n");
    program.file("hosts.txt", "a b\nc\n\nd,e\n");
    prints(&program, &["--name", "@name.txt", "--hosts=@hosts.txt"], r#"1 ["a b", "c", "d", "e"] db"#);
    prints(&program, &["--hosts", "@@joe"], r#"1 ["@joe"] web"#);
    refuses(&program, &["--name", "@none.txt"], &["`none.txt`, which cannot be read", "@@none.txt"]);
}

const SECRET: &str = r#"const PW = param("pw", #{ secret: true, help: "The password" });
const ZONE = param("zone", "a");
print(`${PW} ${reveal(PW).len} ${ZONE}`);
"#;

#[test]
fn a_secret_comes_from_a_variable_a_file_or_a_program() {
    let program = Program::new().var("DB_PASSWORD", "hunter2-one");
    program.file("book.rhai", SECRET);
    program.file("pw.txt", "hunter2-three\n");
    prints(&program, &["--secret", "pw=env:DB_PASSWORD"], "•••••• 11 a");
    prints(&program, &["--secret", "pw=file:pw.txt"], "•••••• 13 a");
    let exec = ["--secret", "pw=exec:printf 'hunter2 %s' two", "--allow-exec=printf"];
    prints(&program, &exec, "•••••• 11 a");
    refuses(&program, &exec[..2], &["`printf` may not be run", "--allow-exec=printf"]);
    refuses(&program, &["--secret", "pw=exec:false", "--allow-exec"], &["`false` ended with code 1"]);
    refuses(&program, &["--secret", "pw=env:NOT_SET"], &["the variable `NOT_SET` is not set"]);
    refuses(&program, &["--secret", "zone=env:DB_PASSWORD"], &["`--zone` is no secret parameter"]);
    refuses(&program, &[], &["the parameter `--pw` is missing", "--secret pw=env:VARIABLE"]);
    for words in ["pw=hunter2-five", "hunter2-five", "pw=hunter2:five"] {
        let told = refuses(&program, &["--secret", words], &["write --secret NAME=env:VARIABLE"]);
        assert!(!told.contains("hunter2"), "{told}");
    }
    let twice = ["--secret", "pw=env:DB_PASSWORD", "--pw", "x"];
    refuses(&program, &twice, &["`--pw` is given twice"]);
}

#[test]
fn a_secret_that_does_not_fit_is_not_shown() {
    let program = Program::new().var("RHAIN_PARAM_PIN", "hunter2");
    program.file("book.rhai", "print(param(\"pin\", #{ type: \"int\", secret: true }));\n");
    let told = refuses(&program, &[], &["`--pin` has a value that does not fit, from RHAIN_PARAM_PIN"]);
    assert!(!told.contains("hunter2"), "{told}");
}

#[cfg(unix)]
#[test]
fn what_is_missing_is_asked_for_at_a_terminal() {
    use super::terminal::{Terminal, plain};
    let program = Program::new();
    program.file(
        "book.rhai",
        r#"let size = param("size", #{ type: "int", max: 5, help: "How many" });
let pw = param("pw", #{ secret: true });
print(`size ${size}, ${reveal(pw).len}`);
"#,
    );
    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim"]);
    terminal.shows("--size (int): How many: ");
    terminal.types("nine\n");
    terminal.shows("which is not a whole number");
    terminal.shows("--size (int): How many: ");
    terminal.types("9\n");
    terminal.shows("give at most 5");
    terminal.shows("--size (int): How many: ");
    terminal.types("4\n");
    terminal.shows("--pw (string): ");
    terminal.types("hunter2\n");
    let (code, seen) = terminal.end();
    assert_eq!((code, plain(&seen).lines().last()), (Some(0), Some("size 4, 7")), "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");

    let mut terminal = Terminal::start(&program, &["run", "book.rhai", "--cloud", "sim", "--size", "1"]);
    terminal.shows("--pw (string): ");
    terminal.types("\u{3}");
    let (code, seen) = terminal.end();
    assert_eq!(code, Some(130), "{seen}");
}

#[test]
fn a_default_that_its_parameter_refuses_is_found_by_check() {
    let program = Program::new();
    for (options, why) in [
        ("default: \"c\", choices: [\"a\", \"b\"]", "cannot be `c`"),
        ("type: \"int\", default: 12, max: 9", "is 12"),
        ("type: \"duration\", default: \"soon\"", "not a duration"),
    ] {
        program.file("book.rhai", &format!("print(param(\"x\", #{{ {options} }}));\n"));
        let ended = program.run(&["check", "book.rhai"]);
        assert_eq!(ended.code, Some(2), "{}", ended.all());
        assert!(
            ended.err.contains("the default of `x` does not fit it") && ended.err.contains(why),
            "{}",
            ended.err
        );
    }
    program.file("book.rhai", "print(param(\"x\", #{ type: \"float\", default: 1, max: 9 }));\nprint(param(\"d\", #{ type: \"duration\", default: 90 }));\n");
    let ended = program.run(&["check", "book.rhai"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
}

#[test]
fn the_runbooks_own_help_tells_its_bounds_and_how_its_secret_is_given() {
    let program = Program::new();
    program.file("book.rhai", &format!("//! Does it.\n\n{SECRET}const N = param(\"n\", #{{ type: \"int\", default: 2, min: 1, max: 9 }});\nprint(N);\n"));
    let ended = run(&program, &["--help"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    for words in [
        "A secret: --secret pw=env:VARIABLE",
        "At least 1. At most 9. [default: 2]",
        "--params FILE.yaml",
        "RHAIN_PARAM_PW",
    ] {
        assert!(
            ended.out.split_whitespace().collect::<Vec<_>>().join(" ").contains(words),
            "{words}: {}",
            ended.out
        );
    }
}

/// What a header says to the program is not about the runbook, and the words of other tools lead to ours.
#[test]
fn permissions_are_no_description_and_another_tools_word_for_them_leads_here() {
    let program = Program::new();
    program.file(
        "book.rhai",
        "//! Boots a tier.\n//! clouds: openstack\n//! allow: env=TIER\n//! Allows two at once.\nlet n = param(\"n\", 1);\nprint(n);\n",
    );
    for words in [&["run", "book.rhai", "--help"][..], &["doc", "book.rhai"]] {
        let page = program.run(words).ok();
        assert!(page.contains("Boots a tier. Allows two at once.") && !page.contains("allow:"), "{page}");
    }
    let err = program
        .run(&["run", "--cloud", "sim", "book.rhai", "--allow-env=TIER", "--allow-run=echo"])
        .failed(2);
    assert!(err.contains("use --allow-exec"), "{err}");
}
