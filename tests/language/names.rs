//! Naming a resource: its object, its id or its unique name; and which cloud.

use crate::support::{World, each};

const ONE: &str = r#"#{ image: "cirros", flavor: "m1.tiny" }"#;

#[test]
fn object_id_and_name_all_do() {
    let world = World::web();
    each(
        [
            r#"server("web")"#,
            r#"server(server("web"))"#,
            r#"server(server("web").id)"#,
            r#"refresh("web")"#,
            r#"rename("web", "web")"#,
            r#"server("web").rename("web")"#,
            r#""web".rename("web")"#,
            r#"server("web").refresh()"#,
            r#"find_server("web")"#,
            r#"find_server(server("web").id)"#,
        ],
        |script| world.gives(&format!("{script}.name"), "web"),
    );
    let by = |image: &str, flavor: &str| format!("boot(\"x\", #{{ image: {image}, flavor: {flavor} }}).name");
    each(
        [
            by("image(\"cirros\")", "flavor(\"m1.tiny\")"),
            by("image(\"cirros\").id", "\"1\""),
            by("\"cirros\"", "\"m1.tiny\""),
        ],
        |script| world.gives(&script, "x"),
    );
}

#[test]
fn an_id_wins_over_a_name() {
    let world = World::web();
    world.ok(&format!(r#"boot(server("web").id, {ONE})"#));
    world.gives(r#"let id = server("web").id; server(id).name"#, "web");
    world.gives("servers().len", "2");
}

#[test]
fn names_match_exactly() {
    let world = World::web();
    each(["we", "WEB", "web ", "web*", "w.b", "^web$"], |name| {
        world.gives(&format!("find_server(\"{name}\") == ()"), "true");
    });
    world.ok(&format!(r#"boot("web-1", {ONE})"#));
    world.gives(r#"server("web").name"#, "web");
}

#[test]
fn two_of_a_name_are_ambiguous_and_their_ids_listed() {
    let world = World::web();
    world.ok(&format!(r#"boot("web", {ONE})"#));
    let error = world.error(r#"server("web")"#);
    assert_eq!(error.kind.as_str(), "ambiguous");
    let help = error.help.clone().unwrap();
    let ids = world.text("servers().map(|s| s.id)");
    for id in ids.trim_matches(['[', ']']).split(", ") {
        assert!(help.contains(id.trim_matches('"')), "{help}");
    }
    for script in [r#"stop("web")"#, r#"find_server("web")"#, r#"delete("web")"#, r#"wait_active("web")"#] {
        world.fails(script, "ambiguous", "2 servers named `web`");
    }
    world.gives(r#"servers()[0].refresh().name"#, "web");
}

#[test]
fn what_is_not_there_is_not_found_with_the_closest_names() {
    let world = World::web();
    each(
        [
            (r#"server("wbe")"#, "`web`"),
            (r#"stop("wbe")"#, "`web`"),
            (r#"image("ciros")"#, "`cirros`"),
            (r#"flavor("m1.tinny")"#, "`m1.tiny`"),
            (r#"boot("x", #{ image: "ciros", flavor: "m1.tiny" })"#, "`cirros`"),
            (r#"boot("x", #{ image: "cirros", flavor: "m1.tinny" })"#, "`m1.tiny`"),
            (r#"resize("web", "m1.smal")"#, "`m1.small`"),
            (r#"rebuild("web", "ciros")"#, "`cirros`"),
            (r#"cloud("simm")"#, "`sim`"),
            (r#"refresh("wbe")"#, "`web`"),
            (r#"meta("wbe")"#, "`web`"),
            (r#"snapshot("wbe", "x")"#, "`web`"),
            (r#"delete("wbe")"#, "`web`"),
            (r#"wait_active("wbe")"#, "`web`"),
        ],
        |(script, near)| world.fails(script, "not_found", near),
    );
    each([r#"find_server("x")"#, r#"find_image("x")"#, r#"find_flavor("x")"#], |script| {
        world.gives(&format!("{script} == ()"), "true");
    });
}

#[test]
fn what_is_deleted_is_neither_listed_nor_found() {
    let world = World::web();
    world.ok(r#"delete("web", #{ wait: true })"#);
    world.gives("servers().len", "0");
    world.gives(r#"find_server("web") == ()"#, "true");
    world.fails(r#"server("web")"#, "not_found", "`web`");
}

#[test]
fn both_ways_of_calling_send_the_same() {
    let world = World::web();
    each(
        [
            (r#"rename(server("web"), "web")"#, r#"server("web").rename("web")"#),
            (r#"set_meta("web", "a", 1)"#, r#""web".set_meta("a", 1)"#),
            (r#"servers(#{ name: "web" })"#, r#"cloud().servers(#{ name: "web" })"#),
            (r#"flavor("m1.tiny")"#, r#"cloud("sim").flavor("m1.tiny")"#),
            (r#"lock("web")"#, r#"cloud().lock("web")"#),
        ],
        |(a, b)| {
            let paths = |script: &str| -> Vec<String> {
                let seen = world.seen(|| {
                    world.ok(script);
                });
                seen.into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
            };
            world.ok(a);
            assert_eq!(paths(a), paths(b), "{a} and {b}");
        },
    );
}

#[test]
fn text_names_a_server_and_other_things_need_their_object() {
    let world = World::web();
    world.fails(r#"delete("cirros")"#, "not_found", "no server `cirros`");
    world.fails(r#"wait_active("cirros")"#, "not_found", "no server `cirros`");
    world.gives(r#"wait_active(image("cirros")).name"#, "cirros");
    world.gives(r#"refresh(image("cirros")).name"#, "cirros");
    world.gives(r#"refresh(flavor("m1.tiny")).ram"#, "512");
    world.fails(r#"stop(image("cirros"))"#, "invalid_argument", "server");
    world.fails(r#"resize("web", image("cirros"))"#, "invalid_argument", "flavor");
    world.fails(
        r#"boot("x", #{ image: flavor("m1.tiny"), flavor: "m1.tiny" })"#,
        "invalid_argument",
        "image",
    );
    world.fails("stop(5)", "invalid_argument", "server");
    world.fails("stop(())", "invalid_argument", "nothing");
    world.fails(r#"stop("")"#, "invalid_argument", "empty");
    world.fails(r#"stop(find_server("nosuch"))"#, "invalid_argument", "nothing");
}

#[test]
fn a_name_for_many_holds_the_name_of_each() {
    let world = World::new();
    world.ok(r#"boot("w", #{ image: "cirros", flavor: "m1.tiny", count: 2, wait: true })"#);
    let before = world.requests();
    world.fails(r#"let all = ["w-1", "w-2"]; all.snapshot("shot")"#, "invalid_argument", "{name}");
    assert_eq!(world.requests(), before, "nothing may be sent");
    world.gives(
        r#"let all = servers(); all.snapshot("{name}-shot").wait_active().map(|image| image.name)"#,
        r#"["w-2-shot", "w-1-shot"]"#,
    );
    world.gives(r#"snapshot(["w-1"], "of {name}").map(|image| image.name)"#, r#"["of w-1"]"#);
    world.gives(
        r#"server("w-1").wait_ready(); snapshot([server("w-1").id], "id of {name}").map(|image| image.name)"#,
        r#"["id of w-1"]"#,
    );
    world.gives(
        r#"let all = servers(); all.wait_ready(); rename(all, "{name}-b"); all.map(|one| one.name)"#,
        r#"["w-2-b", "w-1-b"]"#,
    );
    world.fails(r#"servers().update(#{ name: "same" })"#, "invalid_argument", "{name}");
    // Of one alone it is a name like any other.
    world.gives(r#"rename("w-1-b", "alone").name"#, "alone");
}
