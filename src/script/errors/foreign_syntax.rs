//! The idioms of other languages: shapes of several tokens that a newcomer writes, such as `[x for x in items]`,
//! `let { a } = map`, `(a) => …`, `import os` or `resource "server" "web" { … }`, and what is written here instead.
//!
//! Single words and symbols are [`super::foreign_words`]'s. Each idiom is recognised around the place where the engine stopped.

use super::foreign_names;
use super::runtime::Known;
use super::syntax::{Found, mistake};
use super::tokens::Reading;
use crate::syntax::lexer::{self, Shape};
use rhai::{LexError, ParseErrorType as P};

/// An idiom at the place, and where to point it out.
pub(in crate::script) fn found(error: &P, reading: &Reading, known: &dyn Known) -> Option<Found> {
    map_without_sign(error, reading)
        .or_else(|| keyword_argument(reading, known))
        .or_else(|| import(reading))
        .or_else(|| export(reading))
        .or_else(|| declaration(error, reading))
        .or_else(|| closure(error, reading))
        .or_else(|| in_brackets(error, reading))
        .or_else(|| behind(error, reading))
        .or_else(|| dollar(reading))
        .or_else(|| object(error, reading, known))
        .or_else(|| statement(error, reading, known))
        .or_else(|| long_text(error, reading))
}

fn is_word(reading: &Reading, by: isize) -> bool {
    reading.token(by).is_some_and(|token| token.shape == Shape::Word)
}

fn is_undefined(error: &P) -> bool {
    matches!(error, P::VariableUndefined(_))
}

/// `{ a: 1 }`, `{ "a": 1 }`, `{ a = 1 }`, `{ a => 1 }` where a value stands, and `array("a" => 1)`.
fn map_without_sign(error: &P, reading: &Reading) -> Option<Found> {
    let map =
        |by| Some((mistake("parse::map", "a map is written `#{ … }`", "put `#` here"), reading.start(by)));
    let is_value = |by| matches!(reading.word(by), "=" | "(" | "," | "[" | ":" | "return");
    if reading.word(0) == ":"
        && reading.word(-2) == "{"
        && reading.token(-1).is_some_and(|token| matches!(token.shape, Shape::Word | Shape::Text))
    {
        return map(-2);
    }
    if is_undefined(error)
        && reading.word(-1) == "{"
        && is_value(-2)
        && matches!(reading.word(1), "=" | "=>" | "," | ":")
    {
        return map(-1);
    }
    if reading.word(0) == "=>" && reading.in_call() && !is_word(reading, -1) {
        let error = mistake("parse::map", "a map is written `#{ … }`", "write `#{ key: value }`");
        return Some((error, reading.start(-1)));
    }
    if reading.begins_statement() || (reading.word(-1) == "-" && reading.begins_statement_at(-1)) {
        let yaml = is_undefined(error) && reading.word(1) == ":";
        if yaml {
            let label = format!("write `#{{ {}: … }}`", reading.word(0));
            let error = mistake("parse::map", "keys and their values stand in a map", label);
            return Some((error, reading.start(0)));
        }
    }
    None
}

/// `name = value` and `name: value` between the parentheses of a call.
fn keyword_argument(reading: &Reading, known: &dyn Known) -> Option<Found> {
    let by = match (reading.word(0), reading.word(1)) {
        (_, "=" | ":") if is_word(reading, 0) && matches!(reading.word(-1), "(" | ",") => 0,
        ("=" | ":", _) if is_word(reading, -1) && matches!(reading.word(-2), "(" | ",") => -1,
        _ => return None,
    };
    let called = reading.called()?;
    let name = reading.word(by);
    let parameter = known.verbs().iter().any(|verb| {
        verb.name == called && verb.forms.iter().flatten().any(|(parameter, _)| parameter == name)
    });
    let error = if parameter {
        mistake("parse::keyword_argument", "an argument is given without its name", "write its value alone")
    } else {
        mistake(
            "parse::keyword_argument",
            "options are given in a map",
            format!("write `#{{ {name}: … }}` in last place"),
        )
    };
    Some((error, reading.start(by)))
}

