//! A provider of one folder, in memory, with a few operations: what a driver is at the least.
//!
//! [`TOY`] declares what it can do, [`DRIVER`] is what a session is handed; `servers` and `machines` are its nouns.

mod machines;
mod servers;

pub use servers::machine;

use rhain::cloud::traits::*;
use rhain::cloud::{Cloud, Noun, Provider, Result, Server, Time};
use rhain::provider::capabilities::{BuiltIn, Driver};
use std::sync::{Arc, Mutex};

/// What it can do.
pub static TOY: Provider = Provider {
    name: "toy",
    operations: &[
        "servers",
        "server",
        "boot",
        "start",
        "stop",
        "delete(server)",
        "images",
        "image",
        "flavors",
        "flavor",
    ],
};

/// The driver, with a cloud `toybox` that needs no configuration.
pub const DRIVER: Driver = Driver {
    provider: &TOY,
    built_in: Some(BuiltIn { name: "toybox", open: |name| Arc::new(Toy::new(name)) }),
};

/// One toy cloud.
pub struct Toy {
    name: Arc<str>,
    servers: Mutex<Vec<Server>>,
}

impl Toy {
    fn new(name: Arc<str>) -> Toy {
        Toy { name, servers: Mutex::default() }
    }
}

#[async_trait::async_trait]
impl Account for Toy {
    fn name(&self) -> &Arc<str> {
        &self.name
    }
    fn provider(&self) -> &'static Provider {
        &TOY
    }
    fn region(&self) -> Option<String> {
        None
    }
    fn is_id(&self, _noun: Noun, text: &str) -> bool {
        text.starts_with("toy-")
    }
    async fn login(&self) -> Result<()> {
        Ok(())
    }
}

fn long_ago() -> Time {
    Time::parse("2030-01-01T00:00:00Z").unwrap()
}

impl Metadata for Toy {}
impl rhain::cloud::Updates for Toy {}
impl Keypairs for Toy {}
impl SecurityGroups for Toy {}
impl Networks for Toy {}
impl Subnets for Toy {}
impl Routers for Toy {}
impl PublicIps for Toy {}
impl Volumes for Toy {}
impl Snapshots for Toy {}
impl rhain::cloud::Ports for Toy {}
impl rhain::cloud::Backups for Toy {}
impl rhain::cloud::ServerGroups for Toy {}
impl rhain::cloud::Stacks for Toy {}
impl rhain::cloud::Ec2Credentials for Toy {}
impl Cloud for Toy {}
