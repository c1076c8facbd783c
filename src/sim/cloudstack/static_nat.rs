//! Public addresses that lead to one machine.

use serde_json::json;

use super::call::{Command, Told, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;

pub(super) static COMMANDS: &[Command] = &[
    does(
        "cloudstack.enableStaticNat",
        &["ipaddressid", "networkid", "virtualmachineid", "vmguestip"],
        enable,
    ),
    does("cloudstack.disableStaticNat", &["ipaddressid"], disable),
];

fn enable(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (found, at) = (cloud.address("ipaddressid")?, cloud.server("virtualmachineid")?);
    let told = format!(
        "IPAddress {{\"address\":\"{}\",\"dataCenterId\":1,\"id\":5,\"uuid\":\"{}\"}}",
        found.address, found.id
    );
    if let Some(kind) = cloud.rules_of(&found.id) {
        let text = format!(
            "Failed to enable static nat for the ip address {told} as it already has {kind} rules assigned"
        );
        return Err(Refused::with(537, 9999, text));
    }
    let note = cloud.address_note(&found);
    if note.source {
        let text = format!("Can't enable static, ip address {told} is a sourceNat ip address");
        return Err(Refused::value(text));
    }
    let wanted = cloud.params.get("networkid").map(str::to_owned).or(note.network);
    let server = &cloud.world.servers[at];
    let port =
        server.ports.iter().find(|port| wanted.as_ref().is_none_or(|network| port.network == *network));
    let Some(port) = port.map(|port| (port.id.clone(), port.network.clone())) else {
        return Err(Refused::value(format!("Vm doesn't belong to the network of {told}")));
    };
    if found.port.as_ref().is_some_and(|old| *old != port.0) {
        let text = format!(
            "Failed to enable static nat for the ip address {told} as it is already assigned to another machine"
        );
        return Err(Refused::with(537, 9999, text));
    }
    if cloud.world.floating_to(&port.0).any(|other| other.id != found.id) {
        let name = &server.name;
        let text = format!(
            "Failed to enable static nat for {told}: the machine {name} has another public address already"
        );
        return Err(Refused::value(text));
    }
    let project = server.project.clone();
    let owner = cloud.ledger.account_of(&project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
    let led = cloud.world.associate(&found.id, Some(&port.0), None);
    led.map_err(|refusal| match refusal {
        crate::world::Refusal::Unreachable { .. } => Refused::value(
            "The network of the machine has no way out; choose one whose offering has static NAT",
        ),
        other => cloud.refusal(&other, &owner),
    })?;
    cloud.ledger.addresses.entry(found.id.clone()).or_default().network = Some(port.1);
    Ok(Told::from(json!({"success": true})).about(&found.id, &found.address.to_string()))
}

fn disable(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let found = cloud.address("ipaddressid")?;
    if found.port.is_none() {
        return Err(Refused::value(format!(
            "Specified IP address {} is not a static NAT one",
            found.address
        )));
    }
    let own = found.id.clone();
    let plan = Plan::after(400, move |cloud| {
        let failed = |_| Refused::internal("Failed to disable static NAT");
        cloud.world.associate(&own, None, None).map_err(failed)?;
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&found.id, &found.address.to_string()))
}
