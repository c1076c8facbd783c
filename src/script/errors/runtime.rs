//! The engine's errors as failures of a script: what happened in people's words, and the way there.
//!
//! Every error of the engine is translated here; calls that fit no function are [`super::no_such_function`]'s, texts that do
//! not parse [`super::syntax`]'s. What a verb raised travels through untouched. Nothing is drawn here.

use super::engine_words::plain;
use super::no_such_function;
use super::tokens::declared;
use crate::base::placeholder;
use crate::cloud::error::{Error, Kind, Place};
use crate::cloud::nearest::did_you_mean;
use crate::script::failure::{Cause, Failure, Site};
use crate::script::map_keys;
use rhai::{Dynamic, EvalAltResult, ParseError, Position};

pub use super::engine_words::people_word;
pub use super::syntax::parse_failure;

/// A function as a caller sees it: each way to call it, with its parameters and whether each must be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its name, with its module's where it is in one: `web::add`.
    pub name: String,
    /// The ways to call it.
    pub forms: Vec<Vec<(String, bool)>>,
}

/// What is known of the run's functions and nouns; the binder fulfils it.
pub trait Known {
    /// Every verb, and every function of the scripts.
    fn verbs(&self) -> Vec<Signature>;
    /// Whether one of them has this name.
    fn has(&self, name: &str) -> bool {
        self.verbs().iter().any(|verb| verb.name == name)
    }
    /// The fields of a type by the engine's name for it; none for a type without.
    fn fields(&self, type_name: &str) -> Vec<String>;
    /// A loaded source's text, where it is at hand.
    fn text(&self, _source: &str) -> Option<String> {
        None
    }
}

/// What ended a run, and the way there; `main_source` is the name of the script that was started.
pub fn failure(error: &EvalAltResult, main_source: &str, known: &dyn Known) -> Failure {
    let mut source = main_source.to_owned();
    let mut function = None;
    let mut callers = Vec::new();
    let mut error = error;
    loop {
        match error {
            EvalAltResult::ErrorInFunctionCall(name, from, inner, position) => {
                callers.push(site(&source, *position, function.clone()));
                if name == "eval" {
                    source = "eval".into();
                } else if !from.is_empty() {
                    source = from.clone();
                }
                function = Some(called(name));
                error = inner;
            }
            EvalAltResult::ErrorInModule(name, inner, position) => {
                callers.push(site(&source, *position, function.take()));
                if !name.is_empty() {
                    source = name.clone();
                }
                error = inner;
            }
            EvalAltResult::ErrorParsing(kind, position) => {
                let parse = ParseError(Box::new(kind.clone()), *position);
                let text = known.text(&source).unwrap_or_default();
                let mut failure = parse_failure(&parse, &source, &text, known);
                failure.sites.extend(callers.into_iter().rev().filter(|site| site.line > 0));
                return failure;
            }
            _ => break,
        }
    }
    let mut cause = cause(error, known);
    if let Cause::Error(error) = &mut cause {
        let text = known.text(&source).unwrap_or_default();
        no_such_function::of_declared(error, |name| declared(&text).contains(name));
    }
    let mut sites = vec![site(&source, error.position(), function)];
    if let EvalAltResult::ErrorDataRace(said, _) = error
        && sites[0].line == 0
        && let Some((line, column)) = raced(said)
            .and_then(|name| super::tokens::only_call(&known.text(&source).unwrap_or_default(), name))
    {
        // The engine does not tell where.
        sites[0] = Site { source: source.clone(), line, column, function: None };
    }
    if let Cause::Error(error) = &cause
        && let Some((from, line, column)) = &error.raised
        && (sites[0].line, sites[0].column) != (*line, *column)
    {
        // It was caught and thrown again: what a reader looks for is where it came from.
        let source = from.clone().unwrap_or_else(|| main_source.to_owned());
        sites[0] = Site { source, line: *line, column: *column, function: None };
    }
    sites.extend(callers.into_iter().rev());
    sites.dedup_by(|next, before| {
        next.source == before.source && next.line == before.line && next.column == before.column
    });
    if sites.iter().any(|site| site.line > 0) {
        sites.retain(|site| site.line > 0);
    }
    Failure { cause, sites }
}

