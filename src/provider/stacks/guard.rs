//! What a stack's state allows, and what to do where it does not.

use crate::cloud::error::Place;
use crate::cloud::nearest::nearest;
use crate::cloud::{Error, Kind, Resource, Stack, call_scope};
use serde_json::Value as Json;

/// How a hidden parameter reads: asterisks alone.
pub(crate) fn is_mask(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| byte == b'*')
}

/// Whether a mask stands in a value: it is one, or it has one in a list or a map.
pub(crate) fn holds_mask(value: &Json) -> bool {
    match value {
        Json::String(text) => text.split(',').any(|part| is_mask(part.trim())),
        Json::Array(items) => items.iter().any(holds_mask),
        Json::Object(fields) => fields.values().any(holds_mask),
        _ => false,
    }
}

/// Whether a parameter is hidden in a stack that is there.
pub(crate) fn is_hidden(before: Option<&Stack>, name: &str) -> bool {
    before.and_then(|stack| stack.parameters.get(name)).is_some_and(|text| is_mask(text))
}

/// Whether a value is to be sent: the mask that a hidden parameter reads as keeps what is there.
///
/// # Errors
/// Where a mask would be sent as the value; `option` is where it was given, and `section` what stands before its name.
pub(crate) fn is_sent(
    before: Option<&Stack>,
    option: &str,
    section: &str,
    name: &str,
    value: &Json,
) -> Result<bool, Error> {
    if !holds_mask(value) {
        return Ok(true);
    }
    if value.as_str().is_some_and(is_mask) && is_hidden(before, name) {
        return Ok(false);
    }
    Err(Error::new(Kind::InvalidArgument, format!("`{section}.{name}` is the mask of a hidden value"))
        .coded("call::masked")
        .help("give the value itself; an update keeps what is not given")
        .at(Place::OptionValue(option.to_string()), "this would send the asterisks"))
}

/// Every text that a value is made of, as it may stand in a request or in an answer.
pub(crate) fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Number(number) => vec![number.to_string()],
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        Json::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The stack as a run saw it before it began this call and died; what has moved since then is that call's doing. One that was not seen
/// at rest stays as it is now.
pub(crate) fn as_before(now: Stack) -> Stack {
    match call_scope::seen_before(&now.id) {
        Some(Resource::Stack(was)) if !was.is_busy() => Stack {
            status: was.status.clone(),
            provider_status: was.provider_status.clone(),
            updated: was.updated,
            ..now
        },
        _ => now,
    }
}

/// A stack with an operation under way takes no other; a deletion may begin at any time.
///
/// # Errors
/// `conflict`, naming the state.
pub(crate) fn at_rest(stack: &Stack, verb: &str) -> Result<(), Error> {
    if !stack.is_busy() {
        return Ok(());
    }
    let message = format!("`{}` is {}: `{verb}` was not sent", stack.name, stack.status);
    Err(conflict(message).help(match stack.status.as_str() {
        "UPDATE_IN_PROGRESS" => "wait for it first: `wait_ready(x)`, or `cancel_update(x)`",
        "DELETE_IN_PROGRESS" => "wait until it is gone: `wait_deleted(x)`",
        _ => "wait for it first: `wait_ready(x)`",
    }))
}

/// An update, where the state allows one.
///
/// # Errors
/// `conflict`, with the way out; `strict` where the service takes no update after a create that was rolled back.
pub(crate) fn may_update(stack: &Stack, strict: bool) -> Result<(), Error> {
    at_rest(stack, "update_stack")?;
    let refused = match stack.status.as_str() {
        "ROLLBACK_COMPLETE"
        | "ROLLBACK_FAILED"
        | "UPDATE_ROLLBACK_FAILED"
        | "DELETE_FAILED"
        | "REVIEW_IN_PROGRESS" => strict,
        _ => false,
    };
    match refused {
        false => Ok(()),
        true => {
            let message = format!("`{}` is {}, which takes no update", stack.name, stack.status);
            let error = conflict(message);
            Err(match way_out(stack, strict) {
                Some(help) => error.help(help),
                None => error,
            })
        }
    }
}

/// The cancelling of an update, which must be under way.
///
/// # Errors
/// `conflict`.
pub(crate) fn may_cancel(stack: &Stack) -> Result<(), Error> {
    match stack.status.as_str() {
        "UPDATE_IN_PROGRESS" => Ok(()),
        status => {
            let message = format!("`{}` is {status}: no update is in progress", stack.name);
            Err(conflict(message)
                .help("look at `stack(x).status`; only an update in progress can be cancelled"))
        }
    }
}

