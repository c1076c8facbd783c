//! Key pairs: how people log in to servers.

pub mod create_keypair;
pub mod read;
