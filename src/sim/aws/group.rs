//! Security groups. In the world a group is its project's; here it belongs to a VPC, the default one unless another was
//! named when it was made.

use super::call::{Action, Told, asks, does};
use super::filter::{Filters, page};
use super::ids::{GROUP, VPC};
use super::permission::{self, Way};
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::vpc;
use super::xml::Xml;
use crate::world::{Group, Refusal};

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.CreateSecurityGroup", &["GroupName", "GroupDescription", "VpcId", "TagSpecification"], create),
    does("ec2.DeleteSecurityGroup", &["GroupId", "GroupName"], delete),
    asks("ec2.DescribeSecurityGroups", &["GroupId", "GroupName", "Filter", "MaxResults", "NextToken"], list),
];

/// The groups of the caller's.
pub(super) fn own<'a>(region: &'a Region<'_>) -> impl Iterator<Item = &'a Group> {
    region.world.groups.iter().filter(|group| group.project == region.asker.project)
}

/// A group of another account, which everybody may let in who knows both.
pub(super) fn of_another<'a>(region: &'a Region<'_>, id: &str, owner: &str) -> Outcome<&'a Group> {
    GROUP.formed(id)?;
    let meant = |group: &&Group| GROUP.is(id, &group.id) && super::keys::account(&group.project) == owner;
    region.world.groups.iter().find(meant).ok_or_else(|| GROUP.missing(&[id]))
}

/// The group of this id.
pub(super) fn by_id<'a>(region: &'a Region<'_>, id: &str) -> Outcome<&'a Group> {
    GROUP.formed(id)?;
    own(region).find(|group| GROUP.is(id, &group.id)).ok_or_else(|| GROUP.missing(&[id]))
}

/// The group of this name in the default VPC.
pub(super) fn by_name<'a>(region: &'a Region<'_>, name: &str) -> Outcome<&'a Group> {
    let found = own(region).find(|group| group.name == name && !region.ledger.homes.contains_key(&group.id));
    found.ok_or_else(|| {
        let home = vpc::default(region).map_or_else(String::new, |vpc| vpc.id);
        let message = format!("The security group '{name}' does not exist in default VPC '{home}'");
        Refused::new("InvalidGroup.NotFound", message)
    })
}

/// The group that a request names by id or by name.
pub(super) fn named<'a>(region: &'a Region<'_>) -> Outcome<&'a Group> {
    match (region.params.get("GroupId"), region.params.get("GroupName")) {
        (Some(id), _) => by_id(region, id),
        (None, Some(name)) => by_name(region, name),
        (None, None) => Err(Refused::missing("GroupId")),
    }
}

/// The id of a group's VPC.
pub(super) fn home(region: &Region<'_>, group: &Group) -> String {
    match region.ledger.homes.get(&group.id) {
        Some(network) => VPC.id(network),
        None => vpc::default(region).map_or_else(String::new, |vpc| vpc.id),
    }
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let params = region.params;
    // The project's own is there before the first one is added.
    let project = region.project().to_owned();
    region.world.default_group(&project);
    let (name, description) = (params.need("GroupName")?, params.need("GroupDescription")?);
    if name.len() > 255 || name.starts_with("sg-") {
        let message = format!(
            "Invalid security group name '{name}': it has at most 255 characters and begins otherwise than 'sg-'."
        );
        return Err(Refused::value(message));
    }
    let network = match params.get("VpcId") {
        Some(id) => Some(vpc::named(region, id)?),
        None => vpc::default(region),
    };
    let Some(network) = network else {
        return Err(Refused::new("VPCIdNotSpecified", "No default VPC for this user"));
    };
    let tags = region.given_tags(GROUP)?;
    if own(region).any(|group| group.name == name && home(region, group) == network.id) {
        let message = format!("The security group '{name}' already exists for VPC '{}'", network.id);
        return Err(Refused::new("InvalidGroup.Duplicate", message));
    }
    let made = match region.world.create_group(&project, name, description) {
        Err(Refusal::DefaultGroup) => {
            let message = format!("Cannot use reserved security group name: {name}");
            return Err(Refused::new("InvalidGroup.Reserved", message));
        }
        made => made?,
    };
    if !network.is_default {
        region.ledger.homes.insert(made.clone(), network.own.clone());
    }
    let id = GROUP.id(&made);
    keep(region, &id, tags.clone());
    let mut xml = Xml::default();
    xml.text("return", true)
        .text("groupId", &id)
        .tags(&tags)
        .text("securityGroupArn", region.arn(GROUP, &id));
    Ok(Told::from(xml).about(&id, name))
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let group = named(region)?;
    let (own_id, name, id) = (group.id.clone(), group.name.clone(), GROUP.id(&group.id));
    let depends = || {
        let message = format!("resource {id} has a dependent object");
        Refused::new("DependencyViolation", message)
    };
    if name == "default" {
        let message = "the specified group: \"default\" cannot be deleted by a user";
        return Err(Refused::new("CannotDelete", message));
    }
    let named = |other: &Group| {
        other.id != own_id && other.rules.iter().any(|rule| rule.group.as_ref() == Some(&own_id))
    };
    if own(region).any(named) {
        return Err(depends());
    }
    match region.world.delete_group(&own_id) {
        Err(Refusal::GroupInUse(_)) => return Err(depends()),
        done => done?,
    }
    region.ledger.tags.remove(&id);
    region.ledger.homes.remove(&own_id);
    let mut told = Told::done().about(&id, &name);
    told.xml.text("groupId", &id);
    Ok(told)
}

