//! Resources are objects: who holds one sees what happens to it, sentence by sentence of the contract.

use crate::support::{World, each};

/// Each gives this text in a world with the server `web`.
fn gives<const N: usize>(cases: [(&str, &str); N]) {
    each(cases, |(script, text)| World::web().gives(script, text));
}

/// The same on the EC2 face.
fn gives_on_aws<const N: usize>(cases: [(&str, &str); N]) {
    each(cases, |(script, text)| {
        World::web_with(|options| options.cloud = Some("sim:aws".to_string())).gives(script, text);
    });
}

#[test]
fn a_verb_and_a_chain_show_in_the_variable() {
    let cases = [
        (r#"let s = server("web"); s.stop().wait_status("SHUTOFF"); s.status"#, "SHUTOFF"),
        (r#"let s = server("web"); stop(s).wait_status("SHUTOFF"); s.status"#, "SHUTOFF"),
        (
            r#"let s = server("web"); let t = s.stop().wait_status("SHUTOFF"); s.start().wait_active(); t.status"#,
            "ACTIVE",
        ),
        (
            r#"let s = server("web"); s.resize("m1.large").confirm_resize().wait_active(); `${s.status} ${s.flavor}`"#,
            "ACTIVE m1.large",
        ),
        (r#"let s = server("web"); rename(s, "www"); s.name"#, "www"),
        (r#"let s = server("web"); set_meta(s, "role", "db"); s.meta.role"#, "db"),
        (r#"let s = server("web"); s.set_meta(#{ a: 1, b: 2 }).delete_meta("a"); s.meta.keys()"#, r#"["b"]"#),
    ];
    gives(cases);
    gives_on_aws(cases);
}

#[test]
fn every_form_of_a_verb_updates_the_same_object() {
    gives([
        (r#"let s = server("web"); [s].stop(); wait_status([s], "SHUTOFF"); s.status"#, "SHUTOFF"),
        (r#"let s = server("web"); stop([s]).wait_status("SHUTOFF"); s.status"#, "SHUTOFF"),
        (
            r#"let s = server("web"); let f = Fn("stop"); f.call(s); s.wait_status("SHUTOFF"); s.status"#,
            "SHUTOFF",
        ),
        (r#"let s = server("web"); parallel([s], Fn("stop")).wait_status("SHUTOFF"); s.status"#, "SHUTOFF"),
        (r#"let s = server("web"); parallel([1], |n| { s.set_meta("n", n); }); s.meta.n"#, "1"),
        (
            r#"let s = server("web"); parallel([1, 2], |n| s.set_meta(`n${n}`, n)); s.refresh(); s.meta.keys()"#,
            r#"["n1", "n2"]"#,
        ),
    ]);
}

#[test]
fn loops_parameters_arrays_maps_constants_and_captures_hold_the_object() {
    gives([
        (r#"let all = servers(); for s in all { s.rename("www"); } all[0].name"#, "www"),
        (r#"fn turn(s) { s.rename("www"); } let s = server("web"); turn(s); s.name"#, "www"),
        (r#"fn turn() { this.rename("www"); } let s = server("web"); s.turn(); s.name"#, "www"),
        (
            r#"let s = server("web"); let held = [s, #{ one: s }]; held[1].one.rename("www"); `${held[0].name} ${s.name}`"#,
            "www www",
        ),
        (r#"const S = server("web"); S.rename("www"); S.name"#, "www"),
        (r#"const S = server("web"); S.set_meta("a", "1"); S.meta.keys()"#, r#"["a"]"#),
        (r#"const S = server("web"); fn turn() { global::S.rename("www") } turn(); S.name"#, "www"),
        (r#"let s = server("web"); let f = || s.rename("www"); f.call(); s.name"#, "www"),
        (r#"let s = server("web"); let f = || s.name; s.rename("www"); f.call()"#, "www"),
        (r#"let s = server("web"); retry(|| s.rename("www")); s.name"#, "www"),
        (r#"let s = server("web"); step("x", || s.rename("www")); s.name"#, "www"),
        (r#"let s = server("web"); let a = s; let b = a; b.rename("www"); `${s.name} ${a.name}`"#, "www www"),
        (r#"let all = servers(); all.rename("www"); all[0].name"#, "www"),
        (
            r#"let all = servers(); all[0].rename("www"); let one = all[0]; one.set_meta("a", "1"); all[0].meta.a"#,
            "1",
        ),
    ]);
}

#[test]
fn reading_anew_gives_another_object_and_refresh_reads_into_it() {
    gives([
        (
            r#"let s = server("web"); let t = server("web"); s.rename("www"); `${s.name} ${t.name}`"#,
            "www web",
        ),
        (r#"let s = server("web"); let t = server(s); s.rename("www"); t.name"#, "web"),
        (r#"let s = server("web"); let t = servers()[0]; s.rename("www"); t.name"#, "web"),
        (
            r#"let s = server("web"); rename(server("web"), "www"); let r = refresh(s); `${s.name} ${r.name}`"#,
            "www www",
        ),
        (
            r#"let s = server("web"); let kept = s.flavor; s.resize("m1.large").confirm_resize(); kept"#,
            "m1.tiny",
        ),
        (r#"let s = server("web"); let meta = s.meta; s.set_meta("a", "1"); meta.keys().len"#, "0"),
    ]);
}

#[test]
fn passwords_and_private_keys_survive() {
    gives([
        (
            r#"let s = boot("db", #{ image: "cirros", flavor: "m1.tiny", admin_pass: "pw-1" }); s.wait_active().set_meta("a", "1").refresh(); reveal(s.admin_pass)"#,
            "pw-1",
        ),
        (
            r#"let specs = []; for n in 0..11 { specs.push(#{ name: `db-${n}`, image: "cirros", flavor: "m1.tiny" }); } let all = boot_all(specs); all.wait_active().set_meta("a", "1"); all.filter(|s| s.admin_pass != () && s.meta.a == "1").len"#,
            "11",
        ),
        (r#"let k = create_keypair("k"); k.refresh(); k.private_key != ()"#, "true"),
        (
            r#"let s = boot("db", #{ image: "cirros", flavor: "m1.tiny", admin_pass: "pw-1", wait: true }); `${s.status} ${reveal(s.admin_pass)}`"#,
            "ACTIVE pw-1",
        ),
    ]);
}

#[test]
fn two_resources_both_show_what_changed() {
    let cases = [
        (
            r#"let s = server("web"); let v = create_volume("data", 2).wait_ready(); s.attach(v); v.wait_status("IN-USE"); v.server == s.id && s.refresh().volumes.some(|id| id == v.id)"#,
            "true",
        ),
        (
            r#"let s = server("web"); let v = create_volume("data", 2).wait_ready(); s.attach(v); v.wait_status("IN-USE"); s.detach(v); v.wait_status("AVAILABLE"); v.server == ()"#,
            "true",
        ),
        (r#"let s = server("web"); let ip = allocate_ip(); associate_ip(s, ip); ip.server == s.id"#, "true"),
        (
            r#"let s = server("web"); let ip = allocate_ip(); s.associate_ip(ip); ip.disassociate_ip(); ip.server == ()"#,
            "true",
        ),
        (
            r#"let g = create_security_group("g", "g"); let same = g; g.authorize("tcp", 80, 80, "0.0.0.0/0"); same.rules.filter(|r| r.from_port == 80).len"#,
            "1",
        ),
    ];
    gives(cases);
    gives_on_aws(cases);
    // At once, though the cloud is still at it: a field that is read shows the cloud's word, not the one from before.
    let world = World::web();
    world.ok(r#"create_volume("data", 2).wait_ready()"#);
    world.gives(r#"let v = volume("data"); attach("web", v); v.status != "AVAILABLE""#, "true");
}

#[test]
fn an_object_that_is_not_read_costs_no_request() {
    let world = World::web();
    world.ok(r#"create_volume("data", 2).wait_ready()"#);
    let by_text = world.asked(|| {
        world.ok(r#"let v = volume("data"); attach("web", v.id)"#);
    });
    world.ok(r#"wait_status(volume("data"), "IN-USE"); detach("web", volume("data")); wait_status(volume("data"), "AVAILABLE")"#);
    let by_object = world.asked(|| {
        world.ok(r#"let v = volume("data"); attach("web", v)"#);
    });
    assert!(by_object.len() <= by_text.len(), "{by_object:?} {by_text:?}");
}

#[test]
fn delete_gives_the_object_and_gone_is_deleted() {
    let cases = [
        (r#"let s = server("web"); let d = s.delete(); `${d == s} ${s.task}`"#, "true deleting"),
        (r#"let s = server("web"); delete(s); wait_deleted(s); s.status"#, "DELETED"),
        (r#"let s = server("web"); s.delete().wait_deleted().status"#, "DELETED"),
        (r#"let s = server("web"); delete(s, #{ wait: true }); s.status"#, "DELETED"),
        (
            r#"let s = server("web"); delete("web", #{ wait: true }); try { refresh(s); } catch (e) {} s.status"#,
            "DELETED",
        ),
        (
            r#"let s = server("web"); delete("web", #{ wait: true }); find_server(s) == () && s.status == "DELETED""#,
            "true",
        ),
        (r#"let s = server("web"); delete("web", #{ wait: true }); wait_deleted(s); s.status"#, "DELETED"),
        (r#"let all = servers(); all.delete(); all.wait_deleted().map(|s| s.status)"#, r#"["DELETED"]"#),
        (
            r#"let s = server("web"); s.delete(#{ wait: true }); s.delete(#{ missing_ok: true }).status"#,
            "DELETED",
        ),
        (r#"let s = server("web"); s.delete(#{ wait: true }); s.wait_deleted().wait_deleted().name"#, "web"),
        (
            r#"let v = create_volume("data", 2).wait_ready(); v.delete(); v.wait_deleted(); v.status"#,
            "DELETED",
        ),
        // What has no status has none either when it is gone.
        (r#"let k = create_keypair("k"); k.delete(); wait_deleted(k); k.name"#, "k"),
        (r#"let ip = allocate_ip(); let gone = ip.release_ip(); gone.address == ip.address"#, "true"),
    ];
    gives(cases);
    gives_on_aws(cases);
    gives([(
        r#"let s = server("web"); delete("web", #{ wait: true }); try { s.stop(); } catch (e) {} s.status"#,
        "DELETED",
    )]);
}

#[test]
fn verbs_on_what_is_gone_are_not_found_and_ask_nothing() {
    for gone in [
        "stop(s)",
        "s.set_meta(\"a\", \"1\")",
        "refresh(s)",
        "wait_active(s)",
        "s.delete()",
        "server(s)",
        "s.rename(\"x\")",
        "wait_port(s, 22)",
        "attach(s, \"v\")",
    ] {
        let world = World::web();
        world.fails(
            &format!(r#"let s = server("web"); s.delete(#{{ wait: true }}); {gone}"#),
            "not_found",
            "gone",
        );
    }
    let world = World::web();
    world.ok(r#"boot("db", #{ like: "web" }).wait_active()"#);
    let deleted = world.asked(|| drop(world.run(r#"server("web").delete(#{ wait: true })"#)));
    world.ok(r#"boot("web", #{ like: "db" }).wait_active()"#);
    let again =
        world.asked(|| drop(world.run(r#"let s = server("web"); s.delete(#{ wait: true }); s.stop()"#)));
    assert_eq!(deleted.len(), again.len(), "{again:?}");
    world.fails(r#"let ip = allocate_ip(); ip.release_ip(); ip.disassociate_ip()"#, "not_found", "gone");
    world.fails(
        r#"let v = create_volume("data", 2).wait_ready(); v.delete().wait_deleted(); attach("db", v)"#,
        "not_found",
        "gone",
    );
}

#[test]
fn assigning_to_a_field_or_into_it_names_the_verb() {
    let cases = [
        (r#"let s = server("web"); s.name = "x";"#, "rename"),
        (r#"let s = server("web"); s.name = s.name;"#, "rename"),
        (r#"let s = server("web"); s.name += "x";"#, "rename"),
        (r#"let s = server("web"); s.meta.role = "x";"#, "set_meta"),
        (r#"let s = server("web"); s.meta["role"] = "x";"#, "set_meta"),
        (r#"let s = server("web"); s.meta.set("role", "x");"#, "set_meta"),
        (r#"let s = server("web"); s["meta"] = #{};"#, "set_meta"),
        (r#"let s = server("web"); s.security_groups.push("x");"#, "add_security_group"),
        (r#"let s = server("web"); s.security_groups.clear();"#, "add_security_group"),
        (r#"let s = server("web"); s.flavor = "m1.large";"#, "resize"),
        (r#"const S = server("web"); S.meta.role = "x";"#, "set_meta"),
        (r#"const S = server("web"); S.security_groups.push("x");"#, "add_security_group"),
        (r#"let all = servers(); all[0].meta.role = "x";"#, "set_meta"),
        (r#"let held = #{ s: server("web") }; held.s.meta.role = "x";"#, "set_meta"),
        (r#"for s in servers() { s.meta.role = "x"; }"#, "set_meta"),
        (r#"fn f(s) { s.name = "x"; } f(server("web"));"#, "rename"),
    ];
    each(cases, |(script, verb)| World::web().fails(script, "script", verb));
    World::web().fails(r#"fn f(s) { s.tag = 5; } f(server("web"))"#, "script", "tag");
}

#[test]
fn reads_of_fields_are_no_changes() {
    gives([
        (r#"let s = server("web"); s.set_meta("a", "1"); s.meta.keys()"#, r#"["a"]"#),
        (r#"const S = server("web"); S.meta.keys()"#, "[]"),
        (r#"const S = server("web"); S.security_groups.filter(|g| g == "default").len"#, "1"),
        (r#"const S = server("web"); S.name.to_upper()"#, "WEB"),
        (r#"let s = server("web"); s.name.to_upper()"#, "WEB"),
        (
            r#"let s = server("web"); let tags = s.security_groups; tags.push("x"); s.security_groups.len"#,
            "1",
        ),
        (r#"let s = server("web"); s.created.year > 2000 && s.age.seconds >= 0"#, "true"),
        (r#"let s = server("web"); s.raw.keys().len > 5"#, "true"),
        (r#"let s = server("web"); s.addresses.keys().len"#, "1"),
    ]);
}

#[test]
fn waits_and_reverts_find_the_request_by_name_and_by_another_object() {
    gives([
        (r#"let s = server("web"); reboot("web"); s.wait_active(); s.status"#, "ACTIVE"),
        (r#"let s = server("web"); s.stop(); wait_status("web", "SHUTOFF").status"#, "SHUTOFF"),
        (r#"let s = server("web"); s.stop(); wait_status(server("web"), "SHUTOFF").status"#, "SHUTOFF"),
        (
            r#"let s = server("web"); s.resize("m1.large"); revert_resize("web").wait_active().flavor"#,
            "m1.tiny",
        ),
        (r#"resize("web", "m1.large"); server("web").revert_resize().wait_active().flavor"#, "m1.tiny"),
    ]);
    gives_on_aws([
        (
            r#"let s = server("web"); s.resize("m1.large"); revert_resize("web").wait_active().flavor"#,
            "m1.tiny",
        ),
        (r#"resize("web", "m1.large"); server("web").revert_resize().wait_active().flavor"#, "m1.tiny"),
    ]);
}

#[test]
fn the_same_resource_twice_is_asked_for_once() {
    let world = World::web();
    let wrote = world.written(|| world.gives(r#"let s = server("web"); let t = server("web"); let r = [s, s, t].stop(); `${r.len} ${r[0] == s}`"#, "3 true"));
    assert_eq!(wrote, ["server.stop web"]);
    world.ok(r#"wait_status("web", "SHUTOFF")"#);
    let wrote = world.written(|| {
        world.gives(r#"let s = server("web"); [s, "web"].start().map(|x| x == s)"#, "[true, true]");
    });
    assert_eq!(wrote, ["server.start web"]);
    world.ok(r#"wait_active("web").stop()"#);
    world.ok(r#"wait_status("web", "SHUTOFF")"#);
    world.gives(
        r#"let s = server("web"); let t = server("web"); [s, t].rename("www"); `${s.name} ${t.name}`"#,
        "www www",
    );
    let wrote = world.written(|| {
        world.gives(r#"stop(["www", "www"], #{ on_error: "collect" }).filter(|x| is_error(x)).len"#, "2")
    });
    assert!(wrote.len() <= 1, "{wrote:?}");
    let wrote = world.written(|| {
        world.gives(
            r#"let s = server("www"); delete([s, s], #{ wait: true }).map(|x| x.status)"#,
            r#"["DELETED", "DELETED"]"#,
        )
    });
    assert_eq!(wrote.len(), 1, "{wrote:?}");
}

#[test]
fn equality_goes_by_id_and_by_text() {
    gives([
        (r#"let s = server("web"); s == server("web")"#, "true"),
        (r#"let s = server("web"); s == "web" && "web" == s && s == s.id && s != "db" && "db" != s"#, "true"),
        (r#"let s = server("web"); "web" in servers() && s in ["db", "web"] && s in servers()"#, "true"),
        (r#"let s = server("web"); !("db" in servers()) && !(s in ["db"])"#, "true"),
        (r#"let s = server("web"); s.rename("www"); s == "www" && s != "web""#, "true"),
        (r#"servers().index_of("web")"#, "0"),
    ]);
}

#[test]
fn a_failed_wait_leaves_what_it_saw() {
    let world = World::web();
    world.ok(r#"boot("db", #{ like: "web" }).wait_active()"#);
    world.gives(
        r#"let s = server("web"); s.stop(); try { s.wait_active(); } catch (e) {} s.status"#,
        "SHUTOFF",
    );
    world.ok(r#"start("web").wait_active()"#);
    world.gives(
        r#"let all = servers().order_by("name"); stop(all[0]); stop(all[1]); try { all.wait_active(); } catch (e) {} all.map(|s| s.status)"#,
        r#"["SHUTOFF", "SHUTOFF"]"#,
    );
    world.gives(
        r#"let s = server("web"); s.start(); try { s.wait_status("PAUSED", "1m"); } catch (e) {} s.status"#,
        "ACTIVE",
    );
}

#[test]
fn what_is_put_off_takes_what_is_held_now_and_the_object_stays() {
    let world = World::web();
    world.ok(r#"for n in 0..3 { defer(|n| print(n), n); } let s = server("web"); defer(|s| print(s.name), s); s.rename("www");"#);
    assert_eq!(world.out(), "www\n2\n1\n0");
}

#[test]
fn parallel_items_have_their_own_variables_and_share_the_resources() {
    gives([
        (
            r#"let total = 0; let s = server("web"); parallel([1, 2, 3], |n| { total += n; s.id }); total"#,
            "0",
        ),
        (
            r#"let held = #{ s: server("web") }; parallel([1], |n| { held.s.rename("www"); held.n = n; }); `${held.s.name} ${"n" in held}`"#,
            "www false",
        ),
    ]);
}

#[test]
fn as_text_its_name_and_as_json_its_fields() {
    gives([
        (r#"let s = server("web"); s.rename("www"); `${s}`"#, "www"),
        (
            r#"let s = server("web"); s.stop().wait_status("SHUTOFF"); parse_json(to_json(s)).status"#,
            "SHUTOFF",
        ),
        (r#"let s = server("web"); "raw" in parse_json(to_json(s))"#, "false"),
        (
            r#"let v = create_volume("d", 1).wait_ready(); attach("web", v); parse_json(to_json([v]))[0].status != "AVAILABLE""#,
            "true",
        ),
    ]);
}

#[test]
fn a_closure_reads_the_array_and_the_object_of_its_own_chain() {
    gives([
        (
            r#"let sg = create_security_group("g", "g"); sg.authorize("tcp", 80, 80, "0.0.0.0/0"); sg.authorize("tcp", 81, 81, "0.0.0.0/0"); sg.rules.filter(|r| r.from_port != ()).for_each(|r| sg.revoke("tcp", r.from_port, r.to_port, r.cidr)); sg.rules.filter(|r| r.from_port != ()).len"#,
            "0",
        ),
        (
            r#"let sg = create_security_group("g", "g"); sg.authorize("tcp", 80, 80, "0.0.0.0/0"); sg.rules.for_each(|r| { if r.from_port == 80 { sg.revoke("tcp", 80, 80, r.cidr); } }); sg.rules.filter(|r| r.from_port == 80).len"#,
            "0",
        ),
        (r#"let xs = [1, 2, 3]; xs.filter(|x| x < xs.len)"#, "[1, 2]"),
        (r#"let xs = [1, 2, 3]; xs.map(|x| x + xs[0])"#, "[2, 3, 4]"),
        (r#"let xs = [1, 2, 3]; xs.some(|x| x > xs.len) || xs.all(|x| x <= xs.len)"#, "true"),
        (r#"let xs = [1, 2]; let n = 0; xs.for_each(|x| { n += x + xs.len; }); n"#, "7"),
        (r#"let all = servers(); all.filter(|s| all.len == 1 && s.name == "web").len"#, "1"),
        (r#"let m = #{ list: [1, 2], most: 1 }; m.list.filter(|x| x <= m.most)"#, "[1]"),
        (r#"let f = |xs| xs.filter(|x| x < xs.len); f.call([1, 2, 3])"#, "[1, 2]"),
        (r#"fn f(xs) { xs.filter(|x| x < xs.len) } f([1, 2, 3])"#, "[1, 2]"),
        (r#"fn f(xs) { let g = || xs.filter(|x| x < xs.len); g.call() } f([1, 2, 3])"#, "[1, 2]"),
        (
            r#"let out = []; for s in servers() { s.security_groups.for_each(|g| out.push(`${s.name} ${g}`)); } out"#,
            r#"["web default"]"#,
        ),
    ]);
}

#[test]
fn closures_are_given_the_item_also_as_this() {
    gives([
        (r#"let out = []; [5, 6].for_each(|x| out.push(x)); out"#, "[5, 6]"),
        (r#"let out = []; [5, 6].for_each(|x| out.push(this + x)); out"#, "[10, 12]"),
        (r#"let out = []; [5, 6].for_each(|x, i| out.push(x + i)); out"#, "[5, 7]"),
        (r#"let xs = [5, 6]; xs.for_each(|| this *= 2); xs"#, "[10, 12]"),
        (r#"[5, 6].map(|x| this + x)"#, "[10, 12]"),
        (r#"[5, 6].map(|| this + 1)"#, "[6, 7]"),
        (r#"[5, 6].map(|x, i| x + i)"#, "[5, 7]"),
        (r#"[5, 6].filter(|| this > 5)"#, "[6]"),
        (r#"[5, 6].find_map(|x| if x > 5 { `${x}` })"#, "6"),
        (r#"let out = []; servers().for_each(|s| out.push(s.name)); out"#, r#"["web"]"#),
        (r#"servers().for_each(|s| s.rename("www")); server("www").name"#, "www"),
        (r#"servers().map(Fn("stop")).map(|s| s.name)"#, r#"["web"]"#),
    ]);
}

#[test]
fn a_switch_on_a_resource_is_found_before_the_run() {
    World::web().gives(r#"let s = server("web"); switch s.name { "web" => 1, _ => 2 }"#, "1");
}

#[test]
fn what_was_detached_is_seen_once_it_is() {
    let world = World::web();
    world.gives(
        r#"
        let s = server("web");
        let v = create_volume("data", 1).wait_ready();
        s.attach(v);
        v.wait_status("IN-USE");
        let held = s.volumes.len();
        s.detach(v);
        v.wait_status("AVAILABLE");
        [held, s.volumes.len()]
        "#,
        "[1, 0]",
    );
}

#[test]
fn a_rule_that_was_read_is_that_very_one() {
    for dry_run in [false, true] {
        let world = World::with(|options| options.dry_run = dry_run);
        world.ok(r#"const G = create_security_group("c", "z");"#);
        // Both of Neutron's own rules let everything out, for either kind of address.
        world.gives(
            r#"let g = create_security_group("d", "z"); let all = g.rules.len(); g.revoke(g.rules[0]); [all, g.rules.len()]"#,
            "[2, 1]",
        );
        world.gives(
            r#"let g = create_security_group("e", "z"); g.rules.for_each(|r| g.revoke(r)); g.rules"#,
            "[]",
        );
        world.gives(
            r#"let g = create_security_group("f", "z"); g.authorize("tcp", 22, 22, "0.0.0.0/0"); g.authorize("tcp", 22, 22, "::/0"); g.rules.filter(|r| r.from_port == 22).len()"#,
            "2",
        );
    }
}

#[test]
fn an_address_in_use_is_released_by_no_verb() {
    let world = World::web();
    world.ok(r#"associate_ip("web", allocate_ip())"#);
    world.fails(r#"delete(public_ips()[0])"#, "conflict", "is in use by");
    world.gives(r#"public_ips().len()"#, "1");
    world.ok(r#"delete(public_ips()[0], #{ force: true })"#);
    world.gives(r#"public_ips().len()"#, "0");
}
