//! Elastic addresses, and their way to instances.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ask::{ask, given, words};
use super::{Notes, kind};
use crate::world::World;
use crate::world::stack::{Behaviour, Kind, Made, Progress, Resource, Shape, Site, as_text, live, plain};

/// An elastic address.
struct Address(Notes);

impl Behaviour for Address {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let request = site.asker.request.clone();
        let told = ask(&self.0, site, "AllocateAddress", vec![("Domain".into(), "vpc".into())])
            .map_err(|why| words(&why, &request))?;
        let (ip, id) =
            (told.first("publicIp").unwrap_or_default(), told.first("allocationId").unwrap_or_default());
        if let Some(instance) = site.text("InstanceId") {
            let asked = vec![("AllocationId".into(), id.clone()), ("InstanceId".into(), instance)];
            ask(&self.0, site, "AssociateAddress", asked).map_err(|why| words(&why, &request))?;
        }
        Ok(Made { physical: ip.clone(), data: json!({"AllocationId": id, "PublicIp": ip}) })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let id = as_text(&site.data["AllocationId"]);
        let shown = ask(&self.0, site, "DescribeAddresses", vec![("AllocationId.1".into(), id.clone())]);
        if let Some(association) = shown.ok().and_then(|shown| shown.first("associationId")) {
            let _ = ask(&self.0, site, "DisassociateAddress", vec![("AssociationId".into(), association)]);
        }
        let request = site.asker.request.clone();
        match ask(&self.0, site, "ReleaseAddress", vec![("AllocationId".into(), id)]) {
            Err(why) if !why.code.contains("NotFound") => Progress::Held(words(&why, &request)),
            _ => Progress::Done,
        }
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        resource.data.get(name).cloned()
    }
}

/// An elastic address's way to an instance.
struct Association(Notes);

impl Behaviour for Association {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let mut asked = given(
            site,
            &[
                ("AllocationId", "AllocationId"),
                ("InstanceId", "InstanceId"),
                ("NetworkInterfaceId", "NetworkInterfaceId"),
            ],
        );
        if let Some(ip) = site.text("EIP") {
            asked.push(("PublicIp".into(), ip));
        }
        let request = site.asker.request.clone();
        let told = ask(&self.0, site, "AssociateAddress", asked).map_err(|why| words(&why, &request))?;
        Ok(Made { physical: told.first("associationId").unwrap_or_default(), data: Value::Null })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let asked = vec![("AssociationId".into(), site.physical.clone())];
        let _ = ask(&self.0, site, "DisassociateAddress", asked);
        Progress::Done
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    let own = || Arc::clone(notes);
    kinds.push(kind(
        "AWS::EC2::EIP",
        const { &[plain("Domain", Shape::Text), plain("InstanceId", Shape::Text), live("Tags", Shape::List)] },
        &["AllocationId", "PublicIp"],
        Address(own()),
    ));
    kinds.push(kind(
        "AWS::EC2::EIPAssociation",
        const {
            &[
                plain("AllocationId", Shape::Text),
                plain("EIP", Shape::Text),
                plain("InstanceId", Shape::Text),
                plain("NetworkInterfaceId", Shape::Text),
                plain("PrivateIpAddress", Shape::Text),
            ]
        },
        &["Id"],
        Association(own()),
    ));
}
