//! Affinity groups: machines that are to be on one host, or on different ones.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks, does};
use super::people::Account;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::fresh_id;

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.createAffinityGroup",
        &["account", "description", "domainid", "name", "projectid", "type"],
        create,
    ),
    does("cloudstack.deleteAffinityGroup", &["account", "domainid", "id", "name", "projectid"], delete),
    asks(
        "cloudstack.listAffinityGroups",
        &[
            "account",
            "domainid",
            "id",
            "isrecursive",
            "keyword",
            "listall",
            "name",
            "page",
            "pagesize",
            "projectid",
            "type",
            "virtualmachineid",
        ],
        list,
    ),
    does("cloudstack.updateVMAffinityGroup", &["affinitygroupids", "affinitygroupnames", "id"], update),
    asks("cloudstack.listAffinityGroupTypes", &["keyword", "page", "pagesize"], types),
];

const TYPES: [&str; 4] =
    ["host anti-affinity", "host affinity", "non-strict host anti-affinity", "non-strict host affinity"];

/// A group of machines.
#[derive(Debug, Clone)]
pub(super) struct AffinityGroup {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: String,
    pub(super) project: String,
}

impl Cloud<'_> {
    /// The affinity groups that a new machine is to be in, by id.
    pub(super) fn affinity_named(&self, owner: &Account) -> Outcome<Vec<String>> {
        let mut ids = Vec::new();
        for id in self.params.list("affinitygroupids") {
            let group = self.ledger.affinity.iter().find(|group| group.id == id);
            ids.push(group.ok_or_else(|| self.params.unknown("affinitygroupids", &id))?.id.clone());
        }
        for name in self.params.list("affinitygroupnames") {
            let own = |group: &&AffinityGroup| group.project == owner.project && group.name == name;
            let group = self.ledger.affinity.iter().find(own);
            let missing = || Refused::value(format!("Unable to find group by name {name}"));
            ids.push(group.ok_or_else(missing)?.id.clone());
        }
        Ok(ids)
    }

    fn affinity_view(&self, group: &AffinityGroup) -> Value {
        let mut view = Map::new();
        for (name, value) in [("id", &group.id), ("name", &group.name), ("description", &group.description)] {
            view.insert(name.to_owned(), json!(value));
        }
        self.owned(&group.project, &mut view);
        view.insert("type".to_owned(), json!(group.kind));
        let has =
            |id: &&String| self.ledger.machines.get(*id).is_some_and(|own| own.affinity.contains(&group.id));
        let ids: Vec<&String> = self.world.servers.iter().map(|server| &server.id).filter(has).collect();
        if !ids.is_empty() {
            view.insert("virtualmachineIds".to_owned(), json!(ids));
        }
        Value::Object(view)
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, name) = (cloud.owner()?, cloud.params.need("name")?.to_owned());
    let kind = cloud.params.need("type")?.to_owned();
    if !TYPES.contains(&kind.as_str()) {
        return Err(Refused::value(format!(
            "Unable to create affinity group, invalid affinity group type {kind}"
        )));
    }
    let own = |group: &&AffinityGroup| group.project == owner.project && group.name == name;
    if cloud.ledger.affinity.iter().any(|group| own(&group)) {
        let text = format!("Unable to create affinity group, a group with name {name} already exists.");
        return Err(Refused::value(text));
    }
    let description = cloud.params.get("description").unwrap_or(&name).to_owned();
    let group =
        AffinityGroup { id: fresh_id(), name: name.clone(), description, kind, project: owner.project };
    let id = group.id.clone();
    cloud.ledger.affinity.push(group.clone());
    let plan = Plan::after(300, move |cloud| Ok(json!({"affinitygroup": cloud.affinity_view(&group)})));
    let mut plan = plan;
    plan.thing = Some(("AffinityGroup", String::new()));
    let job = cloud.start(plan);
    Ok(Told::from(json!({"id": id, "jobid": job})).about(&id, &name))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let owner = cloud.owner()?;
    let (id, name) = (cloud.params.get("id"), cloud.params.get("name"));
    if id.is_none() && name.is_none() {
        return Err(Refused::value(
            "Either the affinity group Id or group name must be specified to delete the group",
        ));
    }
    let own = |group: &&AffinityGroup| {
        group.project == owner.project
            && id.is_none_or(|id| group.id == id)
            && name.is_none_or(|name| group.name == name)
    };
    let found = cloud.ledger.affinity.iter().find(own).cloned();
    let missing =
        || Refused::value(format!("Unable to find affinity group {}", id.or(name).unwrap_or_default()));
    let group = found.ok_or_else(missing)?;
    let own = group.id.clone();
    let plan = Plan::after(300, move |cloud| {
        cloud.ledger.affinity.retain(|other| other.id != own);
        cloud.ledger.machines.values_mut().for_each(|machine| machine.affinity.retain(|id| *id != own));
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&group.id, &group.name))
}

/// Moves a stopped machine into other groups.
fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let (id, project) = (cloud.world.servers[at].id.clone(), cloud.world.servers[at].project.clone());
    let owner = cloud.ledger.account_of(&project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
    let groups = cloud.affinity_named(&owner)?;
    if cloud.shown_state(at) != "Stopped" {
        let told = cloud.machine_told(at);
        return Err(Refused::value(format!(
            "Unable update affinity groups of the virtual machine {told}; make sure the virtual machine is stopped"
        )));
    }
    let own = id.clone();
    let plan = Plan::after(300, move |cloud| {
        cloud.note(&own).affinity = groups;
        cloud.machine_result(&own)
    });
    Ok(cloud.job(plan.on("VirtualMachine", &id).queued(&id)).about(&id, ""))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let of = |group: &AffinityGroup| {
        cloud.params.get("virtualmachineid").is_none_or(|id| {
            cloud.ledger.machines.get(id).is_some_and(|machine| machine.affinity.contains(&group.id))
        })
    };
    let fits = |group: &&AffinityGroup| {
        reach.covers(&group.project)
            && of(group)
            && cloud.params.get("type").is_none_or(|kind| kind == group.kind)
            && cloud.wanted(&group.id)
            && cloud.named(&group.name, &[])
    };
    let rows = cloud.ledger.affinity.iter().filter(fits).map(|group| cloud.affinity_view(group)).collect();
    cloud.listed("affinitygroup", rows)
}

fn types(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.listed("affinityGroupType", TYPES.iter().map(|kind| json!({"type": kind})).collect())
}
