//! A script as a tree: statements and expressions, each with its bytes. What is missing is [`ExpressionKind::Missing`],
//! so a text that is being typed has a tree too.

use std::ops::Range;

/// A word and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The word; for a key in quotes, without them. Empty where it is missing.
    pub text: String,
    /// Its bytes, quotes included.
    pub span: Range<usize>,
}

/// A script.
#[derive(Debug, Default)]
pub struct Tree {
    /// Its statements, functions among them.
    pub block: Block,
    /// Where the text is not as the language wants it; empty for every text that the engine accepts.
    pub mistakes: Vec<Range<usize>>,
}

/// Statements, one after another.
#[derive(Debug, Default)]
pub struct Block {
    /// Its bytes, braces included.
    pub span: Range<usize>,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// A statement; its bytes reach to its end without `;`.
#[derive(Debug)]
pub struct Statement {
    /// Its bytes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: StatementKind,
    /// Whether a `;` follows: without, the last one of a block is the block's value.
    pub closed: bool,
}

/// What a statement is.
#[derive(Debug)]
pub enum StatementKind {
    /// `let name = value`, `const name = value`.
    Let {
        /// The variable.
        name: Name,
        /// Its value.
        value: Option<Expression>,
        /// Whether it is a constant.
        constant: bool,
        /// Whether `export` stands before it.
        exported: bool,
    },
    /// `target = value`, `target += value`.
    Assign {
        /// What is written.
        target: Expression,
        /// `=`, `+=` …
        operator: Name,
        /// What to.
        value: Expression,
    },
    /// An expression; `if`, `switch` and loops are some.
    Expression(Expression),
    /// `fn name(…) { … }`.
    Function(Function),
    /// `import path as alias`.
    Import {
        /// The path, most often a text.
        path: Expression,
        /// Its name in this script.
        alias: Option<Name>,
    },
    /// `export name as alias`.
    Export {
        /// The variable.
        name: Name,
        /// Its name for importers.
        alias: Option<Name>,
    },
    /// `return value`.
    Return(Option<Expression>),
    /// `throw value`.
    Throw(Option<Expression>),
    /// `break value`.
    Break(Option<Expression>),
    /// `continue`.
    Continue,
    /// `try { … } catch (name) { … }`.
    Try {
        /// What is tried.
        body: Block,
        /// The error's name.
        name: Option<Name>,
        /// What is done about it.
        handler: Block,
    },
    /// Tokens that are no statement.
    Broken,
}

/// A function of the script.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Whether `private` stands before it.
    pub private: bool,
    /// Its parameters.
    pub params: Vec<Name>,
    /// Its body.
    pub body: Block,
    /// Its doc comment, without the slashes.
    pub comment: String,
}

/// An expression.
#[derive(Debug)]
pub struct Expression {
    /// Its bytes, parentheses around it included.
    pub span: Range<usize>,
    /// What it is.
    pub kind: ExpressionKind,
    depth: usize,
}

/// What an expression is.
#[derive(Debug)]
pub enum ExpressionKind {
    /// `()`.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number; `None` beyond 64 bits.
    Int(Option<i64>),
    /// A number with a fraction.
    Float,
    /// A text in double quotes or backticks without `${…}`, escapes undone.
    Text(String),
    /// A text with `${…}`: the blocks in it.
    Template(Vec<Block>),
    /// A character in single quotes.
    Char,
    /// `[…]`.
    Array(Vec<Expression>),
    /// `#{…}`.
    Map(Vec<Entry>),
    /// A variable; `this` too.
    Variable(Name),
    /// `module::name`, `global::NAME`.
    Path {
        /// The modules.
        modules: Vec<Name>,
        /// The variable.
        name: Name,
    },
    /// `name(…)`, `module::name(…)`.
    Call {
        /// The modules; none for a plain call.
        modules: Vec<Name>,
        /// The function.
        name: Name,
        /// The arguments.
        arguments: Arguments,
    },
    /// `receiver.name(…)`.
    Method {
        /// What it is called on.
        receiver: Box<Expression>,
        /// The function.
        name: Name,
        /// The arguments.
        arguments: Arguments,
    },
    /// `receiver.name`.
    Field {
        /// What it is read of.
        receiver: Box<Expression>,
        /// The field; empty while it is being typed.
        name: Name,
    },
    /// `receiver[index]`.
    Index {
        /// What it is read of.
        receiver: Box<Expression>,
        /// Where.
        index: Box<Expression>,
    },
    /// `-x`, `!x`.
    Unary {
        /// The operator.
        operator: Name,
        /// What it works on.
        operand: Box<Expression>,
    },
    /// `a + b`.
    Binary {
        /// The operator; `!in` is one.
        operator: Name,
        /// Its left side.
        left: Box<Expression>,
        /// Its right side.
        right: Box<Expression>,
    },
    /// `if condition { … } else …`.
    If {
        /// The condition.
        condition: Box<Expression>,
        /// What is done then.
        then: Block,
        /// Otherwise: a block or another `if`.
        otherwise: Option<Box<Expression>>,
    },
    /// `switch value { … }`.
    Switch {
        /// What is looked at.
        value: Box<Expression>,
        /// The cases.
        arms: Vec<Arm>,
    },
    /// `for name in items { … }`.
    For {
        /// The loop variable, and the counter where there is one.
        names: Vec<Name>,
        /// What it goes through.
        items: Box<Expression>,
        /// The body.
        body: Block,
    },
    /// `while`, `do … while`, `do … until`, `loop`.
    Loop {
        /// The condition; none for `loop`.
        condition: Option<Box<Expression>>,
        /// The body.
        body: Block,
    },
    /// `{ … }`.
    Block(Block),
    /// `|a, b| body`.
    Closure {
        /// The parameters.
        params: Vec<Name>,
        /// The body: a statement, most often an expression.
        body: Box<Statement>,
    },
    /// Nothing stands here, and something must.
    Missing,
}

