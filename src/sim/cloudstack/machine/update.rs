//! Changes of a machine that are done at once.

use serde_json::json;

use super::deploy::host_name;
use super::view::Parts;
use crate::cloudstack::call::{Command, Told, does};
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::world::{Plug, State};

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[does(
    "cloudstack.updateVirtualMachine",
    &[
        "id",
        "cleanupdetails",
        "deleteprotection",
        "details",
        "displayname",
        "displayvm",
        "isdynamicallyscalable",
        "name",
        "securitygroupids",
        "securitygroupnames",
        "userdata",
    ],
    update,
)];

fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let params = cloud.params;
    cloud.data_is_one()?;
    if let Some(name) = params.get("name") {
        host_name(name)?;
        let server = &cloud.world.servers[at];
        let plugs: Vec<Plug> = server
            .ports
            .iter()
            .map(|port| Plug { network: port.network.clone(), ..Plug::default() })
            .collect();
        cloud.name_is_free(name, &plugs, Some(&server.id.clone()))?;
    }
    if params.has("securitygroupids") || params.has("securitygroupnames") {
        move_groups(cloud, at)?;
    }
    let id = cloud.world.servers[at].id.clone();
    let was = cloud.world.servers[at].name.clone();
    if let Some(name) = params.get("name") {
        cloud.world.servers[at].name = name.to_owned();
    }
    let details = params.named("details");
    let machine = cloud.note(&id);
    // A machine that was never given a name to show keeps the one that it had.
    machine.display.get_or_insert(was);
    if let Some(text) = params.get("displayname") {
        machine.display = Some(text.to_owned());
    }
    if !details.is_empty() {
        machine.details = details;
    } else if params.flag("cleanupdetails") == Some(true) {
        machine.details.clear();
    }
    if let Some(text) = params.get("userdata") {
        machine.user_data = Some(text.to_owned());
    }
    machine.dynamic = params.flag("isdynamicallyscalable").unwrap_or(machine.dynamic);
    machine.protected = params.flag("deleteprotection").unwrap_or(machine.protected);
    machine.display_vm = params.flag("displayvm").or(machine.display_vm);
    if let Some(text) = params.get("userdata") {
        cloud.world.servers[at].user_data = Some(text.to_owned());
    }
    let name = cloud.world.servers[at].name.clone();
    let view = cloud.machine_view(at, &Parts::all());
    Ok(Told::from(json!({"virtualmachine": view})).about(&id, &name))
}

/// Moves a stopped machine into other groups.
fn move_groups(cloud: &mut Cloud<'_>, at: usize) -> Outcome<()> {
    if cloud.world.servers[at].state != State::Stopped {
        return Err(Refused::value("Virtual machine must be stopped prior to update security groups"));
    }
    let project = cloud.world.servers[at].project.clone();
    let owner = cloud.ledger.account_of(&project).cloned().unwrap_or_else(|| cloud.caller.account.clone());
    let groups = cloud.groups_named(&owner)?;
    cloud.world.set_groups(at, &groups).map_err(|refusal| cloud.refusal(&refusal, &owner))
}
