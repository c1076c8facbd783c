//! Which name means which declaration: the language's scopes, with who reads, who writes and which closure captures.
//!
//! A block's `let` is seen from its statement's end to the block's; a function sees its parameters, its own variables
//! and the script's imports, and nothing else of the script; a closure sees what stands around it, and captures it.

use super::tree::*;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What declares a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declares {
    /// `let`.
    Let,
    /// `const`.
    Const,
    /// A function's parameter.
    Param,
    /// A closure's parameter.
    ClosureParam,
    /// A loop's variable or counter.
    Loop,
    /// `catch (name)`.
    Caught,
    /// `import … as name`.
    Import,
}

/// A declaration.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The name, where it is declared.
    pub name: Name,
    /// What declares it.
    pub by: Declares,
    /// Where it is seen, unless another of its name hides it.
    pub seen: Range<usize>,
    /// The function it is in, by its body's bytes.
    pub function: Option<Range<usize>>,
    /// Whether it stands at the top level of the script.
    pub top: bool,
    /// Whether `export` gives it to importers.
    pub exported: bool,
}

/// A place that names a variable or a module.
#[derive(Debug, Clone)]
pub struct Use {
    /// The name, where it is used.
    pub name: Name,
    /// What it means, by its index; `None` when nothing declares it here.
    pub declaration: Option<usize>,
    /// Whether its value is read.
    pub reads: bool,
    /// Whether it is assigned: all of it, or something in it.
    pub writes: bool,
    /// Whether it names a module, in front of `::`.
    pub module: bool,
    /// The closures between the declaration and this place, outermost first, by their bytes: each captures it.
    pub closures: Vec<Range<usize>>,
    /// The function it is in, by its body's bytes.
    pub function: Option<Range<usize>>,
}

/// The names of a script.
#[derive(Debug, Default)]
pub struct Scopes {
    /// In the order of the text.
    pub declarations: Vec<Declaration>,
    /// In the order of the text.
    pub uses: Vec<Use>,
    /// The bodies of the script's functions.
    pub functions: Vec<Range<usize>>,
    /// The declarations of each name.
    by_name: HashMap<String, Vec<usize>>,
    /// The uses of each declaration.
    by_declaration: Vec<Vec<usize>>,
}

impl Scopes {
    /// What is seen at a byte, the nearest of each name.
    pub fn visible(&self, at: usize) -> Vec<&Declaration> {
        let function = self.functions.iter().find(|body| body.start <= at && at < body.end);
        let mut names = HashSet::new();
        let here = self.declarations.iter().rev().filter(|declared| Scopes::sees(declared, at, function));
        here.filter(|declared| names.insert(declared.name.text.as_str())).collect()
    }

    /// What a name means at a byte.
    pub fn meant(&self, name: &str, at: usize) -> Option<&Declaration> {
        let function = self.functions.iter().find(|body| body.start <= at && at < body.end);
        let named = self.by_name.get(name)?.iter().rev().filter_map(|nth| self.declarations.get(*nth));
        named.into_iter().find(|declared| Scopes::sees(declared, at, function))
    }

    fn sees(declared: &Declaration, at: usize, function: Option<&Range<usize>>) -> bool {
        super::visit();
        let seen = declared.seen.start <= at && at <= declared.seen.end && !declared.name.text.is_empty();
        seen && (declared.function.as_ref() == function || (declared.by == Declares::Import && declared.top))
    }

    /// The places that use a declaration.
    pub fn uses_of(&self, declaration: usize) -> impl Iterator<Item = &Use> {
        let uses = self.by_declaration.get(declaration).into_iter().flatten();
        uses.filter_map(|nth| self.uses.get(*nth))
    }

    /// The uses of a declaration within these bytes, in their order.
    pub fn uses_between(&self, declaration: usize, bytes: Range<usize>) -> impl Iterator<Item = &Use> {
        let all = self.by_declaration.get(declaration).map_or(&[][..], Vec::as_slice);
        let at = |nth: &usize| self.uses.get(*nth).map_or(0, |used| used.name.span.start);
        let (from, to) = (bytes.start, bytes.end);
        let within = all.get(all.partition_point(|nth| at(nth) < from)..).unwrap_or_default();
        within.iter().filter_map(|nth| self.uses.get(*nth)).take_while(move |used| used.name.span.start < to)
    }

    /// The declaration that a byte stands in: at itself, or at a use.
    pub fn declaration_at(&self, at: usize) -> Option<usize> {
        let on = |name: &Name| name.span.start <= at && at <= name.span.end && !name.text.is_empty();
        let declared = self.declarations.iter().position(|declared| on(&declared.name));
        declared.or_else(|| self.uses.iter().find(|used| on(&used.name)).and_then(|used| used.declaration))
    }
}

