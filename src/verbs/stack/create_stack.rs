//! `create_stack`: ask for a stack.

use super::spec::{self, OPTIONS};
use crate::cloud::wait::Pending;
use crate::cloud::{Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> = Key::required("name", "Its name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_stack",
    group: Group::Stacks,
    summary: "Ask for a stack from a template; it is made when wait_ready returns.",
    forms: &[Form::with(&[NAME.param()], OPTIONS)],
    returns: Ty::Of(Noun::Stack),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }).wait_ready().status"#,
        gives: "CREATE_COMPLETE",
    }],
    errors: &[Kind::InvalidArgument, Kind::Conflict, Kind::OverQuota, Kind::Denied],
    see: &["wait_ready", "update_stack", "preview_stack", "stack_events"],
    run: Run::Once(|call| Box::pin(create(call))),
};

async fn create(call: Call) -> Result<Value> {
    let spec = spec::of(&call, &call.get(&NAME)?.0)?;
    spec::needs_template(&call, &spec)?;
    let stack = call.cloud()?.create_stack(&spec).await?;
    if spec.tags.as_ref().is_some_and(|tags| !tags.is_empty()) && stack.tags.is_empty() {
        super::not_kept(&call, &stack.name, "tags");
    }
    let at = call.host.clock.now();
    let pending = Pending { verb: VERB.name, request_id: None, at, before: None };
    call.host.requested(&stack.cloud, &stack.id, pending);
    Ok(Value::from(stack))
}
