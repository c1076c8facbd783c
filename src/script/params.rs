//! A runbook's parameters: declared by `param(…)` at the top level, found without running anything, given as `--name value`.

use crate::cloud::{Error, Kind, Span, Time, Value};
use crate::verbs::resolve::closest;
use rhai::{AST, ASTNode, Dynamic, Expr, Stmt};
use std::collections::BTreeMap;

/// The types a parameter can have.
pub const TYPES: [&str; 16] = [
    "string",
    "int",
    "float",
    "bool",
    "list",
    "duration",
    "time",
    "cloud",
    "file",
    "server",
    "image",
    "flavor",
    "network",
    "volume",
    "keypair",
    "security_group",
];

/// What the command line gave, and whose parameters they are.
#[derive(Debug, Default)]
pub struct Params {
    script: Option<String>,
    given: BTreeMap<String, String>,
}

/// A declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Its type's word.
    pub ty: String,
    /// Its default, where it is a literal; `None` where it is required.
    pub default: Option<String>,
    /// What it is for.
    pub help: String,
    /// The values it may have.
    pub choices: Vec<String>,
    /// Whether it has to be given.
    pub required: bool,
}

impl Params {
    /// What was given to this script.
    pub fn new(script: Option<String>, given: BTreeMap<String, String>) -> Params {
        Params { script, given }
    }

    /// The main script's name.
    pub fn script(&self) -> Option<String> {
        self.script.clone()
    }

    /// The text given for a parameter: `batch_size` is `--batch-size`.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.given.get(&option_name(name)).map(String::as_str)
    }
}

/// The option that gives a parameter: `batch_size` is `batch-size`.
pub fn option_name(name: &str) -> String {
    name.replace('_', "-")
}

/// Every `param(…)` of a script, in order, without running it.
pub fn declared(ast: &AST) -> Vec<Declared> {
    let mut found: Vec<Declared> = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        let call = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, _))) => call,
            Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => call,
            _ => return true,
        };
        if call.name == "param"
            && let Some(one) = declaration(&call.args)
            && !found.iter().any(|other| other.name == one.name)
        {
            found.push(one);
        }
        true
    });
    found
}

fn declaration(args: &[Expr]) -> Option<Declared> {
    let literal = |index: usize| args.get(index).and_then(|arg| arg.get_literal_value(None));
    let name = literal(0)?.into_immutable_string().ok()?.to_string();
    let options = args
        .get(1)
        .and_then(|arg| arg.get_literal_value(None))
        .and_then(|value| value.try_cast::<rhai::Map>());
    let mut one = Declared {
        name,
        ty: "string".to_string(),
        default: None,
        help: String::new(),
        choices: Vec::new(),
        required: args.len() < 2,
    };
    match options {
        Some(map) => {
            let text = |key: &str| map.get(key).map(Dynamic::to_string);
            one.default = text("default");
            one.required = one.default.is_none();
            one.help = text("help").unwrap_or_default();
            one.ty = text("type").or_else(|| map.get("default").map(type_of)).unwrap_or(one.ty);
            if let Some(choices) = map.get("choices").and_then(|choices| choices.as_array_ref().ok()) {
                one.choices = choices.iter().map(Dynamic::to_string).collect();
            }
        }
        None if args.len() >= 2 => {
            one.default = Some(literal(1).map_or_else(|| "…".to_string(), |value| value.to_string()));
            one.ty = literal(1).as_ref().map_or(one.ty, type_of);
            one.help = literal(2).map(|help| help.to_string()).unwrap_or_default();
        }
        None => {}
    }
    Some(one)
}

/// The type that a default tells.
fn type_of(value: &Dynamic) -> String {
    let name = if value.is_bool() {
        "bool"
    } else if value.is_int() {
        "int"
    } else if value.is_float() {
        "float"
    } else if value.is_array() {
        "list"
    } else {
        "string"
    };
    name.to_string()
}

/// The type that a default value tells.
pub fn type_of_value(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Array(_) => "list",
        Value::Span(_) => "duration",
        Value::Time(_) => "time",
        _ => "string",
    }
}