const KNOWN: [&str; 17] = [
    "description",
    "egress.ip-permission.cidr",
    "egress.ip-permission.from-port",
    "egress.ip-permission.group-id",
    "egress.ip-permission.protocol",
    "egress.ip-permission.to-port",
    "group-id",
    "group-name",
    "ip-permission.cidr",
    "ip-permission.from-port",
    "ip-permission.group-id",
    "ip-permission.group-name",
    "ip-permission.protocol",
    "ip-permission.to-port",
    "ip-permission.user-id",
    "owner-id",
    "vpc-id",
];

fn values(region: &Region<'_>, group: &Group, name: &str) -> Vec<String> {
    match name {
        "description" => vec![group.standing.description.clone()],
        "group-id" => vec![GROUP.id(&group.id)],
        "group-name" => vec![group.name.clone()],
        "owner-id" => vec![region.account.clone()],
        "vpc-id" => vec![home(region, group)],
        other => {
            let (way, part) = match other.strip_prefix("egress.ip-permission.") {
                Some(part) => (Way::Out, part),
                None => (Way::In, other.strip_prefix("ip-permission.").unwrap_or_default()),
            };
            permission::shown(group, way).flat_map(|rule| permission::values(region, rule, part)).collect()
        }
    }
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let project = region.project().to_owned();
    region.world.default_group(&project);
    let filters = Filters::read(region.params, &KNOWN)?;
    let (ids, names) = (region.params.list("GroupId"), region.params.list("GroupName"));
    for id in &ids {
        by_id(region, id)?;
    }
    for name in &names {
        by_name(region, name)?;
    }
    let asked = |group: &Group| {
        let all = ids.is_empty() && names.is_empty();
        let named = names.contains(&group.name) && !region.ledger.homes.contains_key(&group.id);
        all || named || ids.iter().any(|id| GROUP.is(id, &group.id))
    };
    let wanted = |group: &&Group| {
        asked(group)
            && filters.fit(&tags_of(region, &GROUP.id(&group.id)), |name| values(region, group, name))
    };
    let rows: Vec<&Group> = own(region).filter(wanted).collect();
    let (rows, next) = page(region.params, "GroupId", |group| group.id.clone(), rows)?;
    let mut xml = Xml::default();
    xml.set("securityGroupInfo", rows, |xml, group| {
        let id = GROUP.id(&group.id);
        xml.text("ownerId", &region.account).text("groupId", &id).text("groupName", &group.name);
        xml.text("groupDescription", &group.standing.description).text("vpcId", home(region, group));
        permission::write(region, xml, "ipPermissions", permission::shown(group, Way::In));
        permission::write(region, xml, "ipPermissionsEgress", permission::shown(group, Way::Out));
        xml.tags(&tags_of(region, &id)).text("securityGroupArn", region.arn(GROUP, &id));
    });
    xml.some("nextToken", next);
    Ok(xml.into())
}
