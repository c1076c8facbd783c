//! A request that got no answer: who is to blame for it, in words. The proxy where one was on the way, else the host, with the
//! setting that named it.

use super::request_line::host_of;
use crate::cloud::Kind;
use crate::wire::{Error, ErrorKind, Sent};

/// Where a request went, as a person can change it.
pub struct Place<'a> {
    /// The cloud's name.
    pub cloud: &'a str,
    /// What names the host: `` `auth_url` in clouds.yaml:2 ``.
    pub named: String,
    /// What to do about a certificate: the settings of authorities and of trust in anything.
    pub trust: String,
}

/// Kind, message and help.
pub fn told(error: &Error, place: &Place<'_>) -> (Kind, String, String) {
    let Place { cloud, named, trust } = place;
    let (host, detail) = (host_of(&error.url), &error.detail);
    if let Some(told) = error.proxy.as_deref().and_then(|proxy| of_proxy(error, proxy, cloud, &host)) {
        return told;
    }
    match error.kind {
        ErrorKind::Form => (
            Kind::InvalidArgument,
            format!("a request to {cloud} cannot be formed: {detail}"),
            format!("check {named}"),
        ),
        ErrorKind::Resolve => (
            Kind::Network,
            format!("cannot resolve `{host}` (cloud {cloud})"),
            format!("check {named}, and the network"),
        ),
        ErrorKind::Connect => (
            Kind::Network,
            format!("{cloud} does not answer at {host}: {detail}"),
            format!("check that it is up, and {named}"),
        ),
        ErrorKind::Tls if detail.contains("`http:` may be meant") => (
            Kind::Network,
            format!("no trusted connection to {cloud} at {host}: {detail}"),
            format!("write `http:` in place of `https:` in {named}, or name the port that speaks TLS"),
        ),
        ErrorKind::Tls | ErrorKind::Proxy => {
            (Kind::Network, format!("no trusted connection to {cloud} at {host}: {detail}"), trust.clone())
        }
        ErrorKind::Timeout if error.sent == Sent::No => (
            Kind::Timeout,
            format!("connection to {host} (cloud {cloud}) timed out"),
            format!("check the network, a firewall on the way, and {named}"),
        ),
        ErrorKind::Timeout => (
            Kind::Timeout,
            format!("{cloud} gave no answer in time"),
            "try again, or raise `--timeout`".to_string(),
        ),
        ErrorKind::Broken => (
            Kind::Network,
            format!("{cloud} stopped answering: {detail}"),
            match error.url.starts_with("http:") && error.attempts > 0 && detail.contains("before the answer")
            {
                true => format!("try again; where {host} speaks TLS, write `https:` in {named}"),
                false => "try again; a proxy on the way may have given up".to_string(),
            },
        ),
        ErrorKind::TooLarge => (
            Kind::Protocol,
            format!("{cloud} sent too much: {detail}"),
            "ask for less at once, with a filter or `limit`".to_string(),
        ),
        ErrorKind::Malformed if detail.contains("`https:` may be meant") => (
            Kind::Protocol,
            format!("what {cloud} sent is no HTTP answer: {detail}"),
            format!("write `https:` in place of `http:` in {named}, or check that {host} is the cloud"),
        ),
        ErrorKind::Malformed => (
            Kind::Protocol,
            format!("what {cloud} sent is no HTTP answer: {detail}"),
            format!("check that {host} is the cloud and not something before it"),
        ),
        ErrorKind::Local => (
            Kind::Failed,
            format!("a file of this machine ended a transfer with {cloud}: {detail}"),
            "look at the file, and at the room beside it".to_string(),
        ),
        ErrorKind::Withheld => (
            Kind::Denied,
            format!("a request to {cloud} was not sent: {detail}"),
            "look at what else works on this run, and resume it there".to_string(),
        ),
        ErrorKind::Pretended => {
            (Kind::Denied, detail.clone(), "run it without `--dry-run` to send it".to_string())
        }
    }
}

/// What a proxy on the way is to blame for.
fn of_proxy(error: &Error, proxy: &str, cloud: &str, host: &str) -> Option<(Kind, String, String)> {
    let variable = proxy.rsplit_once('(').map_or("", |(_, name)| name.trim_end_matches(')'));
    let around = format!("mend or unset {variable}, or add `{host}` to no_proxy");
    let detail = &error.detail;
    match error.kind {
        ErrorKind::Proxy if detail.contains("wants a login") => Some((
            Kind::Network,
            detail.clone(),
            format!("set {variable} to http://USER:PASSWORD@HOST:PORT, or add `{host}` to no_proxy"),
        )),
        ErrorKind::Proxy => Some((Kind::Network, detail.clone(), around)),
        ErrorKind::Resolve => {
            Some((Kind::Network, format!("{proxy} has a host that cannot be resolved"), around))
        }
        ErrorKind::Connect => Some((Kind::Network, format!("{proxy} does not answer: {detail}"), around)),
        ErrorKind::Timeout if error.sent == Sent::No => {
            Some((Kind::Timeout, format!("the connection to {proxy} timed out"), around))
        }
        ErrorKind::Tls => Some((
            Kind::Network,
            format!("no trusted connection to {cloud} at {host} through {proxy}: {detail}"),
            format!("give `cacert` the authority of the proxy if it reads TLS, or add `{host}` to no_proxy"),
        )),
        ErrorKind::Broken | ErrorKind::Malformed => Some((
            Kind::Network,
            format!("{cloud} gave no whole answer through {proxy}: {detail}"),
            format!("try again, or add `{host}` to no_proxy"),
        )),
        _ => None,
    }
}
