//! What a call may do, by its verb's declaration: where that depends on arguments, all of it, unless they are written out.

use super::Does;
use crate::infer::{Called, Type, Types};
use crate::syntax::tree::Expression;
use crate::verbs::{Effect, Verb};

/// What a verb may do to clouds and people, whatever it is given. What it does to files, hosts, programs and variables is
/// told by their names.
pub(super) fn of_verb(effect: Effect) -> Vec<Does> {
    match effect {
        Effect::Reads | Effect::Waits => vec![Does::Read],
        Effect::Creates => vec![Does::Create],
        Effect::Changes => vec![Does::Change],
        Effect::Destroys => vec![Does::Delete],
        Effect::AsksPerson => vec![Does::Person],
        Effect::AloneReads(effect) => [vec![Does::Read], of_verb(*effect)].concat(),
        Effect::By(_) => vec![Does::Read, Does::Create, Does::Change, Does::Delete, Does::Request],
        Effect::Nothing | Effect::Clock | Effect::Random => Vec::new(),
        Effect::ReadsFile
        | Effect::WritesFile
        | Effect::ReadsEnvironment
        | Effect::RunsProgram
        | Effect::AsksHost
        | Effect::TellsHost => Vec::new(),
    }
}

/// What this call of it may do.
pub(super) fn of_call<'a>(types: &Types<'a>, verb: &Verb, call: &Called<'a>) -> Vec<Does> {
    // What asks no cloud, such as `sleep`, waits for nobody.
    let outside = |does: &Does| verb.asks_cloud() || *does == Does::Person;
    let does = match verb.effect {
        Effect::AloneReads(_) if call.given().count() <= 1 => vec![Does::Read],
        Effect::By(_) if verb.name == "api" => of_request(types, call),
        Effect::By(_) if verb.is_restore() => vec![Does::Create, Does::Change],
        effect => of_verb(effect),
    };
    does.into_iter().filter(outside).collect()
}

/// Whether a call that may ask a cloud or a host can only ask the host.
pub(super) fn asks_host_alone<'a>(types: &Types<'a>, verb: &Verb, call: &Called<'a>) -> bool {
    let first = call.given().next().and_then(|first| types.of(first));
    verb.name == "wait_port" && matches!(first, Some(Type::Text | Type::Word(_)))
}

/// A request by the provider's own words reads where its method is written out and says so.
fn of_request<'a>(types: &Types<'a>, call: &Called<'a>) -> Vec<Does> {
    let given: Vec<&'a Expression> = call.given().collect();
    let on_cloud = given.first().is_some_and(|first| matches!(types.of(first), Some(Type::Cloud(_))));
    let method = given.get(1 + usize::from(on_cloud)).and_then(|method| method.text());
    match method {
        Some(method) if ["GET", "HEAD"].iter().any(|one| method.eq_ignore_ascii_case(one)) => {
            vec![Does::Read]
        }
        _ => vec![Does::Read, Does::Request],
    }
}
