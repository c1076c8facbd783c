//! What a cloud can do: one trait a noun, one method an operation, under the verb's own word; where a verb is of several nouns
//! the noun stands behind it (`delete_server`).
//!
//! A driver fulfils each of them in the file of its noun. What it does not fulfil is `unsupported`, and what it does is listed by its
//! provider in the words of [`OPERATIONS`].

mod account;
mod backups;
mod ec2_credentials;
mod flavors;
mod images;
mod keypairs;
mod metadata;
mod networks;
mod ports;
mod public_ips;
mod routers;
mod security_groups;
mod server_groups;
mod servers;
mod snapshots;
mod stacks;
mod subnets;
mod updates;
mod volumes;

pub use account::Account;
pub use backups::Backups;
pub use ec2_credentials::{Ec2Credential, Ec2Credentials};
pub use flavors::Flavors;
pub use images::Images;
pub use keypairs::Keypairs;
pub use metadata::Metadata;
pub use networks::Networks;
pub use ports::Ports;
pub use public_ips::PublicIps;
pub use routers::Routers;
pub use security_groups::SecurityGroups;
pub use server_groups::ServerGroups;
pub use servers::Servers;
pub use snapshots::Snapshots;
pub use stacks::Stacks;
pub use subnets::Subnets;
pub use updates::{Updates, update_of};
pub use volumes::Volumes;

/// Every operation that clouds may have, by what it is about, in the order of the manual's table. A provider lists those it
/// has ([`Provider`](crate::cloud::Provider)); a verb needs those of its own word unless it says otherwise.
pub static OPERATIONS: &[(&str, &[&str])] = &[
    ("Clouds", account::OPERATIONS),
    ("Servers", servers::OPERATIONS),
    ("Metadata", metadata::OPERATIONS),
    ("Names", updates::OPERATIONS),
    ("Images", images::OPERATIONS),
    ("Flavors", flavors::OPERATIONS),
    ("Key pairs", keypairs::OPERATIONS),
    ("Security groups", security_groups::OPERATIONS),
    ("Networks", networks::OPERATIONS),
    ("Subnets", subnets::OPERATIONS),
    ("Routers", routers::OPERATIONS),
    ("Public IPs", public_ips::OPERATIONS),
    ("Ports", ports::OPERATIONS),
    ("Server groups", server_groups::OPERATIONS),
    ("Volumes", volumes::OPERATIONS),
    ("Snapshots", snapshots::OPERATIONS),
    ("Backups", backups::OPERATIONS),
    ("Stacks", stacks::OPERATIONS),
    ("EC2 credentials", ec2_credentials::OPERATIONS),
];
