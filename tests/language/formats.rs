//! YAML, CSV, digests and regular expressions, beyond the verbs' own examples.

use crate::support::{World, each};

#[test]
fn yaml_goes_there_and_back() {
    let world = World::web();
    for (value, back) in [
        (
            r#"#{ a: 1, b: 1.5, c: true, d: (), e: "x" }"#,
            r##"#{"a": 1, "b": 1.5, "c": true, "d": (), "e": "x"}"##,
        ),
        (
            r##"["1", "true", "null", "~", "1.0", "a: b", "- x", "", " x ", "#"]"##,
            r##"["1", "true", "null", "~", "1.0", "a: b", "- x", "", " x ", "#"]"##,
        ),
        (r#""two\nlines\n""#, "two\nlines\n"),
        ("[[], #{}]", "[[], #{}]"),
        ("42", "42"),
    ] {
        world.gives(&format!("parse_yaml(to_yaml({value}))"), back);
    }
    world.gives(r#"parse_yaml("a: 1\n---\nb: 2\n")"#, r##"[#{"a": 1}, #{"b": 2}]"##);
    world.gives(r#"parse_yaml("1: x\ntrue: y\n")"#, r##"#{"1": "x", "true": "y"}"##);
    world.gives(r#"parse_yaml("") == ()"#, "true");
    world.gives(r#"parse_yaml("a: &x [1]\nb: *x\n").b"#, "[1]");
    world.gives(r#"parse_yaml(to_yaml(server("web"))).name"#, "web");
    world.gives(r#"to_yaml(#{ p: secret("hush") })"#, "p: ••••••\n");
    world.fails(r#"parse_yaml("a: [1")"#, "invalid_argument", "the text is no YAML: line");
}

#[test]
fn csv_is_quoted_as_it_must_be() {
    let world = World::web();
    world.gives(
        r#"to_csv([#{ a: "x\"y", b: "1\n2" }, #{ a: (), b: true }, #{ b: 1.5 }], ["b", "a"])"#,
        "b,a\r\n\"1\n2\",\"x\"\"y\"\r\ntrue,\r\n1.5,\r\n",
    );
    world.gives(
        r#"to_csv(servers(), ["name", "status", "flavor"])"#,
        "name,status,flavor\r\nweb,ACTIVE,m1.tiny\r\n",
    );
    world.gives(r#"to_csv([], ["a"])"#, "a\r\n");
    world.gives(r#"to_csv([#{ p: secret("hush") }], ["p"])"#, "p\r\n••••••\r\n");
    world.fails(r#"to_csv(servers(), ["nam"])"#, "invalid_argument", "did you mean `name`?");
    world.fails(r#"to_csv([1], ["a"])"#, "invalid_argument", "give an array of resources or maps");
}

#[test]
fn patterns_match_find_and_replace() {
    let world = World::new();
    for (script, gives) in [
        (r#"regex_match("Web", "web")"#, "false"),
        (r#"regex_match("Web", "(?i)web")"#, "true"),
        (r#""abc".regex_find("b(x)?c")"#, ""),
        (r#"regex_find("v1.25.0", "v([0-9.]+)")"#, "1.25.0"),
        (r#"regex_find("abc", "x") == ()"#, "true"),
        (r#"regex_replace("a1b22", "[0-9]+", "")"#, "ab"),
        (
            r#"regex_replace("Ada Lovelace", "(?<first>\\w+) (?<last>\\w+)", "${last}, ${first}")"#,
            "Lovelace, Ada",
        ),
    ] {
        world.gives(script, gives);
    }
    world.fails(
        r#"regex_match("a", "(")"#,
        "invalid_argument",
        "`(` is no regular expression: unclosed group",
    );
}

#[test]
fn csv_is_read_as_rfc_4180_has_it() {
    let world = World::new();
    each(
        [
            (r#"parse_csv("a,b\r\n1,2\r\n")"#, r##"[#{"a": "1", "b": "2"}]"##),
            (r#"parse_csv("a,b\n1,")"#, r##"[#{"a": "1", "b": ""}]"##),
            (r#"parse_csv("a\n\"x \"\"y\"\", z\nnext\"\n\n")[0].a"#, "x \"y\", z\nnext"),
            (r#"parse_csv("\ufeffa\n\"\"\n")"#, r##"[#{"a": ""}]"##),
            (r#"parse_csv("")"#, "[]"),
            (r#"parse_csv("a,b\n")"#, "[]"),
            (r#"let rows = [#{ a: "1,2", b: "x\"y" }]; parse_csv(to_csv(rows, ["a", "b"])) == rows"#, "true"),
            (
                r#"let t = parse_csv("pw\n" + secret("hush-hush")); [t[0].pw, reveal(t[0].pw)]"#,
                r#"[••••••, "hush-hush"]"#,
            ),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"parse_csv("a,b\n1\n")"#, "invalid_argument", "line 2 has 1 cells");
    world.fails(r#"parse_csv("a,a\n1,2\n")"#, "invalid_argument", "`a`");
    world.fails(r#"parse_csv("a\n\"x\n")"#, "invalid_argument", "never closed");
    world.fails(r#"parse_csv("a\n\"x\"y\n")"#, "invalid_argument", "behind a closing quote");
    world.fails(r#"parse_csv("a\nx\"y\n")"#, "invalid_argument", "inside a cell");
}
