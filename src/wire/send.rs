//! Sending: a request value goes out, an answer or an error that knows whether it was sent comes back.
//!
//! The only place that names the HTTP library. It refuses to carry credentials to another host than the one that was asked, to
//! follow a redirect of a write, and to read an answer without end. What is repeated is [`super::retry`]'s to say.

use super::clock::{Clock, Stopwatch};
use super::error::{Error, ErrorKind, Sent};
use super::mask::{self, Known};
use super::message::{Answer, Body, Intent, Method, Request};
use super::retry::{self, Outcome};
use super::settings::Settings;
use super::trace::{Exchange, Trace};
use bytes::{Bytes, BytesMut};
use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// What was sent so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Attempts that went out, the first ones and the repeated ones.
    pub requests: u64,
    /// Repeated ones among them.
    pub retries: u64,
}

/// The way to one cloud: cheap to clone, all clones share connections, pace and counters.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    settings: Settings,
    clock: Arc<dyn Clock>,
    trace: Arc<dyn Trace>,
    known: Known,
    plain: OnceLock<Result<reqwest::Client, String>>,
    secure: OnceLock<Result<reqwest::Client, String>>,
    answered: AtomicBool,
    requests: AtomicU64,
    retries: AtomicU64,
}

/// An attempt that gave no answer.
struct Lost {
    kind: ErrorKind,
    sent: Sent,
    detail: String,
}

/// The most redirects that a read follows.
const REDIRECTS: usize = 5;

