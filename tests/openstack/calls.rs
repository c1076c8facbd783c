//! Calls as values: what a boot, a rebuild and a list ask for, by the microversions a cloud has.

use rhain::cloud::server::{BootSpec, Nic, Nics, RebuildSpec};
use rhain::cloud::{Action, Filter, Kind, MARKER, NameMatch, Result, Secret, ServerUpdate};
use rhain::provider::openstack::nova::{action, boot, console, limits, server, servers};
use rhain::provider::openstack::session::{Call, Range, Version};
use rhain::wire::{Body, Intent};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn range(min: (u16, u16), max: (u16, u16)) -> Range {
    Range { min: Some(Version(min.0, min.1)), max: Some(Version(max.0, max.1)), default: None }
}

fn modern() -> Range {
    range((2, 1), (2, 104))
}

fn spec() -> BootSpec {
    BootSpec {
        name: "web".to_string(),
        image: Some("i".to_string()),
        flavor: "1".to_string(),
        marker: "m".to_string(),
        ..BootSpec::default()
    }
}

fn ask(spec: &BootSpec, range: &Range) -> Result<(Json, Option<Version>)> {
    let call = boot::boot(spec, &spec.networks, true, range)?;
    Ok((body(&call), call.microversion))
}

fn body(call: &Call) -> Json {
    match &call.body {
        Body::Json(body) => body.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_plain_boot_by_age_of_the_cloud() {
    let (modern_body, version) = ask(&spec(), &modern()).unwrap();
    assert_eq!(version, Some(Version(2, 46)));
    assert_eq!(
        modern_body,
        json!({"server": {"name": "web", "flavorRef": "1", "imageRef": "i", "metadata": {MARKER: "m"}, "networks": "auto"}})
    );
    for old in [Range::default(), range((2, 1), (2, 30))] {
        let (body, version) = ask(&spec(), &old).unwrap();
        assert_eq!((body["server"].get("networks"), version), (None, old.max));
    }
}

#[test]
fn what_a_version_lacks_is_refused_before_anything_is_sent() {
    let tagged = BootSpec { tags: vec!["t".to_string()], ..spec() };
    assert_eq!(ask(&tagged, &modern()).unwrap().1, Some(Version(2, 52)));
    let error = ask(&tagged, &range((2, 1), (2, 30))).unwrap_err();
    assert_eq!(
        (error.kind, error.to_string().contains("2.52; this cloud goes up to 2.30")),
        (Kind::Unsupported, true)
    );
    let none = BootSpec { networks: Nics::Absent, ..spec() };
    assert_eq!(ask(&none, &modern()).unwrap().0["server"]["networks"], "none");
    assert_eq!(ask(&none, &Range::default()).unwrap_err().kind, Kind::Unsupported);
    let described = BootSpec { description: Some("d".to_string()), ..spec() };
    assert_eq!(ask(&described, &range((2, 1), (2, 10))).unwrap_err().kind, Kind::Unsupported);
}

#[test]
fn files_are_injected_or_carried_by_cloud_init() {
    let files = vec![("/etc/motd".to_string(), b"hi\n".to_vec())];
    let with_files = BootSpec { files, ..spec() };
    let (body, version) = ask(&with_files, &modern()).unwrap();
    assert_eq!(body["server"]["personality"], json!([{"path": "/etc/motd", "contents": "aGkK"}]));
    assert_eq!(version, Some(Version(2, 46)));
    let tagged = BootSpec { tags: vec!["t".to_string()], ..with_files.clone() };
    assert_eq!(ask(&tagged, &modern()).unwrap().1, Some(Version(2, 52)));
    let configured = Range { default: Some(Version(2, 90)), ..modern() };
    for late in [configured, range((2, 60), (2, 104))] {
        let (body, _) = ask(&with_files, &late).unwrap();
        assert_eq!(body["server"].get("personality"), None);
        let data = rhain_base64(body["server"]["user_data"].as_str().unwrap());
        assert!(data.starts_with("#cloud-config\nwrite_files:\n"), "{data}");
        assert!(data.contains(r#"- {"path":"/etc/motd","encoding":"b64","content":"aGkK"}"#), "{data}");
        let both = BootSpec { user_data: Some(b"x".to_vec()), ..with_files.clone() };
        assert_eq!(ask(&both, &late).unwrap_err().kind, Kind::Unsupported);
    }
    let both = BootSpec { user_data: Some(b"x".to_vec()), ..with_files };
    assert_eq!(ask(&both, &modern()).unwrap().0["server"]["user_data"], "eA==");
}

fn rhain_base64(text: &str) -> String {
    use base64::Engine;
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).unwrap()
}

#[test]
fn volumes_networks_count_and_the_provider_map() {
    let full = BootSpec {
        meta: BTreeMap::from([("k".to_string(), "v".to_string())]),
        root_disk: Some(rhain::cloud::server::RootDisk::Size(10)),
        volumes: vec!["v1".to_string()],
        networks: Nics::These(vec![
            Nic {
                network: Some("n".to_string()),
                ip: Some("10.0.0.9".to_string()),
                port: None,
                ..Nic::default()
            },
            Nic { network: Some("n".to_string()), ip: None, port: Some("p".to_string()), ..Nic::default() },
        ]),
        security_groups: vec!["web".to_string()],
        key: Some("k1".to_string()),
        zone: Some("nova".to_string()),
        admin_pass: Some(Secret::new("pw")),
        config_drive: Some(true),
        count: Some(3),
        provider: Some(
            json!({"metadata": {"x": "y"}, "hostname": "h", "os:scheduler_hints": {"group": "g"}}),
        ),
        ..spec()
    };
    let (body, _) = ask(&full, &modern()).unwrap();
    let server = &body["server"];
    assert_eq!(server.get("imageRef"), None);
    assert_eq!(
        server["block_device_mapping_v2"],
        json!([
            {"boot_index": 0, "uuid": "i", "source_type": "image", "destination_type": "volume", "volume_size": 10, "delete_on_termination": true},
            {"boot_index": -1, "uuid": "v1", "source_type": "volume", "destination_type": "volume", "delete_on_termination": false},
        ])
    );
    assert_eq!(server["networks"], json!([{"uuid": "n", "fixed_ip": "10.0.0.9"}, {"port": "p"}]));
    assert_eq!(server["metadata"], json!({"k": "v", MARKER: "m", "x": "y"}));
    assert_eq!(
        (&server["min_count"], &server["max_count"], &server["return_reservation_id"]),
        (&json!(3), &json!(3), &json!(true))
    );
    assert_eq!((&server["hostname"], &body["os:scheduler_hints"]), (&json!("h"), &json!({"group": "g"})));
    assert_eq!(
        (&server["adminPass"], &server["config_drive"], &server["key_name"]),
        (&json!("pw"), &json!(true), &json!("k1"))
    );
    let one = BootSpec { count: Some(1), ..spec() };
    let (body, _) = ask(&one, &modern()).unwrap();
    assert_eq!((&body["server"]["name"], body["server"].get("min_count")), (&json!("web-1"), None));
    let attached = BootSpec { volumes: vec!["v".to_string()], ..spec() };
    let (body, _) = ask(&attached, &modern()).unwrap();
    assert_eq!(body["server"]["block_device_mapping_v2"][0]["destination_type"], "local");
    assert_eq!(body["server"]["imageRef"], "i");
}

#[test]
fn a_rebuild_by_what_it_carries() {
    let ask = |spec: RebuildSpec, range: &Range| action::act("s", &Action::Rebuild(Box::new(spec)), range);
    let files = vec![("/a".to_string(), b"x".to_vec())];
    let plain = RebuildSpec { image: "i".to_string(), ..RebuildSpec::default() };
    let data = RebuildSpec { user_data: Some(b"x".to_vec()), ..plain.clone() };
    assert_eq!(ask(data.clone(), &modern()).unwrap().microversion, Some(Version(2, 57)));
    assert_eq!(ask(data.clone(), &range((2, 1), (2, 50))).unwrap_err().kind, Kind::Unsupported);
    let injected = ask(RebuildSpec { files: files.clone(), ..plain.clone() }, &modern()).unwrap();
    assert_eq!(body(&injected)["rebuild"]["personality"], json!([{"path": "/a", "contents": "eA=="}]));
    let late = ask(RebuildSpec { files: files.clone(), ..plain }, &range((2, 60), (2, 104))).unwrap();
    assert_eq!(body(&late)["rebuild"].get("personality"), None);
    assert!(body(&late)["rebuild"]["user_data"].is_string());
    assert_eq!(ask(RebuildSpec { files, ..data }, &modern()).unwrap_err().kind, Kind::Unsupported);
}

#[test]
fn a_list_is_narrowed_by_what_nova_knows() {
    let filter = Filter {
        name: Some(NameMatch::Glob("web-*".to_string())),
        status: vec!["ACTIVE".to_string(), "ERROR".to_string()],
        tags: vec!["a".to_string(), "b".to_string()],
        image: Some("i".to_string()),
        flavor: Some("1".to_string()),
        all_projects: true,
        limit: Some(5),
        ..Filter::default()
    };
    let query = servers::first(&filter, &modern()).query;
    let expected = [
        ("name", "^web-.*$"),
        ("status", "ACTIVE"),
        ("status", "ERROR"),
        ("image", "i"),
        ("flavor", "1"),
        ("all_tenants", "1"),
        ("tags", "a,b"),
        ("limit", "5"),
    ];
    assert_eq!(query, expected.map(|(key, value)| (key.to_string(), value.to_string())));
    // What only this side can judge asks for whole pages, and old clouds know no tags.
    let ours = Filter { meta: BTreeMap::from([("k".to_string(), "v".to_string())]), ..filter };
    let query = servers::first(&ours, &Range::default()).query;
    assert!(query.iter().all(|(key, _)| key != "limit" && key != "tags"), "{query:?}");
    let unknown = Filter { status: vec!["UNKNOWN".to_string()], ..Filter::default() };
    assert!(servers::first(&unknown, &modern()).query.is_empty());
}

#[test]
fn small_calls_ask_the_right_version() {
    assert_eq!(limits::show(&modern()).microversion, Some(Version(2, 46)));
    let configured = Range { default: Some(Version(2, 90)), ..modern() };
    assert_eq!(limits::show(&configured).microversion, Some(Version(2, 56)));
    let log = console::log("s", None, &modern());
    assert_eq!((log.intent, body(&log)), (Some(Intent::Read), json!({"os-getConsoleOutput": {}})));
    let url = console::url("s", console::KINDS[0], &modern());
    assert_eq!(url.path, "/servers/s/remote-consoles");
    assert_eq!(console::url("s", console::KINDS[0], &Range::default()).path, "/servers/s/action");
    assert_eq!(action::state("s", "req-1", &modern()).microversion, Some(Version(2, 84)));
    assert_eq!(action::state("s", "req-1", &range((2, 1), (2, 60))).microversion, Some(Version(2, 51)));
    let update = ServerUpdate {
        description: Some(String::new()),
        name: Some("n".to_string()),
        ..ServerUpdate::default()
    };
    assert_eq!(body(&server::update("a/b", &update)), json!({"server": {"name": "n", "description": null}}));
    assert_eq!(server::update("a/b", &update).path, "/servers/a%2Fb");
}
