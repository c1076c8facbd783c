//! A report: what is said about one failure, in the order a person needs it; drawn, or given as JSON.
//!
//! Frames around source are miette's, the fact lines ours. Everything that comes from outside is shown with its
//! control characters escaped, cut where it is long, and without the secrets that are known.

use super::excerpt::{self, Excerpt};
use crate::cloud::value::MASK;
use crate::syntax::source::Text;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan};
use std::fmt::Write;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It ended the script, or will.
    Error,
    /// It may be meant.
    Warning,
}

/// Bytes of a section's text, and what is written below them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The bytes; an empty range points between two characters.
    pub span: Range<usize>,
    /// What is written below; empty for none.
    pub label: String,
}

/// One frame: a source with what is underlined in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The source's name.
    pub source: String,
    /// The source's whole text.
    pub text: Text,
    /// What is underlined; the first gives the frame its position.
    pub marks: Vec<Mark>,
}

/// A change that mends a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The bytes to replace.
    pub span: Range<usize>,
    /// What to put there.
    pub text: String,
}

/// What is said about one failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The code that `rhain explain` documents; empty for none.
    pub code: String,
    /// What happened.
    pub title: String,
    /// How grave it is.
    pub severity: Severity,
    /// Where, innermost first.
    pub sections: Vec<Section>,
    /// What else is known, in order: `cloud`, `request`, `answer`, `exists` …
    pub facts: Vec<(String, String)>,
    /// What to do.
    pub help: Vec<String>,
    /// The change to the first section's text that mends it, where that is certain.
    pub fix: Option<Fix>,
    /// What only JSON shows: kind, status, request id …
    pub data: serde_json::Map<String, serde_json::Value>,
}

impl Report {
    /// An error with this title and nothing else.
    pub fn new(code: impl Into<String>, title: impl Into<String>) -> Report {
        Report {
            code: code.into(),
            title: title.into(),
            severity: Severity::Error,
            sections: Vec::new(),
            facts: Vec::new(),
            help: Vec::new(),
            fix: None,
            data: serde_json::Map::new(),
        }
    }

    /// With one more fact; an empty one is left out.
    pub fn fact(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.facts.push((name.to_owned(), text));
        }
    }
}

/// How a report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Lines and dots for frames; else plain ASCII.
    pub unicode: bool,
    /// Colours; nothing is said by them alone.
    pub color: bool,
    /// Columns; fewer than 40 count as 40.
    pub width: usize,
}

impl Style {
    /// What a pipe, `NO_COLOR` or `TERM=dumb` gets.
    pub const PLAIN: Style = Style { unicode: false, color: false, width: 80 };

    fn theme(self) -> GraphicalTheme {
        match (self.unicode, self.color) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => GraphicalTheme::ascii(),
            (false, false) => GraphicalTheme::none(),
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The longest fact, in characters; what is longer is cut.
const LONGEST: usize = 1200;
/// The width of the column of names.
const NAMES: usize = 9;

/// Draw a report, ending in a newline; the texts of `secrets` are masked wherever they stand.
pub fn draw(report: &Report, style: Style, secrets: &[String]) -> String {
    let width = style.width.max(40);
    let clean = |text: &str| excerpt::words(text, LONGEST, style.unicode);
    let (colour, sign) = match (report.severity, style.unicode) {
        (Severity::Error, true) => ("31", "×"),
        (Severity::Error, false) => ("31", "x"),
        (Severity::Warning, true) => ("33", "⚠"),
        (Severity::Warning, false) => ("33", "!"),
    };
    let mut out = String::new();
    if !report.code.is_empty() {
        let _ = writeln!(out, "{}\n", style.paint(colour, &report.code));
    }
    for (nth, line) in wrap(&clean(&excerpt::mask(&report.title, secrets)), width - 4).iter().enumerate() {
        let lead = if nth == 0 { format!("  {} ", style.paint(colour, sign)) } else { "    ".to_owned() };
        let _ = writeln!(out, "{lead}{line}");
    }
    for section in &report.sections {
        out.push_str(&frame(section, style, width, secrets));
    }
    let helps = report.help.iter().map(|help| ("help", help.as_str()));
    let mut last = "";
    for (name, text) in report.facts.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain(helps) {
        let text = excerpt::mask(text, secrets);
        let lines = text.lines().flat_map(|line| wrap(&clean(line), width - NAMES - 2));
        for (nth, line) in lines.enumerate() {
            let shown = if nth == 0 && name != last { name } else { "" };
            let pad = " ".repeat(NAMES.saturating_sub(shown.width()).max(1));
            let shown = if shown.is_empty() { String::new() } else { style.paint("2", shown) };
            let _ = writeln!(out, "  {shown}{pad}{line}");
        }
        last = name;
    }
    out
}

/// A frame with its underlines; empty where there is nothing to show.
fn frame(section: &Section, style: Style, width: usize, secrets: &[String]) -> String {
    let excerpt = Excerpt::new(section, width, style.unicode, secrets);
    if excerpt.is_empty() {
        return String::new();
    }
    let handler = GraphicalReportHandler::new_themed(style.theme())
        .with_links(false)
        .with_width(width)
        .with_context_lines(1)
        .without_syntax_highlighting();
    let mut drawn = String::new();
    if handler.render_report(&mut drawn, &Frame { excerpt: &excerpt }).is_err() {
        return String::new();
    }
    // What stands above the frame (miette's own title, blank here) is ours to write.
    let corner = if style.unicode { "╭─" } else { ",-" };
    let skipped = drawn.lines().position(|line| line.trim_start().starts_with(corner)).unwrap_or(0);
    drawn.lines().skip(skipped).fold(String::new(), |mut out, line| {
        out.push_str(line.trim_end());
        out.push('\n');
        out
    })
}

/// What miette draws: an excerpt and its labels.
#[derive(Debug)]
struct Frame<'a> {
    excerpt: &'a Excerpt,
}

impl std::fmt::Display for Frame<'_> {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Frame<'_> {}

impl miette::Diagnostic for Frame<'_> {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.marks().iter().enumerate().map(|(nth, mark)| {
            let label = (!mark.label.is_empty()).then(|| mark.label.clone());
            let span = (mark.span.start, mark.span.len());
            if nth == 0 {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            }
        })))
    }
}