impl Wire {
    /// Nothing is opened or read until the first request.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, trace: Arc<dyn Trace>) -> Wire {
        Wire(Arc::new(Inner {
            known: settings.known.clone(),
            settings,
            clock,
            trace,
            plain: OnceLock::new(),
            secure: OnceLock::new(),
            answered: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
        }))
    }

    /// What was sent so far.
    pub fn counters(&self) -> Counters {
        Counters {
            requests: self.0.requests.load(Ordering::Relaxed),
            retries: self.0.retries.load(Ordering::Relaxed),
        }
    }

    /// The secrets to hide from traces and errors; add to it whatever is learnt.
    pub fn known(&self) -> &Known {
        &self.0.known
    }

    /// How it sends.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The clock that retries go by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Send a request, again where that is safe and useful, and give the last answer whatever its status. An error says whether
    /// the cloud may have got the request.
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let inner = &*self.0;
        // A login proves who the session is; what of that is secret, the session says.
        if request.intent != Intent::Login {
            mask::secrets(&request.body, &mut |text| inner.known.add(text));
        }
        let masked = inner.known.hide(&mask::url(&request.url));
        let error = |lost: Lost, at: Option<&Url>, elapsed: Duration, attempts: u32| Error {
            kind: lost.kind,
            sent: lost.sent,
            method: request.method,
            url: at.map_or(masked.clone(), |at| inner.known.hide(&mask::url(at.as_str()))),
            detail: inner.known.hide(&lost.detail),
            elapsed,
            attempts,
        };
        if inner.settings.dry_run && request.intent.writes() {
            inner.trace.pretended(&self.shown(request));
            let detail = "not sent: this is a dry run".to_string();
            let lost = Lost { kind: ErrorKind::Pretended, sent: Sent::No, detail };
            return Err(error(lost, None, Duration::ZERO, 0));
        }
        let url = absolute(&request.url).map_err(|lost| error(lost, None, Duration::ZERO, 0))?;
        let endpoint = url.origin().ascii_serialization();
        let body = encode(&request.body);
        let mut spent = Duration::ZERO;
        let mut attempt = 1;
        loop {
            let place = inner.settings.pace.enter(&endpoint, &*inner.clock).await;
            let watch = Stopwatch::start();
            inner.requests.fetch_add(1, Ordering::Relaxed);
            let limit = request.timeout.unwrap_or(inner.settings.timeout);
            let limit = limit.min(inner.settings.total.saturating_sub(spent)).max(Duration::from_millis(1));
            let mut at = url.clone();
            let result = match tokio::time::timeout(limit, inner.attempt(request, &mut at, &body)).await {
                Ok(result) => result,
                Err(_) => Err(Lost {
                    kind: ErrorKind::Timeout,
                    sent: Sent::Maybe,
                    detail: format!("no answer within {}", seconds(limit)),
                }),
            };
            drop(place);
            let elapsed = watch.read();
            spent += elapsed;
            let result = result.map(|mut answer| {
                answer.elapsed = elapsed;
                answer.attempts = attempt;
                answer.url = inner.known.hide(&answer.url);
                answer
            });
            let outcome = match &result {
                Ok(answer) => Outcome::Answered {
                    status: answer.status,
                    retry_after: answer
                        .header("retry-after")
                        .and_then(|value| retry::retry_after(value, inner.clock.now())),
                    over_limit: retry::over_limit(answer),
                },
                Err(lost) => Outcome::Lost {
                    kind: lost.kind,
                    sent: lost.sent,
                    known: inner.answered.load(Ordering::Relaxed),
                },
            };
            if result.is_ok() {
                inner.answered.store(true, Ordering::Relaxed);
            }
            let wait = retry::next(request.intent, outcome, attempt, fastrand::f64())
                .filter(|wait| spent + *wait < inner.settings.total);
            let detail = result.as_ref().err().map(|lost| inner.known.hide(&lost.detail));
            inner.trace.exchange(&Exchange {
                operation: request.operation,
                method: request.method.as_str(),
                url: &masked,
                status: result.as_ref().ok().map(|answer| answer.status),
                error: detail.as_deref(),
                elapsed,
                request_id: result.as_ref().ok().and_then(Answer::request_id),
                attempt,
                wait,
                request,
                answer: result.as_ref().ok(),
                known: &inner.known,
            });
            let Some(wait) = wait else {
                // After a redirect it is the last host that is to be told of.
                return result
                    .map_err(|lost| error(lost, Some(&at).filter(|at| **at != url), elapsed, attempt));
            };
            inner.retries.fetch_add(1, Ordering::Relaxed);
            inner.clock.sleep(wait).await;
            spent += wait;
            attempt += 1;
        }
    }

    /// The request without anything secret, by name or by text.
    fn shown(&self, request: &Request) -> Request {
        let known = &self.0.known;
        let mut shown = mask::request(request);
        shown.url = known.hide(&shown.url);
        for (_, value) in &mut shown.headers {
            *value = known.hide(value);
        }
        if let Body::Json(value) = &shown.body
            && let Ok(hidden) = serde_json::from_str(&known.hide(&value.to_string()))
        {
            shown.body = Body::Json(hidden);
        }
        shown
    }
}

impl Inner {
    /// One attempt: redirects are followed for reads alone, and headers go to the host that was asked alone. `url` is where it
    /// has come to.
    async fn attempt(
        &self,
        request: &Request,
        url: &mut Url,
        body: &Option<(String, Bytes)>,
    ) -> Result<Answer, Lost> {
        let first = url.origin();
        for hop in 0..=REDIRECTS {
            let mut builder = self.client(url)?.request(method(request.method), url.clone());
            let mut accept = true;
            let mut content_type = body.as_ref().map(|(kind, _)| kind.as_str());
            if url.origin() == first {
                for (name, value) in &request.headers {
                    accept &= !name.eq_ignore_ascii_case("accept");
                    content_type = content_type.filter(|_| !name.eq_ignore_ascii_case("content-type"));
                    builder = builder.header(name, value);
                }
            }
            if accept {
                builder = builder.header("Accept", "application/json");
            }
            if let Some(kind) = content_type {
                builder = builder.header("Content-Type", kind);
            }
            if let Some((_, bytes)) = body {
                builder = builder.body(bytes.clone());
            }
            #[allow(clippy::disallowed_methods)]
            let response = builder.send().await.map_err(|error| lost(error, false))?;
            let status = response.status().as_u16();
            let follows = hop < REDIRECTS
                && request.intent == Intent::Read
                && matches!(request.method, Method::Get | Method::Head)
                && matches!(status, 301 | 302 | 303 | 307 | 308);
            if follows
                && let Some(target) = response.headers().get("location").and_then(|value| value.to_str().ok())
                && let Ok(target) = url.join(target)
                && matches!(target.scheme(), "http" | "https")
            {
                *url = target;
                continue;
            }
            return self.read(request, url, status, response).await;
        }
        Err(Lost {
            kind: ErrorKind::Malformed,
            sent: Sent::Yes,
            detail: format!("redirected more than {REDIRECTS} times"),
        })
    }

