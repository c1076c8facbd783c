//! From what a person calls a resource to the resource: an id wins over a name, names match exactly and must be unique.

use super::run_context::RunContext;
use super::verb::Verb;
use crate::cloud::nearest::nearest;
use crate::cloud::{Cloud, Error, Filter, Flavor, Image, Kind, Noun, Resource, Result, Server, Time, Value};
use std::sync::Arc;

/// The resource of this id or unique name, read now.
pub async fn resource(host: &RunContext, cloud: &Arc<dyn Cloud>, noun: Noun, text: &str) -> Result<Resource> {
    match find(host, cloud, noun, text).await? {
        Some(resource) => Ok(resource),
        None => {
            let all = cloud.list(noun, &Filter::default()).await?;
            let names = all.iter().map(|resource| resource.name().to_string());
            Err(missing(cloud, noun, text, names))
        }
    }
}

/// What the label of such an error ends in.
const OTHER_NOUN: &str = ", no server";

/// Whether a name that no server has is that of something else, so that it cannot count as gone.
pub fn is_of_another_noun(error: &Error) -> bool {
    error.label.as_deref().is_some_and(|label| label.ends_with(OTHER_NOUN))
}

/// The error of a name that no server has, told with the noun that has one of that name; `others` are the call's other arguments.
pub async fn of_another_noun(
    cloud: &Arc<dyn Cloud>,
    verb: &Verb,
    text: &str,
    others: &str,
    mut error: Error,
) -> Error {
    const OTHERS: [Noun; 12] = [
        Noun::Volume,
        Noun::Image,
        Noun::Network,
        Noun::SecurityGroup,
        Noun::Snapshot,
        Noun::Router,
        Noun::Subnet,
        Noun::Keypair,
        Noun::Port,
        Noun::ServerGroup,
        Noun::Backup,
        Noun::Stack,
    ];
    for noun in OTHERS {
        // What this cloud does not have, or does not let us list, has no such name for us.
        if cloud.list(noun, &Filter::named(text)).await.is_ok_and(|found| !found.is_empty()) {
            error.label = Some(format!("{} has this name{OTHER_NOUN}", noun.with_article()));
            error.help = Some(format!("write {}({}(\"{text}\"){others})", verb.name, noun.word()));
            return error;
        }
    }
    error
}

/// The same, `None` where there is none.
pub async fn find(
    host: &RunContext,
    cloud: &Arc<dyn Cloud>,
    noun: Noun,
    text: &str,
) -> Result<Option<Resource>> {
    let text = id_in_address(noun, text);
    if noun == Noun::Flavor {
        return Ok(find_flavor(host, cloud, text).await?.map(Resource::from));
    }
    let shaped = cloud.is_id(noun, text);
    if shaped && let Some(found) = cloud.one(noun, text).await? {
        return Ok(Some(found));
    }
    let mut found = cloud.list(noun, &Filter::named(text)).await?;
    if found.len() > 1 {
        let created = |resource: &Resource| match resource.field("created") {
            Some(Value::Time(time)) => Some(time),
            _ => None,
        };
        let lines = found.iter().map(|one| {
            let more = cloud.told_apart(one).map(|more| format!("  {more}")).unwrap_or_default();
            (one.id(), format!("{}{more}", one.status()), created(one))
        });
        return Err(ambiguous(host, cloud, noun, text, lines));
    }
    match found.pop() {
        Some(found) => {
            host.learn_name(cloud.name(), noun, found.id(), found.name());
            Ok(Some(found))
        }
        None if shaped => Ok(None),
        None => cloud.one(noun, text).await,
    }
}

/// The id in an address of this noun, as clouds write them in links and the first books gave images and flavors
/// (`http://c/v1.1/images/ID`); any other text as it is.
fn id_in_address(noun: Noun, text: &str) -> &str {
    if !(text.starts_with("http://") || text.starts_with("https://")) {
        return text;
    }
    let mut steps = text.rsplit('/');
    match (steps.next(), steps.next().and_then(|list| list.strip_suffix('s'))) {
        (Some(id), Some(word)) if word == noun.word() && !id.is_empty() => id,
        _ => text,
    }
}

