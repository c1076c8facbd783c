//! What a run did, taken back: its net effects, a field at a time, as the lines of a script.
//!
//! Of each resource the first value before the run and the last one that the run left count. Made and deleted is nothing; made is
//! deleted, newest first; changed gets its former value, where it is still as the run left it. What cannot come back is listed.

use super::journal::History;
use super::journal::history::{Change, Record, Thing, text};
use super::undo_fields::fields;
use crate::cloud::Noun;
use crate::verbs::undo::{Undo, undo_of};
use serde_json::{Map, Value as Json};

/// What a run did to one resource, in the end.
#[derive(Debug, Clone)]
pub struct Net {
    /// The resource.
    pub thing: Thing,
    /// Whether the run made it.
    pub made: bool,
    /// Whether the run deleted it.
    pub deleted: bool,
    /// What it was before the run; empty of what the run made.
    pub before: Map<String, Json>,
    /// What the run left, as far as it saw it.
    pub left: Map<String, Json>,
}

/// A line of an undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it does, for people: `- server web`.
    pub words: String,
    /// How a script writes it.
    pub code: String,
}

/// An undo, before it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// What is done, in order.
    pub lines: Vec<Line>,
    /// What is left, for somebody else has changed it since: with both values.
    pub kept: Vec<String>,
    /// What cannot be taken back.
    pub lost: Vec<String>,
}

/// What a run did, newest last change first.
pub fn nets(history: &History) -> Vec<Net> {
    let changes = history.changes();
    let mut nets: Vec<Net> = Vec::new();
    for change in changes.iter().filter(|change| change.is_done() || !change.made().is_empty()) {
        for made in change.made() {
            last(
                &mut nets,
                Net { thing: made, made: true, deleted: false, before: Map::new(), left: Map::new() },
            );
        }
        let was = change.begin.get("was").and_then(Json::as_array);
        for (index, thing) in change.on().enumerate() {
            let before =
                was.and_then(|was| was.get(index)).and_then(Json::as_object).cloned().unwrap_or_default();
            let net = last(&mut nets, Net { thing, made: false, deleted: false, before, left: Map::new() });
            net.deleted |= index == 0 && change.text("e") == "delete";
        }
    }
    for record in &history.records {
        see(&mut nets, &Json::Object(record.clone()));
    }
    for change in &changes {
        lead(&mut nets, change);
    }
    nets.reverse();
    nets
}

/// The net effect on a resource, which is the last one now.
fn last(nets: &mut Vec<Net>, new: Net) -> &mut Net {
    let same = |net: &Net| {
        (&net.thing.cloud, &net.thing.noun, &net.thing.id)
            == (&new.thing.cloud, &new.thing.noun, &new.thing.id)
    };
    let at = nets.iter().position(same);
    let net = at.map_or(new, |at| nets.remove(at));
    nets.push(net);
    let end = nets.len() - 1;
    &mut nets[end]
}

/// Every description in a record shows what the run left of a resource.
fn see(nets: &mut [Net], json: &Json) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| see(nets, item)),
        Json::Object(map) => {
            let id = map.get("id").and_then(Json::as_str);
            let described = map.contains_key("$new") || map.contains_key("$o");
            if let (Some(id), true) = (id, described)
                && let Some(net) = nets.iter_mut().find(|net| net.thing.id == id)
            {
                net.left = map
                    .iter()
                    .filter(|(key, _)| !key.starts_with('$'))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
            }
            map.iter().filter(|(key, _)| *key != "was").for_each(|(_, item)| see(nets, item));
        }
        _ => {}
    }
}

/// Where a change of power leads, whatever was seen of it.
fn lead(nets: &mut [Net], change: &Change) {
    let Undo::Power(to) = undo_of(change.text("v")) else { return };
    let Some(thing) = change.on().next().filter(|_| change.is_done()) else { return };
    if let Some(net) = nets.iter_mut().find(|net| net.thing.id == thing.id) {
        net.left.insert("status".to_string(), Json::from(to));
    }
}

