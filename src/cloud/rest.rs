//! A call of a provider's own REST API, as a script writes it.

use super::Secret;
use serde_json::Value as Json;

/// What is asked, below a service's endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct RestCall {
    /// The catalog's service type.
    pub service: String,
    /// The method, in capitals.
    pub method: String,
    /// The path with its query, without the version prefix.
    pub path: String,
    /// What is sent as JSON.
    pub body: Option<Json>,
    /// The microversion to ask for: `2.79`, `latest`.
    pub microversion: Option<String>,
    /// More headers; their values may be secret.
    pub headers: Vec<(String, Secret)>,
}

impl RestCall {
    /// Without a body.
    pub fn new(service: &str, method: &str, path: &str) -> RestCall {
        RestCall {
            service: service.to_string(),
            method: method.to_string(),
            path: path.to_string(),
            body: None,
            microversion: None,
            headers: Vec::new(),
        }
    }
}
