//! `preview_stack`: what creating or updating a stack would do.

use super::spec::{self, OPTIONS};
use super::{STACK, STACK_ERRORS};
use crate::cloud::{Error, Noun, Resource, Result, StackChange, Ty, Value};
use crate::verbs::argument::Reference;
use crate::verbs::call::Call;
use crate::verbs::resolve;
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "preview_stack",
    group: Group::Stacks,
    summary: "What an update would change, or what a stack that is not there yet would make; nothing is left behind.",
    forms: &[Form::with(&[STACK.param()], OPTIONS)],
    returns: Ty::ArrayOf(&Ty::Record(StackChange::RECORD)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; preview_stack("app", #{ template: t })[0].action"#,
        gives: "create",
    }],
    errors: STACK_ERRORS,
    see: &["update_stack", "create_stack", "validate_template"],
    run: Run::Each(|call| Box::pin(preview(call))),
};

async fn preview(call: Call) -> Result<Value> {
    let existing = match call.get(&STACK)?.0 {
        Reference::Text(name) => resolve::find(&call.host, &call.cloud()?, Noun::Stack, &name).await?,
        object => Some(call.resolve(&object, Noun::Stack, STACK.name).await?),
    };
    let name = match (&existing, call.subject()) {
        (Some(stack), _) => stack.name().to_string(),
        (None, Some(Value::Text(name))) => name.to_string(),
        (None, _) => String::new(),
    };
    let spec = spec::of(&call, &name)?;
    if existing.is_none() {
        spec::needs_template(&call, &spec)?;
    }
    let cloud = call.cloud()?;
    // What the service makes for it goes again, also when the run is interrupted.
    let made = format!(
        "a change set `rhain-…` of `{0}`, with an empty stack `{0}` in REVIEW_IN_PROGRESS where there was none",
        spec.name
    );
    let held = call.host.hold(made.clone());
    let changes = cloud.preview_stack(existing.as_ref().map(Resource::id), &spec).await;
    held.end();
    // An interruption, also one that comes a moment later, takes the place of this error and of its words about what is left.
    let stays =
        |error: &Error| call.host.is_stopping() || error.facts.iter().any(|(name, _)| *name == "exists");
    if changes.as_ref().is_err_and(stays) {
        call.host.progress.warn(&format!("look for what is left behind: {made}"));
    }
    let changes = changes?;
    Ok(Value::Array(changes.iter().map(StackChange::value).collect()))
}
