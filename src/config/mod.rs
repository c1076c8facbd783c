//! Which clouds the user has: files and variables in, checked profiles out. It opens no connection and knows no driver.
//!
//! [`environment`] is all it sees of the process; [`document`] reads YAML and JSON and remembers where each value stood;
//! [`found`] gathers the clouds and chooses one; [`openstack`] makes an entry into a profile, by openstacksdk's rules,
//! [`aws`] does it by botocore's and boto's, [`cloudstack`] by cs's and cloudmonkey's.

pub mod aws;
pub mod cloudstack;
pub mod document;
mod encoding;
mod entry;
pub mod environment;
mod files;
pub mod found;
mod ini;
pub mod lock;
mod merge;
mod note;
pub mod openstack;
mod own;
mod own_keys;
mod profile;
mod variables;
mod vendor;

pub use aws::AwsSettings;
pub use cloudstack::CloudStackSettings;
pub use environment::Environment;
pub use found::{Chosen, Entry, Found, SIM, SIM_ADMIN, SIM_AWS, SIM_CLOUDSTACK, find};
pub use note::Note;
