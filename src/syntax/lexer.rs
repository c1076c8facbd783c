//! The tokens of a script with their byte spans: what underlines, suggestions and syntax help are built on.
//!
//! It follows the language's own lexer on what it accepts, and goes on where that one stops: any text at all
//! gives tokens, in order, not overlapping, on character boundaries. Nothing is decided about grammar here;
//! [`matching`] and [`unclosed`] know brackets and no more. Whitespace is what lies between the tokens.
//! Positions of the language (line, column in characters) become byte offsets in [`offset`].

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A name or a keyword.
    Word,
    /// A number, with its fraction, exponent and radix.
    Number,
    /// A text in double quotes, a raw text, or one piece of a text in backticks (pieces lie around `${ … }`).
    Text,
    /// A text that never ends; the token goes to the end of its line (double quotes) or of the source.
    OpenText,
    /// What stands in single quotes, whether it is one character or not.
    Char,
    /// An operator or a bracket, `${` included.
    Symbol,
    /// A comment, doc comments included.
    Comment,
    /// A character that belongs to nothing.
    Stray,
}

/// A token: what it is, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub shape: Shape,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Token {
    /// Its bytes.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text, in the text it was made from.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.start..self.end).unwrap_or("")
    }

    /// Whether it is this word or symbol.
    pub fn is(&self, source: &str, text: &str) -> bool {
        matches!(self.shape, Shape::Word | Shape::Symbol) && self.text(source) == text
    }
}

/// Every word that the language keeps for itself today.
pub const KEYWORDS: &[&str] = &[
    "let", "const", "if", "else", "switch", "do", "while", "until", "loop", "for", "in", "continue", "break",
    "return", "throw", "try", "catch", "import", "export", "as", "fn", "private", "true", "false", "this",
    "global",
];

/// Operators and brackets of more than one character, longest first.
const SYMBOLS: &[&str] = &[
    "<<=", ">>=", "**=", "..=", "...", "===", "!==", "${", "#{", "::", "..", "=>", "->", "<-", "==", "!=",
    "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "^=", "|=", "&=", "<<", ">>", "**", "++", "--",
    ":=", "??", "?.", "?[", "<>", "|>", "<|",
];

/// The tokens of a source, comments included. Never fails: what belongs to nothing is [`Shape::Stray`].
pub fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), nesting: Vec::new() };
    while lexer.at < source.len() {
        lexer.step();
    }
    lexer.tokens
}

/// The tokens without comments.
pub fn code(source: &str) -> Vec<Token> {
    let mut tokens = tokens(source);
    tokens.retain(|token| token.shape != Shape::Comment);
    tokens
}

/// What a closing brace returns to.
#[derive(PartialEq)]
enum Nesting {
    Block,
    Template,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
    nesting: Vec<Nesting>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or("")
    }

    fn push(&mut self, shape: Shape, length: usize) {
        let start = self.at;
        self.at = (start + length).min(self.source.len());
        self.tokens.push(Token { shape, start, end: self.at });
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if rest.starts_with("//") || (self.at == 0 && rest.starts_with("#!")) {
            let length = line_length(rest);
            self.push(Shape::Comment, length);
        } else if rest.starts_with("/*") {
            let length = block_comment(rest);
            self.push(Shape::Comment, length);
        } else if first == '"' {
            let (length, closed) = quoted(rest);
            self.push(if closed { Shape::Text } else { Shape::OpenText }, length);
        } else if let Some((length, closed)) = raw(rest) {
            self.push(if closed { Shape::Text } else { Shape::OpenText }, length);
        } else if first == '\'' {
            let length = character(rest);
            self.push(Shape::Char, length);
        } else if first == '`' {
            self.template(1);
        } else if first.is_ascii_digit() {
            let length = number(rest);
            self.push(Shape::Number, length);
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.push(Shape::Word, length);
        } else {
            self.symbol(first);
        }
    }

    fn symbol(&mut self, first: char) {
        let rest = self.rest();
        // The first character tells most of them apart, at the cost of none of the comparing.
        let long = SYMBOLS.iter().filter(|symbol| symbol.starts_with(first));
        let long = long.copied().find(|symbol| rest.starts_with(symbol)).map(str::len);
        match first {
            '{' => self.nesting.push(Nesting::Block),
            '#' | '$' if long.is_some() => self.nesting.push(Nesting::Block),
            '}' => {
                let inside = self.nesting.pop();
                self.push(Shape::Symbol, 1);
                if inside == Some(Nesting::Template) {
                    self.template(0);
                }
                return;
            }
            _ => {}
        }
        let shape = if first.is_ascii_punctuation() { Shape::Symbol } else { Shape::Stray };
        self.push(shape, long.unwrap_or(first.len_utf8()));
    }

    /// A piece of a text in backticks, from here (after `skip` bytes) to `${`, the closing backtick or the end.
    fn template(&mut self, skip: usize) {
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(skip).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '`' if chars.peek().is_some_and(|(_, next)| *next == '`') => {
                    chars.next();
                }
                '`' => return self.push(Shape::Text, at + 1),
                '$' if rest.get(at + 1..).is_some_and(|after| after.starts_with('{')) => {
                    if at > 0 {
                        self.push(Shape::Text, at);
                    }
                    self.push(Shape::Symbol, 2);
                    return self.nesting.push(Nesting::Template);
                }
                _ => {}
            }
        }
        let length = rest.len();
        if length > 0 {
            self.push(Shape::OpenText, length);
        }
    }
}

