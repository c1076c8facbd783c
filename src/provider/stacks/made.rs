//! The stack that a script has before the cloud was asked what it looks like.

use crate::cloud::{Stack, StackSpec, StackTags, Time};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A stack whose creation was accepted a moment ago, as far as the request tells of it.
pub(crate) fn just_made(id: String, spec: &StackSpec, tags: StackTags, cloud: &Arc<str>, now: Time) -> Stack {
    let status = "CREATE_IN_PROGRESS".to_string();
    Stack {
        id,
        name: spec.name.clone(),
        provider_status: status.clone(),
        status,
        reason: None,
        description: None,
        outputs: BTreeMap::new(),
        parameters: BTreeMap::new(),
        tags,
        timeout: spec.timeout,
        rollback: Some(spec.rollback.unwrap_or(true)),
        parent: None,
        created: Some(now),
        updated: None,
        partial: true,
        cloud: cloud.clone(),
        read: now,
        raw: Arc::new(Json::Null),
    }
}
