//! Reads any text into a tree. It accepts what the engine accepts, and where the text is wrong it notes the place,
//! goes on at the next statement, and loses nothing of what it has read.

use super::lexer::{self, Shape, Token};
use super::tree::*;
use std::ops::Range;

/// The tree of a text; never fails.
pub fn parse(source: &str) -> Tree {
    let all = lexer::tokens(source);
    let (comments, tokens) = all.into_iter().partition(|token| token.shape == Shape::Comment);
    let mut parser =
        Parser { source, tokens, comments, at: 0, mistakes: Vec::new(), nesting: 0, cases: false };
    let mut statements = Vec::new();
    while parser.at < parser.tokens.len() {
        parser.statements(&mut statements);
        if parser.at < parser.tokens.len() {
            // A brace that closes nothing.
            parser.mistake();
            parser.at += 1;
        }
    }
    let block = Block { span: 0..source.len(), statements };
    Tree { block, mistakes: parser.mistakes }
}

/// Brackets, blocks and closures may be nested so deep; the engine's own limit is lower for most.
const NESTED: usize = 128;

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    pub(super) tokens: Vec<Token>,
    comments: Vec<Token>,
    pub(super) at: usize,
    mistakes: Vec<Range<usize>>,
    nesting: usize,
    /// Whether `|` separates the cases of a `switch` here.
    pub(super) cases: bool,
}

impl<'a> Parser<'a> {
    // Tokens.

    pub(super) fn token(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// The word or symbol `by` tokens on; empty for anything else.
    pub(super) fn ahead(&self, by: usize) -> &'a str {
        match self.tokens.get(self.at + by) {
            Some(token) if matches!(token.shape, Shape::Word | Shape::Symbol) => token.text(self.source),
            _ => "",
        }
    }

