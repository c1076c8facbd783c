//! Quota and usage of all services, asked for at once. What a service does not tell is untold, not an error.

use super::OpenStack;
use super::call::is_segment;
use super::cinder;
use super::decode::text;
use super::keystone::projects;
use super::neutron::quota;
use super::nova::{keypair, limits};
use super::send::found;
use crate::cloud::{Daemon, Error, Filter, Kind, Result};
use serde_json::Value as Json;
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

    /// The same of another project. Quotas of a project that there is not are told like any other's, so it is looked for first.
    pub(super) async fn all_limits_of(&self, project: &str) -> Result<Limits> {
        // Whose project it is may ask for its own, by its own way.
        let name = self.session.identity().await?.project;
        if [name, self.session.project_id()].iter().any(|own| own.as_deref() == Some(project)) {
            return self.all_limits().await;
        }
        let project = self.project_called(project).await?;
        let (details, volume_usage) = (quota::details(&project), cinder::limits::usage(&project));
        let server_usage = limits::usage(&project, &self.compute().await?);
        let (servers, volumes, networks) =
            tokio::join!(self.json(&server_usage), self.json(&volume_usage), self.json(&details));
        let mut all = limits::decode_usage(&servers?);
        for (told, decode) in [
            (volumes, cinder::limits::decode_usage as fn(&Json) -> Limits),
            (networks, quota::decode as fn(&Json) -> Limits),
        ] {
            match told {
                Ok(told) => all.extend(decode(&told)),
                Err(error) if is_untold(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    /// The id of a project by id or name.
    pub(super) async fn project_called(&self, project: &str) -> Result<String> {
        if is_segment(project) {
            let shown = found(self.json(&projects::show(project)).await)?;
            if let Some(id) = shown.as_ref().and_then(|body| text(body.get("project")?, "id")) {
                return Ok(id);
            }
        }
        let mut ids = Vec::new();
        self.every(projects::named(project), "projects", |entry| {
            ids.extend(text(entry, "id"));
            false
        })
        .await?;
        self.only(ids, "project", project, "give its id or its name; `whoami().project` is your own")
    }

    /// The daemons of the services that the cloud has.
    pub(super) async fn daemons(&self) -> Result<Vec<Daemon>> {
        let (servers, volumes, networks) = (limits::daemons(), cinder::limits::daemons(), quota::agents());
        let (servers, volumes, networks) = tokio::join!(
            self.holding(&servers, "/services", Some("binary")),
            self.json(&volumes),
            self.json(&networks)
        );
        let mut all: Vec<Daemon> = entries(&servers?, "services").iter().filter_map(limits::daemon).collect();
        for (told, key, decode) in [
            (volumes, "services", limits::daemon as fn(&Json) -> Option<Daemon>),
            (networks, "agents", quota::agent as fn(&Json) -> Option<Daemon>),
        ] {
            match told {
                Ok(told) => all.extend(entries(&told, key).iter().filter_map(decode)),
                Err(error) if is_untold(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn server_limits(&self) -> Result<Limits> {
        let call = limits::show(&self.compute().await?);
        Ok(limits::decode(&self.holding(&call, "/limits/absolute", None).await?))
    }

    async fn volume_limits(&self) -> Result<Limits> {
        Ok(cinder::limits::decode(&self.holding(&cinder::limits::show(), "/limits/absolute", None).await?))
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

fn entries<'a>(body: &'a Json, key: &str) -> &'a [Json] {
    body.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// Whether an error says no more than that this is not told here: no such service, or not to this user.
fn is_untold(error: &Error) -> bool {
    let absent = error.status.is_none() && error.kind == Kind::InvalidArgument;
    absent || matches!(error.kind, Kind::Unsupported | Kind::NotFound | Kind::Forbidden)
}
