//! Every exchange recorded from a real management server is read by the driver: the answer as it came, through its own session,
//! refusals and failed jobs into their kinds, lists into nouns.

use super::{World, keys, world as stubbed};
use crate::support::stub::Reply;
use rhain::cloud::{
    Account as _, Filter, Flavors as _, Images as _, Keypairs as _, Kind, Networks as _, PublicIps as _,
    SecurityGroups as _, Servers as _, Snapshots as _, Volumes as _,
};
use rhain::provider::cloudstack::call::Call;
use rhain::provider::cloudstack::decode::list;
use rhain::provider::cloudstack::fault;
use serde_json::Value;
use std::collections::BTreeMap;

struct Recorded {
    op: String,
    command: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    parsed: Value,
}

impl Recorded {
    fn reply(&self) -> Reply {
        let mut headers = vec![("Content-Type", "application/json".to_string())];
        for (name, value) in &self.headers {
            if name.eq_ignore_ascii_case("location") {
                headers.push(("Location", value.clone()));
            }
        }
        Reply::Answer(self.status, headers, self.body.clone().into_bytes())
    }

    /// What stands under the only key.
    fn inner(&self) -> Value {
        self.parsed.as_object().and_then(|fields| fields.values().next()).cloned().unwrap_or_default()
    }
}

fn recorded() -> Vec<Recorded> {
    let lines = include_str!("../recorded/cloudstack.jsonl").lines().skip(1);
    lines
        .map(|line| {
            let one: Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| one[key].as_str().unwrap_or_default().to_string();
            let path = text("path");
            let query = path.split_once('?').map_or("", |(_, query)| query);
            let all = format!("{query}&{}", text("request_body"));
            let command = url::form_urlencoded::parse(all.as_bytes())
                .find(|(name, _)| name == "command")
                .map(|(_, value)| value.into_owned());
            let headers = one["response_headers"].as_object().into_iter().flatten();
            let headers =
                headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_string()));
            let mut parsed = one["response_body"].clone();
            whole(&mut parsed);
            Recorded {
                op: text("op"),
                command: command.unwrap_or_else(|| "none".to_string()),
                status: u16::try_from(one["status"].as_u64().unwrap_or(0)).expect("a status"),
                headers: headers.collect(),
                body: match &parsed {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                },
                parsed,
            }
        })
        .collect()
}

/// A list that was shortened for the recording counts what is left of it.
fn whole(body: &mut Value) {
    let Some(inner) = body.as_object_mut().and_then(|fields| fields.values_mut().next()) else { return };
    let Some(fields) = inner.as_object_mut() else { return };
    let left = fields.values().find_map(|value| value.as_array().map(Vec::len));
    if let (Some(left), Some(count)) = (left, fields.get_mut("count")) {
        *count = left.into();
    }
}

/// The kinds that a status may mean; what it is in particular the words say.
fn kinds(status: u16) -> &'static [Kind] {
    match status {
        400 => &[Kind::InvalidArgument],
        405 => &[Kind::Unsupported],
        401 => &[Kind::Unauthorized],
        429 => &[Kind::RateLimited],
        431 => &[Kind::InvalidArgument, Kind::NotFound, Kind::Conflict, Kind::Forbidden],
        432 => &[Kind::Forbidden, Kind::Unsupported],
        530 => &[Kind::Conflict, Kind::Unavailable, Kind::NotFound],
        531 => &[Kind::Forbidden, Kind::Unauthorized],
        535 => &[Kind::OverQuota],
        536 | 537 => &[Kind::Conflict],
        _ => &[Kind::Protocol],
    }
}

#[tokio::test]
async fn every_recorded_answer_is_read_as_it_came() {
    let (mut read, mut refused, mut failed) = (0, 0, 0);
    for one in recorded() {
        let op = one.op.clone();
        let reply = one.reply();
        let world = stubbed(keys(), move |_, _| reply.clone()).await;
        let call = Call::once("test", &one.command);
        let answered = world.cloud.session().ask(&call).await;
        let json = one.parsed.is_object();
        match (one.status, answered) {
            (200, Ok(body)) => {
                assert!(json, "{op}: markup was taken for an answer");
                assert_eq!(body, one.inner(), "{op}");
                read += 1;
                if body["jobstatus"] == 2 {
                    let error = fault::of_job(world.cloud.session(), &call, "j-1", &body);
                    let code = body["jobresult"]["errorcode"].as_u64();
                    assert_eq!(error.status.map(u64::from), code, "{op}");
                    assert_eq!(error.answer.is_some(), body["jobresult"]["errortext"].is_string(), "{op}");
                    assert!(!matches!(error.kind, Kind::Unavailable | Kind::OverQuota), "{op}: {error:?}");
                    failed += 1;
                }
            }
            (200, Err(error)) => {
                let odd = one.parsed.is_string() || one.body.trim().is_empty();
                assert!(odd, "{op}: {error:?}");
                assert_eq!((error.kind, error.status), (Kind::Protocol, Some(200)), "{op}");
                refused += 1;
            }
            (status, Err(error)) => {
                assert!(kinds(status).contains(&error.kind), "{op}: {status} is {:?} {error}", error.kind);
                assert_eq!(error.status, Some(status), "{op}");
                // A refusal was not done; a page of something on the way says nothing of it.
                assert!(!error.maybe || !json, "{op}");
                refused += 1;
            }
            (status, Ok(_)) => panic!("{op}: {status} was taken for an answer"),
        }
    }
    assert_eq!(read + refused, 638);
    assert!(
        read > 490 && refused > 110 && failed > 25,
        "{read} read, {refused} refused, {failed} jobs failed"
    );
}

