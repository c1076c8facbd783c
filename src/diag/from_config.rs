//! A mistake in a configuration file, as a report: the lines of the file with every secret in them masked.
//!
//! The error's fact `file` tells the place, as `path:line:column`; where the file cannot be read any more the place
//! is told in words.

use super::from_cloud;
use super::report::{Mark, Report, Section};
use crate::cloud::error::Error;
use crate::cloud::value::MASK;
use crate::syntax::lexer;

/// Keys of configuration files whose values never print.
const SECRET: &[&str] =
    &["password", "passwd", "secret", "token", "passcode", "private_key", "signature", "apikey"];

/// A report of an error in configuration; `read` gives a file's text.
pub fn report(error: &Error, read: &dyn Fn(&str) -> Option<String>) -> Report {
    let mut report = from_cloud::report(error, &[]);
    for place in error.facts.iter().filter(|(name, _)| *name == "file").map(|(_, place)| place) {
        let Some((path, line, column)) = parts(place) else {
            report.facts.insert(0, ("file".into(), place.clone()));
            continue;
        };
        let Some(text) = read(path).filter(|_| line > 0) else {
            report.facts.insert(0, ("file".into(), place.clone()));
            continue;
        };
        let text = hide(&text);
        let start = lexer::offset(&text, line, column);
        let length = text[start..].find(|c: char| c.is_whitespace() || matches!(c, ':' | '=')).unwrap_or(0);
        let length = if length == 0 { text[start..].lines().next().unwrap_or("").len() } else { length };
        let label =
            if report.sections.is_empty() { error.label.clone().unwrap_or_default() } else { String::new() };
        let marks = vec![Mark { span: start..start + length, label }];
        report.sections.push(Section { source: path.to_owned(), text: text.into(), marks });
    }
    report
}

/// `path:line:column` or `path:line`; a path may hold colons of its own.
fn parts(place: &str) -> Option<(&str, usize, usize)> {
    let (rest, last) = place.rsplit_once(':')?;
    let last: usize = last.trim().parse().ok()?;
    match rest.rsplit_once(':').and_then(|(path, line)| Some((path, line.trim().parse().ok()?))) {
        Some((path, line)) => Some((path, line, last)),
        None => Some((rest, last, 1)),
    }
}

/// The text with what stands behind a secret's key masked, line by line; a block below such a key too.
pub fn hide(text: &str) -> String {
    let mut block = None;
    let mut lines = text.split_inclusive('\n').map(|whole| {
        let line = whole.trim_end_matches(['\n', '\r']);
        let ending = &whole[line.len()..];
        let indent = line.len() - line.trim_start().len();
        if let Some(depth) = block {
            if line.trim().is_empty() || indent > depth {
                let hidden = if line.trim().is_empty() { String::new() } else { MASK.to_owned() };
                return format!("{}{hidden}{ending}", &line[..indent]);
            }
            block = None;
        }
        let Some(cut) = line.find([':', '=']) else { return whole.to_owned() };
        let key = line[..cut].trim().trim_matches(['"', '\'', '-', ' ', '{']).to_lowercase();
        let value = line[cut + 1..].trim();
        let named = SECRET.iter().any(|secret| key.contains(secret));
        let inline = !named
            && SECRET.iter().any(|secret| value.to_lowercase().contains(secret))
            && value.contains([':', '=']);
        if inline {
            return format!("{} {MASK}{ending}", &line[..=cut]);
        }
        if !named {
            return whole.to_owned();
        }
        if value.is_empty() || value.starts_with(['|', '>']) {
            block = Some(indent);
            return whole.to_owned();
        }
        format!("{} {MASK}{ending}", &line[..=cut])
    });
    let mut out = String::new();
    for line in &mut lines {
        out.push_str(&line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::error::{Kind, Place};

    #[test]
    fn secrets_of_a_file_are_hidden() {
        let text = "clouds:\n  lab:\n    auth:\n      username: demo\n      password: hunter22\n      token: |\n        abc\n        def\n    region: R\n  b: {auth: {password: hunter22}}\naws_secret_access_key = wJalr\n";
        let hidden = hide(text);
        for secret in ["hunter22", "abc", "def", "wJalr"] {
            assert!(!hidden.contains(secret), "{hidden}");
        }
        assert!(hidden.contains("username: demo") && hidden.contains("region: R"));
        assert_eq!(hidden.lines().count(), text.lines().count());
    }

    #[test]
    fn the_place_in_the_file_is_drawn() {
        let error = Error::new(Kind::Unauthorized, "cloud `lab` has no password")
            .coded("config::credentials")
            .at(Place::Verb, "has auth_url, username, project_name")
            .fact("file", "~/.config/openstack/clouds.yaml:3:5")
            .help("add `password`");
        let report = report(&error, &|path| {
            assert_eq!(path, "~/.config/openstack/clouds.yaml");
            Some("clouds:\n  lab:\n    auth:\n      token: abc\n".into())
        });
        assert_eq!(report.sections[0].marks[0].span, 19..23);
        assert!(report.facts.is_empty());
    }
}
