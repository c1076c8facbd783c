//! Options that nearly fit: told with what was meant, before anything is sent.

use crate::support::{Program, World};

#[test]
fn what_a_port_has_already_is_not_left_out_without_a_word() {
    let world = World::new();
    let boot = |networks: &str| {
        format!(r#"boot("w", #{{ image: "cirros", flavor: "m1.tiny", networks: [{networks}] }})"#)
    };
    let before = world.requests();
    for more in [r#"ip: "10.0.0.9""#, r#"network: "private""#] {
        let both = boot(&format!(r#"#{{ port: "p", {more} }}"#));
        world.fails(&both, "invalid_argument", "give `port` alone");
    }
    world.fails(
        &boot(r#"#{ network: "private", ip: "10.0.0.999" }"#),
        "invalid_argument",
        "which is no address",
    );
    for nothing in ["#{}", "#{ network: (), ip: () }"] {
        world.fails(&boot(nothing), "invalid_argument", "no map of network, ip and port");
    }
    for (key, own) in [("fixed_ip", "ip"), ("net-id", "network"), ("port_id", "port"), ("netwrok", "network")]
    {
        let slip = boot(&format!(r#"#{{ network: "private", "{key}": "x" }}"#));
        world.fails(&slip, "invalid_argument", &format!("`{key}`; did you mean `{own}`?"));
    }
    assert_eq!(world.requests(), before, "nothing may be sent");
}

#[test]
fn addresses_and_policies_that_are_none_are_told() {
    let world = World::new();
    let before = world.requests();
    world.fails(
        r#"create_port("p", #{ network: "private", ip: "10.0.0" })"#,
        "invalid_argument",
        "`10.0.0` is none",
    );
    for (word, own) in
        [("antiaffinity", "anti-affinity"), ("anti_affinty", "anti-affinity"), ("spraed", "spread")]
    {
        let make = format!(r#"create_server_group("g", "{word}")"#);
        world.fails(&make, "invalid_argument", &format!("did you mean `{own}`?"));
    }
    assert_eq!(world.requests(), before, "nothing may be sent");
    world.gives(r#"create_server_group("g", "Anti-Affinity".to_lower()).policy"#, "anti-affinity");
}

#[test]
fn a_tag_that_nova_cannot_take_is_refused_as_such() {
    let world = World::new();
    world.ok(r#"boot("w", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
    for tag in ["x/y", "x,y"] {
        world.fails(&format!(r#"server("w").add_tags("{tag}")"#), "invalid_argument", "^[^,/]*$");
    }
}

#[test]
fn what_stands_in_the_way_of_an_action_is_named() {
    let world = World::new();
    world.ok(r#"boot("w", #{ image: "cirros", flavor: "m1.tiny" }).wait_active().resize("m1.small").wait_status("VERIFY_RESIZE")"#);
    world.fails(r#"reboot(server("w"))"#, "conflict", "confirm_resize(x)");
    world.fails(r#"create_backup(create_volume("v", 1), "b")"#, "conflict", "current status is");
}

#[test]
fn whose_project_it_is_may_ask_for_its_limits() {
    let world = World::new();
    world.gives(r#"limits("demo") == limits()"#, "true");
    world.gives(r#"limits(whoami().project) == limits()"#, "true");
}

#[test]
fn a_port_that_is_given_as_a_network_is_told() {
    let world = World::new();
    world.ok(r#"create_port("p", #{ network: "private" })"#);
    let boot =
        |what: &str| format!(r#"boot("a", #{{ image: "cirros", flavor: "m1.tiny", networks: ["{what}"] }})"#);
    let help = |code: &str| world.error(code).help.clone().unwrap_or_default();
    assert!(help(&boot("p")).contains(r#"`port("p")`"#), "{}", help(&boot("p")));
    assert!(!help(&boot("q")).contains("port"), "{}", help(&boot("q")));
    let again = r#"let p = port("p"); create_port("q", #{ network: "private", ip: p.ip })"#;
    assert!(help(again).contains("`ports()`"), "{}", help(again));
    let twice = r#"let b = create_backup(create_volume("v", 1).wait_ready(), "b").wait_ready(); b.delete(); b.delete()"#;
    assert!(help(twice).contains("wait_deleted"), "{}", help(twice));
}

#[test]
fn the_other_form_of_api_is_named() {
    let on = |cloud: &str| World::with(|options| options.cloud = Some(cloud.to_string()));
    let help = |cloud: &str, code: &str| on(cloud).error(code).help.clone().unwrap_or_default();
    assert_eq!(
        help("sim:aws", r#"api("compute", "GET", "/servers")"#),
        "on this cloud it is `api(service, action, params)`"
    );
    let own = "on this cloud it is `api(service, method, path, [body])`";
    assert_eq!(help("sim", r#"api("ec2", "DescribeInstances", #{})"#), own);
}

#[test]
fn a_resize_that_is_being_ended_is_not_waited_for() {
    let world = World::with(|options| options.cloud = Some("sim:admin".to_string()));
    world.ok(r#"boot("w", #{ image: "cirros", flavor: "m1.tiny", wait: true })"#);
    let before = world.sim(|sim| sim.now());
    for wait in [".wait_ready()", ""] {
        let code =
            format!(r#"let s = server("w"); s.migrate(){wait}; s.revert_resize(); s.confirm_resize()"#);
        let error = world.error(&code);
        assert_eq!(error.kind.as_str(), "conflict", "{error:?}");
        assert!(error.help.as_ref().is_some_and(|help| help.contains("wait_active")), "{error:?}");
        world.ok(r#"server("w").wait_active()"#);
    }
    let took = world.sim(|sim| sim.now()).duration_since(before).unwrap();
    assert!(took < std::time::Duration::from_secs(120), "{took:?}");
}

#[test]
fn advice_that_can_be_followed() {
    let world = World::new();
    let help = |code: &str| world.error(code).help.clone().unwrap_or_default();
    let says = |code: &str, words: &str| assert!(help(code).contains(words), "{code}: {}", help(code));
    says(r#"create_backup(create_volume("young", 1), "b")"#, "wait_ready(volume)");
    world.ok(r#"let s = boot("w", #{ image: "cirros", flavor: "m1.tiny", wait: true }); s.attach(create_volume("v", 1).wait_ready()).wait_ready()"#);
    says(r#"delete(volume("v"))"#, "detach(server, volume)");
    world.ok(r#"boot("x", #{ image: "cirros", flavor: "m1.tiny", networks: [create_port("p", #{ network: "private" })], wait: true })"#);
    says(r#"boot("y", #{ image: "cirros", flavor: "m1.tiny", networks: [port("p")] })"#, "at another server");
    says(r#"allocate_ip("private")"#, "use \"public\"");
    says(r#"server("nobody-is-called-so")"#, "servers(#{ all_projects: true })");
    assert!(!help(r#"keypair("none")"#).contains("all_projects"), "{}", help(r#"keypair("none")"#));
}

#[test]
fn a_description_of_a_machine_is_read_back() {
    let world = World::with(|options| options.cloud = Some("sim:cloudstack".to_string()));
    world.gives(
        r#"let s = boot("w", #{ image: "cirros", flavor: "m1.tiny", description: "hello", wait: true });
        let t = boot("x", #{ image: "cirros", flavor: "m1.tiny", wait: true });
        let first = server("w").description; s.update(#{ description: "d" }); [first, server("w").description, server("x").description]"#,
        r#"["hello", "d", ()]"#,
    );
}

#[test]
fn somebody_elses_image_says_nothing_of_the_keys() {
    let world = World::with(|options| options.cloud = Some("sim:aws".to_string()));
    world.fails(r#"image("cirros").share_image("123456789012")"#, "forbidden", "ot authorized for");
}

#[test]
fn an_image_that_is_still_made_is_not_said_to_have_no_bytes() {
    let world = World::with(|options| options.allow_write = vec![std::env::temp_dir().display().to_string()]);
    let to = std::env::temp_dir().join("rhain-never-written").display().to_string();
    let code = format!(
        r#"let i = boot("w", #{{ image: "cirros", flavor: "m1.tiny", wait: true }}).snapshot("shot"); i.save_image("{to}")"#
    );
    world.fails(&code, "conflict", "its bytes are still coming");
    assert!(!std::path::Path::new(&to).exists());
}

#[test]
fn what_was_renamed_is_reported_by_its_name() {
    let script = r#"let v = create_volume("old", 1).wait_ready(); v.rename("new"); throw "no""#;
    let err = Program::new().run(&["--cloud", "sim", "-e", script]).failed(1);
    assert!(err.contains("1 volume of this run: new"), "{err}");
}

#[test]
fn words_of_other_tools_lead_to_the_right_verb() {
    let world = World::new();
    for (word, own) in [
        ("download_image", "save_image"),
        ("confirm_migration", "confirm_resize"),
        ("quota", "limits"),
        ("hypervisors", "services"),
        ("placement_groups", "server_groups"),
    ] {
        let error = world.error(&format!("{word}(\"x\")"));
        let told = format!("{:?} {:?}", error.label, error.help);
        assert!(told.contains(&format!("`{own}`")), "{word}: {told}");
    }
    for (code, own) in [
        (r#"boot("w", #{ image: "cirros", flavor: "m1.tiny", hints: #{} })"#, "`server_group`"),
        (r#"create_port("p", #{ network: "private", fixed_ip: "10.0.0.5" })"#, "`ip`"),
    ] {
        let error = world.error(code);
        assert!(error.label.as_ref().is_some_and(|label| label.contains(own)), "{code}: {error:?}");
    }
    world.fails(
        r#"api("compute", "GET", "/servers", (), #{ microversion: "v2.79" })"#,
        "invalid_argument",
        "`v2.79` is none",
    );
}
