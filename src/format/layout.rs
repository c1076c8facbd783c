//! What the tree knows of the tokens: which ones begin a statement, whose braces are whose, what stands inside a text.

use crate::syntax::lexer::{self, Shape, Token};
use crate::syntax::tree::{Block, Expression, ExpressionKind, Node, StatementKind, Tree};
use std::collections::{HashMap, HashSet};

/// What is known of a text's tokens.
pub(super) struct Layout {
    /// The first bytes of the statements of blocks.
    pub(super) statements: HashSet<usize>,
    /// The opening braces of blocks, and the first byte of what each belongs to.
    pub(super) owners: HashMap<usize, usize>,
    /// The opening braces of `switch`.
    pub(super) switches: HashSet<usize>,
    /// The first bytes of loops: a `while` elsewhere ends a `do`.
    pub(super) loops: HashSet<usize>,
    /// For each token, the token at the other end of its bracket.
    pub(super) pairs: Vec<Option<usize>>,
    /// For each token, whether it stands inside `${ … }`; of the brackets themselves, only the closing one does.
    pub(super) inside: Vec<bool>,
    /// For each token before which stands at least one line's end: how many such are up to it, those in texts left out.
    ends: Vec<usize>,
}

impl Layout {
    pub(super) fn of(text: &str, tokens: &[Token], tree: &Tree) -> Layout {
        let mut layout = Layout {
            statements: HashSet::new(),
            owners: HashMap::new(),
            switches: HashSet::new(),
            loops: HashSet::new(),
            pairs: vec![None; tokens.len()],
            inside: vec![false; tokens.len()],
            ends: Vec::with_capacity(tokens.len()),
        };
        layout.brackets(text, tokens);
        tree.walk(&mut |path| match path {
            [.., Node::Block(block)] => {
                // Where a part is missing, a statement's span begins before its first token.
                let first = |start: usize| {
                    let at = tokens.partition_point(|token| token.start < start);
                    tokens[at..].iter().find(|token| token.shape != Shape::Comment).map(|token| token.start)
                };
                let starts = block.statements.iter().filter_map(|statement| first(statement.span.start));
                layout.statements.extend(starts);
            }
            [.., Node::Statement(statement)] => match &statement.kind {
                StatementKind::Function(function) => layout.own(&function.body, statement.span.start),
                StatementKind::Try { body, handler, .. } => {
                    layout.own(body, statement.span.start);
                    layout.own(handler, statement.span.start);
                }
                _ => {}
            },
            [.., Node::Expression(expression)] => layout.expression(text, tokens, expression),
            _ => {}
        });
        let mut count = 0;
        for (at, token) in tokens.iter().enumerate() {
            let line_comment = at > 0 && is_line_comment(text, &tokens[at - 1]);
            let ended = !layout.inside[at] && (line_comment || line_ends(text, tokens, at) > 0);
            count += usize::from(ended && token.start > 0);
            layout.ends.push(count);
        }
        layout
    }

    fn brackets(&mut self, text: &str, tokens: &[Token]) {
        let mut open: Vec<usize> = Vec::new();
        let mut texts = 0_usize;
        for (at, token) in tokens.iter().enumerate() {
            self.inside[at] = texts > 0;
            if lexer::opens(token, text) {
                open.push(at);
                texts += usize::from(token.text(text) == "${");
            } else if lexer::closes(token, text)
                && let Some(before) = open.pop()
            {
                self.pairs[at] = Some(before);
                self.pairs[before] = Some(at);
                texts -= usize::from(tokens[before].text(text) == "${").min(texts);
            }
        }
    }

    fn own(&mut self, block: &Block, owner: usize) {
        self.owners.insert(block.span.start, owner);
    }

    fn expression(&mut self, text: &str, tokens: &[Token], expression: &Expression) {
        let start = expression.span.start;
        match &expression.kind {
            ExpressionKind::If { then, otherwise, .. } => {
                self.own(then, start);
                if let Some(ExpressionKind::Block(block)) = otherwise.as_deref().map(|other| &other.kind) {
                    self.own(block, start);
                }
            }
            ExpressionKind::For { body, .. } | ExpressionKind::Loop { body, .. } => {
                self.loops.insert(start);
                self.own(body, start);
            }
            ExpressionKind::Switch { value, .. } => {
                let after = tokens.partition_point(|token| token.start < value.span.end);
                let brace = tokens[after..].iter().find(|token| token.shape != Shape::Comment);
                if let Some(brace) = brace.filter(|brace| brace.is(text, "{")) {
                    self.switches.insert(brace.start);
                    self.owners.insert(brace.start, start);
                }
            }
            _ => {}
        }
    }

    /// Whether lines end between two tokens, the first left out.
    pub(super) fn has_lines(&self, from: usize, to: usize) -> bool {
        self.ends.get(from) < self.ends.get(to)
    }
}

/// How many lines end before a token.
pub(super) fn line_ends(text: &str, tokens: &[Token], at: usize) -> usize {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before)).map_or(0, |token| token.end);
    let start = tokens.get(at).map_or(text.len(), |token| token.start);
    text.get(before..start).map_or(0, |gap| gap.matches('\n').count())
}

/// Whether a comment goes to the end of its line.
pub(super) fn is_line_comment(text: &str, token: &Token) -> bool {
    token.shape == Shape::Comment && !token.text(text).starts_with("/*")
}
