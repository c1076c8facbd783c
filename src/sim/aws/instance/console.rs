//! What an instance's console printed, and its administrator's password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::view::console;
use super::{Life, shown};
use crate::aws::call::{Action, Told, asks};
use crate::aws::refused::{Outcome, Refused};
use crate::aws::scope::Region;
use crate::aws::xml::Xml;

pub(in crate::aws) static ACTIONS: &[Action] = &[
    asks("ec2.GetConsoleOutput", &["InstanceId", "Latest"], output),
    asks("ec2.GetConsoleScreenshot", &["InstanceId", "WakeUp"], screenshot),
    asks("ec2.GetPasswordData", &["InstanceId"], password),
];

fn output(region: &mut Region<'_>) -> Outcome<Told> {
    let at = region.instance(region.params.need("InstanceId")?)?;
    let row = shown(region, &region.world.servers[at]);
    // Nothing was printed yet, or is kept any more.
    let silent = matches!(row.life, Life::Pending | Life::Terminated);
    let text = if silent {
        String::new()
    } else {
        let set = region.world.consoles.get(&region.world.servers[at].id);
        STANDARD.encode(set.cloned().unwrap_or_else(|| console(&row)))
    };
    let mut xml = Xml::default();
    xml.text("instanceId", &row.id).time("timestamp", row.server.updated).text("output", text);
    Ok(xml.into())
}

/// The smallest picture that readers of JPEG take: one grey point.
const PICTURE: &str = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=";

/// What a screen shows exists while an instance runs.
fn screenshot(region: &mut Region<'_>) -> Outcome<Told> {
    let at = region.instance(region.params.need("InstanceId")?)?;
    let row = shown(region, &region.world.servers[at]);
    if row.life != Life::Running {
        return Err(Refused::state(&row.id, "seen"));
    }
    let mut xml = Xml::default();
    xml.text("imageData", PICTURE).text("instanceId", &row.id);
    Ok(xml.into())
}

/// Only Windows has one; EC2 answers for all others too, with nothing.
fn password(region: &mut Region<'_>) -> Outcome<Told> {
    let at = region.instance(region.params.need("InstanceId")?)?;
    let row = shown(region, &region.world.servers[at]);
    let mut xml = Xml::default();
    xml.text("instanceId", &row.id).time("timestamp", row.server.updated).text("passwordData", "");
    Ok(xml.into())
}
