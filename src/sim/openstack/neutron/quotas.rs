//! Limits of a project's networks.

use serde_json::{Value, json as v};

use super::refuse::{bad, failed, forbidden, resource};
use super::{Answer, Call, Outcome, json};
use crate::world::{Quotas, World};

/// Neutron's name and the world's (or the number that never changes).
const ROWS: &[(&str, Result<&str, i64>)] = &[
    ("network", Ok("networks")),
    ("subnet", Ok("subnets")),
    ("subnetpool", Err(-1)),
    ("port", Ok("ports")),
    ("router_route", Err(30)),
    ("router", Ok("routers")),
    ("floatingip", Ok("floating_ips")),
    ("rbac_policy", Err(10)),
    ("security_group", Ok("security_groups")),
    ("security_group_rule", Ok("security_rules")),
];

fn told(mut quotas: Quotas, draw: impl Fn(&str, i64) -> Value) -> Answer {
    let mut told = v!({});
    for (name, row) in ROWS {
        let limit = row.map_or_else(|fixed| fixed, |own| quotas.limit(own).map_or(-1, |limit| *limit));
        told[*name] = draw(row.unwrap_or_default(), limit);
    }
    json(200, &v!({"quota": told}))
}

fn seen<'a>(call: &'a Call<'_>) -> Result<&'a str, Answer> {
    match call.param(0) {
        project if call.admin() || project == call.project() => Ok(project),
        _ => Err(forbidden("rule:get_quota")),
    }
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(told(world.quota(seen(call)?), |_, limit| limit.into()))
}

pub(super) fn defaults(_: &mut World, call: &Call<'_>) -> Outcome {
    seen(call)?;
    Ok(told(Quotas::default(), |_, limit| limit.into()))
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    let project = seen(call)?;
    world.default_group(project);
    let draw = |own: &str, limit: i64| v!({"limit": limit, "used": world.used(own, project), "reserved": 0});
    Ok(told(world.quota(project), draw))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    if !call.admin() {
        return Err(forbidden("rule:update_quota"));
    }
    let project = call.param(0);
    let body = call.request.json().unwrap_or_default();
    let Some(asked) = body["quota"].as_object() else {
        return Err(bad("Unable to find 'quota' in request body"));
    };
    let forced = asked.get("force").is_some_and(|force| *force == true);
    let asked =
        asked.iter().filter(|(name, _)| !matches!(name.as_str(), "force" | "check_limit" | "tenant_id"));
    let mut limits = Vec::new();
    for (name, value) in asked {
        let Some((_, row)) = ROWS.iter().find(|(own, _)| own == name) else {
            return Err(bad(&format!("Unrecognized attribute(s) '{name}'")));
        };
        let limit = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        let Some(limit) = limit.filter(|limit| *limit >= -1) else {
            let why = format!("'{}' is not an integer.", super::super::schema::shown(value));
            return Err(failed(400, "InvalidInput", &format!("Invalid input for operation: {why}")));
        };
        let Ok(own) = row else { continue };
        let used = world.used(own, project);
        if limit >= 0 && limit < used && !forced {
            return Err(bad(&format!(
                "Quota limit {limit} for {} must be greater than or equal to already used {used}",
                resource(own)
            )));
        }
        limits.push((*own, limit));
    }
    let quotas = world.quotas.entry(project.to_owned()).or_default();
    for (own, limit) in limits {
        if let Some(place) = quotas.limit(own) {
            *place = limit;
        }
    }
    Ok(told(quotas.clone(), |_, limit| limit.into()).about(project, ""))
}

pub(super) fn reset(world: &mut World, call: &Call<'_>) -> Outcome {
    if !call.admin() {
        return Err(forbidden("rule:delete_quota"));
    }
    let project = call.param(0);
    let Some(quotas) = world.quotas.get_mut(project) else {
        let message = format!("Quota for project {project} could not be found.");
        return Err(failed(404, "TenantQuotaNotFound", &message));
    };
    let mut usual = Quotas::default();
    for own in ROWS.iter().filter_map(|(_, row)| row.ok()) {
        if let (Some(place), Some(limit)) = (quotas.limit(own), usual.limit(own)) {
            *place = *limit;
        }
    }
    Ok(Answer::empty(204).about(project, ""))
}
