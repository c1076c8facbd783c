//! What is known while an input is typed: the session's variables, functions and modules, files, a cloud's names.

use super::Conversation;
use crate::assist::{Environment, Function, What};
use crate::cloud::Providers;
use crate::infer::Type;
use crate::script::interactive::RESULT;
use crate::script::modules::STDLIB;
use std::sync::Arc;

/// A session as completion sees it.
pub(super) struct Surroundings<'a>(pub(super) &'a Conversation);

impl Environment for Surroundings<'_> {
    fn variables(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.0.interactive().variables().into_iter().map(|variable| variable.name).collect();
        names.reverse();
        names
    }

    fn variable(&self, name: &str) -> Option<Type> {
        let value = self.0.interactive().variable(name)?;
        let shown = name != RESULT || value != crate::cloud::Value::Unit;
        if shown { Type::of_value(&value) } else { None }
    }

    fn functions(&self) -> Vec<Function> {
        let functions = self.0.interactive().functions().into_iter();
        functions.map(|(name, params)| Function { name, params, comment: String::new() }).collect()
    }

    fn modules(&self) -> Vec<(String, String)> {
        self.0.interactive().modules().to_vec()
    }

    fn module(&self, path: &str) -> Option<String> {
        if let Some((_, text)) = STDLIB.iter().find(|(name, _)| *name == path) {
            return Some((*text).to_string());
        }
        let mut file = self.0.around().path(path);
        if file.extension().is_none() {
            file.set_extension("rhai");
        }
        std::fs::read_to_string(file).ok()
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let folder = if folder.is_empty() { "." } else { folder };
        let Ok(entries) = std::fs::read_dir(self.0.around().path(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                Some(if entry.path().is_dir() { format!("{name}/") } else { name })
            })
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }

    fn names(&self, cloud: Option<&str>, what: What) -> Arc<[String]> {
        // The session's cloud may change: what is known is known of a name.
        let own = self.0.around().cloud();
        self.0.live().names(Some(cloud.unwrap_or(&own)), what)
    }
    fn providers(&self) -> Providers {
        self.0.session.host.clouds.providers()
    }
}
