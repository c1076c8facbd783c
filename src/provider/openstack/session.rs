//! Stand-in until the session room is merged.

use crate::cloud::error::RequestLine;
use crate::cloud::{Error, Kind, Result};
use crate::wire::{Answer, Body, Intent, Method};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Settings {
    pub auth_url: String,
    pub user: String,
    pub password: String,
    pub project: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Version(pub u16, pub u16);

#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct Range {
    pub min: Option<Version>,
    pub max: Option<Version>,
    pub default: Option<Version>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Service {
    Identity,
    Compute,
    Image,
    Network,
    Other(String),
}

impl Service {
    #[allow(missing_docs)]
    pub fn named(text: &str) -> Service {
        match text {
            "identity" => Service::Identity,
            "compute" => Service::Compute,
            "image" => Service::Image,
            "network" => Service::Network,
            other => Service::Other(other.to_string()),
        }
    }
    fn kind(&self) -> &str {
        match self {
            Service::Identity => "identity",
            Service::Compute => "compute",
            Service::Image => "image",
            Service::Network => "network",
            Service::Other(other) => other,
        }
    }
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Call {
    pub operation: &'static str,
    pub service: Service,
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Body,
    pub microversion: Option<Version>,
    pub intent: Option<Intent>,
    pub headers: Vec<(String, String)>,
}

#[allow(missing_docs)]
pub struct Session {
    name: Arc<str>,
    settings: Settings,
    client: reqwest::Client,
    token: OnceCell<(String, BTreeMap<String, String>)>,
}

#[allow(missing_docs)]
impl Session {
    pub fn new(name: Arc<str>, settings: Settings) -> Session {
        Session { name, settings, client: reqwest::Client::new(), token: OnceCell::new() }
    }
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
    pub fn region(&self) -> Option<String> {
        None
    }
    async fn token(&self) -> Result<&(String, BTreeMap<String, String>)> {
        self.token
            .get_or_try_init(|| async {
                let s = &self.settings;
                let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": s.user, "domain": {"name": "Default"}, "password": s.password}}},
                    "scope": {"project": {"name": s.project, "domain": {"name": "Default"}}}}});
                let answer = self.exchange(Method::Post, format!("{}/auth/tokens", s.auth_url), Body::Json(body), vec![("Content-Type".into(), "application/json".into())]).await?;
                let json: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
                let mut catalog = BTreeMap::new();
                for entry in json["token"]["catalog"].as_array().into_iter().flatten() {
                    for endpoint in entry["endpoints"].as_array().into_iter().flatten() {
                        if endpoint["interface"] == "public" {
                            catalog.insert(entry["type"].as_str().unwrap_or_default().to_string(), endpoint["url"].as_str().unwrap_or_default().to_string());
                        }
                    }
                }
                Ok((answer.header("x-subject-token").unwrap_or_default().to_string(), catalog))
            })
            .await
    }
    #[allow(clippy::disallowed_methods)]
    async fn exchange(
        &self,
        method: Method,
        url: String,
        body: Body,
        headers: Vec<(String, String)>,
    ) -> Result<Answer> {
        let mut request = self.client.request(method.as_str().parse().unwrap_or_default(), &url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Body::Json(body) = body {
            request = request.body(body.to_string());
        } else if let Body::Bytes(kind, body) = body {
            request = request.header("content-type", kind).body(body);
        }
        let lost = |e: reqwest::Error| Error::new(Kind::Network, e.to_string());
        let response = request.send().await.map_err(lost)?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response
                .headers()
                .iter()
                .map(|(k, v)| (k.as_str().to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
                .collect(),
            body: response.bytes().await.map_err(lost)?,
            elapsed: Duration::ZERO,
            attempts: 1,
            method,
            url,
        })
    }
    pub async fn login(&self) -> Result<()> {
        self.token().await.map(|_| ())
    }
    pub async fn send(&self, call: &Call) -> Result<Answer> {
        let (token, _) = self.token().await?;
        let url = self.url(&call.service, &call.path, &call.query).await?;
        let mut headers = call.headers.clone();
        if headers.is_empty() && matches!(call.body, Body::Json(_)) {
            headers.push(("Content-Type".into(), "application/json".into()));
        }
        headers.push(("X-Auth-Token".into(), token.clone()));
        if let Some(Version(major, minor)) = call.microversion {
            headers
                .push(("OpenStack-API-Version".into(), format!("{} {major}.{minor}", call.service.kind())));
        }
        self.exchange(call.method, url, call.body.clone(), headers).await
    }
    pub async fn url(&self, service: &Service, path: &str, query: &[(String, String)]) -> Result<String> {
        let (_, catalog) = self.token().await?;
        let base =
            catalog.get(service.kind()).ok_or_else(|| Error::new(Kind::NotFound, "no such service"))?;
        let version = match service {
            Service::Image => "/v2",
            Service::Network => "/v2.0",
            _ => "",
        };
        let mut query_text = url::form_urlencoded::Serializer::new(String::new());
        query_text.extend_pairs(query);
        let query_text = query_text.finish();
        let mark = if query_text.is_empty() { "" } else { "?" };
        Ok(format!("{}{version}{path}{mark}{query_text}", base.trim_end_matches('/')))
    }
    pub async fn microversions(&self, _service: &Service) -> Result<Range> {
        Ok(Range { min: Some(Version(2, 1)), max: Some(Version(2, 104)), default: None })
    }
    pub async fn identity(&self) -> Result<crate::cloud::Identity> {
        Ok(Default::default())
    }
    pub async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        Ok(self.token().await?.1.clone())
    }
    pub fn request_line(answer: &Answer) -> RequestLine {
        RequestLine {
            method: answer.method.as_str(),
            path: answer.url.clone(),
            outcome: answer.status.to_string(),
            elapsed: answer.elapsed,
        }
    }
}
