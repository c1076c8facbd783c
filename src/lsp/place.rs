//! Places as editors count them, and bytes: a line and a column in UTF-16 units, unless the client takes others. A place
//! outside the text is the nearest one inside, as the protocol has it.

use lsp_types::{Position, PositionEncodingKind, Range as Region};
use std::ops::Range;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what every client knows.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The first of the client's that is known here.
    pub(super) fn choose<'a>(offered: impl IntoIterator<Item = &'a str>) -> Encoding {
        let known = |name: &str| match name {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        };
        offered.into_iter().find_map(known).unwrap_or_default()
    }

    /// Its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. A line ends with `\n`, `\r\n` or `\r`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    /// The lines of a text.
    pub(super) fn of(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        Lines(std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    /// The bytes of a line of this text, without its end.
    fn line(&self, text: &str, line: usize) -> Range<usize> {
        let start = self.0.get(line).copied().unwrap_or(text.len());
        let end = self.0.get(line + 1).copied().unwrap_or(text.len());
        let length = text.get(start..end).unwrap_or("").trim_end_matches(['\r', '\n']).len();
        start..start + length
    }

    /// The byte at a place; always at a character's beginning or the end.
    pub(super) fn byte(&self, text: &str, place: Position, encoding: Encoding) -> usize {
        let line = self.line(text, place.line as usize);
        let wanted = place.character as usize;
        let mut column = 0;
        for (at, character) in text[line.clone()].char_indices() {
            column += encoding.width(character);
            if column > wanted {
                return line.start + at;
            }
        }
        line.end
    }

    /// The place of a byte.
    pub(super) fn place(&self, text: &str, byte: usize, encoding: Encoding) -> Position {
        let byte = byte.min(text.len());
        let line = self.0.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.0.get(line).copied().unwrap_or(0);
        let before = text[start..].char_indices().take_while(|(at, _)| start + at < byte);
        let whole = before.filter(|(at, character)| start + at + character.len_utf8() <= byte);
        let column: usize = whole.map(|(_, character)| encoding.width(character)).sum();
        Position::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The places of a span's ends.
    pub(super) fn region(&self, text: &str, span: &Range<usize>, encoding: Encoding) -> Region {
        Region::new(self.place(text, span.start, encoding), self.place(text, span.end, encoding))
    }

    /// The bytes between two places; empty where the second is before the first.
    pub(super) fn span(&self, text: &str, region: &Region, encoding: Encoding) -> Range<usize> {
        let start = self.byte(text, region.start, encoding);
        start..self.byte(text, region.end, encoding).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "aé😀z\r\n\rb\n";

    #[test]
    fn columns_count_what_was_agreed_on() {
        let lines = Lines::of(TEXT);
        let z = TEXT.find('z').unwrap_or(0);
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            assert_eq!(lines.place(TEXT, z, encoding), Position::new(0, column));
            assert_eq!(lines.byte(TEXT, Position::new(0, column), encoding), z);
        }
        assert_eq!(lines.place(TEXT, TEXT.find('b').unwrap_or(0), Encoding::Utf16), Position::new(2, 0));
        assert_eq!(lines.place(TEXT, TEXT.len(), Encoding::Utf16), Position::new(3, 0));
    }

    #[test]
    fn places_outside_are_the_nearest_inside() {
        let lines = Lines::of(TEXT);
        let byte = |line, character| lines.byte(TEXT, Position::new(line, character), Encoding::Utf16);
        let z = TEXT.find('z').unwrap_or(0);
        // In the middle of the pair, behind the line, behind the text.
        assert_eq!(byte(0, 3), 3);
        assert_eq!(byte(0, 99), z + 1);
        assert_eq!(byte(1, 5), z + 3);
        assert_eq!(byte(99, 0), TEXT.len());
        assert_eq!(byte(u32::MAX, u32::MAX), TEXT.len());
        let region = Region::new(Position::new(2, 1), Position::new(0, 0));
        let span = lines.span(TEXT, &region, Encoding::Utf16);
        assert!(span.is_empty());
    }

    #[test]
    fn the_first_known_encoding_is_chosen() {
        assert_eq!(Encoding::choose(["utf-7", "utf-8", "utf-16"]), Encoding::Utf8);
        assert_eq!(Encoding::choose(["utf-16", "utf-8"]), Encoding::Utf16);
        assert_eq!(Encoding::choose([]), Encoding::Utf16);
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn every_character_has_a_place(text in "[a\\r\\né😀\\u{300}]{0,12}", line in 0u32..9, column in 0u32..9) {
            let lines = Lines::of(&text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (at, _) in text.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                    prop_assert_eq!(lines.byte(&text, lines.place(&text, at, encoding), encoding), at);
                }
                let byte = lines.byte(&text, Position::new(line, column), encoding);
                prop_assert!(text.is_char_boundary(byte));
                let back = lines.place(&text, byte, encoding);
                prop_assert_eq!(lines.byte(&text, back, encoding), byte);
            }
        }
    }
}
