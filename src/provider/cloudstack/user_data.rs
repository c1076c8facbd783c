//! User data: encoded once, and measured as the cloud measures it.

use super::CloudStack;
use crate::cloud::{Kind, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The most that a server takes, after base64 (`vm.userdata.max.length`).
const MOST: usize = 32_768;

/// What cloud-init reads begins so; `\x1f\x8b` is gzip.
const BEGINNINGS: [&[u8]; 6] =
    [b"#!", b"#cloud-", b"#include", b"Content-Type:", b"MIME-Version:", b"\x1f\x8b"];

impl CloudStack {
    /// User data as it is sent. What is base64 of something that cloud-init reads is sent as it is, and said so.
    pub(super) fn encoded(&self, data: &[u8]) -> Result<String> {
        let encoded = match as_given(data) {
            Some(given) => {
                (self.warn)("`user_data` is base64 already: it is sent as it is");
                given
            }
            None => BASE64.encode(data),
        };
        if encoded.len() > MOST {
            let message = format!(
                "`user_data` is {} bytes, {} in base64, and the cloud takes {MOST}",
                data.len(),
                encoded.len()
            );
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help("compress it: cloud-init reads gzip; or let it fetch the rest with `#include`"));
        }
        Ok(encoded)
    }
}

/// The text, where it is base64 already.
fn as_given(data: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(data).ok()?;
    let joined: String = text.split_whitespace().collect();
    let inner = BASE64.decode(&joined).ok()?;
    BEGINNINGS.iter().any(|start| inner.starts_with(start)).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base64_of_what_cloud_init_reads_is_taken_for_encoded() {
        let encoded = BASE64.encode("#cloud-config\n{}");
        assert_eq!(as_given(encoded.as_bytes()), Some(encoded.clone()));
        let broken = format!("{}\n{}\n", &encoded[..8], &encoded[8..]);
        assert_eq!(as_given(broken.as_bytes()), Some(encoded));
        for plain in ["#cloud-config\n{}", "#!/bin/sh\n", "aGVsbG8=", "deadbeef"] {
            assert_eq!(as_given(plain.as_bytes()), None, "{plain}");
        }
    }
}
