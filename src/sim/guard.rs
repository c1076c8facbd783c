//! What the server takes from whoever reaches its port: requests that are meant for it, and no more at once than the
//! machine has room for. A page in a browser reaches loopback too, under a name of its own (DNS rebinding) or from its
//! own origin; such requests are refused before anything is read of them.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Buf;
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Body;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

use super::clock::hold;
use super::openstack::{Answer, page};

/// The largest line of a request with its headers, in bytes; a longer one is answered 431.
const HEAD_LIMIT: usize = 128 << 10;

/// The largest image taken, in bytes.
const IMAGE_LIMIT: usize = 256 << 20;

/// The largest body of any other request, in bytes.
const BODY_LIMIT: usize = 8 << 20;

/// How much of a body that is too large is read and dropped, in bytes, so that its sender reads the refusal.
const DROPPED: usize = 64 << 20;

/// How long a connection may say nothing, and a client may take for the head of a request. Longer than clients keep
/// connections that they do not use, so that the end is theirs.
pub(crate) const IDLE: Duration = Duration::from_secs(120);

/// How many connections are held at once; more wait to be taken.
pub(crate) const CONNECTIONS: usize = 4096;

/// How HTTP is spoken on a connection that may be idle for so long.
pub(crate) fn spoken(idle: Duration) -> http1::Builder {
    let mut server = http1::Builder::new();
    server
        .half_close(true)
        .title_case_headers(true)
        .max_buf_size(HEAD_LIMIT)
        .timer(TokioTimer::new())
        .header_read_timeout(idle);
    server
}

/// The refusal of a request that is meant for another host, or that a page of another origin sends.
pub(crate) fn refused(parts: &Parts) -> Option<Answer> {
    let several = |name: &str| parts.headers.get_all(name).iter().count() > 1;
    if several("host") || several("origin") {
        return Some(page(400, "A request has one Host and one Origin."));
    }
    let host =
        parts.uri.authority().map(|authority| authority.as_str()).or_else(|| header(&parts.headers, "host"));
    if let Some(host) = host.filter(|host| !is_loopback(host)) {
        return Some(page(
            421,
            &format!("This simulated cloud answers at loopback addresses alone, not at {}.", escaped(host)),
        ));
    }
    let origin = header(&parts.headers, "origin")?;
    let is_own = |place: &str| host.is_some_and(|host| host.eq_ignore_ascii_case(place));
    let is_own = origin.strip_prefix("http://").is_some_and(is_own);
    (!is_own).then(|| page(403, "This simulated cloud takes no requests of other sites' pages."))
}

/// The body of a request, or the refusal of one that is too large; an error where it breaks off, or says nothing for so long.
pub(crate) async fn body<B>(parts: &Parts, mut body: B, idle: Duration) -> Result<Vec<u8>, Option<Answer>>
where
    B: Body + Unpin,
    B::Data: Buf,
{
    let path = parts.uri.path();
    let is_image = parts.method == "PUT" && path.contains("/v2/images/") && path.ends_with("/file");
    let is_image = is_image || parts.method == "POST" && path.starts_with("/upload/");
    let limit = if is_image { IMAGE_LIMIT } else { BODY_LIMIT };
    let (mut whole, mut length) = (Vec::new(), 0_usize);
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = hold(idle) => return Err(None),
        };
        let Some(frame) = frame else { break };
        let Ok(mut data) = frame.map_err(|_| None)?.into_data() else { continue };
        length = length.saturating_add(data.remaining());
        if length > DROPPED.max(limit) {
            return Err(Some(too_large(limit)));
        }
        // The rest is read and dropped: a client that still sends does not listen.
        if length > limit {
            whole = Vec::new();
            continue;
        }
        whole.extend_from_slice(&data.copy_to_bytes(data.remaining()));
    }
    if length > limit { Err(Some(too_large(limit))) } else { Ok(whole) }
}

