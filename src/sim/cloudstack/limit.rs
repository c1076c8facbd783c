//! What an account may have: the world's quotas, as CloudStack numbers and names them.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks, does};
use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::{Quotas, Refusal};

pub(super) static COMMANDS: &[Command] = &[
    asks(
        "cloudstack.listResourceLimits",
        &[
            "account",
            "domainid",
            "id",
            "isrecursive",
            "keyword",
            "listall",
            "page",
            "pagesize",
            "projectid",
            "resourcetype",
            "resourcetypename",
        ],
        list,
    ),
    does(
        "cloudstack.updateResourceLimit",
        &["account", "domainid", "max", "projectid", "resourcetype"],
        update,
    )
    .admin(),
];

/// A kind of thing that is limited.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// As accounts call it.
    pub(super) word: &'static str,
    /// The world's limit, where it has one that means the same.
    world: Option<&'static str>,
    /// What an ordinary new account may have.
    usual: i64,
}

const fn kind(name: &'static str, word: &'static str, world: Option<&'static str>, usual: i64) -> Kind {
    Kind { name, word, world, usual }
}

/// All kinds, each under its number.
pub(super) const KINDS: [Kind; 17] = [
    kind("user_vm", "vm", Some("servers"), 20),
    kind("public_ip", "ip", Some("floating_ips"), 20),
    kind("volume", "volume", None, 20),
    kind("snapshot", "snapshot", None, 20),
    kind("template", "template", None, 20),
    kind("project", "project", None, 10),
    kind("network", "network", Some("networks"), 20),
    kind("vpc", "vpc", None, 20),
    kind("cpu", "cpu", Some("cores"), 40),
    kind("memory", "memory", Some("ram_mib"), 40_960),
    kind("primary_storage", "primarystorage", None, 200),
    kind("secondary_storage", "secondarystorage", None, 400),
    kind("backup", "backup", None, 20),
    kind("backup_storage", "backupstorage", None, 400),
    kind("bucket", "bucket", None, 20),
    kind("object_storage", "objectstorage", None, 400),
    kind("gpu", "gpu", None, 20),
];

/// The limits of an ordinary new account.
pub(super) fn usual(quotas: &mut Quotas) {
    for kind in &KINDS {
        if let Some(limit) = kind.world.and_then(|name| quotas.limit(name)) {
            *limit = kind.usual;
        }
    }
}

