//! What a request for a stack holds: template, files, environment and parameters; checked here as far as that can be known.

use super::OpenStack;
use super::decode::{list, text};
use super::heat::files::{Collector, named};
use super::heat::template::{declared, given, hidden, place_in, types};
use super::heat::{Identity, environment, limits, stack};
use super::session::{Call, Service};
use crate::base::yaml_tree;
use crate::cloud::error::Place;
use crate::cloud::{Error, Kind, Result, Stack, StackSpec, StackTags, TemplateReport, TemplateSource, Value};
use crate::provider::recover::{self, Seen, Settled};
use crate::provider::stacks::{guard, made};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The parts of a request that are read from files.
pub(super) struct StackRequest {
    template: Option<String>,
    files: BTreeMap<String, String>,
    pub(super) environment: Map<String, Json>,
    pub(super) parameters: Map<String, Json>,
}

impl OpenStack {
    /// Collect what a request holds; `before` is the stack that is updated. Nothing is sent.
    pub(super) fn request(&self, spec: &StackSpec, before: Option<&Stack>) -> Result<StackRequest> {
        self.collected(spec, before).map_err(|error| self.own(error))
    }

    fn collected(&self, spec: &StackSpec, before: Option<&Stack>) -> Result<StackRequest> {
        let mut files = Collector::new(&*spec.reader, &spec.files);
        let template = match &spec.template {
            Some(source) => files.template(source)?,
            None => None,
        };
        let mut environment = environment::merged(&spec.environments, &mut files)?;
        environment::without_masks(&mut environment, before)?;
        let files = files.files;
        if let (Some(text), Some(source)) = (&template, &spec.template) {
            limits::template(&named(source), text)?;
        }
        let declared = template.as_deref().and_then(declared);
        let mut parameters = Map::new();
        for (name, value) in &spec.parameters {
            if let Some(value) = given(name, value, before)? {
                parameters.insert(name.clone(), value);
            }
        }
        let of_environment = environment.get("parameters").and_then(Json::as_object);
        let defaults = environment.get("parameter_defaults").and_then(Json::as_object);
        let of_environments = of_environment.into_iter().chain(defaults).flatten();
        // Also what nested templates hide, and what hidden ones are where nothing is given.
        let templates = template.iter().chain(files.values()).filter(|text| text.contains("hidden"));
        let (hidden, of_their_own): (Vec<String>, Vec<Option<Json>>) =
            templates.flat_map(|text| hidden(text)).unzip();
        let own: Vec<(&String, &Json)> = hidden
            .iter()
            .zip(&of_their_own)
            .filter_map(|(name, value)| {
                Some((name, value.as_ref().filter(|value| guard::is_telling(value))?))
            })
            .collect();
        self.hide(&hidden, before, parameters.iter().chain(of_environments).chain(own));
        if let (Some(declared), Some(source)) = (&declared, &spec.template) {
            let names: Vec<String> = declared.iter().map(|(name, _)| name.clone()).collect();
            guard::known_parameters(parameters.keys(), &names, &named(source))?;
            let more = of_environment.into_iter().flat_map(Map::keys);
            guard::known_parameters(more, &names, &named(source))?;
        }
        if let (None, Some(before)) = (&spec.template, before) {
            // Heat takes what the template does not declare, and leaves it.
            let names: Vec<String> = before.parameters.keys().cloned().collect();
            guard::known_parameters(
                parameters.keys(),
                &names,
                &format!("the template of `{}`", before.name),
            )?;
        }
        Ok(StackRequest { template, files, environment, parameters })
    }

    /// Keep the types that the nested templates of a request have: a stack that is rolled back tells them no more.
    pub(super) async fn remember_types(&self, id: &str, request: &StackRequest) {
        let template = request.template.as_deref().filter(|_| !request.files.is_empty());
        let Some(Ok(template)) = template.map(yaml_tree::parse) else { return };
        let types = types(template.json(), |name| request.files.get(name).cloned());
        self.stack_types.lock().await.insert(id.to_string(), types);
    }

