//! SSH key pairs, which are the world's. A generated private key has the right shape and opens nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks, does};
use super::ids::shown;
use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::{Keypair, fresh_secret, hex};

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createSSHKeyPair", &["account", "domainid", "name", "projectid"], create),
    does(
        "cloudstack.registerSSHKeyPair",
        &["account", "domainid", "name", "projectid", "publickey"],
        register,
    ),
    does("cloudstack.deleteSSHKeyPair", &["account", "domainid", "name", "projectid"], delete),
    asks(
        "cloudstack.listSSHKeyPairs",
        &[
            "account",
            "domainid",
            "fingerprint",
            "id",
            "isrecursive",
            "keyword",
            "listall",
            "name",
            "page",
            "pagesize",
            "projectid",
        ],
        list,
    ),
];

fn id(key: &Keypair) -> String {
    shown("key pair", &format!("{} {}", key.user, key.number))
}

impl Cloud<'_> {
    /// The names and public keys of the key pairs that are asked for.
    pub(super) fn keys_named(&self, owner: &Account) -> Outcome<Vec<(String, String)>> {
        let mut names = self.params.list("keypairs");
        names.extend(self.params.get("keypair").map(str::to_owned));
        let key = |name: &String| {
            self.world.keypair(&owner.owner, name).map(|key| (name.clone(), key.public_key.clone()))
        };
        let found: Option<Vec<_>> = names.iter().map(key).collect();
        found.ok_or_else(|| Refused::value("Not all specified keypairs exist"))
    }

    fn key_view(&self, key: &Keypair) -> Value {
        let mut view = Map::new();
        view.insert("id".to_owned(), json!(id(key)));
        view.insert("name".to_owned(), json!(key.name));
        let project = self.ledger.accounts.iter().find(|account| account.owner == key.user);
        self.owned(project.map_or("", |account| &account.project), &mut view);
        view.remove("domainpath");
        view.insert("fingerprint".to_owned(), json!(key.fingerprint));
        view.insert("hasannotations".to_owned(), json!(false));
        Value::Object(view)
    }

    fn add_key(&mut self, owner: &Account, kind: &str, public_key: &str) -> Value {
        let number = self.world.keypairs.iter().map(|key| key.number).max().unwrap_or_default() + 1;
        let print = hex(&Md5::digest(public_key.as_bytes()));
        let print: Vec<_> = print.as_bytes().chunks(2).map(String::from_utf8_lossy).collect();
        let key = Keypair {
            number,
            name: self.params.get("name").unwrap_or_default().to_owned(),
            user: owner.owner.clone(),
            kind: kind.to_owned(),
            public_key: public_key.to_owned(),
            fingerprint: print.join(":"),
            created: self.now(),
        };
        let view = self.key_view(&key);
        self.world.keypairs.push(key);
        view
    }
}

fn told(view: Value) -> Told {
    let text = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
    let (id, name) = (text("id"), text("name"));
    Told::from(json!({"keypair": view})).about(&id, &name)
}

fn create(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, name) = (cloud.owner()?, cloud.params.need("name")?.to_owned());
    if cloud.world.keypair(&owner.owner, &name).is_some() {
        return Err(Refused::value(format!("A key pair with name '{name}' already exists.")));
    }
    let mut blob = Vec::new();
    for part in [b"ssh-rsa".as_slice(), &[1, 0, 1], fresh_secret(257).as_bytes()] {
        blob.extend_from_slice(&u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        blob.extend_from_slice(part);
    }
    let public = format!("ssh-rsa {}", STANDARD.encode(&blob));
    let secret = STANDARD.encode(fresh_secret(1191));
    let lines: Vec<_> = secret.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let text =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"));
    let mut view = json!({"privatekey": text});
    super::merge(&mut view, cloud.add_key(&owner, "ssh", &public));
    Ok(told(view))
}

/// Whatever is given is taken as a key, as the server does.
fn register(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, name) = (cloud.owner()?, cloud.params.need("name")?.to_owned());
    let public = cloud.params.need("publickey")?.trim().to_owned();
    let mut own = cloud.world.keypairs.iter().filter(|key| key.user == owner.owner);
    if own.clone().any(|key| key.name == name) {
        return Err(Refused::value(format!(
            "A key pair with name '{name}' already exists for this account."
        )));
    }
    let blob = |text: &str| text.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>();
    if own.any(|key| blob(&key.public_key) == blob(&public)) {
        let print = hex(&Md5::digest(public.as_bytes()));
        return Err(Refused::value(format!(
            "A key pair with key '{print}' already exists for this account."
        )));
    }
    if !public.starts_with("ssh-") && !public.starts_with("ecdsa-") {
        return Err(Refused::value("Public key is invalid"));
    }
    let view = cloud.add_key(&owner, "ssh", &public);
    Ok(told(view))
}

fn delete(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (owner, name) = (cloud.owner()?, cloud.params.need("name")?.to_owned());
    if cloud.world.keypair(&owner.owner, &name).is_none() {
        return Err(Refused::value(format!(
            "A key pair with name '{name}' does not exist for account {} in specified domain id",
            owner.name
        ))
        .about(&owner.domain, "domainId"));
    }
    cloud.world.keypairs.retain(|key| key.user != owner.owner || key.name != name);
    Ok(Told::from(json!({"success": true})).about("", &name))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let owners: Vec<String> = cloud
        .ledger
        .accounts
        .iter()
        .filter(|account| reach.covers(&account.project))
        .map(|account| account.owner.clone())
        .collect();
    let mut rows: Vec<Value> = Vec::new();
    // The newest first.
    for key in cloud.world.keypairs.iter().rev().filter(|key| owners.contains(&key.user)) {
        let print = cloud.params.get("fingerprint").is_none_or(|print| print == key.fingerprint);
        if print && cloud.wanted(&id(key)) && cloud.named(&key.name, &[]) {
            rows.push(cloud.key_view(key));
        }
    }
    cloud.listed("sshkeypair", rows)
}
