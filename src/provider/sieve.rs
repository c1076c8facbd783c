//! What a filter lets through, judged on our side: clouds narrow by what they know, and this decides.

use crate::cloud::{Error, Kind, NameMatch, Result, Server, ServerFilter};
use globset::{GlobBuilder, GlobMatcher};

/// A filter made ready: patterns compiled once.
pub struct Sieve<'a> {
    filter: &'a ServerFilter,
    name: Names,
}

impl<'a> Sieve<'a> {
    /// Compile a filter; a pattern that is none is `invalid_argument`.
    pub fn new(filter: &'a ServerFilter) -> Result<Sieve<'a>> {
        Ok(Sieve { filter, name: Names::new(filter.name.as_ref())? })
    }

    /// Whether the filter lets this server through.
    pub fn lets_through(&self, server: &Server) -> bool {
        let filter = self.filter;
        let status = match filter.status.is_empty() {
            true => server.status != "DELETED" || filter.changed_since.is_some(),
            false => filter.status.contains(&server.status),
        };
        // Where the cloud tells no flavor id (2.47 and later) its own narrowing is what there is.
        let known = |wanted: &Option<String>, id: &Option<String>, untold: bool| match (wanted, id) {
            (Some(wanted), Some(id)) => wanted == id,
            (Some(_), None) => untold,
            (None, _) => true,
        };
        status
            && self.name.matches(&server.name)
            && filter.meta.iter().all(|(key, value)| server.meta.get(key) == Some(value))
            && filter.tags.iter().all(|tag| server.tags.contains(tag))
            && known(&filter.image, &server.image.id, false)
            && known(&filter.flavor, &server.flavor.id, server.flavor.name.is_some())
            && filter.zone.as_ref().is_none_or(|zone| server.zone.as_ref() == Some(zone))
            && filter.ip.as_ref().is_none_or(|ip| {
                server
                    .addresses
                    .iter()
                    .any(|(_, list)| list.iter().any(|address| same_address(&address.addr, ip)))
            })
    }
}

/// Two texts for one address: `::1` and `0:0:0:0:0:0:0:1`.
fn same_address(one: &str, other: &str) -> bool {
    use std::net::IpAddr;
    one == other || matches!((one.parse::<IpAddr>(), other.parse::<IpAddr>()), (Ok(a), Ok(b)) if a == b)
}

/// A name filter made ready.
pub enum Names {
    /// Any name.
    Any,
    /// This name.
    Exact(String),
    /// What matches.
    Glob(GlobMatcher),
}

impl Names {
    /// Compile; a pattern that is none is `invalid_argument`.
    pub fn new(name: Option<&NameMatch>) -> Result<Names> {
        Ok(match name {
            None => Names::Any,
            Some(NameMatch::Exact(name)) => Names::Exact(name.clone()),
            Some(NameMatch::Glob(pattern)) => {
                let glob = GlobBuilder::new(pattern).literal_separator(false).build().map_err(|error| {
                    Error::new(Kind::InvalidArgument, format!("`{pattern}` is no pattern: {}", error.kind()))
                        .help("write `*` for anything, `?` for one character, `[ab]` for one of several")
                })?;
                Names::Glob(glob.compile_matcher())
            }
        })
    }

    /// Whether it lets a name through.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Names::Any => true,
            Names::Exact(exact) => exact == name,
            Names::Glob(glob) => glob.is_match(name),
        }
    }
}

/// How far a limit is reached.
pub fn is_enough(limit: Option<usize>, have: usize) -> bool {
    limit.is_some_and(|limit| have >= limit)
}
