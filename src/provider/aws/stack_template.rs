//! The template of a request: sent as it was written, with short forms written out for Heat's endpoint; what is wrong with one, with the
//! way on.

use super::Aws;
use super::cloudformation::template::{BODY, Template};
use super::cloudformation::{is_of_heat, stack};
use super::decode::{list, text};
use crate::cloud::{
    EnvironmentSource, Error, Kind, Result, Stack, StackSpec, TemplateReport, TemplateSource, Value,
};
use crate::provider::stacks::guard;
use serde_json::{Map, Value as Json, json};

impl Aws {
    /// The template: as it was written; for Heat's endpoint with short forms written out, and sent again where it is kept.
    pub(super) async fn put_template(
        &self,
        spec: &StackSpec,
        before: Option<&Stack>,
        parts: &mut Map<String, Json>,
    ) -> Result<Option<Template>> {
        let source = match (&spec.template, before) {
            (Some(source), _) => source.clone(),
            (None, Some(before)) if is_of_heat(&before.id) => {
                let body = self.ask(&stack::template(&before.id)).await?;
                let body = text(&body, "TemplateBody").filter(|body| !body.trim().is_empty());
                TemplateSource::Text(body.ok_or_else(|| {
                    self.session.error(Kind::Protocol, "the answer makes no sense: it has no `TemplateBody`")
                })?)
            }
            (None, _) => {
                parts.insert("UsePreviousTemplate".to_string(), json!(true));
                return Ok(None);
            }
        };
        let whose = source.path().map_or_else(|| "the template".to_string(), |path| format!("`{path}`"));
        let body = match &source {
            TemplateSource::Url(url) => {
                let heat = match before {
                    Some(before) => is_of_heat(&before.id),
                    None => self.is_heat().await?,
                };
                let name = if heat { "TemplateUrl" } else { "TemplateURL" };
                parts.insert(name.to_string(), json!(url));
                self.hide_of_address(spec, name, url).await;
                return Ok(None);
            }
            TemplateSource::Text(body) | TemplateSource::File(_, body) => body,
        };
        let template = Template::read(body);
        let special =
            template.as_ref().is_some_and(|template| template.has_short_forms() || template.sub().is_some());
        let heat = match before {
            Some(before) => is_of_heat(&before.id),
            None => (special || body.len() > BODY) && self.is_heat().await?,
        };
        if !heat && body.len() > BODY {
            let message =
                format!("{whose} has {} bytes; CloudFormation takes {BODY} in a request", body.len());
            return Err(self
                .invalid(message)
                .help("put it into S3 and give `template_url`: 1 MB is the limit there"));
        }
        for value in template.iter().flat_map(Template::hidden_defaults).filter(guard::is_telling) {
            guard::texts(&value).iter().for_each(|text| self.session.mask_secret(text));
        }
        let sent = match &template {
            Some(template) if heat => self.as_heat_takes_it(template, body, &whose)?,
            _ => body.to_string(),
        };
        parts.insert("TemplateBody".to_string(), json!(sent));
        if let (Some(template), Some(_)) = (&template, &spec.template) {
            let declared: Vec<String> = template.parameters().into_iter().map(|(name, _)| name).collect();
            let known = guard::known_parameters(spec.parameters.keys(), &declared, &whose);
            known.map_err(|error| self.session.own(error))?;
            for (name, _) in template.parameters().iter().filter(|(_, hidden)| *hidden) {
                for value in given_of(spec, name) {
                    guard::texts(&value).iter().for_each(|text| self.session.mask_secret(text));
                }
            }
        }
        Ok(template)
    }

    /// The values of the hidden parameters of a template that nobody here has read: the service says which they are. Where it
    /// does not, all are hidden.
    async fn hide_of_address(&self, spec: &StackSpec, part: &str, url: &str) {
        let mut names: Vec<String> = spec.parameters.keys().cloned().collect();
        names.extend(spec.environments.iter().flat_map(parameters_of));
        if names.is_empty() {
            return;
        }
        let parts = Map::from_iter([(part.to_string(), json!(url))]);
        let told = self.ask(&stack::with("ValidateTemplate", "template.validate", parts)).await;
        let told = told.map(|body| list(&body, "Parameters").to_vec()).unwrap_or_default();
        let is_open = |name: &String| {
            let one = told.iter().find(|one| text(one, "ParameterKey").as_ref() == Some(name));
            one.is_some_and(|one| !one.get("NoEcho").is_some_and(guard::is_set))
        };
        for name in names.iter().filter(|name| !is_open(name)) {
            for value in given_of(spec, name) {
                guard::texts(&value).iter().for_each(|text| self.session.mask_secret(text));
            }
        }
    }

