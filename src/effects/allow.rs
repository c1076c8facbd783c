//! What a script's header says that it must touch: `//! allow: read=./templates, env=HOME, clouds=lab:read`.
//!
//! Files, variables, programs and hosts are asked for, and given by nobody but the person who runs it. Clouds are the
//! other way round: a script may use any, and a header that names some leaves it those. `//! allow "./lib/x": …` says
//! what an imported module may touch of that, and a module's own header the same of itself.

use super::granted::Grant;
use crate::cloud::nearest::nearest;
use crate::cloud::{Error, Kind};
use std::ops::Range;

/// A cloud that may be used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CloudGrant {
    /// Its name; `*` is any.
    pub name: String,
    /// Whether it may only be read.
    pub reads: bool,
}

/// What may be touched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants {
    /// Files that may be read.
    pub read: Grant,
    /// Files that may be written.
    pub write: Grant,
    /// Variables that may be read.
    pub environment: Grant,
    /// Programs that may be run.
    pub exec: Grant,
    /// Hosts that may be reached.
    pub net: Grant,
    /// Clouds that may be used; all where none is named.
    pub clouds: Option<Vec<CloudGrant>>,
}

/// The kinds of things that a header names, as options name them.
pub const KINDS: [&str; 5] = ["read", "write", "env", "exec", "net"];

impl Grants {
    /// What is granted of a kind.
    pub fn of(&self, kind: &str) -> &Grant {
        match kind {
            "read" => &self.read,
            "write" => &self.write,
            "env" => &self.environment,
            "exec" => &self.exec,
            _ => &self.net,
        }
    }

    fn of_mut(&mut self, kind: &str) -> &mut Grant {
        match kind {
            "read" => &mut self.read,
            "write" => &mut self.write,
            "env" => &mut self.environment,
            "exec" => &mut self.exec,
            _ => &mut self.net,
        }
    }
}

/// What a text's header says.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// What the text itself may touch; `None` where it says nothing.
    pub own: Option<Grants>,
    /// What imports of it may touch: the path as it is imported, and the grants.
    pub imports: Vec<(String, Grants)>,
    /// What is wrong with it, and the bytes.
    pub mistakes: Vec<(Error, Range<usize>)>,
}

/// Read the header of a text: the `//!` lines of the comment that opens it.
pub fn header(text: &str) -> Header {
    let mut header = Header::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with("#!") || start == 0 && trimmed.starts_with('\u{feff}') {
            continue;
        }
        if !trimmed.starts_with("//") {
            break;
        }
        let Some(said) = trimmed.strip_prefix("//!").map(str::trim) else { continue };
        let Some(rest) = said.strip_prefix("allow") else { continue };
        let whole = start + line.find("//!").unwrap_or(0)..start + line.trim_end().len();
        if let Some(items) = rest.strip_prefix(':') {
            let own = header.own.get_or_insert_with(Grants::default);
            items_of(items, &whole, own, &mut header.mistakes);
        } else if rest.starts_with([' ', '\t', '"']) {
            of_import(rest.trim_start(), &whole, &mut header);
        }
    }
    header
}

/// Whether a line of a header speaks of permissions.
pub fn is_grant(line: &str) -> bool {
    let said = line.trim().strip_prefix("//!").map_or("", str::trim);
    said.strip_prefix("allow").is_some_and(|rest| rest.starts_with([':', ' ', '\t', '"']))
}

fn of_import(rest: &str, whole: &Range<usize>, header: &mut Header) {
    let parts = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    let Some((path, items)) = parts.and_then(|(path, after)| Some((path, after.trim().strip_prefix(':')?)))
    else {
        let error = mistake("an import's permissions are not written like this")
            .help("write `//! allow \"./lib/x\": env=HOME`");
        header.mistakes.push((error, whole.clone()));
        return;
    };
    let mut grants = Grants::default();
    items_of(items, whole, &mut grants, &mut header.mistakes);
    header.imports.push((path.to_string(), grants));
}

fn mistake(message: impl Into<String>) -> Error {
    Error::new(Kind::Script, message).coded("check::allow")
}

fn items_of(items: &str, whole: &Range<usize>, into: &mut Grants, mistakes: &mut Vec<(Error, Range<usize>)>) {
    for item in items.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        if let Err(error) = item_of(item, into) {
            mistakes.push((error, whole.clone()));
        }
    }
}

fn item_of(item: &str, into: &mut Grants) -> Result<(), Error> {
    let (kind, value) = match item.split_once('=') {
        Some((kind, value)) => (kind.trim(), Some(value.trim())),
        None => (item, None),
    };
    if kind == "clouds" {
        let name = value.filter(|value| !value.is_empty()).ok_or_else(|| {
            mistake("`clouds` names no cloud")
                .help("write `clouds=lab`, `clouds=lab:read` or `clouds=*:read`")
        })?;
        let (name, reads) = match name.strip_suffix(":read") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let grant = CloudGrant { name: name.to_string(), reads };
        into.clouds.get_or_insert_with(Vec::new).push(grant);
        return Ok(());
    }
    if !KINDS.contains(&kind) {
        let error = mistake(format!("`{kind}` is no permission"));
        let near = nearest(kind, KINDS.into_iter().chain(["clouds"]), 1);
        return Err(match near.first() {
            Some(near) => {
                error.help(format!("did you mean `{near}`? There are {}, clouds", KINDS.join(", ")))
            }
            None => error.help(format!("write one of {}, clouds: `env=HOME`", KINDS.join(", "))),
        });
    }
    let grant = into.of_mut(kind);
    match (value, &mut *grant) {
        (None, grant) => *grant = Grant::Everything,
        (Some(""), _) => {
            return Err(mistake(format!("`{kind}=` names nothing")).help(format!("write `{kind}` for all")));
        }
        (Some(_), Grant::Everything) => {}
        (Some(value), Grant::These(values)) => values.push(value.to_string()),
        (Some(value), grant) => *grant = Grant::These(vec![value.to_string()]),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_what_a_script_must_touch() {
        let text = "#!/usr/bin/env rhain\n// A book.\n//! allow: read=./templates, env=HOME, env=USER, net, clouds=aws:prod:read\n//! allow \"./lib/x\": env=HOME\n\nprint(1);\n//! allow: exec\n";
        let header = header(text);
        assert!(header.mistakes.is_empty(), "{:?}", header.mistakes);
        let own = header.own.expect("a header");
        assert_eq!(own.read, Grant::These(vec!["./templates".to_string()]));
        assert_eq!(own.environment, Grant::These(vec!["HOME".to_string(), "USER".to_string()]));
        assert_eq!((own.net, own.exec), (Grant::Everything, Grant::Nothing));
        let prod = CloudGrant { name: "aws:prod".to_string(), reads: true };
        assert_eq!(own.clouds, Some(vec![prod]));
        assert_eq!(header.imports.len(), 1);
        assert_eq!(header.imports[0].0, "./lib/x");
        assert_eq!(header.imports[0].1.read, Grant::Nothing);
    }

    #[test]
    fn what_is_no_permission_is_a_mistake_at_its_line() {
        let text = "// A.\n//! allow: reads=a, env=, clouds\n//! allow ./lib: env\n";
        let header = header(text);
        let told: Vec<String> = header.mistakes.iter().map(|(error, _)| error.message.to_string()).collect();
        assert_eq!(
            told,
            [
                "`reads` is no permission",
                "`env=` names nothing",
                "`clouds` names no cloud",
                "an import's permissions are not written like this"
            ]
        );
        assert_eq!(text.get(header.mistakes[3].1.clone()), Some("//! allow ./lib: env"));
    }
}
