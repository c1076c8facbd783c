//! `image`: one image by id or unique name.

use super::OPENSTACK;
use crate::cloud::{Error, Kind, Noun, Ty, Value};
use crate::verbs::argument::{ImageRef, Reference};
use crate::verbs::lookup;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IMAGE: Key<ImageRef> =
    Key::required("image", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "image",
    group: Group::Images,
    summary: "The image of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[IMAGE.param()])],
    returns: Ty::Of(Noun::Image),
    effect: Effect::Reads,
    on: OPENSTACK,
    examples: &[Example { code: r#"image("cirros").status"#, gives: "ACTIVE" }],
    errors: &[Kind::NotFound, Kind::Ambiguous],
    see: &["images"],
    run: Run::Each(|call| {
        Box::pin(async move {
            match call.get(&IMAGE)?.0 {
                Reference::Text(text) => {
                    let cloud = call.cloud()?;
                    let found = lookup::image(&call.host, &cloud, &text).await;
                    Ok(found.map_err(|error| call.placed(error, IMAGE.name))?.into())
                }
                Reference::Object(object) => {
                    let found = super::read_again(&call, object.cloud(), object.id()).await?;
                    found.map(Value::from).ok_or_else(|| {
                        Error::new(Kind::NotFound, format!("the image `{}` is gone", object.name()))
                            .coded("cloud::not_found")
                            .at(call.place(IMAGE.name), "gone")
                    })
                }
            }
        })
    }),
};
