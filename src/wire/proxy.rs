//! Which proxy a request goes through: the variables that curl and its kin read.
//!
//! The variables are handed in, never read here. A loopback address never goes through a proxy that a variable names: to the
//! proxy it would mean the proxy's own machine.

use std::fmt;

/// The proxies of a run.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http:` URLs.
    pub http: Option<String>,
    /// For `https:` URLs.
    pub https: Option<String>,
    /// Hosts, domains, addresses and networks that are asked directly, separated by commas; `*` is all of them.
    pub bypass: String,
}

impl Proxies {
    /// From `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, lower case first, then upper case. `HTTP_PROXY` in capitals is
    /// left alone under CGI, where a stranger's request header can set it.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Proxies {
        let read = |name: &str| {
            let capitals = name.to_ascii_uppercase();
            let cgi = name == "http_proxy" && variable("REQUEST_METHOD").is_some();
            variable(name)
                .filter(|value| !value.trim().is_empty())
                .or_else(|| if cgi { None } else { variable(&capitals) })
                .map(|value| value.trim().to_string())
                .filter(|value| !value.is_empty())
        };
        let whole = |value: String| if value.contains("://") { value } else { format!("http://{value}") };
        let all = read("all_proxy");
        Proxies {
            http: read("http_proxy").or_else(|| all.clone()).map(whole),
            https: read("https_proxy").or(all).map(whole),
            bypass: read("no_proxy").unwrap_or_default(),
        }
    }

    /// Whether no request goes through a proxy.
    pub fn is_empty(&self) -> bool {
        (self.http.is_none() && self.https.is_none()) || self.bypass.split(',').any(|item| item.trim() == "*")
    }

    /// What is asked directly, loopback included.
    pub fn direct(&self) -> String {
        let mut hosts = String::from("localhost,127.0.0.0/8,::1");
        for host in self.bypass.split(',').map(str::trim).filter(|host| !host.is_empty()) {
            hosts.push(',');
            hosts.push_str(host);
        }
        hosts
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |url: &Option<String>| url.as_deref().map(super::mask::url);
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
        assert_eq!(proxies.https.as_deref(), Some("http://p:3128"));
        assert_eq!(proxies.http.as_deref(), Some("socks5://s:1"));
        assert_eq!(proxies.direct(), "localhost,127.0.0.0/8,::1,a.b,.c");
        assert_eq!(from(&[("HTTP_PROXY", "p"), ("REQUEST_METHOD", "GET")]).http, None);
        assert!(from(&[("HTTP_PROXY", "p"), ("NO_PROXY", "*")]).is_empty());
        assert_eq!(from(&[("http_proxy", ""), ("HTTP_PROXY", "q")]).http.as_deref(), Some("http://q"));
        let shown = format!("{:?}", from(&[("http_proxy", "http://me:hunter2@p:1")]));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
