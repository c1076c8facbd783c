//! Whole operations of the driver, against a server that answers from a script.

use crate::openstack::scripted::{Reply, Seen, World, ok, world};
use rhain::cloud::ports::Clock;
use rhain::cloud::server::{BootSpec, Nic, Nics};
use rhain::cloud::traits::*;
use rhain::cloud::{Action, Filter, Holder, Kind, MARKER, NameMatch, RestCall, Secret, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

const ALL: [&str; 3] = ["compute", "image", "network"];

fn spec(name: &str) -> BootSpec {
    BootSpec {
        name: name.to_string(),
        image: Some("i".to_string()),
        flavor: "1".to_string(),
        marker: "m-1".to_string(),
        ..BootSpec::default()
    }
}

fn described(id: &str, name: &str, marker: Option<&str>) -> Json {
    let mut one = json!({"id": id, "name": name, "status": "BUILD", "metadata": {"role": "web"}, "flavor": {"id": "1"}});
    if let Some(marker) = marker {
        one["metadata"][MARKER] = json!(marker);
    }
    one
}

fn refused(status: u16, name: &str, words: &str) -> Reply {
    Reply::Json(status, json!({name: {"code": status, "message": words}}))
}

fn posts(world: &World) -> usize {
    world.lines().iter().filter(|line| *line == "POST /v2.1/servers").count()
}

#[tokio::test]
async fn a_boot_is_asked_for_once_and_read_again_once() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "POST /v2.1/servers" => Reply::Json(202, json!({"server": {"id": "s1", "adminPass": "told-once"}})),
        "GET /v2.1/servers/s1" => ok(json!({"server": described("s1", "web", Some("m-1"))})),
        other => panic!("{other}"),
    })
    .await;
    let servers = world.cloud.boot(&spec("web")).await.unwrap();
    let one = &servers[0];
    assert_eq!((servers.len(), one.name.as_str(), one.status.as_str()), (1, "web", "BUILD"));
    assert_eq!(one.admin_pass.as_ref().map(Secret::reveal), Some("told-once"));
    assert_eq!(
        one.meta,
        BTreeMap::from([("role".to_string(), "web".to_string())]),
        "the marker is not shown"
    );
    assert_eq!(world.lines(), ["POST /v2.1/servers", "GET /v2.1/servers/s1"]);
    assert_eq!(world.seen.lock().unwrap()[0].version.as_deref(), Some("compute 2.46"));
}

#[tokio::test]
async fn a_boot_that_cannot_be_read_again_was_made_all_the_same() {
    let world = world(&ALL, None, |seen| match seen.line.as_str() {
        "POST /v2.1/servers" => Reply::Json(202, json!({"server": {"id": 77}})),
        _ => refused(403, "forbidden", "no"),
    })
    .await;
    let servers = world.cloud.boot(&spec("web")).await.unwrap();
    assert_eq!(
        (servers[0].id.as_str(), servers[0].name.as_str(), servers[0].status.as_str()),
        ("77", "web", "BUILD")
    );
    assert_eq!(world.seen.lock().unwrap()[0].version, None);
}

/// A cloud that breaks the connection of a boot, and shows its server from the look of this number on.
async fn losing(reply: fn() -> Reply, shown_from: usize) -> World {
    let looks = AtomicUsize::new(0);
    world(&ALL, Some("2.104"), move |seen| match seen.line.as_str() {
        "POST /v2.1/servers" => reply(),
        "GET /v2.1/servers/detail" => {
            let mut servers = vec![described("other", "web", Some("m-0")), described("twin", "web", None)];
            if looks.fetch_add(1, Ordering::SeqCst) + 1 >= shown_from {
                servers.push(described("mine", "web", Some("m-1")));
            }
            ok(json!({ "servers": servers }))
        }
        other => panic!("{other}"),
    })
    .await
}

