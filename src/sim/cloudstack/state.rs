//! What this face keeps beside the world: people as CloudStack groups them, logins, jobs, and what it alone knows of things.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha512};

use super::acl::AclList;
use super::address::AddressNote;
use super::affinity::AffinityGroup;
use super::event::Event;
use super::firewall::FirewallRule;
use super::forwarding::Forwarding;
use super::job::Job;
use super::network::NetworkNote;
use super::offering::{self, DiskOffering, Offering};
use super::people::{Account, Domain, Person, Role};
use super::store::Upload;
use super::template::Template;
use super::vm_snapshot::VmSnapshot;
use super::volume::VolumeNote;
use super::vpc::Vpc;
use super::zone::Zone;
use crate::world::{Pairs, World, fresh_id};

/// The state as calls and the clock share it.
pub(crate) type Shared = Arc<Mutex<Ledger>>;

/// What this face keeps.
#[derive(Default)]
pub(crate) struct Ledger {
    seeded: bool,
    pub(super) server_id: String,
    pub(super) domains: Vec<Domain>,
    pub(super) accounts: Vec<Account>,
    pub(super) people: Vec<Person>,
    pub(super) sessions: Vec<Session>,
    pub(super) zones: Vec<Zone>,
    pub(super) jobs: Vec<Job>,
    /// When the jobs are looked at next.
    pub(super) wakes: BTreeSet<SystemTime>,
    /// By the world's id of a server.
    pub(super) machines: HashMap<String, Machine>,
    pub(super) tags: Vec<Tag>,
    pub(super) projects: Vec<Project>,
    /// By the world's id of an image, a flavor, a network, a volume.
    pub(super) templates: HashMap<String, Template>,
    /// Templates that are to be sent, and links by which some are fetched: what each is of.
    pub(super) uploads: HashMap<String, Upload>,
    pub(super) links: HashMap<String, String>,
    /// Where the cloud answers: `http://127.0.0.1:4321`.
    pub(super) base: String,
    pub(super) offerings: HashMap<String, Offering>,
    pub(super) networks: HashMap<String, NetworkNote>,
    pub(super) disk_offerings: Vec<DiskOffering>,
    pub(super) volumes: HashMap<String, VolumeNote>,
    /// By the world's id of a floating address.
    pub(super) addresses: HashMap<String, AddressNote>,
    pub(super) firewall: Vec<FirewallRule>,
    pub(super) forwardings: Vec<Forwarding>,
    /// How many rules there were.
    pub(super) rule_count: usize,
    pub(super) vm_snapshots: Vec<VmSnapshot>,
    pub(super) vpcs: Vec<Vpc>,
    pub(super) acls: Vec<AclList>,
    pub(super) gone_networks: Vec<String>,
    /// What accounts may have, by the world's project and the kind of thing.
    pub(super) limits: HashMap<(String, String), i64>,
    /// Details of things that are no machines, by kind and id.
    pub(super) details: HashMap<(String, String), Pairs>,
    pub(super) events: Vec<Event>,
    /// Further kinds of guest systems.
    pub(super) systems: Vec<String>,
    pub(super) affinity: Vec<AffinityGroup>,
    /// Whose other things are: the world's project by the thing's id.
    pub(super) others: HashMap<String, String>,
    /// When all began.
    pub(super) since: Option<SystemTime>,
    /// Calls of accounts, where they are limited.
    pub(super) counted: Vec<super::throttle::Counted>,
    /// Settings of the whole cloud that were changed.
    pub(super) settings: BTreeMap<String, String>,
}

/// A login by password that lasts.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The value of the cookie JSESSIONID.
    pub(super) cookie: String,
    pub(super) key: String,
    pub(super) person: String,
    pub(super) until: SystemTime,
}

