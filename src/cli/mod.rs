//! cli
pub mod sim;
