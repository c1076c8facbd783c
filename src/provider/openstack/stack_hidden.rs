//! The values of hidden parameters, which never show.

use super::OpenStack;
use super::heat::stack;
use super::stack_request::StackRequest;
use crate::cloud::{Result, Stack, StackSpec, TemplateSource};
use crate::provider::stacks::guard;
use serde_json::{Value as Json, json};

impl OpenStack {
    /// Values of hidden parameters are secrets from now on.
    pub(super) fn hide<'a>(
        &self,
        hidden: &[String],
        before: Option<&Stack>,
        values: impl Iterator<Item = (&'a String, &'a Json)>,
    ) {
        for (name, value) in values {
            if hidden.contains(name) || guard::is_hidden(before, name) {
                guard::texts(value).iter().for_each(|text| self.session.wire().known().add(text));
            }
        }
    }

    /// The values of the hidden parameters of a template that nobody here has read: Heat says which they are. Where it does not,
    /// all are hidden.
    pub(super) async fn hide_of_address(&self, spec: &StackSpec, request: &StackRequest) -> Result<()> {
        let of_environment = |section: &str| request.environment.get(section).and_then(Json::as_object);
        let sections = [of_environment("parameters"), of_environment("parameter_defaults")];
        let given: Vec<(&String, &Json)> =
            request.parameters.iter().chain(sections.into_iter().flatten().flatten()).collect();
        if given.is_empty() || !matches!(spec.template, Some(TemplateSource::Url(_))) {
            return Ok(());
        }
        let mut body = self.body(spec, request)?;
        body.remove("parameters");
        // Nothing goes out before it is known what may be told; a registry of types alone changes what the template means.
        let registry = request.environment.get("resource_registry");
        match registry {
            Some(types) => body.insert("environment".to_string(), json!({ "resource_registry": types })),
            None => body.remove("environment"),
        };
        let told = self.json(&stack::validate(body)).await.unwrap_or_default();
        let is_open = |name: &str| {
            let one = told.get("Parameters").and_then(|all| all.get(name));
            one.is_some_and(|one| !one.get("NoEcho").is_some_and(guard::is_set))
        };
        let hidden: Vec<String> =
            given.iter().map(|(name, _)| (*name).clone()).filter(|name| !is_open(name)).collect();
        self.hide(&hidden, None, given.into_iter());
        Ok(())
    }
}
