//! `boot`: request a server, or several alike.

use super::refused::refused;
use super::waited;
use crate::cloud::server::{Nic, Nics};
use crate::cloud::{
    BootSpec, Error, Handle, Image, Keypair, Kind, Noun, Result, Secret, SecurityGroup, Server, Ty, Value,
    Volume,
};
use crate::verbs::argument::{
    Argument, Data, Files, FlavorRef, ImageRef, Map, Meta, Mismatch, Name, Positive, Ref, Reference,
    ServerRef, TimeLimit,
};
use crate::verbs::call::Call;
use crate::verbs::resolve;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Param, Run, Verb};

/// The new server's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
const IMAGE: Key<ImageRef> = Key::required("image", "Its image, by object, id or name.");
/// Its size.
pub const FLAVOR: Key<FlavorRef> = Key::required("flavor", "Its size, by object, id or name.");
const IMAGE_OPTIONAL: Key<ImageRef> =
    Key::optional("image", "Its image, by object, id or name; required, unless `like` gives it.");
const FLAVOR_OPTIONAL: Key<FlavorRef> =
    Key::optional("flavor", "Its size, by object, id or name; required, unless `like` gives it.");
const META: Key<Meta> = Key::optional("meta", "Metadata: a map of text.");
const TAGS: Key<Vec<String>> = Key::optional("tags", "Tags: an array of text.");
const FILES: Key<Files> = Key::optional("files", "Files to put in it: path to text or blob.");
const USER_DATA: Key<Data> = Key::optional("user_data", "What cloud-init reads: text or a blob.");
const KEY: Key<Ref<Keypair>> = Key::optional("key", "The key pair to log in with, or its name.");
const SECURITY_GROUPS: Key<Vec<Ref<SecurityGroup>>> =
    Key::optional("security_groups", "Security groups, by object, name or id.");
const NETWORKS: Key<Networks> = Key::optional(
    "networks",
    "An array of networks or of #{network, ip, port}; \"auto\" (the default) or \"none\".",
);
const ZONE: Key<Name> = Key::optional("zone", "The availability zone.");
const ADMIN_PASS: Key<Secret> =
    Key::optional("admin_pass", "The password to set; the cloud makes one otherwise.");
const CONFIG_DRIVE: Key<bool> = Key::optional("config_drive", "Whether to attach a config drive.");
const ROOT_DISK: Key<Positive> =
    Key::optional("root_disk", "GiB: boot from a new volume, deleted with the server.");
const VOLUMES: Key<Vec<Ref<Volume>>> =
    Key::optional("volumes", "Volumes to attach, by object, id or name; never deleted with it.");
const LIKE: Key<ServerRef> =
    Key::optional("like", "A server to take image, flavor, key, groups, networks, zone, meta and tags from.");
const DESCRIPTION: Key<String> = Key::optional("description", "A description.");
const ACCESS_IPV4: Key<String> =
    Key::optional("access_ipv4", "The address shown as its IPv4 access address.");
const ACCESS_IPV6: Key<String> =
    Key::optional("access_ipv6", "The address shown as its IPv6 access address.");
const COUNT: Key<Positive> = Key::optional("count", "How many: gives an array, names end in -1 … -n.");
const WAIT: Key<TimeLimit> = Key::optional("wait", "Wait until ACTIVE: a duration, or true for 10m.");
const PROVIDER: Key<Map> = Key::optional("provider", "Merged into the provider's own request.");

/// The option keys of `boot`, which `boot_all` takes too.
pub const SPEC: &[Param] = &[
    IMAGE_OPTIONAL.param(),
    FLAVOR_OPTIONAL.param(),
    META.param(),
    TAGS.param(),
    FILES.param(),
    USER_DATA.param(),
    KEY.param(),
    SECURITY_GROUPS.param(),
    NETWORKS.param(),
    ZONE.param(),
    ADMIN_PASS.param(),
    CONFIG_DRIVE.param(),
    ROOT_DISK.param(),
    VOLUMES.param(),
    LIKE.param(),
    DESCRIPTION.param(),
    ACCESS_IPV4.param(),
    ACCESS_IPV6.param(),
    COUNT.param(),
    WAIT.param(),
    PROVIDER.param(),
];

/// The declaration.
pub static VERB: Verb = Verb {
    name: "boot",
    group: Group::Servers,
    summary: "Request a server.",
    forms: &[Form::with(&[NAME.param()], SPEC)],
    returns: Ty::Of(Noun::Server),
    effect: Effect::Creates,
    examples: &[
        Example {
            code: r#"boot("db", #{ image: "cirros", flavor: "m1.tiny", meta: #{ role: "db" } }).wait_active().meta.role"#,
            gives: "db",
        },
        Example {
            code: r#"boot("app", #{ like: "web", count: 3, wait: true }).map(|s| s.name)"#,
            gives: r#"["app-1", "app-2", "app-3"]"#,
        },
    ],
    errors: &[
        Kind::NotFound,
        Kind::Ambiguous,
        Kind::InvalidArgument,
        Kind::OverQuota,
        Kind::Network,
        Kind::Failed,
    ],
    see: &["wait_active", "boot_all", "images", "flavors", "delete"],
    run: Run::Once(|call| Box::pin(boot(call))),
};

