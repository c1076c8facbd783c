//! Whether two answers are alike.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::openstack::Answer;

/// Fields that come and go on the real server: statistics, what a host reports later, whichever job is under way.
const LOOSE: &[&str] = &[
    "bootmode",
    "boottype",
    "cpuused",
    "networkkbsread",
    "networkkbswrite",
    "diskkbsread",
    "diskkbswrite",
    "diskioread",
    "diskiowrite",
    "memorykbs",
    "memoryintfreekbs",
    "memorytargetkbs",
    "pooltype",
    "jobid",
    "jobstatus",
    "lastupdated",
    "hasannotations",
    "isolationuri",
    "broadcasturi",
    "receivedbytes",
    "sentbytes",
    "managementserverid",
    "_trimmed",
    "jobinstanceid",
    "capacityallocated",
    "apikey",
    "keypairs",
    "parentid",
    "since",
    "related",
    "description",
    "hostid",
    "hostname",
    "hostcontrolstate",
    "publicipid",
    "publicip",
    "attached",
    "path",
    "vlan",
];

/// Fields whose values must be the same too.
const SAME: &[&str] = &[
    "state",
    "name",
    "displayname",
    "errorcode",
    "cserrorcode",
    "jobresultcode",
    "success",
    "value",
    "key",
    "protocol",
    "startport",
    "endport",
    "publicport",
    "privateport",
    "cidr",
    "cidrlist",
    "icmptype",
    "icmpcode",
    "max",
    "userdata",
    "resourcetypename",
    "account",
    "domainpath",
    "isready",
    "type",
    "size",
    "cpunumber",
    "memory",
    "isstaticnat",
    "username",
];

/// What holds names that anybody chooses.
const FREE: &[&str] = &["details"];

/// Every noun's fields in all recordings.
pub(super) type Fields = HashMap<String, BTreeSet<String>>;

pub(super) fn fields(all: &[Value]) -> Fields {
    let mut fields = Fields::new();
    all.iter().for_each(|exchange| gather("", &exchange["response_body"], &mut fields));
    fields
}

fn gather(noun: &str, value: &Value, fields: &mut Fields) {
    match value {
        Value::Object(own) => {
            for (name, value) in own {
                fields.entry(noun.to_owned()).or_default().insert(name.clone());
                gather(name, value, fields);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(noun, item, fields)),
        _ => {}
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// A text without what differs from cloud to cloud: ids, numbers, and how things are described inside braces.
fn plain(text: &str) -> String {
    let text = text.replace("cs2sandbox.simulator", crate::cloudstack::network::DOMAIN);
    let (mut out, mut depth) = (String::new(), 0);
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth > 0 => {}
            letter if letter.is_ascii_digit() => out.push('0'),
            letter => out.push(letter),
        }
    }
    let words = out.split(|c: char| c.is_whitespace());
    let words =
        words.map(|word| if word.contains("0-") || word.matches('-').count() >= 4 { "ID" } else { word });
    let mut text = words.collect::<Vec<_>>().join(" ");
    while text.contains("00") {
        text = text.replace("00", "0");
    }
    text
}

/// The differences of one exchange.
pub(super) struct Compared<'a> {
    known: &'a Fields,
    ids: &'a mut HashMap<String, String>,
    pub(super) differences: Vec<String>,
    /// The entry of a list was found by its place.
    unnamed: bool,
}

impl<'a> Compared<'a> {
    pub(super) fn new(known: &'a Fields, ids: &'a mut HashMap<String, String>) -> Self {
        Self { known, ids, differences: Vec::new(), unnamed: false }
    }

    fn differ(&mut self, what: String) {
        self.differences.push(what);
    }

