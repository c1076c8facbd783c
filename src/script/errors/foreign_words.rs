//! The habits of other languages: what a person who knows Python, Bash, Go or JavaScript writes first, and what it is
//! called here. Each is recognised by a few tokens around the place where the engine stopped.

use super::runtime::Known;
use super::syntax::{Found, mistake};
use super::tokens::Reading;
use crate::cloud::error::Error;
use crate::syntax::lexer::{self, Shape};
use rhai::ParseErrorType as P;

/// A habit at the place, and where to point it out.
pub(in crate::script) fn found(error: &P, reading: &Reading, known: &dyn Known) -> Option<Found> {
    let at = reading.start(0);
    let (before, word, next) = (reading.word(-1), reading.word(0), reading.word(1));
    let shape = reading.token(0).map(|token| token.shape);
    let undefined = matches!(error, P::VariableUndefined(_) | P::Reserved(_));
    if let Some(found) = loop_head(error, reading) {
        return Some(found);
    }
    if let Some(found) = other_word(error, reading, word, next, undefined) {
        return Some((found, at));
    }
    if let Some(found) = parameter(error, reading) {
        return Some((found, at));
    }
    // `elif (…) {` reads as a call, and the block behind it as a new statement.
    if word == "{"
        && before == ")"
        && let Some(open) =
            reading.at.checked_sub(1).and_then(|at| lexer::opening(&reading.tokens, reading.text, at))
        && let Some(name) = open.checked_sub(1).map(|at| &reading.tokens[at])
        && name.shape == Shape::Word
        && let Some(error) = statement_word(name.text(reading.text), "(")
    {
        return Some((error, name.start));
    }
    if undefined
        && shape == Some(Shape::Word)
        && let Some(argument) = reading.token(1)
        && matches!(argument.shape, Shape::Text | Shape::Word | Shape::Number)
        && !lexer::KEYWORDS.contains(&next)
        && !lexer::KEYWORDS.contains(&word)
        && !reading.text[at + word.len()..argument.start].contains('\n')
    {
        if argument.start == at + word.len() {
            let message = format!("`{word}` does not go in front of a text");
            let error = if word == "f" {
                interpolation()
            } else {
                mistake("parse::interpolation", message, "remove it")
            };
            return Some((error, at));
        }
        let called = matches!(
            word,
            "print" | "debug" | "echo" | "puts" | "println" | "call" | "eval" | "exit" | "typeof"
        ) || known.verbs().iter().any(|verb| verb.name == word);
        if called {
            let message = format!("`{word}` is a function and is called with parentheses");
            return Some((mistake("parse::call", message, format!("write `{}(…)`", here_name(word))), at));
        }
    }
    None
}

fn here_name(word: &str) -> &str {
    match word {
        "echo" | "puts" | "println" => "print",
        "typeof" => "type_of",
        word => word,
    }
}

fn interpolation() -> Error {
    mistake("parse::interpolation", "string interpolation needs backticks", "write `` `… ${x} …` `` instead")
}

