//! Whole flows of volumes, networks, groups and addresses against a scripted cloud: what is asked, in which order, and what is
//! made of lost answers. Nothing is ever created twice.

use super::scripted::{Reply, Seen, World, ok, world};
use rhain::cloud::traits::*;
use rhain::cloud::{
    Cloud, Filter, Keypair, Kind, NetworkSpec, Noun, PublicIp, Resource, RouterSpec, Rule, VolumeSpec,
};
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What the world's clock begins with, as clouds write it in a body and in a header.
const NOW: &str = "2026-11-21T09:00:00Z";
const DATE: &str = "Content-Type: application/json\r\nDate: Sat, 21 Nov 2026 09:00:03 GMT\r\n";

fn refused(status: u16, code: &str, words: &str) -> Reply {
    Reply::Json(status, json!({"NeutronError": {"type": code, "message": words, "detail": ""}}))
}

fn count(world: &World, line: &str) -> usize {
    world.lines().iter().filter(|one| *one == line).count()
}

fn told(seen: &Seen, key: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(seen.query.as_bytes());
    pairs.filter(|(name, _)| name == key).map(|(_, value)| value.into_owned()).collect()
}

#[tokio::test]
async fn networks_ask_once_for_all_their_subnets() {
    let world = world(&["network"], None, |seen| match seen.line.as_str() {
        "GET /v2.0/networks" => match told(seen, "marker").first().map(String::as_str) {
            None => ok(json!({"networks": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}],
                "networks_links": [{"rel": "next", "href": "http://inner/v2.0/networks?limit=2&marker=2"}]})),
            Some("2") => ok(json!({"networks": [{"id": "3", "name": "c", "router:external": true}], "networks_links": []})),
            other => panic!("{other:?}"),
        },
        "GET /v2.0/subnets" => {
            assert_eq!(told(seen, "network_id"), ["1", "2", "3"]);
            ok(json!({"subnets": [{"id": "x", "network_id": "3", "cidr": "203.0.113.0/24"},
                {"id": "y", "network_id": "1", "cidr": "10.0.0.0/24"}, {"id": "z", "network_id": "1", "cidr": "fd00::/64"}]}))
        }
        other => panic!("{other}"),
    })
    .await;
    let all = world.cloud.list(Noun::Network, &Filter::default()).await.unwrap();
    let cidrs: Vec<Vec<String>> = all
        .iter()
        .map(|one| match one {
            Resource::Network(network) => network.cidrs.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(cidrs, [vec!["10.0.0.0/24", "fd00::/64"], vec![], vec!["203.0.113.0/24"]]);
    assert_eq!(count(&world, "GET /v2.0/subnets"), 1);
    let none =
        world.cloud.list(Noun::Network, &Filter { limit: Some(0), ..Filter::default() }).await.unwrap();
    assert!(none.is_empty());
}

/// A cloud whose first create is lost after it was done, or before.
async fn losing(
    create: &'static str,
    done: bool,
    list: impl Fn(&Seen, &Json) -> Reply + Send + Sync + 'static,
) -> World {
    let made: Arc<Mutex<Json>> = Arc::default();
    world(&["compute", "network", "volumev3"], Some("2.104"), move |seen| {
        if seen.line == create {
            if done {
                *made.lock().unwrap() = seen.body.clone();
            }
            return Reply::Reset;
        }
        list(seen, &made.lock().unwrap())
    })
    .await
}

#[tokio::test]
async fn a_lost_volume_is_found_by_its_marker() {
    let list = |seen: &Seen, made: &Json| match seen.line.as_str() {
        "GET /volume/v3/p/volumes/detail" => {
            assert_eq!(told(seen, "name"), ["data"]);
            let other = json!({"id": "other", "name": "data", "metadata": {"rhain:marker": "of another"}});
            let own = json!({"id": "own", "name": "data", "status": "creating", "metadata": made["volume"]["metadata"]});
            ok(json!({"volumes": if made.is_null() { json!([other]) } else { json!([other, own]) }}))
        }
        other => panic!("{other}"),
    };
    let spec = VolumeSpec { name: "data".to_string(), size: 1, ..VolumeSpec::default() };
    let world = losing("POST /volume/v3/p/volumes", true, list).await;
    assert_eq!(world.cloud.create_volume(&spec).await.unwrap().id, "own");
    assert_eq!(count(&world, "POST /volume/v3/p/volumes"), 1);

    let world = losing("POST /volume/v3/p/volumes", false, list).await;
    let error = world.cloud.create_volume(&spec).await.unwrap_err();
    assert_eq!((error.kind, error.maybe), (Kind::Network, true));
    assert_eq!(error.message, "lab stopped answering while `create_volume` was being sent");
    assert_eq!(
        error.facts,
        [
            (
                "looked",
                "for a volume with this call's marker, 3 times over 12 s: found none; sent again, without an answer"
                    .to_string()
            ),
            ("exists", "nothing of this call that the cloud shows; it could still appear".to_string()),
        ]
    );
    assert_eq!(
        error.help.as_deref(),
        Some("run `rhain --cloud lab -e 'volumes(#{ name: \"data\" })'` before trying again")
    );
    assert_eq!(count(&world, "POST /volume/v3/p/volumes"), 2);
}

#[tokio::test]
async fn a_lost_snapshot_and_a_lost_address_are_found_by_their_marker() {
    let world = losing("POST /volume/v3/p/snapshots", true, |_, made| {
        let own = json!({"id": "own", "name": "s", "metadata": made["snapshot"]["metadata"]});
        ok(json!({"snapshots": [{"id": "other", "name": "s", "metadata": {}}, own]}))
    })
    .await;
    assert_eq!(world.cloud.snapshot_volume("v", "s", &Default::default()).await.unwrap().id, "own");
    let world = losing("POST /v2.0/floatingips", true, |seen, made| match seen.line.as_str() {
        "GET /v2.0/networks" => ok(json!({"networks": [{"id": "2", "name": "z"}, {"id": "1", "name": "a"}]})),
        "GET /v2.0/floatingips" => {
            assert_eq!(told(seen, "tenant_id"), ["p"]);
            let mut own = made["floatingip"].clone();
            own["id"] = "own".into();
            ok(json!({"floatingips": [{"id": "other", "description": "", "floating_network_id": "1"}, own]}))
        }
        other => panic!("{other}"),
    })
    .await;
    let ip = world.cloud.allocate_ip(Some("a")).await.unwrap();
    assert_eq!((ip.id.as_str(), ip.pool.as_deref()), ("own", Some("a")));
}

#[tokio::test]
async fn a_lost_group_is_known_by_its_age() {
    let groups = |made: &'static str, description: &'static str, header: &'static str| {
        move |seen: &Seen, _: &Json| {
            assert_eq!(
                (seen.line.as_str(), told(seen, "name")),
                ("GET /v2.0/security-groups", vec!["web".to_string()])
            );
            let body = json!({"security_groups": [
                {"id": "old", "name": "web", "description": "d", "created_at": "2026-11-20T09:00:00Z"},
                {"id": "new", "name": "web", "description": description, "created_at": made}]});
            Reply::Raw(200, header, body.to_string())
        }
    };
    let create = "POST /v2.0/security-groups";
    let world = losing(create, true, groups(NOW, "d", DATE)).await;
    assert_eq!(world.cloud.create_security_group("web", "d", None).await.unwrap().id, "new");
    // Another's and an older one are not taken for it, so that it is asked for again; where nobody can tell the age it is not.
    for (made, description, header, asked) in [
        (NOW, "of another", DATE, 2),
        ("2026-11-21T08:59:00Z", "d", DATE, 2),
        (NOW, "d", "Content-Type: application/json\r\n", 1),
    ] {
        let world = losing(create, true, groups(made, description, header)).await;
        let error = world.cloud.create_security_group("web", "d", None).await.unwrap_err();
        assert_eq!((error.kind, error.maybe), (Kind::Network, true), "{made} {description}");
        assert_eq!(count(&world, create), asked);
    }
}

