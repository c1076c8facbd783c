//! `rename` and `update` of every noun whose cloud lets it, each as it is and in a dry run; what a cloud cannot is told before
//! anything is sent.

use crate::support::{World, each};

/// What makes one resource called `old` and names it as `x`, by noun.
const VOLUME: &str = r#"create_volume("old", 1).wait_ready()"#;
const SNAPSHOT: &str = r#"snapshot(create_volume("v", 1).wait_ready(), "old").wait_ready()"#;
const BACKUP: &str = r#"create_backup(create_volume("v", 1).wait_ready(), "old").wait_ready()"#;
const NETWORK: &str = r#"create_network("old", #{ cidr: "10.9.0.0/24" })"#;
const SUBNET: &str = r#"subnets(#{ network: create_network("old", #{ cidr: "10.9.0.0/24" }) })[0]"#;
const ROUTER: &str = r#"create_router("old")"#;
const GROUP: &str = r#"create_security_group("old", "of a test")"#;
const SHOT: &str =
    r#"boot("s", #{ image: "cirros", flavor: "m1.tiny" }).wait_active().snapshot("old").wait_active()"#;
const PORT: &str = r#"create_port("old", #{ network: "private" })"#;

fn world(cloud: &str, dry_run: bool) -> World {
    World::with(|options| {
        options.cloud = Some(cloud.to_string());
        options.dry_run = dry_run;
    })
}

