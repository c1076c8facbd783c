//! `replace_meta`: exactly this map.

use super::{HOLDER, META_ERRORS, changed, check_keys, open};
use crate::cloud::Ty;
use crate::verbs::argument::Meta;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ITEMS: Key<Meta> = Key::required("items", "The whole of the metadata: a map of text.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "replace_meta",
    group: Group::Metadata,
    summary: "Make the metadata exactly this map.",
    forms: &[Form::of(&[HOLDER.param(), ITEMS.param()])],
    returns: Ty::Same,
    effect: Effect::Changes,
    examples: &[Example {
        code: r#"set_meta("web", "a", 1).replace_meta(#{ b: 2 }).meta"#,
        gives: r#"#{"b": "2"}"#,
    }],
    errors: META_ERRORS,
    see: &["meta", "set_meta", "delete_meta"],
    run: Run::Each(|call| {
        Box::pin(async move {
            let items = call.get(&ITEMS)?.0;
            check_keys(&call, ITEMS.name, items.keys().map(String::as_str))?;
            let (cloud, resource, holder) = open(&call).await?;
            cloud.replace_meta(&holder, &items).await?;
            changed(&call, &cloud, resource).await
        })
    }),
};