#[tokio::test]
async fn a_lost_network_and_a_lost_router_are_found_by_their_marker() {
    // What has the name and the age, and no marker, may be anybody's.
    let list = |one: &'static str, several: &'static str| {
        move |seen: &Seen, made: &Json| {
            assert_eq!(
                (told(seen, "name"), told(seen, "tenant_id")),
                (vec!["n".to_string()], vec!["p".to_string()])
            );
            let other = json!({"id": "other", "name": "n", "description": "", "created_at": NOW});
            let mut all = vec![other];
            if let Some(own) = made.get(one) {
                all.push(own.clone());
                all[1]["id"] = "own".into();
            }
            Reply::Raw(200, DATE, json!({ several: all }).to_string())
        }
    };
    let (network, router) = ("POST /v2.0/networks", "POST /v2.0/routers");
    let spec = NetworkSpec { name: "n".to_string(), cidr: None, provider: None };
    let world = losing(network, true, list("network", "networks")).await;
    assert_eq!(world.cloud.create_network(&spec).await.unwrap().id, "own");
    let world = losing(network, false, list("network", "networks")).await;
    let error = world.cloud.create_network(&spec).await.unwrap_err();
    assert_eq!((error.maybe, count(&world, network)), (true, 2));
    let looked =
        "for a network with this call's marker, 3 times over 12 s: found none; sent again, without an answer";
    let looked = looked.to_string();
    assert_eq!(error.facts[0], ("looked", looked));

    let spec = RouterSpec { name: "n".to_string(), external: None, networks: Vec::new() };
    let world = losing(router, true, list("router", "routers")).await;
    assert_eq!(world.cloud.create_router(&spec).await.unwrap().id, "own");
    let world = losing(router, false, list("router", "routers")).await;
    let error = world.cloud.create_router(&spec).await.unwrap_err();
    assert_eq!((error.maybe, count(&world, router)), (true, 2));
}