#[tokio::test]
async fn an_unanswered_boot_is_looked_up_and_never_repeated() {
    for reply in [
        || Reply::Reset,
        || Reply::Raw(504, "", "<html>Gateway Time-out</html>".to_string()),
        || Reply::Raw(502, "", String::new()),
        || refused(500, "computeFault", "Unexpected API Error."),
        || Reply::Raw(503, "Retry-After: 1\r\n", String::new()),
        || Reply::Raw(202, "", String::new()),
        || Reply::Raw(202, "", "<html>accepted</html>".to_string()),
        || Reply::Json(202, json!({"server": {}})),
    ] {
        let world = losing(reply, 2).await;
        let servers = world.cloud.boot(&spec("web")).await.unwrap();
        assert_eq!((servers[0].id.as_str(), posts(&world)), ("mine", 1));
        assert_eq!(world.clock.elapsed().as_secs(), 6, "the second look is after 2 and 4 seconds");
    }
}

#[tokio::test]
async fn a_boot_that_is_not_found_again_says_what_is_known() {
    let world = losing(|| Reply::Reset, 99).await;
    let error = world.cloud.boot(&spec("we\"b")).await.unwrap_err();
    assert_eq!(
        (error.kind, error.maybe, error.is_retryable(), posts(&world)),
        (Kind::Network, true, false, 2)
    );
    assert_eq!(error.to_string(), "lab stopped answering while `boot` was being sent");
    let looked =
        "for a server with this run's marker, 3 times over 12 s: found none; sent again, without an answer";
    let looked = looked.to_string();
    assert!(error.facts.contains(&("looked", looked)), "{:?}", error.facts);
    let help = "run `rhain --cloud lab -e 'servers(#{ name: \"we\\\"b\" })'` before trying again";
    assert_eq!(error.help.as_deref(), Some(help));
    assert!(error.request.is_some());
}

#[tokio::test]
async fn a_boot_answered_with_nothing_readable_may_have_been_made() {
    for (reply, kind) in [
        ((|| Reply::Raw(202, "", "<html>accepted</html>".to_string())) as fn() -> Reply, Kind::Protocol),
        (|| refused(500, "computeFault", "Unexpected API Error."), Kind::Unavailable),
        (|| Reply::Raw(503, "Retry-After: 1\r\n", String::new()), Kind::Unavailable),
    ] {
        let world = losing(reply, 99).await;
        let error = world.cloud.boot(&spec("web")).await.unwrap_err();
        assert_eq!((error.kind, error.maybe, error.is_retryable(), posts(&world)), (kind, true, false, 2));
        assert!(error.facts.iter().any(|(name, _)| *name == "looked"), "{:?}", error.facts);
    }
}

#[tokio::test]
async fn what_happens_once_may_have_happened_where_the_answer_does_not_say() {
    for (status, maybe) in [(500, true), (502, true), (503, true), (504, true), (409, false), (501, false)] {
        let world =
            world(&ALL, Some("2.104"), move |_| Reply::Raw(status, "", "<html>gateway</html>".into())).await;
        let act = world.cloud.act("s", &Action::Reboot { hard: true }).await.unwrap_err();
        let image = world.cloud.snapshot_server("s", "n", &BTreeMap::new(), false).await.unwrap_err();
        // Each was sent once; the image was looked for where it may be.
        let sent = world.lines().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!((act.maybe, image.maybe, sent), (maybe, maybe, 2), "{status}");
        let read = world.cloud.server("s").await.unwrap_err();
        assert!(!read.maybe, "{status}: a read changes nothing");
    }
    let world = world(&ALL, Some("2.104"), |_| Reply::Raw(202, "", String::new())).await;
    let image = world.cloud.snapshot_server("s", "n", &BTreeMap::new(), false).await.unwrap_err();
    assert_eq!((image.kind, image.maybe), (Kind::Protocol, true));
}

