//! What a script's header says that it must touch: asked for, given by options, denied, and narrower for modules.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::Program;

/// A report without its line ends.
fn plain(err: &str) -> String {
    err.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn program(text: &str) -> Program {
    let program = Program::new().var("COLOUR", "blue").var("SIZE", "9");
    program.file("book.rhai", text);
    program.file("notes/a.txt", "water\n");
    program
}

const RUN: [&str; 4] = ["run", "--cloud", "sim", "book.rhai"];

#[test]
fn a_header_is_refused_without_a_terminal_unless_options_give_it() {
    let program = program(
        "//! allow: read=./notes, env=COLOUR\nprint(env(\"COLOUR\"));\nprint(read_file(\"notes/a.txt\"));\n",
    );
    let err = plain(&program.run(&RUN).failed(2));
    assert!(
        err.contains("`book.rhai` must be allowed to read `./notes`, read the environment variable `COLOUR`"),
        "{err}"
    );
    assert!(err.contains("--allow-read=./notes --allow-env=COLOUR"), "{err}");
    // `--yes` answers what a script asks, not what it may touch.
    program.run(&[&RUN[..], &["--yes"]].concat()).failed(2);
    let err = plain(&program.run(&[&RUN[..], &["--allow-read=notes"]].concat()).failed(2));
    assert!(!err.contains("./notes") && err.contains("--allow-env=COLOUR"), "{err}");
    let out = program.run(&[&RUN[..], &["--allow-read=notes", "--allow-env"]].concat()).ok();
    assert_eq!(out, "blue\nwater\n\n");
}

#[test]
fn what_is_denied_is_denied_whatever_is_allowed() {
    let program = program("print(env(\"COLOUR\"));\n");
    let allowed = [&RUN[..], &["--allow-env"]].concat();
    assert_eq!(program.run(&allowed).ok(), "blue\n");
    let err = plain(&program.run(&[&allowed[..], &["--deny-env=COLOUR"]].concat()).failed(1));
    assert!(err.contains("may not read the environment variable `COLOUR`"), "{err}");
    assert!(err.contains("leave out --deny-env, which beats --allow-env"), "{err}");
    assert_eq!(program.run(&[&allowed[..], &["--deny-env=SIZE"]].concat()).ok(), "blue\n");
    program.run(&[&allowed[..], &["--deny-env"]].concat()).failed(1);
    program.file(
        "files.rhai",
        "write_file(\"notes/b.txt\", \"x\");\nprint(read_file(\"notes/../notes/a.txt\"));\n",
    );
    let files = ["run", "--cloud", "sim", "--allow-read", "--allow-write", "files.rhai"];
    assert_eq!(program.run(&files).ok(), "water\n\n");
    let err = plain(&program.run(&[&files[..], &["--deny-read=notes"]].concat()).failed(1));
    assert!(err.contains("`read_file` may not read"), "{err}");
    let err = plain(&program.run(&[&files[..], &["--deny-write=./notes"]].concat()).failed(1));
    assert!(err.contains("`write_file` may not write"), "{err}");
    program.file("far.rhai", "http_get(\"http://Example.invalid:8080/\");\n");
    let err = plain(
        &program
            .run(&["run", "--cloud", "sim", "--allow-net", "--deny-net=example.invalid", "far.rhai"])
            .failed(1),
    );
    assert!(err.contains("leave out --deny-net"), "{err}");
    program.file("tool.rhai", "exec(\"true\", []);\n");
    let err =
        program.run(&["run", "--cloud", "sim", "--allow-exec", "--deny-exec=true", "tool.rhai"]).failed(1);
    assert!(err.contains("leave out --deny-exec"), "{err}");
    // What a header asks for and an option denies is not asked for; the script learns it where it tries.
    program.file("asks.rhai", "//! allow: env=COLOUR\nprint(env(\"COLOUR\"));\n");
    program.run(&["run", "--cloud", "sim", "--deny-env", "asks.rhai"]).failed(1);
}

#[test]
fn a_header_leaves_a_script_the_clouds_that_it_names() {
    let program = program(
        "//! allow: clouds=sim:read\nprint(servers().len());\nboot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });\n",
    );
    let ended = program.run(&RUN);
    assert_eq!(ended.out, "0\n");
    let err = plain(&ended.failed(1));
    assert!(err.contains("`boot` may not change the cloud `sim`"), "{err}");
    program.file("other.rhai", "//! allow: clouds=lab\nprint(servers().len());\n");
    let err = plain(&program.run(&["run", "--cloud", "sim", "other.rhai"]).failed(1));
    assert!(err.contains("`servers` may not use the cloud `sim`"), "{err}");
    program.file("both.rhai", "//! allow: clouds=sim, clouds=*:read\nboot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });\nprint(cloud(\"sim:aws\").servers().len());\ncloud(\"sim:aws\").server(\"web\").stop();\n");
    let ended = program.run(&["run", "--cloud", "sim", "both.rhai"]);
    assert_eq!(ended.out, "1\n");
    let err = plain(&ended.failed(1));
    assert!(err.contains("`stop` may not change the cloud `sim:aws`"), "{err}");
}

#[test]
fn modules_may_touch_less_than_the_script() {
    let program = program("import \"lib/own\" as own;\nprint(own::colour());\nprint(own::size());\n");
    program.file("lib/own.rhai", "//! allow: env=COLOUR\nfn colour() { env(\"COLOUR\") }\nfn size() { [\"SIZE\"].map(Fn(\"env\"))[0] }\n");
    let ended = program.run(&[&RUN[..], &["--allow-env"]].concat());
    assert_eq!(ended.out, "blue\n");
    let err = plain(&ended.failed(1));
    assert!(err.contains("may not read the environment variable `SIZE`"), "{err}");
    assert!(
        err.contains("the header of the module `lib/own.rhai` names all that the module may touch"),
        "{err}"
    );
    // By the header of who imports it.
    program.file("lib/wide.rhai", "fn size() { env(\"SIZE\") }\nfn make() { boot(\"a\", #{ image: \"cirros\", flavor: \"m1.tiny\" }) }\n");
    for (call, words) in [
        ("wide::size()", "may not read the environment variable `SIZE`"),
        ("wide::make()", "may not change the cloud `sim`"),
    ] {
        let text = format!(
            "//! allow \"./lib/wide\": env=COLOUR, clouds=sim:read\nimport \"./lib/wide\" as wide;\nprint(env(\"SIZE\"));\n{call};\n"
        );
        program.file("book.rhai", &text);
        let ended = program.run(&[&RUN[..], &["--allow-env"]].concat());
        assert_eq!(ended.out, "9\n");
        let err = plain(&ended.failed(1));
        assert!(err.contains(words), "{call}: {err}");
        assert!(err.contains("the header of `book.rhai`, which imports the module"), "{err}");
    }
}

#[test]
fn a_header_with_a_mistake_is_told_by_the_check() {
    let program = program("//! allow: reads=./notes\n//! allow \"./none\": env\nprint(1);\n");
    let err = plain(&program.run(&["check", "book.rhai"]).failed(2));
    assert!(err.contains("`reads` is no permission") && err.contains("did you mean `read`?"), "{err}");
    assert!(err.contains("the header speaks of `./none`, which is not imported"), "{err}");
}
