//! Sending: what is repeated, what is known of what was not answered, what never leaves.

use crate::support::stub::{CountingClock, KeepingTrace, Reply, Stub};
use rhain::wire::{
    Body, ErrorKind, Intent, MaySend, Method, Pace, Proxies, Request, Sent, Settings, Silent, Wire,
};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

fn wire_with(settings: Settings) -> (Wire, Arc<CountingClock>) {
    let clock = Arc::new(CountingClock::default());
    (Wire::new(settings, clock.clone(), Arc::new(Silent)), clock)
}

fn wire() -> (Wire, Arc<CountingClock>) {
    wire_with(Settings::default())
}

fn get(url: &str) -> Request {
    Request::new("thing.list", Method::Get, url)
}

fn create(url: &str) -> Request {
    Request::new("thing.create", Method::Post, url).json(json!({ "name": "x" }))
}

#[tokio::test]
async fn answers_come_back_whatever_their_status_over_one_connection() {
    let stub = Stub::start(|seen, number| {
        Reply::json(if number == 0 { 200 } else { 404 }, &format!("\"{}\"", seen.target))
            .with("X-Openstack-Request-Id", "req-1")
    })
    .await;
    let (wire, _) = wire();
    let first = wire.send(&get(&format!("{}/a?b=c%20d", stub.url))).await.expect("an answer");
    assert_eq!(
        (first.status, first.body.as_ref(), first.request_id()),
        (200, &b"\"/a?b=c%20d\""[..], Some("req-1"))
    );
    assert_eq!(wire.send(&create(&stub.url)).await.expect("an answer").status, 404);
    let seen = stub.seen();
    assert_eq!(seen[0].connection, seen[1].connection);
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[0].header("user-agent"), Some(concat!("rhain/", env!("CARGO_PKG_VERSION"))));
    assert!(seen[0].header("accept-encoding").is_some_and(|list| list.contains("gzip")));
    assert_eq!(seen[1].header("content-type"), Some("application/json"));
    assert_eq!(seen[1].body, br#"{"name":"x"}"#);
    assert_eq!(wire.counters().requests, 2);
}

#[tokio::test]
async fn reads_are_repeated_until_they_succeed() {
    for bad in [500, 502, 503, 504, 429] {
        let stub = Stub::start(move |_, number| Reply::json(if number < 2 { bad } else { 200 }, "{}")).await;
        let (wire, clock) = wire();
        let answer = wire.send(&get(&stub.url)).await.expect("an answer");
        assert_eq!((answer.status, answer.attempts, stub.count()), (200, 3, 3), "{bad}");
        let slept = clock.slept();
        assert!(
            slept.len() == 2 && slept[0] <= Duration::from_millis(500) && slept[1] <= Duration::from_secs(1)
        );
        assert_eq!((wire.counters().requests, wire.counters().retries), (3, 2));
    }
    let stub = Stub::start(|_, _| Reply::json(503, "{}")).await;
    let (wire, _) = wire();
    assert_eq!(wire.send(&get(&stub.url)).await.expect("an answer").status, 503);
    assert_eq!(stub.count(), 6);
}

#[tokio::test]
async fn a_create_is_never_repeated_blindly() {
    for bad in [500, 502, 503, 504] {
        let stub = Stub::start(move |_, _| Reply::json(bad, "{}")).await;
        assert_eq!(wire().0.send(&create(&stub.url)).await.expect("an answer").status, bad);
        assert_eq!(stub.count(), 1, "{bad}");
    }
    // A gateway asks to wait and may have passed the request on.
    let stub = Stub::start(|_, _| Reply::json(503, "{}").with("Retry-After", "1")).await;
    assert_eq!(wire().0.send(&create(&stub.url)).await.expect("an answer").status, 503);
    assert_eq!(stub.count(), 1);
    let cut = b"HTTP/1.1 201 X\r\nContent-Length: 100\r\n\r\n{\"half".to_vec();
    for (reply, kind, sent) in [
        ("reset", ErrorKind::Broken, Sent::Maybe),
        ("close", ErrorKind::Broken, Sent::Maybe),
        ("cut", ErrorKind::Broken, Sent::Yes),
        ("garbage", ErrorKind::Malformed, Sent::Maybe),
    ] {
        let cut = cut.clone();
        let stub = Stub::start(move |_, _| match reply {
            "reset" => Reply::Reset,
            "close" => Reply::Raw(Vec::new()),
            "cut" => Reply::Raw(cut.clone()),
            _ => Reply::Raw(b"SSH-2.0-OpenSSH_9\r\n\r\n".to_vec()),
        })
        .await;
        let error = wire().0.send(&create(&stub.url)).await.expect_err(reply);
        assert_eq!((error.kind, error.sent, error.attempts), (kind, sent, 1), "{reply}: {error}");
        assert_eq!(stub.count(), 1, "{reply}");
    }
}

