//! Nova: servers, flavors, key pairs, limits, consoles, and the images of clouds that have no Glance in their catalog.
//!
//! Each file builds the calls of one resource and decodes their answers; nothing here sends. [`version`] alone
//! knows which microversion an operation asks for.

pub mod action;
pub mod boot;
pub mod console;
pub mod files;
pub mod flavor;
pub mod image;
pub mod keypair;
pub mod limits;
pub mod server;
pub mod server_group;
pub mod servers;
pub mod settle;
pub mod version;
pub mod volume_attachment;