async fn boot(call: Call) -> Result<Value> {
    let cloud = call.cloud()?;
    let spec = spec(&call).await?;
    let wait = call.find(&WAIT)?.and_then(|patience| patience.0);
    let servers = match cloud.boot(&spec).await {
        Ok(servers) => servers,
        Err(error) => return Err(refused(&call, &cloud, &spec, error).await),
    };
    let disks = call.objects().into_iter().filter(|object| object.noun() == Noun::Volume);
    disks.for_each(|disk| disk.set_stale());
    let servers: Vec<Handle> = servers.into_iter().map(|server| Handle::new(server.into())).collect();
    let mut values: Vec<Value> = servers.iter().cloned().map(Value::Resource).collect();
    if let Some(timeout) = wait {
        waited(&call, &servers, timeout).await.map_err(|mut error| {
            error.exists = values.clone();
            error
        })?;
    }
    if spec.count.is_some() {
        return Ok(Value::Array(values));
    }
    values
        .pop()
        .ok_or_else(|| Error::new(Kind::Protocol, "the cloud accepted the request and described no server"))
}

/// A port has groups of its own, and a cloud would drop these without a word.
fn groups_of_port(call: &Call) -> Error {
    Error::new(Kind::InvalidArgument, "`security_groups` have no effect on a port, which has its own")
        .coded("call::invalid_argument")
        .help("leave out `security_groups`, or give the port its groups before the server is made")
        .at(call.place(SECURITY_GROUPS.name), "a port keeps its own groups")
}

/// The image of the server; of several of one name the zone may decide.
async fn image_of(call: &Call, image: &ImageRef) -> Result<Image> {
    match (call.resolve_image(image, IMAGE.name).await, &image.0) {
        (Err(error), Reference::Text(text)) if error.kind == Kind::Ambiguous => {
            let zone = call.find(&ZONE)?.map(|zone| zone.0);
            resolve::image_in_zone(&call.cloud()?, text, zone.as_deref(), error).await
        }
        (result, _) => result,
    }
}

/// What the cloud is asked for: the options, completed from `like`, with names resolved.
pub async fn spec(call: &Call) -> Result<BootSpec> {
    let like = match call.find(&LIKE)? {
        Some(like) => {
            let like = call.resolve_server(&like.0, LIKE.name).await?;
            call.same_cloud(&like.cloud, LIKE.name)?;
            Some(reread(call, like).await?)
        }
        None => None,
    };
    let root_disk = call.find(&ROOT_DISK)?.map(|gib| gib.0);
    let mut volumes = Vec::new();
    for volume in call.find(&VOLUMES)?.unwrap_or_default() {
        volumes.push(match &volume.0 {
            // An id needs no look: the cloud itself says when there is none of it.
            Reference::Text(text) if call.cloud()?.is_id(Noun::Volume, text) => text.to_string(),
            reference => call.resolve(reference, Noun::Volume, VOLUMES.name).await?.id().to_string(),
        });
    }
    let from_volume = call.value(PROVIDER.name).is_some_and(
        |provider| matches!(provider, Value::Map(map) if map.contains_key("block_device_mapping_v2")),
    );
    let image = match call.find(&IMAGE_OPTIONAL)? {
        Some(image) => Some(image_of(call, &image).await?.id),
        None => like.as_ref().and_then(|like| like.image.id.clone()),
    };
    let flavor = match call.find(&FLAVOR_OPTIONAL)? {
        Some(flavor) => Some(call.resolve_flavor(&flavor, FLAVOR.name).await?.id),
        None => match &like {
            Some(like) => flavor_of(call, like).await?,
            None => None,
        },
    };
    let missing: Vec<&str> = [(IMAGE.name, image.is_none() && !from_volume), (FLAVOR.name, flavor.is_none())]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect();
    if !missing.is_empty() {
        return Err(missing_keys(&missing));
    }
    let taken = |own: Option<Vec<String>>, from: fn(&Server) -> Vec<String>| {
        own.or_else(|| like.as_ref().map(from)).unwrap_or_default()
    };
    let groups = call.find(&SECURITY_GROUPS)?;
    let nics = call.find(&NETWORKS)?;
    if let (Some(groups), Some(nics)) = (&groups, &nics)
        && !groups.is_empty()
        && matches!(&nics.0, Nics::These(nics) if nics.iter().any(|nic| nic.port.is_some()))
    {
        return Err(groups_of_port(call));
    }
    let groups = groups.map(|groups| groups.iter().map(Ref::id_or_text).collect());
    Ok(BootSpec {
        name: call.get(&NAME)?.0,
        image,
        flavor: flavor.unwrap_or_default(),
        meta: call
            .find(&META)?
            .map(|meta| meta.0)
            .or_else(|| like.as_ref().map(|like| like.meta.clone()))
            .unwrap_or_default(),
        tags: taken(call.find(&TAGS)?, |like| like.tags.clone()),
        files: call.find(&FILES)?.map_or_else(Vec::new, |files| files.0),
        user_data: call.find(&USER_DATA)?.map(|data| data.0),
        key: call
            .find(&KEY)?
            .map(|key| match key.0 {
                Reference::Object(key) => key.name().to_string(),
                Reference::Text(name) => name.to_string(),
            })
            .or_else(|| like.as_ref().and_then(|like| like.key.clone())),
        security_groups: taken(groups, |like| like.security_groups.clone()),
        networks: match (call.find(&NETWORKS)?, &like) {
            (Some(networks), _) => networks.0,
            (None, Some(like)) if !like.addresses.is_empty() => Nics::These(
                like.addresses
                    .iter()
                    .map(|(network, _)| Nic { network: Some(network.clone()), ..Nic::default() })
                    .collect(),
            ),
            // Without an address at rest it has no network; one that is being built has none yet.
            (None, Some(like)) if like.status != "BUILD" && like.status != "ERROR" => Nics::Absent,
            (None, _) => Nics::Auto,
        },
        zone: call
            .find(&ZONE)?
            .map(|zone| zone.0)
            .or_else(|| like.as_ref().and_then(|like| like.zone.clone())),
        admin_pass: call.find(&ADMIN_PASS)?,
        config_drive: call.find(&CONFIG_DRIVE)?,
        root_disk,
        volumes,
        description: call.find(&DESCRIPTION)?,
        access_ipv4: call.find(&ACCESS_IPV4)?,
        access_ipv6: call.find(&ACCESS_IPV6)?,
        count: call.find(&COUNT)?.and_then(|count| usize::try_from(count.0).ok()),
        provider: call.find(&PROVIDER)?.map(|map| Value::Map(map).to_request()),
        marker: crate::cloud::call_scope::token(),
    })
}

