//! From what a person calls a resource to the resource: an id wins over a name, names match exactly and must be unique.

use super::host::Host;
use crate::cloud::nearest::nearest;
use crate::cloud::{
    Cloud, Error, Flavor, Image, ImageFilter, Kind, NameMatch, Noun, Resource, Result, Server, ServerFilter,
    Time,
};
use std::sync::Arc;

/// Whether text has the shape of an id: a UUID with or without dashes, or the whole number of an old cloud.
fn is_id(text: &str) -> bool {
    let hex = text.chars().filter(|c| c.is_ascii_hexdigit()).count();
    let dashes = text.chars().filter(|c| *c == '-').count();
    let whole = hex + dashes == text.len();
    (whole && hex == 32 && (dashes == 0 || dashes == 4))
        || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}

/// The server of this id or unique name, read now.
pub async fn server(host: &Host, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Server> {
    match find_server(host, cloud, text).await? {
        Some(server) => Ok(server),
        None => {
            let names = cloud.servers(&ServerFilter::default()).await?.into_iter().map(|server| server.name);
            Err(missing(cloud, Noun::Server, text, names))
        }
    }
}

/// The same, `None` where there is none.
pub async fn find_server(host: &Host, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Option<Server>> {
    if host.dry_run
        && let Some(Resource::Server(server)) = host.find_stand_in(cloud.name(), Noun::Server, text)
    {
        return Ok(Some((*server).clone()));
    }
    if is_id(text)
        && let Some(server) = cloud.server(text).await?
    {
        return Ok(Some(server));
    }
    let filter = ServerFilter { name: Some(NameMatch::Exact(text.to_string())), ..ServerFilter::default() };
    let mut found = cloud.servers(&filter).await?;
    if found.len() > 1 {
        let lines = found.iter().map(|server| (server.id.as_str(), server.status.as_str(), server.created));
        return Err(ambiguous(host, cloud, Noun::Server, text, lines));
    }
    match found.pop() {
        Some(server) => Ok(Some(server)),
        None if is_id(text) => Ok(None),
        None => cloud.server(text).await,
    }
}

/// The image of this id or unique name.
pub async fn image(host: &Host, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Image> {
    match find_image(host, cloud, text).await? {
        Some(image) => Ok(image),
        None => {
            let names = cloud.images(&ImageFilter::default()).await?.into_iter().map(|image| image.name);
            Err(missing(cloud, Noun::Image, text, names))
        }
    }
}

/// The same, `None` where there is none.
pub async fn find_image(host: &Host, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Option<Image>> {
    if host.dry_run
        && let Some(Resource::Image(image)) = host.find_stand_in(cloud.name(), Noun::Image, text)
    {
        return Ok(Some((*image).clone()));
    }
    if is_id(text)
        && let Some(image) = cloud.image(text).await?
    {
        return Ok(Some(image));
    }
    let filter = ImageFilter { name: Some(NameMatch::Exact(text.to_string())), ..ImageFilter::default() };
    let mut found = cloud.images(&filter).await?;
    if found.len() > 1 {
        let lines = found.iter().map(|image| (image.id.as_str(), image.status.as_str(), image.created));
        return Err(ambiguous(host, cloud, Noun::Image, text, lines));
    }
    match found.pop() {
        Some(image) => {
            host.learn_name(cloud.name(), Noun::Image, &image.id, &image.name);
            Ok(Some(image))
        }
        None if is_id(text) => Ok(None),
        None => cloud.image(text).await,
    }
}

/// The flavor of this id or unique name.
pub async fn flavor(host: &Host, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Flavor> {
    let (found, names) = search_flavors(host, cloud, text).await?;
    found.ok_or_else(|| missing(cloud, Noun::Flavor, text, names.into_iter()))
}

/// The same, `None` where there is none.
pub async fn find_flavor(host: &Host, cloud: &Arc<dyn Cloud>, text: &str) -> Result<Option<Flavor>> {
    search_flavors(host, cloud, text).await.map(|(found, _)| found)
}

async fn search_flavors(
    host: &Host,
    cloud: &Arc<dyn Cloud>,
    text: &str,
) -> Result<(Option<Flavor>, Vec<String>)> {
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
            let lines = named.iter().map(|flavor| (flavor.id.as_str(), "", None));
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
    if !near.is_empty() {
        error.help = Some(format!("use {}, or list them with `{}s()`", ticked(&near[..1]), noun.as_str()));
    }
    error
}

fn ambiguous<'a>(
    host: &Host,
    cloud: &Arc<dyn Cloud>,
    noun: Noun,
    text: &str,
    found: impl Iterator<Item = (&'a str, &'a str, Option<Time>)>,
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
