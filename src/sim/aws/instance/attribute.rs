//! Attributes of an instance, one at a time: `Describe-`, `Modify-` and `ResetInstanceAttribute`.

use super::{Life, ROOT, shown};
use crate::aws::call::{Action, Told, asks, does};
use crate::aws::group;
use crate::aws::ids::INSTANCE;
use crate::aws::instance_type::flavor;
use crate::aws::params::Params;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::aws::xml::Xml;
use crate::world::Refusal;

pub(in crate::aws) static ACTIONS: &[Action] = &[
    asks("ec2.DescribeInstanceAttribute", &["InstanceId", "Attribute"], describe),
    does(
        "ec2.ModifyInstanceAttribute",
        &[
            "InstanceId",
            "Attribute",
            "Value",
            "InstanceType",
            "DisableApiTermination",
            "DisableApiStop",
            "InstanceInitiatedShutdownBehavior",
            "UserData",
            "SourceDestCheck",
            "GroupId",
            "EbsOptimized",
            "BlockDeviceMapping",
        ],
        modify,
    ),
    does("ec2.ResetInstanceAttribute", &["InstanceId", "Attribute"], reset),
];

fn describe(region: &mut Region<'_>) -> Outcome<Told> {
    let at = region.instance(region.params.need("InstanceId")?)?;
    let name = region.params.need("Attribute")?;
    let row = shown(region, &region.world.servers[at]);
    let mut xml = Xml::default();
    xml.text("instanceId", &row.id);
    let value = match name {
        "instanceType" => Some(row.server.flavor.name.clone()),
        "userData" => row.server.user_data.clone(),
        "disableApiTermination" => Some(row.mark.kept.to_string()),
        "disableApiStop" => Some(row.mark.running.to_string()),
        "instanceInitiatedShutdownBehavior" => {
            Some(if row.mark.ends { "terminate" } else { "stop" }.to_owned())
        }
        "rootDeviceName" => Some(ROOT.to_owned()),
        "sourceDestCheck" => Some((!row.mark.unchecked).to_string()),
        "ebsOptimized" => Some(row.mark.ebs_optimized.to_string()),
        "enaSupport" => Some("true".to_owned()),
        "sriovNetSupport" => Some("simple".to_owned()),
        "kernel" | "ramdisk" => None,
        "productCodes" => {
            xml.node("productCodes", |_| {});
            return Ok(xml.into());
        }
        "groupSet" => {
            xml.set("groupSet", &row.groups, |xml, (id, name)| {
                xml.text("groupId", id).text("groupName", name);
            });
            return Ok(xml.into());
        }
        "blockDeviceMapping" => {
            xml.set("blockDeviceMapping", &row.held, |xml, held| {
                xml.text("deviceName", &held.device).node("ebs", |xml| {
                    xml.text("volumeId", &held.volume).text("status", held.status);
                    xml.time("attachTime", held.attached).text("deleteOnTermination", held.goes);
                });
            });
            return Ok(xml.into());
        }
        other => {
            let message = format!("Value ({other}) for parameter attribute is invalid. Unknown attribute.");
            return Err(Refused::value(message));
        }
    };
    xml.node(name, |xml| {
        xml.some("value", value);
    });
    Ok(xml.into())
}

/// The attributes that a request sets: each by its own name, or one by `Attribute` and `Value`.
fn asked(params: &Params) -> Outcome<Params> {
    let mut asked = Params::default();
    for name in [
        "InstanceType",
        "DisableApiTermination",
        "DisableApiStop",
        "InstanceInitiatedShutdownBehavior",
        "UserData",
        "SourceDestCheck",
        "EbsOptimized",
    ] {
        if let Some(value) = params.raw(&format!("{name}.Value")).or_else(|| params.raw(name)) {
            asked.0.push((name.to_owned(), value.to_owned()));
        }
    }
    if let Some(name) = params.get("Attribute") {
        let value = params.raw("Value").ok_or_else(|| Refused::missing("Value"))?;
        let mut letters = name.chars();
        let name: String =
            letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect();
        asked.0.push((name, value.to_owned()));
    }
    Ok(asked)
}

