//! From a place in a source to the bytes to underline, by reading the tokens again.
//!
//! The language tells where a call starts and no more; what an error is about (an argument, a key of the options,
//! its value) is found here. Where the text does not show it (the options are in a variable), the answer falls
//! back to the argument, then to the name. It never fails and never leaves the text.

use crate::cloud::error::Place;
use crate::syntax::lexer::{self, Shape, Token};
use std::ops::Range;

/// The bytes that this part of the call at `line`:`column` (in characters, from 1) takes.
pub fn span(source: &str, line: usize, column: usize, place: &Place) -> Range<usize> {
    let offset = lexer::offset(source, line, column);
    let tokens = lexer::code(source);
    let Some(at) = tokens.iter().position(|token| token.start <= offset && offset < token.end) else {
        return offset..offset;
    };
    let call = Call::find(source, &tokens, at);
    let found = match place {
        Place::Verb => None,
        Place::Argument(index) => call.argument(*index),
        Place::OptionKey(key) => call.option(key).map(|(key, _)| key).or_else(|| call.last()),
        Place::OptionValue(key) => call.option(key).map(|(_, value)| value).or_else(|| call.last()),
    };
    found.unwrap_or_else(|| call.name_span(offset))
}

/// The token at `line`:`column`, whatever it is; an empty range between tokens.
pub fn token(source: &str, line: usize, column: usize) -> Range<usize> {
    let offset = lexer::offset(source, line, column);
    let tokens = lexer::tokens(source);
    tokens
        .iter()
        .find(|token| token.start <= offset && offset < token.end)
        .map_or(offset..offset, Token::span)
}

/// A call in the tokens: where its name is, and its arguments as token ranges.
struct Call<'a> {
    source: &'a str,
    tokens: &'a [Token],
    /// The name, or whatever else stands at the place.
    at: usize,
    /// The token ranges of the arguments, without their commas.
    arguments: Vec<Range<usize>>,
    /// The receiver's tokens, of a method call.
    receiver: Option<Range<usize>>,
}

impl<'a> Call<'a> {
    fn find(source: &'a str, tokens: &'a [Token], mut at: usize) -> Call<'a> {
        // The language gives a dot for some method calls, and the first word of a path for functions of modules.
        while let Some(token) = tokens.get(at)
            && tokens.get(at + 1).is_some_and(|next| next.shape == Shape::Word || next.is(source, "::"))
            && (["::", ".", "?."].iter().any(|link| token.is(source, link))
                || tokens.get(at + 1).is_some_and(|next| next.is(source, "::")))
        {
            at += 1;
        }
        let mut call = Call { source, tokens, at, arguments: Vec::new(), receiver: None };
        if tokens.get(at).is_some_and(|token| token.shape == Shape::Word)
            && let Some(open) = tokens.get(at + 1)
            && open.is(source, "(")
        {
            call.arguments = call.split(at + 1);
        }
        if at > 0 && tokens.get(at - 1).is_some_and(|dot| dot.is(source, ".") || dot.is(source, "?.")) {
            call.receiver = call.receiver_before(at - 1);
        }
        call
    }

    /// The items of the bracket at `open`, split at its own commas; to the end where it is not closed.
    fn split(&self, open: usize) -> Vec<Range<usize>> {
        let mut items = Vec::new();
        let (mut depth, mut start) = (0usize, open + 1);
        for at in open..self.tokens.len() {
            let token = &self.tokens[at];
            if lexer::opens(token, self.source) {
                depth += 1;
            } else if lexer::closes(token, self.source) {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    if at > start {
                        items.push(start..at);
                    }
                    return items;
                }
            } else if depth == 1 && token.is(self.source, ",") {
                items.push(start..at);
                start = at + 1;
            }
        }
        if start < self.tokens.len() {
            items.push(start..self.tokens.len());
        }
        items
    }

    /// The chain of names, calls and indexes that ends before the dot at `dot`.
    fn receiver_before(&self, dot: usize) -> Option<Range<usize>> {
        let mut start = dot;
        loop {
            let mut before = start.checked_sub(1)?;
            while lexer::closes(&self.tokens[before], self.source) {
                before = lexer::opening(self.tokens, self.source, before)?;
                let called = before.checked_sub(1).is_some_and(|name| {
                    let name = &self.tokens[name];
                    name.shape == Shape::Word && !lexer::KEYWORDS.contains(&name.text(self.source))
                        || lexer::closes(name, self.source)
                });
                let bracket = self.tokens[before].text(self.source);
                if called && matches!(bracket, "(" | "[" | "?[") {
                    before -= 1;
                } else {
                    break;
                }
            }
            start = before;
            let linked = start.checked_sub(1).is_some_and(|link| {
                [".", "?.", "::"].iter().any(|text| self.tokens[link].is(self.source, text))
            });
            if !linked {
                return Some(start..dot);
            }
            start -= 1;
        }
    }

    fn name_span(&self, offset: usize) -> Range<usize> {
        self.tokens.get(self.at).map_or(offset..offset, Token::span)
    }

    fn bytes(&self, tokens: &Range<usize>) -> Option<Range<usize>> {
        let last = self.tokens.get(tokens.end.checked_sub(1)?)?;
        let first = self.tokens.get(tokens.start)?;
        (first.start < last.end).then_some(first.start..last.end)
    }

    fn argument(&self, index: usize) -> Option<Range<usize>> {
        let tokens = match &self.receiver {
            Some(receiver) if index == 0 => receiver,
            Some(_) => self.arguments.get(index - 1)?,
            None => self.arguments.get(index)?,
        };
        self.bytes(tokens)
    }

    fn last(&self) -> Option<Range<usize>> {
        self.bytes(self.arguments.last()?)
    }

    /// The key's and the value's bytes in a literal map among the arguments; the last map first, since options
    /// stand there, and an outer map before the ones in it.
    fn option(&self, key: &str) -> Option<(Range<usize>, Range<usize>)> {
        self.arguments.iter().rev().find_map(|argument| {
            argument
                .clone()
                .filter(|at| self.tokens[*at].is(self.source, "#{"))
                .find_map(|open| self.entry(open, key))
        })
    }

    fn entry(&self, open: usize, key: &str) -> Option<(Range<usize>, Range<usize>)> {
        self.split(open).into_iter().find_map(|item| {
            let token = self.tokens.get(item.start)?;
            let colon = self.tokens.get(item.start + 1)?;
            let text = token.text(self.source);
            let same = text == key || (token.shape == Shape::Text && unquoted(text) == Some(key));
            if !same || !colon.is(self.source, ":") {
                return None;
            }
            let value = self.bytes(&(item.start + 2..item.end)).unwrap_or(token.span());
            Some((token.span(), value))
        })
    }
}

