//! INI files as AWS's tools read them, as the same tree as [`document`](super::document): sections of keys, each with its line.
//!
//! Read here and not by a crate: none keeps the lines that an error points at, and the indented blocks below an empty value
//! (`ec2 =` of a `[services …]` section) are AWS's own.

use super::document::{At, Data, Item};
use crate::cloud::{Error, Kind};
use std::sync::Arc;

/// Keys whose values may hold ` #` and ` ;`.
const WHOLE: [&str; 1] = ["credential_process"];

/// Parse a text: a map of sections, each a map of keys in lower case; a key below which lines are indented is a map too. Of
/// two sections or keys of one name, the later adds to or takes the place of the earlier.
///
/// # Errors
/// A line that is neither a section nor `key = value`, with its place.
pub(super) fn parse(text: &str, shown: &str) -> Result<Item, Error> {
    parse_from(text, shown, None)
}

/// The section of settings that stand above any other.
pub(super) const TOP: &str = "";

/// The same of a file that may begin with settings of no section, as cloudmonkey's does: they are in [`TOP`].
///
/// # Errors
/// A line that is neither a section nor `key = value`, with its place.
pub(super) fn parse_below(text: &str, shown: &str) -> Result<Item, Error> {
    parse_from(text, shown, Some(TOP.to_string()))
}

fn parse_from(text: &str, shown: &str, first: Option<String>) -> Result<Item, Error> {
    let file: Arc<str> = Arc::from(shown);
    let place = |line: usize, column: usize| At::File(file.clone(), line, column);
    let mut all = Item { at: place(1, 1), data: Data::Map(Vec::new()) };
    // The section, the key and how far it stood in.
    let (mut section, mut key): (Option<String>, Option<(String, usize)>) = (first, None);
    if let Some(first) = &section {
        all.set(first, Item { at: place(1, 1), data: Data::Map(Vec::new()) });
    }
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let (line, number) = (line.trim_end(), index + 1);
        let words = line.trim_start();
        let indent = line.len() - words.len();
        if words.is_empty() || words.starts_with(['#', ';']) {
            continue;
        }
        let wrong = |what: &str, help: &str| {
            let message = format!("{shown} cannot be read from line {number} on: {what}");
            let error = Error::new(Kind::InvalidArgument, message).coded("config::syntax").help(help);
            place(number, indent + 1).mark(error)
        };
        if indent == 0 && words.starts_with('[') {
            let Some(end) = words.find(']') else {
                return Err(wrong("a section has no `]`", "close it: `[default]`, `[profile NAME]`"));
            };
            let name = words[1..end].trim().to_string();
            if all.get(&name).is_none() {
                all.set(&name, Item { at: place(number, 1), data: Data::Map(Vec::new()) });
            }
            (section, key) = (Some(name), None);
            continue;
        }
        let Some(into) = section.as_ref().and_then(|name| field(&mut all, name)) else {
            return Err(wrong("it stands in no section", "write `[default]` or `[profile NAME]` above it"));
        };
        if let Some((name, _)) = key.as_ref().filter(|(_, of_key)| indent > *of_key)
            && let Some(under) = field(into, name)
        {
            below(under, words, &place(number, indent + 1));
            continue;
        }
        let Some((name, value, at)) = pair(words) else {
            return Err(wrong("this is no setting", "write `key = value`"));
        };
        let value = if WHOLE.contains(&name.as_str()) { value } else { without_comment(value) };
        into.set(&name, Item::text(place(number, indent + at + 1), value));
        key = Some((name, indent));
    }
    Ok(all)
}

/// A line below a key that is indented further: a setting of a block, or more of its text.
fn below(under: &mut Item, words: &str, at: &At) {
    if under.is_null() {
        under.data = Data::Map(Vec::new());
    }
    match (&mut under.data, pair(words)) {
        (Data::Map(_), Some((name, value, _))) => {
            under.set(&name, Item::text(at.clone(), without_comment(value)))
        }
        (Data::Text { text, .. }, _) => {
            text.push('\n');
            text.push_str(words);
        }
        _ => {}
    }
}

fn field<'a>(item: &'a mut Item, key: &str) -> Option<&'a mut Item> {
    let Data::Map(fields) = &mut item.data else { return None };
    fields.iter_mut().find(|(name, _)| name == key).map(|(_, item)| item)
}

/// Key, value, and where the value begins.
fn pair(words: &str) -> Option<(String, &str, usize)> {
    let cut = words.find(['=', ':'])?;
    let value = words[cut + 1..].trim_start();
    let name = words[..cut].trim().to_ascii_lowercase();
    (!name.is_empty()).then_some((name, value, words.len() - value.len()))
}

/// A comment begins with a space and `#` or `;`.
fn without_comment(value: &str) -> &str {
    if value.starts_with(['#', ';']) {
        return "";
    }
    let cut = [" #", " ;", "\t#", "\t;"].iter().filter_map(|mark| value.find(mark)).min();
    cut.map_or(value, |cut| value[..cut].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(item: &Item) -> String {
        item.at.to_string()
    }

    #[test]
    fn sections_keys_blocks_and_comments() {
        let text = "\u{feff}# mine\r\n[default]\r\nRegion = eu-west-1 ; near\n  aws_access_key_id: AK#ID\n\n[services s]\nec2 =\n  endpoint_url = http://h:1/x\n  # no\n  other=2\ncloudformation =\n  endpoint_url = http://h:2\n[default]\ncredential_process = a \"b # c\"\n";
        let all = parse(text, "f").expect("settings");
        let default = all.get("default").expect("a section");
        assert_eq!(at(default), "f:2:1");
        let text = |item: &Item, key: &str| item.get(key).and_then(Item::as_text).map(str::to_string);
        assert_eq!(text(default, "region").as_deref(), Some("eu-west-1\naws_access_key_id: AK#ID"));
        assert_eq!(text(default, "credential_process").as_deref(), Some("a \"b # c\""));
        let services = all.get("services s").expect("a section");
        let ec2 = services.get("ec2").expect("a block");
        assert_eq!(text(ec2, "endpoint_url").as_deref(), Some("http://h:1/x"));
        assert_eq!(text(ec2, "other").as_deref(), Some("2"));
        assert_eq!(at(ec2.get("endpoint_url").expect("a key")), "f:8:3");
        let second = services.get("cloudformation").expect("a block");
        assert_eq!(text(second, "endpoint_url").as_deref(), Some("http://h:2"));
    }

    #[test]
    fn keys_may_all_stand_in() {
        let all = parse("[a]\n  k = 1\n  l = 2\n\tm =\n[b]\nk=\n", "f").expect("settings");
        let a = all.get("a").expect("a section");
        assert_eq!(a.get("k").and_then(Item::as_text), Some("1"));
        assert_eq!(a.get("l").and_then(Item::as_text), Some("2"));
        assert!(all.get("b").and_then(|b| b.get("k")).is_some_and(Item::is_null));
    }

    #[test]
    fn what_is_no_setting_is_told_with_its_line() {
        for (text, message, place) in [
            ("[a]\nword\n", "f cannot be read from line 2 on: this is no setting", "f:2:1"),
            ("[a]\n[b\n", "f cannot be read from line 2 on: a section has no `]`", "f:2:1"),
            ("k = 1\n", "f cannot be read from line 1 on: it stands in no section", "f:1:1"),
        ] {
            let error = parse(text, "f").unwrap_err();
            assert_eq!((error.message.as_str(), error.facts[0].1.as_str()), (message, place));
        }
    }
}
