//! What a runbook or a module says about itself: its description, its parameters, its functions.

use super::words::wrap;
use std::fmt::Write as _;

/// A parameter of a runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The option that gives it, without dashes.
    pub option: String,
    /// Its type's word.
    pub ty: String,
    /// Its default; `None` where it is required.
    pub default: Option<String>,
    /// What it is for.
    pub help: String,
    /// The values it may have; any where empty.
    pub choices: Vec<String>,
}

/// A function of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `all(items, status)`.
    pub signature: String,
    /// What its comment says.
    pub comment: String,
}

/// The page of a script.
pub fn runbook(name: &str, description: &str, parameters: &[Parameter], functions: &[Function]) -> String {
    let mut text = format!("{name}\n");
    for line in description.lines() {
        let _ = writeln!(text, "  {}", wrap(line, 2, 96));
    }
    if !parameters.is_empty() {
        let _ = writeln!(text, "\nparameters");
        let heads: Vec<String> =
            parameters.iter().map(|one| format!("--{} {}", one.option, one.ty.to_uppercase())).collect();
        let wide = heads.iter().map(String::len).max().unwrap_or(0);
        for (one, head) in parameters.iter().zip(&heads) {
            let mut words = vec![one.help.clone()];
            if !one.choices.is_empty() {
                words.push(format!("One of: {}.", one.choices.join(", ")));
            }
            words.push(match &one.default {
                Some(default) => format!("[default: {default}]"),
                None => "[required]".to_string(),
            });
            let _ = writeln!(text, "  {head:wide$}  {}", wrap(&words.join(" "), wide + 4, 96));
        }
    }
    if !functions.is_empty() {
        let _ = writeln!(text, "\nfunctions");
        for function in functions {
            let _ = writeln!(text, "  {}", function.signature);
            for line in function.comment.lines() {
                let _ = writeln!(text, "      {}", wrap(line, 6, 96));
            }
        }
    }
    text
}
