//! Every operation against a real cloud, where one runs (its `demo` project, user and password as a test cloud has):
//! `RHAIN_REAL_AUTH_URL=http://127.0.0.1:5000 cargo test openstack::real -- --ignored`. What it makes, it deletes.

use async_trait::async_trait;
use rhain::cloud::ports::{Clock, Progress};
use rhain::cloud::server::{BootSpec, Nic, Nics, RebuildSpec};
use rhain::cloud::traits::*;
use rhain::cloud::wait::{self, Before, Goal, Pending, Wanted};
use rhain::cloud::{
    Action, Filter, Handle, Holder, Kind, MARKER, NameMatch, RequestState, Resource, RestCall, Secret,
    Server, ServerUpdate, Time,
};
use rhain::provider::openstack::OpenStack;
use rhain::provider::openstack::session::{Session, Settings, Version};
use rhain::wire::{self, Silent, WallClock, Wire};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub struct Wall(WallClock);

#[async_trait]
impl Clock for Wall {
    fn now(&self) -> Time {
        Time::from_system(wire::Clock::now(&self.0))
    }
    fn elapsed(&self) -> Duration {
        wire::Clock::elapsed(&self.0)
    }
    async fn lapse(&self, by: Duration) {
        self.sleep(by).await
    }
    async fn sleep(&self, by: Duration) {
        wire::Clock::sleep(&self.0, by).await
    }
}

pub struct Strict;

impl Progress for Strict {
    fn waiting(&self, _: &str) {}
    fn done(&self) {}
    fn warn(&self, text: &str) {
        panic!("{text}");
    }
}

pub struct Lab {
    pub cloud: OpenStack,
    pub clock: Arc<Wall>,
}

impl Lab {
    pub fn new() -> Lab {
        let url = std::env::var("RHAIN_REAL_AUTH_URL").expect("RHAIN_REAL_AUTH_URL");
        let wire = Wire::new(wire::Settings::default(), Arc::new(WallClock::start()), Arc::new(Silent));
        let mut settings = Settings::password(&url, "demo", "secret", "demo");
        // `RHAIN_REAL_MICROVERSION=latest` asks as a user would who configured it.
        let microversion =
            std::env::var("RHAIN_REAL_MICROVERSION").ok().and_then(|text| Version::parse(&text));
        settings.services.entry("compute".to_string()).or_default().microversion = microversion;
        let session = Session::new("lab".into(), settings, wire);
        let clock = Arc::new(Wall(WallClock::start()));
        Lab { cloud: OpenStack::new(session, clock.clone(), Arc::new(|_| ())), clock }
    }

    pub async fn wait(&self, wanted: &[Wanted], goal: Goal) -> Vec<Server> {
        let timeout = Duration::from_secs(60);
        let results = wait::servers(&self.cloud, self.clock.as_ref(), &Strict, wanted, &goal, timeout).await;
        results.into_iter().map(|result| result.unwrap_or_else(|error| panic!("{error:#?}"))).collect()
    }

    /// Do it, and wait until it has taken effect.
    async fn act(&self, server: &Server, action: Action, leads_to: &str) -> Server {
        let accepted =
            self.cloud.act(&server.id, &action).await.unwrap_or_else(|error| panic!("{action:?}: {error:?}"));
        let told = matches!(action, Action::Rescue { .. } | Action::Rebuild(_));
        assert_eq!(accepted.admin_pass.is_some(), told, "{action:?}");
        let request_id = accepted.request_id.clone();
        let before = Some(Before::from(server));
        let pending = Some(Pending { verb: action.verb(), request_id, at: self.clock.now(), before });
        let wanted = Wanted { object: Handle::new(server.clone().into()), pending };
        let server = self.wait(&[wanted], Goal::Status(vec![leads_to.to_string()])).await.remove(0);
        // Nova writes the end of the step a moment after the server's own state.
        let mut state = RequestState::Running;
        for _ in 0..20 {
            state =
                self.cloud.request_state(&server.id, accepted.request_id.as_deref().unwrap()).await.unwrap();
            match state {
                RequestState::Finished => break,
                _ => self.clock.sleep(Duration::from_millis(200)).await,
            }
        }
        assert_eq!(state, RequestState::Finished, "{action:?}");
        server
    }
}

