//! How each field that a run changed gets its former value, where it is still as the run left it.

use super::undo::{Line, Net, Steps, line, quoted, written};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The fields of a resource that are taken back, a value at a time.
const FIELDS: &[&str] =
    &["name", "description", "flavor", "locked", "security_groups", "server", "port", "visibility", "status"];

/// The fields that the run changed, and that are still as it left them.
pub(super) fn fields(net: &Net, current: &Map<String, Json>, steps: &mut Steps) {
    for field in FIELDS {
        let (Some(before), Some(left)) = (net.before.get(*field), net.left.get(*field)) else { continue };
        let at = current.get(*field).unwrap_or(&Json::Null);
        if same(before, left) || same(at, before) {
            continue;
        }
        match (same(at, left), take_back(net, field, before, left)) {
            (true, Some(line)) => steps.lines.push(line),
            (true, None) => {}
            (false, _) => steps.kept.push(differs(net, field, at, left)),
        }
    }
    for field in ["meta", "tags", "rules"] {
        entries(net, field, current, steps);
    }
}

/// Whether two values are the same; of what has an id, that tells.
fn same(a: &Json, b: &Json) -> bool {
    match (a.get("id").filter(|id| !id.is_null()), b.get("id").filter(|id| !id.is_null())) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn differs(net: &Net, field: &str, now: &Json, left: &Json) -> String {
    let noun = net.thing.noun.replace('_', " ");
    format!(
        "{field} of the {noun} {} is {}, and the run left {}",
        net.thing.name,
        written(now),
        written(left)
    )
}

/// How one field gets its former value.
fn take_back(net: &Net, field: &str, before: &Json, left: &Json) -> Option<Line> {
    let words = |what: &str| format!(": {field} {} → {}", word(left), what);
    let id = |json: &Json| json.get("id").or(Some(json)).and_then(Json::as_str).map(quoted);
    Some(match (net.thing.noun.as_str(), field) {
        (_, "name") => line(net, "~", &words(&word(before)), &format!("rename(x, {})", written(before))),
        (_, "description" | "visibility") => {
            line(net, "~", &words(&word(before)), &format!("update(x, #{{ {field}: {} }})", written(before)))
        }
        ("server", "flavor") => line(
            net,
            "~",
            &words(&word(before)),
            &format!("resize(x, {}); confirm_resize(x); wait_ready(x)", id(before)?),
        ),
        ("server", "locked") => line(
            net,
            "~",
            &words(&word(before)),
            if *before == Json::Bool(true) { "lock(x)" } else { "unlock(x)" },
        ),
        ("server", "status") => {
            line(net, "~", &words(&word(before)), power(before.as_str()?, left.as_str()?)?)
        }
        ("server", "security_groups") => line(net, "~", &words(&word(before)), &groups(before, left)),
        ("volume", "server") => match (before.as_str(), left.as_str()) {
            (None, Some(server)) => line(
                net,
                "~",
                &words("none"),
                &format!("detach({}, x); wait_status(x, \"available\")", quoted(server)),
            ),
            (Some(server), _) => line(
                net,
                "~",
                &words(server),
                &format!("attach({}, x); wait_status(x, \"in-use\")", quoted(server)),
            ),
            _ => return None,
        },
        ("public_ip", "server") => match before.as_str() {
            Some(server) => line(net, "~", &words(server), &format!("associate_ip({}, x)", quoted(server))),
            None => line(net, "~", &words("free"), "disassociate_ip(x)"),
        },
        _ => return None,
    })
}

/// The calls that give a server its former security groups.
fn groups(before: &Json, left: &Json) -> String {
    let names = |json: &Json| -> Vec<String> {
        let all = json.as_array().into_iter().flatten();
        all.filter_map(|one| one.as_str().map(str::to_string)).collect()
    };
    let (old, new) = (names(before), names(left));
    let call = |verb: &str, name: &String| format!("{verb}(x, {});", quoted(name));
    let added = new.iter().filter(|name| !old.contains(name)).map(|name| call("remove_security_group", name));
    let removed = old.iter().filter(|name| !new.contains(name)).map(|name| call("add_security_group", name));
    added.chain(removed).collect()
}

fn word(json: &Json) -> String {
    let named = json.get("name").filter(|name| !name.is_null()).or(json.get("id")).unwrap_or(json);
    match named {
        Json::String(text) => text.clone(),
        Json::Null => "none".to_string(),
        other => written(other),
    }
}

/// What brings a server back to its former state of power.
fn power(before: &str, left: &str) -> Option<&'static str> {
    Some(match (before, left) {
        ("ACTIVE", "SHUTOFF") => "start(x).wait_active()",
        ("ACTIVE", "PAUSED") => "unpause(x).wait_active()",
        ("ACTIVE", "SUSPENDED") => "resume(x).wait_active()",
        ("ACTIVE", "SHELVED" | "SHELVED_OFFLOADED") => "unshelve(x).wait_active()",
        ("ACTIVE", "RESCUE") => "unrescue(x).wait_active()",
        ("SHUTOFF", "ACTIVE") => "stop(x).wait_status(\"SHUTOFF\")",
        ("PAUSED", "ACTIVE") => "pause(x).wait_status(\"PAUSED\")",
        ("SUSPENDED", "ACTIVE") => "suspend(x).wait_status(\"SUSPENDED\")",
        _ => return None,
    })
}

