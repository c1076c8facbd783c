//! The life of a server: states and tasks over virtual time, what is refused in which, quotas, names, lists.

use serde_json::{Value, json};

use super::client::Client;

/// Status and task.
fn state(server: &Value) -> (String, Option<String>) {
    let task = server["OS-EXT-STS:task_state"].as_str().map(str::to_owned);
    (server["status"].to_string().trim_matches('"').to_owned(), task)
}

fn is(status: &str, task: Option<&str>) -> (String, Option<String>) {
    (status.to_owned(), task.map(str::to_owned))
}

#[tokio::test]
async fn a_server_is_built_in_steps_and_time_stands_still_between_them() {
    let cloud = Client::start().await;
    let made = cloud.create(json!({"name": "Web 1", "metadata": {"role": "web"}})).await;
    let id = made.body["server"]["id"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        assert_eq!(state(&cloud.server(&id).await), is("BUILD", Some("scheduling")));
    }
    let building = cloud.server(&id).await;
    assert_eq!(building["addresses"], json!({}));
    assert_eq!(building["hostId"], "");
    cloud.pass(450);
    assert_eq!(state(&cloud.server(&id).await), is("BUILD", Some("spawning")));
    cloud.pass(1049);
    assert_eq!(state(&cloud.server(&id).await), is("BUILD", Some("spawning")));
    cloud.pass(1);
    let active = cloud.server(&id).await;
    assert_eq!(state(&active), is("ACTIVE", None));
    assert_eq!(active["addresses"]["private"][0]["addr"], "10.11.0.2");
    assert_eq!(active["OS-EXT-STS:power_state"], 1);
    assert_eq!(active["metadata"], json!({"role": "web"}));
    assert_eq!(active["security_groups"], json!([{"name": "default"}]));
}

#[tokio::test]
async fn every_action_leads_where_it_should() {
    let cloud = Client::start().await;
    let id = cloud.boot(json!({})).await;
    // Action, the task it begins with, the status during it, and the status and power after it.
    let rows = [
        (json!({"reboot": {"type": "SOFT"}}), Some("rebooting"), "REBOOT", "ACTIVE", 1),
        (json!({"reboot": {"type": "HARD"}}), Some("rebooting_hard"), "HARD_REBOOT", "ACTIVE", 1),
        (json!({"resize": {"flavorRef": "2"}}), Some("resize_prep"), "RESIZE", "VERIFY_RESIZE", 1),
        (json!({"revertResize": null}), Some("resize_reverting"), "REVERT_RESIZE", "ACTIVE", 1),
        (json!({"resize": {"flavorRef": "3"}}), Some("resize_prep"), "RESIZE", "VERIFY_RESIZE", 1),
        (json!({"confirmResize": null}), None, "VERIFY_RESIZE", "ACTIVE", 1),
        (json!({"os-stop": null}), Some("powering-off"), "ACTIVE", "SHUTOFF", 4),
        (json!({"resize": {"flavorRef": "2"}}), Some("resize_prep"), "RESIZE", "VERIFY_RESIZE", 4),
        (json!({"confirmResize": null}), None, "VERIFY_RESIZE", "SHUTOFF", 4),
        (json!({"rebuild": {"imageRef": cloud.image}}), Some("rebuilding"), "REBUILD", "SHUTOFF", 4),
        (json!({"os-start": null}), Some("powering-on"), "SHUTOFF", "ACTIVE", 1),
        (json!({"pause": null}), Some("pausing"), "ACTIVE", "PAUSED", 3),
        (json!({"unpause": null}), Some("unpausing"), "PAUSED", "ACTIVE", 1),
        (json!({"suspend": null}), Some("suspending"), "ACTIVE", "SUSPENDED", 7),
        (json!({"resume": null}), Some("resuming"), "SUSPENDED", "ACTIVE", 1),
        (json!({"rescue": null}), Some("rescuing"), "ACTIVE", "RESCUE", 4),
        (json!({"unrescue": null}), Some("unrescuing"), "RESCUE", "ACTIVE", 1),
        (json!({"shelve": null}), Some("shelving"), "ACTIVE", "SHELVED_OFFLOADED", 4),
        (json!({"unshelve": null}), Some("unshelving"), "SHELVED_OFFLOADED", "ACTIVE", 1),
        (json!({"createImage": {"name": "snap"}}), Some("image_snapshot_pending"), "ACTIVE", "ACTIVE", 1),
        (json!({"changePassword": {"adminPass": "x"}}), None, "ACTIVE", "ACTIVE", 1),
    ];
    for (action, task, during, after, power) in rows {
        let done = cloud.act(&id, action.clone()).await;
        assert!((200..300).contains(&done.status), "{action}: {} {}", done.status, done.body);
        assert_eq!(state(&cloud.server(&id).await), is(during, task), "{action}");
        cloud.pass(2000);
        let server = cloud.server(&id).await;
        assert_eq!(state(&server), is(after, None), "{action}");
        assert_eq!(server["OS-EXT-STS:power_state"], power, "{action}");
    }
    assert_eq!(cloud.server(&id).await["flavor"]["id"], "2");
    let images = cloud.get("/image/v2/images?name=snap").await.body;
    assert_eq!(images["images"][0]["status"], "active");
    assert_eq!(images["images"][0]["instance_uuid"], json!(id));
    // The image of the shelved server went when it came back.
    let shelved = cloud.get("/image/v2/images?name=one-shelved").await.body;
    assert_eq!(shelved["images"], json!([]));
}

