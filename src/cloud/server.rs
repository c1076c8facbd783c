//! A server, what one is asked for with, and what can be done to one.

use super::Noun;
use super::described::Described;
use super::server_words::{STATUSES, TASKS};
use super::stored::shared_text;
use super::time::{Span, Time};
use super::ty::{Field, Ty};
use super::value::{Secret, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Another resource, known by id, by name, or by both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

impl Named {
    /// Whether nothing that both tell differs.
    pub fn is_same(&self, other: &Named) -> bool {
        match ((&self.id, &other.id), (&self.name, &other.name)) {
            ((Some(id), Some(other)), _) => id == other,
            (_, (Some(name), Some(other))) => name == other,
            _ => true,
        }
    }
}

/// An address of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// 4 or 6.
    pub version: u8,
    /// The address; empty while it is not known.
    pub addr: String,
    /// `fixed` or `floating`, where the cloud tells.
    pub kind: Option<String>,
}

/// A server as the cloud last described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Server {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// One of the words of LANGUAGE §3: ACTIVE, SHUTOFF …; UNKNOWN for what is none of them.
    pub status: String,
    /// The provider's own word.
    pub provider_status: String,
    /// The task under way, in the provider's word; `None` at rest.
    pub task: Option<String>,
    /// Percent done, where the cloud tells.
    pub progress: Option<i64>,
    /// The cloud's text about why it is in ERROR.
    pub fault: Option<String>,
    /// Its flavor.
    pub flavor: Named,
    /// Its image; both empty when it boots from a volume.
    pub image: Named,
    /// Its metadata, without rhain's own marker.
    pub meta: BTreeMap<String, String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its addresses by network, in the cloud's order.
    pub addresses: Vec<(String, Vec<Address>)>,
    /// The addresses that it is to be reached at, as somebody set them: IPv4 and IPv6.
    #[serde(default)]
    pub access: (Option<String>, Option<String>),
    /// What somebody wrote about it.
    #[serde(default)]
    pub description: Option<String>,
    /// The host that it runs on, as far as the cloud tells the user: its name, or an id of it.
    #[serde(default)]
    pub host: Option<String>,
    /// The id of the project that it belongs to.
    #[serde(default)]
    pub project: Option<String>,
    /// Whether it is locked, where the cloud knows such a thing.
    #[serde(default)]
    pub locked: Option<bool>,
    /// Its key's name.
    pub key: Option<String>,
    /// The names of its security groups.
    pub security_groups: Vec<String>,
    /// The ids of its volumes, the root first.
    pub volumes: Vec<String>,
    /// Its availability zone.
    pub zone: Option<String>,
    /// When it was made.
    pub created: Option<Time>,
    /// When the cloud last changed it; whole seconds on Nova.
    pub updated: Option<Time>,
    /// Its password, only where boot, rebuild or rescue told it.
    #[serde(skip)]
    pub admin_pass: Option<Secret>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The age is counted to this time: when it was read.
    pub read: Time,
    /// The cloud's own description of it.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Server {
    /// The fields of a server, in the manual's order.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "Its id."),
        Field::shown("name", Ty::Text, "Its name.").changed_by(&["rename"]),
        Field::shown(
            "status",
            Ty::OneOf(&STATUSES),
            "ACTIVE, SHUTOFF, BUILD, ERROR, VERIFY_RESIZE and so on, the same words on every cloud.",
        )
        .changed_by(&["start", "stop"]),
        Field::new("provider_status", Ty::Text, "The provider's own word for the status."),
        Field::new("task", Ty::OneOf(TASKS), "The task under way, or ()."),
        Field::new("progress", Ty::Int, "Percent done, or ()."),
        Field::new("fault", Ty::Text, "Why it is in ERROR, in the cloud's words, or ()."),
        Field::shown("flavor", Ty::Text, "Its flavor's name, looked up when first read.")
            .changed_by(&["resize"]),
        Field::new("flavor_id", Ty::Text, "Its flavor's id, or () where the cloud does not tell.")
            .changed_by(&["resize"]),
        Field::shown(
            "image",
            Ty::Text,
            "Its image's name, or () when it boots from a volume; looked up when first read.",
        )
        .changed_by(&["rebuild"]),
        Field::new("image_id", Ty::Text, "Its image's id, or ().").changed_by(&["rebuild"]),
        Field::new("meta", Ty::MapOf(&Ty::Text), "Its metadata.").changed_by(&["set_meta", "delete_meta"]),
        Field::new("tags", Ty::ArrayOf(&Ty::Text), "Its tags.").changed_by(&["add_tags", "remove_tags"]),
        Field::new("addresses", Ty::MapOf(&Ty::Any), "Network name to array of #{version, addr, type}."),
        Field::shown(
            "ip",
            Ty::Text,
            "The address to connect to: floating or public IPv4, then private, then IPv6; or ().",
        ),
        Field::new("public_ip", Ty::Text, "Its floating or public IPv4 address, or ().")
            .changed_by(&["associate_ip", "disassociate_ip"]),
        Field::new("private_ip", Ty::Text, "Its private IPv4 address, or ()."),
        Field::new("ipv6", Ty::Text, "Its IPv6 address, or ()."),
        Field::new(
            "access_ipv4",
            Ty::Text,
            "The IPv4 address that was set as the one to reach it at, or ().",
        )
        .changed_by(&["update"]),
        Field::new(
            "access_ipv6",
            Ty::Text,
            "The IPv6 address that was set as the one to reach it at, or ().",
        )
        .changed_by(&["update"]),
        Field::new("description", Ty::Text, "What was written about it, or ().").changed_by(&["update"]),
        Field::new(
            "host",
            Ty::Text,
            "The host that it runs on: its name for administrators, else an id that the cloud made of it, or ().",
        )
        .changed_by(&["migrate"]),
        Field::new("project", Ty::Text, "The id of the project that it belongs to, or ()."),
        Field::new("locked", Ty::Bool, "Whether it is locked, or () where the cloud has no locks.")
            .changed_by(&["lock", "unlock"]),
        Field::new("key", Ty::Text, "Its key's name, or ()."),
        Field::new("security_groups", Ty::ArrayOf(&Ty::Text), "The names of its security groups.")
            .changed_by(&["add_security_group", "remove_security_group"]),
        Field::new("volumes", Ty::ArrayOf(&Ty::Text), "The ids of its volumes, the root first.")
            .changed_by(&["attach", "detach"]),
        Field::new("zone", Ty::Text, "Its availability zone, or ()."),
        Field::new("created", Ty::Time, "When it was made."),
        Field::new("updated", Ty::Time, "When the cloud last changed it."),
        Field::shown("age", Ty::Duration, "How long ago it was made, when it was read."),
        Field::new("admin_pass", Ty::Secret, "Its password, only from boot, rebuild and rescue; else ().")
            .changed_by(&["set_password"]),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];

    /// How old it was when it was read.
    pub fn age(&self) -> Option<Span> {
        self.created.map(|created| self.read.since(created))
    }

    fn all_addresses(&self) -> impl Iterator<Item = &Address> {
        // One that is not known yet is none to connect to.
        self.addresses.iter().flat_map(|(_, list)| list.iter()).filter(|address| !address.addr.is_empty())
    }

    /// The floating address, or one that is routed publicly.
    pub fn public_ip(&self) -> Option<&str> {
        let v4 = || self.all_addresses().filter(|address| address.version == 4);
        v4().find(|address| address.kind.as_deref() == Some("floating"))
            .or_else(|| v4().find(|address| is_public(&address.addr)))
            .map(|address| address.addr.as_str())
    }

    /// The first IPv4 address that is neither floating nor public.
    pub fn private_ip(&self) -> Option<&str> {
        self.all_addresses()
            .find(|address| {
                address.version == 4
                    && address.kind.as_deref() != Some("floating")
                    && !is_public(&address.addr)
            })
            .map(|address| address.addr.as_str())
    }

    /// The first IPv6 address.
    pub fn ipv6(&self) -> Option<&str> {
        self.all_addresses().find(|address| address.version == 6).map(|address| address.addr.as_str())
    }

    /// The address a person would connect to.
    pub fn ip(&self) -> Option<&str> {
        self.public_ip().or_else(|| self.private_ip()).or_else(|| self.ipv6())
    }
}

