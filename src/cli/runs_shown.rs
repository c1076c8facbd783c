//! How runs are shown: as a table, one as a page, and both for programs.

use super::args::Format;
use super::runs::Kept;
use crate::cloud::{Time, Value};
use crate::effects::journal::State;
use crate::effects::journal::history::{Change, Record, Thing, text};
use crate::output::table;
use serde_json::{Value as Json, json};

pub(super) fn list(kept: &[&Kept], format: Format, now: Time, width: usize) -> String {
    if format == Format::Json {
        return Json::Array(kept.iter().map(|one| summary(one)).collect()).to_string();
    }
    if kept.is_empty() {
        return "no runs; a run is kept here from its first change on".to_string();
    }
    let columns = ["run", "state", "script", "cloud", "began", "by", "changes", "exists"].map(str::to_string);
    let row = |one: &&Kept| {
        let header = one.history.header();
        let cells = [
            one.run.clone(),
            one.state.as_str().to_string(),
            text(header, "script").to_string(),
            cloud(header).to_string(),
            ago(text(header, "t"), now),
            text(header, "who").to_string(),
            one.history.changes().len().to_string(),
            counted(&exists(one)),
        ];
        cells.iter().map(Value::text).collect()
    };
    let rows: Vec<Vec<Value>> = kept.iter().map(row).collect();
    table::draw(&columns, &rows, width)
}

/// What it made and did not delete, and nobody took back.
fn exists(one: &Kept) -> Vec<Thing> {
    if one.state == State::Undone { Vec::new() } else { one.history.standing() }
}

fn cloud(header: &Record) -> &str {
    header.get("options").and_then(|options| options.get("cloud")).and_then(Json::as_str).unwrap_or_default()
}

