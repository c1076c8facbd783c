//! The cloud as one caller sees it: who asks, what is theirs, and things found by their ids.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::params::Params;
use super::people::{Account, Role};
use super::refused::{Outcome, Refused};
use super::state::{Ledger, Machine, Shared};
use crate::world::{Asker, Server, State, World};

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The person, by id.
    pub(super) person: String,
    pub(super) account: Account,
}

impl Caller {
    pub(super) fn of(ledger: &Ledger, person: &str) -> Option<Self> {
        let account = ledger.account(&ledger.person(person)?.account)?.clone();
        Some(Self { person: person.to_owned(), account })
    }

    /// Whether they administer the whole cloud.
    pub(super) fn admin(&self) -> bool {
        self.account.role == Role::Admin
    }
}

/// What a command works on.
pub(super) struct Cloud<'a> {
    pub(super) world: &'a mut World,
    pub(super) ledger: &'a mut Ledger,
    /// The same ledger, for what comes later.
    pub(super) shared: &'a Shared,
    pub(super) params: &'a Params,
    pub(super) caller: Caller,
    /// The request's own id.
    pub(super) request: &'a str,
    /// It came by GET.
    pub(super) got: bool,
}

/// Whose things a list shows.
#[derive(Debug, Clone)]
pub(super) enum Reach {
    /// Of these projects of the world.
    These(Vec<String>),
    All,
}

impl Reach {
    pub(super) fn covers(&self, project: &str) -> bool {
        match self {
            Self::These(projects) => projects.iter().any(|own| own == project),
            Self::All => true,
        }
    }
}

