//! What people ran into on CloudStack, a case a test: each statement of a case is an assertion here. Scripts of cases are in
//! tests/cases/cloudstack.

use super::{ID, ZONES, job, keys, machine, refused, settings, world as stubbed};
use crate::support::stub::{Reply, Stub};
use crate::support::{Served, World, each, of_tests};
use rhain::cli::clouds::CloudClock;
use rhain::cloud::{
    Account as _, Action, BootSpec, Filter, Images as _, Keypairs as _, Kind, Metadata as _, NetworkSpec,
    Networks as _, PublicIps as _, RequestState, SecurityGroups as _, Servers as _, Value, Volumes as _,
};
use rhain::provider::cloudstack::CloudStack;
use rhain::provider::cloudstack::session::{Auth, Session};
use rhain::wire::{self, Credentials, Silent, Wire};
use rhain_sim::FaultKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(super) const SPEC: &str = r#"#{ image: "cirros", flavor: "m1.tiny" }"#;

pub(super) fn on_sim() -> World {
    World::with(|options| options.cloud = Some("sim:cloudstack".to_string()))
}

/// Someone else of the same simulated cloud, asked without a script.
fn driver(world: &World, user: &str, project: Option<&str>) -> CloudStack {
    warning(world, user, project).0
}

/// The same, with what it warns about.
fn warning(world: &World, user: &str, project: Option<&str>) -> (CloudStack, Arc<Mutex<Vec<String>>>) {
    let access = world.sim(|sim| sim.cloudstack_access_of(user));
    // The same time: what it waits for comes to its end.
    let clock = world.setup.simulated.clone();
    let wire = Wire::new(wire::Settings::default(), clock.clone(), Arc::new(Silent));
    let auth = Auth::Keys(Credentials::new(access.key, access.secret));
    let mut settings = settings(access.url, auth);
    settings.project = project.map(str::to_string);
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = said.clone();
    let warn = Arc::new(move |text: &str| kept.lock().unwrap().push(text.to_string()));
    let session = Session::new("admin".into(), settings, wire);
    (CloudStack::new(session, Arc::new(CloudClock(clock)), warn), said)
}

/// A call of the root administrator's; its job is not waited for.
fn as_admin(world: &World, command: &str, params: &str) -> Value {
    let cloud = driver(world, "admin", None);
    let params: serde_json::Value = serde_json::from_str(params).expect("parameters");
    let asked = cloud.query("cloudstack", command, &params);
    world.setup.session.bridge.wait(asked).unwrap_or_else(|error| panic!("{command}: {error}"))
}

/// The account of the session may have as much as it likes.
fn without_limits(world: &World) {
    for kind in ["0", "8", "9"] {
        let params = format!(
            r#"{{"account": "demo", "domainid": {}, "resourcetype": "{kind}", "max": "-1"}}"#,
            domain(world)
        );
        as_admin(world, "updateResourceLimit", &params);
    }
}

