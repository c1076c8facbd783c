//! Asking for new instances: one request, whatever their number. What EC2 cannot carry is refused here, before anything is sent.

use super::super::call::Call;
use super::super::query::plain;
use super::tag;
use crate::cloud::server::{BootSpec, Nic, Nics, RootDisk};
use crate::cloud::{Error, Kind, Result};
use crate::provider::files::cloud_config;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json, json};

/// The longest user data that EC2 takes, in bytes before it is encoded.
const USER_DATA: usize = 16 * 1024;

/// What names became by looking them up.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The interfaces: subnets by id.
    pub nics: Vec<Nic>,
    /// Security groups by id; empty where they go by name or are not given.
    pub groups: Vec<String>,
    /// The name of the image's root disk, where its size is asked for.
    pub root: Option<String>,
}

/// Ask for the instances of a spec. The marker is the token that makes the same request safe to send again.
///
/// # Errors
/// `unsupported` for what EC2 has no place for, `invalid_argument` for metadata that is not the user's to set.
pub fn run(spec: &BootSpec, resolved: &Resolved) -> Result<Call> {
    refuse(spec)?;
    let count = spec.count.unwrap_or(1);
    let name = match spec.count {
        Some(1) => format!("{}-1", spec.name),
        _ => spec.name.clone(),
    };
    let tags = tag::list(Some(&name), &spec.meta, &spec.tags)?;
    let mut call = Call::ec2("server.create", "RunInstances")
        .with("ImageId", spec.image.clone())
        .with("InstanceType", spec.flavor.clone())
        .with("MinCount", count)
        .with("MaxCount", count)
        .with("ClientToken", spec.marker.clone())
        .with("KeyName", spec.key.clone())
        .with("TagSpecification", tag::specification("instance", tags));
    for (key, word) in [("AvailabilityZone", &spec.zone), ("GroupName", &spec.server_group)] {
        if let Some(word) = word {
            let placed = call.parameters.entry("Placement").or_insert(json!({}));
            merge(placed, &json!({ (key): word }), "Placement");
        }
    }
    call = network(call, spec, resolved);
    let mut user_data = spec.user_data.clone();
    if !spec.files.is_empty() {
        user_data = Some(cloud_config(&spec.files, user_data.as_deref())?);
    }
    if let Some(data) = user_data {
        if data.len() > USER_DATA {
            let message = format!("the user data has {} bytes; EC2 takes {USER_DATA}", data.len());
            return Err(Error::new(Kind::InvalidArgument, message)
                .coded("cloud::invalid_argument")
                .help("have it fetch the rest from elsewhere when the server starts"));
        }
        call = call.with("UserData", BASE64.encode(data));
    }
    if let (Some(gib), Some(root)) = (spec.root_size(), &resolved.root) {
        let disk = json!([{"DeviceName": root, "Ebs": {"VolumeSize": gib, "DeleteOnTermination": true}}]);
        call = call.with("BlockDeviceMapping", disk);
    }
    if let Some(extra) = &spec.provider {
        merge_provider(&mut call.parameters, extra)?;
    }
    Ok(call)
}

/// Where it is in the network: one subnet stands by itself, anything more is spelt out as interfaces.
fn network(call: Call, spec: &BootSpec, resolved: &Resolved) -> Call {
    match resolved.nics.as_slice() {
        [] => grouped(call, spec, resolved),
        [Nic { network: Some(subnet), ip, port: None, .. }] => {
            let call = call.with("SubnetId", subnet.clone()).with("PrivateIpAddress", ip.clone());
            grouped(call, spec, resolved)
        }
        // With interfaces, groups are theirs (RunInstances, "NetworkInterface").
        several => {
            let interfaces: Vec<Json> =
                several.iter().enumerate().map(|(at, nic)| interface(at, nic, &resolved.groups)).collect();
            call.with("NetworkInterface", interfaces)
        }
    }
}