fn stopped(region: &Region<'_>, at: usize) -> Outcome<()> {
    let server = &region.world.servers[at];
    if Life::of(server) == Life::Stopped {
        return Ok(());
    }
    let message = format!("The instance '{}' is not in the 'stopped' state.", INSTANCE.id(&server.id));
    Err(Refused::new("IncorrectInstanceState", message))
}

fn modify(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let at = region.instance(params.need("InstanceId")?)?;
    let asked = asked(params)?;
    let groups = params.list("GroupId");
    let disks = params.records("BlockDeviceMapping");
    if asked.0.len() + usize::from(!groups.is_empty()) + usize::from(!disks.is_empty()) != 1 {
        return Err(Refused::combination("Specify exactly one attribute to modify."));
    }
    if let Some(name) = asked.get("InstanceType") {
        stopped(region, at)?;
        resize(region, at, name)?;
    }
    if let Some(text) = asked.raw("UserData") {
        stopped(region, at)?;
        region.world.servers[at].user_data = Some(text.to_owned()).filter(|text| !text.is_empty());
    }
    if let Some(on) = asked.choice("DisableApiTermination")? {
        region.note(at).kept = on;
    }
    if let Some(on) = asked.choice("DisableApiStop")? {
        region.note(at).running = on;
    }
    if let Some(on) = asked.choice("SourceDestCheck")? {
        region.note(at).unchecked = !on;
    }
    if let Some(on) = asked.choice("EbsOptimized")? {
        stopped(region, at)?;
        region.note(at).ebs_optimized = on;
    }
    match asked.get("InstanceInitiatedShutdownBehavior") {
        Some(word @ ("stop" | "terminate")) => region.note(at).ends = word == "terminate",
        Some(other) => {
            let message = format!("Invalid value '{other}' for InstanceInitiatedShutdownBehavior.");
            return Err(Refused::new("InvalidInstanceAttributeValue", message));
        }
        None => {}
    }
    if !groups.is_empty() {
        let groups =
            groups.iter().map(|id| Ok(group::by_id(region, id)?.id.clone())).collect::<Outcome<Vec<_>>>()?;
        region.world.set_groups(at, &groups)?;
    }
    for disk in disks {
        let device = disk.need("DeviceName")?;
        let goes = disk.inner("Ebs").choice("DeleteOnTermination")?;
        let server = region.world.servers[at].id.clone();
        let held = region.world.attached(&server).into_iter().find(|row| row.1.device == device);
        let Some(volume) = held.map(|row| row.0.id.clone()) else {
            let message = format!("No device is currently mapped at {device}");
            return Err(Refused::new("InvalidInstanceAttributeValue", message));
        };
        if let Some(goes) = goes {
            region.world.set_goes(&server, &volume, goes)?;
        }
    }
    let server = &region.world.servers[at];
    Ok(Told::done().about(&INSTANCE.id(&server.id), &server.name))
}

fn resize(region: &mut Region<'_>, at: usize, name: &str) -> Outcome<()> {
    let unknown = |_| {
        let message = format!("The instance type '{name}' is not one that there is.");
        Refused::new("InvalidInstanceAttributeValue", message)
    };
    let flavor = flavor(region, name).map_err(unknown)?;
    match region.world.may_resize(at, &flavor) {
        // EC2 counts the cores of what runs.
        Ok(()) | Err(Refusal::SameFlavor | Refusal::OverQuota { .. }) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    let now = region.now();
    let server = &mut region.world.servers[at];
    server.flavor = flavor;
    server.updated = now;
    Ok(())
}

fn reset(region: &mut Region<'_>) -> Outcome<Told> {
    let at = region.instance(region.params.need("InstanceId")?)?;
    match region.params.need("Attribute")? {
        "sourceDestCheck" => region.note(at).unchecked = false,
        "kernel" | "ramdisk" => stopped(region, at)?,
        other => {
            let message = format!("Value ({other}) for parameter attribute is invalid. Unknown attribute.");
            return Err(Refused::value(message));
        }
    }
    Ok(Told::done())
}
