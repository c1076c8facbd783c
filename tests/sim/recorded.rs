//! Exchanges recorded from a real Keystone, Nova and Glance, sent again to the simulator in the same order: the status,
//! the names of the fields and their types must be the same.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::Value;

use super::client::Client;

/// Of all services, as user demo, and one of each of two more as user alt.
const COMPUTE: &str = include_str!("../recorded/openstack.jsonl");
const NETWORK: &str = include_str!("../recorded/network.jsonl");
const VOLUME: &str = include_str!("../recorded/volume.jsonl");

/// What is not replayed, and why.
const SKIPPED: &[(&str, &str)] = &[
    ("identity v2.0 is gone", "the simulator serves v2.0, as old clouds do"),
    ("token issue bad body", "is replayed for its status alone in services.rs"),
    ("ec2 credential create", "EC2 credentials come with the EC2 face"),
    ("ec2 credential list", "EC2 credentials come with the EC2 face"),
    ("ec2 credential show", "EC2 credentials come with the EC2 face"),
    ("ec2 credential delete", "EC2 credentials come with the EC2 face"),
    ("server create ambiguous network", "the recorded project had two networks of its own"),
    ("volumes proxy", "volumes that were made within one second come in any order"),
    ("compute revoked token", "a real Nova remembers a revoked token for five minutes; here it ends at once"),
];

/// Asked at once after the exchange before, while its change is still under way.
const AT_ONCE: &[&str] = &[
    "server show while building",
    "server show while deleting",
    "server list by reservation",
    "volume show at once",
    "snapshot show at once",
    "volume show at once after attach",
    "boot volume promised",
    "volume promised",
];

/// Answered in other words, and why.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("image create bad", "quotes a JSON schema of the service's own"),
    ("project create conflict", "names a project that the record does not show"),
    ("network delete private in use", "names ports that the record does not show"),
    ("network delete joined", "names ports in another order"),
    ("router delete in use", "names ports in another order"),
    ("volume reset odd", "lists states that nothing here comes to"),
    ("volume create too large", "the real service had lost count of what was used"),
    ("volume extend too large", "the real service had lost count of what was used"),
    ("volume over gigabytes", "the real service had lost count of what was used"),
    ("volume extend over gigabytes", "the real service had lost count of what was used"),
    ("boot volume promised", "quotes the id of a request between the services"),
];

/// What an error says.
fn message(body: &Value) -> Option<&str> {
    let inner = body.as_object().and_then(|body| body.values().next());
    body["message"].as_str().or_else(|| inner.and_then(|inner| inner["message"].as_str()))
}

/// How the addresses outside begin, which the real cloud chooses at random.
const OUTSIDE: &str = "203.0.113.";

/// Recorded ids and tokens, and those of the simulator in their places.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn learn(&mut self, recorded: &Value, own: &Value) {
        match (recorded, own) {
            (Value::String(recorded), Value::String(own))
                if is_id(recorded) || recorded.starts_with(OUTSIDE) =>
            {
                self.0.entry(recorded.clone()).or_insert_with(|| own.clone());
            }
            (Value::Object(recorded), Value::Object(own)) => {
                for (key, value) in recorded {
                    if let Some(own) = own.get(key) {
                        self.learn(value, own);
                    }
                }
            }
            (Value::Array(recorded), Value::Array(own)) => {
                for (at, value) in recorded.iter().enumerate() {
                    if let Some(own) = partner(value, at, own) {
                        self.learn(value, own);
                    }
                }
            }
            _ => {}
        }
    }

    fn translate(&self, text: &str) -> String {
        let ids = self.0.iter().filter(|(recorded, _)| !recorded.starts_with(OUTSIDE));
        let text = ids.fold(text.to_owned(), |text, (recorded, own)| text.replace(recorded, own));
        // One address may be the beginning of another.
        let mut parts = text.split(OUTSIDE);
        let mut told = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            let recorded = format!("{OUTSIDE}{}", &part[..end]);
            told.push_str(self.0.get(&recorded).unwrap_or(&recorded));
            told.push_str(&part[end..]);
        }
        told
    }
}

fn is_id(text: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    text.starts_with("gAAAA")
        || text.starts_with("r-")
        || text.starts_with("req-")
        || (matches!(text.len(), 32 | 36) && hex(text))
        || (text.len() == 86 && !text.contains(' '))
}

/// The value of a list that is the same thing: of the same name, for rules (that come in the order of their random ids)
/// of the same content, or in the same place.
fn partner<'a>(value: &Value, at: usize, own: &'a [Value]) -> Option<&'a Value> {
    if value.get("ethertype").is_some() {
        let like = |other: &&Value| {
            ["ethertype", "direction", "protocol", "port_range_min"]
                .iter()
                .all(|key| other[key] == value[key])
        };
        return own.iter().find(like);
    }
    match value.get("name").filter(|name| name.is_string()) {
        Some(name) => own.iter().find(|other| other.get("name") == Some(name)),
        None => own.get(at),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "real",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}