/// What parts a function's name and the item that it was called for.
pub(in crate::script) const FOR: char = '\u{1f}';

/// The name of a function on the way to an error: `closure` for one without, `closure, for item 13` where it ran for one.
fn called(name: &str) -> String {
    let (name, item) = name.split_once(FOR).map_or((name, None), |(name, item)| (name, Some(item)));
    let name = if name.starts_with("anon$") { "closure" } else { name };
    item.map_or_else(|| name.to_owned(), |item| format!("{name}, for {item}"))
}

fn site(source: &str, position: Position, function: Option<String>) -> Site {
    let line = position.line().unwrap_or(0);
    let column = if line == 0 { 0 } else { position.position().unwrap_or(1) };
    Site { source: source.to_owned(), line, column, function }
}

/// An error that the language itself raises.
fn script(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::Script, message).coded(code)
}

/// A key that a map does not have, with the nearest of those it has.
pub fn missing_key<S: AsRef<str>>(key: &str, keys: impl IntoIterator<Item = S>) -> Error {
    let keys: Vec<String> = keys.into_iter().map(|key| key.as_ref().to_owned()).collect();
    let error = script("language::missing_key", format!("this map has no key `{key}`"));
    if let Some(label) = did_you_mean(key, &keys) {
        return error.at(Place::Verb, label);
    }
    let error = match keys.len() {
        0 => error.at(Place::Verb, "the map is empty"),
        1..=12 => error.at(Place::Verb, format!("it has {}", keys.join(", "))),
        count => error.at(Place::Verb, format!("it has {count} others")),
    };
    error.help(format!("write `get(map, \"{key}\", default)`, or ask first: `\"{key}\" in map`"))
}

/// Why a run ended, of the innermost error.
pub(in crate::script) fn cause(error: &EvalAltResult, known: &dyn Known) -> Cause {
    match error {
        EvalAltResult::ErrorTerminated(token, _) => crate::script::run::ending(token),
        EvalAltResult::Exit(value, _) | EvalAltResult::Return(value, _) => {
            Cause::Exit(value.as_int().unwrap_or(0))
        }
        EvalAltResult::ErrorRuntime(value, _) => Cause::Error(thrown(value)),
        other => Cause::Error(translated(other, known)),
    }
}

