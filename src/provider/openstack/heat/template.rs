//! What a template and its parameters say, as far as it can be read here.

use crate::base::yaml_tree;
use crate::cloud::{Result, Stack, Value};
use crate::provider::stacks::guard;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The parameters that a template declares, and whether each is hidden; `None` where it cannot be read.
pub fn declared(text: &str) -> Option<Vec<(String, bool)>> {
    let tree = yaml_tree::parse(text).ok()?;
    let section = tree.get("parameters").or_else(|| tree.get("Parameters"));
    let one = |(name, about): &(yaml_tree::Node, yaml_tree::Node)| {
        let hidden = about.get("hidden").or_else(|| about.get("NoEcho"));
        let hidden = hidden.and_then(|hidden| hidden.text().map(str::to_ascii_lowercase));
        Some((
            name.text()?.to_string(),
            hidden.is_some_and(|word| word == "true" || word == "yes" || word == "on"),
        ))
    };
    Some(section.map(|section| section.fields().iter().filter_map(one).collect()).unwrap_or_default())
}

/// The hidden parameters that a template declares, with the value that each has where none is given.
pub fn hidden(text: &str) -> Vec<(String, Option<Json>)> {
    let names =
        declared(text).unwrap_or_default().into_iter().filter(|(_, hidden)| *hidden).map(|(name, _)| name);
    let tree = yaml_tree::parse(text).ok();
    let section = tree.as_ref().and_then(|tree| tree.get("parameters").or_else(|| tree.get("Parameters")));
    let default = |name: &str| {
        let about = section?.get(name)?;
        Some(about.get("default").or_else(|| about.get("Default"))?.json())
    };
    names.map(|name| (name.clone(), default(&name))).collect()
}

/// A parameter as it is sent; `None` of one that is kept: not given, or the mask that a hidden one reads as.
pub fn given(name: &str, value: &Value, before: Option<&Stack>) -> Result<Option<Json>> {
    if *value == Value::Unit {
        return Ok(None);
    }
    let json = value.to_request();
    Ok(guard::is_sent(before, "parameters", "parameters", name, &json)?.then_some(json))
}

/// The line and the column that an error of YAML names.
pub fn place_in(words: &str) -> Option<(usize, usize)> {
    let rest = words.split_once("<unicode string>")?.1;
    let line = rest.split_once("line ")?.1;
    let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    Some((number(line)?, number(line.split_once("column ")?.1)?))
}

/// Whether a type is a nested template.
pub fn is_template(kind: &str) -> bool {
    kind.ends_with(".yaml") || kind.ends_with(".template")
}

/// The types of a template's resources and of those in the templates nested in it, by their ways: `outer/inner/boom`.
pub fn types(template: Json, file: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let (mut all, mut open) = (BTreeMap::new(), vec![(String::new(), template)]);
    while let Some((way, template)) = open.pop() {
        for (name, about) in template.get("resources").and_then(Json::as_object).into_iter().flatten() {
            let Some(kind) = about.get("type").and_then(Json::as_str) else { continue };
            let way = if way.is_empty() { name.clone() } else { format!("{way}/{name}") };
            // A stack is never deeper than this, nor has it more resources.
            let inner = file(kind).filter(|_| way.matches('/').count() < 16 && all.len() < 1000);
            if let Some(Ok(inner)) = inner.map(|text| yaml_tree::parse(&text)) {
                open.push((way.clone(), inner.json()));
            }
            all.insert(way, kind.to_string());
        }
    }
    all
}
