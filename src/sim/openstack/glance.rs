//! Glance v2: images, their contents, tags and members, and the patches that change them.

use serde_json::{Value, json as v};

use super::answer::framed;
use super::glance_view::{self as view, FIELDS, READ_ONLY};
use super::schema::check;
use super::{Answer, Call, Cut, Outcome, Route, Service, json, on, query};
use crate::sim::world::{Image, ImageStatus, Member, World, put};

pub(super) static SERVICE: Service = Service {
    prefix: "/image",
    routes: &[ROUTES],
    cut: |path| {
        let rest = path.trim_matches('/');
        // Nova's old links to images carry no version.
        let rest = if rest.starts_with("images") { format!("v2/{rest}") } else { rest.to_owned() };
        Cut { rest, ..Cut::default() }
    },
    enter,
    unknown: |_| framed(404, "The resource could not be found."),
    error: framed,
    stamp: |_, _| {},
};

static ROUTES: &[Route] = &[
    on("GET", "", "image.versions", view::versions),
    on("GET", "versions", "image.versions", view::versions),
    on("GET", "v2/images", "image.list", list),
    on("POST", "v2/images", "image.create", create),
    on("GET", "v2/images/{}", "image.show", show),
    on("PATCH", "v2/images/{}", "image.update", patch),
    on("DELETE", "v2/images/{}", "image.delete", delete),
    on("PUT", "v2/images/{}/file", "image.upload", upload),
    on("GET", "v2/images/{}/file", "image.download", download),
    on("POST", "v2/images/{}/actions/deactivate", "image.deactivate", deactivate),
    on("POST", "v2/images/{}/actions/reactivate", "image.reactivate", reactivate),
    on("PUT", "v2/images/{}/tags/{}", "image.tag_add", tag_add),
    on("DELETE", "v2/images/{}/tags/{}", "image.tag_delete", tag_delete),
    on("GET", "v2/images/{}/members", "image.members", members),
    on("POST", "v2/images/{}/members", "image.member_add", member_add),
    on("GET", "v2/images/{}/members/{}", "image.member", member_show),
    on("PUT", "v2/images/{}/members/{}", "image.member_update", member_update),
    on("DELETE", "v2/images/{}/members/{}", "image.member_delete", member_delete),
    on("GET", "v2/schemas/{}", "image.schema", view::schema),
    on("GET", "v2/info/import", "image.import_info", import_info),
    on("GET", "v2/info/stores", "image.stores", stores),
];

fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    if call.route.is_some_and(|route| route.operation == "image.versions") {
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_some() {
        return Ok(());
    }
    let message = "This server could not verify that you are authorized to access the document you requested. Either \
                   you supplied the wrong credentials (e.g., bad password), or your browser does not understand how \
                   to supply the credentials required.";
    let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
    Err(framed(401, message).with("WWW-Authenticate", uri))
}

fn forbidden(action: &str) -> Answer {
    framed(403, &format!("You are not authorized to complete {action} action."))
}

/// The image of the path, seen by the caller.
fn seen(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let id = call.param(0);
    let shown = |image: &Image| image.id == id && image.shown_to(call.project(), call.admin());
    let found = world.images.iter().position(shown);
    found.ok_or_else(|| framed(404, &format!("No image found with ID {id}")))
}

/// The image of the path, the caller's own.
fn owned(world: &World, call: &Call<'_>, action: &str) -> Result<usize, Answer> {
    let at = seen(world, call)?;
    if call.admin() || world.images[at].owner == call.project() { Ok(at) } else { Err(forbidden(action)) }
}

fn done(image: &Image, answer: Answer) -> Answer {
    answer.about(&image.id, image.name.as_deref().unwrap_or_default())
}

