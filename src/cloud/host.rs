//! What a verb may ask of the program around it; the command line fulfils these traits.

use super::time::Time;
use super::{Cloud, Error};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Time: the wall's, or the simulated cloud's, where sleeping costs nothing.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> Time;
    /// Time since the run began; never goes back.
    fn elapsed(&self) -> Duration;
    /// Ready after `by`.
    async fn sleep(&self, by: Duration);
    /// Ready when `by` has passed of itself while something else was waited for; never where time moves only by sleeping.
    async fn lapse(&self, by: Duration);
}

/// Talk about what is going on, to a person who watches; silent where nobody does.
pub trait Progress: Send + Sync {
    /// The line that tells what is waited for now; a later line replaces it.
    fn waiting(&self, line: &str);
    /// The wait is over: take the line away.
    fn done(&self);
    /// Something a person should know though nothing failed.
    fn warn(&self, text: &str);
}

/// A cloud that the user has, as `clouds()` lists it.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its name in this session.
    pub name: String,
    /// `openstack`, `aws`, `cloudstack`, or `simulated`.
    pub provider: &'static str,
    /// File and line, or `environment`, or `built in`.
    pub found: String,
    /// Whether it is the session's default.
    pub default: bool,
}

/// The clouds of the session.
#[async_trait]
pub trait Clouds: Send + Sync {
    /// The cloud of this name, or the session's default; an unknown one is `not_found` with the closest names.
    fn get(&self, name: Option<&str>) -> Result<Arc<dyn Cloud>, Error>;
    /// Every cloud that was found.
    fn known(&self) -> Vec<Known>;
    /// A secret of the script: from now on hidden in reports, traces and what clouds say back.
    fn hush(&self, secret: &str);
}

/// What is outside the script and asks no cloud.
pub trait Outside: Send + Sync {
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// A file's bytes, from the working directory; or why it cannot be read, in a few words.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, String>;
}
