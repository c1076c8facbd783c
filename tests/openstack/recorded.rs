//! Every exchange recorded from a real Nova and Glance parses: answers into nouns, refusals into errors.

use rhain::cloud::{Action, Kind, MARKER, Secret, Time};
use rhain::provider::openstack::decode::{int, list, text};
use rhain::provider::openstack::metadata_calls;
use rhain::provider::openstack::nova::{action, console, flavor, limits, server};
use rhain::provider::openstack::session::{Call, Range, Service, Session, Settings};
use rhain::provider::openstack::{fault, glance, nova};
use rhain::wire::{self, Answer, Body, Method, Silent, WallClock, Wire};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

fn exchanges() -> Vec<Json> {
    let text = include_str!("../recorded/nova.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn answer(exchange: &Json) -> Answer {
    let body = match &exchange["body"] {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let headers = exchange["headers"].as_object().unwrap();
    Answer {
        status: exchange["status"].as_u64().unwrap() as u16,
        headers: headers
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_string()))
            .collect(),
        body: body.into(),
        elapsed: Duration::from_millis(212),
        total: Duration::ZERO,
        attempts: 1,
        method: Method::Get,
        url: format!("http://127.0.0.1:8774{}", exchange["path"].as_str().unwrap()),
    }
}

pub fn read() -> Time {
    Time::parse("2026-11-21T09:00:00Z").unwrap()
}

#[test]
fn every_refusal_is_an_error_of_its_kind() {
    let wire = Wire::new(wire::Settings::default(), Arc::new(WallClock::start()), Arc::new(Silent));
    let session = Session::new("lab".into(), Settings::password("http://c/v3", "u", "planted", "p"), wire);
    let mut count = 0;
    for exchange in exchanges().iter().filter(|exchange| exchange["status"].as_u64().unwrap() >= 400) {
        let label = exchange["label"].as_str().unwrap();
        let service = Service::named(exchange["service"].as_str().unwrap());
        let call = Call::new("any", service, Method::Get, "/");
        let error = fault::refusal(&session, &call, &answer(exchange));
        let kind = match (exchange["status"].as_u64().unwrap(), label) {
            (403, "server create over quota" | "server create too much metadata") => Kind::OverQuota,
            (401, _) => Kind::Unauthorized,
            (403, _) => Kind::Forbidden,
            (404, _) => Kind::NotFound,
            (406, _) => Kind::Unsupported,
            (409, _) => Kind::Conflict,
            // What the request names is not there.
            (
                400,
                "server create missing network" | "server create missing key" | "server create missing group",
            ) => Kind::NotFound,
            (400 | 415, _) => Kind::InvalidArgument,
            (other, _) => panic!("{label}: {other}"),
        };
        assert_eq!(error.kind, kind, "{label}");
        let words = error.answer.as_deref().unwrap_or_else(|| panic!("{label} says nothing"));
        assert!(!words.contains('<') && !words.contains('\n') && words.len() > 5, "{label}: {words}");
        assert_eq!(error.status, exchange["status"].as_u64().map(|status| status as u16));
        let id = exchange["headers"].get("x-openstack-request-id").and_then(Json::as_str);
        assert_eq!(error.request_id.as_deref(), id, "{label}");
        let request = error.request.as_ref().unwrap();
        assert_eq!(
            (request.path.as_str(), request.outcome.ends_with("212 ms")),
            (exchange["path"].as_str().unwrap(), true)
        );
        count += 1;
    }
    assert!(count > 40, "{count}");
}

