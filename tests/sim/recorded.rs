//! Exchanges recorded from a real Keystone, Nova and Glance, sent again to the simulator in the same order: the status,
//! the names of the fields and their types must be the same.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;

/// What is not replayed, and why.
const SKIPPED: &[(&str, &str)] = &[
    ("identity v2.0 is gone", "the simulator serves v2.0, as old clouds do"),
    ("token issue bad body", "is replayed for its status alone in services.rs"),
    ("ec2 credential create", "EC2 credentials come with the EC2 face"),
    ("ec2 credential list", "EC2 credentials come with the EC2 face"),
    ("ec2 credential show", "EC2 credentials come with the EC2 face"),
    ("ec2 credential delete", "EC2 credentials come with the EC2 face"),
    ("compute security group rule proxy create", "rules of groups come with networks"),
    ("compute security group rule proxy delete", "rules of groups come with networks"),
    ("floating ip pools proxy", "floating addresses come with networks"),
    ("floating ip create proxy", "floating addresses come with networks"),
    ("floating ip list proxy", "floating addresses come with networks"),
    ("floating ip delete proxy", "floating addresses come with networks"),
    ("server add floating ip", "floating addresses come with networks"),
    ("server show with floating ip", "floating addresses come with networks"),
    ("server remove floating ip", "floating addresses come with networks"),
    ("volume attach", "volumes come with Cinder"),
    ("volume attachments", "volumes come with Cinder"),
    ("volume detach", "volumes come with Cinder"),
    ("volume list compute proxy", "volumes come with Cinder"),
    ("server create ambiguous network", "the recorded project had two networks of its own"),
    ("compute revoked token", "a real Nova remembers a revoked token for five minutes; here it ends at once"),
];

/// Asked at once after the exchange before, while its change is still under way.
const AT_ONCE: &[&str] =
    &["server show while building", "server show while deleting", "server list by reservation"];

/// Answered in other words: the first quotes a JSON schema of the service's own, the second names a project that the
/// record does not show.
const OTHER_WORDS: &[&str] = &["image create bad", "project create conflict"];

/// What an error says.
fn message(body: &Value) -> Option<&str> {
    let inner = body.as_object().and_then(|body| body.values().next());
    body["message"].as_str().or_else(|| inner.and_then(|inner| inner["message"].as_str()))
}

/// Recorded ids and tokens, and those of the simulator in their places.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn learn(&mut self, recorded: &Value, own: &Value) {
        match (recorded, own) {
            (Value::String(recorded), Value::String(own)) if is_id(recorded) => {
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
        self.0.iter().fold(text.to_owned(), |text, (recorded, own)| text.replace(recorded, own))
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
            for key in theirs.symmetric_difference(&ours) {
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

fn exchanges() -> Vec<Value> {
    let text = include_str!("../recorded/openstack.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn recorded_exchanges_have_the_same_shape_here() {
    let mut client = Client::start().await;
    client.token.clear();
    let mut names = Names::default();
    let mut wrong = Vec::new();
    let mut replayed = 0;
    for exchange in exchanges() {
        let label = exchange["label"].as_str().unwrap();
        if SKIPPED.iter().any(|(skipped, _)| *skipped == label) {
            continue;
        }
        if label == "compute security groups proxy" {
            // Made through Neutron when it was recorded.
            let token = names.translate(exchange["request_headers"]["X-Auth-Token"].as_str().unwrap());
            let body = json!({"security_group": {"name": "web", "description": "new"}});
            let path = "/compute/v2.1/os-security-groups";
            let made = client.send("POST", path, Some(body), &[("x-auth-token", &token)]).await;
            assert_eq!(made.status, 200, "{}", made.body);
        }
        if !AT_ONCE.contains(&label) {
            client.sim.advance(Duration::from_secs(3));
        }
        let reply = replay(&client, &exchange, &names).await;
        replayed += 1;
        let (status, headers, body) = reply;
        let mut found = Vec::new();
        if u64::from(status) != exchange["status"].as_u64().unwrap() {
            found.push(format!("status {status} and not {}: {body}", exchange["status"]));
        } else {
            differences("", &exchange["response_body"], &body, &mut found);
            if status >= 400 && !OTHER_WORDS.contains(&label) {
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
    }
    names.0.remove("");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(replayed > 190, "only {replayed} exchanges were replayed");
}

#[allow(clippy::disallowed_methods)]
async fn replay(
    client: &Client,
    exchange: &Value,
    names: &Names,
) -> (u16, reqwest::header::HeaderMap, Value) {
    let prefix = exchange["service"].as_str().unwrap();
    let path = names.translate(exchange["path"].as_str().unwrap());
    let url = format!("{}/{prefix}{path}", client.sim.base_url());
    let method = reqwest::Method::from_bytes(exchange["method"].as_str().unwrap().as_bytes()).unwrap();
    let http =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
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
    let labels: BTreeSet<String> =
        exchanges().iter().map(|exchange| exchange["label"].as_str().unwrap().to_owned()).collect();
    for (label, why) in SKIPPED {
        assert!(labels.contains(*label), "no exchange is labelled `{label}` ({why})");
    }
}
