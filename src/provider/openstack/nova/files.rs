//! Files for a new server: Nova's own injection up to 2.56, cloud-init where it is gone.

use super::super::session::{Range, Version};
use super::version;
use crate::cloud::{Error, Kind};
pub use crate::provider::files::cloud_config;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};

/// Whether Nova injects files itself, when the request needs `least` for something else.
pub fn by_nova(range: &Range, least: Option<Version>) -> bool {
    let configured = range.default.is_none_or(|default| default <= version::FILES);
    version::speaks(range, version::FILES) && configured && least.is_none_or(|least| least <= version::FILES)
}

/// Files as Nova takes them.
pub fn personality(files: &[(String, Vec<u8>)]) -> Json {
    files.iter().map(|(path, contents)| json!({"path": path, "contents": BASE64.encode(contents)})).collect()
}

/// The error for what this cloud's Nova is too old for.
pub fn too_old(what: &str, needs: Version, range: &Range) -> Error {
    let Version(major, minor) = needs;
    let has = match range.max {
        Some(Version(major, minor)) => format!("goes up to {major}.{minor}"),
        None => "has no microversions".to_string(),
    };
    Error::new(Kind::Unsupported, format!("{what} needs Compute API {major}.{minor}; this cloud {has}"))
        .coded("cloud::unsupported")
}
