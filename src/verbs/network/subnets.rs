//! `subnets`, `subnet`, `find_subnet`: reading subnets.

use crate::cloud::{Filter, Kind, Network, Noun, Result, Subnet, Ty, Value};
use crate::verbs::argument::Ref;
use crate::verbs::call::Call;
use crate::verbs::read;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Run, Verb};

const ONE: Key<Ref<Subnet>> =
    Key::required("subnet", "Its id or unique name, or the object itself, which is read again.");
const NETWORK: Key<Ref<Network>> = Key::required("network", "The network they are part of.");
const WITHIN: Key<Ref<Network>> = Key::filter("network", "Those of this network.");

/// The declaration of `subnets`.
pub static SUBNETS: Verb = Verb {
    name: "subnets",
    group: Group::Networks,
    summary: "The subnets, all of them or those that match a filter.",
    forms: &[
        Form::with(
            &[],
            &[read::NAME.param(), WITHIN.param(), read::ALL_PROJECTS.param(), read::LIMIT.param()],
        ),
        Form::of(&[NETWORK.param()]),
    ],
    returns: Ty::ArrayOf(&Ty::Of(Noun::Subnet)),
    effect: Effect::Reads,
    examples: &[Example { code: r#"subnets("private").len"#, gives: "1" }],
    errors: &[Kind::InvalidArgument, Kind::Unauthorized],
    see: &["subnet"],
    run: Run::Each(|call| Box::pin(subnets(call))),
};

/// The declaration of `subnet`.
pub static SUBNET: Verb = Verb {
    name: "subnet",
    group: Group::Networks,
    summary: "The subnet of this id or unique name, read now; an error when there is none.",
    forms: &[Form::of(&[ONE.param()])],
    returns: Ty::Of(Noun::Subnet),
    effect: Effect::Reads,
    examples: &[Example { code: r#"subnet(subnets("private")[0].id).version"#, gives: "4" }],
    errors: read::ERRORS,
    see: &["subnets"],
    run: Run::Each(read::one),
};

/// The declaration of `find_subnet`.
pub static FIND_SUBNET: Verb = Verb {
    name: "find_subnet",
    group: Group::Networks,
    summary: "The subnet of this id or unique name, read now; () when there is none.",
    forms: &[Form::of(&[ONE.param()]).made_of(&["subnets"])],
    returns: Ty::Of(Noun::Subnet),
    effect: Effect::Reads,
    examples: &[Example { code: r#"find_subnet("nosuch") == ()"#, gives: "true" }],
    errors: read::ERRORS,
    see: &["subnets"],
    run: Run::Each(read::maybe),
};

async fn subnets(call: Call) -> Result<Value> {
    let network = call.maybe_one(&WITHIN).await?;
    let cloud = network.as_ref().map(|network| network.cloud().clone());
    let network = network.map(|network| network.id().to_string());
    let filter = Filter { network, ..read::filter(&call)? };
    match cloud {
        Some(cloud) => read::list_on(&call, &call.host.clouds.get(Some(&cloud))?, &filter).await,
        None => read::list(&call, &filter).await,
    }
}
