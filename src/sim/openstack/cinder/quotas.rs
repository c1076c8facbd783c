//! Limits and quota sets of volumes.

use serde_json::{Value, json as v};

use super::refuse::{fault, policy};
use super::schemas::{body, number};
use super::{Answer, Call, Outcome, json};
use crate::world::{Quotas, World};

/// Cinder's name and the world's, or the number that never changes.
const ROWS: &[(&str, Result<&str, i64>)] = &[
    ("volumes", Ok("volumes")),
    ("per_volume_gigabytes", Ok("volume_gib")),
    ("snapshots", Ok("snapshots")),
    ("gigabytes", Ok("gigabytes")),
    ("backups", Ok("backups")),
    ("backup_gigabytes", Ok("backup_gigabytes")),
    ("groups", Err(10)),
];

pub(super) fn limits(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = call.project();
    let quota = world.quota(project);
    let told = v!({"maxTotalVolumes": quota.volumes, "maxTotalSnapshots": quota.snapshots,
        "maxTotalVolumeGigabytes": quota.gigabytes, "maxTotalBackups": quota.backups,
        "maxTotalBackupGigabytes": quota.backup_gigabytes,
        "totalVolumesUsed": world.used("volumes", project),
        "totalGigabytesUsed": world.used("gigabytes", project),
        "totalSnapshotsUsed": world.used("snapshots", project), "totalBackupsUsed": world.used("backups", project),
        "totalBackupGigabytesUsed": world.used("backup_gigabytes", project)});
    Ok(json(200, &v!({"limits": {"rate": [], "absolute": told}})))
}

fn set(world: &World, mut quotas: Quotas, draw: impl Fn(&str, i64) -> Value) -> Value {
    let mut told = v!({});
    for (name, row) in ROWS {
        let limit = row.map_or_else(|fixed| fixed, |own| quotas.limit(own).map_or(-1, |limit| *limit));
        told[*name] = draw(row.unwrap_or_default(), limit);
    }
    for kind in &world.volume_types {
        for name in ["volumes", "gigabytes", "snapshots"] {
            told[format!("{name}_{}", kind.name)] = draw("", -1);
        }
    }
    told
}

fn seen<'a>(call: &'a Call<'_>) -> Result<&'a str, Answer> {
    if call.param(0) != call.project() {
        policy(call, "quotas:show")?;
    }
    Ok(call.param(0))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = seen(call)?;
    let usage = call.query("usage").is_some_and(|text| matches!(text, "True" | "true" | "1"));
    let draw = |own: &str, limit: i64| match usage {
        true => v!({"limit": limit, "in_use": world.used(own, project), "reserved": 0}),
        false => limit.into(),
    };
    let mut told = set(world, world.quota(project), draw);
    told["id"] = project.into();
    Ok(json(200, &v!({"quota_set": told})))
}

pub(super) fn defaults(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = seen(call)?;
    let mut told = set(world, Quotas::default(), |_, limit| limit.into());
    told["id"] = project.into();
    Ok(json(200, &v!({"quota_set": told})))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &v!({"type": "object", "required": ["quota_set"]}))?;
    policy(call, "quotas:update")?;
    let asked = asked["quota_set"].as_object().cloned().unwrap_or_default();
    let known = |name: &str| {
        ROWS.iter().any(|(own, _)| *own == name)
            || world.volume_types.iter().any(|kind| name.ends_with(&format!("_{}", kind.name)))
            || matches!(name, "tenant_id" | "force" | "skip_validation")
    };
    if let Some(odd) = asked.keys().find(|name| !known(name)) {
        return Err(fault(400, &format!("Invalid input received: Bad key(s) in quota set: {odd}")));
    }
    let quotas = world.quotas.entry(call.param(0).to_owned()).or_default();
    for (name, row) in ROWS {
        if let (Some(limit), Ok(own)) = (asked.get(*name).and_then(number), row)
            && let Some(place) = quotas.limit(own)
        {
            *place = limit;
        }
    }
    let quotas = quotas.clone();
    let told = set(world, quotas, |_, limit| limit.into());
    Ok(json(200, &v!({"quota_set": told})).about(call.param(0), ""))
}

pub(super) fn reset(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "quotas:delete")?;
    if let Some(quotas) = world.quotas.get_mut(call.param(0)) {
        let mut usual = Quotas::default();
        for own in ROWS.iter().filter_map(|(_, row)| row.ok()) {
            if let (Some(place), Some(limit)) = (quotas.limit(own), usual.limit(own)) {
                *place = *limit;
            }
        }
    }
    Ok(Answer::empty(200).about(call.param(0), ""))
}
