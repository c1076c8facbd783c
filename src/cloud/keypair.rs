//! Key pairs: the public half lives in the cloud, the private half is told once or never.

use super::described::Described;
use super::stored::shared_text;
use super::ty::{Field, Noun, Ty};
use super::value::{Secret, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A key pair as the cloud last described it; its id is what the cloud finds it by, on OpenStack its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keypair {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The fingerprint of its public key.
    pub fingerprint: Option<String>,
    /// The public key, in OpenSSH's form.
    pub public_key: Option<String>,
    /// The private key in PEM, only of a pair that this call made.
    #[serde(skip)]
    pub private_key: Option<Secret>,
    /// The cloud it lives in.
    #[serde(with = "shared_text")]
    pub cloud: Arc<str>,
    /// The cloud's own description of it, without the private key.
    #[serde(skip)]
    pub raw: Arc<serde_json::Value>,
}

impl Keypair {
    /// The fields of a key pair.
    pub const FIELDS: &'static [Field] = &[
        Field::new("id", Ty::Text, "What the cloud finds it by; its name where it has no other."),
        Field::shown("name", Ty::Text, "Its name."),
        Field::shown("fingerprint", Ty::Text, "The fingerprint of its public key, or ()."),
        Field::new("public_key", Ty::Text, "The public key, or () where the cloud does not tell it."),
        Field::new("private_key", Ty::Secret, "The private key, told once by create_keypair; else ()."),
        Field::new("cloud", Ty::Cloud, "The cloud it lives in."),
        Field::new("raw", Ty::Any, "The cloud's own description of it."),
    ];
}

impl Described for Keypair {
    fn noun(&self) -> Noun {
        Noun::Keypair
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cloud(&self) -> &Arc<str> {
        &self.cloud
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "id" => Value::text(&self.id),
            "name" => Value::text(&self.name),
            "fingerprint" => Value::optional_text(self.fingerprint.as_deref()),
            "public_key" => Value::optional_text(self.public_key.as_deref()),
            "private_key" => self.private_key.clone().map_or(Value::Unit, Value::Secret),
            "cloud" => Value::Cloud(self.cloud.clone()),
            "raw" => Value::from_json(&self.raw),
            _ => return None,
        })
    }
}
