//! Machines: the calls that show and change them, and a description into the noun.

use super::call::Call;
use super::decode::{int, list, meta_and_tags, text, time, truth};
use super::memory::{End, Job};
use crate::cloud::server::{Address, Named};
use crate::cloud::{Filter, NameMatch, Server, Time};
use serde_json::Value as Json;
use std::sync::Arc;

/// The detail that marks what a boot of ours made.
pub const MARKER: &str = "rhainmarker";

/// Every status that a machine's state can be.
pub const STATUSES: &[&str] =
    &["BUILD", "ACTIVE", "SHUTOFF", "REBUILD", "MIGRATING", "ERROR", "DELETED", "UNKNOWN"];

/// Ask for one machine, whoever's it is.
pub fn show(id: &str) -> Call {
    Call::read("server.show", "listVirtualMachines").with("id", id).with("listall", true)
}

/// Ask for the machines that a filter may let through; what CloudStack cannot narrow is judged by the caller.
pub fn page(filter: &Filter) -> Call {
    let mut call = Call::read("server.list", "listVirtualMachines");
    if let Some(NameMatch::Exact(name)) = &filter.name {
        call = call.with("name", name);
    }
    call = call.with("templateid", filter.image.as_ref()).with("serviceofferingid", filter.flavor.as_ref());
    // One tag at the most: several are joined by "or" on some releases.
    let tag = filter.meta.iter().next().map(|(key, value)| (key.as_str(), value.as_str()));
    if let Some((key, value)) = tag {
        call = call.entries("tags", [(key, Some(value))]);
    }
    match filter.all_projects {
        true => call.with("listall", true).with("projectid", "-1"),
        false => call,
    }
}

/// Ask for a change of power: `startVirtualMachine`, `stopVirtualMachine`, `rebootVirtualMachine`.
pub fn power(operation: &'static str, command: &str, id: &str) -> Call {
    // Stopping what is stopped is no error; but one that comes late stops what was started meanwhile.
    Call::once(operation, command).with("id", id)
}

/// The state's name: `Running`.
pub fn state(body: &Json) -> String {
    text(body, "state").unwrap_or_default()
}

/// A machine from its description, with the run's last job about it; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time, job: Option<&Job>) -> Option<Server> {
    let id = text(body, "id")?;
    let (meta, tags) = meta_and_tags(body);
    let provider_status = state(body);
    let (status, task) = status(body, &provider_status, job);
    let failed = job.and_then(|job| job.end.as_ref()).and_then(|end| match end {
        End::Failed { words, .. } => Some(words.clone()),
        End::Done => None,
    });
    let named = |id: &str, name: &str| Named { id: text(body, id), name: text(body, name) };
    let image = match text(body, "templateid") {
        Some(_) => named("templateid", "templatename"),
        None => named("isoid", "isoname"),
    };
    Some(Server {
        name: text(body, "name").or_else(|| text(body, "displayname")).unwrap_or_default(),
        status: status.to_string(),
        provider_status,
        task: task.map(str::to_string),
        progress: None,
        fault: failed.filter(|_| status == "ERROR"),
        flavor: named("serviceofferingid", "serviceofferingname"),
        image,
        meta,
        tags,
        addresses: addresses(body),
        access: (None, None),
        // A machine that nobody describes is shown by its name.
        description: text(body, "displayname").filter(|shown| text(body, "name").as_ref() != Some(shown)),
        // Administrators alone are told.
        host: text(body, "hostname").or_else(|| text(body, "hostid")),
        project: text(body, "projectid"),
        locked: None,
        key: key(body),
        security_groups: groups(body),
        volumes: Vec::new(),
        zone: text(body, "zonename").or_else(|| text(body, "zoneid")),
        created: time(body, "created"),
        updated: time(body, "lastupdated"),
        admin_pass: None,
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
        id,
    })
}

/// The first of its keys.
fn key(body: &Json) -> Option<String> {
    let named = text(body, "keypairs").or_else(|| text(body, "keypair"))?;
    named.split(',').next().map(|name| name.trim().to_string()).filter(|name| !name.is_empty())
}

fn groups(body: &Json) -> Vec<String> {
    list(body, "securitygroup")
        .iter()
        .filter_map(|group| text(group, "name").or_else(|| text(group, "id")))
        .collect()
}

/// Whether a job about it is under way.
pub fn has_job(body: &Json) -> bool {
    text(body, "jobid").is_some() && int(body, "jobstatus").unwrap_or(0) == 0
}

