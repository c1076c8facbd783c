//! Against a real Keystone and Nova, where the environment names one: `OS_CLOUD=… cargo test real:: -- --ignored`.

use rhain::cli::clouds::settings;
use rhain::cloud::Secret;
use rhain::config::{Environment, find};
use rhain::provider::openstack::session::*;
use rhain::wire::{Body, Method, Settings as WireSettings, Silent, WallClock, Wire};
use serde_json::{Value, json};
use std::sync::Arc;

fn session(settings: Settings) -> Session {
    let wire = Wire::new(WireSettings::default(), Arc::new(WallClock::start()), Arc::new(Silent));
    Session::new(Arc::from("real"), settings, wire)
}

fn configured() -> Settings {
    let found = find(&Environment::of_process());
    let chosen = found.choose(None).expect("a cloud");
    settings(found.openstack(&chosen.name, None).expect("a profile"))
}

fn by_id(id: &str) -> Named {
    Named { id: Some(id.to_string()), ..Named::default() }
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn every_way_in_leads_to_the_same_servers() {
    let settings = configured();
    let first = session(settings.clone());
    let identity = first.identity().await.expect("an identity");
    assert!(identity.user.is_some() && identity.project.is_some() && !identity.roles.is_empty());
    assert_eq!(first.wire().counters().requests, 1);
    let range = first.microversions(&Service::Compute).await.expect("a range");
    assert!(range.max >= Some(Version(2, 1)), "{range:?}");
    let servers = Call::new("server.list", Service::Compute, Method::Get, "/servers/detail");
    assert_eq!(first.send(&servers).await.expect("servers").status, 200);
    for service in [Service::Image, Service::Network] {
        let path = if service == Service::Image { "/images" } else { "/networks" };
        let answer = first.send(&Call::new("list", service, Method::Get, path)).await.expect("an answer");
        assert_eq!(answer.status, 200, "{path}");
    }

    let root = settings.auth_url.trim_end_matches('/').trim_end_matches("/v3").to_string();
    let unversioned = session(Settings { auth_url: root, ..settings.clone() });
    assert_eq!(unversioned.send(&servers).await.expect("servers").status, 200);

    let mut call = Call::new("credential", Service::Identity, Method::Get, "");
    let token = first
        .send(&Call::new("x", Service::Identity, Method::Get, "/auth/projects"))
        .await
        .expect("projects");
    let projects: Value = serde_json::from_slice(&token.body).expect("JSON");
    let project = projects["projects"][0]["id"].as_str().expect("an id").to_string();
    let user = first.user_id().expect("a user");
    call.path = format!("/users/{user}/application_credentials");
    call.method = Method::Post;
    call.body = Body::Json(json!({ "application_credential": { "name": "rhain-test" } }));
    let answer = first.send(&call).await.expect("an application credential");
    let made: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let made = &made["application_credential"];
    let (id, secret) = (made["id"].as_str().expect("an id"), made["secret"].as_str().expect("a secret"));
    let secret = || Secret::new(secret);
    let named = Named { name: Some("rhain-test".into()), ..Named::default() };
    for (credential, user) in [(by_id(id), Named::default()), (named, by_id(&user))] {
        let auth = Auth::ApplicationCredential { credential, user, secret: secret() };
        let session = session(Settings { auth, ..settings.clone() });
        assert_eq!(session.send(&servers).await.expect("servers").status, 200);
        assert_eq!(session.project_id().as_deref(), Some(project.as_str()));
    }
    call.path = format!("/users/{user}/application_credentials/{id}");
    call.method = Method::Delete;
    call.body = Body::Empty;
    assert_eq!(first.send(&call).await.expect("deleted").status, 204);

    let asked = rhain::provider::openstack::keystone::v3::request(
        &first.url(&Service::Identity, "", &[]).await.expect("a URL"),
        &settings,
    );
    let given = first.wire().send(&asked).await.expect("a token");
    let auth = Auth::Token(Secret::new(given.header("x-subject-token").expect("a token")));
    let by_token = session(Settings { auth, ..settings.clone() });
    assert_eq!(by_token.send(&servers).await.expect("servers").status, 200);

    let wrong = Auth::Password { user: by_id(&user), password: Secret::new("not-the-password") };
    let error = session(Settings { auth: wrong, ..settings.clone() }).login().await.expect_err("refused");
    assert_eq!((error.kind, error.status), (rhain::cloud::Kind::Unauthorized, Some(401)));
    assert!(error.request_id.is_some() && error.answer.is_some());
}

#[tokio::test]
#[ignore = "needs a real cloud's administrator"]
async fn an_administrator_may_take_the_whole_system() {
    let own = session(Settings { scope: Scope::System, ..configured() });
    let identity = own.identity().await.expect("an identity");
    assert!(identity.project.is_none() && identity.roles.iter().any(|role| role == "admin"));
}