/// The expression that finds a resource.
fn found(thing: &Thing) -> String {
    format!("cloud({}).find_{}({})", quoted(&thing.cloud), thing.noun, quoted(&thing.id))
}

pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// A value as a script writes it.
pub(super) fn written(json: &Json) -> String {
    match json {
        Json::Null => "()".to_string(),
        Json::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, item)| format!("{}: {}", quoted(key), written(item)));
            format!("#{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A line that does something to a resource where it is still there.
pub(super) fn line(net: &Net, sign: &str, words: &str, call: &str) -> Line {
    let noun = net.thing.noun.replace('_', " ");
    Line {
        words: format!("{sign} {noun} {}{words}", net.thing.name),
        code: format!("{{ let x = {}; if x != () {{ {call} }} }}", found(&net.thing)),
    }
}

/// What is to be done about a run; `now` gives what a resource is at this moment, `None` where it is gone.
pub fn steps<E>(
    history: &History,
    mut now: impl FnMut(&Thing) -> Result<Option<Json>, E>,
) -> Result<Steps, E> {
    let mut steps = Steps::default();
    let mut deletions: Vec<(usize, Line)> = Vec::new();
    for net in nets(history) {
        match (net.made, net.deleted) {
            (true, true) => {}
            (true, false) => {
                if now(&net.thing)?.is_some() {
                    deletions.push((depth(&net.thing.noun), deletion(&net)));
                }
            }
            (false, true) => {
                let noun = net.thing.noun.replace('_', " ");
                steps.lost.push(format!("the {noun} {} was deleted", net.thing.name));
            }
            (false, false) => {
                let Some(Json::Object(current)) = now(&net.thing)? else { continue };
                fields(&net, &current, &mut steps);
            }
        }
    }
    deletions.sort_by_key(|(depth, _)| *depth);
    steps.lines.extend(deletions.into_iter().map(|(_, line)| line));
    for change in history.changes().iter().filter(|change| change.end.is_some() && change.is_done()) {
        if let Undo::Lost(why) = undo_of(change.text("v")) {
            let on: Vec<String> = change.on().map(|thing| format!(" of {}", thing.name)).take(1).collect();
            steps.lost.push(format!("`{}`{}: {why}", change.text("v"), on.concat()));
        }
    }
    steps.lost.dedup();
    Ok(steps)
}

/// What stands on others is deleted before them; of one depth the newest first.
fn depth(noun: &str) -> usize {
    const ORDER: &[&[&str]] = &[
        &["stack"],
        &["server", "public_ip"],
        &["backup", "snapshot"],
        &["volume", "image", "router", "port"],
        &["subnet"],
        &["network", "security_group", "server_group", "keypair"],
    ];
    ORDER.iter().position(|nouns| nouns.contains(&noun)).unwrap_or(ORDER.len())
}

fn deletion(net: &Net) -> Line {
    match net.thing.noun.as_str() {
        "public_ip" => line(net, "-", "", "release_ip(x, #{ force: true })"),
        "server" | "volume" | "stack" | "snapshot" | "image" => {
            line(net, "-", "", "delete(x, #{ missing_ok: true, wait: true })")
        }
        _ => line(net, "-", "", "delete(x, #{ missing_ok: true })"),
    }
}

/// The script of an undo.
pub fn script(run: &str, steps: &Steps) -> String {
    let mut text = format!("// Takes back what the run {run} did.\n");
    for line in &steps.lines {
        text.push_str(&format!("step({}, || {});\n", quoted(&line.words), line.code));
    }
    text
}

/// The noun of a resource.
pub fn noun(thing: &Thing) -> Option<Noun> {
    Noun::ALL.into_iter().find(|noun| noun.word() == thing.noun)
}

/// The first change of a run of which nobody knows whether it took effect.
pub fn open(history: &History) -> Option<Record> {
    let changes = history.changes();
    let open = changes.into_iter().find(|change| change.is_open() && change.made().is_empty());
    open.map(|change| change.begin).filter(|begin| !text(begin, "v").is_empty())
}
