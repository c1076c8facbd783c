//! What the engine can tell of a text without running it: whether it is a script, and which functions there are.

use super::engine::{grammar, without_verbs};
use super::errors::no_such_function;
use super::errors::runtime::{self, Signature};
use super::failure::Failure;
use super::pieces;
use super::run::runnable;
use super::session::Session;
use super::symbols::Names;
use crate::cloud::Error;
use crate::verbs::language::builtins::built_in;
use rhai::Engine;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// Tells whether a text is a script.
pub struct Reader<'a> {
    session: &'a Session,
    engine: Engine,
}

impl<'a> Reader<'a> {
    /// A reader that uses what the session knows for its words.
    pub fn new(session: &'a Session) -> Reader<'a> {
        let mut engine = grammar();
        engine.set_optimization_level(rhai::OptimizationLevel::None);
        Reader { session, engine }
    }

    /// The first thing that keeps a text from being a script, a name that nothing declares among them.
    pub fn mistake(&self, name: &str, text: &str) -> Option<Failure> {
        let runnable = runnable(text);
        if pieces::parse(&self.engine, &runnable) {
            return None;
        }
        let error = self.engine.compile(runnable).err()?;
        let names = Names { session: self.session, functions: Vec::new() };
        Some(runtime::parse_failure(&error, name, text, &names))
    }
}

/// A function that the language has beside its verbs.
#[derive(Debug, Default)]
pub struct Native {
    /// The numbers of arguments it takes, what it is called on among them.
    pub arities: BTreeSet<usize>,
    /// Whether it gives nothing, whatever it is given.
    pub gives_nothing: bool,
}

/// Every function that the language has beside its verbs, by name; a field that can be read is `get$name`.
pub fn natives(session: &Arc<Session>) -> &'static BTreeMap<String, Native> {
    static NATIVES: OnceLock<BTreeMap<String, Native>> = OnceLock::new();
    NATIVES.get_or_init(|| {
        let told = without_verbs(session).collect_fn_metadata(
            None,
            |info| {
                let metadata = info.metadata;
                let gives = metadata.return_type.replace(' ', "");
                let nothing = gives == "()" || gives.contains("Result<()") || gives.contains("ResultOf<()");
                Some((metadata.name.to_string(), metadata.num_params, nothing))
            },
            true,
        );
        let mut natives: BTreeMap<String, Native> = BTreeMap::new();
        for (name, arity, nothing) in told {
            let native =
                natives.entry(name).or_insert_with(|| Native { gives_nothing: true, ..Native::default() });
            native.arities.insert(arity);
            native.gives_nothing &= nothing;
        }
        natives
    })
}

/// How a manual writes a function that the language has beside its verbs.
pub fn written(name: &str) -> Option<&'static str> {
    built_in(name).map(|known| known.form)
}

/// The error of calling what is no function at all; the script may declare a variable of that name.
pub fn no_function(
    session: &Session,
    functions: Vec<Signature>,
    name: &str,
    arguments: usize,
    declares: impl Fn(&str) -> bool,
) -> Error {
    let mut error = misfit(session, functions, name, arguments);
    no_such_function::of_declared(&mut error, declares);
    error
}

/// The variables that a script declares anywhere.
pub fn declared(text: &str) -> std::collections::HashSet<&str> {
    super::errors::tokens::declared(text)
}

/// The error of calling what is a variable.
pub fn variable_called(name: &str) -> Error {
    no_such_function::variable_called(name)
}

/// The error of a call that none of the verbs and none of these functions takes.
pub fn misfit(session: &Session, functions: Vec<Signature>, name: &str, arguments: usize) -> Error {
    let types = vec!["string"; arguments].join(", ");
    no_such_function::not_found(&format!("{name} ({types})"), &Names { session, functions })
}