    /// The answer, up to the largest size.
    async fn read(
        &self,
        request: &Request,
        url: &Url,
        status: u16,
        mut response: reqwest::Response,
    ) -> Result<Answer, Lost> {
        let max = self.settings.max_body;
        let too_large = || Lost {
            kind: ErrorKind::TooLarge,
            sent: Sent::Yes,
            detail: format!("the answer is larger than {} MiB", max >> 20),
        };
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        if request.method != Method::Head && response.content_length().is_some_and(|length| length > max) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(error, true))? {
            if (body.len() + chunk.len()) as u64 > max {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body: body.freeze(),
            elapsed: Duration::ZERO,
            attempts: 0,
            method: request.method,
            url: mask::url(url.as_str()),
        })
    }

    /// The client for a URL's scheme: without TLS or proxies there is no need to load the system's authorities.
    fn client(&self, url: &Url) -> Result<&reqwest::Client, Lost> {
        let tls = url.scheme() == "https" || !self.settings.proxies.is_empty();
        let cell = if tls { &self.secure } else { &self.plain };
        cell.get_or_init(|| self.make_client(tls)).as_ref().map_err(|detail| Lost {
            kind: ErrorKind::Tls,
            sent: Sent::No,
            detail: detail.clone(),
        })
    }

    fn make_client(&self, secure: bool) -> Result<reqwest::Client, String> {
        let settings = &self.settings;
        let mut builder = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(settings.connect_timeout.min(settings.timeout))
            // Many services close a connection that was idle for five seconds; a create sent just then would be in doubt.
            .pool_idle_timeout(Duration::from_secs(4))
            .tcp_nodelay(true)
            .no_proxy();
        if !settings.proxies.is_empty() {
            let direct = reqwest::NoProxy::from_string(&settings.proxies.direct());
            for (address, http) in [(&settings.proxies.http, true), (&settings.proxies.https, false)] {
                let Some(address) = address else { continue };
                let proxy = if http { reqwest::Proxy::http(address) } else { reqwest::Proxy::https(address) };
                let proxy = proxy.map_err(|_| format!("the proxy `{}` is no URL", mask::url(address)))?;
                builder = builder.proxy(proxy.no_proxy(direct.clone()));
            }
        }
        let tls = &settings.tls;
        let read = |what: &str, path: &PathBuf| {
            std::fs::read(path)
                .map_err(|error| format!("the {what} {} cannot be read: {error}", path.display()))
        };
        if !secure {
            builder = builder.tls_certs_only([]);
        } else if !tls.verify {
            builder = builder.tls_danger_accept_invalid_certs(true);
        } else if let Some(path) = &tls.cacert {
            let certificates = reqwest::Certificate::from_pem_bundle(&read("authority file", path)?)
                .ok()
                .filter(|certificates| !certificates.is_empty())
                .ok_or_else(|| format!("the authority file {} holds no PEM certificate", path.display()))?;
            builder = builder.tls_certs_only(certificates);
        }
        if let Some(path) = tls.cert.as_ref().filter(|_| secure) {
            let mut pem = read("client certificate", path)?;
            if let Some(key) = &tls.key {
                pem.push(b'\n');
                pem.extend(read("client key", key)?);
            }
            let identity = reqwest::Identity::from_pem(&pem).map_err(|_| {
                format!("the client certificate {} and its key are not both there in PEM", path.display())
            })?;
            builder = builder.identity(identity);
        }
        builder.build().map_err(|error| format!("TLS cannot be set up: {}", cause(&error)))
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn absolute(text: &str) -> Result<Url, Lost> {
    let form = |detail: String| Lost { kind: ErrorKind::Form, sent: Sent::No, detail };
    let url = Url::parse(text).map_err(|error| form(format!("`{}` is no URL: {error}", mask::text(text))))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        scheme => Err(form(format!("`{scheme}:` is neither `http:` nor `https:`"))),
    }
}

