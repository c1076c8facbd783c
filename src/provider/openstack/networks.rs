//! Networks with their ranges, which are their subnets' to tell; and finding one by id or name.

use super::OpenStack;
use super::decode::text;
use super::marked;
use super::neutron::{is_for, network, subnet};
use super::recover::{Attempt, quoted};
use super::send::found;
use super::session::{Call, Service};
use crate::cloud::{Filter, Kind, Network, NetworkSpec, Networks, Result, Subnet, Subnets, Value};
use async_trait::async_trait;
use serde_json::Value as Json;

/// What stands for an id in the requests of a dry run that need one of an answer.
const UNKNOWN: &str = "NETWORK_ID";

#[async_trait]
impl Networks for OpenStack {
    // The networks that a listing lets through, with their ranges: one list of subnets for all of them.
    async fn networks(&self, filter: &Filter) -> Result<Vec<Network>> {
        let cloud = self.session.name();
        let project = self.project().await?;
        let decode = |body: &Json| {
            let ours = filter.all_projects || is_for(body, project.as_deref());
            network::decode(body, cloud).filter(|_| ours)
        };
        let mut networks = self.gather(network::first(filter), "networks", filter, decode).await?;
        let ids: Vec<String> = networks.iter().map(|network| network.id.clone()).collect();
        let ranges = self.ranges(&ids).await?;
        for network in &mut networks {
            network.cidrs = of(&ranges, &network.id);
        }
        Ok(networks)
    }

    async fn network(&self, id: &str) -> Result<Option<Network>> {
        let decode = |body: &Json| network::decode(body, self.session.name());
        let Some(mut network) = self.shown_by(id, &network::show(id), "network", decode).await? else {
            return Ok(None);
        };
        network.cidrs = of(&self.ranges(std::slice::from_ref(&network.id)).await?, &network.id);
        Ok(Some(network))
    }

    // Make a network, and a subnet that is all of its range. A network whose subnet is refused is taken back.
    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        let cloud = self.session.name();
        let attempt = Attempt {
            verb: "create_network",
            sought: "a network with this call's marker".to_string(),
            list: format!("networks(#{{ name: {} }})", quoted(&spec.name)),
        };
        let list = network::own_named(&spec.name, self.project().await?.as_deref());
        let ask = |marker: Option<&str>| network::create(&spec.name, marker, spec.provider.as_ref());
        let decode = |body: &Json| network::decode(body, cloud);
        let what = format!("network `{}`", spec.name);
        let twice = (what, list, network::delete as fn(&str) -> Call);
        let made = self.create_marked(ask, &attempt, twice, marked::NETWORK, decode).await;
        let mut network = match (made, &spec.cidr) {
            (Ok(network), Some(_)) => network,
            (Err(error), Some(cidr)) if error.kept => {
                // A dry run shows the second request too.
                let _ = self.ask(&subnet::create(UNKNOWN, &spec.name, cidr)).await;
                return Err(error);
            }
            (made, _) => return made,
        };
        let Some(cidr) = &spec.cidr else { return Ok(network) };
        match self.make_subnet(&network.id, &spec.name, cidr, &attempt).await {
            Ok(range) => {
                network.cidrs = vec![range];
                Ok(network)
            }
            Err(mut error) => {
                let undone = !error.maybe && self.take_away(&network::delete(&network.id)).await.is_ok();
                if !undone {
                    error.exists = vec![Value::from(network)];
                }
                Err(error)
            }
        }
    }

    async fn delete_network(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, network::delete(id)).await
    }
}

#[async_trait]
impl Subnets for OpenStack {
    async fn subnets(&self, filter: &Filter) -> Result<Vec<Subnet>> {
        let strangers = self.strangers(filter).await?;
        let decode = |body: &Json| {
            let subnet = subnet::decode(body, self.session.name());
            subnet.filter(|one| one.network.as_ref().is_none_or(|network| !strangers.contains(network)))
        };
        self.gather(subnet::first(filter), "subnets", filter, decode).await
    }

    async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        let decode = |body: &Json| subnet::decode(body, self.session.name());
        self.shown_by(id, &subnet::show(id), "subnet", decode).await
    }

    async fn delete_subnet(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, subnet::delete(id)).await
    }
}

impl OpenStack {
    /// Network and range of every subnet of these networks.
    async fn ranges(&self, networks: &[String]) -> Result<Vec<(String, String)>> {
        let mut ranges = Vec::new();
        if !networks.is_empty() {
            self.every(subnet::of_networks(networks), "subnets", |entry| {
                ranges.extend(text(entry, "network_id").zip(text(entry, "cidr")));
                false
            })
            .await?;
        }
        Ok(ranges)
    }

    /// Make a subnet; gives its range as the cloud writes it.
    async fn make_subnet(&self, network: &str, name: &str, cidr: &str, attempt: &Attempt) -> Result<String> {
        let attempt = Attempt {
            verb: attempt.verb,
            sought: "a subnet of the new network".to_string(),
            list: format!("subnets({})", quoted(network)),
        };
        let ids = [network.to_string()];
        let find = || async { Ok(self.ranges(&ids).await?.pop().map(|(_, range)| range)) };
        let call = subnet::create(network, name, cidr);
        self.create(&call, &attempt, |body| text(body.get("subnet")?, "cidr"), find).await
    }

    /// The id of the network that a text names.
    pub(super) async fn network_id(&self, wanted: &str) -> Result<String> {
        match self.session.url(&Service::Network, "", &[]).await {
            Ok(_) => {}
            // A cloud without Neutron (nova-network): what was given is taken for the id.
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Unsupported) => {
                return Ok(wanted.to_string());
            }
            Err(error) => return Err(error),
        }
        let narrowed = [("id", uuid::Uuid::try_parse(wanted).is_ok()), ("name", true)];
        for (field, _) in narrowed.into_iter().filter(|(_, worth)| *worth) {
            let networks = self.named_networks(vec![(field.to_string(), wanted.to_string())]).await?;
            if networks.iter().any(|network| network.id == wanted || network.name == wanted) {
                return network::choose(self.session.name(), wanted, &networks)
                    .map(|network| network.id.clone());
            }
        }
        let all = self.named_networks(Vec::new()).await?;
        network::choose(self.session.name(), wanted, &all).map(|network| network.id.clone())
    }

    async fn named_networks(&self, query: Vec<(String, String)>) -> Result<Vec<Network>> {
        self.short_networks(network::page(query)).await
    }

    /// The networks that lead out of the cloud, by id and name; none where there is no Neutron.
    pub(super) async fn external_networks(&self) -> Result<Vec<Network>> {
        Ok(found(self.short_networks(network::external()).await)?.unwrap_or_default())
    }

    async fn short_networks(&self, first: Call) -> Result<Vec<Network>> {
        let mut out = Vec::new();
        // An id means its network whoever has it; a name never means another project's own.
        let by_id = first.query.iter().any(|(key, _)| key == "id");
        let project = self.project().await?;
        self.every(first, "networks", |entry| {
            let ours = by_id || is_for(entry, project.as_deref());
            out.extend(network::decode(entry, self.session.name()).filter(|_| ours));
            false
        })
        .await?;
        Ok(out)
    }
}

fn of(ranges: &[(String, String)], network: &str) -> Vec<String> {
    ranges.iter().filter(|(of, _)| of == network).map(|(_, range)| range.clone()).collect()
}
