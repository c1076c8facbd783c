//! A dry run ends as the real run does: the same words, the same changes in its record, and nothing written in the cloud.

use crate::support::program::root;
use crate::support::{World, each, told};
use rhain::cli::args::Options;
use rhain::script::failure::{Cause, Failure};
use rhain::script::value::display;
use rhain::verbs::{Group, VERBS, Verb};

/// The clouds that it is tried on: the session's name for them.
const FACES: [&str; 2] = ["sim", "sim:aws"];

/// Examples that speak of what only the cloud can know, or of other clouds than the one here.
const ONLY_THE_CLOUD: [(&str, &str); 10] = [
    ("console_log", "the console's text"),
    ("console_screenshot", "what the screen shows"),
    ("console_url", "the console's address"),
    ("addresses", "addresses"),
    ("api", "what a changing request gives"),
    ("create_keypair", "the private key"),
    ("exec", "programs are not run"),
    ("cloud", "another cloud, in which nothing was prepared"),
    ("restore_backup", "the name that its volume has at first"),
    ("shelve", "the task by which it gets there"),
];

/// The changes of a run's record after so many, without what differs from run to run.
fn changes(world: &World, after: usize) -> Vec<String> {
    let entries = world.setup.session.ledger.entries();
    let entries = entries.into_iter().skip(after);
    entries
        .map(|entry| {
            // An address is its own name.
            let address =
                entry.name.parse::<std::net::IpAddr>().is_ok() || entry.name.starts_with("dry-run-");
            let name = if address { "ADDRESS" } else { &entry.name };
            let noun = entry.noun.map_or("", |noun| noun.as_str());
            format!("{} {:?} {:?} {noun} {name}", entry.verb, entry.what, entry.outcome)
        })
        .collect()
}

/// A dry run on the simulated cloud of another world, as it is now.
fn over(host: &World, face: &str, folder: &std::path::Path) -> World {
    let (variables, cloud) = match face {
        "sim" => {
            let file = folder.join("clouds.yaml");
            let url = host.sim(|sim| sim.auth_url());
            let text = format!(
                "clouds:\n  lab:\n    region_name: RegionOne\n    auth:\n      auth_url: {url}\n      username: demo\n      \
                 password: secret\n      project_name: demo\n      user_domain_name: Default\n      \
                 project_domain_name: Default\n"
            );
            std::fs::write(&file, text).expect("written");
            (vec![("OS_CLIENT_CONFIG_FILE", file)], "lab".to_string())
        }
        _ => {
            let file = folder.join("aws");
            let text = host.sim(|sim| sim.aws_config());
            let profile = text.split("[profile ").nth(1).and_then(|rest| rest.split(']').next());
            let cloud = format!("aws:{}", profile.expect("a profile"));
            std::fs::write(&file, &text).expect("written");
            (vec![("AWS_CONFIG_FILE", file)], cloud)
        }
    };
    let variables: Vec<(&str, String)> =
        variables.into_iter().map(|(name, file)| (name, file.to_string_lossy().into_owned())).collect();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let change = move |options: &mut Options| {
        options.cloud = Some(cloud);
        options.dry_run = true;
        options.allow_env = vec![String::new()];
        options.allow_exec = vec!["echo".to_string()];
    };
    World::given(change, &[], &variables)
}

fn on(face: &str) -> World {
    World::with(|options| {
        options.cloud = Some(face.to_string());
        options.allow_env = vec![String::new()];
        options.allow_exec = vec!["echo".to_string()];
    })
}

/// What kind of failure, and where.
fn kind(failure: &Failure) -> String {
    match &failure.cause {
        Cause::Error(error) | Cause::Parse(error) => format!("{} {:?}", error.kind.as_str(), failure.sites),
        other => format!("{other:?}"),
    }
}

/// Run a script for real in one world and dry over another that was prepared alike; both must end well and alike.
fn ends_alike(face: &str, prepare: &str, script: &str, compared: bool) {
    let real = on(face);
    real.ok(prepare);
    let before = real.setup.session.ledger.len();
    let given = real.run(script);

    let host = on(face);
    host.ok(prepare);
    let folder = tempfile::tempdir().expect("a folder");
    let dry = over(&host, face, folder.path());
    let written = host.written(|| match (dry.run(script), &given) {
        _ if !compared => {}
        (Ok(value), Ok(given)) => assert_eq!(display(&value), display(given), "{face}\n{script}"),
        // It fails where the real one does, and alike.
        (Err(failure), Err(given)) => assert_eq!(kind(&failure), kind(given), "{face}\n{script}"),
        (Err(failure), Ok(_)) => panic!("{face}\n{script}\nended dry with {}", told(&failure)),
        (Ok(_), Err(given)) => panic!("{face}\n{script}\nended with {}, and dry well", told(given)),
    });
    assert_eq!(written, Vec::<String>::new(), "{face}\n{script}");
    if compared {
        assert_eq!(dry.out(), real.out(), "{face}\n{script}");
        assert_eq!(changes(&dry, 0), changes(&real, before), "{face}\n{script}");
        assert_eq!(dry.exists(), Vec::<String>::new(), "nothing of a dry run exists\n{script}");
    }
}