/// A word of another language at the place.
fn other_word(error: &P, reading: &Reading, word: &str, next: &str, undefined: bool) -> Option<Error> {
    if undefined {
        match word {
            "None" | "null" | "nil" | "NULL" | "Null" | "undefined" | "none" | "void" => {
                return Some(mistake(
                    "parse::nothing",
                    format!("there is no `{word}`; the empty value is `()`"),
                    "write `()`",
                ));
            }
            "True" | "TRUE" => {
                return Some(mistake("parse::truth", "booleans are lowercase", "write `true`"));
            }
            "False" | "FALSE" => {
                return Some(mistake("parse::truth", "booleans are lowercase", "write `false`"));
            }
            "not" => return Some(mistake("parse::logic", "negation is written `!`", "write `!` in front")),
            "async" | "await" => {
                return Some(mistake(
                    "parse::await",
                    "every verb waits for its answer by itself",
                    format!("take `{word}` away"),
                ));
            }
            "new" if reading.token(1).is_some_and(|token| token.shape == Shape::Word) => {
                return Some(mistake("parse::new", "nothing is made with `new`", "take `new` away"));
            }
            "finally" => return Some(finally()),
            _ => {}
        }
        if next == "=>" && reading.word(-1) != "{" && reading.word(-1) != "," {
            return Some(mistake(
                "parse::closure",
                "a closure is written `|x| …`",
                format!("write `|{word}| …`"),
            ));
        }
    }
    let infix = undefined || matches!(error, P::MissingToken(..) | P::UnexpectedEOF | P::BadInput(_));
    match word {
        "and" if infix => Some(mistake("parse::logic", "`and` is written `&&`", "write `&&`")),
        "or" if infix => Some(mistake("parse::logic", "`or` is written `||`", "write `||`")),
        "then" if infix => {
            Some(mistake("parse::block", "a block stands in braces", "write `{` here, and `}` at its end"))
        }
        _ if undefined && reading.begins_statement() => statement_word(word, next),
        "finally" => Some(finally()),
        "=" if matches!(error, P::BadInput(_)) => {
            Some(mistake("parse::equals", "a condition compares with `==`", "write `==`"))
        }
        "=" if matches!(error, P::MissingToken(token, _) if token == ":") => {
            Some(mistake("parse::colon", "a key of a map is followed by `:`", "write `:`"))
        }
        "==" if matches!(reading.word(-2), "let" | "const") => {
            Some(mistake("parse::equals", "a variable is given its value with `=`", "write `=`"))
        }
        "," if matches!(reading.word(-2), "let" | "const") => {
            Some(mistake("parse::let", "`let` declares one variable", "write another `let` for the next one"))
        }
        ":" if matches!(error, P::MissingToken(token, _) if token == "{" || token == ";") => {
            Some(mistake("parse::block", "a block stands in braces", "write `{` here, and `}` at its end"))
        }
        _ => None,
    }
}

fn finally() -> Error {
    mistake("parse::try", "`try` has no `finally`", "write `catch (e) { … }`")
        .help("do what must happen in any case in `catch` before `throw e`, and after the `try` block")
}

/// The head of a loop as other languages write it: `for (i = 0; …)`, `for (x in y)`, `for x of y`, `foreach (x in y)`.
fn loop_head(error: &P, reading: &Reading) -> Option<Found> {
    let found = |by: isize| {
        let error = mistake(
            "parse::for",
            "a loop is written `for x in items { … }`",
            "other loop heads do not exist here",
        );
        Some((error.help("write `for i in 0..10 { … }` to count"), reading.start(by)))
    };
    if matches!(error, P::VariableUndefined(_)) && reading.word(-1) == "(" && reading.word(-2) == "foreach" {
        return found(-2);
    }
    if let Some(by) =
        [0, -1, -2].into_iter().find(|by| reading.word(*by) == "(" && reading.word(*by - 1) == "for")
    {
        return found(by);
    }
    (matches!(reading.word(0), "of" | "=") && reading.word(-2) == "for").then(|| found(0)).flatten()
}

/// A word that begins a statement in another language.
fn statement_word(word: &str, next: &str) -> Option<Error> {
    let (code, message, label) = match word {
        "elif" | "elsif" | "elseif" => {
            ("parse::elif", "another condition is written `else if`", "write `else if`")
        }
        "function" | "def" | "func" | "fun" | "sub" | "proc" if next != "=" && next != "." => {
            ("parse::function", "a function is written `fn name(x) { … }`", "write `fn`")
        }
        "match" | "case" | "select" if next != "=" && next != "." => {
            ("parse::switch", "a choice is written `switch x { 1 => …, _ => … }`", "write `switch`")
        }
        "foreach" => ("parse::for", "a loop is written `for x in items { … }`", "write `for`"),
        "unless" => ("parse::logic", "negation is written `!`", "write `if !(…)`"),
        "var" | "local" | "auto" | "my" | "set" if !matches!(next, "=" | "." | "(" | "-" | "--") => {
            ("parse::let", "a variable is declared with `let`", "write `let`")
        }
        "raise" => ("parse::throw", "an error is raised with `throw`", "write `throw`"),
        "from" if next != "=" && next != "." => {
            ("parse::import", "a module is imported as `import \"path\" as name`", "write `import`")
        }
        _ => return None,
    };
    Some(mistake(code, message, label))
}

