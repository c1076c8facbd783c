//! The engine: packages, limits, reserved words that cloud JSON needs, the verbs, the helpers, the resolver of imports.

use super::bind;
use super::compare;
use super::coverage::COUNT;
use super::errors::runtime;
use super::failure::Ending;
use super::helpers;
use super::interactive;
use super::map_keys;
use super::modules::Resolver;
use super::own_chains;
use super::secret_text;
use super::session::{Session, Tone};
use super::symbols::Names;
use super::types;
use super::word_compare;
use crate::base::placeholder;
use crate::verbs::run_context::Phase;
use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine, ImmutableString, Locked, Position, Shared, Token};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// The constants that functions read as `global::NAME`, where they outlive one text.
pub type Constants = Shared<Locked<BTreeMap<ImmutableString, Dynamic>>>;

/// A name that no script writes: reading it makes the constants of a session those of the text that begins.
pub const CONSTANTS: &str = "constants$";

/// An engine that knows the language's words and limits and none of its functions: enough to tell whether a text is a
/// script.
pub(super) fn grammar() -> Engine {
    let mut engine = Engine::new_raw();
    words(&mut engine);
    engine
}

fn words(engine: &mut Engine) {
    engine.set_max_call_levels(1000);
    engine.set_max_expr_depths(256, 128);
    engine.set_max_variables(10_000);
    engine.set_max_functions(10_000);
    engine.set_max_modules(256);
    // A text that is made is not looked for among those that there are: each such look scans all that are kept, under a lock that
    // all threads share.
    engine.set_max_strings_interned(0);
    engine.set_strict_variables(true);
    engine.disable_symbol("eval");
    reserved_words(engine);
}

/// The functions that are there without the verbs.
pub(super) fn without_verbs(session: &Arc<Session>) -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    types::register(&mut engine, session);
    map_keys::register(&mut engine);
    compare::register(&mut engine);
    helpers::register(&mut engine, session);
    engine
}

/// An engine of this session.
pub fn engine(session: &Arc<Session>) -> Engine {
    engine_with(session, None)
}

/// The same, for a session that goes on from text to text with these constants.
pub fn engine_with(session: &Arc<Session>, constants: Option<Constants>) -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    words(&mut engine);
    engine.set_fail_on_invalid_map_property(true);
    // Comparison operators are ours for unlike values, so the built-in shortcuts must not come first.
    engine.set_fast_operators(false);
    variables(&mut engine, session, constants);
    types::register(&mut engine, session);
    map_keys::register(&mut engine);
    secret_text::register(&mut engine);
    word_compare::register(&mut engine, session);
    compare::register(&mut engine);
    bind::bind(&mut engine, session);
    helpers::register(&mut engine, session);
    if let Some(coverage) = session.coverage.get().cloned() {
        engine.register_fn(COUNT, move |number: i64| coverage.count(number));
    }
    let (stopped, host) = (session.stopped.clone(), session.host.clone());
    let (signal, budget) = (session.signal.clone(), session.budget.clone());
    engine.on_progress(move |count| {
        if budget.step(count) {
            host.progress.warn(&budget.warning());
        }
        if budget.is_spent() && host.phase() != Phase::Ending {
            return Some(Dynamic::from(Ending::Steps));
        }
        if budget.is_over_memory() {
            return Some(Dynamic::from(Ending::Memory));
        }
        let ending = if signal.load(Ordering::Relaxed) { Ending::Terminated } else { Ending::Interrupted };
        // The flag alone is looked at as long as nothing stopped.
        let stops = stopped.load(Ordering::Relaxed) && host.phase() != Phase::Ending;
        stops.then(|| Dynamic::from(ending))
    });
    let console = session.console.clone();
    engine.on_print(move |text| console.data(&placeholder::masked(text)));
    let console = session.console.clone();
    engine.on_debug(move |text, _, _| console.say(Tone::Debug, &placeholder::masked(text)));
    engine.set_module_resolver(Resolver::new(session.clone()));
    engine
}

/// What the mapping of words remembers of the tokens before.
struct Before {
    token: Token,
    position: Position,
    /// The brackets that are open; `true` for those of a map.
    open: Vec<bool>,
}

