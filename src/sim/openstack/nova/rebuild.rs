//! Rebuilding a server from an image.

use serde_json::{Value, json as v};

use super::actions::act_on;
use super::create::texts;
use super::refuse::{fault, refused};
use super::view::{For, full};
use super::{Answer, Call, Outcome, body, json, own_link, schemas, server};
use crate::world::{Action, Kind, Rebuild, Refusal, World, fresh_secret, within};

pub(super) fn rebuild(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::rebuild(call.version))?;
    let asked = &asked["rebuild"];
    let at = server(world, call)?;
    let asker = call.asker();
    let id = world.servers[at].id.clone();
    let text = |key: &str| asked[key].as_str().map(str::to_owned);
    // Given and null means that it is taken away.
    let erasable = |key: &str| asked.get(key).map(|value| value.as_str().map(str::to_owned));
    if let Some(Some(key)) = erasable("key_name")
        && world.keypair(&asker.user, &key).is_none()
    {
        return Err(fault(400, "Invalid key_name provided."));
    }
    let image = text("imageRef").unwrap_or_default();
    let flavor = world.servers[at].flavor.clone();
    let wording = |refusal| match refusal {
        Refusal::Missing(Kind::Image, _) => fault(400, "Cannot find image for rebuild"),
        refusal => refused("rebuild", &id, refusal),
    };
    let image_properties = world.fits_rebuild(&flavor, &image, &asker).map_err(wording)?;
    let metadata = asked.get("metadata").map(texts);
    if let Some(metadata) = &metadata {
        within(metadata, world.quota(&asker.project).metadata_items).map_err(wording)?;
    }
    let password = text("adminPass").unwrap_or_else(|| fresh_secret(12));
    let certificates = asked.get("trusted_image_certificates").map(|value| {
        let list = value.as_array();
        list.map(|list| list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    });
    let with = Rebuild {
        image,
        image_properties,
        name: text("name"),
        metadata,
        description: erasable("description"),
        key_name: erasable("key_name"),
        user_data: erasable("user_data"),
        access_v4: text("accessIPv4"),
        access_v6: text("accessIPv6"),
        auto_disk: text("OS-DCF:diskConfig").map(|disk| disk == "AUTO"),
        certificates,
        password: Some(password.clone()),
        hostname: text("hostname"),
    };
    act_on(world, call, at, "rebuild", Action::Rebuild(Box::new(with)))?;
    Ok(told(world, call, at, &password))
}

fn told(world: &World, call: &Call<'_>, at: usize, password: &str) -> Answer {
    let server = &world.servers[at];
    let mut value = full(world, call, server, For::Change);
    value["adminPass"] = password.into();
    if call.version >= 54 {
        value["key_name"] = server.key_name.clone().into();
    }
    if call.version >= 57 {
        value["user_data"] = server.user_data.clone().into();
    }
    if let Some(value) = value.as_object_mut().filter(|_| call.version < 104) {
        value.remove("scheduler_hints");
    }
    let own = own_link(call, &format!("servers/{}", server.id));
    json(202, &v!({"server": Value::clone(&value)})).with("Location", own).about(&server.id, &server.name)
}
