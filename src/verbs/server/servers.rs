//! `servers`: every server that a filter lets through, all pages.

use crate::cloud::server_words::STATUSES;
use crate::cloud::{Error, Filter, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::{FlavorRef, ImageRef, Meta, Positive};
use crate::verbs::call::Call;
use crate::verbs::filter::{NamePattern, Statuses};
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<NamePattern> = Key::filter("name", "By name, with * and ?.");
const STATUS: Key<Statuses> = Key::filter("status", "A status, or an array of them.");
const META: Key<Meta> = Key::filter("meta", "All of these metadata items.");
const IMAGE: Key<ImageRef> = Key::filter("image", "By image.");
const FLAVOR: Key<FlavorRef> = Key::filter("flavor", "By flavor.");
const IP: Key<String> = Key::filter("ip", "By address.");
const ZONE: Key<String> = Key::filter("zone", "By availability zone.");
const ALL_PROJECTS: Key<bool> = Key::filter("all_projects", "Those of every project; for administrators.");
const LIMIT: Key<Positive> = Key::filter("limit", "At the most this many.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "servers",
    group: Group::Servers,
    summary: "The servers, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[
            NAME.param(),
            STATUS.param(),
            META.param(),
            read::TAGS.param(),
            IMAGE.param(),
            FLAVOR.param(),
            IP.param(),
            ZONE.param(),
            ALL_PROJECTS.param(),
            LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Server)),
    effect: Effect::Reads,
    examples: &[Example {
        code: r#"servers(#{ name: "we*", status: "ACTIVE" }).map(|s| s.name)"#,
        gives: r#"["web"]"#,
    }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["server", "find_server", "table"],
    run: Run::Once(|call| Box::pin(servers(call))),
};

async fn servers(call: Call) -> Result<Value> {
    let cloud = call.cloud()?;
    let image = match call.find(&IMAGE)? {
        Some(image) => Some(call.resolve_image(&image, IMAGE.name).await?.id),
        None => None,
    };
    let flavor = match call.find(&FLAVOR)? {
        Some(flavor) => Some(call.resolve_flavor(&flavor, FLAVOR.name).await?.id),
        None => None,
    };
    let limit = call.find(&LIMIT)?.map(|limit| usize::try_from(limit.0).unwrap_or(usize::MAX));
    let filter = Filter {
        name: call.find(&NAME)?.map(|name| name.0),
        status: call.find(&STATUS)?.map_or_else(Vec::new, |statuses| statuses.0),
        meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
        tags: call.find(&read::TAGS)?.map_or_else(Vec::new, |tags| tags.0),
        image,
        flavor,
        ip: call.find(&IP)?,
        zone: call.find(&ZONE)?,
        all_projects: call.find(&ALL_PROJECTS)?.unwrap_or(false),
        limit,
        ..Filter::default()
    };
    check_statuses(&call, STATUS.name, &filter.status)?;
    Ok(Value::Array(cloud.servers(&filter).await?.into_iter().map(Value::from).collect()))
}

/// Every word must be a status of the language.
pub fn check_statuses(call: &Call, argument: &str, statuses: &[String]) -> Result<()> {
    let Some(wrong) = statuses.iter().find(|status| !STATUSES.contains(&status.as_str())) else {
        return Ok(());
    };
    let near = crate::verbs::resolve::closest(wrong, STATUSES.iter().copied());
    let label = near.first().map_or("not a status".to_string(), |near| format!("did you mean `{near}`?"));
    Err(Error::new(Kind::InvalidArgument, format!("no server has the status `{wrong}`"))
        .coded("call::unknown_status")
        .help(format!("use one of: {}", STATUSES.join(", ")))
        .at(call.place(argument), label))
}
