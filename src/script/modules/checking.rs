//! Finds and parses everything that a script imports before anything of it runs.

use super::circular;
use super::resolver::Resolver;
use crate::cloud::Error;
use crate::script::errors::runtime;
use crate::script::failure::{Cause, Failure, Site, Sources as _};
use crate::script::map_keys;
use crate::script::session::Session;
use crate::script::symbols::Names;
use rhai::{AST, ASTNode, Engine, Expr, Position, Stmt};
use std::collections::HashSet;
use std::sync::Arc;

/// Find and parse everything that a script imports, before anything of it runs: what is missing, outside, circular or
/// does not parse is told at its place, with the imports that lead there.
pub fn check(session: &Arc<Session>, engine: &Engine, source: &str, ast: &AST) -> Result<(), Failure> {
    let resolver = Resolver::new(session.clone());
    if let Some(text) = session.texts.text(source) {
        resolver.narrow(source, &text, false);
    }
    let mut seen = HashSet::new();
    check_imports(&resolver, engine, source, ast, &mut vec![source.to_string()], &mut seen)
}

fn check_imports(
    resolver: &Resolver,
    engine: &Engine,
    source: &str,
    ast: &AST,
    open: &mut Vec<String>,
    seen: &mut HashSet<String>,
) -> Result<(), Failure> {
    let mut imports: Vec<(String, Position)> = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Import(import, _))) = path.last()
            && let Expr::StringConstant(text, position) = &import.0
        {
            imports.push((text.to_string(), *position));
        }
        true
    });
    for (path, position) in imports {
        let here = Site {
            source: source.to_string(),
            line: position.line().unwrap_or(0),
            column: position.position().unwrap_or(0),
            function: None,
        };
        let refused = |error: Error| Failure { cause: Cause::Parse(error), sites: vec![here.clone()] };
        let (name, text) = resolver.find(Some(source), &path).map_err(refused)?;
        if let Some(start) = open.iter().position(|open| *open == name) {
            let mut cycle = open[start..].to_vec();
            cycle.push(name.clone());
            return Err(refused(circular(&name, &cycle)));
        }
        if !seen.insert(name.clone()) {
            continue;
        }
        resolver.session.texts.add(&name, &text);
        resolver.narrow(&name, &text, true);
        let led_here = |mut failure: Failure| {
            failure.sites.push(here.clone());
            failure
        };
        let module = map_keys::compile(engine, &text).map_err(|error| {
            let names = Names { session: &resolver.session, functions: Vec::new() };
            led_here(runtime::parse_failure(&error, &name, &text, &names))
        })?;
        open.push(name.clone());
        check_imports(resolver, engine, &name, &module, open, seen).map_err(led_here)?;
        open.pop();
    }
    Ok(())
}
