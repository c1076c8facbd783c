//! Which servers a list asks for.

use regex::Regex;
use serde_json::{Value, json as v};

use super::order::sort;
use super::refuse::fault;
use super::servers::no_boolean;
use super::view::{power, status, status_at_rest};
use super::{Answer, Call};
use crate::openstack::schema::check;
use crate::openstack::time;
use crate::world::{HOSTS, Server, State, Task, World};

/// Every query parameter that 2.75 and later take; others are refused there and ignored before.
const KNOWN: &[&str] = &[
    "all_tenants",
    "auto_disk_config",
    "availability_zone",
    "changes-before",
    "changes-since",
    "config_drive",
    "created_at",
    "deleted",
    "description",
    "display_description",
    "display_name",
    "flavor",
    "host",
    "hostname",
    "image",
    "image_ref",
    "ip",
    "ip6",
    "kernel_id",
    "key_name",
    "launch_index",
    "launched_at",
    "limit",
    "locked",
    "locked_by",
    "marker",
    "metadata",
    "name",
    "node",
    "not-tags",
    "not-tags-any",
    "power_state",
    "progress",
    "project_id",
    "ramdisk_id",
    "reservation_id",
    "root_device_name",
    "soft_deleted",
    "sort_dir",
    "sort_key",
    "status",
    "system_metadata",
    "tags",
    "tags-any",
    "task_state",
    "tenant_id",
    "terminated_at",
    "user_id",
    "uuid",
    "vm_state",
    "access_ip_v4",
    "access_ip_v6",
    "instance_type_id",
];

type Test = Box<dyn Fn(&Server) -> bool>;

/// The servers that the query means, newest first unless it says otherwise.
pub(super) fn matching<'a>(world: &'a World, call: &Call<'_>) -> Result<Vec<&'a Server>, Answer> {
    let mut tests: Vec<Test> = Vec::new();
    let all = boolean(call, "all_tenants")?.unwrap_or(false);
    if all && !call.admin() {
        return Err(fault(
            403,
            "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.",
        ));
    }
    let deleted = boolean(call, "deleted")?.unwrap_or(false) && call.admin();
    let mut with_deleted = deleted;
    let project = call.project().to_owned();
    if !all {
        tests.push(Box::new(move |server| server.project == project));
    }
    let mut statuses: Vec<String> = Vec::new();
    for (key, value) in &call.request.query {
        if call.version >= 75 && !KNOWN.contains(&key.as_str()) && !key.starts_with('_') {
            return Err(fault(400, &format!("'{key}' does not match any of the regexes: '^_'")));
        }
        if key == "status" {
            statuses.push(value.to_uppercase());
        } else if let Some(test) = one(call, key, value)? {
            with_deleted |= key == "changes-since";
            tests.push(test);
        }
    }
    if statuses.iter().any(|status| status == "DELETED") {
        if !call.admin() {
            return Err(fault(403, "Only administrators may list deleted instances"));
        }
        with_deleted = true;
    }
    if !statuses.is_empty() {
        tests.push(Box::new(move |server| {
            let is = |name: &str| statuses.iter().any(|status| status == name);
            is(status(server)) || is(status_at_rest(server.state))
        }));
    } else if deleted {
        tests.push(Box::new(|server| server.state == State::Deleted));
    }
    let there = |server: &&Server| with_deleted || server.state != State::Deleted;
    let mut rows: Vec<&Server> =
        world.servers.iter().filter(there).filter(|server| tests.iter().all(|test| test(server))).collect();
    rows.reverse();
    sort(call, &mut rows)?;
    Ok(rows)
}

pub(super) fn checked(key: &str, value: &str, schema: &Value) -> Result<(), Answer> {
    check(schema, &Value::String(value.to_owned())).map_err(|problem| fault(400, &problem.of_query(key)))
}

/// A pattern as Nova's database takes it: of either case, and with no alternatives, as it escapes `|`.
fn pattern(key: &str, value: &str) -> Result<Regex, Answer> {
    compiled(key, value, &format!("(?i){}", value.replace('|', "\\|")))
}

fn compiled(key: &str, value: &str, pattern: &str) -> Result<Regex, Answer> {
    checked(key, value, &v!({"format": "regex"}))?;
    Regex::new(pattern).map_err(|_| fault(400, "The pattern cannot be read."))
}

