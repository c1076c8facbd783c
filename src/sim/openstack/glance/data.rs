//! The contents of images, whether they may be had, and tags.

use super::{Answer, Call, Outcome, done, framed, owned, seen};
use crate::world::{ImageStatus, World};

pub(super) fn upload(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn download(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn deactivate(world: &mut World, call: &Call<'_>) -> Outcome {
    switch(world, call, "deactivate", ImageStatus::Deactivated)
}

pub(super) fn reactivate(world: &mut World, call: &Call<'_>) -> Outcome {
    switch(world, call, "reactivate", ImageStatus::Active)
}

pub(super) fn tag_add(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "modify_image")?;
    let (image, tag) = (&mut world.images[at], call.param(1).to_owned());
    if !image.tags.contains(&tag) {
        image.tags.push(tag);
    }
    Ok(done(image, Answer::empty(204)))
}

pub(super) fn tag_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = owned(world, call, "modify_image")?;
    let (image, tag) = (&mut world.images[at], call.param(1));
    let place = image.tags.iter().position(|own| own == tag);
    image.tags.remove(place.ok_or_else(|| framed(404, "The resource could not be found."))?);
    Ok(done(image, Answer::empty(204)))
}