fn filtered(image: &Image, name: &str, wanted: &str) -> bool {
    let own = view::value(image);
    match name {
        "tag" => image.tags.iter().any(|tag| tag == wanted),
        "size_min" => wanted.parse().is_ok_and(|least: u64| image.size() >= least),
        "size_max" => wanted.parse().is_ok_and(|most: u64| image.size() <= most),
        _ => {
            let text = match &own[name] {
                Value::Null => return false,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match wanted.split_once(':') {
                Some(("in", list)) => list.split(',').any(|one| one.trim_matches('"') == text),
                Some(("eq", value)) => text == value,
                Some(("neq", value)) => text != value,
                Some(("gt", value)) => text.as_str() > value,
                Some(("gte", value)) => text.as_str() >= value,
                Some(("lt", value)) => text.as_str() < value,
                Some(("lte", value)) => text.as_str() <= value,
                _ => text == wanted,
            }
        }
    }
}

fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    const OWN: &[&str] = &["limit", "marker", "sort", "sort_key", "sort_dir", "member_status", "os_hidden"];
    let bad = |message: &str| Err(framed(400, message));
    let limit = match call.query("limit").map(str::parse::<i64>) {
        None => usize::MAX,
        Some(Ok(limit)) => match usize::try_from(limit) {
            Ok(limit) => limit,
            Err(_) => return bad("limit param must be positive"),
        },
        Some(Err(_)) => return bad("limit param must be an integer"),
    };
    let visibility = call.query("visibility");
    if let Some(other) =
        visibility.filter(|name| !["public", "private", "shared", "community", "all"].contains(name))
    {
        return bad(&format!("Invalid visibility value: {other}"));
    }
    if let Some(other) = call.query("protected").filter(|text| !["true", "false"].contains(text)) {
        return bad(&format!(
            "Invalid value '{other}' for 'protected' filter. Valid values are 'true' or 'false'."
        ));
    }
    let hidden = call.query("os_hidden").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let project = call.project();
    let listed = |image: &&Image| {
        // A community image is listed only to its owner, or when asked for.
        let open =
            image.visibility != "community" || image.owner == project || visibility == Some("community");
        let filters = call.request.query.iter().filter(|(name, value)| {
            !(OWN.contains(&name.as_str()) || name == "visibility" && value == "all")
        });
        let mut filters = filters;
        image.shown_to(project, call.admin())
            && (open || visibility == Some("all"))
            && image.hidden == hidden
            && filters.all(|(name, value)| filtered(image, name, value))
    };
    let mut rows: Vec<&Image> = world.images.iter().filter(listed).collect();
    rows.reverse();
    sort(call, &mut rows)?;
    if let Some(marker) = call.query("marker") {
        if world.image(marker).is_none() {
            return bad(&format!("No image found with ID {marker}"));
        }
        let at = rows.iter().position(|image| image.id == marker).map_or(rows.len(), |at| at + 1);
        rows.drain(..at);
    }
    let more = rows.len() > limit || (rows.len() == limit && limit > 0);
    rows.truncate(limit);
    let address = |pairs: &[(String, String)]| match query::write(pairs) {
        text if text.is_empty() => "/v2/images".to_owned(),
        text => format!("/v2/images?{text}"),
    };
    let mut pairs: Vec<_> = call.request.query.iter().filter(|(name, _)| name != "marker").cloned().collect();
    let mut told = v!({"images": rows.iter().map(|image| view::value(image)).collect::<Vec<_>>(),
        "first": address(&pairs), "schema": "/v2/schemas/images"});
    if let Some(last) = rows.last().filter(|_| more) {
        pairs.push(("marker".into(), last.id.clone()));
        told["next"] = address(&pairs).into();
    }
    Ok(json(200, &told))
}

fn sort(call: &Call<'_>, rows: &mut [&Image]) -> Result<(), Answer> {
    const KEYS: [&str; 8] =
        ["name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"];
    let mut order: Vec<(String, String)> = Vec::new();
    if let Some(sort) = call.query("sort") {
        for part in sort.split(',') {
            let (key, direction) = part.split_once(':').unwrap_or((part, "desc"));
            order.push((key.trim().to_owned(), direction.trim().to_owned()));
        }
    } else {
        let directions: Vec<_> = call.request.query.iter().filter(|(name, _)| name == "sort_dir").collect();
        let keys = call.request.query.iter().filter(|(name, _)| name == "sort_key");
        for (at, (_, key)) in keys.enumerate() {
            let direction =
                directions.get(at).or_else(|| directions.first()).map_or("desc", |d| d.1.as_str());
            order.push((key.clone(), direction.to_owned()));
        }
        if let (true, Some(direction)) = (order.is_empty(), directions.first()) {
            order.push(("created_at".into(), direction.1.clone()));
        }
    }
    for (key, direction) in order.iter().rev() {
        if !KEYS.contains(&key.as_str()) {
            let keys = KEYS.join(", ");
            let message = format!("Invalid sort key: {key}. It must be one of the following: {keys}.");
            return Err(framed(400, &message));
        }
        if direction != "asc" && direction != "desc" {
            return Err(framed(400, &format!("Invalid sort direction: {direction}")));
        }
        rows.sort_by(|one, other| {
            let order = match key.as_str() {
                "name" => one.name.cmp(&other.name),
                "status" => one.status.name().cmp(other.status.name()),
                "container_format" => one.container_format.cmp(&other.container_format),
                "disk_format" => one.disk_format.cmp(&other.disk_format),
                "size" => one.size().cmp(&other.size()),
                "id" => one.id.cmp(&other.id),
                "updated_at" => one.updated.cmp(&other.updated),
                _ => one.created.cmp(&other.created),
            };
            if direction == "desc" { order.reverse() } else { order }
        });
    }
    Ok(())
}

fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = seen(world, call)?;
    Ok(json(200, &view::value(&world.images[at])))
}

/// Refuses values that an image of this shape cannot have.
fn valid(fields: &Value) -> Result<(), Answer> {
    let schema = v!({"properties": view::properties()});
    let wrong = |rule: &str| framed(400, &format!("Provided object does not match schema 'image': {rule}"));
    check(&schema, fields).map_err(|problem| wrong(&problem.rule))?;
    for (name, value) in fields.as_object().into_iter().flatten() {
        if !FIELDS.contains(&name.as_str()) && !value.is_string() {
            return Err(wrong(&format!("{} is not of type 'string'", super::schema::python(value))));
        }
        if ["min_ram", "min_disk"].contains(&name.as_str()) && value.as_i64().is_some_and(|value| value < 0) {
            let message =
                format!("Invalid value '{value}' for parameter '{name}': Cannot be a negative value");
            return Err(framed(400, &message));
        }
    }
    Ok(())
}

/// Sets one field or property; its value has been checked.
fn set(call: &Call<'_>, image: &mut Image, name: &str, value: &Value) -> Result<(), Answer> {
    let text = || value.as_str().map(str::to_owned);
    match name {
        _ if READ_ONLY.contains(&name) => {
            return Err(framed(403, &format!("Attribute '{name}' is read-only.")));
        }
        "id" => {}
        "name" => image.name = text(),
        "visibility" => {
            if value == "public" && !call.admin() {
                return Err(forbidden("publicize_image"));
            }
            image.visibility = text().unwrap_or_default();
        }
        "owner" => {
            let owner = text().unwrap_or_default();
            if owner != call.project() && !call.admin() {
                let message = format!("You are not permitted to create images owned by '{owner}'");
                return Err(framed(403, &message));
            }
            image.owner = owner;
        }
        "disk_format" => image.disk_format = text(),
        "container_format" => image.container_format = text(),
        "min_ram" => image.min_ram_mib = value.as_i64().unwrap_or_default(),
        "min_disk" => image.min_disk_gib = value.as_i64().unwrap_or_default(),
        "protected" => image.protected = value == true,
        "os_hidden" => image.hidden = value == true,
        "tags" => {
            let tags = value.as_array().into_iter().flatten();
            image.tags = tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        }
        "locations" => return Err(forbidden("set_image_location")),
        _ => put(&mut image.properties, name, value.as_str().unwrap_or_default()),
    }
    Ok(())
}

fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = call.request.json().ok_or_else(|| framed(400, "Malformed JSON in request body."))?;
    let Some(fields) = asked.as_object() else {
        return Err(framed(400, "Request body must be a JSON object."));
    };
    valid(&asked)?;
    let mut image = Image::new(call.project(), world.now());
    if let Some(id) = asked["id"].as_str() {
        if uuid::Uuid::parse_str(id).is_err() {
            return Err(framed(400, "Provided object does not match schema 'image': the id is not a UUID"));
        }
        if world.images.iter().any(|image| image.id == id) {
            return Err(framed(409, &format!("Image ID {id} already exists!")));
        }
        id.clone_into(&mut image.id);
    }
    for (name, value) in fields {
        set(call, &mut image, name, value)?;
    }
    let own = format!("{}/v2/images/{}", call.home(), image.id);
    let answer = json(201, &view::value(&image))
        .with("Location", own)
        .with("OpenStack-image-import-methods", "glance-direct,web-download,copy-image");
    let answer = done(&image, answer);
    world.images.push(image);
    Ok(answer)
}

