//! Neutron, Cinder and key pairs as values: what a real cloud answered is read, and what is asked is what it was asked.

use super::recorded::{answer, read};
use rhain::cloud::{
    Filter, Kind, NameMatch, Network, Resource, Router, Rule, SecurityGroup, Snapshot, Subnet, Volume,
    VolumeSpec,
};
use rhain::provider::openstack::cinder::{self, snapshot, volume};
use rhain::provider::openstack::fault;
use rhain::provider::openstack::neutron::{
    self, floating_ip, network, port, quota, router, security_group, subnet,
};
use rhain::provider::openstack::nova::{keypair, volume_attachment};
use rhain::provider::openstack::session::{Call, Range, Service, Session, Settings, Version};
use rhain::wire::{self, Body, Method, Silent, WallClock, Wire};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

fn exchanges() -> Vec<Json> {
    let nouns = include_str!("../recorded/nouns.jsonl").lines();
    let nova = include_str!("../recorded/nova.jsonl").lines().filter(|line| line.contains("os-"));
    nouns.chain(nova).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn exchange(label: &str) -> Json {
    exchanges().into_iter().find(|one| one["label"] == label).unwrap_or_else(|| panic!("no `{label}`"))
}

fn body(label: &str) -> Json {
    exchange(label)["body"].clone()
}

fn lab() -> Arc<str> {
    "lab".into()
}

fn modern() -> Range {
    Range { min: Some(Version(2, 1)), max: Some(Version(2, 104)), default: None }
}

fn newest() -> Range {
    Range { min: Some(Version(3, 0)), max: Some(Version(3, 71)), default: None }
}

#[test]
fn refusals_of_every_service_have_their_kind() {
    let wire = Wire::new(wire::Settings::default(), Arc::new(WallClock::start()), Arc::new(Silent));
    let session = Session::new(lab(), Settings::password("http://c/v3", "u", "planted", "p"), wire);
    let mut count = 0;
    for exchange in exchanges().iter().filter(|exchange| exchange["status"].as_u64().unwrap() >= 400) {
        let label = exchange["label"].as_str().unwrap();
        let service = Service::named(exchange["service"].as_str().unwrap());
        let method = match exchange["method"].as_str().unwrap() {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            _ => Method::Delete,
        };
        let error = fault::refusal(&session, &Call::new("any", service, method, "/"), &answer(exchange));
        let kind = match (exchange["status"].as_u64().unwrap(), label) {
            (400, "volume delete in use" | "volume delete with snapshot") => Kind::Conflict,
            (400 | 415, _) => Kind::InvalidArgument,
            (401, _) => Kind::Unauthorized,
            (403, _) => Kind::Forbidden,
            (404, _) => Kind::NotFound,
            (409, _) => Kind::Conflict,
            (other, _) => panic!("{label}: {other}"),
        };
        assert_eq!((error.kind, error.maybe), (kind, false), "{label}");
        assert!(error.answer.as_ref().is_some_and(|words| words.len() > 5), "{label}");
        count += 1;
    }
    assert!(count > 15, "{count}");
    let held = exchange("security group rule conflict");
    let rule = Call::new("any", Service::Network, Method::Post, "/");
    assert_eq!(
        fault::refusal(&session, &rule, &answer(&held)).code.as_deref(),
        Some("SecurityGroupRuleExists")
    );
}

#[test]
fn volumes_and_snapshots_have_what_was_recorded() {
    let volume = |body: &Json| -> Volume { volume::decode(body, &lab(), read()).unwrap() };
    let attached = volume(&body("volume show attached")["volume"]);
    assert_eq!((attached.name.as_str(), attached.status.as_str(), attached.size), ("v1", "IN-USE", 1));
    assert_eq!(attached.server.as_deref(), Some("98631b72-5cc6-44c3-bc1c-667866fe8129"));
    assert_eq!((attached.device.as_deref(), attached.zone.as_deref()), (Some("/dev/sdb"), Some("nova")));
    assert_eq!((attached.kind.as_deref(), attached.bootable), (Some("fake"), Some(false)));
    assert_eq!((attached.snapshot, attached.image), (None, None));
    assert_eq!(attached.created.map(|time| time.to_string()).as_deref(), Some("2026-11-21T01:08:26Z"));
    let marked = volume(
        &json!({"id": "1", "status": "error_deleting", "volume_type": "None", "bootable": "true",
        "metadata": {"a": "1", "rhain:marker": "m"}, "volume_image_metadata": {"image_id": "i"}, "attachments": []}),
    );
    assert_eq!((marked.status.as_str(), marked.kind, marked.bootable), ("ERROR_DELETING", None, Some(true)));
    assert_eq!((marked.meta.len(), marked.image.as_deref(), marked.server), (1, Some("i"), None));
    let list = body("volume list detail");
    assert_eq!(volume(&list["volumes"][0]).meta, BTreeMap::from([("tier".to_string(), "db".to_string())]));
    let snap: Snapshot = snapshot::decode(&body("snapshot show")["snapshot"], &lab(), read()).unwrap();
    assert_eq!((snap.name.as_str(), snap.status.as_str(), snap.size), ("osn-snap", "AVAILABLE", 1));
    assert_eq!(snap.volume.as_deref(), list["volumes"][0]["id"].as_str());
    let limits = cinder::limits::decode(&body("volume limits"));
    assert_eq!(
        (limits["volumes"], limits["volume_gib"], limits["snapshots_used"]),
        (Some(10), Some(1000), Some(0))
    );
}

#[test]
fn networks_and_what_is_on_them_have_what_was_recorded() {
    let list = body("network list");
    let all: Vec<Network> =
        list["networks"].as_array().unwrap().iter().filter_map(|one| network::decode(one, &lab())).collect();
    let told: Vec<_> =
        all.iter().map(|one| (one.name.as_str(), one.status.as_str(), one.external, one.shared)).collect();
    assert_eq!(
        told,
        [("public", "ACTIVE", Some(true), Some(false)), ("private", "ACTIVE", Some(false), Some(false))]
    );
    let subnet: Subnet = subnet::decode(&body("subnet create")["subnet"], &lab()).unwrap();
    assert_eq!(
        (subnet.cidr.as_deref(), subnet.gateway.as_deref()),
        (Some("192.168.77.0/24"), Some("192.168.77.1"))
    );
    assert_eq!((subnet.version, subnet.network.is_some()), (Some(4), true));
    let router: Router = router::decode(&body("router create")["router"], &lab()).unwrap();
    assert_eq!(
        (router.name.as_str(), router.status.as_str(), router.external.is_some()),
        ("osn-r", "ACTIVE", true)
    );
    let group: SecurityGroup =
        security_group::decode(&body("security group show")["security_group"], &lab()).unwrap();
    assert_eq!(
        (group.name.as_str(), group.description.as_str(), group.rules.len()),
        ("web", "web servers", 3)
    );
    let words: Vec<String> = group.rules.iter().map(Rule::words).collect();
    assert!(words.contains(&"tcp 80 from 0.0.0.0/0".to_string()), "{words:?}");
    assert_eq!(words.iter().filter(|words| **words == "all traffic to anywhere").count(), 2);
    let free = floating_ip::decode(&body("floating ip create marked")["floatingip"], &lab()).unwrap();
    assert_eq!((free.server.as_deref(), free.port.as_deref()), (None, None));
    assert!(!floating_ip::asks_for_port(&free));
    assert!(neutron::is_marked(&free.raw, "1") && !neutron::is_marked(&free.raw, "2"));
    let led = floating_ip::decode(&body("floating ip lead")["floatingip"], &lab()).unwrap();
    assert_eq!(
        (
            led.server,
            led.port.is_some(),
            floating_ip::asks_for_port(
                &floating_ip::decode(&json!({"id": "1", "port_id": "x"}), &lab()).unwrap()
            )
        ),
        (None, true, true)
    );
    let of_server = json!({"id": "f", "port_id": "p", "port_details": {"device_id": "s", "device_owner": "compute:nova"}});
    assert_eq!(floating_ip::decode(&of_server, &lab()).unwrap().server.as_deref(), Some("s"));
    let of_balancer =
        json!({"id": "f", "port_id": "p", "port_details": {"device_id": "lb", "device_owner": "Octavia"}});
    assert_eq!(floating_ip::decode(&of_balancer, &lab()).unwrap().server, None);
    let port = port::decode_use(&body("port list of ids")["ports"][0]).unwrap();
    assert_eq!((port.server(), port.ipv4()), (None, Some("10.11.2.90")));
    let details = quota::decode(&body("quota details"));
    assert_eq!((details["public_ips"], details["public_ips_used"]), (Some(50), Some(0)));
    assert_eq!((details["ports"], details["security_groups_used"]), (Some(500), Some(1)));
    let plain = quota::decode(&body("quota show"));
    assert_eq!((plain["networks"], plain["networks_used"]), (Some(100), None));
    assert_eq!(quota::decode(&json!({"quota": {"port": -1}}))["ports"], None);
}

#[test]
fn key_pairs_have_what_was_recorded() {
    let made = keypair::decode(&body("keypair generate"), &lab()).unwrap();
    assert!(made.private_key.as_ref().is_some_and(|key| key.reveal() == "(left out)"));
    assert!(!made.raw.to_string().contains("left out"), "a private key is no part of raw");
    assert_eq!((made.id.as_str(), made.name.as_str()), ("k1", "k1"));
    let listed = keypair::decode(&body("keypair list of one")["keypairs"][0], &lab()).unwrap();
    assert_eq!((listed.name.as_str(), listed.private_key.is_none()), ("osn-k", true));
    assert!(listed.public_key.is_some_and(|key| key.starts_with("ssh-ed25519 ")));
}

/// The request of a call as it was recorded.
fn sent(call: &Call) -> Json {
    match &call.body {
        Body::Json(body) => body.clone(),
        Body::Empty => Json::Null,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_asked_is_what_a_real_cloud_took() {
    let of = |label: &str| exchange(label);
    let id = |label: &str, back: usize| {
        let recorded = of(label);
        let path = recorded["path"].as_str().unwrap().split('?').next().unwrap().to_string();
        path.rsplit('/').nth(back).unwrap().to_string()
    };
    let pool =
        |label: &str| of(label)["request"]["floatingip"]["floating_network_id"].as_str().unwrap().to_string();
    let snapshot_of = of("snapshot create")["request"]["snapshot"]["volume_id"].as_str().unwrap().to_string();
    let port = of("floating ip lead")["request"]["floatingip"]["port_id"].as_str().unwrap().to_string();
    let joined = of("router add interface")["request"]["subnet_id"].as_str().unwrap().to_string();
    let part = of("router remove interface")["request"]["port_id"].as_str().unwrap().to_string();
    let attached =
        of("volume attach")["request"]["volumeAttachment"]["volumeId"].as_str().unwrap().to_string();
    let key = of("keypair import for list")["request"]["keypair"]["public_key"].as_str().unwrap().to_string();
    let ip = id("floating ip lead", 0);
    let cases: Vec<(&str, Call)> = vec![
        ("floating ip create", floating_ip::create(&pool("floating ip create"), None)),
        ("floating ip create marked", floating_ip::create(&pool("floating ip create marked"), Some("1"))),
        ("floating ip lead", floating_ip::associate(&ip, Some((&port, None)))),
        ("floating ip nowhere", floating_ip::associate(&ip, None)),
        ("floating ip delete", floating_ip::delete(&id("floating ip delete", 0))),
        ("security group create", security_group::create("web", "web servers")),
        ("security group delete", security_group::delete(&id("security group delete", 0))),
        ("security group rule delete", security_group::revoke(&id("security group rule delete", 0))),
        ("router create", router::create("osn-r", Some(&pool("floating ip create marked")), None)),
        ("router add interface", router::join(&id("router add interface", 1), &joined)),
        ("router remove interface", router::leave(&id("router remove interface", 1), &part)),
        ("router delete", router::delete(&id("router delete", 0))),
        ("subnet delete", subnet::delete(&id("subnet delete", 0))),
        ("network delete", network::delete(&id("network delete", 0))),
        ("network show", network::show(&id("network show", 0))),
        ("volume attach", volume_attachment::attach(&id("volume attach", 1), &attached, None, &modern())),
        ("volume detach", volume_attachment::detach(&id("volume detach", 2), &attached, &modern())),
        ("volume show", volume::show(&id("volume show", 0))),
        ("volume delete", volume::delete(&id("volume delete", 0))),
        ("volume extend", volume::extend(&id("volume extend", 1), 2, &newest())),
        ("snapshot delete", snapshot::delete(&id("snapshot delete", 0))),
        ("snapshot show", snapshot::show(&id("snapshot show", 0))),
        ("quota details", quota::details(&id("quota details", 1))),
        ("volume limits", cinder::limits::show()),
        ("keypair show", keypair::show("k1", &modern())),
        ("keypair delete", keypair::delete("k1", &modern())),
        ("keypair import for list", keypair::create("osn-k", Some(&key), &modern()).unwrap()),
        ("keypair generate", keypair::create("k1", None, &modern()).unwrap()),
    ];
    for (label, call) in cases {
        let recorded = of(label);
        assert_eq!(recorded["method"], call.method.as_str(), "{label}");
        let path = recorded["path"].as_str().unwrap();
        assert!(path.ends_with(&call.path), "{label}: {path} and {}", call.path);
        assert_eq!(recorded["request"], sent(&call), "{label}");
    }
    // These say more than the recorded ones.
    let meta = BTreeMap::from([("tier".to_string(), "db".to_string())]);
    let snap = snapshot::create(&snapshot_of, "osn-snap", &meta, "m", false, &newest());
    let mut wanted = of("snapshot create")["request"].clone();
    wanted["snapshot"]["metadata"]["rhain:marker"] = "m".into();
    assert_eq!((sent(&snap), snap.microversion), (wanted, Some(Version(3, 66))));
    let old = Range { max: Some(Version(3, 50)), ..newest() };
    assert!(snapshot::needs_force(&old) && !snapshot::needs_force(&newest()));
    let forced = snapshot::create(&snapshot_of, "osn-snap", &meta, "m", true, &old);
    assert_eq!((&sent(&forced)["snapshot"]["force"], forced.microversion), (&json!(true), None));
    let spec = VolumeSpec {
        name: "data".to_string(),
        size: 2,
        kind: Some("ssd".to_string()),
        image: Some("i".to_string()),
        snapshot: Some("s".to_string()),
        zone: Some("z".to_string()),
        meta,
    };
    let wanted = json!({"volume": {"name": "data", "size": 2, "volume_type": "ssd", "imageRef": "i", "snapshot_id": "s",
        "availability_zone": "z", "metadata": {"tier": "db", "rhain:marker": "m"}}});
    assert_eq!(sent(&volume::create(&spec, "m")), wanted);
    let six = sent(&subnet::create("n", "x", "2001:db8::/64"));
    assert_eq!(six["subnet"]["ip_version"], json!(6));
}

#[test]
fn lists_are_narrowed_by_what_the_service_knows() {
    let query = |call: Call| {
        let pairs: Vec<String> = call.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        pairs.join("&")
    };
    let named = Filter { limit: Some(5), ..Filter::named("a") };
    let globbed =
        Filter { name: Some(NameMatch::Glob("a*".to_string())), limit: Some(5), ..Filter::default() };
    assert_eq!(query(volume::first(&named)), "name=a&limit=5");
    assert_eq!(query(volume::first(&globbed)), "limit=1000");
    let one = Filter { status: vec!["IN-USE".to_string()], ..Filter::default() };
    assert_eq!(query(volume::first(&one)), "status=in-use&limit=1000");
    let two = Filter { status: vec!["IN-USE".to_string(), "ERROR".to_string()], ..Filter::default() };
    assert_eq!(query(volume::first(&two)), "limit=1000");
    assert_eq!(query(network::first(&two)), "limit=1000&status=IN-USE&status=ERROR");
    let of = Filter { volume: Some("v".to_string()), ..Filter::default() };
    assert_eq!(query(snapshot::first(&of)), "limit=1000&volume_id=v");
    let outside = Filter { external: Some(true), ..Filter::default() };
    assert_eq!(query(network::first(&outside)), "limit=1000&router:external=true");
    assert_eq!(query(security_group::first(&named, Some("p"))), "name=a&limit=5&tenant_id=p");
    assert_eq!(query(router::first(&Filter::default(), None)), "limit=1000");
    let address = Filter::named("203.0.113.9");
    assert_eq!(
        query(floating_ip::first(&address, Some("p"))),
        "limit=1000&floating_ip_address=203.0.113.9&tenant_id=p"
    );
    let many: Vec<String> = (0..41).map(|number| number.to_string()).collect();
    assert_eq!(query(subnet::of_networks(&many)), "limit=1000");
    assert_eq!(query(subnet::of_networks(&many[..2])), "network_id=0&network_id=1&limit=1000");
    assert_eq!(query(keypair::first(&Filter::default(), &modern())), "limit=1000");
    let old = Range { max: Some(Version(2, 10)), ..modern() };
    assert_eq!(query(keypair::first(&Filter::default(), &old)), "");
}

#[test]
fn key_pairs_are_made_by_clouds_that_still_do() {
    let latest = Range { default: Some(Version(2, 104)), ..modern() };
    let version = |key, range| keypair::create("k", key, range).unwrap().microversion;
    assert_eq!(version(None, &latest), Some(Version(2, 91)));
    assert_eq!(version(Some("ssh-rsa A"), &latest), Some(Version(2, 104)));
    let late = Range { min: Some(Version(2, 95)), ..modern() };
    let refused = keypair::create("k", None, &late).unwrap_err();
    assert_eq!(refused.kind, Kind::Unsupported);
    assert!(refused.help.as_ref().is_some_and(|help| help.starts_with("make the pair with `ssh-keygen`")));
    let certificate = keypair::create("k", Some("-----BEGIN CERTIFICATE-----\nA\n"), &modern()).unwrap();
    assert_eq!(sent(&certificate)["keypair"]["type"], json!("x509"));
}

#[test]
fn hostile_descriptions_are_refused_or_read_and_never_break() {
    for body in [json!(null), json!([]), json!("x"), json!({}), json!({"id": {}}), json!({"keypair": []})] {
        assert!(volume::decode(&body, &lab(), read()).is_none(), "{body}");
        assert!(snapshot::decode(&body, &lab(), read()).is_none(), "{body}");
        assert!(
            network::decode(&body, &lab()).is_none() && subnet::decode(&body, &lab()).is_none(),
            "{body}"
        );
        assert!(
            router::decode(&body, &lab()).is_none() && floating_ip::decode(&body, &lab()).is_none(),
            "{body}"
        );
        assert!(
            security_group::decode(&body, &lab()).is_none() && port::decode_use(&body).is_none(),
            "{body}"
        );
        assert!(keypair::decode(&body, &lab()).is_none(), "{body}");
    }
    let odd = json!({"id": 7, "attachments": [null], "metadata": [], "bootable": 3, "size": "5"});
    let odd = volume::decode(&odd, &lab(), read()).unwrap();
    assert_eq!((odd.id.as_str(), odd.size, odd.bootable, odd.server), ("7", 5, None, None));
    let group =
        json!({"id": "g", "security_group_rules": [null, 5, {}, {"direction": "sideways", "protocol": 6}]});
    let group = security_group::decode(&group, &lab()).unwrap();
    assert_eq!(
        group.rules.iter().map(Rule::words).collect::<Vec<_>>(),
        ["all traffic from anywhere", "tcp from anywhere"]
    );
    let resource = Resource::from(group);
    assert!(Filter::default().matches(resource.described()));
}
