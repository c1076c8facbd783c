//! A dry run's stand-ins: what a change would have left, with an id of its own, so that the script can go on.

use super::argument::{FlavorRef, Meta, Name, Reference};
use super::call::Call;
use super::planned;
use super::server::boot;
use crate::cloud::server::Named;
use crate::cloud::{Handle, Image, Noun, Resource, Result, Server, Snapshot, Ty, Value, Volume};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a call that was only pretended gives.
pub async fn stand_in(call: &Call) -> Result<Value> {
    match call.verb.name {
        "boot" => booted(call).await,
        "snapshot" if matches!(call.subject(), Some(Value::Resource(one)) if one.noun() == Noun::Volume) => {
            planned::snapshot(call)
        }
        "snapshot" => snapshot(call).await,
        "create_volume" => planned::volume(call).await,
        "create_keypair" => planned::keypair(call),
        "create_security_group" => planned::security_group(call),
        "create_network" => planned::network(call),
        "create_router" => planned::router(call).await,
        "allocate_ip" => planned::public_ip(call),
        "release_ip" | "delete" => forgotten(call).await,
        "api" => Ok(Value::Unit),
        _ => match subject(call).await? {
            Some(resource) => {
                moved_disk(call, &resource).await?;
                let changed = led_to(call, resource);
                call.host.stand_in(changed.clone());
                Ok(Value::from(changed))
            }
            None => Ok(Value::Unit),
        },
    }
}

/// What would have been deleted.
async fn forgotten(call: &Call) -> Result<Value> {
    let Some(resource) = subject(call).await? else { return Ok(Value::Unit) };
    call.host.forget_stand_in(&resource);
    let object = Handle::new(resource);
    object.set_gone();
    Ok(Value::Resource(object))
}

/// The volume that `attach` or `detach` would have moved.
async fn moved_disk(call: &Call, server: &Resource) -> Result<()> {
    let attached = match call.verb.name {
        "attach" => true,
        "detach" => false,
        _ => return Ok(()),
    };
    if let Resource::Volume(volume) = call.one(&super::volume::VOLUME).await? {
        let status = if attached { "IN-USE" } else { "AVAILABLE" }.to_string();
        let server = attached.then(|| server.id().to_string());
        let moved = Volume { status, server, device: None, ..Arc::unwrap_or_clone(volume) };
        call.host.stand_in(Resource::from(moved));
    }
    Ok(())
}

/// Whether a call changes what is only pretended to be there.
pub fn changes_stand_in(call: &Call) -> bool {
    let known = |noun, cloud: &str, text: &str| call.host.find_stand_in(cloud, noun, text).is_some();
    let noun = match call.form.params.first().map(|first| first.ty) {
        Some(Ty::Ref(noun)) => noun,
        _ => Noun::Server,
    };
    call.host.dry_run
        && call.effect().changes_cloud()
        && match call.subject() {
            Some(Value::Resource(resource)) => known(resource.noun(), resource.cloud(), resource.id()),
            Some(Value::Text(text)) => call.cloud().is_ok_and(|cloud| known(noun, cloud.name(), text)),
            _ => false,
        }
}

async fn subject(call: &Call) -> Result<Option<Resource>> {
    Ok(match call.subject() {
        Some(Value::Resource(resource)) => Some(resource.latest()),
        Some(Value::Text(text)) => {
            let noun = match call.form.params.first().map(|first| first.ty) {
                Some(Ty::Ref(noun)) => noun,
                _ => Noun::Server,
            };
            Some(call.resolve(&Reference::Text(text.clone()), noun, "server").await?)
        }
        _ => None,
    })
}

async fn booted(call: &Call) -> Result<Value> {
    let cloud = call.cloud()?;
    let spec = boot::spec(call).await?;
    let now = call.host.clock.now();
    let flavor = call.get::<FlavorRef>(&boot::FLAVOR)?;
    let flavor = call.resolve_flavor(&flavor, "flavor").await?;
    let make = |name: String| Server {
        id: call.host.stand_in_id(),
        name,
        status: "ACTIVE".to_string(),
        provider_status: "ACTIVE".to_string(),
        task: None,
        progress: None,
        fault: None,
        flavor: Named { id: Some(flavor.id.clone()), name: Some(flavor.name.clone()) },
        image: Named { id: spec.image.clone(), name: None },
        meta: spec.meta.clone(),
        tags: spec.tags.clone(),
        addresses: Vec::new(),
        key: spec.key.clone(),
        security_groups: spec.security_groups.clone(),
        volumes: spec.volumes.clone(),
        zone: spec.zone.clone(),
        created: Some(now),
        updated: Some(now),
        admin_pass: spec.admin_pass.clone(),
        cloud: cloud.name().clone(),
        read: now,
        raw: Arc::new(serde_json::Value::Object(serde_json::Map::new())),
    };
    let names: Vec<String> = match spec.count {
        None => vec![spec.name.clone()],
        Some(count) => (1..=count).map(|n| format!("{}-{n}", spec.name)).collect(),
    };
    let mut servers: Vec<Value> = Vec::new();
    for name in names {
        let resource = Resource::Server(Arc::new(make(name)));
        call.host.stand_in(resource.clone());
        servers.push(Value::from(resource));
    }
    Ok(match (spec.count, servers.pop()) {
        (None, Some(server)) => server,
        (_, last) => {
            servers.extend(last);
            Value::Array(servers)
        }
    })
}