#[tokio::test]
async fn a_state_refuses_what_does_not_fit_it() {
    let cloud = Client::start().await;
    let id = cloud.boot(json!({})).await;
    for (action, name) in [
        (json!({"os-start": null}), "start"),
        (json!({"unpause": null}), "unpause"),
        (json!({"resume": null}), "resume"),
        (json!({"unrescue": null}), "unrescue"),
        (json!({"unshelve": null}), "unshelve"),
        (json!({"confirmResize": null}), "confirmResize"),
        (json!({"revertResize": null}), "revertResize"),
    ] {
        let refused = cloud.act(&id, action).await;
        assert_eq!(refused.status, 409);
        let words = format!("Cannot '{name}' instance {id} while it is in vm_state active");
        assert_eq!(refused.body, json!({"conflictingRequest": {"code": 409, "message": words}}));
    }
    cloud.act(&id, json!({"os-stop": null})).await;
    let refused = cloud.act(&id, json!({"pause": null})).await;
    assert_eq!(
        refused.message(),
        format!("Cannot 'pause' instance {id} while it is in task_state powering-off")
    );
    let refused = cloud.act(&id, json!({"resize": {"flavorRef": "1"}})).await;
    assert_eq!(refused.status, 409, "the state comes before the flavor: {}", refused.body);
    // A delete is taken in any state, and cancels what was under way.
    let gone = cloud.nova("2.1", "DELETE", &format!("/servers/{id}"), None).await;
    assert_eq!(gone.status, 204);
    assert_eq!(state(&cloud.server(&id).await), is("ACTIVE", Some("deleting")));
    cloud.pass(400);
    assert_eq!(cloud.server(&id).await["status"], 404);
}

#[tokio::test]
async fn a_lock_holds_everyone_but_an_admin() {
    let mut cloud = Client::start().await;
    let id = cloud.boot(json!({})).await;
    let asked = json!({"lock": {"locked_reason": "hands off"}});
    cloud.nova("2.73", "POST", &format!("/servers/{id}/action"), Some(asked)).await;
    let shown = cloud.nova("2.96", "GET", &format!("/servers/{id}"), None).await.body;
    assert_eq!(shown["server"]["locked"], true);
    assert_eq!(shown["server"]["locked_reason"], "hands off");
    for refused in [
        cloud.act(&id, json!({"reboot": {"type": "HARD"}})).await,
        cloud.nova("2.1", "DELETE", &format!("/servers/{id}"), None).await,
    ] {
        assert_eq!(refused.status, 409);
        assert_eq!(refused.message(), format!("Instance {id} is locked"));
    }
    cloud.sign_in("admin").await;
    assert_eq!(cloud.act(&id, json!({"reboot": {"type": "HARD"}})).await.status, 202);
}