/// The engine's own error from the map that it is caught as; `None` for any other map.
pub fn caught<K: Known>(map: &rhai::Map, known: impl FnOnce() -> K) -> Option<Error> {
    use EvalAltResult as E;
    let text = |key: &str| map.get(key).and_then(|value| value.clone().into_string().ok());
    let (variant, message) = (text("error")?, text("message")?);
    let said = |key: &str| text(key).unwrap_or_default();
    let length = map.get("length").and_then(|length| length.as_int().ok()).unwrap_or(0);
    let length = usize::try_from(length).unwrap_or(0);
    let index = map.get("index").and_then(|index| index.as_int().ok()).unwrap_or(0);
    let at = Position::NONE;
    let error = match variant.as_str() {
        "ErrorFunctionNotFound" => E::ErrorFunctionNotFound(said("function"), at),
        "ErrorNonPureMethodCallOnConstant" => E::ErrorNonPureMethodCallOnConstant(said("function"), at),
        "ErrorMismatchDataType" => E::ErrorMismatchDataType(said("requested"), said("actual"), at),
        "ErrorMismatchOutputType" => E::ErrorMismatchOutputType(said("requested"), said("actual"), at),
        "ErrorArrayBounds" => E::ErrorArrayBounds(length, index, at),
        "ErrorStringBounds" => E::ErrorStringBounds(length, index, at),
        "ErrorBitFieldBounds" => E::ErrorBitFieldBounds(length, index, at),
        "ErrorVariableExists" => E::ErrorVariableExists(said("variable"), at),
        "ErrorForbiddenVariable" => E::ErrorForbiddenVariable(said("variable"), at),
        "ErrorVariableNotFound" => E::ErrorVariableNotFound(said("variable"), at),
        "ErrorPropertyNotFound" => E::ErrorPropertyNotFound(said("variable"), at),
        "ErrorDataRace" => E::ErrorDataRace(said("variable"), at),
        "ErrorAssignmentToConstant" => E::ErrorAssignmentToConstant(said("variable"), at),
        "ErrorIndexNotFound" => E::ErrorIndexNotFound(map.get("index").cloned().unwrap_or_default(), at),
        "ErrorModuleNotFound" => E::ErrorModuleNotFound(said("module"), at),
        "ErrorDotExpr" => E::ErrorDotExpr(said("property"), at),
        "ErrorIndexingType" => E::ErrorIndexingType(said("type"), at),
        "ErrorDataTooLarge" => E::ErrorDataTooLarge(said("type"), at),
        "ErrorArithmetic" => E::ErrorArithmetic(message, at),
        "ErrorUnboundThis" => E::ErrorUnboundThis(at),
        "ErrorFor" => E::ErrorFor(at),
        "ErrorStackOverflow" => E::ErrorStackOverflow(at),
        "ErrorInFunctionCall" | "ErrorInModule" => spoken(&message),
        other if other.starts_with("Error") => {
            return Some(script("language::failed", plain(&message)));
        }
        _ => return None,
    };
    let mut error = translated(&error, &known());
    let number = |key: &str| map.get(key).and_then(|value| usize::try_from(value.as_int().ok()?).ok());
    // Who catches it may throw it again: then its first place is the one to show. Of an error that came through a call
    // the map tells only where the call stands.
    if let (Some(line), Some(column)) = (number("line"), number("position")) {
        error.raised = Some((text("source"), line, column));
    }
    Some(error)
}

/// The engine's error from its own words, where a call on the way has swallowed all else: what it says, then where.
fn spoken(message: &str) -> EvalAltResult {
    use EvalAltResult as E;
    let at = Position::NONE;
    let said = message.lines().next().unwrap_or(message);
    let said = said.split(" @ '").next().unwrap_or(said);
    let said = said.rsplit_once(" (line ").map_or(said, |(said, _)| said);
    let numbers = || {
        let digits = said.split(|c: char| !c.is_ascii_digit() && c != '-');
        let found: Vec<i64> = digits.filter_map(|digits| digits.parse().ok()).collect();
        (
            usize::try_from(found.get(1).copied().unwrap_or(0)).unwrap_or(0),
            found.first().copied().unwrap_or(0),
        )
    };
    type Made = fn(String) -> E;
    let kinds: [(&str, Made); 6] = [
        ("Function not found: ", |said| E::ErrorFunctionNotFound(said, Position::NONE)),
        ("Variable not found: ", |said| E::ErrorVariableNotFound(said, Position::NONE)),
        ("Indexer unavailable: ", |said| E::ErrorIndexingType(said, Position::NONE)),
        ("Property not found: ", |said| E::ErrorPropertyNotFound(said, Position::NONE)),
        ("Module not found: ", |said| E::ErrorModuleNotFound(said, Position::NONE)),
        ("Cannot modify constant ", |said| E::ErrorAssignmentToConstant(said, Position::NONE)),
    ];
    if let Some((rest, kind)) = kinds.iter().find_map(|(start, kind)| Some((said.strip_prefix(start)?, kind)))
    {
        return kind(rest.to_owned());
    }
    if said.starts_with("Array index ") {
        let (length, index) = numbers();
        return E::ErrorArrayBounds(length, index, at);
    }
    if said.starts_with("String index ") {
        let (length, index) = numbers();
        return E::ErrorStringBounds(length, index, at);
    }
    if let Some(types) =
        said.strip_prefix("Data type incorrect: ").or(said.strip_prefix("Output type incorrect: "))
    {
        let (actual, wanted) = types.split_once(" (expecting ").unwrap_or((types, ""));
        return E::ErrorMismatchDataType(wanted.trim_end_matches(')').to_owned(), actual.to_owned(), at);
    }
    match said.starts_with("Unknown property ") || said.starts_with("No writable property ") {
        true => E::ErrorDotExpr(said.to_owned(), at),
        false => E::ErrorArithmetic(said.to_owned(), at),
    }
}

