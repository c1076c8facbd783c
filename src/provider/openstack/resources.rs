//! What every noun is read and deleted by: lists that a listing lets through, one by id, and a deletion by id.

use super::OpenStack;
use super::call::is_segment;
use super::decode::text;
use super::nova::servers::is_enough;
use super::send::found;
use super::session::Call;
use crate::cloud::{Described, Listing, Result};
use serde_json::Value as Json;

impl OpenStack {
    /// Every entry on every page that a listing lets through, at most as many as it wants.
    pub(super) async fn gather<T: Described>(
        &self,
        first: Call,
        key: &'static str,
        listing: &Listing,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        if listing.limit == Some(0) {
            return Ok(out);
        }
        self.every(first, key, |entry| {
            out.extend(decode(entry).filter(|thing| listing.lets_through(thing)));
            is_enough(listing.limit, out.len())
        })
        .await?;
        Ok(out)
    }

    /// What is under `key` in the answer, or `None` where the cloud does not have it. A word such as `detail` in place of an id
    /// asks for something else, and nothing is called that.
    pub(super) async fn shown<T>(
        &self,
        call: &Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send,
    ) -> Result<Option<T>> {
        let body = found(self.json(call).await)?;
        Ok(body.as_ref().and_then(|body| body.get(key)).and_then(decode))
    }

    /// The same of what an id names; a text that can stand in no path names nothing.
    pub(super) async fn shown_by<T>(
        &self,
        id: &str,
        call: &Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send,
    ) -> Result<Option<T>> {
        match is_segment(id) {
            true => self.shown(call, key, decode).await,
            false => Ok(None),
        }
    }

    /// Delete what an id names: whether it did, or it was not there.
    pub(super) async fn take_away_by(&self, id: &str, call: Call) -> Result<bool> {
        match is_segment(id) {
            true => self.take_away(&call).await,
            false => Ok(false),
        }
    }

    /// The project that the session is for.
    pub(super) async fn project(&self) -> Result<Option<String>> {
        self.session.login().await?;
        Ok(self.session.project_id())
    }
}

/// Whether an entry has this name.
pub(super) fn is_named(entry: &Json, name: &str) -> bool {
    text(entry, "name").as_deref() == Some(name)
}
