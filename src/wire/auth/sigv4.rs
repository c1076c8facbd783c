//! AWS Signature Version 4, in the `Authorization` header, for any endpoint, port and path.
//!
//! The steps are apart, so that each can be held to vectors: canonical request, text to sign, signature
//! (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

use super::{Credentials, FORM, IN_PATH, absolute, format, hmac, sorted};
use crate::wire::message::{Body, Request};
use percent_encoding::utf8_percent_encode;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::SystemTime;
use url::Url;

/// Headers that are not signed: proxies and the HTTP library set or change them.
const UNSIGNED: [&str; 9] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "expect",
    "te",
    "transfer-encoding",
    "user-agent",
    "x-amzn-trace-id",
];

/// The request with `X-Amz-Date`, the session token where there is one, and `Authorization`.
///
/// # Errors
/// When its URL names no host.
pub fn sign(
    request: &Request,
    credentials: &Credentials,
    region: &str,
    service: &str,
    at: SystemTime,
) -> Result<Request, String> {
    let url = absolute(&request.url)?;
    let date = date(at)?;
    let mut signed = request.clone();
    let own =
        |(name, value): &(String, String)| name.eq_ignore_ascii_case("content-type").then(|| value.clone());
    // The signature covers these bytes: they are made here, once.
    if matches!(request.body, Body::Stream(..)) {
        return Err("version 4 signs bodies that are in memory, and this request has another".to_string());
    }
    let bytes = match request.body.encode() {
        None => Default::default(),
        Some((kind, bytes)) => {
            let form = matches!(request.body, Body::Form(_));
            let own = request.headers.iter().find_map(own);
            let kind = own.unwrap_or(if form { FORM.to_string() } else { kind });
            signed.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            signed.headers.push(("Content-Type".to_string(), kind.clone()));
            signed.body = Body::Bytes(kind, bytes.clone());
            bytes
        }
    };
    signed.headers.push(("X-Amz-Date".to_string(), date.clone()));
    if let Some(token) = credentials.token() {
        signed.headers.push(("X-Amz-Security-Token".to_string(), token.to_string()));
    }
    let (headers, names) = canonical_headers(&url, &signed.headers);
    let canonical = canonical_request(
        request.method.as_str(),
        &url,
        &headers,
        &names,
        &format!("{:x}", Sha256::digest(&bytes)),
    );
    let scope = scope(&date, region, service);
    let signature = signature(credentials.secret(), &scope, &text_to_sign(&date, &scope, &canonical));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key
    );
    Ok(signed.header("Authorization", authorization))
}

/// A time as version 4 writes it: `20240301T123456Z`.
///
/// # Errors
/// When it is before the year 1 or after 9999.
pub fn date(at: SystemTime) -> Result<String, String> {
    format(at, "%Y%m%dT%H%M%SZ")
}

/// The headers that are signed, a line each, and their names: lower case, sorted, the host that HTTP names among them.
pub fn canonical_headers(url: &Url, headers: &[(String, String)]) -> (String, String) {
    let own = headers
        .iter()
        .map(|(name, value)| {
            (name.to_ascii_lowercase(), value.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .filter(|(name, _)| !UNSIGNED.contains(&name.as_str()) && name != "host");
    let mut all: Vec<(String, String)> = own.chain([("host".to_string(), host(url))]).collect();
    // Of one name, the values stay in their order.
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut lines, mut names): (String, Vec<String>) = (String::new(), Vec::new());
    for (name, value) in all {
        if names.last() == Some(&name) {
            let _ = write!(lines, ",{value}");
            continue;
        }
        let _ = write!(lines, "{}{name}:{value}", if names.is_empty() { "" } else { "\n" });
        names.push(name);
    }
    (lines + "\n", names.join(";"))
}

/// The `Host` header of a URL: without the port that its scheme has anyway.
fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or(name.to_string(), |port| format!("{name}:{port}"))
}

/// The first step: what is asked, in the one form that both sides can make. `payload` is the SHA-256 of the body in hex.
pub fn canonical_request(method: &str, url: &Url, headers: &str, names: &str, payload: &str) -> String {
    // The path is encoded once more than it is in the URL.
    let path = utf8_percent_encode(url.path(), IN_PATH);
    let query = sorted(url.query_pairs());
    format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{payload}")
}

/// What a signature is good for: a day, a region and a service.
pub fn scope(date: &str, region: &str, service: &str) -> String {
    format!("{}/{region}/{service}/aws4_request", date.get(..8).unwrap_or(date))
}

/// The second step.
pub fn text_to_sign(date: &str, scope: &str, canonical: &str) -> String {
    format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{:x}", Sha256::digest(canonical))
}

/// The third step, in hex.
pub fn signature(secret: &str, scope: &str, text: &str) -> String {
    let start = format!("AWS4{secret}").into_bytes();
    let key = scope.split('/').fold(start, |key, part| hmac(&key, part));
    hmac(&key, text).iter().map(|byte| format!("{byte:02x}")).collect()
}
