//! Expressions: operators by their precedence, chains, literals, closures.

use super::lexer::Shape;
use super::literal::{number, unquoted};
use super::parse::{Parser, ends_itself};
use super::tree::*;

impl Parser<'_> {
    /// An expression, operators included; [`ExpressionKind::Missing`] where none begins.
    pub(super) fn expression(&mut self) -> Expression {
        self.binary(0)
    }

    fn missing(&mut self) -> Expression {
        self.mistake();
        Expression::new(self.end()..self.end(), ExpressionKind::Missing)
    }

    /// Operators that bind more tightly than `least`.
    fn binary(&mut self, least: u8) -> Expression {
        let mut left = self.unary();
        loop {
            let negated = self.word() == "!" && self.ahead(1) == "in";
            let symbol = if negated { "!in" } else { self.word() };
            let Some(binds) = precedence(symbol).filter(|binds| *binds > least) else { return left };
            if symbol == "|" && self.cases {
                return left;
            }
            let mut operator = self.take();
            if negated {
                operator.span.end = self.take().span.end;
                operator.text = "!in".to_string();
            }
            if matches!(symbol, ".." | "..=") && self.ends_expression() {
                // A range without an end.
                let right = Expression::new(operator.span.end..operator.span.end, ExpressionKind::Unit);
                let span = left.span.start..operator.span.end;
                let kind = ExpressionKind::Binary { operator, left: Box::new(left), right: Box::new(right) };
                left = Expression::new(span, kind);
                continue;
            }
            if symbol == "??" && matches!(self.word(), "break" | "continue" | "return" | "throw") {
                let statement = self.statement();
                let span = statement.span.clone();
                let block = Block { span: span.clone(), statements: vec![statement] };
                let right = Expression::new(span.clone(), ExpressionKind::Block(block));
                let around = left.span.start..span.end;
                let kind = ExpressionKind::Binary { operator, left: Box::new(left), right: Box::new(right) };
                left = Expression::new(around, kind);
                continue;
            }
            let right = self.nested(
                |parser| parser.binary(if operator.text == "**" { binds - 1 } else { binds }),
                |parser| Expression::new(parser.end()..parser.end(), ExpressionKind::Missing),
            );
            let span = left.span.start..right.span.end.max(operator.span.end);
            left = Expression::new(
                span,
                ExpressionKind::Binary { operator, left: Box::new(left), right: Box::new(right) },
            );
        }
    }

    /// Whether what stands here ends an expression, or there is nothing more.
    fn ends_expression(&self) -> bool {
        self.token().is_none() || matches!(self.word(), ")" | "]" | "}" | "," | ";" | ":" | "=>")
    }

    fn unary(&mut self) -> Expression {
        let start = self.start();
        if matches!(self.word(), "-" | "+" | "!") {
            let operator = self.take();
            let operand = self.nested(Self::unary, |parser| {
                Expression::new(parser.end()..parser.end(), ExpressionKind::Missing)
            });
            let kind = match &operand.kind {
                // A number's own sign.
                ExpressionKind::Int(Some(number)) if operator.text == "-" => {
                    ExpressionKind::Int(number.checked_neg())
                }
                _ => ExpressionKind::Unary { operator, operand: Box::new(operand) },
            };
            return Expression::new(start..self.end(), kind);
        }
        let head = self.nested(Self::primary, |parser| {
            Expression::new(parser.end()..parser.end(), ExpressionKind::Missing)
        });
        self.chain(head)
    }

    /// What may follow: fields, methods, indexes.
    fn chain(&mut self, mut head: Expression) -> Expression {
        loop {
            let start = head.span.start;
            let kind = match self.word() {
                "." | "?." => {
                    let dot = self.take();
                    let receiver = Box::new(head);
                    let name = if self.shape() == Some(Shape::Word) {
                        self.take()
                    } else {
                        self.mistake();
                        Name { text: String::new(), span: dot.span.end..dot.span.end }
                    };
                    self.eat_bang();
                    if self.word() == "(" {
                        let arguments = self.arguments();
                        ExpressionKind::Method { receiver, name, arguments }
                    } else {
                        ExpressionKind::Field { receiver, name }
                    }
                }
                "[" | "?[" => {
                    self.at += 1;
                    let cases = std::mem::replace(&mut self.cases, false);
                    let index = self.nested(Self::expression, |parser| {
                        Expression::new(parser.end()..parser.end(), ExpressionKind::Missing)
                    });
                    self.cases = cases;
                    self.expect("]");
                    ExpressionKind::Index { receiver: Box::new(head), index: Box::new(index) }
                }
                _ => return head,
            };
            head = Expression::new(start..self.end(), kind);
        }
    }

    /// `f!(…)`: a call that sees the caller's variables.
    fn eat_bang(&mut self) {
        if self.word() == "!" && self.ahead(1) == "(" && self.start() == self.end() {
            self.at += 1;
        }
    }

    fn arguments(&mut self) -> Arguments {
        let start = self.start();
        let list = self.items("(", ")", Self::expression);
        Arguments { span: start..self.end(), list }
    }

    /// What stands between brackets, `,` in between; the brackets are read too.
    fn items<T>(&mut self, open: &str, close: &str, read: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut list = Vec::new();
        let cases = std::mem::replace(&mut self.cases, false);
        self.expect(open);
        self.nested(
            |parser| {
                while parser.token().is_some() && !matches!(parser.word(), ")" | "]" | "}" | ";") {
                    let before = parser.at;
                    list.push(read(parser));
                    if parser.eat(",") {
                        continue;
                    }
                    if parser.word() == close {
                        break;
                    }
                    parser.mistake();
                    if parser.statement_follows() {
                        break;
                    }
                    if parser.at == before {
                        parser.at += 1;
                    }
                    parser.eat(",");
                }
            },
            |_| (),
        );
        self.expect(close);
        self.cases = cases;
        list
    }

    /// Whether a new line begins here with a word that begins a statement: a bracket before it was forgotten.
    fn statement_follows(&self) -> bool {
        let new_line =
            self.source.get(self.end()..self.start()).is_some_and(|between| between.contains('\n'));
        new_line
            && matches!(
                self.word(),
                "let" | "const" | "fn" | "import" | "return" | "throw" | "try" | "for" | "while"
            )
    }

    fn entry(&mut self) -> Entry {
        let key = match self.shape() {
            Some(Shape::Text) => {
                let mut key = self.take();
                key.text = unquoted(&key.text);
                key
            }
            _ => self.name(),
        };
        let value = if self.eat(":") { self.expression() } else { self.missing() };
        Entry { key, value }
    }

    /// What an operator or a chain begins with.
    pub(super) fn primary(&mut self) -> Expression {
        let start = self.start();
        let kind = self.primary_kind();
        Expression::new(start.min(self.end())..self.end(), kind)
    }

    fn primary_kind(&mut self) -> ExpressionKind {
        use ExpressionKind as E;
        match self.shape() {
            Some(Shape::Number) => return number(&self.take().text),
            Some(Shape::Char) => {
                self.at += 1;
                return E::Char;
            }
            Some(Shape::Text) => return self.text(),
            Some(Shape::OpenText) => {
                self.mistake();
                let text = self.take().text;
                return E::Text(unquoted(&text));
            }
            Some(Shape::Word | Shape::Symbol) => {}
            _ => return self.missing().kind,
        }
        match self.word() {
            "(" => self.parenthesis(),
            "[" => E::Array(self.items("[", "]", Self::expression)),
            "#{" => E::Map(self.items("#{", "}", Self::entry)),
            "{" => E::Block(self.block()),
            "|" | "||" => self.closure(),
            "if" => self.condition(),
            "switch" => self.switch(),
            "for" => self.each(),
            "while" => {
                self.at += 1;
                let condition = Some(Box::new(self.expression()));
                let body = self.body();
                E::Loop { condition, body }
            }
            "loop" => {
                self.at += 1;
                let body = self.body();
                E::Loop { condition: None, body }
            }
            "do" => {
                self.at += 1;
                let body = self.body();
                let condition = if self.eat("while") || self.eat("until") {
                    Some(Box::new(self.expression()))
                } else {
                    self.mistake();
                    None
                };
                E::Loop { condition, body }
            }
            // A range without a beginning begins at 0.
            ".." | "..=" => E::Int(Some(0)),
            "true" | "false" => E::Bool(self.take().text == "true"),
            "let" | "const" | "fn" | "import" | "export" | "return" | "throw" | "break" | "continue"
            | "try" | "else" | "catch" | "in" | "as" | "private" => self.missing().kind,
            _ if self.shape() == Some(Shape::Word) => self.named(),
            _ => self.missing().kind,
        }
    }

    fn parenthesis(&mut self) -> ExpressionKind {
        self.at += 1;
        if self.eat(")") {
            return ExpressionKind::Unit;
        }
        let cases = std::mem::replace(&mut self.cases, false);
        let inner = self.expression();
        self.cases = cases;
        self.expect(")");
        inner.kind
    }

    /// A variable, a call, or either of a module.
    fn named(&mut self) -> ExpressionKind {
        let mut modules = Vec::new();
        let mut name = self.take();
        while self.word() == "::" {
            self.at += 1;
            modules.push(name);
            name = self.name();
        }
        self.eat_bang();
        if self.word() == "(" {
            let arguments = self.arguments();
            return ExpressionKind::Call { modules, name, arguments };
        }
        if modules.is_empty() {
            ExpressionKind::Variable(name)
        } else {
            ExpressionKind::Path { modules, name }
        }
    }

    /// A text, and the code in it.
    fn text(&mut self) -> ExpressionKind {
        let first = self.take();
        let follows = |parser: &Self| parser.word() == "${" && parser.start() == parser.end();
        if !first.text.starts_with('`') || !follows(self) {
            return ExpressionKind::Text(unquoted(&first.text));
        }
        let mut blocks = Vec::new();
        loop {
            if follows(self) {
                blocks.push(self.block());
            } else if self.shape() == Some(Shape::Text) && self.start() == self.end() {
                let piece = self.take();
                if piece.text.ends_with('`') && !follows(self) {
                    break;
                }
            } else {
                if self.shape() == Some(Shape::OpenText) && self.start() == self.end() {
                    self.mistake();
                    self.at += 1;
                }
                break;
            }
        }
        ExpressionKind::Template(blocks)
    }

    fn closure(&mut self) -> ExpressionKind {
        let mut params = Vec::new();
        if !self.eat("||") {
            self.at += 1;
            while self.token().is_some() && !matches!(self.word(), "|" | ")" | "}" | "{" | ";") {
                let before = self.at;
                params.push(self.name());
                if !self.eat(",") && self.word() != "|" {
                    self.mistake();
                }
                self.at += usize::from(self.at == before);
            }
            self.expect("|");
        }
        let cases = std::mem::replace(&mut self.cases, false);
        let body = Box::new(self.statement());
        self.cases = cases;
        ExpressionKind::Closure { params, body }
    }

    fn body(&mut self) -> Block {
        if self.word() == "{" { self.block() } else { self.no_block() }
    }

    fn condition(&mut self) -> ExpressionKind {
        self.at += 1;
        let condition = Box::new(self.expression());
        if self.word() == "=" {
            // `if a = b`: read the other side too.
            self.mistake();
            self.at += 1;
            self.expression();
        }
        let then = self.body();
        let otherwise = self.eat("else").then(|| {
            let otherwise = match self.word() {
                "if" => self.nested(Self::primary, |parser| {
                    Expression::new(parser.end()..parser.end(), ExpressionKind::Missing)
                }),
                "{" => self.primary(),
                _ => self.missing(),
            };
            Box::new(otherwise)
        });
        ExpressionKind::If { condition, then, otherwise }
    }

    fn each(&mut self) -> ExpressionKind {
        self.at += 1;
        let mut names = Vec::new();
        if self.eat("(") {
            names.push(self.name());
            if self.eat(",") {
                names.push(self.name());
            }
            self.expect(")");
        } else {
            names.push(self.name());
        }
        self.expect("in");
        let items = Box::new(self.expression());
        let body = self.body();
        ExpressionKind::For { names, items, body }
    }

    fn switch(&mut self) -> ExpressionKind {
        self.at += 1;
        let value = Box::new(self.expression());
        let mut arms = Vec::new();
        let cases = std::mem::replace(&mut self.cases, false);
        if self.expect("{") {
            self.nested(|parser| parser.arms(&mut arms), |_| ());
            self.expect("}");
        }
        self.cases = cases;
        ExpressionKind::Switch { value, arms }
    }

    fn arms(&mut self, arms: &mut Vec<Arm>) {
        while self.token().is_some() && !matches!(self.word(), "}" | ")" | "]") {
            let before = self.at;
            let mut cases = Vec::new();
            if self.word() == "_" && matches!(self.ahead(1), "=>" | "if") {
                self.at += 1;
            } else {
                loop {
                    self.cases = true;
                    cases.push(self.expression());
                    self.cases = false;
                    if !self.eat("|") {
                        break;
                    }
                }
            }
            let condition = self.eat("if").then(|| self.expression());
            self.expect("=>");
            let mut body = self.statement();
            body.closed = false;
            let itself = ends_itself(&body);
            arms.push(Arm { cases, condition, body });
            if !self.eat(",") && !itself && self.word() != "}" {
                self.mistake();
            }
            self.at += usize::from(self.at == before);
        }
    }
}

/// How tightly an operator binds; the engine's own table (rhai 1.27, `Token::precedence`).
fn precedence(symbol: &str) -> Option<u8> {
    Some(match symbol {
        "||" | "|" | "^" => 30,
        "&&" | "&" => 60,
        "==" | "!=" => 90,
        "in" | "!in" => 110,
        "<" | "<=" | ">" | ">=" => 130,
        "??" => 135,
        ".." | "..=" => 140,
        "+" | "-" => 150,
        "*" | "/" | "%" => 180,
        "**" => 190,
        "<<" | ">>" => 210,
        _ => return None,
    })
}