impl Described for Server {
    fn noun(&self) -> Noun {
        Noun::Server
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn status(&self) -> &str {
        &self.status
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn addresses(&self) -> Vec<&str> {
        self.addresses.iter().flat_map(|(_, list)| list.iter().map(|one| one.addr.as_str())).collect()
    }

    fn field(&self, name: &str) -> Option<Value> {
        let name_or_id = |named: &Named, noun: Noun| match (&named.name, &named.id) {
            (Some(name), _) => Value::text(name),
            (None, Some(id)) => Value::NameOf(noun, Arc::from(id.as_str())),
            (None, None) => Value::Unit,
        };
        let texts = |list: &[String]| Value::Array(list.iter().map(Value::text).collect());
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => Value::text(&self.name),
            "status" => Value::text(&self.status),
            "provider_status" => Value::optional_text(Some(&self.provider_status)),
            "task" => Value::optional_text(self.task.as_deref()),
            "progress" => self.progress.map_or(Value::Unit, Value::Int),
            "fault" => Value::optional_text(self.fault.as_deref()),
            "flavor" => name_or_id(&self.flavor, Noun::Flavor),
            "flavor_id" => Value::optional_text(self.flavor.id.as_deref()),
            "image" => name_or_id(&self.image, Noun::Image),
            "image_id" => Value::optional_text(self.image.id.as_deref()),
            "meta" => text_map(&self.meta),
            "tags" => texts(&self.tags),
            "addresses" => addresses_value(&self.addresses),
            "ip" => Value::optional_text(self.ip()),
            "public_ip" => Value::optional_text(self.public_ip()),
            "private_ip" => Value::optional_text(self.private_ip()),
            "ipv6" => Value::optional_text(self.ipv6()),
            "access_ipv4" => Value::optional_text(self.access.0.as_deref()),
            "access_ipv6" => Value::optional_text(self.access.1.as_deref()),
            "description" => Value::optional_text(self.description.as_deref()),
            "host" => Value::optional_text(self.host.as_deref()),
            "project" => Value::optional_text(self.project.as_deref()),
            "locked" => self.locked.map_or(Value::Unit, Value::Bool),
            "key" => Value::optional_text(self.key.as_deref()),
            "security_groups" => texts(&self.security_groups),
            "volumes" => texts(&self.volumes),
            "zone" => Value::optional_text(self.zone.as_deref()),
            "created" => self.created.map_or(Value::Unit, Value::Time),
            "updated" => self.updated.map_or(Value::Unit, Value::Time),
            "age" => self.age().map_or(Value::Unit, Value::Span),
            "admin_pass" => self.admin_pass.clone().map_or(Value::Unit, Value::Secret),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}

/// Whether an IPv4 address is routed on the internet. Documentation ranges (RFC 5737) count as public:
/// test clouds use them as their external networks.
fn is_public(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            let shared = ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared)
        }
        _ => false,
    }
}

