//! Interfaces of machines that are there.

use serde_json::{Value, json};

use super::view::Parts;
use crate::cloudstack::call::{Command, Told, asks, does};
use crate::cloudstack::plan::Plan;
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::Plug;

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[
    does("cloudstack.addNicToVirtualMachine", &["ipaddress", "networkid", "virtualmachineid"], add),
    does("cloudstack.removeNicFromVirtualMachine", &["nicid", "virtualmachineid"], remove),
    does("cloudstack.updateDefaultNicForVirtualMachine", &["nicid", "virtualmachineid"], default),
    asks(
        "cloudstack.listNics",
        &["keyword", "networkid", "nicid", "page", "pagesize", "virtualmachineid"],
        list,
    ),
];

/// What jobs on interfaces show of a machine.
fn shown(cloud: &mut Cloud<'_>, id: &str) -> Outcome<Value> {
    let at = cloud.still(id)?;
    Ok(json!({"virtualmachine": cloud.machine_view(at, &Parts::new(vec!["nics".to_owned()]))}))
}

fn add(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let network = cloud.network_named("networkid", cloud.params.need("networkid")?)?;
    let address = match cloud.params.get("ipaddress") {
        Some(text) => Some(text.parse().map_err(|_| cloud.params.invalid("ipaddress", text))?),
        None => None,
    };
    let server = &cloud.world.servers[at];
    let (id, name, project) = (server.id.clone(), server.name.clone(), server.project.clone());
    let (own, last) = (id.clone(), id.clone());
    let plan = Plan::after(900, move |cloud| shown(cloud, &last)).on("VirtualMachine", &id).queued(&id);
    let plan = plan.begins(move |cloud| {
        let at = cloud.still(&own)?;
        if cloud.world.servers[at].ports.iter().any(|port| port.network == network.id) {
            return Err(Refused::internal(format!(
                "A NIC already exists for VM:{own} in network: {}",
                network.id
            )));
        }
        let owner =
            cloud.ledger.account_of(&project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
        let asker = cloud.asker(&owner);
        let plug = Plug { network: network.id.clone(), address, ..Plug::default() };
        cloud.world.plug(at, &plug, &asker).map_err(|refusal| cloud.refusal(&refusal, &owner))?;
        cloud.bring_up(&network.id);
        Ok(())
    });
    Ok(cloud.job(plan).about(&id, &name))
}

/// The place of the interface that is asked for.
fn place(cloud: &Cloud<'_>, at: usize) -> Outcome<(usize, String)> {
    let nic = cloud.params.need("nicid")?;
    let found = cloud.world.servers[at].ports.iter().position(|port| port.id == nic);
    Ok((found.ok_or_else(|| cloud.params.unknown("nicid", nic))?, nic.to_owned()))
}

fn remove(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let (place, nic) = place(cloud, at)?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let last = id.clone();
    let mut plan =
        Plan::after(900, move |cloud| shown(cloud, &last)).queued(&id).checked(move |_| match place {
            0 => Err(Refused::value("Unable to remove the default nic of a machine")),
            _ => Ok(()),
        });
    plan.thing = None;
    let plan = plan.begins(move |cloud| {
        cloud.world.delete_port(&nic).map_err(|_| Refused::internal(format!("Unable to remove nic {nic}")))
    });
    Ok(cloud.job(plan).about(&id, &name))
}

fn default(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let (_, nic) = place(cloud, at)?;
    let server = &cloud.world.servers[at];
    let (id, name) = (server.id.clone(), server.name.clone());
    let own = id.clone();
    let plan = Plan::after(600, move |cloud| {
        let at = cloud.still(&own)?;
        let ports = &mut cloud.world.servers[at].ports;
        if let Some(place) = ports.iter().position(|port| port.id == nic) {
            let port = ports.remove(place);
            ports.insert(0, port);
        }
        cloud.machine_result(&own)
    });
    Ok(cloud.job(plan.on("VirtualMachine", &id).queued(&id)).about(&id, &name))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let server = &cloud.world.servers[at];
    let is = |name: &str, own: &str| cloud.params.get(name).is_none_or(|wanted| wanted == own);
    let ports = server
        .ports
        .iter()
        .enumerate()
        .filter(|(_, port)| is("nicid", &port.id) && is("networkid", &port.network));
    let rows = ports.map(|(place, port)| cloud.nic_view(server, place, port)).collect();
    cloud.listed("nic", rows)
}
