//! The CloudStack face: one query protocol below `/client/api`, over the same world as the others.
//!
//! A request names its command and is signed ([`signature`]) or comes with a login ([`login`]); [`call`] finds the command's row
//! in [`TABLES`], lets it work on the cloud as the caller sees it ([`scope`]), and gives the answer or the refusal CloudStack's
//! shape ([`shape`]). What takes time is a job ([`job`]) in the world's time. One file a kind of thing: shapes, states and words
//! are those of a 4.22 management server. What CloudStack knows and the world does not stands in the [`state`].

mod account;
mod account_change;
mod acl;
mod address;
mod affinity;
#[cfg(test)]
mod behaviour;
mod call;
mod detail;
mod discovery;
mod event;
mod firewall;
mod forwarding;
mod group;
mod group_change;
mod host;
mod ids;
mod job;
mod job_view;
mod key;
mod limit;
mod login;
mod machine;
mod network;
mod network_change;
mod network_create;
mod network_offering;
mod offering;
mod page;
mod params;
mod people;
mod plan;
mod project;
mod refused;
#[cfg(test)]
mod replay;
mod rule;
mod scope;
mod shape;
mod signature;
mod snapshot;
mod state;
mod static_nat;
pub(crate) mod store;
mod table;
mod tag;
mod template;
mod template_change;
mod template_make;
mod throttle;
mod vm_snapshot;
mod volume;
mod volume_change;
mod vpc;
mod zone;

pub(crate) use call::{Call, find, is_ours};
pub(crate) use state::{Shared, key_of};

use call::{Command, Told, does};
use params::Params;
use refused::{Outcome, Refused};
use scope::{Caller, Cloud};
use serde_json::{Map, Value};
use std::sync::PoisonError;

use crate::world::World;

/// All commands, a table a kind of thing.
static TABLES: [&[Command]; 43] = [
    COMMANDS,
    machine::deploy::COMMANDS,
    machine::list::COMMANDS,
    machine::power::COMMANDS,
    machine::destroy::COMMANDS,
    machine::update::COMMANDS,
    machine::scale::COMMANDS,
    machine::restore::COMMANDS,
    machine::nic::COMMANDS,
    account::COMMANDS,
    acl::COMMANDS,
    account_change::COMMANDS,
    address::COMMANDS,
    static_nat::COMMANDS,
    affinity::COMMANDS,
    detail::COMMANDS,
    discovery::COMMANDS,
    event::COMMANDS,
    firewall::COMMANDS,
    forwarding::COMMANDS,
    group::COMMANDS,
    group_change::COMMANDS,
    host::COMMANDS,
    job_view::COMMANDS,
    key::COMMANDS,
    limit::COMMANDS,
    network::COMMANDS,
    network_change::COMMANDS,
    network_create::COMMANDS,
    offering::COMMANDS,
    project::COMMANDS,
    snapshot::COMMANDS,
    store::COMMANDS,
    tag::COMMANDS,
    template::COMMANDS,
    template_change::COMMANDS,
    template_make::COMMANDS,
    throttle::COMMANDS,
    vm_snapshot::COMMANDS,
    volume::COMMANDS,
    volume_change::COMMANDS,
    vpc::COMMANDS,
    zone::COMMANDS,
];

/// Logins are answered before it is known who asks.
static COMMANDS: &[Command] = &[
    does("cloudstack.login", &["username", "password", "domain", "domainId"], early),
    does("cloudstack.logout", &[], early),
];

fn early(_: &mut Cloud<'_>) -> Outcome<Told> {
    Err(Refused::internal("A login is no command of someone who is logged in"))
}

/// Adds a zone, as a root administrator does.
pub(crate) fn add_zone(world: &mut World, shared: &Shared, name: &str, groups: bool, basic: bool) -> bool {
    let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let ledger = &mut *guard;
    ledger.seed(world);
    let admin = ledger.people.iter().find(|person| person.name == "admin").map(|person| person.id.clone());
    let caller = admin.and_then(|person| Caller::of(ledger, &person));
    let Some(caller) = caller.filter(|_| !ledger.zones.iter().any(|zone| zone.name == name)) else {
        return false;
    };
    let params = Params::default();
    let mut cloud = Cloud { world, ledger, shared, params: &params, caller, request: "", got: false };
    cloud.new_zone(name, groups, basic).is_ok()
}

/// The machines that were destroyed and wait to be expunged.
pub(crate) fn destroyed(shared: &Shared) -> Vec<String> {
    let ledger = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let gone = ledger.machines.iter().filter(|(_, machine)| machine.destroyed.is_some());
    gone.map(|(id, _)| id.clone()).collect()
}

/// Sets a setting of the whole cloud.
pub(crate) fn set(shared: &Shared, name: &str, value: &str) {
    let mut ledger = shared.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.settings.insert(name.to_owned(), value.to_owned());
}

/// The names of all operations, as faults and the journal know them.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    TABLES.iter().copied().flatten().map(|command| command.operation).chain(store::operations())
}

/// Adds the fields of one object to another.
fn merge(one: &mut Value, other: Value) {
    if let (Value::Object(fields), Value::Object(more)) = (one, other) {
        fields.extend(more);
    }
}

/// Takes a field out of an object.
fn drop(one: &mut Value, name: &str) {
    if let Value::Object(fields) = one {
        fields.remove(name);
    }
}

/// Names and values as an object.
fn object(pairs: &[(String, String)]) -> Value {
    let fields: Map<String, Value> =
        pairs.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    Value::Object(fields)
}