/// A map of texts as a value.
pub fn text_map(map: &BTreeMap<String, String>) -> Value {
    Value::Map(map.iter().map(|(key, value)| (key.clone(), Value::text(value))).collect())
}

/// The addresses of one network as the language shows them.
pub fn address_list(list: &[Address]) -> Value {
    Value::Array(
        list.iter()
            .map(|address| {
                Value::Map(BTreeMap::from([
                    ("version".to_string(), Value::Int(i64::from(address.version))),
                    ("addr".to_string(), Value::optional_text(Some(&address.addr))),
                    ("type".to_string(), Value::optional_text(address.kind.as_deref())),
                ]))
            })
            .collect(),
    )
}

/// All addresses as the language shows them.
pub fn addresses_value(addresses: &[(String, Vec<Address>)]) -> Value {
    Value::Map(addresses.iter().map(|(network, list)| (network.clone(), address_list(list))).collect())
}

/// One network of a new server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nic {
    /// Network id or unique name; the driver looks names up.
    pub network: Option<String>,
    /// Whether it is surely an id, which need not be looked up.
    pub is_known: bool,
    /// A fixed address in it.
    pub ip: Option<String>,
    /// A port that exists already, by id or unique name; the driver looks names up.
    pub port: Option<String>,
}

/// The networks of a new server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Nics {
    /// As the cloud sees fit.
    #[default]
    Auto,
    /// None at all.
    Absent,
    /// These.
    These(Vec<Nic>),
}

