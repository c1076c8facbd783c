//! How a server looks in Nova's answers, by microversion and by who looks.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json as v};
use sha2::{Digest, Sha224};

use super::super::{Call, time};
use super::{bookmark, links};
use crate::world::{Flavor, HOSTS, Port, Power, Server, State, Task, World, hex};

/// Which answer a server is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Show,
    Detail,
    /// Updates and rebuilds: fewer fields before 2.75.
    Change,
}

/// The status that a state and a task make.
pub(super) fn status(server: &Server) -> &'static str {
    use Task::{Rebooting, RebootingHard, Rebuilding};
    let resizing = || {
        matches!(
            server.task,
            Some(Task::ResizePrep | Task::ResizeMigrating | Task::ResizeMigrated | Task::ResizeFinish)
        )
    };
    match (server.state, server.task) {
        (State::Active, Some(Rebooting | Task::RebootStarted)) => "REBOOT",
        (State::Active, Some(RebootingHard)) => "HARD_REBOOT",
        (State::Active | State::Stopped | State::Error, Some(Rebuilding | Task::RebuildSpawning)) => {
            "REBUILD"
        }
        (State::Active | State::Stopped, _) if resizing() => "RESIZE",
        (State::Active | State::Paused, Some(Task::Migrating)) => "MIGRATING",
        (State::Resized, Some(Task::ResizeReverting)) => "REVERT_RESIZE",
        (state, _) => status_at_rest(state),
    }
}

/// The status of a state in which nothing is being done.
pub(super) const fn status_at_rest(state: State) -> &'static str {
    match state {
        State::Building => "BUILD",
        State::Active => "ACTIVE",
        State::Stopped => "SHUTOFF",
        State::Paused => "PAUSED",
        State::Suspended => "SUSPENDED",
        State::Rescued => "RESCUE",
        State::Resized => "VERIFY_RESIZE",
        State::Shelved => "SHELVED",
        State::Offloaded => "SHELVED_OFFLOADED",
        State::Error => "ERROR",
        State::Deleted => "DELETED",
    }
}

/// Nova's number for a power state.
pub(super) const fn power(power: Power) -> u8 {
    match power {
        Power::None => 0,
        Power::Running => 1,
        Power::Paused => 3,
        Power::Shutdown => 4,
        Power::Suspended => 7,
    }
}

/// The short form of lists.
pub(super) fn brief(call: &Call<'_>, server: &Server) -> Value {
    v!({"id": server.id, "name": server.name, "links": links(call, &format!("servers/{}", server.id))})
}

/// The flavor inside a server from 2.47 on.
pub(super) fn flavor_inside(flavor: &Flavor) -> Value {
    v!({"vcpus": flavor.vcpus, "ram": flavor.ram_mib, "disk": flavor.disk_gib, "ephemeral": flavor.ephemeral_gib,
        "swap": flavor.swap_mib, "original_name": flavor.name, "extra_specs": pairs(&flavor.extra)})
}

/// Names and values as an object.
pub(super) fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect::<Map<_, _>>().into()
}

/// The addresses, by network: each fixed one, and the floating ones that lead to it.
pub(super) fn addresses(world: &World, server: &Server, with_kind: bool) -> Value {
    let mut networks = Map::new();
    if !server.networked {
        return networks.into();
    }
    let row = |port: &Port, ip: Ipv4Addr, kind: &str| {
        let mut row = v!({"version": 4, "addr": ip});
        if with_kind {
            row["OS-EXT-IPS:type"] = kind.into();
            row["OS-EXT-IPS-MAC:mac_addr"] = port.mac.clone().into();
        }
        row
    };
    for port in &server.ports {
        let name = world.network(&port.network).map(|network| network.name.clone()).unwrap_or_default();
        let rows = networks.entry(name).or_insert_with(|| v!([]));
        let Some(rows) = rows.as_array_mut() else { continue };
        for address in &port.addresses {
            rows.push(row(port, address.ip, "fixed"));
            let led = world.floating_to(&port.id).filter(|floating| floating.fixed == Some(address.ip));
            rows.extend(led.map(|floating| row(port, floating.address, "floating")));
        }
    }
    networks.into()
}

pub(super) fn host_id(server: &Server) -> String {
    if server.hosted {
        hex(&Sha224::digest(format!("{}{}", server.project, HOSTS[server.host])))
    } else {
        String::new()
    }
}

fn group_names(world: &World, server: &Server) -> Vec<Value> {
    world.groups_of(server).into_iter().map(|group| v!({"name": group.name})).collect()
}

/// The volumes at a server, with what goes with it from 2.3 on.
fn volumes(world: &World, call: &Call<'_>, server: &Server) -> Vec<Value> {
    let rows = world.attached(&server.id).into_iter().map(|(volume, attachment)| {
        let mut row = v!({"id": volume.id});
        if call.version >= 3 {
            row["delete_on_termination"] = attachment.goes.into();
        }
        row
    });
    rows.collect()
}

