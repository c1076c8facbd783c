//! Lists that come page by page: each entry once, all that were there the whole time, and an end whatever the cloud answers.
//!
//! A page is asked for by the last id of the one before. What is made meanwhile may be missed, what is deleted may be listed.

use super::super::pages::Pages as Bounds;
use super::OpenStack;
use super::decode::{has_odd_next, list, next_page, scalar, text};
use super::fault;
use super::session::Call;
use crate::cloud::{Error, Filter, Kind, NameMatch, Result};
use serde_json::Value as Json;

/// The most that one page is asked to hold; Nova's own default limit.
pub(super) const PAGE: usize = 1000;
/// How many entries a page of a listing is asked to hold: no more than are wanted, where nothing is left to sieve on our side.
pub(super) fn size(filter: &Filter) -> String {
    let ours = matches!(filter.name, Some(NameMatch::Glob(_)))
        || !filter.status.is_empty()
        || !filter.meta.is_empty()
        || filter.server.is_some()
        || filter.kind.is_some();
    let wanted = filter.limit.filter(|_| !ours).unwrap_or(PAGE);
    wanted.clamp(1, PAGE).to_string()
}

/// How many entries may be gone before it is given up to find the place to go on from.
const STEPS_BACK: usize = 32;

type Query = Vec<(String, String)>;

/// The state of reading page after page; it ends by itself, whatever the cloud answers.
#[derive(Debug, Default)]
pub(super) struct Pages {
    bounds: Bounds,
    /// All ids in their order, from the last of which to go on.
    order: Vec<String>,
    /// How many the last page held, and how many steps back were gone from it.
    held: usize,
    back: usize,
}

impl Pages {
    /// Take in the ids of a page, and say which of them are new.
    pub(super) fn take(&mut self, ids: &[String]) -> Vec<bool> {
        self.order.extend_from_slice(ids);
        (self.held, self.back) = (ids.len(), 0);
        ids.iter().map(|id| self.bounds.is_new(id)).collect()
    }

    /// The query of the page after the last, or `None` at the end: no link and no full page, or nothing new.
    pub(super) fn next(
        &self,
        body: &Json,
        key: &str,
        asked: &[(String, String)],
        fresh: &[bool],
    ) -> Option<Query> {
        let linked = next_page(body, key).filter(|linked| linked != asked);
        // A page that was seen already leads nowhere; one of which everything was left out leads on.
        let leads_on = fresh.contains(&true) || (fresh.is_empty() && linked.is_some());
        if !leads_on {
            return None;
        }
        if linked.is_some() {
            return linked;
        }
        let linked_list = body.get(format!("{key}_links")).is_some();
        let limit = asked.iter().find(|(key, _)| key == "limit").and_then(|(_, limit)| limit.parse().ok());
        if linked_list || self.held < limit.unwrap_or(PAGE) {
            return None;
        }
        Some(from(asked, self.order.last()))
    }

    /// The query from the entry before the one that was asked for, which the cloud does not know any more.
    pub(super) fn step_back(&mut self, asked: &[(String, String)], error: &Error) -> Option<Query> {
        let words = error.answer.as_deref().unwrap_or_default().to_ascii_lowercase();
        let unknown =
            matches!(error.kind, Kind::InvalidArgument | Kind::NotFound) && words.contains("marker");
        let marker = asked.iter().any(|(key, _)| key == "marker");
        if !unknown || !marker || self.back >= STEPS_BACK {
            return None;
        }
        self.back += 1;
        self.order.pop();
        Some(from(asked, self.order.last()))
    }
}

/// The same query, from after this entry; from the beginning where there is none.
fn from(asked: &[(String, String)], marker: Option<&String>) -> Query {
    let mut query: Query = asked.iter().filter(|(key, _)| key != "marker").cloned().collect();
    query.extend(marker.map(|marker| ("marker".to_string(), marker.clone())));
    query
}

