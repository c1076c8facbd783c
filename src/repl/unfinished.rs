//! Whether an input goes on in the next line: something is open, or the line ends where nothing can end.

use crate::syntax::lexer::{self, Shape, Token};

/// Operators that nothing can end with; what can stand at an end is left out: brackets, `;`, `!` of a stray text.
const OPEN_ENDED: &[&str] = &[
    ".", "?.", "::", ",", "=", "=>", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "**", "&&",
    "||", "&", "|", "^", "<<", ">>", "??", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=",
    "^=", ":", "!", "in", "..", "..=",
];

/// Words after which something must follow.
const WORDS: &[&str] = &[
    "let", "const", "else", "in", "as", "import", "fn", "do", "try", "loop", "while", "until", "if", "catch",
    "switch", "export", "private", "for",
];

/// Words that begin what has a block.
const BLOCKS: &[&str] =
    &["if", "while", "until", "for", "switch", "loop", "try", "fn", "else", "catch", "do", "private"];

/// Whether more lines must come before an input can be evaluated. What is certainly wrong is not waited with.
pub fn unfinished(text: &str) -> bool {
    let all = lexer::tokens(text);
    if all.last().is_some_and(|last| open_comment(last, text)) {
        return true;
    }
    if let Some(open) = all.iter().find(|token| token.shape == Shape::OpenText) {
        // A text in double quotes ends with its line, unless a backslash joins the next one to it.
        let shown = open.text(text);
        return open.end == text.trim_end_matches('\n').len().max(open.end)
            && (!shown.starts_with('"') || shown.ends_with('\\'));
    }
    if let Some(unclosed) = lexer::unclosed(text) {
        let wrong = text.get(unclosed.end.clone()).is_some_and(|end| matches!(end, ")" | "]" | "}"));
        return unclosed.open.is_some() && !wrong;
    }
    let tokens: Vec<Token> = all.into_iter().filter(|token| token.shape != Shape::Comment).collect();
    let Some(last) = tokens.last() else { return false };
    let before = tokens.len().checked_sub(2).and_then(|at| tokens.get(at));
    let named = before.is_some_and(|token| matches!(token.text(text), "." | "?." | "::"));
    if !named && last.shape == Shape::Symbol && OPEN_ENDED.contains(&last.text(text)) {
        // `|a|` of a closure lacks its body as `a |` lacks its right side.
        return true;
    }
    if !named && last.shape == Shape::Word && WORDS.contains(&last.text(text)) {
        return true;
    }
    lacks_block(&tokens, text)
}

fn open_comment(last: &Token, text: &str) -> bool {
    let shown = last.text(text);
    last.shape == Shape::Comment
        && shown.starts_with("/*")
        && shown.matches("/*").count() > shown.matches("*/").count()
}

/// Whether the last statement is one with a block, and the block is not there: `if x`, `try { … }`, `do { … }`.
fn lacks_block(tokens: &[Token], text: &str) -> bool {
    let mut depth = 0usize;
    let mut start = 0;
    let mut head = "";
    for (at, token) in tokens.iter().enumerate() {
        if lexer::opens(token, text) {
            depth += 1;
        } else if lexer::closes(token, text) {
            depth = depth.saturating_sub(1);
            let first = tokens.get(start).map_or("", |token| token.text(text));
            if depth == 0 && token.text(text) == "}" && BLOCKS.contains(&first) {
                head = first;
                start = at + 1;
            }
        } else if depth == 0 && token.is(text, ";") {
            head = "";
            start = at + 1;
        }
    }
    match tokens.get(start) {
        None => matches!(head, "try" | "do"),
        Some(first) => {
            // `do { … } while x` is whole.
            let word = first.text(text);
            let whole = head == "do" && matches!(word, "while" | "until") && start + 1 < tokens.len();
            BLOCKS.contains(&word) && !whole
        }
    }
}

/// Whether a line goes on with what stands before it: `else`, `catch`, `.method()`, an operator.
pub(super) fn goes_on(line: &str) -> bool {
    let tokens = lexer::code(line);
    let Some(first) = tokens.first() else { return false };
    let word = first.text(line);
    match first.shape {
        Shape::Word => matches!(word, "else" | "catch"),
        Shape::Symbol => {
            OPEN_ENDED.contains(&word) && !matches!(word, "-" | "!" | "|" | "||" | ":" | "+" | "::")
                || matches!(word, "?[" | ")" | "]" | "}")
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_goes_on() {
        for text in [
            "f(",
            "let m = #{",
            "[1,",
            "`a ${b",
            "`open",
            "\"joined \\",
            "/* a /* b */",
            "1 +",
            "a.",
            "a ||",
            "let",
            "let x =",
            "if x",
            "if x {",
            "if x { 1 } else",
            "if x { 1 } else if y",
            "try { 1 }",
            "try { 1 } catch",
            "try { 1 } catch (e)",
            "fn f(a)",
            "fn f(a) {",
            "for x in",
            "for x in 0..3",
            "while x",
            "do { 1 }",
            "|x|",
            "x.map(|y| y +",
            "#\"raw",
            "switch x",
            "import \"a\" as",
            "f(1).\n",
            "a;\nb(",
        ] {
            assert!(unfinished(text), "{text}");
        }
    }

    #[test]
    fn what_is_whole_or_wrong_is_evaluated() {
        for text in [
            "",
            "1",
            "f()",
            "let x = 1",
            "let x = 1;",
            "if x { 1 }",
            "if x { 1 } else { 2 }",
            "try { 1 } catch { 2 }",
            "try { 1 } catch (e) { 2 }",
            "fn f(a) { a }",
            "\"open",
            "f(]",
            ")",
            "a.in",
            "m.let",
            "// if",
            "`a`",
            "do { 1 } while x",
            "#{a: 1}",
            "x.map(|y| y)",
            "let f = |x| x;",
            "return",
            "'",
            "\u{0}",
            "for x in y { 1 }",
            "loop { break; }",
            "throw",
            "if x { 1 }\nfoo()",
            "1 // +",
        ] {
            assert!(!unfinished(text), "{text}");
        }
    }

    #[test]
    fn some_lines_go_on_with_the_one_before() {
        assert!(
            ["else { }", ".foo()", "&& b", "?.x", "  catch (e) { }", "+= 1"].iter().all(|line| goes_on(line))
        );
        assert!(["-1", "!x", "let a = 1", "", "|x| x", "foo()", ":help"].iter().all(|line| !goes_on(line)));
    }
}
