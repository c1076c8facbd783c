//! Quota and usage of all services, asked for at once. What a service does not tell is untold, not an error.

use super::OpenStack;
use super::cinder;
use super::neutron::quota;
use super::nova::{keypair, limits};
use crate::cloud::{Error, Filter, Kind, Result};
use std::collections::BTreeMap;

type Limits = BTreeMap<String, Option<i64>>;

impl OpenStack {
    /// What the project may have and has.
    pub(super) async fn all_limits(&self) -> Result<Limits> {
        let (servers, volumes, networks, keypairs) = tokio::join!(
            self.server_limits(),
            self.volume_limits(),
            self.network_limits(),
            self.keypairs_used()
        );
        let mut all = servers?;
        for told in [volumes, networks, keypairs] {
            match told {
                Ok(told) => all.extend(told),
                Err(error) if is_untold(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn server_limits(&self) -> Result<Limits> {
        Ok(limits::decode(&self.json(&limits::show(&self.compute().await?)).await?))
    }

    async fn volume_limits(&self) -> Result<Limits> {
        Ok(cinder::limits::decode(&self.json(&cinder::limits::show()).await?))
    }

    async fn network_limits(&self) -> Result<Limits> {
        let Some(project) = self.project().await? else { return Ok(Limits::new()) };
        let answer = match self.json(&quota::details(&project)).await {
            // Clouds of before 2017 tell limits alone.
            Err(error) if error.status == Some(404) => self.json(&quota::show(&project)).await,
            told => told,
        };
        Ok(quota::decode(&answer?))
    }

    /// Nova tells how many key pairs a user may have, and not how many there are.
    async fn keypairs_used(&self) -> Result<Limits> {
        let mut used = 0;
        let first = keypair::first(&Filter::default(), &self.compute().await?);
        self.every(first, "keypairs", |_| {
            used += 1;
            false
        })
        .await?;
        Ok(Limits::from([("keypairs_used".to_string(), Some(used))]))
    }
}

/// Whether an error says no more than that this is not told here: no such service, or not to this user.
fn is_untold(error: &Error) -> bool {
    let absent = error.status.is_none() && error.kind == Kind::InvalidArgument;
    absent || matches!(error.kind, Kind::Unsupported | Kind::NotFound | Kind::Forbidden)
}
