//! Elastic addresses.

use super::super::call::Call;
use super::super::decode::text;
use crate::cloud::PublicIp;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Ask for every address, or for those of a server.
pub fn page(server: Option<&str>) -> Call {
    Call::ec2("public_ip.list", "DescribeAddresses").filter("instance-id", server)
}

/// Ask for one, by allocation or by the address itself.
pub fn show(id: &str) -> Call {
    let by = if id.starts_with("eipalloc-") { "AllocationId" } else { "PublicIp" };
    Call::ec2("public_ip.show", "DescribeAddresses").with(by, json!([id]))
}

/// Take one, from the account's own pool where one is named.
pub fn allocate(pool: Option<&str>) -> Call {
    Call::ec2("public_ip.create", "AllocateAddress").with("Domain", "vpc").with("PublicIpv4Pool", pool)
}

/// Whether one leads anywhere.
pub fn is_used(body: &Json) -> bool {
    ["associationId", "instanceId", "networkInterfaceId"].iter().any(|key| text(body, key).is_some())
}

/// Let one lead to a server; from wherever it leads now.
pub fn associate(server: &str, ip: &PublicIp) -> Call {
    moved("InstanceId", server, ip)
}

/// The same to a network interface.
pub fn associate_interface(interface: &str, ip: &PublicIp) -> Call {
    moved("NetworkInterfaceId", interface, ip)
}

fn moved(key: &str, to: &str, ip: &PublicIp) -> Call {
    let call = Call::ec2("public_ip.associate", "AssociateAddress").idempotent().with(key, to);
    match ip.id.starts_with("eipalloc-") {
        true => call.with("AllocationId", ip.id.clone()).with("AllowReassociation", true),
        // Without a VPC an address goes by itself, and moves unasked.
        false => call.with("PublicIp", ip.address.clone()),
    }
}

/// Let one lead nowhere.
pub fn disassociate(ip: &PublicIp) -> Call {
    let call = Call::ec2("public_ip.disassociate", "DisassociateAddress").idempotent();
    match &ip.association {
        Some(association) => call.with("AssociationId", association.clone()),
        None => call.with("PublicIp", ip.address.clone()),
    }
}

/// Give one back.
pub fn release(id: &str) -> Call {
    let by = if id.starts_with("eipalloc-") { "AllocationId" } else { "PublicIp" };
    Call::ec2("public_ip.delete", "ReleaseAddress").idempotent().with(by, id)
}

/// An address from its description, or from what its making told.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<PublicIp> {
    let address = text(body, "publicIp")?;
    Some(PublicIp {
        id: text(body, "allocationId").unwrap_or_else(|| address.clone()),
        address,
        server: text(body, "instanceId"),
        port: text(body, "networkInterfaceId"),
        fixed_ip: text(body, "privateIpAddress"),
        pool: text(body, "publicIpv4Pool"),
        association: text(body, "associationId"),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_by_allocation_or_by_themselves() {
        let cloud = Arc::from("lab");
        let vpc = decode(
            &json!({"publicIp": "54.1.2.3", "allocationId": "eipalloc-1", "associationId": "eipassoc-1"}),
            &cloud,
        );
        let vpc = vpc.unwrap();
        assert_eq!(associate("i-1", &vpc).parameters["AllowReassociation"], json!(true));
        assert_eq!(disassociate(&vpc).parameters["AssociationId"], json!("eipassoc-1"));
        assert_eq!(release(&vpc.id).parameters["AllocationId"], json!("eipalloc-1"));
        let classic = decode(&json!({"publicIp": "54.1.2.3"}), &cloud).unwrap();
        assert_eq!(classic.id, "54.1.2.3");
        assert_eq!(associate("i-1", &classic).parameters["PublicIp"], json!("54.1.2.3"));
        assert_eq!(release(&classic.id).parameters["PublicIp"], json!("54.1.2.3"));
    }
}
