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

/// The most characters of base64 that Nova takes as user data.
const USER_DATA: usize = 65_535;

/// User data that Nova takes; it repeats what it refuses, so that nothing too long is sent at all.
pub fn short_enough(data: &[u8]) -> Result<(), Error> {
    let encoded = data.len().div_ceil(3) * 4;
    if encoded <= USER_DATA {
        return Ok(());
    }
    let most = USER_DATA / 4 * 3;
    let message =
        format!("the user data has {} bytes; Nova takes {most} ({USER_DATA} in base64)", data.len());
    Err(Error::new(Kind::InvalidArgument, message)
        .coded("cloud::invalid_argument")
        .help("shorten `user_data` or `files`, or have the server fetch the rest when it starts"))
}
