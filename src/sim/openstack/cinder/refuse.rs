//! Cinder's error bodies, and its words for the world's refusals.

use serde_json::json as v;

use super::volumes::status;
use super::{Answer, Call, json};
use crate::world::{Kind, Refusal};

/// An error body: the fault's name, its code and message.
pub(super) fn fault(code: u16, message: &str) -> Answer {
    let name = match code {
        400 => "badRequest",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "itemNotFound",
        409 => "conflictingRequest",
        413 | 429 => "overLimit",
        415 => "badMediaType",
        501 => "notImplemented",
        503 => "serviceUnavailable",
        _ => "computeFault",
    };
    let mut inner = v!({"code": code, "message": message});
    if code == 413 {
        inner["retryAfter"] = "0".into();
    }
    json(code, &v!({name: inner}))
}

/// Refuses a caller without the admin role, naming the policy.
pub(super) fn policy(call: &Call<'_>, rule: &str) -> Result<(), Answer> {
    if call.admin() {
        return Ok(());
    }
    Err(fault(403, &format!("Policy doesn't allow volume_extension:{rule} to be performed.")))
}

fn no_room_for_backup(name: &str, asked: i64, used: i64, limit: i64) -> String {
    match name {
        "backups" => format!("BackupLimitExceeded: Maximum number of backups allowed ({limit}) exceeded"),
        _ => format!(
            "VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota. Requested \
             {asked}G, quota is {limit}G and {used}G has been consumed."
        ),
    }
}

/// The answer to what the world refused.
pub(super) fn refused(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Missing(kind, name) => missing(kind, &name),
        Refusal::OverQuota { names, asked, used, limits } => {
            let (name, asked, used, limit) = (names[0], asked[0], used[0], limits[0]);
            let message = match name {
                "gigabytes" => format!(
                    "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. \
                     Requested {asked}G, quota is {limit}G and {used}G has been consumed."
                ),
                "snapshots" => {
                    format!("SnapshotLimitExceeded: Maximum number of snapshots allowed ({limit}) exceeded")
                }
                "backups" | "backup_gigabytes" => no_room_for_backup(name, asked, used, limit),
                _ => format!(
                    "VolumeLimitExceeded: Maximum number of volumes allowed ({limit}) exceeded for quota 'volumes'."
                ),
            };
            fault(413, &message)
        }
        Refusal::VolumeTooLarge { size, limit } => fault(
            413,
            &format!(
                "VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum allowed limit {limit}G."
            ),
        ),
        Refusal::NoSize => fault(
            400,
            "The server could not comply with the request since it is either malformed or otherwise incorrect.",
        ),
        Refusal::SmallForImage { size, image, min } if min > size => fault(
            400,
            &format!(
                "Invalid input received: Volume size {size}GB cannot be smaller than the image minDisk size {}GB.",
                min.max(image)
            ),
        ),
        Refusal::SmallForImage { size, image, .. } => fault(
            400,
            &format!(
                "Invalid input received: Size of specified image {image}GB is larger than volume size {size}GB."
            ),
        ),
        Refusal::NotLarger { size, now } => fault(
            400,
            &format!(
                "Invalid input received: New size for extend must be greater than current size. (current: {now}, \
                 extended: {size})."
            ),
        ),
        Refusal::NotAvailable(Kind::Snapshot, id) => fault(
            400,
            &format!("Invalid snapshot: Originating snapshot status must be one of 'available' values: {id}"),
        ),
        Refusal::NotAvailable(_, id) => {
            fault(400, &format!("Invalid volume: Volume {id} must be available or in-use."))
        }
        Refusal::ImageState(..) => fault(400, "Invalid input received: Image is not active."),
        other => fault(400, &format!("{other:?}")),
    }
}

/// The answer to a snapshot that the world refused.
pub(super) fn no_snapshot(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::VolumeState(id, state) => fault(
            400,
            &format!(
                "Invalid volume: Volume {id} status must be available, but current status is: {}.",
                status(state)
            ),
        ),
        other => refused(other),
    }
}

/// The answer to an extension that the world refused.
pub(super) fn no_extension(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::VolumeState(id, state) => fault(
            400,
            &format!(
                "Invalid volume: Volume {id} status must be '{{'status': 'available'}}' to extend, currently {}.",
                status(state)
            ),
        ),
        other => refused(other),
    }
}

/// The answer to a deletion that the world refused.
pub(super) fn no_deletion(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::VolumeState(..) | Refusal::HasSnapshots(..) => fault(
            400,
            "Invalid volume: Volume status must be available or error or error_restoring or error_extending or \
             error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a \
             transfer, or be disassociated from snapshots after volume transfer.",
        ),
        Refusal::NotAvailable(Kind::Snapshot, _) => fault(
            400,
            "Invalid snapshot: Snapshot status must be available or error or error_unmanaging, and must not be \
             part of a group.",
        ),
        other => refused(other),
    }
}

fn missing(kind: Kind, name: &str) -> Answer {
    match kind {
        Kind::Backup => fault(404, &format!("Backup {name} could not be found.")),
        Kind::Snapshot => fault(404, &format!("Snapshot {name} could not be found.")),
        Kind::VolumeType if uuid::Uuid::parse_str(name).is_ok() => {
            fault(404, &format!("Volume type {name} could not be found."))
        }
        Kind::VolumeType => fault(404, &format!("Volume type with name {name} could not be found.")),
        Kind::Image => fault(400, "Invalid image identifier or unable to access requested image."),
        Kind::Zone => fault(400, &format!("Availability zone '{name}' is invalid.")),
        _ => fault(404, &format!("Volume {name} could not be found.")),
    }
}
