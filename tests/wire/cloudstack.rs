//! CloudStack's signature against what a management server took and refused (`vectors/cloudstack.json`).

use rhain::wire::auth::{Credentials, Signer, cloudstack};
use rhain::wire::{Body, Method, Request};
use serde_json::Value;
use std::time::{Duration, SystemTime};

fn all() -> Value {
    serde_json::from_str(include_str!("vectors/cloudstack.json")).expect("JSON")
}

fn list<'a>(all: &'a Value, pointer: &str) -> &'a [Value] {
    all.pointer(pointer).and_then(Value::as_array).expect("a list")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Pairs as a server decodes them.
fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn given(pairs: &[(String, String)]) -> &str {
    let sent = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("signature"));
    sent.map_or("", |(_, value)| value)
}

#[test]
fn every_vector_is_signed_as_the_server_does() {
    let all = all();
    for vector in list(&all, "/vectors") {
        let name = text(vector, "name");
        let params: Vec<(String, String)> = vector["params"]
            .as_object()
            .expect("a map")
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str().expect("text").to_string()))
            .collect();
        let to_sign = cloudstack::text_to_sign(&params);
        assert_eq!(to_sign, text(vector, "string_to_sign"), "{name}");
        let signature = cloudstack::signature(text(vector, "secret_key"), &to_sign);
        assert_eq!(signature, text(vector, "signature"), "{name}");
        // What the wire has decodes to the same, whatever its spelling.
        let mut signed = params.clone();
        signed.push(("signature".to_string(), signature));
        let mut ours = pairs(&cloudstack::written(&signed));
        let mut theirs = pairs(text(vector, "query_or_body"));
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn whole_requests_verify_as_the_server_judged_them() {
    let all = all();
    let secret = all.pointer("/wire_forms/secret_key").and_then(Value::as_str).expect("a key");
    for form in list(&all, "/wire_forms/accepted") {
        let name = text(form, "name");
        // Query and body are merged on POST.
        let mut sent = pairs(text(form, "query"));
        sent.extend(pairs(text(form, "query_or_body")));
        let to_sign = cloudstack::text_to_sign(&sent);
        assert_eq!(to_sign, text(form, "signed_text"), "{name}");
        assert_eq!(cloudstack::signature(secret, &to_sign), given(&sent), "{name}");
    }
    // These were refused for another reason than their signature.
    let of_time = |name: &str| name.starts_with("expires-");
    let others = ["unknown-command", "command-lower", "bad-escape"];
    for form in list(&all, "/wire_forms/refused") {
        let name = text(form, "name");
        let sent = pairs(text(form, "query_or_body"));
        let right = cloudstack::signature(secret, &cloudstack::text_to_sign(&sent)) == given(&sent);
        assert_eq!(right, of_time(name) || others.contains(&name), "{name}");
    }
}

#[test]
fn a_request_says_its_version_and_its_end_and_changes_go_in_a_form() {
    let signer = Signer::cloudstack(Credentials::new("AKEY", "planted-secret"), Duration::from_secs(600));
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_296_496);
    let url = "https://cloud.example/client/api?command=listZones&response=json&name=a%20b%2B*~";
    let signed = signer.sign(&Request::new("zones", Method::Get, url), at).expect("a request");
    let sent = pairs(signed.url.split_once('?').expect("a query").1);
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
    assert_eq!(value("expires"), "2024-03-01T12:44:56+0000");
    assert_eq!((value("signatureVersion"), value("apiKey"), value("name")), ("3", "AKEY", "a b+*~"));
    let own = cloudstack::signature("planted-secret", &cloudstack::text_to_sign(&sent));
    assert_eq!(value("signature"), own);
    assert_eq!(signed.body, Body::Empty);

    let mut request = Request::new("deploy", Method::Post, "https://cloud.example/client/api");
    request.body = Body::Form(vec![("command".into(), "x".into()), ("tags[0].key".into(), "a&b".into())]);
    let signed = signer.sign(&request, at).expect("a request");
    assert_eq!(signed.url, "https://cloud.example/client/api");
    let Body::Bytes(kind, bytes) = &signed.body else { panic!("a form") };
    assert!(kind.starts_with("application/x-www-form-urlencoded"), "{kind}");
    let sent = pairs(std::str::from_utf8(bytes).expect("text"));
    assert!(sent.contains(&("tags[0].key".to_string(), "a&b".to_string())), "{sent:?}");
    let own = cloudstack::signature("planted-secret", &cloudstack::text_to_sign(&sent));
    assert_eq!(given(&sent), own);
    let json = Request::new("x", Method::Post, "https://cloud.example/client/api").json(Value::Null);
    assert!(signer.sign(&json, at).is_err());
    assert!(!format!("{signer:?}").contains("planted-secret"));
}
