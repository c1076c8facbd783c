//! Key pairs: their calls and the noun. Nova finds them by name, and a list wraps each in an object of its own.

use super::super::call::{With, get, json, segment};
use super::super::decode::text;
use super::super::page;
use super::super::session::{Call, Range, Service};
use super::version;
use crate::cloud::{Error, Filter, Keypair, Kind, Secret};
use crate::wire::Method;
use serde_json::{Map, Value as Json, json as value};
use std::sync::Arc;

/// Ask for the first page.
pub fn first(filter: &Filter, range: &Range) -> Call {
    let mut call = get("keypair.list", Service::Compute, "/os-keypairs").version(version::usual(range));
    // Before, all come at once.
    if call.microversion.is_some_and(|version| version >= version::KEYPAIR_PAGES) {
        call.query = vec![("limit".to_string(), page::size(filter))];
    }
    call
}

/// Ask for one by name.
pub fn show(name: &str, range: &Range) -> Call {
    get("keypair.show", Service::Compute, path(name)).version(version::usual(range))
}

/// Ask for a new pair, or for a public key to be taken in.
///
/// # Errors
/// A cloud that no longer makes pairs is `unsupported`, and takes in public keys only.
pub fn create(name: &str, public_key: Option<&str>, range: &Range) -> Result<Call, Error> {
    let mut body = Map::from_iter([("name".to_string(), value!(name))]);
    let version = match public_key {
        Some(key) => {
            let key = key.trim();
            // A certificate for Windows; the type has a word of its own, and is `ssh` where none is given.
            if key.starts_with("-----BEGIN CERTIFICATE") && version::has(range, version::KEYPAIR_TYPES) {
                body.insert("type".to_string(), value!("x509"));
            }
            body.insert("public_key".to_string(), value!(key));
            version::usual(range)
        }
        None if !version::speaks(range, version::KEYPAIR_MADE) => {
            let message = "this cloud makes no key pairs any more, and takes in public keys";
            return Err(Error::new(Kind::Unsupported, message)
                .coded("cloud::unsupported")
                .help("make the pair with `ssh-keygen` and give its public half"));
        }
        None => version::at_most(range, version::KEYPAIR_MADE),
    };
    let body = value!({ "keypair": body });
    Ok(json("keypair.create", Service::Compute, Method::Post, "/os-keypairs", body).version(version))
}

/// Ask for a deletion.
pub fn delete(name: &str, range: &Range) -> Call {
    Call::new("keypair.delete", Service::Compute, Method::Delete, path(name)).version(version::usual(range))
}

fn path(name: &str) -> String {
    format!("/os-keypairs/{}", segment(name))
}

/// A key pair from its description, wrapped or not; `None` where it has no name. The private key is no part of `raw`.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Keypair> {
    let body = body.get("keypair").unwrap_or(body);
    let name = text(body, "name")?;
    let mut raw = body.clone();
    if let Json::Object(map) = &mut raw {
        map.shift_remove("private_key");
    }
    Some(Keypair {
        id: name.clone(),
        name,
        fingerprint: text(body, "fingerprint"),
        public_key: text(body, "public_key"),
        private_key: text(body, "private_key").map(Secret::new),
        cloud: cloud.clone(),
        raw: Arc::new(raw),
    })
}
