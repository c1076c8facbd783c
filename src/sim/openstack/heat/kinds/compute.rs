//! The types of Nova: servers and key pairs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::ask::{ask, named};
use super::rest::Rest;
use super::{kind, kind_after};
use crate::world::World;
use crate::world::stack::{
    Action, Behaviour, Kind, Made, Progress, Property, Resource, Shape, Site, as_text, live, needed, plain,
};

const SERVER: &[Property] = &[
    live("name", Shape::Text),
    plain("image", Shape::Text),
    Property { name: "flavor", shape: Shape::Text, required: true, live: true },
    plain("key_name", Shape::Text),
    plain("networks", Shape::List),
    plain("security_groups", Shape::List),
    plain("user_data", Shape::Text),
    plain("user_data_format", Shape::Text),
    plain("user_data_update_policy", Shape::Text),
    live("metadata", Shape::Map),
    plain("block_device_mapping", Shape::List),
    plain("block_device_mapping_v2", Shape::List),
    plain("config_drive", Shape::Flag),
    plain("admin_pass", Shape::Text),
    plain("availability_zone", Shape::Text),
    live("tags", Shape::List),
    plain("personality", Shape::Map),
    plain("scheduler_hints", Shape::Map),
    plain("diskConfig", Shape::Text),
    live("flavor_update_policy", Shape::Text),
    live("image_update_policy", Shape::Text),
    plain("software_config_transport", Shape::Text),
    plain("deployment_swift_data", Shape::Map),
    plain("reservation_id", Shape::Text),
];

fn image_id(site: &Site<'_>, text: &str) -> String {
    let rows = site.world.images.iter();
    named(rows.map(|image| (image.id.as_str(), image.name.as_deref().unwrap_or_default())), text)
}

fn flavor_id(site: &Site<'_>, text: &str) -> String {
    named(site.world.flavors.iter().map(|flavor| (flavor.id.as_str(), flavor.name.as_str())), text)
}

fn networks(site: &Site<'_>) -> Option<Value> {
    let rows = site.properties.get("networks")?.as_array()?;
    let row = |row: &Value| {
        let text = |name: &str| row.get(name).filter(|value| !value.is_null()).map(as_text);
        let mut out = Map::new();
        if let Some(port) = text("port") {
            out.insert("port".into(), port.into());
        } else if let Some(network) = text("network").or_else(|| text("uuid")) {
            let own = site.world.networks_of(&site.asker.project, site.asker.admin);
            let id = named(own.map(|network| (network.id.as_str(), network.name.as_str())), &network);
            out.insert("uuid".into(), id.into());
        } else if let Some(subnet) = text("subnet") {
            let found = site.world.subnets.iter().find(|own| own.id == subnet || own.name == subnet);
            let id = found.map_or(subnet, |own| own.network.clone());
            out.insert("uuid".into(), id.into());
        }
        if let Some(fixed) = text("fixed_ip") {
            out.insert("fixed_ip".into(), fixed.into());
        }
        Value::Object(out)
    };
    Some(rows.iter().map(row).collect())
}

fn disks(site: &Site<'_>) -> Vec<Value> {
    let rows = site.properties["block_device_mapping_v2"].as_array().cloned().unwrap_or_default();
    let row = |(place, row): (usize, &Value)| {
        let text = |name: &str| row.get(name).filter(|value| !value.is_null()).map(as_text);
        let (kind, id) = if let Some(id) = text("volume_id") {
            ("volume", Some(id))
        } else if let Some(id) = text("image").or_else(|| text("image_id")) {
            ("image", Some(image_id(site, &id)))
        } else if let Some(id) = text("snapshot_id") {
            ("snapshot", Some(id))
        } else {
            ("blank", None)
        };
        let index = text("boot_index").and_then(|text| text.parse::<i64>().ok());
        let first = if place == 0 { 0 } else { -1 };
        let mut out = json!({"source_type": kind, "destination_type": "volume", "uuid": id,
            "boot_index": index.unwrap_or(first), "delete_on_termination": row["delete_on_termination"] == true});
        if let Some(size) = text("volume_size").and_then(|text| text.parse::<i64>().ok()) {
            out["volume_size"] = size.into();
        }
        out
    };
    rows.iter().enumerate().map(row).collect()
}

fn server(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = Map::new();
    body.insert("name".into(), site.text("name").unwrap_or_else(|| site.name.clone()).into());
    body.insert("flavorRef".into(), flavor_id(site, &site.text("flavor").unwrap_or_default()).into());
    if let Some(image) = site.text("image").filter(|text| !text.is_empty()) {
        body.insert("imageRef".into(), image_id(site, &image).into());
    }
    if let Some(networks) = networks(site) {
        body.insert("networks".into(), networks);
    }
    if let Some(data) = site.text("user_data") {
        body.insert("user_data".into(), STANDARD.encode(data).into());
    }
    for (from, to) in
        [("key_name", "key_name"), ("availability_zone", "availability_zone"), ("admin_pass", "adminPass")]
    {
        if let Some(text) = site.text(from).filter(|text| !text.is_empty()) {
            body.insert(to.into(), text.into());
        }
    }
    if let Some(rows) = site.properties["security_groups"].as_array() {
        body.insert("security_groups".into(), rows.iter().map(|row| json!({"name": as_text(row)})).collect());
    }
    if let Some(map) = site.properties["metadata"].as_object() {
        let row = |(name, value): (&String, &Value)| (name.clone(), Value::from(as_text(value)));
        body.insert("metadata".into(), Value::Object(map.iter().map(row).collect()));
    }
    let disks = disks(site);
    if !disks.is_empty() {
        body.insert("block_device_mapping_v2".into(), disks.into());
    }
    Ok(Value::Object(body))
}

