//! Where a remote module is: `https://host/path.rhai`, `git+https://host/repo.git//path@rev`, `git+file:///repo.git//path@rev`.
//!
//! An address is written one way only, whatever way it was given, so that a lock finds it. One with a password in it is
//! refused and never printed.

use crate::cloud::error::Place;
use crate::cloud::{Error, Kind};
use std::fmt;
use url::Url;

/// A remote module's address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// A file of a web server.
    Web(String),
    /// A file of a git repository.
    Git {
        /// The repository, as `git` takes it.
        repository: String,
        /// The file in it.
        path: String,
        /// A tag, a branch or a commit.
        revision: String,
    },
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Web(url) => f.write_str(url),
            Address::Git { repository, path, revision } => write!(f, "git+{repository}//{path}@{revision}"),
        }
    }
}

/// The schemes of repositories.
const OF_GIT: [&str; 3] = ["https", "file", "ssh"];

/// The longest path or revision.
const LONGEST: usize = 1000;

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::Script, message)
        .coded("import::address")
        .help("write `https://host/path.rhai` or `git+https://host/repo.git//path@rev`, rev a tag, a branch or a commit")
        .at(Place::Verb, "this is no module's address")
}

/// Whether a path is meant as an address, good or not.
pub fn is_address(text: &str) -> bool {
    text.contains("://") || text.starts_with("git+")
}

impl Address {
    /// Read an address.
    ///
    /// # Errors
    /// When it is not one, or holds a password. The text is not repeated, for it may hold one in a way nobody thought of.
    pub fn parse(text: &str) -> Result<Address, Error> {
        if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refused("a module's address is too long, or holds spaces or control characters"));
        }
        match text.strip_prefix("git+") {
            Some(rest) => Address::of_git(rest),
            None => {
                let url = plain_url(text, &["https", "http"])?;
                if url.scheme() == "http" && !is_own(&url) {
                    return Err(refused(
                        "a module is not fetched over plain `http://`, where anybody on the way can change it",
                    ));
                }
                let mut url = url;
                let path = url.path().to_string();
                if path.ends_with('/')
                    || path.contains("//")
                    || path.contains("/%2e")
                    || path.contains("/%2E")
                {
                    return Err(refused("a module's address names a file"));
                }
                if !path.ends_with(".rhai") {
                    url.set_path(&format!("{path}.rhai"));
                }
                Ok(Address::Web(url.to_string()))
            }
        }
    }

    fn of_git(rest: &str) -> Result<Address, Error> {
        let incomplete = || refused("a git module's address names a repository, a file in it and a revision");
        let (scheme, after) = rest.split_once("://").ok_or_else(incomplete)?;
        let (repository, file) = after.split_once("//").ok_or_else(incomplete)?;
        let (path, revision) = file.rsplit_once('@').ok_or_else(incomplete)?;
        let url = plain_url(&format!("{scheme}://{repository}"), &OF_GIT)?;
        let path = match path.ends_with(".rhai") {
            true => path.to_string(),
            false => format!("{path}.rhai"),
        };
        if path.split('/').any(|part| part.is_empty() || part == "." || part == ".." || part == ".git")
            || path.contains(['\\', ':', '@'])
            || path.starts_with('-')
        {
            return Err(refused(
                "the file of a git module is a path inside its repository, without `.` and `..`",
            ));
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+');
        if revision.is_empty()
            || revision.starts_with(['-', '/', '.', '+'])
            || revision.contains("..")
            || revision.contains("//")
            || !revision.chars().all(fits)
        {
            return Err(refused(
                "the revision of a git module is the name of a tag or a branch, or a commit",
            ));
        }
        Ok(Address::Git { repository: url.to_string(), path, revision: revision.to_string() })
    }

    /// What a path means that a module of this address imports.
    ///
    /// # Errors
    /// When it leads out of the repository or the host, or from there to this machine.
    pub fn join(&self, path: &str) -> Result<Address, Error> {
        if is_address(path) {
            let address = Address::parse(path)?;
            if address.is_own() && !self.is_own() {
                return Err(outside(path, "a remote module may not import from this machine"));
            }
            return Ok(address);
        }
        if path.starts_with('/') || path.contains(['\\', '%', '?', '#', ':']) {
            return Err(outside(path, "a remote module imports beside it, or by a whole address"));
        }
        let own = match self {
            Address::Web(url) => {
                Url::parse(url).map(|url| url.path().trim_start_matches('/').to_string()).unwrap_or_default()
            }
            Address::Git { path, .. } => path.clone(),
        };
        let mut parts: Vec<&str> = own.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                "." | "" => {}
                ".." => {
                    parts.pop().ok_or_else(|| outside(path, "this leads out of where the module is"))?;
                }
                part => parts.push(part),
            }
        }
        let joined = parts.join("/");
        match self {
            Address::Web(url) => {
                let mut url = Url::parse(url).map_err(|_| refused("a module's address is no URL"))?;
                url.set_path(&joined);
                Address::parse(url.as_str())
            }
            Address::Git { repository, revision, .. } => {
                Address::parse(&format!("git+{repository}//{joined}@{revision}"))
            }
        }
    }

    /// Whether it is on this machine.
    pub fn is_own(&self) -> bool {
        match self {
            Address::Web(url) => Url::parse(url).is_ok_and(|url| is_own(&url)),
            Address::Git { repository, .. } => {
                repository.starts_with("file:") || Url::parse(repository).is_ok_and(|url| is_own(&url))
            }
        }
    }

    /// The host, or nothing for a file.
    pub fn host(&self) -> Option<String> {
        let text = match self {
            Address::Web(url) => url,
            Address::Git { repository, .. } => repository,
        };
        Url::parse(text).ok()?.host_str().map(str::to_string)
    }

    /// The name of the file, without its ending.
    pub fn stem(&self) -> String {
        let path = match self {
            Address::Web(url) => url,
            Address::Git { path, .. } => path,
        };
        path.rsplit('/').next().unwrap_or("module").trim_end_matches(".rhai").to_string()
    }
}

