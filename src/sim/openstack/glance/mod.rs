//! Glance v2: its table, and what every call needs. Lists are in [`list`], changes in [`change`], contents and tags in
//! [`data`], sharing in [`members`]; [`view`] draws images.

mod change;
mod data;
mod list;
mod members;
mod view;

use serde_json::json as v;

use super::answer::framed;
use super::{Answer, Call, Cut, Outcome, Route, Service, json, on};
use crate::world::{Image, World};

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
    on("GET", "v2/images", "image.list", list::list),
    on("POST", "v2/images", "image.create", change::create),
    on("GET", "v2/images/{}", "image.show", list::show),
    on("PATCH", "v2/images/{}", "image.update", change::patch),
    on("DELETE", "v2/images/{}", "image.delete", change::delete),
    on("PUT", "v2/images/{}/file", "image.upload", data::upload),
    on("GET", "v2/images/{}/file", "image.download", data::download),
    on("POST", "v2/images/{}/actions/deactivate", "image.deactivate", data::deactivate),
    on("POST", "v2/images/{}/actions/reactivate", "image.reactivate", data::reactivate),
    on("PUT", "v2/images/{}/tags/{}", "image.tag_add", data::tag_add),
    on("DELETE", "v2/images/{}/tags/{}", "image.tag_delete", data::tag_delete),
    on("GET", "v2/images/{}/members", "image.members", members::list),
    on("POST", "v2/images/{}/members", "image.member_add", members::add),
    on("GET", "v2/images/{}/members/{}", "image.member", members::show),
    on("PUT", "v2/images/{}/members/{}", "image.member_update", members::update),
    on("DELETE", "v2/images/{}/members/{}", "image.member_delete", members::delete),
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

fn import_info(_: &mut World, _: &Call<'_>) -> Outcome {
    let methods = v!({"description": "Import methods available.", "type": "array",
        "value": ["glance-direct", "web-download", "copy-image"]});
    Ok(json(200, &v!({"import-methods": methods})))
}

fn stores(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"stores": [{"id": "local", "default": "true"}]})))
}
