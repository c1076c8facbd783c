//! How a script is laid out: one indentation, one spacing, no more than one empty line. Words are never changed, moved,
//! added or taken away: the text has the same tokens before and after, comments among them.
//!
//! Where a line ends is the writer's choice, with few exceptions: statements stand on lines of their own in a block that
//! has several lines, `else` and `catch` stand behind their brace. [`layout`] says what the tree knows of the tokens,
//! [`spacing`] what stands between two of them on a line, [`lines`] where lines end and how far they are indented.

mod layout;
mod lines;
mod spacing;

use crate::syntax::lexer::{self, Shape, Token};
use crate::syntax::{self, tree::Tree};
use layout::Layout;
use std::ops::Range;

/// Each level is so many spaces.
pub const INDENT: usize = 4;

/// The text laid out; `None` for one that is no script, or whose tokens would not be the same afterwards.
pub fn format(text: &str) -> Option<String> {
    let tree = syntax::parse(text);
    if !tree.mistakes.is_empty() {
        return None;
    }
    let formatted = laid_out(text, &tree);
    same_tokens(text, &formatted).then_some(formatted)
}

/// The bytes of a text that another one has otherwise, in whole lines, and what stands there instead; `None` where they are
/// the same.
pub fn difference<'a>(old: &str, new: &'a str) -> Option<(Range<usize>, &'a str)> {
    if old == new {
        return None;
    }
    let ends = |text: &str, count: usize| text.split_inclusive('\n').take(count).map(str::len).sum::<usize>();
    let (mut olds, mut news) = (old.split_inclusive('\n'), new.split_inclusive('\n'));
    let same = std::iter::from_fn(|| olds.next().zip(news.next())).take_while(|(a, b)| a == b).count();
    let start = ends(old, same);
    let (old_rest, new_rest) = (old.get(start..)?, new.get(start..)?);
    let (mut olds, mut news) = (old_rest.split_inclusive('\n').rev(), new_rest.split_inclusive('\n').rev());
    let behind = std::iter::from_fn(|| olds.next().zip(news.next())).take_while(|(a, b)| a == b);
    let end: usize = behind.map(|(line, _)| line.len()).sum();
    Some((start..old.len() - end, new.get(start..new.len() - end)?))
}

/// Whether two texts have the same tokens, comments among them; what ends a comment's line does not count.
pub fn same_tokens(one: &str, other: &str) -> bool {
    words(one).eq(words(other))
}

fn words(text: &str) -> impl Iterator<Item = (Shape, &str)> {
    lexer::tokens(text).into_iter().map(|token| (token.shape, word(text, &token)))
}

/// A token as it is written.
fn word<'a>(text: &'a str, token: &Token) -> &'a str {
    let word = token.text(text);
    match token.shape {
        Shape::Comment if !word.starts_with("/*") => word.trim_end(),
        _ => word,
    }
}

fn laid_out(text: &str, tree: &Tree) -> String {
    let tokens = lexer::tokens(text);
    let layout = Layout::of(text, &tokens, tree);
    let roles = spacing::roles(text, &tokens, &layout);
    let breaks = lines::breaks(text, &tokens, &layout);
    let indents = lines::indents(text, &tokens, &layout, &breaks);
    let mut out = String::with_capacity(text.len());
    for (at, token) in tokens.iter().enumerate() {
        match breaks.get(at) {
            Some(lines::Gap::Lines(count)) => {
                out.extend(std::iter::repeat_n('\n', *count));
                out.extend(std::iter::repeat_n(' ', indents.get(at).copied().unwrap_or(0)));
            }
            Some(lines::Gap::Verbatim) => {
                let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                out.push_str(text.get(before.map_or(0, |before| before.end)..token.start).unwrap_or(""));
            }
            Some(lines::Gap::Same) | None => {
                if spacing::is_space(text, &tokens, &roles, &layout, at) {
                    out.push(' ');
                }
            }
        }
        out.push_str(word(text, token));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
