//! EC2: one file a resource, each with the calls that ask about it and the reading of what is answered. Pure functions.

pub mod address;
pub mod attribute;
pub mod group;
pub mod image;
pub mod instance;
pub mod instance_type;
pub mod interface;
pub mod key;
pub mod placement;
pub mod region;
pub mod run;
pub mod snapshot;
pub mod subnet;
pub mod tag;
pub mod volume;
