//! Colours: each piece of a text that an editor paints, as the protocol packs them.

use super::server::{Answer, Open};
use crate::assist::{Class, highlight};
use serde_json::{Value, json};

/// The protocol's names of what is painted; [`kind`] is an index into it.
pub(super) const TYPES: [&str; 10] = [
    "keyword",
    "function",
    "variable",
    "namespace",
    "property",
    "string",
    "number",
    "comment",
    "operator",
    "method",
];

fn kind(class: Class) -> Option<u32> {
    Some(match class {
        Class::Keyword => 0,
        Class::Verb => 9,
        Class::Function => 1,
        Class::Variable => 2,
        Class::Module => 3,
        Class::Field | Class::Key => 4,
        Class::Text | Class::Escape => 5,
        Class::Number => 6,
        Class::Comment => 7,
        Class::Operator | Class::Interpolation => 8,
        Class::Error | Class::Space => return None,
    })
}

/// All of a document's: five numbers each, its place told from the one before; a piece of several lines is one a line.
pub(super) fn tokens(open: &Open<'_>, _: Value) -> Answer {
    let text = &open.document.text;
    let mut data: Vec<u32> = Vec::new();
    let mut last = (0, 0);
    for (span, class) in highlight(text) {
        let Some(kind) = kind(class) else { continue };
        let mut start = span.start;
        for line in text[span].split_inclusive(['\n', '\r']) {
            let end = start + line.trim_end_matches(['\n', '\r']).len();
            let region = open.region(&(start..end));
            start += line.len();
            let length = region.end.character.saturating_sub(region.start.character);
            if length == 0 {
                continue;
            }
            let down = region.start.line - last.0;
            let right = if down == 0 { region.start.character - last.1 } else { region.start.character };
            data.extend([down, right, length, kind, 0]);
            last = (region.start.line, region.start.character);
        }
    }
    Ok(json!({ "data": data }))
}
