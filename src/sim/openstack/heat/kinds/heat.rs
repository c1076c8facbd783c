//! Heat's own types, which are nothing outside a stack.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kind;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Property, Resource, Shape, Site, as_text, live, needed, plain,
};
use crate::world::{World, fresh_secret};

/// A text of random letters.
struct RandomString;

const CLASSES: [(&str, &str); 7] = [
    ("lettersdigits", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
    ("letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ("lowercase", "abcdefghijklmnopqrstuvwxyz"),
    ("uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("digits", "0123456789"),
    ("hexdigits", "0123456789ABCDEF"),
    ("octdigits", "01234567"),
];

fn random(properties: &Value) -> String {
    let length = as_text(&properties["length"]).parse::<usize>().unwrap_or(32);
    let rows = properties["character_classes"].as_array().cloned().unwrap_or_default();
    let wanted = |row: &Value| as_text(&row["class"]);
    let classes: Vec<&str> = if rows.is_empty() {
        vec![CLASSES[0].1]
    } else {
        let known =
            |row: &Value| CLASSES.iter().find(|(name, _)| *name == wanted(row)).map(|(_, letters)| *letters);
        rows.iter().filter_map(known).collect()
    };
    let letters: Vec<char> = classes.concat().chars().collect();
    if letters.is_empty() {
        return String::new();
    }
    let seeds = fresh_secret(length);
    // Each class once at least, and after that whatever comes.
    let pick = |(place, seed): (usize, u8)| {
        let own: Vec<char> = classes.get(place).map_or_else(|| letters.clone(), |own| own.chars().collect());
        own[usize::from(seed) * 7 % own.len()]
    };
    seeds.bytes().enumerate().map(pick).collect()
}

impl Behaviour for RandomString {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let value = random(&site.properties);
        Ok(Made { physical: site.name.clone(), data: json!({"value": value}) })
    }

    fn check(&self, properties: &Value, later: &dyn Fn(&str) -> bool) -> Result<(), (String, String)> {
        let length = as_text(&properties["length"]).parse::<i64>().ok().filter(|_| !later("length"));
        match length {
            Some(length) if !(1..=512).contains(&length) => {
                Err(("length".to_owned(), format!("{length} is out of range (min: 1, max: 512)")))
            }
            _ => Ok(()),
        }
    }

    fn attribute(&self, _: &World, resource: &Resource, _: &str) -> Option<Value> {
        resource.data.get("value").cloned()
    }

    fn reference(&self, _: &World, resource: &Resource) -> Value {
        resource.data.get("value").cloned().unwrap_or_else(|| resource.name.clone().into())
    }
}

/// A value with a name.
struct Value_;

impl Behaviour for Value_ {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: site.name.clone(), data: Value::Null })
    }

    fn attribute(&self, _: &World, resource: &Resource, _: &str) -> Option<Value> {
        let value = resource.properties.get("value")?.clone();
        Some(match as_text(&resource.properties["type"]).as_str() {
            "string" => as_text(&value).into(),
            "number" => as_text(&value).parse::<i64>().map_or(value, Value::from),
            _ => value,
        })
    }

    fn reference(&self, _: &World, resource: &Resource) -> Value {
        resource.name.clone().into()
    }
}

/// A resource that does as it is told: it takes its time, and fails.
struct TestResource;

impl TestResource {
    fn secs(properties: &Value, action: &str) -> f64 {
        let own = &properties["action_wait_secs"][action];
        let value = if own.is_null() { &properties["wait_secs"] } else { own };
        as_text(value).parse().unwrap_or_default()
    }

    fn over(site: &Site<'_>, action: &str) -> bool {
        let past = site.world.now().duration_since(site.since).unwrap_or_default();
        past.as_secs_f64() >= Self::secs(&site.properties, action)
    }

    fn fails(site: &Site<'_>) -> bool {
        as_text(&site.properties["fail"]).eq_ignore_ascii_case("true")
    }
}

