//! Lists: what the inner cloud gives, with what was changed in its place, what was deleted left out, and what was made added
//! where the cloud would show it.

use super::Overlay;
use super::ports::without_deleted;
use super::world::Known;
use crate::cloud::{Filter, Image, Noun, Resource, Result, Server, Time, Value};
use std::sync::Arc;

impl Overlay {
    pub(super) async fn all_servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        let changed = self.world().has(Noun::Server);
        let limit = filter.limit.filter(|_| !changed);
        let found = match only_overlay([&filter.image, &filter.ip]) {
            true => Vec::new(),
            false => self.inner.servers(&Filter { limit, ..filter.clone() }).await?,
        };
        let found = found.into_iter().map(Resource::from).collect();
        let fits = |one: &Resource| filter.matches(one.described());
        let deleted =
            filter.status.iter().any(|status| status == "DELETED") || filter.changed_since.is_some();
        let merged = self.merged(Noun::Server, found, fits, filter.limit, deleted);
        Ok(merged
            .into_iter()
            .filter_map(|one| match one {
                Resource::Server(server) => Some(Arc::unwrap_or_clone(server)),
                _ => None,
            })
            .collect())
    }

    pub(super) async fn all_images(&self, filter: &Filter) -> Result<Vec<Image>> {
        let changed = self.world().has(Noun::Image);
        let limit = filter.limit.filter(|_| !changed);
        let found = self.inner.images(&Filter { limit, ..filter.clone() }).await?;
        let found = found.into_iter().map(Resource::from).collect();
        let fits = |one: &Resource| filter.matches(one.described());
        let merged = self.merged(Noun::Image, found, fits, filter.limit, false);
        Ok(merged
            .into_iter()
            .filter_map(|one| match one {
                Resource::Image(image) => Some(Arc::unwrap_or_clone(image)),
                _ => None,
            })
            .collect())
    }

    /// The resources of any other noun that a listing lets through.
    pub(super) async fn all_others(&self, noun: Noun, filter: &Filter) -> Result<Vec<Resource>> {
        if noun == Noun::Port {
            self.make_own_ports().await?;
        }
        let filter = &self.at_home(noun, filter);
        let changed = self.world().has(noun);
        let limit = filter.limit.filter(|_| !changed);
        let found = match only_overlay([&filter.server, &filter.volume, &filter.network]) {
            true => Vec::new(),
            false => self.inner.list(noun, &Filter { limit, ..filter.clone() }).await?,
        };
        Ok(self.merged(noun, found, |one| filter.matches(one.described()), filter.limit, false))
    }

    /// Where a network is a subnet, subnets are asked for by its VPC: that of a made one is known here.
    fn at_home(&self, noun: Noun, filter: &Filter) -> Filter {
        let network = match (noun, &filter.network) {
            (Noun::Subnet, Some(network)) => match self.known(Noun::Subnet, network) {
                Known::Now(Resource::Subnet(subnet)) => subnet.network.clone(),
                _ => Some(network.clone()),
            },
            (_, network) => network.clone(),
        };
        Filter { network, ..filter.clone() }
    }

    fn merged(
        &self,
        noun: Noun,
        found: Vec<Resource>,
        fits: impl Fn(&Resource) -> bool,
        limit: Option<usize>,
        deleted: bool,
    ) -> Vec<Resource> {
        let world = self.world();
        let mut merged = Vec::with_capacity(found.len());
        for one in found {
            match world.known(noun, one.id()) {
                Known::Unchanged => {
                    // What was let through as it is on its way is judged anew once it is at rest.
                    let status = one.status().to_string();
                    let rested = self.settled(one).and_then(|one| without_deleted(&world, one));
                    merged.extend(rested.filter(|one| one.status() == status || fits(one)));
                }
                Known::Now(now) if fits(&now) => merged.push(now),
                Known::Now(_) | Known::Gone => {}
            }
        }
        let order = self.order(noun);
        for entry in world.each(noun).filter(|entry| deleted || !entry.gone) {
            let one = match (&entry.resource, entry.gone) {
                (Resource::Server(server), true) => {
                    let status = "DELETED".to_string();
                    Server { status, task: None, ..(**server).clone() }.into()
                }
                (resource, _) => resource.clone(),
            };
            if fits(&one) && !merged.contains(&one) {
                merged.insert(order.place(&merged, &one), one);
            }
        }
        drop(world);
        merged.truncate(limit.unwrap_or(usize::MAX));
        merged
            .into_iter()
            .map(|one| if self.is_changed(noun, one.id()) { self.read_now(one) } else { one })
            .collect()
    }

    fn order(&self, noun: Noun) -> Order {
        match noun {
            Noun::Keypair => Order::Named,
            Noun::Server | Noun::Image | Noun::Volume | Noun::Snapshot | Noun::Backup
                if self.is_openstack() =>
            {
                Order::NewestFirst
            }
            _ => Order::NewestLast,
        }
    }
}

/// Whether a filter asks for what belongs to something that only the overlay knows.
fn only_overlay<const N: usize>(ids: [&Option<String>; N]) -> bool {
    ids.into_iter().flatten().any(|id| Overlay::is_own(id))
}

/// The order in which a cloud lists a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    NewestFirst,
    NewestLast,
    Named,
}

impl Order {
    /// Where in a list something belongs.
    fn place(self, list: &[Resource], one: &Resource) -> usize {
        let age = created(one);
        let before = |other: &Resource| match self {
            Order::Named => other.name() <= one.name(),
            // Of the same second the later one is newer.
            Order::NewestFirst => created(other) > age,
            Order::NewestLast => age.is_none() || created(other) <= age,
        };
        list.iter().rposition(before).map_or(0, |place| place + 1)
    }
}

fn created(one: &Resource) -> Option<Time> {
    match one.field("created") {
        Some(Value::Time(time)) => Some(time),
        _ => None,
    }
}