/// The names of a tree.
pub fn scopes(tree: &Tree) -> Scopes {
    let mut reader = Reader::default();
    // Functions see imports wherever the script has them.
    reader.block(&tree.block, true);
    let mut found = reader.found;
    found.uses.sort_by_key(|used| used.name.span.start);
    for (nth, declared) in found.declarations.iter().enumerate() {
        found.by_name.entry(declared.name.text.clone()).or_default().push(nth);
    }
    found.by_declaration = vec![Vec::new(); found.declarations.len()];
    for (nth, used) in found.uses.iter().enumerate() {
        if let Some(uses) = used.declaration.and_then(|at| found.by_declaration.get_mut(at)) {
            uses.push(nth);
        }
    }
    found
}

#[derive(Default)]
struct Reader {
    found: Scopes,
    /// The declarations that are seen, and behind how many closures each stands.
    seen: Vec<(usize, usize)>,
    /// Where in `seen` each name stands.
    named: HashMap<String, Vec<usize>>,
    closures: Vec<Range<usize>>,
    function: Option<Range<usize>>,
}

impl Reader {
    fn declare(&mut self, name: &Name, by: Declares, seen: Range<usize>, top: bool, exported: bool) {
        let function = self.function.clone();
        self.found.declarations.push(Declaration { name: name.clone(), by, seen, function, top, exported });
        self.see((self.found.declarations.len() - 1, self.closures.len()));
    }

    fn see(&mut self, one: (usize, usize)) {
        let name = self.found.declarations[one.0].name.text.clone();
        self.named.entry(name).or_default().push(self.seen.len());
        self.seen.push(one);
    }

    /// Forget what was declared since so many names were seen.
    fn forget(&mut self, before: usize) {
        while self.seen.len() > before {
            let Some((at, _)) = self.seen.pop() else { return };
            if let Some(places) = self.named.get_mut(&self.found.declarations[at].name.text) {
                places.pop();
            }
        }
    }

    fn use_of(&mut self, name: &Name, reads: bool, writes: bool, module: bool) {
        if name.text.is_empty() || name.text == "this" || (module && name.text == "global") {
            return;
        }
        let places = self.named.get(&name.text).map_or(&[][..], Vec::as_slice);
        let found = places
            .iter()
            .rev()
            .map(|place| &self.seen[*place])
            .find(|(at, _)| (self.found.declarations[*at].by == Declares::Import) == module);
        let closures = found.map(|(_, depth)| self.closures[(*depth).min(self.closures.len())..].to_vec());
        self.found.uses.push(Use {
            name: name.clone(),
            declaration: found.map(|(at, _)| *at),
            reads,
            writes,
            module,
            closures: closures.unwrap_or_default(),
            function: self.function.clone(),
        });
    }

    fn block(&mut self, block: &Block, top: bool) {
        let before = self.seen.len();
        let functions: Vec<&Function> = block
            .statements
            .iter()
            .filter_map(|statement| match &statement.kind {
                StatementKind::Function(function) => Some(function),
                _ => None,
            })
            .collect();
        for statement in &block.statements {
            self.statement(statement, block.span.end, top);
        }
        let imports = |(at, _): &&(usize, usize)| {
            let declared = &self.found.declarations[*at];
            declared.by == Declares::Import && declared.top
        };
        let imported: Vec<(usize, usize)> = match functions.is_empty() {
            true => Vec::new(),
            false => self.seen.iter().filter(imports).copied().collect(),
        };
        for function in functions {
            self.function(function, &imported);
        }
        self.forget(before);
    }

    fn function(&mut self, function: &Function, imported: &[(usize, usize)]) {
        let outer = std::mem::take(&mut self.seen);
        let names = std::mem::take(&mut self.named);
        imported.iter().for_each(|one| self.see(*one));
        let closures = std::mem::take(&mut self.closures);
        let around = self.function.replace(function.body.span.clone());
        self.found.functions.push(function.body.span.clone());
        for param in &function.params {
            self.declare(param, Declares::Param, function.body.span.clone(), false, false);
        }
        self.block(&function.body, false);
        (self.seen, self.named, self.closures, self.function) = (outer, names, closures, around);
    }

    fn statement(&mut self, statement: &Statement, end: usize, top: bool) {
        use StatementKind as S;
        let behind = statement.span.end..end.max(statement.span.end);
        match &statement.kind {
            S::Let { name, value, constant, exported } => {
                value.iter().for_each(|value| self.expression(value));
                let by = if *constant { Declares::Const } else { Declares::Let };
                self.declare(name, by, behind, top, *exported);
            }
            S::Assign { target, operator, value } => {
                self.target(target, operator.text != "=");
                self.expression(value);
            }
            S::Expression(expression) => self.expression(expression),
            // Read when the whole block is known.
            S::Function(_) => {}
            S::Import { path, alias } => {
                self.expression(path);
                if let Some(alias) = alias {
                    self.declare(alias, Declares::Import, behind, top, false);
                }
            }
            S::Export { name, .. } => self.use_of(name, true, false, false),
            S::Return(value) | S::Throw(value) | S::Break(value) => {
                value.iter().for_each(|value| self.expression(value));
            }
            S::Try { body, name, handler } => {
                self.block(body, false);
                let before = self.seen.len();
                if let Some(name) = name {
                    self.declare(name, Declares::Caught, handler.span.clone(), false, false);
                }
                self.block(handler, false);
                self.forget(before);
            }
            S::Continue | S::Broken => {}
        }
    }