/// `2 servers, 1 volume`.
pub(super) fn counted(things: &[Thing]) -> String {
    let mut nouns: Vec<(&str, usize)> = Vec::new();
    for thing in things {
        match nouns.iter_mut().find(|(noun, _)| *noun == thing.noun) {
            Some((_, count)) => *count += 1,
            None => nouns.push((&thing.noun, 1)),
        }
    }
    let word = |(noun, count): &(&str, usize)| {
        let noun = noun.replace('_', " ");
        if *count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
    };
    nouns.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// `3 minutes ago`; the time as it is where it is none.
fn ago(time: &str, now: Time) -> String {
    let Some(at) = Time::parse(time) else { return time.to_string() };
    let seconds = now.since(at).seconds();
    let (count, unit) = match seconds {
        s if s >= 172_800 => (s / 86_400, "day"),
        s if s >= 7200 => (s / 3600, "hour"),
        s if s >= 120 => (s / 60, "minute"),
        s => (s.max(0), "second"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// What a list tells of a run, for programs.
fn summary(one: &Kept) -> Json {
    let header = one.history.header();
    json!({
        "run": one.run,
        "state": one.state.as_str(),
        "script": text(header, "script"),
        "cloud": cloud(header),
        "began": text(header, "t"),
        "last": one.history.last_time(),
        "by": text(header, "who"),
        "lives": one.history.lives(),
        "exit": one.history.over().and_then(|over| over.get("exit")),
        "exclusive": one.exclusive,
        "undone_by": one.undone_by,
        "undoes": header.get("undoes"),
        "changes": one.history.changes().len(),
        "exists": exists(one).iter().map(thing).collect::<Vec<_>>(),
    })
}

fn thing(thing: &Thing) -> Json {
    json!({ "noun": thing.noun, "id": thing.id, "name": thing.name, "cloud": thing.cloud })
}

/// One run, for programs.
pub(super) fn of_one(one: &Kept) -> Json {
    let mut told = summary(one);
    let change = |change: &Change| {
        let end = change.end.as_ref();
        json!({
            "path": change.text("p"),
            "verb": change.text("v"),
            "at": change.text("at"),
            "time": change.text("t"),
            "on": change.on().map(|on| thing(&on)).collect::<Vec<_>>(),
            "made": change.made().iter().map(thing).collect::<Vec<_>>(),
            "state": outcome(change),
            "ms": end.and_then(|end| end.get("ms")),
            "requests": end.and_then(|end| end.get("req")),
            "error": end.and_then(|end| end.get("err")).map(|error| json!({
                "kind": error.get("kind"), "message": error.get("message"),
            })),
        })
    };
    let header = one.history.header();
    if let Some(map) = told.as_object_mut() {
        map.insert("params".to_string(), header.get("params").cloned().unwrap_or_default());
        let changes: Vec<Json> = one.history.changes().iter().map(change).collect();
        map.insert("changes".to_string(), Json::Array(changes));
    }
    told
}

/// What became of a change, in a word.
fn outcome(change: &Change) -> &'static str {
    match (change.is_done(), change.is_open()) {
        (true, _) => "done",
        (false, true) => "open",
        (false, false) => "refused",
    }
}

/// One run, for people.
pub(super) fn page(one: &Kept, now: Time) -> String {
    let (header, history) = (one.history.header(), &one.history);
    let mut lines = vec![format!("run      {}", one.run), format!("state    {}", state_words(one))];
    let params = header.get("params").and_then(Json::as_object).into_iter().flatten();
    let shown = params.map(|(name, value)| match value.as_str() {
        Some(value) => format!(" --{name} {value}"),
        None => format!(" --{name} ••••••"),
    });
    lines.push(format!("script   {}{}", text(header, "script"), shown.collect::<String>()));
    for record in history.records.iter().filter(|record| text(record, "k") == "cloud") {
        let place = record.get("is").and_then(Json::as_object).into_iter().flatten();
        let facts: Vec<&str> = place.filter_map(|(_, value)| value.as_str()).collect();
        lines.push(format!("cloud    {} ({})", text(record, "name"), facts.join(", ")));
    }
    if !one.exclusive.is_empty() {
        let word = if one.state == State::Running { "holds" } else { "held " };
        lines.push(format!("{word}    {}", one.exclusive.join(", ")));
    }
    let began = text(header, "t");
    lines.push(format!("began    {}, by {}", ago(began, now), text(header, "who")));
    if history.lives() > 1 {
        lines.push(format!("resumed  {}", times(history.lives() - 1)));
    }
    let changes = history.changes();
    if !changes.is_empty() {
        lines.push(format!("changes  {}", changes.len()));
        let rows: Vec<Vec<Value>> = changes.iter().map(row).collect();
        let columns = ["", "path", "verb", "what", "outcome", "at"].map(str::to_string);
        let table = table::draw(&columns, &rows, 400);
        lines.extend(table.lines().skip(1).map(|line| format!(" {line}")));
    }
    let standing = exists(one);
    if !standing.is_empty() {
        let names: Vec<String> = standing.iter().map(|one| format!("{} ({})", one.name, one.id)).collect();
        lines.push(format!("exists   {}: {}", counted(&standing), names.join(", ")));
    }
    if let Some(way) = way_on(one) {
        lines.push(format!("help     {way}"));
    }
    lines.join("\n")
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_string() } else { format!("{count} times") }
}

fn state_words(one: &Kept) -> String {
    let exit = one.history.over().and_then(|over| over.get("exit")).and_then(Json::as_u64).unwrap_or(0);
    match (one.state, &one.undone_by) {
        (State::Stopped, None) => "stopped in the middle".to_string(),
        (State::Failed, None) => format!("failed, exit code {exit}"),
        (State::Undone, Some(by)) => format!("undone by {by}"),
        (state, Some(by)) => format!("{}; {by} has begun to undo it", state.as_str()),
        (state, None) => state.as_str().to_string(),
    }
}

/// What a person may do with it.
fn way_on(one: &Kept) -> Option<String> {
    let run = &one.run;
    match one.state {
        State::Stopped | State::Failed | State::Interrupted if one.undone_by.is_none() => {
            Some(format!("`rhain resume {run}` goes on with it"))
        }
        _ => None,
    }
}

fn row(change: &Change) -> Vec<Value> {
    let made: Vec<String> = change.made().iter().map(|one| format!("{} {}", one.noun, one.name)).collect();
    let on: Vec<String> = change.on().map(|one| format!("{} {}", one.noun, one.name)).collect();
    let first = || {
        let first = change.begin.get("a").and_then(|all| all.get(0));
        first.and_then(Json::as_str).unwrap_or_default().to_string()
    };
    let what = match (made.is_empty(), on.is_empty()) {
        (false, _) => made.join(", "),
        (true, false) => on.join(", "),
        (true, true) => first(),
    };
    let sign = match change.text("e") {
        "make" => "+",
        "delete" => "-",
        _ => "~",
    };
    let error = change.end.as_ref().and_then(|end| end.get("err"));
    let outcome = match error.and_then(|error| error.get("kind")).and_then(Json::as_str) {
        Some(kind) if change.is_open() => format!("may have happened ({kind})"),
        Some(kind) => format!("error {kind}"),
        None if change.is_open() => "may have happened".to_string(),
        None => "done".to_string(),
    };
    [sign, change.text("p"), change.text("v"), &what, &outcome, change.text("at")].map(Value::text).to_vec()
}
