//! Where the name under a cursor is declared: in this text, or in a module that it imports.

use crate::syntax::lexer::{self, Shape};
use crate::syntax::parse;
use crate::syntax::scope::{Declares, Scopes, scopes};
use crate::syntax::tree::{Expression, ExpressionKind, Function, Name, Node, StatementKind, Tree};
use std::ops::Range;

/// A module as an import finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its name as a source: a path, or `std/wait`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Finds what a path means that a source imports: the source's name, then the path.
pub type Find<'a> = &'a dyn Fn(&str, &str) -> Option<Module>;

/// Where something is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The bytes of the word that was asked about.
    pub asked: Range<usize>,
    /// The source it is declared in: the one that was asked about, or a module.
    pub source: Module,
    /// The declared name's bytes there; empty for a whole module.
    pub span: Range<usize>,
}

/// The declaration that a byte of a source names; `None` for verbs, fields and what nothing declares.
pub fn definition(source: &Module, at: usize, find: Find<'_>) -> Option<Definition> {
    let text = source.text.as_str();
    let tree = parse(text);
    let found = scopes(&tree);
    if let Some((asked, path)) = import_at(&tree, at) {
        return Some(Definition { asked, source: find(&source.name, &path)?, span: 0..0 });
    }
    let word = word_at(text, at)?;
    let here = |span: Range<usize>| Definition { asked: word.clone(), source: source.clone(), span };
    match mention(&tree, &word) {
        Some(Mention::Function { modules: [], name, arguments }) => {
            function(&tree, name, arguments).map(|function| here(function.name.span.clone()))
        }
        Some(Mention::Function { modules, name, arguments }) => {
            let module = reached(source, &tree, &found, modules, find)?;
            let inner = parse(&module.text);
            let span =
                function(&inner, name, arguments).filter(|function| !function.private)?.name.span.clone();
            Some(Definition { asked: word, source: module, span })
        }
        Some(Mention::Variable { modules, name }) => {
            if modules.iter().any(|module| module.text == "global") {
                return constant(&found, name).map(here);
            }
            let module = reached(source, &tree, &found, modules, find)?;
            let span = exported(&module.text, name)?;
            Some(Definition { asked: word, source: module, span })
        }
        Some(Mention::Module { modules }) => {
            let module = reached(source, &tree, &found, modules, find)?;
            Some(Definition { asked: word, source: module, span: 0..0 })
        }
        None => {
            let declared = &found.declarations[found.declaration_at(at)?];
            if declared.by != Declares::Import {
                return Some(here(declared.name.span.clone()));
            }
            let path = import_of(&tree, &declared.name.span)?;
            Some(Definition { asked: word, source: find(&source.name, &path)?, span: 0..0 })
        }
    }
}

/// What a word stands for where the scopes do not know it.
enum Mention<'a> {
    Function {
        modules: &'a [Name],
        name: &'a str,
        arguments: Option<usize>,
    },
    Variable {
        modules: &'a [Name],
        name: &'a str,
    },
    /// A module of a path, with those before it.
    Module {
        modules: &'a [Name],
    },
}

/// The word that holds a byte, or ends there.
pub(super) fn word_at(text: &str, at: usize) -> Option<Range<usize>> {
    let words = lexer::tokens(text).into_iter().filter(|token| token.shape == Shape::Word);
    words.map(|token| token.span()).find(|span| span.start <= at && at <= span.end)
}

fn mention<'a>(tree: &'a Tree, word: &Range<usize>) -> Option<Mention<'a>> {
    let mut found = None;
    tree.walk(&mut |path| {
        let Some(node) = path.last() else { return };
        if found.is_none() && node.span().start <= word.start && word.end <= node.span().end {
            found = mentioned(*node, word);
        }
    });
    found
}