fn patch(world: &mut World, call: &Call<'_>) -> Outcome {
    let kind = call.request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/openstack-images-v2") {
        let message = format!(
            "The request media type {kind} is not supported by this server.<br /><br />\nImage PATCH expects \
             Content-Type one of: application/openstack-images-v2.0-json-patch, \
             application/openstack-images-v2.1-json-patch"
        );
        return Err(framed(415, &message));
    }
    let at = owned(world, call, "modify_image")?;
    let asked = call.request.json().ok_or_else(|| framed(400, "Malformed JSON in request body."))?;
    let Some(changes) = asked.as_array() else {
        return Err(framed(400, "Request body must be a JSON array of operation objects."));
    };
    let mut image = world.images[at].clone();
    for change in changes {
        // 2.0 patches name the operation by their key.
        let named = ["add", "remove", "replace"].iter().find(|name| change.get(**name).is_some());
        let operation = change["op"].as_str().or(named.copied()).unwrap_or_default();
        let path = change["path"].as_str().or_else(|| change[operation].as_str()).unwrap_or_default();
        if !["add", "remove", "replace"].contains(&operation) {
            let message = format!(
                "Invalid operation: `{operation}`. It must be one of the following: add, remove, replace."
            );
            return Err(framed(400, &message));
        }
        let Some(name) = path.strip_prefix('/').filter(|name| !name.is_empty()) else {
            return Err(framed(400, &format!("Pointer `{path}` does not start with \"/\".")));
        };
        let name = query::decode(name, false).replace("~1", "/").replace("~0", "~");
        let there = FIELDS.contains(&name.as_str()) || image.properties.iter().any(|(own, _)| *own == name);
        let conflict = "There was a conflict when trying to complete your request.";
        if operation != "add" && !there {
            let message = format!("{conflict}<br /><br />\nProperty {name} does not exist.");
            return Err(framed(409, &message));
        }
        if operation == "remove" {
            if FIELDS.contains(&name.as_str()) {
                let message = format!(
                    "Access was denied to this resource.<br /><br />\nProperty {name} may not be removed."
                );
                return Err(framed(403, &message));
            }
            image.properties.retain(|(own, _)| *own != name);
            continue;
        }
        if READ_ONLY.contains(&name.as_str()) || name == "id" {
            return Err(framed(403, &format!("Attribute '{name}' is read-only.")));
        }
        let value = &change["value"];
        valid(&v!({name.as_str(): value}))?;
        set(call, &mut image, &name, value)?;
    }
    image.updated = world.now();
    let answer = done(&image, json(200, &view::value(&image)));
    world.images[at] = image;
    Ok(answer)
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    let missing = |_| framed(404, &format!("Failed to find image {id} to delete"));
    let at = seen(world, call).map_err(missing)?;
    if !call.admin() && world.images[at].owner != call.project() {
        return Err(forbidden("delete_image"));
    }
    let image = &mut world.images[at];
    if image.protected {
        return Err(framed(403, &format!("Image {id} is protected and cannot be deleted.")));
    }
    image.status = ImageStatus::Deleted;
    image.data = None;
    Ok(done(image, Answer::empty(204)))
}

fn upload(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "upload_image")?;
    let kind = call.request.header("content-type").unwrap_or("application/octet-stream");
    if kind != "application/octet-stream" {
        let message = format!(
            "The request media type {kind} is not supported by this server.<br /><br />\nInvalid content type {kind}"
        );
        return Err(framed(415, &message));
    }
    let now = world.now();
    let image = &mut world.images[at];
    if image.status != ImageStatus::Queued {
        let message =
            format!("Image status transition from {} to saving is not allowed", image.status.name());
        return Err(framed(409, &message));
    }
    if image.disk_format.is_none() || image.container_format.is_none() {
        let message = "Properties disk_format, container_format must be set prior to saving data.";
        return Err(framed(400, message));
    }
    image.fill(call.request.body.clone());
    image.updated = now;
    Ok(done(image, Answer::empty(204)))
}

fn download(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = seen(world, call)?;
    let image = &world.images[at];
    if image.status == ImageStatus::Deactivated && !call.admin() {
        let message = "The requested image has been deactivated. Image data download is forbidden.";
        return Err(framed(403, message));
    }
    let Some(data) = &image.data else { return Ok(Answer::empty(204)) };
    let answer = Answer { body: data.bytes.clone(), kind: "application/octet-stream", ..Answer::empty(200) };
    Ok(answer.with("Content-MD5", data.md5.clone()))
}

