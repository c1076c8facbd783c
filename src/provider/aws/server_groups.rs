//! Placement groups as server groups. EC2 knows them by their names, and tells their instances with the instances.

use super::Aws;
use super::decode::text;
use super::ec2::{instance, placement};
use super::making::Making;
use super::recover::quoted;
use crate::cloud::{Filter, Kind, Result, ServerGroup, ServerGroups};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl ServerGroups for Aws {
    async fn server_groups(&self, filter: &Filter) -> Result<Vec<ServerGroup>> {
        let decode = |body: &Json| placement::decode(body, self.session.name());
        let mut groups = self.gather(placement::page(filter), "placementGroupSet", filter, decode).await?;
        self.complete_groups(&mut groups).await?;
        Ok(groups)
    }

    async fn server_group(&self, id: &str) -> Result<Option<ServerGroup>> {
        let cloud = self.session.name();
        let call = placement::show(id);
        let found = self.first(&call, "placementGroupSet", |one| placement::decode(one, cloud)).await?;
        let mut groups: Vec<ServerGroup> = found.into_iter().filter(|group| group.id == id).collect();
        self.complete_groups(&mut groups).await?;
        Ok(groups.pop())
    }

    async fn create_server_group(&self, name: &str, policy: &str) -> Result<ServerGroup> {
        let Some(strategy) = placement::strategy(policy) else {
            let message = format!("`{policy}` is no policy of a placement group");
            let help = format!(
                "use one of: {}; or affinity for cluster, anti-affinity for spread",
                placement::STRATEGIES.join(", ")
            );
            return Err(self.session.error(Kind::InvalidArgument, message).help(help));
        };
        let making = Making {
            verb: "create_server_group",
            what: format!("placement group `{name}`"),
            list: format!("find_server_group({})", quoted(name)),
            call: placement::create(name, strategy),
            kind: "placement-group",
            tags: Vec::new(),
            look: placement::page(&Filter::named(name)),
            set: "placementGroupSet",
            id: "groupName",
            time: None,
            may_be: |_| true,
            // A name is a placement group's alone.
            delete: None,
        };
        let cloud = self.session.name();
        let found = |body: &Json| placement::decode(body, cloud);
        let told = |body: &Json| {
            let told = body.get("placementGroup").and_then(found);
            // Before 2019 the answer was that it is so.
            let done = || found(&serde_json::json!({"groupName": name, "strategy": strategy}));
            told.or_else(|| body.get("return").and_then(|_| done()))
        };
        self.make(&making, told, found, |group| group.id.clone()).await
    }

    async fn delete_server_group(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, placement::delete(id)).await
    }
}

impl Aws {
    /// The servers of groups, by one list for all of them.
    async fn complete_groups(&self, groups: &mut [ServerGroup]) -> Result<()> {
        let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let mut members = Vec::new();
        self.pages(placement::members(&names), |body| {
            members.extend(
                instance::each(body)
                    .filter_map(|one| Some((placement::group_of(one)?, text(one, "instanceId")?))),
            );
            false
        })
        .await?;
        for group in groups {
            let own = members.iter().filter(|(name, _)| *name == group.name);
            group.servers = own.map(|(_, id)| id.clone()).collect();
        }
        Ok(())
    }
}
