//! Key pairs. A generated private key has the right shape and opens nothing: there is no machine behind it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json as v};

use super::refuse::{fault, refused};
use super::{Answer, Call, Outcome, body, json, page, schemas};
use crate::openstack::time;
use crate::world::{Keypair, Kind, Refusal, World, fresh_secret, hex};

fn value(call: &Call<'_>, key: &Keypair) -> Value {
    let mut value = v!({"name": key.name, "public_key": key.public_key, "fingerprint": key.fingerprint});
    if call.version >= 2 {
        value["type"] = key.kind.clone().into();
    }
    value
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let mut rows: Vec<&Keypair> = world.keypairs.iter().filter(|key| key.user == call.user()).collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    let (rows, next) = match call.version {
        35.. => page(call, rows, |key: &Keypair| key.name.as_str(), "os-keypairs")?,
        _ => (rows, None),
    };
    let rows: Vec<Value> = rows.into_iter().map(|key| v!({"keypair": value(call, key)})).collect();
    let mut told = v!({"keypairs": rows});
    if let Some(next) = next {
        told["keypairs_links"] = next;
    }
    Ok(json(200, &told))
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Keypair, Answer> {
    let (user, name) = (call.user(), call.param(0));
    let missing = || fault(404, &format!("Keypair {name} not found for user {user}"));
    world.keypair(user, name).ok_or_else(missing)
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let key = named(world, call)?;
    let mut told = value(call, key);
    told["user_id"] = key.user.clone().into();
    told["created_at"] = time::bare(key.created).into();
    told["deleted"] = false.into();
    told["deleted_at"] = Value::Null;
    told["id"] = key.number.into();
    told["updated_at"] = Value::Null;
    Ok(json(200, &v!({"keypair": told})))
}

/// The bytes of an OpenSSH public key; none when it is not one.
fn key_bytes(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split_whitespace();
    let kind = parts.next()?;
    let bytes = STANDARD.decode(parts.next()?).ok()?;
    let named = bytes.get(4..4 + kind.len())?;
    (named == kind.as_bytes()).then_some(bytes)
}

fn fingerprint(bytes: &[u8]) -> String {
    let digits = hex(&Md5::digest(bytes));
    let pairs: Vec<&str> = (0..16).map(|at| &digits[at * 2..at * 2 + 2]).collect();
    pairs.join(":")
}

/// A public key in the form of ssh-rsa, of random bytes.
fn generated() -> (String, String) {
    let mut blob = vec![0, 0, 0, 7];
    blob.extend_from_slice(b"ssh-rsa");
    blob.extend_from_slice(&[0, 0, 0, 3, 1, 0, 1, 0, 0, 1, 1, 0]);
    blob.extend(fresh_secret(256).into_bytes());
    let public = format!("ssh-rsa {} Generated-by-Nova", STANDARD.encode(blob));
    let body = STANDARD.encode(fresh_secret(1191));
    let lines: Vec<String> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    let private =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"));
    (public, private)
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked = body(call, &schemas::keypair(call.version))?;
    let asked = &asked["keypair"];
    let name = asked["name"].as_str().unwrap_or_default();
    let user = call.user().to_owned();
    let own = world.keypairs.iter().filter(|key| key.user == user).count();
    let limit = world.quota(call.project()).keypairs;
    if limit >= 0 && i64::try_from(own).unwrap_or(i64::MAX) >= limit {
        return Err(fault(403, "Quota exceeded, too many key pairs."));
    }
    let (public_key, private) = match asked["public_key"].as_str() {
        Some(text) => (text.to_owned(), None),
        None => {
            let (public, private) = generated();
            (public, Some(private))
        }
    };
    let kind = asked["type"].as_str().unwrap_or("ssh").to_owned();
    let bytes = match kind.as_str() {
        "ssh" => key_bytes(&public_key),
        _ => Some(public_key.clone().into_bytes()),
    };
    let invalid = || fault(400, "Keypair data is invalid: failed to generate fingerprint");
    let fingerprint = fingerprint(&bytes.ok_or_else(invalid)?);
    if world.keypair(&user, name).is_some() {
        return Err(refused("", "", Refusal::Taken(Kind::Keypair, name.to_owned())));
    }
    let number = i64::try_from(world.keypairs.len()).unwrap_or(i64::MAX) + 1;
    let created = world.now();
    let key = Keypair { number, name: name.to_owned(), user, kind, public_key, fingerprint, created };
    let mut told = value(call, &key);
    told["user_id"] = key.user.clone().into();
    if let Some(private) = private {
        told["private_key"] = private.into();
    }
    world.keypairs.push(key);
    let status = if call.version >= 2 { 201 } else { 200 };
    Ok(json(status, &v!({"keypair": told})).about(name, name))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let key = named(world, call)?.clone();
    world.keypairs.retain(|other| other.user != key.user || other.name != key.name);
    Ok(Answer::empty(if call.version >= 2 { 204 } else { 202 }).about(&key.name, &key.name))
}
