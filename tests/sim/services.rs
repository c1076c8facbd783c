//! The services around the servers: signing in every way, versions, images, key pairs, and HTTP itself.

use serde_json::{Value, json};

use super::client::{Client, sign_in_body};

#[tokio::test]
async fn every_way_to_sign_in_works_and_the_wrong_ones_do_not() {
    let cloud = Client::start().await;
    let tokens = "/identity/v3/auth/tokens";
    let issue = async |body: Value| cloud.send("POST", tokens, Some(body), &[]).await;
    for wrong in [sign_in_body("demo", "wrong"), sign_in_body("nobody", "secret")] {
        let refused = issue(wrong).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.message(), "The request you have made requires authentication.");
    }
    assert_eq!(issue(json!({"auth": {}})).await.status, 400);
    let mut other = sign_in_body("demo", "secret");
    other["auth"]["scope"] = json!({"project": {"name": "alt", "domain": {"id": "default"}}});
    assert_eq!(issue(other).await.status, 401, "no role there");
    let mut unscoped = sign_in_body("demo", "secret");
    unscoped["auth"].as_object_mut().unwrap().remove("scope");
    let unscoped = issue(unscoped).await;
    assert_eq!(unscoped.status, 201);
    assert!(unscoped.body["token"].get("catalog").is_none());
    let text = unscoped.headers["x-subject-token"].to_str().unwrap().to_owned();
    let by_token = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": text}},
        "scope": {"project": {"id": cloud.project}}}});
    let by_token = issue(by_token).await;
    assert_eq!(by_token.body["token"]["methods"], json!(["password", "token"]));
    assert_eq!(by_token.body["token"]["expires_at"], unscoped.body["token"]["expires_at"]);
    let user = by_token.body["token"]["user"]["id"].as_str().unwrap();
    let path = format!("/identity/v3/users/{user}/application_credentials");
    let asked = json!({"application_credential": {"name": "robot"}});
    let made = cloud.send("POST", &path, Some(asked), &[]).await.body;
    let made = &made["application_credential"];
    let credential = json!({"id": made["id"], "secret": made["secret"]});
    let with = |credential: Value| json!({"auth": {"identity": {"methods": ["application_credential"], "application_credential": credential}}});
    let by_credential = issue(with(credential)).await;
    assert_eq!(by_credential.body["token"]["project"]["id"], json!(cloud.project));
    let wrong = issue(with(json!({"id": made["id"], "secret": "guess"}))).await;
    assert_eq!(wrong.status, 401);
    let mut system = sign_in_body("admin", "secret");
    system["auth"]["scope"] = json!({"system": {"all": true}});
    assert_eq!(issue(system).await.body["token"]["system"], json!({"all": true}));
}

#[tokio::test]
async fn keystone_v2_signs_in_too() {
    let mut cloud = Client::start().await;
    let asked = json!({"auth": {"tenantName": "demo",
        "passwordCredentials": {"username": "demo", "password": "secret"}}});
    let reply = cloud.send("POST", "/identity/v2.0/tokens", Some(asked), &[]).await;
    assert_eq!(reply.status, 200);
    let access = &reply.body["access"];
    let compute =
        access["serviceCatalog"].as_array().unwrap().iter().find(|s| s["type"] == "compute").unwrap();
    let url = format!("{}/compute/v2.1", cloud.sim.base_url());
    assert_eq!(compute["endpoints"][0]["publicURL"], json!(url));
    cloud.token = access["token"]["id"].as_str().unwrap().to_owned();
    assert_eq!(cloud.get("/compute/v2.1/servers").await.status, 200);
    let wrong = json!({"auth": {"passwordCredentials": {"username": "demo", "password": "no"}}});
    assert_eq!(cloud.send("POST", "/identity/v2.0/tokens", Some(wrong), &[]).await.status, 401);
}

#[tokio::test]
async fn a_token_ends_with_time_and_with_its_revocation() {
    let mut cloud = Client::start().await;
    assert_eq!(cloud.get("/compute/v2.1/servers").await.status, 200);
    cloud.pass(24 * 3600 * 1000 + 1);
    let refused = cloud.get("/compute/v2.1/servers").await;
    assert_eq!(refused.status, 401);
    assert!(refused.headers["www-authenticate"].to_str().unwrap().starts_with("Keystone uri="));
    cloud.token.clear();
    cloud.sign_in("demo").await;
    let own = cloud.token.clone();
    let revoked = cloud.send("DELETE", "/identity/v3/auth/tokens", None, &[("x-subject-token", &own)]).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(cloud.get("/image/v2/images").await.status, 401);
}

