//! Server groups: which servers are to be on one host, or on different ones.

pub mod create_server_group;
pub mod read;