#[tokio::test]
async fn a_boot_is_refused_in_novas_words() {
    let cloud = Client::start().await;
    let rows = [
        (
            json!({"flavorRef": "42"}),
            403,
            "Only volume-backed servers are allowed for flavors with zero disk.",
        ),
        (json!({"flavorRef": "nosuch"}), 400, "Flavor nosuch could not be found."),
        (json!({"key_name": "nosuch"}), 400, "Invalid key_name provided."),
        (json!({"availability_zone": "mars"}), 400, "The requested availability zone is not available"),
        (json!({"min_count": 3, "max_count": 2}), 400, "min_count must be <= max_count"),
        (
            json!({"metadata": {"a": 1}}),
            400,
            "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'",
        ),
        (
            json!({"metadata": {"a/b": "c"}}),
            400,
            "Invalid input for field/attribute metadata. Value: {'a/b': 'c'}. 'a/b' does not match any of the \
             regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'",
        ),
        (
            json!({"user_data": "not base64!"}),
            400,
            "Invalid input for field/attribute user_data. Value: not base64!. 'not base64!' is not a 'base64'",
        ),
        (json!({"name": ""}), 400, "Invalid input for field/attribute name. Value: . '' should be non-empty"),
        (
            json!({"personality": [{"path": "/a", "contents": "A".repeat(10_241)}]}),
            403,
            "Personality file content exceeds maximum 10240",
        ),
        (
            json!({"flavorRef": "5", "min_count": 30}),
            403,
            "Quota exceeded for cores, ram: Requested 240, 491520, but already used 0, 0 of 200, 400000 cores, ram",
        ),
    ];
    for (more, status, words) in rows {
        let refused = cloud.create(more).await;
        assert_eq!((refused.status, refused.message()), (status, words));
    }
    let many: Value =
        (0..129).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    let refused = cloud.create(json!({"metadata": many})).await;
    assert_eq!(refused.message(), "Maximum number of metadata items exceeds 128");
    assert!(cloud.sim.journal().is_empty(), "a refused create writes nothing");
}

#[tokio::test]
async fn an_image_may_ask_for_more_than_a_flavor_has() {
    let cloud = Client::start().await;
    let fields = json!({"name": "big", "disk_format": "raw", "container_format": "bare", "min_ram": 1024});
    let image = cloud.send("POST", "/image/v2/images", Some(fields), &[]).await.body;
    let id = image["id"].as_str().unwrap();
    let refused = cloud.create(json!({"imageRef": id})).await;
    assert_eq!(refused.message(), format!("Image {id} is not active."));
    let kind = [("content-type", "application/octet-stream")];
    let path = format!("/image/v2/images/{id}/file");
    let filled = cloud.send("PUT", &path, None, &kind).await;
    assert_eq!(filled.status, 204, "{}", filled.body);
    let refused = cloud.create(json!({"imageRef": id})).await;
    assert_eq!(refused.message(), "Flavor's memory is too small for requested image.");
    assert_eq!(cloud.create(json!({"imageRef": id, "flavorRef": "2"})).await.status, 202);
}

#[tokio::test]
async fn quotas_hold_and_give_back() {
    let cloud = Client::start().await;
    assert!(cloud.sim.quota("servers", 2));
    assert!(!cloud.sim.quota("elephants", 2));
    let first = cloud.boot(json!({"min_count": 1, "max_count": 5, "name": "fleet"})).await;
    let list = cloud.nova("2.1", "GET", "/servers", None).await.body;
    let names: Vec<&str> =
        list["servers"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["fleet-2", "fleet-1"], "as many as fit, newest first");
    let refused = cloud.create(json!({})).await;
    assert_eq!(
        refused.message(),
        "Quota exceeded for instances: Requested 1, but already used 2 of 2 instances"
    );
    cloud.nova("2.1", "DELETE", &format!("/servers/{first}"), None).await;
    cloud.pass(1000);
    assert_eq!(cloud.create(json!({})).await.status, 202);
    let limits = cloud.nova("2.1", "GET", "/limits", None).await.body;
    assert_eq!(limits["limits"]["absolute"]["totalInstancesUsed"], 2);
    assert_eq!(limits["limits"]["absolute"]["maxTotalInstances"], 2);
}

#[tokio::test]
async fn lists_page_filter_and_sort() {
    let cloud = Client::start().await;
    for name in ["web-1", "web-2", "db-1"] {
        cloud.boot(json!({"name": name})).await;
    }
    let names = async |query: &str| -> Vec<String> {
        let body = cloud.nova("2.1", "GET", &format!("/servers?{query}"), None).await.body;
        let rows = body["servers"].as_array().unwrap_or_else(|| panic!("{query}: {body}")).clone();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["db-1", "web-2", "web-1"]);
    assert_eq!(names("name=^web").await, ["web-2", "web-1"]);
    assert_eq!(names("sort_key=display_name&sort_dir=asc").await, ["db-1", "web-1", "web-2"]);
    assert_eq!(names("name=WEB-1").await, ["web-1"], "either case");
    assert_eq!(names("name=web-1%7Cweb-2").await, [""; 0], "no alternatives");
    assert_eq!(names("status=active&limit=2").await, ["db-1", "web-2"]);
    assert_eq!(names("status=SHUTOFF").await, [""; 0]);
    assert_eq!(names("ip=10.11.0.3").await, ["web-2"]);
    let page = cloud.nova("2.1", "GET", "/servers/detail?limit=2", None).await.body;
    let next = page["servers_links"][0]["href"].as_str().unwrap();
    let path = next.strip_prefix(&cloud.sim.base_url()).unwrap();
    let rest = cloud.get(path).await.body;
    assert_eq!(rest["servers"][0]["name"], "web-1");
    assert!(rest.get("servers_links").is_none());
    let refused = cloud.nova("2.1", "GET", "/servers?name=%5B", None).await;
    assert_eq!(refused.message(), "Invalid input for query parameters name. Value: [. '[' is not a 'regex'");
}

