//! Security groups that are given another name.

use serde_json::json;

use super::call::{Command, Told, does};
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::Group;

pub(super) static COMMANDS: &[Command] = &[does("cloudstack.updateSecurityGroup", &["id", "name"], update)];

fn update(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let group = cloud.group_asked("id", "id")?;
    let name = cloud.params.get("name").map_or_else(|| group.name.clone(), str::to_owned);
    if group.name == "default" {
        return Err(Refused::value("The default security group cannot be renamed"));
    }
    let taken = |other: &Group| other.id != group.id && other.project == group.project && other.name == name;
    if cloud.world.groups.iter().any(taken) {
        return Err(Refused::value(format!("A security group with name {name} already exists.")));
    }
    if let Some(own) = cloud.world.groups.iter_mut().find(|own| own.id == group.id) {
        own.name.clone_from(&name);
    }
    let view = cloud.group_view(&Group { name: name.clone(), ..group.clone() }, &[], true);
    Ok(Told::from(json!({"securitygroup": view})).about(&group.id, &name))
}
