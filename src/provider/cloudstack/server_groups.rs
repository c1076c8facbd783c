//! Affinity groups as server groups. Their types are OpenStack's policies in other words, and a name is a group's alone.

use super::CloudStack;
use super::call::Call;
use super::decode::{list, text};
use super::resources::Making;
use crate::cloud::{Filter, Kind, Result, ServerGroup, ServerGroups};
use crate::provider::recover::{Seen, quoted};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

const KEY: &str = "affinitygroup";

/// The policies, and the types that they are here (listAffinityGroupTypes).
const POLICIES: [(&str, &str); 4] = [
    ("affinity", "host affinity"),
    ("anti-affinity", "host anti-affinity"),
    ("soft-affinity", "non-strict host affinity"),
    ("soft-anti-affinity", "non-strict host anti-affinity"),
];

#[async_trait]
impl ServerGroups for CloudStack {
    async fn server_groups(&self, filter: &Filter) -> Result<Vec<ServerGroup>> {
        let call = Call::read("server_group.list", "listAffinityGroups");
        let call = CloudStack::narrowed(call, "name", filter);
        self.gather(call, KEY, filter, |row| self.server_group_of(row)).await
    }

    async fn server_group(&self, id: &str) -> Result<Option<ServerGroup>> {
        let row = self.row("server_group.show", "listAffinityGroups", KEY, id).await?;
        Ok(row.and_then(|row| self.server_group_of(&row)))
    }

    async fn create_server_group(&self, name: &str, policy: &str) -> Result<ServerGroup> {
        let Some(kind) = kind_of(policy) else {
            let message = format!("`{policy}` is no policy of an affinity group");
            let words = POLICIES.map(|(policy, _)| policy).join(", ");
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help(format!("use one of: {words}")));
        };
        let call =
            Call::once("server_group.create", "createAffinityGroup").with("name", name).with("type", kind);
        let making = Making {
            verb: "create_server_group",
            what: format!("affinity group `{name}`"),
            list: format!("find_server_group({})", quoted(name)),
        };
        let call = &call;
        let send = || async move {
            let body = self.run(call).await?;
            self.server_group_of(body.get(KEY).unwrap_or(&body)).ok_or_else(|| self.lacking(call, KEY))
        };
        let look = || async move { Ok(Seen::from(self.server_groups(&Filter::named(name)).await?.pop())) };
        self.make(&making, send, look).await
    }

    async fn delete_server_group(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("server_group.delete", "deleteAffinityGroup").with("id", id);
        let there = || async { Ok(self.server_group(id).await?.is_some()) };
        match self.take_away(&call, there).await {
            // What is not there is an invalid value, as anything else is.
            Err(error) if error.kind == Kind::InvalidArgument && !there().await.unwrap_or(true) => Ok(false),
            result => result,
        }
    }
}

impl CloudStack {
    fn server_group_of(&self, row: &Json) -> Option<ServerGroup> {
        let kind = text(row, "type");
        let word = |kind: String| {
            let known = POLICIES.iter().find(|(_, theirs)| *theirs == kind);
            known.map_or(kind, |(policy, _)| (*policy).to_string())
        };
        let members = list(row, "virtualmachineIds").iter().filter_map(Json::as_str);
        Some(ServerGroup {
            id: text(row, "id")?,
            name: text(row, "name").unwrap_or_default(),
            policy: kind.map(word),
            servers: members.map(str::to_string).collect(),
            cloud: self.session.name().clone(),
            raw: Arc::new(row.clone()),
        })
    }
}

/// The type of a policy, by either word.
fn kind_of(policy: &str) -> Option<&'static str> {
    POLICIES.iter().find(|(own, theirs)| *own == policy || *theirs == policy).map(|(_, theirs)| *theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_a_type_by_either_word() {
        assert_eq!(kind_of("anti-affinity"), Some("host anti-affinity"));
        assert_eq!(kind_of("non-strict host affinity"), Some("non-strict host affinity"));
        assert_eq!(kind_of("spread"), None);
    }
}
