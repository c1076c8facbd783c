//! Lists, page by page: as large pages as the server gives, until all that it counts are read, and an end whatever it answers.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, is_uuid, list, text};
use crate::cloud::{Error, Kind, Result};
use crate::provider::pages::Pages;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// The page size that is asked for first; a server that gives less says how much.
pub(super) const PAGE: usize = 500;

/// How many pages a list may have beyond those that its count needs: it may change while it is read.
const SLACK: usize = 40;

/// One pass over a list.
struct Pass {
    rows: Vec<Json>,
    /// Whether what it counts shrank while it was read: then a member may have moved to a page that was read already.
    shrank: bool,
}

impl CloudStack {
    /// Every member of a list. `key` is what the answer calls them.
    pub(super) async fn every(&self, call: &Call, key: &str) -> Result<Vec<Json>> {
        let first = self.pass(call, key).await?;
        if !first.shrank {
            return Ok(first.rows);
        }
        // What the first pass missed, the second one shows, unless more went away meanwhile.
        let second = self.pass(call, key).await?;
        let known: HashSet<String> = second.rows.iter().map(identity).collect();
        let mut rows = second.rows;
        if second.shrank {
            rows.extend(first.rows.into_iter().filter(|one| !known.contains(&identity(one))));
        }
        Ok(rows)
    }

    async fn pass(&self, call: &Call, key: &str) -> Result<Pass> {
        let (mut rows, mut seen, mut number, mut read) = (Vec::new(), HashSet::new(), 1usize, 0);
        let (mut most, mut shrank, mut pages) = (0, false, Pages::default());
        loop {
            let size = self.page_size.load(Ordering::Relaxed);
            let page = call
                .clone()
                .with("page", i64::try_from(number).ok())
                .with("pagesize", i64::try_from(size).unwrap_or(500));
            let body = match self.ask(&page).await {
                Ok(body) => body,
                Err(error) => match allowed(&error).filter(|allowed| *allowed < size && number == 1) {
                    Some(allowed) => {
                        self.page_size.store(allowed, Ordering::Relaxed);
                        continue;
                    }
                    None => return Err(error),
                },
            };
            let members = self.members(call, &body, key)?;
            let count = int(&body, "count").and_then(|count| usize::try_from(count).ok());
            let before = rows.len();
            rows.extend(members.iter().filter(|one| seen.insert(identity(one))).cloned());
            read += members.len();
            if let Some(count) = count {
                shrank |= count < most;
                most = most.max(count);
            }
            // A count may be lower than what there is: after a full page there may be another one.
            let more = members.len() >= size || count.is_some_and(|count| read < count);
            if members.is_empty() || !more {
                return Ok(Pass { rows, shrank: shrank && number > 1 });
            }
            let endless = |why: String| {
                let message = format!("the list of `{}` has no end: {why}", call.command);
                self.session.error(Kind::Protocol, message)
            };
            pages.read(members.len()).map_err(endless)?;
            if rows.len() == before {
                return Err(endless(format!("page {number} tells nothing new")));
            }
            if is_endless(number, read, most, size) {
                return Err(endless(format!("{number} pages hold {read} entries, and it counts {most}")));
            }
            number += 1;
        }
    }

    /// The members of one answer; an empty list is an empty object, and a page beyond the end a count alone.
    pub(super) fn members<'a>(&self, call: &Call, body: &'a Json, key: &str) -> Result<&'a [Json]> {
        let members = list(body, key);
        let odd = match body.as_object() {
            None => true,
            // Something else than the list and its count is no answer to this.
            Some(fields) => match fields.get(key) {
                Some(list) => !list.is_array() && !list.is_object(),
                None => fields.keys().any(|name| name != "count"),
            },
        };
        // A thing whose id is empty is one that cannot be told from what is not there.
        let nameless = |one: &Json| one.get("id").is_some_and(Json::is_null) || identity_of(one).is_none();
        if odd || members.iter().any(|one| !one.is_object() || nameless(one)) {
            return Err(self.lacking(call, key));
        }
        Ok(members)
    }

    /// The member that was asked for by its id; `None` where the cloud does not have it.
    pub(super) async fn one(&self, call: &Call, key: &str, id: &str) -> Result<Option<Json>> {
        let body = match self.ask(call).await {
            Ok(body) => body,
            Err(error) if error.kind == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let own = |one: &&Json| text(one, "id").as_deref() == Some(id);
        let members = self.members(call, &body, key)?;
        let counted = int(&body, "count").is_some_and(|count| count > 0);
        match members.iter().find(own) {
            Some(one) => Ok(Some(one.clone())),
            // A number that is no id here is taken for an internal one, which is another thing's.
            None if !is_uuid(id) => Ok(None),
            // Another's description, or a count of what is not shown, does not say that this one is gone.
            None if counted || !members.is_empty() => Err(self.lacking(call, key)),
            None => Ok(None),
        }
    }

    /// An answer that is none to what was asked: taken for an empty list it would say that all is gone.
    pub(super) fn lacking(&self, call: &Call, key: &str) -> Error {
        self.session.error(Kind::Protocol, format!("the answer to `{}` has no `{key}`", call.command))
    }
}

/// Whether a list holds so much more than it counts, in so many pages, that it makes up ever new members.
fn is_endless(pages: usize, read: usize, counted: usize, size: usize) -> bool {
    let wanted = counted.max(read) / size.max(1);
    let short = pages > SLACK + 2 * wanted;
    let long = counted > 0 && read > SLACK * size + 2 * counted;
    short || long
}

/// What a member is known by.
fn identity_of(one: &Json) -> Option<String> {
    ["id", "jobid", "name", "resourceid", "key", "resourcetype", "zonename", "ipaddress"]
        .iter()
        .find_map(|key| text(one, key))
}

fn identity(one: &Json) -> String {
    // A template comes once a zone, under one id; a tag has none.
    let zone = text(one, "zoneid").unwrap_or_default();
    match text(one, "id") {
        Some(id) => format!("{id} {zone}"),
        None => one.to_string(),
    }
}

/// The page size that a refusal names: "Page size can't exceed max allowed page size value: 500".
fn allowed(error: &Error) -> Option<usize> {
    let words = error.answer.as_deref()?;
    let (_, rest) = words.split_once("max allowed page size value:")?;
    rest.trim().trim_end_matches('.').parse().ok().filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_makes_up_members_ends_soon() {
        // One new member a page, whatever it counts.
        assert_eq!((1..).find(|pages| is_endless(*pages, *pages, pages + 1, 500)), Some(SLACK + 1));
        assert_eq!((1..).find(|pages| is_endless(*pages, *pages, 1000, 500)), Some(SLACK + 5));
        // Full pages, and a count of one of them.
        assert_eq!((1..).find(|pages| is_endless(*pages, pages * 500, 500, 500)), Some(SLACK + 3));
        // As many as it counts.
        assert!((1..=900).all(|pages| !is_endless(pages, pages * 500, 450_000, 500)));
        assert!((1..=900).all(|pages| !is_endless(pages, pages * 500, 0, 500)));
    }
}
