//! Accounts, domains and people made, locked and given keys.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks, does};
use super::people::{Domain, Role};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::state::key_of;
use crate::world::{Project, User, fresh_hex, fresh_id, fresh_secret};

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createDomain", &["name", "parentdomainid"], create_domain).admin(),
    does(
        "cloudstack.createAccount",
        &[
            "account",
            "accounttype",
            "domainid",
            "email",
            "firstname",
            "lastname",
            "password",
            "roleid",
            "username",
        ],
        create_account,
    )
    .admin(),
    does(
        "cloudstack.createUser",
        &["account", "domainid", "email", "firstname", "lastname", "password", "username"],
        create_user,
    )
    .admin(),
    does("cloudstack.disableAccount", &["account", "domainid", "id", "lock"], disable).admin(),
    does("cloudstack.lockAccount", &["account", "domainid"], lock).admin(),
    does("cloudstack.enableAccount", &["account", "domainid", "id"], enable).admin(),
    asks("cloudstack.getUserKeys", &["id"], keys),
    does("cloudstack.registerUserKeys", &["id"], register),
];

fn create_domain(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let name = cloud.params.need("name")?.to_owned();
    let parent = match cloud.params.get("parentdomainid") {
        Some(id) => {
            cloud.ledger.domain(id).ok_or_else(|| cloud.params.unknown("parentdomainid", id))?.clone()
        }
        None => cloud.ledger.domains[0].clone(),
    };
    let path = format!("{}/{name}", parent.path);
    if cloud.ledger.domains.iter().any(|domain| domain.path == path) {
        return Err(Refused::value(format!(
            "Domain with name {name} already exists for the parent id={}",
            parent.number
        )));
    }
    let number = cloud.ledger.domains.len() + 1;
    let domain = Domain { id: fresh_id(), number, name: name.clone(), path, parent: Some(parent.id) };
    let view = cloud.domain_view(&domain, false);
    let id = domain.id.clone();
    cloud.ledger.domains.push(domain);
    Ok(Told::from(json!({"domain": view})).about(&id, &name))
}

fn create_account(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let params = cloud.params;
    let (user, password) = (params.need("username")?, params.need("password")?);
    let name = params.get("account").unwrap_or(user);
    let domain = match params.get("domainid") {
        Some(id) => cloud.ledger.domain(id).ok_or_else(|| params.unknown("domainid", id))?.clone(),
        None => cloud.ledger.domains[0].clone(),
    };
    if cloud.ledger.accounts.iter().any(|account| account.name == name && account.domain == domain.id) {
        let text = format!("The specified account: {name} already exists in the domain {}", domain.name);
        return Err(Refused::value(text));
    }
    let role = match params.number("accounttype")? {
        None | Some(0) => Role::User,
        Some(1) => Role::Admin,
        Some(2) => Role::DomainAdmin,
        Some(other) => return Err(Refused::value(format!("Invalid account type {other}"))),
    };
    let (project, owner, now) = (cloud.new_project(name), fresh_hex(), cloud.now());
    cloud.world.users.push(User {
        id: owner.clone(),
        name: format!("{name}@{}", domain.name),
        password: password.to_owned(),
        grants: Vec::new(),
    });
    let id = cloud.ledger.add_account(name, &domain.id, role, &project, &owner, now);
    add_person(cloud, &id);
    let account =
        cloud.ledger.account(&id).cloned().ok_or_else(|| Refused::internal("No account was made"))?;
    let view = cloud.account_view(&account);
    Ok(Told::from(json!({"account": view})).about(&id, name))
}

fn add_person(cloud: &mut Cloud<'_>, account: &str) -> String {
    let (params, now) = (cloud.params, cloud.now());
    let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
    let id = cloud.ledger.add_person(account, &text("username"), &text("password"), now);
    if let Some(person) = cloud.ledger.people.iter_mut().find(|person| person.id == id) {
        (person.first, person.last, person.email) = (text("firstname"), text("lastname"), text("email"));
    }
    id
}

fn create_user(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let account = cloud.account_asked()?;
    let name = cloud.params.need("username")?.to_owned();
    if cloud.ledger.people.iter().any(|person| person.account == account.id && person.name == name) {
        return Err(Refused::value(format!("The user {name} already exists in domain {}", account.domain)));
    }
    let id = add_person(cloud, &account.id);
    let person = cloud.ledger.person(&id).cloned().ok_or_else(|| Refused::internal("No user was made"))?;
    Ok(Told::from(json!({"user": cloud.person_view(&person)})).about(&id, &name))
}

impl Cloud<'_> {
    /// A project of the world for an account. Gives its id.
    pub(super) fn new_project(&mut self, name: &str) -> String {
        let id = fresh_hex();
        self.world.projects.push(Project {
            id: id.clone(),
            name: name.to_owned(),
            description: String::new(),
        });
        let quotas = self.world.quotas.entry(id.clone()).or_default();
        super::limit::usual(quotas);
        id
    }

    fn set_state(&mut self, id: &str, state: &'static str) -> Outcome<Value> {
        let account = self.ledger.accounts.iter_mut().find(|account| account.id == id);
        let account = account.ok_or_else(|| Refused::internal("The account is gone"))?;
        account.state = state;
        let account = account.clone();
        let people: Vec<String> = self
            .ledger
            .people
            .iter()
            .filter(|person| person.account == id)
            .map(|person| person.id.clone())
            .collect();
        if state != "enabled" {
            self.ledger.sessions.retain(|session| !people.contains(&session.person));
        }
        Ok(json!({"account": self.account_view(&account)}))
    }
}

fn disable(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let account = cloud.account_asked()?;
    let state = if cloud.params.flag("lock").unwrap_or(false) { "locked" } else { "disabled" };
    let own = account.id.clone();
    let plan = Plan::after(500, move |cloud| cloud.set_state(&own, state));
    Ok(cloud.job(plan).about(&account.id, &account.name))
}

fn lock(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let account = cloud.account_asked()?;
    Ok(Told::from(cloud.set_state(&account.id, "locked")?).about(&account.id, &account.name))
}

fn enable(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let account = cloud.account_asked()?;
    Ok(Told::from(cloud.set_state(&account.id, "enabled")?).about(&account.id, &account.name))
}

fn keys(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let person = cloud.person_asked()?;
    let mut told = Map::new();
    if let Some((key, secret)) = person.key {
        told.insert("apikey".to_owned(), json!(key));
        told.insert("secretkey".to_owned(), json!(secret));
    }
    told.insert("apikeyaccess".to_owned(), json!(true));
    Ok(json!({"userkeys": told}).into())
}

fn register(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let person = cloud.person_asked()?;
    let keys = key_of(&format!("{} {}", person.name, fresh_secret(20)));
    if let Some(own) = cloud.ledger.people.iter_mut().find(|own| own.id == person.id) {
        own.key = Some(keys.clone());
    }
    Ok(Told::from(json!({"userkeys": {"apikey": keys.0, "secretkey": keys.1}}))
        .about(&person.id, &person.name))
}