#[tokio::test]
async fn a_refused_boot_is_not_looked_for() {
    let world = world(&ALL, Some("2.104"), |_| {
        refused(403, "forbidden", "Quota exceeded for cores: Requested 8, but already used 96 of 100 cores")
    })
    .await;
    let error = world.cloud.boot(&spec("web")).await.unwrap_err();
    assert_eq!((error.kind, error.maybe, error.status), (Kind::OverQuota, false, Some(403)));
    assert_eq!(error.to_string(), "no quota left for cores");
    assert_eq!((error.code.as_deref(), error.request_id.as_deref()), (Some("forbidden"), Some("req-7")));
    assert_eq!(world.lines(), ["POST /v2.1/servers"]);
    assert_eq!(error.request.as_ref().map(|request| request.path.as_str()), Some("/v2.1/servers"));
}

#[tokio::test]
async fn where_metadata_is_full_the_marker_stays_away() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "POST /v2.1/servers" if seen.body["server"]["metadata"].get(MARKER).is_some() => {
            refused(403, "forbidden", "Maximum number of metadata items exceeds 1")
        }
        "POST /v2.1/servers" => Reply::Json(202, json!({"server": {"id": "s"}})),
        _ => ok(json!({"server": described("s", "web", None)})),
    })
    .await;
    assert_eq!(world.cloud.boot(&spec("web")).await.unwrap()[0].id, "s");
    assert_eq!(posts(&world), 2);
}

#[tokio::test]
async fn many_are_one_request_in_the_order_of_their_names() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "POST /v2.1/servers" => Reply::Json(202, json!({"reservation_id": "r-1"})),
        "GET /v2.1/servers/detail" => {
            assert_eq!(seen.query, "reservation_id=r-1");
            let names = [
                "web-10",
                "web-2",
                "3f0c-uuid",
                "web-1",
                "web-9",
                "web-3",
                "web-4",
                "web-5",
                "web-6",
                "web-7",
            ];
            ok(json!({"servers": names.map(|name| described(&format!("id-{name}"), name, None))}))
        }
        "PUT /v2.1/servers/id-3f0c-uuid" => ok(json!({"server": {"id": "x"}})),
        other => panic!("{other}"),
    })
    .await;
    let servers = world.cloud.boot(&BootSpec { count: Some(10), ..spec("web") }).await.unwrap();
    let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    // The one that the cloud named by its id gets the number that is missing.
    let expected: Vec<String> = (1..=10).map(|n| format!("web-{n}")).collect();
    assert_eq!(names, expected);
    assert_eq!(servers[7].id, "id-3f0c-uuid");
    assert_eq!(world.bodies("PUT /v2.1/servers/id-3f0c-uuid"), [json!({"server": {"name": "web-8"}})]);
}

#[tokio::test]
async fn fewer_than_were_asked_for_is_an_error_that_names_what_exists() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "POST /v2.1/servers" => Reply::Json(202, json!({"reservation_id": "r-1"})),
        _ => ok(json!({"servers": [described("a", "web-1", None)]})),
    })
    .await;
    let error = world.cloud.boot(&BootSpec { count: Some(2), ..spec("web") }).await.unwrap_err();
    assert_eq!((error.kind, error.exists.len(), error.maybe), (Kind::Protocol, 1, true));
}

fn page(seen: &Seen) -> Reply {
    let link = |marker: &str| json!([{"rel": "next", "href": format!("http://inner/proxy/v2.1/servers/detail?marker={marker}")}]);
    let all = |ids: &[&str]| -> Vec<Json> { ids.iter().map(|id| described(id, id, None)).collect() };
    ok(match seen.query.as_str() {
        "" => json!({"servers": all(&["a", "b"]), "servers_links": link("b")}),
        "marker=b" => json!({"servers": all(&["b", "c"]), "servers_links": link("c")}),
        // The last page names itself.
        "marker=c" => json!({"servers": all(&["c", "d"]), "servers_links": link("d")}),
        "marker=d" => json!({"servers": all(&["c", "d"]), "servers_links": link("d")}),
        other => panic!("{other}"),
    })
}

#[tokio::test]
async fn every_page_is_read_once_and_nothing_twice() {
    let world = world(&ALL, Some("2.104"), page).await;
    let servers = world.cloud.servers(&Filter::default()).await.unwrap();
    let ids: Vec<&str> = servers.iter().map(|server| server.id.as_str()).collect();
    assert_eq!((ids, world.lines().len()), (vec!["a", "b", "c", "d"], 4));
    let glob = Filter { name: Some(NameMatch::Glob("[cd]".to_string())), ..Filter::default() };
    assert_eq!(world.cloud.servers(&glob).await.unwrap().len(), 2, "our side judges what Nova cannot");
}