/// What was thrown: a verb's error as it is, text and maps as the script's own words.
pub(in crate::script) fn thrown(value: &Dynamic) -> Error {
    if let Some(error) = value.read_lock::<Error>() {
        return error.clone();
    }
    if let Some(text) = value.read_lock::<rhai::ImmutableString>() {
        return script("language::thrown", placeholder::masked(&text));
    }
    if let Some(map) = value.read_lock::<rhai::Map>() {
        let text = |key: &str| {
            map.get(key)
                .filter(|value| !value.is_unit())
                .map(|value| placeholder::masked(&value.to_string()).into_owned())
        };
        let kind = text("kind").and_then(|kind| Kind::ALL.into_iter().find(|known| known.as_str() == kind));
        let message = text("message").or_else(|| text("error")).unwrap_or_else(|| "a map was thrown".into());
        let mut error = script("language::thrown", message);
        error.kind = kind.unwrap_or(Kind::Script);
        error.help = text("help");
        return error;
    }
    if value.is_unit() {
        return script("language::thrown", "the script threw an error without words")
            .help("write `throw \"what went wrong\"`");
    }
    match people_word(value.type_name()) {
        "a number" | "a truth value" | "a character" => {
            script("language::thrown", format!("{value} was thrown"))
        }
        word => match crate::script::value::to_value(value) {
            crate::cloud::Value::Resource(resource) => {
                script("language::thrown", format!("{} was thrown", resource.noun().with_article()))
            }
            _ => script("language::thrown", format!("{word} was thrown")),
        },
    }
}

