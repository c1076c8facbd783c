//! All that is no server, image or flavor: key pairs, volumes, snapshots, security groups, subnets and addresses.

use super::Aws;
use super::decode::{list, text};
use super::ec2::{address, group, instance_type, key, snapshot, subnet, volume};
use super::page::is_absent;
use crate::cloud::{
    Cloud, Keypair, Kind, Listing, Network, NetworkSpec, Noun, PublicIp, Resource, Result, Rule,
    SecurityGroup,
};
use serde_json::Value as Json;

/// Whether a text has the shape of an id of a noun: `i-` and hexadecimal digits. Types and keys are known by name.
pub fn is_id(noun: Noun, text: &str) -> bool {
    let begins = |start: &str| {
        text.strip_prefix(start)
            .is_some_and(|rest| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    match noun {
        Noun::Server => begins("i-"),
        Noun::Image => ["ami-", "aki-", "ari-", "emi-"].iter().any(|start| begins(start)),
        Noun::Flavor => instance_type::is_name(text),
        Noun::Keypair => begins("key-"),
        Noun::Volume => begins("vol-"),
        Noun::Snapshot => begins("snap-"),
        Noun::SecurityGroup => begins("sg-"),
        Noun::Network | Noun::Subnet => begins("subnet-"),
        Noun::PublicIp => begins("eipalloc-") || text.parse::<std::net::IpAddr>().is_ok(),
        _ => false,
    }
}

impl Aws {
    /// The things of a noun that a listing lets through.
    pub(super) async fn list_things(&self, noun: Noun, listing: &Listing) -> Result<Vec<Resource>> {
        let name = listing.name.as_ref();
        let (call, set) = match noun {
            Noun::Keypair => (key::page(name), "keySet"),
            Noun::Volume => (volume::page(listing), "volumeSet"),
            Noun::Snapshot => (snapshot::page(listing), "snapshotSet"),
            Noun::SecurityGroup => (group::page(name), "securityGroupInfo"),
            Noun::Network => (subnet::page(name, None), "subnetSet"),
            Noun::Subnet => {
                let vpc = self.vpc_named(listing.network.as_deref()).await?;
                (subnet::page(name, vpc.as_deref()), "subnetSet")
            }
            Noun::PublicIp => (address::page(listing.server.as_deref()), "addressesSet"),
            other => return Err(self.unsupported(&format!("{}s", other.word()))),
        };
        // A subnet is asked for by its VPC, or by itself.
        let listing = match noun {
            Noun::Subnet => &Listing { network: None, ..listing.clone() },
            _ => listing,
        };
        let decode = |one: &Json| self.resource(noun, one);
        let mut found =
            self.every(call, set, |one| decode(one).filter(|one| listing.lets_through(one))).await?;
        found.truncate(listing.limit.unwrap_or(usize::MAX));
        Ok(found)
    }

    /// The VPC that `subnets` was asked about: by its own id, or by that of a subnet.
    async fn vpc_named(&self, network: Option<&str>) -> Result<Option<String>> {
        match network {
            Some(id) if is_id(Noun::Network, id) => self.vpc_of(id).await,
            other => Ok(other.map(str::to_string)),
        }
    }

    /// One thing by id.
    pub(super) async fn one_thing(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        // A name is looked for by listing; only keys and old addresses have names for ids.
        if !matches!(noun, Noun::Keypair) && !is_id(noun, id) {
            return match noun {
                Noun::Router => Err(self.unsupported("router")),
                _ => Ok(None),
            };
        }
        let (call, set) = match noun {
            Noun::Keypair => (key::show(id), "keySet"),
            Noun::Volume => (volume::show(id), "volumeSet"),
            Noun::Snapshot => (snapshot::show(&[id]), "snapshotSet"),
            Noun::SecurityGroup => (group::show(id), "securityGroupInfo"),
            Noun::Network | Noun::Subnet => (subnet::show(id), "subnetSet"),
            Noun::PublicIp => (address::show(id), "addressesSet"),
            other => return Err(self.unsupported(other.word())),
        };
        let body = match self.ask(&call).await {
            Ok(body) => body,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        // A server that does not know what it was asked by describes everything.
        let mut found = list(&body, set).iter().filter_map(|one| self.resource(noun, one));
        Ok(found.find(|one| (one.id() == id || one.name() == id) && one.status() != "DELETED"))
    }

    /// Delete a thing; `false` where it was gone already.
    pub(super) async fn remove_thing(&self, noun: Noun, id: &str) -> Result<bool> {
        let call = match noun {
            Noun::Keypair => {
                // EC2 says nothing of a key that is not there; old servers know keys by name alone.
                match self.one_thing(noun, id).await? {
                    Some(key) => key::delete(key.name()),
                    None => return Ok(false),
                }
            }
            Noun::Volume => volume::delete(id),
            Noun::Snapshot => snapshot::delete(id),
            Noun::SecurityGroup => group::delete(id),
            Noun::Network | Noun::Subnet => subnet::delete(id),
            Noun::PublicIp => address::release(id),
            other => return Err(self.unsupported(&format!("delete({})", other.word()))),
        };
        let taken = self.take_away(&call).await?;
        self.memory.gone(id);
        Ok(taken)
    }

    fn resource(&self, noun: Noun, body: &Json) -> Option<Resource> {
        let (cloud, read) = (self.session.name(), self.clock.now());
        Some(match noun {
            Noun::Keypair => key::decode(body, cloud)?.into(),
            Noun::Volume => self.volume_of(body)?.into(),
            Noun::Snapshot => snapshot::decode(body, cloud, read)?.into(),
            Noun::SecurityGroup => group::decode(body, cloud)?.into(),
            Noun::Network => subnet::network(body, cloud)?.into(),
            Noun::Subnet => subnet::decode(body, cloud)?.into(),
            Noun::PublicIp => address::decode(body, cloud)?.into(),
            _ => return None,
        })
    }

    /// What an answer to a creation describes.
    pub(super) fn made<T>(&self, what: &str, thing: Option<T>, id: impl Fn(&T) -> String) -> Result<T> {
        let thing = thing.ok_or_else(|| self.untold(&format!("the answer describes no {what}")))?;
        self.memory.made(&id(&thing), self.clock.now());
        Ok(thing)
    }

    pub(super) async fn make_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        let call = match public_key {
            Some(public_key) => key::import(name, public_key),
            None => key::create(name),
        };
        let body = self.ask(&call).await?;
        let mut pair =
            self.made("key pair", key::decode(&body, self.session.name()), |pair| pair.id.clone())?;
        if let Some(private) = &pair.private_key {
            self.session.hush(private.reveal());
        }
        pair.public_key = public_key.map(|key| key.trim().to_string()).or(pair.public_key);
        Ok(pair)
    }

    pub(super) async fn make_group(
        &self,
        name: &str,
        description: &str,
        network: Option<&str>,
    ) -> Result<SecurityGroup> {
        let vpc = self.vpc_named(network).await?;
        let body = self.ask(&group::create(name, description, vpc.as_deref())).await?;
        let cloud = self.session.name();
        let id = text(&body, "groupId").unwrap_or_else(|| name.to_string());
        self.memory.made(&id, self.clock.now());
        // Only a description tells the rules that a new group begins with.
        match self.first(&group::show(&id), "securityGroupInfo", |one| group::decode(one, cloud)).await {
            Ok(Some(group)) => Ok(group),
            _ => Ok(SecurityGroup {
                id,
                name: name.to_string(),
                description: description.to_string(),
                rules: Vec::new(),
                cloud: cloud.clone(),
                raw: std::sync::Arc::new(body),
            }),
        }
    }

    /// A rule is there once or not at all: one whose answer was lost may be asked for again, and is refused where it is there.
    pub(super) async fn allow(&self, id: &str, rule: &Rule) -> Result<()> {
        let call = group::authorize(id, rule);
        match self.ask(&call).await {
            Err(lost) if lost.maybe => match self.ask(&call).await {
                Err(error) if error.code.as_deref() == Some("InvalidPermission.Duplicate") => Ok(()),
                // Nobody knows of the first any more than before.
                Err(error) if error.maybe || error.code.is_none() => Err(lost),
                Err(mut error) => {
                    error.maybe = true;
                    Err(error)
                }
                Ok(_) => Ok(()),
            },
            known => known.map(drop),
        }
    }

    pub(super) async fn disallow(&self, id: &str, rule: &Rule) -> Result<()> {
        let body = self.ask(&group::revoke(id, rule)).await?;
        match group::was_unknown(&body) {
            false => Ok(()),
            true => Err(self.session.error(Kind::NotFound, format!("{id} does not allow {}", rule.words()))),
        }
    }

    /// A subnet, in the default VPC where the range is a part of it, else in a VPC of its own.
    pub(super) async fn make_network(&self, spec: &NetworkSpec) -> Result<Network> {
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
        let body = self.ask(&subnet::create_vpc(&spec.name, cidr)).await?;
        let vpc = self.made("VPC", body.get("vpc").and_then(|vpc| text(vpc, "vpcId")), String::clone)?;
        match self.make_subnet(&vpc, &spec.name, cidr).await {
            Err(error) if !error.maybe && self.take_away(&subnet::delete_vpc(&vpc)).await.is_ok() => {
                Err(error)
            }
            Err(error) => Err(error.fact("exists", format!("{vpc}, the VPC that was made for it"))),
            made => made,
        }
    }

    async fn make_subnet(&self, vpc: &str, name: &str, cidr: &str) -> Result<Network> {
        let body = self.ask(&subnet::create(vpc, name, cidr)).await?;
        let network = body.get("subnet").and_then(|one| subnet::network(one, self.session.name()));
        let mut network = self.made("subnet", network, |network| network.id.clone())?;
        network.name = name.to_string();
        Ok(network)
    }

    pub(super) async fn take_address(&self, pool: Option<&str>) -> Result<PublicIp> {
        let body = self.ask(&address::allocate(pool)).await?;
        self.made("address", address::decode(&body, self.session.name()), |ip| ip.id.clone())
    }

    pub(super) async fn lead_address(&self, server: &str, ip: &PublicIp) -> Result<()> {
        self.ask(&address::associate(server, ip)).await.map(drop)
    }

    /// What is free already stays as it is. The association is read anew: it changes with every move.
    pub(super) async fn free_address(&self, ip: &PublicIp) -> Result<()> {
        let cloud = self.session.name();
        let now =
            self.first(&address::show(&ip.id), "addressesSet", |one| address::decode(one, cloud)).await?;
        match now.filter(|now| now.association.is_some() || now.server.is_some()) {
            None => Ok(()),
            Some(now) => self.take_away(&address::disassociate(&now)).await.map(drop),
        }
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
    fn ids_have_their_nouns_shape() {
        assert!(is_id(Noun::Server, "i-0123456789abcdef0") && is_id(Noun::Server, "i-01234567"));
        assert!(!is_id(Noun::Server, "i-am-web") && !is_id(Noun::Server, "web"));
        assert!(is_id(Noun::PublicIp, "54.1.2.3") && is_id(Noun::Flavor, "t3.micro"));
        assert!(!is_id(Noun::Volume, "snap-01234567"));
    }

    #[test]
    fn ranges_lie_within_ranges() {
        assert!(contains("172.31.0.0/16", "172.31.96.0/20") && contains("0.0.0.0/0", "10.0.0.0/8"));
        assert!(!contains("172.31.0.0/16", "10.0.0.0/24") && !contains("10.0.0.0/24", "10.0.0.0/16"));
    }
}
