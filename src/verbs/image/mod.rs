//! Images: what servers start from, and what snapshots make.

pub mod find_image;
pub mod images;
pub mod one;
