//! `add_tags`, `remove_tags`, `replace_tags`: what a server is marked with.

use crate::cloud::{Accepted, Kind, Result, Server, TagChange, Ty, Value};
use crate::verbs::Call;
use crate::verbs::argument::{OneOrMany, Ref};
use crate::verbs::run::again;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const SERVER: Key<Ref<Server>> = Key::required("server", "A server, or an array of servers.");
const TAGS: Key<OneOrMany<String>> = Key::required("tags", "A tag, or an array of tags.");
const ERRORS: &[Kind] = &[Kind::NotFound, Kind::Conflict, Kind::InvalidArgument];

/// `add_tags`.
pub static ADD: Verb = Verb {
    name: "add_tags",
    group: Group::Metadata,
    summary: "Add tags; what is there already stays.",
    forms: &[Form::of(&[SERVER.param(), TAGS.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"add_tags("web", ["eu", "nightly"]).tags"#,
        gives: r#"["eu", "nightly"]"#,
    }],
    errors: ERRORS,
    see: &["remove_tags", "replace_tags", "set_meta"],
    run: Run::Each(|call| Box::pin(change(call, TagChange::Add))),
};

/// `remove_tags`.
pub static REMOVE: Verb = Verb {
    name: "remove_tags",
    group: Group::Metadata,
    summary: "Take tags away; one that is not there is no error.",
    forms: &[Form::of(&[SERVER.param(), TAGS.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"add_tags("web", ["nightly", "eu"]).remove_tags("eu").tags"#,
        gives: r#"["nightly"]"#,
    }],
    errors: ERRORS,
    see: &["add_tags", "replace_tags"],
    run: Run::Each(|call| Box::pin(change(call, TagChange::Remove))),
};

/// `replace_tags`.
pub static REPLACE: Verb = Verb {
    name: "replace_tags",
    group: Group::Metadata,
    summary: "Make the tags exactly these.",
    forms: &[Form::of(&[SERVER.param(), TAGS.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"add_tags("web", "nightly").replace_tags(["weekly"]).tags"#,
        gives: r#"["weekly"]"#,
    }],
    errors: ERRORS,
    see: &["add_tags", "remove_tags", "replace_meta"],
    run: Run::Each(|call| Box::pin(change(call, TagChange::Replace))),
};

async fn change(call: Call, of: fn(Vec<String>) -> TagChange) -> Result<Value> {
    let change = of(call.get(&TAGS)?.0);
    let server = call.server(&SERVER).await?;
    let cloud = call.host.clouds.get(Some(&server.cloud))?;
    cloud.update_tags(&server.id, &change).await?;
    Ok(again(&call, &cloud, server, Accepted::default()).await?.into())
}
