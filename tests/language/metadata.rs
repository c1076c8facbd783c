//! The six calls on metadata, of servers and of images.

use crate::support::{World, each};

#[test]
fn all_six_on_a_server() {
    let world = World::web();
    each(
        [
            (r#"meta("web")"#, "#{}"),
            (r#"set_meta("web", #{ a: "1", b: "2" }).meta"#, r##"#{"a": "1", "b": "2"}"##),
            (r#"set_meta("web", "c", "3").meta.c"#, "3"),
            (r#"meta("web")"#, r##"#{"a": "1", "b": "2", "c": "3"}"##),
            (r#"meta("web", "a")"#, "1"),
            (r#"server("web").meta("a")"#, "1"),
            (r#"replace_meta("web", #{ x: "y" }).meta"#, r##"#{"x": "y"}"##),
            (r#"delete_meta("web", "x").meta"#, "#{}"),
            (
                r#"set_meta("web", #{ n: 1, f: 1.5, t: true }).meta"#,
                r##"#{"f": "1.5", "n": "1", "t": "true"}"##,
            ),
            (r#"delete_meta("web", ["n", "f"]).meta"#, r##"#{"t": "true"}"##),
            (r#"set_meta("web", #{}).meta"#, r##"#{"t": "true"}"##),
            (r#"replace_meta("web", #{}).meta"#, "#{}"),
            (r#"set_meta("web", "empty", "").meta.empty"#, ""),
            (r#"set_meta("web", "with space.:-_", "ü").meta("with space.:-_")"#, "ü"),
            (r#"delete_meta("web", "with space.:-_").meta"#, r##"#{"empty": ""}"##),
            (r#"let s = server("web"); s.set_meta("k", "v"); s.meta.k"#, "v"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"meta("web", "nosuch")"#, "not_found", "`nosuch`");
    world.fails(r#"meta("web", "emty")"#, "not_found", "`empty`");
    world.fails(r#"delete_meta("web", ["k", "nosuch"])"#, "not_found", "`nosuch`");
    world.gives(r#"meta("web", "k")"#, "v");
}

#[test]
fn values_that_are_no_text_are_refused() {
    let world = World::web();
    let before = world.requests();
    each(["[1]", "#{ a: 1 }", "()", "now()", "|| 1"], |value| {
        world.fails(&format!("set_meta(\"web\", #{{ a: {value} }})"), "invalid_argument", "`a`");
        world.fails(&format!("set_meta(\"web\", \"a\", {value})"), "invalid_argument", "value");
        world.fails(&format!("replace_meta(\"web\", #{{ a: {value} }})"), "invalid_argument", "`a`");
        let boot =
            format!("boot(\"x\", #{{ image: \"cirros\", flavor: \"m1.tiny\", meta: #{{ a: {value} }} }})");
        world.fails(&boot, "invalid_argument", "`a`");
    });
    world.fails(r#"set_meta("web", "", "x")"#, "invalid_argument", "empty");
    world.fails(r#"set_meta("web", "a")"#, "invalid_argument", "");
    let long = "k".repeat(256);
    world.fails(&format!("set_meta(\"web\", \"{long}\", 1)"), "invalid_argument", "255");
    assert_eq!(world.requests(), before, "nothing may be sent");
}

#[test]
fn the_marker_is_no_part_of_it_and_stays() {
    let world = World::web();
    world.gives(r#"server("web").meta"#, "#{}");
    world.ok(r#"replace_meta("web", #{ a: 1 })"#);
    world.gives(r#"server("web").meta"#, r##"#{"a": "1"}"##);
    world.gives(
        r#"api("compute", "GET", `/servers/${server("web").id}/metadata`).metadata.keys()"#,
        r#"["a", "rhain:marker"]"#,
    );
    world.fails(r#"set_meta("web", "rhain:marker", "x")"#, "invalid_argument", "marker");
}

#[test]
fn all_six_on_an_image() {
    let world = World::web();
    world.ok(r#"snapshot("web", "shot", #{ meta: #{ a: 1 } }).wait_active()"#);
    each(
        [
            (r#"meta(image("shot")).a"#, "1"),
            (r#"image("shot").meta.a"#, "1"),
            (r#"let m = set_meta(image("shot"), #{ b: 2 }).meta; m.a + m.b"#, "12"),
            (r#"image("shot").set_meta("c", true).meta("c")"#, "true"),
            (r#"meta(image("shot"), "b")"#, "2"),
            (r#"replace_meta(image("shot"), #{ x: "y" }).meta"#, r##"#{"x": "y"}"##),
            (r#"delete_meta(image("shot"), "x").meta"#, "#{}"),
            (r#"let i = image("shot"); i.set_meta("k", "v"); i.meta.k"#, "v"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"meta("shot")"#, "not_found", "no server `shot`");
    world.fails(r#"delete_meta(image("shot"), "nosuch")"#, "not_found", "`nosuch`");
    world.fails(r#"set_meta(image("cirros"), "a", 1)"#, "forbidden", "");
    world.fails(r#"set_meta(flavor("m1.tiny"), "a", 1)"#, "invalid_argument", "image");
}

#[test]
fn tags_are_added_taken_away_and_replaced() {
    let world = World::web();
    each(
        [
            (r#"add_tags("web", "nightly").tags"#, r#"["nightly"]"#),
            (r#"let s = server("web"); s.add_tags(["eu", "nightly", "eu"]); s.tags"#, r#"["eu", "nightly"]"#),
            (r#"remove_tags("web", ["eu", "never-there"]).tags"#, r#"["nightly"]"#),
            (r#"remove_tags("web", []).tags"#, r#"["nightly"]"#),
            (r#"replace_tags("web", ["a b", "ü.x"]).tags"#, r#"["a b", "ü.x"]"#),
            (r#"remove_tags("web", "ü.x").tags"#, r#"["a b"]"#),
            (r#"servers(#{ tags: ["a b"] }).len()"#, "1"),
            (r#"replace_tags("web", []).tags"#, "[]"),
        ],
        |(script, text)| world.gives(script, text),
    );
    // What is so already is not asked for.
    let asked = world.written(|| drop(world.ok(r#"remove_tags("web", "gone"); replace_tags("web", [])"#)));
    assert_eq!(asked, Vec::<String>::new());
    world.fails(r#"add_tags("web", "a,b")"#, "invalid_argument", "a,b");
    world.fails(r#"add_tags("nosuch", "a")"#, "not_found", "nosuch");
    world.fails(r#"add_tags("web", 1)"#, "invalid_argument", "tags");
    let aws = World::web_with(|options| options.cloud = Some("sim:aws".to_string()));
    aws.gives(r#"set_meta("web", "role", "db").add_tags(["eu"]).tags"#, r#"["eu"]"#);
    // A key has one value there: metadata is not lost to a tag of its name.
    aws.fails(r#"add_tags("web", "role")"#, "conflict", "metadata");
    aws.gives(
        r#"replace_tags("web", ["us"]); [server("web").meta.role, server("web").tags]"#,
        r#"["db", ["us"]]"#,
    );
}
