//! A source made fit to show: secrets masked, control characters escaped, tabs as spaces, long lines cut around
//! what is underlined; and the same cleaning for words from outside.
//!
//! Lines keep their numbers and marks keep their places; miette reads it as its source.

use super::report::{Mark, Section};
use crate::base::visible::is_unsafe;
use crate::cloud::value::MASK;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns between tab stops.
const TAB: usize = 4;
/// The least room that is worth wrapping a label into.
const NARROW: usize = 20;
/// How many lines from a mark a line may be drawn.
const NEAR: usize = 3;
/// The most room that is made for a label at the cost of its line.
const WIDE: usize = 32;

/// The cleaned text of a section and its marks in it.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    /// The lines from the one above the first mark to the last mark's, clean.
    text: String,
    /// How many lines of the source stand before `text`.
    skipped: usize,
    marks: Vec<Mark>,
    /// Of each mark, line and column (from 0) in the source as it was written.
    positions: Vec<(usize, usize)>,
}

impl Excerpt {
    pub(super) fn new(section: &Section, width: usize, unicode: bool, secrets: &[String]) -> Excerpt {
        let source = &section.text;
        let marks: Vec<Mark> = section.marks.iter().map(|mark| on_one_line(mark, source)).collect();
        let positions: Vec<(usize, usize)> =
            marks.iter().map(|mark| source.position(mark.span.start)).collect();
        let lines: Vec<usize> = positions.iter().map(|(line, _)| *line).collect();
        let (first, last) =
            (lines.iter().min().copied().unwrap_or(1), lines.iter().max().copied().unwrap_or(0));
        let first = first.saturating_sub(1).max(1);
        let gutter = last.max(1).to_string().len() + 5;
        let room = width.saturating_sub(gutter).max(20);
        let shown = source.line(first).start..source.line(last).end.max(source.line(first).start);
        let hidden = secret_ranges(source, &shown, secrets);
        let mut excerpt = Excerpt {
            name: words(&section.source, 60, unicode),
            text: String::new(),
            skipped: first - 1,
            marks: vec![Mark { span: 0..0, label: String::new() }; marks.len()],
            positions: positions.into_iter().map(|(line, column)| (line - 1, column - 1)).collect(),
        };
        for number in first..=last {
            let own: Vec<usize> = (0..marks.len()).filter(|nth| lines[*nth] == number).collect();
            // What is far from every mark is not drawn, and only counted.
            if lines.iter().any(|line| line.abs_diff(number) <= NEAR) {
                let line = source.line(number);
                excerpt.line(
                    &source[line.clone()],
                    line.start,
                    &own,
                    &marks,
                    &hidden,
                    room,
                    unicode,
                    secrets,
                );
            } else {
                excerpt.text.push('\n');
            }
        }
        excerpt
    }

    /// Add one line, cut to `room` columns around its marks.
    #[allow(clippy::too_many_arguments)]
    fn line(
        &mut self,
        raw: &str,
        start: usize,
        own: &[usize],
        marks: &[Mark],
        hidden: &[Range<usize>],
        room: usize,
        unicode: bool,
        secrets: &[String],
    ) {
        let clean = Clean::new(raw, start, hidden);
        let columns: Vec<Range<usize>> =
            own.iter().map(|nth| clean.at(marks[*nth].span.start)..clean.at(marks[*nth].span.end)).collect();
        let leftmost = columns.iter().map(|range| clean.text[..range.start].width()).min();
        let middle = columns
            .iter()
            .map(|range| (clean.text[..range.start].width() + clean.text[..range.end].width()) / 2)
            .max()
            .unwrap_or(0);
        let wanted = own.iter().map(|nth| marks[*nth].label.width()).max().unwrap_or(0).min(WIDE);
        // Cut from the left when the underline leaves the frame, or leaves its label hardly any room.
        let whole = clean.text.width();
        let end = columns.iter().map(|range| clean.text[..range.end].width()).max().unwrap_or(0);
        let edge = if whole > end { end + 3 } else { end };
        let free = room.saturating_sub(middle + 5);
        let overflow = if (edge <= room || whole <= room) && free >= wanted.min(NARROW) {
            0
        } else {
            edge.max(middle + 5 + wanted).saturating_sub(room)
        };
        let skip = match leftmost {
            Some(leftmost) if overflow > 0 && whole > room / 2 => (overflow + 2).min(leftmost),
            _ => 0,
        };
        let dots = if unicode { "…" } else { "..." };
        let (gone, kept) = cut_at(&clean.text, skip);
        let lead = if skip > 0 { dots } else { "" };
        let base = self.text.len() + lead.len();
        self.text.push_str(lead);
        let left = room.saturating_sub(lead.width());
        let shown = if kept.width() > left {
            let (shown, _) = cut_at(kept, left.saturating_sub(dots.width()));
            self.text.push_str(shown);
            self.text.push_str(dots);
            shown.len()
        } else {
            self.text.push_str(kept);
            kept.len()
        };
        for (nth, range) in own.iter().zip(columns) {
            let place = |at: usize| base + at.saturating_sub(gone.len()).min(shown);
            let span = place(range.start)..place(range.end);
            let middle = (self.text[base - lead.len()..span.start].width()
                + self.text[base - lead.len()..span.end].width())
                / 2;
            let free = room.saturating_sub(middle + 4);
            self.marks[*nth] = Mark { span, label: label(&marks[*nth].label, free, unicode, secrets) };
        }
        // A space for a mark behind the last character to stand under.
        self.text.push_str(" \n");
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty() || self.text.trim().is_empty()
    }

    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let head = self.text.get(..start).ok_or(MietteError::OutOfBounds)?;
        let tail = self.text.get(end..).ok_or(MietteError::OutOfBounds)?;
        if before == 0 {
            let nth = self.marks.iter().position(|mark| mark.span == (start..end)).unwrap_or(0);
            let (line, column) = self.positions.get(nth).copied().unwrap_or((self.skipped, 0));
            let data = &self.text.as_bytes()[start..end];
            let name = self.name.clone();
            return Ok(Box::new(MietteSpanContents::new_named(name, data, *span, line, column, 1)));
        }
        // The line before goes with it when it says something; what comes after has not happened.
        let mut first = head.rfind('\n').map_or(0, |at| at + 1);
        if first > 0 {
            let above = self.text[..first - 1].rfind('\n').map_or(0, |at| at + 1);
            if !self.text[above..first].trim().is_empty() {
                first = above;
            }
        }
        let last = end + tail.find('\n').unwrap_or(tail.len());
        let data = &self.text[first..last];
        let line = self.skipped + self.text[..first].matches('\n').count();
        let whole = (first, last - first).into();
        let count = data.matches('\n').count();
        let name = self.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, data.as_bytes(), whole, line, 0, count)))
    }
}

