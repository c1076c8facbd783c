//! Files for a new server: Nova's own injection up to 2.56, cloud-init where it is gone.

use super::super::session::{Range, Version};
use super::version;
use crate::cloud::{Error, Kind, Result};
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

/// Files as cloud-init takes them; `unsupported` when the user data is taken already.
pub fn cloud_config(files: &[(String, Vec<u8>)], user_data: Option<&[u8]>) -> Result<Vec<u8>> {
    if user_data.is_some() {
        return Err(Error::new(
            Kind::Unsupported,
            "this cloud injects no files, and `user_data` is taken, which could carry them",
        )
        .coded("cloud::unsupported")
        .help("put the files into `user_data` yourself, as `write_files` of a `#cloud-config`"));
    }
    // JSON is YAML: paths and contents need no quoting of their own.
    let entries: Vec<Json> = files
        .iter()
        .map(|(path, contents)| json!({"path": path, "encoding": "b64", "content": BASE64.encode(contents)}))
        .collect();
    let mut text = String::from("#cloud-config\nwrite_files:\n");
    for entry in entries {
        text.push_str(&format!("- {entry}\n"));
    }
    Ok(text.into_bytes())
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