async fn reread(call: &Call, server: Server) -> Result<Server> {
    let cloud = call.host.clouds.get(Some(&server.cloud))?;
    Ok(cloud.server(&server.id).await?.unwrap_or(server))
}

async fn flavor_of(call: &Call, server: &Server) -> Result<Option<String>> {
    if let Some(id) = &server.flavor.id {
        return Ok(Some(id.clone()));
    }
    let Some(name) = &server.flavor.name else { return Ok(None) };
    let cloud = call.host.clouds.get(Some(&server.cloud))?;
    Ok(Some(crate::verbs::resolve::flavor(&call.host, &cloud, name).await?.id))
}

/// The error of a spec without these keys.
pub fn missing_keys(missing: &[&str]) -> Error {
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(" and ");
    Error::new(Kind::InvalidArgument, format!("`boot` needs {names}"))
        .coded("call::missing_argument")
        .help("write `boot(name, #{ image: \"…\", flavor: \"…\" })`, or give `like: server`")
        .at(crate::cloud::error::Place::Argument(1), format!("without {names}"))
}

/// What `networks` can be.
#[derive(Debug, Clone)]
pub struct Networks(pub Nics);

impl Argument for Networks {
    const TY: Ty = Ty::Either(&Ty::ArrayOf(&Ty::Any), &Ty::OneOf(&["auto", "none"]));
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        let give = |because: Option<String>| Mismatch {
            give: "\"auto\", \"none\", or an array of networks or of #{network, ip, port}".to_string(),
            because,
        };
        let items = match value {
            Value::Text(text) if &**text == "auto" => return Ok(Networks(Nics::Auto)),
            Value::Text(text) if &**text == "none" => return Ok(Networks(Nics::Absent)),
            Value::Text(text) => {
                return Err(give(Some(format!(
                    "`{text}` is neither; networks come in an array: [\"{text}\"]"
                ))));
            }
            Value::Array(items) if !items.is_empty() => items,
            Value::Array(_) => {
                return Err(give(Some("the array is empty; write \"none\" for no network".to_string())));
            }
            _ => return Err(give(None)),
        };
        let text = |value: &Value| match value {
            Value::Text(text) if !text.is_empty() => Some(text.to_string()),
            Value::Resource(resource) if resource.noun() == Noun::Network => Some(resource.id().to_string()),
            _ => None,
        };
        let nics: Option<Vec<Nic>> = items
            .iter()
            .map(|item| match item {
                Value::Map(map) => {
                    if map.keys().any(|key| !matches!(key.as_str(), "network" | "ip" | "port"))
                        || map.is_empty()
                    {
                        return None;
                    }
                    let field = |name: &str| match map.get(name) {
                        None | Some(Value::Unit) => Some(None),
                        Some(value) => text(value).map(Some),
                    };
                    Some(Nic {
                        network: field("network")?,
                        ip: field("ip")?,
                        port: field("port")?,
                        ..Nic::default()
                    })
                }
                one => text(one).map(|network| Nic { network: Some(network), ..Nic::default() }),
            })
            .collect();
        nics.map(|nics| Networks(Nics::These(nics))).ok_or_else(|| {
            give(Some("a member is no network, and no map of network, ip and port".to_string()))
        })
    }
}
