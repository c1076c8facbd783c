//! A plain client for the simulator's tests: one token, JSON in and out.
#![allow(clippy::disallowed_methods)] // the driver's own sender is not what is tested here

use std::time::Duration;

use reqwest::Method;
use rhain_sim::{Sim, SimOptions};
use serde_json::{Value, json};

pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn message(&self) -> &str {
        let inner = self.body.as_object().and_then(|body| body.values().next());
        inner.and_then(|inner| inner["message"].as_str()).unwrap_or_default()
    }
}

pub struct Client {
    pub sim: Sim,
    http: reqwest::Client,
    pub token: String,
    pub project: String,
    pub image: String,
    pub network: String,
}

impl Client {
    /// A fresh cloud in virtual time, signed in to as demo.
    pub async fn start() -> Self {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let http = super::http().build().unwrap();
        let nothing = String::new;
        let mut client =
            Self { sim, http, token: nothing(), project: nothing(), image: nothing(), network: nothing() };
        client.sign_in("demo").await;
        let images = client.get("/image/v2/images").await.body;
        client.image = images["images"][0]["id"].as_str().unwrap().to_owned();
        let networks = client.get("/network/v2.0/networks?name=private").await.body;
        client.network = networks["networks"][0]["id"].as_str().unwrap().to_owned();
        client
    }

    pub async fn sign_in(&mut self, name: &str) {
        let reply =
            self.send("POST", "/identity/v3/auth/tokens", Some(sign_in_body(name, "secret")), &[]).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        self.token = reply.headers["x-subject-token"].to_str().unwrap().to_owned();
        self.project = reply.body["token"]["project"]["id"].as_str().unwrap().to_owned();
    }

    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Reply> {
        let url = format!("{}{path}", self.sim.base_url());
        let mut request = self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        request = request.header("accept", "application/json");
        if !self.token.is_empty() {
            request = request.header("x-auth-token", &self.token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = request.send().await?;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        let text = reply.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Reply { status, headers, body })
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        self.try_send(method, path, body, headers).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None, &[]).await
    }

    /// A call of the Compute API at this microversion.
    pub async fn nova(&self, version: &str, method: &str, path: &str, body: Option<Value>) -> Reply {
        let version = format!("compute {version}");
        self.send(method, &format!("/compute/v2.1{path}"), body, &[("openstack-api-version", &version)]).await
    }

    /// What is asked for by default; `more` overrides it.
    pub fn spec(&self, more: Value) -> Value {
        let mut server = json!({"name": "one", "imageRef": self.image, "flavorRef": "1",
            "networks": [{"uuid": self.network}]});
        for (key, value) in more.as_object().unwrap() {
            server[key] = value.clone();
        }
        json!({"server": server})
    }

    pub async fn create(&self, more: Value) -> Reply {
        self.nova("2.1", "POST", "/servers", Some(self.spec(more))).await
    }

    /// An ACTIVE server.
    pub async fn boot(&self, more: Value) -> String {
        let made = self.create(more).await;
        assert_eq!(made.status, 202, "{}", made.body);
        self.pass(2000);
        made.body["server"]["id"].as_str().unwrap().to_owned()
    }

    pub async fn server(&self, id: &str) -> Value {
        let reply = self.nova("2.1", "GET", &format!("/servers/{id}"), None).await;
        if reply.status == 200 { reply.body["server"].clone() } else { json!({"status": reply.status}) }
    }

    pub async fn act(&self, id: &str, action: Value) -> Reply {
        self.nova("2.1", "POST", &format!("/servers/{id}/action"), Some(action)).await
    }

    pub fn pass(&self, millis: u64) {
        self.sim.advance(Duration::from_millis(millis));
    }
}

pub fn sign_in_body(name: &str, password: &str) -> Value {
    let domain = json!({"name": "Default"});
    json!({"auth": {
        "identity": {"methods": ["password"],
            "password": {"user": {"name": name, "domain": domain, "password": password}}},
        "scope": {"project": {"name": name, "domain": domain}}}})
}

impl Client {
    /// A patch, with its own content type.
    pub async fn patch(&self, path: &str, body: &Value, kind: &str) -> Reply {
        let url = format!("{}{path}", self.sim.base_url());
        let request = self.http.patch(url).header("x-auth-token", &self.token).header("content-type", kind);
        let reply = request.header("accept", "application/json").body(body.to_string()).send().await.unwrap();
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        let text = reply.text().await.unwrap();
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// The bytes of an answer as they came, with this `Accept-Encoding`.
    pub async fn raw_get(&self, path: &str, encoding: &str) -> Vec<u8> {
        let http = super::http().no_gzip().no_deflate().build().unwrap();
        let url = format!("{}{path}", self.sim.base_url());
        let request = http.get(url).header("x-auth-token", &self.token).header("accept-encoding", encoding);
        request.send().await.unwrap().bytes().await.unwrap().to_vec()
    }
}