    /// A template as Heat's endpoint takes it: with short forms written out, and nothing that it would leave as it stands.
    fn as_heat_takes_it(&self, template: &Template, body: &str, whose: &str) -> Result<String> {
        if let Some(line) = template.sub() {
            let message =
                format!("{whose} uses Fn::Sub, at line {line}, which Heat's endpoint does not evaluate");
            return Err(self
                .invalid(message)
                .help("write it with Fn::Join: the service would give the text as it stands"));
        }
        Ok(if template.has_short_forms() { template.written_out() } else { body.to_string() })
    }

    pub(super) fn invalid(&self, message: String) -> Error {
        self.session.error(Kind::InvalidArgument, message)
    }

    /// What a template asks for; what the service refuses of it is told, not raised.
    pub(super) async fn report_of_template(&self, spec: &StackSpec) -> Result<TemplateReport> {
        let mut parts = Map::new();
        self.without_files(spec)?;
        self.put_template(spec, None, &mut parts).await?;
        match self.ask(&stack::with("ValidateTemplate", "template.validate", parts)).await {
            Ok(body) => {
                let one = |told: &Json| Some((text(told, "ParameterKey")?, Value::from_json(told)));
                let parameters = list(&body, "Parameters").iter().filter_map(one).collect();
                Ok(TemplateReport { parameters, errors: Vec::new() })
            }
            // moto says of a template that cannot be read that a stack is not there.
            Err(error)
                if matches!(error.kind, Kind::InvalidArgument | Kind::NotFound)
                    && error.status == Some(400) =>
            {
                let errors = vec![error.answer.clone().unwrap_or_else(|| error.message.clone())];
                Ok(TemplateReport { errors, ..TemplateReport::default() })
            }
            Err(error) => Err(error),
        }
    }

    /// An error about a template or what it may do, with the way on.
    pub(super) fn of_template(&self, spec: &StackSpec, error: Error) -> Error {
        let mut error = match guard::of_name(error) {
            Ok(named) => return named,
            Err(error) => error,
        };
        let words = error.answer.clone().unwrap_or_default();
        if error.code.as_deref() == Some("InsufficientCapabilitiesException") {
            error.kind = Kind::InvalidArgument;
            error = error.coded("cloud::invalid_argument");
            error.message = "the template needs capabilities that were not given".to_string();
            let named =
                words.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(names, _)| names);
            let names =
                named.unwrap_or("CAPABILITY_NAMED_IAM").split(',').map(|name| format!("\"{}\"", name.trim()));
            return error
                .help(format!("give them: `capabilities: [{}]`", names.collect::<Vec<_>>().join(", ")));
        }
        if error.kind == Kind::InvalidArgument
            && let Some(path) = spec.template.as_ref().and_then(TemplateSource::path)
        {
            error.message = format!("`{path}` is refused");
        }
        if error.kind == Kind::Conflict && words.contains("REVIEW_IN_PROGRESS") {
            return error.help(format!(
                "it holds nothing but a change set that nobody ran: run that, or `delete(stack(\"{}\"))` first",
                spec.name
            ));
        }
        if words.contains("must be a JSON or YAML document") {
            error.help = Some(unread(spec));
        }
        error
    }
}

/// What an environment holds; nothing where it is no YAML.
fn json_of(source: &EnvironmentSource) -> Json {
    match source {
        EnvironmentSource::Map(map) => map.clone(),
        EnvironmentSource::File(_, text) => {
            crate::base::yaml_tree::parse(text).map(|tree| tree.json()).unwrap_or_default()
        }
    }
}

/// The names of the parameters that an environment gives.
fn parameters_of(source: &EnvironmentSource) -> Vec<String> {
    let json = json_of(source);
    let parameters = json.get("parameters").and_then(Json::as_object);
    parameters.into_iter().flat_map(|all| all.keys().cloned()).collect()
}

/// Every value that a request gives a parameter.
fn given_of(spec: &StackSpec, name: &str) -> Vec<Json> {
    let of_environments =
        spec.environments.iter().filter_map(|source| json_of(source).get("parameters")?.get(name).cloned());
    spec.parameters.get(name).map(Value::to_request).into_iter().chain(of_environments).collect()
}

/// What to do about a template that Heat's endpoint cannot read.
fn unread(spec: &StackSpec) -> String {
    let text = spec.template.as_ref().and_then(TemplateSource::text).unwrap_or_default();
    match crate::base::yaml_tree::parse(text) {
        Err(wrong) => format!("mend it at line {}, column {}: {}", wrong.line, wrong.column, wrong.what),
        Ok(tree)
            if tree.get("AWSTemplateFormatVersion").is_none()
                && tree.get("heat_template_version").is_none() =>
        {
            "begin it with `AWSTemplateFormatVersion: \"2010-09-09\"`: Heat's endpoint reads none without"
                .to_string()
        }
        Ok(_) => "look at its sections: `AWSTemplateFormatVersion`, `Parameters`, `Resources`, `Outputs`"
            .to_string(),
    }
}
