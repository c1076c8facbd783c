//! Who may start an image beside its owner.

use super::call::{Action, Told, asks, does};
use super::image::named;
use super::keys::account;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::xml::Xml;
use crate::world::Member;

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.ModifyImageAttribute", &["ImageId", "LaunchPermission"], share),
    asks("ec2.DescribeImageAttribute", &["ImageId", "Attribute"], attribute),
];

/// An image of the caller's own, by its place in the world.
fn own(region: &Region<'_>, id: &str) -> Outcome<usize> {
    let image = named(region, id)?;
    let place = region.world.images.iter().position(|other| other.id == image.id);
    match place.filter(|_| image.owner == region.asker.project) {
        Some(place) => Ok(place),
        None => Err(Refused::with(401, "AuthFailure", format!("Not authorized for image:{id}"))),
    }
}

/// The world's project of an account; one of another cloud goes by its number.
fn project_of(region: &Region<'_>, number: &str) -> String {
    let known = region.world.projects.iter().find(|project| account(&project.id) == number);
    known.map_or_else(|| number.to_owned(), |project| project.id.clone())
}

fn share(region: &mut Region<'_>) -> Outcome<Told> {
    let id = region.params.need("ImageId")?.to_owned();
    let at = own(region, &id)?;
    let of = |change: &str| -> Vec<String> {
        let all = region.params.records(&format!("LaunchPermission.{change}"));
        all.iter().filter_map(|one| one.get("UserId").map(str::to_owned)).collect()
    };
    let (added, removed) = (of("Add"), of("Remove"));
    if added.is_empty() && removed.is_empty() {
        let message = "The request must contain the parameter LaunchPermission";
        return Err(Refused::new("MissingParameter", message));
    }
    let is_number = |text: &&String| text.len() != 12 || !text.bytes().all(|letter| letter.is_ascii_digit());
    if let Some(odd) = added.iter().chain(&removed).find(is_number) {
        let message = format!("Invalid attribute item value \"{odd}\" for userId item type.");
        return Err(Refused::new("InvalidAMIAttributeItemValue", message));
    }
    let now = region.world.now();
    let added: Vec<String> = added.iter().map(|number| project_of(region, number)).collect();
    let removed: Vec<String> = removed.iter().map(|number| project_of(region, number)).collect();
    let image = &mut region.world.images[at];
    for project in added {
        if !image.members.iter().any(|member| member.project == project) {
            image.members.push(Member { project, status: "accepted".into(), created: now, updated: now });
        }
    }
    image.members.retain(|member| !removed.contains(&member.project));
    if image.visibility != "public" {
        image.visibility = if image.members.is_empty() { "private" } else { "shared" }.into();
    }
    let name = image.name.clone().unwrap_or_default();
    Ok(Told::done().about(&id, &name))
}

fn attribute(region: &mut Region<'_>) -> Outcome<Told> {
    let (id, wanted) = (region.params.need("ImageId")?, region.params.need("Attribute")?);
    let image = &region.world.images[own(region, id)?];
    let mut xml = Xml::default();
    xml.text("imageId", id);
    match wanted {
        "launchPermission" => {
            xml.set("launchPermission", image.members.iter(), |xml, member| {
                let number = member.project.len() == 12 && member.project.parse::<u64>().is_ok();
                let shown = if number { member.project.clone() } else { account(&member.project) };
                xml.text("userId", shown);
            });
        }
        "description" => {
            let shot = region.ledger.shots.get(&image.id);
            let text = shot.map(|shot| shot.description.clone()).unwrap_or_default();
            xml.node("description", |xml| {
                xml.text("value", text);
            });
        }
        other => {
            let message = format!("Value ({other}) for parameter attribute is invalid. Unknown attribute.");
            return Err(Refused::new("InvalidParameterValue", message));
        }
    }
    Ok(xml.into())
}
