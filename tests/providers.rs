//! What each provider can do, held by calling every operation on every one: the simulator's faces, and a toy of one folder
//! that only tests know.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

#[path = "providers/calls.rs"]
mod calls;

use crate::scripts::held;
use crate::support::program::root;
use crate::support::toy::{DRIVER, TOY};
use crate::support::{World, each};
use calls::{CALLS, Call};
use rhain::cloud::ports::Clouds as _;
use rhain::cloud::{Kind, OPERATIONS, Provider, Result, Value};
use rhain::manual;
use rhain::provider::aws::capabilities::AWS;
use rhain::provider::capabilities::Drivers;
use rhain::provider::cloudstack::capabilities::CLOUDSTACK;
use rhain::provider::openstack::capabilities::OPENSTACK;
use rhain::script::value::display;
use rhain::verbs::VERBS;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Every provider, and the cloud on which it is called here.
const FACES: [(&Provider, &str); 4] =
    [(&OPENSTACK, "sim"), (&AWS, "sim:aws"), (&CLOUDSTACK, "sim:cloudstack"), (&TOY, "toybox")];

fn drivers() -> Drivers {
    Drivers::all().and(DRIVER)
}

fn world(cloud: &str) -> World {
    World::of(drivers(), |options| options.cloud = Some(cloud.to_string()), &[], &[])
}

/// How every call ended on every provider. Each that is listed has a cloud of its own with what it needs; the others share one.
static ENDED: LazyLock<Vec<(&'static Call, &'static Provider, Result<()>)>> = LazyLock::new(|| {
    let mut ended = Vec::new();
    for (provider, cloud) in FACES {
        let empty = world(cloud);
        for call in CALLS {
            let listed = provider.operations.contains(&call.operation);
            let result = if listed { prepared(call, cloud) } else { asked(&empty, call, "none none none") };
            ended.push((call, provider, result));
        }
    }
    ended
});