fn too_large(limit: usize) -> Answer {
    page(413, &format!("The body is larger than {limit} bytes."))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // What is no text names no host of ours.
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Whether the host of an authority, its port left out, is this machine to itself.
fn is_loopback(authority: &str) -> bool {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(six) => match six.split_once(']') {
            Some((host, rest)) if host.contains(':') => (host, rest),
            _ => return false,
        },
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    if !rest.is_empty() && rest.strip_prefix(':').is_none_or(|port| port.parse::<u16>().is_err()) {
        return false;
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn escaped(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || ".:-_".contains(*c)).take(100).collect()
}

#[cfg(test)]
// The connections of these tests are no script's.
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;

    fn status(uri: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = hyper::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        refused(&request.body(()).unwrap().into_parts().0).map(|answer| answer.status)
    }

    #[test]
    fn a_host_is_taken_by_its_address_whatever_the_port() {
        for host in [
            "127.0.0.1:4321",
            "127.0.0.1",
            "127.9.9.9:1",
            "localhost:80",
            "LOCALHOST",
            "s3.localhost:1",
            "[::1]:4",
            "[::1]",
        ] {
            assert_eq!(status("/", &[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example:4321",
            "10.0.0.1",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "0.0.0.0",
            "[::2]:1",
        ] {
            assert_eq!(status("/", &[("host", host)]), Some(421), "{host}");
        }
        // HTTP/1.0 needs none.
        assert_eq!(status("/", &[]), None);
        assert_eq!(status("http://evil.example/", &[("host", "localhost")]), Some(421));
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let host = ("host", "127.0.0.1:4321");
        assert_eq!(status("/", &[host, ("origin", "http://127.0.0.1:4321")]), None);
        for origin in
            ["https://evil.example", "null", "http://127.0.0.1:9", "http://127.0.0.1:4321.evil.example"]
        {
            assert_eq!(status("/", &[host, ("origin", origin)]), Some(403), "{origin}");
        }
    }

    async fn answered(said: &[u8], idle: Duration) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut client, server) = tokio::io::duplex(HEAD_LIMIT * 4);
        let service = hyper::service::service_fn(|_| async {
            Ok::<_, std::convert::Infallible>(hyper::Response::new(
                http_body_util::Empty::<bytes::Bytes>::new(),
            ))
        });
        let served = spoken(idle).serve_connection(hyper_util::rt::TokioIo::new(server), service);
        tokio::spawn(async move { served.await.is_ok() });
        client.write_all(said).await.unwrap();
        let mut answer = Vec::new();
        // It ends when the server closes.
        client.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_string()
    }

    #[tokio::test]
    async fn who_says_nothing_any_more_is_left() {
        let soon = Duration::from_millis(1);
        assert_eq!(answered(b"", soon).await, "");
        assert_eq!(answered(b"GET / HTTP/1.1\r\nHos", soon).await, "");
        assert_eq!(answered(b"GET / HTTP/1.1\r\n\r\n", Duration::from_millis(300)).await, "HTTP/1.1 200 OK");
    }

    #[tokio::test]
    async fn a_head_without_end_is_refused() {
        let head = |length: usize| {
            [b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; length], b"\r\nConnection: close\r\n\r\n"]
                .concat()
        };
        assert_eq!(answered(&head(HEAD_LIMIT / 2), IDLE).await, "HTTP/1.1 200 OK");
        assert_eq!(
            answered(&head(HEAD_LIMIT * 2), IDLE).await,
            "HTTP/1.1 431 Request Header Fields Too Large"
        );
    }

    #[tokio::test]
    async fn a_body_is_bounded_and_only_an_image_may_be_large() {
        async fn of(method: &str, path: &str, length: usize) -> Result<usize, Option<u16>> {
            let request = hyper::Request::builder().method(method).uri(path).body(()).unwrap();
            let whole = http_body_util::Full::new(bytes::Bytes::from(vec![0u8; length]));
            body(&request.into_parts().0, whole, IDLE)
                .await
                .map(|body| body.len())
                .map_err(|answer| answer.map(|answer| answer.status))
        }
        assert_eq!(of("POST", "/compute/v2.1/servers", BODY_LIMIT).await, Ok(BODY_LIMIT));
        assert_eq!(of("POST", "/compute/v2.1/servers", BODY_LIMIT + 1).await, Err(Some(413)));
        assert_eq!(of("PUT", "/image/v2/images/i/file", BODY_LIMIT + 1).await, Ok(BODY_LIMIT + 1));
        assert_eq!(of("PUT", "/nonsense/file", BODY_LIMIT + 1).await, Err(Some(413)));
        // One that sends nothing more is left.
        let parts = hyper::Request::builder().uri("/").body(()).unwrap().into_parts().0;
        let stalled = futures_util::stream::pending::<std::io::Result<hyper::body::Frame<bytes::Bytes>>>();
        let stalled = http_body_util::StreamBody::new(stalled);
        assert!(matches!(body(&parts, stalled, Duration::from_millis(1)).await, Err(None)));
    }
}
