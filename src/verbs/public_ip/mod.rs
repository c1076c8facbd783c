//! Public IPs: floating, elastic or public addresses that lead to servers.

pub mod allocate_ip;
pub mod associate_ip;
pub mod disassociate_ip;
pub mod read;
pub mod release_ip;

use super::argument::Ref;
use super::call::Call;
use super::resolve;
use super::verb::Key;
use crate::cloud::{Noun, PublicIp, Resource, Result};
use std::sync::Arc;

/// A public IP.
pub const IP: Key<Ref<PublicIp>> =
    Key::required("ip", "A public IP, its id or its address, or an array of them.");

/// The address of an argument.
async fn address(call: &Call, key: &Key<Ref<PublicIp>>) -> Result<Arc<PublicIp>> {
    match call.one(key).await? {
        Resource::PublicIp(ip) => Ok(ip),
        other => Err(resolve::stray(Noun::PublicIp, &other)),
    }
}
