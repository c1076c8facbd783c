//! Every exchange of a real Heat, in its order: the same status, the same fields with values of the same types, and in errors
//! the same words.

use std::collections::BTreeMap;
use std::time::Duration;

use rhain_sim::{Sim, SimOptions};
use serde_json::{Value, json};

use super::client::{Told, ec2_keys, elements, send, sign_in, signed_path};

const RECORDED: &str = include_str!("../../../../tests/recorded/heat.jsonl");

/// The cloud, and what its ids are of those in the recording.
struct Replay {
    sim: Sim,
    address: String,
    token: String,
    project: String,
    ids: BTreeMap<String, String>,
    keys: (String, String),
}

impl Replay {
    async fn start() -> Self {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let address = sim.address().to_string();
        let (token, project) = sign_in(&address).await;
        let keys = ec2_keys(&address, &token, &project).await;
        let mut ids = BTreeMap::new();
        ids.insert("6090acc4f331431896b085a301f53e1f".to_owned(), project.clone());
        Self { sim, address, token, project, ids, keys }
    }

    fn ours(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (theirs, own)| text.replace(theirs, own))
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Told {
        let path = format!("/orchestration/v1/{}{}", self.project, self.ours(path));
        let body = if body.is_null() { Vec::new() } else { self.ours(&body.to_string()).into_bytes() };
        let headers = [
            ("X-Auth-Token", self.token.as_str()),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
        ];
        send(&self.address, method, &path, &headers, &body).await
    }

    /// Asks Heat's query protocol, signed in version 2 with a key of Keystone's.
    async fn query(&self, pairs: &[(String, String)]) -> Told {
        let path = signed_path(&self.address, "/v1/", &self.keys, pairs, self.sim.now());
        send(&self.address, "GET", &path, &[], b"").await
    }

    /// Learns the id at the end of an ARN.
    fn learn_arn(&mut self, theirs: &Value, own: &str) {
        let last = |text: &str| {
            let rest = text.split("<StackId>").nth(1)?.split('<').next()?.to_owned();
            rest.rsplit('/').next().map(str::to_owned)
        };
        if let (Some(theirs), Some(own)) = (last(theirs.as_str().unwrap_or_default()), last(own)) {
            self.ids.entry(theirs).or_insert(own);
        }
    }

    /// The same, going where a redirect sends a GET.
    async fn follow(&self, method: &str, path: &str, body: &Value) -> Told {
        let told = self.ask(method, path, body).await;
        match (&told.location, told.status) {
            (Some(location), 302) => {
                let (_, rest) = location.split_once("/orchestration").unwrap();
                let headers = [("X-Auth-Token", self.token.as_str()), ("Accept", "application/json")];
                send(&self.address, method, &format!("/orchestration{rest}"), &headers, b"").await
            }
            _ => told,
        }
    }

    /// Learns which id stands for one of the recording.
    fn learn(&mut self, theirs: &Value, own: &Value) {
        match (theirs, own) {
            (Value::Object(theirs), Value::Object(own)) => {
                for (name, value) in theirs {
                    if let Some(mine) = own.get(name) {
                        self.learn(value, mine);
                    }
                }
            }
            (Value::Array(theirs), Value::Array(own)) => {
                theirs.iter().zip(own).for_each(|(theirs, own)| self.learn(theirs, own));
            }
            (Value::String(theirs), Value::String(own)) => {
                let like_id = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
                if like_id(theirs) && like_id(own) {
                    self.ids.entry(theirs.clone()).or_insert_with(|| own.clone());
                }
            }
            _ => {}
        }
    }
}

/// The names and types in which a value differs from one of the recording.
fn differs(theirs: &Value, own: &Value, at: &str, found: &mut Vec<String>) {
    match (theirs, own) {
        (Value::Object(theirs), Value::Object(own)) => {
            for (name, value) in theirs {
                match own.get(name) {
                    Some(mine) => differs(value, mine, &format!("{at}.{name}"), found),
                    None => found.push(format!("{at}.{name} is missing")),
                }
            }
            let more = own.keys().filter(|name| !theirs.contains_key(*name));
            found.extend(more.map(|name| format!("{at}.{name} is more")));
        }
        (Value::Array(theirs), Value::Array(own)) => {
            if let (Some(theirs), Some(own)) = (theirs.first(), own.first()) {
                differs(theirs, own, &format!("{at}[]"), found);
            }
        }
        (Value::Null, _) | (_, Value::Null) if theirs != own => {
            found.push(format!("{at}: {theirs} here is {own}"));
        }
        (theirs, own) if std::mem::discriminant(theirs) != std::mem::discriminant(own) => {
            found.push(format!("{at}: {theirs} here is {own}"));
        }
        _ => {}
    }
}

/// The words of an error that do not name what is made anew each time.
fn words(told: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&told["error"]["type"]), text(&told["error"]["message"]))
}

fn compare(theirs: &Value, status: u16, told: &Told) -> Vec<String> {
    let mut found = Vec::new();
    if told.status != status {
        found.push(format!("status {} instead of {status}: {}", told.status, told.text));
        return found;
    }
    let own = told.json();
    if theirs.is_object() {
        differs(theirs, &own, "", &mut found);
    }
    if status >= 400 && words(theirs) != words(&own) {
        found.push(format!("words: {:?}\n   instead of {:?}", words(&own), words(theirs)));
    }
    // Time goes otherwise than it did: what was under way then may be done here.
    let early = theirs["stack"]["stack_status"].as_str().is_some_and(|word| word.ends_with("IN_PROGRESS"));
    if early && own["stack"]["stack_status"] != theirs["stack"]["stack_status"] {
        found.retain(|line| !line.contains("output"));
        return found;
    }
    for field in
        ["stack_status", "stack_status_reason", "parameters", "tags", "disable_rollback", "timeout_mins"]
    {
        let (theirs, own) = (&theirs["stack"][field], &own["stack"][field]);
        let same = theirs == own || (field == "parameters" && visible(theirs) == visible(own));
        if !same {
            found.push(format!("{field}: {own} instead of {theirs}"));
        }
    }
    found
}

