//! From values to a call: the form, the arity, each argument, each option. Nothing is asked of a cloud here.

use super::argument::{Mismatch, OnError};
use super::call::Call;
use super::resolve::closest;
use super::run_context::RunContext;
use super::verb::{Effect, Form, Key, Param, Verb};
use crate::cloud::error::Place;
use crate::cloud::nearest::did_you_mean;
use crate::cloud::value::MASK;
use crate::cloud::{Error, Kind, Result, Ty, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The option that every verb over an array takes.
pub const ON_ERROR: Key<OnError> = Key::optional(
    "on_error",
    "\"stop\": one error when members failed; \"collect\": failed members come back as error values.",
);

/// The option keys of a form, `on_error` among them where arrays are taken.
pub fn option_keys(verb: &Verb, form: &Form) -> Vec<Param> {
    let mut keys = form.options.to_vec();
    if verb.takes_many() {
        keys.push(ON_ERROR.param());
    }
    keys
}

/// Check the values against the verb's forms. Every mistake of the call is told, the further ones in `also`.
pub fn prepare(verb: &'static Verb, host: &Arc<RunContext>, mut values: Vec<Value>) -> Result<Call> {
    let takes_cloud =
        verb.forms.iter().any(|form| form.params.first().is_some_and(|first| first.ty == Ty::Cloud));
    let mut cloud = None;
    let mut offset = 0;
    // What asks no cloud takes one like any other value.
    let takes_cloud = takes_cloud || !verb.asks_cloud();
    if !takes_cloud && let Some(Value::Cloud(name)) = values.first() {
        cloud = Some(name.clone());
        values.remove(0);
        offset = 1;
    }
    let mut best: Option<Vec<Error>> = None;
    for form in verb.forms {
        match fit(verb, form, &values, offset) {
            Ok(arguments) => {
                let call = Call::new(verb, form, host.clone(), cloud, arguments, offset);
                own_cloud(&call).and_then(|()| unmasked(&call)).map_err(|mut error| {
                    error.verb = Some(verb.name);
                    error
                })?;
                return Ok(call);
            }
            Err(mistakes) => {
                let better = best.as_ref().is_none_or(|best| rank(&mistakes) < rank(best));
                if better {
                    best = Some(mistakes);
                }
            }
        }
    }
    let mut mistakes = best.unwrap_or_default().into_iter();
    let mut first =
        mistakes.next().unwrap_or_else(|| Error::new(Kind::InvalidArgument, "no form of the verb fits"));
    first.also = mistakes.collect();
    first.verb = Some(verb.name);
    Err(first)
}

/// A resource remembers its cloud: a call on another one is a mistake.
fn own_cloud(call: &Call) -> Result<()> {
    let (Some(named), Some(first)) = (call.named_cloud(), call.form.params.first()) else { return Ok(()) };
    let members = match call.subject() {
        Some(Value::Array(members)) => members.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for member in members {
        if let Value::Resource(resource) = member
            && resource.cloud() != named
        {
            let (name, other) = (resource.name(), resource.cloud());
            let message = format!("`{name}` is in cloud `{other}`, and this call goes to `{named}`");
            return Err(Error::new(Kind::InvalidArgument, message)
                .coded("call::other_cloud")
                .help(format!("leave the cloud out: a {} knows its own", resource.noun().as_str()))
                .at(call.place(first.name), format!("in cloud `{other}`")));
        }
    }
    Ok(())
}

/// Text that holds the mask is what a secret prints as, and never sent.
fn unmasked(call: &Call) -> Result<()> {
    let effect = call.effect();
    if !call.verb.asks_cloud() && !effect.changes_outside() && !matches!(effect, Effect::AsksHost) {
        return Ok(());
    }
    let masked = call.arguments().find(|(_, value)| holds_mask(value));
    let Some((name, _)) = masked else { return Ok(()) };
    Err(Error::new(Kind::InvalidArgument, format!("`{name}` holds the mask of a secret"))
        .coded("call::masked")
        .help("give the secret itself, or its text with `reveal(secret)`")
        .at(call.place(name), "this would write the dots"))
}

fn holds_mask(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.contains(MASK),
        Value::Array(items) => items.iter().any(holds_mask),
        Value::Map(map) => map.iter().any(|(key, value)| key.contains(MASK) || holds_mask(value)),
        _ => false,
    }
}

/// Forms whose arity fits come first; of those, the one with fewer mistakes.
pub fn rank(mistakes: &[Error]) -> (bool, usize) {
    let arity = mistakes
        .iter()
        .any(|error| matches!(error.diagnostic, Some("call::missing_argument" | "call::too_many_arguments")));
    (arity, mistakes.len())
}

type Fitted = std::result::Result<BTreeMap<&'static str, Value>, Vec<Error>>;

fn fit(verb: &'static Verb, form: &'static Form, values: &[Value], offset: usize) -> Fitted {
    let keys = option_keys(verb, form);
    let required = form.params.iter().filter(|param| param.required).count();
    // The options map is the last argument when all parameters before it are there, or when a map stands where
    // an optional parameter of another type could.
    let (plain, options) = match values.split_last() {
        Some((Value::Map(map), rest))
            if !keys.is_empty()
                && rest.len() >= required
                && rest.len() <= form.params.len()
                && form.params.get(rest.len()).is_none_or(|param| !takes_map(param.ty)) =>
        {
            (rest, Some((map, values.len() - 1)))
        }
        _ => (values, None),
    };
    if plain.len() < required {
        let missing: Vec<String> =
            form.params[plain.len()..required].iter().map(|param| format!("`{}`", param.name)).collect();
        return Err(vec![missing_argument(verb, form, &missing.join(" and "))]);
    }
    if plain.len() > form.params.len() {
        let map = matches!(plain.last(), Some(Value::Map(_)));
        return Err(vec![too_many(verb, form, plain.len(), map, offset)]);
    }
    let mut fitted = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (index, (param, value)) in form.params.iter().zip(plain).enumerate() {
        if *value == Value::Unit && !param.required {
            continue;
        }
        let many = index == 0 && verb.takes_many();
        let checked = match value {
            Value::Array(items) if many => items.iter().try_for_each(|item| (param.check)(item)),
            one => (param.check)(one),
        };
        match checked {
            Ok(()) => {
                fitted.insert(param.name, value.clone());
            }
            Err(mismatch) => {
                mistakes.push(misfit(param, value, &mismatch, Place::Argument(index + offset), many));
            }
        }
    }
    let empty = BTreeMap::new();
    let map = options.map_or(&empty, |(map, _)| map);
    fit_options(verb, &keys, map, &mut fitted, &mut mistakes);
    let missing: Vec<&Param> = keys
        .iter()
        .filter(|key| key.required && matches!(map.get(key.name), None | Some(Value::Unit)))
        .collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
        let place = options.map_or(Place::Verb, |(_, index)| Place::Argument(index + offset));
        let mut error = missing_argument(verb, form, &names.join(" and "));
        error.place = place;
        mistakes.push(error);
    }
    if mistakes.is_empty() { Ok(fitted) } else { Err(mistakes) }
}