/// A mark within its first line and within the text.
fn on_one_line(mark: &Mark, source: &str) -> Mark {
    let floor = |at: usize| {
        let mut at = at.min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let mut start = floor(mark.span.start);
    if start == source.len() && source.ends_with('\n') {
        // Behind the last newline there is nothing to show: the end of the last words it is.
        start = source.trim_end().len();
    }
    let end = floor(mark.span.end.max(start));
    let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
    let end = end.min(line_end);
    let trimmed = start + source[start..end].trim_end().len();
    Mark { span: start..trimmed.max(start), label: mark.label.clone() }
}

/// A label in lines that fit into `room` columns.
fn label(text: &str, room: usize, unicode: bool, secrets: &[String]) -> String {
    let clean = words(&mask(text, secrets), 300, unicode);
    super::report::wrap(&clean, room.max(12)).join("\n")
}

/// A line in the form that is shown, and where each of its bytes went.
struct Clean {
    text: String,
    start: usize,
    /// For each byte of the line as it was, and one behind: its byte in `text`.
    map: Vec<usize>,
}

impl Clean {
    fn new(raw: &str, start: usize, hidden: &[Range<usize>]) -> Clean {
        let raw = raw.strip_suffix('\n').unwrap_or(raw);
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        let mut clean = Clean { text: String::new(), start, map: Vec::with_capacity(raw.len() + 1) };
        let mut shown = None;
        for (at, c) in raw.char_indices() {
            let here = clean.text.len();
            let secret = hidden.iter().position(|range| range.contains(&(start + at)));
            match (secret, c) {
                (Some(nth), _) if shown != Some(nth) => {
                    clean.text.push_str(MASK);
                    shown = Some(nth);
                }
                // What marks a file as text of an editor is none of its words.
                (None, '\u{feff}') if start + at == 0 => {}
                (Some(_), _) => {}
                (None, '\t') => {
                    let column = clean.text.width();
                    clean.text.extend(std::iter::repeat_n(' ', TAB - column % TAB));
                }
                (None, c) => push_visible(&mut clean.text, c),
            }
            clean.map.extend(std::iter::repeat_n(here, c.len_utf8()));
        }
        clean.map.push(clean.text.len());
        clean
    }

    /// The byte in the shown text for a byte of the source.
    fn at(&self, offset: usize) -> usize {
        let nth = offset.saturating_sub(self.start).min(self.map.len() - 1);
        self.map[nth]
    }
}

fn push_visible(text: &mut String, c: char) {
    if is_unsafe(c) {
        text.extend(c.escape_unicode());
    } else {
        text.push(c);
    }
}

/// Words from outside, on one line: what is unsafe escaped, cut behind `longest` characters.
pub(super) fn words(text: &str, longest: usize, unicode: bool) -> String {
    let mut out = String::new();
    for (nth, c) in text.chars().enumerate() {
        if nth >= longest {
            out.push_str(if unicode { "…" } else { "..." });
            break;
        }
        match c {
            '\n' | '\t' => out.push(' '),
            '→' if !unicode => out.push_str("->"),
            c => push_visible(&mut out, c),
        }
    }
    out
}

/// A text cut into what fits into `width` columns and the rest.
pub(super) fn cut_at(text: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// Where in `within` the texts of `secrets` stand; ones of less than four characters would mask half of any page.
fn secret_ranges(text: &str, within: &Range<usize>, secrets: &[String]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for secret in secrets.iter().filter(|secret| secret.chars().count() >= 4) {
        // One that begins before and reaches in is hidden too.
        let mut from = within.start.saturating_sub(secret.len());
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (within.end + secret.len()).min(text.len());
        while !text.is_char_boundary(to) {
            to += 1;
        }
        let places = text[from..to].match_indices(secret.as_str());
        found.extend(places.map(|(at, part)| from + at..from + at + part.len()));
    }
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found
}

/// A text with every known secret masked.
pub(super) fn mask(text: &str, secrets: &[String]) -> String {
    let mut out = String::new();
    let mut last = 0;
    for range in secret_ranges(text, &(0..text.len()), secrets) {
        if range.start >= last {
            out.push_str(&text[last..range.start]);
            out.push_str(MASK);
        }
        last = last.max(range.end);
    }
    out.push_str(&text[last..]);
    out
}
