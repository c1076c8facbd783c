//! Volumes, networks, security groups, public IPs and key pairs against a real cloud: as [`super::real`], and run in the same way.
//! What it makes has a name of its own, and is deleted.

use super::real::{Lab, map, plain};
use rhain::cloud::server::{BootSpec, Nic, Nics};
use rhain::cloud::traits::*;
use rhain::cloud::wait::{self, Goal};
use rhain::cloud::{
    Cloud, Filter, Holder, Kind, NameMatch, NetworkSpec, Noun, PublicIp, Resource, RestCall, RouterSpec,
    Rule, Server, Snapshot, Volume, VolumeSpec,
};
use std::sync::Arc;
use std::time::Duration;

/// A name that nothing else on the cloud has.
fn own(name: &str) -> String {
    format!("rhain-nouns-{name}-{}", &uuid::Uuid::new_v4().to_string()[..8])
}

async fn rest(lab: &Lab, resource: impl Into<Resource>, goal: Goal) -> Resource {
    let timeout = Duration::from_secs(60);
    let wanted = [resource.into().into()];
    let mut ended =
        wait::resources(&lab.cloud, lab.clock.as_ref(), &super::real::Strict, &wanted, &goal, timeout).await;
    ended.remove(0).unwrap_or_else(|error| panic!("{error:#?}"))
}

async fn volume(lab: &Lab, volume: &Volume, status: &str) -> Volume {
    match rest(lab, volume.clone(), Goal::Status(vec![status.to_string()])).await {
        Resource::Volume(volume) => Arc::unwrap_or_clone(volume),
        other => panic!("{other:?}"),
    }
}

async fn names(lab: &Lab, noun: Noun, listing: &Filter) -> Vec<String> {
    let found = lab.cloud.list(noun, listing).await.unwrap_or_else(|error| panic!("{listing:?}: {error:#?}"));
    found.iter().map(|one| one.name().to_string()).collect()
}

fn matching(name: &str) -> Filter {
    Filter { name: Some(NameMatch::Glob(format!("{}*", &name[..name.len() - 2]))), ..Filter::default() }
}

/// A running server on the network `private`.
async fn server(lab: &Lab, spec: BootSpec) -> Server {
    let cloud = &lab.cloud;
    let named = Filter { name: Some(NameMatch::Exact("cirros".to_string())), ..Filter::default() };
    let image = cloud.images(&named).await.unwrap().remove(0).id;
    let flavor =
        cloud.flavors().await.unwrap().into_iter().find(|flavor| flavor.name == "m1.tiny").unwrap().id;
    let private = Nic { network: Some("private".to_string()), ..Nic::default() };
    let spec = BootSpec {
        image: Some(image),
        flavor,
        networks: Nics::These(vec![private]),
        marker: own("m"),
        ..spec
    };
    let booted = cloud.boot(&spec).await.unwrap_or_else(|error| panic!("{error:#?}")).remove(0);
    lab.wait(&[plain(&booted)], Goal::Active).await.remove(0)
}

