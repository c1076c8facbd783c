//! New keys of maps. Reading a key that is not there is an error that names the nearest one; assigning makes it.
//!
//! The engine asks one callback about every missing key and does not tell it a read from a write. So names that are
//! assigned to (`m.key = …`) are marked when a text is parsed, and a write by index (`m[key] = …`) is led to a setter.

use super::own_chains;
use crate::syntax::source::Text;
use crate::syntax::{self, scope};
use rhai::NativeCallContext;
use rhai::{AST, ASTFlags, ASTNode, BinaryExpr, Dynamic, Engine, EvalAltResult, Expr, Map};
use rhai::{ParseError, Position, Scope, Stmt, Target};
use std::any::TypeId;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// What marks a name that is assigned to: a code point that no text has.
pub(super) const MARK: char = '\u{fdd0}';
/// What marks the name of a caught error inside its own block.
pub(super) const CAUGHT: char = '\u{fdd2}';
/// What parts a missing key and the map's keys where an error of the engine carries them.
const PART: char = '\u{1f}';
/// How many keys an error carries.
const MOST: usize = 200;

thread_local! {
    static MARKS: RefCell<HashMap<Position, char>> = RefCell::default();
}

/// Parse a text, names that are assigned to marked.
///
/// # Errors
/// When the text does not parse.
pub(super) fn compile(engine: &Engine, text: &str) -> Result<AST, ParseError> {
    compile_within(engine, &Scope::new(), text)
}

/// Parse a text that sees the variables of those before it, names that are assigned to marked.
///
/// # Errors
/// When the text does not parse.
pub(super) fn compile_within(engine: &Engine, scope: &Scope, text: &str) -> Result<AST, ParseError> {
    let caught = of_catch(text);
    MARKS.set(caught.iter().map(|position| (*position, CAUGHT)).collect());
    let marked = engine.compile_with_scope(scope, text).and_then(|ast| {
        let mut heads = own_chains::heads(&ast);
        heads.retain(|position, _| !caught.contains(position));
        let heads_marked = heads.keys().map(|position| (*position, own_chains::MARK));
        let found: HashMap<Position, char> =
            assigned(&ast).into_iter().map(|position| (position, MARK)).chain(heads_marked).collect();
        if found.is_empty() {
            return Ok(ast);
        }
        MARKS.with_borrow_mut(|marks| marks.extend(found));
        engine.compile_with_scope(&own_chains::declared(scope, &heads), text)
    });
    MARKS.take();
    marked
}

/// Where the names of caught errors stand, at their `catch` and in its block: no other variable of that name is one.
fn of_catch(text: &str) -> HashSet<Position> {
    let mut found = HashSet::new();
    if !text.contains("catch") {
        return found;
    }
    let scopes = scope::scopes(&syntax::parse(text));
    let source = Text::from(text);
    for (at, declared) in scopes.declarations.iter().enumerate() {
        if declared.by != scope::Declares::Caught {
            continue;
        }
        let names = scopes.uses_of(at).map(|used| &used.name).chain([&declared.name]);
        for name in names {
            let (line, column) = source.position(name.span.start);
            if let (Ok(line), Ok(column)) = (u16::try_from(line), u16::try_from(column)) {
                found.insert(Position::new(line, column));
            }
        }
    }
    found
}

/// What marks the name at this place, where something does.
pub(super) fn mark(position: Position) -> Option<char> {
    MARKS.with_borrow(|marks| marks.get(&position).copied())
}

/// A name without its mark.
pub(super) fn unmarked(name: &str) -> &str {
    name.trim_end_matches([MARK, CAUGHT])
}

fn assigned(ast: &AST) -> HashSet<Position> {
    let mut found = HashSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Assignment(parts))) = path.last()
            && !parts.0.is_op_assignment()
            && let Some(position) = target(&parts.1.lhs)
        {
            found.insert(position);
        }
        true
    });
    found
}

/// Where the name stands that ends a chain.
fn target(expr: &Expr) -> Option<Position> {
    let last = |parts: &BinaryExpr| match &parts.rhs {
        Expr::Property(_, position) => Some(*position),
        chain => target(chain),
    };
    match expr {
        Expr::Dot(parts, ..) => last(parts),
        // The end of a chain: a key between brackets, which may be a chain of its own.
        Expr::Index(_, flags, _) if flags.contains(ASTFlags::BREAK) => None,
        Expr::Index(parts, ..) => last(parts),
        _ => None,
    }
}

/// Teach an engine about missing keys.
pub(super) fn register(engine: &mut Engine) {
    #[allow(deprecated)] // volatile, not deprecated: the engine's version is pinned
    engine.on_map_missing_property(|map: &mut Map, name, _| match name.strip_suffix(MARK) {
        Some(name) => Target::try_from(map.entry(name.into()).or_insert(Dynamic::UNIT)),
        None => Err(missing(map, name)),
    });
    let any = TypeId::of::<Dynamic>();
    engine.register_raw_fn("index$set$", [any, any, any], |context, args: &mut [&mut Dynamic]| {
        let value = args[2].take();
        let key = args[1].clone().into_immutable_string();
        if let (Ok(mut map), Ok(key)) = (args[0].as_map_mut(), key) {
            map.insert(key.as_str().into(), value);
            return Ok(Dynamic::UNIT);
        }
        Err(not_indexed(&context, args))
    });
    // `m[key] += 1` of a missing key: there is nothing to add to.
    engine.register_raw_fn("index$get$", [any, any], |context, args: &mut [&mut Dynamic]| {
        if args[0].is_map() { Ok(Dynamic::UNIT) } else { Err(not_indexed(&context, args)) }
    });
}

/// The error for what has no elements, as the engine tells it.
fn not_indexed(context: &NativeCallContext, args: &[&mut Dynamic]) -> Box<EvalAltResult> {
    let name = |value: &Dynamic| context.engine().map_type_name(value.type_name()).to_string();
    let said = format!("{} [{}]", name(args[0]), name(args[1]));
    Box::new(EvalAltResult::ErrorIndexingType(said, context.call_position()))
}

/// The engine's own kind of error for what cannot be indexed, for that alone leads a write on to the setter.
fn missing(map: &Map, name: &str) -> Box<EvalAltResult> {
    let mut said = format!("{PART}{name}");
    for key in map.keys().take(MOST) {
        said.push(PART);
        said.push_str(key);
    }
    Box::new(EvalAltResult::ErrorIndexingType(said, Position::NONE))
}

/// The missing key and the map's keys, of what such an error says.
pub(super) fn told(said: &str) -> Option<(&str, Vec<&str>)> {
    let mut words = said.strip_prefix(PART)?.split(PART);
    Some((words.next()?, words.collect()))
}