#[test]
fn what_runs_dry_ends_as_it_runs() {
    let prepare = r#"boot("green", #{ image: "cirros", flavor: "m1.tiny", wait: true }); create_volume("vol-1", 1).wait_ready();"#;
    let folder = root().join("tests/cases/dry_run");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let script = std::fs::read_to_string(&file).expect("text");
        // Routers, and images under any name, are not on EC2.
        let faces = if script.contains("create_router") { &FACES[..1] } else { &FACES[..] };
        for face in faces {
            ends_alike(face, prepare, &script, true);
        }
    }
}

#[test]
fn every_example_ends_dry_as_it_says() {
    let web = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#;
    // What a test sets up in its simulated cloud is no part of a dry run.
    let verbs = VERBS.iter().filter(|one| one.group != Group::Tests);
    let examples = verbs.flat_map(|one| one.examples.iter().map(move |example| (one, example)));
    each(examples, |(one, example)| {
        let compared = |one: &Verb| !ONLY_THE_CLOUD.iter().any(|(name, _)| *name == one.name);
        ends_alike("sim", web, example.code, compared(one));
    });
}

#[test]
fn every_example_of_a_change_ends_dry_on_ec2_too() {
    let web = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#;
    let changing = VERBS.iter().filter(|one| one.effect.changes_cloud());
    let examples = changing.flat_map(|one| one.examples.iter().map(move |example| (one, example)));
    each(examples, |(one, example)| {
        let real = on("sim:aws");
        real.ok(web);
        // What EC2 has nothing like is refused in both.
        if real.run(example.code).is_ok() {
            let compared = !ONLY_THE_CLOUD.iter().any(|(name, _)| *name == one.name);
            ends_alike("sim:aws", web, example.code, compared);
        }
    });
}

/// Lines that tell whether something is known that only the cloud can know.
const UNKNOWN: [&str; 5] =
    ["a password for it", "with a password", "the password", "with a fingerprint", "it said something"];

#[test]
fn every_runbook_ends_dry_with_the_same_words() {
    let plain = |out: &str| -> Vec<String> {
        let lines = out.lines().filter(|line| !UNKNOWN.iter().any(|known| line.contains(known)));
        lines.map(|line| line.replace("••••••", "").trim_end().to_string()).collect()
    };
    for face in FACES {
        for name in ["01-hello", "02-inventory", "03-book", "05-fleet", "06-ec2"] {
            // What speaks of what only OpenStack has is run there alone.
            if face == "sim:aws" && matches!(name, "02-inventory" | "03-book") {
                continue;
            }
            let file = format!("scripts/{name}.rhai");
            let script = std::fs::read_to_string(root().join(&file)).expect("text");
            let run = |dry_run: bool| {
                let world = World::with(|options| {
                    options.cloud = Some(face.to_string());
                    options.dry_run = dry_run;
                });
                if let Err(failure) = world.run_as(&file, &script) {
                    panic!("{face} {name} dry: {dry_run} ended with {}\n{}", told(&failure), world.out());
                }
                world
            };
            let (real, dry) = (run(false), run(true));
            assert_eq!(plain(&dry.out()), plain(&real.out()), "{face} {name}");
            assert_eq!(changes(&dry, 0), changes(&real, 0), "{face} {name}");
            assert_eq!(dry.sim(|sim| sim.journal().len()), 0, "{face} {name}");
        }
    }
}

/// But for an update that fails, which only the cloud knows.
#[test]
fn the_runbook_of_stacks_ends_dry_with_the_same_words() {
    let file = "scripts/14-stack.rhai";
    let script = std::fs::read_to_string(root().join(file)).expect("text");
    for face in FACES {
        let run = |dry_run: bool| {
            let change = |options: &mut Options| {
                options.cloud = Some(face.to_string());
                options.dry_run = dry_run;
            };
            let world = World::given(change, &[("skip", "rollback")], &[]);
            if let Err(failure) = world.run_as(file, &script) {
                panic!("{face} dry: {dry_run} ended with {}\n{}", told(&failure), world.out());
            }
            world
        };
        let (real, dry) = (run(false), run(true));
        assert_eq!(dry.out(), real.out(), "{face}");
        assert_eq!(changes(&dry, 0), changes(&real, 0), "{face}");
        assert_eq!(dry.sim(|sim| sim.journal().len()), 0, "{face}");
    }
}