async fn gone(lab: &Lab, server: &Server) {
    assert!(lab.cloud.delete_server(&server.id, false).await.unwrap());
    lab.wait(&[plain(server)], Goal::Deleted).await;
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn a_volume_through_its_whole_life() {
    let lab = Lab::new();
    let cloud = &lab.cloud;
    let name = own("data");
    let meta = map(&[("tier", "db")]);
    let spec = VolumeSpec { name: name.clone(), size: 1, meta: meta.clone(), ..VolumeSpec::default() };
    let made = cloud.create_volume(&spec).await.unwrap();
    assert_eq!((made.name.as_str(), made.size, &made.meta), (name.as_str(), 1, &meta));
    let data = volume(&lab, &made, "AVAILABLE").await;
    assert_eq!(
        (data.bootable, data.server.as_deref(), data.zone.as_deref()),
        (Some(false), None, Some("nova"))
    );
    assert!(data.created.is_some() && data.kind.is_some());

    // At boot, and into one that runs.
    let boot = BootSpec { name: own("vm"), volumes: vec![data.id.clone()], ..BootSpec::default() };
    let web = server(&lab, boot).await;
    let used = volume(&lab, &data, "IN-USE").await;
    assert_eq!((used.server.as_deref(), used.device.is_some()), (Some(web.id.as_str()), true));
    for listing in [
        Filter::named(&name),
        matching(&name),
        Filter { server: Some(web.id.clone()), ..Filter::default() },
        Filter { status: vec!["IN-USE".to_string()], ..Filter::named(&name) },
        Filter { meta: meta.clone(), limit: Some(1), ..Filter::named(&name) },
        Filter { kind: used.kind.clone(), ..Filter::named(&name) },
    ] {
        assert_eq!(names(&lab, Noun::Volume, &listing).await, [name.as_str()], "{listing:?}");
    }
    assert_eq!(cloud.delete(Noun::Volume, &data.id, false).await.unwrap_err().kind, Kind::Conflict);
    assert_eq!(cloud.attach(&web.id, &data.id, None).await.unwrap_err().kind, Kind::Conflict);
    let snap = cloud.snapshot_volume(&data.id, &own("snap"), &meta).await.unwrap();
    let Resource::Snapshot(snap) = rest(&lab, snap, Goal::Ready).await else { panic!("a snapshot") };
    assert_eq!((snap.volume.as_deref(), snap.size, &snap.meta), (Some(data.id.as_str()), 1, &meta));
    cloud.detach(&web.id, &data.id).await.unwrap();
    let free = volume(&lab, &data, "AVAILABLE").await;
    assert_eq!((free.server, free.device), (None, None));
    let twice = cloud.detach(&web.id, &data.id).await.unwrap_err();
    assert_eq!(twice.kind, Kind::NotFound, "{twice:#?}");
    cloud.attach(&web.id, &data.id, None).await.unwrap();
    volume(&lab, &data, "IN-USE").await;
    cloud.detach(&web.id, &data.id).await.unwrap();
    volume(&lab, &data, "AVAILABLE").await;

    cloud.extend(&data.id, 3).await.unwrap();
    assert_eq!(volume(&lab, &data, "AVAILABLE").await.size, 3);
    assert_eq!(cloud.extend(&data.id, 2).await.unwrap_err().kind, Kind::InvalidArgument);
    for holder in [Holder::Volume(data.id.clone()), Holder::Snapshot(snap.id.clone())] {
        cloud.set_meta(&holder, &map(&[("a b", "1"), ("x.json", "2")])).await.unwrap();
        cloud.delete_meta(&holder, "x.json").await.unwrap();
        assert_eq!(cloud.meta(&holder).await.unwrap(), map(&[("a b", "1"), ("tier", "db")]), "{holder:?}");
        assert_eq!(cloud.delete_meta(&holder, "nosuch").await.unwrap_err().kind, Kind::NotFound);
        cloud.replace_meta(&holder, &map(&[("only", "this")])).await.unwrap();
        assert_eq!(cloud.meta(&holder).await.unwrap(), map(&[("only", "this")]), "{holder:?}");
    }
    let of_volume = Filter { volume: Some(data.id.clone()), ..Filter::default() };
    assert_eq!(names(&lab, Noun::Snapshot, &of_volume).await, [snap.name.as_str()]);
    let copy =
        VolumeSpec { name: own("copy"), size: 3, snapshot: Some(snap.id.clone()), ..VolumeSpec::default() };
    let copy = cloud.create_volume(&copy).await.unwrap();
    let copy = volume(&lab, &copy, "AVAILABLE").await;
    assert_eq!(copy.snapshot.as_deref(), Some(snap.id.as_str()));

    gone(&lab, &web).await;
    assert!(cloud.delete(Noun::Volume, &copy.id, false).await.unwrap());
    rest(&lab, copy, Goal::Deleted).await;
    assert!(cloud.delete(Noun::Snapshot, &snap.id, false).await.unwrap());
    rest(&lab, Snapshot::clone(&snap), Goal::Deleted).await;
    assert!(cloud.delete(Noun::Volume, &data.id, false).await.unwrap());
    rest(&lab, data.clone(), Goal::Deleted).await;
    assert!(!cloud.delete(Noun::Volume, &data.id, false).await.unwrap());
    assert!(cloud.one(Noun::Volume, &data.id).await.unwrap().is_none());
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn what_a_security_group_lets_through() {
    let lab = Lab::new();
    let cloud = &lab.cloud;
    let name = own("web");
    let group = cloud.create_security_group(&name, "Web servers", None).await.unwrap();
    assert_eq!((group.name.as_str(), group.description.as_str()), (name.as_str(), "Web servers"));
    assert_eq!(names(&lab, Noun::SecurityGroup, &Filter::named(&name)).await, [name.as_str()]);
    assert_eq!(names(&lab, Noun::SecurityGroup, &Filter::named("default")).await, ["default"]);
    let of = |protocol: Option<&str>, ports, cidr: Option<&str>| Rule {
        protocol: protocol.map(str::to_string),
        ports,
        cidr: cidr.map(str::to_string),
        ..Rule::default()
    };
    let rules = [
        of(Some("tcp"), Some((80, 80)), Some("0.0.0.0/0")),
        of(Some("tcp"), Some((0, 65535)), Some("10.0.0.0/8")),
        of(Some("udp"), Some((53, 60)), Some("::/0")),
        of(Some("icmp"), None, Some("0.0.0.0/0")),
        of(Some("icmp"), Some((8, -1)), Some("10.1.2.3/32")),
        of(Some("icmp"), None, Some("2001:db8::/32")),
        of(Some("47"), None, Some("192.0.2.0/24")),
        of(None, None, Some("192.0.2.0/24")),
        Rule { group: Some(group.id.clone()), ..Rule::default() },
        Rule {
            protocol: Some("tcp".to_string()),
            ports: Some((22, 22)),
            group: Some(group.id.clone()),
            ..Rule::default()
        },
        Rule {
            direction: rhain::cloud::Direction::Egress,
            ..of(Some("tcp"), Some((443, 443)), Some("0.0.0.0/0"))
        },
    ];
    for rule in &rules {
        let words = rule.words();
        cloud.authorize(&group.id, rule).await.unwrap_or_else(|error| panic!("{words}: {error:#?}"));
        let again = cloud.authorize(&group.id, rule).await.unwrap_err();
        assert_eq!((again.kind, again.maybe), (Kind::Conflict, false), "{words}: {again:#?}");
    }
    let Some(Resource::SecurityGroup(shown)) = cloud.one(Noun::SecurityGroup, &group.id).await.unwrap()
    else {
        panic!("a group")
    };
    assert_eq!(shown.rules.len(), rules.len() + 2, "{:#?}", shown.rules);
    assert!(shown.rules.iter().any(|rule| rule.group.as_ref() == Some(&group.id) && rule.protocol.is_none()));
    for rule in &rules {
        let words = rule.words();
        cloud.revoke(&group.id, rule).await.unwrap_or_else(|error| panic!("{words}: {error:#?}"));
        assert_eq!(cloud.revoke(&group.id, rule).await.unwrap_err().kind, Kind::NotFound, "{words}");
    }
    // Everything that goes out goes out to both kinds of address.
    let out = Rule { direction: rhain::cloud::Direction::Egress, ..Rule::default() };
    assert_eq!(cloud.authorize(&group.id, &out).await.unwrap_err().kind, Kind::Conflict);
    cloud.revoke(&group.id, &out).await.unwrap();
    let Some(Resource::SecurityGroup(bare)) = cloud.one(Noun::SecurityGroup, &group.id).await.unwrap() else {
        panic!("a group")
    };
    assert_eq!(bare.rules, []);

    // A server takes a group by name and by id.
    let boot = |group: &str| BootSpec {
        name: own("vm"),
        security_groups: vec![group.to_string()],
        ..BootSpec::default()
    };
    for text in [&name, &group.id] {
        let web = server(&lab, boot(text)).await;
        assert_eq!(web.security_groups, [name.as_str()]);
        let refused = cloud.delete(Noun::SecurityGroup, &group.id, false).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Conflict);
        gone(&lab, &web).await;
    }
    assert!(cloud.delete(Noun::SecurityGroup, &group.id, false).await.unwrap());
    assert!(!cloud.delete(Noun::SecurityGroup, &group.id, false).await.unwrap());
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn a_network_a_router_and_an_address() {
    let lab = Lab::new();
    let cloud = &lab.cloud;
    let name = own("net");
    let spec = NetworkSpec { name: name.clone(), cidr: Some("10.77.0.0/24".to_string()), provider: None };
    let network = cloud.create_network(&spec).await.unwrap();
    assert_eq!(
        (network.cidrs.as_slice(), network.external),
        (&["10.77.0.0/24".to_string()][..], Some(false))
    );
    for listing in [
        Filter::named(&name),
        matching(&name),
        Filter { external: Some(false), ..Filter::named(&name) },
        Filter { status: vec!["ACTIVE".to_string()], ..Filter::named(&name) },
    ] {
        let found = cloud.list(Noun::Network, &listing).await.unwrap();
        let [Resource::Network(one)] = found.as_slice() else { panic!("{listing:?}: {found:?}") };
        assert_eq!((&one.id, &one.cidrs), (&network.id, &network.cidrs));
    }
    let outside = Filter { external: Some(true), ..Filter::default() };
    let found = cloud.list(Noun::Network, &outside).await.unwrap();
    let [Resource::Network(public)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (public.name.as_str(), public.cidrs.as_slice()),
        ("public", &["203.0.113.0/24".to_string()][..])
    );
    let within = Filter { network: Some(network.id.clone()), ..Filter::default() };
    let subnets = cloud.list(Noun::Subnet, &within).await.unwrap();
    let [Resource::Subnet(subnet)] = subnets.as_slice() else { panic!("{subnets:?}") };
    assert_eq!(
        (subnet.cidr.as_deref(), subnet.gateway.as_deref(), subnet.version),
        (Some("10.77.0.0/24"), Some("10.77.0.1"), Some(4))
    );
    // A range that is none leaves no network behind.
    let wrong = NetworkSpec { name: own("wrong"), cidr: Some("10.77.0.0/44".to_string()), provider: None };
    let refused = cloud.create_network(&wrong).await.unwrap_err();
    assert_eq!((refused.kind, refused.exists.len()), (Kind::InvalidArgument, 0), "{refused:#?}");
    assert_eq!(names(&lab, Noun::Network, &Filter::named(&wrong.name)).await, [""; 0]);

    let joins = RouterSpec {
        name: own("router"),
        external: Some(public.id.clone()),
        networks: vec![network.id.clone()],
    };
    let router = cloud.create_router(&joins).await.unwrap();
    assert_eq!(router.external.as_deref(), Some(public.id.as_str()));
    assert_eq!(names(&lab, Noun::Router, &Filter::named(&router.name)).await, [router.name.as_str()]);
    let bare =
        cloud.create_network(&NetworkSpec { name: own("bare"), cidr: None, provider: None }).await.unwrap();
    let none = RouterSpec { name: own("none"), external: None, networks: vec![bare.id.clone()] };
    assert_eq!(cloud.create_router(&none).await.unwrap_err().kind, Kind::InvalidArgument);
    assert!(cloud.delete(Noun::Network, &bare.id, false).await.unwrap());

    let web = server(&lab, BootSpec { name: own("vm"), ..BootSpec::default() }).await;
    let ip = cloud.allocate_ip(None).await.unwrap();
    assert_eq!((ip.pool.as_deref(), ip.server.as_deref()), (Some("public"), None));
    let shown = |id: String| async move {
        match cloud.one(Noun::PublicIp, &id).await.unwrap() {
            Some(Resource::PublicIp(ip)) => PublicIp::clone(&ip),
            other => panic!("{other:?}"),
        }
    };
    cloud.associate_ip(&web, &ip).await.unwrap();
    let led = shown(ip.id.clone()).await;
    assert_eq!((led.server.as_deref(), led.port.is_some()), (Some(web.id.as_str()), true));
    assert_eq!(led.pool.as_deref(), Some("public"));
    for listing in [Filter::named(&ip.address), Filter { server: Some(web.id.clone()), ..Filter::default() }]
    {
        assert_eq!(names(&lab, Noun::PublicIp, &listing).await, [ip.address.as_str()], "{listing:?}");
    }
    let other = server(&lab, BootSpec { name: own("vm"), ..BootSpec::default() }).await;
    cloud.associate_ip(&other, &led).await.unwrap();
    assert_eq!(shown(ip.id.clone()).await.server.as_deref(), Some(other.id.as_str()));
    cloud.disassociate_ip(&led).await.unwrap();
    cloud.disassociate_ip(&led).await.unwrap();
    assert_eq!(shown(ip.id.clone()).await.server, None);
    // A server that no router joins to the address's network.
    let alone = NetworkSpec { name: own("alone"), cidr: Some("10.78.0.0/24".to_string()), provider: None };
    let alone = cloud.create_network(&alone).await.unwrap();
    let nic = Nic { network: Some(alone.name.clone()), ..Nic::default() };
    let flavor = web.flavor.id.clone().unwrap_or_else(|| "1".to_string());
    let spec = BootSpec {
        name: own("vm"),
        image: web.image.id.clone(),
        flavor,
        networks: Nics::These(vec![nic]),
        marker: own("m"),
        ..BootSpec::default()
    };
    let far = cloud.boot(&spec).await.unwrap().remove(0);
    let far = lab.wait(&[plain(&far)], Goal::Active).await.remove(0);
    let refused = cloud.associate_ip(&far, &ip).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict, "{refused:#?}");
    assert!(refused.message.contains("is on no network that"), "{refused:#?}");
    for server in [&web, &other, &far] {
        gone(&lab, server).await;
    }
    assert!(cloud.delete(Noun::PublicIp, &ip.id, false).await.unwrap());
    assert!(!cloud.delete(Noun::PublicIp, &ip.id, false).await.unwrap());
    let named = cloud.allocate_ip(Some("public")).await.unwrap();
    assert!(cloud.delete(Noun::PublicIp, &named.id, false).await.unwrap());
    assert_eq!(cloud.allocate_ip(Some("nosuch")).await.unwrap_err().kind, Kind::NotFound);

    assert_eq!(cloud.delete(Noun::Network, &network.id, false).await.unwrap_err().kind, Kind::Conflict);
    assert!(cloud.delete(Noun::Router, &router.id, false).await.unwrap());
    assert!(!cloud.delete(Noun::Router, &router.id, false).await.unwrap());
    for id in [&network.id, &alone.id] {
        assert!(cloud.delete(Noun::Network, id, false).await.unwrap());
    }
}

#[tokio::test]
#[ignore = "needs a real cloud"]
async fn a_key_pair_is_made_and_taken_in() {
    let lab = Lab::new();
    let cloud = &lab.cloud;
    let name = own("a key");
    let made = cloud.create_keypair(&name, None).await.unwrap();
    let private = made.private_key.as_ref().map(|key| key.reveal().to_string()).unwrap();
    assert!(private.contains("PRIVATE KEY") && !made.raw.to_string().contains("PRIVATE KEY"));
    assert!(
        made.public_key.as_ref().is_some_and(|key| key.starts_with("ssh-")) && made.fingerprint.is_some()
    );
    assert_eq!(cloud.create_keypair(&name, None).await.unwrap_err().kind, Kind::Conflict);
    assert_eq!(names(&lab, Noun::Keypair, &Filter::named(&name)).await, [name.as_str()]);
    let Some(Resource::Keypair(shown)) = cloud.one(Noun::Keypair, &name).await.unwrap() else {
        panic!("a key pair")
    };
    assert_eq!((&shown.fingerprint, shown.private_key.is_none()), (&made.fingerprint, true));
    // The public half of an Ed25519 pair, 32 bytes of anything.
    let ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me";
    let taken = own("ed");
    let one = cloud.create_keypair(&taken, Some(ed25519)).await.unwrap();
    assert_eq!((one.public_key.as_deref(), one.private_key.is_none()), (Some(ed25519), true));
    assert_eq!(names(&lab, Noun::Keypair, &matching(&taken)).await, [taken.as_str()]);
    assert_eq!(
        cloud.create_keypair(&own("x"), Some("nonsense")).await.unwrap_err().kind,
        Kind::InvalidArgument
    );
    let limits = cloud.limits().await.unwrap();
    for name in [
        "volumes",
        "volume_gib",
        "snapshots",
        "public_ips",
        "ports",
        "networks",
        "security_groups",
        "keypairs",
    ] {
        assert!(limits[name].is_some() && limits[&format!("{name}_used")].is_some(), "{name}: {limits:?}");
    }
    for id in [&name, &taken] {
        assert!(cloud.delete(Noun::Keypair, id, false).await.unwrap());
        assert!(!cloud.delete(Noun::Keypair, id, false).await.unwrap());
    }
    for (service, path) in
        [("network", "/networks?limit=1"), ("block-storage", "/volumes?limit=1"), ("volumev3", "/limits")]
    {
        assert!(cloud.api(&RestCall::new(service, "GET", path)).await.is_ok(), "{service}");
    }
}
