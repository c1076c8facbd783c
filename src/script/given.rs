//! What was given for a runbook's parameters, held against what they are declared to be.

use super::params::{Declared, option_name};
use super::value::display;
use crate::cloud::{Error, Kind, Span, Time, Value};
use crate::verbs::language::param_type::ParamType;
use crate::verbs::resolve::closest;
use std::collections::BTreeMap;

/// What was given for a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// One text, or the members of a list.
    pub value: GivenValue,
    /// Where it was found, such as `RHAIN_PARAM_SIZE`; `None` for the command line.
    pub from: Option<String>,
}

/// One text, or the members of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenValue {
    /// A text; for a list, its members with commas between them.
    Text(String),
    /// The members of a list.
    Items(Vec<String>),
}

impl Given {
    /// A text of the command line.
    pub fn text(text: impl Into<String>) -> Given {
        Given { value: GivenValue::Text(text.into()), from: None }
    }

    /// Its text, unless it is a list.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            GivenValue::Text(text) => Some(text),
            GivenValue::Items(_) => None,
        }
    }
}

/// Check what was given against what is declared: every mistake in one error.
/// `bare` are those that were given without a value, `everywhere` the program's own options.
pub fn check(
    declared: &[Declared],
    given: &BTreeMap<String, Given>,
    bare: &[String],
    everywhere: &[String],
) -> Result<(), Error> {
    let options: Vec<String> = declared.iter().map(|one| option_name(&one.name)).collect();
    let unknown = given.iter().filter(|(name, _)| !options.contains(name));
    let mut mistakes: Vec<Error> =
        unknown.map(|(name, given)| undeclared(name, given, &options, everywhere)).collect();
    for one in declared {
        let option = option_name(&one.name);
        match given.get(&option) {
            None if one.required => mistakes.push(missing(one)),
            None => {}
            Some(_) if one.ty != ParamType::Bool && bare.contains(&option) => {
                mistakes
                    .push(wrong(format!("`--{option}` needs a value")).help(format!("write {}", usage(one))));
            }
            Some(given) => mistakes.extend(fits(one, given).err()),
        }
    }
    all(mistakes)
}

/// Many mistakes as one error.
pub fn all(mistakes: Vec<Error>) -> Result<(), Error> {
    let mut mistakes = mistakes.into_iter();
    match mistakes.next() {
        None => Ok(()),
        Some(mut first) => {
            first.also = mistakes.collect();
            Err(first)
        }
    }
}

fn wrong(message: String) -> Error {
    Error::new(Kind::InvalidArgument, message).coded("param::value")
}

/// How a parameter is given: `--size INT`.
fn usage(one: &Declared) -> String {
    format!("--{} {}", option_name(&one.name), one.ty.word().to_uppercase())
}

fn undeclared(name: &str, given: &Given, options: &[String], everywhere: &[String]) -> Error {
    let from = given.from.as_ref().map(|from| format!(", which is in {from}")).unwrap_or_default();
    let mut error =
        Error::new(Kind::InvalidArgument, format!("this runbook has no parameter `--{name}`{from}"))
            .coded("param::unknown");
    // Deno's word for it.
    let name = if name == "allow-run" { "allow-exec" } else { name };
    let near = closest(name, options.iter().chain(everywhere).map(String::as_str));
    error.help = Some(match (near.first(), options.is_empty()) {
        (Some(near), _) => format!("use --{near}"),
        (None, true) => "give it none: it declares no parameters".to_string(),
        (None, false) => format!("use one of: --{}", options.join(", --")),
    });
    error
}

/// The error of a parameter that was not given.
pub fn missing(one: &Declared) -> Error {
    let give = match (one.secret, one.help.as_str()) {
        (true, _) => {
            let option = option_name(&one.name);
            format!("give --secret {option}=env:VARIABLE, {option}=file:PATH or {option}=exec:PROGRAM")
        }
        (false, "") => format!("give {}", usage(one)),
        (false, help) => format!("give {}: {help}", usage(one)),
    };
    Error::new(Kind::InvalidArgument, format!("the parameter `--{}` is missing", option_name(&one.name)))
        .coded("param::missing")
        .help(give)
}

