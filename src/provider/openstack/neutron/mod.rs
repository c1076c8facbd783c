//! Neutron: of networks, what a boot needs to find one by name.

pub mod network;
