//! Backups of volumes, and servers that boot from volumes and snapshots; as they are, and in a dry run.

use crate::support::{World, each};

fn world(dry_run: bool) -> World {
    World::with(|options| options.dry_run = dry_run)
}

#[test]
fn a_backup_is_made_found_restored_and_deleted() {
    each([false, true], |dry_run| {
        let world = world(dry_run);
        let code = r#"let v = create_volume("data", 2).wait_ready();
            let b = create_backup(v, "monday").wait_ready();
            [b.name, b.status, b.size, b.volume == v.id, backup("monday") == b, find_backup("nosuch") == (),
             backups(#{ name: "mon*" }).len, backups(#{ volume: "data", status: "AVAILABLE" }).len,
             backups(#{ status: "ERROR" }).len, backups(#{ limit: 1 }).len, v.wait_ready().status]"#;
        world.gives(code, r#"["monday", "AVAILABLE", 2, true, true, true, 1, 1, 0, 1, "AVAILABLE"]"#);
        let code = r#"let v = volume("data"); let b = backup("monday"); let w = restore_backup(b).wait_ready();
            [w != v, w.name, w.size, w.status, b.status]"#;
        world.gives(code, r#"[true, "data", 2, "AVAILABLE", "AVAILABLE"]"#);
        let code = r#"let w = create_volume("other", 3).wait_ready(); let same = restore_backup("monday", w);
            [same == w, same.wait_ready().status, w.status, w.name]"#;
        world.gives(code, r#"[true, "AVAILABLE", "AVAILABLE", "other"]"#);
        world.ok(r#"create_volume("small", 1).wait_ready()"#);
        // The real cloud says that it is an invalid request.
        let kind = if dry_run { "conflict" } else { "invalid_argument" };
        world.fails(r#"restore_backup("monday", volume("small"))"#, kind, "");
        world.gives(r#"delete(backup("monday"), #{ wait: true }); backups().len"#, "0");
        world.fails(r#"restore_backup("monday")"#, "not_found", "backup `monday`");
    });
}

#[test]
fn a_backup_of_a_volume_in_use_is_taken() {
    let world = World::web();
    let code = r#"let v = create_volume("data", 1).wait_ready(); attach("web", v); v.wait_status("IN-USE");
        let b = create_backup(v, "monday"); let during = refresh(v).status;
        b.wait_ready(); [during, v.wait_ready().status, b.status]"#;
    world.gives(code, r#"["BACKING-UP", "IN-USE", "AVAILABLE"]"#);
    // It keeps as little of the run as any other resource does.
    world.gives(r#""rhain:marker" in volume("data").meta"#, "false");
}

#[test]
fn a_backup_that_goes_wrong_ends_the_wait_with_its_reason() {
    let world = World::new();
    world.ok(r#"create_volume("data", 1).wait_ready()"#);
    world.fault(
        "backup.create",
        rhain_sim::FaultKind::ErrorState { message: "the store is full".to_string() },
    );
    world.fails(
        r#"create_backup(volume("data"), "monday").wait_ready()"#,
        "failed",
        "`monday` went to ERROR",
    );
    world.fails(r#"restore_backup("monday")"#, "conflict", "must be available");
}

#[test]
fn a_server_boots_from_a_volume_which_is_kept() {
    each([false, true], |dry_run| {
        let world = world(dry_run);
        let code = r#"let v = create_volume("root", 1, #{ image: "cirros" }).wait_ready();
            let s = boot("app", #{ flavor: "m1.tiny", root_disk: v }).wait_active();
            [s.volumes == [v.id], s.image == (), refresh(v).status, v.server == s.id]"#;
        world.gives(code, r#"[true, true, "IN-USE", true]"#);
        world.gives(
            r#"delete("app").wait_deleted(); let v = volume("root"); [v.status, v.server == ()]"#,
            r#"["AVAILABLE", true]"#,
        );
        // By name, and with another disk beside it.
        let code = r#"create_volume("data", 1).wait_ready();
            let s = boot("two", #{ flavor: "m1.tiny", root_disk: "root", volumes: ["data"] }).wait_active();
            s.volumes == [volume("root").id, volume("data").id]"#;
        world.gives(code, "true");
    });
}

#[test]
fn a_server_boots_from_a_snapshot_and_takes_the_copy_with_it() {
    each([false, true], |dry_run| {
        let world = world(dry_run);
        let code = r#"let v = create_volume("root", 1, #{ image: "cirros" }).wait_ready();
            let c = snapshot(v, "copy").wait_ready();
            let s = boot("app", #{ flavor: "m1.tiny", root_disk: c }).wait_active();
            let d = volume(s.volumes[0]);
            [s.volumes.len, d != v, d.size, d.status, d.snapshot == c.id]"#;
        world.gives(code, r#"[1, true, 1, "IN-USE", true]"#);
        world.gives(r#"delete("app").wait_deleted(); sleep("2s"); volumes().map(|v| v.name)"#, r#"["root"]"#);
    });
}

#[test]
fn what_is_no_root_disk_is_refused_with_the_reason() {
    let world = World::new();
    let before = world.requests();
    for (disk, words) in [("0", "1 or more"), ("\"\"", "it is empty"), ("true", "GiB")] {
        let code = format!(r#"boot("x", #{{ flavor: "m1.tiny", root_disk: {disk} }})"#);
        world.fails(&code, "invalid_argument", words);
    }
    assert_eq!(world.requests(), before);
    world.ok(r#"create_volume("blank", 1).wait_ready()"#);
    world.fails(
        r#"boot("x", #{ flavor: "m1.tiny", root_disk: "blank" })"#,
        "invalid_argument",
        "not bootable",
    );
    world.fails(
        r#"boot("x", #{ flavor: "m1.tiny", root_disk: "blank", count: 2 })"#,
        "invalid_argument",
        "a volume is for one server",
    );
    world.fails(r#"boot("x", #{ flavor: "m1.tiny", root_disk: "nosuch" })"#, "not_found", "volume `nosuch`");
    world.fails(r#"boot("x", #{ flavor: "m1.tiny" })"#, "invalid_argument", "`image`");
}

#[test]
fn ec2_and_cloudstack_have_no_backups_and_say_what_does_it() {
    for (cloud, words, help) in
        [("sim:aws", "aws", Some("snapshots()")), ("sim:cloudstack", "cloudstack", None)]
    {
        let world = World::with(|options| options.cloud = Some(cloud.to_string()));
        world.ok(r#"create_volume("data", 1).wait_ready()"#);
        world.fails("backups()", "unsupported", words);
        let told = world.error("backups()").help.clone().unwrap_or_default();
        assert!(help.is_none_or(|help| told.contains(help)), "{told}");
        world.fails(r#"create_backup(volume("data"), "monday")"#, "unsupported", words);
        world.fails(
            r#"boot("x", #{ flavor: "m1.tiny", root_disk: volume("data") })"#,
            "unsupported",
            "root_disk",
        );
    }
}
