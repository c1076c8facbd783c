//! A create whose first request arrives after it was sent again: the second result is deleted and reported, for everything that
//! a cloud makes without a token.

use crate::support::World;
use rhain_sim::FaultKind;
use std::time::Duration;

/// Longer than a lost create is looked for.
const LATE: Duration = Duration::from_secs(90);

/// What makes a thing, what counts things of its name, and the operations that make and delete one.
struct Made {
    before: &'static str,
    create: &'static str,
    count: &'static str,
    what: &'static str,
    made: &'static str,
    deleted: &'static str,
}

const fn made(
    create: &'static str,
    count: &'static str,
    what: &'static str,
    made: &'static str,
    deleted: &'static str,
) -> Made {
    Made { before: "", create, count, what, made, deleted }
}

const VOLUME: &str = r#"create_volume("data", 1).wait_ready()"#;

const OPENSTACK: &[Made] = &[
    made(
        r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" })"#,
        r##"servers(#{ name: "web" })"##,
        "server `web`",
        "server.create",
        "server.delete",
    ),
    Made {
        before: r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#,
        ..made(
            r#"snapshot("web", "snap")"#,
            r##"images(#{ name: "snap" })"##,
            "image `snap`",
            "server.create_image",
            "image.delete",
        )
    },
    made(VOLUME, r##"volumes(#{ name: "data" })"##, "volume `data`", "volume.create", "volume.delete"),
    Made {
        before: VOLUME,
        ..made(
            r#"snapshot(volume("data"), "snap")"#,
            r##"snapshots(#{ name: "snap" })"##,
            "snapshot `snap`",
            "snapshot.create",
            "snapshot.delete",
        )
    },
    made(
        r##"create_network("net", #{ cidr: "10.9.0.0/24" })"##,
        r##"networks(#{ name: "net" })"##,
        "network `net`",
        "network.create",
        "network.delete",
    ),
    made(
        r#"create_router("edge")"#,
        r##"routers(#{ name: "edge" })"##,
        "router `edge`",
        "router.create",
        "router.delete",
    ),
    made(r#"allocate_ip("public")"#, "public_ips()", "public IP", "floating_ip.create", "floating_ip.delete"),
    made(
        r#"create_security_group("front", "of a test")"#,
        r##"security_groups(#{ name: "front" })"##,
        "security group `front`",
        "security_group.create",
        "security_group.delete",
    ),
];

const AWS: &[Made] = &[
    Made {
        before: VOLUME,
        ..made(
            r#"snapshot(volume("data"), "snap")"#,
            r##"snapshots(#{ name: "snap" })"##,
            "snapshot `snap`",
            "ec2.CreateSnapshot",
            "ec2.DeleteSnapshot",
        )
    },
    made("allocate_ip()", "public_ips()", "public IP", "ec2.AllocateAddress", "ec2.ReleaseAddress"),
    made(
        r##"create_network("net", #{ cidr: "10.9.0.0/24" })"##,
        r##"networks(#{ name: "net" })"##,
        "VPC `net`",
        "ec2.CreateVpc",
        "ec2.DeleteVpc",
    ),
];

fn world(cloud: &str) -> World {
    World::with(|options| {
        options.cloud = Some(cloud.to_string());
        options.timeout = Some(Duration::from_millis(400));
    })
}

/// Run a script whose create is late: how often it was made and deleted, and what was said.
fn late(cloud: &str, made: &Made, script: &str) -> (World, usize, usize) {
    let world = world(cloud);
    world.ok(made.before);
    world.fault(made.made, FaultKind::Late(LATE));
    let written = world.written(|| {
        world.ok(&script.replace("CREATE", made.create).replace("LIST", made.count));
    });
    let count =
        |operation: &str| written.iter().filter(|write| write.split(' ').next() == Some(operation)).count();
    let (makes, deletes) = (count(made.made), count(made.deleted));
    (world, makes, deletes)
}

#[test]
fn what_arrives_before_the_run_ends_is_deleted_at_its_end() {
    for (cloud, all) in [("sim", OPENSTACK), ("sim:aws", AWS)] {
        for made in all {
            let script = r#"let one = CREATE; sleep("60s"); write_id(one); fn write_id(x) { print(x.id) }"#;
            let (world, makes, deletes) = late(cloud, made, script);
            assert_eq!((makes, deletes), (2, 1), "{} {}: {}", cloud, made.what, world.err());
            let told = format!("the {} was made twice: its first request arrived late", made.what);
            assert!(world.err().contains(&told) && world.err().contains("is deleted"), "{}", world.err());
            let given = world.out();
            // The one that the script was given is the one that stays.
            world.sim(|sim| sim.advance(Duration::from_secs(60)));
            world.gives(&format!("{}.map(|one| one.id)", made.count), &format!("[{given:?}]"));
        }
    }
}

#[test]
fn what_came_twice_is_gone_once_the_first_stands() {
    let server = &OPENSTACK[0];
    let script = r#"let one = CREATE; sleep("60s"); one.wait_active(); sleep("30s"); print(LIST.len)"#;
    let (world, makes, deletes) = late("sim", server, script);
    assert_eq!((world.out().as_str(), makes, deletes), ("1", 2, 1), "{}", world.err());
}

#[test]
fn what_does_not_arrive_costs_a_look_and_says_nothing() {
    let world = world("sim");
    world.fault("volume.create", FaultKind::ResetBefore);
    let seen = world.seen(|| {
        world.gives(r#"create_volume("data", 1).name"#, "data");
    });
    let lists = seen.iter().filter(|seen| seen.operation == "volume.list").count();
    // Three while it was lost, one when it was made, one at the end.
    let asked: Vec<&str> = seen.iter().map(|seen| seen.operation.as_str()).collect();
    assert_eq!((lists, world.err().as_str()), (5, ""), "{asked:?}");
    // A later run of the session has nothing to look for.
    assert_eq!(world.asked(|| drop(world.ok("1 + 1"))), [""; 0]);
}

#[test]
fn a_group_of_another_call_is_no_second_one() {
    let world = world("sim");
    world.fault("security_group.create", FaultKind::ResetBefore);
    let create = r#"create_security_group("front", "of a test")"#;
    world.gives(
        &format!(r##"let a = {create}; let b = {create}; security_groups(#{{ name: "front" }}).len"##),
        "2",
    );
    assert_eq!(world.err(), "");
    world.gives(r##"security_groups(#{ name: "front" }).len"##, "2");
}
