//! Whether a path, a name or a host is among those that were granted.

use std::path::{Component, Path, PathBuf};

/// What a run may touch of one kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Grant {
    /// Nothing.
    #[default]
    Nothing,
    /// Everything.
    Everything,
    /// These names, or what is below these paths.
    These(Vec<String>),
}

/// The host of a URL, and with its port; a host that is given alone has none.
pub(super) fn host_and_port(target: &str) -> (String, Option<String>) {
    let url = url::Url::parse(target).ok().filter(url::Url::has_host);
    let (host, port) = match &url {
        Some(url) => (url.host_str().unwrap_or_default(), url.port_or_known_default()),
        None => (target, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    let with_port = port.map(|port| format!("{host}:{port}"));
    (host, with_port)
}

pub(super) fn host_granted(grant: &Grant, target: &str) -> bool {
    let (host, with_port) = host_and_port(target);
    match grant {
        Grant::Nothing => false,
        Grant::Everything => true,
        Grant::These(names) => names
            .iter()
            .map(|name| name.trim_end_matches('.').to_ascii_lowercase())
            .any(|name| name == host || Some(name) == with_port),
    }
}

pub(super) fn name_granted(grant: &Grant, name: &str) -> bool {
    match grant {
        Grant::Nothing => false,
        Grant::Everything => true,
        Grant::These(names) => names.iter().any(|granted| granted == name),
    }
}

/// Whether a path is one of the granted ones or below one; links are followed first, so that none leads out.
pub(super) fn path_granted(grant: &Grant, directory: &Path, path: &str) -> bool {
    match grant {
        Grant::Nothing => false,
        Grant::Everything => true,
        Grant::These(granted) => {
            let asked = settled(directory, path);
            granted.iter().any(|granted| asked.starts_with(settled(directory, granted)))
        }
    }
}

/// The file that a path means, links followed as far as there is anything; what is not there yet is where it would be made.
fn settled(directory: &Path, path: &str) -> PathBuf {
    real(&directory.join(path), 0)
}

/// More links than this lead nowhere, as on every system.
const LINKS: usize = 40;

fn real(path: &Path, links: usize) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    // A link to what is not there: a write would make its target.
    if links < LINKS
        && let Ok(target) = path.read_link()
    {
        return real(&path.parent().unwrap_or(path).join(target), links + 1);
    }
    match (path.parent(), path.components().next_back()) {
        (Some(parent), Some(Component::ParentDir)) => {
            let mut above = real(parent, links);
            above.pop();
            above
        }
        (Some(parent), Some(Component::CurDir)) => real(parent, links),
        (Some(parent), Some(last)) => real(parent, links).join(last),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_of_a_folder_does_not_reach_beside_it() {
        let grant = Grant::These(vec!["data".to_string()]);
        let here = Path::new("/srv/books");
        assert!(path_granted(&grant, here, "data/a.txt"));
        assert!(path_granted(&grant, here, "./data/../data/a.txt"));
        assert!(!path_granted(&grant, here, "data/../secret"));
        assert!(!path_granted(&grant, here, "database"));
        assert!(!path_granted(&grant, here, "/etc/passwd"));
        assert!(!path_granted(&Grant::Nothing, here, "data/a.txt"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path();
        std::fs::create_dir(here.join("data")).expect("made");
        std::os::unix::fs::symlink("..", here.join("data/up")).expect("made");
        std::os::unix::fs::symlink(here.join("made.txt"), here.join("data/dangling")).expect("made");
        std::os::unix::fs::symlink("loop", here.join("data/loop")).expect("made");
        let grant = Grant::These(vec!["data".to_string()]);
        assert!(path_granted(&grant, here, "data/new.txt"));
        assert!(path_granted(&grant, here, "data/new/deep.txt"));
        assert!(!path_granted(&grant, here, "data/up/new.txt"));
        assert!(!path_granted(&grant, here, "data/dangling"));
        assert!(path_granted(&grant, here, "data/loop"));
    }
}
