//! VPCs, subnets, security groups and elastic addresses; and the ways between, which the simulated world takes for granted.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ask::{Asked, Row, ask, given, tags, words};
use super::{Notes, kind};
use crate::world::World;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Resource, Shape, Site, as_text, live, needed, plain,
};

/// The rules of a group, each as an action of its own.
fn rules(site: &Site<'_>, id: &str) -> Vec<(&'static str, Asked)> {
    let mut actions = Vec::new();
    for (list, action) in [
        ("SecurityGroupIngress", "AuthorizeSecurityGroupIngress"),
        ("SecurityGroupEgress", "AuthorizeSecurityGroupEgress"),
    ] {
        let rows = match &site.properties[list] {
            Value::Array(rows) => rows.clone(),
            Value::Object(_) => vec![site.properties[list].clone()],
            _ => Vec::new(),
        };
        actions.extend(rows.iter().map(|row| (action, rule(row, id))));
    }
    actions
}

fn rule(row: &Value, id: &str) -> Asked {
    let mut asked: Asked = vec![("GroupId".into(), id.to_owned())];
    for (from, to) in [
        ("IpProtocol", "IpPermissions.1.IpProtocol"),
        ("FromPort", "IpPermissions.1.FromPort"),
        ("ToPort", "IpPermissions.1.ToPort"),
        ("CidrIp", "IpPermissions.1.IpRanges.1.CidrIp"),
        ("CidrIpv6", "IpPermissions.1.Ipv6Ranges.1.CidrIpv6"),
        ("SourceSecurityGroupId", "IpPermissions.1.Groups.1.GroupId"),
        ("DestinationSecurityGroupId", "IpPermissions.1.Groups.1.GroupId"),
    ] {
        if let Some(value) = row.get(from).filter(|value| !value.is_null()) {
            asked.push((to.to_owned(), as_text(value)));
        }
    }
    asked
}

/// One rule as a resource of its own.
struct Rule(Notes, &'static str, &'static str);

impl Behaviour for Rule {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let group = site.text("GroupId").unwrap_or_default();
        let asked = rule(&site.properties, &group);
        let request = site.asker.request.clone();
        ask(&self.0, site, self.1, asked).map_err(|why| words(&why, &request))?;
        Ok(Made { physical: site.logical.clone(), data: Value::Null })
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        let group = site.text("GroupId").unwrap_or_default();
        let asked = rule(&site.properties, &group);
        let _ = ask(&self.0, site, self.2, asked);
        Progress::Done
    }
}

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
    let row = |make, id, build, show, delete, attributes| Row {
        notes: Arc::clone(notes),
        make,
        id,
        build,
        then: |_, _| Vec::new(),
        show,
        state: ("", "", &[]),
        delete,
        gone: "",
        attributes,
    };
    kinds.push(kind(
        "AWS::EC2::VPC",
        const {
            &[
                plain("CidrBlock", Shape::Text),
                live("EnableDnsSupport", Shape::Flag),
                live("EnableDnsHostnames", Shape::Flag),
                live("InstanceTenancy", Shape::Text),
                live("Tags", Shape::List),
            ]
        },
        &[
            "VpcId",
            "CidrBlock",
            "DefaultSecurityGroup",
            "DefaultNetworkAcl",
            "Ipv6CidrBlocks",
            "CidrBlockAssociations",
        ],
        row(
            "CreateVpc",
            "vpcId",
            |site| {
                let mut asked = given(site, &[("CidrBlock", "CidrBlock")]);
                tags(site, "vpc", &mut asked);
                asked
            },
            ("DescribeVpcs", "VpcId.1"),
            ("DeleteVpc", "VpcId"),
            &[("VpcId", "vpcId"), ("CidrBlock", "cidrBlock")],
        ),
    ));
    kinds.push(kind(
        "AWS::EC2::Subnet",
        const {
            &[
                needed("VpcId", Shape::Text),
                plain("CidrBlock", Shape::Text),
                plain("AvailabilityZone", Shape::Text),
                live("MapPublicIpOnLaunch", Shape::Flag),
                live("Tags", Shape::List),
            ]
        },
        &["SubnetId", "AvailabilityZone", "VpcId", "CidrBlock", "NetworkAclAssociationId"],
        row(
            "CreateSubnet",
            "subnetId",
            |site| {
                let names = [
                    ("VpcId", "VpcId"),
                    ("CidrBlock", "CidrBlock"),
                    ("AvailabilityZone", "AvailabilityZone"),
                ];
                let mut asked = given(site, &names);
                tags(site, "subnet", &mut asked);
                asked
            },
            ("DescribeSubnets", "SubnetId.1"),
            ("DeleteSubnet", "SubnetId"),
            &[
                ("SubnetId", "subnetId"),
                ("AvailabilityZone", "availabilityZone"),
                ("VpcId", "vpcId"),
                ("CidrBlock", "cidrBlock"),
            ],
        ),
    ));
    let mut group = row(
        "CreateSecurityGroup",
        "groupId",
        |site| {
            let mut asked = given(site, &[("GroupDescription", "GroupDescription"), ("VpcId", "VpcId")]);
            asked.push(("GroupName".into(), site.text("GroupName").unwrap_or_else(|| site.name.clone())));
            tags(site, "security-group", &mut asked);
            asked
        },
        ("DescribeSecurityGroups", "GroupId.1"),
        ("DeleteSecurityGroup", "GroupId"),
        &[("GroupId", "groupId"), ("VpcId", "vpcId"), ("Id", "groupId")],
    );
    group.then = rules;
    kinds.push(kind(
        "AWS::EC2::SecurityGroup",
        const {
            &[
                needed("GroupDescription", Shape::Text),
                plain("GroupName", Shape::Text),
                plain("VpcId", Shape::Text),
                plain("SecurityGroupIngress", Shape::Any),
                plain("SecurityGroupEgress", Shape::Any),
                live("Tags", Shape::List),
            ]
        },
        &["GroupId", "VpcId", "Id"],
        group,
    ));
    add_ways(kinds, notes);
}

fn add_ways(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    const RULE: &[crate::world::stack::Property] = &[
        plain("GroupId", Shape::Text),
        plain("GroupName", Shape::Text),
        needed("IpProtocol", Shape::Text),
        plain("FromPort", Shape::Integer),
        plain("ToPort", Shape::Integer),
        plain("CidrIp", Shape::Text),
        plain("CidrIpv6", Shape::Text),
        plain("SourceSecurityGroupId", Shape::Text),
        plain("DestinationSecurityGroupId", Shape::Text),
        live("Description", Shape::Text),
    ];
    let own = || Arc::clone(notes);
    kinds.push(kind(
        "AWS::EC2::SecurityGroupIngress",
        RULE,
        &["Id"],
        Rule(own(), "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"),
    ));
    kinds.push(kind(
        "AWS::EC2::SecurityGroupEgress",
        RULE,
        &["Id"],
        Rule(own(), "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"),
    ));
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
