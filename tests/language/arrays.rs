//! Arrays of resources: concurrently, results in order, partial failure.

use crate::support::{World, each};
use rhain_sim::FaultKind;

const THREE: &str = r#"let all = boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 3, wait: true }); "#;

fn refuse() -> FaultKind {
    FaultKind::Status { code: 409, body: None, retry_after: None }
}

#[test]
fn results_come_in_order() {
    let world = World::new();
    world.gives(&format!("{THREE} all.map(|s| s.name)"), r#"["n-1", "n-2", "n-3"]"#);
    each(
        [
            (r#"refresh(["n-3", "n-1", "n-2"]).map(|s| s.name)"#, r#"["n-3", "n-1", "n-2"]"#),
            (r#"["n-2", "n-1"].stop().map(|s| s.name)"#, r#"["n-2", "n-1"]"#),
            (r#"wait_status(["n-2", "n-1"], "SHUTOFF").map(|s| s.status)"#, r#"["SHUTOFF", "SHUTOFF"]"#),
            (r#"start(["n-2", "n-1"]).wait_active().len"#, "2"),
            (r#"server(["n-1", "n-2"]).map(|s| s.name)"#, r#"["n-1", "n-2"]"#),
            (r#"find_server(["n-1", "no", "n-2"]).map(|s| s == ())"#, "[false, true, false]"),
            (r#"meta(["n-1", "n-2"])"#, "[#{}, #{}]"),
            (r#"set_meta(["n-1", "n-2"], "k", 5).map(|s| s.meta.k)"#, r#"["5", "5"]"#),
            (r#"addresses(["n-1", "n-2"]).map(|a| a.private.len)"#, "[1, 1]"),
            (r#"flavor(["m1.small", "m1.tiny"]).map(|f| f.ram)"#, "[2048, 512]"),
            (r#"image(["cirros"])[0].name"#, "cirros"),
            (
                r#"snapshot(["n-1", "n-2"], "{name}-shot").wait_active().map(|i| i.status)"#,
                r#"["ACTIVE", "ACTIVE"]"#,
            ),
            (r#"delete(servers(), #{ wait: true })"#, "[n-3, n-2, n-1]"),
        ],
        |(script, text)| world.gives(script, text),
    );
}

#[test]
fn when_some_fail_the_others_are_finished_first() {
    let world = World::new();
    world.ok(THREE);
    world.fault_after("server.stop", 1, refuse());
    world.gives(
        r#"let e = (); try { stop(servers().order_by("name")); } catch (x) { e = x; }
           let results = e.results;
           [e.kind, results.len, results.filter(|r| is_error(r)).len, e.exists.len,
            results.filter(|r| !is_error(r)).wait_status("SHUTOFF").len]"#,
        r#"["conflict", 3, 1, 0, 2]"#,
    );
}

#[test]
fn results_of_a_failed_call_stay_in_order() {
    let world = World::new();
    world.ok(THREE);
    world.gives(
        r#"let e = (); try { stop(["n-1", "nosuch", "n-3"]); } catch (x) { e = x; }
           let r = e.results;
           [e.kind, r[0].name, is_error(r[1]), r[1].kind, r[2].name, e.verb]"#,
        r#"["not_found", "n-1", true, "not_found", "n-3", "stop"]"#,
    );
    world.gives(
        r#"let r = stop(["nosuch", "n-2"], #{ on_error: "collect" }); [is_error(r[0]), r[0].kind, r[1].name]"#,
        r#"[true, "not_found", "n-2"]"#,
    );
    world.gives(
        r#"let r = wait_status(["nosuch", "n-2"], "SHUTOFF", #{ on_error: "collect" }); [is_error(r[0]), r[1].status]"#,
        r#"[true, "SHUTOFF"]"#,
    );
    world.gives(r#"refresh(["n-1"], #{ on_error: "stop" }).len"#, "1");
    world.fails(r#"stop(["n-1"], #{ on_error: "ignore" })"#, "invalid_argument", "collect");
    // The first failure by order gives the kind, whichever ended first.
    world.gives(
        r#"try { resize(["n-3", "nosuch"], "m1.tiny"); } catch (e) { return e.kind } "#,
        &world.text(r#"try { resize("n-3", "m1.tiny"); } catch (e) { return e.kind }"#),
    );
}

#[test]
fn what_a_failed_creation_left_behind_is_told() {
    let world = World::new();
    world.fault_after("server.create", 1, FaultKind::Status { code: 403, body: None, retry_after: None });
    world.gives(
        r#"let e = ();
           try { boot_all([#{ name: "a", image: "cirros", flavor: "m1.tiny" },
                           #{ name: "b", image: "cirros", flavor: "m1.tiny" },
                           #{ name: "c", image: "cirros", flavor: "m1.tiny" }]); } catch (x) { e = x; }
           [e.results.len, e.exists.len, e.results.filter(|r| is_error(r)).len, servers().len, e.verb]"#,
        r#"[3, 2, 1, 2, "boot_all"]"#,
    );
    let world = World::new();
    world.fault("server.create", FaultKind::ErrorState { message: "No valid host was found.".to_string() });
    world.gives(
        r#"try { boot("x", #{ image: "cirros", flavor: "m1.tiny", wait: true }); } catch (e) {
             return [e.kind, e.exists.len, e.exists[0].name, e.message.contains("No valid host")] }"#,
        r#"["failed", 1, "x", true]"#,
    );
}

#[test]
fn a_bulk_wait_goes_on_until_every_member_is_at_rest() {
    let world = World::new();
    world.fault("server.create", FaultKind::ErrorState { message: "No valid host was found.".to_string() });
    world.gives(
        r#"let all = boot_all([#{ name: "a", image: "cirros", flavor: "m1.tiny" },
                                #{ name: "b", image: "cirros", flavor: "m1.tiny" }]);
           let e = (); try { wait_active(all); } catch (x) { e = x; }
           let good = e.results.filter(|r| !is_error(r));
           [e.kind, good.len, good[0].status]"#,
        r#"["failed", 1, "ACTIVE"]"#,
    );
}

#[test]
fn a_mixed_array_goes_each_to_its_own_kind() {
    let world = World::web();
    world.gives(
        r#"refresh([server("web"), image("cirros"), flavor("m1.tiny")]).map(|r| r.name)"#,
        r#"["web", "cirros", "m1.tiny"]"#,
    );
    world.gives(
        r#"wait_active([server("web"), image("cirros")]).map(|r| r.status)"#,
        r#"["ACTIVE", "ACTIVE"]"#,
    );
    world.gives(
        r#"let i = snapshot("web", "s").wait_active(); delete([server("web"), i], #{ wait: true })"#,
        "[web, s]",
    );
    world.gives(r#"[servers().len, find_image("s") == ()]"#, "[0, true]");
    world.fails(r#"stop(["web", 5])"#, "invalid_argument", "holds a number");
    world.fails(r#"stop([["web"]])"#, "invalid_argument", "holds an array");
}

#[test]
fn the_record_of_a_bulk_call_has_each_members_own_end() {
    for (options, ended) in [("#{ on_error: \"collect\" }", true), ("#{}", false)] {
        let world = World::new();
        world.ok(r#"boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 3, wait: true }); lock("n-2");"#);
        assert_eq!(world.exists(), ["3 servers of this run: n-1, n-2, n-3"]);
        assert_eq!(world.run(&format!("delete([\"n-1\", \"n-2\", \"n-3\"], {options})")).is_ok(), ended);
        assert_eq!(world.exists(), ["1 server of this run: n-2"], "{options}");
    }
}

/// What many members would each read again is read by one list, and is as new as if each had been read.
#[test]
fn many_are_read_again_by_one_list() {
    let world = World::new();
    world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny", count: 12 }).wait_active()"#);
    let asked = world.asked(|| {
        world.gives(
            r#"let s = servers().set_meta("role", "x"); s.filter(|one| one.meta.role == "x").len"#,
            "12",
        );
    });
    let count = |operation: &str| asked.iter().filter(|asked| *asked == operation).count();
    assert_eq!((count("server.show"), count("server.list")), (0, 2), "{asked:?}");
    let asked = world.asked(|| {
        world.gives(r#"servers().stop().wait_status("SHUTOFF").filter(|s| s.status == "SHUTOFF").len"#, "12");
    });
    assert_eq!(asked.iter().filter(|asked| *asked == "server.show").count(), 0, "{asked:?}");
}