    pub(super) fn word(&self) -> &'a str {
        self.ahead(0)
    }

    pub(super) fn shape(&self) -> Option<Shape> {
        self.token().map(|token| token.shape)
    }

    pub(super) fn start(&self) -> usize {
        self.token().map_or(self.source.len(), |token| token.start)
    }

    /// The end of the token before.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.end)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is = self.word() == text && !text.is_empty();
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, text: &str) -> bool {
        let found = self.eat(text);
        if !found {
            self.mistake();
        }
        found
    }

    pub(super) fn mistake(&mut self) {
        let span = self.token().map_or(self.source.len()..self.source.len(), Token::span);
        if self.mistakes.last() != Some(&span) {
            self.mistakes.push(span);
        }
    }

    pub(super) fn take(&mut self) -> Name {
        let name = self.name_here();
        self.at += 1;
        name
    }

    fn name_here(&self) -> Name {
        let span = self.token().map_or(self.source.len()..self.source.len(), Token::span);
        Name { text: self.source.get(span.clone()).unwrap_or("").to_string(), span }
    }

    /// A name, of any word: which ones may be declared is for the engine to say.
    pub(super) fn name(&mut self) -> Name {
        if self.shape() == Some(Shape::Word) {
            return self.take();
        }
        self.mistake();
        Name { text: String::new(), span: self.end()..self.end() }
    }

    fn new_line(&self) -> bool {
        self.source.get(self.end()..self.start()).is_some_and(|between| between.contains('\n'))
    }

    /// Goes one deeper, unless that is too deep; then skips the rest of the brackets.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> T,
        otherwise: impl FnOnce(&Self) -> T,
    ) -> T {
        if self.nesting >= NESTED {
            self.mistake();
            self.skip_brackets();
            return otherwise(self);
        }
        self.nesting += 1;
        let read = read(self);
        self.nesting -= 1;
        read
    }

    /// Past the bracket that opens here, or past one token.
    fn skip_brackets(&mut self) {
        let mut open = 0_usize;
        while let Some(token) = self.token().copied() {
            if lexer::opens(&token, self.source) {
                open += 1;
            } else if lexer::closes(&token, self.source) {
                if open == 0 {
                    // One that closes nothing here; a brace is for its block.
                    self.at += usize::from(!token.is(self.source, "}"));
                    return;
                }
                open -= 1;
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    // Statements.

    /// Statements up to a brace that closes, or the end.
    fn statements(&mut self, into: &mut Vec<Statement>) {
        while self.token().is_some() && self.word() != "}" {
            if self.eat(";") {
                continue;
            }
            let before = self.at;
            let mut statement = self.statement();
            if self.eat(";") {
                statement.closed = true;
            } else if self.token().is_some() && self.word() != "}" && !ends_itself(&statement) {
                self.mistake();
                if !self.new_line() || self.at == before {
                    self.recover();
                    statement.span.end = statement.span.end.max(self.end());
                    self.eat(";");
                    statement.closed = true;
                }
            }
            if self.at == before {
                self.at += 1;
            }
            into.push(statement);
        }
    }

    /// To where a statement may begin: behind a `;`, before a `}` or a word that begins one on a new line.
    fn recover(&mut self) {
        while self.token().is_some() {
            let word = self.word();
            if matches!(word, ";" | "}") || (self.new_line() && begins(word)) {
                return;
            }
            self.skip_brackets();
        }
    }

    pub(super) fn statement(&mut self) -> Statement {
        let start = self.start();
        let kind = self.statement_kind();
        Statement::new(start..self.end(), kind)
    }

    fn statement_kind(&mut self) -> StatementKind {
        match self.word() {
            "let" | "const" => self.declaration(false),
            "export" => {
                self.at += 1;
                if matches!(self.word(), "let" | "const") {
                    return self.declaration(true);
                }
                let name = self.name();
                let alias = self.eat("as").then(|| self.name());
                StatementKind::Export { name, alias }
            }
            "fn" => self.function(false),
            "private" if self.ahead(1) == "fn" => {
                self.at += 1;
                self.function(true)
            }
            "import" => {
                self.at += 1;
                let path = self.expression();
                let alias = self.eat("as").then(|| self.name());
                StatementKind::Import { path, alias }
            }
            word @ ("return" | "throw" | "break") => {
                self.at += 1;
                let ends = self.token().is_none() || matches!(self.word(), ";" | "}" | "," | ")");
                let value = (!ends).then(|| self.expression());
                match word {
                    "return" => StatementKind::Return(value),
                    "throw" => StatementKind::Throw(value),
                    _ => StatementKind::Break(value),
                }
            }
            "continue" => {
                self.at += 1;
                StatementKind::Continue
            }
            "try" if self.ahead(1) == "{" => {
                self.at += 1;
                let body = self.block();
                let caught = self.expect("catch");
                let mut name = None;
                if caught && self.eat("(") {
                    name = Some(self.name());
                    self.expect(")");
                }
                let handler = if self.word() == "{" { self.block() } else { self.no_block() };
                StatementKind::Try { body, name, handler }
            }
            // A block in front of anything else is a statement by itself.
            "{" | "if" | "switch" | "for" | "while" | "loop" | "do" => {
                StatementKind::Expression(self.primary())
            }
            _ => self.expression_statement(),
        }
    }

    fn expression_statement(&mut self) -> StatementKind {
        let before = self.at;
        let value = self.expression();
        let word = self.word();
        if is_assignment(word) {
            let operator = self.take();
            let right = self.expression();
            return StatementKind::Assign { target: value, operator, value: right };
        }
        if self.at == before { StatementKind::Broken } else { StatementKind::Expression(value) }
    }

    fn declaration(&mut self, exported: bool) -> StatementKind {
        let constant = self.take().text == "const";
        let name = self.name();
        let value = self.eat("=").then(|| self.expression());
        StatementKind::Let { name, value, constant, exported }
    }

    fn function(&mut self, private: bool) -> StatementKind {
        let comment = self.comment();
        self.at += 1;
        let mut name = self.name();
        // A function of one type's values: `fn Server.size()`.
        if self.word() == "." {
            self.at += 1;
            name = self.name();
        }
        let mut params = Vec::new();
        if self.expect("(") {
            while !matches!(self.word(), ")" | "{" | "}" | ";") && self.token().is_some() {
                let before = self.at;
                params.push(self.name());
                if !self.eat(",") && self.word() != ")" {
                    self.mistake();
                    // A default or a type, which the language does not have.
                    while self.token().is_some() && !matches!(self.word(), "," | ")" | "{" | "}" | ";") {
                        self.skip_brackets();
                    }
                    self.eat(",");
                }
                self.at += usize::from(self.at == before);
            }
            self.expect(")");
        }
        let body = if self.word() == "{" { self.block() } else { self.no_block() };
        StatementKind::Function(Function { name, private, params, body, comment })
    }

    /// The doc comment that ends before this place.
    fn comment(&self) -> String {
        // `private` may stand between.
        let before = match self.at.checked_sub(1).map(|at| &self.tokens[at]) {
            Some(token) if token.is(self.source, "private") => token.start,
            _ => self.start(),
        };
        let after = self.tokens.iter().take(self.at).rev().find(|token| token.end < before);
        let after = after.map_or(0, |token| token.end);
        let own = self.comments.iter().filter(|comment| comment.start >= after && comment.end <= before);
        let docs = own
            .map(|comment| comment.text(self.source))
            .filter(|text| text.starts_with("///") || text.starts_with("/**"));
        let lines = docs.flat_map(|text| text.trim_start_matches("/**").trim_end_matches("*/").lines());
        let plain = lines.map(|line| line.trim().trim_start_matches(['/', '*']).trim());
        plain.collect::<Vec<_>>().join("\n").trim().to_string()
    }

    /// `{ … }`.
    pub(super) fn block(&mut self) -> Block {
        let start = self.start();
        let cases = std::mem::replace(&mut self.cases, false);
        self.at += 1;
        let mut statements = Vec::new();
        self.nested(|parser| parser.statements(&mut statements), |_| ());
        self.expect("}");
        self.cases = cases;
        Block { span: start..self.end(), statements }
    }

    pub(super) fn no_block(&mut self) -> Block {
        self.mistake();
        Block { span: self.end()..self.end(), statements: Vec::new() }
    }
}

/// Words that begin a statement and nothing else.
fn begins(word: &str) -> bool {
    matches!(
        word,
        "let"
            | "const"
            | "fn"
            | "private"
            | "import"
            | "export"
            | "return"
            | "throw"
            | "break"
            | "continue"
            | "try"
            | "if"
            | "for"
            | "while"
            | "loop"
            | "do"
            | "switch"
    )
}

/// Whether no `;` is wanted after it.
pub(super) fn ends_itself(statement: &Statement) -> bool {
    use ExpressionKind as E;
    match &statement.kind {
        StatementKind::Function(_) | StatementKind::Try { .. } => true,
        StatementKind::Expression(expression) => match &expression.kind {
            E::If { .. } | E::Switch { .. } | E::For { .. } | E::Block(_) => true,
            // `do { … } while condition` ends with an expression.
            E::Loop { condition, body } => {
                condition.as_ref().is_none_or(|condition| condition.span.start < body.span.start)
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_assignment(word: &str) -> bool {
    matches!(word, "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "**=" | "<<=" | ">>=" | "&=" | "|=" | "^=")
}
