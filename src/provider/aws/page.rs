//! Lists that come page by page: until there is no token any more, and an end whatever the cloud answers.

use super::super::pages::Pages;
use super::Aws;
use super::call::Call;
use super::decode::text;
use crate::cloud::{Error, Kind, Result};
use serde_json::Value as Json;
use std::collections::HashSet;

impl Aws {
    /// Every page of a list, until `each` says that it is enough. An empty page may be followed by others.
    pub(super) async fn pages(
        &self,
        mut call: Call,
        mut each: impl FnMut(&Json) -> bool + Send,
    ) -> Result<()> {
        let action = call.action.clone();
        let endless = |why: String| {
            let message = format!("the list of `{action}` has no end: {why}");
            self.session.error(Kind::Protocol, message)
        };
        let mut pages = Pages::default();
        loop {
            let body = self.ask(&call).await?;
            let sets = body.as_object().into_iter().flat_map(|sets| sets.values());
            pages.read(sets.filter_map(Json::as_array).map(Vec::len).sum()).map_err(endless)?;
            if each(&body) {
                return Ok(());
            }
            let token = text(&body, "nextToken").or_else(|| text(&body, "NextToken"));
            let Some(token) = token else { return Ok(()) };
            pages.go_on(&token).map_err(endless)?;
            call = call.with("NextToken", token);
        }
    }

    /// Every member of the set `key` on every page, decoded.
    pub(super) async fn every<T: Send>(
        &self,
        call: Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send + Sync,
    ) -> Result<Vec<T>> {
        let (mut out, mut seen, mut lacks, mut odd) = (Vec::new(), HashSet::new(), false, false);
        let action = call.action.clone();
        self.pages(call, |body| {
            lacks = body.get(key).is_none();
            odd |= super::decode::list(body, key).iter().any(|one| !one.is_object() || !has_id(key, one));
            // What moves between pages while they are read may come twice.
            let fresh = super::decode::list(body, key).iter().filter(|one| seen.insert(one.to_string()));
            out.extend(fresh.filter_map(&decode));
            lacks || odd
        })
        .await?;
        if lacks || odd {
            return Err(self.lacking(&action, key));
        }
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
        if body.get(key).is_none() {
            return Err(self.lacking(&call.action, key));
        }
        match super::decode::list(&body, key).first() {
            Some(one) if !one.is_object() => Err(self.lacking(&call.action, key)),
            one => Ok(one.and_then(decode)),
        }
    }

    /// An answer that is none to what was asked: taken for an empty list it would say that all is gone.
    pub(super) fn lacking(&self, action: &str, key: &str) -> Error {
        self.session.error(Kind::Protocol, format!("the answer to `{action}` has no `{key}`"))
    }
}

/// Whether a member of a set has what it is known by.
fn has_id(set: &str, one: &Json) -> bool {
    let names: &[&str] = match set {
        "imagesSet" => &["imageId"],
        "volumeSet" => &["volumeId"],
        "snapshotSet" => &["snapshotId"],
        "subnetSet" => &["subnetId"],
        "vpcSet" => &["vpcId"],
        // Before VPCs these went by their names.
        "securityGroupInfo" => &["groupId", "groupName"],
        "addressesSet" => &["allocationId", "publicIp"],
        "networkInterfaceSet" => &["networkInterfaceId"],
        "placementGroupSet" => &["groupName"],
        // Left out, a stack would be taken for gone.
        "Stacks" | "StackSummaries" => {
            return ["StackId", "StackName", "StackStatus"].iter().all(|name| text(one, name).is_some());
        }
        "availabilityZoneInfo" => &["zoneName"],
        "accountAttributeSet" => &["attributeName"],
        "keySet" => &["keyPairId", "keyName"],
        _ => return true,
    };
    names.iter().any(|name| text(one, name).is_some())
}

/// Whether the cloud says that there is no such thing; an id that it cannot read names nothing either.
pub(super) fn is_absent(error: &Error) -> bool {
    let malformed = error
        .code
        .as_deref()
        .is_some_and(|code| code.ends_with(".Malformed") || code.ends_with("Id.Malformed"));
    // EC2 always names what is not there; a 404 without a name comes from something before it.
    error.code.is_some() && error.status.is_some() && (error.kind == Kind::NotFound || malformed)
}
