//! What verbs do on CloudStack that is its own: forwarded ports, snapshots of whole machines, what destroyed machines keep, tags that
//! are metadata too, and slips in names and `provider` keys.

use super::cases::{SPEC, on_sim};
use rhain::cloud::Kind;

#[test]
fn forwarded_ports_are_seen_and_end_with_the_address() {
    let world = on_sim();
    world.ok(&format!(
        r#"const S = boot("web", {SPEC}).wait_active(); const IP = allocate_ip();
        associate_ip(S, IP, #{{ provider: #{{ publicport: 8080, privateport: 80, protocol: "tcp" }} }})"#
    ));
    world.gives(r#"public_ips()[0].server == server("web").id"#, "true");
    world.gives(r#"public_ips()[0].raw.portforwardings.map(|r| r.publicport)"#, r#"["8080"]"#);
    world.fails("release_ip(public_ips()[0])", "conflict", "in use");
    world.fails(r#"associate_ip("web", public_ips()[0])"#, "conflict", "8080/tcp to web");
    world.gives(
        r#"let ip = public_ips()[0]; disassociate_ip(ip);
        [ip.server, api("cloudstack", "listPortForwardingRules", #{}).get("portforwardingrule", []).len()]"#,
        "[(), 0]",
    );
    world
        .gives(r#"associate_ip("web", public_ips()[0]); public_ips()[0].server == server("web").id"#, "true");
    world.gives("release_ip(public_ips()[0], #{ force: true }); public_ips().len()", "0");
}

#[test]
fn a_whole_machine_is_snapshot_on_request() {
    let world = on_sim();
    world.ok(&format!(r#"boot("web", {SPEC}).wait_active()"#));
    world.gives(
        r#"let s = snapshot("web", "whole", #{ provider: #{ snapshotmemory: true, description: "of a test" } }).wait_ready();
        [s.name, s.status, s.volume, s.raw.type, s.raw.description]"#,
        r#"["whole", "AVAILABLE", (), "DiskAndMemory", "of a test"]"#,
    );
    world.gives(r#"images(#{ name: "whole" }).len()"#, "0");
    world.gives(r#"snapshot("whole").id == snapshots(#{ name: "whole" })[0].id"#, "true");
    world.fails(r#"rebuild("web", "cirros").wait_active()"#, "failed", "remove VM snapshots");
    world.gives(r#"delete(snapshot("whole"), #{ wait: true }).status"#, "DELETED");
    world.gives("snapshots().len()", "0");
    // Several at once, and what does not go together.
    world.gives(
        r#"snapshot([server("web")], "again", #{ provider: #{ snapshotmemory: false } }).wait_ready().map(|s| s.name)"#,
        r#"["again"]"#,
    );
    world.fails(
        r#"snapshot("web", "x", #{ provider: #{ snapshotmemry: true } })"#,
        "invalid_argument",
        "`createVMSnapshot` has no parameter `snapshotmemry`",
    );
    world.fails(
        r#"snapshot(volume(server("web").volumes[0]), "x", #{ provider: #{} })"#,
        "invalid_argument",
        "whole server",
    );
    world.fails(
        r#"create_volume("data", 5); snapshot("data", "monday")"#,
        "not_found",
        r#"write snapshot(volume("data"), "monday")"#,
    );
}

#[test]
fn what_a_destroyed_machine_keeps_is_told_with_the_way_out() {
    let world = on_sim();
    world.ok(&format!(
        r#"create_security_group("g", "d"); create_volume("data", 5);
        const S = boot("web", {SPEC} + #{{ security_groups: ["g"] }}).wait_active();
        attach(S, volume("data")); delete(S, #{{ wait: true }})"#
    ));
    for script in [
        format!(r#"boot("web", {SPEC})"#),
        // One that is not waited for is on its way.
        format!(r#"delete(boot("soon", {SPEC}).wait_active()); boot("soon", {SPEC})"#),
        r#"delete(volume("data"))"#.to_string(),
        format!(r#"attach(boot("other", {SPEC}).wait_active(), volume("data"))"#),
    ] {
        let error = world.error(&script);
        let help = error.help.clone().unwrap_or_default();
        assert_eq!(error.kind, Kind::Conflict, "{script}: {error:?}");
        assert!(help.contains("destroyed") && help.contains("expungeVirtualMachine"), "{script}: {error:?}");
    }
}

#[test]
fn templates_are_registered_from_a_url_for_several_zones() {
    let world = on_sim();
    world.sim(|sim| assert!(sim.cloudstack_zone("b", false, false)));
    world.gives(
        r#"let zones = api("cloudstack", "listZones", #{}).zone.map(|z| z.id);
        let os = api("cloudstack", "listOsTypes", #{}).ostype[0].id;
        let made = api("cloudstack", "registerTemplate", #{ name: "jammy", displaytext: "Ubuntu", format: "QCOW2", hypervisor: "Simulator",
            url: "http://files.test/jammy.img", zoneids: zones, ostypeid: os });
        let i = image(made.template[0].id).wait_active();
        [i.name, i.status, images(#{ name: "jammy" }).len(), boot("k", #{ image: i, flavor: "m1.tiny", zone: "b" }).wait_active().image]"#,
        r#"["jammy", "ACTIVE", 1, "jammy"]"#,
    );
}

#[test]
fn a_tag_and_metadata_of_one_key_are_one_on_this_cloud() {
    let world = on_sim();
    let written = world.written(|| {
        world.fails(
            &format!(r#"boot("web", {SPEC} + #{{ meta: #{{ role: "db" }}, tags: ["role"] }})"#),
            "invalid_argument",
            "`role` is in `meta` and in `tags`",
        );
    });
    assert_eq!(written, [""; 0]);
    world.gives(
        &format!(
            r#"let s = boot("web", {SPEC} + #{{ meta: #{{ role: "db" }}, tags: ["blue"] }}).wait_active();
            s.set_meta("blue", "yes"); [s.tags, s.meta.blue, s.meta.role]"#
        ),
        r#"[[], "yes", "db"]"#,
    );
}

#[test]
fn slips_have_the_nearest_name() {
    let world = on_sim();
    world.ok(
        r#"create_network("private-2", #{ cidr: "10.8.0.0/24" }); create_security_group("web-group", "d")"#,
    );
    let written = world.written(|| {
        for (script, kind, words) in [
            (r#"servers(#{ zone: "simm" })"#, "not_found", "did you mean `sim`?"),
            (r#"boot("web", SPEC + #{ zone: "simm" })"#, "not_found", "did you mean `sim`?"),
            (r#"boot("web", SPEC + #{ networks: ["private-3"] })"#, "not_found", "`private-2`"),
            (r#"boot("web", SPEC + #{ security_groups: ["web-grup"] })"#, "not_found", "`web-group`"),
            (r#"boot("web", SPEC + #{ provider: #{ startmv: false } })"#, "invalid_argument", "`startvm`"),
            (
                r#"create_network("n", #{ cidr: "10.9.0.0/24", provider: #{ networkofering: "x" } })"#,
                "invalid_argument",
                "`networkofferingid`",
            ),
            (r#"associate_ip("web", "1.2.3.4", #{ provider: #{ publicprt: 80 } })"#, "not_found", ""),
        ] {
            let script = script.replace("SPEC", SPEC);
            let error = world.error(&script);
            let told = format!(
                "{} {} {}",
                error.message,
                error.label.clone().unwrap_or_default(),
                error.help.clone().unwrap_or_default()
            );
            assert!(error.kind.as_str() == kind && told.contains(words), "{script}: {told}");
        }
    });
    assert_eq!(written, [""; 0]);
    world.gives(r#"servers(#{ zone: "sim" }).len()"#, "0");
}

#[test]
fn affinity_groups_are_server_groups() {
    let world = on_sim();
    world.gives(
        r#"let g = create_server_group("apart", "anti-affinity"); [g.name, g.policy, g.servers, g.raw.type]"#,
        r#"["apart", "anti-affinity", [], "host anti-affinity"]"#,
    );
    world.fails(r#"create_server_group("apart", "affinity")"#, "conflict", "already exists");
    world.fails(r#"create_server_group("x", "spread")"#, "invalid_argument", "`spread` is no policy");
    let spec = SPEC.trim_end().trim_end_matches('}');
    world.gives(
        &format!(
            r#"let s = boot("web", {spec}, server_group: "apart" }}).wait_active();
            let g = server_group("apart"); [g.servers == [s.id], server_groups(#{{ name: "ap*" }}).len(), find_server_group("nope")]"#
        ),
        "[true, 1, ()]",
    );
    world.fails(
        &format!(r#"boot("y", {spec}, server_group: "6f0e1c9a-0000-4000-8000-000000000001" }})"#),
        "not_found",
        "no server group `6f0e1c9a-0000-4000-8000-000000000001`",
    );
    world.gives(r#"let g = server_group("apart"); delete(g); find_server_group("apart") == ()"#, "true");
    world.fails(r#"delete(server_group("apart"))"#, "not_found", "apart");
}
