//! `meta`: all metadata, or one value.

use super::{HOLDER, META_ERRORS, open};
use crate::cloud::server::text_map;
use crate::cloud::{Error, Kind, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::resolve::closest;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const KEY: Key<Name> = Key::optional("key", "Only this one's value.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "meta",
    group: Group::Metadata,
    summary: "The metadata of a server or image, read now; or one value.",
    forms: &[Form::of(&[HOLDER.param(), KEY.param()])],
    returns: Ty::Either(&Ty::MapOf(&Ty::Text), &Ty::Text),
    effect: Effect::Reads,
    examples: &[Example { code: r#"set_meta("web", "role", "web").meta("role")"#, gives: "web" }],
    errors: META_ERRORS,
    see: &["set_meta", "replace_meta", "delete_meta"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let (cloud, resource, holder) = open(&call).await?;
            let items = cloud.meta(&holder).await?;
            let Some(Name(key)) = call.find(&KEY)? else { return Ok(text_map(&items)) };
            items.get(&key).map(Value::text).ok_or_else(|| {
                let near = closest(&key, items.keys().map(String::as_str));
                let label =
                    near.first().map_or("no such key".to_string(), |near| format!("closest: `{near}`"));
                Error::new(Kind::NotFound, format!("`{}` has no metadata `{key}`", resource.name()))
                    .coded("cloud::not_found")
                    .at(call.place(KEY.name), label)
            })
        })
    }),
};
