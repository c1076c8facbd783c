//! `find_server`: one server by id or unique name.

use crate::cloud::{Noun, Ty};
use crate::verbs::argument::ServerRef;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVER: Key<ServerRef> =
    Key::required("server", "Its id or unique name, or the object itself, which is read again.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "find_server",
    group: Group::Servers,
    summary: "The server of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[SERVER.param()]).made_of(&["servers"])],
    returns: Ty::Of(Noun::Server),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_server("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["servers"],
    run: Run::Each(read::maybe),
};
