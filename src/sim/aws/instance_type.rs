//! Instance types: the world's flavors, by their names.

use super::call::{Action, Told, asks};
use super::filter::{Filters, page};
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::xml::Xml;
use super::{REGION, ZONE};
use crate::world::{Flavor, Pairs};

pub(super) static ACTIONS: &[Action] = &[
    asks("ec2.DescribeInstanceTypes", &["InstanceType", "Filter", "MaxResults", "NextToken"], types),
    asks(
        "ec2.DescribeInstanceTypeOfferings",
        &["LocationType", "Filter", "MaxResults", "NextToken"],
        offerings,
    ),
];

/// The flavors that everyone may have.
fn offered<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Flavor> {
    region.world.flavors.iter().filter(|flavor| flavor.public)
}

/// The flavor of this name.
pub(super) fn flavor(region: &Region<'_>, name: &str) -> Outcome<Flavor> {
    let missing = || {
        let message = format!("The instance type '{name}' does not exist");
        Refused::new("InvalidInstanceType.NotFound", message)
    };
    offered(region).find(|flavor| flavor.name == name).cloned().ok_or_else(missing)
}

const KNOWN: [&str; 16] = [
    "bare-metal",
    "burstable-performance-supported",
    "current-generation",
    "free-tier-eligible",
    "hypervisor",
    "instance-storage-supported",
    "instance-type",
    "memory-info.size-in-mib",
    "processor-info.supported-architecture",
    "supported-boot-mode",
    "supported-root-device-type",
    "supported-usage-class",
    "supported-virtualization-type",
    "vcpu-info.default-cores",
    "vcpu-info.default-vcpus",
    "vcpu-info.default-threads-per-core",
];

fn values(flavor: &Flavor, name: &str) -> Vec<String> {
    let value = match name {
        "instance-type" => flavor.name.clone(),
        "memory-info.size-in-mib" => flavor.ram_mib.to_string(),
        "vcpu-info.default-vcpus" | "vcpu-info.default-cores" => flavor.vcpus.to_string(),
        "vcpu-info.default-threads-per-core" => "1".to_owned(),
        "processor-info.supported-architecture" => "x86_64".to_owned(),
        "supported-boot-mode" => "legacy-bios".to_owned(),
        "supported-root-device-type" => "ebs".to_owned(),
        "supported-usage-class" => "on-demand".to_owned(),
        "supported-virtualization-type" => "hvm".to_owned(),
        "hypervisor" => "nitro".to_owned(),
        "current-generation" => "true".to_owned(),
        _ => "false".to_owned(),
    };
    vec![value]
}

fn types(region: &mut Region<'_>) -> Outcome<Told> {
    let names = region.params.list("InstanceType");
    let missing: Vec<&str> =
        names.iter().filter(|name| offered(region).all(|f| f.name != **name)).map(String::as_str).collect();
    if !missing.is_empty() {
        let message = format!("The following supplied instance types do not exist: [{}]", missing.join(", "));
        return Err(Refused::new("InvalidInstanceType", message));
    }
    let filters = Filters::read(region.params, &KNOWN)?;
    let wanted = |flavor: &&Flavor| {
        (names.is_empty() || names.contains(&flavor.name))
            && filters.fit(&Pairs::new(), |name| values(flavor, name))
    };
    let rows: Vec<&Flavor> = offered(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "InstanceType", |flavor| flavor.name.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("instanceTypeSet", rows, show).some("nextToken", next);
    Ok(xml.into())
}

fn show(xml: &mut Xml, flavor: &Flavor) {
    xml.text("instanceType", &flavor.name).text("currentGeneration", true).text("freeTierEligible", false);
    xml.texts("supportedUsageClasses", ["on-demand"]).texts("supportedRootDeviceTypes", ["ebs"]);
    xml.texts("supportedVirtualizationTypes", ["hvm"]).text("bareMetal", false).text("hypervisor", "nitro");
    xml.node("processorInfo", |xml| {
        xml.texts("supportedArchitectures", ["x86_64"]).text("sustainedClockSpeedInGhz", "2.5");
    });
    xml.node("vCpuInfo", |xml| {
        xml.text("defaultVCpus", flavor.vcpus)
            .text("defaultCores", flavor.vcpus)
            .text("defaultThreadsPerCore", 1);
    });
    xml.node("memoryInfo", |xml| {
        xml.text("sizeInMiB", flavor.ram_mib);
    });
    xml.text("instanceStorageSupported", false).node("ebsInfo", |xml| {
        xml.text("ebsOptimizedSupport", "unsupported").text("encryptionSupport", "supported");
        xml.text("nvmeSupport", "supported");
    });
    xml.node("networkInfo", |xml| {
        xml.text("networkPerformance", "Moderate").text("maximumNetworkInterfaces", 2);
        xml.text("ipv4AddressesPerInterface", 1).text("ipv6Supported", false).text("enaSupport", "supported");
    });
    xml.node("placementGroupInfo", |xml| {
        xml.texts("supportedStrategies", ["spread"]);
    });
    xml.text("hibernationSupported", false).text("burstablePerformanceSupported", false);
    xml.text("dedicatedHostsSupported", false).text("autoRecoverySupported", false);
    xml.texts("supportedBootModes", ["legacy-bios"]);
}

fn offerings(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &["instance-type", "location"])?;
    let kind = region.params.get("LocationType").unwrap_or("region").to_owned();
    let location = if kind == "region" { REGION } else { ZONE };
    let wanted = |flavor: &&Flavor| {
        filters.fit(&Pairs::new(), |name| match name {
            "location" => vec![location.to_owned()],
            _ => vec![flavor.name.clone()],
        })
    };
    let rows: Vec<&Flavor> = offered(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "", |flavor| flavor.name.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("instanceTypeOfferingSet", rows, |xml, flavor| {
        xml.text("instanceType", &flavor.name).text("locationType", &kind).text("location", location);
    });
    xml.some("nextToken", next);
    Ok(xml.into())
}
