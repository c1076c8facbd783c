//! What a request for a stack of CloudFormation holds: the template as it was written, parameters, what is kept; checked here as far as
//! that can be known.

use super::Aws;
use super::cloudformation::template::Template;
use super::cloudformation::{event, is_of_heat, stack};
use super::decode::{list, text};
use crate::cloud::{
    EnvironmentSource, Error, Kind, Result, Stack, StackSpec, StackTags, TemplateSource, Time, Value,
};
use crate::provider::stacks::{guard, made};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

impl Aws {
    /// The parts of a create; rollback is always sent.
    pub(super) async fn parts_of_create(&self, spec: &StackSpec, token: &str) -> Result<Map<String, Json>> {
        let mut parts = Map::new();
        self.without_files(spec)?;
        parts.insert("StackName".to_string(), json!(spec.name));
        self.put_template(spec, None, &mut parts).await?;
        let parameters = self.given(spec, None)?;
        let parameters = parameters
            .into_iter()
            .map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value }));
        put_list(&mut parts, "Parameters", parameters.collect());
        if let Some(minutes) = spec.timeout {
            parts.insert("TimeoutInMinutes".to_string(), json!(minutes));
        }
        parts.insert("DisableRollback".to_string(), json!(!spec.rollback.unwrap_or(true)));
        put_list(&mut parts, "Tags", tags(spec.tags.as_ref()).map_err(|error| self.session.own(error))?);
        put_list(&mut parts, "Capabilities", spec.capabilities.iter().map(|name| json!(name)).collect());
        parts.insert("ClientRequestToken".to_string(), json!(token));
        Ok(parts)
    }

    /// The parts of an update, or of a change set where there is no `token`: what is not given is kept.
    pub(super) async fn parts_of_update(
        &self,
        spec: &StackSpec,
        before: &Stack,
        token: Option<&str>,
    ) -> Result<Map<String, Json>> {
        let heat = is_of_heat(&before.id);
        let mut parts = Map::new();
        self.without_files(spec)?;
        // A change set is of a name: who reads it sees of which stack it is.
        let whose = if token.is_some() { &before.id } else { &before.name };
        parts.insert("StackName".to_string(), json!(whose));
        if spec.timeout.is_some() && !heat {
            let message = "CloudFormation takes no `timeout` with an update".to_string();
            return Err(self
                .session
                .error(Kind::Unsupported, message)
                .help("leave it out: the `timeout` of `create_stack` is for the creation alone"));
        }
        if spec.template.is_none() {
            let declared: Vec<String> = before.parameters.keys().cloned().collect();
            let whose = format!("the template of `{}`", before.name);
            guard::known_parameters(spec.parameters.keys(), &declared, &whose)
                .map_err(|error| self.session.own(error))?;
        }
        let template = self.put_template(spec, Some(before), &mut parts).await?;
        let given = self.given(spec, Some(before))?;
        let declared = template.map(|template| template.parameters());
        let mut parameters: Vec<Json> = given
            .iter()
            .map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value }))
            .collect();
        let wanted =
            |name: &String| declared.as_ref().is_none_or(|all| all.iter().any(|(known, _)| known == name));
        for (name, value) in &before.parameters {
            if !given.contains_key(name) && wanted(name) {
                parameters.push(kept(heat, name, value).map_err(|error| self.session.own(error))?);
            }
        }
        put_list(&mut parts, "Parameters", parameters);
        if spec.tags.as_ref().is_some_and(StackTags::is_empty) {
            // A list without members takes all away.
            parts.insert("Tags".to_string(), json!(""));
        } else if spec.tags.is_some() {
            put_list(&mut parts, "Tags", tags(spec.tags.as_ref()).map_err(|error| self.session.own(error))?);
        }
        let capabilities: Vec<Json> = match spec.capabilities.is_empty() {
            true => list(&before.raw, "Capabilities").to_vec(),
            false => spec.capabilities.iter().map(|name| json!(name)).collect(),
        };
        put_list(&mut parts, "Capabilities", capabilities);
        if let Some(token) = token {
            let rollback = spec.rollback.or(before.rollback).unwrap_or(true);
            parts.insert("DisableRollback".to_string(), json!(!rollback));
            if let Some(minutes) = spec.timeout.or(before.timeout).filter(|_| heat) {
                parts.insert("TimeoutInMinutes".to_string(), json!(minutes));
            }
            parts.insert("ClientRequestToken".to_string(), json!(token));
        }
        Ok(parts)
    }

    /// A template of CloudFormation names no files.
    pub(super) fn without_files(&self, spec: &StackSpec) -> Result<()> {
        match spec.files.keys().next() {
            None => Ok(()),
            Some(name) => Err(self
                .session
                .error(
                    Kind::Unsupported,
                    format!("CloudFormation takes no `files`: `{name}` would not be sent"),
                )
                .help("write the text into the template, or give it as one of its `parameters`")),
        }
    }

    /// The parameters that a script gave, as text; of environments the parameters alone, for CloudFormation has no more of them.
    fn given(&self, spec: &StackSpec, before: Option<&Stack>) -> Result<BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        for source in &spec.environments {
            let (name, json) = match source {
                EnvironmentSource::Map(map) => ("the environment".to_string(), map.clone()),
                EnvironmentSource::File(path, text) => {
                    let tree = crate::base::yaml_tree::parse(text).map_err(|wrong| {
                        self.invalid(format!("`{path}` is no YAML: line {}: {}", wrong.line, wrong.what))
                    })?;
                    (format!("`{path}`"), tree.json())
                }
            };
            for (section, value) in json.as_object().into_iter().flatten() {
                if section != "parameters" {
                    let message =
                        format!("{name} has the section `{section}`, which CloudFormation has nothing like");
                    return Err(self
                        .invalid(message)
                        .help("give the parameters alone: `parameters: #{ … }`"));
                }
                for (name, value) in value.as_object().into_iter().flatten() {
                    let sent = guard::is_sent(before, "environment", "parameters", name, value);
                    if sent.map_err(|error| self.session.own(error))? {
                        self.hide(before, name, value);
                        all.insert(name.clone(), as_text(&Value::from_json(value)));
                    }
                }
            }
        }
        for (name, value) in &spec.parameters {
            let json = value.to_request();
            let sent = guard::is_sent(before, "parameters", "parameters", name, &json);
            if sent.map_err(|error| self.session.own(error))? {
                self.hide(before, name, &json);
                all.insert(name.clone(), as_text(value));
            }
        }
        Ok(all)
    }

    /// The value of a parameter that is hidden in the stack that is there is a secret from now on.
    fn hide(&self, before: Option<&Stack>, name: &str, value: &Json) {
        if guard::is_hidden(before, name) {
            guard::texts(value).iter().for_each(|text| self.session.mask_secret(text));
        }
    }

    /// A stack whose creation was accepted a moment ago; CloudFormation's tags are pairs.
    pub(super) fn just_made(&self, id: String, spec: &StackSpec) -> Stack {
        let tags = StackTags::Pairs(match &spec.tags {
            // Heat's endpoint keeps none.
            _ if is_of_heat(&id) => BTreeMap::new(),
            Some(StackTags::Pairs(pairs)) => pairs.clone(),
            Some(StackTags::Words(words)) => words.iter().map(|word| (word.clone(), String::new())).collect(),
            None => BTreeMap::new(),
        });
        made::just_made(id, spec, tags, self.session.name(), self.clock.now())
    }

    /// Whether a stack is what a request whose answer was lost has made: by the token in its events, or, where there are none, by
    /// its age, its template and its parameters.
    pub(super) async fn is_ours(
        &self,
        there: &Stack,
        spec: &StackSpec,
        token: &str,
        begun: Time,
    ) -> Result<bool> {
        if !is_of_heat(&there.id) {
            let events = self.every(event::all(&there.id), "StackEvents", event::decode).await?;
            if events.iter().any(|event| event.token.is_some()) {
                return Ok(events.iter().any(|event| event.token.as_deref() == Some(token)));
            }
        }
        // Times are told in whole seconds.
        let young = there.created.is_some_and(|created| created.since(begun).seconds() >= -2);
        let body = self.ask(&stack::template(&there.id)).await?;
        let theirs = text(&body, "TemplateBody").as_deref().and_then(Template::read).map(|one| one.meaning());
        let ours = spec
            .template
            .as_ref()
            .and_then(TemplateSource::text)
            .and_then(Template::read)
            .map(|one| one.meaning());
        let given = self.given(spec, None)?;
        let same = |(name, value): (&String, &String)| {
            there.parameters.get(name).is_some_and(|known| known == value || guard::is_mask(known))
        };
        Ok(young && theirs.is_some() && theirs == ours && given.iter().all(same))
    }
}

