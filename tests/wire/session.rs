//! A session: one token a run, the right endpoint, the right version, and what a refusal says.

use crate::support::stub::{CountingClock, KeepingTrace, Reply, Seen, Stub};
use rhain::cloud::{Error, Kind, Secret};
use rhain::provider::openstack::session::*;
use rhain::wire::{Method, Settings as WireSettings, Silent, Wire};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn session(settings: Settings) -> Session {
    let wire = Wire::new(WireSettings::default(), Arc::new(CountingClock::default()), Arc::new(Silent));
    Session::new(Arc::from("lab"), settings, wire)
}

fn lab(stub: &Stub) -> Settings {
    Settings::password(&format!("{}/v3", stub.url), "demo", "hunter2-secret", "proj")
}

/// A v3 token whose catalog has these services, each at `URL/PATH`.
fn token(base: &str, services: &[(&str, &str, &str, &str)]) -> String {
    let catalog: Vec<Value> = services
        .iter()
        .map(|(kind, interface, region, path)| {
            let url = format!("{base}{path}");
            json!({ "type": kind, "name": kind, "endpoints": [{ "interface": interface, "region_id": region, "url": url }] })
        })
        .collect();
    json!({ "token": { "user": { "id": "u1", "name": "demo" }, "project": { "id": "p1", "name": "proj" },
        "roles": [{ "name": "member" }], "expires_at": "2030-01-02T03:04:05.000000Z", "catalog": catalog } })
    .to_string()
}

/// A Keystone with Nova and more beside it; everything else is `other`'s to answer.
async fn cloud(
    services: &'static [(&str, &str, &str, &str)],
    other: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
) -> Stub {
    let logins = AtomicUsize::new(0);
    Stub::start(move |seen, number| {
        if seen.target.ends_with("/v3/auth/tokens") {
            let base = format!("http://{}", seen.header("host").expect("a host"));
            let id = format!("token-number-{}", logins.fetch_add(1, Ordering::SeqCst));
            return Reply::json(201, &token(&base, services)).with("X-Subject-Token", id);
        }
        other(seen, number)
    })
    .await
}

const COMPUTE: &[(&str, &str, &str, &str)] = &[("compute", "public", "One", "/compute/v2.1")];

fn list() -> Call {
    Call::new("server.list", Service::Compute, Method::Get, "/servers")
}

fn logins(stub: &Stub) -> Vec<Value> {
    let tokens = |seen: &Seen| seen.target.ends_with("/tokens");
    stub.seen()
        .iter()
        .filter(|seen| tokens(seen))
        .map(|seen| serde_json::from_slice(&seen.body).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn calls_that_start_together_share_one_token() {
    let stub = cloud(COMPUTE, |_, _| Reply::json(200, "{}")).await;
    let session = session(lab(&stub));
    let call = list();
    let all = futures_util::future::join_all((0..20).map(|_| session.send(&call))).await;
    assert!(all.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.status == 200)));
    assert_eq!((logins(&stub).len(), stub.count()), (1, 21));
    let identity = session.identity().await.expect("an identity");
    assert_eq!((identity.user.as_deref(), identity.project.as_deref()), (Some("demo"), Some("proj")));
    assert_eq!(identity.roles, ["member"]);
    assert_eq!(identity.expires.map(|time| time.to_string()).as_deref(), Some("2030-01-02T03:04:05Z"));
    assert_eq!((session.project_id().as_deref(), session.region().as_deref()), (Some("p1"), Some("One")));
    assert_eq!(
        logins(&stub)[0],
        json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": { "name": "demo",
            "domain": { "id": "default" }, "password": "hunter2-secret" } } },
            "scope": { "project": { "name": "proj", "domain": { "id": "default" } } } } })
    );
}

#[tokio::test]
async fn a_token_that_expires_is_renewed_once_and_no_call_is_lost() {
    let stub = cloud(COMPUTE, |seen, _| match seen.header("x-auth-token") {
        Some("token-number-0") => Reply::json(401, r#"{"error": {"message": "expired"}}"#),
        _ => Reply::json(202, "{}"),
    })
    .await;
    let session = session(lab(&stub));
    let create = Call::new("server.create", Service::Compute, Method::Post, "/servers");
    let all = futures_util::future::join_all((0..8).map(|_| session.send(&create))).await;
    assert!(all.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.status == 202)));
    assert_eq!(logins(&stub).len(), 2);
}