fn grouped(call: Call, spec: &BootSpec, resolved: &Resolved) -> Call {
    match (resolved.groups.is_empty(), spec.security_groups.is_empty()) {
        (false, _) => call.with("SecurityGroupId", json!(resolved.groups)),
        (true, false) => call.with("SecurityGroup", json!(spec.security_groups)),
        (true, true) => call,
    }
}

fn interface(at: usize, nic: &Nic, groups: &[String]) -> Json {
    let mut out = Map::from_iter([("DeviceIndex".to_string(), json!(at))]);
    if let Some(port) = &nic.port {
        // An interface that is there already has its own subnet, address and groups.
        out.insert("NetworkInterfaceId".to_string(), json!(port));
        return Json::Object(out);
    }
    if let Some(subnet) = &nic.network {
        out.insert("SubnetId".to_string(), json!(subnet));
    }
    if let Some(ip) = &nic.ip {
        out.insert("PrivateIpAddress".to_string(), json!(ip));
    }
    if !groups.is_empty() {
        out.insert("SecurityGroupId".to_string(), json!(groups));
    }
    Json::Object(out)
}

/// Whether the groups have to go by id: a subnet may be in another VPC than the one in which EC2 looks for names.
pub fn needs_group_ids(spec: &BootSpec) -> bool {
    let is_id = |group: &String| group.starts_with("sg-");
    matches!(spec.networks, Nics::These(_)) || spec.security_groups.iter().any(is_id)
}

fn refuse(spec: &BootSpec) -> Result<()> {
    let cannot = [
        (spec.admin_pass.is_some(), "admin_pass", "give a `key`, or set a password by `user_data`"),
        (
            spec.config_drive == Some(true),
            "config_drive",
            "leave it out: instances read the metadata service",
        ),
        (spec.description.is_some(), "description", "use `meta` instead"),
        (spec.access_ipv4.is_some(), "access_ipv4", "associate a public IP with `associate_ip`"),
        (spec.access_ipv6.is_some(), "access_ipv6", "leave it out"),
        (
            spec.root_disk.as_ref().is_some_and(RootDisk::is_whole),
            "root_disk: volume",
            "make an image of a snapshot of it, `api(\"ec2\", \"RegisterImage\", …)`, and boot that",
        ),
        (spec.networks == Nics::Absent, "networks: \"none\"", "leave it out: every instance has a network"),
    ];
    match cannot.iter().find(|(given, ..)| *given) {
        None => Ok(()),
        Some((_, what, help)) => {
            Err(Error::new(Kind::Unsupported, format!("`boot` with `{what}` is not something EC2 can do"))
                .coded("cloud::unsupported")
                .help(*help))
        }
    }
}

/// The provider map into the parameters, by the protocol's names or those of SDKs; maps into maps, and lists onto lists.
fn merge_provider(parameters: &mut Map<String, Json>, extra: &Json) -> Result<()> {
    let Json::Object(extra) = extra else {
        return Err(Error::new(Kind::InvalidArgument, "`provider` is a map of parameters of `RunInstances`"));
    };
    for (key, value) in plain(extra.clone()) {
        merge(parameters.entry(key.clone()).or_insert(Json::Null), &value, &key);
    }
    Ok(())
}

/// The field by which members of a list are the same one.
fn known_by(list: &str) -> Option<&'static str> {
    Some(match list {
        "TagSpecification" => "ResourceType",
        "Tag" => "Key",
        "BlockDeviceMapping" => "DeviceName",
        "NetworkInterface" => "DeviceIndex",
        _ => return None,
    })
}

