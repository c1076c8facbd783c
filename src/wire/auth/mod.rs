//! Signing: a request value and keys in, a signed request value out. It opens no connection and finds no keys.
//!
//! A request that has a [`Signer`] is signed anew for every attempt by [`send`](super::send), at the time that the server
//! shows ([`skew`]); what is traced and pretended is the request before it was signed. [`sigv4`] is AWS Signature Version 4,
//! [`sigv2`] the older one of private clouds, [`cloudstack`] CloudStack's, [`source`] what keys may come from. The signatures are ours and not a crate's:
//! the maintained one brings fifteen crates, knows no version 2 and shows no step that a vector could be held to.

pub mod cloudstack;
pub mod sigv2;
pub mod sigv4;
pub mod skew;
pub mod source;

use super::message::{Body, Method, Request};
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use url::Url;

pub use source::Source;

/// The content type of a signed form: with its charset, as other clients send it.
pub(super) const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// A request whose signed parameters are all in its form, or in its query where it is no POST.
fn carrying(request: &Request, mut url: Url, all: String) -> Request {
    let mut signed = request.clone();
    signed.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    if request.method == Method::Post {
        url.set_query(None);
        signed.body = Body::Bytes(FORM.to_string(), all.into());
    } else {
        url.set_query(Some(&all));
        signed.body = Body::Empty;
    }
    signed.url = url.into();
    signed
}

/// The signature among the parameters of a signed request, where it has one there.
pub(super) fn signature(request: &Request) -> Option<String> {
    let query = request.url.split_once('?').map_or("", |(_, query)| query).as_bytes();
    let form: &[u8] = match &request.body {
        Body::Bytes(kind, bytes) if kind == FORM => bytes,
        _ => &[],
    };
    let mut pairs = url::form_urlencoded::parse(query).chain(url::form_urlencoded::parse(form));
    pairs.find(|(name, _)| name.eq_ignore_ascii_case("signature")).map(|(_, value)| value.into_owned())
}

/// Keys that sign. Their `Debug` shows the access key alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name of the pair; no secret.
    pub access_key: Arc<str>,
    secret: Arc<str>,
    session_token: Option<Arc<str>>,
    /// When they end; `None` for keys that stay.
    pub expires: Option<SystemTime>,
}

impl Credentials {
    /// Keys that stay.
    pub fn new(access_key: impl Into<Arc<str>>, secret: impl Into<Arc<str>>) -> Credentials {
        Credentials {
            access_key: access_key.into(),
            secret: secret.into(),
            session_token: None,
            expires: None,
        }
    }

    /// With the session token that belongs to temporary keys.
    pub fn session_token(mut self, token: Option<impl Into<Arc<str>>>) -> Credentials {
        self.session_token = token.map(Into::into);
        self
    }

    /// With the time they end.
    pub fn expires(mut self, at: Option<SystemTime>) -> Credentials {
        self.expires = at;
        self
    }

    /// What signs, for whoever computes a signature.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The session token, for whoever sends it.
    pub fn token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .field("session_token", &self.session_token.as_ref().map(|_| super::mask::MASK))
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The version of the signatures that a cloud takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Version {
    V2,
    V4,
}

/// How a request is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// AWS Signature Version 2, of EC2 and CloudFormation before 2014 and of the private clouds that speak them.
    V2,
    /// AWS Signature Version 4.
    V4 {
        /// The region that the service checks for: `us-east-1`.
        region: Arc<str>,
        /// The service's signing name: `ec2`, `cloudformation`, `sts`.
        service: Arc<str>,
    },
    /// CloudStack's, version 3.
    CloudStack {
        /// How long a request is good for.
        lifetime: Duration,
    },
}

/// Who signs a request, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The keys.
    pub credentials: Credentials,
    /// The scheme.
    pub scheme: Scheme,
}

impl Signer {
    /// By this version; the older one knows neither region nor service.
    pub fn new(version: Version, credentials: Credentials, region: &str, service: &str) -> Signer {
        match version {
            Version::V2 => Signer::v2(credentials),
            Version::V4 => Signer::v4(credentials, region, service),
        }
    }

    /// By version 4.
    pub fn v4(credentials: Credentials, region: impl Into<Arc<str>>, service: impl Into<Arc<str>>) -> Signer {
        Signer { credentials, scheme: Scheme::V4 { region: region.into(), service: service.into() } }
    }

    /// By version 2.
    pub fn v2(credentials: Credentials) -> Signer {
        Signer { credentials, scheme: Scheme::V2 }
    }

    /// As CloudStack wants it; a request is good for so long.
    pub fn cloudstack(credentials: Credentials, lifetime: Duration) -> Signer {
        Signer { credentials, scheme: Scheme::CloudStack { lifetime } }
    }

    /// The signed request. `at` is the time that the server is believed to have.
    ///
    /// # Errors
    /// What about the request cannot be signed, in words: a URL without a host, for version 2 a body that is no form.
    pub fn sign(&self, request: &Request, at: SystemTime) -> Result<Request, String> {
        match &self.scheme {
            Scheme::V2 => sigv2::sign(request, &self.credentials, at),
            Scheme::V4 { region, service } => sigv4::sign(request, &self.credentials, region, service, at),
            Scheme::CloudStack { lifetime } => cloudstack::sign(request, &self.credentials, *lifetime, at),
        }
    }
}

/// All but letters, digits, `-`, `_`, `.` and `~` (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same in a path, whose slashes stay.
const IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// A name or value as both versions sign it: a space is `%20`, never `+`.
fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Pairs as both versions sign them: encoded, then sorted by name and value, byte by byte.
fn sorted(pairs: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
    let mut pairs: Vec<(String, String)> =
        pairs.into_iter().map(|(name, value)| (encode(name.as_ref()), encode(value.as_ref()))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length will do (RFC 2104, 2), so there is always a code.
    let Ok(mut code) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    code.update(text.as_bytes());
    code.finalize().into_bytes().to_vec()
}

fn absolute(text: &str) -> Result<Url, String> {
    let url =
        Url::parse(text).map_err(|error| format!("`{}` is no URL: {error}", super::mask::text(text)))?;
    if url.has_host() {
        Ok(url)
    } else {
        Err("a request is signed for a host, and its URL names none".into())
    }
}

/// A time in UTC, by a `strftime` pattern.
fn format(at: SystemTime, pattern: &str) -> Result<String, String> {
    let at = jiff::Timestamp::try_from(at)
        .map_err(|_| "the clock shows no time that can be written".to_string())?;
    Ok(at.strftime(pattern).to_string())
}
