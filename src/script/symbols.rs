//! What is known of functions and nouns, for errors that name the nearest of them.

use super::errors::runtime::{Known, Signature};
use super::failure::Sources as _;
use super::session::Session;
use crate::cloud::Noun;
use crate::verbs::{Param, VERBS, verb};
use rhai::AST;

/// What a session knows; with the functions of a script, where one was compiled.
pub(super) struct Names<'a> {
    /// The session.
    pub session: &'a Session,
    /// The functions of its scripts.
    pub functions: Vec<Signature>,
}

fn form(params: &[Param], options: &[Param]) -> Vec<(String, bool)> {
    let mut form: Vec<(String, bool)> =
        params.iter().map(|param| (param.name.to_string(), param.required)).collect();
    if !options.is_empty() {
        form.push(("#{…}".to_string(), options.iter().any(|key| key.required)));
    }
    form
}

/// The functions of a script.
pub(super) fn functions(ast: &AST) -> Vec<Signature> {
    ast.iter_functions()
        .map(|function| Signature {
            name: function.name.to_string(),
            forms: vec![function.params.iter().map(|param| (param.to_string(), true)).collect()],
        })
        .collect()
}

impl Known for Names<'_> {
    fn verbs(&self) -> Vec<Signature> {
        let verbs = VERBS.iter().map(|verb| Signature {
            name: verb.name.to_string(),
            forms: verb.forms.iter().map(|one| form(one.params, one.options)).collect(),
        });
        verbs.chain(self.functions.iter().cloned()).collect()
    }

    fn has(&self, name: &str) -> bool {
        verb(name).is_some() || self.functions.iter().any(|function| function.name == name)
    }

    fn fields(&self, type_name: &str) -> Vec<String> {
        // Every noun is one type to the engine.
        let nouns =
            Noun::ALL.into_iter().filter(|noun| type_name == "Resource" || noun.type_name() == type_name);
        nouns.flat_map(|noun| noun.fields()).map(|field| field.name.to_string()).collect()
    }

    fn text(&self, source: &str) -> Option<String> {
        self.session.texts.text(source)
    }
}