/// Whether a word begins a statement that is known here by another word.
pub(in crate::script) fn begins_elsewhere(word: &str) -> bool {
    statement_word(word, "").is_some()
        || matches!(
            word,
            "print" | "debug" | "echo" | "puts" | "println" | "async" | "await" | "new" | "typeof"
        )
}

/// Defaults and types of parameters, which do not exist.
fn parameter(error: &P, reading: &Reading) -> Option<Error> {
    if matches!(error, P::FnMissingBody(_)) && matches!(reading.word(0), "->" | ":") {
        return Some(mistake("parse::function", "a function declares no type", "remove it up to `{`"));
    }
    let open = reading.bracket()?;
    let parameters = reading.tokens[open].is(reading.text, "(")
        && open.checked_sub(2).is_some_and(|at| reading.tokens[at].is(reading.text, "fn"));
    match reading.word(0) {
        "=" if parameters => {
            Some(mistake("parse::parameter", "a parameter has no default", "take the default away").help(
                "write a second function of the same name with fewer parameters, or take a map of options",
            ))
        }
        ":" if parameters => {
            Some(mistake("parse::parameter", "a parameter has no type", "take the type away"))
        }
        _ => None,
    }
}

/// Single quotes around more than a character.
pub(in crate::script) fn quotes(reading: &Reading) -> Error {
    let inside = reading.word(0).trim_matches('\'');
    let label = if inside.is_empty() || inside.contains(['"', '\\']) || inside.chars().count() > 24 {
        "use double quotes".to_owned()
    } else {
        format!("write `\"{inside}\"`")
    };
    mistake("parse::quote", "text stands in double quotes", label)
        .help("keep single quotes for one character, and backticks for text with `${values}`")
}

/// A symbol that the language does not have, or keeps for later.
pub(in crate::script) fn symbol(symbol: &str) -> Error {
    known_symbol(symbol)
        .unwrap_or_else(|| mistake("parse::symbol", format!("`{symbol}` has no meaning here"), ""))
}

/// A symbol that another language has.
pub(in crate::script) fn known_symbol(symbol: &str) -> Option<Error> {
    let (code, message, label) = match symbol {
        "=" => ("parse::equals", "a condition compares with `==`", "write `==`"),
        "++" => ("parse::increment", "counting up is written `+= 1`", "write `+= 1`"),
        "--" => ("parse::increment", "counting down is written `-= 1`", "write `-= 1`"),
        "?" => ("parse::ternary", "a choice is an `if` with a value", "write `if a { b } else { c }`"),
        "===" => ("parse::symbol", "`===` is written `==`", "write `==`"),
        "!==" => ("parse::symbol", "`!==` is written `!=`", "write `!=`"),
        "<>" => ("parse::symbol", "`<>` is written `!=`", "write `!=`"),
        ":=" => ("parse::let", "a variable is declared with `let`", "write `let name = …`"),
        "->" | "<-" => (
            "parse::symbol",
            "the arrow is not a symbol here",
            "write `=>` in a `switch`, `|x| …` for a closure",
        ),
        "#" | "#!" => ("parse::comment", "a comment begins with `//`", "write `//`"),
        "$" => ("parse::symbol", "a variable has no `$`", "take `$` away"),
        "..." => ("parse::symbol", "a range is written `..` or `..=`", "write `..`"),
        "|>" => ("parse::symbol", "calls are chained with `.`", "write `value.verb()`"),
        "“" | "”" | "„" | "«" | "»" | "‘" | "’" => {
            ("parse::quote", "text stands in straight double quotes", "write `\"`")
        }
        "；" => ("parse::symbol", "a statement ends with a plain `;`", "write `;`"),
        "，" | "、" => ("parse::symbol", "a comma is a plain `,`", "write `,`"),
        "：" => ("parse::symbol", "a colon is a plain `:`", "write `:`"),
        "（" | "）" => ("parse::symbol", "parentheses are plain `(` and `)`", "write them so"),
        "–" | "—" | "−" | "‐" => ("parse::symbol", "a minus is a plain `-`", "write `-`"),
        "×" => ("parse::symbol", "multiplying is written `*`", "write `*`"),
        "÷" => ("parse::symbol", "dividing is written `/`", "write `/`"),
        "≤" => ("parse::symbol", "`≤` is written `<=`", "write `<=`"),
        "≥" => ("parse::symbol", "`≥` is written `>=`", "write `>=`"),
        "≠" => ("parse::symbol", "`≠` is written `!=`", "write `!=`"),
        "…" => ("parse::symbol", "`…` stands for something that is left out", "write what belongs here"),
        "&" => ("parse::symbol", "a value is given as it is", "take `&` away"),
        "\\" => ("parse::symbol", "a statement goes on by itself on the next line", "take `\\` away"),
        "eval" => ("parse::reserved", "a text is not run as a script", "write the statements themselves"),
        "@" | "~" => ("parse::symbol", "this symbol has no meaning here", "remove it"),
        _ => return None,
    };
    Some(mistake(code, message, label))
}