#[tokio::test]
async fn a_network_is_made_where_descriptions_are_not_known() {
    let world = world(&["network"], None, |seen| match seen.body["network"].get("description") {
        Some(_) => refused(400, "HTTPBadRequest", "Unrecognized attribute(s) 'description'"),
        None => Reply::Json(201, json!({"network": {"id": "n", "name": "net"}})),
    })
    .await;
    let spec = NetworkSpec { name: "net".to_string(), cidr: None, provider: None };
    assert_eq!(world.cloud.create_network(&spec).await.unwrap().id, "n");
    assert_eq!(count(&world, "POST /v2.0/networks"), 2);
}

#[tokio::test]
async fn a_lost_rule_and_a_lost_attachment_are_looked_for() {
    let rule = Rule {
        protocol: Some("tcp".to_string()),
        ports: Some((80, 80)),
        cidr: Some("0.0.0.0/0".to_string()),
        ..Rule::default()
    };
    let list = |_: &Seen, made: &Json| {
        let rules: Vec<&Json> = made.get("security_group_rule").into_iter().collect();
        ok(json!({"security_group": {"id": "g", "name": "web", "security_group_rules": rules}}))
    };
    let world = losing("POST /v2.0/security-group-rules", true, list).await;
    world.cloud.authorize("g", &rule).await.unwrap();
    let world = losing("POST /v2.0/security-group-rules", false, list).await;
    assert!(world.cloud.authorize("g", &rule).await.unwrap_err().maybe);
    assert_eq!(count(&world, "POST /v2.0/security-group-rules"), 2);

    let attach = "POST /v2.1/servers/s/os-volume_attachments";
    let list = |_: &Seen, made: &Json| {
        let all: Vec<&Json> = made.get("volumeAttachment").into_iter().collect();
        ok(json!({"volumeAttachments": all}))
    };
    let world = losing(attach, true, list).await;
    world.cloud.attach("s", "v", Some("/dev/vdb")).await.unwrap();
    assert_eq!(world.bodies(attach), [json!({"volumeAttachment": {"volumeId": "v", "device": "/dev/vdb"}})]);
    let world = losing(attach, false, list).await;
    assert!(world.cloud.attach("s", "v", None).await.unwrap_err().maybe);
    assert_eq!(count(&world, attach), 2);
}

