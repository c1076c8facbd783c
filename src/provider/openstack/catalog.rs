//! The service catalog: which services a cloud has, and at which URL each answers for a region and an interface.

use super::keystone::Interface;
use super::service::Service;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One URL of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// For whom.
    pub interface: Interface,
    /// Where; `None` where the catalog names no region.
    pub region: Option<String>,
    /// The URL as the catalog writes it.
    pub url: String,
}

/// A service of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its type: `compute`, `volumev3`.
    pub kind: String,
    /// Its name: `nova`.
    pub name: Option<String>,
    /// Its URLs.
    pub endpoints: Vec<Endpoint>,
}

/// All services, in the cloud's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog(pub Vec<Entry>);

/// What is looked for in a catalog.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The service's types, best first.
    pub kinds: &'a [&'a str],
    /// The service's name, where it matters.
    pub name: Option<&'a str>,
    /// The region, where it matters.
    pub region: Option<&'a str>,
    /// The interfaces, best first.
    pub interfaces: &'a [Interface],
}

/// Why a catalog has no URL for what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// No service of these types; the types there are.
    Service(Vec<String>),
    /// Not in this region; the regions there are.
    Region(Vec<String>),
    /// In several regions, of which none is chosen.
    Choice(Vec<String>),
    /// Not on these interfaces; the interfaces there are.
    Interface(Vec<&'static str>),
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_string)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Catalog {
    /// From the `catalog` of a v3 token; entries that make no sense are left out.
    pub fn v3(list: &Value) -> Catalog {
        let endpoint = |item: &Value| {
            Some(Endpoint {
                interface: Interface::parse(item.get("interface")?.as_str()?)?,
                region: text(item, "region_id").or_else(|| text(item, "region")),
                url: text(item, "url")?,
            })
        };
        Catalog::from(list, |item| endpoint(item).into_iter().collect())
    }

    /// From the `serviceCatalog` of v2.0: a list of services, or as Diablo has it a map of their names to endpoints.
    pub fn v2(list: &Value) -> Catalog {
        if let Value::Object(services) = list {
            let entry = |(name, endpoints): (&String, &Value)| json!({ "type": Service::named(name).key(), "name": name, "endpoints": endpoints });
            return Catalog::v2(&services.iter().map(entry).collect());
        }
        let interfaces = [Interface::Public, Interface::Internal, Interface::Admin];
        Catalog::from(list, |item| {
            let url = |interface: &Interface| text(item, &format!("{}URL", interface.as_str()));
            interfaces
                .iter()
                .filter_map(|interface| {
                    Some(Endpoint {
                        interface: *interface,
                        region: text(item, "region"),
                        url: url(interface)?,
                    })
                })
                .collect()
        })
    }

    fn from(list: &Value, endpoints: impl Fn(&Value) -> Vec<Endpoint>) -> Catalog {
        let entry = |entry: &Value| {
            Some(Entry {
                kind: text(entry, "type")?,
                name: text(entry, "name"),
                endpoints: entry
                    .get("endpoints")
                    .map(|list| items(list).flat_map(&endpoints).collect())
                    .unwrap_or_default(),
            })
        };
        Catalog(items(list).filter_map(entry).collect())
    }

    /// The only or best URL for what is wanted; several regions that differ are no choice of ours.
    pub fn choose(&self, wanted: Wanted<'_>) -> Result<&Endpoint, Missing> {
        let found = self.find(wanted)?;
        let kind = self.kind_of(found);
        let is_named = |entry: &&Entry| wanted.name.is_none_or(|name| entry.name.as_deref() == Some(name));
        let of_kind = self.0.iter().filter(|entry| Some(&entry.kind) == kind).filter(is_named);
        let others: Vec<&Endpoint> = of_kind
            .flat_map(|entry| &entry.endpoints)
            .filter(|endpoint| endpoint.interface == found.interface)
            .collect();
        let differs = others.iter().any(|other| other.region != found.region && other.url != found.url);
        match wanted.region.is_none() && differs {
            true => Err(Missing::Choice(sorted(others.iter().filter_map(|one| one.region.clone())))),
            false => Ok(found),
        }
    }

    fn kind_of(&self, endpoint: &Endpoint) -> Option<&String> {
        let holds = |entry: &&Entry| entry.endpoints.iter().any(|one| std::ptr::eq(one, endpoint));
        self.0.iter().find(holds).map(|entry| &entry.kind)
    }

    /// The best URL for what is wanted.
    pub fn find(&self, wanted: Wanted<'_>) -> Result<&Endpoint, Missing> {
        let mut near: Vec<&Endpoint> = Vec::new();
        for kind in wanted.kinds {
            let of_kind = self.0.iter().filter(|entry| {
                entry.kind == *kind && wanted.name.is_none_or(|name| entry.name.as_deref() == Some(name))
            });
            let mut here: Vec<&Endpoint> = of_kind.flat_map(|entry| &entry.endpoints).collect();
            // Some catalogs list the first API of Compute beside the one in use.
            let first_api = |endpoint: &&Endpoint| {
                *kind == "compute"
                    && super::discovery::cut(&endpoint.url)
                        .version
                        .is_some_and(|version| version.starts_with("v1"))
            };
            here.sort_by_key(first_api);
            for interface in wanted.interfaces {
                let fits = |endpoint: &&&Endpoint| {
                    endpoint.interface == *interface
                        && wanted.region.is_none_or(|region| endpoint.region.as_deref() == Some(region))
                };
                if let Some(endpoint) = here.iter().find(fits) {
                    return Ok(endpoint);
                }
            }
            near.extend(here);
        }
        if near.is_empty() {
            return Err(Missing::Service(sorted(self.0.iter().map(|entry| entry.kind.clone()))));
        }
        let in_region = |endpoint: &&Endpoint| {
            wanted.region.is_none_or(|region| endpoint.region.as_deref() == Some(region))
        };
        let there: Vec<_> = near.iter().copied().filter(in_region).collect();
        if there.is_empty() {
            return Err(Missing::Region(sorted(near.iter().filter_map(|endpoint| endpoint.region.clone()))));
        }
        Err(Missing::Interface(sorted(there.iter().map(|endpoint| endpoint.interface.as_str()))))
    }

    /// Type to URL, each service once.
    pub fn urls(&self, region: Option<&str>, interfaces: &[Interface]) -> BTreeMap<String, String> {
        self.0
            .iter()
            .filter_map(|entry| {
                let wanted = Wanted { kinds: &[&entry.kind], name: None, region, interfaces };
                Some((entry.kind.clone(), self.find(wanted).ok()?.url.clone()))
            })
            .collect()
    }

    /// The only region there is.
    pub fn region(&self) -> Option<String> {
        let regions = sorted(
            self.0.iter().flat_map(|entry| &entry.endpoints).filter_map(|endpoint| endpoint.region.clone()),
        );
        if regions.len() == 1 { regions.into_iter().next() } else { None }
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = items.collect();
    all.sort();
    all.dedup();
    all
}
