//! CloudStack's signature: HMAC-SHA1 over the parameters, in lower case, with a time at which the request expires.
//!
//! A value is signed in one spelling (`%20` for a space, `*` bare, `~` as `%7e`), whatever the wire has; names are signed as they
//! are, so that the brackets of `tags[0].key` stay. On the wire every name and value is percent-encoded, which decodes to the same.

use super::{Credentials, absolute, carrying, format};
use crate::wire::message::{Body, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use url::form_urlencoded;

/// All but letters, digits, `.`, `-`, `_` and `*`: what Java's URLEncoder encodes, and a space.
const IN_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'*');

/// How long a request is good for: servers that check it take fifteen minutes at the most.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// The request with the key, the version, the time of its end and the signature among its parameters: in the query of a GET, in
/// the form of a POST.
///
/// # Errors
/// When its URL names no host, or its body is no form.
pub fn sign(
    request: &Request,
    credentials: &Credentials,
    lifetime: Duration,
    at: SystemTime,
) -> Result<Request, String> {
    let url = absolute(&request.url)?;
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    match &request.body {
        Body::Empty => {}
        Body::Form(fields) => pairs.extend(fields.iter().cloned()),
        Body::Bytes(kind, bytes) if kind.starts_with("application/x-www-form-urlencoded") => {
            pairs.extend(form_urlencoded::parse(bytes).into_owned());
        }
        _ => return Err("CloudStack signs parameters alone, and this request has another body".to_string()),
    }
    let ends = at.checked_add(lifetime).unwrap_or(at);
    pairs.push(("apiKey".to_string(), credentials.access_key.to_string()));
    pairs.push(("signatureVersion".to_string(), "3".to_string()));
    pairs.push(("expires".to_string(), format(ends, "%Y-%m-%dT%H:%M:%S+0000")?));
    let signature = signature(credentials.secret(), &text_to_sign(&pairs));
    pairs.push(("signature".to_string(), signature));
    let all = written(&pairs);
    Ok(carrying(request, url, all))
}

/// Parameters as the wire has them.
pub fn written(pairs: &[(String, String)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, IN_VALUE).to_string();
    let all = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    all.collect::<Vec<_>>().join("&")
}

/// The first step: every parameter but the signature itself, sorted by name as it is sent, in lower case. Of a name that is there
/// twice the last value counts.
pub fn text_to_sign(pairs: &[(String, String)]) -> String {
    let sorted: BTreeMap<&str, &str> = pairs
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("signature"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let all = sorted.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, IN_VALUE)));
    all.collect::<Vec<_>>().join("&").to_lowercase()
}

/// The second step, in base64.
pub fn signature(secret: &str, text: &str) -> String {
    // A key of any length will do (RFC 2104, 2), so there is always a code.
    let Ok(mut code) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    code.update(text.as_bytes());
    STANDARD.encode(code.finalize().into_bytes())
}