#[tokio::test]
async fn a_lost_key_pair_tells_that_its_private_half_is_lost() {
    let show = |seen: &Seen, made: &Json| {
        assert_eq!(seen.line, "GET /v2.1/os-keypairs/ops");
        match made.is_null() {
            true => Reply::Json(404, json!({"itemNotFound": {"code": 404, "message": "none"}})),
            false => {
                let key = made["keypair"].get("public_key").cloned().unwrap_or("ssh-rsa MADE".into());
                ok(json!({"keypair": {"name": "ops", "public_key": key}}))
            }
        }
    };
    let create = "POST /v2.1/os-keypairs";
    let world = losing(create, true, show).await;
    let taken: Keypair = world.cloud.create_keypair("ops", Some("ssh-rsa MINE\n")).await.unwrap();
    assert_eq!(taken.public_key.as_deref(), Some("ssh-rsa MINE"));
    let world = losing(create, true, show).await;
    let error = world.cloud.create_keypair("ops", None).await.unwrap_err();
    assert_eq!((error.kind, error.maybe, error.exists.len()), (Kind::Network, true, 1));
    assert_eq!(
        error.help.as_deref(),
        Some("run `rhain --cloud lab -e 'delete(keypair(\"ops\"))'` before trying again")
    );
    let world = losing(create, false, show).await;
    let error = world.cloud.create_keypair("ops", None).await.unwrap_err();
    assert_eq!((error.maybe, error.exists.len(), count(&world, create)), (true, 0, 2));
}

#[tokio::test]
async fn a_network_whose_subnet_is_refused_is_taken_back() {
    let world = world(&["network"], None, |seen| match seen.line.as_str() {
        "POST /v2.0/networks" => Reply::Json(201, json!({"network": {"id": "n", "name": "net"}})),
        "POST /v2.0/subnets" => refused(400, "InvalidInput", "no range"),
        "DELETE /v2.0/networks/n" => Reply::Raw(204, "", String::new()),
        other => panic!("{other}"),
    })
    .await;
    let spec = NetworkSpec { name: "net".to_string(), cidr: Some("10.0.0.0/44".to_string()), provider: None };
    let error = world.cloud.create_network(&spec).await.unwrap_err();
    assert_eq!(
        (error.kind, error.answer.as_deref(), error.exists.len()),
        (Kind::InvalidArgument, Some("no range"), 0)
    );
    assert_eq!(world.lines(), ["POST /v2.0/networks", "POST /v2.0/subnets", "DELETE /v2.0/networks/n"]);
}

#[tokio::test]
async fn a_network_whose_subnet_is_lost_is_told() {
    let world = world(&["network"], None, |seen| match seen.line.as_str() {
        "POST /v2.0/networks" => Reply::Json(201, json!({"network": {"id": "n", "name": "net"}})),
        "POST /v2.0/subnets" => Reply::Reset,
        "GET /v2.0/subnets" => ok(json!({"subnets": []})),
        other => panic!("{other}"),
    })
    .await;
    let spec = NetworkSpec { name: "net".to_string(), cidr: Some("10.0.0.0/24".to_string()), provider: None };
    let error = world.cloud.create_network(&spec).await.unwrap_err();
    assert_eq!((error.kind, error.maybe, error.exists.len()), (Kind::Network, true, 1));
    assert_eq!(count(&world, "POST /v2.0/subnets"), 2);
}

