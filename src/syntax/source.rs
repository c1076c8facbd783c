//! The text of a source with the places of its lines, found once for all who ask where a byte stands.

use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

/// A source's whole text; a clone is the same text.
#[derive(Clone)]
pub struct Text(Arc<Inner>);

struct Inner {
    text: String,
    /// Where each line begins.
    lines: OnceLock<Vec<usize>>,
}

impl Text {
    fn lines(&self) -> &[usize] {
        let inner = &self.0;
        let after = |(at, _): (usize, &str)| at + 1;
        inner
            .lines
            .get_or_init(|| std::iter::once(0).chain(inner.text.match_indices('\n').map(after)).collect())
    }

    /// The line and column (in characters, from 1) of a byte; one beyond the end counts as the end.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.len());
        while !self.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.lines().partition_point(|start| *start <= at);
        (line, self[self.lines()[line - 1]..at].chars().count() + 1)
    }

    /// How many lines there are; what stands behind the last newline is one, also where that is nothing.
    pub fn line_count(&self) -> usize {
        self.lines().len()
    }

    /// The bytes of a line (from 1), its newline with it; empty behind the last one.
    pub fn line(&self, number: usize) -> Range<usize> {
        let start = |number: usize| self.lines().get(number).copied().unwrap_or(self.len());
        start(number.max(1) - 1)..start(number.max(1))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.text
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(Arc::new(Inner { text, lines: OnceLock::new() }))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        text.to_owned().into()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lexer;

    #[test]
    fn a_byte_stands_where_a_count_from_the_start_finds_it() {
        for source in ["", "\n", "a", "a\n", "ü\r\nb\tc\n\nd", "x\n\n"] {
            let text = Text::from(source);
            for at in 0..=source.len() + 2 {
                assert_eq!(text.position(at), lexer::position(source, at), "{source:?} {at}");
            }
            let whole: String = (1..=text.line_count()).map(|line| &text[text.line(line)]).collect();
            assert_eq!(whole, source);
        }
        assert_eq!(Text::from("a\nb").line(2), 2..3);
        assert_eq!(Text::from("a\nb").line(9), 3..3);
    }
}
