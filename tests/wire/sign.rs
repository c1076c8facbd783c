//! Signed sending: every try anew, the server's clock believed once, nothing secret told.

use crate::support::stub::{CountingClock, KeepingTrace, Reply, Seen, Stub};
use rhain::wire::{Body, Clock, Credentials, Intent, Method, Request, Settings, Signer, Wire};
use std::sync::Arc;
use std::time::Duration;

/// What the counting clock shows when it starts.
const NOW: &str = "19941106T084937Z";

fn wire(stub: &Stub) -> (Wire, Arc<CountingClock>, Arc<KeepingTrace>) {
    let (clock, trace) = (Arc::new(CountingClock::default()), Arc::new(KeepingTrace::default()));
    let wire = Wire::new(Settings::default(), clock.clone(), trace.clone());
    wire.hosts().allow(&stub.url);
    (wire, clock, trace)
}

fn keys() -> Credentials {
    Credentials::new("AKID", "the/secret+key").session_token(Some("the-session-token"))
}

fn request(stub: &Stub, intent: Intent) -> Request {
    let mut request = Request::new("instance.list", Method::Post, format!("{}/", stub.url)).intent(intent);
    request.body = Body::Form(vec![("Action".to_string(), "DescribeInstances".to_string())]);
    request.signed(Signer::v4(keys(), "us-east-1", "ec2"))
}

fn refusal(code: &str, date: &str) -> Reply {
    let body = format!("<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>");
    Reply::Answer(400, vec![("Date", date.to_string())], body.into_bytes())
}

fn ok() -> Reply {
    Reply::Answer(200, vec![], b"<ok/>".to_vec())
}

fn signed_at(seen: &Seen) -> String {
    seen.header("x-amz-date").expect("a date").to_string()
}

#[tokio::test]
async fn every_try_is_signed_anew() {
    let stub = Stub::start(
        |_, number| if number == 0 { Reply::json(503, "").with("Retry-After", "30") } else { ok() },
    )
    .await;
    let (wire, clock, trace) = wire(&stub);
    assert_eq!(wire.send(&request(&stub, Intent::Read)).await.expect("an answer").status, 200);
    let seen = stub.seen();
    assert!(clock.elapsed() >= Duration::from_secs(30));
    assert_eq!(signed_at(&seen[0]), NOW);
    assert!(signed_at(&seen[1]).as_str() > "19941106T085006Z", "{}", signed_at(&seen[1]));
    assert_ne!(seen[0].header("authorization"), seen[1].header("authorization"));
    assert_eq!(seen[1].header("x-amz-security-token"), Some("the-session-token"));
    assert_eq!(seen[1].header("content-type"), Some("application/x-www-form-urlencoded; charset=utf-8"));
    let told = trace.text();
    assert!(
        told.contains("Action=DescribeInstances")
            && !told.contains("secret")
            && !told.contains("session-token"),
        "{told}"
    );
}

#[tokio::test]
async fn the_servers_clock_is_believed_once() {
    for (code, date, signed) in [
        ("RequestExpired", "Sun, 06 Nov 1994 10:49:37 GMT", "19941106T104937Z"),
        ("RequestTimeTooSkewed", "Sun, 06 Nov 1994 08:47:37 GMT", "19941106T084737Z"),
        ("SignatureDoesNotMatch", "Mon, 07 Nov 1994 08:49:37 GMT", "19941107T084937Z"),
        ("AuthFailure", "Sun, 06 Nov 1994 08:00:37 GMT", "19941106T080037Z"),
    ] {
        let stub = Stub::start(move |_, number| if number == 0 { refusal(code, date) } else { ok() }).await;
        let (wire, ..) = wire(&stub);
        // A refused signature has done nothing: what makes something goes out again too.
        let answer = wire.send(&request(&stub, Intent::Once)).await.expect("an answer");
        assert_eq!((answer.status, answer.attempts), (200, 2), "{code}");
        // And it is kept for the next.
        wire.send(&request(&stub, Intent::Read)).await.expect("an answer");
        let times: Vec<String> = stub.seen().iter().map(signed_at).collect();
        assert_eq!(times, [NOW, signed, signed], "{code}");
    }
}

#[tokio::test]
async fn other_refusals_stand() {
    for (code, date) in [
        ("RequestExpired", "Sun, 06 Nov 1994 08:49:40 GMT"),
        ("SignatureDoesNotMatch", "Sun, 06 Nov 1994 08:47:40 GMT"),
        ("InvalidInstanceID.NotFound", "Mon, 07 Nov 1994 08:49:37 GMT"),
        ("RequestExpired", "some day"),
    ] {
        let stub = Stub::start(move |_, _| refusal(code, date)).await;
        let answer = wire(&stub).0.send(&request(&stub, Intent::Read)).await.expect("an answer");
        assert_eq!((answer.status, stub.count()), (400, 1), "{code} {date}");
    }
    // A server that refuses its own time is asked twice, not for ever.
    let stub = Stub::start(|_, _| refusal("RequestExpired", "Mon, 07 Nov 1994 08:49:37 GMT")).await;
    assert_eq!(wire(&stub).0.send(&request(&stub, Intent::Read)).await.expect("an answer").status, 400);
    assert_eq!(stub.count(), 2);
}

#[tokio::test]
async fn version_two_goes_in_the_parameters() {
    let stub = Stub::start(|_, _| ok()).await;
    let (wire, _, trace) = wire(&stub);
    let url = format!("{}/v1/?Action=ListStacks", stub.url);
    let get = Request::new("stack.list", Method::Get, url).signed(Signer::v2(keys()));
    wire.send(&get).await.expect("an answer");
    let target = &stub.seen()[0].target;
    assert!(
        target.starts_with("/v1/?AWSAccessKeyId=AKID&Action=ListStacks&SecurityToken=the-session-token&"),
        "{target}"
    );
    assert!(target.contains("&Timestamp=1994-11-06T08%3A49%3A37Z&Signature="), "{target}");
    assert!(
        !trace.text().contains("session-token") && !trace.text().contains("Signature"),
        "{}",
        trace.text()
    );
}

#[tokio::test]
async fn a_signed_request_is_not_sent_on() {
    let stub = Stub::start(|_, _| Reply::json(302, "").with("Location", "/elsewhere")).await;
    let get = Request::new("stack.list", Method::Get, format!("{}/", stub.url));
    let signer = Signer::v4(keys(), "r", "s");
    assert_eq!(wire(&stub).0.send(&get.signed(signer)).await.expect("an answer").status, 302);
    assert_eq!(stub.count(), 1);
}

#[tokio::test]
async fn what_proves_who_asks_goes_to_no_other_host() {
    let (own, other) = (Stub::start(|_, _| ok()).await, Stub::start(|_, _| ok()).await);
    let (wire, ..) = wire(&own);
    let token = |url: &str| Request::new("server.list", Method::Get, url).header("x-auth-token", "T");
    for refused in [request(&other, Intent::Read), request(&other, Intent::Once), token(&other.url)] {
        let error = wire.send(&refused).await.expect_err("another host");
        assert_eq!(error.sent, rhain::wire::Sent::No);
        assert!(error.detail.contains("no endpoint of this cloud"), "{}", error.detail);
    }
    assert_eq!(other.count(), 0);
    wire.send(&Request::new("x", Method::Get, other.url.as_str())).await.expect("nothing is proved");
    wire.send(&token(&own.url)).await.expect("its own host");
}