#[tokio::test]
async fn a_router_joins_every_subnet_or_is_taken_back() {
    let joined = Arc::new(AtomicUsize::new(0));
    let counter = joined.clone();
    let world = world(&["network"], None, move |seen| match seen.line.as_str() {
        "GET /v2.0/subnets" => {
            ok(json!({"subnets": [{"id": "s1", "network_id": "n"}, {"id": "s2", "network_id": "n"},
            {"id": "s3", "network_id": "elsewhere"}]}))
        }
        "POST /v2.0/routers" => {
            Reply::Json(201, json!({"router": {"id": "r", "name": "edge", "status": "ACTIVE"}}))
        }
        "PUT /v2.0/routers/r/add_router_interface" if seen.body["subnet_id"] == "s1" => {
            ok(json!({"port_id": "p1"}))
        }
        "PUT /v2.0/routers/r/add_router_interface" => refused(400, "BadRequest", "no gateway"),
        "DELETE /v2.0/routers/r" if counter.fetch_add(1, Ordering::Relaxed) == 0 => {
            refused(409, "RouterInUse", "ports")
        }
        "DELETE /v2.0/routers/r" => Reply::Raw(204, "", String::new()),
        "GET /v2.0/ports" => ok(json!({"ports": [{"id": "p1", "device_owner": "network:router_interface"},
            {"id": "gw", "device_owner": "network:router_gateway"}]})),
        "PUT /v2.0/routers/r/remove_router_interface" => ok(json!({"port_id": seen.body["port_id"]})),
        other => panic!("{other}"),
    })
    .await;
    let spec = RouterSpec { name: "edge".to_string(), external: None, networks: vec!["n".to_string()] };
    let error = world.cloud.create_router(&spec).await.unwrap_err();
    assert_eq!((error.kind, error.exists.len()), (Kind::InvalidArgument, 0));
    assert_eq!(world.bodies("PUT /v2.0/routers/r/remove_router_interface"), [json!({"port_id": "p1"})]);
    assert_eq!(joined.load(Ordering::Relaxed), 2);
}

fn a_server() -> rhain::cloud::Server {
    let body = json!({"id": "s", "name": "web", "status": "ACTIVE"});
    rhain::provider::openstack::nova::server::decode(&body, &"lab".into(), super::scripted::time(0.0))
        .unwrap()
}

fn an_ip() -> PublicIp {
    let body = json!({"id": "f", "floating_ip_address": "203.0.113.9", "floating_network_id": "public"});
    rhain::provider::openstack::neutron::floating_ip::decode(&body, &"lab".into()).unwrap()
}

#[tokio::test]
async fn an_address_leads_to_the_first_port_that_it_reaches() {
    let looks = Arc::new(AtomicUsize::new(0));
    let world = world(&["compute", "network"], None, move |seen| match seen.line.as_str() {
        "GET /v2.0/ports" => {
            assert_eq!(told(seen, "device_id"), ["s"]);
            ok(json!({"ports": [
                {"id": "six", "device_id": "s", "device_owner": "compute:nova", "fixed_ips": [{"ip_address": "fd00::5"}]},
                {"id": "far", "device_id": "s", "device_owner": "compute:nova", "fixed_ips": [{"ip_address": "10.0.0.5"}]},
                {"id": "near", "device_id": "s", "device_owner": "compute:nova",
                    "fixed_ips": [{"ip_address": "fd01::5"}, {"ip_address": "10.1.0.5"}]}]}))
        }
        "PUT /v2.0/floatingips/f" if seen.body["floatingip"]["port_id"] == "far" => {
            refused(404, "ExternalGatewayForFloatingIPNotFound", "not reachable")
        }
        "PUT /v2.0/floatingips/f" => ok(json!({"floatingip": {"id": "f"}})),
        // Nova hears of it a moment later.
        "GET /v2.1/servers/s" => {
            let late = looks.fetch_add(1, Ordering::Relaxed) < 2;
            let addresses = if late { json!({}) } else { json!({"n": [{"addr": "203.0.113.9", "version": 4}]}) };
            ok(json!({"server": {"id": "s", "status": "ACTIVE", "addresses": addresses}}))
        }
        other => panic!("{other}"),
    })
    .await;
    world.cloud.associate_ip(&a_server(), &an_ip()).await.unwrap();
    let sent = world.bodies("PUT /v2.0/floatingips/f");
    assert_eq!(
        sent,
        [
            json!({"floatingip": {"port_id": "far"}}),
            json!({"floatingip": {"port_id": "near", "fixed_ip_address": "10.1.0.5"}})
        ]
    );
    assert_eq!(count(&world, "GET /v2.1/servers/s"), 3);
}

