//! Flavors and their extra specs.

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::schemas::{self, number, truth};
use super::view::pairs;
use super::{Answer, Call, Outcome, body, json, links, page, policy};
use crate::world::{Flavor, Pairs, World, fresh_id};

fn brief(call: &Call<'_>, flavor: &Flavor) -> Value {
    let own = format!("flavors/{}", flavor.id);
    let mut value = v!({"id": flavor.id, "name": flavor.name, "links": links(call, &own)});
    if call.version >= 55 {
        value["description"] = flavor.description.clone().into();
    }
    value
}

fn full(call: &Call<'_>, flavor: &Flavor) -> Value {
    let version = call.version;
    let mut value = brief(call, flavor);
    value["ram"] = flavor.ram_mib.into();
    value["disk"] = flavor.disk_gib.into();
    value["vcpus"] = flavor.vcpus.into();
    value["OS-FLV-EXT-DATA:ephemeral"] = flavor.ephemeral_gib.into();
    value["os-flavor-access:is_public"] = flavor.public.into();
    value["swap"] = if version < 75 && flavor.swap_mib == 0 { "".into() } else { flavor.swap_mib.into() };
    if version < 102 {
        value["OS-FLV-DISABLED:disabled"] = false.into();
        value["rxtx_factor"] = 1.0.into();
    }
    if version >= 61 {
        value["extra_specs"] = pairs(&flavor.extra);
    }
    value
}

fn least(call: &Call<'_>, name: &str) -> Result<i64, Answer> {
    match call.query(name) {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| fault(400, &format!("Invalid {name} filter [{text}]"))),
    }
}

fn listed(world: &World, call: &Call<'_>, path: &str, draw: fn(&Call<'_>, &Flavor) -> Value) -> Outcome {
    let (ram, disk) = (least(call, "minRam")?, least(call, "minDisk")?);
    let mut rows: Vec<&Flavor> =
        world.flavors.iter().filter(|flavor| flavor.ram_mib >= ram && flavor.disk_gib >= disk).collect();
    match call.query("sort_key").unwrap_or("flavorid") {
        "flavorid" | "id" => rows.sort_by(|one, other| one.id.cmp(&other.id)),
        "name" => rows.sort_by(|one, other| one.name.cmp(&other.name)),
        "memory_mb" => rows.sort_by_key(|flavor| flavor.ram_mib),
        "vcpus" => rows.sort_by_key(|flavor| flavor.vcpus),
        "root_gb" => rows.sort_by_key(|flavor| flavor.disk_gib),
        _ => {}
    }
    if call.query("sort_dir") == Some("desc") {
        rows.reverse();
    }
    let (rows, next) = page(call, rows, |flavor: &Flavor| flavor.id.as_str(), path)?;
    let mut told = v!({"flavors": rows.into_iter().map(|flavor| draw(call, flavor)).collect::<Vec<_>>()});
    if let Some(next) = next {
        told["flavors_links"] = next;
    }
    Ok(json(200, &told))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "flavors", brief)
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "flavors/detail", full)
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Flavor, Answer> {
    let id = call.param(0);
    world.flavor(id).ok_or_else(|| fault(404, &format!("Flavor {id} could not be found.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"flavor": full(call, named(world, call)?)})))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-flavor-manage:create")?;
    let asked = body(call, &schemas::flavor())?;
    let asked = &asked["flavor"];
    let count = |key: &str| asked.get(key).and_then(number).unwrap_or(0);
    let id = match &asked["id"] {
        Value::Null => fresh_id(),
        Value::String(text) if text == "auto" => fresh_id(),
        other => other.as_str().map_or_else(|| other.to_string(), str::to_owned),
    };
    let name = asked["name"].as_str().unwrap_or_default().to_owned();
    if world.flavors.iter().any(|flavor| flavor.name == name) {
        return Err(fault(409, &format!("Flavor with name {name} already exists.")));
    }
    if world.flavor(&id).is_some() {
        return Err(fault(409, &format!("Flavor with ID {id} already exists.")));
    }
    let flavor = Flavor {
        id,
        name,
        ram_mib: count("ram"),
        disk_gib: count("disk"),
        vcpus: count("vcpus"),
        swap_mib: count("swap"),
        ephemeral_gib: count("OS-FLV-EXT-DATA:ephemeral"),
        public: asked.get("os-flavor-access:is_public").is_none_or(truth),
        description: asked["description"].as_str().map(str::to_owned),
        extra: Pairs::new(),
    };
    let answer = json(200, &v!({"flavor": full(call, &flavor)})).about(&flavor.id, &flavor.name);
    world.flavors.push(flavor);
    Ok(answer)
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-flavor-manage:delete")?;
    let gone = named(world, call)?.clone();
    world.flavors.retain(|flavor| flavor.id != gone.id);
    Ok(Answer::empty(202).about(&gone.id, &gone.name))
}

pub(super) fn extra_specs(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"extra_specs": pairs(&named(world, call)?.extra)})))
}

pub(super) fn extra_spec(world: &mut World, call: &Call<'_>) -> Outcome {
    let (flavor, key) = (named(world, call)?, call.param(1));
    match flavor.extra.iter().find(|(own, _)| own == key) {
        Some((_, value)) => Ok(json(200, &v!({key: value}))),
        None => Err(fault(404, &format!("Flavor {} has no extra specs with key {key}.", flavor.id))),
    }
}