/// The entries of a map or a list that the run changed.
fn entries(net: &Net, field: &str, current: &Map<String, Json>, steps: &mut Steps) {
    let all = |of: &Map<String, Json>| -> BTreeMap<String, Json> {
        match of.get(field) {
            Some(Json::Object(map)) => map.clone().into_iter().collect(),
            Some(Json::Array(items)) => items.iter().map(|item| (key_of(item), item.clone())).collect(),
            _ => BTreeMap::new(),
        }
    };
    if !net.before.contains_key(field) || !net.left.contains_key(field) {
        return;
    }
    let (before, left, now) = (all(&net.before), all(&net.left), all(current));
    let mut keys: Vec<&String> = before.keys().chain(left.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (old, new, at) = (before.get(key), left.get(key), now.get(key));
        if old == new || old == at {
            continue;
        }
        if at != new {
            let (now, left) = (at.unwrap_or(&Json::Null), new.unwrap_or(&Json::Null));
            steps.kept.push(differs(net, &format!("{field} `{key}`"), now, left));
            continue;
        }
        let call = match (field, old, new) {
            ("meta", Some(old), _) => format!("set_meta(x, {}, {})", quoted(key), written(old)),
            ("meta", None, _) => format!("delete_meta(x, {})", quoted(key)),
            ("tags", Some(_), _) => format!("add_tags(x, {})", quoted(key)),
            ("tags", None, _) => format!("remove_tags(x, {})", quoted(key)),
            (_, None, Some(rule)) => format!(
                "for rule in x.rules {{ if rule.id == {} {{ revoke(x, rule); }} }}",
                written(rule.get("id").unwrap_or(&Json::Null))
            ),
            (_, Some(rule), _) => format!("authorize(x, {})", rule_of(rule)),
            _ => continue,
        };
        let change = format!(": {field} {key} → {}", old.map_or("none".to_string(), word));
        steps.lines.push(line(net, "~", &change, &call));
    }
}

/// By what an entry of a list is known.
fn key_of(item: &Json) -> String {
    match item {
        Json::String(text) => text.clone(),
        other => {
            let text = |key: &str| other.get(key).map(word).unwrap_or_default();
            ["direction", "protocol", "from_port", "to_port", "cidr", "group"].map(text).join(" ")
        }
    }
}

/// A rule as `authorize` takes it.
fn rule_of(rule: &Json) -> String {
    let part = |key: &str| rule.get(key).filter(|value| !value.is_null());
    let mut parts: Vec<String> = ["direction", "protocol", "cidr", "group"]
        .into_iter()
        .filter_map(|key| Some(format!("{key}: {}", written(part(key)?))))
        .collect();
    if let (Some(from), Some(to)) = (part("from_port"), part("to_port")) {
        parts.push(format!("ports: \"{from}-{to}\""));
    }
    format!("#{{ {} }}", parts.join(", "))
}
