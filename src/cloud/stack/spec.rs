//! What a stack is made and updated from, as a script gave it.

use super::StackTags;
use crate::cloud::{Error, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads the files that a template names, as far as the session may.
pub trait ReadFile: Send + Sync {
    /// A file's bytes, its path from the working directory.
    ///
    /// # Errors
    /// `denied` where the session may not read it, `not_found` where it cannot be read.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, Error>;
    /// The working directory, as an absolute path.
    fn directory(&self) -> String;
}

/// A template as a script gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateSource {
    /// Text, or a map as JSON text; files that it names are found from the working directory.
    Text(String),
    /// A file: its path from the working directory, and its text.
    File(String, String),
    /// Where the service fetches it.
    Url(String),
}

impl TemplateSource {
    /// Its text; `None` where only the service has it.
    pub fn text(&self) -> Option<&str> {
        match self {
            TemplateSource::Text(text) | TemplateSource::File(_, text) => Some(text),
            TemplateSource::Url(_) => None,
        }
    }

    /// The file that it is in.
    pub fn path(&self) -> Option<&str> {
        match self {
            TemplateSource::File(path, _) => Some(path),
            _ => None,
        }
    }
}

/// An environment as a script gave it.
#[derive(Debug, Clone, PartialEq)]
pub enum EnvironmentSource {
    /// A map.
    Map(serde_json::Value),
    /// A file: its path from the working directory, and its text.
    File(String, String),
}

/// What a stack is made or updated from; what is not given is kept by an update.
#[derive(Clone)]
pub struct StackSpec {
    /// Its name.
    pub name: String,
    /// Its template.
    pub template: Option<TemplateSource>,
    /// Parameters by name.
    pub parameters: BTreeMap<String, Value>,
    /// Environments, the later winning.
    pub environments: Vec<EnvironmentSource>,
    /// Files by the names that the template calls them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// How long the operation may take, in whole minutes.
    pub timeout: Option<i64>,
    /// Whether it is rolled back when it fails.
    pub rollback: Option<bool>,
    /// Its tags.
    pub tags: Option<StackTags>,
    /// What the template may do, in CloudFormation's words.
    pub capabilities: Vec<String>,
    /// Reads what the template names.
    pub reader: Arc<dyn ReadFile>,
}

impl StackSpec {
    /// Whether nothing is given that would change anything.
    pub fn is_empty(&self) -> bool {
        self.template.is_none()
            && self.parameters.is_empty()
            && self.environments.is_empty()
            && self.files.is_empty()
            && self.timeout.is_none()
            && self.rollback.is_none()
            && self.tags.is_none()
            && self.capabilities.is_empty()
    }
}
