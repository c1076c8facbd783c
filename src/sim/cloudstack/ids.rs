//! Ids as CloudStack shows them: all are UUIDs, and what the world calls otherwise gets one made of its name.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The id of a thing of this kind that the world knows as `id`.
pub(super) fn shown(kind: &str, id: &str) -> String {
    if let Ok(own) = Uuid::parse_str(id) {
        return own.hyphenated().to_string();
    }
    let hash = Sha256::digest(format!("{kind} {id}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string()
}