/// What CloudStack alone knows of a machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    pub(super) display: Option<String>,
    /// In this zone, by id.
    pub(super) zone: String,
    pub(super) details: Pairs,
    pub(super) user_data: Option<String>,
    /// The state shown instead of the world's.
    pub(super) shown: Option<&'static str>,
    /// Destroyed then, and kept to be recovered.
    pub(super) destroyed: Option<SystemTime>,
    /// It ran before: there are statistics of it.
    pub(super) measured: bool,
    pub(super) changed: Option<SystemTime>,
    pub(super) dynamic: bool,
    /// The person who made it.
    pub(super) person: String,
    /// The host, by its place among the zone's.
    pub(super) host: usize,
    /// Its interfaces as they were at first, and their networks: one that could not be brought up shows them still.
    pub(super) nics: Vec<serde_json::Value>,
    pub(super) networks: Vec<String>,
    /// A password that the next job's result tells.
    pub(super) password: Option<String>,
    pub(super) affinity: Vec<String>,
    pub(super) protected: bool,
    pub(super) display_vm: Option<bool>,
    pub(super) boot: Option<(String, String)>,
    /// Its speed, where its offering leaves that open.
    pub(super) speed: Option<i64>,
}

/// A project, whose things are an account's of its own.
#[derive(Debug, Clone)]
pub(super) struct Project {
    pub(super) id: String,
    /// The accounts in it, by id; the first owns it.
    pub(super) members: Vec<String>,
    pub(super) display: String,
}

/// A tag at a thing.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    /// Such as `UserVm`.
    pub(super) kind: String,
    /// The thing's id as CloudStack shows it.
    pub(super) id: String,
    pub(super) key: String,
    pub(super) value: String,
    pub(super) account: String,
}

/// The API key and the secret of someone of this name.
pub(crate) fn key_of(name: &str) -> (String, String) {
    let text = |what: &str| {
        URL_SAFE_NO_PAD.encode(Sha512::digest(format!("the simulated cloud's {what} of {name}")))
    };
    (text("API key"), text("secret key"))
}

impl Ledger {
    /// Takes over the people of the world, the first time.
    pub(super) fn seed(&mut self, world: &World) {
        if self.seeded {
            return;
        }
        self.seeded = true;
        self.server_id = fresh_id();
        let root = fresh_id();
        self.domains.push(Domain {
            id: root.clone(),
            number: 1,
            name: "ROOT".to_owned(),
            path: "ROOT".to_owned(),
            parent: None,
        });
        for user in &world.users {
            let Some(project) = world.projects.iter().find(|project| project.name == user.name) else {
                continue;
            };
            let role = if user.name == "admin" { Role::Admin } else { Role::User };
            let account = self.add_account(&user.name, &root, role, &project.id, &user.id, world.now());
            let person = self.add_person(&account, &user.name, &user.password, world.now());
            if let Some(person) = self.people.iter_mut().find(|other| other.id == person) {
                person.key = Some(key_of(&user.name));
            }
        }
        self.since = Some(world.now());
        self.disk_offerings = offering::seeded(world.now());
        if self.zones.is_empty() {
            self.zones.push(Zone::seeded("sim", true));
        }
    }

    /// A new account for a project of the world. Gives its id.
    pub(super) fn add_account(
        &mut self,
        name: &str,
        domain: &str,
        role: Role,
        project: &str,
        owner: &str,
        now: SystemTime,
    ) -> String {
        let id = fresh_id();
        self.accounts.push(Account {
            id: id.clone(),
            number: self.accounts.len() + 2,
            name: name.to_owned(),
            domain: domain.to_owned(),
            role,
            state: "enabled",
            project: project.to_owned(),
            owner: owner.to_owned(),
            created: now,
            of_project: None,
        });
        id
    }

    /// Someone new in an account. Gives their id.
    pub(super) fn add_person(
        &mut self,
        account: &str,
        name: &str,
        password: &str,
        now: SystemTime,
    ) -> String {
        let id = fresh_id();
        let mut letters = name.chars();
        let first = letters
            .next()
            .map(|c| c.to_uppercase().collect::<String>() + letters.as_str())
            .unwrap_or_default();
        self.people.push(Person {
            id: id.clone(),
            account: account.to_owned(),
            name: name.to_owned(),
            password: password.to_owned(),
            key: None,
            first,
            last: "User".to_owned(),
            email: format!("{name}@cloud.example"),
            created: now,
        });
        id
    }

    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The account that a project of the world is.
    pub(super) fn account_of(&self, project: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.project == project)
    }

    pub(super) fn domain(&self, id: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.id == id)
    }

    pub(super) fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// A setting of the whole cloud, or what it is by default.
    pub(super) fn setting<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.settings.get(name).map_or(default, String::as_str)
    }

    /// Changed posts and times are enforced.
    pub(super) fn enforced(&self) -> bool {
        self.setting("enforce.post.requests.and.timestamps", "false") == "true"
    }
}
