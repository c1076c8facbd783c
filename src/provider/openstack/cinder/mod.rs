//! Cinder, version 3: volumes, their snapshots and backups, and their quota. Each file builds the calls of one resource and decodes its
//! answers; nothing here sends. Microversions are asked for where an operation needs one, and the first otherwise.

pub mod backup;
pub mod limits;
pub mod snapshot;
pub mod volume;

use super::page;
use super::session::{Range, Version};
use crate::cloud::{Filter, NameMatch};

/// From here a volume in use can be extended.
pub const EXTEND_IN_USE: Version = Version(3, 42);
/// From here a snapshot of a volume in use needs no `force`, which is refused.
pub const SNAPSHOT_IN_USE: Version = Version(3, 66);

/// What the user wants for calls that need no version of their own.
fn usual(range: &Range) -> Option<Version> {
    range.default
}

/// A version at least as new as this where the cloud has it; the usual one where it has not.
pub fn at_least(range: &Range, least: Version) -> Option<Version> {
    match range.max {
        Some(max) if max >= least => Some(usual(range).map_or(least, |usual| usual.max(least))),
        _ => usual(range),
    }
}

/// What of a listing every list of Cinder can be narrowed by, and the size of its pages. Of several statuses it takes one.
fn query(filter: &Filter) -> Vec<(String, String)> {
    let mut query = Vec::new();
    if let Some(NameMatch::Exact(name)) = &filter.name {
        query.push(("name".to_string(), name.clone()));
    }
    if let [status] = filter.status.as_slice() {
        query.push(("status".to_string(), status.to_ascii_lowercase()));
    }
    if filter.all_projects {
        query.push(("all_tenants".to_string(), "1".to_string()));
    }
    query.push(("limit".to_string(), page::size(filter)));
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_raised_where_the_cloud_has_it() {
        let to = |max| Range { min: Some(Version(3, 0)), max, default: None };
        assert_eq!(at_least(&to(Some(Version(3, 71))), EXTEND_IN_USE), Some(EXTEND_IN_USE));
        assert_eq!(at_least(&to(Some(Version(3, 27))), EXTEND_IN_USE), None);
        assert_eq!(at_least(&to(None), EXTEND_IN_USE), None);
        let wanted = Range { default: Some(Version(3, 60)), ..to(Some(Version(3, 71))) };
        assert_eq!(at_least(&wanted, EXTEND_IN_USE), Some(Version(3, 60)));
    }
}
