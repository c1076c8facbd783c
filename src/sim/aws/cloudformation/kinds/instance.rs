//! Instances.

use std::sync::Arc;

use serde_json::Value;

use super::ask::{Asked, Row, ask, given, tags, words};
use super::{Notes, kind};
use crate::world::World;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Property, Resource, Shape, Site, as_text, live, plain,
};

const INSTANCE: &[Property] = &[
    plain("ImageId", Shape::Text),
    live("InstanceType", Shape::Text),
    plain("KeyName", Shape::Text),
    plain("SubnetId", Shape::Text),
    plain("SecurityGroupIds", Shape::List),
    plain("SecurityGroups", Shape::List),
    plain("UserData", Shape::Text),
    plain("AvailabilityZone", Shape::Text),
    plain("PrivateIpAddress", Shape::Text),
    plain("BlockDeviceMappings", Shape::List),
    plain("NetworkInterfaces", Shape::List),
    live("Tags", Shape::List),
    live("Monitoring", Shape::Flag),
    live("EbsOptimized", Shape::Flag),
    live("DisableApiTermination", Shape::Flag),
    live("IamInstanceProfile", Shape::Text),
    live("SourceDestCheck", Shape::Flag),
    live("InstanceInitiatedShutdownBehavior", Shape::Text),
    live("MetadataOptions", Shape::Map),
    live("LaunchTemplate", Shape::Map),
    live("CreditSpecification", Shape::Map),
    live("PropagateTagsToVolumeOnCreation", Shape::Flag),
    plain("Tenancy", Shape::Text),
];

fn instance(site: &mut Site<'_>) -> Asked {
    let mut asked = given(
        site,
        &[
            ("ImageId", "ImageId"),
            ("InstanceType", "InstanceType"),
            ("KeyName", "KeyName"),
            ("SubnetId", "SubnetId"),
            ("SecurityGroupIds", "SecurityGroupId"),
            ("SecurityGroups", "SecurityGroup"),
            ("UserData", "UserData"),
            ("PrivateIpAddress", "PrivateIpAddress"),
            ("AvailabilityZone", "Placement.AvailabilityZone"),
            ("DisableApiTermination", "DisableApiTermination"),
            ("InstanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"),
        ],
    );
    for (at, row) in site.properties["BlockDeviceMappings"].as_array().into_iter().flatten().enumerate() {
        let own = format!("BlockDeviceMapping.{}", at + 1);
        asked.push((format!("{own}.DeviceName"), as_text(&row["DeviceName"])));
        for name in ["VolumeSize", "VolumeType", "SnapshotId", "DeleteOnTermination"] {
            if let Some(value) = row["Ebs"].get(name) {
                asked.push((format!("{own}.Ebs.{name}"), as_text(value)));
            }
        }
    }
    asked.push(("MinCount".into(), "1".into()));
    asked.push(("MaxCount".into(), "1".into()));
    tags(site, "instance", &mut asked);
    asked
}

/// What changes an instance that may go on running.
fn changed_instance(site: &Site<'_>, before: &Value) -> Vec<(&'static str, Asked)> {
    let mut actions = Vec::new();
    for name in ["DisableApiTermination", "InstanceInitiatedShutdownBehavior", "SourceDestCheck"] {
        let now = &site.properties[name];
        if *now != before[name] && !now.is_null() {
            let asked =
                vec![("InstanceId".into(), site.physical.clone()), (format!("{name}.Value"), as_text(now))];
            actions.push(("ModifyInstanceAttribute", asked));
        }
    }
    actions
}

/// An instance: it is stopped for another type, and started again.
struct Instance(Row);

impl Behaviour for Instance {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        self.0.make(site)
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let id = site.physical.clone();
        let one = |name: &str| vec![(name.to_owned(), id.clone())];
        let Ok(shown) = ask(&self.0.notes, site, "DescribeInstances", one("InstanceId.1")) else {
            return self.0.made(site);
        };
        let states = shown.all("name");
        let is = |state: &str| states.iter().any(|told| told == state);
        let wanted = site.text("InstanceType");
        let other = wanted.as_ref().filter(|wanted| shown.first("instanceType").as_ref() != Some(*wanted));
        let next = match other {
            Some(_) if is("running") => ("StopInstances", one("InstanceId.1")),
            Some(wanted) if is("stopped") => {
                let mut asked = one("InstanceId");
                asked.push(("InstanceType.Value".into(), wanted.clone()));
                ("ModifyInstanceAttribute", asked)
            }
            None if is("stopped") => ("StartInstances", one("InstanceId.1")),
            _ => return self.0.made(site),
        };
        match ask(&self.0.notes, site, next.0, next.1) {
            Ok(_) => Progress::Wait,
            Err(why) => Progress::Failed(words(&why, &site.asker.request)),
        }
    }

    fn settled(&self, site: &mut Site<'_>) -> Option<Value> {
        self.0.settled(site)
    }

    fn change(&self, site: &mut Site<'_>, before: &Value) -> Result<Value, String> {
        self.0.change(site, before)
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        self.0.delete(site)
    }

    fn attribute(&self, world: &World, resource: &Resource, name: &str) -> Option<Value> {
        self.0.attribute(world, resource, name)
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>, notes: &Notes) {
    kinds.push(kind(
        "AWS::EC2::Instance",
        INSTANCE,
        &[
            "InstanceId",
            "PrivateIp",
            "PublicIp",
            "PrivateDnsName",
            "PublicDnsName",
            "AvailabilityZone",
            "VpcId",
            "State.Name",
        ],
        Instance(Row {
            notes: Arc::clone(notes),
            make: "RunInstances",
            id: "instanceId",
            build: instance,
            then: |_, _| Vec::new(),
            change: changed_instance,
            show: ("DescribeInstances", "InstanceId.1"),
            state: ("name", "running", &["terminated", "shutting-down"]),
            delete: ("TerminateInstances", "InstanceId.1"),
            gone: "terminated",
            attributes: &[
                ("InstanceId", "instanceId"),
                ("PrivateIp", "privateIpAddress"),
                ("PublicIp", "ipAddress"),
                ("PrivateDnsName", "privateDnsName"),
                ("PublicDnsName", "dnsName"),
                ("AvailabilityZone", "availabilityZone"),
                ("VpcId", "vpcId"),
            ],
        }),
    ));
}
