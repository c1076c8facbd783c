//! The small things: types, zones, services, extensions.

use serde_json::{Value, json as v};

use super::refuse::{fault, policy};
use super::schemas::pairs;
use super::{Answer, Call, Outcome, json, time};
use crate::world::{VolumeType, World};

fn type_value(kind: &VolumeType) -> Value {
    v!({"id": kind.id, "name": kind.name, "is_public": kind.public, "description": kind.description,
        "extra_specs": pairs(&kind.extra)})
}

pub(super) fn types(world: &mut World, _: &Call<'_>) -> Outcome {
    let rows = world.volume_types.iter().map(|kind| {
        let mut value = type_value(kind);
        value["os-volume-type-access:is_public"] = kind.public.into();
        value
    });
    Ok(json(200, &v!({"volume_types": rows.collect::<Vec<_>>()})))
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a VolumeType, Answer> {
    let id = call.param(0);
    let found = match id {
        "default" => world.volume_types.first(),
        _ => world.volume_types.iter().find(|kind| kind.id == id),
    };
    found.ok_or_else(|| fault(404, &format!("Volume type {id} could not be found.")))
}

pub(super) fn kind(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = named(world, call)?;
    let mut value = type_value(kind);
    if call.param(0) != "default" {
        value["os-volume-type-access:is_public"] = kind.public.into();
    }
    Ok(json(200, &v!({"volume_type": value})))
}

pub(super) fn extra_specs(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"extra_specs": pairs(&named(world, call)?.extra)})))
}

pub(super) fn zones(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"availabilityZoneInfo": [{"zoneName": "nova", "zoneState": {"available": true}}]})))
}

pub(super) fn services(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "services:index")?;
    let rows = [("cinder-scheduler", "sim"), ("cinder-volume", "sim@fake"), ("cinder-backup", "sim")].map(|(binary, host)| {
        let mut row = v!({"binary": binary, "host": host, "zone": "nova", "status": "enabled", "state": "up",
            "updated_at": time::bare(world.now()), "disabled_reason": null});
        if binary == "cinder-volume" {
            row["replication_status"] = "disabled".into();
            row["active_backend_id"] = Value::Null;
            row["frozen"] = false.into();
        }
        row
    });
    Ok(json(200, &v!({"services": rows})))
}

/// A few of the names that old clients look for.
pub(super) fn extensions(_: &mut World, _: &Call<'_>) -> Outcome {
    let rows = [
        ("os-vol-image-meta", "VolumeImageMetadata", "2012-12-07"),
        ("os-admin-actions", "AdminActions", "2012-08-25"),
        ("os-extended-snapshot-attributes", "ExtendedSnapshotAttributes", "2012-06-19"),
        ("os-quota-sets", "Quotas", "2011-08-08"),
    ]
    .map(|(alias, name, since)| {
        v!({"name": name, "alias": alias, "description": format!("{name}."),
            "updated": format!("{since}T00:00:00+00:00"), "links": []})
    });
    Ok(json(200, &v!({"extensions": rows})))
}
