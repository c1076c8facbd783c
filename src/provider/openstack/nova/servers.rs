//! Which servers to list: what Nova narrows by itself, and the same once more on our side.
//!
//! Nova reads `name` as a regular expression and ignores what it does not know or does not allow (an ordinary
//! user's zone before 2.83); `ip` sees fixed addresses only. So the query makes the answer smaller, and
//! `lets_through` decides.

use super::super::call::{With, get};
use super::super::decode::int;
use super::super::page::PAGE;
use super::super::session::{Call, Range, Service, Version};
use super::version;
use crate::cloud::{Error, Kind, NameMatch, Result, Server, ServerFilter};
use globset::{GlobBuilder, GlobMatcher};
use serde_json::Value as Json;

/// Ask for the first page of what a filter may let through.
pub fn first(filter: &ServerFilter, range: &Range) -> Call {
    let mut query: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, value: String| query.push((key.to_string(), value));
    if let Some(pattern) = filter.name.as_ref().and_then(expression) {
        add("name", pattern);
    }
    if !filter.status.iter().any(|status| status == "UNKNOWN") {
        filter.status.iter().for_each(|status| add("status", status.clone()));
    }
    if let Some(image) = &filter.image {
        add("image", image.clone());
    }
    if let Some(flavor) = &filter.flavor {
        add("flavor", flavor.clone());
    }
    if let Some(zone) = &filter.zone {
        add("availability_zone", zone.clone());
    }
    if let Some(since) = filter.changed_since {
        add("changes-since", since.0.to_string());
    }
    if filter.all_projects {
        add("all_tenants", "1".to_string());
    }
    let usual = version::usual(range);
    // A comma separates tags; Nova allows none inside one.
    if !filter.tags.is_empty() && usual.is_some_and(|usual| usual >= version::TAGS) {
        add("tags", filter.tags.join(","));
    }
    // With a limit and nothing that only we can judge, small pages are enough.
    let ours = !filter.meta.is_empty() || filter.ip.is_some() || filter.zone.is_some();
    if let Some(limit) = filter.limit.filter(|_| !ours) {
        add("limit", limit.clamp(1, PAGE).to_string());
    }
    page(query, usual)
}

/// Ask for the servers of one boot.
pub fn of_reservation(reservation: &str, range: &Range) -> Call {
    page(vec![("reservation_id".to_string(), reservation.to_string())], version::usual(range))
}

/// Ask for a page.
pub fn page(query: Vec<(String, String)>, version: Option<Version>) -> Call {
    get("server.list", Service::Compute, "/servers/detail").query(query).version(version)
}

/// A name filter as the regular expression that Nova takes; `None` where none would be narrower than everything.
fn expression(name: &NameMatch) -> Option<String> {
    let mut out = String::from("^");
    let literal = |text: &mut String, letter: char| {
        if !letter.is_alphanumeric() && !matches!(letter, '_' | '-' | ' ' | ':' | '/' | '@' | '%' | ',' | '=')
        {
            text.push('\\');
        }
        text.push(letter);
    };
    match name {
        NameMatch::Exact(name) => name.chars().for_each(|letter| literal(&mut out, letter)),
        NameMatch::Glob(pattern) => {
            for letter in pattern.chars() {
                match letter {
                    '*' => out.push_str(".*"),
                    '?' => out.push('.'),
                    // Classes, alternatives and escapes are left to our side: what follows may be anything.
                    '[' | '{' | '\\' => return (out != "^").then_some(out),
                    other => literal(&mut out, other),
                }
            }
            if pattern.trim_matches('*').is_empty() {
                return None;
            }
        }
    }
    out.push('$');
    Some(out)
}

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

/// Position of the number that Nova put behind a name: 3 of `web-3`.
pub fn index(name: &str, stem: &str) -> Option<i64> {
    int(&Json::from_iter([("n", name.strip_prefix(stem)?.strip_prefix('-')?)]), "n")
        .filter(|index| *index > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_narrowed_by_an_escaped_expression() {
        let exact = |name: &str| expression(&NameMatch::Exact(name.to_string()));
        let glob = |name: &str| expression(&NameMatch::Glob(name.to_string()));
        assert_eq!(exact("web.1 (a)").as_deref(), Some(r"^web\.1 \(a\)$"));
        assert_eq!(glob("web-*").as_deref(), Some("^web-.*$"));
        assert_eq!(glob("w[ab]c").as_deref(), Some("^w"));
        assert_eq!(glob("*"), None);
        assert_eq!(glob("a?+").as_deref(), Some(r"^a.\+$"));
    }

    #[test]
    fn the_number_behind_a_name() {
        assert_eq!(index("web-3", "web"), Some(3));
        assert_eq!(index("web-x", "web"), None);
        assert_eq!(index("web", "web"), None);
    }
}
