//! `delete_meta`: a key, or an array of keys.

use super::{HOLDER, META_ERRORS, changed, check_keys, open};
use crate::cloud::{Error, Kind, Ty, Value, call_scope};
use crate::verbs::argument::{MetaKey, OneOrMany};
use crate::verbs::resolve::closest;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const KEY: Key<OneOrMany<MetaKey>> = Key::required("key", "A key, or an array of keys.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "delete_meta",
    group: Group::Metadata,
    summary: "Delete metadata items.",
    forms: &[Form::of(&[HOLDER.param(), KEY.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"set_meta("web", #{ a: 1, b: 2 }).delete_meta(["a", "b"]).meta.len()"#,
        gives: "0",
    }],
    errors: META_ERRORS,
    see: &["meta", "set_meta", "replace_meta"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let keys: Vec<String> = call.get(&KEY)?.0.into_iter().map(|name| name.0).collect();
            check_keys(&call, KEY.name, keys.iter().map(String::as_str))?;
            let (cloud, resource, holder) = open(&call).await?;
            // All keys are looked for first, so that a misspelt one deletes nothing.
            let items = cloud.meta(&holder).await?;
            // A run that died may have deleted what it had seen there.
            let begun = call_scope::unsure();
            let before = resource.field("meta");
            let may_be_done = |key: &str| {
                let had = matches!(&before, Some(Value::Map(items)) if items.contains_key(key));
                begun.is_some_and(|begun| begun.named || had)
            };
            if let Some(missing) = keys.iter().find(|key| !items.contains_key(*key) && !may_be_done(key)) {
                let near = closest(missing, items.keys().map(String::as_str));
                let label =
                    near.first().map_or("no such key".to_string(), |near| format!("closest: `{near}`"));
                return Err(Error::new(
                    Kind::NotFound,
                    format!("`{}` has no metadata `{missing}`", resource.name()),
                )
                .coded("cloud::not_found")
                .at(call.place(KEY.name), label));
            }
            for key in &keys {
                cloud.delete_meta(&holder, key).await?;
            }
            changed(&call, &cloud, resource).await
        })
    }),
};