/// What the next page is asked for after: an entry's id; a key pair has its name.
fn mark(entry: &Json) -> Option<String> {
    entry
        .get("id")
        .or_else(|| entry.pointer("/keypair/name"))
        .and_then(scalar)
        .filter(|mark| !mark.is_empty())
}

impl OpenStack {
    /// Every entry under `key` on every page, each once, until `each` says that it is enough.
    pub(super) async fn every(
        &self,
        first: Call,
        key: &'static str,
        mut each: impl FnMut(&Json) -> bool + Send,
    ) -> Result<()> {
        let mut pages = Pages::default();
        let mut call = first;
        loop {
            let lists = |body: &Json| match list(body, key) {
                Some(_) if has_odd_next(body, key) => {
                    Err("it tells of a next page, and not where that is".to_string())
                }
                Some(entries) if entries.iter().any(|entry| mark(entry).is_none()) => {
                    Err(format!("one of its {key} has no id"))
                }
                // Left out, a stack would be taken for gone.
                Some(entries)
                    if key == "stacks"
                        && entries.iter().any(|entry| text(entry, "stack_status").is_none()) =>
                {
                    Err("one of its stacks has no status".to_string())
                }
                Some(_) => Ok(()),
                None => Err(format!("it lists no {key}")),
            };
            let (answer, body) = match self.whole(&call, lists).await {
                Ok(read) => read,
                Err(error) => match pages.step_back(&call.query, &error) {
                    Some(query) => {
                        call.query = query;
                        continue;
                    }
                    None => return Err(error),
                },
            };
            let entries = list(&body, key).map(Vec::as_slice).unwrap_or_default();
            if let Err(why) = pages.bounds.read(entries.len()) {
                let what = format!("its list of {key} has no end: {why}");
                return Err(fault::nonsense(&self.session, &call, &answer, &what));
            }
            let ids: Vec<String> = entries.iter().filter_map(mark).collect();
            let fresh = pages.take(&ids);
            for (entry, fresh) in entries.iter().zip(&fresh) {
                if *fresh && each(entry) {
                    return Ok(());
                }
            }
            match pages.next(&body, key, &call.query, &fresh) {
                Some(query) => call.query = query,
                None => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_end_whatever_the_cloud_answers() {
        let mut pages = Pages::default();
        let ids = ["a".to_string(), "b".to_string()];
        let body =
            json!({"servers": [], "servers_links": [{"rel": "next", "href": "http://c/servers?marker=b"}]});
        let fresh = pages.take(&ids);
        assert_eq!(pages.next(&body, "servers", &[], &fresh).map(|query| query.len()), Some(1));
        let again = pages.take(&ids);
        assert_eq!(again, [false, false]);
        assert_eq!(pages.next(&body, "servers", &[], &again), None);
        let asked = [("limit".to_string(), "2".to_string())];
        let more = ["c".to_string(), "d".to_string()];
        let fresh = pages.take(&more);
        let query = pages.next(&json!({"servers": []}), "servers", &asked, &fresh);
        let marker = ("marker".to_string(), "d".to_string());
        assert_eq!(query, Some(vec![asked[0].clone(), marker]));
        assert_eq!(pages.next(&json!({"servers": []}), "servers", &[], &fresh), None);
    }

    #[test]
    fn an_empty_page_with_a_link_is_not_the_end() {
        let mut pages = Pages::default();
        let body =
            json!({"servers": [], "servers_links": [{"rel": "next", "href": "http://c/servers?marker=z"}]});
        let fresh = pages.take(&[]);
        let asked = pages.next(&body, "servers", &[], &fresh).expect("one more");
        assert_eq!(asked, [("marker".to_string(), "z".to_string())]);
        // The same link again leads nowhere.
        assert_eq!(pages.next(&body, "servers", &asked, &fresh), None);
        let linked =
            json!({"servers": [], "servers_links": [{"rel": "next", "href": "http://c/servers?page=2"}]});
        assert_eq!(pages.next(&linked, "servers", &[], &fresh).map(|query| query.len()), Some(1));
    }
}
