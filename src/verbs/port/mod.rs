//! Ports: places in a network with an address and rules of their own.

pub mod address;
pub mod create_port;
pub mod read;
