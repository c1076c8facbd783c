//! Our own settings, `~/.config/rhain/config.toml`. So far one matters: `default = "NAME"`.

use super::document::At;
use super::environment::Environment;
use super::openstack::bad_value;
use crate::cloud::Error;
use std::sync::Arc;

/// The default cloud and where it was said; an error where the file says it in no way that can be read.
pub(super) fn default_cloud(environment: &Environment) -> Result<Option<(String, At)>, Error> {
    for folder in environment.config_folders("rhain") {
        let path = folder.join("config.toml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let shown: Arc<str> = Arc::from(environment.shown(&path));
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with('[') {
                break;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            if key.trim().trim_matches('"') != "default" {
                continue;
            }
            let at = At::File(shown.clone(), index + 1, 1);
            let value = value.trim();
            let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
            let rest = quote.and_then(|quote| value[1..].split_once(quote));
            return match rest {
                Some((name, rest))
                    if !name.is_empty() && (rest.trim().is_empty() || rest.trim().starts_with('#')) =>
                {
                    Ok(Some((name.to_string(), at)))
                }
                _ => Err(bad_value(
                    &at,
                    format!("`default` in {} is no text", at.line()),
                    "write `default = \"NAME\"`, with the name of a cloud",
                )),
            };
        }
    }
    Ok(None)
}
