//! What stands before every call of Neutron, and what it tells of itself: versions, extensions, zones.

use serde_json::{Value, json as v};

use super::refuse::failed;
use super::{Answer, Call, Outcome, json};
use crate::world::World;

pub(super) fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    if call.route.is_some_and(|route| route.operation == "network.versions") {
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_some() {
        return Ok(());
    }
    let message = "The request you have made requires authentication.";
    let body = v!({"error": {"code": 401, "title": "Unauthorized", "message": message}});
    let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
    Err(json(401, &body).with("WWW-Authenticate", uri))
}

pub(super) fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    let own = format!("{}/v2.0/", call.home());
    let version = v!({"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": own}]});
    Ok(json(200, &v!({"versions": [version]})))
}

pub(super) fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    let names = ["networks", "subnets", "ports", "routers", "floatingips", "security-groups"].map(|name| {
        let link = v!({"rel": "self", "href": format!("{}/v2.0/{name}", call.home())});
        v!({"name": name.trim_end_matches('s'), "collection": name, "links": [link]})
    });
    Ok(json(200, &v!({"resources": names})))
}

/// The answer where no row fits: another method of a path that is known, or a path that is not.
pub(super) fn unknown(call: &Call<'_>) -> Answer {
    let collection = |path: &str| path.split('/').nth(1).unwrap_or_default().to_owned();
    let asked = collection(&call.cut.rest);
    let known = super::ROUTES.iter().any(|row| !asked.is_empty() && collection(row.path) == asked);
    if known && call.request.method == "PATCH" {
        let message = "The server could not comply with the request since it is either malformed or otherwise \
                       incorrect.";
        return failed(405, "HTTPMethodNotAllowed", message);
    }
    failed(404, "HTTPNotFound", "The resource could not be found.")
}

/// What is served beside the core, as clients look for it: alias, name, since when.
const EXTENSIONS: &[(&str, &str, &str)] = &[
    ("empty-string-filtering", "Empty String Filtering Extension", "2018-05-01"),
    ("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "2013-03-28"),
    ("external-net", "Neutron external network", "2013-01-14"),
    ("extraroute", "Neutron Extra Route", "2013-02-01"),
    ("filter-validation", "Filter parameters validation", "2018-03-21"),
    ("fip-port-details", "Floating IP Port Details Extension", "2018-04-09"),
    ("floatingip-pools", "Floatingip Pools Extension", "2018-03-21"),
    ("net-mtu", "Network MTU", "2015-03-25"),
    ("net-mtu-writable", "Network MTU (writable)", "2017-07-12"),
    ("pagination", "Pagination support", "2016-06-12"),
    ("port-security", "Port Security", "2012-07-23"),
    ("project-id", "project_id field enabled", "2016-09-09"),
    ("quota_details", "Quota details management support", "2017-02-10"),
    ("quotas", "Quota management support", "2012-07-29"),
    ("router", "Neutron L3 Router", "2012-07-20"),
    ("security-group", "security-group", "2012-10-05"),
    ("security-groups-normalized-cidr", "Normalized CIDR field for security group rules", "2020-01-29"),
    ("sorting", "Sorting support", "2016-06-12"),
    ("standard-attr-description", "standard-attr-description", "2016-02-10"),
    ("standard-attr-revisions", "Resource revision numbers", "2016-04-11"),
    ("standard-attr-tag", "Tag support for resources with standard attribute", "2017-01-01"),
    ("standard-attr-timestamp", "Resource timestamps", "2016-09-12"),
    ("stateful-security-group", "Stateful security group", "2019-11-26"),
];

fn extension_value((alias, name, since): &(&str, &str, &str)) -> Value {
    let description = match *alias {
        "security-group" => "The security groups extension.".to_owned(),
        _ => format!("{name}."),
    };
    v!({"alias": alias, "name": name, "description": description, "updated": format!("{since}T10:00:00-00:00"),
        "links": []})
}

pub(super) fn extensions(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"extensions": EXTENSIONS.iter().map(extension_value).collect::<Vec<_>>()})))
}

pub(super) fn extension(_: &mut World, call: &Call<'_>) -> Outcome {
    let alias = call.param(0);
    match EXTENSIONS.iter().find(|extension| extension.0 == alias) {
        Some(found) => Ok(json(200, &v!({"extension": extension_value(found)}))),
        None => {
            let why = format!("Extension with alias {alias} does not exist");
            let message = format!("The resource could not be found.<br /><br />\n{why}\n\n");
            Err(json(404, &v!({"message": message, "code": "404 Not Found", "title": "Not Found"})))
        }
    }
}

pub(super) fn zones(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"availability_zones": []})))
}

pub(super) fn agents(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"agents": []})))
}
