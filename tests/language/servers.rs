//! What can be done to a server.

use crate::support::{World, each};

#[test]
fn each_action_leads_to_its_state() {
    each(
        [
            (r#"stop("web").wait_status("SHUTOFF").start().wait_active().status"#, "ACTIVE"),
            (r#"stop("web", #{ force: true }).wait_status("shutoff").status"#, "SHUTOFF"),
            (r#"reboot("web").wait_active().status"#, "ACTIVE"),
            (r#"reboot("web", "hard").wait_active().status"#, "ACTIVE"),
            (r#"reboot("web", "SOFT").wait_active().status"#, "ACTIVE"),
            (r#"pause("web").wait_status("PAUSED").unpause().wait_active().status"#, "ACTIVE"),
            (r#"suspend("web").wait_status("SUSPENDED").resume().wait_active().status"#, "ACTIVE"),
            (r#"shelve("web").wait_status("SHELVED_OFFLOADED").unshelve().wait_active().status"#, "ACTIVE"),
            (r#"rescue("web").wait_status("RESCUE").unrescue().wait_active().status"#, "ACTIVE"),
            (r#"rescue("web", #{ image: "cirros" }).wait_status("RESCUE").status"#, "RESCUE"),
            (r#"lock("web").unlock().name"#, "web"),
            (
                r#"let s = server("web"); let before = s.locked; s.lock(); [before, s.locked, s.unlock().locked]"#,
                "[false, true, false]",
            ),
            (
                r#"let s = update("web", #{ access_ipv4: "203.0.113.4", access_ipv6: "2001:db8::4", description: "mine" }); [s.access_ipv4, s.access_ipv6, s.description]"#,
                r#"["203.0.113.4", "2001:db8::4", "mine"]"#,
            ),
            (
                r#"let s = server("web"); [s.access_ipv4, s.access_ipv6, s.description, s.host.len(), s.project == s.raw.tenant_id]"#,
                "[(), (), (), 56, true]",
            ),
            (
                r#"update("web", #{ description: "mine" }).update(#{ description: "" }).description == ()"#,
                "true",
            ),
            (r#"rename("web", "www").name"#, "www"),
            (r#"update("web", #{ name: "www", access_ipv4: "203.0.113.4" }).raw.accessIPv4"#, "203.0.113.4"),
            (r#"update("web", #{ description: "mine" }).raw.description"#, "mine"),
            (r#"rebuild("web", "cirros").wait_active().status"#, "ACTIVE"),
            (
                r#"rebuild("web", image("cirros"), #{ name: "w2", meta: #{ a: 1 } }).wait_active().meta.a"#,
                "1",
            ),
            (r#"set_password("web", "n3w").name"#, "web"),
            (r#"set_password("web", secret("n3w")).name"#, "web"),
            (r#"addresses("web").keys()"#, r#"["private"]"#),
            (r#"addresses("web", "private")[0].addr == server("web").ip"#, "true"),
            (r#"console_log("web").len > 0"#, "true"),
            (r#"console_log("web", 1).split("\n").len <= 2"#, "true"),
            (r#"console_url("web").starts_with("http")"#, "true"),
            (r#"remove_security_group("web", "default").security_groups"#, "[]"),
            (
                r#"let i = snapshot("web", "shot"); i.wait_active(); [i.status, i.name, server("web").status]"#,
                r#"["ACTIVE", "shot", "ACTIVE"]"#,
            ),
            (r#"snapshot("web", "shot", #{ meta: #{ a: 1 }, consistent: true }).wait_active().meta.a"#, "1"),
            (r#"server("web").snapshot("shot").name"#, "shot"),
            (
                r#"let i = snapshot("web", "shot").wait_active(); boot("c", #{ image: i, flavor: "m1.tiny" }).wait_active().image"#,
                "shot",
            ),
            (r#"resize("web", flavor("m1.small")).confirm_resize().wait_active().flavor_id"#, "2"),
        ],
        |(script, text)| World::web().gives(script, text),
    );
}

#[test]
fn what_a_state_forbids_is_a_conflict() {
    let world = World::web();
    each(
        [
            r#"start("web")"#,
            r#"unpause("web")"#,
            r#"resume("web")"#,
            r#"unshelve("web")"#,
            r#"unrescue("web")"#,
        ],
        |script| world.fails(script, "conflict", "status"),
    );
    world.fails(r#"reboot("web", "gently")"#, "invalid_argument", "gently");
    world.fails(r#"update("web", #{})"#, "invalid_argument", "nothing to change");
    world.fails(r#"update("web")"#, "invalid_argument", "");
    world.fails(r#"rename("web", "")"#, "invalid_argument", "empty");
    world.fails(r#"addresses("web", "privat")"#, "not_found", "private");
    world.fails(r#"console_log("web", 0)"#, "invalid_argument", "1 or more");
    world.fails(r#"rebuild("web", "nosuch")"#, "not_found", "nosuch");
    world.fails(r#"snapshot("web", "")"#, "invalid_argument", "empty");
    world.fails(r#"add_security_group("web", "nosuch")"#, "not_found", "nosuch");
}

#[test]
fn a_name_is_looked_up_once_a_run() {
    let world = World::new();
    world.ok(r#"boot("n", #{ image: "cirros", flavor: "m1.tiny", count: 5, wait: true })"#);
    let asked = world.asked(|| {
        world.gives(
            "let n = []; for s in servers() { n += `${s.flavor}/${s.image}`; } n.dedup(); n",
            r#"["m1.tiny/cirros"]"#,
        );
    });
    let names = asked.iter().filter(|operation| !operation.starts_with("server.")).count();
    assert!(names <= 2, "{asked:?}");
}
