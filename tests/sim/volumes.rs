//! Volumes: their steps in time, their way to servers and back, what a server boots from, and their limits.

use rhain_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use super::client::{Client, Reply};

async fn cinder(cloud: &Client, method: &str, path: &str, body: Option<Value>) -> Reply {
    cloud.send(method, &format!("/volume/v3/{}{path}", cloud.project), body, &[]).await
}

async fn make(cloud: &Client, more: Value) -> String {
    let made = cinder(cloud, "POST", "/volumes", Some(json!({"volume": more}))).await;
    assert_eq!(made.status, 202, "{}", made.body);
    made.body["volume"]["id"].as_str().unwrap().to_owned()
}

async fn volume(cloud: &Client, id: &str) -> Value {
    let reply = cinder(cloud, "GET", &format!("/volumes/{id}"), None).await;
    if reply.status == 200 { reply.body["volume"].clone() } else { json!({"status": reply.status}) }
}

async fn attach(cloud: &Client, server: &str, volume: &str) -> Reply {
    let body = json!({"volumeAttachment": {"volumeId": volume}});
    cloud.nova("2.1", "POST", &format!("/servers/{server}/os-volume_attachments"), Some(body)).await
}

#[tokio::test]
async fn a_volume_is_made_attached_detached_and_deleted_in_steps() {
    let cloud = Client::start().await;
    let server = cloud.boot(json!({})).await;
    let id = make(&cloud, json!({"size": 1, "name": "v"})).await;
    assert_eq!(volume(&cloud, &id).await["status"], "creating");
    cloud.pass(299);
    assert_eq!(volume(&cloud, &id).await["status"], "creating");
    cloud.pass(1);
    assert_eq!(volume(&cloud, &id).await["status"], "available");
    let attached = attach(&cloud, &server, &id).await;
    assert_eq!(attached.body["volumeAttachment"]["device"], "/dev/sdb");
    let mut seen = Vec::new();
    for millis in [0, 100, 200] {
        cloud.pass(millis);
        seen.push(volume(&cloud, &id).await["status"].clone());
    }
    assert_eq!(seen, ["reserved", "attaching", "in-use"]);
    assert_eq!(volume(&cloud, &id).await["attachments"][0]["server_id"], json!(server));
    assert_eq!(cloud.server(&server).await["os-extended-volumes:volumes_attached"], json!([{"id": id}]));
    let path = format!("/servers/{server}/os-volume_attachments/{id}");
    assert_eq!(cloud.nova("2.1", "DELETE", &path, None).await.status, 202);
    assert_eq!(volume(&cloud, &id).await["status"], "detaching");
    cloud.pass(300);
    assert_eq!(volume(&cloud, &id).await["status"], "available");
    assert_eq!(cinder(&cloud, "DELETE", &format!("/volumes/{id}"), None).await.status, 202);
    assert_eq!(volume(&cloud, &id).await["status"], "deleting");
    cloud.pass(350);
    assert_eq!(volume(&cloud, &id).await["status"], 404);
}

#[tokio::test]
async fn a_server_boots_from_a_volume_and_takes_it_along_when_it_is_told_to() {
    let cloud = Client::start().await;
    let id = make(&cloud, json!({"size": 1, "imageRef": cloud.image})).await;
    cloud.pass(200);
    assert_eq!(volume(&cloud, &id).await["status"], "downloading");
    cloud.pass(400);
    assert_eq!(volume(&cloud, &id).await["volume_image_metadata"]["image_name"], "cirros");
    let root = json!({"boot_index": 0, "uuid": id, "source_type": "volume", "destination_type": "volume",
        "delete_on_termination": true});
    let blank =
        json!({"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 2});
    let server = json!({"server": {"name": "v", "flavorRef": "42", "networks": "none",
        "block_device_mapping_v2": [root, blank]}});
    let made = cloud.nova("2.37", "POST", "/servers", Some(server)).await;
    assert_eq!(made.status, 202, "{}", made.body);
    let server = made.body["server"]["id"].as_str().unwrap();
    assert_eq!(volume(&cloud, &id).await["status"], "reserved");
    cloud.pass(2000);
    let shown = cloud.server(server).await;
    assert_eq!((&shown["status"], &shown["image"]), (&json!("ACTIVE"), &json!("")));
    let other = shown["os-extended-volumes:volumes_attached"][1]["id"].as_str().unwrap().to_owned();
    assert_eq!(volume(&cloud, &other).await["size"], 2);
    let path = format!("/servers/{server}/os-volume_attachments/{id}");
    let kept = cloud.nova("2.1", "DELETE", &path, None).await;
    assert_eq!(kept.message(), "Cannot detach a root device volume");
    cloud.nova("2.1", "DELETE", &format!("/servers/{server}"), None).await;
    cloud.pass(1000);
    assert_eq!(volume(&cloud, &id).await["status"], 404);
    assert_eq!(volume(&cloud, &other).await["status"], "available");
}

#[tokio::test]
async fn limits_of_volumes_hold_in_cinders_words() {
    let cloud = Client::start().await;
    assert!(cloud.sim.quota("gigabytes", 5));
    let id = make(&cloud, json!({"size": 4})).await;
    let over = cinder(&cloud, "POST", "/volumes", Some(json!({"volume": {"size": 2}}))).await;
    assert_eq!(
        (over.status, over.message()),
        (
            413,
            "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 5G and 4G has been consumed."
        )
    );
    cloud.pass(300);
    let extend = json!({"os-extend": {"new_size": 6}});
    let over = cinder(&cloud, "POST", &format!("/volumes/{id}/action"), Some(extend)).await;
    assert_eq!(
        (over.status, over.message()),
        (
            413,
            "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 5G and 4G has been consumed."
        )
    );
    cinder(&cloud, "DELETE", &format!("/volumes/{id}"), None).await;
    cloud.pass(350);
    make(&cloud, json!({"size": 5})).await;
}

#[tokio::test]
async fn a_volume_can_be_led_into_error_or_be_slow() {
    let cloud = Client::start().await;
    let fault = |kind| Fault { operation: "volume.create".into(), times: 1, after: 0, kind };
    cloud.sim.fault(fault(FaultKind::ErrorState { message: "no disk".into() }));
    let id = make(&cloud, json!({"size": 1})).await;
    cloud.pass(300);
    assert_eq!(volume(&cloud, &id).await["status"], "error");
    cloud.sim.fault(fault(FaultKind::Slow(10)));
    let id = make(&cloud, json!({"size": 1})).await;
    cloud.pass(2999);
    assert_eq!(volume(&cloud, &id).await["status"], "creating");
    cloud.pass(1);
    assert_eq!(volume(&cloud, &id).await["status"], "available");
}