/// A parameter that an update keeps: Heat's endpoint is given it again, which a hidden one cannot be.
fn kept(heat: bool, name: &str, value: &str) -> Result<Json> {
    match (heat, guard::is_mask(value)) {
        (false, _) => Ok(json!({ "ParameterKey": name, "UsePreviousValue": true })),
        (true, false) => Ok(json!({ "ParameterKey": name, "ParameterValue": value })),
        (true, true) => Err(unkept(name)),
    }
}

fn unkept(name: &str) -> Error {
    Error::new(
        Kind::InvalidArgument,
        format!("the parameter `{name}` is hidden, and Heat's endpoint cannot keep it"),
    )
    .coded("cloud::invalid_argument")
    .help(format!("give it again: `parameters: #{{ {name}: … }}`; nothing was sent"))
}

fn put_list(parts: &mut Map<String, Json>, name: &str, items: Vec<Json>) {
    if !items.is_empty() {
        parts.insert(name.to_string(), Json::Array(items));
    }
}

/// A value as the text that CloudFormation takes for it.
fn as_text(value: &Value) -> String {
    match value.to_request() {
        Json::String(text) => text,
        Json::Array(items) => {
            let items =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_string));
            items.collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

fn tags(tags: Option<&StackTags>) -> Result<Vec<Json>> {
    Ok(match tags {
        None => Vec::new(),
        Some(StackTags::Words(words)) => {
            words.iter().map(|word| json!({ "Key": word, "Value": "" })).collect()
        }
        Some(StackTags::Pairs(pairs)) => {
            if let Some((key, _)) =
                pairs.iter().find(|(key, value)| key.is_empty() || key.len() > 128 || value.len() > 256)
            {
                return Err(Error::new(
                    Kind::InvalidArgument,
                    format!("the tag `{key}` is longer than CloudFormation takes"),
                )
                .coded("cloud::invalid_argument")
                .help("give a key of 128 and a value of 256 characters at the most"));
            }
            pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
        }
    })
}
