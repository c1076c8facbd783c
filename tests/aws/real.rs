//! A server's whole life on a cloud that runs and speaks EC2: moto's, or any other where the image is there.
//! `RHAIN_REAL_EC2_URL=http://127.0.0.1:5566 RHAIN_REAL_EC2_IMAGE=ami-… cargo test aws::real -- --ignored`, with the keys in
//! `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. What it makes, it deletes.

use rhain::cli::clouds::CloudClock;
use rhain::cloud::server::BootSpec;
use rhain::cloud::traits::*;
use rhain::cloud::{Action, Filter, Holder, NameMatch};
use rhain::provider::aws::Aws;
use rhain::provider::aws::credentials::KeyRing;
use rhain::provider::aws::session::{Session, Settings};
use rhain::wire::auth::Version;
use rhain::wire::{self, Credentials, Silent, Source, WallClock, Wire};
use std::collections::BTreeMap;
use std::sync::Arc;

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn cloud() -> Aws {
    let clock = Arc::new(WallClock::start());
    let wire = Wire::new(wire::Settings::default(), clock.clone(), Arc::new(Silent));
    let keys = Credentials::new(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let settings = Settings {
        found: "the environment".to_string(),
        region: std::env::var("AWS_REGION").unwrap_or("us-east-1".to_string()),
        endpoints: BTreeMap::new(),
        any: Some(variable("RHAIN_REAL_EC2_URL")),
        amazon: false,
        hosts: Default::default(),
        signature: Version::V4,
        keys: KeyRing::new("lab".into(), Source::Static(keys), wire.clone()),
    };
    Aws::new(Session::new("lab".into(), settings, wire), Arc::new(CloudClock(clock)))
}

#[tokio::test]
#[ignore = "needs a cloud that speaks EC2"]
async fn a_server_through_its_whole_life() {
    let cloud = cloud();
    let name = format!("rhain-{}", uuid::Uuid::new_v4().simple());
    let spec = BootSpec {
        name: name.clone(),
        image: Some(variable("RHAIN_REAL_EC2_IMAGE")),
        flavor: "t3.micro".into(),
        meta: BTreeMap::from([("role".into(), "db".into())]),
        count: Some(2),
        marker: uuid::Uuid::new_v4().to_string(),
        ..BootSpec::default()
    };
    let servers = cloud.boot(&spec).await.unwrap();
    let names: Vec<&str> = servers.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, [format!("{name}-1"), format!("{name}-2")]);
    let id = servers[0].id.clone();
    let filter = Filter { name: Some(NameMatch::Glob(format!("{name}-*"))), ..Filter::default() };
    assert_eq!(cloud.servers(&filter).await.unwrap().len(), 2);
    let holder = Holder::Server(id.clone());
    cloud.replace_meta(&holder, &BTreeMap::from([("z".into(), "9".into())])).await.unwrap();
    let shown = cloud.server(&id).await.unwrap().unwrap();
    assert_eq!((shown.name, shown.meta), (format!("{name}-1"), BTreeMap::from([("z".into(), "9".into())])));
    cloud.act(&id, &Action::Resize { flavor: "t3.small".into() }).await.unwrap();
    assert_eq!(cloud.server(&id).await.unwrap().unwrap().flavor.id.as_deref(), Some("t3.small"));
    cloud.act(&id, &Action::RevertResize).await.unwrap();
    assert_eq!(cloud.server(&id).await.unwrap().unwrap().flavor.id.as_deref(), Some("t3.micro"));
    for server in &servers {
        assert!(cloud.delete_server(&server.id, false).await.unwrap());
    }
    assert!(cloud.server(&id).await.unwrap().is_none());
    assert_eq!(cloud.servers(&filter).await.unwrap().len(), 0);
}