/// Cloud JSON has fields that the engine reserves: `server.addresses.private`, `image.raw.public`, `#{ shared: true }`.
/// Every word after a dot and every key of a map is read as a name; so are reserved words that mean nothing, elsewhere.
/// Names of caught errors and names that are assigned to are marked on the way; `Fn` is a native of ours.
fn reserved_words(engine: &mut Engine) {
    let start = Before { token: Token::EOF, position: Position::START, open: Vec::new() };
    let before = Mutex::new(start);
    #[allow(deprecated)] // volatile, not deprecated: the engine's version is pinned
    engine.on_parse_token(move |token, position, _| {
        let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
        if position < before.position {
            // Another text began.
            before.token = Token::EOF;
            before.open.clear();
        }
        let in_map = before.open.last() == Some(&true);
        let name = match before.token {
            Token::Period | Token::Elvis | Token::MapStart => true,
            Token::Comma => in_map,
            _ => false,
        };
        match &token {
            Token::MapStart => before.open.push(true),
            Token::LeftBrace | Token::LeftBracket | Token::LeftParen | Token::Unit => before.open.push(false),
            Token::RightBrace | Token::RightBracket | Token::RightParen => {
                before.open.pop();
            }
            _ => {}
        }
        if matches!(token, Token::Unit) {
            before.open.pop();
        }
        let mapped = match token {
            Token::Underscore if interactive::is_result(position) => Token::Identifier(Box::new("_".into())),
            Token::Reserved(word) if &**word == "Fn" && !name => {
                Token::Identifier(Box::new(helpers::FUNCTION.into()))
            }
            Token::Reserved(word) if is_name(&word) && (name || !is_language(&word)) => {
                Token::Identifier(word)
            }
            word if name && word.is_standard_keyword() => {
                Token::Identifier(Box::new(word.literal_syntax().into()))
            }
            other => other,
        };
        before.token = mapped.clone();
        before.position = position;
        match mapped {
            Token::Identifier(name) => match map_keys::mark(position) {
                Some(mark) => Token::Identifier(Box::new(format!("{name}{mark}").into())),
                None => Token::Identifier(name),
            },
            other => other,
        }
    });
}

/// The engine's own errors are caught as maps in its own words; a script reads them as errors like any other.
fn variables(engine: &mut Engine, session: &Arc<Session>, constants: Option<Constants>) {
    let session = session.clone();
    #[allow(deprecated)] // volatile, not deprecated: the engine's version is pinned
    engine.on_var(move |name, _, mut context| {
        if name == CONSTANTS {
            context.global_runtime_state_mut().constants = constants.clone();
            return Ok(Some(Dynamic::UNIT));
        }
        if let Some(head) = own_chains::unmarked(name) {
            return Ok(Some(own_chains::copy(context.scope(), head)));
        }
        if !name.ends_with(map_keys::CAUGHT) {
            return Ok(None);
        }
        let Some(value) = context.scope().get(name) else { return Ok(None) };
        let Some(map) = value.read_lock::<rhai::Map>() else {
            // Text, numbers and arrays stay what was thrown, and have a kind and a message too.
            let stays = value.is_string()
                || value.is_int()
                || value.is_float()
                || value.is_bool()
                || value.is_array()
                || value.read_lock::<crate::cloud::Error>().is_some();
            return Ok((!stays).then(|| Dynamic::from(runtime::thrown(value))));
        };
        let names = || Names { session: &session, functions: bind::signatures(&context) };
        if let Some(error) = runtime::caught(&map, names) {
            return Ok(Some(Dynamic::from(error)));
        }
        // A map that the script threw has a kind and a message as well.
        if map.contains_key("kind") && map.contains_key("message") {
            return Ok(None);
        }
        let error = runtime::thrown(value);
        let mut map = map.clone();
        map.entry("kind".into()).or_insert_with(|| error.kind.as_str().into());
        map.entry("message".into()).or_insert_with(|| error.message.clone().into());
        Ok(Some(Dynamic::from_map(map)))
    });
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a script can call a variable this.
pub fn can_name(word: &str) -> bool {
    is_name(word)
        && !is_language(word)
        && !crate::syntax::lexer::KEYWORDS.contains(&word)
        && word.contains(|c: char| c != '_')
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
