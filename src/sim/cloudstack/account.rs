//! Accounts, domains and people: listed, made, locked; and the keys of people.

use serde_json::{Value, json};

use super::call::{Command, Told, asks};
use super::ids::shown;
use super::limit::KINDS;
use super::people::{Account, Domain, Person, Role};
use super::refused::Outcome;
use super::scope::{Cloud, stamp};

const LIST: &[&str] = &[
    "account",
    "accounttype",
    "details",
    "domainid",
    "id",
    "isrecursive",
    "keyword",
    "level",
    "listall",
    "name",
    "page",
    "pagesize",
    "state",
    "username",
    "projectid",
];

pub(super) static COMMANDS: &[Command] = &[
    asks("cloudstack.listAccounts", LIST, accounts),
    asks("cloudstack.listDomains", LIST, domains),
    asks("cloudstack.listUsers", LIST, users),
];

impl Cloud<'_> {
    fn role_part(role: Role) -> Value {
        let (kind, name) = role.names();
        json!({"roleid": shown("role", name), "roletype": kind, "rolename": name})
    }

    /// What an account or a domain may have and has, as it shows it.
    fn limits_part(&self, account: Option<&Account>, view: &mut Value) {
        for kind in &KINDS {
            let (used, most) = account.map_or((0, -1), |account| self.used(account, kind.name));
            let text = |number: i64| if most < 0 { "Unlimited".to_owned() } else { number.to_string() };
            // Sizes on secondary storage are no whole numbers.
            let whole = kind.word != "secondarystorage";
            let total = if whole { json!(used) } else { json!(0.0) };
            let name = |end: &str| format!("{}{end}", kind.word);
            super::merge(
                view,
                json!({name("limit"): text(most), name("total"): total, name("available"): text(most - used)}),
            );
        }
    }

    pub(super) fn account_view(&self, account: &Account) -> Value {
        let domain = self.ledger.domain(&account.domain);
        let mut view = json!({"id": account.id, "name": account.name, "accounttype": account.role.number()});
        super::merge(&mut view, Self::role_part(account.role));
        super::merge(
            &mut view,
            json!({
                "domainid": account.domain,
                "domain": domain.map(|domain| domain.name.clone()),
                "domainpath": domain.map(|domain| domain.path.clone()),
            }),
        );
        self.limits_part(Some(account), &mut view);
        let of = |state: &str| {
            let mut own =
                (0..self.world.servers.len()).filter(|at| self.world.servers[*at].project == account.project);
            own.by_ref().filter(|at| self.shown_state(*at) == state).count()
        };
        let users: Vec<Value> = self
            .ledger
            .people
            .iter()
            .filter(|person| person.account == account.id)
            .map(|person| self.person_view(person))
            .collect();
        super::merge(
            &mut view,
            json!({
                "vmstopped": of("Stopped"),
                "vmrunning": of("Running"),
                "state": account.state,
                "created": stamp(account.created),
                "user": users,
                "isdefault": account.name == "admin",
                "groups": [],
                "apikeyaccess": "INHERIT",
            }),
        );
        if account.name == "admin" {
            super::drop(&mut view, "created");
        }
        view
    }

    pub(super) fn person_view(&self, person: &Person) -> Value {
        let account = self.ledger.account(&person.account);
        let role = account.map_or(Role::User, |account| account.role);
        let mut view = json!({
            "id": person.id,
            "username": person.name,
            "firstname": person.first,
            "lastname": person.last,
            "email": person.email,
            "created": stamp(person.created),
            "state": "enabled",
            "account": account.map(|account| account.name.clone()),
            "accounttype": role.number(),
            "usersource": "native",
        });
        super::merge(&mut view, Self::role_part(role));
        let domain = account.and_then(|account| self.ledger.domain(&account.domain));
        super::merge(
            &mut view,
            json!({
                "domainid": domain.map(|domain| domain.id.clone()),
                "domain": domain.map(|domain| domain.name.clone()),
            }),
        );
        if let Some((key, _)) = &person.key {
            view["apikey"] = json!(key);
        }
        super::merge(
            &mut view,
            json!({
                "accountid": person.account,
                "iscallerchilddomain": false,
                "isdefault": person.name == "admin",
                "is2faenabled": false,
                "is2famandated": false,
            }),
        );
        view
    }

    pub(super) fn domain_view(&self, domain: &Domain, whole: bool) -> Value {
        let mut view = json!({
            "id": domain.id,
            "name": domain.name,
            "level": domain.path.matches('/').count(),
        });
        if let Some(parent) = domain.parent.as_deref().and_then(|id| self.ledger.domain(id)) {
            super::merge(&mut view, json!({"parentdomainid": parent.id, "parentdomainname": parent.name}));
        }
        let child = self.ledger.domains.iter().any(|other| other.parent.as_ref() == Some(&domain.id));
        super::merge(&mut view, json!({"haschild": child, "path": domain.path}));
        if !whole {
            view["secondarystoragetotal"] = json!(0.0);
            return view;
        }
        view["state"] = json!("Active");
        self.limits_part(None, &mut view);
        view["hasannotations"] = json!(false);
        view
    }

    /// The account that `account` and `domainid`, or `id`, name.
    pub(super) fn account_asked(&self) -> Outcome<Account> {
        if let Some(id) = self.params.get("id") {
            return self.ledger.account(id).cloned().ok_or_else(|| self.params.unknown("id", id));
        }
        self.named_account()?.ok_or_else(|| self.params.missing("account"))
    }

    /// The person of an id, if the caller may see their keys.
    pub(super) fn person_asked(&self) -> Outcome<Person> {
        let id = self.params.need("id")?;
        let person = self.ledger.person(id).ok_or_else(|| self.params.unknown("id", id))?;
        let own = self.ledger.account(&person.account).is_some_and(|account| self.may(&account.project));
        if own { Ok(person.clone()) } else { Err(Self::forbidden()) }
    }
}