fn fit_options(
    verb: &'static Verb,
    keys: &[Param],
    map: &BTreeMap<String, Value>,
    fitted: &mut BTreeMap<&'static str, Value>,
    mistakes: &mut Vec<Error>,
) {
    let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
    for (name, value) in map {
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            mistakes.push(unknown_option(verb, name, &known));
            continue;
        };
        if key.narrows && is_empty(value) {
            mistakes.push(empty_filter(name));
            continue;
        }
        if *value == Value::Unit {
            continue;
        }
        match (key.check)(value) {
            Ok(()) => {
                fitted.insert(key.name, value.clone());
            }
            Err(mismatch) => {
                mistakes.push(misfit(key, value, &mismatch, Place::OptionValue(name.clone()), false));
            }
        }
    }
}

/// More arguments than the form takes; `map` where the last of them is a map.
pub fn too_many(verb: &Verb, form: &Form, given: usize, map: bool, offset: usize) -> Error {
    let options = !option_keys(verb, form).is_empty();
    let message = match map && !options {
        true => format!("`{}` takes no options", verb.name),
        false => format!("`{}` takes {} here, and got {given}", verb.name, arguments(form.params.len())),
    };
    let label = match given - form.params.len() {
        1 if options && !map => "options stand in a map: `#{ … }`",
        1 => "one too many",
        _ => "too many from here on",
    };
    Error::new(Kind::InvalidArgument, message)
        .coded("call::too_many_arguments")
        .help(format!("write {}", verb.ways(form)))
        .at(Place::Argument(form.params.len() + offset), label)
}

