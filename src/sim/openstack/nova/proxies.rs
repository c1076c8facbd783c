//! Images through Nova, as they were before 2.36: in its own shape, with their properties as metadata.

use serde_json::{Value, json as v};

use super::create::texts;
use super::refuse::fault;
use super::view::pairs;
use super::{Answer, Call, Outcome, body, bookmark, json, links, own_link, page, schemas};
use crate::openstack::time;
use crate::world::{Image, ImageStatus, Pairs, World, put};

fn status(image: &Image) -> (&'static str, i64) {
    match image.status {
        ImageStatus::Active => ("ACTIVE", 100),
        ImageStatus::Queued => ("SAVING", 25),
        ImageStatus::Saving => ("SAVING", 50),
        ImageStatus::Deactivated => ("UNKNOWN", 0),
        ImageStatus::Deleted => ("DELETED", 0),
    }
}

fn image_links(call: &Call<'_>, image: &Image) -> Value {
    let own = format!("images/{}", image.id);
    let elsewhere = format!("{}/image/images/{}", call.request.base, image.id);
    let alternate = v!({"rel": "alternate", "type": "application/vnd.openstack.image", "href": elsewhere});
    v!([{"rel": "self", "href": own_link(call, &own)}, {"rel": "bookmark", "href": bookmark(call, &own)}, alternate])
}

fn brief(call: &Call<'_>, image: &Image) -> Value {
    v!({"id": image.id, "name": image.name, "links": image_links(call, image)})
}

fn full(call: &Call<'_>, image: &Image) -> Value {
    let (status, progress) = status(image);
    let mut value = v!({"id": image.id, "name": image.name, "minRam": image.min_ram_mib, "minDisk": image.min_disk_gib,
        "metadata": pairs(&image.properties), "created": time::second(image.created),
        "updated": time::second(image.updated), "status": status, "progress": progress,
        "OS-EXT-IMG-SIZE:size": image.size(), "links": image_links(call, image)});
    if let Some((_, server)) = image.properties.iter().find(|(key, _)| key == "instance_uuid") {
        value["server"] = v!({"id": server, "links": links(call, &format!("servers/{server}"))});
    }
    value
}

fn listed(world: &World, call: &Call<'_>, path: &str, draw: fn(&Call<'_>, &Image) -> Value) -> Outcome {
    let wanted = |image: &&Image| {
        image.shown_to(call.project(), false)
            && call.query("name").is_none_or(|name| image.name.as_deref() == Some(name))
            && call.query("status").is_none_or(|wanted| wanted.eq_ignore_ascii_case(status(image).0))
            && call
                .query("minRam")
                .is_none_or(|least| least.parse().is_ok_and(|least: i64| image.min_ram_mib >= least))
            && call
                .query("minDisk")
                .is_none_or(|least| least.parse().is_ok_and(|least: i64| image.min_disk_gib >= least))
    };
    let mut rows: Vec<&Image> = world.images.iter().filter(wanted).collect();
    rows.reverse();
    let (rows, next) = page(call, rows, |image: &Image| image.id.as_str(), path)?;
    let mut told = v!({"images": rows.into_iter().map(|image| draw(call, image)).collect::<Vec<_>>()});
    if let Some(next) = next {
        told["images_links"] = next;
    }
    Ok(json(200, &told))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "images", brief)
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    listed(world, call, "images/detail", full)
}

fn named(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let seen = |image: &Image| image.id == call.param(0) && image.shown_to(call.project(), call.admin());
    world.images.iter().position(seen).ok_or_else(|| fault(404, "Image not found."))
}

/// The image of the path, which must be the caller's.
fn owned(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let at = named(world, call)?;
    let image = &world.images[at];
    if image.owner == call.project() || call.admin() {
        return Ok(at);
    }
    Err(fault(403, &format!("Not authorized for image {}.", image.id)))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = named(world, call)?;
    Ok(json(200, &v!({"image": full(call, &world.images[at])})))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call)?;
    let image = &mut world.images[at];
    image.status = ImageStatus::Deleted;
    Ok(Answer::empty(204).about(&image.id, image.name.as_deref().unwrap_or_default()))
}

pub(super) fn metadata(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = named(world, call)?;
    Ok(json(200, &v!({"metadata": pairs(&world.images[at].properties)})))
}

fn set(world: &mut World, call: &Call<'_>, at: usize, properties: Pairs) -> Result<(), Answer> {
    let limit = world.quota(call.project()).metadata_items;
    if limit >= 0 && i64::try_from(properties.len()).unwrap_or(i64::MAX) > limit {
        return Err(fault(403, "Image metadata limit exceeded"));
    }
    let now = world.now();
    let image = &mut world.images[at];
    image.properties = properties;
    image.updated = now;
    Ok(())
}

fn done(world: &World, at: usize, status: u16, told: &Value) -> Outcome {
    let image = &world.images[at];
    let answer = if status == 204 { Answer::empty(204) } else { json(status, told) };
    Ok(answer.about(&image.id, image.name.as_deref().unwrap_or_default()))
}

pub(super) fn metadata_update(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata())?;
    let at = owned(world, call)?;
    let mut all = world.images[at].properties.clone();
    for (key, value) in texts(&asked["metadata"]) {
        put(&mut all, &key, &value);
    }
    let told = v!({"metadata": pairs(&all)});
    set(world, call, at, all)?;
    done(world, at, 200, &told)
}

pub(super) fn metadata_replace(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::metadata())?;
    let at = owned(world, call)?;
    set(world, call, at, texts(&asked["metadata"]))?;
    done(world, at, 200, &asked)
}

pub(super) fn item(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = named(world, call)?;
    let found = world.images[at].properties.iter().find(|(key, _)| key == call.param(1));
    let (key, value) = found.ok_or_else(|| fault(404, "Metadata item was not found"))?;
    Ok(json(200, &v!({"meta": {key: value}})))
}

pub(super) fn item_set(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::meta())?;
    let at = owned(world, call)?;
    let key = call.param(1);
    let Some(value) = asked["meta"][key].as_str() else {
        return Err(fault(400, "Request body and URI mismatch"));
    };
    let mut all = world.images[at].properties.clone();
    put(&mut all, key, value);
    set(world, call, at, all)?;
    done(world, at, 200, &asked)
}

pub(super) fn item_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call)?;
    let mut all = world.images[at].properties.clone();
    let place = all.iter().position(|(key, _)| key == call.param(1));
    all.remove(place.ok_or_else(|| fault(404, "Metadata item was not found"))?);
    set(world, call, at, all)?;
    done(world, at, 204, &Value::Null)
}
