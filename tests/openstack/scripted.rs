//! A cloud in a few lines: a loopback server that answers from a closure, and a clock that moves only by sleeping.

use async_trait::async_trait;
use rhain::cloud::Time;
use rhain::cloud::ports::Clock;
use rhain::provider::openstack::OpenStack;
use rhain::provider::openstack::session::{Session, Settings};
use rhain::wire::{self, Silent, Wire};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The time so many seconds after a fixed one.
pub fn time(seconds: f64) -> Time {
    Time(Time::parse("2026-11-21T09:00:00Z").unwrap().0 + Duration::from_secs_f64(seconds))
}

/// A clock that moves only by sleeping.
#[derive(Default)]
pub struct Ticks(pub Mutex<Duration>);

#[async_trait]
impl Clock for Ticks {
    fn now(&self) -> Time {
        time(self.elapsed().as_secs_f64())
    }
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }
    async fn sleep(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
    async fn lapse(&self, _by: Duration) {
        std::future::pending().await
    }
}

/// The same for the retries of the wire.
struct WireTicks(Arc<Ticks>);

impl wire::Clock for WireTicks {
    fn now(&self) -> SystemTime {
        self.0.now().0.into()
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, by: Duration) -> wire::clock::Sleep<'_> {
        self.0.sleep(by)
    }
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `POST /v2.1/servers`, the query taken off.
    pub line: String,
    pub query: String,
    pub version: Option<String>,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: Json,
}

/// What the server does.
pub enum Reply {
    Json(u16, Json),
    Raw(u16, &'static str, String),
    Reset,
}

pub fn ok(body: Json) -> Reply {
    Reply::Json(200, body)
}

/// A running cloud, the driver for it, and what it was asked.
pub struct World {
    pub cloud: OpenStack,
    pub clock: Arc<Ticks>,
    pub seen: Arc<Mutex<Vec<Seen>>>,
}

impl World {
    /// The lines of what Nova, Glance and Neutron were asked.
    pub fn lines(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|seen| seen.line.clone()).collect()
    }

    pub fn bodies(&self, line: &str) -> Vec<Json> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .filter(|seen| seen.line == line)
            .map(|seen| seen.body.clone())
            .collect()
    }
}

/// A cloud with these services beside Keystone, answering from the closure; `newest` is Nova's newest microversion.
pub async fn world(
    services: &[&str],
    newest: Option<&str>,
    answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> World {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let paths = [
        ("orchestration", "/heat/v1/p"),
        ("compute", "/v2.1"),
        ("image", "/v2"),
        ("network", "/v2.0"),
        ("volumev3", "/volume/v3/p"),
    ];
    let catalog: Vec<Json> = paths
        .iter()
        .filter(|(kind, _)| services.contains(kind))
        .map(|(kind, path)| {
            json!({"type": kind, "endpoints": [{"interface": "public", "region": "R", "url": format!("{base}{path}")}]})
        })
        .collect();
    let token = json!({"token": {"expires_at": "2099-01-01T00:00:00Z", "catalog": catalog, "user": {"id": "u", "name": "u"}, "project": {"id": "p", "name": "p"}}});
    let mut root = json!({"version": {"id": "v2.1", "status": "CURRENT"}});
    if let Some(newest) = newest {
        root["version"]["version"] = json!(newest);
        root["version"]["min_version"] = json!("2.1");
    }
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let (log, answer) = (seen.clone(), Arc::new(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (log, answer) = (log.clone(), answer.clone());
            let (token, root) = (token.clone(), root.clone());
            tokio::spawn(async move {
                serve(stream, |asked| match asked.line.as_str() {
                    "POST /v3/auth/tokens" => ok(token.clone()),
                    "GET /v2.1/" => ok(root.clone()),
                    "GET /volume/v3/" => {
                        ok(json!({"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}))
                    }
                    _ => {
                        log.lock().unwrap().push(asked.clone());
                        answer(asked)
                    }
                })
                .await
            });
        }
    });
    let clock = Arc::new(Ticks::default());
    let wire = Wire::new(wire::Settings::default(), Arc::new(WireTicks(clock.clone())), Arc::new(Silent));
    let settings = Settings::password(&format!("{base}/v3"), "u", "planted-password", "p");
    let session = Session::new("lab".into(), settings, wire);
    World { cloud: OpenStack::new(session, clock.clone(), Arc::new(|_| ())), clock, seen }
}

async fn serve(mut stream: TcpStream, answer: impl Fn(&Seen) -> Reply) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let header = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_string())
            })
        };
        let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while bytes.len() < head + length {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        let mut words = text.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let seen = Seen {
            line: format!("{method} {path}"),
            query: query.to_string(),
            version: header("openstack-api-version"),
            headers: text
                .lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_string()))
                .collect(),
            body: serde_json::from_slice(&bytes[head..head + length]).unwrap_or_default(),
        };
        bytes.drain(..head + length);
        let (status, headers, body) = match answer(&seen) {
            Reply::Reset => return None,
            Reply::Json(status, body) => (status, "Content-Type: application/json\r\n", body.to_string()),
            Reply::Raw(status, headers, body) => (status, headers, body),
        };
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} X\r\nX-Subject-Token: t\r\nX-Openstack-Request-Id: req-7\r\n{headers}Content-Length: {length}\r\n\r\n"
        );
        // 204 has no body and so no length of one.
        let head =
            if status == 204 { head.replace(&format!("Content-Length: {length}\r\n"), "") } else { head };
        // One write: two would wait for each other's acknowledgement.
        stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
    }
}
