//! What servers answer that is easily taken for something else: ids that are numbers, jobs that end late or badly, lists that count
//! wrongly or never end, and requests that are said back.

use super::{ID, World, ZONES, job, keys, machine, refused, world as stubbed};
use crate::support::stub::Reply;
use rhain::cloud::wait::{self, Goal, Wanted};
use rhain::cloud::{
    Account as _, Action, BootSpec, Filter, Flavors as _, Handle, Holder, Images as _, Kind, Metadata as _,
    Networks as _, Noun, PublicIps as _, RequestState, SecurityGroups as _, Servers as _, Snapshots as _,
    Volumes as _,
};
use rhain::output::progress::Silent;
use std::time::Duration;

fn text(body: &str) -> Reply {
    Reply::json(200, body)
}

/// A spec of a machine by ids.
fn spec(meta: bool) -> BootSpec {
    let meta = if meta { [("a".to_string(), "1".to_string())].into() } else { Default::default() };
    BootSpec {
        name: "web".to_string(),
        image: Some(ID.to_string()),
        flavor: ID.to_string(),
        meta,
        ..BootSpec::default()
    }
}

#[tokio::test]
async fn ids_that_are_numbers_are_asked_for_and_deleted() {
    let world = stubbed(keys(), |asked, before| {
        let one = |key: &str| text(&format!(r#"{{"r":{{"count":1,"{key}":[{{"id":57,"name":"old"}}]}}}}"#));
        let gone = || text(r#"{"r":{}}"#);
        match asked["command"].as_str() {
            "listVirtualMachines" => {
                text(r#"{"r":{"count":1,"virtualmachine":[{"id":57,"name":"old","state":"Running"}]}}"#)
            }
            "listVolumes" if asked.contains_key("id") => one("volume"),
            "listSnapshots" => one("snapshot"),
            "listTemplates" => one("template"),
            "listNetworks" => one("network"),
            "listSecurityGroups" => one("securitygroup"),
            "listPublicIpAddresses" if before == 0 => one("publicipaddress"),
            "listServiceOfferings" => one("serviceoffering"),
            "deleteVolume" | "deleteSecurityGroup" => text(r#"{"r":{"success":"true"}}"#),
            "queryAsyncJobResult" => job(r#""jobstatus":1,"jobresult":{"success":true}"#),
            command if command.starts_with("list") => gone(),
            _ => text(r#"{"r":{"jobid":7}}"#),
        }
    })
    .await;
    let cloud = &world.cloud;
    assert!(cloud.is_id(Noun::Server, "57") && !cloud.is_id(Noun::Server, "web-57"));
    assert_eq!(cloud.server("57").await.expect("an answer").map(|one| one.id).as_deref(), Some("57"));
    assert!(cloud.flavor("57").await.expect("an answer").is_some());
    assert!(cloud.image("57").await.expect("an answer").is_some());
    assert!(cloud.delete_server("57", false).await.expect("deleted"));
    assert!(cloud.delete_volume("57").await.expect("deleted"));
    assert!(cloud.delete_snapshot("57").await.expect("deleted"));
    assert!(cloud.delete_image("57").await.expect("deleted"));
    assert!(cloud.delete_network("57").await.expect("deleted"));
    assert!(cloud.delete_security_group("57").await.expect("deleted"));
    assert!(cloud.release_ip("57").await.expect("released"));
    for command in [
        "destroyVirtualMachine",
        "deleteVolume",
        "deleteSnapshot",
        "deleteTemplate",
        "deleteNetwork",
        "deleteSecurityGroup",
        "disassociateIpAddress",
    ] {
        assert_eq!(world.count(command), 1, "{command}");
    }
}

#[tokio::test]
async fn a_number_that_is_anothers_internal_id_is_nothing() {
    let world = stubbed(keys(), |_, _| machine("Running", "")).await;
    assert!(world.cloud.server("5").await.expect("an answer").is_none());
    assert!(!world.cloud.delete_server("5", false).await.expect("an answer"));
    assert_eq!(world.count("destroyVirtualMachine"), 0);
}

/// A machine that runs before its deploy is done, which then ends so.
async fn deploying(end: &'static str) -> World {
    stubbed(keys(), move |asked, before| match (asked["command"].as_str(), before) {
        ("listZones", _) => text(ZONES),
        ("deployVirtualMachine", _) => {
            text(&format!(r#"{{"deployvirtualmachineresponse":{{"id":"{ID}","jobid":"j-1"}}}}"#))
        }
        // The first looks name the job, those after it do not any more.
        ("listVirtualMachines", ..3) => machine("Running", r#","jobid":"j-1","jobstatus":0"#),
        ("listVirtualMachines", _) => machine("Running", ""),
        ("queryAsyncJobResult", ..3) => job(r#""jobstatus":0"#),
        ("queryAsyncJobResult", _) => job(end),
        _ => text(r#"{"r":{}}"#),
    })
    .await
}

async fn waited(world: &World) -> rhain::cloud::Result<rhain::cloud::Server> {
    let server = world.cloud.boot(&spec(false)).await.expect("a server").remove(0);
    assert_eq!(server.status, "BUILD");
    let wanted = [Wanted { object: Handle::new(server.into()), pending: None }];
    let clock = rhain::cli::clouds::CloudClock(world.clock.clone());
    let mut ends =
        wait::servers(&world.cloud, &clock, &Silent, &wanted, &Goal::Active, Duration::from_secs(300)).await;
    ends.remove(0)
}

#[tokio::test]
async fn a_wait_goes_on_until_the_deploys_own_job_is_done() {
    let world = deploying(
        r#""jobstatus":1,"jobresult":{"virtualmachine":{"id":"dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7af","password":"once-told"}}"#,
    )
    .await;
    let server = waited(&world).await.expect("a server");
    assert_eq!(server.status, "ACTIVE");
    assert_eq!(server.admin_pass.as_ref().map(|secret| secret.reveal()), Some("once-told"));
    assert_eq!(world.count("queryAsyncJobResult"), 4);
}

#[tokio::test]
async fn a_deploy_that_fails_while_its_machine_runs_is_told() {
    let world = deploying(
        r#""jobstatus":2,"jobresultcode":530,"jobresult":{"errorcode":530,"errortext":"no route to it"}"#,
    )
    .await;
    let error = waited(&world).await.expect_err("failed");
    assert_eq!((error.kind, error.status), (Kind::Failed, Some(530)));
    assert_eq!(error.answer.as_deref(), Some("no route to it"));
    assert!(error.message.contains("ACTIVE") && error.exists.len() == 1, "{error:?}");
}

#[tokio::test]
async fn a_deploy_whose_job_is_forgotten_is_judged_by_its_machine() {
    for (state, refusal) in [
        ("Running", (431, "Unable to find UUID for id [9] of type [AsyncJob]")),
        ("Stopped", (431, "Unable to find UUID for id [9] of type [AsyncJob]")),
        // An account may have no right to ask about jobs.
        (
            "Running",
            (432, "The API [queryAsyncJobResult] does not exist or is not available for the account"),
        ),
    ] {
        let world = stubbed(keys(), move |asked, before| match (asked["command"].as_str(), before) {
            ("listZones", _) => text(ZONES),
            ("deployVirtualMachine", _) => text(&format!(r#"{{"r":{{"id":"{ID}","jobid":"j-1"}}}}"#)),
            ("listVirtualMachines", 0) => machine("Stopped", r#","jobid":"j-1","jobstatus":0"#),
            ("listVirtualMachines", _) => machine(state, r#","lastupdated":"2026-11-21T07:31:29+0000""#),
            ("queryAsyncJobResult", _) => refused(refusal.0, refusal.1),
            _ => text(r#"{"r":{}}"#),
        })
        .await;
        match waited(&world).await {
            Ok(server) => assert_eq!((state, server.status.as_str()), ("Running", "ACTIVE")),
            Err(error) => {
                let words = error.answer.clone().unwrap_or_default();
                assert!(state == "Stopped" && error.kind == Kind::Failed, "{error:?}");
                assert!(
                    words.contains("no longer knows job j-1") && words.contains("is Stopped"),
                    "{error:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_done_job_that_did_nothing_and_a_failure_in_words_alone_are_failures() {
    for (end, code, words) in [
        (r#""jobstatus":1,"jobresult":{"success":false,"displaytext":"could not"}"#, 530, "could not"),
        (r#""jobstatus":1,"jobresult":{"success":"false"}"#, 530, ""),
        (
            r#""jobstatus":2,"jobresultcode":431,"jobresulttype":"text","jobresult":"tag is there already exists""#,
            431,
            "tag is there already exists",
        ),
        (r#""jobstatus":2,"jobresultcode":0,"jobresult":"broken""#, 530, "broken"),
    ] {
        let world = stubbed(keys(), move |asked, _| match asked["command"].as_str() {
            "startVirtualMachine" => text(r#"{"r":{"jobid":"j-1"}}"#),
            "queryAsyncJobResult" => job(end),
            _ => machine("Stopped", ""),
        })
        .await;
        let accepted = world.cloud.act(ID, &Action::Start).await.expect("accepted");
        let state = world.cloud.request_state(ID, &accepted.request_id.expect("a job")).await;
        match state.expect("a state") {
            RequestState::Failed(said) => assert!(said.contains(words), "{end}: {said}"),
            other => panic!("{end}: {other:?}"),
        }
        let call = rhain::provider::cloudstack::call::Call::once("test", "startVirtualMachine");
        let body: serde_json::Value = serde_json::from_str(&format!("{{{end}}}")).expect("JSON");
        let error = rhain::provider::cloudstack::fault::of_job(world.cloud.session(), &call, "j-1", &body);
        assert_eq!(error.status, Some(code), "{end}");
    }
    // Tags that were not made are no tags.
    let world = stubbed(keys(), |asked, _| match asked["command"].as_str() {
        "createTags" => text(r#"{"r":{"jobid":"j-1"}}"#),
        "queryAsyncJobResult" => job(r#""jobstatus":1,"jobresult":{"success":false}"#),
        _ => machine("Running", ""),
    })
    .await;
    let items = [("a".to_string(), "1".to_string())].into();
    let error = world.cloud.set_meta(&Holder::Server(ID.to_string()), &items).await.expect_err("not made");
    assert!(matches!(error.kind, Kind::Failed | Kind::Unavailable), "{error:?}");
}

#[tokio::test]
async fn nothing_under_the_key_is_no_empty_list() {
    let world = stubbed(keys(), |_, _| text(r#"{"listvirtualmachinesresponse":null}"#)).await;
    let error = world.cloud.servers(&Filter::default()).await.expect_err("no answer");
    assert_eq!((error.kind, error.status), (Kind::Protocol, Some(200)));
}

/// A page of a list of volumes; `count` is what it says.
fn page(from: usize, members: usize, count: usize) -> Reply {
    let rows: Vec<String> = (from..from + members)
        .map(|number| format!(r#"{{"id":"00000000-0000-4000-8000-{number:012}","name":"v{number}"}}"#))
        .collect();
    text(&format!(r#"{{"r":{{"count":{count},"volume":[{}]}}}}"#, rows.join(",")))
}

fn number(asked: &std::collections::BTreeMap<String, String>) -> usize {
    asked.get("page").and_then(|page| page.parse().ok()).unwrap_or(1)
}

#[tokio::test]
async fn a_list_goes_on_by_full_pages_whatever_it_counts() {
    for count in [1, 300, 500, 1100] {
        let world = stubbed(keys(), move |asked, _| match number(asked) {
            at @ 1..=2 => page((at - 1) * 500, 500, count),
            3 => page(1000, 100, count),
            _ => text(&format!(r#"{{"r":{{"count":{count}}}}}"#)),
        })
        .await;
        let all = world.cloud.volumes(&Filter::default()).await.expect("volumes");
        assert_eq!(all.len(), 1100, "where it counts {count}");
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_told_after_some_pages() {
    // One new member a page, and full pages of new ones.
    for size in [1, 500] {
        let world = stubbed(keys(), move |asked, _| {
            let at = number(asked);
            page(at * size, size, if size == 1 { at + 1 } else { 500 })
        })
        .await;
        let error = world.cloud.volumes(&Filter::default()).await.expect_err("no end");
        assert_eq!(error.kind, Kind::Protocol, "{error:?}");
        assert!(error.message.contains("has no end"), "{error}");
        assert!(world.count("listVolumes") < 60, "{} pages of {size}", world.count("listVolumes"));
    }
}

#[tokio::test]
async fn what_is_said_back_of_a_request_is_masked() {
    let secret = "pa/ss+word=";
    let spec = BootSpec {
        user_data: Some(b"#cloud-config\n# planted-user-data".to_vec()),
        admin_pass: Some(rhain::cloud::Secret::new(secret)),
        ..spec(false)
    };
    let world = stubbed(keys(), |asked, _| match asked["command"].as_str() {
        "listZones" => text(ZONES),
        "deployVirtualMachine" => {
            let all = asked.iter().filter(|(name, _)| !["METHOD", "COOKIE"].contains(&name.as_str()));
            let form: String =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
            let plain = format!("{} {} {}", asked["userdata"], asked["signature"], asked["password"]);
            refused(431, &format!("cannot read {form} of {plain}"))
        }
        _ => text(r#"{"r":{}}"#),
    })
    .await;
    let error = world.cloud.boot(&spec).await.expect_err("refused");
    let told = format!("{error:?}");
    let asked =
        world.asked.lock().unwrap().iter().find(|one| one["command"] == "deployVirtualMachine").cloned();
    let asked = asked.expect("a deploy");
    for name in ["userdata", "signature", "password", "apiKey"] {
        let value = &asked[name];
        let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        for spelling in [value, &form, &form.replace('+', "%20")] {
            let planted = name == "apiKey" && !told.contains("apiKey=AKEY");
            assert!(planted || !told.contains(spelling.as_str()), "{name} is in {told}");
        }
    }
    assert!(told.contains("cannot read") && told.contains("serviceofferingid"), "{told}");
}
