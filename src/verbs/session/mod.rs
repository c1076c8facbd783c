//! The clouds of the session: which there are, who we are to them, what they allow.

pub mod api;
pub mod catalog;
pub mod cloud;
pub mod clouds;
pub mod limits;
pub mod services;
pub mod whoami;
pub mod zones;
