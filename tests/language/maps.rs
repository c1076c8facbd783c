//! Maps, words that the engine reserves, text and JSON.

use crate::support::{World, each};

#[test]
fn a_cloud_s_own_field_names_read_with_a_dot() {
    let world = World::web();
    each(
        [
            (r#"#{ shared: true }.shared"#, "true"),
            (
                r#"let m = #{ private: 1, public: 2, default: 3, new: 4 }; m.private + m.public + m.default + m.new"#,
                "10",
            ),
            (
                r#"let m = #{ static: 1, with: 2, module: 3, package: 4, thread: 5, spawn: 6, go: 7, sync: 8 }; m.sync"#,
                "8",
            ),
            (r#"let m = #{ "in": 1, "for": 2, "const": 3, type: 4 }; m.type"#, "4"),
            (r#"let m = #{}; m.shared = 5; m.private = 6; m.shared + m.private"#, "11"),
            (r#"parse_json("{\"default\": {\"public\": {\"new\": 1}}}").default.public.new"#, "1"),
            (r#"server("web").addresses.private[0].version"#, "4"),
            (r#"server("web").addresses.private.len"#, "1"),
            (r#"image("cirros").raw.visibility"#, "public"),
            (r#"addresses("web").private[0].type"#, "fixed"),
            (r#"#{ a: #{ private: #{ shared: 2 } } }.a.private.shared"#, "2"),
            (r#"let m = #{ private: 1 }; m?.private"#, "1"),
        ],
        |(script, text)| world.gives(script, text),
    );
    // They stay words of the language where they are.
    world.fails("null", "script", "");
    world.gives("private fn f(x) { x + 1 } f(1)", "2");
    world.gives("let n = 0; for i in 1..=3 { n += i } n", "6");
}

#[test]
fn a_key_that_is_not_there_is_an_error() {
    let world = World::new();
    each(
        [
            ("#{ name: 1 }.nmae", "`name`"),
            ("let m = #{ name: 1 }; m.nmae", "`name`"),
            (r#"let m = #{ name: 1 }; m["nmae"]"#, "`name`"),
            ("let m = #{}; m.any", "empty"),
            ("let m = #{ a: #{ b: 1 } }; m.a.c", "b"),
        ],
        |(script, words)| world.fails(script, "script", words),
    );
    each(
        [
            (r#"get(#{ a: 1 }, "a", 2)"#, "1"),
            (r#"get(#{ a: 1 }, "b", 2)"#, "2"),
            (r#"#{ a: 1 }.get("b", "none")"#, "none"),
            (r#"get(#{ a: () }, "a", 2)"#, ""),
            (r#"let m = #{ a: 1 }; if "a" in m { m.a } else { 0 }"#, "1"),
            (r#"let m = #{ a: 1 }; m.b = 2; m.b"#, "2"),
            (r#"let m = #{ a: 1 }; m["b"] = 2; m.b"#, "2"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn an_unfilled_field_is_nothing() {
    let world = World::web();
    each(
        [
            (r#"server("web").fault == ()"#, "true"),
            (r#"server("web").task == ()"#, "true"),
            (r#"server("web").key == ()"#, "true"),
            (r#"server("web").ipv6 == ()"#, "true"),
            (r#"server("web").public_ip == ()"#, "true"),
            (r#"server("web").admin_pass == ()"#, "true"),
            (r#"server("web").tags.len"#, "0"),
            (r#"server("web").volumes.len"#, "0"),
            (r#"server("web").meta.len()"#, "0"),
            (
                r#"let s = boot("bare", #{ image: "cirros", flavor: "m1.tiny", networks: "none" }).wait_active(); s.ip == ()"#,
                "true",
            ),
            (r#"server("bare").private_ip == ()"#, "true"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn every_field_of_a_server_reads() {
    let world = World::web();
    each(
        [
            ("name", "web"),
            ("status", "ACTIVE"),
            ("provider_status", "ACTIVE"),
            ("flavor", "m1.tiny"),
            ("flavor_id", "1"),
            ("image", "cirros"),
            ("zone", "nova"),
            ("cloud", "sim"),
            ("security_groups", r#"["default"]"#),
            ("cloud.provider", "openstack"),
            ("created.year >= 2026", "true"),
            ("updated >= server(\"web\").created", "true"),
            ("ip == server(\"web\").private_ip", "true"),
            ("ip.split(\".\").len", "4"),
            ("image_id == image(\"cirros\").id", "true"),
            ("raw.name", "web"),
            ("id.len", "36"),
        ],
        |(field, text)| world.gives(&format!("server(\"web\").{field}"), text),
    );
    each(
        [("nmae", "`name`"), ("state", "`status`"), ("tag", "`tags`"), ("public", "`public_ip`")],
        |(field, near)| {
            let error = world.error(&format!("server(\"web\").{field}"));
            assert_eq!(error.kind.as_str(), "script");
            let told = format!("{} {:?} {:?}", error.message, error.label, error.help);
            assert!(told.contains(near.trim_matches('`')), "{field}: {told}");
        },
    );
    world.fails(r#"let s = server("web"); s.name = "x""#, "script", "");
}

#[test]
fn a_resource_in_text_is_its_name_and_in_json_its_fields() {
    let world = World::web();
    each(
        [
            (r#"`${server("web")}`"#, "web"),
            (r#""a " + server("web") + "!""#, "a web!"),
            (r#"server("web").to_string()"#, "web"),
            (r#"`${servers()}`"#, "[web]"),
            (r#"`${cloud()}`"#, "sim"),
            (r#"to_json(cloud())"#, r#""sim""#),
            (r#"let j = parse_json(to_json(server("web"))); j.name"#, "web"),
            (r#"parse_json(to_json(server("web"))).flavor"#, "m1.tiny"),
            (r#"parse_json(to_json(server("web"))).image"#, "cirros"),
            (r#"parse_json(to_json(server("web"))).cloud"#, "sim"),
            (r#""raw" in parse_json(to_json(server("web")))"#, "false"),
            (r#"parse_json(to_json(servers()))[0].status"#, "ACTIVE"),
            (r#"to_json(flavor("m1.tiny").ram)"#, "512"),
            (r#"to_json([1, 1.5, "a", true, (), #{ b: 'c' }])"#, r#"[1,1.5,"a",true,null,{"b":"c"}]"#),
            (r#"parse_json("[1, 2.5, null, \"x\", {\"a\": false}]")"#, r#"[1, 2.5, (), "x", #{"a": false}]"#),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"parse_json("{")"#, "invalid_argument", "no JSON");
}

#[test]
fn print_and_table_write_data_and_the_others_talk() {
    let world = World::web();
    world.ok(
        r#"print("a"); print(1); print([1, "b"]); print(server("web")); print(()); print(); print(#{ k: "v" });
           info("i"); warn("w"); debug("d"); print(true); print(1.0); print('c');"#,
    );
    assert_eq!(world.out(), "a\n1\n[1, \"b\"]\nweb\n\n\n#{\"k\": \"v\"}\ntrue\n1.0\nc");
    assert_eq!(world.err(), "i\nwarning: w\n\"d\"");
    let world = World::web();
    world.ok(r#"table(servers(), ["name", "status"]); table([#{ a: 1 }, #{ b: "x" }]); table([1, 2])"#);
    let words: Vec<String> =
        world.out().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(words, ["name status", "web ACTIVE", "a b", "1", "x", "value", "1", "2"]);
    world.fails(r#"table(servers(), ["nam"])"#, "script", "name");
    world.fails(r#"table(5)"#, "invalid_argument", "array");
    world.fails(r#"table(servers(), "name")"#, "invalid_argument", "columns");
    let world = World::web_with(|options| options.format = rhain::cli::args::Format::Json);
    world.ok(r#"table(servers(), ["name", "flavor"]); print("text")"#);
    assert_eq!(world.out(), "[{\"name\":\"web\",\"flavor\":\"m1.tiny\"}]\ntext");
}

#[test]
fn assigning_makes_a_key_and_reading_does_not() {
    let world = World::new();
    each(
        [
            ("let m = #{}; m.a = 1; m.a", "1"),
            ("let m = #{}; m.a = 1; m.keys()", r#"["a"]"#),
            (r#"let m = #{}; m["a"] = 1; m.keys()"#, r#"["a"]"#),
            (r#"let m = #{}; let k = "x"; m[k] = 1; m[k] = 2; m"#, r##"#{"x": 2}"##),
            (r#"let m = #{}; for i in 0..3 { m[`k${i}`] = i; } m.len()"#, "3"),
            ("let m = #{ n: 1 }; m.n += 1; m.n", "2"),
            (r#"let m = #{ n: 1 }; m["n"] += 1; m.n"#, "2"),
            ("let m = #{ a: #{} }; m.a.b = 1; m.a.b", "1"),
            (r#"let m = #{ a: #{} }; m["a"]["b"] = 1; m["a"].c = 2; m.a.b + m.a.c"#, "3"),
            (r#"let m = #{ l: [#{}] }; m.l[0].x = 5; m.l[0]["y"] = 6; m.l[0].x + m.l[0].y"#, "11"),
            ("fn f(m) { m.a = 1; m } f(#{}).a", "1"),
            ("let m = #{}; let f = || { m.a = 1; m.a }; f.call()", "1"),
            ("let m = #{ s: 1 }; m.s = m.s + 1; m.s", "2"),
            ("let m = #{ a: 1 }; m.remove(\"a\"); m.a = 2; m.a", "2"),
            ("let m = #{}; if m.len() == 0 { m.x = `${{ m.y = 1; m.y }}`; } m.x", "1"),
        ],
        |(script, text)| world.gives(script, text),
    );
    each(
        [
            ("let m = #{}; m.n += 1", "`n`"),
            ("let m = #{ nn: 1 }; m.n + 1", "nn"),
            (r#"let m = #{ name: 1 }; m["nam"]"#, "`name`"),
            (r#"let m = #{}; m["a"] += 1"#, "()"),
            ("let m = #{}; m.a.b = 1", "`a`"),
            (r#"let m = #{}; m["a"]["b"] = 1"#, "`a`"),
            ("let m = #{}; m.a[0] = 1", "`a`"),
            ("let n = 5; n.x = 1", "`x`"),
            ("let n = 5; n[\"x\"] = 1", ""),
        ],
        |(script, words)| world.fails(script, "script", words),
    );
    world.gives(
        r#"let m = #{}; try { m.nope; } catch (e) { return [e.kind, m.keys()] }"#,
        r#"["script", []]"#,
    );
    world.gives(
        r#"let m = #{ name: 1 }; try { m.nam } catch (e) { return e.message }"#,
        "this map has no key `nam`",
    );
}