/// Where the shapes differ.
fn differences(at: &str, recorded: &Value, own: &Value, found: &mut Vec<String>) {
    match (recorded, own) {
        (Value::Object(recorded), Value::Object(own)) => {
            // The one host has another name here.
            let named = |key: &String| if key == "realcloud" { "sim".to_owned() } else { key.clone() };
            let theirs: BTreeSet<String> = recorded.keys().map(named).collect();
            let ours: BTreeSet<String> = own.keys().cloned().collect();
            // There was one host when it was recorded.
            for key in theirs.symmetric_difference(&ours).filter(|key| *key != "sim2") {
                found.push(format!("{at}/{key} is {}", if ours.contains(key) { "extra" } else { "missing" }));
            }
            for (key, value) in recorded {
                if let Some(own) = own.get(&named(key)) {
                    differences(&format!("{at}/{key}"), value, own, found);
                }
            }
        }
        (Value::Array(recorded), Value::Array(own)) => {
            if recorded.is_empty() != own.is_empty() {
                found.push(format!("{at} has {} and not {} entries", own.len(), recorded.len()));
            }
            for (index, value) in recorded.iter().enumerate() {
                if let Some(own) = partner(value, index, own) {
                    differences(&format!("{at}/{index}"), value, own, found);
                }
            }
        }
        _ if kind(recorded) != kind(own) => {
            found.push(format!("{at} is {} and not {}: {own}", kind(own), kind(recorded)));
        }
        _ => {}
    }
}

fn exchanges(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Replays a record against a fresh cloud. Gives how many exchanges it sent, and every difference.
async fn differ(text: &str) -> (usize, Vec<String>) {
    let mut client = Client::start().await;
    client.token.clear();
    let http = super::http().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut names = Names::default();
    let mut wrong = Vec::new();
    let mut replayed = 0;
    for exchange in exchanges(text) {
        let label = exchange["label"].as_str().unwrap();
        if SKIPPED.iter().any(|(skipped, _)| *skipped == label) {
            continue;
        }
        if !AT_ONCE.contains(&label) {
            client.sim.advance(Duration::from_secs(3));
        }
        let (status, headers, body) = replay(&http, &client, &exchange, &names).await;
        replayed += 1;
        let mut found = Vec::new();
        if u64::from(status) != exchange["status"].as_u64().unwrap() {
            found.push(format!("status {status} and not {}: {body}", exchange["status"]));
        } else {
            differences("", &exchange["response_body"], &body, &mut found);
            if status >= 400 && !OTHER_WORDS.iter().any(|(other, _)| *other == label) {
                let theirs = message(&exchange["response_body"]).map(|text| names.translate(text));
                if theirs.as_deref() != message(&body) {
                    found.push(format!("says {:?} and not {theirs:?}", message(&body)));
                }
            }
        }
        wrong.extend(found.into_iter().map(|what| format!("{label}: {what}")));
        names.learn(&exchange["response_body"], &body);
        let recorded_headers = &exchange["response_headers"];
        if let (Some(recorded), Some(own)) =
            (recorded_headers["X-Subject-Token"].as_str(), headers.get("x-subject-token"))
        {
            names.0.insert(recorded.to_owned(), own.to_str().unwrap().to_owned());
        }
        if let (Some(recorded), Some(own)) = (recorded_headers["Location"].as_str(), headers.get("location"))
        {
            let last = |text: &str| text.rsplit('/').next().unwrap().to_owned();
            names.0.insert(last(recorded), last(own.to_str().unwrap()));
        }
        names.0.remove("");
    }
    (replayed, wrong)
}

#[tokio::test]
async fn recorded_exchanges_have_the_same_shape_here() {
    let (replayed, wrong) = differ(COMPUTE).await;
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(replayed > 240, "only {replayed} exchanges were replayed");
}

#[tokio::test]
async fn recorded_exchanges_of_neutron_have_the_same_shape_and_words_here() {
    let (replayed, wrong) = differ(NETWORK).await;
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(replayed > 240, "only {replayed} exchanges were replayed");
}

#[tokio::test]
async fn recorded_exchanges_of_cinder_have_the_same_shape_and_words_here() {
    let (replayed, wrong) = differ(VOLUME).await;
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(replayed > 190, "only {replayed} exchanges were replayed");
}

#[allow(clippy::disallowed_methods)]
async fn replay(
    http: &reqwest::Client,
    client: &Client,
    exchange: &Value,
    names: &Names,
) -> (u16, reqwest::header::HeaderMap, Value) {
    let prefix = exchange["service"].as_str().unwrap();
    let path = names.translate(exchange["path"].as_str().unwrap());
    let url = format!("{}/{prefix}{path}", client.sim.base_url());
    let method = reqwest::Method::from_bytes(exchange["method"].as_str().unwrap().as_bytes()).unwrap();
    let mut request = http.request(method, url);
    for (name, value) in exchange["request_headers"].as_object().unwrap() {
        request = request.header(name, names.translate(value.as_str().unwrap()));
    }
    match &exchange["request_body"] {
        Value::Null => {}
        Value::String(text) => request = request.body(names.translate(text)),
        body => request = request.body(names.translate(&body.to_string())),
    }
    let reply = request.send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    let text = reply.text().await.unwrap();
    let body = match serde_json::from_str(&text) {
        Ok(body) => body,
        Err(_) if text.is_empty() => Value::Null,
        Err(_) => Value::String(text),
    };
    (status, headers, body)
}

#[test]
fn every_skipped_label_is_in_the_record() {
    let labels: BTreeSet<String> = [COMPUTE, NETWORK, VOLUME]
        .into_iter()
        .flat_map(exchanges)
        .map(|exchange| exchange["label"].as_str().unwrap().to_owned())
        .collect();
    for (label, why) in SKIPPED {
        assert!(labels.contains(*label), "no exchange is labelled `{label}` ({why})");
    }
}
