//! Which servers to list: what Nova narrows by itself, and the same once more on our side.
//!
//! Nova reads `name` as a regular expression and ignores what it does not know or does not allow (an ordinary
//! user's zone before 2.83); `ip` sees fixed addresses only. So the query makes the answer smaller, and
//! the filter itself decides.

use super::super::call::{With, get};
use super::super::decode::int;
use super::super::page::PAGE;
use super::super::session::{Call, Range, Service, Version};
use super::version;
use crate::cloud::{Filter, NameMatch};
use serde_json::Value as Json;

/// Ask for the first page of what a filter may let through.
pub fn first(filter: &Filter, range: &Range) -> Call {
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
