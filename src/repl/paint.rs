//! The colours of an input while it is typed, and the brackets that belong together.

use crate::assist::{Class, highlight, matching_bracket};

/// How long an input may be to be painted: a pasted megabyte is left as it is.
pub(super) const MOST: usize = 1 << 14;

const END: &str = "\x1b[0m";
const PAIR: &str = "\x1b[1;4m";

/// The escape sequence of a piece's colour; empty for the terminal's own.
fn colour(class: Class) -> &'static str {
    match class {
        Class::Keyword => "\x1b[35m",
        Class::Verb => "\x1b[34m",
        Class::Function | Class::Module => "\x1b[94m",
        Class::Field | Class::Key => "\x1b[36m",
        Class::Text => "\x1b[32m",
        Class::Escape | Class::Interpolation => "\x1b[33m",
        Class::Number => "\x1b[33m",
        Class::Comment => "\x1b[2m",
        Class::Error => "\x1b[31m",
        Class::Variable | Class::Operator | Class::Space => "",
    }
}

/// An input with colours, and the bracket under the cursor with its other end marked.
pub(super) fn painted(text: &str, cursor: usize) -> String {
    let pair = pair(text, cursor);
    let mut shown = String::with_capacity(text.len() * 2);
    for (span, class) in highlight(text) {
        let mut start = span.start;
        // A piece of operators may hold brackets of the pair.
        for at in pair.into_iter().flatten().filter(|at| span.contains(at)) {
            paint(&mut shown, text.get(start..at).unwrap_or(""), colour(class));
            let end = at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            paint(&mut shown, text.get(at..end).unwrap_or(""), PAIR);
            start = end;
        }
        paint(&mut shown, text.get(start..span.end).unwrap_or(""), colour(class));
    }
    shown
}

/// A piece in a colour; each line of it by itself, for an editor may draw lines apart.
fn paint(shown: &mut String, piece: &str, colour: &str) {
    for (nth, line) in piece.split('\n').enumerate() {
        if nth > 0 {
            shown.push('\n');
        }
        if colour.is_empty() || line.is_empty() {
            shown.push_str(line);
        } else {
            shown.push_str(colour);
            shown.push_str(line);
            shown.push_str(END);
        }
    }
}

/// The two brackets that belong together, one of which is under or before the cursor; in their order.
fn pair(text: &str, cursor: usize) -> Option<[usize; 2]> {
    let bracket =
        |at: usize| text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| "()[]{}".contains(*c));
    let other = matching_bracket(text, cursor)?;
    let one = bracket(cursor)
        .map(|_| cursor)
        .or_else(|| cursor.checked_sub(1).filter(|at| bracket(*at).is_some()))?;
    Some([one.min(other), one.max(other)])
}

/// A hint, dim.
pub(super) fn dim(text: &str) -> String {
    format!("\x1b[2m{text}{END}")
}

/// The prompt, bold.
pub(super) fn bold(text: &str) -> String {
    format!("\x1b[1m{text}{END}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_is_painted_is_what_was_typed() {
        let colours = regex::Regex::new("\x1b\\[[0-9;]*m").expect("a pattern");
        for text in ["let a = `b ${c} d\ne`; // f", "boot(\"web\", #{ image: 1 })", "'\u{0}é", "\"open", ")("]
        {
            for cursor in 0..=text.len() {
                assert_eq!(colours.replace_all(&painted(text, cursor), ""), text);
            }
        }
    }

    #[test]
    fn brackets_that_belong_together_are_marked() {
        assert_eq!(painted("(x)", 3), format!("{PAIR}({END}x{PAIR}){END}"));
        assert_eq!(painted("(x)", 0), format!("{PAIR}({END}x{PAIR}){END}"));
        assert!(!painted("(x", 0).contains(PAIR));
    }
}