fn mentioned<'a>(node: Node<'a>, word: &Range<usize>) -> Option<Mention<'a>> {
    let is = |name: &Name| name.span == *word;
    let through = |modules: &'a [Name]| {
        let at = modules.iter().position(|module| module.span == *word)?;
        Some(Mention::Module { modules: &modules[..=at] })
    };
    match node {
        Node::Expression(Expression { kind, .. }) => match kind {
            ExpressionKind::Call { modules, name, arguments } if is(name) => {
                Some(Mention::Function { modules, name: &name.text, arguments: Some(arguments.list.len()) })
            }
            ExpressionKind::Method { name, arguments, .. } if is(name) => Some(Mention::Function {
                modules: &[],
                name: &name.text,
                arguments: Some(arguments.list.len()),
            }),
            ExpressionKind::Path { modules, name } if is(name) => {
                Some(Mention::Variable { modules, name: &name.text })
            }
            ExpressionKind::Call { modules, .. } | ExpressionKind::Path { modules, .. } => through(modules),
            _ => None,
        },
        Node::Statement(statement) => match &statement.kind {
            StatementKind::Function(function) if is(&function.name) => Some(Mention::Function {
                modules: &[],
                name: &function.name.text,
                arguments: Some(function.params.len()),
            }),
            _ => None,
        },
        Node::Block(_) => None,
    }
}

/// The import whose path or alias holds a byte: the bytes of that part, and the path.
fn import_at(tree: &Tree, at: usize) -> Option<(Range<usize>, String)> {
    let mut found = None;
    each_import(tree, &mut |path, alias| {
        let holds = |span: &Range<usize>| span.start <= at && at <= span.end;
        let parts = [Some(&path.span), alias.map(|alias| &alias.span)];
        if let (Some(span), Some(text)) = (parts.into_iter().flatten().find(|span| holds(span)), path.text())
        {
            found = Some((span.clone(), text.to_string()));
        }
    });
    found
}

/// The path of the import whose alias stands at these bytes.
fn import_of(tree: &Tree, alias: &Range<usize>) -> Option<String> {
    let mut found = None;
    each_import(tree, &mut |path, name| {
        if name.is_some_and(|name| name.span == *alias) {
            found = path.text().map(str::to_string);
        }
    });
    found
}

fn each_import<'a>(tree: &'a Tree, visit: &mut dyn FnMut(&'a Expression, Option<&'a Name>)) {
    tree.walk(&mut |path| {
        if let Some(Node::Statement(statement)) = path.last()
            && let StatementKind::Import { path, alias } = &statement.kind
        {
            visit(path, alias.as_ref());
        }
    });
}

/// The paths that a text imports, as far as they are plain texts.
pub fn imports(text: &str) -> Vec<String> {
    let tree = parse(text);
    let mut found = Vec::new();
    each_import(&tree, &mut |path, _| found.extend(path.text().map(str::to_string)));
    found
}

/// The module at the end of a path of modules: the first is an import of this text, each other one of the one before.
fn reached(source: &Module, tree: &Tree, found: &Scopes, modules: &[Name], find: Find<'_>) -> Option<Module> {
    let (first, rest) = modules.split_first()?;
    let used = found.uses.iter().find(|used| used.name.span == first.span && used.module)?;
    let alias = &found.declarations[used.declaration?];
    let mut module = find(&source.name, &import_of(tree, &alias.name.span)?)?;
    for name in rest {
        let tree = parse(&module.text);
        let mut path = None;
        each_import(&tree, &mut |text, alias| {
            if alias.is_some_and(|alias| alias.text == name.text) {
                path = text.text().map(str::to_string);
            }
        });
        module = find(&module.name, &path?)?;
    }
    Some(module)
}

/// The function of this name; of several, the one that takes as many arguments.
pub(super) fn function<'a>(tree: &'a Tree, name: &str, arguments: Option<usize>) -> Option<&'a Function> {
    let mut named: Vec<&Function> = tree.functions().filter(|function| function.name.text == name).collect();
    let fitting = named.iter().position(|function| Some(function.params.len()) == arguments).unwrap_or(0);
    (!named.is_empty()).then(|| named.swap_remove(fitting))
}

/// The script's constant of this name, which functions see as `global::NAME`.
fn constant(found: &Scopes, name: &str) -> Option<Range<usize>> {
    let mut constants = found.declarations.iter().rev();
    let declared = constants
        .find(|declared| declared.top && declared.by == Declares::Const && declared.name.text == name)?;
    Some(declared.name.span.clone())
}

