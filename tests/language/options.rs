//! Options and filters: unknown keys, missing ones together, `()` as not given, an empty filter as a mistake.

use crate::support::{World, each};

#[test]
fn an_unknown_key_names_the_closest_and_the_list() {
    let world = World::new();
    let error = world.error(r#"boot("web", #{ image: "cirros", flavour: "m1.tiny" })"#);
    assert_eq!(error.kind.as_str(), "invalid_argument");
    assert!(error.message.contains("`flavour`"), "{error}");
    assert_eq!(error.label.as_deref(), Some("did you mean `flavor`?"));
    assert!(error.help.as_deref().unwrap().contains("image, flavor, meta"), "{:?}", error.help);
    assert_eq!(world.requests(), 0);
    // Two mistakes of one call are both told.
    let error = world.error(r#"boot("web", #{ imge: "cirros", flavour: "m1.tiny" })"#);
    let all =
        std::iter::once(&error).chain(&error.also).map(|e| e.message.clone()).collect::<Vec<_>>().join("; ");
    assert!(all.contains("`imge`") && all.contains("`flavour`"), "{all}");
}

#[test]
fn missing_keys_are_reported_together() {
    let world = World::new();
    for script in [r#"boot("web", #{})"#, r#"boot("web", #{ meta: #{} })"#, r#"boot("web", #{ image: () })"#]
    {
        let error = world.error(script);
        assert_eq!(error.kind.as_str(), "invalid_argument");
        assert!(error.message.contains("`image` and `flavor`"), "{script}: {error}");
    }
    world.fails(r#"boot("web")"#, "invalid_argument", "`flavor`");
    world.fails("boot()", "invalid_argument", "`name`");
    world.fails(r#"boot("web", #{ image: "cirros" })"#, "invalid_argument", "`flavor`");
    assert_eq!(world.sim(|sim| sim.journal().len()), 0);
}

#[test]
fn an_option_that_is_nothing_counts_as_not_given() {
    let world = World::web();
    world.gives(
        r#"boot("a", #{ image: "cirros", flavor: "m1.tiny", key: (), meta: (), zone: (), count: () }).name"#,
        "a",
    );
    world.gives(r#"stop("web", #{ force: () }).name"#, "web");
    world.gives(r#"wait_status("web", "SHUTOFF", ()).status"#, "SHUTOFF");
}

#[test]
fn an_empty_filter_never_means_everything() {
    let world = World::web();
    let before = world.requests();
    for verb in ["servers", "images", "flavors"] {
        for value in ["()", "\"\"", "[]", "#{}"] {
            world.fails(&format!("{verb}(#{{ name: {value} }})"), "invalid_argument", "empty");
        }
    }
    each(["status", "meta", "tags", "image", "flavor", "ip", "zone", "limit"], |key| {
        for value in ["()", "\"\"", "[]", "#{}"] {
            world.fails(&format!("servers(#{{ {key}: {value} }})"), "invalid_argument", key);
        }
    });
    assert_eq!(world.requests(), before);
    world.gives("servers(#{}).len", "1");
    world.gives("servers(#{ all_projects: false }).len", "1");
}

#[test]
fn server_filters_narrow() {
    let world = World::web();
    world.ok(
        r#"boot("db-1", #{ image: "cirros", flavor: "m1.small", meta: #{ role: "db", tier: 1 } }).wait_active().stop().wait_status("SHUTOFF");
           boot("db-2", #{ image: "cirros", flavor: "m1.tiny", meta: #{ role: "db" } }).wait_active()"#,
    );
    each(
        [
            (r#"#{ name: "db-1" }"#, "db-1"),
            (r#"#{ name: "db-*" }"#, "db-1 db-2"),
            (r#"#{ name: "*b*" }"#, "db-1 db-2 web"),
            (r#"#{ name: "db-?" }"#, "db-1 db-2"),
            (r#"#{ name: "db-[2-9]" }"#, "db-2"),
            (r#"#{ name: "b" }"#, ""),
            (r#"#{ name: "DB-*" }"#, ""),
            (r#"#{ status: "ACTIVE" }"#, "db-2 web"),
            (r#"#{ status: "active" }"#, "db-2 web"),
            (r#"#{ status: ["SHUTOFF", "ERROR"] }"#, "db-1"),
            (r#"#{ meta: #{ role: "db" } }"#, "db-1 db-2"),
            (r#"#{ meta: #{ role: "db", tier: 1 } }"#, "db-1"),
            (r#"#{ flavor: "m1.small" }"#, "db-1"),
            (r#"#{ flavor: flavor("m1.tiny") }"#, "db-2 web"),
            (r#"#{ image: "cirros" }"#, "db-1 db-2 web"),
            (r#"#{ zone: "nova" }"#, "db-1 db-2 web"),
            (r#"#{ ip: server("web").ip }"#, "web"),
            (r#"#{ limit: 2, name: "db-*" }"#, "db-1 db-2"),
            (r#"#{ name: "db-*", status: "ACTIVE" }"#, "db-2"),
        ],
        |(filter, names)| {
            let script = format!(r#"let n = servers({filter}).map(|s| s.name); n.sort(); n"#);
            let found = world.text(&script).replace(['[', ']', '"', ','], "");
            assert_eq!(found, names, "{filter}");
        },
    );
    world.gives("servers(#{ limit: 1 }).len", "1");
    world.fails(r#"servers(#{ status: "ACTVE" })"#, "invalid_argument", "`ACTIVE`");
    world.fails(r#"servers(#{ limit: 0 })"#, "invalid_argument", "1 or more");
    world.fails(r#"servers(#{ name: "db-[" })"#, "invalid_argument", "pattern");
    world.fails(r#"servers(#{ flavor: "m1.nosuch" })"#, "not_found", "m1.nosuch");
}

#[test]
fn flavor_and_image_filters_narrow() {
    let world = World::web();
    each(
        [
            (
                "flavors().map(|f| f.name)",
                r#"["m1.nano", "m1.tiny", "m1.small", "m1.medium", "m1.large", "m1.xlarge"]"#,
            ),
            ("flavors(#{ min_ram: 4096 })[0].name", "m1.medium"),
            ("flavors(#{ min_vcpus: 4 })[0].name", "m1.large"),
            ("flavors(#{ min_disk: 1 })[0].name", "m1.tiny"),
            (r#"flavors(#{ name: "m1.*ge" }).len"#, "2"),
            ("flavors(#{ limit: 2 }).len", "2"),
            (r#"let f = flavor("m1.small"); [f.vcpus, f.ram, f.disk, f.id]"#, r#"[1, 2048, 20, "2"]"#),
            ("images().map(|i| i.name)", r#"["cirros"]"#),
            (r#"images(#{ visibility: "public" }).len"#, "1"),
            (r#"images(#{ visibility: "private" }).len"#, "0"),
            (r#"images(#{ status: "active" }).len"#, "1"),
            (
                r#"snapshot("web", "shot", #{ meta: #{ k: "v" } }).wait_active(); images(#{ meta: #{ k: "v" } }).map(|i| i.name)"#,
                r#"["shot"]"#,
            ),
            (r#"images(#{ name: "sh*" })[0].visibility"#, "private"),
            (r#"images(#{ owner: image("shot").owner }).map(|i| i.name)"#, r#"["shot"]"#),
            (
                r#"let i = image("cirros"); [i.size, i.min_disk, i.min_ram, i.status]"#,
                r#"[1100, 0, 0, "ACTIVE"]"#,
            ),
        ],
        |(script, text)| world.gives(script, text),
    );
}