fn outside(path: &str, label: &str) -> Error {
    Error::new(Kind::Script, format!("the module `{path}` is outside of where its importer is"))
        .coded("import::outside")
        .help("a remote module imports what stands beside it or below its root")
        .at(Place::Verb, label)
}

fn is_own(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// A URL without a password, a query or a fragment.
fn plain_url(text: &str, schemes: &[&str]) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|_| refused("a module's address is no URL"))?;
    if !schemes.contains(&url.scheme()) {
        return Err(refused(format!("a module is not fetched by `{}`", url.scheme())));
    }
    let user = !url.username().is_empty() && url.scheme() != "ssh";
    if user || url.password().is_some() {
        return Err(refused("a module's address holds a user or a password")
            .help("leave them out: `git` finds them in its own credential store (`git help credentials`)"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("a module's address has no `?` and no `#`"));
    }
    if url.scheme() != "file" && url.host_str().is_none_or(str::is_empty) {
        return Err(refused("a module's address names no host"));
    }
    if url.scheme() == "file" && url.host_str().is_some_and(|host| !host.is_empty()) {
        return Err(refused(
            "a `file://` address names no host: write `git+file:///path/repo.git//path@rev`",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Address::parse(text).map_or_else(|error| format!("! {}", error.message), |one| one.to_string())
    }

    #[test]
    fn an_address_is_written_one_way() {
        let cases = [
            ("https://Example.org:443/lib/web", "https://example.org/lib/web.rhai"),
            ("https://example.org/a/../web.rhai", "https://example.org/web.rhai"),
            ("http://127.0.0.1:8080/web.rhai", "http://127.0.0.1:8080/web.rhai"),
            (
                "git+https://Example.org/x/repo.git//lib/web@v1.2",
                "git+https://example.org/x/repo.git//lib/web.rhai@v1.2",
            ),
            ("git+file:///srv/repo.git//web.rhai@main", "git+file:///srv/repo.git//web.rhai@main"),
            (
                "git+ssh://git@example.org/repo.git//web@feature/a",
                "git+ssh://git@example.org/repo.git//web.rhai@feature/a",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text), wanted);
            assert_eq!(read(wanted), wanted, "a second time");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_text() {
        for text in [
            "http://example.org/web.rhai",
            "ftp://example.org/web.rhai",
            "https://joe:hunter2@example.org/web.rhai",
            "https://token@example.org/web.rhai",
            "https://example.org/web.rhai?token=hunter2",
            "https://example.org/web.rhai#x",
            "https://example.org/",
            "https:///web.rhai",
            "git+https://example.org/repo.git",
            "git+https://example.org/repo.git//web",
            "git+https://example.org/repo.git//web@",
            "git+https://example.org/repo.git//web@-upload-pack=x",
            "git+https://example.org/repo.git//web@a..b",
            "git+https://example.org/repo.git//web@a b",
            "git+https://example.org/repo.git//web@a:b",
            "git+https://example.org/repo.git//../web@v1",
            "git+https://example.org/repo.git//.git/config@v1",
            "git+https://joe:hunter2@example.org/repo.git//web@v1",
            "git+ssh://joe:hunter2@example.org/repo.git//web@v1",
            "git+ext::sh://x//web@v1",
            "git+http://example.org/repo.git//web@v1",
            "git+file://host/repo.git//web@v1",
            "https://example.org/we\u{1b}[31mb.rhai",
        ] {
            let told = read(text);
            assert!(
                told.starts_with("! ") && !told.contains("hunter2") && !told.contains('\u{1b}'),
                "{text}: {told}"
            );
        }
    }

    #[test]
    fn what_a_remote_module_imports_stays_where_it_is() {
        let git = Address::parse("git+https://example.org/repo.git//lib/web@v1").expect("an address");
        let join = |path: &str| {
            git.join(path).map_or_else(|error| format!("! {}", error.message), |one| one.to_string())
        };
        assert_eq!(join("./x"), "git+https://example.org/repo.git//lib/x.rhai@v1");
        assert_eq!(join("../x"), "git+https://example.org/repo.git//x.rhai@v1");
        assert_eq!(join("https://example.org/y"), "https://example.org/y.rhai");
        for path in
            ["../../x", "/etc/x", "..\\x", "git+file:///srv/repo.git//x@v1", "http://127.0.0.1/x", "%2e%2e/x"]
        {
            assert!(join(path).starts_with("! "), "{path}: {}", join(path));
        }
        let web = Address::parse("https://example.org/lib/web").expect("an address");
        assert_eq!(
            web.join("x").map(|one| one.to_string()).ok().as_deref(),
            Some("https://example.org/lib/x.rhai")
        );
        assert!(web.join("../../x").is_err());
    }
}
