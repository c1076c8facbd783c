//! `find_flavor`: one flavor by id or unique name.

use super::OPENSTACK;
use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::{FlavorRef, Reference};
use crate::verbs::lookup;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const FLAVOR: Key<FlavorRef> =
    Key::required("flavor", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "find_flavor",
    group: Group::Images,
    summary: "The flavor of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[FLAVOR.param()])],
    returns: Ty::Of(Noun::Flavor),
    effect: Effect::Reads,
    on: OPENSTACK,
    examples: &[Example { code: r#"find_flavor("nosuch") == ()"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Ambiguous],
    see: &["flavors"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let found = match call.get(&FLAVOR)?.0 {
                Reference::Text(text) => {
                    let cloud = call.cloud()?;
                    let found = lookup::find_flavor(&call.host, &cloud, &text).await;
                    found.map_err(|error| call.placed(error, FLAVOR.name))?
                }
                Reference::Object(object) => super::read_again(&call, object.cloud(), object.id()).await?,
            };
            Ok(found.map_or(Value::Unit, Value::from))
        })
    }),
};
