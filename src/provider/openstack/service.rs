//! Which service a call is for, its names in catalogs, and its versions.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A service of OpenStack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Service {
    /// Keystone.
    Identity,
    /// Nova.
    Compute,
    /// Glance.
    Image,
    /// Neutron.
    Network,
    /// Cinder.
    Volume,
    /// Heat.
    Orchestration,
    /// Any other, by its type in the catalog.
    Other(String),
}

impl Service {
    /// From a catalog's type, one of its older names, or the project's name; anything else is a type as it stands.
    pub fn named(text: &str) -> Service {
        match text.trim().to_ascii_lowercase().replace('_', "-").as_str() {
            "identity" | "keystone" => Service::Identity,
            "compute" | "compute-legacy" | "computev2" | "computev21" | "nova" => Service::Compute,
            "image" | "glance" => Service::Image,
            "network" | "neutron" => Service::Network,
            "volume" | "volumev2" | "volumev3" | "block-storage" | "block-store" | "cinder" => {
                Service::Volume
            }
            "orchestration" | "heat" => Service::Orchestration,
            _ => Service::Other(text.trim().to_string()),
        }
    }

    /// The key of its settings and the word in errors.
    pub fn key(&self) -> &str {
        match self {
            Service::Other(kind) => kind,
            known => known.word().unwrap_or_default(),
        }
    }

    /// The word in errors, of the services that are known.
    pub fn word(&self) -> Option<&'static str> {
        Some(match self {
            Service::Identity => "identity",
            Service::Compute => "compute",
            Service::Image => "image",
            Service::Network => "network",
            Service::Volume => "volume",
            Service::Orchestration => "orchestration",
            Service::Other(_) => return None,
        })
    }

    /// Its types in catalogs, best first.
    pub(super) fn kinds(&self) -> Vec<&str> {
        match self {
            Service::Compute => vec!["compute", "computev21", "compute_legacy"],
            Service::Volume => vec!["volumev3", "block-storage", "volumev2", "volume", "block-store"],
            Service::Other(kind) => vec![kind],
            known => known.word().into_iter().collect(),
        }
    }

    /// The name that `OpenStack-API-Version` takes.
    pub(super) fn header_name(&self) -> &str {
        self.key()
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A version or microversion: `2.60` is later than `2.9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version(pub u16, pub u16);

impl Version {
    /// Whatever is the newest.
    pub const LATEST: Version = Version(u16::MAX, u16::MAX);

    /// From `2.60`, `3`, `latest`, `2.latest`.
    pub fn parse(text: &str) -> Option<Version> {
        if text == "latest" {
            return Some(Version::LATEST);
        }
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        let number = |text: &str| {
            if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
                None
            } else {
                text.parse().ok()
            }
        };
        Some(Version(number(major)?, if minor == "latest" { u16::MAX } else { number(minor)? }))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (_, u16::MAX) => f.write_str("latest"),
            (major, minor) => write!(f, "{major}.{minor}"),
        }
    }
}

/// The microversions that a service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The oldest; `None` where the service has none.
    pub min: Option<Version>,
    /// The newest; `None` where the service has none.
    pub max: Option<Version>,
    /// The one the user wants where an operation does not say.
    pub default: Option<Version>,
}
