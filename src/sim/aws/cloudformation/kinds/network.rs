//! VPCs, subnets, security groups and elastic addresses; and the ways between, which the simulated world takes for granted.

use std::sync::Arc;

use serde_json::Value;

use super::ask::{Asked, Row, ask, given, tags, words};
use super::{Notes, kind};
use crate::world::stack::{Behaviour, Kind, Made, Progress, Shape, Site, as_text, live, needed, plain};

/// The properties that hold rules, with the actions that add one and take one away.
const RULES: [(&str, &str, &str); 2] = [
    ("SecurityGroupIngress", "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"),
    ("SecurityGroupEgress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"),
];

fn listed(properties: &Value, list: &str) -> Vec<Value> {
    match &properties[list] {
        Value::Array(rows) => rows.clone(),
        Value::Object(_) => vec![properties[list].clone()],
        _ => Vec::new(),
    }
}

/// The rules of a group, each as an action of its own.
fn rules(site: &Site<'_>, id: &str) -> Vec<(&'static str, Asked)> {
    let of = |(list, add, _): (&str, &'static str, &str)| {
        let rows = listed(&site.properties, list).into_iter();
        rows.map(move |row| (add, rule(&row, id)))
    };
    RULES.into_iter().flat_map(of).collect()
}

/// The rules that go and those that come.
fn changed_rules(site: &Site<'_>, before: &Value) -> Vec<(&'static str, Asked)> {
    let mut actions = Vec::new();
    for (list, add, take) in RULES {
        let (old, new) = (listed(before, list), listed(&site.properties, list));
        let of = |action, rows: &[Value], other: &[Value]| {
            let rows = rows.iter().filter(|row| !other.contains(row));
            rows.map(|row| (action, rule(row, &site.physical))).collect::<Vec<_>>()
        };
        actions.extend(of(take, &old, &new));
        actions.extend(of(add, &new, &old));
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

/// A type that is there at once.
fn row(
    notes: &Notes,
    make: &'static str,
    id: &'static str,
    build: fn(&mut Site<'_>) -> Asked,
    show: (&'static str, &'static str),
    delete: (&'static str, &'static str),
    attributes: &'static [(&'static str, &'static str)],
) -> Row {
    Row {
        notes: Arc::clone(notes),
        make,
        id,
        build,
        then: |_, _| Vec::new(),
        change: |_, _| Vec::new(),
        show,
        state: ("", "", &[]),
        delete,
        gone: "",
        attributes,
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    add_networks(kinds, notes);
    add_groups(kinds, notes);
    add_ways(kinds, notes);
}

fn add_networks(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
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
            notes,
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
    add_subnets(kinds, notes);
}

fn add_subnets(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
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
            notes,
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
}

fn add_groups(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    let mut group = row(
        notes,
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
    group.change = changed_rules;
    kinds.push(kind(
        "AWS::EC2::SecurityGroup",
        const {
            &[
                needed("GroupDescription", Shape::Text),
                plain("GroupName", Shape::Text),
                plain("VpcId", Shape::Text),
                live("SecurityGroupIngress", Shape::Any),
                live("SecurityGroupEgress", Shape::Any),
                live("Tags", Shape::List),
            ]
        },
        &["GroupId", "VpcId", "Id"],
        group,
    ));
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
}