/// Check what was given against what is declared: every mistake in one error.
/// `bare` are those that were given without a value, `everywhere` the program's own options.
pub fn check(
    declared: &[Declared],
    given: &BTreeMap<String, String>,
    bare: &[String],
    everywhere: &[String],
) -> Result<(), Error> {
    let options: Vec<String> = declared.iter().map(|one| option_name(&one.name)).collect();
    let mut mistakes: Vec<Error> = given
        .keys()
        .filter(|name| !options.contains(name))
        .map(|name| {
            let near = closest(name, options.iter().chain(everywhere).map(String::as_str));
            let mut error =
                Error::new(Kind::InvalidArgument, format!("this runbook has no parameter `--{name}`"))
                    .coded("param::unknown");
            error.help = Some(match (near.first(), options.is_empty()) {
                (Some(near), _) => format!("use --{near}"),
                (None, true) => "give it none: it declares no parameters".to_string(),
                (None, false) => format!("use one of: --{}", options.join(", --")),
            });
            error
        })
        .collect();
    for one in declared {
        match given.get(&option_name(&one.name)) {
            None if one.required => mistakes.push(
                Error::new(
                    Kind::InvalidArgument,
                    format!("the parameter `--{}` is missing", option_name(&one.name)),
                )
                .coded("param::missing")
                .help(match one.help.as_str() {
                    "" => format!("give --{} {}", option_name(&one.name), one.ty.to_uppercase()),
                    help => format!("give --{} {}: {help}", option_name(&one.name), one.ty.to_uppercase()),
                }),
            ),
            Some(_) if one.ty != "bool" && bare.contains(&option_name(&one.name)) => mistakes.push(
                Error::new(Kind::InvalidArgument, format!("`--{}` needs a value", option_name(&one.name)))
                    .coded("param::value")
                    .help(format!("write --{} {}", option_name(&one.name), one.ty.to_uppercase())),
            ),
            Some(text) => {
                if let Err(error) = parse(&one.name, &one.ty, text) {
                    mistakes.push(error);
                } else if !one.choices.is_empty() && !one.choices.contains(text) {
                    mistakes.push(
                        Error::new(
                            Kind::InvalidArgument,
                            format!("`--{}` cannot be `{text}`", option_name(&one.name)),
                        )
                        .coded("param::value")
                        .help(format!("use one of: {}", one.choices.join(", "))),
                    );
                }
            }
            None => {}
        }
    }
    let mut mistakes = mistakes.into_iter();
    match mistakes.next() {
        None => Ok(()),
        Some(mut first) => {
            first.also = mistakes.collect();
            Err(first)
        }
    }
}

/// The text of the command line as a value of the type; nouns and clouds stay text, to be looked up.
pub fn parse(name: &str, ty: &str, text: &str) -> Result<Value, Error> {
    let wrong = |give: &str| {
        Error::new(
            Kind::InvalidArgument,
            format!("`--{}` is `{text}`, which is not {give}", option_name(name)),
        )
        .coded("param::value")
        .help(format!("give {give}"))
    };
    match ty {
        "int" => text.trim().parse().map(Value::Int).map_err(|_| wrong("a whole number")),
        "float" => text.trim().parse().map(Value::Float).map_err(|_| wrong("a number")),
        "bool" => match text.trim() {
            "true" | "yes" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "0" => Ok(Value::Bool(false)),
            _ => Err(wrong("true or false")),
        },
        "list" => Ok(Value::Array(
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::text).collect(),
        )),
        "duration" => match text.trim().parse::<i64>() {
            Ok(seconds) if seconds >= 0 => Ok(Value::Span(Span::from_secs(seconds))),
            _ => Span::parse(text).map(Value::Span).ok_or_else(|| wrong("a duration such as 30s, 10m or 7d")),
        },
        "time" => {
            Time::parse(text).map(Value::Time).ok_or_else(|| wrong("a time such as 2026-11-21T09:00:00Z"))
        }
        _ => Ok(Value::text(text)),
    }
}
