//! Results: a verb gives its resource as the cloud last described it, and updates what it was called on where it stands.

use crate::support::{World, each};

const NEW: &str = r#"let s = boot("s", #{ image: "cirros", flavor: "m1.tiny" }); "#;

#[test]
fn a_method_updates_what_it_is_called_on() {
    let cases = [
        ("s.wait_active(); s.status", "ACTIVE"),
        ("s.refresh(); s.wait_active(); s.stop().wait_status(\"SHUTOFF\").status", "SHUTOFF"),
        ("wait_active(s); s.status", "ACTIVE"),
        ("let t = s.wait_active(); t.status + s.status", "ACTIVEACTIVE"),
        ("s.wait_active().resize(\"m1.small\").confirm_resize().wait_active().flavor", "m1.small"),
        ("let a = [s]; a[0].wait_active(); a[0].status", "ACTIVE"),
        ("let a = [s]; wait_active(a); a[0].status", "ACTIVE"),
        ("let a = [s]; a.wait_active(); a[0].status", "ACTIVE"),
        ("let m = #{ one: s }; m.one.wait_active(); m.one.status", "ACTIVE"),
        ("let m = #{ a: [#{ one: s }] }; m.a[0].one.wait_active(); m.a[0].one.status", "ACTIVE"),
        ("let m = #{ one: s }; m[\"one\"].wait_active(); m.one.status", "ACTIVE"),
        ("let a = [s]; for x in a { x.wait_active(); } a[0].status", "ACTIVE"),
        ("let a = [s]; for x in a { x.wait_active(); } a.refresh(); a[0].status", "ACTIVE"),
        ("fn f(x) { x.wait_active(); x.status } f(s) + s.status", "ACTIVEACTIVE"),
        ("s.wait_active(); s.rename(\"t\"); s.name", "t"),
        ("s.wait_active(); s.set_meta(\"a\", 1); s.meta.a", "1"),
        ("let t = s; t.wait_active(); s.status", "ACTIVE"),
        ("s.wait_active(); s.delete(#{ wait: true }); s.status", "DELETED"),
        ("s.wait_active(); s.delete(); s.wait_deleted(); s.name", "s"),
        ("s.wait_active(); let i = s.snapshot(\"shot\"); i.wait_active(); i.status + s.name", "ACTIVEs"),
        ("const S = s; S.wait_active().status", "ACTIVE"),
        ("const S = s; wait_active(S).status", "ACTIVE"),
        ("const S = s; S.wait_active(); S.status", "ACTIVE"),
        ("const S = s; fn f() { global::S.wait_active().status } f()", "ACTIVE"),
        ("const A = [s]; A[0].wait_active().status", "ACTIVE"),
        ("let f = || s.name; s.wait_active(); s.status", "ACTIVE"),
        ("let f = || s.wait_active(); f.call(); s.status", "ACTIVE"),
    ];
    each(cases, |(script, text)| World::new().gives(&format!("{NEW}{script}"), text));
}

#[test]
fn delete_and_wait_deleted_give_the_object_and_nothing_for_a_name_that_is_gone() {
    let world = World::web();
    world.gives(r#"let s = server("web"); s.delete() == s"#, "true");
    world.gives(r#"wait_deleted("web") == "web""#, "true");
    world.gives(r#"wait_deleted("nosuch") == ()"#, "true");
    let world = World::web();
    world.gives(r#"let s = server("web"); delete(s, #{ wait: "5m" }); s.wait_deleted() == s"#, "true");
    world.gives(r#"delete([])"#, "[]");
    let world = World::web();
    world.gives(r#"delete(servers())"#, "[web]");
}

#[test]
fn a_password_survives_updates_and_prints_masked() {
    let world = World::new();
    world.gives(
        r#"let s = boot("s", #{ image: "cirros", flavor: "m1.tiny" });
           let p = reveal(s.admin_pass);
           s.wait_active(); s.refresh(); s.set_meta("a", "b"); s.reboot().wait_active(); s.rename("t");
           [p.len() > 4, reveal(s.admin_pass) == p, s.admin_pass == (), `${s.admin_pass}`, to_json(s).contains(p)]"#,
        r#"[true, true, false, ••••••, true]"#,
    );
    world.gives(r#"server("t").admin_pass == ()"#, "true");
    world.gives(
        r#"let s = server("t"); s.rebuild("cirros", #{ admin_pass: secret("n3w-p4ss") }); s.wait_active(); reveal(s.admin_pass)"#,
        "n3w-p4ss",
    );
    world.gives(
        r#"let s = boot("u", #{ image: "cirros", flavor: "m1.tiny", admin_pass: "ch0sen-one" }).wait_active(); reveal(s.admin_pass)"#,
        "ch0sen-one",
    );
    world.gives(r#"let s = server("u").rescue(#{ admin_pass: "r3scue" }).wait_status("RESCUE"); reveal(s.admin_pass)"#, "r3scue");
    world.gives(
        r#"let a = boot("v", #{ image: "cirros", flavor: "m1.tiny", count: 2, wait: true }); a.map(|s| s.admin_pass == ())"#,
        // A request for several tells one password; the cloud gives it to the first it names.
        &world.text(r#"boot("w", #{ image: "cirros", flavor: "m1.tiny", count: 2 }).map(|s| s.admin_pass == ())"#),
    );
}
