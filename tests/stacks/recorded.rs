//! What was recorded: answers into stacks, events, resources and changes, refusals into a code and words.

use rhain::cloud::{Kind, Stack, Time};
use rhain::provider::aws::cloudformation::{change_set, event as cfn_event, is_of_heat, stack as cfn};
use rhain::provider::aws::{decode, fault as aws_fault};
use rhain::provider::openstack::fault;
use rhain::provider::openstack::heat::{event, resource, stack};
use rhain::wire::xml;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn cloud() -> Arc<str> {
    Arc::from("lab")
}

fn read() -> Time {
    Time::parse("2026-11-30T01:00:00Z").unwrap()
}

fn heat(body: &Json, partial: bool) -> Option<Stack> {
    stack::decode(body, &cloud(), read(), partial)
}

fn text<'a>(line: &'a Json, key: &str) -> &'a str {
    line[key].as_str().unwrap_or_default()
}

/// What an answer of Heat's own API is read as; nothing where nothing is read of it.
fn read_as(line: &Json) -> Option<&'static str> {
    let (method, body) = (text(line, "method"), &line["response"]);
    let path = text(line, "path").split('?').next().unwrap_or_default();
    let told = |what: &'static str, is: bool| {
        assert!(is, "{}: {method} {path} is no {what}", line["label"]);
        Some(what)
    };
    if line["status"].as_u64() >= Some(300) || body.is_null() {
        return None;
    }
    match (method, path) {
        ("GET", "/stacks") => {
            told("list", body["stacks"].as_array().unwrap().iter().all(|one| heat(one, true).is_some()))
        }
        ("POST", "/stacks") => told("create", stack::created(body).is_some()),
        (_, path) if path.ends_with("/preview") && path != "/stacks/preview" => {
            told("preview", resource::changes(body).is_some())
        }
        ("GET", path) if path.ends_with("/events") => told("events", event::decode(body).is_some()),
        ("GET", path) if path.ends_with("/resources") => told("resources", resource::decode(body).is_some()),
        ("GET", _) if body.get("stack").is_some() => told("stack", heat(&body["stack"], false).is_some()),
        _ => None,
    }
}

#[test]
fn every_exchange_with_heat_is_read() {
    let (mut counts, mut refusals) = (BTreeMap::new(), 0);
    for line in lines(include_str!("../recorded/stacks_heat.jsonl"))
        .iter()
        .filter(|line| !text(line, "method").is_empty())
    {
        if line["status"].as_u64() >= Some(400) {
            let refusal = fault::read(line["response"].to_string().as_bytes());
            assert!(refusal.code.is_some(), "{}: {refusal:?}", line["label"]);
            refusals += 1;
        } else if let Some(what) = read_as(line) {
            *counts.entry(what).or_insert(0) += 1;
        }
    }
    assert!(refusals > 40, "{refusals}");
    for (what, least) in
        [("list", 2), ("create", 19), ("events", 5), ("resources", 2), ("stack", 50), ("preview", 4)]
    {
        assert!(counts.get(what).is_some_and(|count| *count >= least), "{what}: {counts:?}");
    }
}

#[test]
fn a_stack_of_heat_is_told_whole() {
    let all = lines(include_str!("../recorded/stacks_heat.jsonl"));
    let shown = all.iter().find(|line| text(line, "label") == "show after create").unwrap();
    let told = heat(&shown["response"]["stack"], false).unwrap();
    assert_eq!((told.status.as_str(), told.rollback, told.partial), ("CREATE_COMPLETE", Some(false), false));
    assert_eq!(told.parameters.get("h").map(String::as_str), Some("******"));
    assert!(told.parameters.keys().all(|name| !name.contains("::")), "{:?}", told.parameters);
    assert!(told.outputs.contains_key("all"), "{:?}", told.outputs);
}

#[test]
fn every_exchange_with_cloudformation_is_read() {
    let of_heat = lines(include_str!("../recorded/stacks_heat.jsonl"));
    let of_heat = of_heat.iter().filter(|line| !text(line, "action").is_empty());
    let of_heat = of_heat.map(|line| (text(line, "action").to_string(), &line["status"], &line["response"]));
    let imitation = lines(include_str!("../recorded/stacks_cfn.jsonl"));
    let imitation =
        imitation.iter().map(|line| (text(line, "op").to_string(), &line["status"], &line["body"]));
    let (mut read_of, mut refusals) = (BTreeMap::new(), BTreeMap::new());
    for (action, status, body) in of_heat.chain(imitation) {
        let (status, body) = (status.as_u64().unwrap() as u16, body.as_str().unwrap_or_default());
        if status >= 400 {
            let refusal = aws_fault::read(body.as_bytes());
            assert!(
                !refusal.words.is_empty() && !refusal.words.contains("Traceback"),
                "{action}: {refusal:?}"
            );
            let kind = aws_fault::kind(status, refusal.code.as_deref(), &refusal.words);
            refusals.insert(refusal.code.unwrap_or_else(|| status.to_string()), kind);
            continue;
        }
        let root = xml::parse(body.as_bytes()).unwrap_or_else(|why| panic!("{action}: {why}"));
        let told = decode::answer(&root);
        let members = |key: &str| decode::list(&told, key).to_vec();
        for one in members("Stacks") {
            let stack = cfn::decode(&one, &cloud(), read()).unwrap_or_else(|| panic!("{action}: {one}"));
            assert!(is_of_heat(&stack.id) || stack.id.starts_with("arn:aws:"), "{}", stack.id);
            *read_of.entry("stacks").or_insert(0) += 1;
        }
        for one in members("StackEvents") {
            assert!(cfn_event::decode(&one).is_some(), "{action}: {one}");
            *read_of.entry("events").or_insert(0) += 1;
        }
        for one in members("StackResourceSummaries") {
            assert!(cfn::resource(&one, "app").is_some(), "{action}: {one}");
            *read_of.entry("resources").or_insert(0) += 1;
        }
        *read_of.entry("changes").or_insert(0) += change_set::changes(&told).len();
    }
    for what in ["stacks", "events", "resources", "changes"] {
        assert!(read_of.get(what).is_some_and(|count| *count > 0), "{what}: {read_of:?}");
    }
    assert_eq!(refusals.get("AlreadyExists"), Some(&Kind::Conflict));
    assert_eq!(refusals.get("InvalidAction"), Some(&Kind::Unsupported), "{refusals:?}");
}
