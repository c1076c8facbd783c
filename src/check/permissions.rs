//! A header that says what a script must touch, and does not say it well.

use super::facts::Facts;
use super::{Finding, Severity, imports};
use crate::cloud::{Error, Kind};
use crate::effects::header;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let header = header(facts.text);
    for (error, span) in header.mistakes {
        found.push(Finding { severity: Severity::Error, ..Finding::error(error, span) });
    }
    let paths: Vec<String> = imports::imports(facts.tree).into_iter().map(|import| import.path).collect();
    for (path, _) in header.imports.iter().filter(|(path, _)| !paths.contains(path)) {
        let start = facts.text.find(&format!("\"{path}\"")).unwrap_or(0);
        let error = Error::new(Kind::Script, format!("the header speaks of `{path}`, which is not imported"))
            .coded("check::allow")
            .help("write the path as the `import` has it");
        found.push(Finding::error(error, start..start + path.len() + 2));
    }
}
