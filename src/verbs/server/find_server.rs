//! `find_server`: one server by id or unique name.

use super::OPENSTACK;
use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::{Reference, ServerRef};
use crate::verbs::lookup;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVER: Key<ServerRef> =
    Key::required("server", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "find_server",
    group: Group::Servers,
    summary: "The server of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[SERVER.param()])],
    returns: Ty::Of(Noun::Server),
    effect: Effect::Reads,
    on: OPENSTACK,
    examples: &[Example { code: r#"find_server("nosuch") == ()"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Ambiguous],
    see: &["servers"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let found = match call.get(&SERVER)?.0 {
                Reference::Text(text) => {
                    let cloud = call.cloud()?;
                    let found = lookup::find_server(&call.host, &cloud, &text).await;
                    found.map_err(|error| call.placed(error, SERVER.name))?
                }
                Reference::Object(object) => super::read_again(&call, object.cloud(), object.id()).await?,
            };
            Ok(found.map_or(Value::Unit, Value::from))
        })
    }),
};
