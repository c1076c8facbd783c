//! `allocate_ip`: take a public address.

use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::Name;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

/// Where from.
pub const POOL: Key<Name> = Key::optional(
    "pool",
    "The external network, by name or id, or the provider's pool; the only one, or the first, otherwise.",
);

/// The declaration.
pub static VERB: Verb = Verb {
    name: "allocate_ip",
    group: Group::Networks,
    summary: "Take a public address for this project; it is paid for until release_ip.",
    forms: &[Form::of(&[POOL.param()])],
    returns: Ty::Of(Noun::PublicIp),
    effect: Effect::Creates,
    examples: &[Example { code: r#"allocate_ip().server == ()"#, gives: "true" }],
    errors: &[Kind::NotFound, Kind::OverQuota, Kind::Conflict],
    see: &["associate_ip", "public_ips", "release_ip"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let pool = call.find(&POOL)?.map(|pool| pool.0);
            Ok(Value::from(call.cloud()?.allocate_ip(pool.as_deref()).await?))
        })
    }),
};
