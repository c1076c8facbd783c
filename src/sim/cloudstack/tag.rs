//! Tags: names and values at things of every kind.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::state::Tag;

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createTags", &["resourceids", "resourcetype", "tags"], create),
    does("cloudstack.deleteTags", &["resourceids", "resourcetype", "tags"], delete),
    asks(
        "cloudstack.listTags",
        &[
            "account",
            "domainid",
            "isrecursive",
            "key",
            "keyword",
            "listall",
            "page",
            "pagesize",
            "projectid",
            "resourceid",
            "resourcetype",
            "value",
        ],
        list,
    ),
];

/// The kinds of things that take tags.
const KINDS: [&str; 15] = [
    "UserVm",
    "Template",
    "ISO",
    "Volume",
    "Snapshot",
    "Network",
    "SecurityGroup",
    "PublicIpAddress",
    "Project",
    "Vpc",
    "VMSnapshot",
    "FirewallRule",
    "PortForwardingRule",
    "NetworkACL",
    "LoadBalancer",
];

/// The kind as CloudStack writes it.
fn kind(word: &str) -> Outcome<&'static str> {
    let own = KINDS.iter().find(|kind| kind.eq_ignore_ascii_case(word));
    own.copied().ok_or_else(|| Refused::value(format!("Invalid resource type {word}")))
}

impl Cloud<'_> {
    /// The world's project that a thing of this kind belongs to.
    pub(super) fn project_of(&self, kind: &str, id: &str) -> Option<String> {
        let world = &self.world;
        match kind {
            "UserVm" => world.server_at(id).map(|at| world.servers[at].project.clone()),
            "Template" | "ISO" => world.image(id).map(|image| image.owner.clone()),
            "Volume" => world.volume(id).map(|volume| volume.project.clone()),
            "Snapshot" => world.snapshot(id).map(|snapshot| snapshot.project.clone()),
            "Network" => world.network(id).map(|network| network.project.clone()),
            "SecurityGroup" => world.group_by_id(id).map(|group| group.project.clone()),
            "PublicIpAddress" => world.floating(id).map(|floating| floating.project.clone()),
            "Project" => {
                let of = |account: &&super::people::Account| account.of_project.as_deref() == Some(id);
                self.ledger.accounts.iter().find(of).map(|account| account.project.clone())
            }
            _ => self.ledger.others.get(id).cloned(),
        }
    }

    /// The tags of a thing, as it shows them.
    pub(super) fn tags_of(&self, kind: &str, id: &str) -> Value {
        let own = self.ledger.tags.iter().filter(|tag| tag.kind == kind && tag.id == id);
        let shown = own.map(|tag| {
            let mut view = self.tag_view(tag);
            super::drop(&mut view, "domainpath");
            view
        });
        Value::Array(shown.collect())
    }

    fn tag_view(&self, tag: &Tag) -> Value {
        let mut view = Map::new();
        for (name, value) in
            [("key", &tag.key), ("value", &tag.value), ("resourcetype", &tag.kind), ("resourceid", &tag.id)]
        {
            view.insert(name.to_owned(), json!(value));
        }
        self.owned(&tag.account, &mut view);
        Value::Object(view)
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (ids, tags) = (cloud.params.list("resourceids"), cloud.params.keyed("tags")?);
    let word = cloud.params.need("resourcetype")?.to_owned();
    let about: Vec<(String, String)> = ids.iter().map(|id| (id.clone(), String::new())).collect();
    let plan = Plan::after(300, move |cloud| {
        let kind = kind(&word)?;
        for id in &ids {
            let project = cloud.project_of(kind, id).ok_or_else(|| {
                Refused::value(format!("Unable to find resource by uuid {id} and type {kind}"))
            })?;
            if !cloud.may(&project) {
                return Err(Cloud::forbidden());
            }
            for (key, value) in &tags {
                if cloud.ledger.tags.iter().any(|tag| tag.kind == kind && tag.id == *id && tag.key == *key) {
                    return Err(Refused::internal(format!("tag {key} already on {kind} with id {id}")));
                }
                cloud.ledger.tags.push(Tag {
                    kind: kind.to_owned(),
                    id: id.clone(),
                    key: key.clone(),
                    value: value.clone(),
                    account: project.clone(),
                });
            }
        }
        Ok(json!({"success": true}))
    });
    let told = cloud.job(plan);
    Ok(Told { about, ..told })
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (ids, tags) = (cloud.params.list("resourceids"), cloud.params.keyed("tags")?);
    let valued =
        cloud.params.records("tags").iter().any(|record| record.iter().any(|pair| pair.0 == "value"));
    let word = cloud.params.need("resourcetype")?.to_owned();
    let about: Vec<(String, String)> = ids.iter().map(|id| (id.clone(), String::new())).collect();
    let plan = Plan::after(300, move |cloud| {
        let kind = kind(&word)?;
        let named = |tag: &Tag| {
            tags.is_empty()
                || tags.iter().any(|(key, value)| {
                    tag.key == *key && (!valued || value.is_empty() || tag.value == *value)
                })
        };
        let fits = |tag: &Tag| tag.kind == kind && ids.contains(&tag.id) && named(tag);
        let found: Vec<Tag> = cloud.ledger.tags.iter().filter(|tag| fits(tag)).cloned().collect();
        if found.iter().any(|tag| !cloud.may(&tag.account)) {
            return Err(Cloud::forbidden());
        }
        if found.is_empty() {
            return Err(Refused::internal("Failed to delete tags"));
        }
        cloud.ledger.tags.retain(|tag| !fits(tag));
        Ok(json!({"success": true}))
    });
    let told = cloud.job(plan);
    Ok(Told { about, ..told })
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let wanted =
        |name: &str, own: &str| cloud.params.get(name).is_none_or(|word| super::page::same(word, own));
    let fits = |tag: &&Tag| {
        let alive = cloud.project_of(&tag.kind, &tag.id).is_some();
        alive
            && (reach.covers(&tag.account)
                || cloud.params.get("resourceid").is_some() && cloud.may(&tag.account))
            && wanted("resourcetype", &tag.kind)
            && wanted("resourceid", &tag.id)
            && wanted("key", &tag.key)
            && wanted("value", &tag.value)
            && cloud
                .params
                .get("keyword")
                .is_none_or(|part| tag.key.contains(part) || tag.value.contains(part))
    };
    let rows = cloud.ledger.tags.iter().filter(fits).map(|tag| cloud.tag_view(tag)).collect();
    cloud.listed("tag", rows)
}
