//! `param`: each type, its default, its bounds; and files and variables, each by permission.

use crate::support::{Program, World, each};

fn world(parameters: &[(&str, &str)]) -> World {
    World::given(|_| {}, parameters, &[])
}

#[test]
fn each_type_is_read_from_its_text() {
    each(
        [
            (r#"param("x")"#, "a", "a"),
            (r#"param("x", "d", "help")"#, "a", "a"),
            (r#"param("x", 5, "help") + 1"#, "7", "8"),
            (r#"param("x", #{ type: "int" }) + 1"#, "7", "8"),
            (r#"param("x", #{ type: "float" }) * 2"#, "1.5", "3.0"),
            (r#"param("x", 1.0)"#, "2", "2.0"),
            (r#"param("x", #{ type: "bool" }) == true"#, "true", "true"),
            (r#"param("x", false)"#, "true", "true"),
            (r#"param("x", #{ type: "list" })"#, "a,b,c", r#"["a", "b", "c"]"#),
            (r#"param("x", ["z"])"#, "a,b", r#"["a", "b"]"#),
            (r#"param("x", #{ type: "duration" }) == "90s""#, "1m30s", "true"),
            (r#"param("x", #{ type: "time" }).year"#, "2026-11-21", "2026"),
            (r#"param("x", #{ type: "string", choices: ["a", "b"] })"#, "b", "b"),
            (r#"param("x", #{ type: "int", min: 1, max: 9 })"#, "9", "9"),
            (r#"`${param("x", #{ secret: true })}`"#, "hush", "••••••"),
            (r#"reveal(param("x", #{ secret: true }))"#, "hush", "hush"),
            (r#"param("x", #{ type: "cloud" }).provider"#, "sim", "openstack"),
            (r#"param("x", #{ type: "flavor" }).ram"#, "m1.tiny", "512"),
            (r#"param("x", #{ type: "image" }).status"#, "cirros", "ACTIVE"),
            (r#"const X = param("x"); fn f() { global::X } f()"#, "a", "a"),
            (r#"param("x", ()) == "a""#, "a", "true"),
            (r#"param("x", #{ type: "network" }).name"#, "private", "private"),
            (r#"param("x", #{ type: "network" }).id == network("private").id"#, "private", "true"),
            (r#"param("x", #{ type: "security_group" }).rules.len() > 0"#, "default", "true"),
            (r#"create_volume("v", 1); param("x", #{ type: "volume" }).size"#, "v", "1"),
            (r#"create_keypair("k"); param("x", #{ type: "keypair" }).fingerprint != ()"#, "k", "true"),
            (r#"param("x", #{ type: "duration", default: "5m" }) + 1 == "5m1s""#, "5m", "true"),
        ],
        |(script, given, text)| world(&[("x", given)]).gives(script, text),
    );
    world(&[("batch-size", "5")]).gives(r#"param("batch_size", 1)"#, "5");
    world(&[]).gives(r#"param("x", 5, "help")"#, "5");
    world(&[]).gives(r#"param("x", #{ default: 5 })"#, "5");
    world(&[]).gives(r#"param("x", #{ type: "duration", default: "5m" }) > "4m""#, "true");
    world(&[]).gives(r#"param("x", #{ type: "flavor", default: "m1.tiny" }).ram"#, "512");
}

#[test]
fn what_does_not_fit_is_refused() {
    each(
        [
            (r#"param("x", 5)"#, "five", "number"),
            (r#"param("x", #{ type: "int" })"#, "1.5", "number"),
            (r#"param("x", #{ type: "bool" })"#, "maybe", "true"),
            (r#"param("x", #{ type: "duration" })"#, "soon", "duration"),
            (r#"param("x", #{ type: "time" })"#, "soon", "time"),
            (r#"param("x", #{ choices: ["a", "b"] })"#, "c", "a, b"),
            (r#"param("x", #{ type: "int", min: 3 })"#, "2", "at least 3"),
            (r#"param("x", #{ type: "int", max: 3 })"#, "4", "at most 3"),
            (r#"param("x", #{ type: "itn" })"#, "4", "int"),
            (r#"param("x", #{ defalt: 4 })"#, "4", "`default`"),
        ],
        |(script, given, words)| world(&[("x", given)]).fails(script, "invalid_argument", words),
    );
    world(&[]).fails(r#"param("x")"#, "invalid_argument", "--x");
    world(&[]).fails(r#"param("batch_size")"#, "invalid_argument", "--batch-size");
    world(&[("x", "nosuch")]).fails(r#"param("x", #{ type: "flavor" })"#, "not_found", "nosuch");
}

/// A text would have named a server in `delete`.
#[test]
fn a_noun_gives_the_object_and_never_its_name() {
    let world = world(&[("x", "data")]);
    world.gives(
        r#"boot("data", #{ image: "cirros", flavor: "m1.tiny", wait: true });
        create_volume("data", 1).wait_ready();
        delete(param("x", #{ type: "volume" }), #{ wait: true });
        [find_server("data") != (), find_volume("data") == ()]"#,
        "[true, true]",
    );
    let script = r#"create_volume("data", 1); create_volume("data", 1); param("x", #{ type: "volume" })"#;
    world.fails(script, "ambiguous", "2 volumes named `data`");
    world.gives(r#"param("y", #{ type: "network", default: "public" }).external"#, "true");
    world.gives(r#"param("y", #{ type: "duration", default: 90 }) == "1m30s""#, "true");
}

#[test]
fn what_a_parameter_names_is_looked_up_before_the_run_begins() {
    let program = Program::new();
    let script = "print(\"begun\");\nlet net = param(\"net\", #{ type: \"network\", help: \"Where\" });\nprint(net.name);\n";
    program.file("book.rhai", script);
    let run = |words: &[&str]| program.run(&[&["run", "book.rhai", "--cloud", "sim"], words].concat());
    let ended = run(&["--net", "private"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "begun\nprivate\n"), "{}", ended.all());
    let ended = run(&["--net", "privat"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.all());
    let told = |words: &str| assert!(ended.err.contains(words), "{words}: {}", ended.err);
    told("`--net`: sim has no network `privat`");
    told("`private`");
    told("book.rhai:2:");
    program.file("default.rhai", "print(param(\"net\", #{ type: \"volume\", default: \"nosuch\" }));\n");
    let ended = program.run(&["run", "default.rhai", "--cloud", "sim"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.all());
    let ended = program.run(&["doc", "book.rhai"]);
    assert!(ended.out.contains("--net NETWORK"), "{}", ended.out);
}

#[test]
fn files_and_variables_need_their_permission() {
    let world = World::given(|_| {}, &[], &[("HOME_OF_TEST", "here")]);
    world.fails(r#"env("HOME_OF_TEST")"#, "denied", "--allow-env");
    world.fails(r#"env("HOME_OF_TEST", "x")"#, "denied", "--allow-env");
    world.fails(r#"read_file("Cargo.toml")"#, "denied", "--allow-read");
    let allowed = |options: &mut rhain::cli::args::Options| {
        options.allow_env = vec!["HOME_OF_TEST,NOT_SET".to_string()];
        options.allow_read = vec!["tests".to_string()];
    };
    let world = World::given(allowed, &[], &[("HOME_OF_TEST", "here"), ("OTHER", "x")]);
    world.gives(r#"env("HOME_OF_TEST")"#, "here");
    world.gives(r#"env("NOT_SET", "none")"#, "none");
    world.fails(r#"env("NOT_SET")"#, "not_found", "NOT_SET");
    world.fails(r#"env("OTHER")"#, "denied", "--allow-env");
    world.gives(r#"read_file("tests/main.rs").contains("mod language")"#, "true");
    world.fails(r#"read_file("tests/nosuch.rs")"#, "not_found", "no such file");
    world.fails(r#"read_file("tests/../Cargo.toml")"#, "denied", "--allow-read");
    world.fails(r#"read_file("/etc/hostname")"#, "denied", "--allow-read");
    world.fails(r#"param("f", #{ type: "file", default: "Cargo.toml" })"#, "denied", "--allow-read");
}
