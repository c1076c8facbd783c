//! A runbook's parameters: declared by `param(…)` at the top level, found without running anything, given as `--name value`.

use super::failure::{Cause, Failure, Site};
use super::given::Given;
use super::session::Session;
use crate::cloud::{Error, Value};
use crate::effects::path::{self, Branch};
use crate::syntax::source::Text;
use crate::syntax::tree::{Expression, ExpressionKind, Node, Tree};
use crate::verbs::language::param_type::ParamType;
use crate::verbs::verb;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// What was given, and whose parameters they are.
#[derive(Debug, Default)]
pub struct Params {
    script: Option<String>,
    given: Mutex<BTreeMap<String, Given>>,
    /// The objects that names were turned into before the run began, by the parameter's name.
    found: Mutex<BTreeMap<String, Value>>,
}

/// A declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ParamType,
    /// Its default, where it is a literal; `None` where it is required.
    pub default: Option<String>,
    /// What it is for.
    pub help: String,
    /// The values it may have.
    pub choices: Vec<String>,
    /// The least it may be, where that is a literal.
    pub min: Option<Value>,
    /// The most it may be, where that is a literal.
    pub max: Option<Value>,
    /// Whether it is a secret, written out as `secret: true`.
    pub secret: bool,
    /// Whether it has to be given.
    pub required: bool,
    /// Where it is declared: line and column.
    pub place: (usize, usize),
    /// Where that is in bytes.
    pub start: usize,
}

impl Params {
    /// What was given to this script.
    pub fn new(script: Option<String>, given: BTreeMap<String, String>) -> Params {
        let given = given.into_iter().map(|(name, text)| (name, Given::text(text))).collect();
        Params { script, given: Mutex::new(given), found: Mutex::default() }
    }

    /// The main script's name.
    pub fn script(&self) -> Option<String> {
        self.script.clone()
    }

    /// From now on this is what was given.
    pub fn give(&self, given: BTreeMap<String, Given>) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = given;
    }

    /// What was given for a parameter: `batch_size` is `--batch-size`.
    pub fn given(&self, name: &str) -> Option<Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).get(&option_name(name)).cloned()
    }

    /// All that was given, by option.
    pub fn all(&self) -> BTreeMap<String, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The object that was found for a parameter before the run began.
    pub fn found(&self, name: &str) -> Option<Value> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// The option that gives a parameter: `batch_size` is `batch-size`.
pub fn option_name(name: &str) -> String {
    name.replace('_', "-")
}

/// Every `param(…)` of a script, in order, without running it.
pub fn declared(tree: &Tree, text: &str) -> Vec<Declared> {
    let mut found: Vec<Declared> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    let source = Text::from(text);
    if tree.functions().any(|function| function.name.text == "param") {
        return found;
    }
    tree.walk(&mut |path| {
        if let Some(Node::Expression(expression)) = path.last()
            && let ExpressionKind::Call { modules, name, arguments } = &expression.kind
            && modules.is_empty()
            && name.text == "param"
            && let Some(mut one) = declaration(&arguments.list, text)
            && names.insert(one.name.clone())
        {
            one.place = source.position(name.span.start);
            one.start = name.span.start;
            found.push(one);
        }
    });
    found
}

