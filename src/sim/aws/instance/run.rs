//! `RunInstances`: a client token makes it safe to repeat, and what the type, the image and the groups are is checked in
//! EC2's own words before the world is asked.

use super::{ROOT, shown, view};
use crate::aws::call::{Action, Told, does};
use crate::aws::ec2_state::Mark;
use crate::aws::ids::{INSTANCE, VOLUME};
use crate::aws::params::Params;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::aws::xml::Xml;
use crate::aws::{ZONE, group, image, instance_type, interface, key, placement, vpc};
use crate::world::{BootSpec, Disk, NetworkChoice, Pairs, Plug, Source, put};

pub(in crate::aws) static ACTIONS: &[Action] = &[does("ec2.RunInstances", TAKES, run)];

const TAKES: &[&str] = &[
    "AdditionalInfo",
    "BlockDeviceMapping",
    "ClientToken",
    "DisableApiStop",
    "DisableApiTermination",
    "EbsOptimized",
    "ImageId",
    "InstanceInitiatedShutdownBehavior",
    "InstanceType",
    "KeyName",
    "MaxCount",
    "MetadataOptions",
    "MinCount",
    "Monitoring",
    "NetworkInterface",
    "Placement",
    "PrivateIpAddress",
    "SecurityGroup",
    "SecurityGroupId",
    "SubnetId",
    "TagSpecification",
    "UserData",
];

/// The smallest root volume of an image that says nothing of it, in GiB.
const ROOT_GIB: i64 = 8;

fn run(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let token = params.get("ClientToken").map(str::to_owned);
    if token.as_ref().is_some_and(|token| token.len() > 64 || !token.is_ascii()) {
        return Err(Refused::value("Client token must be at most 64 ASCII characters."));
    }
    // What was asked, without what is new in every request: the signature, the time.
    let meant = |(name, _): &&(String, String)| TAKES.contains(&name.split('.').next().unwrap_or_default());
    let mut order = Params(params.0.iter().filter(meant).cloned().collect());
    order.0.sort();
    let asked = token.clone().map(|token| (region.project().to_owned(), token));
    if let Some((before, made)) = asked.as_ref().and_then(|asked| region.ledger.orders.get(asked)) {
        if *before != order {
            let message = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).";
            return Err(Refused::new("IdempotentParameterMismatch", message));
        }
        let made = made.clone();
        return Ok(Told { repeats: true, ..told(region, &made) });
    }
    let (spec, image) = spec(region)?;
    let (tags, disk_tags) = (region.given_tags(INSTANCE)?, region.given_tags(VOLUME)?);
    let slow = region.world.fault_settings.slow;
    let asker = region.asker.clone();
    let made = region.world.boot(&spec, &asker)?;
    let (now, mut ids) = (region.now(), Vec::new());
    for at in made {
        let ip = region.world.servers[at].ports.first().and_then(crate::world::Port::ip);
        let server = &mut region.world.servers[at];
        let own = INSTANCE.id(&server.id);
        server.name = tags.iter().find(|(key, _)| key == "Name").map_or(own, |(_, name)| name.clone());
        server.hostname =
            ip.map_or_else(String::new, |ip| format!("ip-{}", ip.to_string().replace('.', "-")));
        server.apart = Some(disk_tags.clone());
        ids.push(server.id.clone());
        let behaviour = params.get("InstanceInitiatedShutdownBehavior");
        let mark = Mark {
            token: token.clone(),
            image: Some(image.clone()),
            kept: params.flag("DisableApiTermination")?,
            running: params.flag("DisableApiStop")?,
            ends: behaviour == Some("terminate"),
            ebs_optimized: params.flag("EbsOptimized")?,
            monitored: params.inner("Monitoring").flag("Enabled")?,
            hidden: slow.map(|by| now + by),
            ..Mark::default()
        };
        *region.note(at) = mark;
    }
    let answer = told(region, &ids);
    if let Some(asked) = asked {
        region.ledger.orders.insert(asked, (order, ids));
    }
    Ok(answer)
}

/// The reservation of these servers.
fn told(region: &Region<'_>, ids: &[String]) -> Told {
    let own = region.world.servers.iter().filter(|server| ids.contains(&server.id));
    let rows: Vec<_> = own.map(|server| shown(region, server)).collect();
    let mut told = Told::default();
    let name = rows.first().map_or("", |row| row.server.reservation.as_str());
    let mut xml = Xml::default();
    view::reservation(region, &mut xml, name, &rows.iter().collect::<Vec<_>>());
    told.xml = xml;
    for row in &rows {
        told = told.about(&row.id, &row.server.name);
    }
    told
}