async fn snapshot(call: &Call) -> Result<Value> {
    let cloud = call.cloud()?;
    let now = call.host.clock.now();
    let name: Name = call.get(&super::volume::snapshot::NAME)?;
    let meta = call.find::<Meta>(&super::volume::snapshot::META)?.map_or_else(BTreeMap::new, |meta| meta.0);
    let image = Resource::Image(Arc::new(Image {
        id: call.host.stand_in_id(),
        name: name.0,
        status: "ACTIVE".to_string(),
        size: None,
        min_disk: 0,
        min_ram: 0,
        meta,
        created: Some(now),
        visibility: Some("private".to_string()),
        owner: None,
        cloud: cloud.name().clone(),
        read: now,
        raw: Arc::new(serde_json::Value::Object(serde_json::Map::new())),
    }));
    call.host.stand_in(image.clone());
    Ok(Value::from(image))
}

/// The resource in the state the change leads to.
fn led_to(call: &Call, resource: Resource) -> Resource {
    let meta_of = |old: &BTreeMap<String, String>| {
        let given = call.value("map").or_else(|| call.value("items"));
        let items: BTreeMap<String, String> = match given {
            Some(Value::Map(map)) => map
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), super::argument::meta_text(value)?)))
                .collect(),
            _ => match (call.value("key"), call.value("value")) {
                (Some(Value::Text(key)), Some(value)) => super::argument::meta_text(value)
                    .map(|value| BTreeMap::from([(key.to_string(), value)]))
                    .unwrap_or_default(),
                _ => BTreeMap::new(),
            },
        };
        match call.verb.name {
            "set_meta" => old.clone().into_iter().chain(items).collect(),
            "replace_meta" => items,
            "delete_meta" => {
                let gone: Vec<String> = match call.value("key") {
                    Some(Value::Text(key)) => vec![key.to_string()],
                    Some(Value::Array(keys)) => keys.iter().filter_map(super::argument::meta_text).collect(),
                    _ => Vec::new(),
                };
                old.iter()
                    .filter(|(key, _)| !gone.contains(key))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect()
            }
            _ => old.clone(),
        }
    };
    match resource {
        Resource::Server(server) => {
            let status = match call.verb.name {
                "stop" => "SHUTOFF",
                "pause" => "PAUSED",
                "suspend" => "SUSPENDED",
                "shelve" => "SHELVED_OFFLOADED",
                "rescue" => "RESCUE",
                "resize" => "VERIFY_RESIZE",
                "start" | "reboot" | "unpause" | "resume" | "unshelve" | "unrescue" | "rebuild"
                | "confirm_resize" | "revert_resize" => "ACTIVE",
                _ => &server.status,
            }
            .to_string();
            let mut changed = Server { status, task: None, meta: meta_of(&server.meta), ..(*server).clone() };
            if let (true, Some(Value::Text(name))) =
                (matches!(call.verb.name, "rename" | "update"), call.value("name"))
            {
                changed.name = name.to_string();
            }
            if call.verb.name == "resize"
                && let Some(Value::Text(flavor)) = call.value("flavor")
            {
                changed.flavor = Named { id: None, name: Some(flavor.to_string()) };
            }
            Resource::Server(Arc::new(changed))
        }
        Resource::Image(image) => {
            let meta = meta_of(&image.meta);
            Resource::Image(Arc::new(Image { meta, ..(*image).clone() }))
        }
        Resource::Volume(volume) => {
            let size = match (call.verb.name, call.value("gib")) {
                ("extend", Some(Value::Int(gib))) => *gib,
                _ => volume.size,
            };
            Resource::from(Volume { size, meta: meta_of(&volume.meta), ..Arc::unwrap_or_clone(volume) })
        }
        Resource::Snapshot(snapshot) => {
            let meta = meta_of(&snapshot.meta);
            Resource::from(Snapshot { meta, ..Arc::unwrap_or_clone(snapshot) })
        }
        other => other,
    }
}

/// Whether waiting for this resource is over because it is a stand-in.
pub fn is_stand_in(call: &Call, resource: &Resource) -> Option<Resource> {
    if !call.host.dry_run {
        return None;
    }
    let noun: Noun = resource.noun();
    call.host.find_stand_in(resource.cloud(), noun, resource.id())
}
