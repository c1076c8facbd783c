//! A client of one request a connection, so that nothing is believed that a driver believes.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub location: Option<String>,
    pub text: String,
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// Sends a request with these headers.
pub async fn send(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Told {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await.unwrap();
    let raw = String::from_utf8_lossy(&raw).into_owned();
    let (head, text) = raw.split_once("\r\n\r\n").unwrap_or((&raw, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
    let header = |name: &str| {
        let row = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        row.and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned())
    };
    Told { status, location: header("location"), text: text.to_owned() }
}

/// Signs in as demo: the token, and the project's id.
pub async fn sign_in(address: &str) -> (String, String) {
    let body = serde_json::json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": {"name": "demo", "domain": {"id": "default"},
            "password": "secret"}}},
        "scope": {"project": {"name": "demo", "domain": {"id": "default"}}}}});
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = body.to_string();
    let head = format!(
        "POST /identity/v3/auth/tokens HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut raw = String::new();
    stream.read_to_string(&mut raw).await.unwrap();
    let row = raw.lines().find(|line| line.to_lowercase().starts_with("x-subject-token:")).unwrap();
    let token = row.split_once(": ").unwrap().1.to_owned();
    let (_, text) = raw.split_once("\r\n\r\n").unwrap();
    let told: Value = serde_json::from_str(text).unwrap();
    (token, told["token"]["project"]["id"].as_str().unwrap().to_owned())
}

/// A pair of keys that Keystone gives demo.
pub async fn ec2_keys(address: &str, token: &str, project: &str) -> (String, String) {
    let headers = [("X-Auth-Token", token), ("X-Subject-Token", token), ("Content-Type", "application/json")];
    let own = send(address, "GET", "/identity/v3/auth/tokens?nocatalog", &headers, b"").await.json();
    let user = own["token"]["user"]["id"].as_str().unwrap();
    let path = format!("/identity/v3/users/{user}/credentials/OS-EC2");
    let body = serde_json::json!({"tenant_id": project}).to_string();
    let told = send(address, "POST", &path, &headers, body.as_bytes()).await;
    assert_eq!(told.status, 201, "{}", told.text);
    let text = |name: &str| told.json()["credential"][name].as_str().unwrap().to_owned();
    (text("access"), text("secret"))
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// The path of a query at this path that is signed in version 2.
pub fn signed_path(
    address: &str,
    path: &str,
    keys: &(String, String),
    pairs: &[(String, String)],
    now: SystemTime,
) -> String {
    let mut pairs = pairs.to_vec();
    let now = jiff::Timestamp::try_from(now).unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for (name, value) in [
        ("AWSAccessKeyId", keys.0.as_str()),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
        ("Timestamp", now.as_str()),
    ] {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs.sort();
    let query: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let query = query.join("&");
    let mut mac = Hmac::<Sha256>::new_from_slice(keys.1.as_bytes()).unwrap();
    mac.update(format!("GET\n{address}\n{path}\n{query}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    format!("{path}?{query}&Signature={}", encoded(&signature))
}

/// The names of the elements of a document, each once.
pub fn elements(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split('<').skip(1) {
        let name = part.split(['>', '/', ' ']).next().unwrap_or_default();
        if !name.is_empty() && !name.starts_with('?') && !names.contains(&name.to_owned()) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    names
}
