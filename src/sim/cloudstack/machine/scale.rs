//! Other offerings for machines.

use serde_json::json;

use super::told;
use super::view::Parts;
use crate::cloudstack::call::{Command, Told, does};
use crate::cloudstack::params::Params;
use crate::cloudstack::plan::Plan;
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::{Flavor, State};

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[
    does("cloudstack.scaleVirtualMachine", &["details", "id", "serviceofferingid"], scale),
    does("cloudstack.changeServiceForVirtualMachine", &["details", "id", "serviceofferingid"], change),
];

impl Cloud<'_> {
    /// How errors name a machine, in its state.
    pub(in crate::cloudstack) fn machine_told(&self, at: usize) -> String {
        let server = &self.world.servers[at];
        let account = self.ledger.account_of(&server.project).map_or(2, |account| account.number);
        told(server, account, Some(self.shown_state(at)))
    }
}

/// Refuses what a machine cannot be made into.
fn fits(cloud: &Cloud<'_>, at: usize, flavor: &Flavor, speed: Option<i64>) -> Outcome<()> {
    let server = &cloud.world.servers[at];
    let now = &server.flavor;
    let speeds = (
        speed.unwrap_or(cloud.offering(flavor).speed),
        cloud.machine(server).speed.unwrap_or(cloud.offering(now).speed),
    );
    let same = (flavor.vcpus, flavor.ram_mib) == (now.vcpus, now.ram_mib) && speeds.0 == speeds.1;
    if flavor.id == now.id && same {
        let text = format!(
            "Not upgrading vm {} since it already has the requested service offering ({})",
            cloud.machine_told(at),
            flavor.name
        );
        return Err(Refused::value(text));
    }
    if server.state == State::Active {
        if !cloud.machine(server).dynamic {
            let text = format!(
                "Unable to scale {} as it does not have tools to support dynamic scaling.",
                cloud.machine_told(at)
            );
            return Err(Refused::internal(text));
        }
        let less = flavor.vcpus < now.vcpus || flavor.ram_mib < now.ram_mib || speeds.0 < speeds.1;
        if less {
            let row = |flavor: &Flavor, speed: i64| {
                format!("{{\"memory\": {}, \"speed\": {speed}, \"cpu\": {}}}", flavor.ram_mib, flavor.vcpus)
            };
            return Err(Refused::value(format!(
                "While the VM is running, only scalling up it is supported. New service offering {} should have at least one \
                 value (ram, speed or cpu) greater than the current values {}.",
                row(flavor, speeds.0),
                row(now, speeds.1)
            )));
        }
    }
    let owner =
        cloud.ledger.account_of(&server.project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
    cloud.room_for(&owner, "cpu", flavor.vcpus - now.vcpus)?;
    cloud.room_for(&owner, "memory", flavor.ram_mib - now.ram_mib)
}

fn put(cloud: &mut Cloud<'_>, at: usize, flavor: Flavor, speed: Option<i64>) {
    let id = cloud.world.servers[at].id.clone();
    cloud.world.servers[at].flavor = flavor;
    cloud.note(&id).speed = speed;
}

/// What is asked for: an offering, with a size where it has none.
fn asked(cloud: &Cloud<'_>, at: usize, params: &Params) -> Outcome<(Flavor, Option<i64>)> {
    let flavor = cloud.flavor("serviceofferingid")?;
    let (flavor, speed) = cloud.sized(&flavor, params)?;
    let disk = cloud.world.servers[at].flavor.disk_gib;
    Ok((Flavor { disk_gib: flavor.disk_gib.max(disk), ..flavor }, speed))
}

fn scale(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let (flavor, speed) = asked(cloud, at, cloud.params)?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let (own, other, last, wanted) = (id.clone(), id.clone(), id.clone(), flavor.clone());
    let running = server.state == State::Active;
    let plan = Plan::after(if running { 900 } else { 300 }, move |cloud| {
        let at = cloud.still(&other)?;
        put(cloud, at, flavor, speed);
        cloud.machine_result(&last)
    });
    let plan = plan.on("VirtualMachine", &id).queued(&id).checked(move |cloud| {
        let at = cloud.still(&own)?;
        fits(cloud, at, &wanted, speed)
    });
    Ok(cloud.job(plan).about(&id, &name))
}

/// The old way: at once, and of stopped machines alone.
fn change(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let (flavor, speed) = asked(cloud, at, cloud.params)?;
    if cloud.shown_state(at) != "Stopped" {
        let (told, state) = (cloud.machine_told(at), cloud.shown_state(at));
        return Err(Refused::value(format!(
            "Unable to upgrade virtual machine {told}  in state {state}; make sure the virtual machine is stopped"
        )));
    }
    fits(cloud, at, &flavor, speed)?;
    put(cloud, at, flavor, speed);
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let view = cloud.machine_view(at, &Parts::all());
    Ok(Told::from(json!({"virtualmachine": view})).about(&id, &name))
}