/// What stands in a call's parentheses.
#[derive(Debug)]
pub struct Arguments {
    /// The parentheses; to the end of what is there when the closing one is missing.
    pub span: Range<usize>,
    /// Each argument.
    pub list: Vec<Expression>,
}

/// An entry of a map.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: Name,
    /// The value; missing while the key is being typed.
    pub value: Expression,
}

/// A case of a `switch`.
#[derive(Debug)]
pub struct Arm {
    /// The values; none for `_`.
    pub cases: Vec<Expression>,
    /// `if condition`.
    pub condition: Option<Expression>,
    /// What is done.
    pub body: Statement,
}

/// Any part of a tree that others hang on.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// Statements in braces, or the whole script.
    Block(&'a Block),
    /// A statement.
    Statement(&'a Statement),
    /// An expression.
    Expression(&'a Expression),
}

/// Nothing is nested deeper: what reads a tree may recurse.
pub const DEEPEST: usize = 300;

impl Statement {
    pub(super) fn new(span: Range<usize>, kind: StatementKind) -> Statement {
        let mut statement = Statement { span, kind, closed: false };
        statement.span = around(statement.span.clone(), Node::Statement(&statement));
        statement
    }
}

/// A span that holds those of the node's children too: what is missing stands behind the token before it.
fn around(span: Range<usize>, node: Node<'_>) -> Range<usize> {
    let start = span.start.min(span.end);
    let spans = children(node).into_iter().map(|child| child.span());
    spans.fold(start..span.end, |all, span| all.start.min(span.start)..all.end.max(span.end))
}

impl Expression {
    /// An expression of these bytes. One that would be nested too deeply is [`ExpressionKind::Missing`].
    pub(super) fn new(span: Range<usize>, kind: ExpressionKind) -> Expression {
        let mut expression = Expression { span, kind, depth: 0 };
        expression.span = around(expression.span.clone(), Node::Expression(&expression));
        expression.depth =
            1 + children(Node::Expression(&expression)).iter().map(|node| depth(*node)).max().unwrap_or(0);
        if expression.depth > DEEPEST {
            // Dropped part by part from here, each at most as deep as allowed.
            expression.kind = ExpressionKind::Missing;
            expression.depth = 1;
        }
        expression
    }

    /// The plain variable that this is, if it is one.
    pub fn variable(&self) -> Option<&Name> {
        match &self.kind {
            ExpressionKind::Variable(name) => Some(name),
            _ => None,
        }
    }

    /// The text that this is, if it is a literal one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            ExpressionKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The expression at the head of a chain of fields, methods and indexes; itself where it is no chain.
    pub fn head(&self) -> &Expression {
        match &self.kind {
            ExpressionKind::Method { receiver, .. }
            | ExpressionKind::Field { receiver, .. }
            | ExpressionKind::Index { receiver, .. } => receiver.head(),
            _ => self,
        }
    }
}

impl Node<'_> {
    /// Its bytes.
    pub fn span(&self) -> Range<usize> {
        match self {
            Node::Block(block) => block.span.clone(),
            Node::Statement(statement) => statement.span.clone(),
            Node::Expression(expression) => expression.span.clone(),
        }
    }
}

fn depth(node: Node<'_>) -> usize {
    match node {
        Node::Expression(expression) => expression.depth,
        other => 1 + children(other).iter().map(|node| depth(*node)).max().unwrap_or(0),
    }
}

/// What hangs directly on a node, in the order of the text.
pub fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    each_child(node, &mut |child| nodes.push(child));
    nodes
}

