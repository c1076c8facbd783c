//! One attempt: bytes out, an answer or what became of it back.
//!
//! The only place that names the HTTP library. It refuses to carry credentials to another host than the one that was asked, to
//! follow a redirect of a write, and to read an answer without end. Its connections are kept for the next attempt.

use super::error::{ErrorKind, Sent};
use super::mask;
use super::message::{Answer, Body, Intent, Method, Request};
use super::send::seconds;
use super::settings::Settings;
use super::stream::{Moved, Receiver};
use bytes::{Bytes, BytesMut};
use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use url::Url;

/// An attempt that gave no answer.
pub(super) struct Lost {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Whether the request may have reached the cloud.
    pub sent: Sent,
    /// What happened, in the words of the network library or ours.
    pub detail: String,
}

/// The most redirects that a read follows.
const REDIRECTS: usize = 5;

/// The connections to one cloud, opened when they are first needed.
#[derive(Default)]
pub(super) struct Clients {
    plain: OnceLock<Result<reqwest::Client, String>>,
    secure: OnceLock<Result<reqwest::Client, String>>,
    proxied: OnceLock<Result<reqwest::Client, String>>,
}

/// Whether a request says who sends it.
fn proves_itself(request: &Request) -> bool {
    let proof =
        |name: &str| ["x-auth-token", "authorization"].iter().any(|one| name.eq_ignore_ascii_case(one));
    request.headers.iter().any(|(name, _)| proof(name))
}

/// Whether a header says only in which form the answer is wanted.
fn is_of_the_answer(name: &str) -> bool {
    ["accept", "accept-encoding"].iter().any(|one| name.eq_ignore_ascii_case(one))
}

impl Clients {
    /// One attempt: redirects are followed for reads alone, and headers go to the host that was asked alone. `url` is where it
    /// has come to.
    pub(super) async fn attempt(
        &self,
        settings: &Settings,
        request: &Request,
        url: &mut Url,
        body: &Option<(String, Bytes)>,
        moved: &Moved,
    ) -> Result<Answer, Lost> {
        let first = url.origin();
        for hop in 0..=REDIRECTS {
            let mut builder = self.client(settings, url)?.request(method(request.method), url.clone());
            let mut accept = true;
            let mut content_type = kind_of(request, body);
            for (name, value) in &request.headers {
                // Another host gets what says how the answer should be, and nothing of who asks.
                if url.origin() != first && !is_of_the_answer(name) {
                    continue;
                }
                accept &= !name.eq_ignore_ascii_case("accept");
                content_type = content_type.filter(|_| !name.eq_ignore_ascii_case("content-type"));
                builder = builder.header(name, value);
            }
            if accept {
                builder = builder.header("Accept", "application/json");
            }
            if let Some(kind) = content_type {
                builder = builder.header("Content-Type", kind);
            }
            builder = filled(builder, request, body, moved);
            #[allow(clippy::disallowed_methods)]
            let sent = builder.send().await.map_err(|error| of_scheme(url, lost(settings, error, false)));
            let response = sent.map_err(|lost| of_this_side(moved, lost))?;
            let status = response.status().as_u16();
            let follows = hop < REDIRECTS
                && request.intent == Intent::Read
                // A signature is good for the address it was made for alone.
                && request.signer.is_none()
                && matches!(request.method, Method::Get | Method::Head)
                && matches!(status, 301 | 302 | 303 | 307 | 308);
            if follows
                && let Some(target) = response.headers().get("location").and_then(|value| value.to_str().ok())
                && let Ok(target) = url.join(target)
                && matches!(target.scheme(), "http" | "https")
                // What another host says is no answer of the one that knows who asks.
                && (target.origin() == first || !proves_itself(request))
            {
                *url = target;
                continue;
            }
            // No cloud says 407: it is for whoever stands before it.
            if status == 407
                && let Some(via) = settings.proxies.of(url)
            {
                let detail = format!("{} wants a login (407)", via.shown());
                return Err(Lost { kind: ErrorKind::Proxy, sent: Sent::No, detail });
            }
            if let Some(receiver) = request.receiver.as_ref().filter(|_| response.status().is_success()) {
                return keep(settings, request, url, response, receiver, moved).await;
            }
            return read(settings, request, url, response).await;
        }
        Err(Lost {
            kind: ErrorKind::Malformed,
            sent: Sent::Yes,
            detail: format!("redirected more than {REDIRECTS} times"),
        })
    }

