//! Any call at all: parameters as people write them, in maps and arrays, and the answer as it came.

use super::Aws;
use super::call::Call;
use super::service::{Service, is_name};
use crate::cloud::{Kind, Result, Value};
use crate::provider::fields::hidden;
use serde_json::{Map, Value as Json};

/// What SDKs call a list and EC2's protocol by another name; others are called alike.
const NAMES: [(&str, &str); 49] = [
    ("AccountAttributes", "AttributeName"),
    ("AllocationIds", "AllocationId"),
    ("AttributeNames", "AttributeName"),
    ("BlockDeviceMappings", "BlockDeviceMapping"),
    ("ElasticInferenceAccelerators", "ElasticInferenceAccelerator"),
    ("ExecutableUsers", "ExecutableBy"),
    ("Filters", "Filter"),
    ("GroupIds", "GroupId"),
    ("GroupNames", "GroupName"),
    ("ImageIds", "ImageId"),
    ("InstanceIds", "InstanceId"),
    ("InstanceTypes", "InstanceType"),
    ("InternetGatewayIds", "InternetGatewayId"),
    ("Ipv4Prefixes", "Ipv4Prefix"),
    ("Ipv6Addresses", "Ipv6Address"),
    ("Ipv6Prefixes", "Ipv6Prefix"),
    ("KeyNames", "KeyName"),
    ("KeyPairIds", "KeyPairId"),
    ("LaunchTemplateIds", "LaunchTemplateId"),
    ("LaunchTemplateNames", "LaunchTemplateName"),
    ("LicenseSpecifications", "LicenseSpecification"),
    ("NatGatewayIds", "NatGatewayId"),
    ("NetworkAclIds", "NetworkAclId"),
    ("NetworkInterfaceIds", "NetworkInterfaceId"),
    ("NetworkInterfaces", "NetworkInterface"),
    ("Owners", "Owner"),
    ("OwnerIds", "Owner"),
    ("PlacementGroupNames", "GroupName"),
    ("PrivateIpAddresses", "PrivateIpAddress"),
    ("PublicIps", "PublicIp"),
    ("RegionNames", "RegionName"),
    ("ReplaceRootVolumeTaskIds", "ReplaceRootVolumeTaskId"),
    ("Resources", "ResourceId"),
    ("RestorableByUserIds", "RestorableBy"),
    ("RouteTableIds", "RouteTableId"),
    ("SecondaryInterfaces", "SecondaryInterface"),
    ("SecurityGroupIds", "SecurityGroupId"),
    ("SecurityGroupRuleIds", "SecurityGroupRuleId"),
    ("SecurityGroups", "SecurityGroup"),
    ("SnapshotIds", "SnapshotId"),
    ("SubnetIds", "SubnetId"),
    ("TagSpecifications", "TagSpecification"),
    ("Tags", "Tag"),
    ("UserIdGroupPairs", "Groups"),
    ("Values", "Value"),
    ("VolumeIds", "VolumeId"),
    ("VpcIds", "VpcId"),
    ("ZoneIds", "ZoneId"),
    ("ZoneNames", "ZoneName"),
];

impl Aws {
    /// Send any action of any service.
    pub(super) async fn raw(&self, service: &str, action: &str, params: &Json) -> Result<Value> {
        let given = match params {
            Json::Object(given) => given.clone(),
            Json::Null => Map::new(),
            _ => {
                let message = format!("the parameters of `{action}` are a map");
                return Err(self
                    .session
                    .error(Kind::InvalidArgument, message)
                    .help("write `#{ Name: value }`, or `#{}`"));
            }
        };
        if let Some(name) =
            given.keys().find(|name| RESERVED.iter().any(|own| own.eq_ignore_ascii_case(name)))
        {
            let message = format!("`{name}` is no parameter of `{action}`: the request's own part says it");
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help(format!("leave out `{name}`")));
        }
        if !is_name(service) {
            let message = format!("`{service}` is no name of a service");
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help("write it as its endpoint does, in lower case: `ec2`, `autoscaling`"));
        }
        let service = Service::named(service);
        let mut call = Call::of("api", service.clone(), action);
        call.parameters = match service {
            Service::Ec2 => plain(given),
            _ => given,
        };
        if service.version().is_none() && !call.parameters.contains_key("Version") {
            let message = format!("the version of `{}` that is meant is not known", service.name());
            return Err(self.session.error(Kind::InvalidArgument, message).help(
                "add `Version: \"2011-01-01\"` to the parameters, with the version that its reference names",
            ));
        }
        let dry = call.parameters.get("DryRun").is_some_and(|dry| *dry == Json::Bool(true) || *dry == "true");
        match self.ask(&call).await {
            Ok(body) => Ok(hidden(Value::from_json(&body), &SECRET)),
            Err(error) if dry && error.code.as_deref() == Some("DryRunOperation") => {
                Ok(Value::from_json(&serde_json::json!({"DryRun": true})))
            }
            Err(error) => Err(error),
        }
    }
}

/// What the protocol and the signature say for themselves; a second one would decide what the first was checked for.
const RESERVED: [&str; 8] = [
    "Action",
    "AWSAccessKeyId",
    "Expires",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
];

/// The fields of answers that are secret.
const SECRET: [&str; 6] =
    ["keyMaterial", "KeyMaterial", "SecretAccessKey", "SessionToken", "passwordData", "Password"];

/// Parameters by the protocol's own names, at every depth; `dry_run` is `DryRun`.
pub(super) fn plain(given: Map<String, Json>) -> Map<String, Json> {
    given.into_iter().map(|(key, value)| (name(key, &value), within(value))).collect()
}

/// The same inside of something, where a list of groups by id is an interface's.
fn inner(given: Map<String, Json>) -> Map<String, Json> {
    let named = |key: String, value: &Json| match (key.as_str(), value) {
        ("Groups", Json::Array(ids)) if ids.iter().all(Json::is_string) => "SecurityGroupId".to_string(),
        _ => name(key, value),
    };
    given.into_iter().map(|(key, value)| (named(key, &value), within(value))).collect()
}

fn name(key: String, value: &Json) -> String {
    if key == "dry_run" {
        return "DryRun".to_string();
    }
    // Addresses of an interface are a list of things, whose name stays.
    let is_things = value.as_array().is_some_and(|items| items.iter().any(Json::is_object));
    if is_things && key.ends_with("Addresses") {
        return key;
    }
    let known = NAMES.iter().find(|(theirs, _)| *theirs == key).filter(|_| value.is_array());
    known.map_or(key, |(_, ours)| ours.to_string())
}

fn within(value: Json) -> Json {
    match value {
        Json::Object(fields) => Json::Object(inner(fields)),
        Json::Array(items) => Json::Array(items.into_iter().map(within).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_of_sdks_become_the_protocols_own() {
        let told = |value: Json| match value {
            Json::Object(given) => Json::Object(plain(given)),
            _ => panic!("a map"),
        };
        assert_eq!(
            told(
                json!({"Filters": [{"Name": "a", "Values": ["b"]}], "InstanceIds": ["i-1"], "dry_run": true})
            ),
            json!({"Filter": [{"Name": "a", "Value": ["b"]}], "InstanceId": ["i-1"], "DryRun": true})
        );
        let rule = json!({"IpPermissions": [{"UserIdGroupPairs": [{"GroupId": "sg-1"}]}], "Tags": "text"});
        assert_eq!(told(rule), json!({"IpPermissions": [{"Groups": [{"GroupId": "sg-1"}]}], "Tags": "text"}));
    }
}
