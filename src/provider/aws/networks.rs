//! Networks and subnets, which are one on EC2: a network is a subnet in a VPC.

use super::Aws;
use super::decode::{list, tags, text};
use super::ec2::subnet;
use super::ids::is_id;
use super::making::Making;
use super::recover::quoted;
use crate::cloud::{Filter, Kind, Network, NetworkSpec, Networks, Noun, Result, Subnet, Subnets};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Networks for Aws {
    async fn networks(&self, filter: &Filter) -> Result<Vec<Network>> {
        let decode = |body: &Json| subnet::network(body, self.session.name());
        self.gather(subnet::page(filter.name.as_ref(), None), "subnetSet", filter, decode).await
    }

    async fn network(&self, id: &str) -> Result<Option<Network>> {
        let decode = |body: &Json| subnet::network(body, self.session.name());
        self.shown(Noun::Network, id, subnet::show(id), "subnetSet", decode).await
    }

    // A subnet, in the default VPC where the range is a part of it, else in a VPC of its own.
    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        if spec.provider.is_some() {
            use crate::cloud::Account;
            return Err(self.unsupported("create_network(provider)").help(
                "make it with `api(\"ec2\", \"CreateSubnet\", #{ … })`: a network here is several requests",
            ));
        }
        let Some(cidr) = &spec.cidr else {
            let message = format!("`{}` needs an address range: on EC2 a network is a subnet", spec.name);
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help("give `cidr`, such as \"10.0.1.0/24\""));
        };
        let vpcs = self.ask(&subnet::vpcs()).await?;
        let fitting = list(&vpcs, "vpcSet")
            .iter()
            .find(|vpc| text(vpc, "cidrBlock").is_some_and(|range| contains(&range, cidr)));
        if let Some(vpc) = fitting.and_then(|vpc| text(vpc, "vpcId")) {
            return self.make_subnet(&vpc, &spec.name, cidr).await;
        }
        let vpc = self.make_vpc(&spec.name, cidr).await?;
        match self.make_subnet(&vpc, &spec.name, cidr).await {
            Err(error) if !error.maybe && self.take_away(&subnet::delete_vpc(&vpc)).await.is_ok() => {
                Err(error)
            }
            Err(error) => Err(error.fact("exists", format!("{vpc}, the VPC that was made for it"))),
            made => made,
        }
    }

    async fn delete_network(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, subnet::delete(id)).await
    }
}

#[async_trait]
impl Subnets for Aws {
    async fn subnets(&self, filter: &Filter) -> Result<Vec<Subnet>> {
        let vpc = self.vpc_named(filter.network.as_deref()).await?;
        // A subnet is asked for by its VPC, or by itself.
        let filter = Filter { network: None, ..filter.clone() };
        let decode = |body: &Json| subnet::decode(body, self.session.name());
        self.gather(subnet::page(filter.name.as_ref(), vpc.as_deref()), "subnetSet", &filter, decode).await
    }

    async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        let decode = |body: &Json| subnet::decode(body, self.session.name());
        self.shown(Noun::Subnet, id, subnet::show(id), "subnetSet", decode).await
    }

    async fn delete_subnet(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, subnet::delete(id)).await
    }
}

impl Aws {
    /// The VPC that `subnets` was asked about: by its own id, or by that of a subnet.
    pub(super) async fn vpc_named(&self, network: Option<&str>) -> Result<Option<String>> {
        match network {
            Some(id) if is_id(Noun::Network, id) => self.vpc_of(id).await,
            other => Ok(other.map(str::to_string)),
        }
    }

    async fn make_vpc(&self, name: &str, cidr: &str) -> Result<String> {
        let making = Making {
            verb: "create_network",
            what: format!("VPC `{name}`"),
            list: format!(
                "api(\"ec2\", \"DescribeVpcs\", #{{ Filter: [#{{ Name: \"cidr\", Value: [{}] }}] }})",
                quoted(cidr)
            ),
            call: subnet::create_vpc(cidr),
            kind: "vpc",
            tags: subnet::named(name),
            look: subnet::vpcs_of_range(cidr),
            set: "vpcSet",
            id: "vpcId",
            time: None,
            may_be: |one| tags(one).is_empty(),
            delete: Some(subnet::delete_vpc),
        };
        let id = |vpc: &Json| text(vpc, "vpcId");
        let vpc = self.make(&making, |body| id(body.get("vpc")?), id, String::clone).await?;
        self.memory.made(&vpc, self.clock.now());
        Ok(vpc)
    }

    async fn make_subnet(&self, vpc: &str, name: &str, cidr: &str) -> Result<Network> {
        let making = Making {
            verb: "create_network",
            what: format!("network `{name}`"),
            list: format!("networks(#{{ name: {} }})", quoted(name)),
            call: subnet::create(vpc, cidr),
            kind: "subnet",
            tags: subnet::named(name),
            look: subnet::of_range(vpc, cidr),
            set: "subnetSet",
            id: "subnetId",
            time: None,
            may_be: |one| tags(one).is_empty(),
            // A VPC has a range once.
            delete: None,
        };
        let decode = |body: &Json| subnet::network(body, self.session.name());
        let told = |body: &Json| decode(body.get("subnet")?);
        let mut network = self.make(&making, told, decode, |network| network.id.clone()).await?;
        self.memory.made(&network.id, self.clock.now());
        network.name = name.to_string();
        Ok(network)
    }
}

/// Whether an IPv4 range lies within another.
fn contains(outer: &str, inner: &str) -> bool {
    let read = |text: &str| {
        let (address, bits) = text.split_once('/')?;
        let address: std::net::Ipv4Addr = address.parse().ok()?;
        Some((u32::from(address), bits.parse::<u32>().ok().filter(|bits| *bits <= 32)?))
    };
    match (read(outer), read(inner)) {
        (Some((network, wide)), Some((part, narrow))) => {
            wide <= narrow && (wide == 0 || (network ^ part) >> (32 - wide) == 0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lie_within_ranges() {
        assert!(contains("172.31.0.0/16", "172.31.96.0/20") && contains("0.0.0.0/0", "10.0.0.0/8"));
        assert!(!contains("172.31.0.0/16", "10.0.0.0/24") && !contains("10.0.0.0/24", "10.0.0.0/16"));
    }
}
