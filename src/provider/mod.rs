//! Drivers: one folder a provider. A driver turns the operations of [`Cloud`](crate::cloud::Cloud) into request
//! values and the answers into nouns; it never reads configuration, and never names the HTTP library.

pub mod aws;
pub mod openstack;
