//! The language as a runbook meets it, sentence by sentence of its contract, on a simulated cloud a test.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod arrays;
mod asking;
mod backups;
mod boot;
mod chains;
mod clouds;
mod comparing;
mod deleting;
mod dry_run;
mod ending;
mod errors;
mod formats;
mod images;
mod maps;
mod metadata;
mod names;
mod near_misses;
mod objects;
mod options;
mod outside;
mod parallel;
mod params;
mod ports;
mod results;
mod retry;
mod same;
mod secrets;
mod servers;
mod stack_words;
mod table;
mod updates;
mod waits;