/// A text in lines of at most `width` columns, broken at spaces outside of backticks; a line's own indent is kept.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let indent = " ".repeat((text.len() - text.trim_start().len()).min(width / 2));
    let mut lines = vec![indent.clone()];
    let mut empty = true;
    for word in unbroken(text.trim(), width / 2) {
        let used = lines.last().map_or(0, |line| line.width());
        if !empty && used + 1 + word.width() > width {
            lines.push(indent.clone());
            empty = true;
        }
        if let Some(line) = lines.last_mut() {
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
        }
        empty = false;
        while lines.last().is_some_and(|line| line.width() > width) {
            let Some(line) = lines.pop() else { break };
            let (head, tail) = excerpt::cut_at(&line, width);
            lines.push(head.to_owned());
            lines.push(format!("{indent}{tail}"));
        }
    }
    lines
}

/// The words of a text; what stands in backticks and is no longer than `longest` is one.
fn unbroken(text: &str, longest: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut at, mut quoted) = (0, 0, false);
    for part in text.split_inclusive(' ') {
        let odd = part.matches('`').count() % 2 == 1;
        at += part.len();
        let close_ahead = !quoted && odd && text[at..].find('`').is_some_and(|close| close < longest);
        quoted = if quoted { !odd } else { close_ahead };
        if !quoted {
            words.push(text[start..at].trim_end_matches(' '));
            start = at;
        }
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// A report as JSON, in names that stay: nothing cut, secrets masked.
///
/// `severity`, `code` (what `rhain explain` takes), `message`, `help` (an array of texts). Where it is: `file`, `line` and
/// `column` from 1 in characters, `end_line`, `end_column` behind the last character, `start_byte` and `end_byte` of the
/// file from 0, `label`; these of every place, innermost first, in `places`. `fix` is the bytes to replace and the `text` to put there.
/// What a cloud said is in `kind`, `status`, `request_id`, `provider_code` …, what else a reader is told in `facts`.
pub fn to_json(report: &Report, secrets: &[String]) -> serde_json::Value {
    use serde_json::{Value, json};
    let clean = |text: &str| Value::String(excerpt::mask(text, secrets));
    let places = report.sections.iter().flat_map(|section| {
        section.marks.iter().map(|mark| {
            let mut place = range(&section.text, &mark.span);
            place.insert("file".into(), json!(section.source));
            place.insert("source".into(), json!(section.source));
            if !mark.label.is_empty() {
                place.insert("label".into(), clean(&mark.label));
            }
            Value::Object(place)
        })
    });
    let places: Vec<Value> = places.collect();
    let mut object = serde_json::Map::new();
    if !report.code.is_empty() {
        object.insert("code".into(), clean(&report.code));
        object.insert("diagnostic".into(), clean(&report.code));
    }
    let severity = if report.severity == Severity::Error { "error" } else { "warning" };
    object.insert("severity".into(), json!(severity));
    object.insert("message".into(), clean(&report.title));
    if let Some(Value::Object(first)) = places.first() {
        object.extend(
            first.iter().filter(|(name, _)| *name != "source").map(|(name, at)| (name.clone(), at.clone())),
        );
    }
    if let (Some(fix), Some(section)) = (&report.fix, report.sections.first()) {
        let mut place = range(&section.text, &fix.span);
        place.insert("text".into(), clean(&fix.text));
        object.insert("fix".into(), Value::Object(place));
    }
    for (name, value) in &report.data {
        let name = if name == "code" { "provider_code" } else { name };
        object.insert(name.into(), masked(value, secrets));
    }
    object.insert("places".into(), Value::Array(places));
    let known: Vec<&str> = vec!["cloud", "request", "answer"];
    let facts: serde_json::Map<String, Value> = report
        .facts
        .iter()
        .filter(|(name, _)| !known.contains(&name.as_str()) || !object.contains_key(name))
        .map(|(name, text)| (name.clone(), clean(text)))
        .collect();
    object.insert("facts".into(), Value::Object(facts));
    object.insert("help".into(), report.help.iter().map(|help| clean(help)).collect());
    Value::Object(object)
}

/// Where bytes of a text are, both ways of counting.
fn range(text: &Text, span: &Range<usize>) -> serde_json::Map<String, serde_json::Value> {
    let (line, column) = text.position(span.start);
    let (end_line, end_column) = text.position(span.end);
    // Of a text with masks in it, bytes are not those of the file.
    let bytes = !text.contains(MASK);
    let numbers = [
        ("line", line),
        ("column", column),
        ("end_line", end_line),
        ("end_column", end_column),
        ("start_byte", span.start),
        ("end_byte", span.end),
    ];
    let numbers = numbers.into_iter().filter(|(name, _)| bytes || !name.ends_with("_byte"));
    numbers.map(|(name, number)| (name.to_owned(), number.into())).collect()
}

fn masked(value: &serde_json::Value, secrets: &[String]) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(excerpt::mask(text, secrets)),
        Value::Array(items) => items.iter().map(|item| masked(item, secrets)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), masked(value, secrets))).collect())
        }
        other => other.clone(),
    }
}
