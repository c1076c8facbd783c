//! Nova's tables: every path and every action of the Compute API that is served, with the microversions it exists in.
//!
//! Bodies are checked in [`schemas`], servers are drawn in [`view`], refusals worded in [`refuse`]; the rest is one file
//! a resource.

mod actions;
mod create;
mod extras;
mod filters;
mod flavors;
mod groups;
mod interfaces;
mod keypairs;
mod metadata;
mod proxies;
mod quotas;
mod rebuild;
mod refuse;
mod schemas;
mod servers;
mod view;

use serde_json::{Value, json as v};

use super::answer::framed;
use super::schema::check;
use super::{Act, Answer, Call, Cut, Outcome, Route, Service, act, json, on};
use crate::sim::world::World;
use refuse::fault;

/// The newest microversion, `2.104`.
const LATEST: u16 = 104;

pub(super) static SERVICE: Service = Service {
    prefix: "/compute",
    routes: &[ROUTES, SERVERS],
    cut,
    enter,
    unknown: |_| Answer { plain: true, ..framed(404, "The resource could not be found.") },
    error: fault,
    stamp,
};

static ROUTES: &[Route] = &[
    on("GET", "", "compute.versions", versions),
    on("GET", "v2", "compute.version", version_old),
    on("GET", "v2.1", "compute.version", version),
    on("GET", "+/flavors", "flavor.list", flavors::list),
    on("GET", "+/flavors/detail", "flavor.list", flavors::detail),
    on("POST", "+/flavors", "flavor.create", flavors::create),
    on("GET", "+/flavors/{}", "flavor.show", flavors::show),
    on("DELETE", "+/flavors/{}", "flavor.delete", flavors::delete),
    on("GET", "+/flavors/{}/os-extra_specs", "flavor.extra_specs", flavors::extra_specs),
    on("GET", "+/flavors/{}/os-extra_specs/{}", "flavor.extra_spec", flavors::extra_spec),
    on("GET", "+/limits", "limits.show", quotas::limits),
    on("GET", "+/os-quota-sets/{}", "quota.show", quotas::show),
    on("GET", "+/os-quota-sets/{}/defaults", "quota.defaults", quotas::defaults),
    on("GET", "+/os-quota-sets/{}/detail", "quota.detail", quotas::detail),
    on("PUT", "+/os-quota-sets/{}", "quota.update", quotas::update),
    on("DELETE", "+/os-quota-sets/{}", "quota.reset", quotas::reset),
    on("GET", "+/os-keypairs", "keypair.list", keypairs::list),
    on("POST", "+/os-keypairs", "keypair.create", keypairs::create),
    on("GET", "+/os-keypairs/{}", "keypair.show", keypairs::show),
    on("DELETE", "+/os-keypairs/{}", "keypair.delete", keypairs::delete),
    on("GET", "+/os-availability-zone", "zone.list", extras::zones),
    on("GET", "+/os-availability-zone/detail", "zone.list", extras::zones_detail),
    on("GET", "+/os-services", "service.list", extras::services),
    on("GET", "+/os-hypervisors", "hypervisor.list", extras::hypervisors),
    on("GET", "+/os-hypervisors/detail", "hypervisor.list", extras::hypervisors_detail),
    on("GET", "+/os-server-groups", "server_group.list", extras::server_groups),
    on("GET", "+/extensions", "extension.list", extras::extensions),
    on("GET", "+/extensions/{}", "extension.show", extras::extension),
    on("GET", "+/images", "image.list", proxies::list).between(1, 35),
    on("GET", "+/images/detail", "image.list", proxies::detail).between(1, 35),
    on("GET", "+/images/{}", "image.show", proxies::show).between(1, 35),
    on("DELETE", "+/images/{}", "image.delete", proxies::delete).between(1, 35),
    on("GET", "+/images/{}/metadata", "image.metadata", proxies::metadata).between(1, 38),
    on("POST", "+/images/{}/metadata", "image.metadata_update", proxies::metadata_update).between(1, 38),
    on("PUT", "+/images/{}/metadata", "image.metadata_replace", proxies::metadata_replace).between(1, 38),
    on("GET", "+/images/{}/metadata/{}", "image.metadata_item", proxies::item).between(1, 38),
    on("PUT", "+/images/{}/metadata/{}", "image.metadata_set", proxies::item_set).between(1, 38),
    on("DELETE", "+/images/{}/metadata/{}", "image.metadata_delete", proxies::item_delete).between(1, 38),
    on("GET", "+/os-security-groups", "security_group.list", groups::list).between(1, 35),
    on("POST", "+/os-security-groups", "security_group.create", groups::create).between(1, 35),
    on("GET", "+/os-security-groups/{}", "security_group.show", groups::show).between(1, 35),
    on("DELETE", "+/os-security-groups/{}", "security_group.delete", groups::delete).between(1, 35),
];

