//! What ended a script, as a report: the cause's facts, and a frame for each place on the way to it.
//!
//! The first frame underlines what the error is about; the others the calls that led there. A recursion's equal
//! frames are drawn once, and of a long chain the middle is only counted.

use super::from_cloud;
use super::report::{Mark, Report, Section};
use super::span;
use crate::cloud::error::Error;
use crate::script::failure::{Cause, Failure, Site, Sources};
use crate::syntax::lexer;
use crate::syntax::source::Text;
use std::ops::Range;

/// How many calls are drawn before a chain is cut, and how many of its outermost are kept.
const SHOWN: usize = 4;
const OUTER: usize = 2;

/// A report of a failure; `None` for what is no error: an `exit`. `exists` are the lines of what this run left.
pub fn report(failure: &Failure, sources: &dyn Sources, exists: &[String]) -> Option<Report> {
    let (error, ran) = match &failure.cause {
        Cause::Error(error) => (error, true),
        Cause::Parse(error) => (error, false),
        Cause::Interrupted { terminated } => {
            let mut report = interrupted(*terminated, exists);
            if let Some(site) = failure.sites.first().filter(|site| site.line > 0)
                && let Some(text) = sources.text(&site.source)
            {
                let span = span::token(&text, site.line, site.column);
                let marks = vec![Mark { span, label: "it was here".into() }];
                report.sections.push(Section { source: site.source.clone(), text: text.into(), marks });
            }
            return Some(report);
        }
        Cause::Exit(_) => return None,
    };
    let mut report = from_cloud::report(error, if ran { exists } else { &[] });
    if let Some(site) = failure.sites.first() {
        place(&mut report, site, error, ran, sources);
    }
    callers(&mut report, &failure.sites, sources);
    for also in &error.also {
        let said = |help: &String| Some(help) == error.help.as_ref() || Some(help) == also.label.as_ref();
        report.help.extend(also.help.clone().filter(|help| !said(help)));
    }
    Some(report)
}

fn interrupted(terminated: bool, exists: &[String]) -> Report {
    let (title, code) = if terminated {
        ("the run was terminated", "SIGTERM")
    } else {
        ("the run was interrupted", "Ctrl-C")
    };
    let mut report = Report::new("", title);
    report.data.insert("kind".into(), "cancelled".into());
    report.data.insert("by".into(), code.into());
    for line in exists {
        report.fact("exists", line.as_str());
    }
    report
}

/// The frame of the cause: what it is about, and the other mistakes of the same call.
fn place(report: &mut Report, site: &Site, error: &Error, ran: bool, sources: &dyn Sources) {
    let Some(text) = sources.text(&site.source).filter(|_| site.line > 0) else {
        return report.fact("at", at(site));
    };
    let label = |error: &Error| error.label.clone().unwrap_or_default();
    let span = match ran {
        true => span::span(&text, site.line, site.column, &error.place),
        false => span::token(&text, site.line, site.column),
    };
    let mut marks = ends(error, site, &text).unwrap_or_else(|| vec![Mark { span, label: label(error) }]);
    let far = marks.iter().position(|mark| !shown_together(&text, &marks[0].span, &mark.span));
    let mut apart = far.map(|at| marks.split_off(at)).unwrap_or_default();
    for also in &error.also {
        let span = span::span(&text, site.line, site.column, &also.place);
        let said = match &also.label {
            Some(label) => format!("{}: {label}", also.message),
            None => also.message.clone(),
        };
        let far = marks.iter().any(|mark| !shown_together(&text, &mark.span, &span));
        let mark = Mark { span, label: said };
        if far { apart.push(mark) } else { marks.push(mark) }
    }
    let text = Text::from(text);
    report.sections.push(Section { source: site.source.clone(), text: text.clone(), marks });
    report.sections.extend(apart.into_iter().map(|mark| Section {
        source: site.source.clone(),
        text: text.clone(),
        marks: vec![mark],
    }));
    // What a label says the help need not say again.
    report.help.retain(|help| Some(help) != error.label.as_ref());
}