    /// The client for a URL's scheme: without TLS or proxies there is no need to load the system's authorities.
    fn client(&self, settings: &Settings, url: &Url) -> Result<&reqwest::Client, Lost> {
        let proxied = settings.proxies.of(url).is_some();
        let tls = url.scheme() == "https" || proxied;
        let cell = match (proxied, tls) {
            (true, _) => &self.proxied,
            (false, true) => &self.secure,
            (false, false) => &self.plain,
        };
        cell.get_or_init(|| make_client(settings, tls, proxied)).as_ref().map_err(|detail| Lost {
            kind: ErrorKind::Tls,
            sent: Sent::No,
            detail: detail.clone(),
        })
    }
}

/// The content type of a request's body.
fn kind_of<'a>(request: &'a Request, body: &'a Option<(String, Bytes)>) -> Option<&'a str> {
    match (&request.body, body) {
        (Body::Stream(kind, _), _) => Some(kind),
        (_, Some((kind, _))) => Some(kind),
        _ => None,
    }
}

/// A request with its body.
fn filled(
    builder: reqwest::RequestBuilder,
    request: &Request,
    body: &Option<(String, Bytes)>,
    moved: &Moved,
) -> reqwest::RequestBuilder {
    match (&request.body, body) {
        (Body::Stream(_, content), _) => builder
            .header("Content-Length", content.size())
            .body(reqwest::Body::wrap_stream(moved.reading(content))),
        (_, Some((_, bytes))) => builder.body(bytes.clone()),
        _ => builder,
    }
}

/// What became of an attempt, where bytes that cannot be read or kept here ended it.
fn of_this_side(moved: &Moved, lost: Lost) -> Lost {
    match moved.failure() {
        Some(detail) => Lost { kind: ErrorKind::Local, detail, ..lost },
        None => lost,
    }
}

/// A good answer whose body goes elsewhere as it comes.
async fn keep(
    settings: &Settings,
    request: &Request,
    url: &Url,
    mut response: reqwest::Response,
    receiver: &Receiver,
    moved: &Moved,
) -> Result<Answer, Lost> {
    let here = |()| {
        let detail = moved.failure().unwrap_or_default();
        Lost { kind: ErrorKind::Local, sent: Sent::Yes, detail }
    };
    let answer = head(request, url, &response);
    moved.begin(receiver, response.content_length()).map_err(here)?;
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(settings, error, true))? {
        moved.keep(receiver, &chunk).map_err(here)?;
    }
    Ok(answer)
}

/// An answer without its body.
fn head(request: &Request, url: &Url, response: &reqwest::Response) -> Answer {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        headers: headers.map(|(name, value)| (name.as_str().to_string(), text(value.as_bytes()))).collect(),
        body: Bytes::new(),
        elapsed: Duration::ZERO,
        total: Duration::ZERO,
        attempts: 0,
        method: request.method,
        url: mask::url(url.as_str()),
    }
}

