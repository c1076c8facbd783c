//! `create_server_group`: a group whose servers share a host, or do not.

use crate::cloud::nearest::nearest;
use crate::cloud::{Kind, Noun, Ty, Value};
use crate::verbs::argument::{Argument, Mismatch, Name};
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const NAME: Key<Name> = Key::required("name", "Its name.");
const POLICY: Key<Policy> = Key::required(
    "policy",
    "\"affinity\", \"anti-affinity\", \"soft-affinity\" or \"soft-anti-affinity\"; on EC2 \"cluster\", \"spread\" or \
     \"partition\", where \"affinity\" means cluster and \"anti-affinity\" spread; on CloudStack an affinity group of that type.",
);

/// The policies of all clouds, as far as they are known here.
const POLICIES: [&str; 10] = [
    "affinity",
    "anti-affinity",
    "soft-affinity",
    "soft-anti-affinity",
    "cluster",
    "spread",
    "partition",
    "host affinity",
    "host anti-affinity",
    "non-strict host anti-affinity",
];

/// A policy. One that is nearly a known one is a slip; one that is none of them may be the cloud's own.
struct Policy(String);

impl Argument for Policy {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        let word = Name::read(value)?.0.trim().to_string();
        if POLICIES.contains(&word.to_lowercase().as_str()) {
            return Ok(Policy(word));
        }
        match nearest(&word.replace('_', "-"), POLICIES, 1).pop() {
            Some(near) => {
                Err(Mismatch::because("a policy", format!("`{word}` is none; did you mean `{near}`?")))
            }
            None => Ok(Policy(word)),
        }
    }
}

/// The declaration.
pub static VERB: Verb = Verb {
    name: "create_server_group",
    group: Group::Servers,
    summary: "Make a server group; `boot` puts servers into it, on one host or on different ones.",
    forms: &[Form::of(&[NAME.param(), POLICY.param()])],
    returns: Ty::Of(Noun::ServerGroup),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"let apart = create_server_group("apart", "anti-affinity");
let s = boot("app", #{ image: "cirros", flavor: "m1.tiny", server_group: apart }).wait_active();
refresh(apart).servers == [s.id]"#,
        gives: "true",
    }],
    errors: &[Kind::InvalidArgument, Kind::Conflict, Kind::OverQuota],
    see: &["boot", "server_groups", "delete"],
    run: Run::Once(|call| {
        Box::pin(async move {
            let (name, policy) = (call.get(&NAME)?.0, call.get(&POLICY)?.0);
            Ok(Value::from(call.cloud()?.create_server_group(&name, &policy).await?))
        })
    }),
};
