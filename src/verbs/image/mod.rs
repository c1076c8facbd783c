//! Images: what servers start from, and what snapshots make.

pub mod find_image;
pub mod images;
pub mod one;

use super::OPENSTACK_AND_AWS;
