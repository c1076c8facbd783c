//! Regions, services and endpoints, as administrators list them.

use serde_json::json as v;

use super::{Call, Outcome, auth, listed, may, v3};
use crate::world::World;

pub(super) fn regions(_: &mut World, call: &Call<'_>) -> Outcome {
    let own = format!("{}/regions/RegionOne", v3(call));
    let row = v!({"id": "RegionOne", "description": "", "parent_region_id": null, "links": {"self": own}});
    Ok(listed(call, "regions", vec![row]))
}

pub(super) fn services(_: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_services")?;
    let rows = auth::CATALOG.iter().map(|entry| {
        v!({"name": entry.name, "id": entry.id, "type": entry.kind, "enabled": true,
            "links": {"self": format!("{}/services/{}", v3(call), entry.id)}})
    });
    Ok(listed(call, "services", rows.collect()))
}

pub(super) fn endpoints(_: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_endpoints")?;
    let mut rows = Vec::new();
    for entry in auth::CATALOG {
        for interface in auth::INTERFACES {
            let id = auth::endpoint_id(entry, interface);
            let own = format!("{}/endpoints/{id}", v3(call));
            rows.push(
                v!({"id": id, "interface": interface, "region_id": "RegionOne", "service_id": entry.id,
                "url": format!("{}{}", call.request.base, entry.path.replace("{}", "$(project_id)s")),
                "enabled": true, "region": "RegionOne", "links": {"self": own}}),
            );
        }
    }
    Ok(listed(call, "endpoints", rows))
}
