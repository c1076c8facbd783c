//! Polling policy (placeholder until merged).
#![allow(missing_docs)]
use super::host::{Clock, Progress};
use super::{Cloud, Image, Result, Server, Time};
use std::time::Duration;
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);
pub enum Goal {
    Status(Vec<String>),
    Active,
    Ready,
    Deleted,
}
#[derive(Clone)]
pub struct Pending {
    pub verb: &'static str,
}
impl Pending {
    pub fn new(verb: &'static str, _request_id: Option<String>, _at: Time, _server: &Server) -> Pending {
        Pending { verb }
    }
    pub fn notice(&mut self, _server: &Server) -> bool {
        false
    }
}
pub struct Wanted {
    pub server: Server,
    pub pending: Option<Pending>,
}
pub async fn servers(
    _c: &dyn Cloud,
    _k: &dyn Clock,
    _p: &dyn Progress,
    _w: &[Wanted],
    _g: &Goal,
    _t: Duration,
) -> Vec<Result<Server>> {
    Vec::new()
}
pub async fn images(
    _c: &dyn Cloud,
    _k: &dyn Clock,
    _p: &dyn Progress,
    _w: &[Image],
    _g: &Goal,
    _t: Duration,
) -> Vec<Result<Image>> {
    Vec::new()
}
