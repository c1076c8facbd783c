//! `keypairs`, `keypair`, `find_keypair`: reading key pairs.

use crate::cloud::{Keypair, Kind, Noun, Ty};
use crate::verbs::argument::Ref;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Keypair>> =
    Key::required("keypair", "Its id or unique name, or the object itself, which is read again.");

/// The declaration of `keypairs`.
pub static KEYPAIRS: Verb = Verb {
    name: "keypairs",
    group: Group::Keypairs,
    summary: "The key pairs, all of them or those that match a filter.",
    forms: &[Form::with(&[], &[read::NAME.param(), read::LIMIT.param()])],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Keypair)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"create_keypair("ops"); keypairs().map(|k| k.name)"#, gives: "[\"ops\"]" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["keypair"],
    run: Run::Once(read::all),
};

/// The declaration of `keypair`.
pub static KEYPAIR: Verb = Verb {
    name: "keypair",
    group: Group::Keypairs,
    summary: "The key pair of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Keypair),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"create_keypair("ops"); keypair("ops").private_key == ()"#,
        gives: "true",
    }],
    errors: read::ERRORS,
    see: &["keypairs"],
    run: Run::Each(read::one),
};

/// The declaration of `find_keypair`.
pub static FIND_KEYPAIR: Verb = Verb {
    name: "find_keypair",
    group: Group::Keypairs,
    summary: "The key pair of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["keypairs"])],
    returns: Ty::Of(Noun::Keypair),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_keypair("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["keypairs"],
    run: Run::Each(read::maybe),
};
