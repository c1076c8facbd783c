//! Making, patching and deleting images.

use serde_json::{Value, json as v};

use super::view::{self, FIELDS, READ_ONLY};
use super::{Answer, Call, Outcome, done, forbidden, framed, json, owned, seen};
use crate::openstack::query;
use crate::openstack::schema::{check, python};
use crate::world::{Image, ImageStatus, World, put};

/// Refuses values that an image of this shape cannot have.
fn valid(fields: &Value) -> Result<(), Answer> {
    let schema = v!({"properties": view::properties()});
    let wrong = |rule: &str| framed(400, &format!("Provided object does not match schema 'image': {rule}"));
    check(&schema, fields).map_err(|problem| wrong(&problem.rule))?;
    for (name, value) in fields.as_object().into_iter().flatten() {
        if !FIELDS.contains(&name.as_str()) && !value.is_string() {
            return Err(wrong(&format!("{} is not of type 'string'", python(value))));
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

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn patch(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
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
