//! A finding of the checks as a report: the bytes that it names underlined, and the imports that lead to its source.

use super::from_cloud;
use super::from_script::shown_together;
use super::report::{Fix, Mark, Report, Section, Severity};
use crate::check::{self, Checked, Finding};

/// A report of one finding of the source `nth` of those that were checked together.
pub fn report(checked: &[Checked], nth: usize, finding: &Finding) -> Report {
    let mut report = from_cloud::report(&finding.error, &[]);
    report.severity = match finding.severity {
        check::Severity::Error => Severity::Error,
        check::Severity::Warning => Severity::Warning,
    };
    let Some(source) = checked.get(nth) else { return report };
    let label = finding.error.label.clone().unwrap_or_default();
    let mut sections = vec![section(source, Mark { span: finding.span.clone(), label })];
    for (span, label) in &finding.also {
        let mark = Mark { span: span.clone(), label: label.clone() };
        let line = |at: usize| source.text.position(at).0;
        let far = |other: &Mark| {
            line(other.span.start).abs_diff(line(span.start)) > TOGETHER
                || !shown_together(&source.text, &other.span, span)
        };
        match sections.first_mut() {
            Some(first) if !first.marks.iter().any(far) => first.marks.push(mark),
            _ => sections.push(section(source, mark)),
        }
    }
    let mut from = source.imported.as_ref();
    while let Some((importer, span)) = from {
        let Some(source) = checked.get(*importer) else { break };
        sections.push(section(source, Mark { span: span.clone(), label: "imported from here".into() }));
        from = source.imported.as_ref();
    }
    report.sections = sections;
    // What a label says the help need not say again.
    report.help.retain(|help| Some(help) != finding.error.label.as_ref());
    report.fix = finding.fix.as_ref().map(|fix| Fix { span: fix.span.clone(), text: fix.text.clone() });
    report
}

/// How many lines two marks may be apart to be drawn in one frame.
const TOGETHER: usize = 8;

fn section(source: &Checked, mark: Mark) -> Section {
    Section { source: source.name.clone(), text: source.text.clone(), marks: vec![mark] }
}