    /// The body of an update or a preview.
    pub(super) fn body(&self, spec: &StackSpec, request: &StackRequest) -> Result<Map<String, Json>> {
        let mut body = Map::new();
        match &spec.template {
            Some(TemplateSource::Url(url)) => {
                drop(body.insert("template_url".to_string(), Json::from(url.as_str())))
            }
            _ => {
                if let Some(text) = &request.template {
                    body.insert("template".to_string(), Json::from(text.as_str()));
                }
            }
        }
        if !request.files.is_empty() {
            let files = request.files.iter().map(|(name, text)| (name.clone(), Json::from(text.as_str())));
            body.insert("files".to_string(), Json::Object(files.collect()));
        }
        if !request.environment.is_empty() {
            body.insert("environment".to_string(), Json::Object(request.environment.clone()));
        }
        if !request.parameters.is_empty() {
            body.insert("parameters".to_string(), Json::Object(request.parameters.clone()));
        }
        if let Some(minutes) = spec.timeout {
            body.insert("timeout_mins".to_string(), Json::from(minutes));
        }
        if let Some(rollback) = spec.rollback {
            body.insert("disable_rollback".to_string(), Json::from(!rollback));
        }
        if let Some(tags) = &spec.tags {
            let tags = limits::tags(tags).map_err(|error| self.own(error))?;
            body.insert("tags".to_string(), Json::from(tags));
        }
        let bytes = serde_json::to_string(&body).map_or(0, |text| text.len());
        limits::body(bytes, &request.files).map_err(|error| self.own(error))?;
        Ok(body)
    }

    /// The body of a create: rollback is always sent, and a tag carries our marker.
    pub(super) fn body_of_create(
        &self,
        spec: &StackSpec,
        request: &StackRequest,
        marker: &str,
    ) -> Result<Map<String, Json>> {
        let mut body = self.body(spec, request)?;
        body.insert("stack_name".to_string(), Json::from(spec.name.as_str()));
        body.entry("disable_rollback").or_insert(Json::from(false));
        let own = stack::marked(marker);
        let tags = match body.get("tags").and_then(Json::as_str).filter(|tags| !tags.is_empty()) {
            Some(tags) => format!("{tags},{own}"),
            None => own,
        };
        body.insert("tags".to_string(), Json::from(tags));
        Ok(body)
    }

    /// A stack whose creation was accepted a moment ago.
    pub(super) fn just_made(&self, id: String, spec: &StackSpec) -> Stack {
        let tags = spec.tags.clone().unwrap_or(StackTags::Words(Vec::new()));
        made::just_made(id, spec, tags, self.session.name(), self.clock.now())
    }

    /// Ask for a change of a stack, once; where the answer is lost, whether it was taken shows in the stack, or, where it
    /// was at rest, in an event behind its last one, for an operation may be over and have told no other time.
    pub(super) async fn asked_once(
        &self,
        identity: &Identity,
        call: &Call,
        verb: &'static str,
        behind: Option<Option<&str>>,
        moved: impl Fn(&Stack) -> bool + Send + Sync,
    ) -> Result<()> {
        let lost = match self.ask(call).await {
            Err(error) if recover::is_open(&error) => error,
            known => return known.map(drop),
        };
        let look = || async {
            let now = self.shown_stack(identity, stack::status, true).await?;
            let seen = match (&now, behind) {
                (Some(now), _) if moved(now) => true,
                (Some(_), Some(last)) => self.last_event(identity).await?.as_deref() != last,
                _ => false,
            };
            Ok(if seen { Seen::Effect(()) } else { Seen::Nothing })
        };
        match recover::settle(&*self.clock, lost, look, || async { self.ask(call).await.map(drop) }).await {
            Settled::Done { .. } => Ok(()),
            Settled::Refused(error) => Err(error),
            Settled::Unknown(error, looked) => {
                let list = format!("stack({})", super::recover::quoted(&identity.name));
                let words = looked.words("a sign of it in the stack");
                Err(self.unresolved(error, verb, words, "the stack; it could still change", &list))
            }
        }
    }