static SERVERS: &[Route] = &[
    on("GET", "+/servers", "server.list", servers::list),
    on("GET", "+/servers/detail", "server.list", servers::detail),
    on("POST", "+/servers", "server.create", create::create),
    on("GET", "+/servers/{}", "server.show", servers::show),
    on("PUT", "+/servers/{}", "server.update", servers::update),
    on("DELETE", "+/servers/{}", "server.delete", actions::delete),
    Route { acts: ACTS, ..on("POST", "+/servers/{}/action", "server.action", actions::unknown) },
    on("GET", "+/servers/{}/metadata", "server.metadata", metadata::list),
    on("POST", "+/servers/{}/metadata", "server.metadata_update", metadata::update),
    on("PUT", "+/servers/{}/metadata", "server.metadata_replace", metadata::replace),
    on("GET", "+/servers/{}/metadata/{}", "server.metadata_item", metadata::item),
    on("PUT", "+/servers/{}/metadata/{}", "server.metadata_set", metadata::item_set),
    on("DELETE", "+/servers/{}/metadata/{}", "server.metadata_delete", metadata::item_delete),
    on("GET", "+/servers/{}/ips", "server.addresses", interfaces::addresses),
    on("GET", "+/servers/{}/ips/{}", "server.addresses_of", interfaces::addresses_of),
    on("GET", "+/servers/{}/tags", "server.tags", metadata::tags).between(26, u16::MAX),
    on("PUT", "+/servers/{}/tags", "server.tags_replace", metadata::tags_replace).between(26, u16::MAX),
    on("DELETE", "+/servers/{}/tags", "server.tags_clear", metadata::tags_clear).between(26, u16::MAX),
    on("GET", "+/servers/{}/tags/{}", "server.tag", metadata::tag).between(26, u16::MAX),
    on("PUT", "+/servers/{}/tags/{}", "server.tag_add", metadata::tag_add).between(26, u16::MAX),
    on("DELETE", "+/servers/{}/tags/{}", "server.tag_delete", metadata::tag_delete).between(26, u16::MAX),
    on("GET", "+/servers/{}/os-instance-actions", "server.actions", extras::deeds),
    on("GET", "+/servers/{}/os-instance-actions/{}", "server.action_show", extras::deed),
    on("GET", "+/servers/{}/os-interface", "server.interfaces", interfaces::list),
    on("POST", "+/servers/{}/os-interface", "server.interface_attach", interfaces::attach),
    on("GET", "+/servers/{}/os-interface/{}", "server.interface", interfaces::show),
    on("DELETE", "+/servers/{}/os-interface/{}", "server.interface_detach", interfaces::detach),
    on("GET", "+/servers/{}/os-security-groups", "server.security_groups", groups::of_server),
    on("GET", "+/servers/{}/os-volume_attachments", "server.volumes", extras::volumes),
    on("GET", "+/servers/{}/os-server-password", "server.password_show", extras::password),
    on("GET", "+/servers/{}/diagnostics", "server.diagnostics", extras::diagnostics),
    on("POST", "+/servers/{}/remote-consoles", "server.console_url", actions::remote_console)
        .between(6, u16::MAX)
        .asking(),
];

static ACTS: &[Act] = &[
    act("changePassword", "server.password", actions::password),
    act("reboot", "server.reboot", actions::reboot),
    act("rebuild", "server.rebuild", rebuild::rebuild),
    act("resize", "server.resize", actions::resize),
    act("confirmResize", "server.confirm_resize", actions::confirm),
    act("revertResize", "server.revert_resize", actions::revert),
    act("migrate", "server.migrate", actions::migrate),
    act("createImage", "server.create_image", actions::create_image),
    act("os-start", "server.start", actions::start),
    act("os-stop", "server.stop", actions::stop),
    act("pause", "server.pause", actions::pause),
    act("unpause", "server.unpause", actions::unpause),
    act("suspend", "server.suspend", actions::suspend),
    act("resume", "server.resume", actions::resume),
    act("shelve", "server.shelve", actions::shelve),
    act("shelveOffload", "server.shelve_offload", actions::offload),
    act("unshelve", "server.unshelve", actions::unshelve),
    act("lock", "server.lock", actions::lock),
    act("unlock", "server.unlock", actions::unlock),
    act("rescue", "server.rescue", actions::rescue),
    act("unrescue", "server.unrescue", actions::unrescue),
    act("os-getConsoleOutput", "server.console_log", actions::console_log).asking(),
    act("os-getVNCConsole", "server.console_url", actions::vnc_console).between(1, 5).asking(),
    act("os-getSerialConsole", "server.console_url", actions::no_console).between(1, 5).asking(),
    act("os-getSPICEConsole", "server.console_url", actions::no_console).between(1, 5).asking(),
    act("addFloatingIp", "server.add_floating_ip", actions::no_floating_ip).between(1, 43),
    act("removeFloatingIp", "server.remove_floating_ip", actions::no_floating_ip).between(1, 43),
    act("addSecurityGroup", "server.add_security_group", groups::add),
    act("removeSecurityGroup", "server.remove_security_group", groups::remove),
    act("forceDelete", "server.force_delete", actions::force_delete),
    act("restore", "server.restore", actions::restore),
    act("os-resetState", "server.reset_state", actions::reset_state),
];

