//! What several tests share.

pub mod stub;
