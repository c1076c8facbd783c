//! A text that does not parse: what the person who wrote it most likely meant.
//!
//! The engine stops at the first thing it cannot read and names it in its own way. Here the tokens around that place
//! are read again for the habits of other languages ([`super::foreign_syntax`], [`super::foreign_words`]) first, then the engine's error
//! is put into people's words. A failure points at what to change, which is often before the place where the engine stopped.

use super::engine_words::{people_word, plain};
use super::foreign_syntax;
use super::foreign_words;
use super::runtime::{Known, unknown_variable};
use super::tokens::Reading;
use crate::cloud::error::{Error, Kind, Place};
use crate::cloud::nearest::did_you_mean;
use crate::script::failure::{Cause, Failure, Site};
use crate::syntax::lexer::{self, Shape, Unclosed};
use rhai::{LexError, ParseError, ParseErrorType};

/// A mistake and the byte it is pointed out at.
pub(in crate::script) type Found = (Error, usize);

/// A mistake in the text, with what to write below the place and what to do.
pub(in crate::script) fn mistake(
    code: &'static str,
    message: impl Into<String>,
    label: impl Into<String>,
) -> Error {
    Error::new(Kind::Script, message).coded(code).at(Place::Verb, label)
}

/// What is wrong with a text that does not parse; `source` is its name.
pub fn parse_failure(error: &ParseError, source: &str, text: &str, known: &dyn Known) -> Failure {
    let position = error.position();
    let offset = match position.line() {
        Some(line) => lexer::offset(text, line, position.position().unwrap_or(1)),
        None => text.trim_end().len(),
    };
    let reading = Reading::new(text, offset);
    let (error, at) = foreign_syntax::found(error.err_type(), &reading, known)
        .or_else(|| foreign_words::found(error.err_type(), &reading, known))
        .unwrap_or_else(|| said(error.err_type(), &reading, offset, known));
    let (line, column) = lexer::position(text, at.min(text.trim_end().len()));
    let site = Site { source: source.to_owned(), line, column, function: None };
    Failure { cause: Cause::Parse(error), sites: vec![site] }
}

