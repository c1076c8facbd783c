//! `set_meta`: merge items into the metadata.

use super::{HOLDER, META_ERRORS, changed, check_keys, open};
use crate::cloud::Ty;
use crate::verbs::argument::{Meta, MetaKey, MetaValue};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};
use std::collections::BTreeMap;

const ITEMS: Key<Meta> =
    Key::required("items", "A map of text; numbers and truth values are written as text.");
const KEY: Key<MetaKey> = Key::required("key", "One key.");
const VALUE: Key<MetaValue> = Key::required("value", "Its value.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "set_meta",
    group: Group::Metadata,
    summary: "Set metadata items; the others stay.",
    forms: &[
        Form::of(&[HOLDER.param(), ITEMS.param()]),
        Form::of(&[HOLDER.param(), KEY.param(), VALUE.param()]),
    ],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[
        Example { code: r#"set_meta("web", #{ role: "web", tier: 1 }).meta.tier"#, gives: "1" },
        Example { code: r#"set_meta("web", "role", "db").meta.role"#, gives: "db" },
    ],
    errors: META_ERRORS,
    see: &["meta", "replace_meta", "delete_meta"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let items = match call.value(ITEMS.name) {
                Some(_) => call.get(&ITEMS)?.0,
                None => BTreeMap::from([(call.get(&KEY)?.0, call.get(&VALUE)?.0)]),
            };
            let argument = if call.value(ITEMS.name).is_some() { ITEMS.name } else { KEY.name };
            check_keys(&call, argument, items.keys().map(String::as_str))?;
            let (cloud, resource, holder) = open(&call).await?;
            if !items.is_empty() {
                cloud.set_meta(&holder, &items).await?;
            }
            changed(&call, &cloud, resource).await
        })
    }),
};
