//! Heat's refusals as its query protocol tells them: a code, a phrase that goes with it, and a trace of where it happened.

use crate::aws::refused::Refused;
use crate::openstack::flaw_told;
use crate::world::stack::Flaw;

/// What stands for an answer that is none: the server's own page.
pub(super) const CRASHED: &str = "Crashed";

/// A refusal before anything was asked of the engine.
pub(super) fn refused(code: &str, message: &str) -> Refused {
    let phrase = match code {
        "MissingParameter" => "A mandatory input parameter is missing",
        "InvalidParameterCombination" => "Incompatible parameters were used together",
        "AlreadyExists" => "Resource with the name requested already exists",
        _ => "A bad or out-of-range value was supplied",
    };
    Refused::new(code, format!("{phrase}:{message}"))
}

/// A refusal of the engine.
pub(super) fn flawed(flaw: Flaw) -> Refused {
    let (_, class, message) = flaw_told(&flaw);
    match flaw {
        Flaw::Unreadable(_) | Flaw::NotMap => {
            return refused("InvalidParameterValue", "The Template must be a JSON or YAML document.");
        }
        _ => {}
    }
    let code = if matches!(flaw, Flaw::Exists(_)) { "AlreadyExists" } else { "InvalidParameterValue" };
    let trace = format!(
        "{message}\nTraceback (most recent call last):\n\n  File \"heat/common/context.py\", line 366, in wrapped\n    \
         return func(self, ctx, *args, **kwargs)\n           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\n\
         heat.common.exception.{class}: {message}\n"
    );
    refused(code, &trace)
}
