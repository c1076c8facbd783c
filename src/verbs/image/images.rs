//! `images`: every image that a filter lets through.

use crate::cloud::{Filter, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::{Meta, Positive};
use crate::verbs::call::Call;
use crate::verbs::filter::{NamePattern, Statuses};
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<NamePattern> = Key::filter("name", "By name, with * and ?.");
const STATUS: Key<Statuses> = Key::filter("status", "A status, or an array of them.");
const META: Key<Meta> = Key::filter("meta", "All of these metadata items.");
const VISIBILITY: Key<String> = Key::filter("visibility", "public, private, shared or community.");
const OWNER: Key<String> = Key::filter("owner", "By owning project's id.");
const LIMIT: Key<Positive> = Key::filter("limit", "At the most this many.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "images",
    group: Group::Images,
    summary: "The images, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[
            NAME.param(),
            STATUS.param(),
            META.param(),
            VISIBILITY.param(),
            OWNER.param(),
            read::ALL_PROJECTS.param(),
            LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Image)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"images(#{ name: "cir*" }).map(|i| i.name)"#, gives: r#"["cirros"]"# }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["image", "snapshot"],
    run: Run::Once(|call| Box::pin(images(call))),
};

async fn images(call: Call) -> Result<Value> {
    let filter = Filter {
        name: call.find(&NAME)?.map(|name| name.0),
        status: call.find(&STATUS)?.map_or_else(Vec::new, |statuses| statuses.0),
        meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
        visibility: call.find(&VISIBILITY)?,
        owner: call.find(&OWNER)?,
        all_projects: call.find(&read::ALL_PROJECTS)?.unwrap_or(false),
        limit: call.find(&LIMIT)?.map(|limit| usize::try_from(limit.0).unwrap_or(usize::MAX)),
        ..Filter::default()
    };
    Ok(Value::Array(call.cloud()?.images(&filter).await?.into_iter().map(Value::from).collect()))
}
