//! A network interface at an instance that is there already, and away from it again.

use super::call::{Action, Told, does};
use super::ids::{INSTANCE, INTERFACE};
use super::instance::Life;
use super::interface::named;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::xml::Xml;
use crate::world::Plug;

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.AttachNetworkInterface", &["NetworkInterfaceId", "InstanceId", "DeviceIndex"], attach),
    does("ec2.DetachNetworkInterface", &["AttachmentId", "Force"], detach),
];

/// What an attachment is called by.
pub(super) fn attachment(interface: &str) -> String {
    interface.replace("eni-", "eni-attach-")
}

/// The index of a server's port among its devices: as asked for, else its place.
pub(super) fn index(region: &Region<'_>, ports: &[crate::world::Port], id: &str) -> i64 {
    let place = ports.iter().position(|port| port.id == id).and_then(|place| i64::try_from(place).ok());
    region.ledger.devices.get(id).copied().or(place).unwrap_or_default()
}

fn attach(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("NetworkInterfaceId")?;
    region.params.need("DeviceIndex")?;
    let wanted = region.params.number("DeviceIndex")?.unwrap_or_default();
    let (own, held) = named(region, id)?;
    let instance = region.params.need("InstanceId")?;
    let at = region.instance(instance)?;
    let server = &region.world.servers[at];
    if !matches!(Life::of(server), Life::Running | Life::Stopped) {
        let message = format!("Instance '{instance}' is not 'running' or 'stopped'.");
        return Err(Refused::new("IncorrectState", message));
    }
    if held {
        let message = format!("Interface: [{id}] is currently in use");
        return Err(Refused::new("InvalidNetworkInterface.InUse", message));
    }
    if server.ports.iter().any(|port| index(region, &server.ports, &port.id) == wanted) {
        let message =
            format!("Instance '{instance}' already has an interface attached at device index '{wanted}'.");
        return Err(Refused::value(message));
    }
    let asker = region.asker.clone();
    region.world.plug(at, &Plug { port: Some(own.clone()), ..Plug::default() }, &asker)?;
    region.ledger.devices.insert(own, wanted);
    let mut xml = Xml::default();
    xml.text("attachmentId", attachment(id)).text("networkCardIndex", 0);
    Ok(Told::from(xml).about(id, ""))
}

fn detach(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("AttachmentId")?;
    let missing = || {
        let message = format!("An interface attachment with ID '{id}' does not exist");
        Refused::new("InvalidAttachmentID.NotFound", message)
    };
    let project = region.project().to_owned();
    let known = |server: &crate::world::Server| {
        server.project == project && server.ports.iter().any(|port| attachment(&INTERFACE.id(&port.id)) == id)
    };
    let at = region.world.servers.iter().position(known).ok_or_else(missing)?;
    let server = &region.world.servers[at];
    let place = server.ports.iter().position(|port| attachment(&INTERFACE.id(&port.id)) == id);
    let place = place.ok_or_else(missing)?;
    let own = server.ports[place].id.clone();
    if index(region, &server.ports, &own) == 0 {
        let message = "The network interface at device index 0 cannot be detached.";
        return Err(Refused::new("OperationNotPermitted", message));
    }
    let instance = INSTANCE.id(&server.id);
    let gone = region.world.servers[at].ports.remove(place);
    region.world.release(vec![gone]);
    region.ledger.devices.remove(&own);
    Ok(Told::done().about(&instance, ""))
}
