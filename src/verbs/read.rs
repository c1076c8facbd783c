//! Reading resources of any noun: one that must be there, one that may be, and all that a filter lets through.
//!
//! The verb's declared result says which noun; so a noun's three reading verbs are three declarations and no code.

use super::argument::{Argument, Meta, OneOrMany, Positive, Reference};
use super::call::Call;
use super::filter::{NamePattern, Statuses};
use super::resolve;
use super::verb::{Key, Outcome};
use crate::cloud::{Cloud, Error, Filter, Kind, Noun, Resource, Result, Ty, Value};
use std::sync::Arc;

/// The filter key `name`.
pub const NAME: Key<NamePattern> = Key::filter("name", "By name, with * and ?.");
/// The filter key `status`.
pub const STATUS: Key<Statuses> = Key::filter("status", "A status, or an array of them.");
/// The filter key `meta`.
pub const META: Key<Meta> = Key::filter("meta", "All of these metadata items.");
/// The filter key `tags`.
pub const TAGS: Key<OneOrMany<String>> = Key::filter("tags", "All of these tags.");
/// The filter key `all_projects`.
pub const ALL_PROJECTS: Key<bool> =
    Key::filter("all_projects", "Those of every project; for administrators.");
/// The filter key `limit`.
pub const LIMIT: Key<Positive> = Key::filter("limit", "At the most this many.");

/// The kinds of error of reading one.
pub const ERRORS: &[Kind] = &[Kind::NotFound, Kind::Ambiguous];

/// The operations that read one resource, of every noun: what waits are made of.
pub const READS: &[&str] = &{
    let mut words = [""; Noun::ALL.len()];
    let mut nth = 0;
    while nth < words.len() {
        words[nth] = Noun::ALL[nth].word();
        nth += 1;
    }
    words
};

fn noun_of(call: &Call) -> Result<Noun> {
    match call.verb.returns {
        Ty::Of(noun) | Ty::ArrayOf(&Ty::Of(noun)) => Ok(noun),
        _ => {
            Err(Error::new(Kind::Unsupported, format!("`{}` reads no single kind of thing", call.verb.name)))
        }
    }
}

/// The resource that the first argument names, read now; `not_found` where there is none.
pub fn one(call: Call) -> Outcome<Value> {
    Box::pin(async move {
        let noun = noun_of(&call)?;
        existing(&call, noun).await
    })
}

/// The same, `()` where there is none.
pub fn maybe(call: Call) -> Outcome<Value> {
    Box::pin(async move {
        let noun = noun_of(&call)?;
        Ok(found(&call, noun).await?.map_or(Value::Unit, Value::from))
    })
}

/// [`one`] of a noun that the verb's result does not say.
pub async fn existing(call: &Call, noun: Noun) -> Result<Value> {
    let first = call.form.params.first().map_or("", |first| first.name);
    match call.subject() {
        Some(Value::Text(text)) => {
            let cloud = call.cloud()?;
            let found = resolve::resource(&call.host, &cloud, noun, text).await;
            Ok(Value::from(found.map_err(|error| call.placed(error, first))?))
        }
        subject => match (found(call, noun).await?, subject) {
            (Some(found), _) => Ok(Value::from(found)),
            (None, Some(Value::Resource(object))) => Err(call.gone(object, first)),
            (None, _) => Ok(Value::Unit),
        },
    }
}

async fn found(call: &Call, noun: Noun) -> Result<Option<Resource>> {
    let first = call.form.params.first().map_or("", |first| first.name);
    match reference(call)? {
        Reference::Text(text) => {
            let cloud = call.cloud()?;
            resolve::find(&call.host, &cloud, noun, &text).await.map_err(|error| call.placed(error, first))
        }
        Reference::Object(object) => {
            if object.is_gone() {
                return Ok(None);
            }
            let cloud = call.host.clouds.get(Some(object.cloud()))?;
            let found = cloud.one(noun, object.id()).await?;
            if found.is_none() {
                object.set_gone();
            }
            Ok(found)
        }
    }
}

fn reference(call: &Call) -> Result<Reference> {
    match call.subject() {
        Some(Value::Resource(resource)) => Ok(Reference::Object(resource.clone())),
        Some(Value::Text(text)) => Ok(Reference::Text(text.clone())),
        _ => Err(Error::new(Kind::InvalidArgument, format!("`{}` takes an id or a name", call.verb.name))),
    }
}

/// What the filter keys that nouns share ask for; keys that the call's form does not have are not given.
pub fn filter(call: &Call) -> Result<Filter> {
    Ok(Filter {
        name: call.find(&NAME)?.map(|name| name.0),
        status: call.find(&STATUS)?.map_or_else(Vec::new, |statuses| statuses.0),
        meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
        tags: call.find(&TAGS)?.map_or_else(Vec::new, |tags| tags.0),
        all_projects: call.find(&ALL_PROJECTS)?.unwrap_or(false),
        limit: limit(call)?,
        ..Filter::default()
    })
}

/// At the most how many.
pub fn limit(call: &Call) -> Result<Option<usize>> {
    Ok(call.find(&LIMIT)?.map(|limit| usize::try_from(limit.0).unwrap_or(usize::MAX)))
}

/// All resources of the verb's noun that the shared filter keys let through.
pub fn all(call: Call) -> Outcome<Value> {
    Box::pin(async move {
        let filter = filter(&call)?;
        list(&call, &filter).await
    })
}

/// All resources of the verb's noun that a listing lets through.
pub async fn list(call: &Call, filter: &Filter) -> Result<Value> {
    list_on(call, &call.cloud()?, filter).await
}

/// The same on another cloud than the call's: the one of a resource that narrows it.
pub async fn list_on(call: &Call, cloud: &Arc<dyn Cloud>, filter: &Filter) -> Result<Value> {
    let noun = noun_of(call)?;
    let found = cloud.list(noun, filter).await?;
    for one in &found {
        call.host.learn_name(cloud.name(), noun, one.id(), one.name());
    }
    Ok(Value::Array(found.into_iter().map(Value::from).collect()))
}

/// Whether an argument was given at all.
pub fn is_given<T: Argument>(call: &Call, key: &Key<T>) -> bool {
    !matches!(call.value(key.name), None | Some(Value::Unit))
}
