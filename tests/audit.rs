//! `rhain audit`: never less than what runs do, and what it says of scripts.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::scripts::cloud_of;
use crate::support::{Program, World, each};
use rhain::audit::{self, DEFAULT, Does, Touch, covers};
use rhain::check;
use rhain::cloud::{Result, Value};
use rhain::effects::{Begin, Observer};
use rhain::verbs::{Effect, Role, VERBS};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Keeps what calls do.
#[derive(Default)]
struct Seen(Mutex<Vec<(Does, String)>>);

impl Observer for Seen {
    fn began(&self, begin: &Begin<'_>) -> Result<()> {
        let call = begin.call;
        let mut seen = self.0.lock().unwrap();
        let does = match begin.effect {
            Effect::Reads | Effect::Waits if call.verb.asks_cloud() => Some(Does::Read),
            Effect::Creates => Some(Does::Create),
            Effect::Changes => Some(Does::Change),
            Effect::Destroys => Some(Does::Delete),
            Effect::AsksPerson => Some(Does::Person),
            _ => None,
        };
        if let Some(does) = does {
            // What `api` sends is any request.
            let does = if call.verb.name == "api" && does != Does::Read { Does::Request } else { does };
            seen.push((does, call.verb.name.to_string()));
        }
        if call.verb.asks_cloud() && !matches!(begin.effect, Effect::AsksHost) {
            let mut clouds: Vec<String> = call.given().iter().map(|one| one.cloud().to_string()).collect();
            clouds.extend(call.cloud().ok().filter(|_| clouds.is_empty()).map(|one| one.name().to_string()));
            seen.extend(clouds.into_iter().map(|cloud| (Does::Cloud, cloud)));
        }
        for param in call.form.params.iter().chain(call.form.options) {
            let does = match param.role {
                Role::Plain | Role::Folder => continue,
                Role::ReadsFile => Does::ReadFile,
                Role::WritesFile => Does::WriteFile,
                Role::Program => Does::Program,
                Role::Variable => Does::Variable,
                Role::Host | Role::HostOrServer => Does::Host,
            };
            let mut open: Vec<Value> = call.value(param.name).into_iter().cloned().collect();
            while let Some(value) = open.pop() {
                match value {
                    Value::Text(text) if does == Does::Host => seen.push((does, audit::host_of(&text))),
                    Value::Text(text) => seen.push((does, text.to_string())),
                    Value::Array(items) => open.extend(items.iter().cloned()),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn touches(world: &World, name: &str, text: &str) -> Vec<Touch> {
    audit::audit(&check::all(&world.setup.session, name, text))
}

/// Run a script, and hold the audit of it to what its calls did; gives how many were seen.
#[track_caller]
fn holds(world: &World, cloud: &str, name: &str, text: &str, well: bool) -> usize {
    let touches = touches(world, name, text);
    let seen = Arc::new(Seen::default());
    world.setup.session.stage.watch(seen.clone());
    let ended = world.run_as(name, text);
    assert!(!well || ended.is_ok(), "{name}: {:?}", ended.err());
    let seen = std::mem::take(&mut *seen.0.lock().unwrap());
    for (does, what) in &seen {
        let default = *does == Does::Cloud && what == cloud && covers(&touches, *does, DEFAULT);
        assert!(
            default || covers(&touches, *does, what),
            "{name} {} {what}, and the audit says {:?}",
            does.word(),
            touches.iter().map(Touch::told).collect::<Vec<_>>()
        );
    }
    seen.len()
}

fn allowing(options: &mut rhain::cli::args::Options) {
    for list in [
        &mut options.allow_read,
        &mut options.allow_write,
        &mut options.allow_env,
        &mut options.allow_exec,
        &mut options.allow_net,
    ] {
        list.push(String::new());
    }
}

#[test]
fn the_audit_of_every_runbook_is_never_less_than_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let scripts = std::fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scripts")).unwrap();
    let mut scripts: Vec<PathBuf> = scripts.map(|entry| entry.unwrap().path()).collect();
    let is_runbook = |name: &str| name.ends_with(".rhai") && !name.ends_with("_test.rhai");
    scripts.retain(|path| path.file_name().is_some_and(|name| is_runbook(&name.to_string_lossy())));
    scripts.sort();
    assert!(scripts.len() >= 22);
    each(scripts, |path| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = format!("scripts/{}", path.file_name().unwrap().to_string_lossy());
        let cloud = cloud_of(&path);
        let place = folder.path().to_string_lossy().into_owned();
        let given: &[(&str, &str)] = if name.contains("11-") { &[("folder", &place)] } else { &[] };
        let world = World::given(
            |options| {
                allowing(options);
                options.cloud = Some(cloud.to_string());
            },
            given,
            &[],
        );
        assert!(holds(&world, cloud, &name, &text, false) > 0, "{name} did nothing");
    });
}

#[test]
fn the_audit_of_every_example_is_never_less_than_its_run() {
    let mut seen = 0;
    for verb in VERBS {
        for example in verb.examples {
            let world = World::web_with(allowing);
            seen += holds(&world, "sim", "test.rhai", example.code, false);
        }
    }
    assert!(seen > 100, "only {seen} calls were seen");
}

#[test]
fn what_is_written_out_is_named_and_what_is_not_is_any() {
    let world = World::new();
    let told =
        |text: &str| -> Vec<String> { touches(&world, "test.rhai", text).iter().map(Touch::told).collect() };
    let cases: [(&str, &[&str]); 24] = [
        // What is changed in place is not what it was declared with.
        (r#"let n = "H"; n.append("OME"); env(n)"#, &["variable any"]),
        (r#"let n = "home"; n.make_upper(); env(n)"#, &["variable any"]),
        (r#"fn f() { this = "HOME"; } let n = "A"; n.f(); env(n)"#, &["variable any"]),
        (r#"let n = "A"; n[0] = 'B'; env(n)"#, &["variable any"]),
        (r#"let n = "A"; let m = n; env(m)"#, &["variable A"]),
        (
            r#"let all = [cloud("lab").server("a")]; all.push(cloud("prod").server("b")); all.stop()"#,
            &["cloud lab", "cloud prod", "cloud the default cloud", "read server", "change stop"],
        ),
        (
            r#"fn go_on(x, f) { f.call(cloud("prod").server("b")) } go_on(cloud("lab").server("a"), |s| s.stop())"#,
            &["cloud lab", "cloud prod", "cloud the default cloud", "read server", "change stop"],
        ),
        (r#"env("HOME")"#, &["variable HOME"]),
        (r#"const NAME = "HOME"; env(NAME)"#, &["variable HOME"]),
        (r#"let n = "HO" + "ME"; env(n)"#, &["variable any"]),
        (r#"["HOME"].map(Fn("env"))"#, &["variable any"]),
        (r#"read_file("a.txt"); write_file("b.txt", "x")"#, &["read_file a.txt", "write_file b.txt"]),
        (r#"for f in ["a"] { read_file(`${f}.txt`) }"#, &["read_file any"]),
        (r#"exec("ls", ["/"])"#, &["program ls"]),
        (r#"http_get("https://Example.org:8443/x")"#, &["host any", "host example.org:8443"]),
        (r#"servers()"#, &["cloud the default cloud", "read servers"]),
        (r#"cloud("lab").server("a").delete()"#, &["cloud lab", "read server", "delete delete"]),
        (
            r#"[cloud("lab").server("a"), cloud("prod").server("b")].stop()"#,
            &["cloud lab", "cloud prod", "read server", "change stop"],
        ),
        (r#"api("compute", "GET", "/servers")"#, &["cloud the default cloud", "read api"]),
        (
            r#"api("compute", "DELETE", "/servers/1")"#,
            &["cloud the default cloud", "read api", "request api"],
        ),
        (r#"confirm("sure?")"#, &["person confirm"]),
        (
            r#"fn f(s) { s.delete() } f(server("a"))"#,
            &["cloud the default cloud", "read server", "delete delete"],
        ),
        (r#"print("env")"#, &[]),
        (
            r#"fn f(s) { s.stop() } f(cloud("lab").server("a"))"#,
            &["cloud lab", "cloud the default cloud", "read server", "change stop"],
        ),
    ];
    each(cases, |(text, wanted)| {
        let mut wanted: Vec<String> = wanted.iter().map(|one| (*one).to_string()).collect();
        let mut found = told(text);
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "of: {text}");
    });
    // A function by a name that is put together, and a module that is chosen as it runs, may be anything.
    for text in [r#"let n = "e" + "nv"; Fn(n).call("HOME")"#, r#"let m = "./x"; import m as x; x::f()"#] {
        let found = touches(&world, "test.rhai", text);
        assert!(Does::ALL.iter().all(|does| covers(&found, *does, "whatever")), "{text}: {found:?}");
    }
}

#[test]
fn the_command_lists_modules_too_and_refuses_what_would_not_run() {
    let program = Program::new();
    program.file("site.rhai", "import \"lib/web\" as web;\nweb::clean();\nprint(env(\"HOME\"));\n");
    program.file("lib/web.rhai", "fn clean() {\n    servers(#{ name: \"web-*\" }).delete();\n}\n");
    let out = program.run(&["audit", "site.rhai"]).ok();
    assert_eq!(
        out,
        "site.rhai and the module lib/web.rhai can touch, and nothing else:\n\
         \x20 uses      the default cloud  lib/web.rhai:2\n\
         \x20 reads     servers            lib/web.rhai:2\n\
         \x20 deletes   delete             lib/web.rhai:2\n\
         \x20 variable  HOME               site.rhai:3\n"
    );
    let out = program.run(&["audit", "--format", "json", "site.rhai"]).ok();
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["sources"], serde_json::json!(["site.rhai", "lib/web.rhai"]));
    assert_eq!(
        json["touches"][3],
        serde_json::json!({ "does": "variable", "what": "HOME", "places": [{ "file": "site.rhai", "line": 3 }] })
    );
    program.file("wrong.rhai", "env(\"HOME\";\n");
    assert!(program.run(&["audit", "wrong.rhai"]).failed(2).contains("wrong.rhai"));
    program.file("lost.rhai", "import \"none\" as none;\n");
    assert!(program.run(&["audit", "lost.rhai"]).failed(2).contains("there is no module `none`"));
}