/// Splits `/v2.1/PROJECT/servers/ID` into what names the version and project and `+/servers/ID`.
fn cut(path: &str) -> Cut {
    let path = path.trim_end_matches('/');
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let (Some(version @ ("v2" | "v2.1")), rest) = (parts.next(), parts.next()) else {
        return Cut { rest: path.trim_start_matches('/').to_owned(), ..Cut::default() };
    };
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return Cut { before: format!("/{version}"), rest: version.to_owned(), project: None };
    };
    let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
    let like_id = matches!(first.len(), 32 | 36) && first.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if like_id {
        let (before, rest) = (format!("/{version}/{first}"), format!("+/{after}"));
        return Cut { before, project: Some(first.to_owned()), rest };
    }
    Cut { before: format!("/{version}"), project: None, rest: format!("+/{rest}") }
}

fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    if call.route.is_some_and(|route| route.operation.starts_with("compute.version")) {
        call.version = asked_version(call).ok().flatten().filter(|v| *v <= LATEST).unwrap_or(1);
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_none() {
        let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
        let message = "The request you have made requires authentication.";
        let body = v!({"error": {"code": 401, "title": "Unauthorized", "message": message}});
        return Err(Answer { plain: true, ..json(401, &body) }.with("WWW-Authenticate", uri));
    }
    if !call.cut.before.starts_with("/v2.1") {
        call.version = 1;
    } else if let Some(version) = asked_version(call)? {
        call.version = version;
        if !(1..=LATEST).contains(&version) {
            let message = format!(
                "Version 2.{version} is not supported by the API. Minimum is 2.1 and maximum is 2.{LATEST}."
            );
            return Err(fault(406, &message));
        }
    }
    if let Some(project) = call.cut.project.as_deref().filter(|project| *project != call.project()) {
        let message = format!(
            "Malformed request URL: URL's project_id '{project}' doesn't match Context's project_id '{}'",
            call.project()
        );
        return Err(fault(400, &message));
    }
    Ok(())
}

/// The microversion that the headers ask for.
fn asked_version(call: &Call<'_>) -> Result<Option<u16>, Answer> {
    let general = call.request.header("openstack-api-version").and_then(|value| {
        value.split(',').find_map(|part| part.trim().strip_prefix("compute ").map(str::trim))
    });
    let Some(text) = general.or_else(|| call.request.header("x-openstack-nova-api-version")) else {
        return Ok(None);
    };
    if text == "latest" {
        return Ok(Some(LATEST));
    }
    let minor = text.split_once('.').map(|(major, minor)| (major, minor.parse::<u16>()));
    match minor {
        Some(("2", Ok(minor))) => Ok(Some(minor)),
        Some((_, Ok(_))) => {
            let message = format!(
                "Version {text} is not supported by the API. Minimum is 2.1 and maximum is 2.{LATEST}."
            );
            Err(fault(406, &message))
        }
        _ => {
            let message = format!(
                "API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum."
            );
            Err(fault(400, &message))
        }
    }
}

fn stamp(call: &Call<'_>, answer: &mut Answer) {
    answer.headers.push(("x-compute-request-id", call.request.id.clone()));
    if answer.plain || !call.cut.before.starts_with("/v2.1") {
        return;
    }
    let version = call.version;
    answer.headers.push(("OpenStack-API-Version", format!("compute 2.{version}")));
    answer.headers.push(("X-OpenStack-Nova-API-Version", format!("2.{version}")));
    answer.headers.push(("Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version".into()));
}

