//! `flavor`: one flavor by id or unique name.

use super::OPENSTACK;
use crate::cloud::{Error, Kind, Noun, Ty, Value};
use crate::verbs::argument::{FlavorRef, Reference};
use crate::verbs::lookup;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const FLAVOR: Key<FlavorRef> =
    Key::required("flavor", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "flavor",
    group: Group::Images,
    summary: "The flavor of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[FLAVOR.param()])],
    returns: Ty::Of(Noun::Flavor),
    effect: Effect::Reads,
    on: OPENSTACK,
    examples: &[Example { code: r#"flavor("m1.tiny").ram"#, gives: "512" }],
    errors: &[Kind::NotFound, Kind::Ambiguous],
    see: &["flavors"],
    run: Run::Each(|call| {
        Box::pin(async move {
            match call.get(&FLAVOR)?.0 {
                Reference::Text(text) => {
                    let cloud = call.cloud()?;
                    let found = lookup::flavor(&call.host, &cloud, &text).await;
                    Ok(found.map_err(|error| call.placed(error, FLAVOR.name))?.into())
                }
                Reference::Object(object) => {
                    let found = super::read_again(&call, object.cloud(), object.id()).await?;
                    found.map(Value::from).ok_or_else(|| {
                        Error::new(Kind::NotFound, format!("the flavor `{}` is gone", object.name()))
                            .coded("cloud::not_found")
                            .at(call.place(FLAVOR.name), "gone")
                    })
                }
            }
        })
    }),
};
