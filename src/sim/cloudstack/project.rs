//! Projects: accounts without people, which several accounts use.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::people::Role;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use super::state::Project;
use super::volume::begun;
use crate::world::fresh_id;

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createProject", &["account", "displaytext", "domainid", "name"], create),
    does("cloudstack.deleteProject", &["cleanup", "id"], delete),
    does("cloudstack.addAccountToProject", &["account", "projectid", "projectroleid", "roletype"], add),
    does("cloudstack.deleteAccountFromProject", &["account", "projectid"], remove),
    asks(
        "cloudstack.listProjects",
        &[
            "account",
            "displaytext",
            "domainid",
            "id",
            "isrecursive",
            "keyword",
            "listall",
            "name",
            "page",
            "pagesize",
            "state",
            "tags",
        ],
        list,
    ),
    asks("cloudstack.listProjectAccounts", &["account", "keyword", "page", "pagesize", "projectid"], members),
];

impl Cloud<'_> {
    fn project_view(&self, project: &Project) -> Value {
        let of = |account: &&super::people::Account| account.of_project.as_ref() == Some(&project.id);
        let account = self.ledger.accounts.iter().find(of);
        let domain = account.and_then(|account| self.ledger.domain(&account.domain));
        let owner = project.members.first().and_then(|id| self.ledger.account(id));
        json!({
            "id": project.id,
            "name": account.map(|account| account.name.clone()),
            "displaytext": project.display,
            "domainid": domain.map(|domain| domain.id.clone()),
            "domain": domain.map(|domain| domain.name.clone()),
            "state": "Active",
            "owner": [{"account": owner.map(|owner| owner.name.clone())}],
            "created": account.map(|account| stamp(account.created)),
            "tags": self.tags_of("Project", &project.id),
            "projectaccountname": account.map(|account| format!("PrjAcct-{}-{}", account.name, account.number)),
        })
    }

    /// The project that a parameter names, if the caller is in it.
    fn project_asked(&self, name: &str) -> Outcome<Project> {
        let id = self.params.need(name)?;
        let found = self.ledger.projects.iter().find(|project| project.id == id);
        let project = found.ok_or_else(|| self.params.unknown(name, id))?;
        let inside = self.caller.admin() || project.members.contains(&self.caller.account.id);
        if inside { Ok(project.clone()) } else { Err(Self::forbidden()) }
    }
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, name) = (cloud.owner()?, cloud.params.need("name")?.to_owned());
    let taken = cloud
        .ledger
        .accounts
        .iter()
        .any(|other| other.of_project.is_some() && other.name == name && other.domain == owner.domain);
    if taken {
        let text = format!("Project with name {name} already exists in domain id={}", owner.domain);
        return Err(Refused::value(text));
    }
    cloud.room_for(&owner, "project", 1)?;
    let (id, now) = (fresh_id(), cloud.now());
    let of = cloud.new_project(&name);
    let account = cloud.ledger.add_account(&name, &owner.domain, Role::User, &of, &owner.owner, now);
    if let Some(account) = cloud.ledger.accounts.iter_mut().find(|other| other.id == account) {
        account.of_project = Some(id.clone());
    }
    let display = cloud.params.get("displaytext").unwrap_or(&name).to_owned();
    let project = Project { id: id.clone(), members: vec![owner.id], display };
    cloud.ledger.projects.push(project.clone());
    let plan = Plan::after(400, move |cloud| Ok(json!({"project": cloud.project_view(&project)})));
    let job = cloud.start(plan.on("Project", &id));
    Ok(begun(&id, &name, &job))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let project = cloud.project_asked("id")?;
    let own = project.id.clone();
    let account =
        cloud.ledger.accounts.iter().find(|account| account.of_project.as_ref() == Some(&own)).cloned();
    let clean = cloud.params.flag("cleanup").unwrap_or(false);
    let plan = Plan::after(600, move |cloud| {
        let held = |project: &str| cloud.world.usage(project).servers > 0;
        if account.as_ref().is_some_and(|account| held(&account.project)) && !clean {
            return Err(Refused::internal("Failed to delete project: it still has machines"));
        }
        cloud.ledger.projects.retain(|other| other.id != own);
        cloud.ledger.accounts.retain(|account| account.of_project.as_ref() != Some(&own));
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan.on("Project", &project.id)).about(&project.id, ""))
}

/// The account of a name in the caller's domain or below.
fn named(cloud: &Cloud<'_>) -> Outcome<String> {
    let name = cloud.params.need("account")?;
    let found =
        cloud.ledger.accounts.iter().find(|account| account.name == name && account.of_project.is_none());
    found
        .map(|account| account.id.clone())
        .ok_or_else(|| Refused::value(format!("Unable to find account name={name}")))
}

fn add(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (project, account) = (cloud.project_asked("projectid")?, named(cloud)?);
    let own = project.id.clone();
    let plan = Plan::after(300, move |cloud| {
        let found = cloud.ledger.projects.iter_mut().find(|other| other.id == own);
        let found = found.ok_or_else(|| Refused::internal("The project is gone"))?;
        if !found.members.contains(&account) {
            found.members.push(account);
        }
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&project.id, ""))
}

fn remove(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (project, account) = (cloud.project_asked("projectid")?, named(cloud)?);
    if project.members.first() == Some(&account) {
        return Err(Refused::value("The owner of a project cannot be taken out of it"));
    }
    let own = project.id.clone();
    let plan = Plan::after(300, move |cloud| {
        let found = cloud.ledger.projects.iter_mut().find(|other| other.id == own);
        found.into_iter().for_each(|found| found.members.retain(|other| *other != account));
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&project.id, ""))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.ledger.projects.iter().map(|project| project.id.as_str()))?;
    let every = cloud.caller.admin() && cloud.params.flag("listall").unwrap_or(false);
    let mut rows = Vec::new();
    for project in &cloud.ledger.projects {
        let inside = every || project.members.contains(&cloud.caller.account.id);
        let view = cloud.project_view(project);
        let name = view["name"].as_str().unwrap_or_default().to_owned();
        let state = cloud.params.get("state").is_none_or(|state| super::page::same(state, "Active"));
        if inside
            && state
            && cloud.wanted(&project.id)
            && cloud.named(&name, &[])
            && cloud.tagged("Project", &project.id)?
        {
            rows.push(view);
        }
    }
    cloud.listed("project", rows)
}

fn members(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let project = cloud.project_asked("projectid")?;
    let accounts =
        project.members.iter().enumerate().filter_map(|(at, id)| Some((at, cloud.ledger.account(id)?)));
    let rows = accounts
        .map(|(at, account)| {
            json!({
                "projectid": project.id,
                "accountid": account.id,
                "account": account.name,
                "accounttype": account.role.number(),
                "role": if at == 0 { "Admin" } else { "Regular" },
                "domainid": account.domain,
            })
        })
        .collect();
    cloud.listed("projectaccount", rows)
}