#[test]
fn every_noun_is_renamed_where_its_cloud_lets_it() {
    let cases = [
        ("sim", vec![("volume", VOLUME), ("snapshot", SNAPSHOT), ("backup", BACKUP), ("network", NETWORK)]),
        (
            "sim",
            vec![
                ("subnet", SUBNET),
                ("router", ROUTER),
                ("security_group", GROUP),
                ("image", SHOT),
                ("port", PORT),
            ],
        ),
        ("sim:aws", vec![("volume", VOLUME), ("snapshot", SNAPSHOT), ("network", NETWORK), ("port", PORT)]),
        (
            "sim:cloudstack",
            vec![("volume", VOLUME), ("network", NETWORK), ("security_group", GROUP), ("image", SHOT)],
        ),
    ];
    let cases = cases.into_iter().flat_map(|(cloud, nouns)| nouns.into_iter().map(move |noun| (cloud, noun)));
    each(
        cases.flat_map(|(cloud, noun)| [(cloud, noun, false), (cloud, noun, true)]),
        |(cloud, (noun, make), dry_run)| {
            let world = world(cloud, dry_run);
            let code = format!(
                r#"let x = {make}; let y = x.rename("new");
               [y == x, x.name, {noun}("new") == x, find_{noun}("old") == () || "{noun}" == "subnet",
                x.update(#{{ name: "last" }}).name, {noun}("last").id == x.id]"#
            );
            world.gives(&code, r#"[true, "new", true, true, "last", true]"#);
        },
    );
}

#[test]
fn descriptions_and_fields_of_images_are_what_was_set() {
    let world = World::new();
    for make in [VOLUME, SNAPSHOT, BACKUP, ROUTER, GROUP, PORT, "allocate_ip()"] {
        let code = format!(r#"let x = {make}; x.update(#{{ description: "for the shop" }}).raw.description"#);
        world.gives(&code, "for the shop");
    }
    world.gives(
        r#"let x = security_group("old"); x.update(#{ description: "d" }); [x.description, x.name]"#,
        r#"["d", "old"]"#,
    );
    let code = r#"let i = upload_image("old", #{ data: "x", visibility: "private" });
        i.update(#{ name: "new", visibility: "shared", protected: true, min_disk: 2, min_ram: 64 });
        [i.name, i.visibility, i.min_disk, i.min_ram, i.raw["protected"], image("new").min_disk]"#;
    world.gives(code, r#"["new", "shared", 2, 64, true, 2]"#);
    world.fails(r#"delete(image("new"))"#, "forbidden", "protected");
    world.gives(
        r#"let i = image("new"); i.update(#{ protected: false }); delete(i); find_image("new") == ()"#,
        "true",
    );
    // One request to change, one to read.
    world.ok(r#"create_volume("a", 1).wait_ready(); volumes()"#);
    let asked = world.asked(|| world.gives(r#"rename(volume("a"), "b").name"#, "b"));
    assert_eq!(asked, ["volume.list", "volume.update", "volume.show"]);
    // Each of many by its own name.
    world.ok(r#"[create_volume("m1", 1), create_volume("m2", 1)].wait_ready().rename("old-{name}")"#);
    world.gives(
        r#"order_by(volumes(#{ name: "old-m*" }), "name").map(|v| v.name)"#,
        r#"["old-m1", "old-m2"]"#,
    );
    world.fails(r#"volumes(#{ name: "old-m*" }).rename("same")"#, "invalid_argument", "{name}");
}

#[test]
fn a_dry_run_changes_its_own_picture_alone() {
    let world = world("sim", true);
    let code = r#"let i = image("cirros"); i.update(#{ visibility: "community", min_disk: 3 });
        [i.visibility, image("cirros").min_disk]"#;
    let written = world.written(|| world.gives(code, r#"["community", 3]"#));
    assert!(written.is_empty(), "{written:?}");
    world.gives(r#"let g = security_group("default"); g.update(#{ description: "d" }); security_group("default").description"#, "d");
}

#[test]
fn what_cannot_be_changed_is_told_before_anything_is_sent() {
    let world = World::new();
    world.ok(&format!(
        "{VOLUME}; allocate_ip(); {PORT}; create_keypair(\"k\"); create_server_group(\"g\", \"affinity\")"
    ));
    let code = r#"[volume("old"), public_ips()[0], image("cirros"), port("old"), keypair("k"), server_group("g"), flavor("m1.tiny")]"#;
    let nouns = "let all = ".to_string() + code + "; ";
    for (script, words) in [
        (r#"update(all[0], #{ visibility: "public" })"#, "a volume has no `visibility`"),
        (r#"update(all[1], #{ name: "x" })"#, "give one of: description"),
        (r#"update(all[2], #{ description: "x" })"#, "an image has no `description`"),
        (r#"update(all[3], #{ access_ipv4: "192.0.2.1" })"#, "a port has no `access_ipv4`"),
        (r#"update(all[0], #{})"#, "nothing to change"),
        (r#"rename(all[1], "x")"#, "give a server"),
        (r#"rename(all[4], "x")"#, "give a server"),
        (r#"rename(all[5], "x")"#, "give a server"),
        (r#"rename(all[6], "x")"#, "give a server"),
        (r#"rename(all[0], "")"#, "it is empty"),
    ] {
        let written = world.written(|| world.fails(&format!("{nouns}{script}"), "invalid_argument", words));
        assert!(written.is_empty(), "{script}: {written:?}");
    }
    let aws = self::world("sim:aws", false);
    aws.ok(VOLUME);
    let seen = aws.asked(|| {
        aws.fails(r#"update(volume("old"), #{ description: "x" })"#, "unsupported", "set_meta");
        aws.fails(r#"rename(image("cirros"), "x")"#, "unsupported", "aws");
        aws.fails(r#"rename(security_group("default"), "x")"#, "unsupported", "aws");
    });
    assert!(seen.iter().all(|seen| seen.starts_with("ec2.Describe")), "{seen:?}");
    let cloudstack = self::world("sim:cloudstack", false);
    cloudstack.ok(&format!("{SNAPSHOT}; {GROUP}"));
    let written = cloudstack.written(|| {
        cloudstack.fails(r#"rename(snapshot("old"), "x")"#, "unsupported", "cloudstack");
        cloudstack.fails(r#"update(image("cirros"), #{ min_disk: 1 })"#, "unsupported", "`min_disk`");
        cloudstack.fails(
            r#"update(security_group("old"), #{ description: "x" })"#,
            "unsupported",
            "description",
        );
    });
    assert!(written.is_empty(), "{written:?}");
}
