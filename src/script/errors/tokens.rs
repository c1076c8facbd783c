//! A script's tokens around the place where the engine stopped: the words there, the bracket it is in, the names that are
//! declared. What they mean is [`super::syntax`]'s, [`super::foreign_syntax`]'s and [`super::foreign_words`]'s.

use crate::syntax::lexer::{self, Shape, Token};
use std::collections::HashSet;
use std::ops::Range;

/// A script's tokens, and the one that the engine stopped at.
pub(in crate::script) struct Reading<'a> {
    pub(in crate::script) text: &'a str,
    pub(in crate::script) tokens: Vec<Token>,
    /// The token at the place, or the first behind it; the count of tokens at the end.
    pub(in crate::script) at: usize,
}

impl<'a> Reading<'a> {
    pub(in crate::script) fn new(text: &'a str, offset: usize) -> Reading<'a> {
        let tokens = lexer::code(text);
        let at = tokens.iter().position(|token| token.end > offset).unwrap_or(tokens.len());
        Reading { text, tokens, at }
    }

    /// The text of the token `by` away from the place; empty where there is none.
    pub(in crate::script) fn word(&self, by: isize) -> &'a str {
        self.token(by).map_or("", |token| token.text(self.text))
    }

    pub(in crate::script) fn token(&self, by: isize) -> Option<&Token> {
        self.tokens.get(self.at.checked_add_signed(by)?)
    }

    /// Where the token `by` away starts; the end of the text where there is none.
    pub(in crate::script) fn start(&self, by: isize) -> usize {
        self.token(by).map_or(self.text.trim_end().len(), |token| token.start)
    }

    /// Where the token before the place ends.
    pub(in crate::script) fn end_before(&self) -> usize {
        self.token(-1).map_or(0, |token| token.end)
    }

    /// Whether a line ends between the token before the place and the place.
    pub(in crate::script) fn new_line(&self) -> bool {
        self.text.get(self.end_before()..self.start(0)).is_some_and(|between| between.contains('\n'))
    }

    /// Whether the place begins a statement.
    pub(in crate::script) fn begins_statement(&self) -> bool {
        matches!(self.word(-1), "" | ";" | "{" | "}")
    }

    /// The same, of the token `by` away.
    pub(in crate::script) fn begins_statement_at(&self, by: isize) -> bool {
        matches!(self.word(by - 1), "" | ";" | "{" | "}")
    }

    /// The same text, read at the next token.
    pub(in crate::script) fn next(&self) -> Option<Reading<'a>> {
        let at = self.at + 1;
        (at < self.tokens.len()).then(|| Reading { text: self.text, tokens: self.tokens.clone(), at })
    }

    /// The name of the call whose parentheses the place is directly in.
    pub(in crate::script) fn called(&self) -> Option<&'a str> {
        let open = self.bracket()?;
        let name = &self.tokens[open.checked_sub(1)?];
        let text = name.text(self.text);
        let defines = open.checked_sub(2).is_some_and(|at| self.tokens[at].is(self.text, "fn"));
        let calls = self.tokens[open].is(self.text, "(")
            && !defines
            && name.shape == Shape::Word
            && !lexer::KEYWORDS.contains(&text);
        calls.then_some(text)
    }

    /// Whether the place is directly inside the parentheses of a call.
    pub(in crate::script) fn in_call(&self) -> bool {
        self.called().is_some()
    }

    /// Whether the token at `at` stands directly in the braces of a `switch`.
    pub(in crate::script) fn in_switch(&self, at: usize) -> bool {
        let Some(open) = (Reading { text: self.text, tokens: self.tokens.clone(), at }).bracket() else {
            return false;
        };
        let statement = self.tokens[..open].iter().rev();
        self.tokens[open].is(self.text, "{")
            && statement
                .take_while(|token| ![";", "{", "}"].iter().any(|end| token.is(self.text, end)))
                .any(|token| token.is(self.text, "switch"))
    }

    /// The innermost bracket that is open at the place.
    pub(in crate::script) fn bracket(&self) -> Option<usize> {
        let mut depth = 0usize;
        (0..self.at.min(self.tokens.len())).rev().find(|at| {
            let token = &self.tokens[*at];
            if lexer::closes(token, self.text) {
                depth += 1;
            } else if lexer::opens(token, self.text) {
                if depth == 0 {
                    return true;
                }
                depth -= 1;
            }
            false
        })
    }

    /// The names that `let`, `const`, `for`, `fn`, closures and imports declare anywhere in the text.
    pub(in crate::script) fn names(&self) -> Vec<(String, usize)> {
        let mut names = Vec::new();
        for (at, pair) in self.tokens.windows(2).enumerate() {
            let (word, next) = (pair[0].text(self.text), &pair[1]);
            if matches!(word, "let" | "const" | "for" | "as") && next.shape == Shape::Word {
                names.push((next.text(self.text).to_owned(), at + 1));
            }
            let parameters =
                word == "|" || (word == "(" && at >= 2 && self.tokens[at - 2].is(self.text, "fn"));
            if parameters {
                for token in self.tokens[at + 1..]
                    .iter()
                    .take_while(|token| token.shape == Shape::Word || token.is(self.text, ","))
                {
                    if token.shape == Shape::Word {
                        names.push((token.text(self.text).to_owned(), at + 1));
                    }
                }
            }
        }
        names
    }

    /// The tokens of the body of the function that the place is in.
    pub(in crate::script) fn function(&self) -> Option<Range<usize>> {
        self.tokens.iter().enumerate().filter(|(_, token)| token.is(self.text, "fn")).find_map(|(at, _)| {
            let open = (at..self.tokens.len()).find(|at| self.tokens[*at].is(self.text, "{"))?;
            let close = lexer::matching(&self.tokens, self.text, open).unwrap_or(self.tokens.len());
            (open < self.at && self.at < close).then_some(at..close)
        })
    }
}

/// The variables that a text declares anywhere.
pub(in crate::script) fn declared(text: &str) -> HashSet<&str> {
    let tokens = lexer::code(text);
    let declares = |pair: &&[Token]| ["let", "const", "for"].iter().any(|word| pair[0].is(text, word));
    tokens.windows(2).filter(declares).filter_map(|pair| text.get(pair[1].start..pair[1].end)).collect()
}

/// Where a text calls a function of this name, when it does so once.
pub(in crate::script) fn only_call(text: &str, name: &str) -> Option<(usize, usize)> {
    let tokens = lexer::code(text);
    let mut calls = tokens.windows(2).filter(|pair| pair[0].is(text, name) && pair[1].is(text, "("));
    let call = calls.next()?;
    calls.next().is_none().then(|| lexer::position(text, call[0].start))
}