/// The length of the line that this text begins with, without its end.
fn line_length(rest: &str) -> usize {
    let length = rest.find('\n').unwrap_or(rest.len());
    if length > 0 && rest.as_bytes().get(length - 1) == Some(&b'\r') { length - 1 } else { length }
}

/// The length of a comment that may hold comments.
fn block_comment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => (at, depth) = (at + 2, depth + 1),
            Some(b"*/") => {
                (at, depth) = (at + 2, depth.saturating_sub(1));
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a text in double quotes, and whether it is closed: a backslash at a line's end goes on.
fn quoted(rest: &str) -> (usize, bool) {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                chars.next();
            }
            '"' => return (at + 1, true),
            '\\' => {
                if let Some((_, '\r')) = chars.next()
                    && chars.peek().is_some_and(|(_, next)| *next == '\n')
                {
                    chars.next();
                }
            }
            '\n' => {
                let end = if rest.as_bytes().get(at - 1) == Some(&b'\r') { at - 1 } else { at };
                return (end, false);
            }
            _ => {}
        }
    }
    (rest.len(), false)
}

/// A raw text `#"…"#` with any number of hashes.
fn raw(rest: &str) -> Option<(usize, bool)> {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if hashes == 0 || !rest[hashes..].starts_with('"') {
        return None;
    }
    let close = format!("\"{}", &rest[..hashes]);
    Some(match rest[hashes + 1..].find(&close) {
        Some(at) => (hashes + 1 + at + close.len(), true),
        None => (rest.len(), false),
    })
}

/// What stands in single quotes; a quote that its line does not close is a character by itself.
fn character(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => break,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' => return at + 1,
            _ => {}
        }
    }
    1
}

/// The length of a number: `1_000`, `0xff`, `1.5e-3`; not the dots of `1..5` or `5.minutes`.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let run = |mut at: usize, radix: bool| {
        while bytes
            .get(at)
            .is_some_and(|b| *b == b'_' || if radix { b.is_ascii_hexdigit() } else { b.is_ascii_digit() })
        {
            at += 1;
        }
        at
    };
    if bytes.first() == Some(&b'0') && matches!(bytes.get(1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B')) {
        return run(2, true);
    }
    let mut at = run(0, false);
    if bytes.get(at) == Some(&b'.') && digit(at + 1) {
        at = run(at + 1, false);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if digit(at + 1 + sign) {
            at = run(at + 1 + sign, false);
        }
    }
    at
}

/// The byte at a position of the language: line and column in characters, both from 1. A line beyond the end is
/// the end of the text, a column beyond its line the end of that line; 0 counts as 1.
pub fn offset(source: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line.max(1) {
        match source[start..].find('\n') {
            Some(at) => start += at + 1,
            None => return source.len(),
        }
    }
    let text = &source[start..start + line_length(&source[start..])];
    start + text.char_indices().nth(column.max(1) - 1).map_or(text.len(), |(at, _)| at)
}

/// The line and column (in characters, from 1) of a byte; one beyond the end counts as the end.
pub fn position(source: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = &source[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// Whether a token opens a bracket.
pub fn opens(token: &Token, source: &str) -> bool {
    token.shape == Shape::Symbol && matches!(token.text(source), "(" | "[" | "{" | "#{" | "${" | "?[")
}

/// Whether a token closes a bracket.
pub fn closes(token: &Token, source: &str) -> bool {
    token.shape == Shape::Symbol && matches!(token.text(source), ")" | "]" | "}")
}

/// The closing text of an opening bracket.
pub fn closer(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" | "?[" => "]",
        _ => "}",
    }
}

/// The token that closes the bracket at `open`; `None` when there is none of its kind at its depth.
pub fn matching(tokens: &[Token], source: &str, open: usize) -> Option<usize> {
    let mut stack = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if opens(token, source) {
            stack.push(closer(token.text(source)));
        } else if closes(token, source) {
            if stack.pop() != Some(token.text(source)) {
                return None;
            }
            if stack.is_empty() {
                return Some(at);
            }
        }
    }
    None
}

/// The token that opened the bracket that `close` closes.
pub fn opening(tokens: &[Token], source: &str, close: usize) -> Option<usize> {
    let mut stack = Vec::new();
    for (at, token) in tokens.iter().enumerate().take(close + 1).rev() {
        if closes(token, source) {
            stack.push(token.text(source));
        } else if opens(token, source) {
            if stack.pop() != Some(closer(token.text(source))) {
                return None;
            }
            if stack.is_empty() {
                return Some(at);
            }
        }
    }
    None
}

/// A bracket without its other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclosed {
    /// The opening bracket that nothing closes, where there is one.
    pub open: Option<Token>,
    /// Where its closing one was missed: the bracket that stands there instead, or the end of the text.
    pub end: Range<usize>,
}

