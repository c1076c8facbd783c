//! What is sent and not answered: images are found by their marker and made once, the rest is told as what it may be.

use crate::support::World;
use rhain::cloud::{Kind, Value};
use rhain::sim::FaultKind;

const SNAPSHOT: &str = r#"snapshot("web", "backup", #{ meta: #{ kind: "nightly" } })"#;

#[test]
fn an_image_whose_answer_is_lost_is_found_and_not_made_again() {
    for fault in [FaultKind::ResetAfter, FaultKind::Truncate, FaultKind::Malformed, FaultKind::WrongType] {
        let world = World::web();
        world.fault("server.create_image", fault.clone());
        let written = world.written(|| {
            world.gives(&format!("let i = {SNAPSHOT}; [i.name, i.meta.kind]"), r#"["backup", "nightly"]"#);
        });
        assert_eq!(written, ["server.create_image backup"], "{fault:?}");
        world.gives("images(#{ name: \"backup\" }).len", "1");
    }
}

#[test]
fn an_image_that_is_not_found_may_be() {
    let world = World::web();
    world.fault("server.create_image", FaultKind::ResetBefore);
    let error = world.error(SNAPSHOT);
    assert_eq!((error.kind, error.maybe), (Kind::Network, true));
    let fact =
        |name: &str| error.facts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str());
    assert_eq!(fact("looked"), Some("for an image with this call's marker, 3 times over 12 s: found none"));
    assert!(error.help.as_deref().unwrap().contains(r#"images(#{ name: "backup" })"#), "{error:?}");
    assert_eq!(world.exists(), ["1 server of this run: web", "`snapshot` of `web` may have taken effect"]);
}

#[test]
fn an_image_that_cannot_be_read_yet_was_made_all_the_same() {
    let world = World::web();
    let hidden = FaultKind::Status { code: 403, body: None, retry_after: None };
    world.fault_always("image.show", hidden);
    let error = world.error(SNAPSHOT);
    assert_eq!((error.kind, error.maybe, error.accepted), (Kind::Forbidden, false, true));
    assert!(matches!(&error.exists[..], [Value::Resource(image)] if image.name() == "backup"), "{error:?}");
    assert_eq!(world.exists(), ["1 server of this run: web", "1 image of this run: backup"]);
}

#[test]
fn the_marker_of_an_image_is_kept_and_never_told() {
    let world = World::web();
    let shown = |of: &str| format!(r#"let meta = {of}; ["rhain:marker" in meta, meta.kind]"#);
    world.gives(&shown(&format!("{SNAPSHOT}.meta")), r#"[false, "nightly"]"#);
    let marked = |world: &World| {
        world.text(r#"let i = image("backup"); api("image", "GET", `/images/${i.id}`)["rhain:marker"].len"#)
    };
    assert_eq!(marked(&world), "36");
    world.gives(&shown(r#"meta(image("backup"))"#), r#"[false, "nightly"]"#);
    world.gives(r#"replace_meta(image("backup"), #{ other: 1 }).meta.other"#, "1");
    assert_eq!(marked(&world), "36");
}

#[test]
fn a_raw_request_that_is_not_answered_is_told_by_what_it_asked_for() {
    let world = World::web();
    world.fault("server.start", FaultKind::ResetBefore);
    world.ok(r#"let id = server("web").id; try { api("compute", "POST", `/servers/${id}/action`, #{ "os-start": () }) } catch { }"#);
    let told = world.exists();
    assert!(
        told[1].starts_with("`api` of `POST /servers/")
            && told[1].ends_with("/action` may have taken effect"),
        "{told:?}"
    );
    // One named like a service is none.
    world.ok(r#"boot("compute", #{ image: "cirros", flavor: "m1.tiny" }); api("compute", "DELETE", `/servers/${server("web").id}`)"#);
    assert_eq!(world.exists()[0], "2 servers of this run: web, compute");
}
