//! Whether a request was signed with a secret: AWS signature versions 2 and 4, read from what came over the wire.
//!
//! This is the other reading of the protocol: the drivers' signing is in another room, and neither knows of the other.
//! Version 4: "Create a signed AWS API request" of the IAM user guide; version 2: "Signature version 2" of the EC2 archives.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::openstack::{Request, decode, encode, time};
use crate::world::{Pairs, hex};

/// How far a request's clock may be off.
const TOLERANCE: Duration = Duration::from_secs(15 * 60);

/// What a request says of its signer, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) access_key: String,
    /// Version 4: the region and the service of its scope.
    pub(super) scope: Option<(String, String)>,
    at: SystemTime,
    /// How long it is good for, where it says so itself.
    life: Option<Duration>,
    how: How,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum How {
    Two { signature: String },
    Four { stamp: String, day: String, headers: Vec<String>, signature: String, in_query: bool },
}

/// What is wrong with a request's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// There is none.
    Unsigned,
    /// It cannot be read: this part of it is missing or no such thing.
    Incomplete(&'static str),
}

/// Reads the claim of a request with these parameters.
pub(super) fn claim(request: &Request, params: &Pairs) -> Result<Claim, Flaw> {
    let param = |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if let Some(text) = request.header("authorization") {
        let fields = text.strip_prefix("AWS4-HMAC-SHA256").ok_or(Flaw::Incomplete("Authorization"))?;
        let field = |name: &'static str| {
            let found =
                fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
            found.ok_or(Flaw::Incomplete(name))
        };
        let (stamp, at) = dated(request)?;
        return four(
            field("Credential")?,
            field("SignedHeaders")?,
            field("Signature")?,
            stamp,
            at,
            None,
            false,
        );
    }
    if param("X-Amz-Algorithm") == Some("AWS4-HMAC-SHA256") {
        let need = |name: &'static str| param(name).ok_or(Flaw::Incomplete(name));
        let stamp = need("X-Amz-Date")?.to_owned();
        let at = compact(&stamp).ok_or(Flaw::Incomplete("X-Amz-Date"))?;
        let life = need("X-Amz-Expires")?.parse().map_err(|_| Flaw::Incomplete("X-Amz-Expires"))?;
        let (credential, headers) = (need("X-Amz-Credential")?, need("X-Amz-SignedHeaders")?);
        let life = Some(Duration::from_secs(life));
        return four(credential, headers, need("X-Amz-Signature")?, stamp, at, life, true);
    }
    let access_key = param("AWSAccessKeyId").ok_or(Flaw::Unsigned)?.to_owned();
    let signature = param("Signature").ok_or(Flaw::Incomplete("Signature"))?.to_owned();
    if param("SignatureVersion") != Some("2") || param("SignatureMethod") != Some("HmacSHA256") {
        return Err(Flaw::Incomplete("SignatureMethod"));
    }
    let at = param("Timestamp").or_else(|| param("Expires")).and_then(time::read);
    let at = at.ok_or(Flaw::Incomplete("Timestamp"))?;
    Ok(Claim { access_key, scope: None, at, life: None, how: How::Two { signature } })
}

fn four(
    credential: &str,
    headers: &str,
    signature: &str,
    stamp: String,
    at: SystemTime,
    life: Option<Duration>,
    in_query: bool,
) -> Result<Claim, Flaw> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key, day, region, service, "aws4_request"] = parts[..] else {
        return Err(Flaw::Incomplete("Credential"));
    };
    let headers: Vec<String> = headers.split(';').map(str::to_owned).collect();
    if !headers.iter().any(|name| name == "host") || !stamp.starts_with(day) {
        return Err(Flaw::Incomplete("SignedHeaders"));
    }
    Ok(Claim {
        access_key: access_key.to_owned(),
        scope: Some((region.to_owned(), service.to_owned())),
        at,
        life,
        how: How::Four { stamp, day: day.to_owned(), headers, signature: signature.to_owned(), in_query },
    })
}

/// The time of a request: `X-Amz-Date`, or `Date` in its absence, also as the string to sign has it.
fn dated(request: &Request) -> Result<(String, SystemTime), Flaw> {
    const FLAW: Flaw = Flaw::Incomplete("X-Amz-Date");
    if let Some(text) = request.header("x-amz-date") {
        return Ok((text.to_owned(), compact(text).ok_or(FLAW)?));
    }
    let text = request.header("date").ok_or(FLAW)?;
    let at = jiff::fmt::rfc2822::parse(text).map_err(|_| FLAW)?.timestamp();
    Ok((at.strftime("%Y%m%dT%H%M%SZ").to_string(), at.into()))
}

/// `20240301T123456Z`
fn compact(text: &str) -> Option<SystemTime> {
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
}

impl Claim {
    /// Whether the request was made too long before or after this time.
    pub(super) fn is_off(&self, now: SystemTime) -> bool {
        let life = self.life.unwrap_or(TOLERANCE);
        now > self.at + life || self.at > now + TOLERANCE
    }

    /// The time that the request says it was made at.
    pub(super) fn at(&self) -> SystemTime {
        self.at
    }