#[tokio::test]
async fn what_is_missing_is_nothing_and_what_is_wrong_is_an_error() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "GET /v2.1/servers/detail" => ok(json!({"servers": []})),
        "GET /v2.1/servers/locked" | "DELETE /v2.1/servers/locked" => {
            refused(409, "conflictingRequest", "Instance is locked")
        }
        "GET /v2.1/servers/html" => Reply::Raw(200, "", "<html>login page</html>".to_string()),
        _ => refused(404, "itemNotFound", "Instance could not be found."),
    })
    .await;
    let cloud = &world.cloud;
    assert!(cloud.server("nosuch").await.unwrap().is_none());
    assert!(cloud.server("detail").await.unwrap().is_none());
    for id in ["", ".", ".."] {
        assert!(cloud.server(id).await.unwrap().is_none() && !cloud.delete_server(id, true).await.unwrap());
    }
    assert!(cloud.server("a/../b c").await.unwrap().is_none());
    assert!(world.lines().contains(&"GET /v2.1/servers/a%2F..%2Fb%20c".to_string()));
    assert!(!cloud.delete_server("nosuch", false).await.unwrap());
    assert!(!cloud.delete_image("nosuch").await.unwrap());
    assert_eq!(cloud.delete_server("locked", false).await.unwrap_err().kind, Kind::Conflict);
    assert_eq!(cloud.server("html").await.unwrap_err().kind, Kind::Protocol);
    assert_eq!(cloud.act("nosuch", &Action::Start).await.unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_asked_again_and_done() {
    let asked = AtomicUsize::new(0);
    let world = world(&ALL, Some("2.104"), move |_| match asked.fetch_add(1, Ordering::SeqCst) % 2 {
        0 => Reply::Reset,
        _ => refused(404, "itemNotFound", "Instance could not be found."),
    })
    .await;
    let cloud = &world.cloud;
    assert!(cloud.delete_server("s", false).await.unwrap() && cloud.delete_image("i").await.unwrap());
    cloud.delete_meta(&Holder::Server("s".to_string()), "k").await.unwrap();
    assert_eq!(world.lines().len(), 6);
}

#[tokio::test]
async fn metadata_keeps_the_marker_and_deletes_any_key() {
    let stored = json!({"metadata": {MARKER: "m", "a": "1", "x.json": "2"}});
    let world = world(&ALL, Some("2.104"), move |seen| match seen.line.as_str() {
        "GET /v2.1/servers/s/metadata" => ok(stored.clone()),
        "PUT /v2.1/servers/s/metadata" | "POST /v2.1/servers/s/metadata" => ok(seen.body.clone()),
        "DELETE /v2.1/servers/s/metadata/a%20b" => Reply::Raw(204, "", String::new()),
        line if line.starts_with("DELETE") => refused(404, "itemNotFound", "Metadata item was not found"),
        other => panic!("{other}"),
    })
    .await;
    let holder = Holder::Server("s".to_string());
    let cloud = &world.cloud;
    assert_eq!(cloud.meta(&holder).await.unwrap().into_keys().collect::<Vec<_>>(), ["a", "x.json"]);
    let only = BTreeMap::from([("k".to_string(), "v".to_string())]);
    cloud.replace_meta(&holder, &only).await.unwrap();
    assert_eq!(world.bodies("PUT /v2.1/servers/s/metadata"), [json!({"metadata": {"k": "v", MARKER: "m"}})]);
    cloud.delete_meta(&holder, "a b").await.unwrap();
    cloud.delete_meta(&holder, "x.json").await.unwrap();
    assert_eq!(world.bodies("PUT /v2.1/servers/s/metadata")[1], json!({"metadata": {MARKER: "m", "a": "1"}}));
    let missing = cloud.delete_meta(&holder, "z").await.unwrap_err();
    assert_eq!((missing.kind, missing.to_string().as_str()), (Kind::NotFound, "there is no metadata `z`"));
    assert_eq!(missing.help.as_deref(), Some("choose one that is there: `a`, `x.json`"));
    let before = world.lines().len();
    cloud.set_meta(&holder, &BTreeMap::new()).await.unwrap();
    assert_eq!(world.lines().len(), before, "nothing to set sends nothing");
}

#[tokio::test]
async fn an_images_metadata_is_its_properties() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "GET /v2/images/i" => {
            ok(json!({"id": "i", "name": "n", "status": "active", "os_distro": "x", "mine": "1"}))
        }
        "PATCH /v2/images/i" => ok(json!({"id": "i"})),
        other => panic!("{other}"),
    })
    .await;
    let holder = Holder::Image("i".to_string());
    let cloud = &world.cloud;
    assert_eq!(cloud.meta(&holder).await.unwrap().len(), 2);
    cloud.set_meta(&holder, &BTreeMap::from([("k".to_string(), "v".to_string())])).await.unwrap();
    cloud.delete_meta(&holder, "mine").await.unwrap();
    cloud.replace_meta(&holder, &BTreeMap::from([("mine".to_string(), "2".to_string())])).await.unwrap();
    assert_eq!(
        world.bodies("PATCH /v2/images/i"),
        [
            json!([{"op": "add", "path": "/k", "value": "v"}]),
            json!([{"op": "remove", "path": "/mine"}]),
            json!([{"op": "remove", "path": "/os_distro"}, {"op": "add", "path": "/mine", "value": "2"}]),
        ]
    );
    assert_eq!(cloud.delete_meta(&holder, "name").await.unwrap_err().kind, Kind::NotFound);
    let own = BTreeMap::from([("status".to_string(), "x".to_string())]);
    assert_eq!(cloud.set_meta(&holder, &own).await.unwrap_err().kind, Kind::InvalidArgument);
}

