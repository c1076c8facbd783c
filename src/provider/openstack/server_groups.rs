//! Server groups. Nova keeps nothing of them that could carry a marker, tells no time, and lets several have one name: one whose
//! answer was lost is sent again only where no group of its name and policy is there.

use super::OpenStack;
use super::call::is_segment;
use super::decode::{list, scalar};
use super::nova::server_group::{self, POLICIES};
use super::nova::{files, version};
use super::recover::{Attempt, quoted};
use super::resources::is_named;
use crate::cloud::{Error, Filter, Kind, Result, ServerGroup, ServerGroups};
use crate::provider::pages::Pages;
use crate::provider::recover::Seen;
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl ServerGroups for OpenStack {
    async fn server_groups(&self, filter: &Filter) -> Result<Vec<ServerGroup>> {
        let cloud = self.session.name();
        let mut found = Vec::new();
        if filter.limit == Some(0) {
            return Ok(found);
        }
        self.all_server_groups(filter.all_projects, |entry| {
            found.extend(server_group::decode(entry, cloud).filter(|group| filter.matches(group)));
            filter.is_enough(found.len())
        })
        .await?;
        Ok(found)
    }

    async fn server_group(&self, id: &str) -> Result<Option<ServerGroup>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let call = server_group::show(id, &self.compute().await?);
        self.shown(&call, "server_group", |body| server_group::decode(body, self.session.name())).await
    }

    async fn create_server_group(&self, name: &str, policy: &str) -> Result<ServerGroup> {
        let range = self.compute().await?;
        if !POLICIES.contains(&policy) {
            let message = format!("`{policy}` is no policy of a server group");
            let help = format!("use one of: {}", POLICIES.join(", "));
            return Err(self.own(Error::new(Kind::InvalidArgument, message).help(help)));
        }
        if policy.starts_with("soft-") && !version::has(&range, version::SOFT_POLICIES) {
            let what = format!("`create_server_group` with `{policy}`");
            return Err(self.own(files::too_old(&what, version::SOFT_POLICIES, &range)));
        }
        let attempt = Attempt {
            verb: "create_server_group",
            sought: format!("a server group `{name}` of this policy"),
            list: format!("server_groups(#{{ name: {} }})", quoted(name)),
        };
        let decode = |body: &Json| server_group::decode(body, self.session.name());
        let find = || async {
            let mut there = false;
            self.all_server_groups(false, |entry| {
                let group = decode(entry).filter(|_| is_named(entry, name));
                there |= group.is_some_and(|group| group.policy.as_deref() == Some(policy));
                there
            })
            .await?;
            // It may be this call's, or have been there before.
            Ok(if there { Seen::Unclear } else { Seen::Nothing })
        };
        let call = server_group::create(name, policy, &range);
        self.create(&call, &attempt, |body| decode(body.get("server_group")?), find).await
    }

    async fn delete_server_group(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, server_group::delete(id, &self.compute().await?)).await
    }
}

impl OpenStack {
    /// Every server group, page by page, until `each` says that it is enough. Nova counts them, where its other lists go on from
    /// the last one.
    async fn all_server_groups(
        &self,
        all_projects: bool,
        mut each: impl FnMut(&Json) -> bool + Send,
    ) -> Result<()> {
        const KEY: &str = "server_groups";
        let range = self.compute().await?;
        let (mut seen, mut bounds) = (std::collections::HashSet::new(), Pages::default());
        loop {
            let call = server_group::page(seen.len(), all_projects, &range);
            let lists = |body: &Json| match list(body, KEY) {
                Some(entries) if entries.iter().all(|entry| entry.get("id").and_then(scalar).is_some()) => {
                    Ok(())
                }
                Some(_) => Err(format!("one of its {KEY} has no id")),
                None => Err(format!("it lists no {KEY}")),
            };
            let (answer, body) = self.whole(&call, lists).await?;
            let entries = list(&body, KEY).map(Vec::as_slice).unwrap_or_default();
            if let Err(why) = bounds.read(entries.len()) {
                let what = format!("its list of {KEY} has no end: {why}");
                return Err(super::fault::nonsense(&self.session, &call, &answer, &what));
            }
            let before = seen.len();
            for entry in entries {
                if entry.get("id").and_then(scalar).is_some_and(|id| seen.insert(id)) && each(entry) {
                    return Ok(());
                }
            }
            // A page that is not full is the last; so is one that holds nothing new.
            if entries.len() < super::page::PAGE || seen.len() == before {
                return Ok(());
            }
        }
    }
}