/// The body's content type and bytes.
fn encode(body: &Body) -> Option<(String, Bytes)> {
    match body {
        Body::Empty => None,
        Body::Json(value) => Some(("application/json".to_string(), value.to_string().into())),
        Body::Form(fields) => Some((
            "application/x-www-form-urlencoded".to_string(),
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into(),
        )),
        Body::Bytes(kind, bytes) => Some((kind.clone(), bytes.clone())),
    }
}

/// A length of time as a person reads it: `212 ms`, `1.4 s`.
pub fn seconds(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        millis => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

/// An error and all that it came from, what an `io::Error` wraps included.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut all = vec![error];
    while let Some(last) = all.last().copied() {
        let inner = last.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| last.source()) {
            Some(next) if all.len() < 32 => all.push(next),
            _ => break,
        }
    }
    all
}

/// The first cause, in few words.
fn cause(error: &reqwest::Error) -> String {
    let all = chain(error);
    for part in &all {
        if let Some(kind) = part.downcast_ref::<io::Error>().map(io::Error::kind) {
            match kind {
                io::ErrorKind::ConnectionRefused => return "connection refused".to_string(),
                io::ErrorKind::ConnectionReset => return "connection reset".to_string(),
                io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
                    return "connection closed".to_string();
                }
                io::ErrorKind::UnexpectedEof => return "connection closed in the middle".to_string(),
                io::ErrorKind::HostUnreachable => return "host unreachable".to_string(),
                io::ErrorKind::NetworkUnreachable => return "network unreachable".to_string(),
                _ => {}
            }
        }
        if let Some(rustls::Error::InvalidMessage(_)) = part.downcast_ref::<rustls::Error>() {
            return "it does not speak TLS; `http:` may be meant".to_string();
        }
        if part.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return "connection closed before the answer was complete".to_string();
        }
    }
    mask::text(&all.last().map(|last| last.to_string()).unwrap_or_default())
}

/// What became of an attempt that the HTTP library gave up; `answered`: its status line had come.
fn lost(error: reqwest::Error, answered: bool) -> Lost {
    let error = error.without_url();
    let (mut handshake, mut parse, mut io_kind) = (None, false, None);
    for part in chain(&error) {
        handshake = handshake.or(part.downcast_ref::<rustls::Error>());
        parse |= part.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
        io_kind = io_kind.or(part.downcast_ref::<io::Error>().map(io::Error::kind));
    }
    // A server refuses a client certificate after the handshake, before it looks at the request.
    let refused = matches!(handshake, Some(rustls::Error::AlertReceived(_)));
    let (kind, sent) = if error.is_builder() {
        (ErrorKind::Form, Sent::No)
    } else if error.is_dns() {
        (ErrorKind::Resolve, Sent::No)
    } else if handshake.is_some() {
        (ErrorKind::Tls, if error.is_connect() || refused { Sent::No } else { Sent::Maybe })
    } else if error.is_connect() {
        (if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Connect }, Sent::No)
    } else if error.is_timeout() {
        (ErrorKind::Timeout, Sent::Maybe)
    } else if parse || matches!(io_kind, Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)) {
        (ErrorKind::Malformed, Sent::Maybe)
    } else {
        (ErrorKind::Broken, Sent::Maybe)
    };
    let detail = match kind {
        ErrorKind::Resolve => "no address is known for this host".to_string(),
        ErrorKind::Timeout => "no connection in time".to_string(),
        _ => cause(&error),
    };
    Lost { kind, sent: if answered { Sent::Yes } else { sent }, detail }
}
