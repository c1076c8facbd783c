//! `networks`, `network`, `find_network`: reading networks.

use crate::cloud::{Filter, Kind, Network, Noun, Result, Ty, Value};
use crate::verbs::argument::Ref;
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Network>> =
    Key::required("network", "Its id or unique name, or the object itself, which is read again.");
const EXTERNAL: Key<bool> = Key::filter("external", "Whether they lead out of the cloud.");

/// The declaration of `networks`.
pub static NETWORKS: Verb = Verb {
    name: "networks",
    group: Group::Networks,
    summary: "The networks, all of them or those that match a filter.",
    forms: &[Form::with(
        &[],
        &[
            read::NAME.param(),
            read::STATUS.param(),
            EXTERNAL.param(),
            read::ALL_PROJECTS.param(),
            read::LIMIT.param(),
        ],
    )],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Network)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"networks(#{ name: "priv*" }).map(|n| n.name)"#, gives: r#"["private"]"# }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["network"],
    run: Run::Once(|call| Box::pin(networks(call))),
};

/// The declaration of `network`.
pub static NETWORK: Verb = Verb {
    name: "network",
    group: Group::Networks,
    summary: "The network of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Network),
    effect: Effect::Reads,
    examples: &[Example { code: r#"network("private").status"#, gives: "ACTIVE" }],
    errors: read::ERRORS,
    see: &["networks"],
    run: Run::Each(read::one),
};

/// The declaration of `find_network`.
pub static FIND_NETWORK: Verb = Verb {
    name: "find_network",
    group: Group::Networks,
    summary: "The network of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["networks"])],
    returns: Ty::Of(Noun::Network),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_network("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["networks"],
    run: Run::Each(read::maybe),
};

async fn networks(call: Call) -> Result<Value> {
    let filter = Filter { external: call.find(&EXTERNAL)?, ..read::filter(&call)? };
    read::list(&call, &filter).await
}
