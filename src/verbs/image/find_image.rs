//! `find_image`: one image by id or unique name.

use crate::cloud::{Noun, Ty};
use crate::verbs::argument::ImageRef;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const IMAGE: Key<ImageRef> =
    Key::required("image", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "find_image",
    group: Group::Images,
    summary: "The image of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[IMAGE.param()]).made_of(&["images"])],
    returns: Ty::Of(Noun::Image),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_image("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["images"],
    run: Run::Each(read::maybe),
};