/// See what hangs directly on a node, in the order of the text.
pub fn each_child<'a>(node: Node<'a>, see: &mut dyn FnMut(Node<'a>)) {
    super::visit();
    use ExpressionKind as E;
    use StatementKind as S;
    match node {
        Node::Block(block) => block.statements.iter().map(Node::Statement).for_each(see),
        Node::Statement(statement) => match &statement.kind {
            S::Let { value, .. } | S::Return(value) | S::Throw(value) | S::Break(value) => {
                value.iter().map(Node::Expression).for_each(see);
            }
            S::Assign { target, value, .. } => {
                [target, value].map(Node::Expression).into_iter().for_each(see)
            }
            S::Expression(expression) => see(Node::Expression(expression)),
            S::Function(function) => see(Node::Block(&function.body)),
            S::Import { path, .. } => see(Node::Expression(path)),
            S::Try { body, handler, .. } => [body, handler].map(Node::Block).into_iter().for_each(see),
            S::Export { .. } | S::Continue | S::Broken => {}
        },
        Node::Expression(expression) => match &expression.kind {
            E::Unit | E::Bool(_) | E::Int(_) | E::Float | E::Text(_) | E::Char | E::Missing => {}
            E::Variable(_) | E::Path { .. } => {}
            E::Template(blocks) => blocks.iter().map(Node::Block).for_each(see),
            E::Array(items) => items.iter().map(Node::Expression).for_each(see),
            E::Map(entries) => entries.iter().map(|entry| Node::Expression(&entry.value)).for_each(see),
            E::Call { arguments, .. } => arguments.list.iter().map(Node::Expression).for_each(see),
            E::Method { receiver, arguments, .. } => {
                see(Node::Expression(receiver));
                arguments.list.iter().map(Node::Expression).for_each(see);
            }
            E::Field { receiver, .. } => see(Node::Expression(receiver)),
            E::Index { receiver, index } => {
                see(Node::Expression(receiver));
                see(Node::Expression(index));
            }
            E::Unary { operand, .. } => see(Node::Expression(operand)),
            E::Binary { left, right, .. } => {
                see(Node::Expression(left));
                see(Node::Expression(right));
            }
            E::If { condition, then, otherwise } => {
                see(Node::Expression(condition));
                see(Node::Block(then));
                otherwise.as_deref().into_iter().map(Node::Expression).for_each(see);
            }
            E::Switch { value, arms } => {
                see(Node::Expression(value));
                for arm in arms {
                    arm.cases.iter().chain(&arm.condition).map(Node::Expression).for_each(&mut *see);
                    see(Node::Statement(&arm.body));
                }
            }
            E::For { items, body, .. } => {
                see(Node::Expression(items));
                see(Node::Block(body));
            }
            E::Loop { condition, body } => {
                condition.as_deref().into_iter().map(Node::Expression).for_each(&mut *see);
                see(Node::Block(body));
            }
            E::Block(block) => see(Node::Block(block)),
            E::Closure { body, .. } => see(Node::Statement(body)),
        },
    }
}

impl Tree {
    /// Visit every node, a parent before its children; the path leads from the script's block to the node itself.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&[Node<'a>])) {
        fn down<'a>(path: &mut Vec<Node<'a>>, visit: &mut dyn FnMut(&[Node<'a>])) {
            visit(path);
            let Some(last) = path.last() else { return };
            each_child(*last, &mut |child| {
                path.push(child);
                down(path, visit);
                path.pop();
            });
        }
        down(&mut vec![Node::Block(&self.block)], visit);
    }

    /// The nodes that hold a byte, outermost first; one that ends there counts, so the place behind a word is the word's.
    pub fn path_at(&self, at: usize) -> Vec<Node<'_>> {
        let mut path = vec![Node::Block(&self.block)];
        while let Some(last) = path.last() {
            let inside = |node: &Node<'_>| node.span().start <= at && at <= node.span().end;
            let found: Vec<Node<'_>> = children(*last).into_iter().filter(inside).collect();
            // Where two meet, the later one begins there and the earlier ends: what is being typed is the earlier.
            let Some(next) = found.first() else { break };
            path.push(*next);
        }
        path
    }

    /// Every function of the script.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.block.statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Function(function) => Some(function),
            _ => None,
        })
    }
}