/// The first bracket that is not closed, or that closes nothing.
pub fn unclosed(source: &str) -> Option<Unclosed> {
    let tokens = code(source);
    let mut stack: Vec<Token> = Vec::new();
    for token in &tokens {
        if opens(token, source) {
            stack.push(*token);
        } else if closes(token, source) {
            match stack.last() {
                Some(open) if closer(open.text(source)) == token.text(source) => {
                    stack.pop();
                }
                open => return Some(Unclosed { open: open.copied(), end: token.span() }),
            }
        }
    }
    let open = *stack.last()?;
    let mut end = source.trim_end().len();
    if open.text(source) != "{" && open.text(source) != "#{" {
        // A statement's end is no part of a call or an array: there its bracket was missed.
        let mut depth = 0usize;
        for token in tokens.iter().skip_while(|token| token.start <= open.start) {
            if opens(token, source) {
                depth += 1;
            } else if closes(token, source) {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && token.is(source, ";") {
                end = token.start;
                break;
            }
        }
    }
    Some(Unclosed { open: Some(open), end: end..end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|token| token.text(source)).collect()
    }

    #[test]
    fn splits_what_a_runbook_holds() {
        assert_eq!(
            texts(r#"let s = boot("web", #{ a: 1.5, b: 1..=5 }); // end"#),
            [
                "let", "s", "=", "boot", "(", "\"web\"", ",", "#{", "a", ":", "1.5", ",", "b", ":", "1",
                "..=", "5", "}", ")", ";", "// end"
            ]
        );
        assert_eq!(
            texts("5.minutes 1e3 0xff_ff 1_0.5e-3x"),
            ["5", ".", "minutes", "1e3", "0xff_ff", "1_0.5e-3", "x"]
        );
        assert_eq!(texts("/* a /* b */ c */x ##\"a\"#b\"##"), ["/* a /* b */ c */", "x", "##\"a\"#b\"##"]);
    }

    #[test]
    fn a_template_is_pieces_around_code() {
        assert_eq!(
            texts("`a${f(`b${c}`)}d` e"),
            ["`a", "${", "f", "(", "`b", "${", "c", "}", "`", ")", "}", "d`", "e"]
        );
        assert_eq!(texts("`${#{x: 1}.x}`"), ["`", "${", "#{", "x", ":", "1", "}", ".", "x", "}", "`"]);
    }

    #[test]
    fn an_open_text_ends_with_its_line() {
        let source = "let a = \"web;\r\nlet b = 1;";
        let found = tokens(source);
        assert_eq!(found[3].shape, Shape::OpenText);
        assert_eq!(found[3].text(source), "\"web;");
        assert_eq!(found[4].text(source), "let");
    }

    #[test]
    fn quoted_words_are_one_token() {
        assert_eq!(texts("boot('web', 'a')"), ["boot", "(", "'web'", ",", "'a'", ")"]);
        assert_eq!(texts("it's"), ["it", "'", "s"]);
    }

    #[test]
    fn positions_go_both_ways() {
        let source = "a\r\nüb\tc\n";
        assert_eq!(offset(source, 2, 2), 5);
        assert_eq!(position(source, 5), (2, 2));
        assert_eq!(offset(source, 1, 99), 1);
        assert_eq!(offset(source, 99, 1), source.len());
        assert_eq!(offset(source, 0, 0), 0);
    }

    #[test]
    fn brackets_find_each_other() {
        let source = "f(a[1], #{b: `${c}`})";
        let found = code(source);
        assert_eq!(matching(&found, source, 1), Some(found.len() - 1));
        assert_eq!(opening(&found, source, found.len() - 1), Some(1));
        assert_eq!(unclosed(source), None);
        let open = unclosed("if x { f(1 }").expect("the ( is open");
        assert_eq!(open.open.map(|token| token.start), Some(8));
        assert_eq!(open.end, 11..12);
        assert_eq!(unclosed("f(1)) ").map(|open| (open.open, open.end)), Some((None, 4..5)));
        assert_eq!(unclosed("{ a ").map(|open| open.end), Some(3..3));
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn any_text_gives_tokens_in_order(source in "(\\PC|[\"'`$#{}()\\[\\]\\\\/*\n\r\t.0-9a-z]){0,60}") {
            let mut last = 0;
            for token in tokens(&source) {
                prop_assert!(token.start >= last && token.end > token.start);
                prop_assert!(source.is_char_boundary(token.start) && source.is_char_boundary(token.end));
                let between = &source[last..token.start];
                let blank = between.chars().all(|c| c.is_whitespace() || c == '\u{feff}');
                prop_assert!(blank);
                last = token.end;
            }
            unclosed(&source);
        }

        #[test]
        fn any_position_is_inside(source in "\\PC{0,20}\n?\\PC{0,20}", line in 0usize..5, column in 0usize..50) {
            let at = offset(&source, line, column);
            prop_assert!(source.is_char_boundary(at));
            let (line, column) = position(&source, at);
            prop_assert_eq!(offset(&source, line, column), at);
        }
    }
}
