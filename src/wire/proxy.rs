//! Which proxy a request goes through: the variables that curl and its kin read.
//!
//! The variables are handed in, never read here. A loopback address never goes through a proxy that a variable names: to the
//! proxy it would mean the proxy's own machine.

use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// The proxies of a run.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http:` URLs.
    pub http: Option<Via>,
    /// For `https:` URLs.
    pub https: Option<Via>,
    /// Hosts, domains, addresses and networks that are asked directly, separated by commas; `*` is all of them.
    pub bypass: String,
}

/// A proxy and what named it.
#[derive(Clone, PartialEq, Eq)]
pub struct Via {
    /// Its URL.
    pub url: String,
    /// The variable that holds it.
    pub variable: String,
}

// The URL may hold a password.
impl std::fmt::Debug for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Via").field("variable", &self.variable).finish_non_exhaustive()
    }
}

impl Via {
    /// How an error names it, its password masked.
    pub fn shown(&self) -> String {
        format!("the proxy {} ({})", super::mask::url(&self.url).trim_end_matches('/'), self.variable)
    }
}

impl Proxies {
    /// From `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, lower case first, then upper case. `HTTP_PROXY` in capitals is
    /// left alone under CGI, where a stranger's request header can set it.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Proxies {
        let read = |name: &str| {
            let cgi = name == "http_proxy" && variable("REQUEST_METHOD").is_some();
            let names = [Some(name.to_string()), (!cgi).then(|| name.to_ascii_uppercase())];
            names.into_iter().flatten().find_map(|name| {
                let value = variable(&name)?.trim().to_string();
                (!value.is_empty()).then_some((name, value))
            })
        };
        let via = |(variable, value): (String, String)| {
            let url = if value.contains("://") { value } else { format!("http://{value}") };
            Via { url, variable }
        };
        let all = read("all_proxy");
        Proxies {
            http: read("http_proxy").or_else(|| all.clone()).map(via),
            https: read("https_proxy").or(all).map(via),
            bypass: read("no_proxy").map(|(_, value)| value).unwrap_or_default(),
        }
    }

    /// The proxy that a request to a URL goes through.
    pub fn of(&self, url: &Url) -> Option<&Via> {
        let via = if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }?;
        (!self.is_direct(url)).then_some(via)
    }

    fn is_direct(&self, url: &Url) -> bool {
        let (host, address) = match url.host() {
            Some(Host::Domain(name)) => (name.trim_end_matches('.').to_ascii_lowercase(), None),
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (address.to_string(), Some(IpAddr::V6(address))),
            None => return true,
        };
        if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
            return true;
        }
        self.bypass.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty()).any(|item| {
            let (name, port) = match item.rsplit_once(':') {
                Some((name, port)) if !name.contains(':') => (name, port.parse::<u16>().ok()),
                _ => (item, None),
            };
            if port.is_some() && port != url.port_or_known_default() {
                return false;
            }
            if item == "*" {
                return true;
            }
            match address {
                Some(address) => within(address, name.trim_matches(['[', ']'])),
                None => {
                    let domain = name.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
                    let end = host.strip_suffix(domain.as_str());
                    !domain.is_empty() && end.is_some_and(|before| before.is_empty() || before.ends_with('.'))
                }
            }
        })
    }

    /// Whether no request goes through a proxy.
    pub fn is_empty(&self) -> bool {
        (self.http.is_none() && self.https.is_none()) || self.bypass.split(',').any(|item| item.trim() == "*")
    }
}

/// Whether an address is the one that is named, or in the network that is.
fn within(address: IpAddr, named: &str) -> bool {
    let (network, length) = match named.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (named, Some(128)),
    };
    match (address, network.parse::<IpAddr>(), length) {
        (IpAddr::V4(a), Ok(IpAddr::V4(b)), Some(length)) => {
            let shift = 32 - length.min(32);
            a.to_bits().checked_shr(shift) == b.to_bits().checked_shr(shift)
        }
        (IpAddr::V6(a), Ok(IpAddr::V6(b)), Some(length)) => {
            let shift = 128 - length.min(128);
            a.to_bits().checked_shr(shift) == b.to_bits().checked_shr(shift)
        }
        _ => false,
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |via: &Option<Via>| via.as_ref().map(Via::shown);
        f.debug_struct("Proxies")
            .field("http", &shown(&self.http))
            .field("https", &shown(&self.https))
            .field("bypass", &self.bypass)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Proxies {
        Proxies::from_variables(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn variables_are_read_as_curl_reads_them() {
        let proxies =
            from(&[("HTTPS_PROXY", "p:3128"), ("ALL_PROXY", "socks5://s:1"), ("no_proxy", "a.b, .c")]);
        let shown = |via: &Option<Via>| via.as_ref().map(Via::shown);
        assert_eq!(shown(&proxies.https).as_deref(), Some("the proxy http://p:3128 (HTTPS_PROXY)"));
        assert_eq!(shown(&proxies.http).as_deref(), Some("the proxy socks5://s:1 (ALL_PROXY)"));
        assert_eq!(from(&[("HTTP_PROXY", "p"), ("REQUEST_METHOD", "GET")]).http, None);
        assert!(from(&[("HTTP_PROXY", "p"), ("NO_PROXY", "*")]).is_empty());
        assert_eq!(
            from(&[("http_proxy", ""), ("HTTP_PROXY", "q")]).http.map(|via| via.url).as_deref(),
            Some("http://q")
        );
        let debug = format!("{:?}", from(&[("http_proxy", "http://me:hunter2@p:1")]));
        assert!(!debug.contains("hunter2"), "{debug}");
    }

    #[test]
    fn hosts_that_are_asked_directly_are_told_apart() {
        let proxied = |bypass: &str, url: &str| {
            let proxies = from(&[("http_proxy", "http://p:1"), ("NO_PROXY", bypass)]);
            proxies.of(&Url::parse(url).expect("a URL")).is_some()
        };
        for (bypass, url, through) in [
            ("", "http://cloud.example/", true),
            ("", "https://cloud.example/", false),
            ("", "http://127.0.0.1:5000/", false),
            ("", "http://localhost/", false),
            ("example", "http://cloud.example/", false),
            (".example", "http://cloud.example/", false),
            (" x , cloud.example ", "http://CLOUD.example./", false),
            ("oud.example", "http://cloud.example/", true),
            ("cloud.example:80", "http://cloud.example/", false),
            ("cloud.example:81", "http://cloud.example/", true),
            ("10.0.0.0/8", "http://10.1.2.3/", false),
            ("10.0.0.0/16", "http://10.1.2.3/", true),
            ("0.0.0.0/0", "http://10.1.2.3/", false),
            ("10.1.2.3", "http://10.1.2.3/", false),
            ("fd00::/8", "http://[fd12::1]/", false),
            ("[fd12::1]", "http://[fd12::1]/", false),
            ("*", "http://cloud.example/", false),
        ] {
            assert_eq!(proxied(bypass, url), through, "{bypass} {url}");
        }
    }
}
