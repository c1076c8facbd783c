//! Tags: of instances, volumes and their snapshots they are the world's names and metadata; of all else they stand in the
//! ledger.

use super::call::{Action, Told, asks, does};
use super::filter::{Filters, page};
use super::ids::{
    ADDRESS, GROUP, IMAGE, INSTANCE, INTERFACE, KEY, Kind, PLACEMENT, RULE, SNAPSHOT, SUBNET, VOLUME, VPC,
};
use super::params::Params;
use super::refused::{Outcome, Refused};
use super::scope::{Region, server_tags};
use super::xml::Xml;
use crate::world::{Pairs, put};

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.CreateTags", &["ResourceId", "Tag"], create),
    does("ec2.DeleteTags", &["ResourceId", "Tag"], delete),
    asks("ec2.DescribeTags", &["Filter", "MaxResults", "NextToken"], list),
];

/// The most tags that a resource may have.
const MOST: usize = 50;

const KINDS: [Kind; 12] =
    [INSTANCE, IMAGE, VOLUME, SNAPSHOT, GROUP, RULE, VPC, SUBNET, ADDRESS, INTERFACE, PLACEMENT, KEY];

/// The tags `Tag.1.Key`, `Tag.1.Value`, … of a request or a specification in it.
pub(super) fn read(params: &Params) -> Outcome<Pairs> {
    let mut tags = Pairs::new();
    for record in params.records("Tag") {
        let key = record.get("Key").ok_or_else(|| Refused::missing("Tag.Key"))?;
        let value = record.raw("Value").unwrap_or_default();
        if key.starts_with("aws:") {
            let message = "Tag keys starting with 'aws:' are reserved for internal use";
            return Err(Refused::value(message));
        }
        if key.chars().count() > 127 || value.chars().count() > 255 {
            return Err(Refused::value(
                "Tag keys have at most 127 characters, and their values at most 255.",
            ));
        }
        if tags.iter().any(|(other, _)| other == key) {
            return Err(Refused::value(format!("Duplicate tag key '{key}' specified.")));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

/// The tags of a resource by its id in EC2's form.
pub(super) fn tags_of(region: &Region<'_>, id: &str) -> Pairs {
    let server = region.world.servers.iter().find(|server| INSTANCE.is(id, &server.id));
    if let Some(server) = server {
        return server_tags(server);
    }
    let named = |name: &Option<String>, metadata: &Pairs| {
        let name = name.iter().filter(|name| !name.is_empty());
        let mut tags: Pairs = name.map(|name| ("Name".to_owned(), name.clone())).collect();
        tags.extend(metadata.iter().filter(|(key, _)| key != "Name").cloned());
        tags
    };
    if let Some(volume) = region.world.volumes.iter().find(|volume| VOLUME.is(id, &volume.id)) {
        return named(&volume.name, &volume.metadata);
    }
    if let Some(copy) = region.world.snapshots.iter().find(|copy| SNAPSHOT.is(id, &copy.id)) {
        return named(&copy.name, &copy.metadata);
    }
    let mut tags = region.ledger.tags.get(id).cloned().unwrap_or_default();
    // An interface's name is the port's.
    let port = region.world.all_ports().find(|port| INTERFACE.is(id, &port.id));
    if let Some(port) = port.filter(|port| !port.name.is_empty()) {
        tags.insert(0, ("Name".to_owned(), port.name.clone()));
    }
    tags
}

/// Gives a resource these tags and no others.
pub(super) fn keep(region: &mut Region<'_>, id: &str, tags: Pairs) {
    let name = tags.iter().find(|(key, _)| key == "Name").map(|(_, name)| name.clone());
    let rest = || tags.iter().filter(|(key, _)| key != "Name").cloned().collect::<Pairs>();
    let now = region.now();
    if let Some(server) = region.world.servers.iter_mut().find(|server| INSTANCE.is(id, &server.id)) {
        server.metadata = rest();
        server.name = name.unwrap_or_else(|| INSTANCE.id(&server.id));
        server.updated = now;
    } else if let Some(volume) = region.world.volumes.iter_mut().find(|volume| VOLUME.is(id, &volume.id)) {
        volume.metadata = rest();
        volume.name = name;
    } else if let Some(copy) = region.world.snapshots.iter_mut().find(|copy| SNAPSHOT.is(id, &copy.id)) {
        copy.metadata = rest();
        copy.name = name;
    } else if let Some(port) = port_of(region, id) {
        port.name = name.unwrap_or_default();
        let rest = rest();
        region.ledger.tags.insert(id.to_owned(), rest);
    } else if tags.is_empty() {
        region.ledger.tags.remove(id);
    } else {
        region.ledger.tags.insert(id.to_owned(), tags);
    }
}

fn port_of<'a>(region: &'a mut Region<'_>, id: &str) -> Option<&'a mut crate::world::Port> {
    let own = region.world.all_ports().find(|port| INTERFACE.is(id, &port.id))?.id.clone();
    region.world.port_mut(&own)
}

/// The ids of everything of the caller's that can have tags, with its kind.
fn all(region: &Region<'_>) -> Vec<(Kind, String)> {
    let project = region.project();
    let mut found: Vec<(Kind, String)> = Vec::new();
    let mut add = |kind: Kind, id: &str| found.push((kind, kind.id(id)));
    region.world.servers.iter().filter(|server| region.sees(server)).for_each(|one| add(INSTANCE, &one.id));
    super::volume::own(region).for_each(|volume| add(VOLUME, &volume.id));
    super::snapshot::own(region).for_each(|copy| add(SNAPSHOT, &copy.id));
    region.world.images.iter().filter(|image| image.owner == project).for_each(|image| add(IMAGE, &image.id));
    for group in region.world.groups.iter().filter(|group| group.project == project) {
        add(GROUP, &group.id);
        group.rules.iter().for_each(|rule| add(RULE, &rule.id));
    }
    region.world.networks.iter().filter(|one| one.project == project).for_each(|one| add(VPC, &one.id));
    region.world.subnets.iter().filter(|one| one.project == project).for_each(|one| add(SUBNET, &one.id));
    region.world.floating.iter().filter(|one| one.project == project).for_each(|one| add(ADDRESS, &one.id));
    region.world.all_ports().filter(|one| one.project == project).for_each(|one| add(INTERFACE, &one.id));
    let groups = region.world.server_groups.iter().filter(|one| one.project == project);
    groups.for_each(|one| add(PLACEMENT, &one.id));
    let user = &region.asker.user;
    let keys = region.world.keypairs.iter().filter(|key| key.user == *user);
    found.extend(keys.map(|key| (KEY, super::key::id(key))));
    found
}

/// The resources that a request names, all of which must be there.
fn named(region: &Region<'_>) -> Outcome<Vec<String>> {
    let ids = region.params.list("ResourceId");
    if ids.is_empty() {
        return Err(Refused::missing("ResourceId"));
    }
    let known = all(region);
    for id in &ids {
        if !known.iter().any(|(_, own)| own == id) {
            let prefix = id.split('-').next().unwrap_or_default();
            let kind = KINDS.iter().find(|kind| kind.prefix == prefix);
            let wrong = || Refused::new("InvalidID", format!("The ID '{id}' is not valid"));
            let kind = kind.ok_or_else(wrong)?;
            kind.formed(id)?;
            return Err(kind.missing(&[id]));
        }
    }
    Ok(ids)
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let (ids, given) = (named(region)?, read(region.params)?);
    if given.is_empty() {
        return Err(Refused::missing("Tag"));
    }
    let mut told = Told::done();
    let mut new = Vec::new();
    for id in ids {
        let mut tags = tags_of(region, &id);
        given.iter().for_each(|(key, value)| put(&mut tags, key, value));
        if tags.len() > MOST {
            return Err(Refused::new("TagLimitExceeded", format!("A resource has at most {MOST} tags.")));
        }
        new.push((id, tags));
    }
    for (id, tags) in new {
        keep(region, &id, tags);
        told = told.about(&id, "");
    }
    Ok(told)
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let ids = named(region)?;
    let given = region.params.records("Tag");
    let mut told = Told::done();
    for id in ids {
        let mut tags = tags_of(region, &id);
        // A value that is given must be the tag's own; without tags, all go.
        let goes = |(key, value): &(String, String)| {
            let meant = |record: &Params| {
                record.get("Key") == Some(key) && record.raw("Value").is_none_or(|given| given == value)
            };
            given.is_empty() || given.iter().any(meant)
        };
        tags.retain(|tag| !goes(tag));
        keep(region, &id, tags);
        told = told.about(&id, "");
    }
    Ok(told)
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &["key", "value", "resource-id", "resource-type"])?;
    let mut rows = Vec::new();
    for (kind, id) in all(region) {
        for (key, value) in tags_of(region, &id) {
            let own = vec![(key.clone(), value.clone())];
            let fits = filters.fit(&own, |name| match name {
                "key" => vec![key.clone()],
                "value" => vec![value.clone()],
                "resource-id" => vec![id.clone()],
                _ => vec![kind.resource.to_owned()],
            });
            if fits {
                rows.push((kind, id.clone(), key, value));
            }
        }
    }
    let (rows, next) = page(region.params, "", |row| format!("{} {}", row.1, row.2), rows)?;
    let mut xml = Xml::default();
    xml.set("tagSet", rows, |xml, (kind, id, key, value)| {
        xml.text("resourceId", id).text("resourceType", kind.resource).text("key", key).text("value", value);
    });
    xml.some("nextToken", next);
    Ok(xml.into())
}
