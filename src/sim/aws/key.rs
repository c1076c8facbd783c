//! Key pairs. A generated private key has the right shape and opens nothing: there is no machine behind it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use super::call::{Action, Told, asks, does};
use super::filter::Filters;
use super::ids::KEY;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::tag::{keep, tags_of};
use super::xml::Xml;
use crate::world::{Keypair, fresh_secret, hex};

pub(super) static ACTIONS: &[Action] = &[
    does("ec2.CreateKeyPair", &["KeyName", "KeyType", "KeyFormat", "TagSpecification"], create),
    does("ec2.ImportKeyPair", &["KeyName", "PublicKeyMaterial", "TagSpecification"], import),
    asks("ec2.DescribeKeyPairs", &["KeyName", "KeyPairId", "Filter", "IncludePublicKey"], list),
    does("ec2.DeleteKeyPair", &["KeyName", "KeyPairId"], delete),
];

/// The world numbers keys; EC2 gives them ids.
pub(super) fn id(key: &Keypair) -> String {
    KEY.id(&hex(&Md5::digest(format!("{} {}", key.user, key.number))))
}

/// The key of this name, of the caller's own.
pub(super) fn named<'a>(region: &'a Region<'_>, name: &str) -> Outcome<&'a Keypair> {
    region.world.keypair(&region.asker.user, name).ok_or_else(|| KEY.missing(&[name]))
}

fn fingerprint(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes)).as_bytes().chunks(2).map(String::from_utf8_lossy).collect::<Vec<_>>().join(":")
}

fn add(region: &mut Region<'_>, kind: &str, public_key: &str, bytes: &[u8]) -> Outcome<Keypair> {
    let name = region.params.need("KeyName")?.to_owned();
    let tags = region.given_tags(KEY)?;
    let user = region.asker.user.clone();
    if region.world.keypair(&user, &name).is_some() {
        let message = format!("The keypair '{name}' already exists.");
        return Err(Refused::new("InvalidKeyPair.Duplicate", message));
    }
    let own = region.world.keypairs.iter().filter(|key| key.user == user).count();
    let limit = region.world.quota(region.project()).keypairs;
    if limit >= 0 && i64::try_from(own).unwrap_or(i64::MAX) >= limit {
        return Err(Refused::new("KeyPairLimitExceeded", "You have as many key pairs as you may have."));
    }
    let number = region.world.keypairs.iter().map(|key| key.number).max().unwrap_or_default() + 1;
    let key = Keypair {
        number,
        name,
        user,
        kind: kind.to_owned(),
        public_key: public_key.to_owned(),
        fingerprint: fingerprint(bytes),
        created: region.now(),
    };
    region.world.keypairs.push(key.clone());
    keep(region, &id(&key), tags);
    Ok(key)
}

fn brief(region: &Region<'_>, xml: &mut Xml, key: &Keypair) {
    xml.text("keyPairId", id(key)).text("keyName", &key.name).text("keyFingerprint", &key.fingerprint);
    xml.tags(&tags_of(region, &id(key)));
}

/// The blob of a public key of this kind, of bytes that nobody has the other half of.
fn generated(kind: &str) -> Vec<u8> {
    let part = |blob: &mut Vec<u8>, bytes: &[u8]| {
        blob.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
        blob.extend_from_slice(bytes);
    };
    let mut blob = Vec::new();
    part(&mut blob, kind.as_bytes());
    if kind == "ssh-rsa" {
        part(&mut blob, &[1, 0, 1]);
        part(&mut blob, fresh_secret(257).as_bytes());
    } else {
        part(&mut blob, fresh_secret(32).as_bytes());
    }
    blob
}

