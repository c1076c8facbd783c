//! Projects, as administrators see them.

use super::super::call::{With, get, segment};
use super::super::session::{Call, Service};

/// Ask for one by id.
pub fn show(id: &str) -> Call {
    get("project.show", Service::Identity, format!("/projects/{}", segment(id)))
}

/// Ask for those of this name, in every domain.
pub fn named(name: &str) -> Call {
    let query = vec![("name".to_string(), name.to_string())];
    get("project.list", Service::Identity, "/projects").query(query)
}