/// `import os`, `import { boot } from "x"`, `import * as x from "x"`, `source ./lib.sh`.
fn import(reading: &Reading) -> Option<Found> {
    let imported = reading.word(-1) == "import"
        || (reading.word(-2) == "import" && matches!(reading.word(-1), "{" | "*"));
    if !imported || reading.token(0).is_some_and(|token| token.shape == Shape::Text) {
        return None;
    }
    let error = mistake(
        "parse::import",
        "a module is imported as `import \"path\" as name`",
        "write the path of a file in double quotes",
    );
    Some((error.help("leave the line out for verbs and helpers: they need no import"), reading.start(0)))
}

/// `export NAME=value` of a shell, `export function` and `export default` of JavaScript.
fn export(reading: &Reading) -> Option<Found> {
    if reading.word(-2) == "export" {
        if reading.word(0) == "=" {
            let label = format!("write `let {} = …`", reading.word(-1));
            let error = mistake("parse::let", "a variable is declared with `let`", label);
            let help = "set what rhain itself reads, such as `OS_CLOUD`, in the shell that runs it";
            return Some((error.help(help), reading.start(-2)));
        }
        if matches!(reading.word(-1), "default" | "function" | "class" | "async") {
            return Some((public(), reading.start(-2)));
        }
    }
    (reading.word(-1) == "export" && matches!(reading.word(0), "fn" | "default" | "function" | "class"))
        .then(|| (public(), reading.start(-1)))
}

fn public() -> crate::cloud::Error {
    mistake("parse::export", "every function of a file is public", "take `export` away")
        .help("write `private fn` for one that is not")
}

/// `let { a } = …`, `let x: number`, `let mut x`, `x := 5`, `int x = 5`.
fn declaration(error: &P, reading: &Reading) -> Option<Found> {
    let declares = |by| matches!(reading.word(by), "let" | "const");
    if declares(-1) && matches!(reading.word(0), "{" | "[" | "(" | "#{") {
        let error = mistake("parse::let", "`let` declares one variable", "take the values one by one");
        return Some((
            error.help("write `let a = map.a;`, or `let a = array[0];`, for each"),
            reading.start(0),
        ));
    }
    if reading.word(0) == ":" && declares(-2) {
        return Some((
            mistake("parse::let", "a variable has no type", "take the type away"),
            reading.start(0),
        ));
    }
    if reading.word(-1) == "mut" && declares(-2) {
        let error = mistake("parse::let", "every variable of `let` can be changed", "take `mut` away");
        return Some((error, reading.start(-1)));
    }
    if is_undefined(error) && reading.begins_statement() {
        let name = reading.word(0);
        if reading.word(1) == ":=" || (reading.word(1) == ":" && reading.word(2) == "=") {
            let label = format!("write `let {name} = …`");
            return Some((
                mistake("parse::let", "a variable is declared with `let`", label),
                reading.start(0),
            ));
        }
        if is_word(reading, 1)
            && reading.word(2) == "="
            && !matches!(name, "alias" | "set")
            && !lexer::KEYWORDS.contains(&reading.word(1))
        {
            let label = format!("write `let` instead of `{name}`");
            return Some((
                mistake("parse::let", "a variable is declared with `let`", label),
                reading.start(0),
            ));
        }
    }
    None
}

