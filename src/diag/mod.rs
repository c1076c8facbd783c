//! Diagnostics: how an error is shown to a person, and as JSON to a program. Alone names `miette`.
//!
//! [`from_script`] makes a [`Report`] of what ended a script, [`from_cloud`] of a cloud's error by itself,
//! [`from_config`] of a mistake in a configuration file, [`from_check`] of what the checks find; [`draw`] and [`to_json`] show it. [`span`] finds what
//! to underline, [`codes`] holds the pages of `rhain explain`. Nothing here decides what went wrong.

pub mod codes;
pub mod excerpt;
pub mod from_check;
pub mod from_cloud;
pub mod from_config;
pub mod from_script;
pub mod report;
pub mod span;

pub use report::{Fix, Report, Severity, Style, draw, to_json};
