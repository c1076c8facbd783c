//! Block volumes: disks that outlive servers, and their snapshots.

pub mod attach;
pub mod create_volume;
pub mod detach;
pub mod extend;
pub mod snapshot;
pub mod snapshots;
pub mod volumes;

use super::argument::Ref;
use super::verb::Key;
use crate::cloud::Volume;

/// A volume as an argument behind the server's.
pub const VOLUME: Key<Ref<Volume>> = Key::required("volume", "A volume, its id or unique name.");
