//! What was done, as a list of events.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks};
use super::refused::Outcome;
use super::scope::{Caller, Cloud, stamp};
use super::state::Ledger;
use crate::world::fresh_id;

pub(super) static COMMANDS: &[Command] = &[asks(
    "cloudstack.listEvents",
    &[
        "account",
        "domainid",
        "enddate",
        "id",
        "isrecursive",
        "keyword",
        "level",
        "listall",
        "page",
        "pagesize",
        "projectid",
        "resourceid",
        "resourcetype",
        "startdate",
        "state",
        "type",
    ],
    list,
)];

/// Something that was done.
#[derive(Debug, Clone)]
pub(super) struct Event {
    id: String,
    person: String,
    project: String,
    kind: String,
    command: String,
    /// The thing it was done to: its id and name.
    thing: (String, String),
    at: SystemTime,
    state: &'static str,
    failed: bool,
    parent: Option<String>,
}

/// The verb and the noun of a command as events have them: `VM.CREATE`.
fn kind(command: &str) -> String {
    let at = command.find(char::is_uppercase).unwrap_or(command.len());
    let (verb, noun) = command.split_at(at);
    let verb = match verb {
        "deploy" => "create",
        "delete" => "delete",
        "scale" => "upgrade",
        other => other,
    };
    let noun = match noun {
        "VirtualMachine" => "VM",
        other => other,
    };
    format!("{}.{}", noun.to_uppercase(), verb.to_uppercase())
}

/// Keeps what a caller did, or has begun: then the job tells how it goes on.
pub(super) fn keep(ledger: &mut Ledger, caller: &Caller, command: &str, told: &Told, now: SystemTime) {
    let id = fresh_id();
    let job = told.body["jobid"].as_str();
    let job = job.and_then(|job| ledger.jobs.iter_mut().find(|own| own.id == job));
    let state = if job.is_some() { "Scheduled" } else { "Completed" };
    if let Some(job) = job {
        job.told_by(&id);
    }
    ledger.events.push(Event {
        id,
        person: caller.person.clone(),
        project: caller.account.project.clone(),
        kind: kind(command),
        command: command.to_owned(),
        thing: told.about.first().cloned().unwrap_or_default(),
        at: now,
        state,
        failed: false,
        parent: None,
    });
}

/// A job goes on.
pub(super) fn follow(ledger: &mut Ledger, parent: &str, state: &'static str, failed: bool, now: SystemTime) {
    if let Some(first) = ledger.events.iter().find(|event| event.id == parent).cloned() {
        let parent = Some(parent.to_owned());
        ledger.events.push(Event { id: fresh_id(), at: now, state, failed, parent, ..first });
    }
}

fn level(event: &Event) -> &'static str {
    if event.failed { "ERROR" } else { "INFO" }
}

fn view(cloud: &Cloud<'_>, event: &Event) -> Value {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("id", json!(event.id));
    put("username", json!(cloud.ledger.person(&event.person).map(|person| person.name.clone())));
    put("type", json!(event.kind));
    put("level", json!(level(event)));
    put("description", json!(format!("{} {}", event.command, event.thing.1)));
    cloud.owned(&event.project, &mut view);
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("resourceid", json!(event.thing.0));
    put("resourcetype", json!(if event.kind.starts_with("VM.") { "VirtualMachine" } else { "Other" }));
    put("resourcename", json!(event.thing.1));
    put("created", json!(stamp(event.at)));
    put("state", json!(event.state));
    if let Some(parent) = &event.parent {
        put("parentid", json!(parent));
    }
    Value::Object(view)
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let time = |name: &str| cloud.params.get(name).and_then(crate::openstack::time::read);
    let (from, to) = (time("startdate"), time("enddate"));
    let is =
        |name: &str, own: &str| cloud.params.get(name).is_none_or(|wanted| super::page::same(wanted, own));
    let fits = |event: &&Event| {
        reach.covers(&event.project)
            && cloud.wanted(&event.id)
            && is("type", &event.kind)
            && is("level", level(event))
            && is("state", event.state)
            && is("resourceid", &event.thing.0)
            && from.is_none_or(|from| event.at >= from)
            && to.is_none_or(|to| event.at <= to)
            && cloud
                .params
                .get("keyword")
                .is_none_or(|part| event.kind.contains(part) || event.thing.1.contains(part))
    };
    // The newest second first, and in each what came first.
    let mut found: Vec<&Event> = cloud.ledger.events.iter().filter(fits).collect();
    found.sort_by_key(|event| std::cmp::Reverse(stamp(event.at)));
    let rows = found.into_iter().map(|event| view(cloud, event)).collect();
    cloud.listed("event", rows)
}