/// The volume that a new server boots from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootDisk {
    /// A new one of the image, this many GiB, deleted with the server.
    Size(i64),
    /// This one, by id, which is kept.
    Volume(String),
    /// A new one of this snapshot, by id, deleted with the server.
    Snapshot(String),
}

impl RootDisk {
    /// Whether it holds a system of its own, so that no image is needed.
    pub fn is_whole(&self) -> bool {
        !matches!(self, RootDisk::Size(_))
    }
}

/// What a new server is to be. Ids are resolved; a driver need not look names up, networks excepted.
#[derive(Debug, Clone, Default)]
pub struct BootSpec {
    /// Its name; with `count`, names end in `-1` … `-n`.
    pub name: String,
    /// Image id; `None` only where a volume holds the system.
    pub image: Option<String>,
    /// Flavor id.
    pub flavor: String,
    /// Metadata.
    pub meta: BTreeMap<String, String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Path to contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// What cloud-init reads, not yet encoded.
    pub user_data: Option<Vec<u8>>,
    /// The key's name.
    pub key: Option<String>,
    /// Security groups by name or id.
    pub security_groups: Vec<String>,
    /// Networks.
    pub networks: Nics,
    /// Availability zone.
    pub zone: Option<String>,
    /// The password to set.
    pub admin_pass: Option<Secret>,
    /// Whether to attach a config drive.
    pub config_drive: Option<bool>,
    /// The volume that it boots from, where that is not the flavor's own disk.
    pub root_disk: Option<RootDisk>,
    /// Ids of volumes to attach, never deleted with it.
    pub volumes: Vec<String>,
    /// The id of the server group it is to be in.
    pub server_group: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// The address shown as its IPv4 access address.
    pub access_ipv4: Option<String>,
    /// The address shown as its IPv6 access address.
    pub access_ipv6: Option<String>,
    /// How many; `None` is one.
    pub count: Option<usize>,
    /// Merged into the provider's own request.
    pub provider: Option<serde_json::Value>,
    /// rhain's own marker for this call: an unanswered create is looked up by it, never repeated.
    pub marker: String,
}

impl BootSpec {
    /// The size of the new volume that it boots from, where it asks for that.
    pub fn root_size(&self) -> Option<i64> {
        match self.root_disk {
            Some(RootDisk::Size(gib)) => Some(gib),
            _ => None,
        }
    }
}

/// What `update` changes; `None` keeps, an empty text clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// A new IPv4 access address.
    pub access_ipv4: Option<String>,
    /// A new IPv6 access address.
    pub access_ipv6: Option<String>,
}

/// What `rebuild` is given.
#[derive(Debug, Clone, Default)]
pub struct RebuildSpec {
    /// Image id.
    pub image: String,
    /// A new name.
    pub name: Option<String>,
    /// A password to set.
    pub admin_pass: Option<Secret>,
    /// Metadata that replaces what it has.
    pub meta: Option<BTreeMap<String, String>>,
    /// Path to contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// What cloud-init reads, not yet encoded.
    pub user_data: Option<Vec<u8>>,
}