fn ready(shown: &Value) -> Progress {
    match shown["status"].as_str().unwrap_or_default() {
        "ACTIVE" => Progress::Done,
        "ERROR" => {
            let fault = &shown["fault"];
            let (message, code) = (as_text(&fault["message"]), as_text(&fault["code"]));
            Progress::Failed(format!(
                "ResourceInError: Went to status ERROR due to \"Message: {message}, Code: {code}\""
            ))
        }
        "VERIFY_RESIZE" => Progress::Wait,
        _ => Progress::Wait,
    }
}

fn change(site: &mut Site<'_>, before: &Value) -> Result<Option<Value>, String> {
    let request = site.asker.request.clone();
    let own = format!("/compute/v2.1/servers/{}", site.physical);
    let flavor = site.text("flavor").unwrap_or_default();
    if as_text(&before["flavor"]) != flavor {
        let id = flavor_id(site, &flavor);
        ask(site, "POST", &format!("{own}/action"), Some(json!({"resize": {"flavorRef": id}})))
            .map_err(|why| why.told(&request))?;
    }
    if site.properties["metadata"] != before["metadata"] {
        let map = site.properties["metadata"].as_object().cloned().unwrap_or_default();
        let row = |(name, value): (&String, &Value)| (name.clone(), Value::from(as_text(value)));
        let metadata: Map<String, Value> = map.iter().map(row).collect();
        ask(site, "PUT", &format!("{own}/metadata"), Some(json!({"metadata": metadata})))
            .map_err(|why| why.told(&request))?;
    }
    Ok(site.text("name").map(|name| json!({"name": name})))
}

/// A resized server is confirmed, and then it is ready.
struct Server(Rest);

impl Behaviour for Server {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        self.0.make(site)
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let path = format!("/compute/v2.1/servers/{}", site.physical);
        let shown = ask(site, "GET", &path, None).unwrap_or_default();
        if shown["server"]["status"] == "VERIFY_RESIZE" && shown["server"]["OS-EXT-STS:task_state"].is_null()
        {
            let _ = ask(site, "POST", &format!("{path}/action"), Some(json!({"confirmResize": null})));
            return Progress::Wait;
        }
        self.0.made(site)
    }

    fn settled(&self, site: &mut Site<'_>) -> Option<Value> {
        self.0.settled(site)
    }

    fn change(&self, site: &mut Site<'_>, before: &Value) -> Result<Value, String> {
        self.0.change(site, before)
    }

    fn delete(&self, site: &mut Site<'_>) -> Progress {
        self.0.delete(site)
    }

    fn check(&self, properties: &Value, later: &dyn Fn(&str) -> bool) -> Result<(), (String, String)> {
        self.0.check(properties, later)
    }

    fn act(&self, site: &mut Site<'_>, action: Action) -> Result<(), String> {
        let word = match action {
            Action::Suspend => "suspend",
            Action::Resume => "resume",
            Action::Check => return self.0.act(site, action),
            _ => return Ok(()),
        };
        let request = site.asker.request.clone();
        let path = format!("/compute/v2.1/servers/{}/action", site.physical);
        ask(site, "POST", &path, Some(json!({word: null}))).map(|_| ()).map_err(|why| why.told(&request))
    }

    fn attribute(&self, world: &World, resource: &Resource, name: &str) -> Option<Value> {
        self.0.attribute(world, resource, name)
    }
}

fn attribute(data: &Value, name: &str) -> Option<Value> {
    let addresses = data["addresses"].as_object();
    let first = |rows: &Value| rows.as_array().and_then(|rows| rows.first()).map(|row| row["addr"].clone());
    match name {
        "first_address" => Some(
            addresses.into_iter().flatten().find_map(|(_, rows)| first(rows)).unwrap_or_else(|| "".into()),
        ),
        "networks" => {
            let rows = |rows: &Value| -> Value {
                rows.as_array().into_iter().flatten().map(|row| row["addr"].clone()).collect()
            };
            let map = addresses.into_iter().flatten().map(|(name, own)| (name.clone(), rows(own)));
            Some(Value::Object(map.collect()))
        }
        "instance_name" => data.get("OS-EXT-SRV-ATTR:instance_name").cloned().or(Some(Value::Null)),
        _ => None,
    }
}

/// A key pair: its private half is shown once, where it is asked to be kept.
fn key(site: &mut Site<'_>) -> Result<Value, String> {
    let mut body = json!({"name": site.text("name").unwrap_or_default()});
    if let Some(public) = site.text("public_key") {
        body["public_key"] = public.into();
    }
    Ok(body)
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    const ATTRIBUTES: &[&str] = &[
        "show",
        "name",
        "addresses",
        "networks",
        "first_address",
        "instance_name",
        "accessIPv4",
        "accessIPv6",
        "console_urls",
        "tags",
    ];
    kinds.push(kind_after(
        "OS::Nova::Server",
        SERVER,
        ATTRIBUTES,
        &["OS::Neutron::Subnet", "OS::Neutron::RouterInterface"],
        Server(Rest { ready, change, attribute, ..Rest::new("/compute/v2.1/servers", "server", server) }),
    ));
    kinds.push(kind(
        "OS::Nova::KeyPair",
        const {
            &[
                needed("name", Shape::Text),
                plain("public_key", Shape::Text),
                plain("save_private_key", Shape::Flag),
                plain("type", Shape::Text),
                plain("user", Shape::Text),
            ]
        },
        &["show", "public_key", "private_key"],
        Rest { id: "name", ..Rest::new("/compute/v2.1/os-keypairs", "keypair", key) },
    ));
}