/// What is asked for, and the world's id of the image.
fn spec(region: &mut Region<'_>) -> Outcome<(BootSpec, String)> {
    let params = region.params;
    let count = |name: &str| -> Outcome<usize> {
        let number = params.number(name)?.ok_or_else(|| Refused::missing(name))?;
        let positive = usize::try_from(number).ok().filter(|number| *number > 0);
        positive.ok_or_else(|| {
            Refused::value(format!("Invalid value '{number}' for {name}. Must be at least 1."))
        })
    };
    let id = params.need("ImageId")?;
    let image = image::asked(region, id)?.clone();
    if image.status != crate::world::ImageStatus::Active {
        let message = format!("The image ID '{id}' is not available");
        return Err(Refused::new("InvalidAMIID.Unavailable", message));
    }
    let (min, max) = (count("MinCount")?, count("MaxCount")?);
    if min > max {
        let message =
            format!("Invalid value '{max}' for maxCount. Must be equal to or greater than minCount '{min}'.");
        return Err(Refused::value(message));
    }
    let kind = params.get("InstanceType").unwrap_or("m1.small");
    let unknown = |_| Refused::value(format!("Invalid value '{kind}' for InstanceType."));
    let flavor = instance_type::flavor(region, kind).map_err(unknown)?;
    if let Some(name) = params.get("KeyName") {
        key::named(region, name)?;
    }
    let zone = params.inner("Placement");
    if let Some(zone) = zone.get("AvailabilityZone").filter(|zone| *zone != ZONE) {
        let message = format!("The requested Availability Zone is invalid: {zone}");
        return Err(Refused::new("InvalidParameterValue", message));
    }
    if let Some(word) =
        params.get("InstanceInitiatedShutdownBehavior").filter(|word| !matches!(*word, "stop" | "terminate"))
    {
        let message = format!("Invalid value '{word}' for InstanceInitiatedShutdownBehavior.");
        return Err(Refused::value(message));
    }
    if params.get("UserData").is_some_and(|text| !is_base64(text)) {
        return Err(Refused::value("Invalid BASE64 encoding of user data."));
    }
    let plug = plug(region)?;
    let disks = disks(region, &image)?;
    let mut metadata = Pairs::new();
    for (key, value) in region.given_tags(INSTANCE)?.iter().filter(|(key, _)| key != "Name") {
        put(&mut metadata, key, value);
    }
    let spec = BootSpec {
        name: "instance".to_owned(),
        hostname: None,
        description: None,
        image: Some(image.id.clone()),
        flavor: flavor.id,
        min,
        max,
        metadata,
        tags: Vec::new(),
        files: Vec::new(),
        key_name: params.get("KeyName").map(str::to_owned),
        user_data: params.get("UserData").map(str::to_owned),
        config_drive: false,
        auto_disk: false,
        password: None,
        groups: plug.groups.clone().unwrap_or_default(),
        networks: NetworkChoice::These(vec![plug]),
        zone: None,
        access_v4: String::new(),
        access_v6: String::new(),
        certificates: None,
        hints: None,
        group: placed(region)?,
        disks,
    };
    Ok((spec, image.id))
}

/// The world's id of the placement group that is asked for.
fn placed(region: &Region<'_>) -> Outcome<Option<String>> {
    let zone = region.params.inner("Placement");
    match (zone.get("GroupName"), zone.get("GroupId")) {
        (Some(_), Some(_)) => {
            Err(Refused::combination("A placement group goes by its name or its id, not by both."))
        }
        (Some(name), None) => Ok(Some(placement::named(region, name)?.id.clone())),
        (None, Some(id)) => Ok(Some(placement::by_id(region, id)?.id.clone())),
        (None, None) => Ok(None),
    }
}

fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text.replace(['\n', '\r'], "")).is_ok()
}