/// How far apart two marks may stand on a line to be drawn in one frame, in bytes.
const TOGETHER: usize = 40;

/// Whether one frame has room for both: a line may be cut on its left for one of them only.
pub(super) fn shown_together(text: &str, a: &Range<usize>, b: &Range<usize>) -> bool {
    let (first, last) = (a.start.min(b.start), a.end.max(b.end));
    text.get(first..last).is_none_or(|between| between.contains('\n') || last - first <= TOGETHER)
}

/// The marks of mistakes that are no token: a missing `;`, and both ends of what is not closed.
fn ends(error: &Error, site: &Site, text: &str) -> Option<Vec<Mark>> {
    let at = lexer::offset(text, site.line, site.column);
    let label = error.label.clone().unwrap_or_default();
    match error.diagnostic? {
        "parse::semicolon" | "parse::comma" | "parse::block" => Some(vec![Mark { span: at..at, label }]),
        "parse::unclosed" => {
            let found = lexer::unclosed(text)?;
            let open = found.open.filter(|open| open.start == at)?;
            let missed = lexer::closer(open.text(text));
            let end = Mark { span: found.end, label: format!("`{missed}` is missing here") };
            Some(vec![Mark { span: open.span(), label }, end])
        }
        "parse::unclosed_text" => {
            let token = lexer::tokens(text).into_iter().find(|token| token.start <= at && at < token.end)?;
            let quote = token.start..token.start + 1;
            let end = Mark { span: token.end..token.end, label: "and ends nowhere".into() };
            let same_line = !text[token.span()].contains('\n');
            Some(if same_line {
                vec![Mark { span: quote, label }, end]
            } else {
                vec![Mark { span: quote, label }]
            })
        }
        _ => None,
    }
}

/// A frame for each call on the way, innermost first.
fn callers(report: &mut Report, sites: &[Site], sources: &dyn Sources) {
    let mut runs: Vec<(&Site, usize, String)> = Vec::new();
    for pair in sites.windows(2) {
        let [inner, site] = pair else { continue };
        match runs.iter_mut().find(|(known, ..)| *known == site) {
            Some((_, times, _)) => *times += 1,
            None => {
                let item = inner.function.as_deref().and_then(|name| name.split_once(", for "));
                runs.push((site, 1, item.map(|(_, item)| format!(", for {item}")).unwrap_or_default()));
            }
        }
    }
    let hidden = runs.len().saturating_sub(SHOWN + OUTER);
    for (nth, (site, times, item)) in runs.iter().enumerate() {
        if nth == SHOWN && hidden > 0 {
            report.fact("calls", format!("{hidden} more between these are left out"));
        }
        if (SHOWN..SHOWN + hidden).contains(&nth) {
            continue;
        }
        let line = sources.text(&site.source).unwrap_or_default();
        let line = line.lines().nth(site.line.saturating_sub(1)).unwrap_or_default();
        let label = match times {
            2.. => format!("called from here, {times} times"),
            _ if line.trim_start().starts_with("import ") => "imported here".into(),
            _ => format!("called from here{item}"),
        };
        match sources.text(&site.source).filter(|_| site.line > 0) {
            Some(text) => {
                let span = span::span(&text, site.line, site.column, &crate::cloud::error::Place::Verb);
                let marks = vec![Mark { span, label }];
                report.sections.push(Section { source: site.source.clone(), text: text.into(), marks });
            }
            None if !site.source.is_empty() || site.line > 0 => report.fact("from", at(site)),
            None => {}
        }
    }
}

/// A place in words.
fn at(site: &Site) -> String {
    match (site.line, site.column) {
        (0, _) => site.source.clone(),
        (line, 0) => format!("{}:{line}", site.source),
        (line, column) => format!("{}:{line}:{column}", site.source),
    }
}
