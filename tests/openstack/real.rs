use rhain::cloud::host::Clock;
use rhain::cloud::server::*;
use rhain::cloud::*;
use rhain::provider::openstack::OpenStack;
use rhain::provider::openstack::session::*;
use rhain::wire::{Settings as WireSettings, Silent, WallClock, Wire};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

struct Wall(std::time::Instant);
#[async_trait::async_trait]
impl Clock for Wall {
    fn now(&self) -> Time {
        Time::from_system(std::time::SystemTime::now())
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    async fn sleep(&self, by: Duration) {
        tokio::time::sleep(by).await
    }
}

#[tokio::test]
#[ignore]
async fn real() {
    let url = std::env::var("RHAIN_REAL_AUTH_URL").expect("RHAIN_REAL_AUTH_URL");
    let wire = Wire::new(WireSettings::default(), Arc::new(WallClock::start()), Arc::new(Silent));
    let session = Session::new("lab".into(), Settings::password(&url, "demo", "secret", "demo"), wire);
    let c = OpenStack::new(session, Arc::new(Wall(std::time::Instant::now())));
    let rest = |id: String, want: &'static str| {
        let c = &c;
        async move {
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                let s = c.server(&id).await.unwrap().unwrap();
                if s.status == want && s.task.is_none() {
                    return s;
                }
                assert_ne!(s.status, "ERROR", "{:?}", s.fault);
            }
            panic!("never {want}: {:?}", c.server(&id).await);
        }
    };
    println!("limits {:?}", c.limits().await.unwrap());
    println!("zones {:?}", c.zones().await.unwrap());
    println!("flavors {:?}", c.flavors().await.unwrap().iter().map(|f| f.name.clone()).collect::<Vec<_>>());
    println!("flavor detail {:?}", c.flavor("detail").await.map(|f| f.is_some()));
    println!("server detail {:?}", c.server("detail").await.map(|f| f.is_some()));
    println!("server a/b {:?}", c.server("a/b é").await.map(|f| f.is_some()));
    let images = c
        .images(&ImageFilter { name: Some(NameMatch::Glob("cir*".into())), ..Default::default() })
        .await
        .unwrap();
    println!("image {:?}", images[0]);
    println!("image none {:?}", c.image("nosuch").await.map(|f| f.is_some()));
    let tiny = c.flavors().await.unwrap().into_iter().find(|f| f.name == "m1.tiny").unwrap().id;
    let small = c.flavors().await.unwrap().into_iter().find(|f| f.name == "m1.small").unwrap().id;
    let spec = BootSpec {
        name: "drv (a) b".into(),
        image: Some(images[0].id.clone()),
        flavor: tiny.clone(),
        meta: BTreeMap::from([
            ("a b".into(), "1".into()),
            ("k:x".into(), "2".into()),
            ("x.json".into(), "3".into()),
        ]),
        tags: vec!["t1".into()],
        files: vec![("/etc/motd".into(), b"hi".to_vec())],
        user_data: Some(b"#!/bin/sh\n".to_vec()),
        networks: Nics::These(vec![Nic { network: Some("private".into()), ..Default::default() }]),
        security_groups: vec!["default".into()],
        description: Some("desc".into()),
        admin_pass: Some(Secret::new("pw123456")),
        marker: "m-1".into(),
        ..Default::default()
    };
    let mut missing = spec.clone();
    missing.networks = Nics::These(vec![Nic { network: Some("privat".into()), ..Default::default() }]);
    println!("bad net {:#?}", c.boot(&missing).await.unwrap_err());
    let s = c.boot(&spec).await.unwrap().remove(0);
    println!("booted {s:?} {:?}", s.admin_pass.as_ref().map(|p| p.reveal().to_string()));
    let id = s.id.clone();
    let s = rest(id.clone(), "ACTIVE").await;
    println!("active {s:?}");
    for f in [
        ServerFilter { name: Some(NameMatch::Exact("drv (a) b".into())), ..Default::default() },
        ServerFilter {
            name: Some(NameMatch::Glob("drv*b".into())),
            status: vec!["ACTIVE".into(), "BUILD".into()],
            ..Default::default()
        },
        ServerFilter { meta: BTreeMap::from([("a b".into(), "1".into())]), ..Default::default() },
        ServerFilter { tags: vec!["t1".into()], ..Default::default() },
        ServerFilter { ip: s.ip().map(str::to_string), ..Default::default() },
        ServerFilter {
            image: s.image.id.clone(),
            flavor: s.flavor.id.clone(),
            zone: s.zone.clone(),
            limit: Some(1),
            ..Default::default()
        },
    ] {
        let found = c.servers(&f).await.unwrap();
        println!("filter {f:?} -> {:?}", found.iter().map(|s| &s.name).collect::<Vec<_>>());
    }
    println!(
        "DELETED {:?}",
        c.servers(&ServerFilter { status: vec!["DELETED".into()], ..Default::default() })
            .await
            .map(|s| s.len())
            .map_err(|e| e.to_string())
    );
    println!(
        "all projects {:?}",
        c.servers(&ServerFilter { all_projects: true, ..Default::default() })
            .await
            .map(|s| s.len())
            .map_err(|e| e.to_string())
    );
    let h = Holder::Server(id.clone());
    println!("meta {:?}", c.meta(&h).await.unwrap());
    c.set_meta(&h, &BTreeMap::from([("n".to_string(), "v".to_string())])).await.unwrap();
    for key in ["x.json", "k:x", "a b"] {
        c.delete_meta(&h, key).await.unwrap();
    }
    println!("meta missing {:?}", c.delete_meta(&h, "zz/y").await.unwrap_err());
    println!("meta {:?}", c.meta(&h).await.unwrap());
    c.replace_meta(&h, &BTreeMap::from([("only".to_string(), "this".to_string())])).await.unwrap();
    println!(
        "meta {:?} {:?}",
        c.meta(&h).await.unwrap(),
        c.server(&id).await.unwrap().unwrap().raw["metadata"]
    );
    for (n, u) in [
        ServerUpdate {
            name: Some("drv2".into()),
            access_ipv4: Some("192.0.2.7".into()),
            ..Default::default()
        },
        ServerUpdate { description: Some("d2".into()), access_ipv4: Some("".into()), ..Default::default() },
        ServerUpdate { description: Some("".into()), ..Default::default() },
    ]
    .into_iter()
    .enumerate()
    {
        println!(
            "update {n} {:?} {}",
            c.update_server(&id, &u).await.map_err(|e| e.answer.clone()),
            c.server(&id).await.unwrap().unwrap().raw["accessIPv4"]
        );
    }
    for (a, want) in [
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
        (
            Action::Rebuild(Box::new(RebuildSpec {
                image: images[0].id.clone(),
                files: vec![("/a".into(), b"x".to_vec())],
                name: Some("drv3".into()),
                ..Default::default()
            })),
            "ACTIVE",
        ),
        (
            Action::Rebuild(Box::new(RebuildSpec {
                image: images[0].id.clone(),
                user_data: Some(b"x".to_vec()),
                ..Default::default()
            })),
            "ACTIVE",
        ),
        (Action::Resize { flavor: small.clone() }, "VERIFY_RESIZE"),
        (Action::ConfirmResize, "ACTIVE"),
        (Action::Resize { flavor: tiny.clone() }, "VERIFY_RESIZE"),
        (Action::RevertResize, "ACTIVE"),
    ] {
        let accepted = c.act(&id, &a).await;
        let Ok(accepted) = accepted else {
            println!("{} -> {:?}", a.verb(), accepted.unwrap_err());
            continue;
        };
        let first = c.request_state(&id, accepted.request_id.as_deref().unwrap()).await;
        let mut seen = c.server(&id).await.unwrap().unwrap();
        println!(
            "{} {:?} pass={} first={first:?} {} {:?} updated {:?}",
            a.verb(),
            accepted.request_id,
            accepted.admin_pass.is_some(),
            seen.status,
            seen.task,
            seen.updated
        );
        if want != "ACTIVE" || !matches!(a, Action::Lock | Action::Unlock) {
            tokio::time::sleep(Duration::from_millis(700)).await;
            seen = rest(id.clone(), want).await;
        }
        println!(
            "    now {} updated {:?} state {:?}",
            seen.status,
            seen.updated,
            c.request_state(&id, accepted.request_id.as_deref().unwrap()).await
        );
    }
    println!("console {:?}", c.console_log(&id, Some(2)).await.unwrap());
    println!("console {:?}", c.console_url(&id).await.unwrap());
    let snap = c
        .snapshot_server(&id, "drvsnap", &BTreeMap::from([("m".to_string(), "n".to_string())]))
        .await
        .unwrap();
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if c.image(&snap).await.unwrap().is_some_and(|i| i.status == "ACTIVE") {
            break;
        }
    }
    let hi = Holder::Image(snap.clone());
    c.set_meta(
        &hi,
        &BTreeMap::from([("a/b~ c".to_string(), "é".to_string()), ("m".to_string(), "o".to_string())]),
    )
    .await
    .unwrap();
    println!("image meta {:?}", c.meta(&hi).await.unwrap());
    c.delete_meta(&hi, "a/b~ c").await.unwrap();
    println!("image meta missing {:?}", c.delete_meta(&hi, "a/b~ c").await.unwrap_err().to_string());
    c.replace_meta(&hi, &BTreeMap::from([("z".to_string(), "y".to_string())])).await.unwrap();
    println!("image meta {:?}", c.meta(&hi).await.unwrap());
    println!("delete image {:?} {:?}", c.delete_image(&snap).await, c.delete_image(&snap).await);
    let mut many = spec.clone();
    many.name = "drvm".into();
    many.count = Some(3);
    many.marker = "m-2".into();
    let many = c.boot(&many).await.unwrap();
    println!("many {:?}", many.iter().map(|s| (&s.name, &s.status)).collect::<Vec<_>>());
    let mut one = spec.clone();
    one.count = Some(1);
    one.networks = Nics::Absent;
    let one = c.boot(&one).await.unwrap();
    println!("one {:?}", one.iter().map(|s| (&s.name, &s.status)).collect::<Vec<_>>());
    let mut auto = spec.clone();
    auto.networks = Nics::Auto;
    auto.name = "auto".into();
    let auto = c.boot(&auto).await.unwrap();
    println!(
        "page {:?}",
        c.servers(&ServerFilter { limit: Some(2), ..Default::default() }).await.unwrap().len()
    );
    for s in many.iter().chain(&one).chain(&auto) {
        println!("delete {:?}", c.delete_server(&s.id, false).await);
    }
    println!("delete {:?}", c.delete_server(&id, true).await);
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("delete again {:?}", c.delete_server(&id, false).await);
    println!("api {:?}", c.api("compute", "get", "servers?limit=1", None).await.unwrap());
    println!("api {:?}", c.api("compute", "GET", "/nosuch", None).await.unwrap_err());
}
