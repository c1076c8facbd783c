//! YAML, CSV, digests and regular expressions, beyond the verbs' own examples.

use crate::support::World;

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