/// `lambda x: …`, `function(a) { … }`, `(a, b) => …`, `{ |x| … }` and `do |x| … end` behind a call.
fn closure(error: &P, reading: &Reading) -> Option<Found> {
    let written =
        |label: String, at| Some((mistake("parse::closure", "a closure is written `|x| …`", label), at));
    if is_undefined(error) && reading.word(0) == "lambda" {
        let name = if is_word(reading, 1) { reading.word(1) } else { "" };
        return written(format!("write `|{name}| …`"), reading.start(0));
    }
    let behind = matches!(reading.word(0), "{" | "do") && matches!(reading.word(1), "|" | "||");
    if behind && (matches!(reading.word(-1), ")" | "]") || is_word(reading, -1)) {
        let error = mistake("parse::closure", "a closure is an argument of the call", "write `(|x| …)`");
        return Some((error, reading.start(0)));
    }
    let parameters = |open: usize, close: usize| {
        let inside = &reading.text[reading.tokens[open].end..reading.tokens[close].start];
        let inside = if inside.len() > 24 || inside.contains('\n') { "a, b" } else { inside.trim() };
        format!("write `|{inside}| …`")
    };
    if reading.word(0) == "=>"
        && reading.word(-1) == ")"
        && let Some(close) = reading.at.checked_sub(1)
        && let Some(open) = lexer::opening(&reading.tokens, reading.text, close)
        && !reading.in_switch(open)
    {
        return written(parameters(open, close), reading.tokens[open].start);
    }
    let open = reading.bracket().filter(|open| reading.tokens[*open].is(reading.text, "("))?;
    let close = lexer::matching(&reading.tokens, reading.text, open)?;
    let next = reading.tokens.get(close + 1);
    if is_undefined(error) && next.is_some_and(|next| next.is(reading.text, "=>")) && !reading.in_switch(open)
    {
        return written(parameters(open, close), reading.tokens[open].start);
    }
    let before = open.checked_sub(1).map(|at| &reading.tokens[at])?;
    let unnamed = ["function", "func", "lambda", "fn"].iter().any(|word| before.is(reading.text, word));
    (is_undefined(error) && unnamed && next.is_some_and(|next| next.is(reading.text, "{")))
        .then(|| written(parameters(open, close), before.start))
        .flatten()
}

/// `[x for x in items]`, `[...a, b]`, `#{...a}`, `items[1:2]`, `(1, 2)`, `#{ a => 1 }`, `#{ a: 1; b: 2 }`.
fn in_brackets(error: &P, reading: &Reading) -> Option<Found> {
    let open = reading.bracket()?;
    let bracket = reading.tokens[open].text(reading.text);
    let behind = open.checked_sub(1).map(|at| &reading.tokens[at]);
    let indexes = behind.is_some_and(|token| {
        lexer::closes(token, reading.text)
            || token.shape == Shape::Word && !lexer::KEYWORDS.contains(&token.text(reading.text))
    });
    match (bracket, reading.word(0)) {
        ("[", "...") => {
            let error = mistake("parse::symbol", "arrays are joined with `+`", "write `array + [item]`");
            Some((error, reading.start(0)))
        }
        ("#{" | "{", "...") => {
            let error = mistake("parse::symbol", "maps are joined with `+`", "write `map + #{ key: value }`");
            Some((error, reading.start(0)))
        }
        ("[", ":") if indexes => {
            let error = mistake(
                "parse::index",
                "a part is taken by a range",
                "write `.extract(1..2)` behind the array",
            );
            Some((error.help("write `.sub_string(1..2)` for a part of a text"), reading.tokens[open].start))
        }
        ("[", word) if !indexes => {
            let close = lexer::matching(&reading.tokens, reading.text, open).unwrap_or(reading.tokens.len());
            let loops = reading.tokens[open + 1..close].iter().any(|token| token.is(reading.text, "for"));
            let condition = behind.is_some_and(|token| {
                ["if", "while", "elif", "until"].iter().any(|word| token.is(reading.text, word))
            });
            if loops && (is_undefined(error) || matches!(word, "for" | ":")) {
                let error = mistake(
                    "parse::comprehension",
                    "an array is made of another with `map`",
                    "write `items.map(|x| …)`",
                );
                return Some((
                    error.help("keep some of them with `filter`: `items.filter(|x| …)`"),
                    reading.tokens[open].start,
                ));
            }
            condition.then(|| {
                let error =
                    mistake("parse::condition", "a condition stands without brackets", "write `a == b`");
                (error, reading.tokens[open].start)
            })
        }
        ("(", ",") if matches!(error, P::MissingToken(token, _) if token == ")") && !reading.in_call() => {
            let error = mistake("parse::symbol", "several values stand in an array", "write `[a, b]`");
            Some((error, reading.tokens[open].start))
        }
        ("#{", "=>") => Some((
            mistake("parse::colon", "a key of a map is followed by `:`", "write `:`"),
            reading.start(0),
        )),
        ("#{", ";") => Some((
            mistake("parse::symbol", "entries of a map have `,` between them", "write `,`"),
            reading.start(0),
        )),
        _ => None,
    }
}

