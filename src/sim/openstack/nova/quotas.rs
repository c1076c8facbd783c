//! Limits and quota sets.

use serde_json::json as v;

use super::schemas::number;
use super::{Answer, Call, Outcome, body, json, policy};
use crate::world::{Quotas, Usage, World};

pub(super) fn limits(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = call.project();
    let (quota, used) = (world.quota(project), world.usage(project));
    let version = call.version;
    let mut told = v!({
        "maxTotalCores": quota.cores, "maxTotalInstances": quota.servers, "maxTotalKeypairs": quota.keypairs,
        "maxServerMeta": quota.metadata_items, "maxTotalRAMSize": quota.ram_mib, "maxServerGroups": quota.groups,
        "maxServerGroupMembers": quota.group_members, "totalRAMUsed": used.ram_mib, "totalCoresUsed": used.cores,
        "totalInstancesUsed": used.servers, "totalServerGroupsUsed": 0,
    });
    if version < 57 {
        told["maxPersonality"] = quota.files.into();
        told["maxPersonalitySize"] = quota.file_bytes.into();
    }
    if version < 39 {
        told["maxImageMeta"] = quota.metadata_items.into();
    }
    if version < 36 {
        for key in ["maxTotalFloatingIps", "maxSecurityGroups", "maxSecurityGroupRules"] {
            told[key] = v!(-1);
        }
        told["totalFloatingIpsUsed"] = 0.into();
        told["totalSecurityGroupsUsed"] = 0.into();
    }
    Ok(json(200, &v!({"limits": {"rate": [], "absolute": told}})))
}

/// Nova's name, the world's name (empty for what is never limited), and the microversion that ended it.
const ROWS: &[(&str, &str, u16)] = &[
    ("cores", "cores", u16::MAX),
    ("fixed_ips", "", 36),
    ("floating_ips", "", 36),
    ("injected_file_content_bytes", "file_bytes", 57),
    ("injected_file_path_bytes", "file_path", 57),
    ("injected_files", "files", 57),
    ("instances", "servers", u16::MAX),
    ("key_pairs", "keypairs", u16::MAX),
    ("metadata_items", "metadata_items", u16::MAX),
    ("ram", "ram_mib", u16::MAX),
    ("security_group_rules", "", 36),
    ("security_groups", "", 36),
    ("server_group_members", "group_members", u16::MAX),
    ("server_groups", "groups", u16::MAX),
];

fn set(call: &Call<'_>, project: Option<&str>, mut quota: Quotas, used: Option<Usage>) -> Answer {
    let mut told = v!({});
    if let Some(project) = project {
        told["id"] = project.into();
    }
    for (name, own, _) in ROWS.iter().filter(|row| call.version < row.2) {
        let limit = quota.limit(own).map_or(-1, |limit| *limit);
        told[*name] = match &used {
            None => limit.into(),
            Some(used) => {
                let in_use = match *own {
                    "cores" => used.cores,
                    "servers" => used.servers,
                    "ram_mib" => used.ram_mib,
                    _ => 0,
                };
                v!({"limit": limit, "in_use": in_use, "reserved": 0})
            }
        };
    }
    json(200, &v!({"quota_set": told}))
}

fn seen<'a>(call: &'a Call<'_>) -> Result<&'a str, Answer> {
    if call.param(0) != call.project() {
        policy(call, "os-quota-sets:show")?;
    }
    Ok(call.param(0))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = seen(call)?;
    Ok(set(call, Some(project), world.quota(project), None))
}

pub(super) fn defaults(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(set(call, Some(call.param(0)), Quotas::default(), None))
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = seen(call)?;
    Ok(set(call, Some(project), world.quota(project), Some(world.usage(project))))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-quota-sets:update")?;
    let asked = body(call, &v!({"type": "object", "required": ["quota_set"]}))?;
    let project = call.param(0);
    let quotas = world.quotas.entry(project.to_owned()).or_default();
    for (name, own, _) in ROWS {
        if let (Some(value), Some(limit)) =
            (asked["quota_set"].get(*name).and_then(number), quotas.limit(own))
        {
            *limit = value;
        }
    }
    let quotas = quotas.clone();
    Ok(set(call, None, quotas, None).about(project, ""))
}

pub(super) fn reset(world: &mut World, call: &Call<'_>) -> Outcome {
    policy(call, "os-quota-sets:delete")?;
    world.quotas.remove(call.param(0));
    Ok(Answer::empty(202).about(call.param(0), ""))
}
