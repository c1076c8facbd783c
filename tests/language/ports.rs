//! Ports and server groups, on the faces of OpenStack and of EC2, and in dry runs of both.

use crate::support::{World, each};

/// The clouds that have them, each as it is and in a dry run.
fn everywhere() -> impl Iterator<Item = (&'static str, bool)> {
    ["sim", "sim:aws"].into_iter().flat_map(|cloud| [(cloud, false), (cloud, true)])
}

fn world((cloud, dry_run): (&str, bool)) -> World {
    let world = World::with(|options| {
        options.cloud = Some(cloud.to_string());
        options.dry_run = dry_run;
    });
    world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
    world
}

#[test]
fn a_port_is_made_found_renamed_and_deleted() {
    each(everywhere(), |place| {
        let world = world(place);
        world.ok(r#"create_security_group("tier", "d")"#);
        let code = r#"let g = security_group("tier");
            let p = create_port("db", #{ network: "private", security_groups: [g] });
            [p.name, p.status, p.server == (), p.network == network("private").id, p.security_groups == [g.id],
             port("db") == p, find_port("nosuch") == (), ports(#{ name: "d*", status: "DOWN" }).len,
             ports(#{ network: "private", name: "db" }).len, ports(#{ name: "db", limit: 1 }).len,
             ports(#{ server: "web", name: "db" }).len]"#;
        let gives = r#"["db", "DOWN", true, true, true, true, true, 1, 1, 1, 0]"#;
        world.gives(code, gives);
        let code = r#"let p = port("db"); p.rename("data"); let same = p.name; p.update(#{ description: "d" });
            [same, find_port("db") == (), delete(p).is_gone_in("data")]"#;
        let code =
            code.replace(r#"delete(p).is_gone_in("data")"#, r#"{ delete(p); find_port("data") == () }"#);
        world.gives(&code, r#"["data", true, true]"#);
        world.fails(r#"port("data")"#, "not_found", "port `data`");
    });
}

#[test]
fn a_server_has_its_port_and_the_port_stays() {
    each(everywhere(), |place| {
        let world = world(place);
        let code = r#"let p = create_port("db", #{ network: "private" });
            let s = boot("app", #{ image: "cirros", flavor: "m1.tiny", networks: [p] }).wait_active();
            refresh(p);
            [p.server == s.id, p.status, ports(#{ server: s }).map(|p| p.name), s.private_ip == p.ip]"#;
        world.gives(code, r#"[true, "ACTIVE", ["db"], true]"#);
        // It is one server's, and no other's.
        world.fails(
            r#"boot("two", #{ image: "cirros", flavor: "m1.tiny", networks: [#{ port: port("db") }] })"#,
            "conflict",
            "",
        );
        world.fails(r#"delete(port("db"))"#, "conflict", "");
        let code = r#"delete("app").wait_deleted(); let p = port("db"); [p.server == (), p.status]"#;
        world.gives(code, r#"[true, "DOWN"]"#);
        let code = r#"boot("by-name", #{ image: "cirros", flavor: "m1.tiny", networks: [#{ port: "db" }] }).wait_active();
            port("db").server == server("by-name").id"#;
        world.gives(code, "true");
    });
}

#[test]
fn a_port_of_a_new_server_is_listed_and_goes_with_it() {
    each(everywhere(), |place| {
        let world = world(place);
        let code = r#"let all = ports(#{ server: "web" });
            [all.len, all[0].status, all[0].network == network("private").id, all[0].security_groups.len]"#;
        world.gives(code, r#"[1, "ACTIVE", true, 1]"#);
        world.gives(
            r#"delete("web").wait_deleted(); ports(#{ network: "private" }).filter(|p| p.server != ()).len"#,
            "0",
        );
    });
}

#[test]
fn groups_of_a_boot_with_a_port_are_refused_and_nothing_is_sent() {
    let world = world(("sim", false));
    world.ok(r#"create_security_group("tier", "d"); create_port("db", #{ network: "private" })"#);
    let written = world.written(|| {
        world.fails(
            r#"boot("app", #{ image: "cirros", flavor: "m1.tiny", networks: [port("db")], security_groups: ["tier"] })"#,
            "invalid_argument",
            "`security_groups` have no effect on a port",
        );
        world.fails(
            r#"boot("app", #{ image: "cirros", flavor: "m1.tiny", networks: [port("db")], count: 2 })"#,
            "invalid_argument",
            "a port is for one server",
        );
    });
    assert_eq!(written, Vec::<String>::new());
    // No groups at all are no wish.
    world.ok(r#"boot("app", #{ image: "cirros", flavor: "m1.tiny", networks: [port("db")], security_groups: [] })"#);
}

#[test]
fn an_address_leads_to_a_port() {
    each(everywhere(), |place| {
        let world = world(place);
        let code = r#"let p = create_port("db", #{ network: "private" }); let ip = allocate_ip();
            let same = associate_ip(p, ip) == p;
            [same, ip.port == p.id, ip.server == (), ip.fixed_ip == p.ip]"#;
        world.gives(code, "[true, true, true, true]");
        let code = r#"let ip = public_ips()[0]; let s = server("web"); s.associate_ip(ip);
            [ip.server == s.id, ip.fixed_ip == s.private_ip, s.public_ip == ip.address]"#;
        world.gives(code, "[true, true, true]");
        let code = r#"let ip = public_ips()[0]; ports(#{ server: "web" })[0].associate_ip(ip); disassociate_ip(ip);
            [ip.server == (), ip.port == (), ip.fixed_ip == ()]"#;
        world.gives(code, "[true, true, true]");
        world.ok(r#"let ip = public_ips()[0]; let p = port("db"); p.associate_ip(ip); delete(p)"#);
        world.gives("public_ips()[0].port == ()", "true");
    });
}

#[test]
fn address_pairs_are_checked_before_anything_is_sent() {
    let world = world(("sim", false));
    world.gives(
        r#"create_port("vip", #{ network: "private", ip: "10.11.9.9", allowed_address_pairs: ["10.1.0.0/16", #{ ip: "10.2.0.1", mac: "fa:16:3e:00:00:01" }] }).raw.allowed_address_pairs.map(|one| one.ip_address)"#,
        r#"["10.1.0.0/16", "10.2.0.1"]"#,
    );
    let before = world.requests();
    for (pairs, words) in [
        ("[1]", "a member is"),
        ("[#{ mac: \"x\" }]", "no ip"),
        ("[#{ ip: \"x\", port: 1 }]", "`port` is neither"),
    ] {
        let code = format!(r#"create_port("p", #{{ network: "private", allowed_address_pairs: {pairs} }})"#);
        world.fails(&code, "invalid_argument", words);
    }
    assert_eq!(world.requests(), before);
    world.fails(r#"create_port("p", #{ network: "private", ip: "10.11.9.9" })"#, "conflict", "10.11.9.9");
    world.fails(
        r#"create_port("p", #{ network: "private", allowed_address_pairs: ["nowhere"] })"#,
        "invalid_argument",
        "nowhere",
    );
    world.fails(
        r#"update(port("vip"), #{ access_ipv4: "10.0.0.1" })"#,
        "invalid_argument",
        "a port has no `access_ipv4`",
    );
}

#[test]
fn a_server_group_is_made_joined_left_and_deleted() {
    each(everywhere(), |place| {
        let (cloud, _) = place;
        let world = world(place);
        let word = if cloud == "sim" { "anti-affinity" } else { "spread" };
        let code = r#"let g = create_server_group("apart", "anti-affinity");
            let s = boot("app", #{ image: "cirros", flavor: "m1.tiny", server_group: "apart" }).wait_active();
            [g.policy, g.name, g.servers.len, refresh(g).servers == [s.id], server_groups(#{ name: "ap*" }).len,
             find_server_group("nosuch") == ()]"#;
        world.gives(code, &format!(r#"["{word}", "apart", 0, true, 1, true]"#));
        world.gives(r#"delete("app").wait_deleted(); server_group("apart").servers.len"#, "0");
        world.gives(r#"delete(server_group("apart")); server_groups().len"#, "0");
        world.fails(r#"server_group("apart")"#, "not_found", "server group `apart`");
        world.fails(r#"create_server_group("x", "together")"#, "invalid_argument", "`together` is no policy");
    });
}

#[test]
fn servers_of_an_anti_affinity_group_need_a_host_each() {
    let world = World::new();
    world.ok(r#"create_server_group("apart", "anti-affinity")"#);
    let code = r#"let all = [];
        for n in 1..=3 { all.push(boot(`app-${n}`, #{ image: "cirros", flavor: "m1.tiny", server_group: "apart" })); }
        all.wait_status(["ACTIVE", "ERROR"]).map(|s| s.status)"#;
    world.gives(code, r#"["ACTIVE", "ACTIVE", "ERROR"]"#);
    world.gives(
        r#"server("app-3").fault"#,
        "No valid host was found. There are not enough hosts available. (code 500)",
    );
    // Those of one request are placed together, or none is.
    world.ok(r#"create_server_group("three", "anti-affinity"); create_server_group("two", "anti-affinity")"#);
    let together = |group: &str, count: usize| {
        format!(
            r##"boot("{group}", #{{ image: "cirros", flavor: "m1.tiny", server_group: "{group}", count: {count} }})
            .wait_status(["ACTIVE", "ERROR"]).map(|s| s.status)"##
        )
    };
    world.gives(&together("three", 3), r#"["ERROR", "ERROR", "ERROR"]"#);
    world.gives(&together("two", 2), r#"["ACTIVE", "ACTIVE"]"#);
}

#[test]
fn tags_come_sorted_as_nova_has_them() {
    let world = World::new();
    let boot = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny", tags: ["z", "a"] }).wait_active().tags"#;
    world.gives(boot, r#"["a", "z"]"#);
    world.gives(r#"add_tags("web", "b").tags"#, r#"["a", "b", "z"]"#);
}

#[test]
fn cloudstack_has_no_ports_and_says_so() {
    let world = World::with(|options| options.cloud = Some("sim:cloudstack".to_string()));
    for code in ["ports()", "create_port(\"p\", #{ network: \"private\" })"] {
        world.fails(code, "unsupported", "cloudstack");
    }
}