    pub(super) fn exchange(&mut self, recorded: &Value, answer: &Answer) {
        if recorded["status"] != answer.status {
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            return self
                .differ(format!("status {} instead of {}: {body}", answer.status, recorded["status"]));
        }
        let told = |name: &str| answer.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        let was = |name: &str| recorded["response_headers"].get(name).is_some();
        for name in ["X-Description", "Set-Cookie"] {
            if recorded["response_headers"].is_object() && told(name) != was(name) {
                self.differ(format!("{name} is there: {}", told(name)));
            }
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let body = &recorded["response_body"];
        match (body, serde_json::from_str::<Value>(&text)) {
            (Value::String(was), _) if was.starts_with('<') => self.markup(was, &text),
            (Value::String(was), _) => {
                if was.trim_matches('"') != text.trim_matches('"') {
                    self.differ(format!("text `{text}` instead of `{was}`"));
                }
            }
            (_, Ok(own)) => self.value("", body, &own),
            (_, Err(_)) => self.differ(format!("no JSON: {text}")),
        }
    }

    /// The names of the elements, each once.
    fn markup(&mut self, was: &str, own: &str) {
        let names = |text: &str| -> BTreeSet<String> {
            let parts = text.split('<').skip(1).filter(|part| !part.starts_with(['/', '?', '!']));
            let name = |part: &str| part.split([' ', '>', '/']).next().unwrap_or_default().to_owned();
            parts.map(name).filter(|name| !LOOSE.contains(&name.as_str()) && !name.contains('.')).collect()
        };
        let ids = |text: &str| -> Vec<String> {
            text.split(['<', '>']).filter(|part| is_id(part)).map(str::to_owned).collect()
        };
        for (was, own) in ids(was).into_iter().zip(ids(own)) {
            self.ids.entry(was).or_insert(own);
        }
        let (was, own) = (names(was), names(own));
        let (less, more): (Vec<_>, Vec<_>) = (was.difference(&own).collect(), own.difference(&was).collect());
        if !less.is_empty() || !more.is_empty() {
            self.differ(format!("elements missing {less:?}, further {more:?}"));
        }
    }

    fn value(&mut self, noun: &str, was: &Value, own: &Value) {
        match (was, own) {
            (Value::Object(was), Value::Object(own)) => self.object(noun, was, own),
            (Value::Array(was), Value::Array(own)) => self.list(noun, was, own),
            (Value::Number(one), Value::Number(other)) if one.is_f64() == other.is_f64() => {}
            (Value::String(was), Value::String(own)) => {
                if is_id(was) && is_id(own) {
                    self.ids.entry(was.clone()).or_insert_with(|| own.clone());
                } else if noun == "errortext" && plain(was) != plain(own) {
                    self.differ(format!("`{own}` instead of `{was}`"));
                }
                return;
            }
            (Value::Bool(_), Value::Bool(_)) | (Value::Null, Value::Null) => {}
            _ => self.differ(format!("{noun}: {own} instead of {was}")),
        }
        if SAME.contains(&noun) && !was.is_object() && !was.is_array() && was != own {
            self.differ(format!("{noun}: {own} instead of {was}"));
        }
    }

    fn object(&mut self, noun: &str, was: &Map<String, Value>, own: &Map<String, Value>) {
        if FREE.contains(&noun) {
            return;
        }
        let trimmed = was.contains_key("_trimmed");
        for (name, value) in was {
            match own.get(name) {
                Some(other) => {
                    self.value(name, value, other);
                    let unlike = match (value.as_str(), other.as_str()) {
                        (Some(was), Some(own)) => plain(was) != plain(own),
                        _ => false,
                    };
                    // Which event of a second is listed first is as it happens.
                    let named = matches!(name.as_str(), "name" | "displayname") && self.unnamed
                        || noun == "event" && name == "state";
                    if SAME.contains(&name.as_str()) && unlike && !named {
                        self.differ(format!("{noun}.{name}: {other} instead of {value}"));
                    }
                }
                None if LOOSE.contains(&name.as_str()) => {}
                None => self.differ(format!("{noun} has no {name}")),
            }
        }
        let known = self.known.get(noun);
        for name in own.keys().filter(|name| !was.contains_key(*name) && !trimmed) {
            // A field is never shown of which the recordings know nothing, or in another place than there.
            let elsewhere = known.is_some_and(|known| known.contains(name)) && LOOSE.contains(&name.as_str());
            if !elsewhere {
                self.differ(format!("{noun} has {name} too"));
            }
        }
    }

    fn list(&mut self, noun: &str, was: &[Value], own: &[Value]) {
        if was.is_empty() != own.is_empty() {
            let of: String = Value::from(own.to_vec()).to_string().chars().take(200).collect();
            return self.differ(format!("{noun}: {} entries instead of {}: {of}", own.len(), was.len()));
        }
        for (at, was) in was.iter().enumerate().filter(|(_, was)| !was["_trimmed"].is_boolean()) {
            let rest = || own.iter().skip(at).chain(own);
            let alike = |field: &str| rest().find(|own| own[field].is_string() && own[field] == was[field]);
            let named = ["name", "displayname", "key", "resourcetypename"].into_iter().find_map(alike);
            self.unnamed = named.is_none();
            if let Some(own) = named.or_else(|| own.get(at)) {
                self.value(noun, was, own);
            }
            self.unnamed = false;
        }
    }
}