/// The answer, up to the largest size.
async fn read(
    settings: &Settings,
    request: &Request,
    url: &Url,
    mut response: reqwest::Response,
) -> Result<Answer, Lost> {
    let max = settings.max_body;
    let too_large = || Lost {
        kind: ErrorKind::TooLarge,
        sent: Sent::Yes,
        detail: format!("the answer is larger than {} MiB", max >> 20),
    };
    let answer = head(request, url, &response);
    if request.method != Method::Head && response.content_length().is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(settings, error, true))? {
        if (body.len() + chunk.len()) as u64 > max {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let answer = Answer { body: body.freeze(), ..answer };
    match super::bounds::exceeded(&answer) {
        Some(detail) => Err(Lost { kind: ErrorKind::TooLarge, sent: Sent::Yes, detail }),
        None => Ok(answer),
    }
}

fn make_client(settings: &Settings, secure: bool, proxied: bool) -> Result<reqwest::Client, String> {
    // One provider a process, which the HTTP library wants even where no connection is encrypted; a second installation
    // is refused, and would be the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_limit(settings))
        // Many services close a connection that was idle for five seconds; a create sent just then would be in doubt.
        .pool_idle_timeout(Duration::from_secs(4))
        .tcp_nodelay(true)
        .no_proxy();
    if proxied {
        for (via, http) in [(&settings.proxies.http, true), (&settings.proxies.https, false)] {
            let Some(via) = via else { continue };
            let proxy = if http { reqwest::Proxy::http(&via.url) } else { reqwest::Proxy::https(&via.url) };
            builder = builder.proxy(proxy.map_err(|_| format!("{} is no URL", via.shown()))?);
        }
    }
    let tls = &settings.tls;
    let read = |what: &str, path: &PathBuf| {
        std::fs::read(path).map_err(|error| format!("the {what} {} cannot be read: {error}", path.display()))
    };
    if !secure {
        builder = builder.tls_certs_only([]);
    } else if !tls.verify {
        builder = builder.tls_danger_accept_invalid_certs(true);
    } else if let Some(path) = &tls.cacert {
        let config = super::trust::config(tls, path)?;
        let client = builder.tls_backend_preconfigured(config).build();
        return client.map_err(|error| format!("TLS cannot be set up: {}", cause(&error)));
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
/// The longest that connecting may take: less than a whole attempt, so that what never left is known not to have left.
fn connect_limit(settings: &Settings) -> Duration {
    settings.connect_timeout.min(settings.timeout.mul_f64(0.9))
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
        if let Some(why) = part.downcast_ref::<rustls::Error>().and_then(super::trust::why) {
            return why;
        }
        if part.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return "connection closed before the answer was complete".to_string();
        }
    }
    mask::text(&all.last().map(|last| last.to_string()).unwrap_or_default())
}

/// The same, where the answer is no HTTP because the other side speaks TLS.
fn of_scheme(url: &Url, lost: Lost) -> Lost {
    let garbled = url.scheme() == "http" && lost.kind == ErrorKind::Malformed;
    if garbled { Lost { detail: format!("{}; `https:` may be meant", lost.detail), ..lost } } else { lost }
}

/// Why a proxy opens no way to the host: what the tunnel under the HTTP library says.
fn tunnel(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    chain(error).iter().find_map(|part| {
        let words = part.to_string();
        if !words.contains("tunnel error") {
            return None;
        }
        match words.as_str() {
            _ if words.contains("authorization required") => Some("wants a login (407)"),
            _ if words.contains("unsuccessful") => Some("refuses to open a way to the host"),
            _ if words.contains("end of file") => {
                Some("closed the connection when it was asked for the host")
            }
            _ if words.contains("underlying") => None,
            _ => Some("does not open a way to the host"),
        }
    })
}

/// What became of an attempt that the HTTP library gave up; `answered`: its status line had come.
fn lost(settings: &Settings, error: reqwest::Error, answered: bool) -> Lost {
    let error = error.without_url();
    let (mut handshake, mut parse, mut io_kind) = (None, false, None);
    for part in chain(&error) {
        handshake = handshake.or(part.downcast_ref::<rustls::Error>());
        parse |= part.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
        io_kind = io_kind.or(part.downcast_ref::<io::Error>().map(io::Error::kind));
    }
    if let Some(what) = tunnel(&error) {
        let via = settings.proxies.https.as_ref().map_or("the proxy".to_string(), |via| via.shown());
        return Lost { kind: ErrorKind::Proxy, sent: Sent::No, detail: format!("{via} {what}") };
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
        ErrorKind::Resolve => "cannot resolve this host".to_string(),
        ErrorKind::Timeout => format!("no connection within {}", seconds(connect_limit(settings))),
        _ => cause(&error),
    };
    Lost { kind, sent: if answered { Sent::Yes } else { sent }, detail }
}
