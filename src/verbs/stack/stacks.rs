//! `stacks`, `stack`, `find_stack`: reading stacks.

use crate::cloud::{Kind, Noun, Stack, Ty};
use crate::verbs::argument::Ref;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Stack>> =
    Key::required("stack", "Its id or unique name, or the object itself, which is read again.");

/// The declaration of `stacks`.
pub static STACKS: Verb = Verb {
    name: "stacks",
    group: Group::Stacks,
    summary: "The stacks, all of them or those that match a filter; nested ones are left out.",
    forms: &[Form::with(
        &[],
        &[
            read::NAME.param(),
            read::STATUS.param(),
            read::TAGS.param(),
            read::ALL_PROJECTS.param(),
            read::LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Stack)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }); stacks(#{ name: "a*" }).map(|s| s.name)"#,
        gives: "[\"app\"]",
    }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["stack", "create_stack"],
    run: Run::Once(read::all),
};

/// The declaration of `stack`.
pub static STACK: Verb = Verb {
    name: "stack",
    group: Group::Stacks,
    summary: "The stack of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Stack),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"let t = #{ heat_template_version: "rocky", resources: #{ r: #{ type: "OS::Heat::None" } } }; create_stack("app", #{ template: t }); stack("app").name"#,
        gives: "app",
    }],
    errors: read::ERRORS,
    see: &["stacks", "stack_resources", "stack_events"],
    run: Run::Each(read::one),
};

/// The declaration of `find_stack`.
pub static FIND_STACK: Verb = Verb {
    name: "find_stack",
    group: Group::Stacks,
    summary: "The stack of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["stacks"])],
    returns: Ty::Of(Noun::Stack),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_stack("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["stacks"],
    run: Run::Each(read::maybe),
};
