//! `boot`: request a server, or several alike.

use super::networks::Networks;
use super::refused::refused;
use super::root_disk::{RootDiskRef, root_disk};
use super::waited;
use crate::cloud::server::{Nic, Nics, RootDisk};
use crate::cloud::{
    BootSpec, Error, Handle, Keypair, Kind, Noun, Result, Secret, SecurityGroup, Server, ServerGroup, Ty,
    Value, Volume,
};
use crate::verbs::argument::{
    Data, Files, FlavorRef, ImageRef, Map, Meta, Name, Positive, Ref, Reference, ServerRef, TimeLimit,
};
use crate::verbs::call::Call;
use crate::verbs::resolve;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Param, Run, Verb};

/// The new server's name.
pub const NAME: Key<Name> = Key::required("name", "Its name.");
const IMAGE: Key<ImageRef> = Key::required("image", "Its image, by object, id or name.");
/// Its size.
pub const FLAVOR: Key<FlavorRef> = Key::required("flavor", "Its size, by object, id or name.");
const IMAGE_OPTIONAL: Key<ImageRef> = Key::optional(
    "image",
    "Its image, by object, id or name; required, unless `like` gives it or `root_disk` is a volume.",
);
const FLAVOR_OPTIONAL: Key<FlavorRef> =
    Key::optional("flavor", "Its size, by object, id or name; required, unless `like` gives it.");
const META: Key<Meta> = Key::optional("meta", "Metadata: a map of text.");
const TAGS: Key<Vec<String>> = Key::optional("tags", "Tags: an array of text.");
const FILES: Key<Files> = Key::optional("files", "Files to put in it: path to text or blob.").hashed();
const USER_DATA: Key<Data> = Key::optional("user_data", "What cloud-init reads: text or a blob.").hashed();
const KEY: Key<Ref<Keypair>> = Key::optional("key", "The key pair to log in with, or its name.");
const SECURITY_GROUPS: Key<Vec<Ref<SecurityGroup>>> =
    Key::optional("security_groups", "Security groups, by object, name or id.");
const NETWORKS: Key<Networks> = Key::optional(
    "networks",
    "An array of networks, of ports or of #{network, ip, port}; \"auto\" (the default) or \"none\".",
);
const ZONE: Key<Name> = Key::optional("zone", "The availability zone.");
const ADMIN_PASS: Key<Secret> =
    Key::optional("admin_pass", "The password to set; the cloud makes one otherwise.");
const CONFIG_DRIVE: Key<bool> = Key::optional("config_drive", "Whether to attach a config drive.");
const ROOT_DISK: Key<RootDiskRef> = Key::optional(
    "root_disk",
    "Boot from a volume: GiB for a new one of the image, deleted with the server; a volume, which is kept; or a snapshot, of \
     which a new one is made, deleted with the server. Text names a volume.",
);
const VOLUMES: Key<Vec<Ref<Volume>>> =
    Key::optional("volumes", "Volumes to attach, by object, id or name; never deleted with it.");
const SERVER_GROUP: Key<Ref<ServerGroup>> =
    Key::optional("server_group", "The server group it is in, by object, id or name.");
const LIKE: Key<ServerRef> =
    Key::optional("like", "A server to take image, flavor, key, groups, networks, zone, meta and tags from.");
const DESCRIPTION: Key<String> = Key::optional("description", "A description.");
const ACCESS_IPV4: Key<String> =
    Key::optional("access_ipv4", "The address shown as its IPv4 access address.");
const ACCESS_IPV6: Key<String> =
    Key::optional("access_ipv6", "The address shown as its IPv6 access address.");
pub(super) const COUNT: Key<Positive> =
    Key::optional("count", "How many: gives an array, names end in -1 … -n.");
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
    SERVER_GROUP.param(),
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

/// Security groups and networks that are given, where they go together.
fn groups_and_networks(call: &Call) -> Result<(Option<Vec<String>>, Option<Nics>)> {
    let groups = call.find(&SECURITY_GROUPS)?;
    let nics = call.find(&NETWORKS)?.map(|networks| networks.0);
    let with_port = matches!(&nics, Some(Nics::These(nics)) if nics.iter().any(|nic| nic.port.is_some()));
    if with_port && groups.as_ref().is_some_and(|groups| !groups.is_empty()) {
        return Err(groups_of_port(call));
    }
    if with_port && call.find(&COUNT)?.is_some_and(|count| count.0 > 1) {
        return Err(Error::new(
            Kind::InvalidArgument,
            "a port is for one server, and `count` asks for several",
        )
        .coded("call::invalid_argument")
        .help("boot them one by one, each with a port of its own")
        .at(call.place(NETWORKS.name), "a port among them"));
    }
    Ok((groups.map(|groups| groups.iter().map(Ref::id_or_text).collect()), nics))
}