/// A server `web` of a template that takes passwords.
const WITH_PASSWORDS: &str = r#"
    let all = api("cloudstack", "listZones", #{});
    api("cloudstack", "registerTemplate", #{ name: "keeps", displaytext: "keeps", format: "QCOW2", hypervisor: "Simulator",
        url: "http://files.test/t.qcow2", zoneid: all.zone[0].id, passwordenabled: true });
    boot("web", #{ image: image("keeps").wait_active(), flavor: "m1.tiny" }).wait_active()"#;

fn prepared(call: &Call, cloud: &str) -> Result<()> {
    let world = world(cloud);
    // CloudStack resets passwords of what is made of a template that is made for it.
    let own = cloud == "sim:cloudstack" && call.operation == "set_password";
    if own {
        world.ok(WITH_PASSWORDS);
    } else if call.before.contains("\"web\"") {
        world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
    }
    // CloudStack takes some changes of a stopped server alone.
    let stopped = ["add_security_group", "remove_security_group", "set_password"];
    if cloud == "sim:cloudstack" && stopped.contains(&call.operation) {
        world.ok(r#"stop("web").wait_status("SHUTOFF")"#);
    }
    let given = world.text(call.before);
    asked(&world, call, &given)
}

/// Call the driver itself, so that nothing looks into the list before.
fn asked(world: &World, call: &Call, given: &str) -> Result<()> {
    let words: Vec<String> = given.split(' ').map(str::to_string).collect();
    let driver = world.setup.clouds.get(None).expect("the cloud");
    world.setup.session.bridge.wait((call.call)(&*driver, words))
}

fn words() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().flat_map(|(_, list)| list.iter().copied())
}

#[test]
fn every_operation_is_called_and_every_word_is_an_operation() {
    let called: Vec<&str> = CALLS.iter().map(|call| call.operation).collect();
    assert_eq!(called, words().collect::<Vec<_>>());
    for (provider, _) in FACES {
        let mut known = words();
        // In the order of the table, so that two lists are compared by eye.
        for listed in provider.operations {
            assert!(
                known.any(|word| word == *listed),
                "{provider:?}: `{listed}` is no operation, or out of order"
            );
        }
    }
}

#[test]
fn an_operation_is_unsupported_if_and_only_if_its_provider_does_not_list_it() {
    each(ENDED.iter(), |(call, provider, result)| {
        let (operation, listed) = (call.operation, provider.operations.contains(&call.operation));
        match result {
            Ok(()) => assert!(listed, "{provider:?} does `{operation}` and does not list it"),
            Err(error) if listed => {
                let admins = error.kind == Kind::Forbidden
                    && (operation.contains("all_projects")
                        || ["migrate", "services", "limits(project)"]
                            .iter()
                            .any(|own| operation.starts_with(own)));
                assert!(admins, "{provider:?}: `{operation}`: {} {error}", error.kind.as_str());
            }
            Err(error) => {
                assert_eq!(error.kind, Kind::Unsupported, "{provider:?}: `{operation}`: {error}");
                assert!(error.help.is_some() || error.message.contains(provider.name), "{error}");
            }
        }
    });
}

#[test]
fn a_provider_of_one_folder_is_found_everywhere() {
    let world = world("toybox");
    world.ok(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active().stop()"#);
    world.gives(r#"server("web").status + " on " + cloud().provider"#, "SHUTOFF on toy");
    world.gives(r#"clouds().map(|c| c.name).contains("toybox")"#, "true");
    // Its own operations, what is made of them, and what asks no cloud.
    let has = [
        "servers",
        "boot",
        "boot_all",
        "find_server",
        "addresses",
        "refresh",
        "wait_active",
        "delete",
        "print",
    ];
    let lacks =
        ["pause", "volumes", "find_volume", "api", "snapshot", "meta", "update", "zones", "release_ip"];
    for (names, known) in [(&has, "true"), (&lacks, "false")] {
        for name in names {
            world.gives(&format!("cloud().supports(\"{name}\")"), known);
        }
    }
    let providers = drivers().providers();
    let clouds = |verb: &str| {
        let page = manual::exactly(verb, &providers).expect("a page");
        page.lines().find_map(|line| line.trim().strip_prefix("clouds")).map(|line| line.trim().to_string())
    };
    assert_eq!(clouds("servers").as_deref(), Some("openstack, aws, cloudstack, toy"));
    assert_eq!(clouds("pause").as_deref(), Some("openstack"));
    assert_eq!(clouds("print"), None);
    // The checker knows what it lacks; a call is refused before anything is looked up.
    let found = rhain::check::check(&world.setup.session, "test.rhai", "pause(\"nosuch\");");
    let told: Vec<&str> = found.iter().map(|one| one.error.message.as_str()).collect();
    assert_eq!(told, ["toy has no `pause`"]);
    world.fails(r#"pause("nosuch")"#, "unsupported", "toy");
}

#[test]
fn verbs_ask_for_operations_that_there_are() {
    for verb in VERBS {
        for form in verb.forms {
            for operation in verb.operations(form) {
                assert!(words().any(|word| word == *operation), "{}: `{operation}`", verb.name);
            }
        }
        // Who asks a cloud is on one, and on none where nothing is listed.
        let none = Provider { name: "none", operations: &[] };
        assert_eq!(verb.is_on(&none), !verb.asks_cloud(), "{}", verb.name);
        assert!(FACES.iter().any(|(provider, _)| verb.is_on(provider)), "{} is on no provider", verb.name);
    }
}

/// `docs/coverage.md`: which provider has which operation, as the calls ended.
#[test]
fn the_table_of_coverage_is_what_calls_gave() {
    let does = |(call, provider, result): &(&Call, &Provider, Result<()>)| {
        let unsupported = result.as_ref().is_err_and(|error| error.kind == Kind::Unsupported);
        ((call.operation, provider.name), !unsupported)
    };
    let has: BTreeMap<(&str, &str), bool> = ENDED.iter().map(does).collect();
    let table = |providers: &[&str]| {
        let mut text = format!(
            "| operation | {} |\n| --- |{}\n",
            providers.join(" | "),
            " --- |".repeat(providers.len())
        );
        for (title, operations) in OPERATIONS {
            let _ = writeln!(text, "| **{title}** |{}", " |".repeat(providers.len()));
            for operation in *operations {
                let listed = |one: &str| drivers().provider(one).is_some_and(|one| one.has_any(&[operation]));
                let does = |one: &&str| has.get(&(*operation, *one)).copied().unwrap_or_else(|| listed(one));
                let marks = providers.iter().map(|one| if does(one) { " yes |" } else { " |" });
                let _ = writeln!(text, "| `{operation}` |{}", marks.collect::<String>());
            }
        }
        text
    };
    let all: Vec<&str> = Drivers::all().providers().iter().map(Provider::as_str).collect();
    let page = format!(
        "# Coverage\n\nWhat each provider can do, made from calls: a test calls every operation on every provider's cloud (the simulated \
         ones), and writes down\nwhich are `unsupported`. What stands in brackets is a form of the operation, or an option of it. \
         `cloud().supports(\"verb\")` asks in a script;\n`rhain doc VERB` lists the clouds of a verb.\n\n{}",
        table(&all)
    );
    held("the table of coverage", &page, &root().join("docs/coverage.md"));
    let with_toy: Vec<&str> = all.into_iter().chain([TOY.name]).collect();
    let page = table(&with_toy);
    assert!(page.contains("| `servers` | yes | yes | yes | yes |"), "{page}");
    assert!(page.contains("| `pause` | yes | | | |"), "{page}");
    assert!(page.contains("| `api(service, action, params)` | | yes | yes | |"), "{page}");
}

/// One filter with one meaning: each key gives the same on OpenStack, on AWS, on CloudStack, and of what a dry run made on either.
#[test]
fn filters_mean_the_same_everywhere() {
    let text = std::fs::read_to_string(root().join("tests/providers/filters.txt")).expect("the filters");
    let (before, cases) = text.split_once("---\n").expect("what is there, and the filters");
    let places =
        ["sim", "sim:aws", "sim:cloudstack"].into_iter().flat_map(|cloud| [(cloud, false), (cloud, true)]);
    each(places, |(cloud, dry_run)| {
        let change = |options: &mut rhain::cli::args::Options| {
            options.cloud = Some(cloud.to_string());
            options.dry_run = dry_run;
        };
        let world = World::with(change);
        world.ok(before);
        each(cases.lines(), |line| {
            let (filter, names) = line.split_once(" =").expect("a filter and names");
            // A zone that CloudStack does not have is a slip there, and told: its zones are few and have names of their own.
            if cloud == "sim:cloudstack" && filter.contains("nowhere") {
                world.fails(filter, "not_found", "no zone `nowhere`");
                return;
            }
            let code = format!("let names = ({filter}).map(|one| one.name); names.sort(); names");
            let Value::Array(found) = world.ok(&code) else { panic!("{filter} gives no array") };
            let found: Vec<String> = found.iter().map(display).collect();
            assert_eq!(found.join(" "), names.trim(), "{cloud}, dry run {dry_run}: {filter}");
        });
    });
}
