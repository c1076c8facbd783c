//! `find_flavor`: one flavor by id or unique name.

use crate::cloud::{Noun, Ty};
use crate::verbs::argument::FlavorRef;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const FLAVOR: Key<FlavorRef> =
    Key::required("flavor", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "find_flavor",
    group: Group::Images,
    summary: "The flavor of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[FLAVOR.param()]).made_of(&["flavors"])],
    returns: Ty::Of(Noun::Flavor),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_flavor("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["flavors"],
    run: Run::Each(read::maybe),
};
