//! What is sent and not answered: what has a marker is found by it and made once, the rest is told as what it may be; and nothing
//! takes for its own, or takes back, what another call made.

use crate::support::World;
use rhain::cloud::{Kind, Value};
use rhain_sim::{Fault, FaultKind};

const SNAPSHOT: &str = r#"snapshot("web", "backup", #{ meta: #{ kind: "nightly" } })"#;

#[test]
fn an_image_whose_answer_is_lost_is_found_and_not_made_again() {
    for fault in [FaultKind::ResetAfter, FaultKind::Truncate, FaultKind::Malformed, FaultKind::WrongType] {
        let world = World::web();
        world.fault("server.create_image", fault.clone());
        let written = world.written(|| {
            world.gives(&format!("let i = {SNAPSHOT}; [i.name, i.meta.kind]"), r#"["backup", "nightly"]"#);
        });
        assert_eq!(written, ["server.create_image backup"], "{fault:?}");
        world.gives("images(#{ name: \"backup\" }).len", "1");
    }
}

#[test]
fn an_image_that_is_not_found_may_be() {
    let world = World::web();
    world.fault_always("server.create_image", FaultKind::ResetBefore);
    let error = world.error(SNAPSHOT);
    assert_eq!((error.kind, error.maybe), (Kind::Network, true));
    let fact =
        |name: &str| error.facts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str());
    let looked =
        "for an image with this call's marker, 3 times over 12 s: found none; sent again, without an answer";
    assert_eq!(fact("looked"), Some(looked));
    assert!(error.help.as_deref().unwrap().contains(r#"images(#{ name: "backup" })"#), "{error:?}");
    assert_eq!(world.exists(), ["1 server of this run: web", "`snapshot` of `web` may have taken effect"]);
}

/// Nothing of a server group tells one create from another: what may be this call's is told, and sent again only where none is.
#[test]
fn a_server_group_whose_answer_is_lost_is_made_once_or_told() {
    const GROUP: &str = r#"create_server_group("apart", "anti-affinity")"#;
    let world = World::new();
    world.fault("server_group.create", FaultKind::ResetAfter);
    let error = world.error(GROUP);
    assert_eq!((error.kind, error.maybe), (Kind::Network, true));
    assert!(error.help.as_deref().unwrap().contains(r#"server_groups(#{ name: "apart" })"#), "{error:?}");
    world.gives("server_groups().len", "1");
    let world = World::new();
    world.fault("server_group.create", FaultKind::ResetBefore);
    let written = world.written(|| world.gives(&format!("{GROUP}.policy"), "anti-affinity"));
    assert_eq!(written, ["server_group.create apart"]);
}

#[test]
fn an_image_that_cannot_be_read_yet_was_made_all_the_same() {
    let world = World::web();
    let hidden = FaultKind::Status { code: 403, body: None, retry_after: None };
    world.fault_always("image.show", hidden);
    let error = world.error(SNAPSHOT);
    assert_eq!((error.kind, error.maybe, error.accepted), (Kind::Forbidden, false, true));
    assert!(matches!(&error.exists[..], [Value::Resource(image)] if image.name() == "backup"), "{error:?}");
    assert_eq!(world.exists(), ["1 server of this run: web", "1 image of this run: backup"]);
}

#[test]
fn the_marker_of_an_image_is_kept_and_never_told() {
    let world = World::web();
    let shown = |of: &str| format!(r#"let meta = {of}; ["rhain:marker" in meta, meta.kind]"#);
    world.gives(&shown(&format!("{SNAPSHOT}.meta")), r#"[false, "nightly"]"#);
    let marked = |world: &World| {
        world.text(r#"let i = image("backup"); api("image", "GET", `/images/${i.id}`)["rhain:marker"].len"#)
    };
    assert_eq!(marked(&world), "36");
    world.gives(&shown(r#"meta(image("backup"))"#), r#"[false, "nightly"]"#);
    world.gives(r#"replace_meta(image("backup"), #{ other: 1 }).meta.other"#, "1");
    assert_eq!(marked(&world), "36");
}

#[test]
fn what_a_refused_boot_named_and_nobody_has_is_told_with_the_nearest() {
    let world = World::new();
    world.ok(r#"create_keypair("web-key"); create_security_group("front", "of a test")"#);
    let boot = |more: &str| format!(r#"boot("web", #{{ image: "cirros", flavor: "m1.tiny", {more} }})"#);
    let before = world.requests();
    world.fails(&boot(r#"key: "web-kay""#), "not_found", "has no keypair `web-kay` closest: `web-key`");
    world.fails(
        &boot(r#"security_groups: ["frontt"]"#),
        "not_found",
        "has no security group `frontt` closest: `front`",
    );
    world.gives("servers().len", "0");
    assert!(world.requests() > before);
    world.ok(r##"create_network("left", #{ cidr: "10.8.0.0/24" }); create_network("right", #{ cidr: "10.9.0.0/24" })"##);
    let error = world.error(&boot(""));
    let help = error.help.as_deref().unwrap_or_default();
    assert!(help.contains(r#""left""#) && help.contains("networks: ["), "{error:?}");
}

#[test]
fn a_raw_request_that_is_not_answered_is_told_by_what_it_asked_for() {
    let world = World::web();
    world.fault("server.start", FaultKind::ResetBefore);
    world.ok(r#"let id = server("web").id; try { api("compute", "POST", `/servers/${id}/action`, #{ "os-start": () }) } catch { }"#);
    let told = world.exists();
    assert!(
        told[1].starts_with("`api` of `POST /servers/")
            && told[1].ends_with("/action` may have taken effect"),
        "{told:?}"
    );
    // One named like a service is none.
    world.ok(r#"boot("compute", #{ image: "cirros", flavor: "m1.tiny" }); api("compute", "DELETE", `/servers/${server("web").id}`)"#);
    assert_eq!(world.exists()[0], "2 servers of this run: web, compute");
}

/// Two at once, where a call that is lost is an error among the values.
const BOTH: &str = r#"let made = parallel(0..2, |i| CREATE, #{ on_error: "collect" });
    let ids = made.filter(|one| !is_error(one)).map(|one| one.id);
    let lost = made.filter(|one| is_error(one)).map(|one| one.kind);
    let ids_differ = ids.len < 2 || ids[0] != ids[1];
    [ids.len, ids_differ, lost, LIST.all(|one| one.id in ids), LIST.len]"#;

fn both(create: &str, list: &str) -> String {
    BOTH.replace("CREATE", create).replace("LIST", list)
}

const NETWORK: &str = r##"create_network("n", #{ cidr: "10.66.0.0/24" })"##;

#[test]
fn a_network_that_was_not_made_is_made_and_does_not_cost_another_one() {
    let world = World::new();
    world.fault_after("network.create", 1, FaultKind::ResetBefore);
    let mut written = world.written(|| {
        let list = r##"networks(#{ name: "n" })"##;
        world.gives(&both(NETWORK, list), "[2, true, [], true, 2]");
        world.gives(&format!("{list}.map(|n| n.cidrs)"), r#"[["10.66.0.0/24"], ["10.66.0.0/24"]]"#);
    });
    // At the run's end their markers go.
    written.retain(|one| one != "network.update n");
    written.sort();
    assert_eq!(written, ["network.create n", "network.create n", "subnet.create n", "subnet.create n"]);
    assert_eq!(world.exists(), ["2 networks of this run: n, n"]);
}

#[test]
fn a_network_whose_answer_is_lost_is_its_own() {
    let world = World::new();
    world.ok(NETWORK);
    world.fault("network.create", FaultKind::ResetAfter);
    // Its range is free to be used again, so what tells them apart is the marker.
    world.gives(&format!(r##"let b = {NETWORK}; let all = networks(#{{ name: "n" }}); [all.len, all[0].id == all[1].id, b.cidrs, all[0].cidrs, all[1].cidrs]"##),
        r#"[2, false, ["10.66.0.0/24"], ["10.66.0.0/24"], ["10.66.0.0/24"]]"#);
}

#[test]
fn a_router_that_was_never_made_is_not_another_one() {
    let world = World::new();
    world.ok(r#"create_router("edge")"#);
    world.fault_twice("router.create", FaultKind::ResetBefore);
    let error = world.error(r#"create_router("edge")"#);
    assert_eq!((error.kind, error.maybe), (Kind::Network, true));
    world.gives(r##"routers(#{ name: "edge" }).len"##, "1");
    world.fault("router.create", FaultKind::ResetAfter);
    world.gives(
        r##"let r = create_router("edge"); let all = routers(#{ name: "edge" }); [all.len, all.filter(|one| one.id == r.id).len]"##,
        "[2, 1]",
    );
}

#[test]
fn a_security_group_is_given_to_one_call() {
    let list = r##"security_groups(#{ name: "web" })"##;
    let create = r#"create_security_group("web", "d")"#;
    let lost = |after: u32, times: u32, kind: FaultKind| {
        let world = World::new();
        let operation = "security_group.create".to_string();
        world.sim(|sim| sim.fault(Fault { operation, times, after, kind }));
        world.text(&both(create, list))
    };
    assert_eq!(lost(1, 1, FaultKind::ResetBefore), "[2, true, [], true, 2]");
    assert_eq!(lost(1, 1, FaultKind::ResetAfter), "[2, true, [], true, 2]");
    // Neither knows which of two is its own.
    assert_eq!(lost(0, 2, FaultKind::ResetAfter), r#"[0, true, ["network", "network"], false, 2]"#);
    let world = World::new();
    world.ok(create);
    world.fault_twice("security_group.create", FaultKind::ResetBefore);
    assert!(world.error(create).maybe);
    world.fault("security_group.create", FaultKind::ResetAfter);
    world.gives(
        &format!("let b = {create}; let all = {list}; [all.len, all.filter(|one| one.id == b.id).len]"),
        "[2, 1]",
    );
}

#[test]
fn the_markers_in_descriptions_go_when_the_run_ends() {
    let world = World::new();
    let made = r##"
        let ip = allocate_ip();
        let net = create_network("net", #{ cidr: "10.9.0.0/24" });
        let port = create_port("p", #{ network: net });
        let router = create_router("edge", #{ networks: [net] });
        let told = |of, id| api("network", "GET", `/${of}s/${id}`)[of].description;
    "##;
    let seen = r#"[told.call("floatingip", ip.id), told.call("network", net.id), told.call("port", port.id), told.call("router", router.id)]"#;
    // While it runs they say whose call it was; a description that the run gave is the run's.
    let during = world.text(&format!("{made} update(port, #{{ description: \"mine\" }}); {seen}"));
    assert_eq!(during.matches("rhain:marker ").count(), 3, "{during}");
    world.gives(
        r##"[["floatingip", public_ips()[0].id], ["network", network("net").id], ["port", port("p").id], ["router", router("edge").id]]
            .map(|x| api("network", "GET", `/${x[0]}s/${x[1]}`)[x[0]].description)"##,
        r#"["", "", "mine", ""]"#,
    );
    // What makes nothing there asks for nothing more.
    let asked = world.asked(|| drop(world.ok("flavors()")));
    assert!(
        !asked.is_empty() && asked.iter().all(|one| !one.contains("marker") && !one.contains("network")),
        "{asked:?}"
    );
}

/// A group without an id is no group that is not there.
#[test]
fn a_list_of_groups_with_one_that_has_no_id_is_no_list() {
    let world = World::new();
    let body =
        r#"{"server_groups":[{"id":null,"name":"apart","policy":"affinity","members":[]}]}"#.to_string();
    world.fault_always(
        "server_group.list",
        FaultKind::Status { code: 200, body: Some(body), retry_after: None },
    );
    world.fails("server_groups()", "protocol", "one of its server_groups has no id");
    world.fails(r#"find_server_group("apart")"#, "protocol", "one of its server_groups has no id");
}

/// What has nothing in it says nothing: it is no empty list, and no console that keeps quiet.
#[test]
fn an_answer_without_its_content_is_no_answer() {
    let world = World::web();
    let body = |body: &str| FaultKind::Status { code: 200, body: Some(body.to_string()), retry_after: None };
    for (operation, said, ask) in [
        ("volume.list", "[]", "volumes()"),
        ("volume.list", "{}", "volumes()"),
        ("server.console_log", "{}", r#"server("web").console_log()"#),
        ("server.console_log", r#"{"output":["a"]}"#, r#"server("web").console_log()"#),
    ] {
        let world = World::web();
        world.fault_always(operation, body(said));
        world.fails(ask, "protocol", "makes no sense");
    }
    world.fault_always("server.console_log", body(r#"{"output":null}"#));
    world.gives(r#"server("web").console_log()"#, "");
}