#[tokio::test]
async fn without_glance_images_are_asked_of_nova() {
    let world = world(&["compute"], Some("2.104"), |seen| {
        assert_eq!(seen.version.as_deref(), Some("compute 2.35"));
        match seen.line.as_str() {
            "GET /v2.1/images/detail" => {
                ok(json!({"images": [{"id": 52, "name": "old", "status": "ACTIVE", "minDisk": 1, "metadata": {"k": "v"}}]}))
            }
            "GET /v2.1/images/52" => ok(json!({"image": {"id": 52, "name": "old", "status": "ACTIVE"}})),
            "POST /v2.1/images/52/metadata" => ok(seen.body.clone()),
            "DELETE /v2.1/images/52" => Reply::Raw(204, "", String::new()),
            other => panic!("{other}"),
        }
    })
    .await;
    let cloud = &world.cloud;
    let images = cloud.images(&Filter::default()).await.unwrap();
    assert_eq!((images[0].id.as_str(), images[0].min_disk, images[0].meta.len()), ("52", 1, 1));
    assert!(cloud.image("52").await.unwrap().is_some() && cloud.delete_image("52").await.unwrap());
    let items = BTreeMap::from([("a".to_string(), "b".to_string())]);
    cloud.set_meta(&Holder::Image("52".to_string()), &items).await.unwrap();
    // Without Neutron too, a network is taken for an id.
    assert!(world.lines().iter().all(|line| line.contains("/v2.1/")));
}