fn declaration(arguments: &[Expression], text: &str) -> Option<Declared> {
    let mut one = Declared {
        name: arguments.first()?.text()?.to_string(),
        ty: ParamType::String,
        default: None,
        help: String::new(),
        choices: Vec::new(),
        min: None,
        max: None,
        secret: false,
        required: true,
        place: (0, 0),
        start: 0,
    };
    let shown = |value: &Expression| shown(value, text);
    match arguments.get(1).map(|second| &second.kind) {
        Some(ExpressionKind::Map(entries)) => {
            let entry =
                |key: &str| entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value);
            let default = entry("default").filter(|value| !matches!(value.kind, ExpressionKind::Unit));
            one.default = default.map(shown);
            one.help = entry("help").and_then(Expression::text).unwrap_or_default().to_string();
            let written = entry("type").and_then(Expression::text).and_then(ParamType::called);
            one.ty = written.or(default.map(type_of)).unwrap_or(one.ty);
            one.min = entry("min").and_then(|value| literal(value, text));
            one.max = entry("max").and_then(|value| literal(value, text));
            one.secret =
                entry("secret").is_some_and(|value| matches!(value.kind, ExpressionKind::Bool(true)));
            if let Some(ExpressionKind::Array(choices)) = entry("choices").map(|choices| &choices.kind) {
                one.choices = choices.iter().map(shown).collect();
            }
        }
        Some(ExpressionKind::Unit) | None => {}
        Some(_) => {
            one.default = arguments.get(1).map(shown);
            one.ty = arguments.get(1).map_or(one.ty, type_of);
        }
    }
    if let Some(help) = arguments.get(2).and_then(Expression::text) {
        one.help = help.to_string();
    }
    one.required = one.default.is_none();
    Some(one)
}

/// A default or a choice as a page shows it; `…` where it is not written out.
fn shown(value: &Expression, text: &str) -> String {
    match &value.kind {
        ExpressionKind::Text(text) => text.clone(),
        ExpressionKind::Bool(_)
        | ExpressionKind::Int(_)
        | ExpressionKind::Float
        | ExpressionKind::Array(_) => text.get(value.span.clone()).unwrap_or("…").to_string(),
        ExpressionKind::Unary { operator, operand } if operator.text == "-" => {
            format!("-{}", shown(operand, text))
        }
        _ => "…".to_string(),
    }
}

/// A bound that is written out.
fn literal(value: &Expression, text: &str) -> Option<Value> {
    match &value.kind {
        ExpressionKind::Text(text) => Some(Value::text(text)),
        _ => {
            let written = shown(value, text);
            let whole = written.parse().ok().map(Value::Int);
            whole.or_else(|| written.parse().ok().map(Value::Float))
        }
    }
}

/// The type that a default tells.
fn type_of(value: &Expression) -> ParamType {
    match &value.kind {
        ExpressionKind::Bool(_) => ParamType::Bool,
        ExpressionKind::Int(_) => ParamType::Int,
        ExpressionKind::Float => ParamType::Float,
        ExpressionKind::Array(_) => ParamType::List,
        ExpressionKind::Unary { operator, operand } if operator.text == "-" => type_of(operand),
        _ => ParamType::String,
    }
}

/// Look up what the parameters name, before the run begins: clouds and resources.
///
/// # Errors
/// Where a cloud has none or two of that name, or does not answer.
pub fn resolve(session: &Session, declared: &[Declared]) -> Result<(), Failure> {
    path::within(Branch::parameters(), || resolve_here(session, declared))
}

fn resolve_here(session: &Session, declared: &[Declared]) -> Result<(), Failure> {
    for one in declared.iter().filter(|one| one.ty != ParamType::File) {
        let default = || one.default.clone().filter(|text| text != "…");
        let given = session.params.given(&one.name);
        let given = given.and_then(|given| given.as_text().map(str::to_string)).or_else(default);
        let Some(text) = given else { continue };
        if let Some(value) = look_up(session, one.ty, &text).map_err(|error| failure(session, one, error))? {
            let mut found = session.params.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.insert(one.name.clone(), value);
        }
    }
    Ok(())
}

fn failure(session: &Session, one: &Declared, mut error: Error) -> Failure {
    error.message = format!("`--{}`: {}", option_name(&one.name), error.message);
    let source = session.params.script().unwrap_or_default();
    let site = Site { source, line: one.place.0, column: one.place.1, function: None };
    Failure { cause: Cause::Error(error), sites: vec![site] }
}

/// The object that a text names, where a parameter of this type is one of things that have names.
pub fn look_up(session: &Session, ty: ParamType, text: &str) -> Result<Option<Value>, Error> {
    let Some(verb) = ty.looked_up_by().and_then(verb) else { return Ok(None) };
    session.call(verb, vec![Value::text(text)], None).map(|(value, _)| Some(value))
}