/// What stands behind an expression in another language: `a if b else c`, `x is 1`, `x not in xs`, `except`, `vec![1]`.
fn behind(error: &P, reading: &Reading) -> Option<Found> {
    // A condition of the wrong type stops the engine before it reads on.
    if let P::MismatchedType(wanted, _) = error
        && let Some(reading) = reading.next()
    {
        if wanted.contains("iterable") && reading.token(0).is_some_and(|token| token.shape == Shape::Number) {
            let error = mistake("parse::for", "`for` goes through one thing", "write the items in an array");
            return Some((error.help("write `for x in [1, 2, 3] { … }`"), reading.start(-1)));
        }
        if matches!(reading.word(0), "not" | "is" | "and" | "or") {
            return behind(&P::UnexpectedEOF, &reading);
        }
    }
    let missing = matches!(error, P::MissingToken(..) | P::UnexpectedEOF);
    let found = |code, message, label: &str| Some((mistake(code, message, label), reading.start(0)));
    match (reading.word(0), reading.word(1)) {
        ("if", _) if missing && !reading.new_line() && reading.token(-1).is_some() => {
            found("parse::ternary", "a choice is an `if` with a value", "write `if a { b } else { c }`")
        }
        ("is", "not") if missing => {
            found("parse::equals", "values are compared with `==` and `!=`", "write `!=`")
        }
        ("is", _) if missing => {
            found("parse::equals", "values are compared with `==` and `!=`", "write `==`")
        }
        ("not", "in") if missing => found("parse::logic", "`not in` is written `!in`", "write `!in`"),
        ("and", _) if missing => found("parse::logic", "`and` is written `&&`", "write `&&`"),
        ("or", _) if missing => found("parse::logic", "`or` is written `||`", "write `||`"),
        ("except" | "rescue", _) if missing => {
            found("parse::try", "an error is caught with `catch`", "write `catch (e)`")
        }
        ("[", _) if reading.word(-1) == "!" && is_word(reading, -2) => {
            let error = mistake("parse::symbol", "an array is written `[ … ]`", "take this away");
            Some((error, reading.start(-2)))
        }
        _ => None,
    }
}

/// `$(…)` and `$1` of a shell.
fn dollar(reading: &Reading) -> Option<Found> {
    let at = reading.start(0);
    let rest = reading.text.get(at..)?.strip_prefix('$')?;
    let error = match rest.chars().next()? {
        '(' => mistake(
            "parse::symbol",
            "another program is run by `exec`",
            "write `exec(\"program\", [\"argument\"])`",
        )
        .help("take what it printed from the result: `exec(…).stdout`"),
        '0'..='9' | '@' | '*' | '#' => {
            mistake("parse::symbol", "arguments of the command are parameters", "write `param(\"name\")`")
                .help("give them as `rhain run FILE --name value`")
        }
        _ => return None,
    };
    Some((error, at))
}

/// `console.log(…)`, `JSON.parse(…)`, `os.getenv(…)`.
fn object(error: &P, reading: &Reading, known: &dyn Known) -> Option<Found> {
    let object = reading.word(0);
    let stands = is_undefined(error) || matches!(error, P::Reserved(_));
    if !stands || !matches!(reading.word(1), "." | "::") || !is_word(reading, 2) {
        return None;
    }
    let label = foreign_names::member(object, reading.word(2), known)?;
    Some((mistake("parse::object", format!("there is no object `{object}`"), label), reading.start(0)))
}

