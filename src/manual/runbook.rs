//! What a runbook or a module says about itself: its description, its parameters, its functions.

use super::words::{WIDTH, wrap};
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
    /// The least and the most it may be, as they are written.
    pub bounds: [Option<String>; 2],
    /// Whether it is a secret.
    pub secret: bool,
}

/// A function of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// `all(items, status)`.
    pub signature: String,
    /// What its comment says.
    pub comment: String,
}

/// The paragraphs of a comment, each on a line of its own; an empty line stays one, an item of a list is a paragraph, and a line
/// of an example is one behind a tab.
fn paragraphs(comment: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut example = false;
    for line in comment.lines().map(str::trim) {
        if line.starts_with("```") {
            example = !example;
            continue;
        }
        if example {
            found.push(format!("\t{line}"));
            continue;
        }
        let begins = line.is_empty() || line.starts_with("- ") || line.starts_with("* ");
        match found.last_mut() {
            Some(last) if !begins && !last.is_empty() && !last.starts_with('\t') => {
                last.push(' ');
                last.push_str(line);
            }
            _ => found.push(line.to_string()),
        }
    }
    found
}

/// A paragraph so far to the right; an item's further lines stand under its words.
fn wrapped(line: &str, indent: usize) -> String {
    if line.is_empty() {
        return String::new();
    }
    if let Some(code) = line.strip_prefix('\t') {
        return format!("{}{code}", " ".repeat(indent + 2));
    }
    let inner = if line.starts_with("- ") || line.starts_with("* ") { indent + 2 } else { indent };
    format!("{}{}", " ".repeat(indent), wrap(line, inner, WIDTH))
}

/// How a script is put to use: a runbook is run, a module is imported.
fn used(name: &str, parameters: &[Parameter], functions: &[Function]) -> String {
    if parameters.is_empty() && !functions.is_empty() {
        let path = name.strip_suffix(".rhai").unwrap_or(name);
        let word = path.rsplit('/').next().unwrap_or(path).replace(|c: char| !c.is_alphanumeric(), "_");
        return format!("import \"{path}\" as {word};");
    }
    let quoted = if name.contains(char::is_whitespace) { format!("'{name}'") } else { name.to_string() };
    let mut words = vec![format!("rhain run {quoted}")];
    let needed = parameters.iter().filter(|one| one.default.is_none());
    words.extend(needed.map(|one| format!("--{} {}", one.option, one.ty.to_uppercase())));
    wrap(&words.join(" "), 6, WIDTH)
}

/// The page of a script.
pub fn runbook(name: &str, description: &str, parameters: &[Parameter], functions: &[Function]) -> String {
    let mut text = format!("{name}\n");
    for line in paragraphs(description) {
        let _ = writeln!(text, "{}", wrapped(&line, 2));
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
            for (bound, word) in one.bounds.iter().zip(["At least", "At most"]) {
                words.extend(bound.iter().map(|bound| format!("{word} {bound}.")));
            }
            if one.secret {
                words.push(format!(
                    "A secret: --secret {}=env:VARIABLE, file:PATH or exec:PROGRAM.",
                    one.option
                ));
            }
            words.push(match &one.default {
                Some(default) => format!("[default: {default}]"),
                None => "[required]".to_string(),
            });
            let words: Vec<String> = words.into_iter().filter(|words| !words.is_empty()).collect();
            let _ = writeln!(text, "  {head:wide$}  {}", wrap(&words.join(" "), wide + 4, WIDTH));
        }
        let variable =
            parameters.first().map_or("", |one| one.option.as_str()).replace('-', "_").to_uppercase();
        let sources = format!(
            "Each also by --NAME=VALUE, --NAME @FILE, --params FILE.yaml or a variable such as RHAIN_PARAM_{variable}; \
             what is required and not given is asked for at a terminal."
        );
        let _ = writeln!(text, "  {}", wrap(&sources, 2, WIDTH));
    }
    let _ = writeln!(text, "\nuse\n  {}", used(name, parameters, functions));
    if !functions.is_empty() {
        let _ = writeln!(text, "\nfunctions");
        for function in functions {
            let _ = writeln!(text, "  {}", function.signature);
            for line in paragraphs(&function.comment) {
                let _ = writeln!(text, "{}", wrapped(&line, 6));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_keeps_its_lines() {
        let comment = "Adds\ntwo.\n\n```\nadd(1, 2)   // 3\nlet a = 1;\n```\nThat is all.";
        let shown: Vec<String> = paragraphs(comment).iter().map(|line| wrapped(line, 2)).collect();
        assert_eq!(shown, ["  Adds two.", "", "    add(1, 2)   // 3", "    let a = 1;", "  That is all."]);
    }
}