/// An error of the engine in people's words.
fn translated(error: &EvalAltResult, known: &dyn Known) -> Error {
    use EvalAltResult as E;
    match error {
        E::ErrorFunctionNotFound(signature, _) => no_such_function::not_found(signature, known),
        E::ErrorDotExpr(said, _) => no_such_function::property(said, known),
        E::ErrorVariableNotFound(name, _) => unknown_variable(name, &[], known),
        E::ErrorVariableExists(name, _) => script("language::variable", format!("`{name}` is there already"))
            .at(Place::Verb, "give it another name, or assign without `let`"),
        E::ErrorForbiddenVariable(name, _) => {
            script("language::variable", format!("`{name}` is not a name for a variable"))
                .at(Place::Verb, "choose another name")
        }
        E::ErrorPropertyNotFound(key, _) => {
            script("language::missing_key", format!("this map has no key `{key}`"))
                .help(format!("write `get(map, \"{key}\", default)`, or ask first: `\"{key}\" in map`"))
        }
        E::ErrorIndexNotFound(index, _) => {
            script("language::missing_key", format!("there is nothing at `{}`", plain(&index.to_string())))
                .help("ask first: `key in map`")
        }
        E::ErrorModuleNotFound(name, _) => script("language::module", format!("there is no module `{name}`"))
            .help("give the file's path from the file that imports it, or a module of `std/`"),
        E::ErrorUnboundThis(_) => script("language::this", "`this` is nothing here")
            .at(Place::Verb, "the function was not called on a value")
            .help("call it as a method, `value.name()`, or give it a parameter"),
        E::ErrorMismatchDataType(wanted, got, _) | E::ErrorMismatchOutputType(wanted, got, _) => {
            mismatch(wanted, got)
        }
        E::ErrorIndexingType(said, _) => {
            if let Some((key, keys)) = map_keys::told(said) {
                return missing_key(key, keys);
            }
            let (what, by) =
                said.split_once('[').map_or((said.as_str(), None), |(what, by)| (what, Some(by)));
            let by =
                by.map(|by| format!(" by {}", people_word(by.trim_end_matches(']')))).unwrap_or_default();
            script("language::index", format!("{} has no elements to take{by}", people_word(what)))
                .help("index an array by a whole number, a map by a key, text by a position")
        }
        E::ErrorArrayBounds(length, index, _) => bounds("the array", "element", *length, *index),
        E::ErrorStringBounds(length, index, _) => bounds("the text", "character", *length, *index),
        E::ErrorBitFieldBounds(length, index, _) => bounds("a whole number", "bit", *length, *index),
        E::ErrorFor(_) => script("language::type", "`for` cannot go through this")
            .at(Place::Verb, "this has no items")
            .help("give it an array, a range such as `0..10`, a text or a map's `keys()`"),
        E::ErrorDataRace(said, _) => data_race(said),
        E::ErrorNonPureMethodCallOnConstant(name, _) => {
            script("language::constant", format!("`{name}` would change a constant"))
                .help("declare it with `let`, or change a copy: `let copy = CONSTANT;`")
        }
        E::ErrorAssignmentToConstant(name, _) => {
            script("language::constant", format!("`{name}` is a constant"))
                .at(Place::Verb, "and keeps its value")
                .help("declare it with `let` instead of `const`")
        }
        E::ErrorArithmetic(said, _) => arithmetic(said),
        E::ErrorTooManyOperations(_) => script("language::limit", "the run took more steps than it may"),
        E::ErrorTooManyVariables(_) => script("language::limit", "the script has more variables than it may"),
        E::ErrorTooManyModules(_) => script("language::limit", "the run imports more modules than it may")
            .help("look for modules that import each other"),
        E::ErrorStackOverflow(_) => script("language::too_deep", "functions call each other too deeply")
            .at(Place::Verb, "this call was one too many")
            .help("look for a function that calls itself and never stops"),
        E::ErrorDataTooLarge(what, _) => {
            script("language::limit", format!("{} is larger than it may be", too_large(what)))
        }
        E::ErrorCustomSyntax(said, ..) => script("language::failed", plain(said)),
        E::ErrorSystem(said, inner) => {
            let said = if said.is_empty() { inner.to_string() } else { format!("{said}: {inner}") };
            script("language::failed", plain(&said))
        }
        E::LoopBreak(broken, ..) => {
            let word = if *broken { "break" } else { "continue" };
            script("parse::loop", format!("`{word}` stands outside of a loop"))
        }
        other => script("language::failed", plain(&other.to_string())),
    }
}

/// An unknown variable: the nearest of the names in scope, or the verb that is called without parentheses.
pub(in crate::script) fn unknown_variable(name: &str, scope: &[String], known: &dyn Known) -> Error {
    if let Some((module, constant)) = name.rsplit_once("::") {
        return match module {
            "global" => {
                script("language::unknown_variable", format!("the script has no constant `{constant}`"))
                    .help(format!("declare it at the top level: `const {constant} = …;`"))
            }
            module => script(
                "language::unknown_variable",
                format!("the module `{module}` has no constant `{constant}`"),
            )
            .help("look whether the module says `export const`, and how it spells the name"),
        };
    }
    let verbs = known.verbs();
    let error = script("language::unknown_variable", format!("there is no variable `{name}`"));
    if verbs.iter().any(|verb| verb.name == name) {
        let mut error =
            script("parse::call", format!("`{name}` is a function and is called with parentheses"));
        error.label = Some(format!("write `{name}(…)`"));
        return error;
    }
    if let Some(label) = did_you_mean(name, scope) {
        return error.at(Place::Verb, label);
    }
    if let Some(label) = did_you_mean(name, verbs.iter().map(|verb| &verb.name)) {
        return error.at(Place::Verb, label);
    }
    error.help(format!("declare it first: `let {name} = …;`"))
}