/// The networks of a server that is like another.
fn networks_of(like: Option<&Server>) -> Nics {
    match like {
        Some(like) if !like.addresses.is_empty() => Nics::These(
            like.addresses
                .iter()
                .map(|(network, _)| Nic { network: Some(network.clone()), ..Nic::default() })
                .collect(),
        ),
        // Without an address at rest it has no network; one that is being built has none yet.
        Some(like) if like.status != "BUILD" && like.status != "ERROR" => Nics::Absent,
        _ => Nics::Auto,
    }
}

/// A port has groups of its own, and a cloud would drop these without a word.
fn groups_of_port(call: &Call) -> Error {
    Error::new(Kind::InvalidArgument, "`security_groups` have no effect on a port, which has its own")
        .coded("call::invalid_argument")
        .help("leave out `security_groups`, or give the port its groups before the server is made")
        .at(call.place(SECURITY_GROUPS.name), "a port keeps its own groups")
}

/// The id of the server group. An id needs no look: the cloud itself says when there is none of it.
async fn server_group(call: &Call) -> Result<Option<String>> {
    let Some(group) = call.find(&SERVER_GROUP)? else { return Ok(None) };
    Ok(Some(match &group.0 {
        Reference::Text(text) if call.cloud()?.is_id(Noun::ServerGroup, text) => text.to_string(),
        other => call.resolve(other, Noun::ServerGroup, SERVER_GROUP.name).await?.id().to_string(),
    }))
}

/// The id of the image of the server, or what its cloud takes for one; of several of one name the zone may decide.
async fn image_of(call: &Call, image: &ImageRef) -> Result<String> {
    if let Some(text) = as_written(call, &image.0, Noun::Image)? {
        return Ok(text);
    }
    let found = match (call.resolve_image(image, IMAGE.name).await, &image.0) {
        (Err(error), Reference::Text(text)) if error.kind == Kind::Ambiguous => {
            let zone = call.find(&ZONE)?.map(|zone| zone.0);
            resolve::image_in_zone(&call.cloud()?, text, zone.as_deref(), error).await
        }
        (result, _) => result,
    };
    Ok(found?.id)
}

/// The id of a size, or what its cloud takes for one.
async fn size_of(call: &Call, flavor: &FlavorRef) -> Result<String> {
    match as_written(call, &flavor.0, Noun::Flavor)? {
        Some(text) => Ok(text),
        None => Ok(call.resolve_flavor(flavor, FLAVOR.name).await?.id),
    }
}

/// A text that needs no look, since the cloud judges it itself.
fn as_written(call: &Call, reference: &Reference, noun: Noun) -> Result<Option<String>> {
    Ok(match reference {
        Reference::Text(text) if call.cloud()?.takes_as_written(noun, text) => Some(text.to_string()),
        _ => None,
    })
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
    let root_disk = root_disk(call, &ROOT_DISK).await?;
    let mut volumes = Vec::new();
    for volume in call.find(&VOLUMES)?.unwrap_or_default() {
        volumes.push(match &volume.0 {
            // An id needs no look: the cloud itself says when there is none of it.
            Reference::Text(text) if call.cloud()?.is_id(Noun::Volume, text) => text.to_string(),
            reference => call.resolve(reference, Noun::Volume, VOLUMES.name).await?.id().to_string(),
        });
    }
    let is_whole = root_disk.as_ref().is_some_and(RootDisk::is_whole);
    let from_volume = is_whole
        || call.value(PROVIDER.name).is_some_and(
            |provider| matches!(provider, Value::Map(map) if map.contains_key("block_device_mapping_v2")),
        );
    let image = match call.find(&IMAGE_OPTIONAL)? {
        // What holds a system of its own needs none.
        given if is_whole => {
            if given.is_some() {
                call.host.progress.warn("`image` has no effect: the server boots from `root_disk`");
            }
            None
        }
        Some(image) => Some(image_of(call, &image).await?),
        None => like.as_ref().and_then(|like| like.image.id.clone()),
    };
    let flavor = match call.find(&FLAVOR_OPTIONAL)? {
        Some(flavor) => Some(size_of(call, &flavor).await?),
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
    let (groups, nics) = groups_and_networks(call)?;
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
        networks: nics.unwrap_or_else(|| networks_of(like.as_ref())),
        zone: call
            .find(&ZONE)?
            .map(|zone| zone.0)
            .or_else(|| like.as_ref().and_then(|like| like.zone.clone())),
        admin_pass: call.find(&ADMIN_PASS)?,
        config_drive: call.find(&CONFIG_DRIVE)?,
        root_disk,
        volumes,
        server_group: server_group(call).await?,
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
