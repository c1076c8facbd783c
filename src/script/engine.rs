//! The engine: packages, limits, reserved words that cloud JSON needs, the verbs, the helpers, the resolver of imports.

use super::modules::Resolver;
use super::session::Session;
use super::{bind, compare, failure::Ending, helpers, types};
use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine, Position, Token};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// An engine of this session.
pub fn engine(session: &Arc<Session>) -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    engine.set_max_call_levels(1000);
    engine.set_max_expr_depths(256, 128);
    engine.set_max_variables(10_000);
    engine.set_max_functions(10_000);
    engine.set_max_modules(256);
    engine.set_max_strings_interned(4096);
    engine.set_strict_variables(true);
    engine.set_fail_on_invalid_map_property(true);
    // Comparison operators are ours for unlike values, so the built-in shortcuts must not come first.
    engine.set_fast_operators(false);
    engine.disable_symbol("eval");
    reserved_words(&mut engine);
    types::register(&mut engine, session);
    compare::register(&mut engine);
    bind::bind(&mut engine, session);
    helpers::register(&mut engine, session);
    let stopped = session.stopped.clone();
    let signal = session.signal.clone();
    engine.on_progress(move |_| {
        let ending = if signal.load(Ordering::Relaxed) { Ending::Terminated } else { Ending::Interrupted };
        stopped.load(Ordering::Relaxed).then(|| Dynamic::from(ending))
    });
    let console = session.console.clone();
    engine.on_print(move |text| console.data(text));
    let console = session.console.clone();
    engine.on_debug(move |text, _, _| console.talk(text));
    engine.set_module_resolver(Resolver::new(session.clone()));
    engine
}

/// Cloud JSON has fields that the engine reserves: `server.addresses.private`, `image.raw.public`, `#{ shared: true }`.
/// Keywords after a dot, and reserved words everywhere, are read as names.
fn reserved_words(engine: &mut Engine) {
    let previous: Mutex<Token> = Mutex::new(Token::EOF);
    #[allow(deprecated)]
    engine.on_parse_token(move |token, position, _| {
        let mut previous = previous.lock().unwrap_or_else(PoisonError::into_inner);
        if position == Position::new(1, 1) || position.is_none() {
            *previous = Token::EOF;
        }
        let after_dot = matches!(*previous, Token::Period | Token::Elvis);
        let key = matches!(*previous, Token::MapStart);
        let in_map = key || matches!(*previous, Token::Comma);
        let mapped = match token {
            Token::Reserved(name) if is_name(&name) && (after_dot || key || !is_language(&name)) => {
                Token::Identifier(name)
            }
            Token::Private | Token::In if after_dot || in_map => name_of(&token),
            other if after_dot && other.is_standard_keyword() => name_of(&other),
            other => other,
        };
        *previous = mapped.clone();
        mapped
    });
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Reserved words that are functions or variables of the language itself, or that only a mistake can mean.
fn is_language(name: &str) -> bool {
    const KEPT: [&str; 20] = [
        "print",
        "debug",
        "type_of",
        "eval",
        "Fn",
        "call",
        "curry",
        "is_shared",
        "is_def_var",
        "is_def_fn",
        "this",
        "match",
        "null",
        "nil",
        "var",
        "goto",
        "async",
        "await",
        "yield",
        "case",
    ];
    KEPT.contains(&name)
}

fn name_of(token: &Token) -> Token {
    Token::Identifier(Box::new(token.literal_syntax().into()))
}