#[tokio::test]
async fn metadata_and_tags_are_kept_as_they_are_given() {
    let cloud = Client::start().await;
    let id = cloud.boot(json!({"metadata": {"a": "1"}})).await;
    let path = format!("/servers/{id}/metadata");
    let all = cloud.nova("2.1", "POST", &path, Some(json!({"metadata": {"b": "2"}}))).await.body;
    assert_eq!(all, json!({"metadata": {"a": "1", "b": "2"}}));
    let one = cloud.nova("2.1", "PUT", &format!("{path}/a"), Some(json!({"meta": {"a": "9"}}))).await;
    assert_eq!((one.status, one.body), (200, json!({"meta": {"a": "9"}})));
    let wrong = cloud.nova("2.1", "PUT", &format!("{path}/a"), Some(json!({"meta": {"b": "9"}}))).await;
    assert_eq!(wrong.message(), "Request body and URI mismatch");
    assert_eq!(cloud.nova("2.1", "DELETE", &format!("{path}/a"), None).await.status, 204);
    assert_eq!(cloud.nova("2.1", "GET", &path, None).await.body, json!({"metadata": {"b": "2"}}));
    let replaced = cloud.nova("2.1", "PUT", &path, Some(json!({"metadata": {}}))).await.body;
    assert_eq!(replaced, json!({"metadata": {}}));
    let tags = format!("/servers/{id}/tags");
    assert_eq!(cloud.nova("2.25", "GET", &tags, None).await.status, 404);
    assert_eq!(cloud.nova("2.26", "PUT", &format!("{tags}/x"), None).await.status, 201);
    assert_eq!(cloud.nova("2.26", "PUT", &format!("{tags}/x"), None).await.status, 204);
    assert_eq!(cloud.nova("2.26", "GET", &tags, None).await.body, json!({"tags": ["x"]}));
}

#[tokio::test]
async fn what_was_done_is_told() {
    let cloud = Client::start().await;
    let id = cloud.boot(json!({})).await;
    cloud.act(&id, json!({"reboot": {"type": "SOFT"}})).await;
    let list = cloud.nova("2.1", "GET", &format!("/servers/{id}/os-instance-actions"), None).await.body;
    assert_eq!(list["instanceActions"][0]["action"], "reboot");
    assert_eq!(list["instanceActions"][1]["action"], "create");
    let request = list["instanceActions"][0]["request_id"].as_str().unwrap();
    let path = format!("/servers/{id}/os-instance-actions/{request}");
    let event =
        async || cloud.nova("2.51", "GET", &path, None).await.body["instanceAction"]["events"][0].clone();
    assert_eq!(event().await["result"], Value::Null);
    cloud.pass(500);
    assert_eq!(event().await["result"], "Success");
    let journal = cloud.sim.journal();
    let told: Vec<_> =
        journal.iter().map(|w| (w.operation.as_str(), w.id.as_str(), w.name.as_str())).collect();
    assert_eq!(told, [("server.create", id.as_str(), "one"), ("server.reboot", id.as_str(), "one")]);
    assert!(journal.iter().all(|write| write.project == cloud.project));
}

#[tokio::test]
async fn what_finds_no_host_or_address_ends_in_error() {
    let cloud = Client::start().await;
    let public = cloud.get("/network/v2.0/networks?name=public").await.body["networks"][0]["id"].clone();
    for (networks, why) in [
        (json!([{"uuid": public}]), "Failed to allocate the network(s), not rescheduling."),
        (
            json!([{"uuid": cloud.network, "fixed_ip": "192.0.2.7"}]),
            "Invalid input received: Fixed IP 192.0.2.7 is not a valid ip address for network NETWORK.",
        ),
    ] {
        let id = cloud.boot(json!({"networks": networks})).await;
        let server = cloud.server(&id).await;
        assert_eq!(server["status"], "ERROR");
        let words = format!("Build of instance {id} aborted: {}", why.replace("NETWORK", &cloud.network));
        assert_eq!(server["fault"]["message"], words);
        assert_eq!(server["fault"]["code"], 500);
    }
}