fn moment(key: &str, value: &str) -> Result<std::time::SystemTime, Answer> {
    checked(key, value, &v!({"format": "date-time"}))?;
    time::read(value).ok_or_else(|| fault(400, "The time cannot be read."))
}

/// The test of one parameter; none for those that are ignored.
fn one(call: &Call<'_>, key: &str, value: &str) -> Result<Option<Test>, Answer> {
    let own = value.to_owned();
    let admin = call.admin();
    let tags = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
    Ok(Some(match key {
        "name" => {
            let pattern = pattern(key, value)?;
            Box::new(move |server| pattern.is_match(&server.name))
        }
        "image" => Box::new(move |server| server.image.as_deref() == Some(own.as_str())),
        "flavor" => Box::new(move |server| server.flavor.id == own),
        "ip" => {
            let pattern = compiled(key, value, &format!("^(?:{value})"))?;
            Box::new(move |server| {
                let mut own = server.ports.iter().flat_map(|port| &port.addresses);
                own.any(|address| pattern.is_match(&address.ip.to_string()))
            })
        }
        "ip6" => Box::new(|_| false),
        "reservation_id" => Box::new(move |server| server.reservation == own),
        "changes-since" => {
            let at = moment(key, value)?;
            Box::new(move |server| server.updated >= at)
        }
        "changes-before" if call.version >= 66 => {
            let at = moment(key, value)?;
            Box::new(move |server| server.updated <= at)
        }
        "tags" if call.version >= 26 => {
            let tags = tags();
            Box::new(move |server| tags.iter().all(|tag| server.tags.contains(tag)))
        }
        "tags-any" if call.version >= 26 => {
            let tags = tags();
            Box::new(move |server| tags.iter().any(|tag| server.tags.contains(tag)))
        }
        "not-tags" if call.version >= 26 => {
            let tags = tags();
            Box::new(move |server| !tags.iter().all(|tag| server.tags.contains(tag)))
        }
        "not-tags-any" if call.version >= 26 => {
            let tags = tags();
            Box::new(move |server| !tags.iter().any(|tag| server.tags.contains(tag)))
        }
        "locked" if call.version >= 73 => {
            let locked = boolean(call, key)?.unwrap_or(false);
            Box::new(move |server| server.locked == locked)
        }
        "project_id" | "tenant_id" if admin => Box::new(move |server| server.project == own),
        "host" | "node" if admin => Box::new(move |server| server.hosted && own == HOSTS[server.host]),
        "uuid" if admin => Box::new(move |server| server.id == own),
        "hostname" if admin => Box::new(move |server| server.hostname == own),
        "metadata" if admin => {
            let wanted: Vec<(String, String)> = serde_json::from_str::<Value>(value)
                .map(|value| super::create::texts(&value))
                .map_err(|_| fault(400, "Invalid filter metadata."))?;
            Box::new(move |server| wanted.iter().all(|pair| server.metadata.contains(pair)))
        }
        "description" | "display_description" if admin => {
            let pattern = pattern(key, value)?;
            Box::new(move |server| server.description.as_deref().is_some_and(|text| pattern.is_match(text)))
        }
        _ if !admin && call.version < 83 => return Ok(None),
        "user_id" => Box::new(move |server| server.user == own),
        "availability_zone" => {
            Box::new(move |server| server.zoned && server.zone_asked.as_deref().unwrap_or("nova") == own)
        }
        "key_name" => Box::new(move |server| server.key_name.as_deref() == Some(own.as_str())),
        "vm_state" => Box::new(move |server| server.state.name() == own),
        "task_state" => Box::new(move |server| server.task.map(Task::name).unwrap_or("None") == own),
        "power_state" => Box::new(move |server| power(server.power).to_string() == own),
        "config_drive" => {
            let on = boolean(call, key)?.unwrap_or(false);
            Box::new(move |server| server.config_drive == on)
        }
        _ => return Ok(None),
    }))
}

fn boolean(call: &Call<'_>, key: &str) -> Result<Option<bool>, Answer> {
    let Some(text) = call.query(key) else { return Ok(None) };
    match text.to_lowercase().as_str() {
        "" | "1" | "t" | "true" | "y" | "yes" | "on" => Ok(Some(true)),
        "0" | "f" | "false" | "n" | "no" | "off" => Ok(Some(false)),
        _ => Err(no_boolean(text)),
    }
}
