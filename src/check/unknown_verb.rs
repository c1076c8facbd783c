//! A call of what is no verb, no function of the script and none of the language.

use super::{Finding, walk};
use crate::script::run::Program;

/// Words that the engine itself calls.
const SYNTAX: [&str; 8] = ["type_of", "call", "curry", "is_shared", "is_def_var", "is_def_fn", "Fn", "eval"];

pub(super) fn find(program: &Program) -> Vec<Finding> {
    let names = program.function_names();
    walk::calls(program.tree())
        .into_iter()
        .filter(|call| !call.tried && !SYNTAX.contains(&call.name.as_str()) && !names.contains(&call.name))
        .map(|call| Finding {
            error: program.no_function(&call.name, call.arguments),
            line: call.line,
            column: call.column,
        })
        .collect()
}
