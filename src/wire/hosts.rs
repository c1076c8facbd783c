//! The hosts that a cloud's credentials may go to: one list a cloud, asked about every request that carries them.
//!
//! The driver fills it with the endpoints that configuration and the cloud itself name. A text of a script never gets in.

use super::message::Request;
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use url::Url;

/// The hosts; cheap to clone, all clones are one. A new list holds none.
#[derive(Clone, Default, Debug)]
pub struct Hosts(Arc<RwLock<Inner>>);

#[derive(Default, Debug)]
struct Inner {
    origins: HashSet<String>,
    domains: Vec<String>,
}

impl Hosts {
    /// The scheme, host and port of this URL.
    pub fn allow(&self, url: &str) {
        if let Ok(url) = Url::parse(url.trim())
            && url.has_host()
        {
            let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
            inner.origins.insert(url.origin().ascii_serialization());
        }
    }

    /// Every host below this domain, over TLS on the usual port.
    pub fn allow_domain(&self, domain: &str) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        inner.domains.push(format!(".{domain}"));
    }

    /// Whether a URL is at one of them.
    pub fn holds(&self, url: &Url) -> bool {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let below = |host: &str| inner.domains.iter().any(|domain| host.ends_with(domain.as_str()));
        inner.origins.contains(&url.origin().ascii_serialization())
            || url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(below)
    }
}

/// Whether a request carries what proves who the session is.
pub fn is_authenticated(request: &Request) -> bool {
    let proves = |name: &str| {
        ["x-auth-token", "x-subject-token", "authorization", "cookie"]
            .iter()
            .any(|header| name.eq_ignore_ascii_case(header))
    };
    request.signer.is_some() || request.headers.iter().any(|(name, _)| proves(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_held_by_its_origin_or_its_domain() {
        let hosts = Hosts::default();
        let holds = |url: &str| Url::parse(url).is_ok_and(|url| hosts.holds(&url));
        assert!(!holds("https://lab.example:5000/v3"));
        hosts.allow("https://lab.example:5000/v3");
        hosts.allow_domain("amazonaws.com");
        assert!(holds("https://lab.example:5000/other"));
        for other in [
            "http://lab.example:5000/v3",
            "https://lab.example/v3",
            "https://evil.example:5000/v3",
            "http://ec2.eu-west-1.amazonaws.com",
            "https://ec2.eu-west-1.amazonaws.com:8443",
            "https://amazonaws.com.evil.example",
            "https://evilamazonaws.com",
            "https://localhost:28443/.eu-west-1.amazonaws.com",
        ] {
            assert!(!holds(other), "{other}");
        }
        assert!(holds("https://ec2.eu-west-1.amazonaws.com/"));
    }
}
