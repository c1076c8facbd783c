//! Text made safe for a terminal: what would move the cursor, hide text or turn its direction is shown as an escape.
//!
//! Names, console text, request ids and what a script says come from outside; whoever prints one does so through here.

use std::borrow::Cow;

/// Whether a character could move the cursor, hide text or turn its direction.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_layout(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

/// A text of any number of lines; line ends and tabs stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| is_unsafe(c) && !is_layout(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            // The end of a line as some systems write it.
            '\r' if text[at + 1..].starts_with('\n') => {}
            c if is_unsafe(c) && !is_layout(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// JSON text, in which such a character is written as JSON writes it.
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| is_unsafe(c) && !is_layout(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut units = [0_u16; 2];
    for c in text.chars() {
        match is_unsafe(c) && !is_layout(c) {
            true => {
                c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")))
            }
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown() {
        assert_eq!(
            lines("a\u{1b}[2Jb\u{202e}c\u{9b}d\r\ne\tf\rg"),
            "a\\u{1b}[2Jb\\u{202e}c\\u{9b}d\ne\tf\\u{d}g"
        );
        assert_eq!(lines("plain é ✓ 文"), "plain é ✓ 文");
        assert_eq!(json("{\"a\":\"\u{9b}\u{2066}\u{e0001}\"}"), "{\"a\":\"\\u009b\\u2066\\udb40\\udc01\"}");
    }
}