/// What a module gives its importers under this name.
fn exported(text: &str, name: &str) -> Option<Range<usize>> {
    let tree = parse(text);
    let found = scopes(&tree);
    let renamed = tree.block.statements.iter().rev().find_map(|statement| match &statement.kind {
        StatementKind::Export { name: inner, alias } if alias.as_ref().unwrap_or(inner).text == name => {
            let declared = found.declaration_at(inner.span.start)?;
            Some(found.declarations[declared].name.span.clone())
        }
        _ => None,
    });
    renamed.or_else(|| {
        let mut declared = found.declarations.iter().rev();
        let declared = declared.find(|declared| declared.exported && declared.name.text == name)?;
        Some(declared.name.span.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "import \"deep\" as deep;\nexport const SIZE = 3;\nlet n = 1;\nexport n as count;\n\
                       /// Add.\nfn add(a) { a }\nfn add(a, b) { a + b }\nprivate fn own() { }\n";
    const DEEP: &str = "fn low() { }\n";

    /// `source:declared text@line` for the place of ‸, `-` where there is none.
    fn told(marked: &str) -> String {
        let at = marked.find('‸').expect("a cursor");
        let source = Module { name: "main.rhai".to_string(), text: marked.replacen('‸', "", 1) };
        let find = |from: &str, path: &str| {
            let text = match (from, path) {
                ("main.rhai", "lib") => LIB,
                ("lib", "deep") => DEEP,
                _ => return None,
            };
            Some(Module { name: path.to_string(), text: text.to_string() })
        };
        definition(&source, at, &find).map_or("-".to_string(), |found| {
            let text = &found.source.text;
            let line = text[..found.span.start].matches('\n').count() + 1;
            format!("{}:{}@{line}", found.source.name, &text[found.span.clone()])
        })
    }

    #[test]
    fn variables_are_where_they_are_declared() {
        assert_eq!(told("let a = 1;\nlet a = 2;\nprint(‸a);"), "main.rhai:a@2");
        assert_eq!(told("let wide = \"é😀\";\nprint(`${wi‸de}`);"), "main.rhai:wide@1");
        assert_eq!(told("const A = 1;\nfn f() { global::A‸ }"), "main.rhai:A@1");
        assert_eq!(told("fn f(x) {\n x‸ }"), "main.rhai:x@1");
        assert_eq!(told("for x in xs {\n xs.map(|x| ‸x) }"), "main.rhai:x@2");
        assert_eq!(told("prin‸t(1)"), "-");
        assert_eq!(told("let s = 1; s.na‸me"), "-");
        assert_eq!(told("// le‸t\n"), "-");
    }

    #[test]
    fn functions_are_found_by_their_arguments() {
        let text = "fn f(a) { }\nfn f(a, b) { }\n";
        assert_eq!(told(&format!("{text}f‸(1)")), "main.rhai:f@1");
        assert_eq!(told(&format!("{text}f‸(1, 2)")), "main.rhai:f@2");
        assert_eq!(told(&format!("{text}f‸(1, 2, 3)")), "main.rhai:f@1");
        assert_eq!(told(&format!("{text}let x = 1; x.f‸(1, 2)")), "main.rhai:f@2");
        assert_eq!(told("fn f‸(a) { }"), "main.rhai:f@1");
    }

    #[test]
    fn modules_are_followed() {
        let import = "import \"lib\" as lib;\n";
        assert_eq!(told(&format!("{import}lib::ad‸d(1, 2)")), "lib:add@7");
        assert_eq!(told(&format!("{import}fn f() {{ lib::ad‸d(1) }}")), "lib:add@6");
        assert_eq!(told(&format!("{import}lib::SIZE‸")), "lib:SIZE@2");
        assert_eq!(told(&format!("{import}lib::coun‸t")), "lib:n@3");
        assert_eq!(told(&format!("{import}lib::ow‸n()")), "-");
        assert_eq!(told(&format!("{import}li‸b::add(1)")), "lib:@1");
        assert_eq!(told(&format!("{import}lib::deep::lo‸w()")), "deep:low@1");
        assert_eq!(told(&format!("{import}lib::de‸ep::low()")), "deep:@1");
        assert_eq!(told("import \"li‸b\" as lib;"), "lib:@1");
        assert_eq!(told("import \"lib\" as li‸b;"), "lib:@1");
        assert_eq!(told("import \"std/non‸e\" as n;"), "-");
        assert_eq!(told("li‸b::add(1)"), "-");
    }
}