fn version_value(call: &Call<'_>, old: bool) -> Value {
    let (id, status, newest, oldest, updated) = if old {
        ("v2.0", "DEPRECATED", String::new(), "", "2025-07-04T12:00:00Z")
    } else {
        ("v2.1", "CURRENT", format!("2.{LATEST}"), "2.1", "2013-07-23T11:33:21Z")
    };
    let own = format!("{}/{}/", call.home(), if old { "v2" } else { "v2.1" });
    v!({"id": id, "status": status, "version": newest, "min_version": oldest, "updated": updated,
        "links": [{"rel": "self", "href": own}]})
}

fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    let body = v!({"versions": [version_value(call, true), version_value(call, false)]});
    Ok(Answer { plain: true, ..json(200, &body) })
}

fn described(call: &Call<'_>, old: bool) -> Answer {
    let mut value = version_value(call, old);
    if let Some(links) = value["links"].as_array_mut() {
        links.push(v!({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}));
    }
    let minor = if old { "2" } else { "2.1" };
    let kind = format!("application/vnd.openstack.compute+json;version={minor}");
    value["media-types"] = v!([{"base": "application/json", "type": kind}]);
    json(200, &v!({"version": value}))
}

fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(described(call, false))
}

fn version_old(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(described(call, true))
}

/// The request's body, checked against a schema.
fn body(call: &Call<'_>, schema: &Value) -> Result<Value, Answer> {
    let kind = call.request.header("content-type").unwrap_or("application/json");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let text = &call.request.body;
    if !text.is_empty() && !matches!(kind, "application/json" | "application/vnd.openstack.compute+json") {
        return Err(fault(415, "Unsupported Content-Type"));
    }
    let value = match text.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(text).map_err(|_| fault(400, "Malformed request body"))?,
    };
    check(schema, &value).map_err(|problem| fault(400, &problem.message()))?;
    Ok(value)
}

/// Refuses a caller without the admin role, naming the policy.
fn policy(call: &Call<'_>, rule: &str) -> Result<(), Answer> {
    if call.admin() {
        return Ok(());
    }
    Err(fault(403, &format!("Policy doesn't allow os_compute_api:{rule} to be performed.")))
}

/// The address of a resource, with the version and project of the request.
fn own_link(call: &Call<'_>, rest: &str) -> String {
    format!("{}{}/{rest}", call.home(), call.cut.before)
}

/// The lasting address of a resource, without a version.
fn bookmark(call: &Call<'_>, rest: &str) -> String {
    match &call.cut.project {
        Some(project) => format!("{}/{project}/{rest}", call.home()),
        None => format!("{}/{rest}", call.home()),
    }
}

fn links(call: &Call<'_>, rest: &str) -> Value {
    v!([{"rel": "self", "href": own_link(call, rest)}, {"rel": "bookmark", "href": bookmark(call, rest)}])
}

/// The index of the server that the path names, if the caller may see it.
fn server(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let id = call.param(0);
    let seen = |at: &usize| call.admin() || world.servers[*at].project == call.project();
    let found = world.server_at(id).filter(seen);
    found.ok_or_else(|| fault(404, &format!("Instance {id} could not be found.")))
}

/// The part of a sorted list that `limit` and `marker` ask for, and the link to what follows.
fn page<'a, T>(
    call: &Call<'_>,
    rows: Vec<&'a T>,
    id: impl Fn(&T) -> &str,
    path: &str,
) -> Result<(Vec<&'a T>, Option<Value>), Answer> {
    const MOST: usize = 1000;
    let mut rows = rows;
    let limit = match call.query("limit") {
        Some(text) => {
            let schema = v!({"pattern": super::schema::DIGITS});
            check(&schema, &Value::String(text.to_owned()))
                .map_err(|problem| fault(400, &problem.of_query("limit")))?;
            text.parse().unwrap_or(MOST).min(MOST)
        }
        None => MOST,
    };
    if let Some(marker) = call.query("marker") {
        let at = rows.iter().position(|row| id(row) == marker);
        let at = at.ok_or_else(|| fault(400, &format!("marker [{marker}] not found")))?;
        rows.drain(..=at);
    }
    rows.truncate(limit);
    let next = rows.last().filter(|_| rows.len() == limit && limit > 0).map(|last| {
        let mut query: Vec<_> =
            call.request.query.iter().filter(|(key, _)| key != "marker").cloned().collect();
        query.push(("marker".into(), id(last).to_owned()));
        v!([{"rel": "next", "href": format!("{}?{}", own_link(call, path), super::query::write(&query))}])
    });
    Ok((rows, next))
}
