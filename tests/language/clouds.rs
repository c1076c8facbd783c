//! Clouds: which one a call goes to, and what they tell of themselves.

use crate::support::{World, each};

#[test]
fn a_cloud_tells_of_itself() {
    let world = World::web();
    each(
        [
            ("cloud().name", "sim"),
            ("cloud().provider", "openstack"),
            ("cloud().region", "RegionOne"),
            (r#"cloud("sim") == cloud()"#, "true"),
            (r#"cloud().supports("resize")"#, "true"),
            (r#"cloud(()).name"#, "sim"),
            (r#"clouds().filter(|c| c.default).map(|c| c.name)"#, r#"["sim"]"#),
            ("whoami().user", "demo"),
            ("whoami().project", "demo"),
            (r#""member" in whoami().roles"#, "true"),
            (r#"whoami().expires > now()"#, "true"),
            (r#"catalog().keys().contains("compute")"#, "true"),
            (r#"catalog().image.starts_with("http://127.0.0.1:")"#, "true"),
            ("zones()", r#"["nova"]"#),
            ("limits().servers", "150"),
            ("limits().servers_used", "1"),
            ("limits().vcpus", "200"),
            ("limits().vcpus_used", "1"),
            ("limits().ram_mib", "400000"),
            ("limits().ram_mib_used", "512"),
            ("limits().server_meta", "128"),
            ("limits().personality", "5"),
            ("limits().keypairs", "100"),
            (
                r#"let l = limits(); ["volumes", "volume_gib", "snapshots", "public_ips", "ports", "networks", "security_groups"].filter(|k| !(k in l))"#,
                "[]",
            ),
            (r#"limits().values().filter(|v| type_of(v) == "i64" && v < 0)"#, "[]"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"cloud("nosuch")"#, "not_found", "nosuch");
    world.fails(r#"cloud("sin")"#, "not_found", "sim");
    world.fails("cloud().nme", "script", "`name`");
    world.fails(r#"cloud().supports("rezise")"#, "invalid_argument", "`resize`");
    world.sim(|sim| sim.quota("servers", -1));
    world.gives("limits().servers == ()", "true");
}

#[test]
fn a_verb_can_be_called_on_a_cloud() {
    let world = World::web();
    each(
        [
            (r#"cloud("sim").boot("x", #{ image: "cirros", flavor: "m1.tiny" }).name"#, "x"),
            (r#"cloud("sim").servers().len"#, "2"),
            (r#"cloud().server("web").name"#, "web"),
            (r#"let c = cloud(); c.stop("web").name"#, "web"),
            (r#"cloud("sim").wait_status("web", "SHUTOFF").status"#, "SHUTOFF"),
            (r#"cloud("sim").limits().servers"#, "150"),
            (r#"cloud("sim").whoami().user"#, "demo"),
            (r#"cloud("sim").api("compute", "GET", "/servers").servers.len"#, "2"),
            (r#"cloud("sim").delete(["web", "x"], #{ wait: true })"#, "[web, x]"),
            (r#"servers(#{ name: "nosuch" }).len"#, "0"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn api_makes_any_call() {
    let world = World::web();
    each(
        [
            (r#"api("compute", "GET", "/servers?limit=1").servers.len"#, "1"),
            (r#"api("compute", "get", "servers").servers.len"#, "1"),
            (r#"api("image", "GET", "/images").images[0].name"#, "cirros"),
            (
                r#"api("compute", "POST", `/servers/${server("web").id}/action`, #{ pause: () }) == ()"#,
                "true",
            ),
            (r#"wait_status("web", "PAUSED").status"#, "PAUSED"),
            (
                r#"api("compute", "PUT", `/servers/${server("web").id}`, #{ server: #{ name: "other" } }).server.name"#,
                "other",
            ),
            (r#"api("compute", "DELETE", `/servers/${server("other").id}`) == ()"#, "true"),
        ],
        |(script, text)| world.gives(script, text),
    );
    world.fails(r#"api("compute", "FETCH", "/servers")"#, "invalid_argument", "GET");
    world.fails(r#"api("nosuch", "GET", "/")"#, "unsupported", "nosuch");
    world.fails(r#"api("compute", "GET", "/nosuch")"#, "not_found", "");
    world.fails(r#"api("compute", "GET")"#, "invalid_argument", "`path`");
    let world = World::web_with(|options| options.concurrency = 4);
    world.gives(r#"api("compute", "GET", "/servers").servers.len"#, "1");
}

#[test]
fn reading_is_allowed_read_only_and_writing_is_not() {
    let world = World::with(|options| options.read_only = true);
    world.gives(r#"api("compute", "GET", "/servers").servers.len"#, "0");
    world.gives("servers().len", "0");
    let before = world.requests();
    world.fails(r#"api("compute", "POST", "/servers", #{})"#, "denied", "read-only");
    world.fails(r#"api("compute", "DELETE", "/servers/x")"#, "denied", "read-only");
    world.fails(r#"boot("x", #{ image: "cirros", flavor: "m1.tiny" })"#, "denied", "read-only");
    world.fails(r#"delete(["a"])"#, "denied", "read-only");
    assert_eq!(world.requests(), before);
}

#[test]
fn a_dry_run_goes_on_with_stand_ins() {
    let world = World::with(|options| options.dry_run = true);
    world.gives(
        r#"let s = boot("x", #{ image: "cirros", flavor: "m1.tiny", meta: #{ a: 1 } });
           s.wait_active("1s");
           let seen = [s.id, s.status, s.meta.a, s.flavor, s.image];
           s.resize("m1.small").confirm_resize();
           s.set_meta("b", 2);
           s.stop().wait_status("SHUTOFF");
           s.rename("y");
           seen + [s.status, s.flavor, s.meta.b, servers().len, server("y").id, s.name, meta(s, "a")]"#,
        r#"["dry-run-1", "ACTIVE", "1", "m1.tiny", "cirros", "SHUTOFF", "m1.small", "2", 1, "dry-run-1", "y", "1"]"#,
    );
    world.gives(r#"let a = boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 2 }); a.wait_active().map(|s| s.name)"#, r#"["n-1", "n-2"]"#);
    world.gives(
        r#"let i = snapshot("y", "shot"); [i.wait_active().status, i.id]"#,
        r#"["ACTIVE", "dry-run-4"]"#,
    );
    world.gives(r#"delete("y", #{ wait: true }); find_server("y") == ()"#, "true");
    world.fails(r#"boot("x", #{ image: "ciros", flavor: "m1.tiny" })"#, "not_found", "cirros");
    assert_eq!(world.sim(|sim| sim.journal()), []);
}

#[test]
fn clouds_are_not_mixed() {
    // Two clouds of the user's that are one simulated one.
    let host = World::web();
    let url = host.sim(|sim| sim.auth_url());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("clouds.yaml");
    let entry = |name: &str| {
        format!(
            "  {name}:\n    region_name: RegionOne\n    auth:\n      auth_url: {url}\n      username: demo\n      \
             password: secret\n      project_name: demo\n      user_domain_name: Default\n      \
             project_domain_name: Default\n"
        )
    };
    std::fs::write(&file, format!("clouds:\n{}{}", entry("a"), entry("b"))).expect("written");
    let path = file.to_string_lossy().into_owned();
    let cloud = |options: &mut rhain::cli::args::Options| options.cloud = Some("a".to_string());
    let world = World::given(cloud, &[], &[("OS_CLIENT_CONFIG_FILE", &path)]);
    each(
        [
            (r#"server("web").cloud.name"#, "a"),
            (r#"cloud("b").server("web").cloud.name"#, "b"),
            (r#"server("web") == cloud("b").server("web")"#, "false"),
            (r#"cloud("b").server("web").refresh().cloud.name"#, "b"),
            (r#"refresh([server("web"), cloud("b").server("web")]).map(|s| s.cloud.name)"#, r#"["a", "b"]"#),
            (
                r#"wait_active([server("web"), cloud("b").server("web")]).map(|s| s.cloud.name)"#,
                r#"["a", "b"]"#,
            ),
            (r#"cloud("b").flavor("m1.tiny").cloud == "b""#, "true"),
        ],
        |(script, text)| world.gives(script, text),
    );
    each(
        [
            r#"boot("x", #{ image: cloud("b").image("cirros"), flavor: "m1.tiny" })"#,
            r#"boot("x", #{ image: "cirros", flavor: cloud("b").flavor("m1.tiny") })"#,
            r#"boot("x", #{ like: cloud("b").server("web") })"#,
            r#"resize("web", cloud("b").flavor("m1.small"))"#,
            r#"server("web").resize(cloud("b").flavor("m1.small"))"#,
            r#"cloud("b").boot("x", #{ image: image("cirros"), flavor: "m1.tiny" })"#,
            r#"rebuild("web", cloud("b").image("cirros"))"#,
            r#"cloud("b").stop(server("web"))"#,
            r#"cloud("b").delete([server("web")])"#,
        ],
        |script| world.fails(script, "invalid_argument", "cloud `"),
    );
    assert_eq!(host.text("servers().map(|s| [s.name, s.status])"), r#"[["web", "ACTIVE"]]"#);
}

#[test]
fn a_path_stays_below_its_service() {
    let world = World::new();
    world.ok("servers()");
    let before = world.requests();
    for path in ["/servers/../../identity/v3", "/%2e%2e/x", r"/a\\..\\b", "/a%2f..%2fb", "/servers\\r\\nX: y"]
    {
        world.fails(&format!(r#"api("compute", "GET", "{path}")"#), "invalid_argument", "leaves its service");
    }
    world.fails(r#"api("compute", "GET", "/servers", #{})"#, "invalid_argument", "has no body");
    for header in
        ["X-Auth-Token", "host", "OpenStack-API-Version", "X-HTTP-Method-Override", "X-Service-Token"]
    {
        let call =
            format!(r#"api("compute", "GET", "/servers", (), #{{ headers: #{{ "{header}": "x" }} }})"#);
        world.fails(&call, "invalid_argument", "is not a script's to set");
    }
    for header in [r#""a b": 1"#, r#""": 1"#, r#""X-Own": "a\nb""#, r#""X-Own": secret("a\r\nb")"#] {
        let call = format!(r#"api("compute", "GET", "/servers", (), #{{ headers: #{{ {header} }} }})"#);
        world.fails(&call, "invalid_argument", "is no header that can be sent");
    }
    let call = r#"api("image", "GET", "/images", (), #{ microversion: "2.5" })"#;
    world.fails(call, "invalid_argument", "image has no microversions");
    for version in ["2.80", "\"2\"", "\"two\"", "\"2.80.1\"", "\"+2.80\""] {
        let call = format!(r#"api("compute", "GET", "/servers", (), #{{ microversion: {version} }})"#);
        world.fails(&call, "invalid_argument", "microversion");
    }
    assert_eq!(world.requests(), before, "nothing may be sent");
    world.ok(r#"api("compute", "GET", "/servers?name=..", ())"#);
    // A flavor's name is told from 2.47 on.
    world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" })"#);
    let told = |version: &str| {
        let options = format!(r#"#{{ microversion: "{version}", headers: #{{ "X-Own": secret("hush") }} }}"#);
        let list = format!(r#"api("compute", "GET", "/servers/detail", (), {options})"#);
        world.text(&format!(r#""original_name" in {list}.servers[0].flavor"#))
    };
    assert_eq!((told("2.47").as_str(), told("2.1").as_str()), ("true", "false"));
}

#[test]
fn the_names_of_many_images_are_one_request() {
    let world = World::web();
    let many = r#"let ids = ["a", "b", "c", "d"].map(|name| snapshot("web", name).wait_active().id);
        for id in ids { boot("s", #{ image: id, flavor: "m1.tiny" }); } ids.len()"#;
    world.gives(many, "4");
    let before = world.requests();
    world.gives(
        r#"servers(#{ name: "s" }).map(|s| s.image).order_by(|name| name)"#,
        r#"["a", "b", "c", "d"]"#,
    );
    assert_eq!(world.requests() - before, 2, "a list of servers and one of images");
    // An image that is gone is asked for by itself, and its id stands for its name.
    world.ok(r#"delete(image("a"), #{ wait: true })"#);
    world.gives(
        r#"servers(#{ name: "s" }).map(|s| s.image).order_by(|name| name)"#,
        r#"["a", "b", "c", "d"]"#,
    );
    let aws = World::with(|options| options.cloud = Some("sim:aws".to_string()));
    aws.ok(r#"let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active();
        for id in ["shot-a", "shot-b", "shot-c", "shot-d"].map(|name| snapshot("web", name).wait_active().id) { boot("s", #{ image: id, flavor: "m1.tiny" }); } ()"#);
    let before = aws.requests();
    aws.gives(
        r#"servers(#{ name: "s" }).map(|s| s.image).order_by(|name| name)"#,
        r#"["shot-a", "shot-b", "shot-c", "shot-d"]"#,
    );
    assert_eq!(aws.requests() - before, 2, "a list of instances and one of images");
}
