//! An answer that sends the request elsewhere: where to, and that nothing secret is sent on.

use crate::wire::{Answer, mask};
use url::Url;

/// Message and help for a redirect; `None` for any other answer.
pub fn told(cloud: &str, answer: &Answer, named: &str) -> Option<(String, String)> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.header("location").unwrap_or_default();
    let target = Url::parse(&answer.url).ok().and_then(|url| url.join(location).ok());
    let target = target.map_or(location.to_string(), |target| target.to_string());
    let target = mask::url(&target);
    let message = match target.is_empty() {
        true => format!("{cloud} sends the request elsewhere ({}) and does not say where", answer.status),
        false => {
            format!("{cloud} sends the request on to {target} ({}); it is not sent there", answer.status)
        }
    };
    Some((
        message,
        format!(
            "if that is the cloud, set {named} to its address; a login page or a proxy may be in between"
        ),
    ))
}
