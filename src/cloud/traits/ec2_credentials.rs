//! Keys for the cloud's EC2 and CloudFormation APIs, made by an OpenStack login.

use super::Account;
use crate::cloud::{Result, Secret, Value};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The operations of this trait.
pub(super) const OPERATIONS: &[&str] = &["ec2_credentials", "create_ec2_credential"];

/// A pair of keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Ec2Credential {
    /// The access key.
    pub access: String,
    /// The secret key.
    pub secret: Secret,
    /// The project that it is for.
    pub project: Option<String>,
}

impl Ec2Credential {
    /// As scripts read it.
    pub fn value(&self) -> Value {
        Value::Map(BTreeMap::from([
            ("access".to_string(), Value::text(&self.access)),
            ("secret".to_string(), Value::Secret(self.secret.clone())),
            ("project".to_string(), Value::optional_text(self.project.as_deref())),
        ]))
    }
}

/// The user's keys for the EC2 APIs.
#[async_trait]
pub trait Ec2Credentials: Account {
    /// Every one of this user.
    async fn ec2_credentials(&self) -> Result<Vec<Ec2Credential>> {
        Err(self.unsupported("ec2_credentials"))
    }
    /// Make one for the session's project.
    async fn create_ec2_credential(&self) -> Result<Ec2Credential> {
        Err(self.unsupported("create_ec2_credential"))
    }
}
