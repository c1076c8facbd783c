//! Key pairs.

use super::super::call::{Call, literal};
use super::super::decode::text;
use super::super::ids::is_id;
use crate::cloud::{Keypair, NameMatch, Noun, Secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Ask for key pairs, with their public halves.
pub fn page(name: Option<&NameMatch>) -> Call {
    let call = Call::ec2("keypair.list", "DescribeKeyPairs").with("IncludePublicKey", true);
    match name {
        Some(NameMatch::Exact(name)) => call.filter("key-name", [literal(name)]),
        _ => call,
    }
}

/// Ask for one by id or, where it does not look like one, by name.
pub fn show(id: &str) -> Call {
    let by = if is_id(Noun::Keypair, id) { "KeyPairId" } else { "KeyName" };
    Call::ec2("keypair.show", "DescribeKeyPairs").with("IncludePublicKey", true).with(by, json!([id]))
}

/// Make one; its private half is told once.
pub fn create(name: &str) -> Call {
    Call::ec2("keypair.create", "CreateKeyPair").with("KeyName", name)
}

/// Take in the public half of one.
pub fn import(name: &str, public_key: &str) -> Call {
    Call::ec2("keypair.create", "ImportKeyPair")
        .with("KeyName", name)
        .with("PublicKeyMaterial", BASE64.encode(public_key.trim()))
}

/// Delete one. An unknown one is no error to EC2.
pub fn delete(name: &str) -> Call {
    Call::ec2("keypair.delete", "DeleteKeyPair").idempotent().with("KeyName", name)
}

/// A key pair from its description, or from what its making told. Without an id (before 2017) its name is its id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<Keypair> {
    let name = text(body, "keyName")?;
    let mut raw = body.clone();
    if let Json::Object(fields) = &mut raw {
        fields.shift_remove("keyMaterial");
    }
    Some(Keypair {
        id: text(body, "keyPairId").unwrap_or_else(|| name.clone()),
        name,
        fingerprint: text(body, "keyFingerprint"),
        public_key: text(body, "publicKey"),
        private_key: text(body, "keyMaterial").map(Secret::new),
        cloud: cloud.clone(),
        raw: Arc::new(raw),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_pair_keeps_its_private_half_out_of_raw() {
        let body = json!({"keyName": "k", "keyPairId": "key-0123456789abcdef0", "keyFingerprint": "aa:bb", "keyMaterial": "PEM"});
        let pair = decode(&body, &Arc::from("lab")).unwrap();
        assert_eq!(pair.private_key.as_ref().map(Secret::reveal), Some("PEM"));
        assert_eq!(pair.raw.get("keyMaterial"), None);
        assert_eq!(show(&pair.id).parameters["KeyPairId"], json!(["key-0123456789abcdef0"]));
        assert_eq!(show("key-to-the-door").parameters["KeyName"], json!(["key-to-the-door"]));
    }
}
