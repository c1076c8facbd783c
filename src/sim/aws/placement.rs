//! Placement groups: the world's server groups. A cluster keeps its instances together, a spread apart.

use super::call::{Action, Told, asks, does};
use super::filter::Filters;
use super::ids::PLACEMENT;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::ServerGroup;

pub(super) static ACTIONS: &[Action] = &[
    asks("ec2.DescribePlacementGroups", &["GroupName", "GroupId", "Filter"], list),
    does(
        "ec2.CreatePlacementGroup",
        &["GroupName", "Strategy", "PartitionCount", "SpreadLevel", "TagSpecification"],
        create,
    ),
    does("ec2.DeletePlacementGroup", &["GroupName"], delete),
];

/// How many instances of a spread one host may have: EC2 takes seven in a zone.
const SPREAD: i64 = 4;

/// EC2's word for a policy.
fn strategy(policy: &str) -> &str {
    match policy {
        "affinity" | "soft-affinity" => "cluster",
        "anti-affinity" | "soft-anti-affinity" => "spread",
        other => other,
    }
}

fn own<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a ServerGroup> {
    region.world.server_groups.iter().filter(|group| group.project == region.asker.project)
}

/// The group of this name, which is what EC2 knows one by.
pub(super) fn named<'a>(region: &'a Region<'_>, name: &str) -> Outcome<&'a ServerGroup> {
    let unknown =
        || Refused::new("InvalidPlacementGroup.Unknown", format!("The Placement Group '{name}' is unknown."));
    own(region).find(|group| group.name == name).ok_or_else(unknown)
}

/// The group of this id.
pub(super) fn by_id<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a ServerGroup> {
    PLACEMENT.formed(id)?;
    own(region).find(|group| PLACEMENT.is(id, &group.id)).ok_or_else(|| PLACEMENT.missing(&[id]))
}

fn write(region: &Region<'_>, xml: &mut Xml, group: &ServerGroup) {
    let id = PLACEMENT.id(&group.id);
    let strategy = strategy(&group.policy);
    xml.text("groupName", &group.name).text("state", "available").text("strategy", strategy);
    if strategy == "partition" {
        xml.text("partitionCount", group.per_host.unwrap_or(2));
    }
    if strategy == "spread" {
        xml.text("spreadLevel", "rack");
    }
    xml.text("groupId", &id).tags(&tags_of(region, &id));
    xml.text(
        "groupArn",
        format!("arn:aws:ec2:{}:{}:placement-group/{}", super::REGION, region.account, group.name),
    );
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    let name = params.need("GroupName")?.to_owned();
    if named(region, &name).is_ok() {
        let message = format!("The Placement Group '{name}' already exists.");
        return Err(Refused::new("InvalidPlacementGroup.Duplicate", message));
    }
    let partitions = params.number("PartitionCount")?;
    let (policy, per_host) = match params.get("Strategy").unwrap_or("cluster") {
        "cluster" => ("affinity", None),
        "spread" => ("anti-affinity", Some(SPREAD)),
        "partition" => ("partition", partitions),
        other => {
            let message = format!("Value ({other}) for parameter strategy is invalid. Unknown strategy.");
            return Err(Refused::value(message));
        }
    };
    if partitions.is_some() && policy != "partition" {
        let message = "PartitionCount is valid only when the strategy is set to 'partition'";
        return Err(Refused::combination(message));
    }
    let tags = region.given_tags(PLACEMENT)?;
    let group = ServerGroup {
        id: String::new(),
        name: name.clone(),
        project: region.project().to_owned(),
        user: region.asker.user.clone(),
        policy: policy.to_owned(),
        per_host,
    };
    let id = PLACEMENT.id(&region.world.create_server_group(group)?);
    keep(region, &id, tags);
    let mut xml = Xml::default();
    xml.text("return", true);
    let group = named(region, &name)?;
    xml.node("placementGroup", |xml| write(region, xml, group));
    Ok(Told::from(xml).about(&id, &name))
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let name = region.params.need("GroupName")?.to_owned();
    let own = named(region, &name)?.id.clone();
    if region.world.members(&own).next().is_some() {
        let message = format!("The placement group '{name}' is in use and may not be deleted.");
        return Err(Refused::new("InvalidPlacementGroup.InUse", message));
    }
    region.world.server_groups.retain(|group| group.id != own);
    let id = PLACEMENT.id(&own);
    region.ledger.tags.remove(&id);
    Ok(Told::done().about(&id, &name))
}

const KNOWN: [&str; 5] = ["group-arn", "group-name", "spread-level", "state", "strategy"];

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &KNOWN)?;
    let (names, ids) = (region.params.list("GroupName"), region.params.list("GroupId"));
    for name in &names {
        named(region, name)?;
    }
    for id in &ids {
        by_id(region, id)?;
    }
    let wanted = |group: &&ServerGroup| {
        let id = PLACEMENT.id(&group.id);
        (names.is_empty() || names.contains(&group.name))
            && (ids.is_empty() || ids.contains(&id))
            && filters.fit(&tags_of(region, &id), |name| match name {
                "group-name" => vec![group.name.clone()],
                "state" => vec!["available".to_owned()],
                "strategy" => vec![strategy(&group.policy).to_owned()],
                _ => Vec::new(),
            })
    };
    let mut xml = Xml::default();
    xml.set("placementGroupSet", own(region).filter(wanted), |xml, group| write(region, xml, group));
    Ok(xml.into())
}