/// What to write for a statement of another language.
const STATEMENTS: &[(&str, &str, &str)] = &[
    ("alias", "a shell's `alias` has no meaning here", "remove it"),
    ("begin", "a block stands in braces", "write `{ … }`"),
    ("class", "there are no classes", "write a map, and functions that take it"),
    ("data", "a runbook is written in calls", "write `find_image(…)`, or whatever is looked for"),
    ("del", "a key is taken out of a map by `remove`", "write `map.remove(\"key\")`"),
    ("enum", "there are no types to declare", "write a map or text"),
    ("global", "a function does not see the script's variables", "write `const NAME`, and `global::NAME`"),
    ("interface", "there are no types to declare", "remove it"),
    ("locals", "a variable is declared with `let`", "write `let name = …;` for each"),
    ("module", "a module is imported as `import \"path\" as name`", "write `import`"),
    ("nonlocal", "a closure sees the variables around it", "remove it"),
    ("output", "a runbook is written in calls", "write `print(…)`"),
    ("pass", "an empty block does nothing by itself", "remove it"),
    ("provider", "the cloud is chosen when the runbook is run", "remove it"),
    ("resource", "a runbook is written in calls", "write `boot(name, #{ … })`"),
    ("source", "a module is imported as `import \"path\" as name`", "write `import`"),
    ("struct", "there are no types to declare", "write a map"),
    ("type", "there are no types to declare", "remove it"),
    ("unset", "a variable ends with its block", "remove it"),
    ("using", "nothing is opened or closed", "remove it"),
    ("variable", "a value from outside is a parameter", "write `param(\"name\")`"),
    ("with", "nothing is opened or closed", "remove it"),
];

/// A word that begins a statement of another language, or the name of a program as in a shell.
fn statement(error: &P, reading: &Reading, known: &dyn Known) -> Option<Found> {
    let word = reading.word(0);
    if !is_undefined(error) || !reading.begins_statement() || !is_word(reading, 0) {
        return None;
    }
    let next = reading.token(1);
    let at = reading.start(0);
    let same_line = next.is_some_and(|next| !reading.text[at..next.start].contains('\n'));
    let apart = next.is_some_and(|next| next.start > at + word.len());
    let continues = next.is_some_and(|next| {
        matches!(next.shape, Shape::Word | Shape::Text | Shape::OpenText | Shape::Number)
            || ["{", ".", "-", "--", "/", ";", "<<", "$"].iter().any(|text| next.text(reading.text) == *text)
    });
    if matches!(word, "public" | "pub" | "static" | "void")
        && next.is_some_and(|next| next.shape == Shape::Word)
    {
        let error = mistake("parse::function", "a function is written `fn name(x) { … }`", "write `fn`");
        return Some((error, at));
    }
    if word == "set" && matches!(reading.word(1), "-" | "--") {
        let error = mistake("parse::foreign", "every error that is not caught ends the run", "remove it");
        return Some((error, at));
    }
    let alone = matches!(word, "pass" | "begin");
    if (alone || same_line && apart && continues)
        && let Some((_, message, label)) = STATEMENTS.iter().find(|(other, ..)| *other == word)
    {
        return Some((mistake("parse::foreign", *message, *label), at));
    }
    // `openstack server list`: a name, and words behind it as a shell takes them.
    let dashes = matches!(reading.word(1), "-" | "--") && is_word(reading, 2);
    let words = is_word(reading, 1)
        && !lexer::KEYWORDS.contains(&reading.word(1))
        && (is_word(reading, 2)
            || matches!(reading.word(2), "-" | "--" | "" | "/")
            || reading.token(2).is_some_and(|next| reading.text[at..next.start].contains('\n')));
    let taken =
        super::foreign_words::begins_elsewhere(word) || known.verbs().iter().any(|verb| verb.name == word);
    if same_line && !taken && (words || dashes) {
        let known = matches!(word, "openstack" | "nova" | "aws" | "cinder" | "glance" | "cmk");
        let error =
            mistake("parse::foreign", format!("`{word}` begins no statement"), "calls have parentheses");
        let help = if known {
            "run `rhain doc` to see every verb".to_owned()
        } else {
            format!("run another program by `exec(\"{word}\", [\"argument\"])`")
        };
        return Some((error.help(help), at));
    }
    None
}

/// `"""` around a text of several lines.
fn long_text(error: &P, reading: &Reading) -> Option<Found> {
    if !matches!(error, P::BadInput(LexError::UnterminatedString)) {
        return None;
    }
    let at = reading.text.find("\"\"\"")?;
    let token =
        reading.tokens.iter().find(|token| token.start == at && token.text(reading.text) == "\"\"")?;
    let error = mistake("parse::unclosed_text", "a text of several lines needs backticks", "write `` ` ``");
    Some((error, token.start))
}
