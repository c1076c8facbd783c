//! Images of a file's bytes, and files of an image's: whole, or not at all. And the projects that an image is shared with.

use crate::support::{World, each};
use rhain_sim::FaultKind;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that scripts may read and write, and a world on this cloud.
fn allowed(cloud: &str, dry_run: bool) -> (World, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let grant = folder.to_str().expect("text").to_string();
    let world = World::with(|options| {
        options.cloud = Some(cloud.to_string());
        options.dry_run = dry_run;
        options.allow_write = vec![grant.clone()];
        options.allow_read = vec![grant];
    });
    (world, folder)
}

/// Bytes of which no part is like another, and that are no text.
fn bytes(many: usize) -> Vec<u8> {
    (0..many).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn at(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("text").to_string()
}

fn status(code: u16, body: &str) -> FaultKind {
    FaultKind::Status { code, body: Some(body.to_string()), retry_after: None }
}

#[test]
fn bytes_go_up_and_come_back() {
    let (world, folder) = allowed("sim", false);
    let (from, to) = (at(&folder, "disk.raw"), at(&folder, "copy.raw"));
    let sent = bytes(700_001);
    fs::write(&from, &sent).expect("written");
    let code = format!(
        r#"let i = upload_image("disk", #{{ file: "{from}", meta: #{{ use: "test", cores: 4 }}, visibility: "private" }});
           [i.name, i.status, i.size, i.meta, i.visibility, i.raw.disk_format, i.raw.container_format, image("disk") == i,
            "rhain:marker" in i.meta]"#
    );
    let gives = r#"["disk", "ACTIVE", 700001, #{"cores": "4", "use": "test"}, "private", "raw", "bare", true, false]"#;
    world.gives(&code, gives);
    let asked = world.asked(|| world.gives(&format!(r#"save_image("disk", "{to}").name"#), "disk"));
    assert_eq!(asked, ["image.list", "image.show", "image.download"]);
    assert_eq!(fs::read(&to).expect("read"), sent);
    // In place of a file, and of an object; nothing lies beside it.
    fs::write(&to, b"old").expect("written");
    world.gives(&format!(r#"let i = image("disk"); i.save_image("{to}") == i"#), "true");
    assert_eq!(fs::read(&to).expect("read"), sent);
    assert_eq!(fs::read_dir(&folder).expect("read").count(), 2);
    // Of bytes that the script has, of none, and of a format that they tell.
    world.gives(
        r#"let i = upload_image("text", #{ data: "abc" }); [i.size, i.raw.checksum]"#,
        "[3, \"900150983cd24fb0d6963f7d28e17f72\"]",
    );
    fs::write(at(&folder, "a.img"), b"QFI\xfb\0\0\0\x03").expect("written");
    let code = format!(r#"upload_image("q", #{{ file: "{}" }}).raw.disk_format"#, at(&folder, "a.img"));
    world.gives(&code, "qcow2");
    world.gives(r#"upload_image("o", #{ data: "x", disk_format: "vmdk", container_format: "ova" }).raw.container_format"#, "ova");
}

#[test]
fn an_upload_is_three_requests_and_one_image() {
    let world = World::new();
    world.ok("images()");
    let asked = world.asked(|| world.gives(r#"upload_image("a", #{ data: "x" }).name"#, "a"));
    assert_eq!(asked, ["image.create", "image.upload", "image.show"]);
    world.gives(r#"images(#{ name: "a" }).len"#, "1");
}

#[test]
fn files_are_touched_by_permission_alone() {
    let (world, folder) = allowed("sim", false);
    let before = world.requests();
    world.fails(r#"upload_image("a", #{ file: "/etc/hostname" })"#, "denied", "--allow-read=/etc/hostname");
    world.fails(r#"save_image("cirros", "/etc/motd")"#, "denied", "--allow-write=/etc/motd");
    world.fails(&format!(r#"save_image("cirros", "{}/../x")"#, at(&folder, "")), "denied", "--allow-write");
    world.fails(r#"upload_image("a", #{})"#, "invalid_argument", "give one of `file` and `data`");
    world.fails(r#"upload_image("a")"#, "invalid_argument", "give one of `file` and `data`");
    let both = format!(r#"upload_image("a", #{{ file: "{}", data: "x" }})"#, at(&folder, "x"));
    world.fails(&both, "invalid_argument", "`file` and `data`");
    let missing = format!(r#"upload_image("a", #{{ file: "{}" }})"#, at(&folder, "nosuch"));
    world.fails(&missing, "not_found", "no such file");
    let folders = format!(r#"upload_image("a", #{{ file: "{}" }})"#, at(&folder, ""));
    world.fails(&folders, "not_found", "it is a folder");
    assert_eq!(world.requests(), before);
    let nowhere = format!(r#"save_image("cirros", "{}/no/such")"#, folder.display());
    world.fails(&nowhere, "failed", "its folder is not there");
    world.fails(
        r#"upload_image("a", #{ data: "x", meta: #{ size: 1 } })"#,
        "invalid_argument",
        "`size` is a field",
    );
    world.fails(r#"upload_image("a", #{ data: "x", disk_format: "floppy" })"#, "invalid_argument", "floppy");
    world.fails(r#"upload_image("a", #{ data: "x", visibility: "public" })"#, "forbidden", "publicize_image");
    world.gives(r#"images(#{ name: "a" }).len"#, "0");
    let read_only = World::with(|options| options.read_only = true);
    read_only.fails(r#"upload_image("a", #{ data: "x" })"#, "denied", "read-only");
    read_only.fails(r#"save_image("cirros", "x")"#, "denied", "read-only");
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing_or_says_what() {
    let world = World::new();
    world.fault_always("image.upload", FaultKind::ResetBefore);
    world.fails(r#"upload_image("a", #{ data: "0123456789" })"#, "network", "cut off after 10 of 10 bytes");
    let error = world.error(r#"upload_image("a", #{ data: "0123456789" })"#);
    assert!(
        !error.maybe
            && error.facts.contains(&("exists", "nothing of it: the image was deleted again".to_string()))
    );
    world.gives(r#"images(#{ name: "a" }).len"#, "0");
    // Where it cannot be deleted either it is told.
    world.fault_always("image.delete", status(503, "{}"));
    let error = world.error(r#"upload_image("a", #{ data: "0123456789" })"#);
    assert!(error.maybe && error.exists.len() == 1, "{error:?}");
    assert!(
        error.help.as_deref().is_some_and(|help| help.starts_with("delete it: `delete(image(")),
        "{error:?}"
    );
    // A refusal of the bytes is told as what it is, and the image goes.
    let world = World::new();
    world.fault("image.upload", status(413, "{\"message\": \"Quota exceeded\"}"));
    let written =
        world.written(|| world.fails(r#"upload_image("a", #{ data: "x" })"#, "over_quota", "Quota"));
    assert_eq!(written, ["image.create a", "image.delete a"]);
}

#[test]
fn a_checksum_that_is_another_is_an_error() {
    let world = World::new();
    let other =
        r#"{"id": "i", "status": "active", "size": 1, "os_hash_algo": "sha512", "os_hash_value": "00"}"#;
    world.fault("image.show", status(200, other));
    let written = world
        .written(|| world.fails(r#"upload_image("a", #{ data: "x" })"#, "failed", "its sha512 is another"));
    assert_eq!(written, ["image.create a", "image.upload a", "image.delete a"]);
    // By another algorithm than usual, and by the old one alone.
    for (told, right) in [
        (
            r#""os_hash_algo": "sha256", "os_hash_value": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881""#,
            true,
        ),
        (r#""checksum": "9dd4e461268c8034f5c8564e155c67a6""#, true),
        (r#""checksum": "9dd4e461268c8034f5c8564e155c67a7""#, false),
        (r#""os_hash_algo": "blake9", "os_hash_value": "1""#, true),
    ] {
        let body = format!(r#"{{"id": "i", "status": "active", "size": 1, {told}}}"#);
        world.fault("image.show", status(200, &body));
        match right {
            true => world.gives(r#"upload_image("a", #{ data: "x" }).status"#, "ACTIVE"),
            false => world.fails(r#"upload_image("a", #{ data: "x" })"#, "failed", "its md5 is another"),
        }
    }
}

#[test]
fn a_download_that_is_not_whole_leaves_the_file_that_was_there() {
    let (world, folder) = allowed("sim", false);
    let to = at(&folder, "copy");
    fs::write(&to, b"old").expect("written");
    world.ok(r#"upload_image("a", #{ data: "0123456789" })"#);
    let save = format!(r#"save_image("a", "{to}")"#);
    for (fault, kind, words) in [
        (FaultKind::Malformed, "network", "cut off after 5 of 10 bytes"),
        (status(200, "9876543210"), "failed", "its sha512 is another"),
        (status(403, "{}"), "forbidden", ""),
    ] {
        world.fault("image.download", fault);
        world.fails(&save, kind, words);
        assert_eq!(fs::read(&to).expect("read"), b"old");
        assert_eq!(fs::read_dir(&folder).expect("read").count(), 1);
    }
    // What comes to nothing before a byte is asked for again.
    world.fault("image.download", FaultKind::ResetBefore);
    world.gives(&format!(r#"save_image("a", "{to}").size"#), "10");
    assert_eq!(fs::read(&to).expect("read"), b"0123456789");
    world.fails(&format!(r#"save_image("nosuch", "{to}")"#), "not_found", "image `nosuch`");
    world.ok(r#"api("image", "POST", "/images", #{ name: "empty", disk_format: "raw", container_format: "bare" })"#);
    world.fails(&format!(r#"save_image("empty", "{to}")"#), "conflict", "is QUEUED");
    world.fault_always("image.download", FaultKind::Truncate);
    world.fails(&save, "network", "");
    assert_eq!(fs::read(&to).expect("read"), b"0123456789");
    assert_eq!(fs::read_dir(&folder).expect("read").count(), 1);
}

#[test]
fn a_dry_run_sends_no_byte_and_sees_them_all() {
    let (world, folder) = allowed("sim", true);
    let (from, to) = (at(&folder, "disk"), at(&folder, "copy"));
    fs::write(&from, b"0123456789").expect("written");
    let code = format!(
        r#"let i = upload_image("a", #{{ file: "{from}", meta: #{{ k: "v" }} }}); i.save_image("{to}");
           [i.status, i.size, i.meta, i.visibility, image("a") == i, read_file("{to}"), images(#{{ name: "a" }}).len]"#
    );
    let written = world.written(|| {
        world.gives(&code, r#"["ACTIVE", 10, #{"k": "v"}, "shared", true, "0123456789", 1]"#);
    });
    assert!(written.is_empty() && !Path::new(&to).exists(), "{written:?}");
    // What is there is fetched, where it is small.
    world.gives(
        &format!(r#"image("cirros").save_image("{to}"); read_file("{to}").len == image("cirros").size"#),
        "true",
    );
    let code = r#"let i = upload_image("b", #{ data: "x" }); i.share_image("123456789012"); i.unshare_image("123456789012"); i.name"#;
    world.gives(code, "b");
    world.fails(
        r#"let i = image("b"); i.share_image("123456789012"); i.share_image("123456789012")"#,
        "conflict",
        "",
    );
    world.fails(
        r#"upload_image("c", #{ data: "x" }).unshare_image("123456789012")"#,
        "not_found",
        "is not shared",
    );
}

/// Who an image is shared with, in the cloud's own words.
const MEMBERS: &str = r#"
    fn members(image) {
        switch cloud().provider {
            // One that is private has none, and says so.
            "openstack" if image.visibility == "private" => [],
            "openstack" => api("image", "GET", `/images/${image.id}/members`).members.map(|m| m.member_id),
            "aws" => api("ec2", "DescribeImageAttribute", #{ ImageId: image.id, Attribute: "launchPermission" })
                .launchPermission.map(|m| m.userId),
            _ => get(api("cloudstack", "listTemplatePermissions", #{ id: image.id }).templatepermission, "account", []),
        }
    }"#;

#[test]
fn an_image_is_shared_and_shared_no_more() {
    each(
        [("sim", "123456789012"), ("sim:aws", "123456789012"), ("sim:cloudstack", "alt")],
        |(cloud, other)| {
            let (world, _) = allowed(cloud, false);
            world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
            let code = format!(
                r#"{MEMBERS}
            let i = snapshot("web", "base", #{{ consistent: true }}).wait_active();
            let before = members(i);
            let same = i.share_image("{other}") == i;
            [before, same, members(i), share_image([], "{other}"), i.unshare_image("{other}") == i, members(i)]"#
            );
            world.gives(&code, &format!(r#"[[], true, ["{other}"], [], true, []]"#));
        },
    );
}

#[test]
fn who_an_image_is_shared_with_is_told_right() {
    let world = World::new();
    world.ok(r#"upload_image("a", #{ data: "x", visibility: "private" })"#);
    // A private one becomes a shared one; a public one is everybody's.
    world.gives(
        r#"let i = image("a"); i.share_image("123456789012"); [i.visibility, image("a").visibility]"#,
        r#"["shared", "shared"]"#,
    );
    world.fails(r#"share_image("a", "123456789012")"#, "conflict", "duplicated");
    world.ok(r#"image("a").update(#{ visibility: "community" })"#);
    world.fails(r#"share_image("a", "123456789013")"#, "conflict", "every project may use the image already");
    world.ok(r#"image("a").update(#{ visibility: "shared" })"#);
    world.fails(r#"unshare_image("a", "210987654321")"#, "not_found", "is not shared");
    // A name is found by administrators alone, and is never sent as an id.
    world.fails(r#"share_image("a", "alt")"#, "forbidden", "give the project's id");
    world.gives(r#"api("image", "GET", `/images/${image("a").id}/members`).members.len"#, "1");
    let aws = World::with(|options| options.cloud = Some("sim:aws".to_string()));
    aws.fails(r#"share_image("cirros", "alt")"#, "invalid_argument", "twelve digits");
    aws.fails(r#"share_image("cirros", "123456789012")"#, "forbidden", "Not authorized");
    let cloudstack = World::with(|options| options.cloud = Some("sim:cloudstack".to_string()));
    cloudstack.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active().snapshot("base").wait_active()"#);
    cloudstack.fails(r#"share_image("base", "nobody")"#, "invalid_argument", "account nobody");
}

#[test]
fn clouds_without_transfers_say_so() {
    let (world, folder) = allowed("sim:aws", false);
    world.fails(r#"upload_image("a", #{ data: "x" })"#, "unsupported", "aws");
    let save = format!(r#"save_image("cirros", "{}")"#, at(&folder, "x"));
    world.fails(&save, "unsupported", "aws");
    world.gives(r#"cloud().supports("share_image") && !cloud().supports("upload_image")"#, "true");
}

#[test]
fn an_image_of_no_bytes_is_refused() {
    let world = World::new();
    let before = world.requests();
    world.fails(r#"upload_image("none", #{ data: "" })"#, "invalid_argument", "an image of no bytes");
    assert_eq!(world.requests(), before, "nothing may be sent");
}

/// A transfer that stops must not have cost the file that was there, and none waits for a pipe.
#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_given_back_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let world = World::with(|options| options.allow_write = vec![String::new()]);
    let save = format!(r#"save_image("cirros", "{}")"#, pipe.display());
    world.fails(&save, "failed", "it is a named pipe");
}

#[test]
fn templates_go_to_the_storage_and_come_back() {
    let (world, folder) = allowed("sim:cloudstack", false);
    let (from, to) = (at(&folder, "disk.qcow2"), at(&folder, "copy.qcow2"));
    let mut sent = bytes(300_001);
    sent[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
    fs::write(&from, &sent).expect("written");
    let code = format!(
        r#"let i = upload_image("disk", #{{ file: "{from}", meta: #{{ use: "test" }} }});
           [i.name, i.status, i.meta, i.visibility, i.raw.format, i.raw.hypervisor, image("disk") == i, images(#{{ name: "disk" }}).len]"#
    );
    world.gives(&code, r#"["disk", "ACTIVE", #{"use": "test"}, "private", "QCOW2", "Simulator", true, 1]"#);
    let asked = world.asked(|| world.gives(&format!(r#"save_image("disk", "{to}").name"#), "disk"));
    assert!(asked.contains(&"cloudstack.download".to_string()), "{asked:?}");
    assert_eq!(fs::read(&to).expect("read"), sent);
    // Whatever the bytes are: also what divides the parts of a form.
    world.gives(r#"upload_image("odd", #{ data: "a\r\n--rhain-form--\r\nb" }).status"#, "ACTIVE");
    // What cannot be is said before anything is made.
    let written = world.written(|| {
        world.fails(r#"upload_image("x", #{ data: "x", disk_format: "aki" })"#, "invalid_argument", "`aki`");
        world.fails(
            r#"upload_image("x", #{ data: "x", visibility: "shared" })"#,
            "invalid_argument",
            "`shared`",
        );
    });
    assert_eq!(written, [""; 0]);
    // Another's that may not be fetched.
    world.fails(&format!(r#"save_image("cirros", "{to}")"#), "invalid_argument", "not extractable");
    assert_eq!(fs::read(&to).expect("read"), sent);
}

#[test]
fn a_template_that_does_not_get_its_bytes_is_deleted_again() {
    let left = r#"images(#{ name: "a" }).len"#;
    let make = r#"upload_image("a", #{ data: "0123456789" }).status"#;
    // The storage cannot be reached, refuses, or breaks down.
    for (kind, word) in [
        (FaultKind::ResetBefore, "network"),
        (status(400, "request not valid anymore."), "unavailable"),
        (status(500, "Internal Server Error"), "unavailable"),
    ] {
        let (world, _) = allowed("sim:cloudstack", false);
        world.sim(|sim| {
            sim.fault(rhain_sim::Fault { operation: "cloudstack.upload".into(), times: 9, after: 0, kind })
        });
        let error = world.error(make);
        assert_eq!((error.kind.as_str(), error.maybe), (word, false), "{error:?}");
        assert!(error.facts.iter().any(|(_, words)| words.contains("deleted again")), "{error:?}");
        world.gives(left, "0");
    }
    // All of it arrived, and only that was not heard.
    let (world, _) = allowed("sim:cloudstack", false);
    world.fault("cloudstack.upload", FaultKind::ResetAfter);
    world.gives(make, "ACTIVE");
    world.gives(left, "1");
    // Nobody heard where it goes: the template that waits is deleted, and made anew.
    let (world, _) = allowed("sim:cloudstack", false);
    world.fault("cloudstack.getUploadParamsForTemplate", FaultKind::ResetAfter);
    let written = world.written(|| world.gives(make, "ACTIVE"));
    assert_eq!(
        written.iter().filter(|one| one.starts_with("cloudstack.getUploadParams")).count(),
        2,
        "{written:?}"
    );
    world.gives(left, "1");
    // Half of a file is none.
    let (world, folder) = allowed("sim:cloudstack", false);
    let to = at(&folder, "copy");
    fs::write(&to, b"old").expect("written");
    world.ok(make);
    world.sim(|sim| {
        let kind = FaultKind::Truncate;
        sim.fault(rhain_sim::Fault { operation: "cloudstack.download".into(), times: 9, after: 0, kind });
    });
    world.fails(&format!(r#"save_image("a", "{to}")"#), "network", "ask who runs it");
    assert_eq!(fs::read(&to).expect("read"), b"old");
}
