//! What a session did, as a script: its successful inputs in order, the last result given a name where it is used.

use crate::script::interactive::results;
use crate::syntax::lexer::{self, Shape, Token};

/// An input that ended well.
struct Entry {
    text: String,
    /// Whether it gave a value, which `_` then means.
    gave: bool,
}

/// The successful inputs of a session.
#[derive(Default)]
pub struct Notebook {
    entries: Vec<Entry>,
}

/// Words that begin what needs no `;`.
const BLOCKS: &[&str] = &["fn", "private", "if", "while", "until", "for", "loop", "switch", "try", "do"];

impl Notebook {
    /// Keep an input; `gave` tells whether it gave a value.
    pub fn add(&mut self, text: &str, gave: bool) {
        self.entries.push(Entry { text: text.trim().to_string(), gave });
    }

    /// Keep what is no input of the language: a line for the reader.
    pub fn remark(&mut self, text: &str) {
        self.add(&format!("// {text}"), false);
    }

    /// Forget everything.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// How many inputs there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no input.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The whole as a script.
    pub fn script(&self) -> String {
        // The result that `_` means in each input.
        let mut last = None;
        let mut meant = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            meant.push(last.filter(|_| !results(&entry.text).is_empty()));
            last = if entry.gave { Some(at) } else { last };
        }
        let mut texts: Vec<String> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let mut text = entry.text.clone();
            if let Some(of) = meant[at] {
                for place in results(&text).into_iter().rev() {
                    text.replace_range(place..=place, &name(of));
                }
            }
            if meant.contains(&Some(at)) {
                text = named(&text, &name(at));
            }
            texts.push(text);
        }
        without_older_functions(&mut texts);
        let closed = texts.iter().map(|text| closed(text)).filter(|text| !text.is_empty());
        closed.map(|text| format!("{text}\n")).collect()
    }
}

fn name(of: usize) -> String {
    format!("result_{}", of + 1)
}

/// A text whose last statement's value is kept under a name.
fn named(text: &str, name: &str) -> String {
    let tokens = lexer::code(text);
    let mut ends = ends(&tokens, text);
    if ends.last().is_some_and(|end| tokens.last().is_some_and(|last| last.end == *end)) {
        ends.pop();
    }
    let start = ends.last().copied().unwrap_or(0);
    let (before, last) = text.split_at(start);
    let space = last.len() - last.trim_start().len();
    format!("{before}{}let {name} = {}", last.get(..space).unwrap_or(""), last.trim_start())
}

/// The byte behind each `;` that is in no bracket.
fn ends(tokens: &[Token], text: &str) -> Vec<usize> {
    let mut depth = 0usize;
    let mut found = Vec::new();
    for token in tokens {
        if lexer::opens(token, text) {
            depth += 1;
        } else if lexer::closes(token, text) {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is(text, ";") {
            found.push(token.end);
        }
    }
    found
}

/// A text that another statement may follow.
fn closed(text: &str) -> String {
    let tokens = lexer::code(text);
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return text.to_string() };
    let block = BLOCKS.contains(&first.text(text)) && last.is(text, "}");
    if last.is(text, ";") || block {
        return text.to_string();
    }
    // A remark may stand behind the last word.
    let (code, rest) = text.split_at(last.end);
    format!("{code};{rest}")
}

/// A script defines a function once: of those of one name and number of parameters the newest stays.
fn without_older_functions(texts: &mut [String]) {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for text in texts.iter_mut().rev() {
        for (function, span) in functions(text).into_iter().rev() {
            if seen.contains(&function) {
                text.replace_range(span, "");
                *text = text.trim().to_string();
            } else {
                seen.push(function);
            }
        }
    }
}

/// The functions of a text: name and number of parameters, and its bytes.
fn functions(text: &str) -> Vec<((String, usize), std::ops::Range<usize>)> {
    let tokens = lexer::code(text);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is(text, "fn")) {
        let parts = || {
            let name = tokens.get(at + 1).filter(|name| name.shape == Shape::Word)?;
            let close = lexer::matching(&tokens, text, at + 2)?;
            let inside = tokens.get(at + 3..close)?;
            let count = inside.iter().filter(|token| token.shape == Shape::Word).count();
            let body = lexer::matching(&tokens, text, close + 1)?;
            Some(((name.text(text).to_string(), count), token.start..tokens.get(body)?.end))
        };
        found.extend(parts());
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn script(inputs: &[(&str, bool)]) -> String {
        let mut notebook = Notebook::default();
        inputs.iter().for_each(|(text, gave)| notebook.add(text, *gave));
        notebook.script()
    }

    #[test]
    fn statements_are_closed() {
        let inputs =
            [("let a = 1", false), ("a + 1 // two", true), ("fn f() { 1 }", false), ("#{a: 1}", true)];
        assert_eq!(script(&inputs), "let a = 1;\na + 1; // two\nfn f() { 1 }\n#{a: 1};\n");
    }

    #[test]
    fn the_last_result_gets_a_name_where_it_is_used() {
        let inputs = [("let a = 1; f(a)", true), ("let b = 2", false), ("_ + g(_)", true), ("_", true)];
        let wanted = "let a = 1; let result_1 = f(a);\nlet b = 2;\nlet result_3 = result_1 + g(result_1);\nresult_3;\n";
        assert_eq!(script(&inputs), wanted);
    }

    #[test]
    fn a_function_that_was_defined_again_is_there_once() {
        let inputs = [("fn f(a) { 1 } fn g() { 2 }", false), ("f(1)", true), ("fn f(b) { 3 }", false)];
        assert_eq!(script(&inputs), "fn g() { 2 }\nf(1);\nfn f(b) { 3 }\n");
    }
}
