//! Backups of volumes: made, read and restored.

pub mod create_backup;
pub mod read;
pub mod restore_backup;