/// Whether it has never run: its first start is still to come, or under way.
fn is_new(body: &Json, job: Option<&Job>) -> bool {
    let detail = body.get("details").and_then(|details| truth(details, "deployvm"));
    let own = || job.is_some_and(|job| job.command == "deployVirtualMachine" && job.end.is_none());
    detail == Some(true) || own() || text(body, "lastupdated").is_none()
}

/// A state as status and task. While a deploy is under way the state is Stopped first: its job tells it from a machine at rest.
fn status(body: &Json, state: &str, job: Option<&Job>) -> (&'static str, Option<&'static str>) {
    let open = job.filter(|job| job.end.is_none()).map(|job| job.command.as_str());
    // What is under way is shown, and what this run has begun and not heard the end of.
    let busy = has_job(body) || open.is_some();
    match state {
        "Starting" if is_new(body, job) => ("BUILD", None),
        "Starting" => ("SHUTOFF", Some("powering-on")),
        // It is up before its deploy is done, which tells its password, and may fail yet.
        "Running" if open == Some("deployVirtualMachine") => ("BUILD", None),
        "Running" => ("ACTIVE", open.filter(|_| busy).and_then(task)),
        "Stopping" if open == Some("destroyVirtualMachine") => ("ACTIVE", Some("deleting")),
        "Stopping" if open == Some("restoreVirtualMachine") => ("REBUILD", Some("rebuilding")),
        "Stopping" => ("ACTIVE", Some("powering-off")),
        "Stopped" | "Shutdown" | "Shutdowned" => match open {
            Some("deployVirtualMachine") => ("BUILD", None),
            Some(command) => ("SHUTOFF", task(command)),
            None if has_job(body) && is_new(body, job) => ("BUILD", None),
            None => ("SHUTOFF", None),
        },
        "Destroyed" | "Expunging" | "Expunged" => ("DELETED", None),
        "Migrating" => ("MIGRATING", Some("migrating")),
        "Restoring" => ("REBUILD", Some("restoring")),
        "Error" => ("ERROR", None),
        _ => ("UNKNOWN", None),
    }
}

/// The task that a command of ours is.
fn task(command: &str) -> Option<&'static str> {
    Some(match command {
        "startVirtualMachine" => "powering-on",
        "stopVirtualMachine" => "powering-off",
        "rebootVirtualMachine" => "rebooting",
        "destroyVirtualMachine" | "expungeVirtualMachine" => "deleting",
        "restoreVirtualMachine" => "rebuilding",
        "scaleVirtualMachine" => "resize_prep",
        "createVMSnapshot" => "image_snapshot",
        "resetPasswordForVirtualMachine" => "updating_password",
        _ => return None,
    })
}

/// Addresses by network, in the order of the interfaces; a public address stands at the default one.
fn addresses(body: &Json) -> Vec<(String, Vec<Address>)> {
    let mut out: Vec<(String, Vec<Address>)> = Vec::new();
    let mut add = |network: &str, version: u8, addr: Option<String>, floating: bool| {
        let Some(addr) = addr else { return };
        let kind = Some(if floating { "floating" } else { "fixed" }.to_string());
        let place = match out.iter().position(|(name, _)| name == network) {
            Some(place) => place,
            None => {
                out.push((network.to_string(), Vec::new()));
                out.len() - 1
            }
        };
        if !out[place].1.iter().any(|address| address.addr == addr) {
            out[place].1.push(Address { version, addr, kind });
        }
    };
    let nics = list(body, "nic");
    let default = nics.iter().position(|nic| truth(nic, "isdefault") == Some(true)).unwrap_or(0);
    for (index, nic) in nics.iter().enumerate() {
        let network =
            text(nic, "networkname").or_else(|| text(nic, "networkid")).unwrap_or_else(|| "guest".into());
        add(&network, 4, text(nic, "ipaddress"), false);
        for secondary in list(nic, "secondaryip") {
            add(&network, 4, text(secondary, "ipaddress"), false);
        }
        add(&network, 6, text(nic, "ip6address"), false);
        if index == default {
            add(&network, 4, text(body, "publicip"), true);
        }
    }
    if nics.is_empty() {
        add("guest", 4, text(body, "ipaddress"), false);
        add("guest", 4, text(body, "publicip"), true);
    }
    out.retain(|(_, list)| !list.is_empty());
    out
}

