//! A client of one request a connection, so that nothing is believed that a driver believes.

use serde_json::Value;
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
