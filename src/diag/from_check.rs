//! What a check found in a script, as a report: the place, what else belongs to it, and the change that mends it.

use super::from_cloud;
use super::from_script::shown_together;
use super::report::{Fix, Mark, Report, Section, Severity};
use crate::cloud::error::Error;
use std::ops::Range;

/// A report of a mistake at these bytes of a text; `also` are other places that belong to it, with what is written there.
pub fn report(
    severity: Severity,
    error: &Error,
    (source, text): (&str, &str),
    span: Range<usize>,
    also: &[(Range<usize>, String)],
    fix: Option<Fix>,
) -> Report {
    let mut report = from_cloud::report(error, &[]);
    report.severity = severity;
    report.fix = fix;
    let label = error.label.clone().unwrap_or_default();
    let mut together = vec![Mark { span, label }];
    let mut apart = Vec::new();
    for (span, label) in also {
        let mark = Mark { span: span.clone(), label: label.clone() };
        let near = together.iter().all(|other| shown_together(text, &other.span, span));
        if near { together.push(mark) } else { apart.push(mark) }
    }
    let frames = std::iter::once(together).chain(apart.into_iter().map(|mark| vec![mark]));
    report.sections =
        frames.map(|marks| Section { source: source.to_owned(), text: text.to_owned(), marks }).collect();
    report.help.retain(|help| Some(help) != error.label.as_ref());
    report
}
