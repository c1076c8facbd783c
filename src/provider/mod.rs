//! Drivers: one folder a provider. A driver turns the operations of [`Cloud`](crate::cloud::Cloud) into request
//! values and the answers into nouns; it never reads configuration, and never names the HTTP library. [`capabilities`] lists the providers. [`request_line`],
//! [`words`], [`files`], `fault`, `doubles`, `fields`, `pages` and `recover` are what drivers do alike.

pub mod aws;
pub mod capabilities;
pub mod cloudstack;
mod digest;
mod doubles;
mod fault;
mod fields;
pub mod files;
pub mod lost;
pub mod openstack;
mod pages;
mod recover;
pub mod redirect;
pub mod request_line;
pub(crate) mod stacks;
mod transfer;
pub mod warn;
pub mod words;