impl Cloud<'_> {
    /// Whether an account has room for more of a kind.
    pub(super) fn room_for(&self, owner: &Account, kind: &'static str, more: i64) -> Outcome<()> {
        let (used, most) = self.used(owner, kind);
        if most < 0 || more <= 0 || used + more <= most {
            return Ok(());
        }
        Err(self.over(owner, kind, most, used, more))
    }

    /// How much of a kind an account has, and how much it may have: -1 is as much as it likes.
    pub(super) fn used(&self, owner: &Account, name: &str) -> (i64, i64) {
        let usage = self.world.usage(&owner.project);
        let project = &owner.project;
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let world = &self.world;
        let volumes =
            || world.volumes.iter().filter(|one| one.project == *project && world.volume(&one.id).is_some());
        let used = match name {
            "user_vm" => usage.servers,
            "cpu" => usage.cores,
            "memory" => usage.ram_mib,
            "public_ip" => count(world.floating.iter().filter(|one| one.project == *project).count()),
            "network" => {
                count(world.networks.iter().filter(|one| one.project == *project && !one.external).count())
            }
            "volume" => count(volumes().count()),
            "primary_storage" => volumes().map(|volume| volume.size_gib).sum(),
            "snapshot" => count(
                world
                    .snapshots
                    .iter()
                    .filter(|one| one.project == *project && world.snapshot(&one.id).is_some())
                    .count(),
            ),
            "template" => count(
                world
                    .images
                    .iter()
                    .filter(|one| one.owner == *project && world.image(&one.id).is_some())
                    .count(),
            ),
            "vpc" => count(self.ledger.vpcs.iter().filter(|vpc| vpc.project == *project).count()),
            _ => 0,
        };
        let kind = KINDS.iter().find(|kind| kind.name == name);
        let set = self.ledger.limits.get(&(project.clone(), name.to_owned())).copied();
        let free = owner.role == super::people::Role::Admin;
        let mut quota = world.quota(project);
        let own = kind.and_then(|kind| kind.world).and_then(|name| quota.limit(name).map(|limit| *limit));
        let usual = kind.map_or(-1, |kind| own.unwrap_or(kind.usual));
        let own = if free { own.filter(|_| world.quotas.contains_key(project)).unwrap_or(-1) } else { usual };
        (used, set.unwrap_or(own))
    }

    fn over(&self, owner: &Account, kind: &str, most: i64, used: i64, more: i64) -> Refused {
        let domain = self.ledger.domain(&owner.domain).map_or(1, |domain| domain.number);
        Refused::limit(format!(
            "Maximum amount of resources of Type = '{kind}', tag = 'null' for Account Name = {} in Domain Id = {domain} is \
             exceeded: Account Resource Limit = {most}, Current Account Resource Amount = {used}, Current Account Resource \
             Reservation = 0, Requested Resource Amount = {more}.",
            owner.name
        ))
    }

    /// What the world refuses, in CloudStack's words.
    pub(super) fn refusal(&self, refusal: &Refusal, owner: &Account) -> Refused {
        match refusal {
            Refusal::OverQuota { names, asked, used, limits } => {
                let name = match names.first().copied().unwrap_or_default() {
                    "ram" => "ram_mib",
                    other => other,
                };
                let kind = KINDS.iter().find(|kind| kind.world == Some(name)).map_or(name, |kind| kind.name);
                let first = |values: &[i64]| values.first().copied().unwrap_or(0);
                self.over(owner, kind, first(limits), first(used), first(asked))
            }
            Refusal::AddressTaken(address, _) => self.unassigned(address),
            Refusal::AddressUsed(address, _) | Refusal::AddressOutside(address, _) => {
                self.unassigned(&address.to_string())
            }
            Refusal::NoAddress(network) => Refused::with(
                533,
                9999,
                format!("Unable to acquire Guest IP address for network {network}: it has none left"),
            ),
            Refusal::InState(state) => Refused::value(format!("It cannot be done in state {state}")),
            Refusal::InTask(task) => Refused::internal(format!("Another operation is under way: {task}")),
            Refusal::Locked => Refused::forbidden("The machine is locked"),
            Refusal::FlavorMemory | Refusal::FlavorDisk { .. } => {
                Refused::value("The template needs more than the service offering has")
            }
            Refusal::ImageState(id, state) => {
                Refused::value(format!("Template {id} is not ready to be used: it is {state}"))
            }
            Refusal::Missing(_, name) => Refused::value(format!("Unable to find {name}")),
            Refusal::DeviceTaken(device) => Refused::value(format!("deviceId of {device} is used by VM")),
            Refusal::VolumeState(id, _) => {
                Refused::value(format!("Volume {id} is in a state in which this cannot be done"))
            }
            other => Refused::internal(format!("It cannot be done: {other:?}")),
        }
    }

    fn unassigned(&self, address: &str) -> Refused {
        let ip = address.parse().ok();
        let holds = |subnet: &&crate::world::Subnet| ip.is_some_and(|ip| subnet.holds(ip));
        let subnet = self.world.subnets.iter().rev().find(holds);
        let network = subnet.and_then(|subnet| self.world.network(&subnet.network));
        let (id, name) =
            network.map(|network| (network.id.clone(), network.name.clone())).unwrap_or_default();
        let text = format!(
            "Unable to acquire Guest IP address for network Network {{\"name\": \"{name}\", \"uuid\": \"{id}\"}}"
        );
        Refused::with(530, 0, text)
    }

    fn limit_view(&self, owner: &Account, number: usize, kind: &Kind) -> Value {
        let mut view = Map::new();
        self.owned(&owner.project, &mut view);
        view.insert("resourcetype".to_owned(), json!(number.to_string()));
        view.insert("resourcetypename".to_owned(), json!(kind.name));
        view.insert("max".to_owned(), json!(self.used(owner, kind.name).1));
        Value::Object(view)
    }
}

/// The number of the kind that is asked for.
fn asked(cloud: &Cloud<'_>) -> Outcome<Option<usize>> {
    let Some(number) = cloud.params.number("resourcetype")? else { return Ok(None) };
    let number = usize::try_from(number).ok().filter(|number| *number < KINDS.len());
    number.map(Some).ok_or_else(|| Refused::value("Please specify a valid resource type."))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, number) = (cloud.owner()?, asked(cloud)?);
    let name = cloud.params.get("resourcetypename");
    let rows = KINDS.iter().enumerate().filter(|(at, kind)| {
        number.is_none_or(|number| number == *at) && name.is_none_or(|name| name == kind.name)
    });
    let rows = rows.map(|(at, kind)| cloud.limit_view(&owner, at, kind)).collect();
    cloud.listed("resourcelimit", rows)
}

fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, number) = (cloud.owner()?, asked(cloud)?);
    let number = number.ok_or_else(|| cloud.params.missing("resourcetype"))?;
    let most = cloud.params.number("max")?.unwrap_or(-1);
    let kind = &KINDS[number];
    cloud.ledger.limits.insert((owner.project.clone(), kind.name.to_owned()), most);
    if let Some(name) = kind.world {
        let quotas = cloud.world.quotas.entry(owner.project.clone()).or_default();
        quotas.limit(name).into_iter().for_each(|limit| *limit = most);
    }
    let view = cloud.limit_view(&owner, number, kind);
    Ok(Told::from(json!({"resourcelimit": view})).about(&owner.id, kind.name))
}
