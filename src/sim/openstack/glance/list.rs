//! Filter and showing images: filters, order, pages.

use serde_json::{Value, json as v};

use super::{Answer, Call, Outcome, framed, json, seen, view};
use crate::openstack::query;
use crate::world::{Image, World};

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

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let at = seen(world, call)?;
    Ok(json(200, &view::value(&world.images[at])))
}