#[tokio::test]
async fn networks_are_found_by_name_before_anything_is_made() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "GET /v2.0/networks" => {
            let all = [("1", "private"), ("2", "twin"), ("3", "twin")];
            let wanted = seen.query.strip_prefix("name=").map(|rest| rest.split('&').next().unwrap());
            let found = all.iter().filter(|(_, name)| wanted.is_none_or(|wanted| wanted == *name));
            ok(json!({"networks": found.map(|(id, name)| json!({"id": id, "name": name})).collect::<Vec<_>>()}))
        }
        "POST /v2.1/servers" => Reply::Json(202, json!({"server": {"id": "s"}})),
        _ => ok(json!({"server": described("s", "web", None)})),
    })
    .await;
    let on = |name: &str| BootSpec {
        networks: Nics::These(vec![Nic { network: Some(name.to_string()), ..Nic::default() }]),
        ..spec("web")
    };
    world.cloud.boot(&on("private")).await.unwrap();
    assert_eq!(world.bodies("POST /v2.1/servers")[0]["server"]["networks"], json!([{"uuid": "1"}]));
    assert_eq!(world.cloud.boot(&on("twin")).await.unwrap_err().kind, Kind::Ambiguous);
    let missing = world.cloud.boot(&on("privte")).await.unwrap_err();
    assert_eq!((missing.kind, missing.label.as_deref()), (Kind::NotFound, Some("closest: `private`")));
    assert_eq!((missing.cloud.as_deref(), posts(&world)), (Some("lab"), 1));
}

#[tokio::test]
async fn a_snapshot_is_named_by_body_or_header() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "POST /v2.1/servers/new/action" => Reply::Json(202, json!({"image_id": "i-1"})),
        "POST /v2.1/servers/old/action" => {
            Reply::Raw(202, "Location: http://c:9292//images/i-2\r\n", String::new())
        }
        _ => Reply::Raw(202, "", String::new()),
    })
    .await;
    let none = BTreeMap::new();
    assert_eq!(world.cloud.snapshot_server("new", "n", &none, false).await.unwrap(), "i-1");
    assert_eq!(world.cloud.snapshot_server("old", "n", &none, false).await.unwrap(), "i-2");
    assert_eq!(world.cloud.snapshot_server("odd", "n", &none, false).await.unwrap_err().kind, Kind::Protocol);
}

#[tokio::test]
async fn another_kind_of_console_is_tried() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.body["remote_console"]["protocol"].as_str() {
        Some("spice") => ok(json!({"remote_console": {"url": "http://spice"}})),
        _ => refused(400, "badRequest", "Unavailable console type novnc."),
    })
    .await;
    assert_eq!(world.cloud.console_url("s").await.unwrap().as_deref(), Some("http://spice"));
}

#[tokio::test]
async fn any_call_gives_its_decoded_body() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "GET /v2.1/servers" => ok(json!({"query": seen.query})),
        "DELETE /v2.0/ports/p" => Reply::Raw(204, "", String::new()),
        "GET /v2/text" => Reply::Raw(200, "", "plain".to_string()),
        _ => refused(404, "itemNotFound", "no"),
    })
    .await;
    let cloud = &world.cloud;
    let Value::Map(map) =
        cloud.api(&RestCall::new("compute", "get", "servers?limit=1&name=a%20b")).await.unwrap()
    else {
        panic!("a map")
    };
    assert_eq!(map["query"], Value::text("limit=1&name=a+b"));
    assert_eq!(cloud.api(&RestCall::new("network", "DELETE", "/ports/p")).await.unwrap(), Value::Unit);
    assert_eq!(cloud.api(&RestCall::new("image", "GET", "/text")).await.unwrap(), Value::text("plain"));
    assert_eq!(
        cloud.api(&RestCall::new("compute", "GET", "/nosuch")).await.unwrap_err().kind,
        Kind::NotFound
    );
    let error = cloud.api(&RestCall::new("compute", "FETCH", "/x")).await.unwrap_err();
    assert_eq!((error.kind, world.lines().len()), (Kind::InvalidArgument, 4));
}

