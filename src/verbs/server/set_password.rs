//! `set_password`: root's or Administrator's password.

use super::{ACTION_ERRORS, SERVER};
use crate::cloud::{Action, Secret, Ty};
use crate::verbs::run::act;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const PASSWORD: Key<Secret> = Key::required("password", "The new password; text or a secret.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "set_password",
    group: Group::Servers,
    summary: "Set the password of root or Administrator.",
    forms: &[Form::of(&[SERVER.param(), PASSWORD.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example { code: r#"set_password("web", secret("s3kr1t")).name"#, gives: "web" }],
    errors: ACTION_ERRORS,
    see: &["rebuild", "rescue"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let password = call.get(&PASSWORD)?;
            act(&call, server, Action::SetPassword(password)).await
        })
    }),
};