/// A server of which only the id is known.
pub fn unreadable(id: &str, name: &str, cloud: &Arc<str>, read: Time) -> Server {
    Server {
        id: id.to_string(),
        name: name.to_string(),
        status: "BUILD".to_string(),
        provider_status: String::new(),
        task: None,
        progress: None,
        fault: None,
        flavor: Default::default(),
        image: Default::default(),
        meta: Default::default(),
        tags: Vec::new(),
        addresses: Vec::new(),
        access: (None, None),
        description: None,
        host: None,
        project: None,
        locked: None,
        key: None,
        security_groups: Vec::new(),
        volumes: Vec::new(),
        zone: None,
        created: None,
        updated: None,
        admin_pass: None,
        cloud: cloud.clone(),
        read,
        raw: Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(command: &str, end: Option<End>) -> Job {
        Job { id: "j".into(), command: command.into(), end, before: None }
    }

    fn shown(body: &Json, job: Option<&Job>) -> (String, Option<String>) {
        let server =
            decode(body, &Arc::from("lab"), Time(jiff::Timestamp::UNIX_EPOCH), job).expect("a server");
        (server.status, server.task)
    }

    fn is(body: Json, job: Option<&Job>, status: &str, task: Option<&str>) {
        assert_eq!(shown(&body, job), (status.to_string(), task.map(str::to_string)), "{body}");
    }

    #[test]
    fn states_are_statuses_and_a_deploy_is_never_stopped() {
        let new = |state: &str| json!({"id": "a", "state": state, "details": {"deployvm": "true"}, "jobid": "j", "jobstatus": 0});
        is(new("Stopped"), None, "BUILD", None);
        is(new("Starting"), None, "BUILD", None);
        // One that was deployed without a start rests.
        is(json!({"id": "a", "state": "Stopped", "details": {"deployvm": "true"}}), None, "SHUTOFF", None);
        let old = |state: &str| json!({"id": "a", "state": state, "lastupdated": "2026-11-21T07:31:29+0000"});
        is(old("Starting"), None, "SHUTOFF", Some("powering-on"));
        is(old("Running"), None, "ACTIVE", None);
        is(old("Stopping"), None, "ACTIVE", Some("powering-off"));
        is(old("Stopped"), None, "SHUTOFF", None);
        is(old("Migrating"), None, "MIGRATING", Some("migrating"));
        is(old("Destroyed"), None, "DELETED", None);
        is(old("Expunging"), None, "DELETED", None);
        is(old("Error"), None, "ERROR", None);
        is(old("Imaginary"), None, "UNKNOWN", None);
        // What this run has begun is under way until its end is known.
        is(old("Stopped"), Some(&job("startVirtualMachine", None)), "SHUTOFF", Some("powering-on"));
        is(old("Running"), Some(&job("rebootVirtualMachine", None)), "ACTIVE", Some("rebooting"));
        is(old("Running"), Some(&job("deployVirtualMachine", None)), "BUILD", None);
        is(old("Running"), Some(&job("deployVirtualMachine", Some(End::Done))), "ACTIVE", None);
        is(old("Running"), Some(&job("rebootVirtualMachine", Some(End::Done))), "ACTIVE", None);
        is(old("Stopped"), Some(&job("destroyVirtualMachine", None)), "SHUTOFF", Some("deleting"));
    }

    #[test]
    fn a_description_with_holes_is_read() {
        let body =
            json!({"id": "a", "nic": [{"networkid": "n"}], "securitygroup": [{"id": "g"}], "jobid": 7});
        let server =
            decode(&body, &Arc::from("lab"), Time(jiff::Timestamp::UNIX_EPOCH), None).expect("a server");
        assert_eq!((server.ip(), server.image.id.as_deref(), server.key.as_deref()), (None, None, None));
        assert_eq!(
            (server.status.as_str(), server.security_groups, server.addresses.len()),
            ("UNKNOWN", vec!["g".to_string()], 0)
        );
        let words = End::Failed { code: 533, words: "No destination found".into() };
        let failed = decode(
            &json!({"id": "a", "state": "Error"}),
            &Arc::from("lab"),
            Time(jiff::Timestamp::UNIX_EPOCH),
            Some(&job("deployVirtualMachine", Some(words))),
        )
        .expect("a server");
        assert_eq!(failed.fault.as_deref(), Some("No destination found"));
        assert!(
            decode(&json!({"state": "Running"}), &Arc::from("lab"), Time(jiff::Timestamp::UNIX_EPOCH), None)
                .is_none()
        );
    }
}
