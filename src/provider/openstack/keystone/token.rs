//! A token and what came with it.

use crate::cloud::{Secret, Time};
use crate::provider::openstack::catalog::Catalog;
use serde_json::Value;

/// A token of this run.
#[derive(Debug, Clone)]
pub struct Token {
    /// What requests carry; `None` where the cloud wants no token.
    pub id: Option<Secret>,
    /// The user's name.
    pub user: Option<String>,
    /// The user's id.
    pub user_id: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// The project's id.
    pub project_id: Option<String>,
    /// The names of the user's roles in this scope.
    pub roles: Vec<String>,
    /// When it expires.
    pub expires: Option<Time>,
    /// The services.
    pub catalog: Catalog,
}

impl Token {
    /// A token that was given, not asked for; nothing came with it.
    pub fn fixed(id: Option<Secret>) -> Token {
        Token {
            id,
            user: None,
            user_id: None,
            project: None,
            project_id: None,
            roles: Vec::new(),
            expires: None,
            catalog: Catalog::default(),
        }
    }
}

/// A text of a JSON object.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        // Ids were numbers once.
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The names in a list of objects.
pub(super) fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|item| text(item, "name")).collect()
}