#[test]
fn every_description_of_a_server_is_read() {
    let cloud: Arc<str> = "lab".into();
    let mut count = 0;
    for exchange in exchanges().iter().filter(|exchange| exchange["service"] == "compute") {
        let (label, body) = (exchange["label"].as_str().unwrap(), &exchange["body"]);
        let detailed = exchange["path"].as_str().unwrap().contains("/detail") || exchange["method"] != "GET";
        let one = body.get("server").into_iter();
        let many = body.get("servers").and_then(|_| list(body, "servers")).into_iter().flatten();
        for (entry, of_many) in one.map(|entry| (entry, false)).chain(many.map(|entry| (entry, true))) {
            let server = server::decode(entry, &cloud, read()).unwrap_or_else(|| panic!("{label}"));
            assert_eq!(server.id, entry["id"].as_str().unwrap(), "{label}");
            count += 1;
            if entry.get("status").is_none() {
                continue;
            }
            assert!(detailed || !of_many, "{label}");
            assert_eq!(server.status, entry["status"].as_str().unwrap(), "{label}");
            assert!(server.created.is_some() && server.updated.is_some(), "{label}");
            assert!(server.flavor.id.is_some() || server.flavor.name.is_some(), "{label}");
            assert_eq!(server.image.id.as_deref(), entry["image"]["id"].as_str(), "{label}");
            assert_eq!(
                server.meta.len(),
                entry["metadata"].as_object().map_or(0, |meta| meta.len()),
                "{label}"
            );
            let told = entry["addresses"]
                .as_object()
                .map_or(0, |map| map.values().map(|list| list.as_array().unwrap().len()).sum());
            let known: usize = server.addresses.iter().map(|(_, list)| list.len()).sum();
            assert_eq!(known, told, "{label}");
        }
    }
    assert!(count > 15, "{count}");
}

fn body(label: &str) -> Json {
    exchanges().into_iter().find(|exchange| exchange["label"] == label).unwrap_or_else(|| panic!("{label}"))["body"].clone()
}

#[test]
fn a_server_has_what_was_recorded() {
    let decoded = |label: &str| server::decode(&body(label)["server"], &"lab".into(), read()).unwrap();
    let one = decoded("server show");
    assert_eq!((one.name.as_str(), one.status.as_str(), one.task.as_deref()), ("one", "ACTIVE", None));
    assert_eq!((one.flavor.id.as_deref(), one.key.as_deref()), (Some("1"), Some("k1")));
    assert_eq!((one.ip(), one.zone.as_deref()), (Some("10.11.3.161"), Some("nova")));
    assert_eq!(one.security_groups, ["web"]);
    let floating = decoded("server show with floating ip");
    assert_eq!((floating.ip(), floating.private_ip()), (Some("203.0.113.131"), Some("10.11.3.161")));
    let embedded = decoded("server show 2.47+");
    assert_eq!((embedded.flavor.id, embedded.flavor.name.as_deref()), (None, Some("m1.tiny")));
    let building = decoded("server show while building");
    assert_eq!((building.status.as_str(), building.task.as_deref()), ("BUILD", Some("scheduling")));
    assert_eq!(decoded("server show fault").fault.as_deref(), Some("No valid host was found. (code 500)"));
    let created = decoded("server create");
    assert_eq!(created.admin_pass.as_ref().map(|password| password.reveal()), Some("zmUyuCk3Rrqm"));
    assert!(!created.raw.to_string().contains("zmUyuCk3Rrqm"), "a password is no part of raw");
}