/// What a dry run knows of a stack it made or changed.
#[test]
fn stacks_follow_their_templates() {
    let world = World::with(|options| options.dry_run = true);
    let template = r##"let t = #{ heat_template_version: "rocky", parameters: #{ p: #{ type: "string", default: "d" } }, resources: #{ a: #{ type: "OS::Heat::None" } },
        outputs: #{ p: #{ value: #{ get_param: "p" } }, a: #{ value: #{ get_attr: ["a", "show"] } } } };"##;
    world.gives(
        &format!(r#"{template} let s = create_stack("app", #{{ template: t }}).wait_ready(); s.update_stack(#{{ parameters: #{{ p: "e" }} }}).wait_ready(); `${{s.status}} ${{s.outputs.p}} ${{s.outputs.a == ()}} ${{s.stack_resources().map(|r| r.resource)}}`"#),
        "UPDATE_COMPLETE e true [\"a\"]",
    );
    world.fails(r#"cancel_update(stack("app"))"#, "conflict", "no update is in progress");
    world.fails(r#"rollback_stack(stack("app"))"#, "conflict", "no update is in progress");
    // One that nobody has waited for is still there to be cancelled.
    world.gives(
        r#"let s = stack("app").update_stack(#{ tags: ["x"] }); s.cancel_update().wait_status("UPDATE_ROLLBACK_COMPLETE").status"#,
        "UPDATE_ROLLBACK_COMPLETE",
    );
    assert_eq!(world.sim(|sim| sim.journal()), []);
}

#[test]
fn what_a_dry_run_shows_is_what_would_be_sent_in_order() {
    let world = World::with(|options| options.dry_run = true);
    world.ok(r#"let s = boot("a", #{ image: "cirros", flavor: "m1.tiny" }); s.stop(); delete(s);"#);
    assert_eq!(
        world.setup.session.ledger.changes(),
        ["boot: makes the server a", "stop: changes the server a", "delete: deletes the server a"]
    );
    // Deleting what is gone is refused as the cloud does it.
    world.fails(
        r#"let s = boot("b", #{ image: "cirros", flavor: "m1.tiny" }); delete(s); delete(s)"#,
        "not_found",
        "b",
    );
    world.fails(
        r#"let g = create_security_group("g", "x"); let r = #{ protocol: "tcp", ports: 1, cidr: "10.0.0.0/8" }; authorize(g, r); authorize(g, r)"#,
        "conflict",
        "tcp 1",
    );
    world.fails(r#"let g = create_security_group("h", "x"); revoke(g, #{ protocol: "tcp", ports: 1, cidr: "10.0.0.0/8" })"#, "not_found", "tcp 1");
    world.fails(
        r#"let s = boot("c", #{ image: "cirros", flavor: "m1.tiny" }); s.confirm_resize()"#,
        "conflict",
        "no resize",
    );
    world.fails(
        r#"let s = boot("d", #{ image: "cirros", flavor: "m1.tiny" }); detach(s, create_volume("v", 1))"#,
        "not_found",
        "not attached",
    );
    world.fails(
        r#"let s = boot("e", #{ image: "cirros", flavor: "m1.tiny" }); s.stop(); s.stop()"#,
        "conflict",
        "SHUTOFF",
    );
    assert_eq!(world.sim(|sim| sim.journal()), []);
}

#[test]
fn time_is_counted_and_files_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    let host = on("sim");
    let dry = over(&host, "sim", folder.path());
    // An hour on a cloud that lives in the machine's own time.
    dry.gives(r#"let t = now(); sleep("1h"); (now() - t) >= "1h""#, "true");
    drop(dry);
    let world = World::with(|options| {
        options.dry_run = true;
        options.allow_write = vec![path.clone()];
        options.allow_read = vec![path.clone()];
        options.allow_exec = vec!["echo".to_string()];
    });
    world.gives(&format!(r#"write_file("{path}/a", "abc"); read_file("{path}/a")"#), "abc");
    assert!(!folder.path().join("a").exists());
    world.gives(r#"exec("echo", ["hello"], #{ reads: true }).stdout"#, "hello\n");
    world.gives(r#"exec("echo", ["hello"]).stdout"#, "");
}
