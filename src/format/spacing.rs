//! What stands between two tokens of one line: a space or nothing.

use super::layout::Layout;
use crate::syntax::lexer::{self, KEYWORDS, Shape, Token};

/// What a token is for those beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A name, a number, a text: what an operator stands behind.
    Operand,
    /// A word of the language.
    Keyword,
    /// An operator with two sides.
    Binary,
    /// `..` and `..=`.
    Region,
    /// An operator before its one side.
    Unary,
    /// What opens a bracket.
    Open,
    /// What closes one.
    Close,
    /// The `|` before a closure's parameters.
    Bar,
    /// The one behind them, and `||` before a closure without any.
    EndBar,
    /// `,`, `;` and `:`.
    Mark,
    /// `.`, `?.` and `::`.
    Path,
    Comment,
}

/// The role of each token.
pub(super) fn roles(text: &str, tokens: &[Token], layout: &Layout) -> Vec<Role> {
    let mut roles = Vec::with_capacity(tokens.len());
    let mut before: Option<(Role, &str)> = None;
    // How many brackets are open around each closure whose parameters are being read.
    let mut bars: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let word = token.text(text);
        let next = tokens.get(at + 1).map_or("", |next| next.text(text));
        let operand = layout.statements.contains(&token.start) || wants_operand(before);
        let role = match token.shape {
            Shape::Comment => Role::Comment,
            Shape::Text | Shape::OpenText | Shape::Char | Shape::Number | Shape::Stray => Role::Operand,
            Shape::Word => word_role(word, before, next),
            Shape::Symbol if lexer::opens(token, text) => {
                depth += 1;
                Role::Open
            }
            Shape::Symbol if lexer::closes(token, text) => {
                depth = depth.saturating_sub(1);
                Role::Close
            }
            Shape::Symbol => match word {
                "," | ";" | ":" => Role::Mark,
                "." | "?." | "::" => Role::Path,
                ".." | "..=" => Role::Region,
                "||" if operand => Role::EndBar,
                "|" if bars.last() == Some(&depth) => {
                    bars.pop();
                    Role::EndBar
                }
                "|" if operand => {
                    bars.push(depth);
                    Role::Bar
                }
                "!" if next == "in" || next == "(" || operand => Role::Unary,
                "-" | "+" if operand => Role::Unary,
                _ => Role::Binary,
            },
        };
        if role != Role::Comment {
            before = Some((role, word));
        }
        roles.push(role);
    }
    roles
}

fn word_role(word: &str, before: Option<(Role, &str)>, next: &str) -> Role {
    let named = matches!(before, Some((Role::Path, _))) || (next == ":" && !matches!(word, "_"));
    let value = matches!(word, "this" | "true" | "false" | "global");
    match KEYWORDS.contains(&word) && !named && !value {
        true => Role::Keyword,
        false => Role::Operand,
    }
}

fn wants_operand(before: Option<(Role, &str)>) -> bool {
    match before {
        None => true,
        Some((role, _)) => !matches!(role, Role::Operand | Role::Close),
    }
}

/// Whether a space stands before a token that goes on with its line.
pub(super) fn is_space(text: &str, tokens: &[Token], roles: &[Role], layout: &Layout, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let (one, other) = (&tokens[before], &tokens[at]);
    if wants_space(text, tokens, roles, layout, at) {
        return true;
    }
    // Side by side they would be something else.
    one.end != other.start && grow_together(one.text(text), other.text(text))
}

fn grow_together(one: &str, other: &str) -> bool {
    let both = format!("{one}{other}");
    let read = lexer::tokens(&both);
    let ends: Vec<usize> = read.iter().map(|token| token.end).collect();
    let text = |word: &str| word.starts_with(['"', '`', '\'', '#']) || word.ends_with('`');
    // What belongs to a text around it cannot be read alone.
    ends != [one.len(), both.len()] && !text(one) && !text(other)
}

fn wants_space(text: &str, tokens: &[Token], roles: &[Role], layout: &Layout, at: usize) -> bool {
    let (one, other) = (&tokens[at - 1], &tokens[at]);
    let (left, right) = (roles[at - 1], roles[at]);
    let (first, second) = (one.text(text), other.text(text));
    let closes_text = |at: usize| layout.pairs[at].is_some_and(|open| tokens[open].is(text, "${"));
    // The parts of one text.
    if first == "${" || second == "${" || closes_text(at - 1) || closes_text(at) {
        return false;
    }
    if matches!(second, "," | ";" | ")" | "]") && right != Role::Operand {
        return false;
    }
    if matches!(first, "(" | "[" | "?[") && left == Role::Open {
        return false;
    }
    if left == Role::Comment || right == Role::Comment {
        return true;
    }
    if left == Role::Open && right == Role::Close {
        return false;
    }
    if left == Role::Path || right == Role::Path {
        return left == Role::Keyword;
    }
    if right == Role::Region {
        // One without a beginning stands as a value does.
        return !matches!(left, Role::Operand | Role::Close | Role::Unary | Role::Open) || first == "{";
    }
    if left == Role::Region {
        return matches!(right, Role::Binary | Role::Keyword) || matches!(second, "{" | "}");
    }
    match (left, right) {
        (Role::Unary | Role::Bar, _) | (_, Role::EndBar) if second != "||" => false,
        (_, Role::Mark) => false,
        (Role::Operand | Role::Close, Role::Open) if matches!(second, "(" | "[" | "?[") => {
            // What follows a block is not called by it.
            first == "}" && one.end != other.start
        }
        (Role::Operand, Role::Unary) => {
            second == "!" && tokens.get(at + 1).is_some_and(|next| next.is(text, "in"))
        }
        _ => true,
    }
}
