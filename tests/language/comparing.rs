//! Comparing, ordering, times and durations: what is unlike is an error, never a silent `false`.

use crate::support::{World, each};

#[test]
fn like_values_compare() {
    let world = World::new();
    each(
        [
            ("1 < 2", "true"),
            ("2 <= 2.0", "true"),
            ("1.5 > 1", "true"),
            (r#""a" < "b""#, "true"),
            (r#""b" >= "a""#, "true"),
            ("1 == 1.0", "true"),
            (r#"'a' == "a""#, "true"),
            (r#""10" == 10"#, "false"),
            (r#"1 != "1""#, "true"),
            ("() == ()", "true"),
            ("() == 0", "false"),
            ("[1, 2] == [1, 2]", "true"),
            ("#{ a: 1 } == #{ a: 1 }", "true"),
            ("2 in [1, 2]", "true"),
            (r#""a" in #{ a: 1 }"#, "true"),
            (r#""b" in #{ a: 1 }"#, "false"),
            (r#""ell" in "hello""#, "true"),
            ("5 in 1..=5", "true"),
            ("5 in 1..5", "false"),
            ("!(3 in [1, 2])", "true"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn ordering_unlike_things_is_an_error() {
    let world = World::new();
    each(
        [
            r#"1 < "2""#,
            r#""2" > 1"#,
            "() < 1",
            "1 >= ()",
            "[1] < [2]",
            "#{ a: 1 } > #{ a: 0 }",
            "true < 1",
            r#"now() > "2020-01-01""#,
            r#"now() < 5"#,
            r#"("7d" + "") > now()"#,
            r#"[3, "a", 1].sort()"#,
            r#"let a = [3, (), 1]; a.sort(); a"#,
            r#"order_by([#{ a: 1 }, #{ a: "x" }], "a")"#,
            r#"[#{ a: 1 }, #{ b: 2 }].order_by("a")"#,
            r#"order_by([1, 2], "a")"#,
            r#"let a = [1, 2]; a.sort(|x, y| "less"); a"#,
            r#"let a = [1, 2]; a.dedup(|x, y| 1); a"#,
            "[1, 2].filter(|x| x)",
            "[1, 2].filter(|x| ())",
            "[1, 2].all(|x| 1)",
            r#"[1, 2].some(|x| "no")"#,
            "[1, 2].find(|x| 1)",
            "#{ a: 1 }.filter(|k, v| 1)",
            "wait_until(|| 1)",
            "wait_until(|| ())",
            r#"[1, 2].filter(|x| x > "1")"#,
            r#"[2, 1].sort(|a, b| a < "b")"#,
        ],
        |script| {
            let error = world.error(script);
            assert_eq!(error.kind.as_str(), "script", "{script}: {error}");
            for word in ["Dynamic", "i64", "f64", "ImmutableString", "&str", "Fn(", "rhai", "FnPtr"] {
                assert!(!error.message.contains(word), "{script}: {error}");
            }
        },
    );
}

#[test]
fn a_failed_sort_loses_nothing() {
    let world = World::new();
    world.gives(r#"let a = [3, "a", 1]; try { a.sort(); } catch {} a"#, r#"[3, "a", 1]"#);
    world.gives(r#"let a = [3, 1, 2]; try { a.sort(|x, y| throw "no"); } catch {} a"#, "[3, 1, 2]");
    world.gives(r#"let a = [1, 1, 2]; try { a.dedup(|x, y| throw "no"); } catch {} a"#, "[1, 1, 2]");
}

#[test]
fn arrays_sort_filter_and_dedup() {
    let world = World::new();
    each(
        [
            ("let a = [3, 1, 2]; a.sort(); a", "[1, 2, 3]"),
            ("let a = [3, 1, 2]; a.sort(|x, y| y - x); a", "[3, 2, 1]"),
            ("let a = [3, 1.5, 2]; a.sort(); a", "[1.5, 2, 3]"),
            (r#"let a = ["b", "a"]; a.sort(); a"#, r#"["a", "b"]"#),
            ("[1, 2, 3].filter(|x| x > 1)", "[2, 3]"),
            ("[1, 2, 3].filter(|x| x > 9)", "[]"),
            ("[1, 2].all(|x| x > 0)", "true"),
            ("[].all(|x| x > 0)", "true"),
            ("[1, 2].some(|x| x > 1)", "true"),
            ("[].some(|x| x > 1)", "false"),
            ("let a = [1, 1, 2, 1]; a.dedup(); a", "[1, 2, 1]"),
            ("let a = [1, 2, 3]; a.dedup(|x, y| y - x == 1); a", "[1, 3]"),
            (r#"order_by([#{ n: 2 }, #{ n: 1 }], "n").map(|m| m.n)"#, "[1, 2]"),
            (r#"order_by([#{ n: 1 }, #{ n: 2 }], "-n").map(|m| m.n)"#, "[2, 1]"),
            (r#"[#{ n: 2 }, #{ n: 1 }].order_by("n").map(|m| m.n)"#, "[1, 2]"),
            ("order_by([3, 1, 2], |x| -x)", "[3, 2, 1]"),
            (r#"let a = [#{ n: 2 }, #{ n: 1 }]; order_by(a, "n"); a.map(|m| m.n)"#, "[2, 1]"),
            (
                r#"let a = [#{ k: 1, n: 1 }, #{ k: 0, n: 2 }, #{ k: 1, n: 3 }]; a.order_by("k").map(|m| m.n)"#,
                "[2, 1, 3]",
            ),
            (r#"order_by([#{ n: () }, #{ n: 1 }], "n").map(|m| m.n)"#, "[1, ()]"),
            ("[1, 2, 3].find(|x| x > 1)", "2"),
            ("[1, 2, 3].find(|x| x > 9) == ()", "true"),
            ("#{ a: 1, b: 2 }.filter(|k, v| v > 1).keys()", r#"["b"]"#),
            ("[1, 2, 3].filter(|x, i| i > 0)", "[2, 3]"),
            ("[1, 2, 3].filter(|| this > 1)", "[2, 3]"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn a_resource_equals_its_id_and_its_name() {
    let world = World::web();
    each(
        [
            (r#"let s = server("web"); s == "web""#, "true"),
            (r#"let s = server("web"); "web" == s"#, "true"),
            (r#"let s = server("web"); s == s.id"#, "true"),
            (r#"let s = server("web"); s != "web""#, "false"),
            (r#"let s = server("web"); s == "other""#, "false"),
            (r#"let s = server("web"); s == server(s.id)"#, "true"),
            (r#"let s = server("web"); s in servers()"#, "true"),
            (r#""web" in servers()"#, "true"),
            (r#""nosuch" in servers()"#, "false"),
            (r#"server("web") in ["db", "web"]"#, "true"),
            (r#"server("web").id in servers()"#, "true"),
            (r#"server("web") in ["db"]"#, "false"),
            (r#"image("cirros") == "cirros""#, "true"),
            (r#"flavor("m1.tiny") == "1""#, "true"),
            (r#"flavor("m1.tiny") == flavor("1")"#, "true"),
            (r#"server("web") == image("cirros")"#, "false"),
            (r#"server("web") == ()"#, "false"),
            (r#"find_server("nosuch") == ()"#, "true"),
            (r#"cloud() == "sim""#, "true"),
            (r#"server("web").cloud == cloud()"#, "true"),
            (r#"server("web").cloud == "sim""#, "true"),
            (r#"servers().index_of("web")"#, "0"),
            (r#"servers().index_of(server("web"))"#, "0"),
            (r#"servers().contains("web")"#, "true"),
            (r#"let a = servers() + servers(); a.dedup(); a.len"#, "1"),
            (r#"[server("web")] == ["web"]"#, "true"),
            (r#"switch server("web").status { "ACTIVE" => 1, _ => 2 }"#, "1"),
        ],
        |(script, text)| world.gives(script, text),
    );
    each([r#"server("web") < "x""#, r#"server("web") > server("web")"#, "servers().sort()"], |script| {
        // One server alone is sorted without comparing.
        let script = script.replace("servers().sort()", "(servers() + servers()).sort()");
        world.fails(&script, "script", "order");
    });
}

#[test]
fn resources_are_ordered_by_their_fields() {
    let world = World::new();
    world
        .ok(r#"for n in ["b", "a", "c"] { boot(n, #{ image: "cirros", flavor: "m1.tiny" }); sleep("1s"); }"#);
    world.gives(r#"servers().order_by("name").map(|s| s.name)"#, r#"["a", "b", "c"]"#);
    world.gives(r#"order_by(servers(), "created").map(|s| s.name)"#, r#"["b", "a", "c"]"#);
    world.gives(r#"order_by(servers(), "-created").map(|s| s.name)"#, r#"["c", "a", "b"]"#);
    world.gives(r#"order_by(servers(), "age").map(|s| s.name)"#, r#"["c", "a", "b"]"#);
    world.gives(r#"order_by(servers(), |s| s.name)[0].name"#, "a");
    world.fails(r#"order_by(servers(), "nam")"#, "script", "`name`");
}

#[test]
fn durations_have_all_their_forms() {
    let world = World::new();
    each(
        [
            (r#"duration("500ms")"#, "0"),
            (r#"duration("30s")"#, "30"),
            (r#"duration("10m")"#, "600"),
            (r#"duration("1h30m")"#, "5400"),
            (r#"duration("7d")"#, "604800"),
            ("duration(90)", "90"),
            (r#"let t = now(); sleep("90s"); now() - t == "90s""#, "true"),
            (r#"let t = now(); sleep("1h"); now() - t > "59m""#, "true"),
            (r#"let t = now(); sleep(60); now() - t == 60"#, "true"),
            (r#"let t = now(); sleep(60); "1m" == now() - t"#, "true"),
            (r#"let t = now(); sleep(60); 60 == now() - t"#, "true"),
            (r#"let t = now(); sleep(60); 61 > now() - t"#, "true"),
            (r#"let t = now(); sleep(60); "2m" >= now() - t"#, "true"),
            (r#"let t = now(); sleep(60); (now() - t) in ["1m"]"#, "true"),
            (r#"let t = now(); sleep("1500ms"); now() - t > 1"#, "true"),
            (r#"let t = now(); sleep("1500ms"); (now() - t).seconds"#, "1"),
            (r#"let t = now(); sleep("90m"); `${now() - t}`"#, "1h30m"),
            (r#"duration(now() - now())"#, "0"),
        ],
        |(script, text)| world.gives(script, text),
    );
    each(
        [
            r#"duration("10")"#,
            r#"duration("1x")"#,
            r#"sleep("soon")"#,
            "sleep(-1)",
            "sleep(1.5)",
            "duration(())",
        ],
        |script| {
            world.fails(script, "invalid_argument", "duration");
        },
    );
    // A text that is no duration cannot be compared with one: that is a mistake, not `false`.
    world.fails(r#"(now() - now()) > "7 days""#, "script", "is no duration");
}

#[test]
fn times_have_parts_and_arithmetic() {
    let world = World::new();
    let t = r#"let t = parse_time("2026-11-21T09:30:05Z"); "#;
    each(
        [
            ("t.year", "2026"),
            ("t.month", "11"),
            ("t.day", "21"),
            ("t.hour", "9"),
            ("t.minute", "30"),
            ("t.weekday", "6"),
            (r#"t.format("%Y-%m-%d")"#, "2026-11-21"),
            (r#"t.format("%H:%M:%S")"#, "09:30:05"),
            ("`${t}`", "2026-11-21T09:30:05Z"),
            ("to_json(t)", r#""2026-11-21T09:30:05Z""#),
            (r#"t + "1d" == parse_time("2026-11-22T09:30:05Z")"#, "true"),
            (r#"(t - "1h").hour"#, "8"),
            (r#"(t + 60).minute"#, "31"),
            (r#"t - parse_time("2026-11-14T09:30:05Z") == "7d""#, "true"),
            (r#"t - parse_time("2026-11-14T09:30:05Z") > "6d""#, "true"),
            (r#"t > parse_time("2026-11-14")"#, "true"),
            (r#"t <= t"#, "true"),
            (
                r#"let d = t - parse_time("2026-11-21T09:00:05Z"); t + d == parse_time("2026-11-21T10:00:05Z")"#,
                "true",
            ),
            (
                r#"let d = t - parse_time("2026-11-21T09:00:05Z"); t - d == parse_time("2026-11-21T09:00:05Z")"#,
                "true",
            ),
            (r#"let d = parse_time("2026-11-21T09:00:05Z") - t; d < 0"#, "true"),
            (r#"parse_time("2026-11-21T09:30:05") == t"#, "true"),
            (r#"parse_time("2026-11-21T10:30:05+01:00") == t"#, "true"),
            (r#"parse_time("2026-11-21").hour"#, "0"),
            (r#"let a = [t + 5, t]; a.sort(); a[0] == t"#, "true"),
            (r#"timestamp() - now().format("%s").parse_int() <= 1"#, "true"),
        ],
        |(script, text)| world.gives(&format!("{t}{script}"), text),
    );
    world.fails(r#"parse_time("yesterday")"#, "invalid_argument", "no time");
    world.fails("now().yeer", "script", "`year`");
    world.fails(r#"now() + "soon""#, "script", "duration");
}

#[test]
fn an_age_is_a_duration() {
    let world = World::web();
    world.ok(r#"sleep("8d")"#);
    each(
        [
            (r#"server("web").age > "7d""#, "true"),
            (r#"server("web").age > "9d""#, "false"),
            (r#""7d" < server("web").age"#, "true"),
            (r#"server("web").age > 7 * 86400"#, "true"),
            (r#"server("web").age < duration("10d")"#, "true"),
            (r#"servers().filter(|s| s.age > "7d").len"#, "1"),
            (r#"now() - server("web").created > "7d""#, "true"),
            (r#"server("web").created.year >= 2026"#, "true"),
            (r#"image("cirros").age >= "8d""#, "true"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"server("web").age > "old""#, "script", "is no duration");
}