#[test]
fn images_flavors_limits_and_zones_are_read() {
    let cloud: Arc<str> = "lab".into();
    let image = glance::image::decode(&body("image show"), &cloud, read()).unwrap();
    assert_eq!((image.name.as_str(), image.status.as_str(), image.size), ("cirros", "ACTIVE", Some(1100)));
    assert_eq!(image.meta.get("os_distro").map(String::as_str), Some("cirros"));
    assert_eq!(image.meta.len(), 1, "{:?}", image.meta);
    let proxied = body("compute image list proxy");
    let proxied = nova::image::decode(&proxied["images"][0], &cloud, read()).unwrap();
    assert_eq!(
        (&proxied.name, &proxied.status, &proxied.meta, proxied.size),
        (&image.name, &image.status, &image.meta, image.size)
    );
    for label in ["image list", "image list by name"] {
        assert_eq!(list(&body(label), "images").unwrap().len(), 1);
    }
    let flavors: Vec<_> = list(&body("flavor detail"), "flavors")
        .unwrap()
        .iter()
        .map(|entry| flavor::decode(entry, &cloud).unwrap())
        .collect();
    let small = flavors.iter().find(|flavor| flavor.name == "m1.small").unwrap();
    assert_eq!((small.id.as_str(), small.vcpus, small.ram, small.disk), ("2", 1, 2048, 20));
    let latest = body("flavor detail latest");
    assert!(list(&latest, "flavors").unwrap().iter().all(|entry| flavor::decode(entry, &cloud).is_some()));
    let limits = limits::decode(&body("compute limits"));
    assert_eq!((limits["servers"], limits["vcpus"], limits["ram_mib_used"]), (Some(40), Some(200), Some(0)));
    assert_eq!(
        (limits["server_meta"], limits["personality"], limits["public_ips"]),
        (Some(128), Some(5), None)
    );
    assert_eq!(limits::decode_zones(&body("availability zones")), ["nova"]);
    assert_eq!(console::decode_log(&body("server console output")).lines().count(), 3);
    assert!(
        console::decode_url(&body("server vnc console"))
            .unwrap()
            .starts_with("http://127.0.0.1:6080/vnc_auto.html")
    );
    let meta = metadata_calls::decode(&body("server metadata"));
    assert_eq!(
        meta,
        BTreeMap::from([("role".to_string(), "web".to_string()), ("tier".to_string(), "1".to_string())])
    );
    assert!(!meta.contains_key(MARKER));
    assert!(int(&body("image show"), "size") == Some(1100) && text(&body("image show"), "nosuch").is_none());
}

/// What the recording client sent and what this driver sends are the same request.
#[test]
fn the_driver_asks_what_was_recorded() {
    let id = "de1fda47-c66f-4d91-ad3d-66544bf1465a";
    let range = Range::default();
    let act = |one: Action| action::act(id, &one, &range).unwrap();
    let image = "fdbcb135-a07a-42e1-b642-6eba6919e5b6".to_string();
    let rebuild = rhain::cloud::server::RebuildSpec {
        image,
        name: Some("dos".to_string()),
        meta: Some(BTreeMap::from([("x".to_string(), "y".to_string())])),
        ..Default::default()
    };
    let meta = BTreeMap::from([("m".to_string(), "n".to_string())]);
    let cases: Vec<(&str, Call)> = vec![
        ("server change password", act(Action::SetPassword(Secret::new("newpass")))),
        ("server reboot SOFT", act(Action::Reboot { hard: false })),
        ("server reboot HARD", act(Action::Reboot { hard: true })),
        ("server rebuild", act(Action::Rebuild(Box::new(rebuild)))),
        ("server resize", act(Action::Resize { flavor: "2".to_string() })),
        ("server resize confirm", act(Action::ConfirmResize)),
        ("server resize revert", act(Action::RevertResize)),
        ("server create image", action::snapshot(id, "snap", &meta, &range)),
        ("server stop", act(Action::Stop { force: false })),
        ("server start", act(Action::Start)),
        ("server pause", act(Action::Pause)),
        ("server unpause", act(Action::Unpause)),
        ("server suspend", act(Action::Suspend)),
        ("server resume", act(Action::Resume)),
        ("server lock", act(Action::Lock)),
        ("server unlock", act(Action::Unlock)),
        ("server rescue", act(Action::Rescue { image: None, admin_pass: Some(Secret::new("r")) })),
        ("server unrescue", act(Action::Unrescue)),
        ("server shelve", act(Action::Shelve)),
        ("server unshelve", act(Action::Unshelve)),
        ("server console output", console::log(id, Some(10), &range)),
        ("server vnc console", console::url(id, console::KINDS[0], &range)),
        ("server add security group", act(Action::AddSecurityGroup("default".to_string()))),
        ("server remove security group", act(Action::RemoveSecurityGroup("default".to_string()))),
        ("server delete", server::delete(id)),
        ("server show", server::show(id)),
        ("server metadata", metadata_calls::show(&metadata_calls::of_server(id, &range))),
        ("server metadata item delete", metadata_calls::delete(&metadata_calls::of_server(id, &range), "e")),
        ("image show missing", glance::image::show("nosuch")),
    ];
    let all = exchanges();
    for (label, call) in cases {
        let same = |one: &&Json| {
            let path = one["path"].as_str().unwrap();
            one["label"] == label && path.split_once('/').is_some() && path.ends_with(&call.path)
        };
        let recorded = all.iter().find(same).unwrap_or_else(|| panic!("{label}: {}", call.path));
        assert_eq!(recorded["method"], call.method.as_str(), "{label}");
        let sent = match &call.body {
            Body::Json(body) => body.clone(),
            Body::Empty => Json::Null,
            other => panic!("{label}: {other:?}"),
        };
        assert_eq!(recorded["request"], sent, "{label}");
    }
}

