//! A dry run's cloud: it wraps another one, reads through it, and keeps every change to itself.
//!
//! A read is the inner cloud's answer merged with what this run made, changed and deleted ([`world`], [`merge`]); a filter is
//! judged on the merged result. A change shows the request that the inner driver builds and does not send ([`send`]), and takes
//! effect here at once. What only the cloud can know (addresses, console text, passwords, fingerprints) is left empty. What
//! the cloud would refuse and the overlay can know is refused alike ([`refuse`]). Each noun's changes are in a file of its own.

mod account;
mod actions;
mod addresses;
mod backups;
mod boot;
mod groups;
mod images;
mod layer;
mod merge;
mod metadata;
mod networks;
mod operations;
mod outside;
mod ports;
mod refuse;
mod root_disk;
mod send;
mod server_groups;
mod servers;
mod settle;
mod stack_template;
mod stacks;
mod updates;
mod volumes;
mod world;

pub use layer::{Counted, Ids, Overlay, Show};
pub use outside::OutsideOverlay;
