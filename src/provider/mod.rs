//! Drivers: one folder a provider. A driver turns the operations of [`Cloud`](crate::cloud::Cloud) into request
//! values and the answers into nouns; it never reads configuration, and never names the HTTP library. [`exchange`],
//! [`words`], [`files`] and [`sieve`] are what drivers do alike.

pub mod aws;
pub mod exchange;
pub mod files;
pub mod openstack;
pub mod sieve;
pub mod words;
