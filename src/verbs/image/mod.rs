//! Images: what servers start from, and what snapshots and files make.

pub mod find_image;
pub mod images;
pub mod one;
pub mod save_image;
pub mod share_image;
mod transfer;
pub mod upload_image;
