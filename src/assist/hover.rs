//! What the word at a place is, told at length.

use super::boundary;
use super::environment::{Environment, Function};
use super::members;
use super::place::{Bracket, Place};
use super::reader::{Reader, functions, word as word_of};
use super::wanted::{NETWORK, in_networks, keys_of, options_of};
use crate::infer::Type;
use crate::manual;
use crate::syntax::lexer::{Shape, tokens};
use crate::syntax::parse;
use crate::verbs::language::builtins::built_in;
use crate::verbs::verb;
use std::ops::Range;

/// What a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The word's bytes.
    pub span: Range<usize>,
    /// What it is, as Markdown.
    pub markdown: String,
}

/// What the word at a byte is: a verb, a function, an option, a field, a variable, a module.
pub fn hover(text: &str, at: usize, environment: &dyn Environment) -> Option<Hover> {
    let at = boundary(text, at);
    let tokens = tokens(text);
    let on = |open: bool| {
        tokens.iter().position(|token| {
            token.shape == Shape::Word && token.start <= at && (at < token.end || (open && at == token.end))
        })
    };
    let token = on(false).or_else(|| on(true)).and_then(|nth| tokens.get(nth))?;
    let place = Place::find(text, token.end);
    let word = token.text(text);
    let tree = parse(text);
    let reader = Reader::new(&tree, environment);
    let called = place.next_is("(");
    let said = if place.next_is("::") {
        module(&reader, environment, word)
    } else if place.back_is(0, "::") {
        let text = reader.module_text(place.back_text(1));
        text.and_then(|text| function(word, functions(&parse(&text), false)))
    } else if place.back_is(0, ".") || place.back_is(0, "?.") {
        let of = reader.receiver(token.start);
        if called { call(word, environment) } else { of.and_then(|of| field(&of, word)) }
    } else if place.next_is(":") && place.frames.last().is_some_and(|frame| frame.bracket == Bracket::Map) {
        option(&place, &reader, word)
    } else if called {
        let own = function(word, reader.functions());
        own.or_else(|| function(word, environment.functions())).or_else(|| call(word, environment))
    } else {
        variable(&reader, environment, word, token.start)
    }?;
    Some(Hover { span: token.span(), markdown: said })
}

fn code(text: &str) -> String {
    format!("```rhai\n{text}\n```")
}

/// A verb's page; of a function of the language, its form.
fn call(name: &str, environment: &dyn Environment) -> Option<String> {
    if verb(name).is_some() || built_in(name).is_some() {
        return manual::page(name, &environment.providers())
            .map(|page| format!("```text\n{}\n```", page.trim_end()));
    }
    None
}

fn function(name: &str, functions: Vec<Function>) -> Option<String> {
    let function = functions.into_iter().find(|function| function.name == name)?;
    let form = code(&format!("fn {}({})", function.name, function.params.join(", ")));
    let comment = function.comment.trim();
    Some(if comment.is_empty() { form } else { format!("{form}\n\n{comment}") })
}

fn field(of: &Type, name: &str) -> Option<String> {
    let (_, what) = members::fields(of).into_iter().find(|(known, _)| known == name)?;
    let holder = match of {
        Type::Map(_) => return (!what.is_empty()).then(|| format!("`{name}`: {what}")),
        other => other.word(),
    };
    let kind = match word_of(of.field(name).as_ref()) {
        "" => String::new(),
        word => format!(", {word}"),
    };
    Some(format!("`.{name}` of {holder}{kind}\n\n{what}"))
}

fn option(place: &Place<'_>, reader: &Reader<'_>, name: &str) -> Option<String> {
    let nth = place.frames.len().checked_sub(1)?;
    if let Some((verb, _)) = options_of(place, reader, nth) {
        let key = match verb.name {
            "boot_all" => crate::verbs::server::boot::SPEC.iter().find(|key| key.name == name).copied(),
            _ => keys_of(verb).into_iter().find(|key| key.name == name),
        }?;
        return Some(format!("`{name}`, an option of `{}`\n\n{}", verb.name, key.summary));
    }
    let (_, what) = NETWORK.iter().find(|(key, _)| *key == name && in_networks(place, nth))?;
    Some(format!("`{name}`, of a network\n\n{what}"))
}

fn variable(reader: &Reader<'_>, environment: &dyn Environment, name: &str, at: usize) -> Option<String> {
    let declared = reader.scopes().declaration_at(at).and_then(|nth| reader.scopes().declarations.get(nth));
    let known = match declared {
        Some(declared) if declared.by == crate::syntax::scope::Declares::Import => {
            return module(reader, environment, name);
        }
        Some(declared) => reader.declared_at(declared.name.span.start),
        None => Some(environment.variable(name)?),
    };
    Some(match word_of(known.as_ref()) {
        "" => format!("`{name}`"),
        word => format!("`{name}`: {word}"),
    })
}

/// What a module gives.
fn module(reader: &Reader<'_>, _environment: &dyn Environment, name: &str) -> Option<String> {
    let text = reader.module_text(name)?;
    let list = functions(&parse(&text), false).into_iter().map(|function| {
        let said =
            function.comment.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("").to_string();
        let dash = if said.is_empty() { "" } else { ": " };
        format!("- `{}({})`{dash}{said}", function.name, function.params.join(", "))
    });
    Some(format!("module `{name}`\n\n{}", list.collect::<Vec<_>>().join("\n")))
}
