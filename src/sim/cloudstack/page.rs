//! Lists: which entries the filters that all lists have let through, and the page that was asked for.

use serde_json::{Map, Value};

use super::call::Told;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;

/// The largest page.
const LARGEST: i64 = 500;

/// Texts as they are compared in filters.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Cloud<'_> {
    /// Whether an entry of these names passes `name=` (all of it) and `keyword=` (a part of any of them).
    pub(super) fn named(&self, name: &str, others: &[&str]) -> bool {
        let whole = self.params.raw("name").is_none_or(|wanted| same(name, wanted));
        let part = self.params.get("keyword").map(str::to_lowercase);
        let holds = |text: &&str| part.as_ref().is_none_or(|part| text.to_lowercase().contains(part));
        whole && (holds(&name) || others.iter().any(holds))
    }

    /// Whether an entry of this id passes `id=` and `ids=`.
    pub(super) fn wanted(&self, id: &str) -> bool {
        let ids = self.params.list("ids");
        self.params.get("id").is_none_or(|wanted| wanted == id)
            && (ids.is_empty() || ids.iter().any(|own| own == id))
    }

    /// Refuses an id that none of these is.
    pub(super) fn known<'a>(&self, name: &str, mut ids: impl Iterator<Item = &'a str>) -> Outcome<()> {
        match self.params.get(name) {
            Some(id) if !ids.any(|own| own == id) => Err(self.params.unknown(name, id)),
            _ => Ok(()),
        }
    }

    /// Whether an entry has all tags that are asked for.
    pub(super) fn tagged(&self, kind: &str, id: &str) -> Outcome<bool> {
        let wanted = self.params.keyed("tags")?;
        let has = |pair: &(String, String)| {
            self.ledger.tags.iter().any(|tag| {
                tag.kind == kind
                    && tag.id == id
                    && tag.key == pair.0
                    && (pair.1.is_empty() || tag.value == pair.1)
            })
        };
        Ok(wanted.iter().all(has))
    }

    /// A page of a list, under this noun. An empty list is an empty object.
    pub(super) fn listed(&self, noun: &str, rows: Vec<Value>) -> Outcome<Told> {
        let (page, size) = (self.params.number("page")?, self.params.number("pagesize")?);
        let (number, size) = match (page, size) {
            (Some(_), None) => {
                return Err(Refused::param("\"pagesize\" parameter is required when \"page\" is specified"));
            }
            (None, Some(_)) => {
                return Err(Refused::param("\"page\" parameter is required when \"pagesize\" is specified"));
            }
            (Some(_), Some(-1)) => {
                return Err(Refused::value("Can't specify page parameter when pagesize is -1 (Unlimited)"));
            }
            (_, Some(size)) if size > LARGEST => {
                return Err(Refused::value(format!(
                    "Page size can't exceed max allowed page size value: {LARGEST}"
                )));
            }
            (Some(page), Some(size)) => (page.max(1), size.max(0)),
            (None, None) => (1, LARGEST),
        };
        let count = rows.len();
        let first = usize::try_from((number - 1).saturating_mul(size)).unwrap_or(usize::MAX);
        let size = usize::try_from(size).unwrap_or(0);
        let shown: Vec<Value> = rows.into_iter().skip(first).take(size).collect();
        let mut body = Map::new();
        if count > 0 {
            body.insert("count".to_owned(), count.into());
        }
        if !shown.is_empty() {
            body.insert(noun.to_owned(), Value::Array(shown));
        }
        Ok(Value::Object(body).into())
    }
}
