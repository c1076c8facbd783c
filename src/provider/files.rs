//! Files for a new server where the cloud injects none: cloud-init writes them when it starts.

use crate::cloud::{Error, Kind, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};

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