/// Parameters without those that name ids.
fn visible(value: &Value) -> Value {
    let rows = value.as_object().into_iter().flatten();
    rows.filter(|(name, _)| !name.contains("::")).map(|(name, value)| (name.clone(), value.clone())).collect()
}

async fn replay(cloud: &mut Replay, row: &Value) -> Vec<String> {
    let text = |name: &str| row[name].as_str().unwrap_or_default();
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    let (method, path) = (text("method"), text("path"));
    let theirs = match &row["response"] {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        other => other.clone(),
    };
    if text("label").starts_with("delete during update?") {
        cloud.sim.advance(Duration::from_secs(2));
    }
    // The alien port that holds a deletion up.
    if text("label") == "delete with alien port" {
        alien_port(cloud).await;
    }
    let mut told = Told { status: 0, location: None, text: String::new() };
    for round in 0..800 {
        told = match (method, status) {
            ("GET", 302) | ("DELETE" | "PUT" | "PATCH" | "POST", _) => {
                cloud.ask(method, path, &row["request"]).await
            }
            _ => cloud.follow(method, path, &row["request"]).await,
        };
        let wanted = &theirs["stack"]["stack_status"];
        let waits = method == "GET"
            && (told.status != status
                || (wanted.as_str().is_some_and(|word| !word.ends_with("IN_PROGRESS"))
                    && told.json()["stack"]["stack_status"] != *wanted));
        if !waits || round == 799 {
            break;
        }
        cloud.sim.advance(Duration::from_millis(if round < 300 { 100 } else { 1000 }));
    }
    cloud.learn(&theirs, &told.json());
    compare(&theirs, status, &told)
}

async fn alien_port(cloud: &Replay) {
    let stacks = cloud.follow("GET", "/stacks/case-df", &Value::Null).await.json();
    let network = stacks["stack"]["outputs"][0]["output_value"].clone();
    let body = json!({"port": {"network_id": network, "name": "alien"}}).to_string();
    let headers = [("X-Auth-Token", cloud.token.as_str()), ("Content-Type", "application/json")];
    let told = send(&cloud.address, "POST", "/network/v2.0/ports", &headers, body.as_bytes()).await;
    assert_eq!(told.status, 201, "{}", told.text);
}

async fn drop_alien(cloud: &Replay) {
    let headers = [("X-Auth-Token", cloud.token.as_str()), ("Content-Type", "application/json")];
    let ports = send(&cloud.address, "GET", "/network/v2.0/ports?name=alien", &headers, b"").await.json();
    let id = ports["ports"][0]["id"].as_str().unwrap_or_default().to_owned();
    send(&cloud.address, "DELETE", &format!("/network/v2.0/ports/{id}"), &headers, b"").await;
}

/// An exchange of Heat's query protocol: the same status, the same elements in their order, in errors the same first line.
async fn replay_query(cloud: &mut Replay, row: &Value) -> Vec<String> {
    let mut pairs = vec![("Action".to_owned(), row["action"].as_str().unwrap().to_owned())];
    pairs.push(("Version".to_owned(), "2010-05-15".to_owned()));
    for (name, value) in row["params"].as_object().unwrap() {
        pairs.push((name.clone(), cloud.ours(value.as_str().unwrap())));
    }
    if row["label"].as_str().is_some_and(|label| label.starts_with("describe deleted")) {
        cloud.sim.advance(Duration::from_secs(5));
    }
    let told = cloud.query(&pairs).await;
    let mut found = Vec::new();
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    if told.status != status {
        return vec![format!("status {} instead of {status}: {}", told.status, told.text)];
    }
    let theirs = row["response"].as_str().unwrap();
    let first = |text: &str| {
        text.split("<Message>").nth(1).map(|rest| rest.split(['\n', '<']).next().unwrap().to_owned())
    };
    if first(theirs) != first(&told.text) {
        found.push(format!("words: {:?}\n   instead of {:?}", first(&told.text), first(theirs)));
    }
    let (theirs, own) = (elements(theirs), elements(&told.text));
    if theirs != own {
        found.push(format!("elements: {own:?}\n   instead of {theirs:?}"));
    }
    found.extend(
        (status == 500 && !told.text.contains("unexpected internal server error")).then(|| told.text.clone()),
    );
    cloud.learn_arn(&row["response"], &told.text);
    found
}

#[tokio::test]
async fn every_exchange_of_a_real_heat_is_answered_as_it_was() {
    let mut cloud = Replay::start().await;
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (number, line) in RECORDED.lines().enumerate() {
        let row: Value = serde_json::from_str(line).unwrap();
        let label = row["label"].as_str().unwrap_or_default();
        if row["method"].is_null() {
            count += 1;
            let found = replay_query(&mut cloud, &row).await;
            if !found.is_empty() {
                wrong.push(format!("{number} {label} {}: {}", row["action"], found.join("\n    ")));
            }
            continue;
        }
        if label == "delete again" {
            drop_alien(&cloud).await;
        }
        count += 1;
        let found = replay(&mut cloud, &row).await;
        if !found.is_empty() {
            wrong.push(format!(
                "{number} {label} {} {}: {}",
                row["method"],
                row["path"],
                found.join("\n    ")
            ));
        }
    }
    assert_eq!(count, 328);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
