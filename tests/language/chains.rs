//! After the last link of a chain, the variable shows what the cloud shows.

use crate::support::{World, told};
use rhain::cloud::{Kind, Ty};
use rhain::script::failure::{Cause, Failure};
use rhain::script::value::display;
use rhain::verbs::verb;
use std::collections::BTreeSet;

/// What makes the variable `x`, and the chain that is called on it.
const CHAINS: [(&str, &str); 28] = [
    (SERVER, "x.wait_active()"),
    (SERVER, r#"x.resize("m1.small").confirm_resize().wait_active()"#),
    (SERVER, r#"x.resize("m1.small").wait_status("VERIFY_RESIZE")"#),
    (SERVER, r#"x.resize("m1.small").wait_ready().revert_resize().wait_active()"#),
    (SERVER, r#"x.reboot("soft").wait_active()"#),
    (SERVER, r#"x.reboot("hard").wait_active()"#),
    (SERVER, "x.reboot().wait_active()"),
    (SERVER, r#"x.stop().wait_status("SHUTOFF")"#),
    (SERVER, r#"x.stop().wait_status("SHUTOFF").start().wait_active()"#),
    (SERVER, r#"x.pause().wait_status("PAUSED").unpause().wait_active()"#),
    (SERVER, r#"x.suspend().wait_status("SUSPENDED").resume().wait_active()"#),
    (SERVER, r#"x.shelve().wait_status(["SHELVED", "SHELVED_OFFLOADED"])"#),
    (SERVER, r#"x.shelve().wait_status("SHELVED_OFFLOADED").unshelve().wait_active()"#),
    (SERVER, r#"x.rescue().wait_status("RESCUE").unrescue().wait_active()"#),
    (SERVER, r#"x.rebuild("cirros").wait_active()"#),
    (SERVER, r#"x.rename("www").set_meta("a", "1").set_meta(#{ b: 2 }).delete_meta("a")"#),
    (GROUPED, r#"x.add_security_group("g").remove_security_group("g")"#),
    (SERVER, r#"x.wait_active().stop().wait_status("SHUTOFF")"#),
    (SERVER, "x.lock().unlock()"),
    (SERVER, r#"x.update(#{ name: "front" }).refresh()"#),
    (SERVER, "x.delete()"),
    (r#"let x = boot("made", #{ image: "cirros", flavor: "m1.tiny" });"#, "x.wait_active()"),
    (r#"let x = server("web").snapshot("shot");"#, r#"x.wait_active().set_meta("a", "1")"#),
    (VOLUME, "x.extend(4).wait_ready()"),
    (VOLUME, r#"attach("web", x); x.wait_status("IN-USE")"#),
    (VOLUME, r#"attach("web", x)"#),
    (
        r#"let x = create_security_group("g", "g");"#,
        r#"x.authorize("tcp", 80, 80, "0.0.0.0/0").revoke("tcp", 80, 80, "0.0.0.0/0")"#,
    ),
    (
        r#"let x = allocate_ip(); defer(|ip| ip.release_ip(), x);"#,
        r#"associate_ip("web", x); x.disassociate_ip()"#,
    ),
];

/// The same of stacks, which only a cloud with Heat has.
const OF_STACKS: [(&str, &str); 1] = [(
    r#"let x = create_stack("held", #{ template: "heat_template_version: rocky" }).wait_ready();"#,
    r#"x.update_stack(#{ template: "{heat_template_version: rocky, outputs: {o: {value: 1}}}" }).wait_ready()"#,
)];

const SERVER: &str = r#"let x = server("web");"#;
const GROUPED: &str = r#"let x = server("web"); create_security_group("g", "g");"#;
const VOLUME: &str = r#"let x = create_volume("data", 2).wait_ready();"#;

/// The variable and a fresh read of it, as JSON; passwords are told once, and ages go on.
const COMPARED: &str = r#"
    let shown = parse_json(reveal(to_json(x)));
    let now = parse_json(reveal(to_json(read_anew(x))));
    for key in ["age", "admin_pass", "private_key"] { shown.remove(key); now.remove(key); }
    if shown == now { "same" } else { `${shown}\nis not\n${now}` }
"#;

fn script(made: &str, chain: &str) -> String {
    let read = match made {
        SERVER | GROUPED => "server",
        VOLUME => "volume",
        other if other.contains("boot(") => "server",
        other if other.contains("create_stack(") => "stack",
        other if other.contains("snapshot(") => "image",
        other if other.contains("security_group(") => "security_group",
        _ => "public_ip",
    };
    let mut compared = COMPARED.replace("read_anew(", &format!("{read}("));
    if chain.ends_with("delete()") {
        // A deletion is not read: its task is known without.
        compared = compared.replace(r#"["age""#, r#"["age", "updated", "progress""#);
    }
    format!("{made} {chain}; {compared}")
}

/// On EC2 a resize is done at once, and a deletion goes on while nothing waits for it.
fn is_no_chain_of_ec2(chain: &str) -> bool {
    chain.contains("VERIFY_RESIZE") || chain.ends_with("x.delete()")
}

#[track_caller]
fn shows_what_the_cloud_shows(cloud: &str) {
    for (made, chain) in CHAINS {
        if cloud == "sim:aws" && is_no_chain_of_ec2(chain) {
            continue;
        }
        let world = World::web_with(|options| options.cloud = Some(cloud.to_string()));
        match world.run(&script(made, chain)) {
            Ok(value) => assert_eq!(display(&value), "same", "\n{made} {chain}"),
            // EC2 has no pause, no rescue and so on.
            Err(Failure { cause: Cause::Error(error), .. })
                if error.kind == Kind::Unsupported && cloud == "sim:aws" => {}
            Err(failure) => panic!("{made} {chain}\nended with {}", told(&failure)),
        }
    }
}

#[test]
fn on_openstack() {
    shows_what_the_cloud_shows("sim");
    for (made, chain) in OF_STACKS {
        World::new().gives(&script(made, chain), "same");
    }
}

#[test]
fn on_ec2() {
    shows_what_the_cloud_shows("sim:aws");
}

/// The chains on a cloud of other people, each with names of its own; what a provider has nothing like is left out.
fn shows_what_a_real_cloud_shows(
    cloud: &str,
    variables: &[(&str, &str)],
    words: &[(&str, &str)],
    boot: &str,
) {
    let run = format!("rhain-objects-{}", std::process::id());
    let mut wrong = Vec::new();
    // What nothing waits for goes on between the two reads.
    for (made, chain) in CHAINS.into_iter().filter(|(_, chain)| *chain != "x.stop()") {
        // Nothing of other people's replaces a root volume.
        if cloud == "aws" && (is_no_chain_of_ec2(chain) || chain.contains("rebuild")) {
            continue;
        }
        let world = World::given(|options| options.cloud = Some(cloud.to_string()), &[], variables);
        let mut text = format!("{boot}.wait_active(); {}", script(made, chain));
        for name in ["web", "made", "shot", "data", "g", "www", "front"] {
            text = text.replace(&format!("\"{name}\""), &format!("\"{run}-{name}\""));
        }
        words
            .iter()
            .for_each(|(word, own)| text = text.replace(&format!("\"{word}\""), &format!("\"{own}\"")));
        match world.run(&text) {
            Ok(value) if display(&value) == "same" => {}
            Ok(value) => wrong.push(format!("{made} {chain}\n{}", display(&value))),
            Err(Failure { cause: Cause::Error(error), .. }) if error.kind == Kind::Unsupported => {}
            Err(failure) => wrong.push(format!("{made} {chain}\nended with {}", told(&failure))),
        }
        world.ok(&format!(
            r#"let own = #{{ name: "{run}*" }};
               servers(own).delete(#{{ missing_ok: true, wait: true }}); wait_ready(volumes(own));
               for all in [volumes(own), images(own), security_groups(own)] {{ all.delete(#{{ missing_ok: true, wait: true }}); }}"#
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "needs a real OpenStack: OS_CLIENT_CONFIG_FILE and OS_CLOUD"]
#[allow(clippy::disallowed_methods)] // the test runner's own environment
fn on_a_real_openstack() {
    let [file, cloud] = ["OS_CLIENT_CONFIG_FILE", "OS_CLOUD"].map(|name| std::env::var(name).expect(name));
    let variables = [("OS_CLIENT_CONFIG_FILE", file.as_str())];
    let boot = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny", networks: ["private"] })"#;
    shows_what_a_real_cloud_shows(&cloud, &variables, &[], boot);
}

#[test]
#[ignore = "needs a cloud that speaks EC2: AWS_ENDPOINT_URL, its keys, and RHAIN_REAL_EC2_IMAGE"]
#[allow(clippy::disallowed_methods)] // the test runner's own environment
fn on_a_real_ec2() {
    const NAMES: [&str; 4] = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"];
    let values = NAMES.map(|name| std::env::var(name).expect(name));
    let variables: Vec<(&str, &str)> = NAMES.into_iter().zip(values.iter().map(String::as_str)).collect();
    let image = std::env::var("RHAIN_REAL_EC2_IMAGE").expect("RHAIN_REAL_EC2_IMAGE");
    let words = [("cirros", image.as_str()), ("m1.tiny", "t2.micro"), ("m1.small", "t2.small")];
    let boot = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" })"#;
    shows_what_a_real_cloud_shows("aws", &variables, &words, boot);
}

/// The verbs that are called on another verb's result, in pairs.
fn pairs(text: &str) -> BTreeSet<(String, String)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(").") {
        let second: String = text[at + 2..].chars().take_while(|c| word(*c)).collect();
        let mut depth = 0;
        let open = text[..=at].char_indices().rev().find(|(_, c)| {
            depth += match c {
                ')' => 1,
                '(' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some((open, _)) = open else { continue };
        let first: String = text[..open].chars().rev().take_while(|c| word(*c)).collect();
        let first: String = first.chars().rev().collect();
        let same = |name: &str| verb(name).is_some_and(|verb| verb.returns == Ty::Same);
        if same(&first) && same(&second) {
            found.insert((first, second));
        }
    }
    found
}

#[test]
fn every_chain_of_the_readme_and_of_the_scripts_is_among_them() {
    let held: BTreeSet<(String, String)> =
        CHAINS.iter().chain(&OF_STACKS).flat_map(|(_, chain)| pairs(chain)).collect();
    assert!(held.contains(&("resize".to_string(), "confirm_resize".to_string())), "{held:?}");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let scripts = std::fs::read_dir(root.join("scripts")).unwrap().map(|entry| entry.unwrap().path());
    let mut missing = BTreeSet::new();
    for path in scripts.chain([root.join("README.md")]).filter(|path| path.is_file()) {
        missing.extend(pairs(&std::fs::read_to_string(&path).unwrap()).difference(&held).cloned());
    }
    assert!(missing.is_empty(), "{missing:?}");
}