#[tokio::test]
async fn microversions_change_what_is_shown_and_taken() {
    let cloud = Client::start().await;
    let id = cloud.boot(json!({})).await;
    let path = format!("/servers/{id}");
    let shown = async |version: &str| cloud.nova(version, "GET", &path, None).await.body["server"].clone();
    assert!(shown("2.8").await.get("locked").is_none());
    assert_eq!(shown("2.9").await["locked"], false);
    assert_eq!(shown("2.46").await["flavor"]["id"], "1");
    assert_eq!(shown("2.47").await["flavor"]["original_name"], "m1.tiny");
    assert_eq!(shown("latest").await["scheduler_hints"], json!({}));
    let refused = cloud.nova("2.999", "GET", &path, None).await;
    assert_eq!(refused.status, 406);
    assert_eq!(
        refused.message(),
        "Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.104."
    );
    let spec = cloud.spec(json!({"personality": [], "networks": "none"}));
    let refused = cloud.nova("2.57", "POST", "/servers", Some(spec)).await;
    assert!(refused.message().ends_with("('personality' was unexpected)"), "{}", refused.body);
    let reply = cloud.nova("2.60", "GET", "/flavors", None).await;
    assert_eq!(reply.headers["openstack-api-version"], "compute 2.60");
    assert_eq!(cloud.nova("2.36", "GET", "/images", None).await.status, 404);
}

#[tokio::test]
async fn images_are_made_filled_patched_shared_and_deleted() {
    let mut cloud = Client::start().await;
    let fields = json!({"name": "mine", "disk_format": "raw", "container_format": "bare", "colour": "blue"});
    let made = cloud.send("POST", "/image/v2/images", Some(fields), &[]).await;
    assert_eq!(made.body["status"], "queued");
    let path = format!("/image/v2/images/{}", made.body["id"].as_str().unwrap());
    let kind = [("content-type", "application/octet-stream")];
    let bytes = cloud.send("PUT", &format!("{path}/file"), Some(json!("hello")), &kind[..0]).await;
    assert_eq!(bytes.status, 415, "JSON is no image");
    assert_eq!(cloud.send("PUT", &format!("{path}/file"), None, &kind).await.status, 204);
    let patch = [("content-type", "application/openstack-images-v2.1-json-patch")];
    // The body is sent with the patch's own type: the client's JSON type comes first, so send it alone.
    let asked = json!([{"op": "replace", "path": "/name", "value": "renamed"},
        {"op": "remove", "path": "/colour"}, {"op": "add", "path": "/shape", "value": "round"}]);
    let patched = cloud.patch(&path, &asked, patch[0].1).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    assert_eq!((&patched.body["name"], &patched.body["shape"]), (&json!("renamed"), &json!("round")));
    assert!(patched.body.get("colour").is_none());
    assert_eq!(patched.body["status"], "active");
    let read_only = json!([{"op": "replace", "path": "/status", "value": "queued"}]);
    let refused = cloud.patch(&path, &read_only, patch[0].1).await;
    assert_eq!(refused.status, 403);
    assert_eq!(cloud.send("PUT", &format!("{path}/tags/t1"), None, &[]).await.status, 204);
    let listed = cloud.get("/image/v2/images?tag=t1").await.body;
    assert_eq!(listed["images"][0]["name"], "renamed");
    let demo = cloud.token.clone();
    cloud.token.clear();
    cloud.sign_in("alt").await;
    assert_eq!(cloud.get(&path).await.status, 404, "it is not alt's");
    let alt = std::mem::replace(&mut cloud.token, demo);
    let member = json!({"member": cloud.project});
    cloud.send("POST", &format!("{path}/members"), Some(member), &[]).await;
    let demo = std::mem::replace(&mut cloud.token, alt);
    assert_eq!(cloud.get(&path).await.status, 200, "it is shared");
    assert_eq!(cloud.send("DELETE", &path, None, &[]).await.status, 403);
    cloud.token = demo;
    assert_eq!(cloud.send("DELETE", &path, None, &[]).await.status, 204);
    assert_eq!(cloud.get(&path).await.status, 404);
}

#[tokio::test]
async fn image_lists_page() {
    let cloud = Client::start().await;
    for name in ["a", "b"] {
        cloud.send("POST", "/image/v2/images", Some(json!({"name": name})), &[]).await;
    }
    let mut path = "/v2/images?limit=1&sort=name:asc".to_owned();
    let mut names = Vec::new();
    loop {
        let page = cloud.get(&format!("/image{path}")).await.body;
        names.extend(page["images"].as_array().unwrap().iter().map(|image| image["name"].clone()));
        match page["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names, ["a", "b", "cirros"]);
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_takes_that() {
    let cloud = Client::start().await;
    let plain = cloud.get("/compute/v2.1/flavors/detail").await;
    assert_eq!(plain.body["flavors"].as_array().unwrap().len(), 6);
    let raw = cloud.raw_get("/compute/v2.1/flavors/detail", "gzip").await;
    assert_eq!(&raw[..2], [0x1f, 0x8b], "the magic of gzip");
    let raw = cloud.raw_get("/compute/v2.1/flavors/detail", "identity").await;
    assert_eq!(raw[0], b'{');
}

#[tokio::test]
async fn clouds_yaml_names_both_people() {
    let cloud = Client::start().await;
    let text = cloud.sim.clouds_yaml();
    assert!(text.starts_with("clouds:\n  sim:\n"));
    assert!(text.contains("\n  sim-admin:\n"));
    assert!(text.contains(&format!("auth_url: {}\n", cloud.sim.auth_url())));
}
