//! The command line: the only room that joins provider and script, and starts the simulated cloud.

pub mod clouds;
pub mod sim;