impl Cloud<'_> {
    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// Who asks, in the world's terms, for an account.
    pub(super) fn asker(&self, account: &Account) -> Asker {
        Asker {
            request: self.request.to_owned(),
            user: account.owner.clone(),
            project: account.project.clone(),
            admin: self.caller.admin(),
        }
    }

    /// Whether the caller may see and use what is this project's, by the world's id.
    pub(super) fn may(&self, project: &str) -> bool {
        let Some(account) = self.ledger.account_of(project) else { return self.caller.admin() };
        self.may_account(account)
    }

    fn may_account(&self, account: &Account) -> bool {
        let own = &self.caller.account;
        match own.role {
            Role::Admin => true,
            _ if account.id == own.id => true,
            Role::User => account.of_project.as_ref().is_some_and(|id| self.in_project(id)),
            Role::DomainAdmin => self.below(&account.domain, &own.domain),
        }
    }

    /// Whether the caller is in a project.
    fn in_project(&self, id: &str) -> bool {
        self.ledger
            .projects
            .iter()
            .any(|project| project.id == id && project.members.contains(&self.caller.account.id))
    }

    /// Whether a domain is another or below it.
    fn below(&self, domain: &str, above: &str) -> bool {
        let path = |id: &str| self.ledger.domain(id).map(|domain| domain.path.clone()).unwrap_or_default();
        let (one, other) = (path(domain), path(above));
        one == other || one.starts_with(&format!("{other}/"))
    }

    /// That the caller may not do this.
    pub(super) fn forbidden() -> Refused {
        Refused::forbidden("Caller does not have permission to operate with provided resource.")
    }

    /// The account that `account`, `domainid` and `projectid` name, or the caller's.
    pub(super) fn named_account(&self) -> Outcome<Option<Account>> {
        if let Some(id) = self.params.get("projectid").filter(|id| *id != "-1") {
            let of = |account: &&Account| account.of_project.as_deref() == Some(id);
            let account =
                self.ledger.accounts.iter().find(of).ok_or_else(|| self.params.unknown("projectid", id))?;
            return if self.may_account(account) {
                Ok(Some(account.clone()))
            } else {
                Err(Self::forbidden())
            };
        }
        let Some(name) = self.params.get("account") else { return Ok(None) };
        let domain = match self.params.get("domainid") {
            Some(id) => self.ledger.domain(id).ok_or_else(|| self.params.unknown("domainid", id))?.id.clone(),
            None => self.caller.account.domain.clone(),
        };
        let found =
            self.ledger.accounts.iter().find(|account| account.name == name && account.domain == domain);
        let account = found.ok_or_else(|| {
            Refused::value(format!("Unable to find account {name} in domain {domain}"))
                .about(&domain, "domainId")
        })?;
        if self.may_account(account) { Ok(Some(account.clone())) } else { Err(Self::forbidden()) }
    }

    /// Whose a new thing is to be.
    pub(super) fn owner(&self) -> Outcome<Account> {
        Ok(self.named_account()?.unwrap_or_else(|| self.caller.account.clone()))
    }

    /// Whose things are listed: the caller's; with `listall` all that they may see; or those of what is named.
    pub(super) fn reach(&self) -> Outcome<Reach> {
        if let Some(account) = self.named_account()? {
            return Ok(Reach::These(vec![account.project]));
        }
        let projects = self.params.get("projectid") == Some("-1");
        let every = self.params.flag("listall").unwrap_or(false);
        // An id that is given counts by itself.
        let by_id = self.params.get("id").is_some() || self.params.get("ids").is_some();
        let domain = self.params.get("domainid");
        if !(every || projects || by_id || domain.is_some()) {
            return Ok(Reach::These(vec![self.caller.account.project.clone()]));
        }
        if self.caller.admin() && domain.is_none() && (!projects || every) {
            return Ok(Reach::All);
        }
        if let Some(id) = domain {
            self.ledger.domain(id).ok_or_else(|| self.params.unknown("domainid", id))?;
        }
        let fits = |account: &&Account| {
            self.may_account(account)
                && (account.of_project.is_some() == projects || every && projects)
                && domain.is_none_or(|id| self.below(&account.domain, id))
        };
        Ok(Reach::These(
            self.ledger.accounts.iter().filter(fits).map(|account| account.project.clone()).collect(),
        ))
    }

    /// The fields that say whose a thing is.
    pub(super) fn owned(&self, project: &str, fields: &mut Map<String, Value>) {
        let Some(account) = self.ledger.account_of(project) else { return };
        match &account.of_project {
            Some(id) => {
                fields.insert("projectid".to_owned(), json!(id));
                fields.insert("project".to_owned(), json!(account.name));
            }
            None => {
                fields.insert("account".to_owned(), json!(account.name));
            }
        }
        if let Some(domain) = self.ledger.domain(&account.domain) {
            fields.insert("domainid".to_owned(), json!(domain.id));
            fields.insert("domain".to_owned(), json!(domain.name));
            fields.insert("domainpath".to_owned(), json!(domain.path));
        }
    }

    /// What is kept of a machine.
    pub(super) fn machine(&self, server: &Server) -> Machine {
        self.ledger.machines.get(&server.id).cloned().unwrap_or_default()
    }

    /// What is kept of a machine, to change it.
    pub(super) fn note(&mut self, id: &str) -> &mut Machine {
        self.ledger.machines.entry(id.to_owned()).or_default()
    }

    /// The index of the machine that a parameter names by its id or internal number.
    pub(super) fn server(&self, name: &str) -> Outcome<usize> {
        let id = self.params.need(name)?;
        self.server_of(name, id)
    }

    /// The index of a machine.
    pub(super) fn server_of(&self, name: &str, id: &str) -> Outcome<usize> {
        let number: Option<u64> = id.parse().ok();
        let mut all = self.world.servers.iter();
        let is = |server: &Server| server.id == id || number.is_some_and(|number| server.number == number);
        let Some(at) = all.position(is) else {
            return Err(match number {
                Some(number) => gone("VirtualMachine", number),
                None => self.params.unknown(name, id),
            });
        };
        let server = &self.world.servers[at];
        if server.state == State::Deleted {
            return Err(gone("VirtualMachine", server.number));
        }
        if self.may(&server.project) { Ok(at) } else { Err(Self::forbidden()) }
    }
}

/// That something was there once, by its internal number.
pub(super) fn gone(kind: &str, number: u64) -> Refused {
    Refused::value(format!("Unable to find UUID for id [{number}] of type [{kind}]"))
}

/// A time as CloudStack writes it.
pub(super) fn stamp(at: SystemTime) -> String {
    jiff::Timestamp::try_from(at)
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string())
        .unwrap_or_default()
}
