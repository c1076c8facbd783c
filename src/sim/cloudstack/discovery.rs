//! What the API says of itself.

use serde_json::{Value, json};

use super::TABLES;
use super::call::{Command, Told, asks};
use super::params::base;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::table::{self, Listed};

pub(super) static COMMANDS: &[Command] = &[asks("cloudstack.listApis", &["name"], list)];

/// Parameters that are lists or maps, by name.
const MAPS: [&str; 8] = [
    "tags",
    "details",
    "iptonetworklist",
    "dhcpoptionsnetworklist",
    "nicnetworklist",
    "usersecuritygrouplist",
    "datadisksdetails",
    "userdatadetails",
];

fn kind(name: &str) -> &'static str {
    match base(name) {
        name if MAPS.contains(&name) => "map",
        name if name.ends_with("ids") || name.ends_with("cidrlist") || name == "groupnames" => "list",
        name if name == "id" || name.ends_with("id") => "uuid",
        "page" | "pagesize" | "startport" | "endport" | "icmptype" | "icmpcode" | "cpunumber"
        | "cpuspeed" | "memory" => "integer",
        "size" | "maxsnaps" | "max" | "rootdisksize" => "long",
        name if name.starts_with("is")
            || matches!(name, "listall" | "forced" | "expunge" | "startvm" | "displayvm") =>
        {
            "boolean"
        }
        _ => "string",
    }
}

/// A command with the parameters that are carried here.
fn view(listed: &Listed) -> Value {
    let own = TABLES.iter().copied().flatten().find(|command| command.name() == listed.name);
    let carried = |name: &&&'static str| {
        own.is_some_and(|command| command.takes.iter().any(|word| word.eq_ignore_ascii_case(name)))
    };
    let param = |name: &&'static str, required: bool| {
        json!({
            "name": name,
            "description": format!("the {name} of {}", listed.name),
            "type": kind(name),
            "length": 255,
            "required": required,
        })
    };
    let required = listed.required.iter().map(|name| param(name, true));
    let params: Vec<Value> =
        required.chain(listed.optional.iter().filter(carried).map(|name| param(name, false))).collect();
    json!({
        "name": listed.name,
        "description": format!("{} as CloudStack has it", listed.name),
        "isasync": listed.waits,
        "related": "",
        "params": params,
        "response": [],
    })
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let admin = cloud.caller.admin();
    let open = |listed: &&Listed| {
        let own = TABLES.iter().copied().flatten().find(|command| command.name() == listed.name);
        own.is_some_and(|command| admin || !command.admin)
    };
    let wanted = cloud.params.get("name");
    let rows: Vec<Value> = table::all()
        .iter()
        .filter(open)
        .filter(|listed| wanted.is_none_or(|name| listed.name.eq_ignore_ascii_case(name)))
        .map(view)
        .collect();
    if rows.is_empty() {
        let text = "Api Discovery plugin was unable to find an api by that name or process any apis";
        return Err(Refused::with(530, 9999, text));
    }
    // The page size does not limit it.
    Ok(json!({"count": rows.len(), "api": rows}).into())
}