/// The engine's own error in people's words.
fn said(error: &ParseErrorType, reading: &Reading, offset: usize, known: &dyn Known) -> Found {
    use ParseErrorType as P;
    let here = |error: Error| (error, offset);
    match error {
        P::UnexpectedEOF => unclosed(reading).unwrap_or_else(|| {
            let end = reading.text.trim_end().len();
            (
                mistake(
                    "parse::end",
                    "the script ends in the middle of a statement",
                    "something is missing here",
                ),
                end,
            )
        }),
        P::BadInput(error) => here_or(bad_input(error, reading), offset),
        P::UnknownOperator(symbol) => here(foreign_words::symbol(symbol)),
        P::MissingToken(token, purpose) => missing(token, purpose, reading, offset),
        P::MissingSymbol(said) if said.is_empty() => {
            here(mistake("parse::symbol", "a symbol is missing", "before this"))
        }
        P::MissingSymbol(said) => here(mistake("parse::symbol", plain(said), "")),
        P::VariableUndefined(name) => here(variable(name, reading, known)),
        P::ModuleUndefined(name) => {
            let imports: Vec<String> = reading.names().into_iter().map(|(name, _)| name).collect();
            let error = Error::new(Kind::Script, format!("no module is imported as `{name}`"))
                .coded("language::module");
            here(match did_you_mean(name, imports) {
                Some(label) => error.at(Place::Verb, label),
                None => error.help(format!("import it first: `import \"{name}\" as {name};`")),
            })
        }
        P::Reserved(word) => here(foreign_words::reserved(word, reading)),
        P::MismatchedType(wanted, got) => {
            let got = got.trim_start_matches("a ").trim_start_matches("an ");
            let got = match got {
                "string" => "text",
                other => people_word(other),
            };
            let message = if wanted.contains("iterable") {
                format!("`for` does not go through {got}")
            } else if wanted.contains("bool") {
                format!("a condition is true or false, not {got}")
            } else {
                format!("{} is wanted here, not {got}", plain(wanted))
            };
            here(mistake("parse::type", message, format!("this is {got}")))
        }
        P::ExprExpected(_) if matches!(reading.word(0), "case" | "default") => {
            here(mistake("parse::switch", "a case of `switch` has no `case`", "write the value, then `=>`"))
        }
        P::ExprExpected(_) if reading.word(0) == "{" => {
            here(mistake("parse::expression", "a condition is missing", "before this"))
        }
        P::ExprExpected(what) => {
            here(mistake("parse::expression", format!("{} is missing here", plain(what)), "before this"))
        }
        P::PropertyExpected => here(foreign_words::field_expected(reading)),
        P::VariableExpected => name_expected(reading, offset),
        P::ForbiddenVariable(name) => {
            here(mistake("parse::name", format!("`{name}` is not a name for a variable"), "choose another"))
        }
        P::FnMissingName => here(foreign_words::unnamed(reading.text.get(offset..).unwrap_or(""))),
        P::FnMissingParams(name) => here(mistake(
            "parse::function",
            format!("`{name}` has no parameters"),
            "write `()` here, with names in between",
        )),
        P::FnMissingBody(_) => {
            here(mistake("parse::function", "the function has no body", "write `{ … }` here"))
        }
        P::FnDuplicatedParam(_, name) => {
            here(mistake("parse::duplicate", format!("two parameters are named `{name}`"), "the second one"))
        }
        P::FnDuplicatedDefinition(name, count) => {
            let with = if *count == 1 { "1 parameter".into() } else { format!("{count} parameters") };
            here(mistake(
                "parse::duplicate",
                format!("`{name}` with {with} is there already"),
                "give it another name",
            ))
        }
        P::DuplicatedProperty(name) => {
            here(mistake("parse::duplicate", format!("the map has the key `{name}` twice"), "the second one"))
        }
        P::DuplicatedVariable(name) | P::VariableExists(name) => {
            here(mistake("parse::duplicate", format!("`{name}` is there already"), "give it another name"))
        }
        P::WrongFnDefinition => here(
            mistake("parse::nested_function", "a function stands inside a block", "move it out")
                .help("define it at the top level of the file, or write a closure: `let name = |x| …;`"),
        ),
        P::WrongDocComment => {
            here(mistake("parse::doc_comment", "`///` describes no function", "write `//` here"))
        }
        P::WrongExport => {
            here(mistake("parse::export", "`export` stands inside a block", "move it to the top level"))
        }
        P::LoopBreak => {
            here(mistake("parse::loop", format!("`{}` stands outside of a loop", reading.word(0)), ""))
        }
        P::AssignmentToConstant(name) if name.is_empty() => here(mistake(
            "parse::assign",
            "a value cannot be assigned to",
            "put a variable on the left of `=`",
        )),
        P::AssignmentToConstant(name) => here(
            mistake("language::constant", format!("`{name}` is a constant"), "and keeps its value")
                .help("declare it with `let` instead of `const`"),
        ),
        P::AssignmentToInvalidLHS(_) => here(mistake(
            "parse::assign",
            "this cannot be assigned to",
            "put a variable, field or element on the left of `=`",
        )),
        P::MalformedIndexExpr(said) => here(index(said)),
        P::MalformedCapture(_) => here(mistake(
            "parse::call",
            "a method does not see the variables around it",
            "take `!` away behind this name",
        )),
        P::WrongSwitchIntegerCase => {
            here(mistake("parse::switch", "a number stands behind a range", "move it before the ranges"))
        }
        P::WrongSwitchDefaultCase => {
            here(mistake("parse::switch", "the case `_` stands before others", "move it to the end"))
        }
        P::WrongSwitchCaseCondition => {
            here(mistake("parse::switch", "the case `_` takes no `if`", "remove it"))
        }
        P::ExprTooDeep => here(
            mistake("parse::too_deep", "the expression is nested too deeply", "")
                .help("give parts of it names with `let`"),
        ),
        P::TooManyFunctions => here(mistake("parse::too_deep", "the script defines too many functions", "")),
        P::LiteralTooLarge(..) => {
            here(mistake("parse::too_deep", "this is written out longer than it may be", ""))
        }
        other => here(mistake("parse::error", plain(&other.to_string()), "")),
    }
}

/// What the engine says of an index: `Object map expects string index, not a number`.
fn index(said: &str) -> Error {
    let got = said.rsplit_once(", not ").map_or("", |(_, got)| got);
    let got = match got.trim_start_matches("a ").trim_start_matches("an ") {
        "string" => "text",
        "boolean" => "a truth value",
        "float" => "a number with a fraction",
        "()" => "nothing",
        other => people_word(other),
    };
    let (message, help) = if said.starts_with("Object map") {
        (format!("a map is indexed by a key, not by {got}"), "write the key in double quotes: `map[\"key\"]`")
    } else if said.starts_with("Array, string") {
        (
            format!("an array or a text is indexed by a whole number, not by {got}"),
            "write its position, from 0: `array[0]`",
        )
    } else {
        ("this cannot be indexed".to_owned(), "index an array by a whole number, a map by a key")
    };
    mistake("parse::index", message, format!("this is {got}")).help(help)
}