fn mismatch(wanted: &str, got: &str) -> Error {
    let (wanted, got) = (people_word(wanted), people_word(got));
    let message = match (wanted, got) {
        (_, "nothing") if wanted != "nothing" => format!("{wanted} is wanted here, and there is nothing"),
        _ => format!("{wanted} is wanted here, not {got}"),
    };
    let label = if got == "nothing" { "this is `()`".to_owned() } else { format!("this is {got}") };
    script("language::type", message).at(Place::Verb, label)
}

fn bounds(what: &str, part: &str, length: usize, index: i64) -> Error {
    if length == 0 {
        return script("language::index", format!("{what} is empty, and has no {part} {index}"))
            .at(Place::Verb, "there is nothing in it");
    }
    let plural = if length == 1 { "" } else { "s" };
    let label = match length {
        1 => format!("only {part} 0 is there"),
        _ => format!("{part}s count from 0 to {}", length - 1),
    };
    script("language::index", format!("{what} has {length} {part}{plural}, and no {part} {index}"))
        .at(Place::Verb, label)
}

/// The function that is given a value which something else is changing.
fn raced(said: &str) -> Option<&str> {
    said.split('\'').nth(1).map(str::trim).filter(|name| !name.is_empty())
}

fn data_race(said: &str) -> Error {
    let message = match raced(said) {
        Some(name) if said.starts_with("argument #1 ") => {
            format!("what `{name}` is called on is used while it is being changed")
        }
        Some(name) if said.starts_with("argument ") => {
            format!("what `{name}` is given is used while it is being changed")
        }
        Some(name) => format!("`{name}` is used while it is being changed"),
        None => "a variable is used while it is being changed".to_owned(),
    };
    script("language::data_race", message).help(
        "take a copy before the closure, `let copy = value;`, or return a value from the closure instead of changing one outside",
    )
}

fn arithmetic(said: &str) -> Error {
    let quoted = said.split('\'').nth(1).unwrap_or("");
    let code = "language::arithmetic";
    if said.starts_with("Modulo division") && said.trim_end().ends_with("% -1") {
        script(code, "the smallest whole number has no remainder by -1 here")
            .help("it is 0: ask first whether the divisor is -1")
    } else if said.starts_with("Division by zero") || said.starts_with("Modulo division by zero") {
        script(code, "a number is divided by zero").help("ask first whether the divisor is 0")
    } else if said.starts_with("Error parsing integer") {
        script("language::number", format!("`{quoted}` is not a whole number"))
    } else if said.starts_with("Error parsing") {
        script("language::number", format!("`{quoted}` is not a number"))
    } else if said.starts_with("Invalid radix") {
        script(code, format!("`{quoted}` is no base of numbers")).help("give a base from 2 to 36")
    } else if said.contains("overflow") {
        script(code, "the result is too large for a whole number")
            .help("calculate with fractions: `to_float()` first")
    } else if said.contains("step value") {
        script(code, "a range cannot take steps of 0")
    } else if said.contains("negative power") {
        script(code, "a whole number is not raised to a negative power")
            .help("write the number with a fraction: `2.0`")
    } else {
        script(code, format!("this cannot be calculated: {}", plain(said)))
    }
}

/// What is too large, of the engine's description.
fn too_large(what: &str) -> &'static str {
    let what = what.to_lowercase();
    if what.contains("string") {
        "the text"
    } else if what.contains("map") {
        "the map"
    } else if what.contains("array") {
        "the array"
    } else if what.contains("blob") {
        "the blob"
    } else {
        "the value"
    }
}
