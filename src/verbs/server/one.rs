//! `server`: one server by id or unique name.

use super::OPENSTACK;
use crate::cloud::{Error, Kind, Noun, Ty, Value};
use crate::verbs::argument::{Reference, ServerRef};
use crate::verbs::lookup;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVER: Key<ServerRef> =
    Key::required("server", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "server",
    group: Group::Servers,
    summary: "The server of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Of(Noun::Server),
    effect: Effect::Reads,
    on: OPENSTACK,
    examples: &[Example { code: r#"server("web").status"#, gives: "ACTIVE" }],
    errors: &[Kind::NotFound, Kind::Ambiguous],
    see: &["servers"],
    run: Run::Each(|call| {
        Box::pin(async move {
            match call.get(&SERVER)?.0 {
                Reference::Text(text) => {
                    let cloud = call.cloud()?;
                    let found = lookup::server(&call.host, &cloud, &text).await;
                    Ok(found.map_err(|error| call.placed(error, SERVER.name))?.into())
                }
                Reference::Object(object) => {
                    let found = super::read_again(&call, object.cloud(), object.id()).await?;
                    found.map(Value::from).ok_or_else(|| {
                        Error::new(Kind::NotFound, format!("the server `{}` is gone", object.name()))
                            .coded("cloud::not_found")
                            .at(call.place(SERVER.name), "gone")
                    })
                }
            }
        })
    }),
};
