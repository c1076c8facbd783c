//! Filters and pages of `Describe…` actions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::params::Params;
use super::refused::{Outcome, Refused};
use crate::world::Pairs;

/// The filters of a request: every one must fit, by any of its values.
#[derive(Debug, Default)]
pub(super) struct Filters(Vec<(String, Vec<String>)>);

impl Filters {
    /// Reads them; a name that is not in `known` is refused, as is one without values. Names of tags are always known.
    pub(super) fn read(params: &Params, known: &[&str]) -> Outcome<Self> {
        let mut filters = Vec::new();
        for record in params.records("Filter") {
            let name = record.need("Name").map_err(|_| Refused::missing("Filter.Name"))?.to_owned();
            if !(known.contains(&name.as_str()) || name.starts_with("tag:") || name == "tag-key") {
                return Err(Refused::value(format!("The filter '{name}' is invalid")));
            }
            let values = record.list("Value");
            if values.is_empty() {
                return Err(Refused::value(format!("The filter '{name}' must be used with a filter value")));
            }
            filters.push((name, values));
        }
        Ok(Self(filters))
    }

    /// Whether something fits that has these tags and, by a filter's name, these values.
    pub(super) fn fit(&self, tags: &Pairs, values: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let has = match name.strip_prefix("tag:") {
                Some(key) => tags.iter().filter(|tag| tag.0 == key).map(|tag| tag.1.clone()).collect(),
                None if name == "tag-key" => tags.iter().map(|tag| tag.0.clone()).collect(),
                None => values(name),
            };
            wanted.iter().any(|pattern| has.iter().any(|value| like(pattern, value)))
        })
    }
}

/// Whether a text is like a pattern with `*` and `?`, which a backslash makes plain.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    fn rest(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', after @ ..], _) => rest(after, text) || (!text.is_empty() && rest(pattern, &text[1..])),
            (['?', after @ ..], [_, more @ ..]) => rest(after, more),
            (['\\', plain, after @ ..], [letter, more @ ..]) => plain == letter && rest(after, more),
            ([plain, after @ ..], [letter, more @ ..]) => plain == letter && rest(after, more),
            _ => false,
        }
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    rest(&pattern, &text)
}

/// A page of a list, and the token of the next one. `ids` names the parameter that may not stand beside `MaxResults`.
pub(super) fn page<T>(
    params: &Params,
    ids: &str,
    key: impl Fn(&T) -> String,
    mut items: Vec<T>,
) -> Outcome<(Vec<T>, Option<String>)> {
    let most = params.number("MaxResults")?;
    if most.is_some() && !ids.is_empty() && !params.list(ids).is_empty() {
        let message = format!("The parameter {ids} cannot be used with the parameter MaxResults");
        return Err(Refused::combination(message));
    }
    if let Some(most) = most.filter(|most| !(5..=1000).contains(most)) {
        let side = if most < 5 { "greater than or equal to 5" } else { "less than or equal to 1000" };
        let message =
            format!("Value ( {most} ) for parameter maxResults is invalid. Expecting a value {side}.");
        return Err(Refused::value(message));
    }
    if let Some(token) = params.get("NextToken") {
        let after = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let at = after.and_then(|after| items.iter().position(|item| key(item) == after));
        let at = at.ok_or_else(|| Refused::value("Unable to parse pagination token"))?;
        items.drain(..=at);
    }
    let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    if items.len() <= most {
        return Ok((items, None));
    }
    items.truncate(most);
    let next = items.last().map(|item| STANDARD.encode(key(item)));
    Ok((items, next))
}

#[cfg(test)]
mod tests {
    use super::{Params, like, page};

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("web*", "web-1", true),
            ("*", "", true),
            ("w?b", "web", true),
            ("w?b", "wb", false),
            ("a\\*c", "a*c", true),
            ("a\\*c", "abc", false),
            ("*-1", "web-10", false),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn pages_follow_each_other() {
        let asked = |pairs: &[(&str, &str)]| {
            Params(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        let items: Vec<i32> = (0..7).collect();
        let first = page(&asked(&[("MaxResults", "5")]), "Id", ToString::to_string, items.clone());
        let Ok((five, Some(token))) = first else { panic!("{first:?}") };
        assert_eq!(five, [0, 1, 2, 3, 4]);
        let second =
            page(&asked(&[("MaxResults", "5"), ("NextToken", &token)]), "Id", ToString::to_string, items);
        assert_eq!(second, Ok((vec![5, 6], None)));
        let both = page(&asked(&[("MaxResults", "5"), ("Id.1", "x")]), "Id", ToString::to_string, vec![1]);
        assert_eq!(both.map_err(|refused| refused.code), Err("InvalidParameterCombination".to_owned()));
    }
}