#[tokio::test]
async fn any_call_takes_a_microversion_and_headers() {
    let world = world(&ALL, Some("2.104"), |_| Reply::Raw(200, "", "x".to_string())).await;
    let headers = vec![
        ("content-type".to_string(), Secret::new("application/openstack-images-v2.1-json-patch")),
        ("X-Own".to_string(), Secret::new("1")),
    ];
    let call = RestCall {
        body: Some(json!([{"op": "replace", "path": "/name", "value": "y"}])),
        microversion: Some("2.79".to_string()),
        headers,
        ..RestCall::new("compute", "PATCH", "/x")
    };
    world.cloud.api(&call).await.unwrap();
    let seen = world.seen.lock().unwrap();
    let one = seen.iter().find(|seen| seen.line == "PATCH /v2.1/x").expect("sent");
    let header = |name: &str| one.headers.get(name).map(String::as_str);
    assert_eq!(header("content-type"), Some("application/openstack-images-v2.1-json-patch"));
    assert_eq!(header("openstack-api-version"), Some("compute 2.79"));
    assert_eq!(header("x-own"), Some("1"));
    assert_eq!(seen.iter().filter(|seen| seen.line == "GET /v2.1/").count(), 0, "its range is not asked for");
}

#[tokio::test]
async fn what_a_cloud_echoes_of_our_secrets_is_hidden() {
    let world =
        world(&ALL, Some("2.104"), |_| refused(400, "badRequest", "bad password planted-password given"))
            .await;
    let error = world.cloud.act("s", &Action::Start).await.unwrap_err();
    assert!(!format!("{error:?}").contains("planted-password"), "{error:?}");
}

#[tokio::test]
async fn what_a_request_carries_in_secret_is_hidden_in_what_comes_back() {
    // The cloud says the whole request back: as text, as a code, and as a quota.
    let world = world(&ALL, Some("2.50"), |seen| {
        let said = seen.body.to_string();
        Reply::Json(
            403,
            json!({"NeutronError": {"type": said, "message": format!("Quota exceeded for {said}.")}}),
        )
    })
    .await;
    let pass = world.cloud.act("s", &Action::SetPassword(Secret::new("new \"pass\" 1"))).await.unwrap_err();
    let boot = BootSpec {
        user_data: Some(b"#!/bin/sh token=abc".to_vec()),
        files: vec![("/etc/key".to_string(), b"in the file".to_vec())],
        ..spec("web")
    };
    let boot = world.cloud.boot(&boot).await.unwrap_err();
    let meta = BTreeMap::from([
        ("db_password".to_string(), "meta-pw".to_string()),
        ("has_secret".to_string(), "true".to_string()),
    ]);
    let meta = world.cloud.set_meta(&Holder::Server("s".to_string()), &meta).await.unwrap_err();
    assert!(meta.answer.as_ref().is_some_and(|words| words.contains("true")), "{meta:?}");
    for (error, secrets) in [
        (pass, vec!["pass\" 1", "pass\\\" 1"]),
        (boot, vec!["IyEvYmluL3No", "aW4gdGhlIGZpbGU"]),
        (meta, vec!["meta-pw"]),
    ] {
        let told = format!("{error} {:?} {:?} {:?}", error.answer, error.code, error.request);
        assert!(told.contains(rhain::wire::mask::MASK), "{told}");
        for secret in secrets {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
}

#[tokio::test]
async fn a_password_that_a_machine_left_is_read() {
    let world = world(&ALL, Some("2.104"), |seen| match seen.line.as_str() {
        "GET /v2.1/servers/full/os-server-password" => ok(json!({"password": "c2VjcmV0"})),
        "GET /v2.1/servers/none/os-server-password" => ok(json!({"password": ""})),
        _ => ok(json!({})),
    })
    .await;
    assert_eq!(world.cloud.password_data("full").await.unwrap().as_deref(), Some("c2VjcmV0"));
    assert_eq!(world.cloud.password_data("none").await.unwrap(), None);
    assert_eq!(world.cloud.password_data("odd").await.unwrap_err().kind, Kind::Protocol);
}

#[tokio::test]
async fn a_stack_without_a_status_is_not_left_out_of_a_list() {
    let world = world(&["orchestration"], None, |_| {
        ok(json!({"stacks": [{"id": "1", "stack_name": "a", "stack_status": "CREATE_COMPLETE"}, {"id": "2", "stack_name": "b"}]}))
    })
    .await;
    let error = world.cloud.stacks(&Filter::default()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Protocol, "{error}");
    assert!(error.to_string().contains("one of its stacks has no status"), "{error}");
}
