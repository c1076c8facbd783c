//! Who is to blame where a proxy is on the way.

use crate::support::stub::{CountingClock, Reply, Stub};
use rhain::wire::{Error, ErrorKind, Method, Proxies, Request, Sent, Settings, Silent, Wire};
use std::sync::Arc;

async fn ask(url: &str, variable: &'static str, proxy: &str) -> Error {
    let proxies = Proxies::from_variables(|name| (name == variable).then(|| proxy.to_string()));
    let settings = Settings { proxies, ..Settings::default() };
    let wire = Wire::new(settings, Arc::new(CountingClock::default()), Arc::new(Silent));
    wire.send(&Request::new("thing.list", Method::Get, url)).await.expect_err("a proxy that does not help")
}

#[tokio::test]
async fn a_dead_proxy_is_named_with_its_variable() {
    let dead =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("a port");
    for (variable, url) in
        [("http_proxy", "http://cloud.example/v3"), ("HTTPS_PROXY", "https://cloud.example/v3")]
    {
        let error = ask(url, variable, &format!("http://jo:pr0xypw@{dead}")).await;
        assert_eq!((error.kind, error.sent), (ErrorKind::Connect, Sent::No), "{error:?}");
        let proxy = error.proxy.expect("the proxy");
        assert!(proxy.contains(&dead.to_string()) && proxy.ends_with(&format!("({variable})")), "{proxy}");
        assert!(!proxy.contains("pr0xypw"), "{proxy}");
    }
    let direct = Wire::new(Settings::default(), Arc::new(CountingClock::default()), Arc::new(Silent));
    let error = direct.send(&Request::new("thing.list", Method::Get, format!("http://{dead}/"))).await;
    assert_eq!(error.expect_err("nobody listens").proxy, None);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let asked = |status: u16| async move {
        let proxy = Stub::start(move |_, _| Reply::json(status, "{}")).await;
        let plain = ask_plain(&proxy, status).await;
        let tunnel = ask("https://cloud.example/v3", "https_proxy", &proxy.url).await;
        (plain, tunnel)
    };
    let (plain, tunnel) = asked(407).await;
    let plain = plain.expect("a refusal");
    for error in [&plain, &tunnel] {
        assert_eq!((error.kind, error.sent, error.attempts), (ErrorKind::Proxy, Sent::No, 1), "{error:?}");
        assert!(error.detail.contains("_proxy) wants a login (407)"), "{}", error.detail);
    }
    let (_, tunnel) = asked(403).await;
    assert_eq!((tunnel.kind, tunnel.sent), (ErrorKind::Proxy, Sent::No), "{tunnel:?}");
    assert!(tunnel.detail.contains("(https_proxy) refuses to open a way to the host"), "{}", tunnel.detail);
}

/// The error of a request in plain HTTP; a 403 may as well be the cloud's own answer.
async fn ask_plain(proxy: &Stub, status: u16) -> Option<Error> {
    match status {
        407 => Some(ask("http://cloud.example/v3", "http_proxy", &proxy.url).await),
        _ => None,
    }
}
