//! Glance, version 2: images and their properties.

pub mod image;
pub mod property;