/// The server of this id or unique name, read now.
pub async fn server(host: &RunContext, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Server> {
    match resource(host, cloud, Noun::Server, text).await? {
        Resource::Server(server) => Ok(Arc::unwrap_or_clone(server)),
        other => Err(stray(Noun::Server, &other)),
    }
}

/// The image of this id or unique name.
pub async fn image(host: &RunContext, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Image> {
    match resource(host, cloud, Noun::Image, text).await? {
        Resource::Image(image) => Ok(Arc::unwrap_or_clone(image)),
        other => Err(stray(Noun::Image, &other)),
    }
}

/// The image of a new server in a zone: of several of one name the only one that is in it.
pub async fn image_in_zone(
    cloud: &Arc<dyn Cloud>,
    text: &str,
    zone: Option<&str>,
    ambiguous: Error,
) -> Result<Image> {
    let mut found = cloud.images_in_zone(text, zone).await?;
    match found.len() {
        1 => Ok(found.remove(0)),
        _ => Err(ambiguous),
    }
}

/// A driver that gives another noun than it was asked for.
pub fn stray(wanted: Noun, got: &Resource) -> Error {
    let words = format!("asked for {}, the cloud gave {}", wanted.with_article(), got.noun().with_article());
    Error::new(Kind::Protocol, words)
}

/// The flavor of this id or unique name.
pub async fn flavor(host: &RunContext, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Flavor> {
    let (found, names) = search_flavors(host, cloud, text).await?;
    found.ok_or_else(|| missing(cloud, Noun::Flavor, text, names.into_iter()))
}

/// The same for a request: who may not look it up can use it all the same, where the cloud itself judges it.
pub async fn usable_flavor(host: &RunContext, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Flavor> {
    match flavor(host, cloud, text).await {
        Err(error)
            if matches!(error.kind, Kind::Forbidden | Kind::Unsupported)
                && cloud.takes_as_written(Noun::Flavor, text) =>
        {
            Ok(Flavor::unread(text, cloud.name()))
        }
        found => found,
    }
}

/// The same, `None` where there is none.
pub async fn find_flavor(host: &RunContext, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Option<Flavor>> {
    search_flavors(host, cloud, text).await.map(|(found, _)| found)
}

async fn search_flavors(
    host: &RunContext,
    cloud: &Arc<dyn Cloud>,
    text: &str,
) -> Result<(Option<Flavor>, Vec<String>)> {
    let text = id_in_address(Noun::Flavor, text);
    // Where a name is the id, one read tells what the whole list would.
    if cloud.takes_as_written(Noun::Flavor, text)
        && let Some(flavor) = cloud.flavor(text).await?
    {
        return Ok((Some(flavor), Vec::new()));
    }
    let all = cloud.flavors().await?;
    for flavor in &all {
        host.learn_name(cloud.name(), Noun::Flavor, &flavor.id, &flavor.name);
    }
    if let Some(flavor) = all.iter().find(|flavor| flavor.id == text) {
        return Ok((Some(flavor.clone()), Vec::new()));
    }
    let named: Vec<&Flavor> = all.iter().filter(|flavor| flavor.name == text).collect();
    match named[..] {
        [flavor] => Ok((Some(flavor.clone()), Vec::new())),
        [] => match cloud.flavor(text).await? {
            // A flavor that lists leave out can still be named by its id.
            Some(flavor) => Ok((Some(flavor), Vec::new())),
            None => Ok((None, all.into_iter().map(|flavor| flavor.name).collect())),
        },
        _ => {
            let lines = named.iter().map(|flavor| (flavor.id.as_str(), String::new(), None));
            Err(ambiguous(host, cloud, Noun::Flavor, text, lines))
        }
    }
}

/// The names that are nearest to a text, nearest first; at the most three, none that is far off.
pub fn closest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    nearest(text, names, 3)
}

/// The error for a name that is not there.
pub fn missing(cloud: &Arc<dyn Cloud>, noun: Noun, text: &str, names: impl Iterator<Item = String>) -> Error {
    let names: Vec<String> = names.collect();
    let near = closest(text, names.iter().map(String::as_str));
    let ticked =
        |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let label = match (&near[..], &names[..]) {
        ([], []) => format!("there is no {} at all", noun.as_str()),
        ([], few) if few.len() <= 8 => format!("there are {}", ticked(few)),
        ([], many) => format!("none of {} {}s is close", many.len(), noun.as_str()),
        (near, _) => format!("closest: {}", ticked(near)),
    };
    let mut error = Error::new(Kind::NotFound, format!("{} has no {} `{text}`", cloud.name(), noun.as_str()))
        .coded("cloud::not_found");
    error.label = Some(label.clone());
    error.cloud = Some(cloud.name().to_string());
    error.provider = Some(cloud.provider().as_str());
    let word = noun.word();
    if !near.is_empty() {
        error.help = Some(format!("use {}, or list them with `{word}s()`", ticked(&near[..1])));
    } else if cloud.provider().has_any(&[&format!("{word}s(all_projects)")]) {
        error.help = Some(format!(
            "names are those of this project: an administrator gives what is another's by its id, `{word}s(#{{ all_projects: \
             true }})` lists them"
        ));
    }
    error
}

fn ambiguous<'a>(
    host: &RunContext,
    cloud: &Arc<dyn Cloud>,
    noun: Noun,
    text: &str,
    found: impl Iterator<Item = (&'a str, String, Option<Time>)>,
) -> Error {
    let now = host.clock.now();
    let lines: Vec<String> = found
        .map(|(id, status, created)| {
            let age = created.map(|created| format!("created {} ago", round(now.since(created).seconds())));
            format!("{id}  {status}  {}", age.unwrap_or_default()).trim_end().to_string()
        })
        .collect();
    let mut error = Error::new(
        Kind::Ambiguous,
        format!("{} has {} {}s named `{text}`", cloud.name(), lines.len(), noun.as_str()),
    )
    .coded("cloud::ambiguous")
    .help(format!("name one by its id:\n{}", lines.join("\n")));
    error.label = Some("more than one has this name".to_string());
    error.cloud = Some(cloud.name().to_string());
    error.provider = Some(cloud.provider().as_str());
    error
}

/// A length of time in its largest unit, as people tell an age.
fn round(seconds: i64) -> String {
    let (count, unit) = match seconds {
        s if s >= 172_800 => (s / 86_400, "day"),
        s if s >= 7200 => (s / 3600, "hour"),
        s if s >= 120 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
