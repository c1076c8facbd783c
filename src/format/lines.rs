//! Where lines end, and how far each is indented.

use super::INDENT;
use super::layout::{Layout, is_line_comment, line_ends};
use crate::syntax::lexer::{self, Shape, Token};

/// What stands before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// So many ends of lines.
    Lines(usize),
    /// It goes on on the same line.
    Same,
    /// What was there: inside a text.
    Verbatim,
}

/// The words that go on behind the brace that ends the part before.
const GO_ON: [&str; 2] = ["else", "catch"];

/// What stands before each token.
pub(super) fn breaks(text: &str, tokens: &[Token], layout: &Layout) -> Vec<Gap> {
    (0..tokens.len()).map(|at| gap(text, tokens, layout, at)).collect()
}

fn gap(text: &str, tokens: &[Token], layout: &Layout, at: usize) -> Gap {
    let Some((before, token)) = at.checked_sub(1).and_then(|before| tokens.get(before)).zip(tokens.get(at))
    else {
        return Gap::Same;
    };
    let ends = line_ends(text, tokens, at);
    if layout.inside[at] {
        return if ends > 0 { Gap::Verbatim } else { Gap::Same };
    }
    let after_comment = is_line_comment(text, before);
    let opener = lexer::opens(before, text);
    let closer = lexer::closes(token, text);
    if opener && closer && !after_comment {
        return Gap::Same;
    }
    if !after_comment && token.shape != Shape::Comment && goes_on(text, layout, before, token) {
        return Gap::Same;
    }
    let ends = if ends == 0 && (after_comment || is_forced(text, tokens, layout, at)) { 1 } else { ends };
    match ends {
        0 => Gap::Same,
        // Nothing is empty behind an opening bracket or before a closing one.
        _ if opener || closer => Gap::Lines(1),
        ends => Gap::Lines(ends.min(2)),
    }
}

/// Whether a token belongs behind the one before, wherever it stands.
fn goes_on(text: &str, layout: &Layout, before: &Token, token: &Token) -> bool {
    let is = |one: &Token, word: &str| one.is(text, word);
    if is(before, "}") && !layout.statements.contains(&token.start) {
        let ends_do = ["while", "until"].iter().any(|word| is(token, word));
        if GO_ON.iter().any(|word| is(token, word)) || (ends_do && !layout.loops.contains(&token.start)) {
            return true;
        }
    }
    let path = |one: &Token| is(one, ".") || is(one, "?.") || is(one, "::");
    let owned = is(token, "{") && layout.owners.contains_key(&token.start);
    let sticks = (is(token, ";") || is(token, ",") || is(token, "::")) && before.shape != Shape::Comment;
    (sticks && !is(before, ";"))
        || (path(before) && before.shape != Shape::Comment)
        || (owned && !is(before, ";"))
}

/// Whether a line ends before a token though the writer ended none.
fn is_forced(text: &str, tokens: &[Token], layout: &Layout, at: usize) -> bool {
    let (before, token) = (&tokens[at - 1], &tokens[at]);
    // What is said about the end of a line stays there.
    if token.shape == Shape::Comment || before.shape == Shape::Comment {
        return false;
    }
    if lexer::closes(token, text) {
        let Some(open) = layout.pairs[at] else { return false };
        return match is_block(text, tokens, layout, open) {
            true => layout.has_lines(open, at),
            false => ends_line(text, tokens, open),
        };
    }
    if layout.statements.contains(&token.start) {
        return match around(layout, at) {
            Some(open) => {
                let close = layout.pairs[open].unwrap_or(at);
                is_block(text, tokens, layout, open) && layout.has_lines(open, close)
            }
            None => true,
        };
    }
    false
}

/// Whether a line ends behind a token, or behind the comment after it.
fn ends_line(text: &str, tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1);
    line_ends(text, tokens, at + 1) > 0 || next.is_some_and(|next| is_line_comment(text, next))
}

/// The bracket that a token stands in.
fn around(layout: &Layout, at: usize) -> Option<usize> {
    let mut at = at;
    while at > 0 {
        at -= 1;
        match layout.pairs[at] {
            Some(other) if other < at => at = other,
            Some(_) => return Some(at),
            None => {}
        }
    }
    None
}

/// Whether a bracket opens a block of statements or the cases of a `switch`.
fn is_block(text: &str, tokens: &[Token], layout: &Layout, open: usize) -> bool {
    tokens[open].is(text, "{") && !layout.inside[open]
}

/// An open bracket.
struct Open {
    /// How far what is in it is indented.
    content: usize,
    /// How far its closing bracket is, at the beginning of a line.
    close: usize,
    switch: bool,
}

/// How far the line is indented that each token begins or stands on.
pub(super) fn indents(text: &str, tokens: &[Token], layout: &Layout, breaks: &[Gap]) -> Vec<usize> {
    let mut open: Vec<Open> = Vec::new();
    let mut indents = vec![0; tokens.len()];
    let mut line = 0;
    for (at, token) in tokens.iter().enumerate() {
        let closes = lexer::closes(token, text);
        if matches!(breaks.get(at), Some(Gap::Lines(_))) {
            line = match open.last() {
                Some(last) if closes => last.close,
                last => {
                    let content = last.map_or(0, |last| last.content);
                    let fresh = begins(text, tokens, layout, last, at);
                    if fresh { content } else { content + INDENT }
                }
            };
        }
        indents[at] = line;
        if closes {
            open.pop();
        } else if lexer::opens(token, text) {
            let owner = layout.owners.get(&token.start).and_then(|owner| {
                let at = tokens.partition_point(|token| token.start < *owner);
                indents.get(at).copied()
            });
            let close = owner.unwrap_or(line);
            open.push(Open {
                content: close + INDENT,
                close,
                switch: layout.switches.contains(&token.start),
            });
        }
    }
    indents
}

/// Whether a token at the beginning of a line begins a statement or an item, and goes on with none.
fn begins(text: &str, tokens: &[Token], layout: &Layout, open: Option<&Open>, at: usize) -> bool {
    // A comment is indented as what it stands before.
    let Some(next) = (at..tokens.len()).find(|next| tokens[*next].shape != Shape::Comment) else {
        return true;
    };
    if lexer::closes(&tokens[next], text) || layout.statements.contains(&tokens[next].start) {
        return true;
    }
    let Some(before) = (0..at).rev().find(|before| tokens[*before].shape != Shape::Comment) else {
        return true;
    };
    let before = &tokens[before];
    before.is(text, ",")
        || before.is(text, ";")
        || lexer::opens(before, text)
        || (open.is_some_and(|open| open.switch) && before.is(text, "}"))
}