/// Whether what was given is of the type, one of the choices and within the bounds.
///
/// # Errors
/// What is wrong with it; the text of a secret is not in it.
pub fn fits(one: &Declared, given: &Given) -> Result<(), Error> {
    let checked = parse(&one.name, one.ty, given).and_then(|value| {
        if let Some(text) = given.as_text()
            && !one.choices.is_empty()
            && !one.choices.iter().any(|choice| choice == text)
        {
            let option = option_name(&one.name);
            return Err(wrong(format!("`--{option}` cannot be `{text}`"))
                .help(format!("use one of: {}", one.choices.join(", "))));
        }
        bounds(&one.name, &value, &one.min, &one.max)
    });
    checked.map_err(|mut error| {
        if one.secret {
            error.message = format!("`--{}` has a value that does not fit", option_name(&one.name));
        }
        if let Some(from) = &given.from {
            error.message = format!("{}, from {from}", error.message);
        }
        error
    })
}

/// What was given as a value of the type; nouns and clouds stay text, to be looked up.
///
/// # Errors
/// Where it is no such value.
pub fn parse(name: &str, ty: ParamType, given: &Given) -> Result<Value, Error> {
    let text = match &given.value {
        GivenValue::Text(text) => text,
        GivenValue::Items(items) if ty == ParamType::List => {
            return Ok(Value::Array(items.iter().map(Value::text).collect()));
        }
        GivenValue::Items(_) => {
            return Err(wrong(format!("`--{}` is a list, and takes one {}", option_name(name), ty.word()))
                .help("give one value"));
        }
    };
    let no = |give: &str| {
        wrong(format!("`--{}` is `{text}`, which is not {give}", option_name(name)))
            .help(format!("give {give}"))
    };
    match ty {
        ParamType::Int => text.trim().parse().map(Value::Int).map_err(|_| no("a whole number")),
        ParamType::Float => {
            let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            number.map(Value::Float).ok_or_else(|| no("a number"))
        }
        ParamType::Bool => match text.trim() {
            "true" | "yes" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "0" => Ok(Value::Bool(false)),
            _ => Err(no("true or false")),
        },
        ParamType::List => Ok(Value::Array(
            text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty()).map(Value::text).collect(),
        )),
        ParamType::Duration => match text.trim().parse::<i64>() {
            Ok(seconds) if seconds >= 0 => Ok(Value::Span(Span::from_secs(seconds))),
            _ => Span::parse(text).map(Value::Span).ok_or_else(|| no("a duration such as 30s, 10m or 7d")),
        },
        ParamType::Time => {
            Time::parse(text).map(Value::Time).ok_or_else(|| no("a time such as 2026-11-21T09:00:00Z"))
        }
        _ => Ok(Value::text(text)),
    }
}

/// Whether a value is within its bounds: numbers, and durations by their seconds.
///
/// # Errors
/// Where it is not.
pub fn bounds(name: &str, value: &Value, min: &Option<Value>, max: &Option<Value>) -> Result<(), Error> {
    let number = |value: &Value| match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Span(span) => Some(span.nanos() as f64 / 1e9),
        Value::Text(text) => Span::parse(text).map(|span| span.nanos() as f64 / 1e9),
        _ => None,
    };
    let Some(given) = number(value) else { return Ok(()) };
    let no = |word: &str, bound: &Value| {
        wrong(format!("`--{}` is {}", option_name(name), display(value)))
            .help(format!("give {word} {}", display(bound)))
    };
    match (min, max) {
        (Some(min), _) if number(min).is_some_and(|min| given < min) => Err(no("at least", min)),
        (_, Some(max)) if number(max).is_some_and(|max| given > max) => Err(no("at most", max)),
        _ => Ok(()),
    }
}