pub fn plain(server: &Server) -> Wanted {
    Wanted { object: Handle::new(server.clone().into()), pending: None }
}

pub fn map(items: &[(&str, &str)]) -> BTreeMap<String, String> {
    items.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn a_server_through_its_whole_life() {
    let lab = Lab::new();
    let cloud = &lab.cloud;
    let flavors = cloud.flavors().await.unwrap();
    let flavor = |name: &str| flavors.iter().find(|flavor| flavor.name == name).unwrap().id.clone();
    let cirros = Filter { name: Some(NameMatch::Exact("cirros".to_string())), ..Filter::default() };
    let image = cloud.images(&cirros).await.unwrap().remove(0).id;
    // Others may use the cloud meanwhile.
    let run = uuid::Uuid::new_v4().to_string();
    let private = Nic { network: Some("private".to_string()), ..Nic::default() };
    let spec = BootSpec {
        name: format!("driver (a) {run}"),
        image: Some(image.clone()),
        flavor: flavor("m1.tiny"),
        meta: map(&[("a b", run.as_str()), ("k:x", "2"), ("x.json", "3")]),
        tags: vec![run.clone()],
        files: vec![("/etc/motd".to_string(), b"hi".to_vec())],
        // A configured newer version carries the files in the user data.
        user_data: std::env::var_os("RHAIN_REAL_MICROVERSION").is_none().then(|| b"#!/bin/sh\n".to_vec()),
        networks: Nics::These(vec![private.clone()]),
        security_groups: vec!["default".to_string()],
        description: Some("of a test".to_string()),
        admin_pass: Some(Secret::new("pw123456")),
        marker: format!("m-{run}"),
        ..BootSpec::default()
    };
    let booted = cloud.boot(&spec).await.unwrap().remove(0);
    assert_eq!(booted.admin_pass.as_ref().map(Secret::reveal), Some("pw123456"));
    // The object keeps the password that only the first answer has.
    let object = plain(&booted);
    let server = lab.wait(std::slice::from_ref(&object), Goal::Active).await.remove(0);
    let Resource::Server(kept) = object.object.latest() else { panic!("a server") };
    assert!(kept.admin_pass.is_some() && kept.status == "ACTIVE" && server.ip().is_some());
    assert_eq!((&server.meta, &server.tags), (&spec.meta, &spec.tags));
    let id = server.id.clone();

    for filter in [
        Filter { name: Some(NameMatch::Exact(spec.name.clone())), ..Filter::default() },
        Filter { name: Some(NameMatch::Glob(format!("driver*{run}"))), ..Filter::default() },
        Filter { name: Some(NameMatch::Glob(format!("[cd]river*{run}"))), ..Filter::default() },
        Filter { meta: map(&[("a b", run.as_str())]), ..Filter::default() },
        Filter { tags: spec.tags.clone(), ..Filter::default() },
        Filter { ip: server.ip().map(str::to_string), ..Filter::default() },
        Filter {
            status: vec!["ACTIVE".to_string(), "BUILD".to_string()],
            tags: spec.tags.clone(),
            ..Filter::default()
        },
        Filter {
            image: Some(image.clone()),
            flavor: Some(flavor("m1.tiny")),
            tags: spec.tags.clone(),
            limit: Some(1),
            ..Filter::default()
        },
    ] {
        let found = cloud.servers(&filter).await.unwrap();
        assert_eq!(found.iter().map(|server| &server.id).collect::<Vec<_>>(), [&id], "{filter:?}");
    }

    let holder = Holder::Server(id.clone());
    cloud.set_meta(&holder, &map(&[("n", "v")])).await.unwrap();
    for key in ["x.json", "k:x", "a b"] {
        cloud.delete_meta(&holder, key).await.unwrap();
    }
    assert_eq!(cloud.meta(&holder).await.unwrap(), map(&[("n", "v")]));
    assert_eq!(cloud.delete_meta(&holder, "zz/y").await.unwrap_err().kind, Kind::NotFound);
    cloud.replace_meta(&holder, &map(&[("only", "this")])).await.unwrap();
    let shown = cloud.server(&id).await.unwrap().unwrap();
    assert_eq!(
        (&shown.meta, &shown.raw["metadata"][MARKER]),
        (&map(&[("only", "this")]), &format!("m-{run}").into())
    );

    let name = Some("renamed".to_string());
    let update = ServerUpdate {
        name,
        description: Some("d".to_string()),
        access_ipv4: Some("192.0.2.7".to_string()),
        ..ServerUpdate::default()
    };
    cloud.update_server(&id, &update).await.unwrap();
    let shown = cloud.server(&id).await.unwrap().unwrap();
    assert_eq!(
        (shown.name.as_str(), &shown.raw["accessIPv4"], &shown.raw["description"]),
        ("renamed", &"192.0.2.7".into(), &"d".into())
    );

    let files = vec![("/a".to_string(), b"x".to_vec())];
    let with_files = RebuildSpec {
        image: image.clone(),
        files,
        name: Some("again".to_string()),
        ..RebuildSpec::default()
    };
    let with_data =
        RebuildSpec { image: image.clone(), user_data: Some(b"x".to_vec()), ..RebuildSpec::default() };
    let mut server = shown;
    for (action, leads_to) in [
        (Action::Reboot { hard: false }, "ACTIVE"),
        (Action::Reboot { hard: true }, "ACTIVE"),
        (Action::Stop { force: true }, "SHUTOFF"),
        (Action::Start, "ACTIVE"),
        (Action::Pause, "PAUSED"),
        (Action::Unpause, "ACTIVE"),
        (Action::Suspend, "SUSPENDED"),
        (Action::Resume, "ACTIVE"),
        (Action::Shelve, "SHELVED_OFFLOADED"),
        (Action::Unshelve, "ACTIVE"),
        (Action::Lock, "ACTIVE"),
        (Action::Unlock, "ACTIVE"),
        (Action::Rescue { image: None, admin_pass: None }, "RESCUE"),
        (Action::Unrescue, "ACTIVE"),
        (Action::SetPassword(Secret::new("newpass")), "ACTIVE"),
        (Action::RemoveSecurityGroup("default".to_string()), "ACTIVE"),
        (Action::AddSecurityGroup("default".to_string()), "ACTIVE"),
        (Action::Rebuild(Box::new(with_files)), "ACTIVE"),
        (Action::Rebuild(Box::new(with_data)), "ACTIVE"),
        (Action::Resize { flavor: flavor("m1.small") }, "VERIFY_RESIZE"),
        (Action::ConfirmResize, "ACTIVE"),
        (Action::Resize { flavor: flavor("m1.tiny") }, "VERIFY_RESIZE"),
        (Action::RevertResize, "ACTIVE"),
    ] {
        match action {
            // These leave no record of their end.
            Action::AddSecurityGroup(_) | Action::RemoveSecurityGroup(_) => {
                drop(cloud.act(&id, &action).await.unwrap())
            }
            _ => server = lab.act(&server, action, leads_to).await,
        }
    }
    let resized = server
        .flavor
        .id
        .as_ref()
        .map_or(server.flavor.name.as_deref() == Some("m1.small"), |id| *id == flavor("m1.small"));
    assert_eq!((resized, server.name.as_str()), (true, "again"));
    assert_eq!(cloud.act(&id, &Action::ConfirmResize).await.unwrap_err().kind, Kind::Conflict);
    assert!(cloud.console_log(&id, Some(2)).await.unwrap().unwrap().lines().count() <= 2);
    assert!(cloud.console_url(&id).await.unwrap().unwrap().starts_with("http"));

    let snapshot = cloud.snapshot_server(&id, "driver snapshot", &map(&[("m", "n")]), false).await.unwrap();
    let shown = Resource::from(cloud.image(&snapshot).await.unwrap().unwrap());
    let timeout = Duration::from_secs(60);
    let ready = wait::resources(cloud, lab.clock.as_ref(), &Strict, &[shown.into()], &Goal::Active, timeout)
        .await
        .remove(0);
    assert_eq!(ready.unwrap().name(), "driver snapshot");
    let holder = Holder::Image(snapshot.clone());
    cloud.set_meta(&holder, &map(&[("a/b~ c", "é"), ("m", "o")])).await.unwrap();
    assert_eq!(cloud.meta(&holder).await.unwrap()["a/b~ c"], "é");
    cloud.delete_meta(&holder, "a/b~ c").await.unwrap();
    assert_eq!(cloud.delete_meta(&holder, "a/b~ c").await.unwrap_err().kind, Kind::NotFound);
    cloud.replace_meta(&holder, &map(&[("z", "y")])).await.unwrap();
    assert_eq!(cloud.meta(&holder).await.unwrap(), map(&[("z", "y")]));
    assert!(cloud.delete_image(&snapshot).await.unwrap() && !cloud.delete_image(&snapshot).await.unwrap());

    let many = BootSpec { name: "many".to_string(), count: Some(3), networks: Nics::Auto, ..spec.clone() };
    let many = cloud.boot(&many).await.unwrap();
    assert_eq!(
        many.iter().map(|server| server.name.as_str()).collect::<Vec<_>>(),
        ["many-1", "many-2", "many-3"]
    );
    let one = cloud.boot(&BootSpec { count: Some(1), networks: Nics::Absent, ..spec.clone() }).await.unwrap();
    assert_eq!(one[0].name, format!("driver (a) {run}-1"));
    let all: Vec<Wanted> = many.iter().chain(&one).map(plain).collect();
    lab.wait(&all, Goal::Active).await;
    let missing = Nic { network: Some("privat".to_string()), ..Nic::default() };
    let refused = cloud.boot(&BootSpec { networks: Nics::These(vec![missing]), ..spec }).await.unwrap_err();
    assert_eq!((refused.kind, refused.label.as_deref()), (Kind::NotFound, Some("closest: `private`")));
    for (at, wanted) in all.iter().enumerate() {
        assert!(cloud.delete_server(wanted.object.id(), at == 0).await.unwrap());
    }
    assert!(cloud.delete_server(&id, true).await.unwrap());
    let all: Vec<Wanted> = all.into_iter().chain([plain(&server)]).collect();
    lab.wait(&all, Goal::Deleted).await;
    assert!(!cloud.delete_server(&id, false).await.unwrap() && cloud.server(&id).await.unwrap().is_none());
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn what_a_real_cloud_tells_of_itself() {
    let lab = Lab::new();
    let cloud = &lab.cloud;
    let limits = cloud.limits().await.unwrap();
    assert!(limits["servers"].is_some() && limits["personality"] == Some(5));
    assert_eq!(cloud.zones().await.unwrap(), ["nova"]);
    let names: Vec<String> = cloud.flavors().await.unwrap().into_iter().map(|flavor| flavor.name).collect();
    assert_eq!(names, ["m1.nano", "m1.tiny", "m1.small", "m1.medium", "m1.large", "m1.xlarge"]);
    assert!(cloud.flavor("1").await.unwrap().is_some() && cloud.flavor("nosuch").await.unwrap().is_none());
    for id in ["detail", "nosuch", "a/b é", ".."] {
        assert!(
            cloud.server(id).await.unwrap().is_none() && cloud.image(id).await.unwrap().is_none(),
            "{id}"
        );
    }
    assert!(cloud.api(&RestCall::new("compute", "GET", "/servers?limit=1")).await.is_ok());
    assert_eq!(
        cloud.api(&RestCall::new("compute", "GET", "/nosuch")).await.unwrap_err().kind,
        Kind::NotFound
    );
    let all = Filter { all_projects: true, ..Filter::default() };
    assert_eq!(cloud.servers(&all).await.unwrap_err().kind, Kind::Forbidden);
    // By name: beside it another test may have a snapshot that is not ready, which would be refused for that.
    let named = Filter { name: Some(NameMatch::Exact("cirros".to_string())), ..Filter::default() };
    let cirros = cloud.images(&named).await.unwrap();
    let nano = BootSpec {
        name: "nano".to_string(),
        image: Some(cirros[0].id.clone()),
        flavor: "42".to_string(),
        ..BootSpec::default()
    };
    let error = cloud.boot(&nano).await.unwrap_err();
    assert_eq!(error.kind, Kind::Forbidden, "{error:?}");
}
