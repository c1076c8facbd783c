//! The end of machines: destroyed they can be recovered, expunged they are gone.

use std::time::Duration;

use serde_json::{Value, json};

use super::view::Parts;
use crate::cloudstack::call::{Command, Told, does};
use crate::cloudstack::job::wake_at;
use crate::cloudstack::plan::{Plan, Wait};
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::{Action, State};

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[
    does("cloudstack.destroyVirtualMachine", &["id", "expunge", "volumeids"], destroy),
    does("cloudstack.expungeVirtualMachine", &["id"], expunge),
    does("cloudstack.recoverVirtualMachine", &["id"], recover),
];

impl Cloud<'_> {
    /// Whether the caller may expunge and recover.
    fn may_expunge(&self) -> bool {
        self.caller.admin() || self.ledger.setting("allow.user.expunge.recover.vm", "false") == "true"
    }
}

/// What is left of a machine that is gone.
fn nothing() -> Value {
    json!({"securitygroup": [], "nic": [], "affinitygroup": [], "deleteprotection": false, "tags": []})
}

fn destroy(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    if cloud.machine(server).protected {
        return Err(Refused::value(format!(
            "Instance [id = {id}, name = {name}] has delete protection enabled and cannot be deleted."
        )));
    }
    let expunge = cloud.params.flag("expunge").unwrap_or(false);
    let volumes = cloud.params.list("volumeids");
    for volume in &volumes {
        cloud.world.volume(volume).ok_or_else(|| cloud.params.unknown("volumeids", volume))?;
    }
    let plan = plan(cloud, &id, expunge, volumes);
    Ok(cloud.job(plan).about(&id, &name))
}

fn plan(cloud: &Cloud<'_>, id: &str, expunge: bool, volumes: Vec<String>) -> Plan {
    let (one, two, three) = (id.to_owned(), id.to_owned(), id.to_owned());
    let finish = Plan::after(0, move |cloud| {
        if expunge {
            return Ok(json!({"virtualmachine": nothing()}));
        }
        let at = cloud.still(&three)?;
        Ok(json!({"virtualmachine": cloud.machine_view(at, &Parts::all())}))
    });
    let denied = expunge && !cloud.may_expunge();
    let stopped = Wait::Both(id.to_owned(), Duration::from_millis(700));
    let plan = finish.on("VirtualMachine", id).queued(id).waits(stopped);
    let plan = plan.checked(move |_| match denied {
        true => Err(Refused::internal("Account does not have permission for expunging.")),
        false => Ok(()),
    });
    let plan = plan.begins(move |cloud| {
        let at = cloud.still(&one)?;
        if cloud.world.servers[at].state == State::Active {
            cloud.act(at, Action::Stop)?;
        }
        Ok(())
    });
    plan.then(
        move |cloud| {
            for volume in &volumes {
                cloud.let_volume_go(volume, &two);
            }
            kept(cloud, &two);
            if expunge { gone(cloud, &two) } else { Ok(()) }
        },
        Wait::Server(id.to_owned()),
    )
}

/// Marks a machine as destroyed, and has it expunged when its time is over.
fn kept(cloud: &mut Cloud<'_>, id: &str) {
    let now = cloud.now();
    let machine = cloud.note(id);
    if machine.destroyed.is_some() {
        return;
    }
    machine.destroyed = Some(now);
    machine.changed = Some(now);
    let delay = cloud.ledger.setting("expunge.delay", "86400").parse().unwrap_or(86_400);
    let own = id.to_owned();
    wake_at(cloud.world, cloud.shared, now + Duration::from_secs(delay), move |world, ledger| {
        let still = ledger.machines.get(&own).is_some_and(|machine| machine.destroyed == Some(now));
        if let Some(at) = world.server_at(&own).filter(|_| still) {
            world.start(at, Action::ForceDelete, &crate::world::Asker::default());
        }
    });
}

fn gone(cloud: &mut Cloud<'_>, id: &str) -> Outcome<()> {
    let at = cloud.still(id)?;
    cloud.ledger.tags.retain(|tag| tag.id != id);
    let asker = cloud.asker(&cloud.caller.account.clone());
    cloud.world.start(at, Action::ForceDelete, &asker);
    Ok(())
}

fn expunge(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let (own, denied) = (id.clone(), !cloud.may_expunge());
    let plan = Plan::after(0, |_| Ok(json!({"success": true})))
        .on("VirtualMachine", &id)
        .queued(&id)
        .waits(Wait::Server(id.clone()))
        .begins(move |cloud| {
            let at = cloud.still(&own)?;
            if denied {
                return Err(Refused::internal("Account does not have permission for expunging."));
            }
            if cloud.machine(&cloud.world.servers[at]).destroyed.is_none() {
                return Err(Refused::internal("Please destroy vm with specified vmId before expunge"));
            }
            gone(cloud, &own)
        });
    Ok(cloud.job(plan).about(&id, &name))
}

fn recover(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    if !cloud.may_expunge() {
        return Err(Refused::forbidden(
            "Recovering a vm can only be done by an Admin. Or when the allow.user.expunge.recover.vm key is set.",
        ));
    }
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    if cloud.machine(server).destroyed.is_none() {
        return Err(Refused::value(format!("Vm with id {id} is not in the right state")));
    }
    cloud.note(&id).destroyed = None;
    let view = cloud.machine_view(at, &Parts::all());
    Ok(Told::from(json!({"virtualmachine": view})).about(&id, &name))
}
