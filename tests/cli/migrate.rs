//! What only an administrator may do, against a simulated cloud that is served.

use crate::support::{Program, Served};

/// The same cloud with its administrator.
fn administrator(served: &Served) -> Program {
    let file = served
        .lab()
        .replace("username: demo", "username: admin")
        .replace("project_name: demo", "project_name: admin");
    Program::with_clouds(&file)
}

#[test]
fn a_migration_is_an_administrators_and_is_ended_like_a_resize() {
    let served = Served::new();
    let script = r#"
        let s = boot("web", #{ image: "cirros", flavor: "m1.tiny", networks: "none" }).wait_active();
        print(s.host);
        print(s.migrate().wait_ready().status);
        print(s.host);
        print(s.revert_resize().wait_active().host);
        print(s.migrate(#{ host: "sim2" }).confirm_resize().wait_active().host);
        print(s.migrate(#{ live: true }).wait_active().host);
        print(s.migrate(#{ live: true, host: "sim2" }).wait_ready().host);
        try { s.migrate(#{ host: "nosuch" }); } catch (e) { print(e.kind); }
        print(s.confirm_resize(1).status);
    "#;
    let ended = administrator(&served).run(&["-e", script]);
    let (out, err, code) = (ended.out, ended.err, ended.code);
    assert_eq!(out, "sim\nVERIFY_RESIZE\nsim2\nsim\nsim2\nsim\nsim2\ninvalid_argument\n", "{err}");
    // Nothing is left to confirm after a live one.
    assert!(err.contains("has no resize to end"), "{err}");
    assert_eq!(code, Some(1));
    // Not even while it is under way, and that is told at once.
    let early = r#"server("web").migrate(#{ live: true }).confirm_resize()"#;
    let ended = administrator(&served).run(&["-e", early]);
    assert!(ended.err.contains("a live migration is neither confirmed nor reverted"), "{}", ended.err);
    assert_eq!(ended.code, Some(1));
    let member = r#"boot("mine", #{ image: "cirros", flavor: "m1.tiny" }).wait_active().migrate()"#;
    let ended = served.program().run(&["-e", member]);
    let (err, code) = (ended.err, ended.code);
    assert!(err.contains("os-migrate-server:migrate"), "{err}");
    assert_eq!(code, Some(1));
}
