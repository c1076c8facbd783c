//! Which resources to list: what filters of every noun have in common, and the keys of each.

use super::NameMatch;
use super::described::Described;
use super::ty::Noun;
use super::value::Value;
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
    /// Those of every project too, for administrators; else the project's own, shared with it and public.
    pub all_projects: bool,
    /// At the most this many.
    pub limit: Option<usize>,
}

impl Listing {
    /// Those of a name.
    pub fn named(name: &str) -> Listing {
        Listing { name: Some(NameMatch::Exact(name.to_string())), ..Listing::default() }
    }

    /// Whether a thing is one of those; `limit` is the caller's to keep.
    pub fn lets_through(&self, thing: &dyn Described) -> bool {
        let fits = |wanted: &Option<String>, field: &str| {
            wanted.as_ref().is_none_or(
                |wanted| matches!(thing.field(field), Some(Value::Text(text)) if *text == **wanted),
            )
        };
        let is_external = || matches!(thing.field("external"), Some(Value::Bool(true)));
        self.name.as_ref().is_none_or(|pattern| pattern.fits(thing.name()))
            && (self.status.is_empty() || self.status.iter().any(|status| status == thing.status()))
            && (self.meta.is_empty() || holds(thing, &self.meta))
            && fits(&self.server, "server")
            && fits(&self.volume, "volume")
            && (thing.noun() != Noun::Subnet || fits(&self.network, "network"))
            && fits(&self.kind, "type")
            && self.external.is_none_or(|external| thing.noun() == Noun::Network && is_external() == external)
    }
}

/// Whether all of these items are in a thing's metadata.
fn holds(thing: &dyn Described, wanted: &BTreeMap<String, String>) -> bool {
    let Some(Value::Map(meta)) = thing.field("meta") else { return false };
    wanted
        .iter()
        .all(|(key, value)| matches!(meta.get(key.as_str()), Some(Value::Text(held)) if **held == **value))
}

#[cfg(test)]
mod tests {
    use super::super::{Time, Volume};
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
