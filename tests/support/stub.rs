//! A small HTTP server that misbehaves on request, a clock that counts sleeps instead of sleeping, and a trace that keeps all.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use rhain::wire::clock::Sleep;
use rhain::wire::{Clock, Exchange, Request, Trace};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`.
    pub method: String,
    /// `/v3?x=1`; the whole URL when it came through a proxy.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Which connection it came on, from 0.
    pub connection: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Clone)]
pub enum Reply {
    /// Answers, and keeps the connection.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Resets the connection without a byte.
    Reset,
    /// Never answers.
    Hang,
}

impl Reply {
    pub fn json(status: u16, body: &str) -> Reply {
        Reply::Answer(
            status,
            vec![("Content-Type", "application/json".to_string())],
            body.as_bytes().to_vec(),
        )
    }

    pub fn with(self, name: &'static str, value: impl Into<String>) -> Reply {
        match self {
            Reply::Answer(status, mut headers, body) => {
                headers.push((name, value.into()));
                Reply::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

impl Reply {
    pub fn body(self, bytes: Vec<u8>) -> Reply {
        match self {
            Reply::Answer(status, headers, _) => Reply::Answer(status, headers, bytes),
            other => other,
        }
    }
}

/// A server on loopback; it stops when it is dropped.
pub struct Stub {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    /// Plain HTTP; the handler gets each request and its number, from 0.
    pub async fn start(handler: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Stub {
        Stub::serve(None, handler).await
    }

    /// HTTP within TLS.
    pub async fn start_tls(
        tls: tokio_rustls::TlsAcceptor,
        handler: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Stub {
        Stub::serve(Some(tls), handler).await
    }

    async fn serve(
        tls: Option<tokio_rustls::TlsAcceptor>,
        handler: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static,
    ) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let url = format!("{}://127.0.0.1:{port}", if tls.is_some() { "https" } else { "http" });
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (handler, all) = (Arc::new(handler), seen.clone());
        let task = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, seen, tls) = (handler.clone(), all.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, connection, seen, &*handler).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                talk(stream, connection, seen, &*handler).await;
                            }
                        }
                    }
                });
                connection += 1;
            }
        });
        Stub { url, seen, task }
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the list").clone()
    }

    pub fn count(&self) -> usize {
        self.seen().len()
    }
}

/// A connection that can be cut off hard.
trait Cut {
    fn cut(&self);
}

impl Cut for TcpStream {
    fn cut(&self) {
        let _ = self.set_zero_linger();
    }
}

impl Cut for tokio_rustls::server::TlsStream<TcpStream> {
    fn cut(&self) {
        let _ = self.get_ref().0.set_zero_linger();
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin + Cut>(
    mut stream: S,
    connection: usize,
    all: Arc<Mutex<Vec<Seen>>>,
    handler: &(dyn Fn(&Seen, usize) -> Reply + Send + Sync),
) {
    let mut buffer = Vec::new();
    while let Some(seen) = receive(&mut stream, &mut buffer, connection).await {
        let number = {
            let mut all = all.lock().expect("the list");
            all.push(seen.clone());
            all.len() - 1
        };
        match handler(&seen, number) {
            Reply::Answer(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str("\r\n");
                let bytes =
                    [head.as_bytes(), if seen.method == "HEAD" { b"" } else { body.as_slice() }].concat();
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Reset => return stream.cut(),
            Reply::Hang => std::future::pending().await,
        }
    }
}

async fn receive<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    connection: usize,
) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_string(), first.next()?.to_string());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_string()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    while buffer.len() < end + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let rest = buffer.split_off(end + length);
    let body = std::mem::replace(buffer, rest).split_off(end);
    Some(Seen { method, target, headers, body, connection })
}

/// A clock on which sleeping takes no time.
#[derive(Default)]
pub struct CountingClock {
    pub sleeps: Mutex<Vec<Duration>>,
}

impl CountingClock {
    pub fn slept(&self) -> Vec<Duration> {
        self.sleeps.lock().expect("the list").clone()
    }
}

impl Clock for CountingClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777) + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.slept().iter().sum()
    }

    fn sleep(&self, by: Duration) -> Sleep<'_> {
        self.sleeps.lock().expect("the list").push(by);
        Box::pin(std::future::ready(()))
    }
}

/// A trace that keeps everything that a watcher can reach, as text.
#[derive(Default)]
pub struct KeepingTrace {
    pub lines: Mutex<Vec<String>>,
}

impl KeepingTrace {
    pub fn text(&self) -> String {
        self.lines.lock().expect("the list").join("\n")
    }
}

impl Trace for KeepingTrace {
    fn exchange(&self, e: &Exchange<'_>) {
        self.lines.lock().expect("the list").push(format!(
            "{} {} {} {:?} {:?} {:?} attempt {} wait {:?} {:?} {:?} {:?} {:?}",
            e.operation,
            e.method,
            e.url,
            e.status,
            e.error,
            e.request_id,
            e.attempt,
            e.wait,
            e.request_headers(),
            e.request_body(),
            e.answer_headers(),
            e.answer_body()
        ));
    }

    fn pretended(&self, request: &Request) {
        self.lines.lock().expect("the list").push(format!("pretended {request:?}"));
    }
}
