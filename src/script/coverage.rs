//! Which lines of scripts and modules ran. A text is compiled with a call in front of each statement, which counts; the text that
//! reports show stays as it was, so a run that is measured may be off in the columns that it names, and never in the lines.

use super::session::Session;
use crate::syntax::tree::{ExpressionKind, Node, StatementKind};
use crate::syntax::{self, lexer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The function that counts; no script calls it by itself.
pub const COUNT: &str = "__covered";

/// How often each line ran.
#[derive(Debug, Default)]
pub struct Coverage {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The counters, by their numbers.
    counters: Vec<Arc<AtomicU64>>,
    /// By source: its text with the calls, and the counter of each line.
    sources: BTreeMap<String, Source>,
}

#[derive(Debug)]
struct Source {
    plain: String,
    counting: String,
    lines: BTreeMap<usize, Arc<AtomicU64>>,
}

impl Coverage {
    /// The text of a source with a call in front of each statement.
    pub fn counting(&self, name: &str, text: &str) -> String {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = state.sources.get(name).filter(|known| known.plain == text) {
            return known.counting.clone();
        }
        let mut lines: BTreeMap<usize, Arc<AtomicU64>> = BTreeMap::new();
        let mut counting = String::with_capacity(text.len() * 2);
        let mut from = 0;
        for at in starts(text) {
            let number = state.counters.len();
            let line = lexer::position(text, at).0;
            let counter = lines.entry(line).or_default().clone();
            state.counters.push(counter);
            counting.push_str(&text[from..at]);
            counting.push_str(&format!("{COUNT}({number});"));
            from = at;
        }
        counting.push_str(&text[from..]);
        let source = Source { plain: text.to_string(), counting: counting.clone(), lines };
        state.sources.insert(name.to_string(), source);
        counting
    }

    /// A statement of this number begins.
    pub fn count(&self, number: i64) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = usize::try_from(number).ok().and_then(|number| state.counters.get(number));
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each line of each source ran, where a statement begins on it.
    pub fn lines(&self) -> BTreeMap<String, BTreeMap<usize, u64>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |source: &Source| {
            source.lines.iter().map(|(line, count)| (*line, count.load(Ordering::Relaxed))).collect()
        };
        state.sources.iter().map(|(name, source)| (name.clone(), counts(source))).collect()
    }
}

/// A text as it is compiled: with calls that count its lines, where the session wants that.
pub(super) fn counted<'a>(session: &Session, name: &str, text: &'a str) -> Cow<'a, str> {
    match session.coverage.get() {
        Some(coverage) => Cow::Owned(coverage.counting(name, text)),
        None => Cow::Borrowed(text),
    }
}

/// Where the statements of a text begin that do something, in order; those within texts are left out.
fn starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    syntax::parse(text).walk(&mut |path| {
        let Some(Node::Statement(statement)) = path.last() else { return };
        // What stands without braces (the body of `|x| x + 1`) is an expression to the engine.
        let in_block = matches!(path.iter().rev().nth(1), Some(Node::Block(_)));
        let within_text = path.iter().any(
            |node| matches!(node, Node::Expression(one) if matches!(one.kind, ExpressionKind::Template(_))),
        );
        let declares = matches!(
            statement.kind,
            StatementKind::Function(_)
                | StatementKind::Import { .. }
                | StatementKind::Export { .. }
                | StatementKind::Let { exported: true, .. }
                | StatementKind::Broken
        );
        if in_block && !within_text && !declares {
            starts.push(statement.span.start);
        }
    });
    starts.sort_unstable();
    starts.dedup();
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_stands_in_front_of_each_statement_and_lines_stay() {
        let coverage = Coverage::default();
        let text = "import \"a\" as a;\nfn f(x) {\n    if x > 1 { return 2; }\n    `${x}`\n}\nlet y = [1].map(|n| { n + 1 }).map(|n| n);\nf(y)";
        let counting = coverage.counting("a.rhai", text);
        assert_eq!(
            counting,
            "import \"a\" as a;\nfn f(x) {\n    __covered(0);if x > 1 { __covered(1);return 2; }\n    __covered(2);`${x}`\n}\n\
             __covered(3);let y = [1].map(|n| { __covered(4);n + 1 }).map(|n| n);\n__covered(5);f(y)"
        );
        assert_eq!(coverage.counting("a.rhai", text), counting);
        [0, 0, 1, 5, 99, -1].into_iter().for_each(|number| coverage.count(number));
        let lines = coverage.lines();
        let of: Vec<(usize, u64)> = lines["a.rhai"].iter().map(|(line, count)| (*line, *count)).collect();
        assert_eq!(of, [(3, 3), (4, 0), (6, 0), (7, 1)]);
    }
}