/// What options are called in other tools, and what they are called here.
const FOREIGN_KEYS: &[(&str, &str)] = &[
    ("adminPass", "admin_pass"),
    ("OnFailure", "rollback"),
    ("on_failure", "rollback"),
    ("TemplateBody", "template"),
    ("TemplateURL", "template_url"),
    ("all_tenants", "all_projects"),
    ("address", "ip"),
    ("availability_zone", "zone"),
    ("block_device_mapping", "volumes"),
    ("block_device_mapping_v2", "volumes"),
    ("disable_rollback", "rollback"),
    ("env", "environment"),
    ("environment_files", "environment"),
    ("fixed_ip", "ip"),
    ("fixed_ips", "ip"),
    ("flavor_id", "flavor"),
    ("flavor_name", "flavor"),
    ("flavorRef", "flavor"),
    ("group", "server_group"),
    ("hint", "server_group"),
    ("hints", "server_group"),
    ("image_id", "image"),
    ("image_name", "image"),
    ("imageRef", "image"),
    ("instance_type", "flavor"),
    ("interval", "every"),
    ("key_name", "key"),
    ("keyName", "key"),
    ("keypair", "key"),
    ("max_attempts", "attempts"),
    ("max_count", "count"),
    ("max_tries", "attempts"),
    ("metadata", "meta"),
    ("metadata_items", "meta"),
    ("min_count", "count"),
    ("network", "networks"),
    ("network_id", "networks"),
    ("nics", "networks"),
    ("num_instances", "count"),
    ("personality", "files"),
    ("placement", "zone"),
    ("project_id", "owner"),
    ("proto", "protocol"),
    ("retries", "attempts"),
    ("scheduler_hints", "server_group"),
    ("security_group", "security_groups"),
    ("security_group_ids", "security_groups"),
    ("securityGroups", "security_groups"),
    ("serviceOffering", "flavor"),
    ("params", "parameters"),
    ("size", "flavor"),
    ("ssh_key", "key"),
    ("state", "status"),
    ("subnet_id", "networks"),
    ("tag_specifications", "tags"),
    ("template", "image"),
    ("templateId", "image"),
    ("tries", "attempts"),
    ("timeout_mins", "timeout"),
    ("userData", "user_data"),
    ("userdata", "user_data"),
    ("volume_type", "type"),
    ("wait_time", "wait"),
];

/// A key that is none of the verb's options.
pub fn unknown_option(verb: &Verb, name: &str, known: &[&str]) -> Error {
    let meant = FOREIGN_KEYS.iter().find(|(other, here)| *other == name && known.contains(here));
    let label = match (meant, closest(name, known.iter().copied()).first()) {
        (Some((_, here)), _) => format!("it is `{here}` here"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "not an option here".to_string(),
    };
    Error::new(Kind::InvalidArgument, format!("`{}` has no option `{name}`", verb.name))
        .coded("call::unknown_option")
        .help(format!("use one of the options of `{}`: {}", verb.name, known.join(", ")))
        .at(Place::OptionKey(name.to_string()), label)
}

/// A filter whose value is empty.
pub fn empty_filter(name: &str) -> Error {
    Error::new(Kind::InvalidArgument, format!("the filter `{name}` is empty"))
        .coded("call::empty_filter")
        .help(format!("give `{name}` a value, or leave it out to list everything"))
        .at(Place::OptionValue(name.to_string()), "an empty filter never means everything")
}

/// Whether a filter of this value would narrow nothing.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Unit => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// Whether a parameter of this type may be a map, which then is not the options.
pub fn takes_map(ty: Ty) -> bool {
    match ty {
        Ty::MapOf(_) | Ty::Record(_) | Ty::Any => true,
        Ty::Either(a, b) => takes_map(*a) || takes_map(*b),
        Ty::OneOrMany(one) => takes_map(*one),
        _ => false,
    }
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".to_string(),
        1 => "1 argument".to_string(),
        n => format!("{n} arguments"),
    }
}

/// Arguments or options that the call must have; `names` in backticks.
pub fn missing_argument(verb: &Verb, form: &Form, names: &str) -> Error {
    Error::new(Kind::InvalidArgument, format!("`{}` needs {names}", verb.name))
        .coded("call::missing_argument")
        .help(format!("write {}", verb.ways(form)))
        .at(Place::Verb, format!("{names} {} missing", if names.contains(" and ") { "are" } else { "is" }))
}

/// A value that an argument or option does not take.
pub fn misfit(param: &Param, value: &Value, mismatch: &Mismatch, place: Place, many: bool) -> Error {
    let name = param.name;
    let what = match (&mismatch.because, value) {
        (Some(because), _) => format!("`{name}` does not fit: {because}"),
        (None, Value::Array(items)) if many => {
            let odd = items.iter().find(|item| !matches!(item, Value::Resource(_) | Value::Text(_)));
            format!("`{name}` holds {} here", odd.unwrap_or(value).kind())
        }
        (None, value) => format!("`{name}` is {} here", value.kind()),
    };
    let near = match (param.ty, value) {
        (Ty::OneOf(words), Value::Text(text)) => did_you_mean(text, words),
        _ => None,
    };
    Error::new(Kind::InvalidArgument, what)
        .coded("call::wrong_type")
        .help(format!("give {}", mismatch.give))
        .at(place, near.unwrap_or_else(|| format!("give {}", mismatch.give)))
}
