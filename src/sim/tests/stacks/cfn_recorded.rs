//! Every exchange of an imitation of CloudFormation, in its order: the same status, at least the same elements, and in errors
//! the same code and words; but where the imitation is known not to do as AWS does.

use std::collections::BTreeMap;
use std::time::Duration;

use rhain_sim::{Sim, SimOptions};
use serde_json::Value;

use super::client::{Told, elements, send, signed_path};

const RECORDED: &str = include_str!("../../../../tests/recorded/cfn_moto.jsonl");

/// What is answered as AWS does, and not as the imitation did.
const OTHERWISE: &[(&str, &str)] = &[
    ("ValidateTemplate", "the imitation runs a linter that refuses parameters without use"),
    ("ValidateTemplate bad -> ValidationError", "the imitation takes the linter's words for a stack's name"),
    ("CreateStack same ClientRequestToken", "AWS repeats its first answer"),
    ("CreateStack bad template -> ValidationError", "AWS refuses a template without resources"),
    ("CreateStack no template -> ValidationError", "the imitation breaks down"),
    ("CreateStack missing parameter -> ValidationError", "AWS names all missing parameters, in other words"),
    ("CreateStack bad name -> ValidationError?", "AWS refuses the name"),
    ("UpdateStack no change -> ValidationError No updates are to be performed", "AWS refuses to do nothing"),
    ("UpdateTerminationProtection", "the imitation breaks down"),
    ("UpdateTerminationProtection off", "the imitation breaks down"),
    ("DeleteStack protected -> ValidationError", "AWS does not delete what is protected"),
    (
        "auth on: CreateStack not allowed -> AccessDenied",
        "nobody's rights are limited in the simulated cloud",
    ),
    ("DescribeStacks deleted by id", "a stack that is gone has no outputs"),
];

/// All exchanges that are recorded of both services: one in twenty may be otherwise.
const ALL: usize = 328 + 53;

struct Replay {
    sim: Sim,
    address: String,
    keys: (String, String),
    ids: BTreeMap<String, String>,
}

impl Replay {
    async fn ask(&self, row: &Value) -> Told {
        let body = row["request_body"].as_str().unwrap();
        let pairs: Vec<(String, String)> = body
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), self.ours(&decoded(value))))
            .collect();
        let op = row["op"].as_str().unwrap();
        let mut keys = self.keys.clone();
        if op.contains("wrong secret") {
            keys.1 = "another".to_owned();
        }
        if op.contains("unknown key") {
            keys.0 = "AKIANOBODY0000000000".to_owned();
        }
        let path = signed_path(&self.address, "/", &keys, &pairs, self.sim.now());
        send(&self.address, "GET", &path, &[], b"").await
    }

    fn ours(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (theirs, own)| text.replace(theirs, own))
    }
}

fn decoded(text: &str) -> String {
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                out.push(u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
                rest = &rest[2..];
            }
            other => out.push(*other),
        }
    }
    String::from_utf8(out).unwrap()
}

fn element(text: &str, name: &str) -> String {
    let rest = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    rest.split('<').next().unwrap_or_default().replace(['[', ']'], "")
}

fn compare(row: &Value, told: &Told) -> Vec<String> {
    let mut found = Vec::new();
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    if told.status != status {
        return vec![format!("status {} instead of {status}: {}", told.status, told.text)];
    }
    let theirs = row["response_body"].as_str().unwrap();
    let own = elements(&told.text);
    // Errors of the signature come without their usual frame there.
    let wanted = elements(theirs).into_iter().filter(|name| status != 403 || name != "Errors");
    let missing: Vec<String> = wanted.filter(|name| !own.contains(name)).collect();
    if !missing.is_empty() {
        found.push(format!("{missing:?} are missing: {}", told.text));
    }
    for name in ["Code", "Message", "StackStatus"] {
        let (wanted, got) = (element(theirs, name), element(&told.text, name));
        if status >= 400 && wanted != got {
            found.push(format!("{name}: {got:?} instead of {wanted:?}"));
        }
    }
    found
}

#[tokio::test]
async fn every_exchange_of_cloudformation_is_answered_as_aws_does() {
    let sim = Sim::start(SimOptions::default()).await.unwrap();
    let (address, access) = (sim.address().to_string(), sim.aws_access());
    let mut cloud = Replay { sim, address, keys: (access.key, access.secret), ids: BTreeMap::new() };
    let (mut wrong, mut other, mut count) = (Vec::new(), 0, 0);
    for line in RECORDED.lines().skip(1) {
        let row: Value = serde_json::from_str(line).unwrap();
        let op = row["op"].as_str().unwrap().to_owned();
        count += 1;
        let told = cloud.ask(&row).await;
        cloud.sim.advance(Duration::from_secs(60));
        let (theirs, own) =
            (element(row["response_body"].as_str().unwrap(), "StackId"), element(&told.text, "StackId"));
        if !theirs.is_empty() && !own.is_empty() {
            cloud.ids.entry(theirs).or_insert(own);
        }
        let found = compare(&row, &told);
        if OTHERWISE.iter().any(|(listed, _)| *listed == op) {
            assert!(!found.is_empty(), "{op} is listed, and is the same");
            other += 1;
        } else if !found.is_empty() {
            wrong.push(format!("{op}: {}", found.join("\n    ")));
        }
    }
    assert_eq!(count, 53);
    assert!(other * 20 <= ALL, "{other} of {ALL} are otherwise");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
