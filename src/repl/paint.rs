//! The colours of an input while it is typed, and the brackets that belong together.

use crate::syntax::lexer::{self, KEYWORDS, Shape, Token};
use crate::verbs;

/// How long an input may be to be painted: a pasted megabyte is left as it is.
pub(super) const MOST: usize = 1 << 16;

const END: &str = "\x1b[0m";
const PAIR: &str = "\x1b[1;4m";

/// The escape sequence of a token's colour; empty for the terminal's own.
fn colour(token: &Token, text: &str) -> &'static str {
    let word = token.text(text);
    match token.shape {
        Shape::Comment => "\x1b[2m",
        Shape::Text | Shape::Char => "\x1b[32m",
        Shape::OpenText => "\x1b[33m",
        Shape::Number => "\x1b[36m",
        Shape::Word if KEYWORDS.contains(&word) => "\x1b[35m",
        Shape::Word if verbs::verb(word).is_some() => "\x1b[34m",
        Shape::Stray => "\x1b[31m",
        _ => "",
    }
}

/// An input with colours, and the bracket under the cursor with its other end marked.
pub(super) fn painted(text: &str, cursor: usize) -> String {
    let tokens = lexer::tokens(text);
    let pair = pair(&tokens, text, cursor);
    let mut shown = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (nth, token) in tokens.iter().enumerate() {
        shown.push_str(text.get(at..token.start).unwrap_or(""));
        at = token.end;
        let word = token.text(text);
        let colour = if pair.is_some_and(|(a, b)| nth == a || nth == b) { PAIR } else { colour(token, text) };
        if colour.is_empty() {
            shown.push_str(word);
            continue;
        }
        // A terminal forgets colours at no line's end, yet an editor may draw lines apart.
        let lines: Vec<String> = word.split('\n').map(|line| format!("{colour}{line}{END}")).collect();
        shown.push_str(&lines.join("\n"));
    }
    shown.push_str(text.get(at..).unwrap_or(""));
    shown
}

/// The two brackets that belong together, one of which is under or before the cursor.
fn pair(tokens: &[Token], text: &str, cursor: usize) -> Option<(usize, usize)> {
    let at = |byte: usize| {
        tokens.iter().position(|token| {
            token.start <= byte
                && byte < token.end
                && (lexer::opens(token, text) || lexer::closes(token, text))
        })
    };
    let code: Vec<Token> = tokens.to_vec();
    let found = at(cursor).or_else(|| at(cursor.checked_sub(1)?))?;
    let token = tokens.get(found)?;
    let other = match lexer::opens(token, text) {
        true => lexer::matching(&code, text, found)?,
        false => lexer::opening(&code, text, found)?,
    };
    Some((found, other))
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
        assert_eq!(painted("f(x)", 4), format!("f{PAIR}({END}x{PAIR}){END}"));
        assert_eq!(painted("f(x)", 1), format!("f{PAIR}({END}x{PAIR}){END}"));
        assert_eq!(painted("f(x", 1), "f(x");
    }
}
