//! Which bytes of a text are what, for whoever gives them colours; and the other end of a bracket.

use super::boundary;
use crate::syntax::lexer::{KEYWORDS, Shape, Token, closes, matching, opening, opens, tokens};
use crate::verbs::verb;
use std::ops::Range;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A word of the language.
    Keyword,
    /// A verb.
    Verb,
    /// A function that is called, or defined.
    Function,
    /// A variable.
    Variable,
    /// A module, in front of `::`.
    Module,
    /// A field.
    Field,
    /// A key of a map or of options.
    Key,
    /// Text, with its quotes.
    Text,
    /// An escape in a text: `\n`.
    Escape,
    /// `${` and `}` in a text.
    Interpolation,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// An operator or a bracket.
    Operator,
    /// What belongs to nothing: a text without its end, a stray character, a bracket without its opening one.
    Error,
    /// White space.
    Space,
}

/// Every byte of the text in one piece of the list, in order.
pub fn highlight(text: &str) -> Vec<(Range<usize>, Class)> {
    let tokens = tokens(text);
    let code: Vec<&Token> = tokens.iter().filter(|token| token.shape != Shape::Comment).collect();
    let mut found: Vec<(Range<usize>, Class)> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut nth = 0;
    let mut end = 0;
    for token in &tokens {
        push(&mut found, end..token.start, Class::Space);
        end = token.end;
        if token.shape == Shape::Comment {
            push(&mut found, token.span(), Class::Comment);
            continue;
        }
        match token.shape {
            Shape::Text => pieces(text, token, &mut found),
            Shape::Symbol => {
                let class = symbol(text, token, &mut open);
                push(&mut found, token.span(), class);
            }
            _ => {
                let class = class(text, &code, nth, &open);
                push(&mut found, token.span(), class);
            }
        }
        nth += 1;
    }
    push(&mut found, end..text.len(), Class::Space);
    found
}

fn push(found: &mut Vec<(Range<usize>, Class)>, span: Range<usize>, class: Class) {
    if span.start < span.end {
        found.push((span, class));
    }
}

/// Follow the brackets: one that closes what is not open is wrong.
fn symbol<'a>(text: &'a str, token: &Token, open: &mut Vec<&'a str>) -> Class {
    let word = token.text(text);
    if opens(token, text) {
        open.push(word);
        return if word == "${" { Class::Interpolation } else { Class::Operator };
    }
    if closes(token, text) {
        let last = open.last().copied().unwrap_or("");
        return match (last, word) {
            ("(", ")") | ("[" | "?[", "]") | ("{" | "#{", "}") => {
                open.pop();
                Class::Operator
            }
            ("${", "}") => {
                open.pop();
                Class::Interpolation
            }
            _ => Class::Error,
        };
    }
    Class::Operator
}

fn class(text: &str, code: &[&Token], nth: usize, open: &[&str]) -> Class {
    let Some(token) = code.get(nth) else { return Class::Space };
    let is = |at: Option<usize>, wanted: &str| {
        at.and_then(|at| code.get(at)).is_some_and(|token| token.is(text, wanted))
    };
    match token.shape {
        Shape::Number => return Class::Number,
        Shape::Char => return Class::Text,
        Shape::OpenText | Shape::Stray => return Class::Error,
        _ => {}
    }
    let word = token.text(text);
    let (prior, next) = (nth.checked_sub(1), Some(nth + 1));
    let member = is(prior, ".") || is(prior, "?.");
    let key = is(next, ":") && open.last() == Some(&"#{") && (is(prior, ",") || is(prior, "#{"));
    if key {
        return Class::Key;
    }
    if is(next, "::") && word != "global" {
        return Class::Module;
    }
    if KEYWORDS.contains(&word) && !member {
        return Class::Keyword;
    }
    if is(next, "(") {
        let own = is(prior, "fn") || is(prior, "::");
        return if verb(word).is_some() && !own { Class::Verb } else { Class::Function };
    }
    if is(prior, "as") {
        Class::Module
    } else if member {
        Class::Field
    } else {
        Class::Variable
    }
}

/// A text, its escapes apart. Only what stands in double quotes has some.
fn pieces(text: &str, token: &Token, found: &mut Vec<(Range<usize>, Class)>) {
    let whole = token.text(text);
    if !whole.starts_with('"') {
        return push(found, token.span(), Class::Text);
    }
    let mut begun = token.start;
    let mut letters = whole.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\\' {
            continue;
        }
        let Some((_, escaped)) = letters.next() else { break };
        let digits = match escaped {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let mut length = 1 + escaped.len_utf8();
        for _ in 0..digits {
            if letters.next_if(|(_, digit)| digit.is_ascii_hexdigit()).is_some() {
                length += 1;
            }
        }
        let start = token.start + at;
        push(found, begun..start, Class::Text);
        begun = (start + length).min(token.end);
        push(found, start..begun, Class::Escape);
    }
    push(found, begun..token.end, Class::Text);
}

/// The byte where the other end of a bracket begins, for a cursor on the bracket or behind it.
pub fn matching_bracket(text: &str, at: usize) -> Option<usize> {
    let at = boundary(text, at);
    let code: Vec<Token> = tokens(text).into_iter().filter(|token| token.shape != Shape::Comment).collect();
    let bracket = |token: &Token| opens(token, text) || closes(token, text);
    let on = code.iter().position(|token| token.start <= at && at < token.end && bracket(token));
    let nth = on.or_else(|| code.iter().position(|token| token.end == at && bracket(token)))?;
    let token = code.get(nth)?;
    let other = if opens(token, text) { matching(&code, text, nth) } else { opening(&code, text, nth) };
    other.and_then(|other| code.get(other)).map(|token| token.start)
}
