//! Flavors: sizes to choose from.

pub mod find_flavor;
pub mod flavors;
pub mod one;