#[tokio::test]
async fn which_server_an_address_leads_to_is_one_question_for_all() {
    let world = world(&["network"], None, |seen| match seen.line.as_str() {
        "GET /v2.0/floatingips" => ok(json!({"floatingips": [
            {"id": "1", "floating_ip_address": "203.0.113.1", "port_id": "p1", "floating_network_id": "out"},
            {"id": "2", "floating_ip_address": "203.0.113.2", "port_id": "p2", "floating_network_id": "out"},
            {"id": "3", "floating_ip_address": "203.0.113.3", "port_id": null, "floating_network_id": "hidden"}]})),
        "GET /v2.0/ports" => {
            assert_eq!(told(seen, "id"), ["p1", "p2"]);
            ok(json!({"ports": [{"id": "p1", "device_id": "s", "device_owner": "compute:az"},
                {"id": "p2", "device_id": "lb", "device_owner": "neutron:LOADBALANCERV2"}]}))
        }
        "GET /v2.0/networks" => ok(json!({"networks": [{"id": "out", "name": "public"}]})),
        other => panic!("{other}"),
    })
    .await;
    let all = world.cloud.list(Noun::PublicIp, &Filter::default()).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|one| match one {
            Resource::PublicIp(ip) => (ip.address.clone(), ip.server.clone(), ip.pool.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let some = |text: &str| Some(text.to_string());
    assert_eq!(
        told,
        [
            ("203.0.113.1".to_string(), some("s"), some("public")),
            ("203.0.113.2".to_string(), None, some("public")),
            ("203.0.113.3".to_string(), None, some("hidden")),
        ]
    );
    assert_eq!(world.lines().len(), 3);
    let of = Filter { server: some("s"), limit: Some(1), ..Filter::default() };
    assert_eq!(world.cloud.list(Noun::PublicIp, &of).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_let_through_cannot_be_revoked() {
    let world = world(&["network"], None, |seen| match seen.line.as_str() {
        "GET /v2.0/security-groups/g" => ok(json!({"security_group": {"id": "g", "name": "web", "security_group_rules": [
            {"id": "r1", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80,
                "remote_ip_prefix": "10.0.0.0/8"},
            {"id": "r2", "direction": "egress", "ethertype": "IPv4"}]}})),
        "DELETE /v2.0/security-group-rules/r1" => Reply::Raw(204, "", String::new()),
        other => panic!("{other}"),
    })
    .await;
    let web = |cidr: &str| Rule {
        protocol: Some("tcp".to_string()),
        ports: Some((80, 80)),
        cidr: Some(cidr.to_string()),
        ..Rule::default()
    };
    let error = world.cloud.revoke("g", &web("0.0.0.0/0")).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str(), error.help.as_deref()),
        (
            Kind::NotFound,
            "`web` does not let `tcp 80 from 0.0.0.0/0` through",
            Some("choose one of its rules: `tcp 80 from 10.0.0.0/8`")
        )
    );
    world.cloud.revoke("g", &web("10.0.0.0/8")).await.unwrap();
    assert_eq!(count(&world, "DELETE /v2.0/security-group-rules/r1"), 1);
}

#[tokio::test]
async fn limits_of_services_that_are_not_there_are_untold() {
    let nova = |seen: &Seen| match seen.line.as_str() {
        "GET /v2.1/limits" => {
            ok(json!({"limits": {"absolute": {"maxTotalInstances": 7, "maxTotalKeypairs": 100}}}))
        }
        "GET /v2.1/os-keypairs" => {
            ok(json!({"keypairs": [{"keypair": {"name": "a"}}, {"keypair": {"name": "b"}}]}))
        }
        "GET /v2.0/quotas/p/details.json" => refused(404, "HTTPNotFound", "none"),
        "GET /v2.0/quotas/p" => ok(json!({"quota": {"floatingip": 50, "port": -1}})),
        other => panic!("{other}"),
    };
    let alone = world(&["compute"], None, nova).await;
    let limits = alone.cloud.limits().await.unwrap();
    assert_eq!((limits["servers"], limits["volumes"], limits["public_ips"]), (Some(7), None, None));
    assert_eq!((limits["keypairs"], limits["keypairs_used"]), (Some(100), Some(2)));
    let old = world(&["compute", "network"], None, nova).await;
    let limits = old.cloud.limits().await.unwrap();
    assert_eq!((limits["public_ips"], limits["public_ips_used"], limits["ports"]), (Some(50), None, None));
}
