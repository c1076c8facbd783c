//! The one filter: which resources to list, for every noun and every provider. A driver asks its cloud to narrow by what the cloud
//! knows; [`Filter::matches`] decides on our side, of what clouds answer and of what a dry run made alike.

use super::described::Described;
use super::ty::Noun;
use super::value::Value;
use super::{NameMatch, Time};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Which resources of a noun to list; what is `None` or empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Any of these ids, whoever they belong to.
    pub ids: Vec<String>,
    /// By name.
    pub name: Option<NameMatch>,
    /// Any of these statuses, in capitals. Without one, what is DELETED is left out.
    pub status: Vec<String>,
    /// All of these metadata items.
    pub meta: BTreeMap<String, String>,
    /// All of these tags: servers.
    pub tags: Vec<String>,
    /// By image id: servers.
    pub image: Option<String>,
    /// By flavor id: servers.
    pub flavor: Option<String>,
    /// By address: servers, ports.
    pub ip: Option<String>,
    /// By zone: servers.
    pub zone: Option<String>,
    /// Of a server, by id: volumes, public IPs, ports.
    pub server: Option<String>,
    /// Of a volume, by id: snapshots, backups.
    pub volume: Option<String>,
    /// Of a network, by id: subnets, ports.
    pub network: Option<String>,
    /// Of this type of storage: volumes.
    pub kind: Option<String>,
    /// Whether they lead out of the cloud: networks.
    pub external: Option<bool>,
    /// public, private, shared, community: images.
    pub visibility: Option<String>,
    /// By owning project: images.
    pub owner: Option<String>,
    /// Those that changed at this time or later, the deleted among them: servers.
    pub changed_since: Option<Time>,
    /// Those of every project too, for administrators; else the project's own, shared with it and public.
    pub all_projects: bool,
    /// At the most this many.
    pub limit: Option<usize>,
}

impl Filter {
    /// Those of a name.
    pub fn named(name: &str) -> Filter {
        Filter { name: Some(NameMatch::Exact(name.to_string())), ..Filter::default() }
    }

    /// Whether so many are as many as are wanted.
    pub fn is_enough(&self, have: usize) -> bool {
        self.limit.is_some_and(|limit| have >= limit)
    }

    /// Whether a thing is one of those; `limit` is the caller's to keep, and whose they are the cloud's to know.
    pub fn matches(&self, thing: &dyn Described) -> bool {
        let filter = self;
        let status = match filter.status.is_empty() {
            true => thing.status() != "DELETED" || filter.changed_since.is_some(),
            false => filter.status.iter().any(|status| status == thing.status()),
        };
        let is = |wanted: &Option<String>, field: &str| {
            wanted.as_ref().is_none_or(|wanted| text(thing, field).is_some_and(|text| *text == **wanted))
        };
        let is_external = || matches!(thing.field("external"), Some(Value::Bool(true)));
        status
            && (filter.ids.is_empty() || filter.ids.iter().any(|id| id == thing.id()))
            && filter.name.as_ref().is_none_or(|name| name.fits(thing.name()))
            && (filter.meta.is_empty() || holds(thing, &filter.meta))
            && (filter.tags.is_empty() || has_tags(thing, &filter.tags))
            && is(&filter.image, "image_id")
            && filter.flavor.as_ref().is_none_or(|flavor| has_flavor(thing, flavor))
            && filter.ip.as_ref().is_none_or(|ip| thing.addresses().iter().any(|one| same_address(one, ip)))
            && is(&filter.zone, "zone")
            && is(&filter.server, "server")
            && is(&filter.volume, "volume")
            && (!matches!(thing.noun(), Noun::Subnet | Noun::Port) || is(&filter.network, "network"))
            && is(&filter.kind, "type")
            && filter
                .external
                .is_none_or(|external| thing.noun() == Noun::Network && is_external() == external)
            && is(&filter.visibility, "visibility")
            && is(&filter.owner, "owner")
    }
}

fn text(thing: &dyn Described, field: &str) -> Option<std::sync::Arc<str>> {
    match thing.field(field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Whether it is of a flavor. Where the cloud tells a flavor by name alone (Nova from 2.47 on), the cloud's narrowing is what there is.
fn has_flavor(thing: &dyn Described, flavor: &str) -> bool {
    match text(thing, "flavor_id") {
        Some(id) => *id == *flavor,
        None => text(thing, "flavor").is_some(),
    }
}

fn has_tags(thing: &dyn Described, wanted: &[String]) -> bool {
    let tags = match thing.field("tags") {
        Some(Value::Array(tags)) => tags,
        // Of tags that are pairs, a word is a key.
        Some(Value::Map(pairs)) => return wanted.iter().all(|key| pairs.contains_key(key)),
        _ => return false,
    };
    let has = |wanted: &String| tags.iter().any(|tag| matches!(tag, Value::Text(tag) if **tag == **wanted));
    wanted.iter().all(has)
}

/// Two texts for one address: `::1` and `0:0:0:0:0:0:0:1`.
fn same_address(one: &str, other: &str) -> bool {
    one == other || matches!((one.parse::<IpAddr>(), other.parse::<IpAddr>()), (Ok(a), Ok(b)) if a == b)
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
        let all = Filter {
            name: Some(NameMatch::Glob("data-*".to_string())),
            status: vec!["IN-USE".to_string()],
            meta: BTreeMap::from([("tier".to_string(), "db".to_string())]),
            server: Some("web".to_string()),
            kind: Some("ssd".to_string()),
            ..Filter::default()
        };
        assert!(all.matches(&volume));
        for other in [
            Filter::named("data"),
            Filter { status: vec!["AVAILABLE".to_string()], ..Filter::default() },
            Filter { meta: BTreeMap::from([("tier".to_string(), "web".to_string())]), ..Filter::default() },
            Filter { server: Some("db".to_string()), ..Filter::default() },
            Filter { kind: Some("hdd".to_string()), ..Filter::default() },
            Filter { volume: Some("1".to_string()), ..Filter::default() },
        ] {
            assert!(!other.matches(&volume), "{other:?}");
        }
    }
}
