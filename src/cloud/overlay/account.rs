//! Quota and usage with what the overlay holds, and calls of the provider's own API.

use super::Overlay;
use crate::cloud::{Noun, RestCall, Result, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl Overlay {
    /// What is used counts what was made and deleted.
    pub(super) async fn used(&self) -> Result<BTreeMap<String, Option<i64>>> {
        let mut limits = self.inner.limits().await?;
        let world = self.world();
        for (noun, key) in [
            (Noun::Server, "servers_used"),
            (Noun::Volume, "volumes_used"),
            (Noun::Snapshot, "snapshots_used"),
            (Noun::PublicIp, "public_ips_used"),
            (Noun::Port, "ports_used"),
            (Noun::Network, "networks_used"),
            (Noun::SecurityGroup, "security_groups_used"),
            (Noun::Keypair, "keypairs_used"),
        ] {
            if let Some(Some(used)) = limits.get_mut(key) {
                *used += world
                    .each(noun)
                    .map(|entry| match (entry.made, entry.gone) {
                        (true, false) => 1,
                        (false, true) => -1,
                        _ => 0,
                    })
                    .sum::<i64>();
            }
        }
        Ok(limits)
    }

    /// A call that only reads is answered by the cloud, as it is without the overlay; one that changes something gives nothing.
    pub(super) async fn raw_call(&self, call: &RestCall) -> Result<Value> {
        nothing_if_kept(self.inner.api(call).await)
    }

    pub(super) async fn raw_query(&self, service: &str, action: &str, params: &Json) -> Result<Value> {
        nothing_if_kept(self.inner.query(service, action, params).await)
    }
}

fn nothing_if_kept(answer: Result<Value>) -> Result<Value> {
    match answer {
        Err(error) if error.kept => Ok(Value::Unit),
        answer => answer,
    }
}
