//! A dry run's stand-ins of what `create_*` and their kin would have made; servers and images are in [`super::pretend`].

use super::argument::Name;
use super::call::Call;
use super::verb::Key;
use super::{keypair, network, public_ip, security_group, volume};
use crate::cloud::{
    Keypair, Network, PublicIp, Resource, Result, Router, SecurityGroup, Snapshot, Value, Volume,
};
use serde_json::Value as Json;
use std::sync::Arc;

/// Keep it, so that reads and waits of it answer from it.
fn kept(call: &Call, resource: impl Into<Resource>) -> Result<Value> {
    let resource = resource.into();
    call.host.stand_in(resource.clone());
    Ok(Value::from(resource))
}

fn raw() -> Arc<Json> {
    Arc::new(Json::Object(serde_json::Map::new()))
}

fn name(call: &Call, key: &Key<Name>) -> Result<String> {
    Ok(call.get(key)?.0)
}

/// The id of an argument that names a resource: the object's; text is taken for it.
fn id(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Resource(resource)) => Some(resource.id().to_string()),
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// A volume that is there and free.
pub async fn volume(call: &Call) -> Result<Value> {
    use volume::create_volume::{GIB, META, NAME, TYPE};
    let now = call.host.clock.now();
    let planned = Volume {
        id: call.host.stand_in_id(),
        name: name(call, &NAME)?,
        status: "AVAILABLE".to_string(),
        size: call.get(&GIB)?.0,
        kind: call.find(&TYPE)?.map(|kind| kind.0),
        zone: id(call.value("zone")),
        bootable: None,
        server: None,
        device: None,
        snapshot: id(call.value("snapshot")),
        image: id(call.value("image")),
        meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
        created: Some(now),
        cloud: call.cloud()?.name().clone(),
        read: now,
        raw: raw(),
    };
    kept(call, planned)
}

/// A snapshot of a volume.
pub fn snapshot(call: &Call) -> Result<Value> {
    use volume::snapshot::{META, NAME};
    let now = call.host.clock.now();
    let size = match call.subject() {
        Some(Value::Resource(object)) => match object.latest() {
            Resource::Volume(volume) => volume.size,
            _ => 0,
        },
        _ => 0,
    };
    let planned = Snapshot {
        id: call.host.stand_in_id(),
        name: name(call, &NAME)?,
        status: "AVAILABLE".to_string(),
        volume: id(call.subject()),
        size,
        meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
        created: Some(now),
        cloud: call.cloud()?.name().clone(),
        read: now,
        raw: raw(),
    };
    kept(call, planned)
}

/// A key pair, whose private key nobody has.
pub fn keypair(call: &Call) -> Result<Value> {
    use keypair::create_keypair::{NAME, PUBLIC_KEY};
    let planned = Keypair {
        id: call.host.stand_in_id(),
        name: name(call, &NAME)?,
        fingerprint: None,
        public_key: call.find(&PUBLIC_KEY)?.map(|key| key.0),
        private_key: None,
        cloud: call.cloud()?.name().clone(),
        raw: raw(),
    };
    kept(call, planned)
}

/// A group that lets nothing in.
pub fn security_group(call: &Call) -> Result<Value> {
    use security_group::create_security_group::{DESCRIPTION, NAME};
    let planned = SecurityGroup {
        id: call.host.stand_in_id(),
        name: name(call, &NAME)?,
        description: call.find(&DESCRIPTION)?.unwrap_or_default(),
        rules: Vec::new(),
        cloud: call.cloud()?.name().clone(),
        raw: raw(),
    };
    kept(call, planned)
}

/// A network with the range it was asked for.
pub fn network(call: &Call) -> Result<Value> {
    use network::create_network::{CIDR, NAME};
    let planned = Network {
        id: call.host.stand_in_id(),
        name: name(call, &NAME)?,
        status: "ACTIVE".to_string(),
        cidrs: call.find(&CIDR)?.map(|cidr| cidr.0).into_iter().collect(),
        external: Some(false),
        shared: Some(false),
        cloud: call.cloud()?.name().clone(),
        raw: raw(),
    };
    kept(call, planned)
}

/// A router.
pub async fn router(call: &Call) -> Result<Value> {
    use network::create_router::{EXTERNAL, NAME};
    let external = call.maybe_one(&EXTERNAL).await?.map(|network| network.id().to_string());
    let planned = Router {
        id: call.host.stand_in_id(),
        name: name(call, &NAME)?,
        status: "ACTIVE".to_string(),
        external,
        cloud: call.cloud()?.name().clone(),
        raw: raw(),
    };
    kept(call, planned)
}

/// A free address; nobody knows which it would have been, so its id stands for it.
pub fn public_ip(call: &Call) -> Result<Value> {
    let id = call.host.stand_in_id();
    let planned = PublicIp {
        address: id.clone(),
        id,
        server: None,
        port: None,
        pool: call.find(&public_ip::allocate_ip::POOL)?.map(|pool| pool.0),
        association: None,
        cloud: call.cloud()?.name().clone(),
        raw: raw(),
    };
    kept(call, planned)
}
