//! Version 2, step by step, against boto's own requests (`vectors/aws_sigv2.json`).

use super::sigv4::{credentials, text, time};
use crate::support::each;
use rhain::wire::auth::{Signer, sigv2};
use rhain::wire::{Body, Credentials, Method, Request};
use serde_json::{Value, json};
use std::time::SystemTime;
use url::Url;

/// What boto adds to what was asked.
const PROOF: [&str; 5] =
    ["AWSAccessKeyId", "SecurityToken", "SignatureMethod", "SignatureVersion", "Timestamp"];

fn vectors() -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("vectors/aws_sigv2.json")).expect("JSON");
    assert_eq!(all.len(), 14);
    all
}

fn address(vector: &Value) -> Url {
    let path = text(vector, "/request/path_and_query").split('?').next().expect("a path");
    let (scheme, host) = (text(vector, "/request/scheme"), text(vector, "/request/host"));
    Url::parse(&format!("{scheme}://{host}{path}")).expect("a URL")
}

#[test]
fn every_step_of_every_vector() {
    each(vectors(), |vector| {
        let name = text(&vector, "/name");
        let expected = text(&vector, "/string_to_sign");
        let parameters = expected.lines().last().expect("parameters");
        let to_sign = sigv2::text_to_sign(text(&vector, "/request/method"), &address(&vector), parameters);
        assert_eq!(to_sign, expected, "{name}");
        let secret = text(&vector, "/credentials/secret_key");
        assert_eq!(sigv2::signature(secret, &to_sign), text(&vector, "/signature"), "{name}");
    });
}

#[test]
fn every_vector_is_signed_as_it_was_sent() {
    each(vectors(), |vector| {
        let name = text(&vector, "/name");
        let pairs: Vec<(String, String)> = vector["params"]
            .as_object()
            .expect("parameters")
            .iter()
            .filter(|(name, _)| !PROOF.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.as_str().expect("text").to_string()))
            .collect();
        let get = text(&vector, "/request/method") == "GET";
        let mut url = address(&vector);
        let mut request = if get {
            url.query_pairs_mut().extend_pairs(&pairs);
            Request::new("test", Method::Get, url.as_str())
        } else {
            Request::new("test", Method::Post, url.as_str())
        };
        if !get {
            request.body = Body::Form(pairs);
        }
        let signer = Signer::v2(credentials(&vector));
        let signed = signer.sign(&request, time(text(&vector, "/timestamp"))).expect("signed");
        let sent = Url::parse(&signed.url).expect("a URL");
        let path = sent.query().map_or(sent.path().to_string(), |query| format!("{}?{query}", sent.path()));
        assert_eq!(path, text(&vector, "/request/path_and_query"), "{name}");
        let body = signed.body.encode().map(|(_, bytes)| bytes).unwrap_or_default();
        assert_eq!(body, text(&vector, "/request/body").as_bytes(), "{name}");
    });
}

#[test]
fn parameters_alone_can_be_signed() {
    let request = Request::new("test", Method::Post, "http://h/").json(json!({"a": 1}));
    let signer = Signer::v2(Credentials::new("AK", "SK"));
    assert_eq!(
        signer.sign(&request, SystemTime::UNIX_EPOCH).unwrap_err(),
        "version 2 signs parameters alone, and this request has another body"
    );
}
