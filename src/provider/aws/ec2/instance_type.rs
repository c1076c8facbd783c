//! Instance types: EC2's flavors, whose id is their name.

use super::super::call::{Call, literal};
use super::super::decode::{int, text};
use crate::cloud::{Flavor, NameMatch};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The largest page that DescribeInstanceTypes takes.
pub const PAGE: usize = 100;

/// Ask for a page of types, narrowed by name where there is one.
pub fn page(name: Option<&NameMatch>) -> Call {
    let call = Call::ec2("flavor.list", "DescribeInstanceTypes").with("MaxResults", PAGE);
    match name {
        Some(NameMatch::Exact(name)) => call.filter("instance-type", [literal(name)]),
        Some(NameMatch::Glob(glob)) if !glob.contains(['[', '{', '\\', '?']) => {
            call.filter("instance-type", [glob.clone()])
        }
        _ => call,
    }
}

/// Ask for one type.
pub fn show(id: &str) -> Call {
    Call::ec2("flavor.show", "DescribeInstanceTypes").with("InstanceType", json!([id]))
}

/// A type from its description. Its disk is what the host gives it; 0 where it has volumes alone.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Flavor> {
    let id = text(body, "instanceType")?;
    let of = |part: &str, key: &str| body.get(part).and_then(|part| int(part, key)).unwrap_or(0);
    Some(Flavor {
        name: id.clone(),
        id,
        vcpus: of("vCpuInfo", "defaultVCpus"),
        ram: of("memoryInfo", "sizeInMiB"),
        disk: of("instanceStorageInfo", "totalSizeInGB"),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}

/// Whether a text is written like a type: `t3.micro`, `u-6tb1.112xlarge`.
pub fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.split_once('.').is_some_and(|(family, size)| part(family) && part(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_in_mib_and_gib() {
        let body = json!({"instanceType": "m5d.large", "vCpuInfo": {"defaultVCpus": 2},
            "memoryInfo": {"sizeInMiB": 8192}, "instanceStorageInfo": {"totalSizeInGB": 75}});
        let flavor = decode(&body, &Arc::from("lab")).unwrap();
        assert_eq!((flavor.id.as_str(), flavor.vcpus, flavor.ram, flavor.disk), ("m5d.large", 2, 8192, 75));
    }

    #[test]
    fn types_are_told_from_names() {
        assert!(is_name("t3.micro") && is_name("u-6tb1.112xlarge"));
        assert!(!is_name("micro") && !is_name("my.Server") && !is_name("a.b.c") && !is_name("web-1"));
    }
}
