//! `server_groups`, `server_group`, `find_server_group`: reading server groups.

use crate::cloud::{Kind, Noun, ServerGroup, Ty};
use crate::verbs::argument::Ref;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<ServerGroup>> =
    Key::required("server_group", "Its id or unique name, or the object itself, which is read again.");

/// The declaration of `server_groups`.
pub static SERVER_GROUPS: Verb = Verb {
    name: "server_groups",
    group: Group::Servers,
    summary: "The server groups, all of them or those that match a filter; on EC2 the placement groups.",
    forms: &[Form::with(&[], &[read::NAME.param(), read::ALL_PROJECTS.param(), read::LIMIT.param()])],
    returns: Ty::ArrayOf(&Ty::Of(Noun::ServerGroup)),
    effect: Effect::Reads,
    examples: &[Example { code: "server_groups().len", gives: "0" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["server_group", "create_server_group"],
    run: Run::Once(read::all),
};

/// The declaration of `server_group`.
pub static SERVER_GROUP: Verb = Verb {
    name: "server_group",
    group: Group::Servers,
    summary: "The server group of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::ServerGroup),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"create_server_group("apart", "anti-affinity"); server_group("apart").servers.len"#,
        gives: "0",
    }],
    errors: read::ERRORS,
    see: &["server_groups"],
    run: Run::Each(read::one),
};

/// The declaration of `find_server_group`.
pub static FIND_SERVER_GROUP: Verb = Verb {
    name: "find_server_group",
    group: Group::Servers,
    summary: "The server group of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["server_groups"])],
    returns: Ty::Of(Noun::ServerGroup),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_server_group("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["server_groups"],
    run: Run::Each(read::maybe),
};
