//! Lists that come page by page: until there is no token any more, and an end whatever the cloud answers.

use super::Aws;
use super::call::Call;
use super::decode::text;
use crate::cloud::Result;
use serde_json::Value as Json;
use std::collections::HashSet;

impl Aws {
    /// Every page of a list, until `each` says that it is enough. An empty page may be followed by others.
    pub(super) async fn pages(
        &self,
        mut call: Call,
        mut each: impl FnMut(&Json) -> bool + Send,
    ) -> Result<()> {
        let mut seen = HashSet::new();
        loop {
            let body = self.ask(&call).await?;
            if each(&body) {
                return Ok(());
            }
            let token = text(&body, "nextToken").or_else(|| text(&body, "NextToken"));
            // A token that comes again would be the same page for ever.
            match token.filter(|token| seen.insert(token.clone())) {
                Some(token) => call = call.with("NextToken", token),
                None => return Ok(()),
            }
        }
    }

    /// Every member of the set `key` on every page, decoded.
    pub(super) async fn every<T: Send>(
        &self,
        call: Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.pages(call, |body| {
            out.extend(super::decode::list(body, key).iter().filter_map(&decode));
            false
        })
        .await?;
        Ok(out)
    }

    /// The first member of the set `key`, decoded; `None` where the cloud does not have what was asked for.
    pub(super) async fn first<T>(
        &self,
        call: &Call,
        key: &str,
        decode: impl FnOnce(&Json) -> Option<T> + Send,
    ) -> Result<Option<T>> {
        let body = match self.ask(call).await {
            Ok(body) => body,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(super::decode::list(&body, key).first().and_then(decode))
    }
}

/// Whether the cloud says that there is no such thing; an id that it cannot read names nothing either.
pub(super) fn is_absent(error: &crate::cloud::Error) -> bool {
    let malformed = error
        .code
        .as_deref()
        .is_some_and(|code| code.ends_with(".Malformed") || code.ends_with("Id.Malformed"));
    error.status.is_some() && (error.kind == crate::cloud::Kind::NotFound || malformed)
}