#[test]
fn words_that_were_seen_have_their_kinds() {
    let expected: BTreeMap<&str, Kind> = [
        ("deploy with a name already used in the network", Kind::Conflict),
        ("open the same once more", Kind::Conflict),
        ("delete a group in use", Kind::Conflict),
        ("delete an attached volume", Kind::Conflict),
        ("start a running machine, poll 1", Kind::Conflict),
        ("deploy over the capacity, poll 1", Kind::Unavailable),
        ("the user deploys over the limit", Kind::OverQuota),
        ("an ordinary user calls an administrator command", Kind::Forbidden),
        ("an ordinary user stops the machine of another", Kind::Forbidden),
        ("the user destroys with expunge: not allowed, poll 1", Kind::Forbidden),
        ("poll an unknown job", Kind::NotFound),
        ("required parameter missing", Kind::InvalidArgument),
        ("rate limit (10 in 2 s): call 10", Kind::RateLimited),
    ]
    .into();
    let all = recorded();
    for (op, kind) in expected {
        let one = all.iter().find(|one| one.op == op).unwrap_or_else(|| panic!("`{op}` was not recorded"));
        let inner = one.inner();
        let told = if inner["jobresult"].is_object() { &inner["jobresult"] } else { &inner };
        let (code, words) = (told["errorcode"].as_u64(), told["errortext"].as_str().unwrap_or_default());
        let code = u16::try_from(code.unwrap_or(0)).expect("a code");
        assert_eq!(fault::kind(code, words), kind, "{op}: {code} {words}");
    }
}

/// How many of a noun the driver reads.
async fn nouns(world: &World, command: &str) -> Option<usize> {
    let (cloud, all) = (&world.cloud, Filter { all_projects: true, ..Filter::default() });
    let every = ["BUILD", "ACTIVE", "SHUTOFF", "REBUILD", "MIGRATING", "ERROR", "DELETED", "UNKNOWN"];
    let servers = Filter { status: every.map(str::to_string).to_vec(), ..Filter::default() };
    Some(match command {
        "listVirtualMachines" => cloud.servers(&servers).await.expect("servers").len(),
        "listTemplates" => cloud.images(&Filter::default()).await.expect("images").len(),
        "listServiceOfferings" => cloud.flavors().await.expect("flavors").len(),
        "listVolumes" => cloud.volumes(&all).await.expect("volumes").len(),
        "listSnapshots" => cloud.snapshots(&all).await.expect("snapshots").len(),
        "listSecurityGroups" => cloud.security_groups(&all).await.expect("groups").len(),
        "listNetworks" => cloud.networks(&all).await.expect("networks").len(),
        "listPublicIpAddresses" => cloud.public_ips(&all).await.expect("addresses").len(),
        "listSSHKeyPairs" => cloud.keypairs(&all).await.expect("keys").len(),
        "listZones" => cloud.zones().await.expect("zones").len(),
        _ => return None,
    })
}

#[tokio::test]
async fn every_recorded_list_is_nouns() {
    let mut lists = 0;
    for one in recorded() {
        if one.status != 200 || !one.parsed.is_object() || !one.command.starts_with("list") {
            continue;
        }
        let inner = one.inner();
        let rows: Vec<Value> = inner
            .as_object()
            .into_iter()
            .flatten()
            .find_map(|(name, value)| value.is_array().then(|| list(&inner, name).to_vec()))
            .unwrap_or_default();
        let (own, reply) = (one.command.clone(), one.reply());
        let world = stubbed(keys(), move |asked, _| match asked["command"] == own {
            // A page beyond the end has no list.
            true if asked.get("page").is_none_or(|page| page == "1") => reply.clone(),
            _ => Reply::json(200, r#"{"r":{}}"#),
        })
        .await;
        // What is destroyed is no volume any more.
        let there = |row: &&Value| {
            one.command != "listVolumes" || !matches!(row["state"].as_str(), Some("Destroy" | "Expunged"))
        };
        let mut ids: Vec<&str> = rows.iter().filter(there).filter_map(|row| row["id"].as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let expected = if ids.is_empty() { rows.len() } else { ids.len() };
        if let Some(found) = nouns(&world, &one.command).await {
            assert_eq!(found, expected, "{}: {}", one.op, one.command);
            lists += 1;
        }
    }
    assert!(lists > 60, "{lists}");
}