    /// What is assigned: a variable, or a place in one, which is read on the way.
    fn target(&mut self, target: &Expression, reads: bool) {
        match &target.kind {
            ExpressionKind::Variable(name) => self.use_of(name, reads, true, false),
            ExpressionKind::Field { receiver, .. } => self.target(receiver, true),
            ExpressionKind::Index { receiver, index } => {
                self.target(receiver, true);
                self.expression(index);
            }
            _ => self.expression(target),
        }
    }

    fn expression(&mut self, expression: &Expression) {
        use ExpressionKind as E;
        match &expression.kind {
            E::Variable(name) => self.use_of(name, true, false, false),
            E::Path { modules, name: _ } | E::Call { modules, name: _, arguments: _ } => {
                if let Some(module) = modules.first() {
                    self.use_of(module, true, false, true);
                }
                self.children(expression);
            }
            E::Closure { params, body } => {
                let before = self.seen.len();
                self.closures.push(expression.span.clone());
                for param in params {
                    self.declare(param, Declares::ClosureParam, body.span.clone(), false, false);
                }
                self.statement(body, body.span.end, false);
                self.closures.pop();
                self.forget(before);
            }
            E::For { names, items, body } => {
                self.expression(items);
                let before = self.seen.len();
                for name in names {
                    self.declare(name, Declares::Loop, body.span.clone(), false, false);
                }
                self.block(body, false);
                self.forget(before);
            }
            E::Loop { condition, body } => {
                // `do { … } while condition` has its condition last; the order of uses is set right afterwards.
                condition.iter().for_each(|condition| self.expression(condition));
                self.block(body, false);
            }
            _ => self.children(expression),
        }
    }

    fn children(&mut self, expression: &Expression) {
        for child in children(Node::Expression(expression)) {
            match child {
                Node::Block(block) => self.block(block, false),
                Node::Expression(expression) => self.expression(expression),
                Node::Statement(statement) => {
                    let before = self.seen.len();
                    self.statement(statement, statement.span.end, false);
                    self.forget(before);
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    /// Each use as `name@line of its declaration`, `?` where there is none; `*` marks a write, `^` a capture.
    fn told(source: &str) -> Vec<String> {
        let found = scopes(&parse(source));
        let line = |at: usize| source[..at].matches('\n').count() + 1;
        let uses = found.uses.iter().map(|used| {
            let place = used.declaration.map(|at| line(found.declarations[at].name.span.start));
            let place = place.map_or("?".to_string(), |line| line.to_string());
            let marks = ["*", "^"].into_iter().zip([used.writes, !used.closures.is_empty()]);
            let marks: String = marks.filter(|(_, is)| *is).map(|(mark, _)| mark).collect();
            format!("{}@{place}{marks}", used.name.text)
        });
        uses.collect()
    }

    #[test]
    fn a_name_means_the_nearest_declaration() {
        assert_eq!(told("let a = 1;\nlet a = a;\n{ let a = 2;\na }\na = b;"), ["a@1", "a@3", "a@2*", "b@?"]);
        assert_eq!(told("for (x, i) in xs {\n x + i }\nx"), ["xs@?", "x@1", "i@1", "x@?"]);
        assert_eq!(told("try { } catch (e) { e }\ne"), ["e@1", "e@?"]);
        assert_eq!(told("let m = 1;\nm.a[i].b = c;"), ["m@1*", "i@?", "c@?"]);
        assert_eq!(told("let a = 1;\nprint(`x ${let b = a; b} ${b}`)"), ["a@1", "b@2", "b@?"]);
    }

    #[test]
    fn a_function_sees_imports_and_parameters() {
        let source = "let a = 1;\nfn f(x) {\n let y = x; a + y; w::g(global::A)\n}\nimport \"w\" as w;\nf(a)";
        assert_eq!(told(source), ["x@2", "a@?", "y@3", "w@5", "a@1"]);
    }

    #[test]
    fn a_closure_captures() {
        let source = "let n = 0;\nlet f = |x| { n += x;\nlet z = 1; z };";
        assert_eq!(told(source), ["n@1*^", "x@2", "z@3"]);
        assert_eq!(told("let n = 0; xs.map(|x| xs.filter(|y| y == n))"), ["xs@?", "xs@?", "y@1", "n@1^"]);
    }

    #[test]
    fn what_is_seen_at_a_place() {
        let source = "import \"w\" as w; let a = 1; fn f(x) { let y = 2;  } { let b = 3;  }  ";
        let found = scopes(&parse(source));
        let names = |at: usize| {
            let mut names: Vec<&str> = found.visible(at).iter().map(|one| one.name.text.as_str()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(source.find("2;").expect("there") + 3), ["w", "x", "y"]);
        assert_eq!(names(source.find("3;").expect("there") + 3), ["a", "b", "w"]);
        assert_eq!(names(source.len()), ["a", "w"]);
        let empty = "let a = 1; fn f() { }";
        assert!(scopes(&parse(empty)).visible(empty.len() - 2).is_empty());
    }
}
