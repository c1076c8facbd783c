//! Nova's error bodies, and its words for the world's refusals.

use serde_json::json as v;

use super::super::{Answer, json};
use crate::world::{FilesLimit, Kind, Refusal};

/// An error body: the fault's name, its code and message.
pub(super) fn fault(code: u16, message: &str) -> Answer {
    let name = match code {
        400 => "badRequest",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "itemNotFound",
        405 => "badMethod",
        409 => "conflictingRequest",
        413 => "overLimit",
        415 => "badMediaType",
        429 => "overLimit",
        501 => "notImplemented",
        503 => "serviceUnavailable",
        _ => "computeFault",
    };
    json(code, &v!({name: {"code": code, "message": message}}))
}

/// The answer to an action that the world refused, by the action's name.
pub(super) fn refused(action: &str, server: &str, refusal: Refusal) -> Answer {
    let cannot = |attribute: &str, now: &str| {
        fault(409, &format!("Cannot '{action}' instance {server} while it is in {attribute} {now}"))
    };
    match refusal {
        Refusal::InState(state) => cannot("vm_state", &state),
        Refusal::InTask(task) => cannot("task_state", &task),
        Refusal::NeverRan => fault(409, &format!("Instance {server} is in an invalid state for '{action}'")),
        Refusal::NotReady => fault(409, &format!("Instance {server} is not ready")),
        Refusal::Locked => fault(409, &format!("Instance {server} is locked")),
        Refusal::NotResized => fault(400, "Instance has not been resized."),
        Refusal::OverQuota { names, .. } if names == ["group_members"] => {
            fault(403, "Quota exceeded, too many servers in group")
        }
        Refusal::OverQuota { names, asked, used, limits } => {
            let names: Vec<&str> =
                names.into_iter().map(|n| if n == "servers" { "instances" } else { n }).collect();
            let list = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let (names, asked, used, limits) = (names.join(", "), list(&asked), list(&used), list(&limits));
            fault(
                403,
                &format!(
                    "Quota exceeded for {names}: Requested {asked}, but already used {used} of {limits} {names}"
                ),
            )
        }
        Refusal::TooManyMetadata(limit) => {
            fault(403, &format!("Maximum number of metadata items exceeds {limit}"))
        }
        Refusal::Files(FilesLimit::Count, _) => fault(403, "Personality file limit exceeded"),
        Refusal::Files(FilesLimit::Path, limit) => {
            fault(403, &format!("Personality file path exceeds maximum {limit}"))
        }
        Refusal::Files(FilesLimit::Content, limit) => {
            fault(403, &format!("Personality file content exceeds maximum {limit}"))
        }
        Refusal::ZeroDisk => fault(403, "Only volume-backed servers are allowed for flavors with zero disk."),
        Refusal::FlavorMemory => fault(400, "Flavor's memory is too small for requested image."),
        Refusal::FlavorDisk { flavor, image } => fault(
            400,
            &format!(
                "Flavor's disk is too small for requested image. Flavor disk is {flavor} bytes, image is {image} \
                 bytes."
            ),
        ),
        Refusal::ImageState(id, _) => fault(400, &format!("Image {id} is not active.")),
        Refusal::SameFlavor => fault(400, "When resizing, instances must change flavor!"),
        Refusal::ResizeToZeroDisk => fault(
            400,
            "Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.",
        ),
        Refusal::ManyNetworks => {
            fault(409, "Multiple possible networks found, use a Network ID to be more specific.")
        }
        Refusal::AddressTaken(address, owner) => {
            fault(400, &format!("Fixed IP address {address} is already in use on instance {owner}."))
        }
        Refusal::InGroup(id) => fault(
            400,
            &format!("Invalid input for security_groups. Reason: Duplicate items in the list: '{id}'."),
        ),
        Refusal::NotInGroup(name) => {
            fault(404, &format!("Security group {name} not associated with the instance {server}"))
        }
        Refusal::Taken(Kind::Keypair, name) => fault(409, &format!("Key pair '{name}' already exists.")),
        Refusal::Taken(_, name) => fault(409, &format!("{name} already exists.")),
        Refusal::Missing(kind, name) => missing(kind, &name),
        other => elsewhere(other),
    }
}

/// What Nova says of what the services beside it refused.
fn elsewhere(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::NoAddress(network) => {
            fault(400, &format!("No fixed IP addresses available for network: {network}"))
        }
        Refusal::NoSubnet(network) => {
            fault(400, &format!("Network {network} requires a subnet in order to boot instances on."))
        }
        Refusal::PortTaken { port, .. } => fault(409, &format!("Port {port} is still in use.")),
        Refusal::Ambiguous(_, name) => fault(
            409,
            &format!(
                "Multiple security_group matches found for name '{name}', use an ID to be more specific."
            ),
        ),
        Refusal::GroupInUse(id) => fault(400, &format!("Security Group {id} in use.")),
        Refusal::DefaultGroup => fault(400, "Removing default security group not allowed."),
        other => of_volume(other),
    }
}

/// What Nova says of volumes, with Cinder's own words in its own.
fn of_volume(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::VolumeState(id, state) => fault(
            400,
            &format!(
                "Invalid volume: Invalid input received: Invalid volume: Volume {id} status must be available or \
                 downloading to reserve, but the current status is {}.",
                crate::openstack::cinder::status(state)
            ),
        ),
        Refusal::Attached(id, servers) => fault(
            400,
            &format!("Invalid volume: volume {id} is already attached to instances: {}", servers.join(", ")),
        ),
        Refusal::NotBootable(id) => fault(400, &format!("Block Device {id} is not bootable.")),
        Refusal::RootVolume(_) => fault(400, "Cannot detach a root device volume"),
        Refusal::DeviceTaken(device) => {
            fault(409, &format!("The supplied device path ({device}) is in use."))
        }
        other => fault(400, &format!("{other:?}")),
    }
}

/// What a request named in its body and is not there: a 400, as the request is at fault.
fn missing(kind: Kind, name: &str) -> Answer {
    match kind {
        Kind::Image => fault(400, "Can not find requested image"),
        Kind::Flavor => fault(400, &format!("Flavor {name} could not be found.")),
        Kind::Network => fault(400, &format!("Network {name} could not be found.")),
        Kind::Group => fault(400, &format!("Unable to find security_group with name or id '{name}'")),
        Kind::Keypair => fault(400, "Invalid key_name provided."),
        Kind::Zone => fault(400, "The requested availability zone is not available"),
        Kind::ServerGroup => fault(400, &format!("Instance group {name} could not be found.")),
        Kind::Port => fault(400, &format!("Port id {name} could not be found.")),
        Kind::Volume => fault(400, &format!("Block Device Mapping is Invalid: failed to get volume {name}.")),
        Kind::Snapshot => fault(400, &format!("Snapshot {name} could not be found.")),
        _ => fault(404, &format!("{name} could not be found.")),
    }
}