/// A word that the language keeps for itself.
pub(in crate::script) fn reserved(word: &str, reading: &Reading) -> Error {
    if !word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return symbol(word);
    }
    match word {
        "null" | "nil" | "void" => {
            mistake("parse::nothing", format!("there is no `{word}`; the empty value is `()`"), "write `()`")
        }
        "new" if reading.token(1).is_some_and(|token| token.shape == Shape::Word) => {
            mistake("parse::new", "nothing is made with `new`", "take `new` away")
        }
        "goto" => mistake("parse::foreign", "there is no `goto`", "write a loop or a function"),
        "yield" => mistake("parse::foreign", "there are no generators", "return an array"),
        "var" | "static" => mistake("parse::let", "a variable is declared with `let`", "write `let`"),
        "match" | "case" => {
            mistake("parse::switch", "a choice is written `switch x { 1 => …, _ => … }`", "write `switch`")
        }
        "async" | "await" => mistake(
            "parse::await",
            "every verb waits for its answer by itself",
            format!("take `{word}` away"),
        ),
        "print" | "debug" | "call" | "eval" | "type_of" | "is_shared" | "is_def_var" | "is_def_fn"
        | "curry" | "Fn" => mistake(
            "parse::call",
            format!("`{word}` is a function and is called with parentheses"),
            format!("write `{word}(…)`"),
        ),
        _ if matches!(reading.word(-1), "." | "?.") => mistake(
            "parse::reserved",
            format!("`{word}` is a word that the language keeps"),
            format!("write `[\"{word}\"]` instead of `.{word}`"),
        ),
        _ => mistake(
            "parse::reserved",
            format!("`{word}` is a word that the language keeps"),
            "choose another name",
        ),
    }
}

/// A function without a name, or with one that is reserved; `rest` is the text from there.
pub(in crate::script) fn unnamed(rest: &str) -> Error {
    let rest = rest.trim_start();
    let word: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    match word.as_str() {
        "" => mistake("parse::name", "the function has no name", "write its name here"),
        word => mistake(
            "parse::reserved",
            format!("`{word}` is reserved and names no function"),
            "choose another name",
        ),
    }
}

/// The name of a field, or a map's key, is wanted, and something else stands there.
pub(in crate::script) fn field_expected(reading: &Reading) -> Error {
    let word = reading.word(0);
    if lexer::KEYWORDS.contains(&word) {
        return reserved(word, reading);
    }
    if reading.bracket().is_some_and(|open| reading.tokens[open].is(reading.text, "#{"))
        && reading.word(-1) != "."
    {
        return mistake(
            "parse::name",
            "a key of a map is a name, or text in double quotes",
            "this is neither",
        );
    }
    if reading.token(0).is_some_and(|token| token.shape == Shape::Text) {
        return mistake("parse::symbol", "text is joined with `+`", "a name of a field belongs here");
    }
    mistake("parse::name", "the name of a field is missing", "here")
}
