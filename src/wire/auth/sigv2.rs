//! AWS Signature Version 2 (HmacSHA256), in the parameters: what boto 2 sends, and Heat, Nova-era EC2 and Eucalyptus take.
//!
//! The host is signed without its port, as boto does; Keystone tries both.

use super::{Credentials, absolute, carrying, encode, format, hmac, sorted};
use crate::wire::message::{Body, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::SystemTime;
use url::{Url, form_urlencoded};

/// The request with who asks, when and the signature among its parameters: in the query of a GET, in the form of a POST.
///
/// # Errors
/// When its URL names no host, or its body is no form.
pub fn sign(request: &Request, credentials: &Credentials, at: SystemTime) -> Result<Request, String> {
    let url = absolute(&request.url)?;
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    match &request.body {
        Body::Empty => {}
        Body::Form(fields) => pairs.extend(fields.iter().cloned()),
        Body::Bytes(kind, bytes) if kind.starts_with("application/x-www-form-urlencoded") => {
            pairs.extend(form_urlencoded::parse(bytes).into_owned());
        }
        _ => return Err("version 2 signs parameters alone, and this request has another body".to_string()),
    }
    pairs.extend(proof(credentials, at)?);
    let parameters = sorted(pairs);
    let signature =
        signature(credentials.secret(), &text_to_sign(request.method.as_str(), &url, &parameters));
    let all = format!("{parameters}&Signature={}", encode(&signature));
    Ok(carrying(request, url, all))
}

/// The parameters that say who asks, when, and how it is signed.
fn proof(credentials: &Credentials, at: SystemTime) -> Result<Vec<(String, String)>, String> {
    let at = format(at, "%Y-%m-%dT%H:%M:%SZ")?;
    let own = [
        ("AWSAccessKeyId", &*credentials.access_key),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
        ("Timestamp", &at),
    ];
    let token = credentials.token().map(|token| ("SecurityToken", token));
    Ok(own.into_iter().chain(token).map(|(name, value)| (name.to_string(), value.to_string())).collect())
}

/// The first step: method, host, path, and the parameters as they are sent.
pub fn text_to_sign(method: &str, url: &Url, parameters: &str) -> String {
    format!("{method}\n{}\n{}\n{parameters}", url.host_str().unwrap_or_default(), url.path())
}

/// The second step, in base64.
pub fn signature(secret: &str, text: &str) -> String {
    STANDARD.encode(hmac(secret.as_bytes(), text))
}