fn merge(into: &mut Json, from: &Json, name: &str) {
    match (into, from) {
        (Json::Object(into), Json::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Json::Null), value, key);
            }
        }
        // What a list has is added to: tags of volumes leave those of the instance alone.
        (Json::Array(into), Json::Array(from)) => {
            for item in from {
                let same = |held: &&mut Json| match known_by(name).and_then(|field| item.get(field)) {
                    Some(own) => known_by(name)
                        .and_then(|field| held.get(field))
                        .is_some_and(|field| is_same(field, own)),
                    None => **held == *item,
                };
                match into.iter_mut().find(same) {
                    Some(held) => merge(held, item, name),
                    None => into.push(item.clone()),
                }
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// Whether two words are one; a number may be written as text.
fn is_same(one: &Json, other: &Json) -> bool {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    text(one) == text(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn pairs(spec: &BootSpec, resolved: &Resolved) -> Vec<String> {
        let call = run(spec, resolved).unwrap();
        call.pairs()[2..].iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    fn spec() -> BootSpec {
        BootSpec {
            name: "web".into(),
            image: Some("ami-1".into()),
            flavor: "t3.micro".into(),
            marker: "m".into(),
            ..BootSpec::default()
        }
    }

    #[test]
    fn a_plain_boot_carries_its_token_and_name() {
        assert_eq!(
            pairs(&spec(), &Resolved::default()),
            [
                "ImageId=ami-1",
                "InstanceType=t3.micro",
                "MinCount=1",
                "MaxCount=1",
                "ClientToken=m",
                "TagSpecification.1.ResourceType=instance",
                "TagSpecification.1.Tag.1.Key=Name",
                "TagSpecification.1.Tag.1.Value=web",
            ]
        );
    }

    #[test]
    fn all_that_a_spec_may_have_has_its_place() {
        let full = BootSpec {
            key: Some("k".into()),
            security_groups: vec!["web".into()],
            zone: Some("us-east-1a".into()),
            server_group: Some("apart".into()),
            user_data: Some(b"hi".to_vec()),
            root_disk: Some(RootDisk::Size(20)),
            count: Some(3),
            meta: BTreeMap::from([("role".into(), "db".into())]),
            provider: Some(json!({"Monitoring": {"Enabled": true}, "Placement": {"Tenancy": "dedicated"}})),
            ..spec()
        };
        let resolved = Resolved {
            nics: vec![Nic { network: Some("subnet-1".into()), ..Nic::default() }],
            groups: vec!["sg-1".into()],
            root: Some("/dev/xvda".into()),
        };
        assert_eq!(
            pairs(&full, &resolved)[2..],
            [
                "MinCount=3",
                "MaxCount=3",
                "ClientToken=m",
                "KeyName=k",
                "TagSpecification.1.ResourceType=instance",
                "TagSpecification.1.Tag.1.Key=Name",
                "TagSpecification.1.Tag.1.Value=web",
                "TagSpecification.1.Tag.2.Key=role",
                "TagSpecification.1.Tag.2.Value=db",
                "Placement.AvailabilityZone=us-east-1a",
                "Placement.GroupName=apart",
                "Placement.Tenancy=dedicated",
                "SubnetId=subnet-1",
                "SecurityGroupId.1=sg-1",
                "UserData=aGk=",
                "BlockDeviceMapping.1.DeviceName=/dev/xvda",
                "BlockDeviceMapping.1.Ebs.VolumeSize=20",
                "BlockDeviceMapping.1.Ebs.DeleteOnTermination=true",
                "Monitoring.Enabled=true",
            ]
        );
    }

    #[test]
    fn what_the_provider_map_says_is_added_to_lists_by_either_name() {
        let provider = json!({
            "TagSpecifications": [
                {"ResourceType": "volume", "Tags": [{"Key": "role", "Value": "db"}]},
                {"ResourceType": "instance", "Tags": [{"Key": "owner", "Value": "ops"}, {"Key": "Name", "Value": "own"}]},
            ],
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeType": "gp3", "VolumeSize": 30}},
                {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5}},
            ],
            "SecurityGroupIds": ["sg-1", "sg-2"],
        });
        let full = BootSpec { root_disk: Some(RootDisk::Size(20)), provider: Some(provider), ..spec() };
        let resolved = Resolved {
            nics: vec![Nic { network: Some("subnet-1".into()), ..Nic::default() }],
            groups: vec!["sg-1".into()],
            root: Some("/dev/xvda".into()),
        };
        assert_eq!(
            pairs(&full, &resolved)[5..],
            [
                "TagSpecification.1.ResourceType=instance",
                "TagSpecification.1.Tag.1.Key=Name",
                "TagSpecification.1.Tag.1.Value=own",
                "TagSpecification.1.Tag.2.Key=owner",
                "TagSpecification.1.Tag.2.Value=ops",
                "TagSpecification.2.ResourceType=volume",
                "TagSpecification.2.Tag.1.Key=role",
                "TagSpecification.2.Tag.1.Value=db",
                "SubnetId=subnet-1",
                "SecurityGroupId.1=sg-1",
                "SecurityGroupId.2=sg-2",
                "BlockDeviceMapping.1.DeviceName=/dev/xvda",
                "BlockDeviceMapping.1.Ebs.VolumeSize=30",
                "BlockDeviceMapping.1.Ebs.DeleteOnTermination=true",
                "BlockDeviceMapping.1.Ebs.VolumeType=gp3",
                "BlockDeviceMapping.2.DeviceName=/dev/sdf",
                "BlockDeviceMapping.2.Ebs.VolumeSize=5",
            ]
        );
        let nics = json!({"NetworkInterfaces": [
            {"DeviceIndex": "1", "Groups": ["sg-9"], "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9"}]}]});
        let two = BootSpec { provider: Some(nics), ..spec() };
        let nic = |id: &str| Nic { network: Some(id.into()), ..Nic::default() };
        let resolved = Resolved { nics: vec![nic("subnet-1"), nic("subnet-2")], ..Resolved::default() };
        assert_eq!(
            pairs(&two, &resolved)[8..],
            [
                "NetworkInterface.1.DeviceIndex=0",
                "NetworkInterface.1.SubnetId=subnet-1",
                "NetworkInterface.2.DeviceIndex=1",
                "NetworkInterface.2.SubnetId=subnet-2",
                "NetworkInterface.2.SecurityGroupId.1=sg-9",
                "NetworkInterface.2.PrivateIpAddresses.1.PrivateIpAddress=10.0.0.9",
            ]
        );
    }

    #[test]
    fn several_networks_are_interfaces_with_the_groups() {
        let resolved = Resolved {
            nics: vec![
                Nic { network: Some("subnet-1".into()), ip: Some("10.0.0.9".into()), ..Nic::default() },
                Nic { port: Some("eni-1".into()), ..Nic::default() },
            ],
            groups: vec!["sg-1".into()],
            root: None,
        };
        let told = pairs(&spec(), &resolved);
        assert_eq!(
            told[8..],
            [
                "NetworkInterface.1.DeviceIndex=0",
                "NetworkInterface.1.SubnetId=subnet-1",
                "NetworkInterface.1.PrivateIpAddress=10.0.0.9",
                "NetworkInterface.1.SecurityGroupId.1=sg-1",
                "NetworkInterface.2.DeviceIndex=1",
                "NetworkInterface.2.NetworkInterfaceId=eni-1",
            ]
        );
    }

    #[test]
    fn groups_without_a_network_go_by_name() {
        let named = BootSpec { security_groups: vec!["web".into(), "db".into()], ..spec() };
        assert!(!needs_group_ids(&named));
        let told = pairs(&named, &Resolved::default());
        assert_eq!(told[8..], ["SecurityGroup.1=web", "SecurityGroup.2=db"]);
        assert!(needs_group_ids(&BootSpec { security_groups: vec!["web".into(), "sg-1".into()], ..spec() }));
    }

    #[test]
    fn what_ec2_cannot_carry_is_refused() {
        let none = BootSpec { networks: Nics::Absent, ..spec() };
        let error = run(&none, &Resolved::default()).unwrap_err();
        assert_eq!(error.message, "`boot` with `networks: \"none\"` is not something EC2 can do");
        assert_eq!(error.kind, Kind::Unsupported);
        let large = BootSpec { user_data: Some(vec![0; USER_DATA + 1]), ..spec() };
        let error = run(&large, &Resolved::default()).unwrap_err();
        assert_eq!(error.message, "the user data has 16385 bytes; EC2 takes 16384");
    }
}
