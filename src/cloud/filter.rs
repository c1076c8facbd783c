//! Which resources to list: what filters of every noun have in common, and the keys of each.

use super::NameMatch;
use super::resource::{Noun, Resource};
use std::collections::BTreeMap;

/// Which resources of a noun to list. A driver asks for what the cloud can sieve; [`Listing::lets_through`] does the rest.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// By name.
    pub name: Option<NameMatch>,
    /// Any of these statuses, in capitals.
    pub status: Vec<String>,
    /// All of these metadata items.
    pub meta: BTreeMap<String, String>,
    /// Of a server, by id: volumes, public IPs.
    pub server: Option<String>,
    /// Of a volume, by id: snapshots.
    pub volume: Option<String>,
    /// Of a network, by id: subnets.
    pub network: Option<String>,
    /// Of this type of storage: volumes.
    pub kind: Option<String>,
    /// Whether they lead out of the cloud: networks.
    pub external: Option<bool>,
    /// At the most this many.
    pub limit: Option<usize>,
}

impl Listing {
    /// Those of a name.
    pub fn named(name: &str) -> Listing {
        Listing { name: Some(NameMatch::Exact(name.to_string())), ..Listing::default() }
    }

    /// Whether a resource is one of those; `limit` is the caller's to keep.
    pub fn lets_through(&self, resource: &Resource) -> bool {
        let fits = |wanted: &Option<String>, field: &str| {
            wanted.as_ref().is_none_or(
                |wanted| matches!(resource.field(field), Some(super::Value::Text(text)) if *text == **wanted),
            )
        };
        self.name.as_ref().is_none_or(|pattern| pattern.fits(resource.described().name()))
            && (self.status.is_empty() || self.status.iter().any(|status| status == resource.status()))
            && (self.meta.is_empty() || self.meta.iter().all(|(key, value)| holds(resource, key, value)))
            && fits(&self.server, "server")
            && fits(&self.volume, "volume")
            && (resource.noun() != Noun::Subnet || fits(&self.network, "network"))
            && fits(&self.kind, "type")
            && self.external.is_none_or(|external| {
                matches!(resource, Resource::Network(network) if network.external.unwrap_or(false) == external)
            })
    }
}

fn holds(resource: &Resource, key: &str, value: &str) -> bool {
    let meta = match resource {
        Resource::Server(server) => &server.meta,
        Resource::Image(image) => &image.meta,
        Resource::Volume(volume) => &volume.meta,
        Resource::Snapshot(snapshot) => &snapshot.meta,
        _ => return false,
    };
    meta.get(key).is_some_and(|held| held == value)
}

#[cfg(test)]
mod tests {
    use super::super::{Time, Value, Volume};
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_key_of_a_listing_narrows() {
        let volume = Volume {
            id: "1".to_string(),
            name: "data-1".to_string(),
            status: "IN-USE".to_string(),
            size: 1,
            kind: Some("ssd".to_string()),
            zone: None,
            bootable: None,
            server: Some("web".to_string()),
            device: None,
            snapshot: None,
            image: None,
            meta: BTreeMap::from([("tier".to_string(), "db".to_string())]),
            created: None,
            cloud: Arc::from("lab"),
            read: Time(jiff::Timestamp::UNIX_EPOCH),
            raw: Arc::new(serde_json::Value::Null),
        };
        let Value::Resource(volume) = Value::from(volume) else { panic!("a resource") };
        let all = Listing {
            name: Some(NameMatch::Glob("data-*".to_string())),
            status: vec!["IN-USE".to_string()],
            meta: BTreeMap::from([("tier".to_string(), "db".to_string())]),
            server: Some("web".to_string()),
            kind: Some("ssd".to_string()),
            ..Listing::default()
        };
        assert!(all.lets_through(&volume));
        for other in [
            Listing::named("data"),
            Listing { status: vec!["AVAILABLE".to_string()], ..Listing::default() },
            Listing { meta: BTreeMap::from([("tier".to_string(), "web".to_string())]), ..Listing::default() },
            Listing { server: Some("db".to_string()), ..Listing::default() },
            Listing { kind: Some("hdd".to_string()), ..Listing::default() },
            Listing { volume: Some("1".to_string()), ..Listing::default() },
        ] {
            assert!(!other.lets_through(&volume), "{other:?}");
        }
    }
}