fn here_or(found: (Error, Option<usize>), offset: usize) -> Found {
    (found.0, found.1.unwrap_or(offset))
}

/// What the engine's lexer refuses.
fn bad_input(error: &LexError, reading: &Reading) -> (Error, Option<usize>) {
    match error {
        LexError::UnterminatedString if reading.word(0).starts_with('\'') => {
            (foreign_words::quotes(reading), Some(reading.start(0)))
        }
        LexError::UnterminatedString => {
            (mistake("parse::unclosed_text", "a text is not closed", "it begins here"), open_text(reading))
        }
        LexError::MalformedChar(_) => (foreign_words::quotes(reading), Some(reading.start(0))),
        LexError::MalformedEscapeSequence(sequence) => (
            mistake(
                "parse::escape",
                format!("`{sequence}` is not an escape"),
                "write `\\\\` for a backslash",
            )
            .help(
                "use one of `\\n \\t \\r \\\\ \\\" \\xHH \\uHHHH`, or backticks, where a backslash is itself",
            ),
            None,
        ),
        LexError::MalformedNumber(number) => {
            let what = if number.is_empty() { "this".into() } else { format!("`{number}`") };
            (mistake("parse::number", format!("{what} is not a number"), ""), None)
        }
        LexError::MalformedIdentifier(name) => {
            (mistake("parse::name", format!("`{name}` is not a name"), "use letters, digits and `_`"), None)
        }
        LexError::UnexpectedInput(symbol) if matches!(symbol.as_str(), ")" | "]" | "}") => {
            match unclosed(reading) {
                Some((error, at)) => (error, Some(at)),
                None => (
                    mistake("parse::expression", format!("something is missing before `{symbol}`"), "here"),
                    None,
                ),
            }
        }
        LexError::UnexpectedInput(symbol) if matches!(symbol.as_str(), ";" | "," | ":" | "=>") => {
            (mistake("parse::expression", format!("something is missing before `{symbol}`"), "here"), None)
        }
        LexError::UnexpectedInput(symbol) if symbol == ">" && reading.word(-1) == "<" => {
            (foreign_words::symbol("<>"), Some(reading.start(-1)))
        }
        LexError::UnexpectedInput(symbol) if symbol == "/" && matches!(reading.word(-1), "=" | "(" | ",") => {
            (mistake("parse::symbol", "a pattern is a text", "write `regex_match(text, \"pattern\")`"), None)
        }
        LexError::UnexpectedInput(symbol) if foreign_words::known_symbol(symbol).is_some() => {
            (foreign_words::symbol(symbol), None)
        }
        LexError::UnexpectedInput(symbol) if lexer::KEYWORDS.contains(&symbol.as_str()) => {
            let message = format!("`{symbol}` is no value");
            (mistake("parse::expression", message, "a value belongs here"), None)
        }
        LexError::UnexpectedInput(symbol) if symbol.starts_with(char::is_alphabetic) => {
            (mistake("parse::name", "a name has letters from a to z, digits and `_`", "no others"), None)
        }
        LexError::UnexpectedInput(symbol) => {
            (mistake("parse::symbol", format!("`{}` does not belong here", plain(symbol)), ""), None)
        }
        LexError::ImproperSymbol(symbol, _) => (foreign_words::symbol(symbol), None),
        LexError::StringTooLong(most) => {
            (mistake("parse::too_deep", format!("the text is longer than {most} characters"), ""), None)
        }
        other => (mistake("parse::error", plain(&other.to_string()), ""), None),
    }
}

/// Where the text begins that never ends.
fn open_text(reading: &Reading) -> Option<usize> {
    reading.tokens.iter().find(|token| token.shape == Shape::OpenText).map(|token| token.start)
}

/// The bracket without its other end, where there is one.
fn unclosed(reading: &Reading) -> Option<Found> {
    let Unclosed { open, end } = lexer::unclosed(reading.text)?;
    Some(match open {
        Some(open) => {
            let bracket = open.text(reading.text);
            let message = format!("the bracket `{bracket}` is not closed");
            (mistake("parse::unclosed", message, "it opens here"), open.start)
        }
        None => {
            let bracket = reading.text.get(end.clone()).unwrap_or("");
            (
                mistake(
                    "parse::unopened",
                    format!("`{bracket}` closes nothing"),
                    "remove it, or open it before",
                ),
                end.start,
            )
        }
    })
}