/// A key's text without its quotes; keys with escapes are not looked for.
fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is underlined for the call whose position is where `at` first stands.
    fn found<'a>(source: &'a str, at: &str, place: Place) -> &'a str {
        let (line, column) = lexer::position(source, source.find(at).expect("it stands there"));
        &source[span(source, line, column, &place)]
    }

    #[test]
    fn a_call_has_parts() {
        let source =
            "let é = \"é\"; let s = boot(\"web,1\", #{ image: \"cirros\",\n  flavor: size(m[1], 2), });";
        assert_eq!(found(source, "boot", Place::Verb), "boot");
        assert_eq!(found(source, "boot", Place::Argument(0)), "\"web,1\"");
        assert_eq!(found(source, "boot", Place::OptionKey("flavor".into())), "flavor");
        assert_eq!(found(source, "boot", Place::OptionValue("flavor".into())), "size(m[1], 2)");
        assert_eq!(found(source, "boot", Place::OptionValue("image".into())), "\"cirros\"");
        assert_eq!(found(source, "boot", Place::Argument(7)), "boot");
    }

    #[test]
    fn a_method_counts_its_receiver() {
        let source = "if x { servers(#{ name: \"a\" })[0].net?.resize(\"m1.small\") }";
        assert_eq!(found(source, "resize", Place::Argument(0)), "servers(#{ name: \"a\" })[0].net");
        assert_eq!(found(source, "resize", Place::Argument(1)), "\"m1.small\"");
        assert_eq!(found("(a + b).stop()", "stop", Place::Argument(0)), "(a + b)");
        assert_eq!(found("return (a).stop()", "stop", Place::Argument(0)), "(a)");
        assert_eq!(found("web::all(1).stop()", "stop", Place::Argument(0)), "web::all(1)");
    }

    #[test]
    fn options_are_looked_for_where_they_are() {
        let nested = "boot(\"w\", #{ meta: #{ image: 1 }, image: 2 })";
        assert_eq!(found(nested, "boot", Place::OptionValue("image".into())), "2");
        assert_eq!(found("boot(\"w\", spec)", "boot", Place::OptionKey("flavor".into())), "spec");
        assert_eq!(
            found("boot_all([#{ name: 1 }, #{ nam: 2 }])", "boot_all", Place::OptionKey("nam".into())),
            "nam"
        );
        assert_eq!(found("f(#{ \"a b\": 1 })", "f(", Place::OptionValue("a b".into())), "1");
        assert_eq!(found("f(#{ image: })", "f(", Place::OptionValue("image".into())), "image");
    }

    #[test]
    fn calls_in_templates_and_modules_are_calls() {
        let source = "print(`a ${boot(\"w\", #{ image: 1 })} b`);";
        assert_eq!(found(source, "boot", Place::OptionKey("image".into())), "image");
        assert_eq!(found("web::add(1, two)", "web", Place::Verb), "add");
        assert_eq!(found("web::add(1, two)", "web", Place::Argument(1)), "two");
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn any_text_and_place_stay_inside(
            source in "([a-z.(),:\"`${}#\\[\\]\n\té漢]|#\\{|boot\\(){0,40}",
            line in 0usize..4, column in 0usize..40, index in 0usize..4, key in "[a-c]", kind in 0usize..4,
        ) {
            let place = match kind {
                0 => Place::Verb,
                1 => Place::Argument(index),
                2 => Place::OptionKey(key),
                _ => Place::OptionValue(key),
            };
            let found = span(&source, line, column, &place);
            prop_assert!(source.get(found).is_some());
        }
    }
}
