//! Verbs that the cloud they go to does not have, where it is known which cloud that is: the session's default in a
//! script that names no other, and the one that `cloud("…")` names in front of a verb.

use super::facts::{Called, Facts};
use super::{Finding, Severity};
use crate::cloud::error::{Error, Kind, Place};
use crate::verbs::verb;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    // A module may be for more clouds than this one, and offer more than is used of it.
    if facts.module {
        return;
    }
    let known = facts.session.host.clouds.known();
    let default = known.iter().find(|cloud| cloud.default);
    // Where clouds are named, a resource may be of any of them.
    let names_clouds = facts.calls.iter().any(|call| call.is_plain("cloud"));
    // A script that asks first knows what it does.
    let asks = facts.calls.iter().any(|call| call.is_plain("supports"));
    for call in &facts.calls {
        let Some(verb) = verb(&call.name.text).filter(|_| call.modules.is_empty()) else { continue };
        if !verb.asks_cloud() || facts.is_own(verb.name) || facts.calls_variable(call) {
            continue;
        }
        if call.receiver.is_some() && facts.may_be_map(call) && named(call).is_none() {
            continue;
        }
        let cloud = match named(call) {
            Some(name) => known.iter().find(|cloud| cloud.name == name),
            None if names_clouds => None,
            None => default,
        };
        let Some((cloud, provider)) = cloud.and_then(|cloud| Some((cloud, cloud.speaks?))) else { continue };
        if verb.is_on(provider) {
            continue;
        }
        let (name, provider) = (verb.name, provider.name);
        let error = Error::new(Kind::Unsupported, format!("{provider} has no `{name}`"))
            .coded("cloud::unsupported")
            .at(Place::Verb, format!("`{}` is a cloud of provider `{provider}`", cloud.name))
            .help(format!(
                "ask `cloud().supports(\"{name}\")` first where the script runs on several clouds"
            ));
        let mut finding = facts.finding(error, call.name.span.clone());
        if asks {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}

/// The cloud that a verb is called on by name: `cloud("lab").boot(…)`.
fn named<'a>(call: &Called<'a>) -> Option<&'a str> {
    let on = Called::of(call.receiver?).filter(|on| on.is_plain("cloud"))?;
    on.arguments.list.first()?.text()
}