/// The id of the session's domain, quoted.
fn domain(world: &World) -> String {
    let text = world.text(r#"api("cloudstack", "listUsers", #{}).user[0].domainid"#);
    format!("{text:?}")
}

/// A spec that fits everywhere.
fn spec(world: &World) -> BootSpec {
    BootSpec {
        name: "web".to_string(),
        image: Some(world.text(r#"image("cirros").id"#)),
        flavor: world.text(r#"flavor("m1.tiny").id"#),
        ..BootSpec::default()
    }
}

fn script(name: &str) -> String {
    std::fs::read_to_string(of_tests(&format!("cases/cloudstack/{name}.rhai"))).expect("the script")
}

fn count(asked: &[String], command: &str) -> usize {
    asked.iter().filter(|one| *one == &format!("cloudstack.{command}")).count()
}

// 01: a deploy that fails.

#[test]
fn a_deploy_over_the_capacity_is_failed_and_leaves_a_machine_in_error() {
    let world = on_sim();
    without_limits(&world);
    as_admin(
        &world,
        "createServiceOffering",
        r#"{"name": "huge", "displaytext": "huge", "cpunumber": 64, "cpuspeed": 1000, "memory": 1048576}"#,
    );
    let asked = world.asked(|| {
        world.ok(&script("01-deploy-failed"));
    });
    assert_eq!(count(&asked, "deployVirtualMachine"), 1, "{asked:?}");
    world.gives(r#"servers(#{ name: "k01" }).len()"#, "0");
    // Nobody catches it: the server's text, what is there, and how to be rid of it.
    let error = world.error(r#"boot("k01b", #{image: "cirros", flavor: "huge"}).wait_active()"#);
    assert_eq!((error.kind, error.status), (Kind::Failed, Some(533)));
    assert!(error.answer.as_deref().is_some_and(|words| words.contains("No destination found")), "{error:?}");
    assert!(error.facts.iter().any(|(name, text)| *name == "job" && text.contains("deployVirtualMachine")));
    assert!(world.exists().iter().any(|line| line.contains("k01b")), "{:?}", world.exists());
    assert!(error.help.as_deref().is_some_and(|help| help.contains("delete(e.exists)")), "{error:?}");
}

#[test]
fn a_deploy_that_ends_badly_in_a_bulk_wait_says_so_too() {
    let world = on_sim();
    let message = "the host is on fire".to_string();
    world.fault_after("cloudstack.deployVirtualMachine", 1, FaultKind::ErrorState { message });
    let script = format!(
        r#"let e1 = (); try {{ boot("web", {SPEC} + #{{ count: 3 }}).wait_active(); }} catch (e) {{ e1 = e; }}
        [e1.kind, e1.status, e1.exists.len(), e1.exists.filter(|s| s.status == "ERROR").len(), servers(#{{ status: "ACTIVE" }}).len()]"#
    );
    world.gives(&script, r#"["failed", 530, 1, 1, 2]"#);
}

#[test]
fn an_interrupted_wait_names_the_job_the_machine_and_its_state() {
    let served = Served::frozen();
    let access = served.sim.cloudstack_access();
    let program = crate::support::Program::new()
        .var("CLOUDSTACK_ENDPOINT", &access.url)
        .var("CLOUDSTACK_KEY", &access.key)
        .var("CLOUDSTACK_SECRET", &access.secret);
    program.file(
        "book.rhai",
        &format!(r#"let s = boot("k01", {SPEC}); print("here " + s.id); s.wait_active(); print("went on");"#),
    );
    let mut running = program.start(&["run", "book.rhai"]);
    let line = running.line();
    let id = line.strip_prefix("here ").unwrap_or_else(|| panic!("{line:?} {:?}", running.talk()));
    let id = id.to_string();
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""));
    let flat: String = ended.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("1 server of this run: k01"), "{}", ended.err);
    assert!(flat.contains("(`deployVirtualMachine`)") && flat.contains(&id), "{}", ended.err);
    assert!(flat.contains("which was last Stopped"), "{}", ended.err);
}

#[test]
fn over_the_limit_of_the_account_nothing_is_left() {
    let world = on_sim();
    world.sim(|sim| assert!(sim.quota("servers", 0)));
    let error = world.error(&format!(r#"boot("k01", {SPEC})"#));
    assert_eq!((error.kind, error.status, error.exists.len()), (Kind::OverQuota, Some(535), 0));
    world.gives("servers().len()", "0");
}

// 03: looks at a job that go wrong.

#[test]
fn one_bad_look_at_a_job_ends_no_wait() {
    let page = |code| FaultKind::Status { code, body: Some("<h1>Down</h1>".to_string()), retry_after: None };
    each([page(503), page(530), FaultKind::Empty, FaultKind::ResetBefore], |kind| {
        let world = on_sim();
        world.fault("cloudstack.queryAsyncJobResult", kind.clone());
        world.fault("cloudstack.listVirtualMachines", kind);
        let written =
            world.written(|| world.gives(&format!(r#"boot("k03", {SPEC}).wait_active().status"#), "ACTIVE"));
        assert_eq!(written, ["cloudstack.deployVirtualMachine k03"]);
        // One that a verb itself waits for.
        world.fault("cloudstack.queryAsyncJobResult", FaultKind::ResetBefore);
        world.gives(r#"set_meta("k03", "a", "1"); meta(server("k03")).a"#, "1");
    });
}

#[tokio::test]
async fn a_job_that_is_forgotten_is_judged_by_the_machine() {
    for (state, expected) in [("Running", None), ("Stopped", Some("is Stopped"))] {
        let world = stubbed(keys(), move |asked, _| match asked["command"].as_str() {
            "startVirtualMachine" => Reply::json(200, r#"{"startvirtualmachineresponse":{"jobid":"j-1"}}"#),
            "queryAsyncJobResult" => refused(431, "Unable to find UUID for id [9] of type [AsyncJob]"),
            _ => machine(state, ""),
        })
        .await;
        let accepted = world.cloud.act(ID, &Action::Start).await.expect("accepted");
        let request = accepted.request_id.expect("a job");
        let now = world.cloud.request_state(ID, &request).await.expect("a state");
        match expected {
            None => assert_eq!(now, RequestState::Finished),
            Some(words) => match now {
                RequestState::Failed(said) => {
                    assert!(said.contains("no longer knows job j-1") && said.contains(words), "{said}");
                }
                other => panic!("{other:?}"),
            },
        }
    }
}

#[tokio::test]
async fn looks_at_a_job_grow_to_a_cap_and_keep_the_wait_that_is_asked_for() {
    let world = stubbed(keys(), |asked, before| match (asked["command"].as_str(), before) {
        ("createTags", 0) => refused(429, "reached the account api limit, please retry after [1319] ms."),
        ("createTags", _) => Reply::json(200, r#"{"createtagsresponse":{"jobid":"j-1"}}"#),
        ("queryAsyncJobResult", ..14) => job(r#""jobstatus":0"#),
        ("queryAsyncJobResult", _) => job(r#""jobstatus":1,"jobresult":{"success":true}"#),
        _ => machine("Running", ""),
    })
    .await;
    let items = [("a".to_string(), "1".to_string())].into();
    world.cloud.set_meta(&rhain::cloud::Holder::Server(ID.to_string()), &items).await.expect("tagged");
    let slept = world.clock.slept();
    assert!(slept[0] >= Duration::from_millis(1319) && slept[0] < Duration::from_millis(1900), "{slept:?}");
    let looks = &slept[1..];
    assert_eq!(looks.len(), 14, "{looks:?}");
    let near = |pause: Duration, seconds: f64| (pause.as_secs_f64() - seconds).abs() <= seconds * 0.16;
    assert!(near(looks[0], 1.0) && near(looks[1], 1.4) && near(looks[5], 5.4), "{looks:?}");
    assert!(looks.iter().all(|pause| *pause <= Duration::from_secs(10)), "{looks:?}");
    assert!(looks[10..].iter().all(|pause| *pause >= Duration::from_secs(8)), "{looks:?}");
}

#[test]
fn many_waits_share_their_looks() {
    let world = on_sim();
    let asked = world.asked(|| {
        world.ok(&format!(r#"boot("k03", {SPEC} + #{{ count: 20, meta: #{{ a: "1" }} }}).wait_active()"#));
    });
    assert_eq!(count(&asked, "deployVirtualMachine"), 20);
    // Twenty tags are twenty jobs: one list says which go on, and each that has ended is asked about once: alone they would be twice as many.
    let (looks, lists) = (count(&asked, "queryAsyncJobResult"), count(&asked, "listAsyncJobs"));
    assert!(looks <= 30 && (1..=8).contains(&lists), "{looks} looks, {lists} lists");
    let asked = world.asked(|| {
        world.ok(r#"servers().stop().wait_status("SHUTOFF")"#);
    });
    // A wait looks by one list of machines, which shows their jobs as well; what it needs to read first is one more.
    let (looks, lists) = (count(&asked, "queryAsyncJobResult"), count(&asked, "listVirtualMachines"));
    assert_eq!(count(&asked, "stopVirtualMachine"), 20);
    assert!(looks == 0 && lists <= 10, "{looks} looks, {lists} lists: {asked:?}");
}

// 04: time is up.

#[test]
fn a_wait_whose_time_is_up_names_its_job() {
    let world = on_sim();
    let written = world.written(|| {
        world.ok(&script("04-job-timeout"));
    });
    assert_eq!(written, ["cloudstack.deployVirtualMachine k04", "cloudstack.destroyVirtualMachine k04"]);
    let asked = world.seen(|| {
        let error = world.error(&format!(r#"const s = boot("k04b", {SPEC}); wait_active(s, "1ms")"#));
        let id = world.text(r#"server("k04b").id"#);
        let words = format!("job {}", world.text(r#"server("k04b").raw.jobid"#));
        assert_eq!(error.kind, Kind::Timeout);
        for part in [words.as_str(), "`deployVirtualMachine`", &id, "BUILD"] {
            assert!(error.message.contains(part), "{error}: no {part}");
        }
        world.gives(r#"wait_active("k04b").status"#, "ACTIVE");
    });
    let deploys = asked.iter().filter(|seen| seen.operation == "cloudstack.deployVirtualMachine").count();
    assert_eq!(deploys, 1);
}

// 06: projects and domains.

#[test]
fn machines_of_projects_are_seen_where_they_are_asked_for() {
    let world = on_sim();
    world.ok(&format!(r#"boot("mine", {SPEC}).wait_active()"#));
    let project = world
        .text(r#"api("cloudstack", "createProject", #{ name: "blue", displaytext: "blue" }).project.id"#);
    let inside = world.text(&format!(
        r#"boot("inside", {SPEC} + #{{ provider: #{{ projectid: "{project}" }} }}).wait_active().id"#
    ));
    world.gives("servers().map(|s| s.name)", r#"["mine"]"#);
    let seen = world.seen(|| {
        world.gives(
            r#"let all = servers(#{ all_projects: true }).map(|s| s.name); all.sort(); all"#,
            r#"["inside", "mine"]"#,
        );
    });
    let path = &seen[0].path;
    assert!(path.contains("listall=true") && path.contains("projectid=-1"), "{path}");
    // Every verb takes it by its id, without the project.
    world.gives(
        &format!(r#"server("{inside}").stop().wait_status("SHUTOFF").start().wait_active().name"#),
        "inside",
    );
    world.gives(&format!(r#"server("{inside}").volumes.len()"#), "1");
    world.gives(&format!(r#"set_meta("{inside}", "a", "1"); server("{inside}").meta.a"#), "1");
    world.gives(&format!(r#"let i = server("{inside}").snapshot("shot").wait_active(); i.name"#), "shot");
    world.ok(&format!(r#"delete(server("{inside}"), #{{ wait: true }})"#));
    world.gives("servers(#{ all_projects: true }).map(|s| s.name)", r#"["mine"]"#);
}

#[tokio::test]
async fn with_a_project_every_call_says_so() {
    let world = super::world_of(keys(), Some(ID), |asked, _| {
        let answer = match asked["command"].as_str() {
            "listZones" => return Reply::json(200, ZONES),
            "listVirtualMachines" => return machine("Running", r#","nic":[{"networkid":"n"}]"#),
            "listTemplates" => r#"{"r":{}}"#,
            "deployVirtualMachine" | "associateIpAddress" => {
                r#"{"r":{"id":"dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7af","jobid":"j-1"}}"#
            }
            "queryAsyncJobResult" => return job(r#""jobstatus":1,"jobresult":{"success":true}"#),
            "createSSHKeyPair" => r#"{"r":{"keypair":{"name":"k","fingerprint":"f","privatekey":"p"}}}"#,
            "createTags" => r#"{"r":{"jobid":"j-1"}}"#,
            _ => r#"{"r":{}}"#,
        };
        Reply::json(200, answer)
    })
    .await;
    let cloud = &world.cloud;
    let spec = BootSpec {
        name: "web".to_string(),
        image: Some(ID.to_string()),
        flavor: ID.to_string(),
        meta: [("a".to_string(), "1".to_string())].into(),
        ..BootSpec::default()
    };
    cloud.boot(&spec).await.expect("a server");
    cloud.server(ID).await.expect("an answer").expect("the server");
    let all = Filter::default();
    cloud.servers(&all).await.expect("servers");
    cloud.volumes(&all).await.expect("volumes");
    cloud.volume(ID).await.expect("an answer");
    cloud.images(&all).await.expect("images");
    cloud.networks(&all).await.expect("networks");
    cloud.network(ID).await.expect("an answer");
    cloud.security_groups(&all).await.expect("groups");
    cloud.public_ips(&all).await.expect("addresses");
    cloud.keypairs(&all).await.expect("keys");
    cloud.create_keypair("k", None).await.expect("a key");
    let asked = world.asked.lock().unwrap();
    let free = ["listZones", "queryAsyncJobResult", "createTags"];
    let without: Vec<String> = asked
        .iter()
        .filter(|one| !free.contains(&one["command"].as_str()))
        .filter(|one| !["-1", ID].contains(&one.get("projectid").map_or("", String::as_str)))
        .map(|one| format!("{one:?}"))
        .collect();
    assert!(without.is_empty(), "{without:#?}");
    assert!(asked.len() > 14);
}

// 07: what people type.

#[test]
fn what_people_type_comes_back_byte_for_byte() {
    let world = on_sim();
    world.ok(&script("07-what-people-type"));
    // A password and user data go by the same signature; an empty value is a tag.
    let text = r#"#cloud-config
# *~+ /&%#[]\"'ÄÖ"#;
    let quoted = format!("`{}`", text.replace('\\', "\\\\"));
    world.ok(&format!(
        r#"boot("k07b", {SPEC} + #{{ user_data: {quoted}, tags: ["bare*~+ /"], description: "a * ~ + b / & % # [0] Ünï" }}).wait_active()"#
    ));
    world.gives(
        &format!(r#"api("cloudstack", "getVirtualMachineUserData", #{{ virtualmachineid: server("k07b").id }}).virtualmachineuserdata.userdata == base64({quoted})"#),
        "true",
    );
    world.gives(r#"server("k07b").tags"#, r#"["bare*~+ /"]"#);
    world.gives(r#"server("k07b").raw.displayname"#, "a * ~ + b / & % # [0] Ünï");
}

#[tokio::test]
async fn the_same_is_logged_in_with() {
    let word = "Of4N~H$JP9 *+/&%#[0]Ü";
    let password = rhain::provider::cloudstack::login::Password {
        username: "zoë+a".to_string(),
        password: rhain::cloud::Secret::new(word),
        domain: "/acme".to_string(),
    };
    let world = stubbed(Auth::Password(password), |asked, _| match asked["command"].as_str() {
        "login" => Reply::json(200, r#"{"loginresponse":{"sessionkey":"K","username":"zoë+a"}}"#)
            .with("Set-Cookie", "JSESSIONID=J; Path=/client"),
        _ => Reply::json(200, ZONES),
    })
    .await;
    assert_eq!(world.cloud.zones().await.expect("zones"), ["adv"]);
    let asked = world.asked.lock().unwrap();
    let login = &asked[0];
    assert_eq!((login["username"].as_str(), login["password"].as_str()), ("zoë+a", word));
    assert_eq!((login["METHOD"].as_str(), login["domain"].as_str()), ("POST", "/acme"));
}

#[test]
fn a_refused_signature_is_explained_whatever_the_server_enforces() {
    let world = on_sim();
    let access = world.sim(|sim| {
        sim.cloudstack_setting("enforce.post.requests.and.timestamps", "true");
        sim.cloudstack_access_of("demo")
    });
    // What this program sends is taken: version 3 with an expiry, and what changes by POST.
    world.gives(
        &format!(
            r#"let s = boot("k07", {SPEC}).wait_active(); s.set_meta("a", "*~+ /"); server("k07").meta.a"#
        ),
        "*~+ /",
    );
    let asked = |auth: Auth, lifetime: Duration| {
        let clock = world.setup.simulated.clone();
        let settings =
            rhain::provider::cloudstack::session::Settings { lifetime, ..settings(access.url.clone(), auth) };
        let wire = Wire::new(wire::Settings::default(), clock.clone(), Arc::new(Silent));
        let session = Session::new("lab".into(), settings, wire);
        let cloud = CloudStack::new(session, Arc::new(CloudClock(clock)), Arc::new(|_| {}));
        world.setup.session.bridge.wait(cloud.zones())
    };
    let keys = |secret: &str| Auth::Keys(Credentials::new(access.key.clone(), secret.to_string()));
    let ten = Duration::from_secs(600);
    assert!(asked(keys(&access.secret), ten).is_ok());
    // A wrong key: what was signed, and what usually is wrong, the clock among it.
    let error = asked(keys("wrong"), ten).expect_err("refused");
    let help = error.help.clone().unwrap_or_default();
    assert_eq!((error.kind, error.status), (Kind::Unauthorized, Some(401)));
    assert!(help.contains("belong together") && help.contains("clock"), "{error:?}");
    assert!(
        error.facts.iter().any(|(name, words)| *name == "signed" && words.contains("signatureversion=3"))
    );
    // Too far ahead for a server that looks at the time.
    let error = asked(keys(&access.secret), Duration::from_secs(16 * 60)).expect_err("refused");
    let told = error.facts.iter().find(|(name, _)| *name == "expires").map(|(_, words)| words.clone());
    assert!(
        told.is_some_and(|words| words.contains("16 minutes") && words.contains("takes 15")),
        "{error:?}"
    );
    // Version 1 is refused there, and taken where nothing is enforced: other programs sign so.
    let pairs: Vec<(String, String)> =
        [("command", "listZones"), ("response", "json"), ("apiKey", &access.key)]
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .to_vec();
    let text = wire::auth::cloudstack::text_to_sign(&pairs);
    let signature = wire::auth::cloudstack::signature(&access.secret, &text);
    let all = [pairs, vec![("signature".to_string(), signature)]].concat();
    let url = format!("{}?{}", access.url, wire::auth::cloudstack::written(&all));
    let get = || {
        let wire = Wire::new(wire::Settings::default(), world.setup.simulated.clone(), Arc::new(Silent));
        wire.hosts().allow(&access.url);
        let request = wire::Request::new("test", wire::Method::Get, url.clone());
        world.setup.session.bridge.wait(async move { wire.send(&request).await }).expect("an answer").status
    };
    assert_eq!(get(), 401);
    world.sim(|sim| sim.cloudstack_setting("enforce.post.requests.and.timestamps", "false"));
    assert_eq!(get(), 200);
}

// 08: user data.

#[test]
fn user_data_goes_by_post_and_is_measured_as_it_is_sent() {
    let world = on_sim();
    let seen = world.seen(|| {
        world.ok(&script("08-user-data-sizes"));
    });
    let deploys: Vec<_> =
        seen.iter().filter(|seen| seen.operation == "cloudstack.deployVirtualMachine").collect();
    assert_eq!(deploys.len(), 3, "what is too long is not sent");
    assert!(
        deploys.iter().all(|seen| seen.method == "POST" && !seen.path.contains("userdata")),
        "{deploys:?}"
    );
    // Text and a blob are encoded once; what is encoded already is not again, and that is said.
    let held = |name: &str| {
        world.text(&format!(
            r#"api("cloudstack", "getVirtualMachineUserData", #{{ virtualmachineid: server("{name}").id }}).virtualmachineuserdata.userdata"#
        ))
    };
    let (cloud, said) = warning(&world, "demo", None);
    for (name, given) in [
        ("k08-text", &b"#!/bin/sh\n"[..]),
        ("k08-bytes", b"#!/bin/sh\n\xff"),
        ("k08-done", b"IyEvYmluL3NoCg=="),
    ] {
        let spec = BootSpec { name: name.to_string(), user_data: Some(given.to_vec()), ..spec(&world) };
        world.setup.session.bridge.wait(cloud.boot(&spec)).expect("a server");
        let expected = if name == "k08-bytes" { "IyEvYmluL3NoCv8=" } else { "IyEvYmluL3NoCg==" };
        assert_eq!(held(name), expected, "{name}");
        let said = said.lock().unwrap();
        assert_eq!(said.iter().any(|one| one.contains("is base64 already")), name == "k08-done", "{said:?}");
    }
}

// 10: a network that is still used.

#[test]
fn a_network_that_is_used_is_a_conflict_that_names_its_machines() {
    let world = on_sim();
    let script = script("10-network-still-used");
    world.ok(&script);
    world.ok(&self::script("10-clean-up"));
    let world = on_sim();
    world.ok(&format!(
        r#"const N = create_network("k10", #{{ cidr: "10.8.0.0/24" }});
        boot("k10", {SPEC} + #{{ networks: [N] }}).wait_active()"#
    ));
    let error = world.error(r#"delete(network("k10"))"#);
    let help = error.help.clone().unwrap_or_default();
    assert!(error.kind == Kind::Conflict && help.contains("`k10` (Running)"), "{error:?}");
    // Destroyed it keeps the network, and its user sees it no more.
    let error = world.error(r#"delete(server("k10"), #{ wait: true }); delete(network("k10"))"#);
    let help = error.help.clone().unwrap_or_default();
    assert!(error.kind == Kind::Conflict && help.contains("`k10` (Destroyed"), "{error:?}");
    assert!(help.contains("force: true"), "{help}");
    // An administrator sees it, also in a run that did not destroy it.
    let id = world.text(r#"network("k10").id"#);
    let error = world.setup.session.bridge.wait(driver(&world, "admin", None).delete_network(&id));
    let error = error.expect_err("in use");
    let help = error.help.clone().unwrap_or_default();
    assert!(error.kind == Kind::Conflict && help.contains("`k10` (Destroyed)"), "{error:?}");
}

#[test]
fn what_a_user_may_not_expunge_is_told() {
    let world = on_sim();
    world.ok(&format!(r#"boot("k10", {SPEC}).wait_active()"#));
    world.sim(|sim| sim.cloudstack_setting("allow.user.expunge.recover.vm", "false"));
    let error = world.error(r#"delete("k10", #{ force: true, wait: true })"#);
    assert_eq!((error.kind, error.status), (Kind::Forbidden, Some(530)));
    let help = error.help.clone().unwrap_or_default();
    assert!(help.contains("without `force`") && help.contains("keeps its name"), "{help}");
    world.gives(r#"server("k10").status"#, "ACTIVE");
    world.gives(r#"delete("k10", #{ wait: true }).status"#, "DELETED");
    // The name stays taken until it is expunged.
    let error = world.error(&format!(r#"boot("k10", {SPEC})"#));
    assert_eq!(error.kind, Kind::Conflict, "{error:?}");
}

#[test]
fn a_volume_of_a_destroyed_machine_is_found_and_its_refusal_explained() {
    let world = on_sim();
    world.ok(&format!(r#"boot("k10", {SPEC}).wait_active()"#));
    let root = world.text(r#"server("k10").volumes[0]"#);
    let error = world.error(&format!(r#"delete(volume("{root}"))"#));
    assert!(
        error.kind == Kind::Conflict && error.help.clone().unwrap_or_default().contains("detach it first")
    );
    world.ok(r#"delete("k10", #{ wait: true })"#);
    world.gives(&format!(r#"volume("{root}").id == "{root}""#), "true");
    let error = world.error(&format!(r#"delete(volume("{root}"))"#));
    let help = error.help.clone().unwrap_or_default();
    assert!(
        error.kind == Kind::Conflict && help.contains("which is destroyed and still has it"),
        "{error:?}"
    );
}

// 12: two templates of one name.

/// Zones `adv` and `b`, and an own and a featured template `twin`: the own one in `adv` alone, the featured one in `b` alone.
fn twins() -> World {
    let world = on_sim();
    world.sim(|sim| assert!(sim.cloudstack_zone("b", false, false)));
    let register = |zone: &str, name: &str| {
        format!(
            r#"{{"name": "{name}", "displaytext": "{name}", "format": "QCOW2", "hypervisor": "Simulator",
            "url": "http://files.test/t.qcow2", "zoneids": "{}", "ostypeid": "{}"}}"#,
            world.text(&format!(
                r#"api("cloudstack", "listZones", #{{}}).zone.filter(|z| z.name == "{zone}")[0].id"#
            )),
            world.text(r#"api("cloudstack", "listOsTypes", #{}).ostype[0].id"#),
        )
    };
    let first = world.text("zones()[0]");
    world
        .ok(&format!(r#"api("cloudstack", "registerTemplate", parse_json(`{}`))"#, register(&first, "twin")));
    let featured = |text: String| text.replacen('{', r#"{"isfeatured": true, "ispublic": true, "#, 1);
    as_admin(&world, "registerTemplate", &featured(register("b", "twin")));
    as_admin(&world, "registerTemplate", &featured(register("b", "only-b")));
    world
}

#[test]
fn two_templates_of_one_name_are_ambiguous_unless_something_decides() {
    let world = twins();
    world.sim(|sim| sim.advance(Duration::from_secs(60)));
    let first = world.text("zones()[0]");
    let error = world.error(r#"image("twin")"#);
    let help = error.help.clone().unwrap_or_default();
    assert_eq!(error.kind, Kind::Ambiguous);
    let ids = world.text(r#"images(#{ name: "twin" }).map(|i| i.id).join(" ")"#);
    for part in ids.split(' ').chain(["owner demo", "owner admin", "zone b", &format!("zone {first}")]) {
        assert!(help.contains(part), "{help}: no {part}");
    }
    world.gives(r#"images(#{ name: "twin", owner: "demo" }).len()"#, "1");
    // The zone decides, and so does the id.
    world.gives(
        r#"boot("k12", #{ image: "twin", flavor: "m1.tiny", zone: "b" }).wait_active().image_id == images(#{ name: "twin", owner: "admin" })[0].id"#,
        "true",
    );
    world.gives(
        &format!(r#"boot("k12b", #{{ image: images(#{{ name: "twin", owner: "demo" }})[0].id, flavor: "m1.tiny", zone: "{first}" }}).wait_active().image"#),
        "twin",
    );
    world.fails(r#"boot("k12c", #{ image: "twin", flavor: "m1.tiny" })"#, "invalid_argument", "zone");
}

#[test]
fn a_template_of_another_zone_or_not_ready_is_told_before_the_deploy() {
    let world = twins();
    let first = world.text("zones()[0]");
    let written = world.written(|| {
        let error = world
            .error(&format!(r#"boot("k12", #{{ image: "only-b", flavor: "m1.tiny", zone: "{first}" }})"#));
        assert!(error.kind == Kind::NotFound && error.message.contains("`b`"), "{error:?}");
        let error = world.error(r#"boot("k12", #{ image: "only-b", flavor: "m1.tiny", zone: "b" })"#);
        assert!(error.kind == Kind::Conflict && error.message.contains("not ready yet"), "{error:?}");
    });
    assert_eq!(written, [""; 0], "nothing is sent");
    world.gives(
        r#"let i = image("only-b").wait_active(); boot("k12", #{ image: i, flavor: "m1.tiny", zone: "b" }).wait_active().zone"#,
        "b",
    );
}

#[tokio::test]
async fn a_template_on_its_way_to_a_zone_is_waited_for_there() {
    let row = |zone: &str, ready: bool, status: &str| {
        format!(
            r#"{{"id":"{ID}","name":"t","zoneid":"{zone}-id","zonename":"{zone}","isready":{ready},"status":"{status}"}}"#
        )
    };
    let listed = |rows: [String; 2]| {
        Reply::json(200, &format!(r#"{{"r":{{"count":2,"template":[{}]}}}}"#, rows.join(",")))
    };
    let (ready, coming) = (row("a", true, "Download Complete"), row("b", false, "40% Downloaded"));
    let done = row("b", true, "Download Complete");
    let broken = row("b", false, "Failed to post");
    let world = stubbed(keys(), move |_, before| match before {
        0 => listed([ready.clone(), coming.clone()]),
        1 => listed([coming.clone(), ready.clone()]),
        2 => listed([ready.clone(), done.clone()]),
        _ => listed([broken.clone(), ready.clone()]),
    })
    .await;
    for expected in ["SAVING", "SAVING", "ACTIVE", "ACTIVE"] {
        let image = world.cloud.image(ID).await.expect("an answer").expect("an image");
        assert_eq!(image.status, expected);
    }
    // One of our own that is not ready is in no list of what can be deployed.
    let world = stubbed(keys(), |asked, _| match asked.get("templatefilter").map(String::as_str) {
        Some("self") => Reply::json(
            200,
            &format!(r#"{{"r":{{"count":1,"template":[{{"id":"{ID}","name":"t","isready":false,"status":"5%"}}]}}}}"#),
        ),
        _ => Reply::json(200, r#"{"r":{}}"#),
    })
    .await;
    assert_eq!(world.cloud.image(ID).await.expect("an answer").expect("an image").status, "SAVING");
    assert_eq!(world.cloud.images(&Filter::named("t")).await.expect("images").len(), 1);
    assert_eq!(world.cloud.images(&Filter::default()).await.expect("images").len(), 0);
}

#[test]
fn a_template_in_two_zones_is_one_image_and_users_ask_for_what_they_may() {
    let world = on_sim();
    world.sim(|sim| assert!(sim.cloudstack_zone("b", false, false)));
    let seen = world.seen(|| {
        world.gives(r#"images(#{ name: "cirros" }).len()"#, "1");
        world.gives(r#"image("cirros").name"#, "cirros");
    });
    let lists: Vec<_> = seen.iter().filter(|seen| seen.operation == "cloudstack.listTemplates").collect();
    assert!(
        !lists.is_empty() && lists.iter().all(|seen| seen.path.contains("templatefilter=executable")),
        "{lists:?}"
    );
}

// 13: zones and networks.

#[test]
fn no_zone_is_taken_silently_and_what_is_in_one_is_found() {
    let world = on_sim();
    world.ok("assert(zones().len() >= 1)");
    world.gives(
        &format!(r#"boot("k13", {SPEC} + #{{ zone: zones()[0] }}).wait_active().zone == zones()[0]"#),
        "true",
    );
    world.sim(|sim| assert!(sim.cloudstack_zone("b", false, false)));
    let names = world.text("zones()[0]");
    let error = world.error(&format!(r#"boot("none", {SPEC})"#));
    let help = error.help.clone().unwrap_or_default();
    assert!(
        error.kind == Kind::InvalidArgument && help.contains(&names) && help.contains("\"b\"")
            || help.contains(", b"),
        "{error:?}"
    );
    world.ok(&format!(r#"boot("k13b", {SPEC} + #{{ zone: "b" }}).wait_active()"#));
    world.gives(r#"server("k13b").zone"#, "b");
    world.gives(r#"networks().len() > 0 && find_server("k13b") != ()"#, "true");
}

#[test]
fn what_is_in_the_second_zone_is_found_without_naming_it() {
    let world = on_sim();
    world.sim(|sim| assert!(sim.cloudstack_zone("b", false, false)));
    let zone = world.text(r#"api("cloudstack", "listZones", #{ name: "b" }).zone[0].id"#);
    world.ok(&format!(
        r#"const N = create_network("second", #{{ cidr: "10.7.0.0/24", provider: #{{ zoneid: "{zone}" }} }});
        const S = boot("k13", {SPEC} + #{{ networks: [N] }}).wait_active(); associate_ip(S, allocate_ip("second"))"#
    ));
    world.gives(
        r#"let s = server("k13"); let ip = public_ips().filter(|ip| ip.server == s.id)[0]; [s.zone, s.public_ip == ip.address, ip.pool]"#,
        r#"["b", true, "second"]"#,
    );
    world.gives(r#"network("second").raw.zonename"#, "b");
    world.gives(r#"let s = server("k13"); public_ip(s.public_ip).server == s.id"#, "true");
    world.gives(r#"volume(server("k13").volumes[0]).zone"#, "b");
    world.gives(r#"stop("k13").wait_status("SHUTOFF").start().wait_active().zone"#, "b");
    // What is made anew still needs one.
    world.fails(r#"create_volume("data", 5)"#, "invalid_argument", "2 zones");
    world.gives(r#"create_volume("data", 5, #{ zone: "b" }).zone"#, "b");
    world.gives(r#"attach("k13", volume("data")).volumes.len()"#, "2");
}

#[test]
fn a_basic_zone_takes_groups_and_no_networks() {
    let world = on_sim();
    world.sim(|sim| {
        assert!(sim.cloudstack_zone("basic", true, true) && sim.cloudstack_zone("plain", false, false))
    });
    world.ok(r#"create_security_group("k13", "of a test")"#);
    world.gives(
        &format!(r#"boot("k13", {SPEC} + #{{ zone: "basic", security_groups: ["k13"] }}).wait_active().security_groups"#),
        r#"["k13"]"#,
    );
    // In one without groups they are left out, and that is said.
    let (cloud, said) = warning(&world, "demo", None);
    let wanted = BootSpec {
        zone: Some("plain".to_string()),
        security_groups: vec!["k13".to_string()],
        ..spec(&world)
    };
    let made = world.setup.session.bridge.wait(cloud.boot(&wanted)).expect("a server");
    assert!(!made[0].security_groups.contains(&"k13".to_string()), "{:?}", made[0].security_groups);
    assert!(said.lock().unwrap().iter().any(|one| one.contains("has no security groups")), "{said:?}");
}

#[tokio::test]
async fn networks_are_left_out_entirely_where_there_are_none_to_name() {
    let world = stubbed(keys(), |asked, _| match asked["command"].as_str() {
        "listZones" => Reply::json(
            200,
            r#"{"r":{"count":1,"zone":[{"id":"6eedb4c7-2816-46d3-93a9-66664c02b45a","name":"bas","networktype":"Basic"}]}}"#,
        ),
        "deployVirtualMachine" => refused(431, "More than 1 default Isolated networks are found for account"),
        "listNetworks" => Reply::json(200, r#"{"r":{"count":2,"network":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}"#),
        _ => Reply::json(200, r#"{"r":{}}"#),
    })
    .await;
    let spec = BootSpec { name: "web".to_string(), flavor: ID.to_string(), ..BootSpec::default() };
    let error = world.cloud.boot(&spec).await.expect_err("refused");
    assert_eq!(error.kind, Kind::InvalidArgument);
    assert!(error.help.as_deref().is_some_and(|help| help.contains("one, two")), "{error:?}");
    let asked = world.asked.lock().unwrap();
    let deploy = asked.iter().find(|one| one["command"] == "deployVirtualMachine").expect("a deploy");
    assert!(!deploy.keys().any(|key| key.contains("network")), "{deploy:?}");
}

#[test]
fn a_network_without_an_offering_says_which_it_got() {
    let world = on_sim();
    let (cloud, said) = warning(&world, "demo", None);
    let spec = NetworkSpec { name: "k13".to_string(), cidr: Some("10.9.0.0/24".to_string()), provider: None };
    world.setup.session.bridge.wait(cloud.create_network(&spec)).expect("a network");
    let name = "DefaultIsolatedNetworkOfferingWithSourceNatService";
    assert!(said.lock().unwrap().iter().any(|one| one.contains(name)), "{said:?}");
    world.gives(r#"network("k13").raw.networkofferingname"#, name);
    // Its own request names another: nothing is said.
    let other = world.text(
        r#"api("cloudstack", "listNetworkOfferings", #{ guestiptype: "Isolated", state: "Enabled", forvpc: false }).networkoffering.filter(|o| o.specifyvlan != true)[0].id"#,
    );
    world.gives(
        &format!(r#"create_network("k13c", #{{ cidr: "10.9.1.0/24", provider: #{{ networkofferingid: "{other}" }} }}).raw.networkofferingid == "{other}""#),
        "true",
    );
}

#[test]
fn an_offering_without_a_size_needs_one() {
    let world = on_sim();
    as_admin(
        &world,
        "createServiceOffering",
        r#"{"name": "custom", "displaytext": "custom", "customized": true}"#,
    );
    let error = world.error(r#"boot("k13", #{ image: "cirros", flavor: "custom" })"#);
    let help = error.help.clone().unwrap_or_default();
    assert!(
        error.kind == Kind::InvalidArgument && help.contains("cpuNumber") && help.contains("memory"),
        "{error:?}"
    );
    world.gives(
        r#"boot("k13", #{ image: "cirros", flavor: "custom", provider: #{ details: #{ cpuNumber: 1, cpuSpeed: 500, memory: 512 } } }).wait_active().raw.memory"#,
        "512",
    );
}

// 15: holes in answers.

const HOLES: &str = r#"{"r":{"count":3,"virtualmachine":[
    {"id":"dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7a1","name":"a","state":"Running","nic":[{"id":"n"}],"isoid":"i","memory":"512","jobid":7,"jobstatus":"0"},
    {"id":"dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7a2","displayname":"b","state":"Stopped","securitygroup":[{"id":"g"}],"tags":[{"key":"k"}]},
    {"id":"dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7a3"}]}}"#;

/// A session on a server that answers by the closure.
fn scripted(
    answer: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> (World, tokio::runtime::Runtime, Stub) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let stub = runtime.block_on(Stub::start(move |seen, _| {
        let all = format!("{}&{}", seen.target, String::from_utf8_lossy(&seen.body));
        let command = all.split("command=").nth(1).and_then(|rest| rest.split('&').next());
        answer(command.unwrap_or_default())
    }));
    let endpoint = format!("{}/client/api", stub.url);
    let variables =
        [("CLOUDSTACK_ENDPOINT", endpoint.as_str()), ("CLOUDSTACK_KEY", "AKEY"), ("CLOUDSTACK_SECRET", "x")];
    let world = World::given(|options| options.cloud = Some("cloudstack".to_string()), &[], &variables);
    (world, runtime, stub)
}

#[test]
fn holes_in_answers_are_nothing_and_no_crash() {
    let (world, _runtime, _stub) = scripted(|command| match command {
        "listVirtualMachines" => Reply::json(200, HOLES),
        "listZones" => Reply::json(200, ZONES),
        "listVolumes" => Reply::json(200, r#"{"r":{"count":20}}"#),
        "listSecurityGroups" => {
            Reply::json(200, r#"{"r":{"count":1,"securitygroup":[{"id":"g","name":"g"}]}}"#)
        }
        _ => Reply::json(200, r#"{"r":{}}"#),
    });
    world.ok(&script("15-holes").replace("cloud(\"sim:cloudstack\")", "cloud()"));
    world.gives("servers().map(|s| s.name)", r#"["a", "b", ""]"#);
    world.gives("servers().map(|s| s.status)", r#"["ACTIVE", "SHUTOFF", "UNKNOWN"]"#);
    world.gives("servers().all(|s| s.ip == () && s.created == () && s.key == () && s.zone == ())", "true");
    world.gives("servers()[1].security_groups + servers()[1].tags", r#"["g", "k"]"#);
    world.gives(r#"security_group("g").rules.len()"#, "0");
    world.gives("volumes().len() + networks().len()", "0");
    world.gives(
        r#"let all = order_by(servers(), "-name"); table(all, ["id", "ip", "image"]); parse_json(to_json(all.filter(|s| s.ip == ()))).len()"#,
        "3",
    );
}

#[tokio::test]
async fn a_done_job_is_done_whatever_its_machine_says() {
    let done = r#""jobstatus":1,"jobresult":{"virtualmachine":{"id":"x","jobid":"j-1","jobstatus":0}}"#;
    let expunged = r#""jobstatus":1,"jobresult":{"virtualmachine":{"securitygroup":[],"nic":[]}}"#;
    for answer in [done, expunged] {
        let world = stubbed(keys(), move |asked, _| match asked["command"].as_str() {
            "destroyVirtualMachine" => Reply::json(200, r#"{"destroyvirtualmachineresponse":{"jobid":1}}"#),
            "queryAsyncJobResult" => job(answer),
            _ => machine("Running", ""),
        })
        .await;
        assert!(world.cloud.delete_server(ID, true).await.expect("deleted"));
        assert_eq!(world.count("queryAsyncJobResult"), 1);
    }
}

#[tokio::test]
async fn pages_of_something_else_are_told_with_their_status() {
    let html = "<html><head><title>Not Found</title></head><body><h1>gone</h1></body></html>";
    let markup = r#"<?xml version="1.0"?><listvirtualmachinesresponse></listvirtualmachinesresponse>"#;
    for (status, body, kind) in
        [(404, html, Kind::Protocol), (503, html, Kind::Unavailable), (200, markup, Kind::Protocol)]
    {
        let world = stubbed(keys(), move |_, _| {
            Reply::Answer(status, vec![("Content-Type", "text/html".to_string())], body.as_bytes().to_vec())
        })
        .await;
        let error = world.cloud.servers(&Filter::default()).await.expect_err("no answer");
        assert_eq!((error.kind, error.status), (kind, Some(status)), "{error:?}");
        assert!(
            error.request.as_ref().is_some_and(|line| line.outcome.contains(&status.to_string())),
            "{error:?}"
        );
    }
}

// What only CloudStack has goes through `provider`.

#[test]
fn ports_tiers_and_ways_out_are_made_by_verbs() {
    let world = on_sim();
    world.gives(
        &format!(
            r#"let s = boot("web", {SPEC}).wait_active(); let ip = allocate_ip();
            associate_ip(s, ip, #{{ provider: #{{ publicport: 8080, privateport: 80, protocol: "tcp" }} }});
            let rules = api("cloudstack", "listPortForwardingRules", #{{ ipaddressid: ip.id }}).portforwardingrule;
            [rules.len(), rules[0].publicport, rules[0].privateport, rules[0].virtualmachineid == s.id]"#
        ),
        r#"[1, "8080", "80", true]"#,
    );
    world.fails(
        r#"associate_ip("web", public_ips()[0], #{ provider: #{ publicport: 8080 } })"#,
        "invalid_argument",
        "no `privateport`",
    );
    world.ok(
        r#"create_security_group("g", "d").authorize(#{ protocol: "tcp", ports: 443, cidr: "0.0.0.0/0", direction: "egress" })"#,
    );
    world.gives(r#"security_group("g").rules.map(|r| [r.direction, r.from_port])"#, r#"[["egress", 443]]"#);
    world.gives(
        r#"let zone = api("cloudstack", "listZones", #{}).zone[0].id;
        let offering = api("cloudstack", "listVPCOfferings", #{}).vpcoffering[0].id;
        let tiers = api("cloudstack", "listNetworkOfferings", #{ forvpc: true, state: "Enabled" }).networkoffering[0].id;
        let vpc = api("cloudstack", "createVPC", #{ name: "v", displaytext: "v", cidr: "10.20.0.0/16", vpcofferingid: offering, zoneid: zone }).vpc.id;
        let acl = api("cloudstack", "listNetworkACLLists", #{}).networkacllist[0].id;
        let tier = create_network("tier", #{ cidr: "10.20.1.0/24", provider: #{ networkofferingid: tiers, vpcid: vpc, aclid: acl } });
        let s = boot("in-tier", #{ image: "cirros", flavor: "m1.tiny", networks: [tier] }).wait_active();
        [tier.raw.vpcid == vpc, s.ip.starts_with("10.20.1.")]"#,
        "[true, true]",
    );
}