/// The whole server.
pub(super) fn full(world: &World, call: &Call<'_>, server: &Server, purpose: For) -> Value {
    let version = call.version;
    let status = status(server);
    let everything = purpose != For::Change || version >= 75;
    let own = format!("servers/{}", server.id);
    let flavor = match version {
        ..47 => {
            let id = &server.flavor.id;
            v!({"id": id, "links": [{"rel": "bookmark", "href": bookmark(call, &format!("flavors/{id}"))}]})
        }
        _ => flavor_inside(&server.flavor),
    };
    let mut value = v!({
        "accessIPv4": server.access_v4,
        "accessIPv6": server.access_v6,
        "addresses": addresses(world, server, everything),
        "created": time::second(server.created),
        "flavor": flavor,
        "hostId": host_id(server),
        "id": server.id,
        "image": image(call, server),
        "links": links(call, &own),
        "metadata": pairs(&server.metadata),
        "name": server.name,
        "status": status,
        "tenant_id": server.project,
        "user_id": server.user,
        "updated": time::second(server.updated),
        "OS-DCF:diskConfig": if server.auto_disk { "AUTO" } else { "MANUAL" },
    });
    if matches!(status, "ACTIVE" | "BUILD" | "REBUILD" | "RESIZE" | "VERIFY_RESIZE" | "MIGRATING") {
        value["progress"] = 0.into();
    }
    if let Some(failure) = server.failure.as_ref().filter(|_| matches!(status, "ERROR" | "DELETED")) {
        value["fault"] =
            v!({"code": failure.code, "created": time::second(failure.at), "message": failure.message});
        if call.admin() && failure.code == 500 {
            value["fault"]["details"] = "".into();
        }
    }
    if everything {
        extended(world, call, server, &mut value);
    }
    newer(call, server, purpose, &mut value);
    value
}

fn image(call: &Call<'_>, server: &Server) -> Value {
    let Some(id) = &server.image else { return "".into() };
    let mut image =
        v!({"id": id, "links": [{"rel": "bookmark", "href": bookmark(call, &format!("images/{id}"))}]});
    if call.version >= 98 {
        let known = |name: &str| ["os_", "hw_", "img_"].iter().any(|start| name.starts_with(start));
        let kept: Vec<_> = server.image_properties.iter().filter(|(name, _)| known(name)).cloned().collect();
        image["properties"] = pairs(&kept);
    }
    image
}

fn extended(world: &World, call: &Call<'_>, server: &Server, value: &mut Value) {
    let zone = server.zone_asked.as_deref().unwrap_or("nova");
    value["OS-EXT-AZ:availability_zone"] = if server.zoned { zone } else { "" }.into();
    value["config_drive"] = if server.config_drive { "True" } else { "" }.into();
    value["key_name"] = server.key_name.clone().into();
    value["OS-SRV-USG:launched_at"] = server.launched.map(time::bare).into();
    value["OS-SRV-USG:terminated_at"] = server.terminated.map(time::bare).into();
    let groups = group_names(world, server);
    if server.grouped && !groups.is_empty() {
        value["security_groups"] = groups.into();
    }
    if call.admin() {
        let host = || server.hosted.then_some(HOSTS[server.host]);
        value["OS-EXT-SRV-ATTR:host"] = host().into();
        value["OS-EXT-SRV-ATTR:instance_name"] = format!("instance-{:08x}", server.number).into();
        value["OS-EXT-SRV-ATTR:hypervisor_hostname"] = host().into();
    }
    value["OS-EXT-STS:task_state"] = server.task.map(Task::name).into();
    value["OS-EXT-STS:vm_state"] = server.state.name().into();
    value["OS-EXT-STS:power_state"] = power(server.power).into();
    value["os-extended-volumes:volumes_attached"] = volumes(world, call, server).into();
}

fn newer(call: &Call<'_>, server: &Server, purpose: For, value: &mut Value) {
    let version = call.version;
    let shown = purpose != For::Change || version >= 75;
    if version >= 3 && call.admin() && shown {
        value["OS-EXT-SRV-ATTR:kernel_id"] = "".into();
        value["OS-EXT-SRV-ATTR:launch_index"] = server.launch_index.into();
        value["OS-EXT-SRV-ATTR:ramdisk_id"] = "".into();
        value["OS-EXT-SRV-ATTR:reservation_id"] = server.reservation.clone().into();
        value["OS-EXT-SRV-ATTR:root_device_name"] = server.hosted.then_some("/dev/sda").into();
        value["OS-EXT-SRV-ATTR:user_data"] = server.user_data.clone().into();
    }
    if version >= 90 || (version >= 3 && call.admin() && shown) {
        value["OS-EXT-SRV-ATTR:hostname"] = server.hostname.clone().into();
    }
    if version >= 16 && call.admin() && shown {
        value["host_status"] = if server.hosted { "UP" } else { "" }.into();
    }
    if version >= 9 {
        value["locked"] = server.locked.into();
    }
    if version >= 19 {
        value["description"] = server.description.clone().into();
    }
    if version >= 26 {
        value["tags"] = tags(server).into();
    }
    if version >= 63 {
        value["trusted_image_certificates"] = server.certificates.clone().into();
    }
    if version >= 71 && purpose != For::Detail {
        value["server_groups"] = v!([]);
    }
    if version >= 73 {
        value["locked_reason"] = server.locked_reason.clone().into();
    }
    if version >= 96 {
        value["pinned_availability_zone"] = server.zone_asked.clone().into();
    }
    if version >= 100 {
        let hints = server.hints.as_deref().and_then(|text| serde_json::from_str(text).ok());
        value["scheduler_hints"] = hints.unwrap_or_else(|| v!({}));
    }
}

/// A server's tags, sorted as Nova's database gives them.
pub(super) fn tags(server: &Server) -> Vec<String> {
    let mut tags = server.tags.clone();
    tags.sort();
    tags
}
