//! `flavor`: one flavor by id or unique name.

use crate::cloud::{Noun, Ty};
use crate::verbs::argument::FlavorRef;
use crate::verbs::read;
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
    examples: &[Example { code: r#"flavor("m1.tiny").ram"#, gives: "512" }],
    errors: read::ERRORS,
    see: &["flavors"],
    run: Run::Each(read::one),
};
