//! `restore_stack`: back to a snapshot.

use super::{STACK, STACK_ERRORS, act};
use crate::cloud::{StackAction, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// A snapshot of a stack: what `snapshot` gave, its id or its name.
struct SnapshotOfStack(String);

impl Argument for SnapshotOfStack {
    const TY: Ty = Ty::Either(&Ty::Text, &Ty::MapOf(&Ty::Any));
    fn read(value: &Value) -> Result<Self, Mismatch> {
        let id = match value {
            Value::Map(map) => map.get("id"),
            text => Some(text),
        };
        match id {
            Some(Value::Text(text)) if !text.trim().is_empty() => Ok(SnapshotOfStack(text.to_string())),
            _ => Err(Mismatch::give(
                "a snapshot of a stack: what `snapshot(stack, name)` gave, its id or its name",
            )),
        }
    }
}

const SNAPSHOT: Key<SnapshotOfStack> =
    Key::required("snapshot", "What snapshot(stack, name) gave, its id or its name.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "restore_stack",
    group: Group::Stacks,
    summary: "Bring a stack back to a snapshot of it.",
    forms: &[Form::of(&[STACK.param(), SNAPSHOT.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"let s = create_stack("app", #{ template: "heat_template_version: rocky" }).wait_ready(); let p = snapshot(s, "before"); s.wait_ready(); s.restore_stack(p).wait_ready().status"#,
        gives: "RESTORE_COMPLETE",
    }],
    errors: STACK_ERRORS,
    see: &["snapshot", "update_stack"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let snapshot = call.get(&SNAPSHOT)?.0;
            act(&call, StackAction::Restore(snapshot)).await
        })
    }),
};
