//! The text of a configuration file: UTF-8, or UTF-16 with a byte-order mark; another is refused by name.

use crate::cloud::{Error, Kind};
use std::path::Path;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The text of a file that is neither too large nor another thing than text.
pub(super) fn text(path: &Path, shown: &str) -> Result<String, Error> {
    let wrong = |what: String| {
        Error::new(Kind::InvalidArgument, format!("{shown} cannot be read: {what}"))
            .coded("config::syntax")
            .fact("file", shown)
    };
    let size = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > LARGEST {
        return Err(wrong(format!("it is larger than {} KiB", LARGEST >> 10)));
    }
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    decoded(bytes).map_err(|what| wrong(what.to_string()).help(format!("save {shown} as UTF-8")))
}

/// Text as editors and shells write it: UTF-8, with a byte-order mark or without, or UTF-16 with one.
fn decoded(bytes: Vec<u8>) -> Result<String, &'static str> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        match String::from_utf16(&units) {
            Ok(text) if rest.is_empty() => Ok(text),
            _ => Err("it begins like UTF-16 text and is none"),
        }
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| "it is not UTF-8 text"),
        [_, 0, _, 0, ..] | [0, _, 0, _, ..] => Err("it is UTF-16 text without a byte-order mark"),
        _ => String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text"),
    }
}
