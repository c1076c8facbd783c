//! `delete` and its options.

use crate::support::{World, each};

#[test]
fn each_option_of_delete() {
    each(
        [
            (r#"delete("web", #{ wait: true }); servers().len"#, "0"),
            (r#"delete("web", #{ wait: "2m" }); servers().len"#, "0"),
            (r#"delete("web", #{ wait: 60 }); servers().len"#, "0"),
            (r#"delete("web", #{ force: true, wait: true }); servers().len"#, "0"),
            (r#"delete("nosuch", #{ missing_ok: true }) == ()"#, "true"),
            (
                r#"let s = server("web"); s.delete(#{ wait: true }); s.delete(#{ missing_ok: true }).status"#,
                "DELETED",
            ),
            (r#"delete(servers(), #{ wait: true }); servers().len"#, "0"),
            (r#"delete(["web", "nosuch"], #{ missing_ok: true, wait: true })"#, "[web, ()]"),
            (r#"server("web").delete(#{ wait: true }); find_server("web") == ()"#, "true"),
            (r#"stop("web").wait_status("SHUTOFF").delete(#{ wait: true }); servers().len"#, "0"),
            (r#"delete("web", #{ wait: false }); wait_deleted("web"); servers().len"#, "0"),
        ],
        |(script, text)| World::web().gives(script, text),
    );
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::web();
    world.fails(r#"delete("nosuch")"#, "not_found", "nosuch");
    world.fails(r#"let s = server("web"); s.delete(#{ wait: true }); s.delete()"#, "not_found", "missing_ok");
    world.fails(r#"delete(image("cirros"))"#, "forbidden", "");
    world.fails(r#"delete("web", #{ wiat: true })"#, "invalid_argument", "`wait`");
    world.fails(r#"delete("web", #{ wait: "soon" })"#, "invalid_argument", "duration");
    world.fails("delete()", "invalid_argument", "`resource`");
    world.fails(r#"delete(flavor("m1.tiny"))"#, "unsupported", "");
}

#[test]
fn an_image_of_one_s_own_is_deleted() {
    let world = World::web();
    world.gives(r#"let i = snapshot("web", "shot").wait_active(); delete(i, #{ wait: true }); find_image("shot") == ()"#, "true");
    world.gives(
        r#"let i = snapshot("web", "shot").wait_active(); delete(i); delete(i, #{ missing_ok: true }).status"#,
        "DELETED",
    );
}

#[test]
fn a_locked_server_is_kept() {
    let world = World::web();
    world.ok(r#"lock("web")"#);
    world.fails(r#"stop("web")"#, "conflict", "");
    world.gives(r#"unlock("web").stop().wait_status("SHUTOFF").status"#, "SHUTOFF");
}

/// However many they are: a write each, and a list or two a look; nobody is looked up alone.
#[test]
fn many_are_waited_for_together() {
    let world = World::new();
    world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny", count: 20 }).wait_active()"#);
    let asked = world.asked(|| {
        world.ok(r#"delete(servers(), #{ wait: true })"#);
    });
    let count = |operation: &str| asked.iter().filter(|asked| *asked == operation).count();
    assert_eq!((count("server.delete"), count("server.show")), (20, 0), "{asked:?}");
    assert!((2..10).contains(&count("server.list")), "{asked:?}");
    assert_eq!(asked.len(), 20 + count("server.list"), "{asked:?}");
}

/// One that goes wrong is told of, and the others are gone.
#[test]
fn a_member_that_stays_is_told_of() {
    let world = World::new();
    world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny", count: 3 }).wait_active().lock()"#);
    world.ok(r#"unlock(["web-1", "web-3"])"#);
    let error = world.error(r#"delete(["web-1", "web-2", "web-3"], #{ wait: true })"#);
    assert_eq!(error.kind.as_str(), "conflict");
    assert_eq!(error.results.len(), 3);
    world.gives("servers()[0].name", "web-2");
    world.gives("servers().len", "1");
}

#[test]
fn what_only_another_noun_is_called_does_not_count_as_gone() {
    let world = World::web();
    world.ok(r#"create_volume("onlyvol", 1).wait_ready()"#);
    world.fails(r#"wait_deleted("onlyvol")"#, "not_found", "has no server");
    world.fails(r#"delete("onlyvol", #{ missing_ok: true })"#, "not_found", "has no server");
    world.gives(r#"[wait_deleted("nothing"), delete("nothing", #{ missing_ok: true })]"#, "[(), ()]");
}