#[tokio::test]
async fn a_401_that_stays_is_the_answer() {
    let stub = cloud(COMPUTE, |_, _| Reply::json(401, "{}")).await;
    assert_eq!(session(lab(&stub)).send(&list()).await.expect("an answer").status, 401);
    assert_eq!((logins(&stub).len(), stub.count()), (2, 4));
}

#[tokio::test]
async fn a_bad_password_is_sent_once_and_told_without_itself() {
    let stub = Stub::start(|_, _| {
        Reply::json(401, r#"{"error": {"code": 401, "message": "The password hunter2-secret is wrong."}}"#)
            .with("X-Openstack-Request-Id", "req-7")
    })
    .await;
    let mut settings = lab(&stub);
    settings.found = "~/.config/openstack/clouds.yaml:2".to_string();
    let session = session(settings);
    let call = list();
    let all = futures_util::future::join_all((0..10).map(|_| session.send(&call))).await;
    assert_eq!(stub.count(), 1);
    for result in all {
        let error = result.expect_err("refused");
        assert_eq!((error.kind, error.diagnostic), (Kind::Unauthorized, Some("cloud::unauthorized")));
        assert_eq!(error.message, "lab refuses the credentials of user `demo`");
        assert_eq!(
            (error.status, error.request_id.as_deref(), error.service),
            (Some(401), Some("req-7"), Some("identity"))
        );
        assert!(error.help.as_deref().is_some_and(|help| help.contains("clouds.yaml:2")));
        assert_eq!(error.answer.as_deref(), Some("The password •••••• is wrong."));
        assert!(
            error
                .request
                .as_ref()
                .is_some_and(|line| line.path == "/v3/auth/tokens" && line.outcome.starts_with("401 in "))
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_login_is_asked_in_each_of_its_forms() {
    let named =
        |name: &str| Named { name: Some(name.into()), domain_name: Some("Dom".into()), ..Named::default() };
    let by_id = |id: &str| Named { id: Some(id.into()), ..Named::default() };
    let secret = || Secret::new("s-e-c-r-e-t");
    for (auth, scope, identity, asked) in [
        (
            Auth::Password { user: by_id("u1"), password: secret() },
            Scope::System,
            json!({ "methods": ["password"], "password": { "user": { "id": "u1", "password": "s-e-c-r-e-t" } } }),
            json!({ "system": { "all": true } }),
        ),
        (
            Auth::Token(secret()),
            Scope::Project(by_id("p1")),
            json!({ "methods": ["token"], "token": { "id": "s-e-c-r-e-t" } }),
            json!({ "project": { "id": "p1" } }),
        ),
        (
            Auth::ApplicationCredential { credential: by_id("a1"), user: Named::default(), secret: secret() },
            Scope::Project(by_id("p1")),
            json!({ "methods": ["application_credential"], "application_credential": { "id": "a1", "secret": "s-e-c-r-e-t" } }),
            Value::Null,
        ),
        (
            Auth::ApplicationCredential { credential: named("a"), user: named("u"), secret: secret() },
            Scope::Unscoped,
            json!({ "methods": ["application_credential"], "application_credential": { "name": "a",
                "user": { "name": "u", "domain": { "name": "Dom" } }, "secret": "s-e-c-r-e-t" } }),
            Value::Null,
        ),
        (
            Auth::Password { user: named("u"), password: secret() },
            Scope::Domain(named("d")),
            json!({ "methods": ["password"], "password": { "user": { "name": "u", "domain": { "name": "Dom" }, "password": "s-e-c-r-e-t" } } }),
            json!({ "domain": { "name": "d" } }),
        ),
        (
            Auth::Password { user: by_id("u1"), password: secret() },
            Scope::Trust("t1".into()),
            json!({ "methods": ["password"], "password": { "user": { "id": "u1", "password": "s-e-c-r-e-t" } } }),
            json!({ "OS-TRUST:trust": { "id": "t1" } }),
        ),
    ] {
        let stub = cloud(COMPUTE, |_, _| Reply::json(200, "{}")).await;
        session(Settings { auth, scope, ..lab(&stub) }).login().await.expect("a login");
        let sent = &logins(&stub)[0]["auth"];
        assert_eq!((&sent["identity"], &sent["scope"]), (&identity, &asked));
    }
}

#[tokio::test]
async fn keystone_v2_speaks_of_tenants() {
    let stub = Stub::start(|seen, _| match seen.target.as_str() {
        "/v2.0/tokens" => {
            let host = seen.header("host").expect("a host");
            let endpoint = |path: &str, region: &str| {
                json!({ "publicURL": format!("http://{host}/{path}"), "internalURL": format!("http://{host}/in/{path}"), "region": region })
            };
            let access = json!({ "access": { "token": { "id": "v2-token-text", "expires": "2030-01-02T03:04:05Z",
                "tenant": { "id": 42, "name": "proj" } }, "user": { "id": "u", "name": "demo", "roles": [{ "name": "admin" }] },
                "serviceCatalog": [{ "type": "compute", "name": "nova",
                    "endpoints": [endpoint("v1.1/42", "Old"), endpoint("v2/42", "New")] }] } });
            Reply::json(200, &access.to_string())
        }
        _ => Reply::json(200, "{}"),
    })
    .await;
    let mut settings = lab(&stub);
    settings.auth_url = format!("{}/v2.0/", stub.url);
    settings.region = Some("New".to_string());
    let own = session(settings.clone());
    assert_eq!(own.send(&list()).await.expect("an answer").status, 200);
    let sent = json!({ "auth": { "passwordCredentials": { "username": "demo", "password": "hunter2-secret" }, "tenantName": "proj" } });
    assert_eq!(logins(&stub), [sent]);
    let seen = stub.seen();
    assert_eq!(
        (seen[1].target.as_str(), seen[1].header("x-auth-token")),
        ("/v2/42/servers", Some("v2-token-text"))
    );
    assert_eq!(own.project_id().as_deref(), Some("42"));
    assert_eq!(own.identity().await.expect("an identity").roles, ["admin"]);
    settings.interfaces = vec![Interface::Internal];
    settings.auth = Auth::Token(Secret::new("given-token"));
    let own = session(settings.clone());
    let url = own.url(&Service::Compute, "servers", &[("a".into(), "b c".into())]).await.expect("a URL");
    assert_eq!(url, format!("{}/in/v2/42/servers?a=b+c", stub.url));
    assert_eq!(
        logins(&stub)[1],
        json!({ "auth": { "token": { "id": "given-token" }, "tenantName": "proj" } })
    );
    settings.scope = Scope::System;
    let error = session(settings).login().await.expect_err("no system scope");
    assert!(error.message.contains("Keystone v2.0 has no system scope"), "{error}");
}

/// As the first book on the Compute API prints it: `auth`, endpoints by the names of services, and a Glance of that time.
#[tokio::test]
async fn the_first_keystone_and_the_first_glance_are_understood() {
    let stub = Stub::start(|seen, _| match seen.target.as_str() {
        "/v2.0/tokens" => {
            let host = seen.header("host").expect("a host");
            let endpoint = |path: &str| json!([{ "publicURL": format!("http://{host}/{path}"), "region": "One" }]);
            let auth = json!({ "auth": { "token": { "id": "first-token-text", "expires": "2030-01-02T03:04:05Z" },
                "serviceCatalog": { "nova": endpoint("v1.1/42"), "glance": endpoint("glance/v1") } } });
            Reply::json(200, &auth.to_string())
        }
        "/glance/" => Reply::json(300, r#"{"versions": [{"id": "v1.0", "status": "CURRENT", "links": []}]}"#),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let mut settings = lab(&stub);
    settings.auth_url = format!("{}/v2.0", stub.url);
    let own = session(settings);
    assert_eq!(own.send(&list()).await.expect("an answer").status, 200);
    let seen = stub.seen();
    assert_eq!(
        (seen[1].target.as_str(), seen[1].header("x-auth-token")),
        ("/v1.1/42/servers", Some("first-token-text"))
    );
    // Nova is asked for images then.
    let error = own.url(&Service::Image, "images", &[]).await.expect_err("no second API");
    assert_eq!(error.kind, Kind::Unsupported);
    assert!(error.message.contains("its first API alone"), "{error}");
}

#[tokio::test]
async fn an_unversioned_address_behind_a_path_is_discovered_once() {
    let both = r#"{"versions": {"values": [
        {"id": "v2.0", "status": "deprecated", "links": [{"rel": "self", "href": "http://inside.invalid:5000/v2.0/"}]},
        {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": "http://inside.invalid:5000/v3/"}]}]}}"#;
    let services: &[(&str, &str, &str, &str)] = &[
        ("compute", "public", "One", "/nova"),
        ("image", "public", "One", "/glance/"),
        ("network", "public", "One", "/neutron"),
        ("volumev3", "public", "One", "/cinder/v3/p1"),
        ("orchestration", "public", "One", "/heat"),
        ("identity", "public", "One", "/identity"),
        ("placement", "public", "One", "/placement"),
    ];
    let stub = cloud(services, move |seen, _| match seen.target.as_str() {
        "/identity/" => Reply::json(300, both).with("Location", "http://inside.invalid:5000/v3/"),
        "/nova/" => Reply::json(
            200,
            r#"{"versions": [{"id": "v2.0", "status": "SUPPORTED", "version": "", "min_version": "",
            "links": [{"rel": "self", "href": "http://inside.invalid/v2/"}]},
            {"id": "v2.1", "status": "CURRENT", "version": "2.96", "min_version": "2.1",
            "links": [{"rel": "self", "href": "http://inside.invalid/v2.1/"}]}]}"#,
        ),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let mut settings = lab(&stub);
    settings.auth_url = format!("{}/identity", stub.url);
    let session = session(settings);
    for (service, path) in [
        (Service::Compute, "/nova/v2.1/x"),
        (Service::Image, "/glance/v2/x"),
        (Service::Network, "/neutron/v2.0/x"),
        (Service::Volume, "/cinder/v3/p1/x"),
        (Service::Orchestration, "/heat/v1/p1/x"),
        (Service::Identity, "/identity/v3/x"),
        (Service::named("placement"), "/placement/x"),
        (Service::named("block-storage"), "/cinder/v3/p1/x"),
    ] {
        let url = session.url(&service, "/x", &[]).await.expect("a URL");
        assert_eq!(url, format!("{}{path}", stub.url), "{service}");
    }
    for _ in 0..2 {
        let range = session.microversions(&Service::Compute).await.expect("a range");
        assert_eq!((range.min, range.max), (Some(Version(2, 1)), Some(Version(2, 96))));
    }
    let asked: Vec<String> = stub.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(asked, ["/identity/", "/identity/v3/auth/tokens", "/nova/"]);
}

#[tokio::test]
async fn microversions_are_asked_of_the_versioned_root_once() {
    let services: &[(&str, &str, &str, &str)] = &[
        ("compute", "public", "One", "/compute/v2.1/p1"),
        ("orchestration", "public", "One", "/heat/v1/p1"),
    ];
    let stub = cloud(services, |seen, _| match seen.target.as_str() {
        "/compute/v2.1/" => Reply::json(
            200,
            r#"{"version": {"id": "v2.1", "status": "CURRENT", "version": "2.90", "min_version": "2.1"}}"#,
        ),
        "/heat/v1/" => Reply::json(404, "<html>nothing"),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let mut settings = lab(&stub);
    let latest = ServiceSettings { microversion: Some(Version::LATEST), ..ServiceSettings::default() };
    settings.services = BTreeMap::from([("compute".to_string(), latest)]);
    let session = session(settings);
    for _ in 0..2 {
        let range = session.microversions(&Service::Compute).await.expect("a range");
        assert_eq!((range.max, range.default), (Some(Version(2, 90)), Some(Version(2, 90))));
        assert_eq!(session.microversions(&Service::Orchestration).await.expect("a range"), Range::default());
    }
    let mut call = list();
    call.microversion = Some(Version(2, 60));
    session.send(&call).await.expect("an answer");
    let seen = stub.seen();
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[3].header("openstack-api-version"), Some("compute 2.60"));
    assert_eq!(seen[3].header("x-openstack-nova-api-version"), Some("2.60"));
    assert_eq!(seen[3].target, "/compute/v2.1/p1/servers");
}

#[tokio::test]
async fn endpoints_go_by_region_interface_name_and_override() {
    let services: &[(&str, &str, &str, &str)] = &[
        ("compute", "public", "One", "/one/v2.1"),
        ("compute", "public", "Two", "/two/v2.1"),
        ("compute", "internal", "Two", "/two/inside/v2.1"),
        ("image", "public", "One", "/glance"),
    ];
    let stub = cloud(services, |_, _| Reply::json(200, "{}")).await;
    let at = |change: &dyn Fn(&mut Settings)| {
        let mut settings = lab(&stub);
        settings.found = "clouds.yaml:2".to_string();
        change(&mut settings);
        session(settings)
    };
    let url = async |change: &dyn Fn(&mut Settings)| -> Result<String, Error> {
        let url = at(change).url(&Service::Compute, "", &[]).await?;
        Ok(url.strip_prefix(&stub.url).unwrap_or(&url).to_string())
    };
    let two = |settings: &mut Settings| settings.region = Some("Two".to_string());
    // Of several, none is taken because it comes first.
    assert_eq!(url(&|_| {}).await.expect_err("none is chosen").kind, Kind::Ambiguous);
    assert_eq!(url(&two).await.expect("a URL"), "/two/v2.1");
    let inside = |settings: &mut Settings| {
        two(settings);
        settings.interfaces = vec![Interface::Admin, Interface::Internal];
    };
    assert_eq!(url(&inside).await.expect("a URL"), "/two/inside/v2.1");
    let over = |settings: &mut Settings| {
        let endpoint = Some("http://own.invalid/v2.1/%(project_id)s/".to_string());
        settings
            .services
            .insert("compute".into(), ServiceSettings { endpoint, ..ServiceSettings::default() });
    };
    assert_eq!(url(&over).await.expect("a URL"), "http://own.invalid/v2.1/p1");
    assert_eq!(
        at(&over).catalog().await.expect("a catalog")["compute"],
        "http://own.invalid/v2.1/%(project_id)s/"
    );

    let error = url(&|settings| settings.region = Some("Three".to_string())).await.expect_err("no region");
    assert_eq!(error.message, "lab has no compute service in region `Three`");
    assert_eq!(error.help.as_deref(), Some("set `region_name` in clouds.yaml:2 to one of: One, Two"));
    let error =
        url(&|settings| settings.interfaces = vec![Interface::Admin]).await.expect_err("no interface");
    assert_eq!(error.help.as_deref(), Some("set `interface` in clouds.yaml:2 to one of: internal, public"));
    let error = at(&|_| {}).url(&Service::named("dns"), "", &[]).await.expect_err("no service");
    assert_eq!((error.kind, error.message.as_str()), (Kind::Unsupported, "lab has no dns service"));
    assert_eq!(error.help.as_deref(), Some("choose one of its services: compute, image"));
    let empty = cloud(&[], |_, _| Reply::json(200, "{}")).await;
    let error = session(lab(&empty)).send(&list()).await.expect_err("unscoped");
    assert!(error.help.as_deref().is_some_and(|help| help.starts_with("add `project_name`")));
}

#[tokio::test]
async fn a_fixed_endpoint_needs_no_keystone() {
    let stub = Stub::start(|_, _| Reply::json(401, "{}")).await;
    let auth =
        Auth::Fixed { endpoint: Some(format!("{}/v2.1", stub.url)), token: Some(Secret::new("fixed-token")) };
    let own = session(Settings { auth, ..lab(&stub) });
    own.login().await.expect("nothing to do");
    assert_eq!(own.send(&list()).await.expect("an answer").status, 401);
    let seen = stub.seen();
    assert_eq!(
        (seen.len(), seen[0].target.as_str(), seen[0].header("x-auth-token")),
        (1, "/v2.1/servers", Some("fixed-token"))
    );
}

#[tokio::test]
async fn a_write_that_is_lost_says_so() {
    let stub = cloud(COMPUTE, |seen, _| match seen.target.as_str() {
        "/compute/v2.1/moved" => {
            Reply::json(301, "").with("Location", "https://elsewhere.invalid/?token=abcdef")
        }
        _ => Reply::Reset,
    })
    .await;
    let own = session(lab(&stub));
    let mut call = Call::new("server.create", Service::Compute, Method::Post, "/servers");
    let error = own.send(&call).await.expect_err("reset");
    assert_eq!((error.kind, error.maybe, error.diagnostic), (Kind::Network, true, Some("cloud::network")));
    let line = error.request.clone().expect("a request");
    assert_eq!((line.method, line.path.as_str()), ("POST", "/compute/v2.1/servers"));
    assert!(line.outcome.ends_with("; it may have reached the cloud"), "{}", line.outcome);
    call.path = "/moved".to_string();
    let error = own.send(&call).await.expect_err("redirected");
    assert_eq!(error.kind, Kind::Protocol);
    assert!(error.message.contains("elsewhere.invalid") && !error.message.contains("abcdef"), "{error}");
    let error = own.send(&list()).await.expect_err("reset");
    assert_eq!((error.kind, error.maybe), (Kind::Network, false));

    let down = session(Settings::password("http://127.0.0.1:1/v3", "demo", "hunter2-secret", "proj"));
    let error = down.send(&list()).await.expect_err("down");
    assert_eq!((error.kind, error.maybe), (Kind::Network, false));
    assert_eq!(error.message, "lab does not answer at 127.0.0.1:1: connection refused");
}

#[tokio::test]
async fn refusals_have_their_own_kinds() {
    for (status, kind) in [
        (400, Kind::InvalidArgument),
        (403, Kind::Unauthorized),
        (404, Kind::Protocol),
        (429, Kind::RateLimited),
        (503, Kind::Unavailable),
        (200, Kind::Protocol),
    ] {
        let stub = Stub::start(move |_, _| Reply::json(status, "<html>")).await;
        let error = session(lab(&stub)).login().await.expect_err("refused");
        assert_eq!((error.kind, error.status, error.maybe), (kind, Some(status), false));
        assert_eq!(error.answer.as_deref().unwrap_or("<html>"), "<html>");
    }
}

#[tokio::test]
async fn a_login_that_is_sent_elsewhere_stays() {
    let other = Stub::start(|_, _| Reply::json(201, "{}")).await;
    let target = format!("{}/v3/auth/tokens", other.url);
    let stub = Stub::start(move |_, _| Reply::json(301, "").with("Location", target.clone())).await;
    let error = session(lab(&stub)).login().await.expect_err("sent elsewhere");
    assert_eq!(
        error.help,
        Some(format!("set `auth_url` in the program to {}/v3, if you trust it", other.url))
    );
    assert_eq!((stub.count(), other.count()), (1, 0));
}

#[tokio::test]
async fn no_secret_is_printed_by_anything() {
    let stub = cloud(COMPUTE, |seen, _| {
        let told = seen.headers.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ");
        Reply::json(404, &json!({ "echo": told, "also": "hunter2-secret" }).to_string()).with("X-Echo", told)
    })
    .await;
    let trace = Arc::new(KeepingTrace::default());
    let wire = Wire::new(WireSettings::default(), Arc::new(CountingClock::default()), trace.clone());
    let settings = lab(&stub);
    let shown = format!("{settings:?}");
    let own = Session::new(Arc::from("lab"), settings, wire);
    let answer = own.send(&list()).await.expect("an answer");
    let told = own.hide(&String::from_utf8_lossy(&answer.body));
    for text in [shown, trace.text(), told] {
        assert!(!text.contains("hunter2") && !text.contains("token-number"), "{text}");
    }
    assert!(trace.text().contains("token.create") && trace.text().contains("server.list"));
}
