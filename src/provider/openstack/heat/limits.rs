//! What Heat takes at the most, checked before anything is sent.

use crate::cloud::{Error, Kind, StackTags};
use std::collections::BTreeMap;

/// Bytes of a template, and of a whole request (`max_template_size` and `max_json_body_size` as Heat comes).
pub const TEMPLATE: usize = 524_288;
/// See [`TEMPLATE`].
pub const BODY: usize = 1_048_576;

/// Characters of a tag.
const TAG: usize = 80;

fn invalid(message: String) -> Error {
    Error::new(Kind::InvalidArgument, message).coded("cloud::invalid_argument")
}

/// A template that is not too large.
///
/// # Errors
/// `invalid_argument`.
pub fn template(name: &str, text: &str) -> Result<(), Error> {
    if text.len() <= TEMPLATE {
        return Ok(());
    }
    Err(invalid(format!("{name} has {} bytes; Heat takes {TEMPLATE}", text.len())).help(
        "move a part of it into a nested template, or long texts into files that it reads with get_file",
    ))
}

/// A whole request that is not too large.
///
/// # Errors
/// `invalid_argument`, naming the largest files.
pub fn body(bytes: usize, files: &BTreeMap<String, String>) -> Result<(), Error> {
    if bytes <= BODY {
        return Ok(());
    }
    let mut sizes: Vec<(&String, usize)> = files.iter().map(|(name, text)| (name, text.len())).collect();
    sizes.sort_by_key(|size| std::cmp::Reverse(size.1));
    let largest: Vec<String> =
        sizes.iter().take(3).map(|(name, size)| format!("{} ({size} bytes)", shown(name))).collect();
    let error = invalid(format!("the request has {bytes} bytes with its files; Heat takes {BODY}"));
    Err(match largest.is_empty() {
        true => error.help("give fewer or shorter parameters"),
        false => error.help(format!("send less: the largest files are {}", largest.join(", "))),
    })
}

/// A file as a person names it.
pub fn shown(key: &str) -> &str {
    key.strip_prefix("file://").unwrap_or(key)
}

/// Tags as Heat takes them: one text, with commas between them.
///
/// # Errors
/// `invalid_argument` of one that Heat would cut or refuse.
pub fn tags(tags: &StackTags) -> Result<String, Error> {
    let words: Vec<String> = match tags {
        StackTags::Words(words) => words.clone(),
        StackTags::Pairs(pairs) => pairs
            .iter()
            .map(|(key, value)| if value.is_empty() { key.clone() } else { format!("{key}={value}") })
            .collect(),
    };
    for word in &words {
        if word.contains(',') {
            return Err(invalid(format!(
                "the tag `{word}` holds a comma, which Heat takes for the end of a tag"
            ))
            .help("give each tag as a text of its own: `tags: [\"a\", \"b\"]`"));
        }
        if word.chars().count() > TAG {
            return Err(invalid(format!("the tag `{word}` is longer than {TAG} characters"))
                .help("give a shorter one"));
        }
        if word.trim().is_empty() {
            return Err(invalid("a tag is empty".to_string()).help("leave it out"));
        }
    }
    Ok(words.join(","))
}