    /// Whether this secret signed the request.
    pub(super) fn is_by(&self, secret: &str, request: &Request, params: &Pairs) -> bool {
        match &self.how {
            How::Two { signature } => {
                let host = request.header("host").unwrap_or_default().to_lowercase();
                // boto signs the host without its port, botocore with it: either is taken, as Keystone does.
                let bare = host.rsplit_once(':').map_or(host.as_str(), |(bare, _)| bare);
                [host.as_str(), bare].iter().any(|host| {
                    let text = two_text(&request.method, host, &request.path, params);
                    same(&STANDARD.encode(keyed(secret.as_bytes(), &text)), signature)
                })
            }
            How::Four { stamp, day, headers, signature, in_query } => {
                let Some((region, service)) = &self.scope else { return false };
                let canonical = four_request(request, headers, *in_query);
                let scope = format!("{day}/{region}/{service}/aws4_request");
                let text = format!(
                    "AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}",
                    hex(&Sha256::digest(canonical.as_bytes()))
                );
                let mut key = format!("AWS4{secret}").into_bytes();
                for part in [day.as_str(), region, service, "aws4_request"] {
                    key = keyed(&key, part);
                }
                same(&hex(&keyed(&key, &text)), signature)
            }
        }
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Compares without saying by its time where the first difference is.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn two_text(method: &str, host: &str, path: &str, params: &Pairs) -> String {
    let mut pairs: Vec<_> = params.iter().filter(|(name, _)| name != "Signature").collect();
    pairs.sort();
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    format!("{method}\n{host}\n{}\n{}", if path.is_empty() { "/" } else { path }, pairs.join("&"))
}

fn four_request(request: &Request, signed: &[String], in_query: bool) -> String {
    let mut query: Vec<(String, String)> = request
        .raw_query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (encode(&decode(name, true)), encode(&decode(value, true))))
        .filter(|(name, _)| !(in_query && name == "X-Amz-Signature"))
        .collect();
    query.sort();
    let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = String::new();
    for name in signed {
        let values: Vec<String> = request
            .headers
            .get_all(name)
            .iter()
            .map(|value| {
                String::from_utf8_lossy(value.as_bytes()).split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        headers.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    let path = if request.path.is_empty() { "/" } else { &request.path };
    let path = encode(path).replace("%2F", "/");
    let hash = hex(&Sha256::digest(&request.body));
    format!("{}\n{path}\n{}\n{headers}\n{}\n{hash}", request.method, query.join("&"), signed.join(";"))
}

#[cfg(test)]
mod tests {
    use super::{Claim, Request, claim};
    use crate::openstack::read_query;
    use crate::world::Pairs;
    use hyper::HeaderMap;
    use hyper::header::{HeaderName, HeaderValue};
    use serde_json::Value;
    use std::time::Duration;

    fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A recorded request as the server would see it.
    fn seen(vector: &Value, path_and_query: &str, host: &str) -> Request {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut headers = HeaderMap::new();
        let sent = vector["request"]["headers"].as_object().into_iter().flatten();
        for (name, value) in
            sent.map(|(name, value)| (name.as_str(), value.as_str())).chain([("host", Some(host))])
        {
            let value = HeaderValue::from_bytes(value.unwrap_or_default().as_bytes());
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
                headers.insert(name, value);
            }
        }
        Request {
            method: text(vector, "/request/method").to_owned(),
            path: path.to_owned(),
            query: read_query(query),
            raw_query: query.to_owned(),
            headers,
            body: text(vector, "/request/body").as_bytes().to_vec(),
            base: String::new(),
            id: String::new(),
        }
    }

    fn params(request: &Request) -> Pairs {
        let mut pairs = request.query.clone();
        pairs.extend(read_query(&String::from_utf8_lossy(&request.body)));
        pairs
    }

    /// What is claimed is true with the secret, and false with another or with another body.
    fn judge(name: &str, vector: &Value, mut request: Request) -> Claim {
        let mut pairs = params(&request);
        let claimed = claim(&request, &pairs).unwrap_or_else(|flaw| panic!("{name}: {flaw:?}"));
        let secret = text(vector, "/credentials/secret_key");
        assert_eq!(claimed.access_key, text(vector, "/credentials/access_key"), "{name}");
        assert!(claimed.is_by(secret, &request, &pairs), "{name}: the signature is right");
        assert!(!claimed.is_by("another", &request, &pairs), "{name}: by another secret");
        request.body.extend_from_slice(b"&More=1");
        request.raw_query.push_str("&More=1");
        pairs.push(("More".to_owned(), "1".to_owned()));
        assert!(!claimed.is_by(secret, &request, &pairs), "{name}: something was added");
        claimed
    }

    fn vectors(text: &str) -> Vec<Value> {
        serde_json::from_str(text).unwrap_or_default()
    }

    #[test]
    fn botocores_signatures_of_version_4_are_right() {
        let all = vectors(include_str!("../../../tests/wire/vectors/aws_sigv4.json"));
        assert_eq!(all.len(), 24);
        for vector in &all {
            let name = text(vector, "/name");
            let url = text(vector, "/request/url");
            let mut parts = url.splitn(4, '/').skip(2);
            let (host, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            // The usual port is not sent.
            let host = host.strip_suffix(":443").unwrap_or(host);
            let request = seen(vector, &format!("/{rest}"), host);
            let claimed = judge(name, vector, request);
            let scope = (text(vector, "/region").to_owned(), text(vector, "/service").to_owned());
            assert_eq!(claimed.scope, Some(scope), "{name}");
        }
    }

    #[test]
    fn botos_signatures_of_version_2_are_right() {
        let all = vectors(include_str!("../../../tests/wire/vectors/aws_sigv2.json"));
        assert_eq!(all.len(), 14);
        for vector in &all {
            let name = text(vector, "/name");
            let request =
                seen(vector, text(vector, "/request/path_and_query"), text(vector, "/request/host"));
            let claimed = judge(name, vector, request);
            let at = super::time::read(text(vector, "/timestamp")).unwrap_or(std::time::UNIX_EPOCH);
            assert!(!claimed.is_off(at + Duration::from_secs(900)), "{name}");
            assert!(claimed.is_off(at + Duration::from_secs(901)), "{name}");
            assert!(claimed.is_off(at - Duration::from_secs(901)), "{name}");
        }
    }
}
