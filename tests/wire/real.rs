//! Against a real Keystone and Nova, where one runs: `RHAIN_REAL_AUTH_URL=http://127.0.0.1:5000 cargo test real:: -- --ignored`.

use rhain::provider::openstack::session::*;
use rhain::wire::{Method, Settings as WireSettings, Silent, WallClock, Wire};
use std::sync::Arc;

fn session(settings: Settings) -> Session {
    let wire = Wire::new(WireSettings::default(), Arc::new(WallClock::start()), Arc::new(Silent));
    Session::new(Arc::from("real"), settings, wire)
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn password_token_scope_and_microversions() {
    let url = std::env::var("RHAIN_REAL_AUTH_URL").expect("RHAIN_REAL_AUTH_URL");
    for suffix in ["", "/", "/v3", "/v3/"] {
        let settings = Settings::password(&format!("{url}{suffix}"), "demo", "secret", "demo");
        let session = session(settings);
        session.login().await.expect("login");
        println!("{:?} {:?}", session.identity().await.expect("identity"), session.region());
        println!("{:?}", session.catalog().await.expect("catalog"));
        for service in ["compute", "image", "network", "volumev3", "heat", "keystone", "placement"] {
            println!("{service}: {}", session.url(&Service::named(service), "/x", &[]).await.expect("url"));
        }
        println!("{:?}", session.microversions(&Service::Compute).await.expect("range"));
        let mut call = Call::new("server.list", Service::Compute, Method::Get, "/servers");
        call.microversion = Some(Version(2, 60));
        let answer = session.send(&call).await.expect("servers");
        println!("{:?} {:?}", Session::request_line(&answer), String::from_utf8_lossy(&answer.body));
        println!("{:?}", session.wire().counters());
    }
    let wrong = session(Settings::password(&url, "demo", "wrong-password", "demo"));
    println!("{:#?}", wrong.login().await.expect_err("refused"));
    let down = session(Settings::password("http://127.0.0.1:1/v3", "demo", "wrong-password", "demo"));
    println!("{:#?}", down.login().await.expect_err("down"));
    let mut admin = Settings::password(&url, "admin", "secret", "admin");
    admin.scope = Scope::System;
    let admin = session(admin);
    println!("{:?}", admin.identity().await.expect("system scope"));
}