fn switch(world: &mut World, call: &Call<'_>, verb: &str, to: ImageStatus) -> Outcome {
    let at = owned(world, call, verb)?;
    let now = world.now();
    let image = &mut world.images[at];
    if !matches!(image.status, ImageStatus::Active | ImageStatus::Deactivated) {
        let message = format!("Not allowed to {verb} image in status '{}'", image.status.name());
        return Err(framed(403, &message));
    }
    image.status = to;
    image.updated = now;
    Ok(done(image, Answer::empty(204)))
}

fn deactivate(world: &mut World, call: &Call<'_>) -> Outcome {
    switch(world, call, "deactivate", ImageStatus::Deactivated)
}

fn reactivate(world: &mut World, call: &Call<'_>) -> Outcome {
    switch(world, call, "reactivate", ImageStatus::Active)
}

fn tag_add(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "modify_image")?;
    let (image, tag) = (&mut world.images[at], call.param(1).to_owned());
    if !image.tags.contains(&tag) {
        image.tags.push(tag);
    }
    Ok(done(image, Answer::empty(204)))
}

fn tag_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "modify_image")?;
    let (image, tag) = (&mut world.images[at], call.param(1));
    let place = image.tags.iter().position(|own| own == tag);
    image.tags.remove(place.ok_or_else(|| framed(404, "The resource could not be found."))?);
    Ok(done(image, Answer::empty(204)))
}

fn members(world: &mut World, call: &Call<'_>) -> Outcome {
    let image = &world.images[seen(world, call)?];
    let rows: Vec<Value> = image.members.iter().map(|member| view::member(image, member)).collect();
    Ok(json(200, &v!({"members": rows, "schema": "/v2/schemas/members"})))
}

fn member_add(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "add_member")?;
    let asked = call.request.json().unwrap_or_default();
    let Some(project) = asked["member"].as_str() else {
        return Err(framed(400, "Member to be added not specified"));
    };
    let now = world.now();
    let image = &mut world.images[at];
    if image.visibility != "shared" {
        return Err(framed(403, "Only shared images have members."));
    }
    if image.members.iter().any(|member| member.project == project) {
        let message = format!("Member {project} is duplicated for image {}", image.id);
        return Err(framed(409, &message));
    }
    let member = Member { project: project.to_owned(), status: "pending".into(), created: now, updated: now };
    image.members.push(member.clone());
    Ok(done(image, json(200, &view::member(image, &member))))
}

/// The image and the place of the member that the path names.
fn member(world: &World, call: &Call<'_>) -> Result<(usize, usize), Answer> {
    let at = seen(world, call)?;
    let (image, project) = (&world.images[at], call.param(1));
    let place = image.members.iter().position(|member| member.project == project);
    let missing =
        || framed(404, &format!("{project} not found in the member list of the image {}.", image.id));
    Ok((at, place.ok_or_else(missing)?))
}

fn member_show(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, place) = member(world, call)?;
    let image = &world.images[at];
    Ok(json(200, &view::member(image, &image.members[place])))
}

fn member_update(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, place) = member(world, call)?;
    if world.images[at].members[place].project != call.project() && !call.admin() {
        return Err(forbidden("modify_member"));
    }
    let asked = call.request.json().unwrap_or_default();
    let status = asked["status"].as_str().unwrap_or_default().to_owned();
    if !["pending", "accepted", "rejected"].contains(&status.as_str()) {
        return Err(framed(400, &format!("Invalid status: {status}")));
    }
    let now = world.now();
    let image = &mut world.images[at];
    image.members[place].status = status;
    image.members[place].updated = now;
    Ok(done(image, json(200, &view::member(image, &image.members[place]))))
}

fn member_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let (at, place) = member(world, call)?;
    if world.images[at].owner != call.project() && !call.admin() {
        return Err(forbidden("delete_member"));
    }
    let image = &mut world.images[at];
    image.members.remove(place);
    Ok(done(image, Answer::empty(204)))
}

fn import_info(_: &mut World, _: &Call<'_>) -> Outcome {
    let methods = v!({"description": "Import methods available.", "type": "array",
        "value": ["glance-direct", "web-download", "copy-image"]});
    Ok(json(200, &v!({"import-methods": methods})))
}

fn stores(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"stores": [{"id": "local", "default": "true"}]})))
}
