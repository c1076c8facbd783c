//! `password_data`: the administrator's password that a machine made for itself, as only the owner of its key can read it.

use super::SERVER;
use crate::cloud::{Kind, Ty, Value};
use crate::verbs::verb::{Effect, Example, Form, Group, Run, Verb};

/// The declaration.
pub static VERB: Verb = Verb {
    name: "password_data",
    group: Group::Servers,
    summary: "The password that a machine made for its administrator, encrypted for its key pair (RSA with PKCS#1 v1.5 padding) and in base64; `()` while \
              there is none. `openssl pkeyutl -decrypt -inkey KEY` reads what `from_base64` gives of it.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Text,
    effect: Effect::Reads,
    examples: &[Example { code: r#"password_data("web") == ()"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Unsupported],
    see: &["set_password", "console_log"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let server = call.server(&SERVER).await?;
            let cloud = call.host.clouds.get(Some(&server.cloud))?;
            let data = cloud.password_data(&server.id).await?;
            Ok(data.map_or(Value::Unit, Value::text))
        })
    }),
};
