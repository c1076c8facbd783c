//! `boot`: every key of its spec, and what the cloud is asked for.

use crate::support::{World, each};

#[test]
fn keys_show_in_the_server() {
    let world = World::web();
    world.ok(r#"api("compute", "POST", "/os-keypairs", #{ keypair: #{ name: "ops" } })"#);
    let boot = |spec: &str, read: &str| {
        format!(
            r#"let s = boot("s", #{{ image: "cirros", flavor: "m1.tiny", {spec} }}).wait_active(); let got = {read}; s.delete(#{{ wait: true }}); got"#
        )
    };
    each(
        [
            (r#"meta: #{ role: "db", tier: 1 }"#, "s.meta", r##"#{"role": "db", "tier": "1"}"##),
            (r#"key: "ops""#, "s.key", "ops"),
            (r#"security_groups: ["default"]"#, "s.security_groups", r#"["default"]"#),
            (r#"networks: "auto""#, "s.addresses.keys()", r#"["private"]"#),
            (r#"networks: "none""#, "s.addresses.keys()", "[]"),
            (r#"networks: ["private"]"#, "s.addresses.keys()", r#"["private"]"#),
            (r#"networks: [#{ network: "private" }]"#, "s.addresses.keys()", r#"["private"]"#),
            (r#"networks: [#{ network: "private", ip: "10.11.0.77" }]"#, "s.ip", "10.11.0.77"),
            (r#"zone: "nova""#, "s.zone", "nova"),
            (r#"admin_pass: "s3cret-one""#, "reveal(s.admin_pass)", "s3cret-one"),
            (r#"admin_pass: secret("s3cret-two")"#, "reveal(s.admin_pass)", "s3cret-two"),
            ("config_drive: true", "s.raw.config_drive", "True"),
            (r#"access_ipv4: "203.0.113.9""#, "s.raw.accessIPv4", "203.0.113.9"),
            (r#"access_ipv6: "2001:db8::9""#, "s.raw.accessIPv6", "2001:db8::9"),
            (r##"user_data: "#cloud-config""##, "s.status", "ACTIVE"),
            (r#"wait: "5m""#, "s.status", "ACTIVE"),
            (r#"like: "web""#, "s.flavor", "m1.tiny"),
            (r#"provider: #{ config_drive: true }"#, "s.raw.config_drive", "True"),
            (r#"tags: ["a", "b"]"#, "s.tags", r#"["a", "b"]"#),
            (r#"description: "mine""#, "server(s).raw.description", "mine"),
        ],
        |(spec, read, text)| world.gives(&boot(spec, read), text),
    );
    // As the first books give them: by their addresses.
    let urls = r#"let s = boot("s", #{ image: `http://c/v1.1/42/images/${image("cirros").id}`,
        flavor: `http://c/v1.1/42/flavors/${flavor("m1.tiny").id}` }); let got = [s.image, s.flavor]; s.delete(#{ wait: true }); got"#;
    world.gives(urls, r#"["cirros", "m1.tiny"]"#);
    world.fails(
        r#"boot("s", #{ image: "http://c/v1.1/42/flavors/1", flavor: "m1.tiny" })"#,
        "not_found",
        "no image `http://c/v1.1/42/flavors/1`",
    );
    world.fails(r#"boot("s", #{ image: "cirros", flavor: "m1.tiny", key: "nosuch" })"#, "not_found", "");
    world.fails(
        r#"boot("s", #{ image: "cirros", flavor: "m1.tiny", zone: "nosuch" })"#,
        "invalid_argument",
        "",
    );
    world.fails(
        r#"boot("s", #{ image: "cirros", flavor: "m1.tiny", networks: ["nosuch"] })"#,
        "not_found",
        "nosuch",
    );
}

#[test]
fn values_that_do_not_fit_are_refused_before_anything_is_sent() {
    let world = World::new();
    each(
        [
            ("count: 0", "1 or more"),
            ("count: -1", "1 or more"),
            ("count: 1.5", "count"),
            ("meta: \"a\"", "map"),
            ("tags: \"a\"", "array"),
            ("files: [1]", "map"),
            (r#"files: #{ "/a": 5 }"#, "/a"),
            ("networks: \"private\"", "array"),
            ("networks: []", "empty"),
            ("networks: [5]", "network"),
            (r#"networks: [#{ netwrok: "private" }]"#, "network"),
            ("security_groups: \"default\"", "array"),
            ("config_drive: \"yes\"", "true"),
            ("wait: \"soon\"", "duration"),
            ("user_data: 5", "text"),
            ("root_disk: 0", "1 or more"),
            ("key: \"\"", "empty"),
            ("provider: 1", "map"),
            ("image: 5", "image"),
            ("flavor: 1", "flavor"),
            ("flavor: \"\"", "empty"),
        ],
        |(spec, words)| {
            let own =
                |key: &str, rest: &str| if spec.starts_with(key) { String::new() } else { rest.to_string() };
            let script = format!(
                "boot(\"s\", #{{ {}{}{spec} }})",
                own("image", "image: \"cirros\", "),
                own("flavor", "flavor: \"m1.tiny\", ")
            );
            world.fails(&script, "invalid_argument", words);
        },
    );
    world.fails(r#"boot("", #{ image: "cirros", flavor: "m1.tiny" })"#, "invalid_argument", "empty");
    world.fails(r#"boot(5, #{ image: "cirros", flavor: "m1.tiny" })"#, "invalid_argument", "`name`");
    assert_eq!(world.requests(), 0, "nothing may be sent");
}

#[test]
fn count_gives_an_array_of_numbered_servers() {
    let world = World::new();
    let spec = |count: &str| format!(r#"#{{ image: "cirros", flavor: "m1.tiny", count: {count} }}"#);
    let asked = world.asked(|| {
        world.gives(&format!(r#"boot("n", {}).map(|s| s.name)"#, spec("3")), r#"["n-1", "n-2", "n-3"]"#);
    });
    assert_eq!(asked.iter().filter(|operation| *operation == "server.create").count(), 1, "{asked:?}");
    world.gives(&format!(r#"let a = boot("one", {}); [a.len, a[0].name]"#, spec("1")), r#"[1, "one-1"]"#);
    world.gives(
        r#"boot("w", #{ image: "cirros", flavor: "m1.tiny", count: 2, wait: true }).map(|s| s.status)"#,
        r#"["ACTIVE", "ACTIVE"]"#,
    );
    world.gives(r#"servers(#{ name: "n-*" }).wait_active().len"#, "3");
    world.gives(r#"let ids = servers().map(|s| s.id); ids.sort(); ids.dedup(); ids.len"#, "6");
    world.gives("servers().filter(|s| s.meta.len() > 0).len", "0");
}

#[test]
fn like_takes_what_is_not_given() {
    let world = World::new();
    world.ok(r#"api("compute", "POST", "/os-keypairs", #{ keypair: #{ name: "ops" } });
        boot("a", #{ image: "cirros", flavor: "m1.small", meta: #{ role: "db" }, key: "ops", security_groups: ["default"], tags: ["t"], zone: "nova" }).wait_active()"#);
    world.gives(
        r#"let b = boot("b", #{ like: "a" }).wait_active(); [b.flavor, b.image, b.meta.role, b.key, b.security_groups, b.addresses.keys(), b.zone, b.tags]"#,
        r#"["m1.small", "cirros", "db", "ops", ["default"], ["private"], "nova", ["t"]]"#,
    );
    world.gives(r#"let c = boot("c", #{ like: "a", flavor: "m1.tiny", meta: #{ x: 1 } }).wait_active(); [c.flavor, c.meta]"#, r##"["m1.tiny", #{"x": "1"}]"##);
    // It is read again: what changed since the object was read counts.
    world.gives(
        r#"let a = server("a"); set_meta("a", "new", "yes"); boot("d", #{ like: a }).wait_active().meta.new"#,
        "yes",
    );
    world.fails(r#"boot("e", #{ like: "nosuch" })"#, "not_found", "nosuch");
    world.gives(
        r#"boot("e", #{ like: "a", count: 2, wait: true }).map(|s| s.flavor)"#,
        r#"["m1.small", "m1.small"]"#,
    );
}

#[test]
fn boot_all_checks_every_spec_first() {
    let world = World::new();
    world.gives(
        r#"boot_all([#{ name: "a", image: "cirros", flavor: "m1.tiny" }, #{ name: "b", image: "cirros", flavor: "m1.small" }]).wait_active().map(|s| s.flavor)"#,
        r#"["m1.tiny", "m1.small"]"#,
    );
    let before = world.requests();
    world.fails(
        r#"boot_all([#{ name: "c", image: "cirros", flavor: "m1.tiny" }, #{ name: "d", flavour: "x" }])"#,
        "invalid_argument",
        "`flavour`",
    );
    world.fails(r#"boot_all([#{ image: "cirros", flavor: "m1.tiny" }])"#, "invalid_argument", "`name`");
    world.fails(r#"boot_all([#{ name: "c" }])"#, "invalid_argument", "`image` and `flavor`");
    world.fails(r#"boot_all(#{ name: "c" })"#, "invalid_argument", "array");
    assert_eq!(world.requests(), before, "nothing may be sent");
    world.gives(
        r#"cloud("sim").boot_all([#{ name: "z", image: "cirros", flavor: "m1.tiny" }]).map(|s| s.name)"#,
        r#"["z"]"#,
    );
}

#[test]
fn files_go_where_the_cloud_has_them() {
    let world = World::new();
    world.gives(r#"boot("f", #{ image: "cirros", flavor: "m1.tiny", files: #{ "/etc/motd": "hello", "/b": base64("x") } }).wait_active().name"#, "f");
    world.fails(r#"boot("g", #{ image: "cirros", flavor: "m1.tiny", files: #{ "/a": "1", "/b": "1", "/c": "1", "/d": "1", "/e": "1", "/f": "1" } })"#, "over_quota", "");
    world.fails(
        r#"boot("h", #{ image: "cirros", flavor: "m1.tiny", count: 3, key: "nosuch" })"#,
        "not_found",
        "",
    );
}

#[test]
fn what_the_real_cloud_refuses_is_refused() {
    let world = World::new();
    world.fails(r#"boot("s", #{ image: "cirros", flavor: "m1.nano" })"#, "forbidden", "");
    world.sim(|sim| sim.quota("cores", 3));
    world.gives(r#"try { boot("s", #{ image: "cirros", flavor: "m1.tiny", count: 4 }) } catch (e) { return [e.kind, servers().len] }"#, r#"["over_quota", 0]"#);
}
