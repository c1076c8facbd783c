//! What networks can be offered, and which services that has.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::ids::shown;

/// The services of isolated and of shared networks.
static SERVICES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("services.json")).unwrap_or(Value::Null));

/// A network offering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NetworkOffering {
    pub(super) name: &'static str,
    pub(super) display: &'static str,
    pub(super) availability: &'static str,
    pub(super) shared: bool,
    pub(super) vpc: bool,
    /// What it serves; the sources are in the list of services.
    pub(super) services: &'static [&'static str],
}

impl NetworkOffering {
    pub(super) fn id(&self) -> String {
        shown("network offering", self.name)
    }
}

/// The network offerings.
pub(super) static OFFERINGS: [NetworkOffering; 5] = [
    NetworkOffering {
        name: "DefaultSharedNetworkOfferingWithSGService",
        display: "Offering for Shared Security group enabled networks",
        availability: "Optional",
        shared: true,
        vpc: false,
        services: &["SecurityGroup", "UserData", "Dhcp", "Dns"],
    },
    NetworkOffering {
        name: "DefaultSharedNetworkOffering",
        display: "Offering for Shared networks",
        availability: "Optional",
        shared: true,
        vpc: false,
        services: &["UserData", "Dhcp", "Dns"],
    },
    NetworkOffering {
        name: "DefaultIsolatedNetworkOfferingWithSourceNatService",
        display: "Offering for Isolated networks with Source Nat service enabled",
        availability: "Required",
        shared: false,
        vpc: false,
        services: &[
            "UserData",
            "Lb",
            "StaticNat",
            "SourceNat",
            "Dhcp",
            "Vpn",
            "Dns",
            "PortForwarding",
            "Firewall",
        ],
    },
    NetworkOffering {
        name: "DefaultIsolatedNetworkOffering",
        display: "Offering for Isolated networks with no Source Nat service",
        availability: "Optional",
        shared: false,
        vpc: false,
        services: &["UserData", "Dhcp", "Dns"],
    },
    NetworkOffering {
        name: "DefaultIsolatedNetworkOfferingForVpcNetworks",
        display: "Offering for Isolated Vpc networks with Source Nat service enabled",
        availability: "Optional",
        shared: false,
        vpc: true,
        services: &["UserData", "Lb", "StaticNat", "SourceNat", "Dhcp", "Vpn", "Dns", "PortForwarding"],
    },
];

/// The services of an offering, as networks show them.
pub(super) fn services(offering: &NetworkOffering) -> Value {
    let all =
        SERVICES[if offering.shared { "shared" } else { "isolated" }].as_array().cloned().unwrap_or_default();
    let named = |service: &Value| offering.services.iter().any(|name| service["name"] == json!(name));
    Value::Array(all.into_iter().filter(named).collect())
}
