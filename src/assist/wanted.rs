//! What an argument, an option or a comparison wants: names of a cloud, words of a fixed set, files.

use super::environment::{Environment, What};
use super::place::{Bracket, Place};
use super::reader::{Reader, word};
use crate::cloud::{Noun, Ty};
use crate::infer::Type;
use crate::verbs::arguments::option_keys;
use crate::verbs::verb::{Param, Role};
use crate::verbs::{Form, Verb, verb};

/// Keys of a network in `networks`.
pub(super) const NETWORK: &[(&str, &str)] = &[
    ("network", "The network, by name or id."),
    ("ip", "The address to have in it."),
    ("port", "A port to use, by id."),
];

/// What may stand at a place as text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// What a cloud has; its own name, where it is not the session's.
    Names(What, Option<String>),
    /// One of these words.
    Words(Vec<(String, &'static str)>),
    /// A file.
    Files,
}

/// The call around a place, and which of its arguments the place is in.
pub(super) struct CallAt {
    pub verb: &'static Verb,
    /// The index of the parameter, the receiver counted where it is one.
    pub param: usize,
    /// The cloud that it is called on by name.
    pub cloud: Option<String>,
}

/// The call that the `nth` frame is of, if it is one of a verb.
pub(super) fn call_at(place: &Place<'_>, reader: &Reader<'_>, nth: usize) -> Option<CallAt> {
    let frame = place.frames.get(nth)?;
    let Bracket::Call { modules, name, at, method } = &frame.bracket else { return None };
    if !modules.is_empty() {
        return None;
    }
    let verb = verb(name)?;
    let (mut param, mut cloud) = (frame.nth, None);
    if *method {
        match reader.receiver(*at) {
            Some(Type::Cloud(name)) => cloud = name.map(|name| name.to_string()),
            _ => param += 1,
        }
    }
    Some(CallAt { verb, param, cloud })
}

/// The option keys that a call takes.
pub(super) fn keys_of(verb: &Verb) -> Vec<Param> {
    let mut keys: Vec<Param> = Vec::new();
    for form in verb.forms.iter().filter(|form| !form.options.is_empty() || verb.takes_many()) {
        for key in option_keys(verb, form) {
            if !keys.iter().any(|known| known.name == key.name) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The verb whose options the map at this frame is, and the call's cloud.
pub(super) fn options_of(
    place: &Place<'_>,
    reader: &Reader<'_>,
    nth: usize,
) -> Option<(&'static Verb, Option<String>)> {
    let outer = nth.checked_sub(1)?;
    if place.frames.get(nth)?.bracket != Bracket::Map {
        return None;
    }
    if let Some(call) = call_at(place, reader, outer) {
        return takes_options(call.verb, call.param).then_some((call.verb, call.cloud));
    }
    // `boot_all([#{…}])`: each map has the options of `boot`, and a name.
    let call = call_at(place, reader, outer.checked_sub(1)?)?;
    let specs = place.frames.get(outer)?.bracket == Bracket::Array && call.verb.name == "boot_all";
    specs.then_some((call.verb, call.cloud))
}

/// Whether a map as this parameter is an options map.
fn takes_options(verb: &Verb, param: usize) -> bool {
    let plain = |form: &Form| form.params.get(param).is_some_and(|param| matches!(param.ty, Ty::MapOf(_)));
    let least = |form: &&Form| form.params.iter().filter(|param| param.required).count();
    let forms = verb.forms.iter();
    let taken = forms.filter(|form| !form.options.is_empty() || verb.takes_many());
    !verb.forms.iter().any(plain) && taken.map(|form| least(&form)).any(|least| param >= least)
}

/// What may stand as text at the place.
pub(super) fn wanted(
    place: &Place<'_>,
    reader: &Reader<'_>,
    environment: &dyn Environment,
) -> Option<Wanted> {
    if place.back_is(0, "import") {
        return Some(Wanted::Files);
    }
    if place.back_is(0, "==") || place.back_is(0, "!=") {
        return compared(place, reader, environment);
    }
    let mut nth = place.frames.len().checked_sub(1)?;
    let mut frame = place.frames.get(nth)?;
    if !frame.fresh {
        return None;
    }
    // The members of an array are what the array is wanted for.
    let within = frame.bracket == Bracket::Array;
    if frame.bracket == Bracket::Array {
        nth = nth.checked_sub(1)?;
        frame = place.frames.get(nth)?;
    }
    match &frame.bracket {
        Bracket::Call { name, at, method: true, .. } if name == "supports" => {
            matches!(reader.receiver(*at), Some(Type::Cloud(_))).then(|| {
                let verbs = crate::verbs::VERBS.iter().filter(|verb| verb.asks_cloud());
                Wanted::Words(verbs.map(|verb| (verb.name.to_string(), verb.summary)).collect())
            })
        }
        Bracket::Call { .. } => {
            let call = call_at(place, reader, nth)?;
            let params = call.verb.forms.iter().filter_map(|form| form.params.get(call.param));
            params.filter_map(|param| of_param(call.verb, param, within, call.cloud.clone())).next()
        }
        Bracket::Map => {
            let key = frame.key.as_deref()?;
            if let Some((verb, cloud)) = options_of(place, reader, nth) {
                let keys = if verb.name == "boot_all" {
                    crate::verbs::server::boot::SPEC.to_vec()
                } else {
                    keys_of(verb)
                };
                let key = keys.into_iter().find(|known| known.name == key)?;
                return of_param(verb, &key, within, cloud);
            }
            match in_networks(place, nth) && key == "network" {
                true => Some(Wanted::Names(What::Of(Noun::Network), None)),
                false => None,
            }
        }
        Bracket::Index => match reader.indexed(frame.open) {
            Some(Type::Map(keys)) => {
                let known = keys.known.iter();
                Some(Wanted::Words(known.map(|(key, known)| (key.clone(), word(known.as_ref()))).collect()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a map is one of those that `networks` takes.
pub(super) fn in_networks(place: &Place<'_>, nth: usize) -> bool {
    let outer = |back: usize| nth.checked_sub(back).and_then(|nth| place.frames.get(nth));
    outer(1).is_some_and(|frame| frame.bracket == Bracket::Array)
        && outer(2).is_some_and(|frame| frame.key.as_deref() == Some("networks"))
}

/// What a field is compared with.
fn compared(place: &Place<'_>, reader: &Reader<'_>, _environment: &dyn Environment) -> Option<Wanted> {
    let name = place.back(1).filter(|_| place.back_is(2, ".") || place.back_is(2, "?."))?;
    let (of, field) = (reader.receiver(name.start)?, name.text(place.text));
    match (of.field(field), of) {
        // A status, a kind of error, a provider: one of a fixed set.
        (Some(Type::Word(words)), _) => Some(self::words(words)),
        (_, Type::Of(noun)) => by_name(Some(noun), field, None),
        _ => None,
    }
}

/// What a parameter or an option takes; `within` an array, what its members are.
fn of_param(verb: &Verb, param: &Param, within: bool, cloud: Option<String>) -> Option<Wanted> {
    if verb.name == "cloud" {
        return Some(Wanted::Names(What::Clouds, None));
    }
    if matches!(param.role, Role::ReadsFile | Role::WritesFile) {
        return Some(Wanted::Files);
    }
    if matches!(verb.name, "api" | "param" | "env") {
        return match param.name {
            "method" => Some(words(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])),
            "type" => by_type(&param.ty, within, cloud),
            _ => None,
        };
    }
    let noun = match verb.forms.first().and_then(|form| form.params.first()).map(|first| first.ty) {
        Some(Ty::Ref(noun)) => Some(noun),
        _ => match verb.returns {
            Ty::ArrayOf(Ty::Of(noun)) => Some(*noun),
            Ty::Of(noun) => Some(noun),
            _ => Some(Noun::Server),
        },
    };
    if matches!(param.ty, Ty::ArrayOf(_)) && !within {
        return None;
    }
    by_type(&param.ty, within, cloud.clone()).or_else(|| match param.name {
        // A new name is nobody's yet; a filter's is.
        "name" if !param.narrows => None,
        name => by_name(noun, name, cloud),
    })
}

fn by_type(ty: &Ty, within: bool, cloud: Option<String>) -> Option<Wanted> {
    match ty {
        Ty::Ref(noun) => Some(Wanted::Names(What::Of(*noun), cloud)),
        // Text given to a verb of several kinds names a server.
        Ty::AnyRef(nouns) => {
            nouns.contains(&Noun::Server).then_some(Wanted::Names(What::Of(Noun::Server), cloud))
        }
        Ty::OneOf(list) => Some(words(list)),
        Ty::OneOrMany(one) => by_type(one, false, cloud),
        Ty::ArrayOf(one) if within => by_type(one, false, cloud),
        // An array of one, or else the other: `networks: "none"`, `networks: ["private"]`.
        Ty::Either(Ty::ArrayOf(one), _) if within => by_type(one, false, cloud),
        Ty::Either(Ty::ArrayOf(_), other) => by_type(other, within, cloud),
        Ty::Either(one, other) => {
            by_type(one, within, cloud.clone()).or_else(|| by_type(other, within, cloud))
        }
        _ => None,
    }
}

/// What a field or a parameter that is plain text holds, by its name.
fn by_name(noun: Option<Noun>, name: &str, cloud: Option<String>) -> Option<Wanted> {
    let names = |noun: Noun| Some(Wanted::Names(What::Of(noun), cloud.clone()));
    match name {
        "name" => noun.and_then(names),
        "flavor" => names(Noun::Flavor),
        "image" => names(Noun::Image),
        "key" => names(Noun::Keypair),
        "network" | "networks" => names(Noun::Network),
        "security_group" | "security_groups" => names(Noun::SecurityGroup),
        "zone" => Some(Wanted::Names(What::Zones, cloud)),
        "status" => match Type::Of(noun?).field("status") {
            Some(Type::Word(list)) => Some(words(list)),
            _ => None,
        },
        "visibility" => Some(words(&["public", "private", "shared", "community"])),
        _ => None,
    }
}

fn words(list: &[&str]) -> Wanted {
    Wanted::Words(list.iter().map(|word| (word.to_string(), "")).collect())
}
