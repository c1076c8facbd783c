//! What a query request asks for: flat names with dots and numbers, read as lists and records.
//!
//! `Filter.1.Name=state&Filter.1.Value.1=running` is a list `Filter` of records with a `Name` and a list `Value`.
//! Lists are in the order of their numbers, whatever the order of the pairs.

use std::collections::BTreeMap;

use super::refused::{Outcome, Refused};
use crate::world::Pairs;

/// The names and values of a request, or of one record in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(pub(super) Pairs);

impl Params {
    /// The value of this name; an empty one counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// The value of this name, empty or not.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value that must be there.
    pub(super) fn need(&self, name: &str) -> Outcome<&str> {
        self.get(name).ok_or_else(|| Refused::missing(name))
    }

    /// `true` or `false`; without one, `false`.
    pub(super) fn flag(&self, name: &str) -> Outcome<bool> {
        Ok(self.choice(name)?.unwrap_or_default())
    }

    /// `true`, `false` or neither.
    pub(super) fn choice(&self, name: &str) -> Outcome<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some("true" | "True" | "1") => Ok(Some(true)),
            Some("false" | "False" | "0") => Ok(Some(false)),
            Some(other) => {
                Err(Refused::value(format!("Invalid value '{other}' for {name}. Expecting a boolean value")))
            }
        }
    }

    /// A whole number, if there is one of this name.
    pub(super) fn number(&self, name: &str) -> Outcome<Option<i64>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let wrong = || {
            Refused::value(format!(
                "Value ( {text} ) for parameter {name} is invalid. Parameter must be an integer."
            ))
        };
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// The numbered values `name.1`, `name.2`, …
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let mut found = BTreeMap::new();
        for (key, value) in &self.0 {
            if let Some(number) = below(key, name).and_then(|rest| rest.parse::<u32>().ok()) {
                found.insert(number, value.clone());
            }
        }
        found.into_values().collect()
    }

    /// The numbered records `name.1.…`, `name.2.…`, …, each with its own names.
    pub(super) fn records(&self, name: &str) -> Vec<Params> {
        let mut found: BTreeMap<u32, Params> = BTreeMap::new();
        for (key, value) in &self.0 {
            let Some((number, inner)) = below(key, name).and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            if let Ok(number) = number.parse() {
                found.entry(number).or_default().0.push((inner.to_owned(), value.clone()));
            }
        }
        found.into_values().collect()
    }

    /// The names below `name.`, such as `Value` of `InstanceType.Value`.
    pub(super) fn inner(&self, name: &str) -> Params {
        let inner = |(key, value): &(String, String)| Some((below(key, name)?.to_owned(), value.clone()));
        Params(self.0.iter().filter_map(inner).collect())
    }

    /// Whether anything of this name is there, itself or below it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name || below(key, name).is_some())
    }
}

fn below<'a>(key: &'a str, name: &str) -> Option<&'a str> {
    key.strip_prefix(name)?.strip_prefix('.')
}

#[cfg(test)]
mod tests {
    use super::Params;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn lists_are_in_the_order_of_their_numbers() {
        let asked = params(&[("Id.10", "j"), ("Id.2", "b"), ("Id.1", "a"), ("Idle.1", "x"), ("Id.x", "y")]);
        assert_eq!(asked.list("Id"), ["a", "b", "j"]);
    }

    #[test]
    fn records_keep_their_own_lists() {
        let asked = params(&[("Filter.2.Name", "two"), ("Filter.1.Value.2", "b"), ("Filter.1.Value.1", "a")]);
        let records = asked.records("Filter");
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].list("Value"), ["a", "b"]);
        assert_eq!(records[1].get("Name"), Some("two"));
    }
}
