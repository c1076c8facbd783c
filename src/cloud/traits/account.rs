//! Which cloud this is, who the session is to it, and its APIs as they are.

use crate::cloud::{Daemon, Double, Error, Identity, Noun, Provider, Resource, RestCall, Result, Value};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The operations of this trait, as providers list them; what stands in brackets is a form or an option.
pub(super) const OPERATIONS: &[&str] = &[
    "whoami",
    "catalog",
    "limits",
    "limits(project)",
    "services",
    "zones",
    "api",
    "api(service, action, params)",
];

/// A cloud as the session knows it, logged in when first needed.
#[async_trait]
pub trait Account: Send + Sync {
    /// Its name in this session.
    fn name(&self) -> &Arc<str>;
    /// Which kind of API it speaks, and what it can do.
    fn provider(&self) -> &'static Provider;
    /// Its region, where one is set.
    fn region(&self) -> Option<String>;
    /// Whether a text has the shape of an id of this noun, so that it is looked up as one first, and as a name after.
    fn is_id(&self, _noun: Noun, _text: &str) -> bool {
        false
    }

    /// Whether a request takes this text as it is where it names one of this noun: the cloud judges it, and nothing is looked up
    /// before. An image's id is enough for a launch by those who may not list images.
    fn takes_as_written(&self, _noun: Noun, _text: &str) -> bool {
        false
    }

    /// What tells things of one name apart here beside id, status and age: whose they are, and where.
    fn told_apart(&self, _one: &Resource) -> Option<String> {
        None
    }

    /// Log in now, so that bad credentials show before anything else.
    async fn login(&self) -> Result<()> {
        Err(self.unsupported("login"))
    }
    /// Who the session is.
    async fn whoami(&self) -> Result<Identity> {
        Err(self.unsupported("whoami"))
    }
    /// Service type to endpoint URL.
    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        Err(self.unsupported("catalog"))
    }
    /// Quota and usage by the language's names; `None` where unlimited or untold.
    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        Err(self.unsupported("limits"))
    }
    /// The same of another project, by id or name, which takes an administrator.
    async fn limits_of(&self, _project: &str) -> Result<BTreeMap<String, Option<i64>>> {
        Err(self.unsupported("limits(project)"))
    }
    /// The cloud's own daemons and hosts.
    async fn services(&self) -> Result<Vec<Daemon>> {
        Err(self.unsupported("services"))
    }
    /// The names of the availability zones.
    async fn zones(&self) -> Result<Vec<String>> {
        Err(self.unsupported("zones"))
    }

    /// Any call of the provider's own REST API.
    async fn api(&self, _call: &RestCall) -> Result<Value> {
        Err(self.unsupported("api"))
    }
    /// Any call of the provider's own query API: service, action, parameters as nested maps and arrays.
    async fn query(&self, _service: &str, _action: &str, _params: &serde_json::Value) -> Result<Value> {
        Err(self.unsupported("api(service, action, params)"))
    }

    /// Look for second things of creates that went out twice, and delete them; `last` is the look at the run's end. Sends nothing
    /// where no create went out twice.
    async fn delete_doubles(&self, _last: bool) -> Vec<Double> {
        Vec::new()
    }

    /// An earlier life of this run made this by a call with this token: at the run's end it is treated as what this life made.
    fn made_before(&self, _noun: Noun, _id: &str, _token: &str) {}

    /// The error for what this provider cannot do.
    fn unsupported(&self, operation: &str) -> Error {
        let mut error = Error::unsupported(self.provider().as_str(), operation);
        error.cloud = Some(self.name().to_string());
        error
    }
}