impl Behaviour for TestResource {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: site.name.clone(), data: json!({}) })
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let action = if site.data["updating"] == true { "update" } else { "create" };
        if Self::fails(site) {
            return Progress::Failed(format!("ValueError: Test Resource failed {}", site.logical));
        }
        if Self::over(site, action) { Progress::Done } else { Progress::Wait }
    }

    fn change(&self, _: &mut Site<'_>, _: &Value) -> Result<Value, String> {
        Ok(json!({"updating": true}))
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let since = site.data["deleting"].as_f64();
        let _ = since;
        Progress::Done
    }

    fn attribute(&self, _: &World, resource: &Resource, _: &str) -> Option<Value> {
        resource.properties.get("value").cloned()
    }

    fn reference(&self, _: &World, resource: &Resource) -> Value {
        resource.name.clone().into()
    }
}

/// Nothing, of any shape.
struct Nothing;

impl Behaviour for Nothing {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: site.name.clone(), data: Value::Null })
    }

    fn attribute(&self, _: &World, _: &Resource, _: &str) -> Option<Value> {
        None
    }
}

/// A configuration: kept, and told again.
struct Config;

impl Behaviour for Config {
    fn make(&self, _: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: crate::world::fresh_id(), data: Value::Null })
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        match name {
            "config" => {
                resource.properties.get("config").or_else(|| resource.properties.get("cloud_config")).cloned()
            }
            _ => None,
        }
    }
}

const TEST: &[Property] = &[
    live("value", Shape::Text),
    live("fail", Shape::Flag),
    live("update_replace", Shape::Flag),
    live("update_replace_value", Shape::Text),
    live("wait_secs", Shape::Number),
    live("action_wait_secs", Shape::Map),
    live("client_name", Shape::Text),
    live("entity_name", Shape::Text),
    plain("constraint_prop_secs", Shape::Number),
    plain("attr_wait_secs", Shape::Number),
];

const GROUP: &[Property] = &[
    live("count", Shape::Integer),
    Property { name: "resource_def", shape: Shape::Map, required: true, live: true },
    live("index_var", Shape::Text),
    live("removal_policies", Shape::List),
    live("removal_policies_mode", Shape::Text),
];

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Heat::RandomString",
        const {
            &[
                plain("length", Shape::Integer),
                plain("character_classes", Shape::List),
                plain("character_sequences", Shape::List),
                plain("salt", Shape::Text),
            ]
        },
        &["value"],
        RandomString,
    ));
    kinds.push(kind(
        "OS::Heat::Value",
        const {
            &[
                Property { name: "value", shape: Shape::Any, required: true, live: true },
                live("type", Shape::Text),
            ]
        },
        &["value"],
        Value_,
    ));
    kinds.push(kind("OS::Heat::TestResource", TEST, &["output"], TestResource));
    kinds.push(kind("OS::Heat::None", const { &[live("*", Shape::Any)] }, &["*"], Nothing));
    add_others(kinds);
}

fn add_others(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Heat::ResourceGroup",
        GROUP,
        &["*", "refs", "attributes", "refs_map", "removed_rsrc_list"],
        Nothing,
    ));
    kinds.push(kind(
        "OS::Heat::Stack",
        const {
            &[
                Property { name: "template", shape: Shape::Any, required: true, live: true },
                live("parameters", Shape::Map),
                live("timeout", Shape::Integer),
                plain("context", Shape::Map),
            ]
        },
        &["*", "stack_name", "outputs"],
        Nothing,
    ));
    kinds.push(kind(
        "AWS::CloudFormation::Stack",
        const {
            &[
                Property { name: "TemplateURL", shape: Shape::Text, required: true, live: true },
                live("Parameters", Shape::Map),
                live("TimeoutInMinutes", Shape::Integer),
            ]
        },
        &["*"],
        Nothing,
    ));
    kinds.push(kind(
        "OS::Heat::SoftwareConfig",
        const {
            &[
                plain("group", Shape::Text),
                plain("config", Shape::Text),
                plain("inputs", Shape::List),
                plain("outputs", Shape::List),
                plain("options", Shape::Map),
            ]
        },
        &["config"],
        Config,
    ));
    kinds.push(kind(
        "OS::Heat::CloudConfig",
        const { &[needed("cloud_config", Shape::Map)] },
        &["config"],
        Config,
    ));
    kinds.push(kind(
        "OS::Heat::MultipartMime",
        const { &[plain("parts", Shape::List), plain("group", Shape::Text)] },
        &["config"],
        Config,
    ));
}
