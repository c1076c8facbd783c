//! Subnets: on EC2 a server is put into a subnet, so it is what a script calls a network. Its VPC is what `subnets` calls one.

use super::super::call::{Call, literal};
use super::super::decode::{list, text};
use super::tag;
use crate::cloud::{NameMatch, Network, Subnet};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Ask for subnets, narrowed by the tag that names them.
pub fn page(name: Option<&NameMatch>, vpc: Option<&str>) -> Call {
    let call = Call::ec2("network.list", "DescribeSubnets").filter("vpc-id", vpc);
    match name {
        Some(NameMatch::Exact(name)) => call.filter("tag:Name", [literal(name)]),
        _ => call,
    }
}

/// Ask for one.
pub fn show(id: &str) -> Call {
    Call::ec2("network.show", "DescribeSubnets").with("SubnetId", json!([id]))
}

/// Make one in a VPC.
pub fn create(vpc: &str, cidr: &str) -> Call {
    Call::ec2("network.create", "CreateSubnet").with("VpcId", vpc).with("CidrBlock", cidr)
}

/// Ask for those of a VPC that have this range.
pub fn of_range(vpc: &str, cidr: &str) -> Call {
    page(None, Some(vpc)).filter("cidr-block", [cidr])
}

/// Delete one.
pub fn delete(id: &str) -> Call {
    Call::ec2("network.delete", "DeleteSubnet").idempotent().with("SubnetId", id)
}

/// Ask for the VPCs.
pub fn vpcs() -> Call {
    Call::ec2("vpc.list", "DescribeVpcs")
}

/// Make a VPC as large as the subnet that it is made for.
pub fn create_vpc(cidr: &str) -> Call {
    Call::ec2("vpc.create", "CreateVpc").with("CidrBlock", cidr)
}

/// Ask for the VPCs of this range.
pub fn vpcs_of_range(cidr: &str) -> Call {
    vpcs().filter("cidr", [cidr])
}

/// The tag that names one.
pub fn named(name: &str) -> Vec<Json> {
    vec![json!({"Key": tag::NAME, "Value": name})]
}

/// Delete a VPC.
pub fn delete_vpc(id: &str) -> Call {
    Call::ec2("vpc.delete", "DeleteVpc").idempotent().with("VpcId", id)
}

/// Every address range of a description, IPv4 first.
fn cidrs(body: &Json) -> Vec<String> {
    let own = text(body, "cidrBlock").into_iter();
    own.chain(list(body, "ipv6CidrBlockAssociationSet").iter().filter_map(|one| text(one, "ipv6CidrBlock")))
        .collect()
}

/// A subnet as a network.
pub fn network(body: &Json, cloud: &Arc<str>) -> Option<Network> {
    Some(Network {
        id: text(body, "subnetId")?,
        name: tag::decode(body).name,
        status: match text(body, "state").as_deref() {
            Some("available") | None => "ACTIVE".to_string(),
            Some("pending") => "BUILD".to_string(),
            Some(other) => other.to_uppercase(),
        },
        cidrs: cidrs(body),
        // No subnet is a pool that addresses are taken from, whatever way out it has.
        external: Some(false),
        shared: None,
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

/// A subnet as a subnet of its VPC.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Subnet> {
    Some(Subnet {
        id: text(body, "subnetId")?,
        name: tag::decode(body).name,
        network: text(body, "vpcId"),
        cidr: text(body, "cidrBlock"),
        gateway: None,
        version: text(body, "cidrBlock").map(|cidr| if cidr.contains(':') { 6 } else { 4 }),
        zone: text(body, "availabilityZone"),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_is_both_nouns() {
        let body = json!({"subnetId": "subnet-1", "vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "state": "available",
            "mapPublicIpOnLaunch": true, "availabilityZone": "us-east-1a", "tagSet": [{"key": "Name", "value": "web"}]});
        let network = network(&body, &Arc::from("lab")).unwrap();
        assert_eq!(
            (network.name.as_str(), network.status.as_str(), network.external),
            ("web", "ACTIVE", Some(false))
        );
        assert_eq!(network.cidrs, ["10.0.0.0/24"]);
        let subnet = decode(&body, &Arc::from("lab")).unwrap();
        assert_eq!((subnet.network.as_deref(), subnet.version), (Some("vpc-1"), Some(4)));
    }
}