fn create(region: &mut Region<'_>) -> Outcome<Told> {
    let kind = match region.params.get("KeyType").unwrap_or("rsa") {
        "rsa" => "ssh-rsa",
        "ed25519" => "ssh-ed25519",
        other => return Err(Refused::value(format!("Invalid value '{other}' for keyType."))),
    };
    let blob = generated(kind);
    let public_key = format!("{kind} {}", STANDARD.encode(&blob));
    let key = add(region, "ssh", &public_key, &blob)?;
    let (title, length) =
        if kind == "ssh-rsa" { ("RSA PRIVATE KEY", 1191) } else { ("OPENSSH PRIVATE KEY", 290) };
    let secret = STANDARD.encode(fresh_secret(length));
    let lines: Vec<_> = secret.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let material = format!("-----BEGIN {title}-----\n{}\n-----END {title}-----", lines.join("\n"));
    let mut xml = Xml::default();
    brief(region, &mut xml, &key);
    xml.text("keyMaterial", material);
    Ok(Told::from(xml).about(&id(&key), &key.name))
}

fn import(region: &mut Region<'_>) -> Outcome<Told> {
    let format = || Refused::new("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    let text = STANDARD.decode(region.params.need("PublicKeyMaterial")?).map_err(|_| format())?;
    let text = String::from_utf8(text).map_err(|_| format())?;
    let mut words = text.split_whitespace();
    let (kind, blob) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let blob = STANDARD.decode(blob).map_err(|_| format())?;
    let named = blob.get(4..4 + kind.len()) == Some(kind.as_bytes());
    if !(named && matches!(kind, "ssh-rsa" | "ssh-ed25519")) {
        return Err(format());
    }
    let key = add(region, "ssh", text.trim(), &blob)?;
    let mut xml = Xml::default();
    brief(region, &mut xml, &key);
    Ok(Told::from(xml).about(&id(&key), &key.name))
}

fn list(region: &mut Region<'_>) -> Outcome<Told> {
    let filters = Filters::read(region.params, &["key-pair-id", "fingerprint", "key-name"])?;
    let (names, ids) = (region.params.list("KeyName"), region.params.list("KeyPairId"));
    let public = region.params.flag("IncludePublicKey")?;
    let own = || region.world.keypairs.iter().filter(|key| key.user == region.asker.user);
    for (asked, has) in [(&names, (|key: &Keypair| key.name.clone()) as fn(&Keypair) -> String), (&ids, id)] {
        if let Some(name) = asked.iter().find(|name| own().all(|key| has(key) != **name)) {
            return Err(KEY.missing(&[name]));
        }
    }
    let wanted = |key: &&Keypair| {
        (names.is_empty() || names.contains(&key.name))
            && (ids.is_empty() || ids.contains(&id(key)))
            && filters.fit(&tags_of(region, &id(key)), |name| match name {
                "key-pair-id" => vec![id(key)],
                "fingerprint" => vec![key.fingerprint.clone()],
                _ => vec![key.name.clone()],
            })
    };
    let mut rows: Vec<&Keypair> = own().filter(wanted).collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    let mut xml = Xml::default();
    xml.set("keySet", rows, |xml, key| {
        brief(region, xml, key);
        let kind = if key.public_key.starts_with("ssh-ed25519") { "ed25519" } else { "rsa" };
        xml.text("keyType", kind).time("createTime", key.created);
        xml.some("publicKey", public.then_some(&key.public_key));
    });
    Ok(xml.into())
}

fn delete(region: &mut Region<'_>) -> Outcome<Told> {
    let (name, number) = (region.params.get("KeyName"), region.params.get("KeyPairId"));
    if name.is_none() && number.is_none() {
        return Err(Refused::missing("KeyName"));
    }
    let meant = |key: &&Keypair| {
        key.user == region.asker.user
            && name.is_none_or(|name| key.name == name)
            && number.is_none_or(|number| id(key) == number)
    };
    let Some(key) = region.world.keypairs.iter().find(meant).cloned() else { return Ok(Told::done()) };
    region.world.keypairs.retain(|other| other.user != key.user || other.name != key.name);
    region.ledger.tags.remove(&id(&key));
    let mut told = Told::done().about(&id(&key), &key.name);
    told.xml.text("keyPairId", id(&key));
    Ok(told)
}
