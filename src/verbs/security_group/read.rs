//! `security_groups`, `security_group`, `find_security_group`: reading security groups.

use crate::cloud::{Kind, Noun, SecurityGroup, Ty};
use crate::verbs::argument::Ref;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<SecurityGroup>> =
    Key::required("security_group", "Its id or unique name, or the object itself, which is read again.");

/// The declaration of `security_groups`.
pub static SECURITY_GROUPS: Verb = Verb {
    name: "security_groups",
    group: Group::Networks,
    summary: "The security groups, all of them or those that match a filter.",
    forms: &[Form::with(&[], &[read::NAME.param(), read::ALL_PROJECTS.param(), read::LIMIT.param()])],
    returns: Ty::ArrayOf(&Ty::Of(Noun::SecurityGroup)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"security_groups(#{ name: "def*" }).len"#, gives: "1" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["security_group"],
    run: Run::Once(read::all),
};

/// The declaration of `security_group`.
pub static SECURITY_GROUP: Verb = Verb {
    name: "security_group",
    group: Group::Networks,
    summary: "The security group of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::SecurityGroup),
    effect: Effect::Reads,
    examples: &[Example { code: r#"security_group("default").name"#, gives: "default" }],
    errors: read::ERRORS,
    see: &["security_groups"],
    run: Run::Each(read::one),
};

/// The declaration of `find_security_group`.
pub static FIND_SECURITY_GROUP: Verb = Verb {
    name: "find_security_group",
    group: Group::Networks,
    summary: "The security group of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["security_groups"])],
    returns: Ty::Of(Noun::SecurityGroup),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_security_group("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["security_groups"],
    run: Run::Each(read::maybe),
};
