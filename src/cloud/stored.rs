//! Nouns as they are written down and read again: all that a driver told of them. Secrets and the cloud's own description (`raw`)
//! are no part of that; who writes them down says how.

use super::resource::Resource;
use super::ty::Noun;
use super::value::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::sync::Arc;

/// A description as JSON, without its secret and without `raw`; `Null` never happens of a noun.
pub fn write(resource: &Resource) -> Json {
    fn json(noun: &impl Serialize) -> Json {
        serde_json::to_value(noun).unwrap_or(Json::Null)
    }
    match resource {
        Resource::Server(noun) => json(&**noun),
        Resource::Image(noun) => json(&**noun),
        Resource::Flavor(noun) => json(&**noun),
        Resource::Keypair(noun) => json(&**noun),
        Resource::Volume(noun) => json(&**noun),
        Resource::Snapshot(noun) => json(&**noun),
        Resource::SecurityGroup(noun) => json(&**noun),
        Resource::Network(noun) => json(&**noun),
        Resource::Subnet(noun) => json(&**noun),
        Resource::Router(noun) => json(&**noun),
        Resource::PublicIp(noun) => json(&**noun),
        Resource::Port(noun) => json(&**noun),
        Resource::ServerGroup(noun) => json(&**noun),
        Resource::Backup(noun) => json(&**noun),
        Resource::Stack(noun) => json(&**noun),
    }
}

/// The description that was written down.
///
/// # Errors
/// What of it cannot be read.
pub fn read(noun: Noun, json: Json) -> Result<Resource, String> {
    fn of<T: DeserializeOwned>(json: Json) -> Result<Resource, String>
    where
        Resource: From<T>,
    {
        serde_json::from_value::<T>(json).map(Resource::from).map_err(|why| why.to_string())
    }
    match noun {
        Noun::Server => of::<super::Server>(json),
        Noun::Image => of::<super::Image>(json),
        Noun::Flavor => of::<super::Flavor>(json),
        Noun::Keypair => of::<super::Keypair>(json),
        Noun::Volume => of::<super::Volume>(json),
        Noun::Snapshot => of::<super::Snapshot>(json),
        Noun::SecurityGroup => of::<super::SecurityGroup>(json),
        Noun::Network => of::<super::Network>(json),
        Noun::Subnet => of::<super::Subnet>(json),
        Noun::Router => of::<super::Router>(json),
        Noun::PublicIp => of::<super::PublicIp>(json),
        Noun::Port => of::<super::Port>(json),
        Noun::ServerGroup => of::<super::ServerGroup>(json),
        Noun::Backup => of::<super::Backup>(json),
        Noun::Stack => of::<super::Stack>(json),
    }
}

/// The secret that an object has, and the name of its field.
pub fn secret(resource: &Resource) -> Option<(&'static str, &Secret)> {
    match resource {
        Resource::Server(server) => server.admin_pass.as_ref().map(|secret| ("admin_pass", secret)),
        Resource::Keypair(key) => key.private_key.as_ref().map(|secret| ("private_key", secret)),
        _ => None,
    }
}

/// The name of the field that holds a noun's secret.
pub fn secret_field(noun: Noun) -> Option<&'static str> {
    match noun {
        Noun::Server => Some("admin_pass"),
        Noun::Keypair => Some("private_key"),
        _ => None,
    }
}

/// The same description with its secret.
pub fn with_secret(resource: Resource, secret: Secret) -> Resource {
    match resource {
        Resource::Server(server) => {
            super::Server { admin_pass: Some(secret), ..Arc::unwrap_or_clone(server) }.into()
        }
        Resource::Keypair(key) => {
            super::Keypair { private_key: Some(secret), ..Arc::unwrap_or_clone(key) }.into()
        }
        other => other,
    }
}

/// The cloud's own description.
pub fn raw(resource: &Resource) -> &Arc<Json> {
    match resource {
        Resource::Server(noun) => &noun.raw,
        Resource::Image(noun) => &noun.raw,
        Resource::Flavor(noun) => &noun.raw,
        Resource::Keypair(noun) => &noun.raw,
        Resource::Volume(noun) => &noun.raw,
        Resource::Snapshot(noun) => &noun.raw,
        Resource::SecurityGroup(noun) => &noun.raw,
        Resource::Network(noun) => &noun.raw,
        Resource::Subnet(noun) => &noun.raw,
        Resource::Router(noun) => &noun.raw,
        Resource::PublicIp(noun) => &noun.raw,
        Resource::Port(noun) => &noun.raw,
        Resource::ServerGroup(noun) => &noun.raw,
        Resource::Backup(noun) => &noun.raw,
        Resource::Stack(noun) => &noun.raw,
    }
}

/// The same description with the cloud's own.
pub fn with_raw(mut resource: Resource, own: Json) -> Resource {
    let slot = match &mut resource {
        Resource::Server(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Image(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Flavor(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Keypair(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Volume(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Snapshot(noun) => &mut Arc::make_mut(noun).raw,
        Resource::SecurityGroup(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Network(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Subnet(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Router(noun) => &mut Arc::make_mut(noun).raw,
        Resource::PublicIp(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Port(noun) => &mut Arc::make_mut(noun).raw,
        Resource::ServerGroup(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Backup(noun) => &mut Arc::make_mut(noun).raw,
        Resource::Stack(noun) => &mut Arc::make_mut(noun).raw,
    };
    *slot = Arc::new(own);
    resource
}

/// Shared text, which the serializer has no shape for.
pub(super) mod shared_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub(in crate::cloud) fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
        (**text).serialize(to)
    }

    pub(in crate::cloud) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(from).map(Arc::from)
    }
}
