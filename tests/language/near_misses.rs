//! Options that nearly fit: told with what was meant, before anything is sent.

use crate::support::World;

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
