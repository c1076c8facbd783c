//! The records of a journal, as JSON.

use super::keeper::Keeper;
use crate::cloud::{Handle, Time, Ty, Value, stored};
use crate::effects::observer::{Begin, Site};
use crate::effects::path::Path;
use crate::effects::value::Writer;
use crate::verbs::{Call, Effect, Param};
use serde_json::{Map, Value as Json, json};

/// How journals are written; larger ones are refused.
pub const FORMAT: u64 = 1;

/// How calls are numbered and compared; a run goes on only by the same.
pub const REPLAY: u64 = 1;

type Record = Map<String, Json>;

/// A record of a kind at a path.
pub(super) fn of(kind: &str, path: &Path) -> Record {
    Map::from_iter([("k".to_string(), kind.into()), ("p".to_string(), path.to_string().into())])
}

/// A record of a verb at its place.
pub(super) fn placed(kind: &str, path: &Path, verb: &str, site: Option<&Site>) -> Record {
    let mut record = of(kind, path);
    record.insert("v".to_string(), verb.into());
    if let Some(site) = site {
        record.insert("at".to_string(), site.to_string().into());
    }
    record
}

/// A process goes on with the run.
pub(super) fn life(number: u32, now: Time) -> Record {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let record = json!({
        "k": "life", "n": number, "pid": std::process::id(), "host": host(), "boot": boot.trim(), "t": now.to_string(),
    });
    map(record)
}

/// A cloud that the run asks, with what tells it from others.
pub(super) fn cloud(name: &str, place: Json) -> Record {
    map(json!({ "k": "cloud", "name": name, "is": place }))
}

/// A step of the script began or ended.
pub fn step(id: u64, within: &[u64], title: &str, ended: Option<&str>) -> Record {
    match ended {
        None => map(json!({ "k": "step", "id": id, "in": within, "title": title })),
        Some(end) => map(json!({ "k": "step", "id": id, "end": end })),
    }
}

/// The script ended.
pub fn over(code: u8, path: Option<&str>, exists: &[String]) -> Record {
    let mut record = map(json!({ "k": "over", "exit": code, "exists": exists }));
    if let Some(path) = path {
        record.insert("path".to_string(), path.into());
    }
    record
}

/// A person or the system ends the script.
pub fn interrupt(signal: &str, now: Time) -> Record {
    map(json!({ "k": "interrupt", "sig": signal, "t": now.to_string() }))
}

/// A call is done again, and all that follows it.
pub fn redo(path: &str, now: Time) -> Record {
    map(json!({ "k": "redo", "p": path, "t": now.to_string() }))
}

fn map(json: Json) -> Record {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// The name of this machine.
pub fn host() -> String {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    String::new()
}

/// What a change begins with: verb, place, arguments.
pub(super) fn begin(begin: &Begin<'_>, writer: &mut Writer<'_>, keeper: &Keeper) -> Record {
    let mut record = placed("begin", begin.path, begin.call.verb.name, begin.site);
    record.insert("e".to_string(), does(begin.effect).into());
    record.insert("a".to_string(), arguments(begin.call, writer, keeper));
    record
}

/// What a change does: what it makes is there afterwards, what it deletes is gone.
pub fn does(effect: Effect) -> &'static str {
    match effect {
        Effect::Creates => "make",
        Effect::Destroys => "delete",
        Effect::Changes => "change",
        _ => "outside",
    }
}

/// A call that changes nothing.
pub(super) fn call(begin: &Begin<'_>, writer: &mut Writer<'_>, keeper: &Keeper) -> Record {
    let mut record = placed("call", begin.path, begin.call.verb.name, begin.site);
    if matches!(begin.effect, Effect::AsksPerson) {
        record.insert("e".to_string(), "asks".into());
    }
    record.insert("a".to_string(), arguments(begin.call, writer, keeper));
    record
}

/// The arguments in their order, the options last; what is only compared as its code.
pub fn arguments(call: &Call, writer: &mut Writer<'_>, keeper: &Keeper) -> Json {
    let mut write = |param: &Param, value: &Value| {
        let written = writer.argument(value);
        match value {
            _ if param.hashed => keeper.hash(&written),
            // A secret is only compared.
            Value::Secret(secret) => keeper.sourced("", secret.reveal()),
            Value::Text(text) if param.ty == Ty::Secret => keeper.sourced("", text),
            _ => written,
        }
    };
    let mut written: Vec<Json> = Vec::new();
    for param in call.form.params {
        written.push(call.value(param.name).map_or(Json::Null, |value| write(param, value)));
    }
    while written.last() == Some(&Json::Null) {
        written.pop();
    }
    let given = call.form.options.iter().filter_map(|param| Some((param, call.value(param.name)?)));
    let options: Map<String, Json> =
        given.map(|(param, value)| (param.name.to_string(), write(param, value))).collect();
    if !options.is_empty() {
        written.push(Json::Object(options));
    }
    keeper.scrub(Json::Array(written))
}

/// An object as its name for people and its id for clouds.
pub(super) fn object(object: &Handle) -> Json {
    json!({
        "noun": object.noun().word(), "id": object.id(), "name": object.name(), "cloud": &**object.cloud(),
    })
}

/// All that is known of an object.
pub fn description(object: &Handle) -> Json {
    stored::write(&object.latest())
}

/// Numbers in order as ranges: `0-6,9`.
pub(super) fn ranges(numbers: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let shown = |(first, last): &(usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.iter().map(shown).collect::<Vec<_>>().join(",")
}

/// The numbers of ranges.
pub(super) fn numbers(ranges: &str) -> Vec<usize> {
    let part = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse::<usize>().ok()?..=last.parse::<usize>().ok()?)
    };
    ranges.split(',').filter_map(part).flatten().collect()
}

/// A call as a script writes it, as far as its record tells.
pub fn call_text(verb: &str, arguments: Option<&Json>) -> String {
    fn shown(json: &Json) -> String {
        match json {
            Json::Null => "()".to_string(),
            Json::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Json::Object(map) => match map.iter().find(|(key, _)| key.starts_with('$')) {
                Some((key, _)) if key == "$secret" || key == "$sealed" || key == "$text" => {
                    "••••••".to_string()
                }
                Some((key, _)) if key == "$hash" => "…".to_string(),
                Some((key, _)) if key == "$fn" => "|…|".to_string(),
                Some((key, place)) if key == "$o" => {
                    format!("‹call {}›", place.as_str().unwrap_or_default())
                }
                Some((key, _)) if key == "$new" => map.get("name").map(shown).unwrap_or_default(),
                _ => {
                    let entry = |(key, item): (&String, &Json)| format!("{key}: {}", shown(item));
                    format!("#{{ {} }}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
                }
            },
            other => other.to_string(),
        }
    }
    let given = arguments.and_then(Json::as_array).into_iter().flatten().map(shown);
    format!("{verb}({})", given.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for (list, text) in [(&[][..], ""), (&[0], "0"), (&[0, 1, 2, 9], "0-2,9"), (&[3, 5, 6], "3,5-6")] {
            assert_eq!(ranges(list), text);
            assert_eq!(numbers(text), list);
        }
    }
}