/// The subnet, the address and the groups: given by themselves, or as those of the one network interface.
fn plug(region: &mut Region<'_>) -> Outcome<Plug> {
    let interfaces = region.params.records("NetworkInterface");
    if interfaces.len() > 1 {
        return Err(Refused::unsupported("The simulated cloud gives an instance one network interface."));
    }
    let own = interfaces.into_iter().next();
    let beside = ["SubnetId", "SecurityGroupId", "SecurityGroup", "PrivateIpAddress"];
    if own.is_some() && beside.iter().any(|name| region.params.has(name)) {
        let message = "Network interfaces and an instance-level subnet ID or security groups may not be specified on the \
                       same request";
        return Err(Refused::combination(message));
    }
    if let Some(id) = own.as_ref().and_then(|own| own.get("NetworkInterfaceId")) {
        return existing(region, id);
    }
    let (asked, ids) = match &own {
        Some(own) => (own.clone(), own.list("SecurityGroupId")),
        None => (region.params.clone(), region.params.list("SecurityGroupId")),
    };
    let subnet = match asked.get("SubnetId") {
        Some(id) => vpc::subnet(region, id)?.clone(),
        None => {
            let missing = || {
                let message = "No subnets found for the default VPC. Please specify a subnet.";
                Refused::new("MissingInput", message)
            };
            vpc::default_subnet(region).ok_or_else(missing)?
        }
    };
    let address = match asked.get("PrivateIpAddress") {
        None => None,
        Some(text) => {
            let wrong = || Refused::value(format!("Invalid value '{text}' for PrivateIpAddress."));
            let address = text.parse().map_err(|_| wrong())?;
            if !subnet.holds(address) {
                let message = format!("Address {text} does not fall within the subnet's address range");
                return Err(Refused::value(message));
            }
            if subnet.is_used(address) {
                let message = format!("Address {text} is in use.");
                return Err(Refused::new("InvalidIPAddress.InUse", message));
            }
            Some(address)
        }
    };
    if region.params.number("MaxCount")?.is_some_and(|most| address.is_some() && most > 1) {
        return Err(Refused::combination("An address can be given to one instance only."));
    }
    let names = asked.list("SecurityGroup");
    let mut groups = Vec::new();
    for id in &ids {
        let id = group::by_id(region, id)?.id.clone();
        if !groups.contains(&id) {
            groups.push(id);
        }
    }
    for name in &names {
        let id = group::by_name(region, name)?.id.clone();
        if !groups.contains(&id) {
            groups.push(id);
        }
    }
    if groups.is_empty() {
        let project = region.project().to_owned();
        groups.push(region.world.default_group(&project));
    }
    let (subnet, network) = (subnet.id, subnet.network);
    Ok(Plug { network, subnet: Some(subnet), address, groups: Some(groups), ..Plug::default() })
}

/// An interface that is there already has its own subnet, address and groups.
fn existing(region: &Region<'_>, id: &str) -> Outcome<Plug> {
    let (port, held) = interface::named(region, id)?;
    if held {
        let message = format!("Interface: [{id}] in use.");
        return Err(Refused::new("InvalidNetworkInterface.InUse", message));
    }
    if region.params.number("MaxCount")?.is_some_and(|most| most > 1) {
        return Err(Refused::combination("A network interface can be given to one instance only."));
    }
    let network = region.world.port(&port).map(|port| port.network.clone()).unwrap_or_default();
    Ok(Plug { network, port: Some(port), ..Plug::default() })
}

/// The volumes of a new instance: its root, and what the mappings add.
fn disks(region: &Region<'_>, image: &crate::world::Image) -> Outcome<Vec<Disk>> {
    let own = region.ledger.shots.get(&image.id).map(|shot| shot.disks.clone()).unwrap_or_default();
    let own: Vec<_> =
        own.iter().filter_map(|(device, copy)| Some((device, region.world.snapshot(copy)?))).collect();
    let copied = own.iter().find(|(device, _)| *device == ROOT).map(|(_, copy)| copy.size_gib);
    let least = copied.unwrap_or(1).max(image.min_disk_gib);
    let disk = |source: Source, size: i64, device: &str| Disk {
        source,
        size_gib: Some(size),
        kind: None,
        device: Some(device.to_owned()),
        root: device == ROOT,
        goes: true,
        tag: None,
    };
    let size = copied.unwrap_or(ROOT_GIB).max(least);
    let mut disks = vec![disk(Source::Image(image.id.clone()), size, ROOT)];
    let others = own.iter().filter(|(device, _)| *device != ROOT);
    disks.extend(others.map(|(device, copy)| disk(Source::Snapshot(copy.id.clone()), copy.size_gib, device)));
    for mapping in region.params.records("BlockDeviceMapping") {
        let device = mapping.need("DeviceName").map_err(|_| Refused::missing("DeviceName"))?;
        if mapping.has("NoDevice") || mapping.has("VirtualName") {
            disks.retain(|disk| disk.root || disk.device.as_deref() != Some(device));
            continue;
        }
        let ebs = mapping.inner("Ebs");
        let (size, goes) = (ebs.number("VolumeSize")?, ebs.choice("DeleteOnTermination")?);
        if device == ROOT {
            if let Some(size) = size {
                if size < least {
                    let message = format!(
                        "Volume of size {size}GB is smaller than the image, expect size >= {least}GB"
                    );
                    return Err(Refused::new("InvalidBlockDeviceMapping", message));
                }
                disks[0].size_gib = Some(size);
            }
            disks[0].goes = goes.unwrap_or(true);
            continue;
        }
        disks.retain(|disk| disk.device.as_deref() != Some(device));
        let source = match ebs.get("SnapshotId") {
            Some(id) => Source::Snapshot(crate::aws::snapshot::named(region, id)?.id.clone()),
            None if size.is_some() => Source::Blank,
            None => {
                let message =
                    format!("The parameter 'volumeSize' or 'snapshotId' is missing for '{device}'.");
                return Err(Refused::new("InvalidBlockDeviceMapping", message));
            }
        };
        disks.push(Disk { size_gib: size, goes: goes.unwrap_or(true), ..disk(source, 0, device) });
    }
    Ok(disks)
}
