//! `routers`, `router`, `find_router`: reading routers.

use crate::cloud::{Kind, Noun, Router, Ty};
use crate::verbs::argument::Ref;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Router>> =
    Key::required("router", "Its id or unique name, or the object itself, which is read again.");

/// The declaration of `routers`.
pub static ROUTERS: Verb = Verb {
    name: "routers",
    group: Group::Networks,
    summary: "The routers, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[read::NAME.param(), read::STATUS.param(), read::ALL_PROJECTS.param(), read::LIMIT.param()],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Router)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"routers().map(|r| r.status)"#, gives: "[\"ACTIVE\"]" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["router"],
    run: Run::Once(read::all),
};

/// The declaration of `router`.
pub static ROUTER: Verb = Verb {
    name: "router",
    group: Group::Networks,
    summary: "The router of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Router),
    effect: Effect::Reads,
    examples: &[Example { code: r#"router("router").external == network("public").id"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["routers"],
    run: Run::Each(read::one),
};

/// The declaration of `find_router`.
pub static FIND_ROUTER: Verb = Verb {
    name: "find_router",
    group: Group::Networks,
    summary: "The router of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["routers"])],
    returns: Ty::Of(Noun::Router),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_router("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["routers"],
    run: Run::Each(read::maybe),
};
