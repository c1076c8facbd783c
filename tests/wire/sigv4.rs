//! Version 4, step by step, against botocore's own requests (`vectors/aws_sigv4.json`), each checked by Keystone's verifier too.

use crate::support::each;
use rhain::wire::auth::{Signer, sigv4};
use rhain::wire::{Body, Credentials, Method, Request};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use url::Url;

fn vectors() -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("vectors/aws_sigv4.json")).expect("JSON");
    assert_eq!(all.len(), 24);
    all
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} of {value}"))
}

pub(super) fn time(text: &str) -> SystemTime {
    text.parse::<jiff::Timestamp>().expect("a time").into()
}

pub(super) fn credentials(vector: &Value) -> Credentials {
    Credentials::new(text(vector, "/credentials/access_key"), text(vector, "/credentials/secret_key"))
        .session_token(vector.pointer("/credentials/session_token").and_then(Value::as_str))
}

/// What stood before it was signed.
fn unsigned(vector: &Value) -> Request {
    let method = if text(vector, "/request/method") == "GET" { Method::Get } else { Method::Post };
    let mut request = Request::new("test", method, text(vector, "/request/url"));
    for (name, value) in vector["request"]["headers"].as_object().expect("headers") {
        if !["X-Amz-Date", "X-Amz-Security-Token", "Authorization"].contains(&name.as_str()) {
            request = request.header(name, value.as_str().expect("text"));
        }
    }
    let body = text(vector, "/request/body");
    if !body.is_empty() {
        request.body = Body::Bytes(
            "application/x-www-form-urlencoded; charset=utf-8".to_string(),
            body.as_bytes().to_vec().into(),
        );
    }
    request
}

#[test]
fn every_step_of_every_vector() {
    each(vectors(), |vector| {
        let name = text(&vector, "/name");
        let date = sigv4::date(time(text(&vector, "/date"))).expect("a date");
        let presigned = name == "presigned-query";
        let sent: Vec<(String, String)> = vector["request"]["headers"]
            .as_object()
            .expect("headers")
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().expect("text").to_string()))
            .collect();
        let url = text(&vector, "/request/url");
        let url = Url::parse(url.split("&X-Amz-Signature=").next().expect("a URL")).expect("a URL");
        let (headers, names) = sigv4::canonical_headers(&url, &sent);
        let payload = text(&vector, "/canonical_request").lines().last().expect("a hash").to_string();
        let method = text(&vector, "/request/method");
        let canonical = sigv4::canonical_request(method, &url, &headers, &names, &payload);
        assert_eq!(canonical, text(&vector, "/canonical_request"), "{name}");
        let scope = sigv4::scope(&date, text(&vector, "/region"), text(&vector, "/service"));
        let to_sign = sigv4::text_to_sign(&date, &scope, &canonical);
        assert_eq!(to_sign, text(&vector, "/string_to_sign"), "{name}");
        let secret = text(&vector, "/credentials/secret_key");
        assert_eq!(sigv4::signature(secret, &scope, &to_sign), text(&vector, "/signature"), "{name}");
        assert_eq!(presigned, sent.is_empty(), "{name}");
    });
}

#[test]
fn every_vector_is_signed_as_it_was_sent() {
    each(vectors().into_iter().filter(|vector| vector["name"] != "presigned-query"), |vector| {
        let name = text(&vector, "/name");
        let signer = Signer::v4(credentials(&vector), text(&vector, "/region"), text(&vector, "/service"));
        let signed = signer.sign(&unsigned(&vector), time(text(&vector, "/date"))).expect("signed");
        for (header, value) in vector["request"]["headers"].as_object().expect("headers") {
            let all: Vec<&str> = signed
                .headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(header))
                .map(|(_, value)| value.as_str())
                .collect();
            assert_eq!(all, [value.as_str().expect("text")], "{name}: {header}");
        }
        assert_eq!(signed.headers.len(), vector["request"]["headers"].as_object().expect("headers").len());
        let body = signed.body.encode().map(|(_, bytes)| bytes).unwrap_or_default();
        assert_eq!(body, text(&vector, "/request/body").as_bytes(), "{name}");
        assert_eq!(signed.url, text(&vector, "/request/url"), "{name}");
    });
}

#[test]
fn a_form_is_signed_as_the_bytes_that_leave() {
    let form = vec![
        ("Action".to_string(), "CreateTags".to_string()),
        ("Tag.1.Value".to_string(), "a b+c*~ü&=/".to_string()),
    ];
    let mut request = Request::new("test", Method::Post, "https://EC2.eu-west-1.amazonaws.com:443/");
    request.body = Body::Form(form.clone());
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_296_496);
    let signer = Signer::v4(Credentials::new("AK", "SK"), "eu-west-1", "ec2");
    let signed = signer.sign(&request, at).expect("signed");
    let (kind, bytes) = signed.body.encode().expect("a body");
    assert_eq!(kind, "application/x-www-form-urlencoded; charset=utf-8");
    assert_eq!(url::form_urlencoded::parse(&bytes).into_owned().collect::<Vec<_>>(), form);
    // The same bytes, given as bytes, have the same signature.
    request.body = Body::Bytes(kind, bytes);
    assert_eq!(signer.sign(&request, at).expect("signed").headers, signed.headers);
    assert!(signed.headers.iter().any(|(name, value)| name == "Authorization"
        && value.contains("SignedHeaders=content-type;host;x-amz-date,")));
    assert!(!format!("{signed:?} {signer:?}").contains("SK"));
    let nowhere = Request::new("test", Method::Post, "data:text/plain,x");
    assert_eq!(
        signer.sign(&nowhere, at).unwrap_err(),
        "a request is signed for a host, and its URL names none"
    );
}
