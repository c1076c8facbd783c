//! `find_image`: one image by id or unique name.

use super::OPENSTACK;
use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::{ImageRef, Reference};
use crate::verbs::lookup;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IMAGE: Key<ImageRef> =
    Key::required("image", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "find_image",
    group: Group::Images,
    summary: "The image of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[IMAGE.param()])],
    returns: Ty::Of(Noun::Image),
    effect: Effect::Reads,
    on: OPENSTACK,
    examples: &[Example { code: r#"find_image("nosuch") == ()"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::Ambiguous],
    see: &["images"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let found = match call.get(&IMAGE)?.0 {
                Reference::Text(text) => {
                    let cloud = call.cloud()?;
                    let found = lookup::find_image(&call.host, &cloud, &text).await;
                    found.map_err(|error| call.placed(error, IMAGE.name))?
                }
                Reference::Object(object) => super::read_again(&call, object.cloud(), object.id()).await?,
            };
            Ok(found.map_or(Value::Unit, Value::from))
        })
    }),
};
