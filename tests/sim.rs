//! The simulated cloud: held to recorded exchanges of a real one, to the rules of servers, and to its own faults.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod aws;
mod client;
mod ec2;
mod faults;
mod networks;
mod recorded;
mod servers;
mod services;
mod volumes;

/// A client of the tests' own; it works whichever test comes first.
fn http() -> reqwest::ClientBuilder {
    // Another test may have chosen it already.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}