/// The engine misses a token.
fn missing(token: &str, purpose: &str, reading: &Reading, offset: usize) -> Found {
    let before = reading.end_before();
    match token {
        ";" => {
            let ends = reading.token(0).is_none_or(|token| lexer::closes(token, reading.text));
            if ends && let Some(found) = unclosed(reading) {
                return found;
            }
            let place = if reading.new_line() { "put `;` at the end of this line" } else { "put `;` here" };
            (mistake("parse::semicolon", "a statement ends with `;`", place), before)
        }
        "," | ")" | "]" | "}" => {
            let stops = matches!(
                reading.word(0),
                "" | ";" | ")" | "]" | "}" | "{" | "let" | "const" | "fn" | "return"
            );
            if let Some(found) = unclosed(reading).filter(|_| stops || token != ",") {
                return found;
            }
            let what = if purpose.contains("argument") {
                "arguments"
            } else if purpose.contains("parameter") {
                "parameters"
            } else {
                "items"
            };
            if token == "," {
                return (
                    mistake("parse::comma", format!("{what} have `,` between them"), "put `,` here"),
                    before,
                );
            }
            (mistake("parse::symbol", format!("`{token}` is missing"), "before this"), offset)
        }
        "{" => (
            mistake("parse::block", "a block stands in braces", "write `{` here, and `}` at its end"),
            before,
        ),
        "catch" => (
            mistake("parse::try", "`try` has no `catch`", "write `catch (e) { … }` behind it").help(
                "do what must happen in any case in `catch` before `throw e`, and after the `try` block",
            ),
            before,
        ),
        "while" => (
            mistake("parse::symbol", "`do { … }` is followed by `while` or `until`", "write it here"),
            offset,
        ),
        "(" => {
            (mistake("parse::symbol", "a call has its arguments in parentheses", "write `(` here"), offset)
        }
        "in" | "=" | ":" | "=>" => {
            (mistake("parse::symbol", format!("`{token}` is missing"), "before this"), offset)
        }
        _ => (
            mistake("parse::symbol", format!("`{token}` is missing {}", plain(purpose)), "before this"),
            offset,
        ),
    }
}

/// A variable that is not declared, or not seen from inside a function.
fn variable(name: &str, reading: &Reading, known: &dyn Known) -> Error {
    let names = reading.names();
    if let Some(body) = reading.function()
        && let Some((_, declared)) =
            names.iter().find(|(declared, at)| declared == name && !body.contains(at))
    {
        let constant = declared.checked_sub(1).is_some_and(|at| reading.tokens[at].is(reading.text, "const"));
        let error =
            mistake("language::function_scope", format!("a function does not see the script's `{name}`"), "");
        return if constant {
            error.at(Place::Verb, format!("write `global::{name}`"))
        } else {
            error.help(format!(
                "give the function a parameter, or declare it as `const {} = …;` and write `global::{}`",
                name.to_uppercase(),
                name.to_uppercase()
            ))
        };
    }
    // Not kept by the engine, yet nobody means a variable by it.
    if name == "new" {
        return foreign_words::reserved(name, reading);
    }
    let declared = names.iter().any(|(declared, _)| declared == name);
    if declared && reading.word(1) != "=" {
        return mistake(
            "language::unknown_variable",
            format!("there is no variable `{name}` yet, or no more"),
            "it is declared further down, or in another block",
        );
    }
    let scope: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
    if reading.begins_statement() && reading.word(1) == "=" {
        let error = mistake(
            "parse::let",
            format!("there is no variable `{name}`"),
            format!("write `let {name} = …` to declare it"),
        );
        return match did_you_mean(name, &scope) {
            Some(label) => error.at(Place::Verb, label),
            None => error,
        };
    }
    unknown_variable(name, &scope, known)
}

/// A name is wanted, and something else stands there.
fn name_expected(reading: &Reading, offset: usize) -> Found {
    let word = reading.word(0);
    let error = if word == "$" {
        foreign_words::symbol(word)
    } else if lexer::KEYWORDS.contains(&word) {
        mistake("parse::reserved", format!("`{word}` is a word of the language"), "choose another name")
    } else if word.starts_with(|c: char| c.is_ascii_digit()) {
        mistake("parse::name", "a name begins with a letter", "this is a number")
    } else {
        mistake("parse::name", "a name is missing", "here")
    };
    (error, offset)
}