/// The error of a create whose stack may not be called so, in the words of both services: the template is not at fault.
pub(crate) fn of_name(mut error: Error) -> Result<Error, Error> {
    let words = error.answer.as_deref().unwrap_or_default().to_ascii_lowercase();
    if !(words.contains("invalid stack name") || words.contains("at 'stackname' failed")) {
        return Err(error);
    }
    error.message = "a stack may not be called so".to_string();
    error.place = Place::Argument(0);
    Ok(error.help("begin it with a letter, and go on with letters, digits and `-`: that every service takes"))
}

/// Whether a field like `NoEcho` says yes, as a word or as such.
pub(crate) fn is_set(told: &Json) -> bool {
    told.as_bool().unwrap_or_else(|| told.as_str().is_some_and(|word| word.eq_ignore_ascii_case("true")))
}

/// Whether the default of a hidden parameter is one to mask: shorter ones are words that stand elsewhere, too.
pub(crate) fn is_telling(default: &Json) -> bool {
    default.as_str().is_none_or(|text| text.chars().count() >= 8)
}

/// What leads on from a status that a stack cannot go on from; `strict` where the service takes no update after a create that
/// was rolled back.
pub(crate) fn way_out(stack: &Stack, strict: bool) -> Option<String> {
    let name = stack.name.replace('\\', "\\\\").replace('"', "\\\"");
    Some(match stack.status.as_str() {
        "ROLLBACK_COMPLETE" if strict => {
            format!(
                "mend the template, then `delete(stack(\"{name}\"))` and create it again: it takes no update"
            )
        }
        "ROLLBACK_COMPLETE" => {
            format!("mend the template, then `update_stack(\"{name}\", …)`, or delete it and create it again")
        }
        "ROLLBACK_FAILED" if strict => {
            format!("`delete(stack(\"{name}\"))` and create it again: it takes no update")
        }
        "ROLLBACK_FAILED" | "CREATE_FAILED" => {
            format!("mend the template, then `update_stack(\"{name}\", …)`, or `delete(stack(\"{name}\"))`")
        }
        "UPDATE_FAILED" if strict => {
            format!("mend the template, then `update_stack(\"{name}\", …)`, or `rollback_stack(\"{name}\")`")
        }
        "UPDATE_FAILED" => format!("mend the template, then `update_stack(\"{name}\", …)`"),
        "REVIEW_IN_PROGRESS" => format!(
            "it holds nothing but a change set that nobody ran: run that, or `delete(stack(\"{name}\"))`"
        ),
        "UPDATE_ROLLBACK_FAILED" if strict => {
            format!(
                "mend what stopped the rollback, then call `rollback_stack(\"{name}\")`: it goes on; what cannot be \
                 mended is left out by `api(\"cloudformation\", \"ContinueUpdateRollback\", #{{ StackName: \"{name}\", \
                 ResourcesToSkip: [\"…\"] }})`"
            )
        }
        "UPDATE_ROLLBACK_FAILED" => format!(
            "give it a template that can be made: `update_stack(\"{name}\", …)`; Heat goes on with no rollback"
        ),
        "DELETE_FAILED" if !strict => {
            format!("remove what the reason names and delete it again: `delete(stack(\"{name}\"))`")
        }
        "DELETE_FAILED" => format!(
            "remove what the reason names and delete it again, or leave those resources behind: \
             `delete(stack(\"{name}\"), #{{ force: true }})`"
        ),
        _ => return None,
    })
}

/// A name among a template's own that is not there.
///
/// # Errors
/// `invalid_argument`, with the closest.
pub(crate) fn known_parameters<'a>(
    given: impl Iterator<Item = &'a String>,
    declared: &[String],
    whose: &str,
) -> Result<(), Error> {
    for name in given {
        if !declared.contains(name) {
            let near = nearest(name, declared.iter().map(String::as_str), 1);
            let message = format!("{whose} has no parameter `{name}`");
            let error = Error::new(Kind::InvalidArgument, message).coded("cloud::invalid_argument");
            return Err(match (near.first(), declared) {
                (Some(near), _) => error.help(format!("write `{near}`, or declare `{name}` in the template")),
                (None, []) => error.help("leave it out: the template declares no parameters"),
                (None, names) => error.help(format!("use one of: {}", names.join(", "))),
            });
        }
    }
    Ok(())
}

/// An error of this room's own kind of refusal.
pub(crate) fn conflict(message: String) -> Error {
    Error::new(Kind::Conflict, message).coded("cloud::conflict")
}