    /// What a template asks for; what Heat refuses of it is told, not raised.
    pub(super) async fn report_of_template(&self, spec: &StackSpec) -> Result<TemplateReport> {
        let request = self.request(spec, None)?;
        let mut body = self.body(spec, &request)?;
        body.remove("parameters");
        match self.json(&stack::validate(body)).await {
            Ok(told) => {
                let parameters = told.get("Parameters").and_then(Json::as_object).into_iter().flatten();
                Ok(TemplateReport {
                    parameters: parameters
                        .map(|(name, about)| (name.clone(), Value::from_json(about)))
                        .collect(),
                    errors: Vec::new(),
                })
            }
            Err(error) if error.kind == Kind::InvalidArgument && error.status == Some(400) => {
                let errors = vec![error.answer.clone().unwrap_or_else(|| error.message.clone())];
                Ok(TemplateReport { errors, ..TemplateReport::default() })
            }
            Err(error) => Err(error),
        }
    }

    /// An error about a template, with the file and the line that it means.
    pub(super) async fn of_template(&self, source: Option<&TemplateSource>, error: Error) -> Error {
        let (Some(source), Some(words)) = (source, error.answer.clone()) else { return error };
        if error.kind != Kind::InvalidArgument {
            return error;
        }
        let mut error = match guard::of_name(error) {
            Ok(named) => return named,
            Err(error) => error,
        };
        error.place = Place::OptionValue(
            match source {
                TemplateSource::Text(_) => "template",
                TemplateSource::File(..) => "template_file",
                TemplateSource::Url(_) => "template_url",
            }
            .to_string(),
        );
        let whose = named(source);
        let whose = if source.path().is_some() { format!("`{whose}`") } else { whose };
        if let Some((line, column)) = place_in(&words) {
            error.message = format!("{whose} is refused, at line {line}, column {column}");
            let shown = source.text().and_then(|text| text.lines().nth(line.saturating_sub(1)));
            if let Some(shown) = shown.filter(|shown| !shown.trim().is_empty()) {
                error = error.fact("source", format!("{line} | {shown}"));
            }
        } else if source.path().is_some() {
            error.message = format!("{whose} is refused");
        }
        let lower = words.to_ascii_lowercase();
        if lower.contains("template format version not found") {
            error.help = self.template_versions().await.map(|versions| {
                format!("begin it with `heat_template_version: ` and one of: {}", versions.join(", "))
            });
        } else if let Some((_, versions)) = words.split_once("should be one of: ") {
            error.help = Some(format!("write one of: {versions}"));
        } else if lower.contains("could not determine a constructor for the tag") {
            let own = source.text().is_some_and(|text| text.contains("heat_template_version"));
            error.help = Some(match own {
                true => "Heat knows no short forms: write `{get_resource: NAME}` or `{get_param: NAME}` for `!Ref`, \
                         `{get_attr: [NAME, ATTRIBUTE]}` for `!GetAtt`, `{str_replace: …}` for `!Sub`"
                    .to_string(),
                false => "write the long form, `{Ref: Name}`: Heat knows no short forms".to_string(),
            });
        } else if lower.contains("no content found in the \"files\" section") {
            error.help = Some(
                "give the file: `files: #{ \"NAME\": text }`, or `template_file`, beside which it is found"
                    .to_string(),
            );
        }
        error
    }

    async fn template_versions(&self) -> Option<Vec<String>> {
        let call = super::call::get("template.versions", Service::Orchestration, "/template_versions");
        let body = self.json(&call).await.ok()?;
        let versions = list(&body, "template_versions")?.iter().filter_map(|one| text(one, "version"));
        let hot = versions.filter_map(|one| one.strip_prefix("heat_template_version.").map(str::to_string));
        Some(hot.collect()).filter(|all: &Vec<String>| !all.is_empty())
    }
}
