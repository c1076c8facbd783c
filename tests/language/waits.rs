//! Waits: never on the status from before a request of this run, one list call a poll, an end in any case.

use crate::support::{World, each};
use rhain_sim::FaultKind;
use std::time::Duration;

const SPEC: &str = r#"#{ image: "cirros", flavor: "m1.tiny" }"#;

fn lists(asked: &[String]) -> (usize, usize) {
    let count = |what: &str| asked.iter().filter(|operation| *operation == what).count();
    (count("server.list"), count("server.show"))
}

#[test]
fn an_array_costs_one_list_call_a_poll() {
    let world = World::new();
    world.ok(r#"boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 20 })"#);
    let asked = world.asked(|| {
        world.ok("servers().wait_active()");
    });
    let (list, show) = lists(&asked);
    assert_eq!(show, 0, "{asked:?}");
    assert!((3..=12).contains(&list), "{asked:?}");
    // After a request of ours too.
    world.ok(r#"servers().stop()"#);
    let asked = world.asked(|| {
        world.gives(r#"wait_status(servers(), "SHUTOFF").filter(|s| s.status == "SHUTOFF").len"#, "20");
    });
    let (list, show) = lists(&asked);
    assert!(show == 0 && list <= 12, "{asked:?}");
}

#[test]
fn a_wait_after_a_request_is_not_over_early() {
    let slow = [
        ("server.reboot", r#"s.reboot(); s.wait_active()"#),
        ("server.reboot", r#"s.reboot("hard"); s.wait_ready()"#),
        ("server.reboot", r#"s.reboot(); s.wait_status("ACTIVE")"#),
        ("server.reboot", r#"reboot("s"); wait_active("s")"#),
        ("server.reboot", r#"[s].reboot().wait_active()"#),
        ("server.rebuild", r#"s.rebuild("cirros"); s.wait_active()"#),
        ("server.resize", r#"s.resize("m1.small").confirm_resize().wait_active()"#),
        ("server.resize", r#"s.resize("m1.small"); s.wait_ready()"#),
        ("server.stop", r#"s.stop(); s.wait_status("SHUTOFF")"#),
        ("server.pause", r#"s.pause(); s.wait_status(["PAUSED", "ERROR"])"#),
    ];
    each(slow, |(operation, script)| {
        let world = World::new();
        world.ok(&format!(r#"boot("s", {SPEC}).wait_active()"#));
        world.fault(operation, FaultKind::SlowStart(Duration::from_secs(15)));
        let took = format!(r#"let s = server("s"); let t = now(); {script}; now() - t >= "15s""#);
        world.gives(&took, "true");
    });
    // Several at once: all of them are slow to begin.
    let world = World::new();
    world.ok(r#"boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 3, wait: true })"#);
    for _ in 0..3 {
        world.fault("server.reboot", FaultKind::SlowStart(Duration::from_secs(15)));
    }
    world.gives(
        r#"let all = servers(); let t = now(); all.reboot(); all.wait_active(); now() - t >= "15s""#,
        "true",
    );
}

#[test]
fn a_wait_without_a_request_takes_the_status_as_it_is() {
    let world = World::web();
    world.gives(r#"let t = now(); wait_active("web"); wait_ready("web"); now() - t"#, "0s");
    world.gives(r#"wait_status("web", "active").name"#, "web");
    world.gives(r#"wait_status("web", ["error", "Active"]).name"#, "web");
    world.gives(r#"wait_ready(image("cirros")).name"#, "cirros");
    world.gives(r#"wait_active(image("cirros")).name"#, "cirros");
    world.gives(r#"wait_status(image("cirros"), "active").name"#, "cirros");
}

#[test]
fn time_up_is_a_timeout_with_the_last_status() {
    let world = World::new();
    world.fault("server.create", FaultKind::Stuck);
    world.ok(&format!(r#"boot("s", {SPEC})"#));
    world.fails(r#"wait_active("s", "30s")"#, "timeout", "BUILD");
    world.fails(r#"wait_active("s", 30)"#, "timeout", "30s");
    world.gives(r#"let t = now(); try { wait_active("s") } catch (e) { return [e.kind, now() - t >= "10m", now() - t < "11m"] }"#, r#"["timeout", true, true]"#);
    world.fails(r#"wait_status("s", "SHUTOFF", "1m")"#, "timeout", "SHUTOFF");
    world.fails(r#"wait_ready("s", "5s")"#, "timeout", "BUILD");
    world.fails(r#"wait_deleted("s", "5s")"#, "timeout", "gone");
    world.fails(r#"boot("t", #{ like: "s", wait: "0s" })"#, "timeout", "BUILD");
    world.fails(r#"wait_status("s", "NOSUCH")"#, "invalid_argument", "NOSUCH");
}

#[test]
fn a_state_that_cannot_lead_there_fails_at_once() {
    let world = World::new();
    world.fault("server.create", FaultKind::ErrorState { message: "No valid host was found.".to_string() });
    world.ok(&format!(r#"boot("bad", {SPEC})"#));
    world.gives(
        r#"let t = now(); try { wait_active("bad") } catch (e) { return [e.kind, e.message.contains("No valid host was found."), now() - t < "1m"] }"#,
        r#"["failed", true, true]"#,
    );
    world.fails(r#"wait_ready("bad")"#, "failed", "ERROR");
    world.fails(r#"wait_status("bad", "SHUTOFF")"#, "failed", "ERROR");
    world.gives(r#"wait_status("bad", "ERROR").status"#, "ERROR");
    world.gives(r#"server("bad").fault.starts_with("No valid host was found.")"#, "true");
    let world = World::web();
    world.ok(r#"stop("web").wait_status("SHUTOFF")"#);
    world.fails(r#"wait_active("web")"#, "failed", "start");
    world.fails(r#"wait_status("web", "PAUSED")"#, "failed", "SHUTOFF");
    world.fails(r#"let s = server("web"); s.delete(#{ wait: true }); s.wait_active()"#, "not_found", "web");
}

#[test]
fn a_bad_gateway_answer_does_not_end_a_wait() {
    let world = World::new();
    let script = format!(r#"let s = boot("s", {SPEC}); s.wait_active().status"#);
    world.fault_after("server.show", 1, FaultKind::Html);
    world.fault_after("server.show", 2, FaultKind::ResetBefore);
    world.fault_after("server.show", 3, FaultKind::Status { code: 503, body: None, retry_after: None });
    world.gives(&script, "ACTIVE");
}

#[test]
fn waiting_for_what_is_gone_succeeds() {
    let world = World::web();
    world.gives(
        r#"let s = server("web"); s.delete(); s.wait_deleted(); s.wait_deleted(); find_server("web") == ()"#,
        "true",
    );
    world.ok(r#"wait_deleted("web"); wait_deleted(["web", "other"])"#);
    let world = World::web();
    world.gives(r#"let i = snapshot("web", "shot").wait_active(); i.delete(); i.wait_deleted(); find_image("shot") == ()"#, "true");
}

#[test]
fn wait_until_waits_for_a_closure() {
    let world = World::new();
    world.gives(
        &format!(
            r#"let s = boot("s", {SPEC}); wait_until(|| server("s").status == "ACTIVE"); server("s").status"#
        ),
        "ACTIVE",
    );
    world.gives("let n = 0; wait_until(|| { n += 1; n == 3 }, #{ every: \"5s\" }); n", "3");
    world.gives(
        r#"let t = now(); try { wait_until(|| false, #{ timeout: "20s", every: "5s" }) } catch (e) { return [e.kind, now() - t == "20s"] }"#,
        r#"["timeout", true]"#,
    );
    world.gives(r#"try { wait_until(|| throw "mine") } catch (e) { return e }"#, "mine");
    world.fails(r#"wait_until(|| server("nosuch").status == "ACTIVE")"#, "not_found", "nosuch");
    world.fails(r#"wait_until(|| true, #{ timeot: "1s" })"#, "invalid_argument", "`timeout`");
    world.fails(r#"wait_until(|| true, #{ timeout: "soon" })"#, "invalid_argument", "duration");
    world.fails(r#"wait_until(5)"#, "invalid_argument", "closure");
}

#[test]
fn ending_a_resize_waits_and_is_a_conflict_without_one() {
    let world = World::web();
    let asked = world.asked(|| {
        world.fails(r#"confirm_resize("web")"#, "conflict", "no resize");
        world.fails(r#"revert_resize("web")"#, "conflict", "no resize");
    });
    assert!(!asked.iter().any(|operation| operation.ends_with("_resize")), "{asked:?}");
    world.gives(r#"let t = now(); try { confirm_resize("web") } catch { } now() - t"#, "0s");
    world.gives(
        r#"let s = server("web"); s.resize("m1.small").confirm_resize(); s.wait_active(); s.flavor"#,
        "m1.small",
    );
    world.fails(r#"confirm_resize("web")"#, "conflict", "no resize");
    world.gives(
        r#"let s = server("web"); s.resize("m1.medium").revert_resize("5m").wait_active().flavor"#,
        "m1.small",
    );
    world.gives(r#"resize("web", "m1.medium").wait_ready().status"#, "VERIFY_RESIZE");
    world.gives(r#"confirm_resize("web").wait_ready().status"#, "ACTIVE");
    world.fault("server.resize", FaultKind::Stuck);
    world.fails(r#"resize("web", "m1.large").confirm_resize("20s")"#, "timeout", "VERIFY_RESIZE");
    let world = World::web();
    world.fails(r#"resize("web", "m1.tiny")"#, "invalid_argument", "");
}

#[test]
fn the_standard_library_waits_for_all() {
    let world = World::new();
    world.gives(
        r#"import "std/wait" as wait;
           let all = boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 3 });
           wait::all(all, "ACTIVE", "5m").map(|s| s.status)"#,
        r#"["ACTIVE", "ACTIVE", "ACTIVE"]"#,
    );
}

#[test]
fn what_no_server_of_the_cloud_ever_is_is_not_waited_for() {
    let world = World::web_with(|options| options.cloud = Some("sim:aws".to_string()));
    let error = world.error(r#"server("web").resize("m1.small").wait_status("VERIFY_RESIZE")"#);
    assert_eq!(error.kind.as_str(), "failed");
    assert_eq!(error.message, "a server of this cloud is never VERIFY_RESIZE");
    assert!(error.help.as_deref().is_some_and(|help| help.starts_with("a resize is done when")), "{error:?}");
    let error = world.error(r#"server("web").wait_status(["PAUSED", "SUSPENDED"])"#);
    assert_eq!(error.kind.as_str(), "failed");
    world.gives(r#"server("web").wait_status(["PAUSED", "ACTIVE"]).status"#, "ACTIVE");
}
