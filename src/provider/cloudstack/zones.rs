//! Zones: what everything is in. They are asked for once a run, and again where one is not among them.

use super::CloudStack;
use super::call::Call;
use super::decode::{text, truth};
use crate::cloud::{Error, Filter, Kind, Result};
use serde_json::Value as Json;

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it has one flat network, and no other can be named.
    pub basic: bool,
    /// Whether machines in it are in security groups.
    pub has_groups: bool,
}

impl Zone {
    fn of(body: &Json) -> Option<Zone> {
        let id = text(body, "id")?;
        let basic = text(body, "networktype").is_some_and(|kind| kind.eq_ignore_ascii_case("basic"));
        Some(Zone {
            name: text(body, "name").unwrap_or_else(|| id.clone()),
            basic,
            has_groups: basic || truth(body, "securitygroupsenabled") == Some(true),
            id,
        })
    }
}

impl CloudStack {
    /// The zones that can be used.
    pub(super) async fn zone_list(&self) -> Result<Vec<Zone>> {
        let call = Call::read("zone.list", "listZones").with("available", true);
        let zones: Vec<Zone> = self.every(&call, "zone").await?.iter().filter_map(Zone::of).collect();
        self.zones.lock().await.clone_from(&zones);
        Ok(zones)
    }

    /// The same, as this run has seen them.
    pub(super) async fn known_zones(&self) -> Result<Vec<Zone>> {
        let known = self.zones.lock().await.clone();
        if known.is_empty() { self.zone_list().await } else { Ok(known) }
    }

    /// A zone by its id or name.
    pub(super) async fn zone_named(&self, wanted: &str) -> Result<Zone> {
        let is = |zone: &&Zone| zone.id == wanted || zone.name == wanted;
        if let Some(zone) = self.zones.lock().await.iter().find(is) {
            return Ok(zone.clone());
        }
        let zones = self.zone_list().await?;
        zones.iter().find(is).cloned().ok_or_else(|| {
            let names: Vec<String> = zones.iter().map(|zone| zone.name.clone()).collect();
            self.missing("zone", wanted, &names)
        })
    }

    /// Refuse a filter by a zone that does not exist, where it let nothing through: nothing there is no answer to a slip.
    pub(super) async fn check_zone(&self, filter: &Filter, found: usize) -> Result<()> {
        match &filter.zone {
            Some(zone) if found == 0 && filter.limit != Some(0) => {
                let known = self.zone_named(zone).await?;
                if known.name == *zone {
                    return Ok(());
                }
                let message =
                    format!("`{zone}` is the id of zone `{}`, and a filter has its name", known.name);
                let help = format!("write `zone: \"{}\"`", known.name);
                Err(self.session.error(Kind::InvalidArgument, message).help(help))
            }
            _ => Ok(()),
        }
    }

    /// The zone of something new: the one named, the session's, or the only one.
    pub(super) async fn zone_for(&self, named: Option<&str>, what: &str) -> Result<Zone> {
        if let Some(named) = named.or(self.session.settings().zone.as_deref()) {
            return self.zone_named(named).await;
        }
        let zones = self.known_zones().await?;
        match zones.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(self.no_zone(&zones, what)),
        }
    }

    fn no_zone(&self, zones: &[Zone], what: &str) -> Error {
        let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
        let message = match names.is_empty() {
            true => format!("{} has no zone that {what} could be made in", self.session.name()),
            false => {
                format!("{} has {} zones, and none is named for {what}", self.session.name(), names.len())
            }
        };
        let help = match names.first() {
            None => "ask who runs the cloud: no zone is enabled for this account".to_string(),
            Some(first) => format!(
                "give `zone: \"{first}\"` or another of: {}; `zone` in {} is the one for all",
                names.join(", "),
                self.session.found()
            ),
        };
        self.session.error(Kind::InvalidArgument, message).help(help)
    }
}