fn accounts(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let fits = |account: &&Account| {
        account.of_project.is_none()
            && reach.covers(&account.project)
            && cloud.may(&account.project)
            && cloud.wanted(&account.id)
            && cloud.named(&account.name, &[])
            && cloud.params.get("state").is_none_or(|state| state == account.state)
            && cloud.params.get("domainid").is_none_or(|id| id == account.domain)
    };
    let rows = cloud.ledger.accounts.iter().filter(fits).map(|account| cloud.account_view(account)).collect();
    cloud.listed("account", rows)
}

fn domains(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.known("id", cloud.ledger.domains.iter().map(|domain| domain.id.as_str()))?;
    let every = cloud.params.flag("listall").unwrap_or(false)
        || cloud.params.get("id").is_some()
        || cloud.params.get("name").is_some();
    let own = cloud
        .ledger
        .domain(&cloud.caller.account.domain)
        .map(|domain| domain.path.clone())
        .unwrap_or_default();
    let fits = |domain: &&Domain| {
        let seen = if every {
            domain.path == own || domain.path.starts_with(&format!("{own}/"))
        } else {
            domain.path == own
        };
        seen && cloud.wanted(&domain.id) && cloud.named(&domain.name, &[])
    };
    let rows =
        cloud.ledger.domains.iter().filter(fits).map(|domain| cloud.domain_view(domain, true)).collect();
    cloud.listed("domain", rows)
}

fn users(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let fits = |person: &&Person| {
        let account = cloud.ledger.account(&person.account);
        account.is_some_and(|account| cloud.may(&account.project) && reach.covers(&account.project))
            && cloud.wanted(&person.id)
            && cloud.params.get("username").is_none_or(|name| name == person.name)
            && cloud.named(&person.name, &[])
    };
    let view = |person: &Person| {
        let mut view = cloud.person_view(person);
        view["apikeyaccess"] = json!("INHERIT");
        view
    };
    let rows = cloud.ledger.people.iter().filter(fits).map(view).collect();
    cloud.listed("user", rows)
}