#[test]
fn hostile_descriptions_are_refused_or_read_and_never_break() {
    let cloud: Arc<str> = "lab".into();
    for body in [json!(null), json!([]), json!("x"), json!({}), json!({"id": {}}), json!({"id": null})] {
        assert!(server::decode(&body, &cloud, read()).is_none(), "{body}");
    }
    let odd = json!({"id": 7, "name": 5, "status": "WHAT(now)", "flavor": "", "image": "", "metadata": {"a": 1, "b": null, "c": [1]},
        "addresses": {"n": [{"addr": null}, 5, "::1"]}, "fault": "x", "tags": "no", "created": 9, "security_groups": [{}, "s", {"name": "s"}]});
    let server = server::decode(&odd, &cloud, read()).unwrap();
    assert_eq!(
        (server.id.as_str(), server.status.as_str(), server.provider_status.as_str()),
        ("7", "UNKNOWN", "WHAT(now)")
    );
    assert_eq!((server.meta.get("a").map(String::as_str), server.meta.contains_key("b")), (Some("1"), false));
    assert_eq!((server.ipv6(), server.security_groups.len()), (Some("::1"), 1));
    assert_eq!((server.flavor.id, server.image.id), (None, None));
}

#[test]
fn servers_of_the_first_apis_are_read() {
    let cloud: Arc<str> = "lab".into();
    // Compute v1.0: numeric ids, bare addresses.
    let first = json!({"id": 1234, "name": "sample", "imageId": 2, "flavorId": 1, "hostId": "e4d9", "status": "BUILD", "progress": 60,
        "addresses": {"public": ["67.23.10.132"], "private": ["10.176.42.16"]}, "metadata": {"Server Label": "Web Head 1"}, "adminPass": "GFf1j9aP"});
    let first = server::decode(&first, &cloud, read()).unwrap();
    assert_eq!(
        (first.id.as_str(), first.flavor.id.as_deref(), first.image.id.as_deref()),
        ("1234", Some("1"), Some("2"))
    );
    assert_eq!(
        (first.public_ip(), first.private_ip(), first.progress),
        (Some("67.23.10.132"), Some("10.176.42.16"), Some(60))
    );
    // Compute v1.1: references as URLs, lists wrapped in `values`.
    let second = json!({"id": "52415800", "name": "s", "status": "ACTIVE", "imageRef": "https://c/v1.1/32278/images/1234",
        "flavorRef": "https://c/v1.1/32278/flavors/1", "updated": "2010-10-10T12:00:00Z", "created": "2010-08-10T12:00:00Z",
        "addresses": {"values": [{"id": "public", "values": [{"version": 4, "addr": "67.23.10.132"}, {"version": 6, "addr": "::babe:67.23.10.132"}]}]},
        "metadata": {"values": {"Version": "2.1"}}});
    let second = server::decode(&second, &cloud, read()).unwrap();
    assert_eq!((second.flavor.id.as_deref(), second.image.id.as_deref()), (Some("1"), Some("1234")));
    assert_eq!(
        (second.addresses.len(), second.addresses[0].0.as_str(), second.addresses[0].1.len()),
        (1, "public", 2)
    );
    assert_eq!(second.meta.get("Version").map(String::as_str), Some("2.1"));
    assert_eq!(second.created.map(|time| time.to_string()).as_deref(), Some("2010-08-10T12:00:00Z"));
    assert_eq!(server::status("queue_resize"), "RESIZE");
}