#[tokio::test]
async fn a_refused_create_goes_out_again_as_told() {
    for (status, after, least) in
        [(429, "3", 3), (429, "Sun, 06 Nov 1994 08:49:47 GMT", 10), (413, "2", 2), (429, "120", 120)]
    {
        let stub = Stub::start(move |_, number| match number {
            0 => Reply::json(status, r#"{"overLimit": {"message": "slow down"}}"#).with("Retry-After", after),
            _ => Reply::json(201, "{}"),
        })
        .await;
        let (wire, clock) = wire();
        assert_eq!(wire.send(&create(&stub.url)).await.expect("an answer").status, 201, "{status} {after}");
        let slept = clock.slept();
        let least = Duration::from_secs(least);
        assert!(
            slept.len() == 1 && slept[0] >= least && slept[0] <= least + Duration::from_millis(500),
            "{slept:?}"
        );
    }
    // Nobody is kept waiting for an hour without a word, and nothing goes out before its time.
    let stub = Stub::start(|_, _| Reply::json(429, "{}").with("Retry-After", "3600")).await;
    let (wire, clock) = wire_with(Settings::default());
    let answer = wire.send(&create(&stub.url)).await.expect("an answer");
    assert_eq!((answer.status, answer.attempts, clock.slept().len()), (429, 1, 0));
    // A server whose clock is an hour ahead means its own time.
    let stub = Stub::start(|_, number| match number {
        0 => Reply::json(429, "{}")
            .with("Date", "Sun, 06 Nov 1994 09:49:37 GMT")
            .with("Retry-After", "Sun, 06 Nov 1994 09:49:47 GMT"),
        _ => Reply::json(201, "{}"),
    })
    .await;
    let (wire, clock) = wire_with(Settings::default());
    assert_eq!(wire.send(&create(&stub.url)).await.expect("an answer").status, 201);
    assert_eq!(clock.slept().iter().sum::<Duration>().as_secs(), 10);
    let quota = r#"{"overLimit": {"message": "Quota exceeded for cores", "retryAfter": 0}}"#;
    let stub = Stub::start(move |_, _| Reply::json(413, quota).with("Retry-After", "0")).await;
    assert_eq!(
        wire_with(Settings::default()).0.send(&create(&stub.url)).await.expect("an answer").status,
        413
    );
    assert_eq!(stub.count(), 1);
}

#[tokio::test]
async fn lost_reads_and_repeatable_writes_are_asked_again() {
    let lossy = |number: usize| match number {
        0 => Reply::Reset,
        1 => Reply::Raw(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n{\"half".to_vec()),
        2 => Reply::Raw(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"hal\r\n".to_vec()),
        _ => Reply::json(200, "{}"),
    };
    for method in [Method::Get, Method::Put, Method::Delete] {
        let stub = Stub::start(move |_, number| lossy(number)).await;
        let answer =
            wire().0.send(&Request::new("thing", method, stub.url.clone())).await.expect("an answer");
        assert_eq!((answer.status, answer.attempts), (200, 4), "{method:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_ends_at_the_deadline() {
    let quick = Settings { timeout: Duration::from_millis(40), ..Settings::default() };
    let stub = Stub::start(|_, _| Reply::Hang).await;
    let error = wire_with(quick.clone()).0.send(&create(&stub.url)).await.expect_err("late");
    assert_eq!((error.kind, error.sent, error.attempts), (ErrorKind::Timeout, Sent::Maybe, 1));
    assert_eq!(error.detail, "no answer within 40 ms");
    let error = wire_with(quick.clone()).0.send(&get(&stub.url)).await.expect_err("late");
    assert_eq!((error.kind, error.attempts), (ErrorKind::Timeout, 6));
    let brief = Settings { total: Duration::from_millis(60), ..quick };
    let error = wire_with(brief).0.send(&get(&stub.url)).await.expect_err("late");
    assert!(error.attempts <= 2, "{}", error.attempts);
    assert!(error.detail.ends_with("; no time is left of 60 ms in all"), "{}", error.detail);
    let mut own = create(&stub.url);
    own.timeout = Some(Duration::from_millis(20));
    assert_eq!(wire().0.send(&own).await.expect_err("late").detail, "no answer within 20 ms");
}

#[tokio::test]
async fn what_surely_did_not_leave_is_known() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    for (url, kind, attempts) in [
        (closed.as_str(), ErrorKind::Connect, 3),
        ("http://no-such-host.invalid/", ErrorKind::Resolve, 3),
        ("ftp://h/", ErrorKind::Form, 0),
        ("/path", ErrorKind::Form, 0),
    ] {
        let error = wire().0.send(&create(url)).await.expect_err(url);
        assert_eq!((error.kind, error.sent, error.attempts), (kind, Sent::No, attempts), "{error}");
    }
    let bad = get(&closed).header("bad name", "x");
    assert_eq!(wire().0.send(&bad).await.expect_err("a header").kind, ErrorKind::Form);
    assert_eq!(wire().0.send(&get(&closed)).await.expect_err("refused").detail, "connection refused");
}

#[tokio::test]
async fn compressed_answers_are_read_and_bounded() {
    let squeeze = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("room");
        encoder.finish().expect("room")
    };
    let (small, bomb) = (squeeze(b"{\"a\": 1}"), squeeze(&vec![b' '; 3 << 20]));
    let stub = Stub::start(move |seen, _| {
        let body = match seen.target.as_str() {
            "/small" => small.clone(),
            "/bomb" => bomb.clone(),
            _ => b"no gzip at all, whatever the header says".to_vec(),
        };
        Reply::json(200, "").with("Content-Encoding", "gzip").body(body)
    })
    .await;
    let (wire, _) = wire_with(Settings { max_body: 1 << 20, ..Settings::default() });
    let answer = wire.send(&get(&format!("{}/small", stub.url))).await.expect("an answer");
    assert_eq!(answer.body.as_ref(), b"{\"a\": 1}");
    let error = wire.send(&get(&format!("{}/bomb", stub.url))).await.expect_err("too large");
    assert_eq!((error.kind, error.sent, error.attempts), (ErrorKind::TooLarge, Sent::Yes, 1));
    assert_eq!(error.detail, "the answer is larger than 1 MiB");
    let error = wire.send(&get(&format!("{}/lie", stub.url))).await.expect_err("no gzip");
    assert_eq!((error.kind, error.sent), (ErrorKind::Malformed, Sent::Yes), "{error}");
    let huge =
        Stub::start(|_, _| Reply::Raw(b"HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\n{".to_vec()))
            .await;
    assert_eq!(wire.send(&get(&huge.url)).await.expect_err("too large").kind, ErrorKind::TooLarge);
}

#[tokio::test]
async fn redirects_are_followed_for_reads_and_lead_no_login_away() {
    let other = Stub::start(|_, _| Reply::json(200, "\"other\"")).await;
    let target = other.url.clone();
    let stub = Stub::start(move |seen, _| match seen.target.as_str() {
        "/away" => Reply::json(302, "").with("Location", format!("{target}/landed?x=1")),
        "/near" => Reply::json(307, "").with("Location", "/here"),
        "/loop" => Reply::json(301, "").with("Location", "/loop"),
        "/many" => Reply::json(300, "[]").with("Location", "/here"),
        _ => Reply::json(200, "\"own\""),
    })
    .await;
    let (wire, _) = wire();
    wire.hosts().allow(&stub.url);
    let ask =
        |path: &str| get(&format!("{}{path}", stub.url)).header("X-Auth-Token", "T").header("X-Other", "o");
    // Another host does not answer for the one that knows who asks.
    let answer = wire.send(&ask("/away")).await.expect("an answer");
    assert_eq!((answer.status, other.count()), (302, 0));
    let nobody = get(&format!("{}/away", stub.url)).header("X-Other", "o");
    let nobody = nobody.header("Accept-Encoding", "identity").header("Accept", "text/plain");
    assert_eq!(wire.send(&nobody).await.expect("an answer").body.as_ref(), b"\"other\"");
    assert_eq!(other.seen()[0].header("x-other"), None);
    // How the answer should be is no secret.
    assert_eq!(other.seen()[0].header("accept-encoding"), Some("identity"));
    assert_eq!(other.seen()[0].header("accept"), Some("text/plain"));
    assert_eq!(wire.send(&ask("/near")).await.expect("an answer").body.as_ref(), b"\"own\"");
    assert_eq!(stub.seen().last().expect("a request").header("x-auth-token"), Some("T"));
    assert_eq!(wire.send(&ask("/loop")).await.expect("the last one").status, 301);
    assert_eq!(wire.send(&ask("/many")).await.expect("an answer").status, 300);
    let mut write = ask("/away");
    write.method = Method::Post;
    write.intent = Intent::Once;
    assert_eq!(wire.send(&write).await.expect("an answer").status, 302);
    assert_eq!(other.count(), 1);
}

#[tokio::test]
async fn an_error_after_a_redirect_names_the_host_it_came_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = format!("http://{}/landed?token=secret-token", listener.local_addr().expect("an address"));
    drop(listener);
    let target = closed.clone();
    let stub = Stub::start(move |_, _| Reply::json(302, "").with("Location", target.clone())).await;
    let error = wire().0.send(&get(&stub.url)).await.expect_err("nobody there");
    assert_eq!(error.kind, ErrorKind::Connect);
    assert_eq!(error.url, closed.replace("secret-token", rhain::wire::mask::MASK));
}

#[tokio::test]
async fn a_dry_run_sends_reads_and_logins_alone() {
    let stub = Stub::start(|_, _| Reply::json(200, "{}")).await;
    let trace = Arc::new(KeepingTrace::default());
    let settings = Settings { dry_run: true, ..Settings::default() };
    let wire = Wire::new(settings, Arc::new(CountingClock::default()), trace.clone());
    wire.known().add("hunter2-secret");
    wire.hosts().allow(&stub.url);
    let request = create(&stub.url)
        .json(json!({ "server": { "name": "web", "adminPass": "x-pass-x", "note": "hunter2-secret" } }))
        .header("X-Auth-Token", "y-token-y");
    let error = wire.send(&request).await.expect_err("not sent");
    assert_eq!((error.kind, error.sent), (ErrorKind::Pretended, Sent::No));
    let text = trace.text();
    assert!(text.contains("web") && !text.contains("x-pass-x") && !text.contains("y-token-y"), "{text}");
    assert!(!text.contains("hunter2-secret"), "{text}");
    wire.send(&create(&stub.url).intent(Intent::Login)).await.expect("a login");
    wire.send(&get(&stub.url)).await.expect("a read");
    assert_eq!(stub.count(), 2);
}

#[tokio::test]
async fn proxies_carry_what_is_not_loopback() {
    let proxy = Stub::start(|_, _| Reply::json(200, "\"proxy\"")).await;
    let stub = Stub::start(|_, _| Reply::json(200, "\"direct\"")).await;
    let address = proxy.url.clone();
    let proxies = |bypass: &str| {
        let (address, bypass) = (address.clone(), bypass.to_string());
        Proxies::from_variables(move |name| match name {
            "HTTP_PROXY" => Some(address.clone()),
            "NO_PROXY" => Some(bypass.clone()),
            _ => None,
        })
    };
    let (wire, _) = wire_with(Settings { proxies: proxies("direct.invalid"), ..Settings::default() });
    for own in [stub.url.clone(), stub.url.replace("127.0.0.1", "localhost")] {
        assert_eq!(wire.send(&get(&own)).await.expect("an answer").body.as_ref(), b"\"direct\"");
    }
    assert_eq!(
        wire.send(&get("http://cloud.invalid/v3")).await.expect("an answer").body.as_ref(),
        b"\"proxy\""
    );
    assert_eq!(proxy.seen()[0].target, "http://cloud.invalid/v3");
    assert_eq!(
        wire.send(&get("http://direct.invalid/")).await.expect_err("no proxy").kind,
        ErrorKind::Resolve
    );
    assert_eq!(proxy.count(), 1);
}

#[tokio::test]
async fn requests_keep_their_pace() {
    let stub = Stub::start(|_, _| Reply::json(200, "{}")).await;
    let (wire, clock) = wire_with(Settings { pace: Pace::new(4, Some(2.0)), ..Settings::default() });
    for _ in 0..3 {
        wire.send(&get(&stub.url)).await.expect("an answer");
    }
    assert_eq!(clock.slept(), [Duration::from_millis(500); 2]);
}

#[tokio::test]
async fn traces_tell_each_attempt_and_no_secret() {
    let token = "the-subject-token";
    let stub = Stub::start(move |_, number| match number {
        0 => Reply::json(503, "{}"),
        _ => {
            Reply::json(200, r#"{"token": {"id": "tok-in-body"}, "password": "pw-in-body", "user": "demo"}"#)
                .with("X-Subject-Token", token)
                .with("X-Compute-Request-Id", "req-9")
        }
    })
    .await;
    let trace = Arc::new(KeepingTrace::default());
    let wire = Wire::new(Settings::default(), Arc::new(CountingClock::default()), trace.clone());
    let url = format!("{}/x?signature=sig-in-url", stub.url.replace("http://", "http://me:pw-in-url@"));
    let request = Request::new("token.create", Method::Post, url)
        .json(json!({ "auth": { "password": "pw-in-request" } }))
        .header("Authorization", "Basic basic-in-header")
        .intent(Intent::Login);
    wire.hosts().allow(&stub.url);
    wire.send(&request).await.expect("an answer");
    let text = trace.text();
    assert!(text.contains("Some(503)") && text.contains("attempt 2") && text.contains("req-9"), "{text}");
    assert!(text.contains("\\\"user\\\":\\\"demo\\\""), "{text}");
    for secret in ["in-body", "in-url", "in-request", "in-header", token] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn forms_and_bytes_go_out_as_they_are() {
    let stub = Stub::start(|_, _| Reply::json(200, "{}")).await;
    let (wire, _) = wire();
    let mut request = create(&stub.url);
    request.body = Body::Form(vec![("Action".into(), "A b".into()), ("x".into(), "&".into())]);
    wire.send(&request).await.expect("an answer");
    request.body = Body::Bytes("application/octet-stream".into(), vec![0, 255].into());
    wire.send(&request.clone().header("Content-Type", "text/x-own").header("Accept", "text/xml"))
        .await
        .expect("an answer");
    let seen = stub.seen();
    assert_eq!(seen[0].body, b"Action=A+b&x=%26");
    assert_eq!(seen[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        (seen[1].body.as_slice(), seen[1].header("content-type")),
        (&[0, 255][..], Some("text/x-own"))
    );
    assert_eq!(seen[1].header("accept"), Some("text/xml"));
}

/// Lets so many attempts go out.
#[derive(Debug)]
struct Lease(u32);

#[async_trait::async_trait]
impl MaySend for Lease {
    async fn may_send(&self, request: &Request, attempt: u32) -> Result<(), String> {
        match attempt <= self.0 {
            true => Ok(()),
            false => Err(format!("the run lost its lease before {} of {}", attempt, request.operation)),
        }
    }
}

#[tokio::test]
async fn a_hook_is_asked_before_every_attempt() {
    let stub = Stub::start(|_, _| Reply::Reset).await;
    let leased = |attempts| Settings { may_send: Some(Arc::new(Lease(attempts))), ..Settings::default() };
    let error = wire_with(leased(0)).0.send(&get(&stub.url)).await.expect_err("withheld");
    assert_eq!((error.kind, error.sent, error.attempts), (ErrorKind::Withheld, Sent::No, 0));
    assert_eq!(stub.count(), 0);
    let error = wire_with(leased(2)).0.send(&get(&stub.url)).await.expect_err("withheld");
    assert_eq!((error.kind, error.sent, error.attempts), (ErrorKind::Withheld, Sent::Maybe, 2));
    assert!(error.detail.starts_with("the run lost its lease before 3 of"), "{}", error.detail);
    assert_eq!(stub.count(), 2);
}
