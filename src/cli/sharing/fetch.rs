//! Fetches a remote module: from a web server, or with the `git` program from a repository.
//!
//! `git` is the user's own: it finds their credentials, proxies and keys as for all their other work, and is kept up to
//! date by their system. It is told to ask nobody, to run no helper of the repository, and to take no other protocol.

use crate::cloud::ports::{Outside, ProgramRun, WebAsk};
use crate::cloud::{Error, Kind, Secret};
use crate::script::bridge::Bridge;
use crate::script::modules::Address;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No module is so large.
pub(super) const LARGEST: usize = 1 << 20;
/// The most redirects that are followed.
const REDIRECTS: usize = 5;
/// How long one word with a repository may take.
const GIT: Duration = Duration::from_secs(120);

/// What was fetched.
#[derive(Debug, Clone)]
pub(super) struct Fetched {
    pub(super) text: String,
    /// The commit, of one from git.
    pub(super) commit: Option<String>,
}

/// What fetches.
#[derive(Clone)]
pub(super) struct Fetcher {
    pub(super) outside: Arc<dyn Outside>,
    pub(super) bridge: Arc<Bridge>,
    /// The folder for what is kept for a moment.
    pub(super) folder: PathBuf,
}

pub(super) fn refused(address: &Address, why: impl Into<String>) -> Error {
    Error::new(Kind::Network, format!("the module `{address}` cannot be fetched"))
        .coded("import::fetch")
        .answer(why.into())
        .help("look whether it is there and whether this machine reaches it; nothing ran and nothing changed")
}

impl Fetcher {
    /// The module as it is there now, or as it was at a commit.
    ///
    /// # Errors
    /// When it is not there, is no module's text, or cannot be had.
    pub(super) fn fetch(&self, address: &Address, commit: Option<&str>) -> Result<Fetched, Error> {
        let (bytes, commit) = match address {
            Address::Web(url) => (self.web(address, url)?, None),
            Address::Git { repository, path, revision } => {
                let (bytes, commit) = self.git(address, repository, path, commit.unwrap_or(revision))?;
                (bytes, Some(commit))
            }
        };
        if bytes.len() > LARGEST {
            return Err(refused(address, format!("it is larger than {} KiB", LARGEST >> 10)));
        }
        let text = String::from_utf8(bytes).map_err(|_| refused(address, "it is no text"))?;
        if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
            let code = u32::from(c);
            return Err(refused(
                address,
                format!(
                    "it holds the hidden character U+{code:04X}, which shows people another text than runs"
                ),
            ));
        }
        Ok(Fetched { text, commit })
    }

    fn web(&self, address: &Address, url: &str) -> Result<Vec<u8>, Error> {
        let mut target = url::Url::parse(url).map_err(|_| refused(address, "it is no URL"))?;
        for _ in 0..=REDIRECTS {
            let ask = WebAsk {
                method: "GET".to_string(),
                url: target.to_string(),
                headers: Vec::new(),
                body: None,
                timeout: None,
                insecure: false,
            };
            let answer = self.bridge.wait(self.outside.fetch(&ask))?;
            match answer.status {
                200 => return Ok(answer.body),
                301 | 302 | 303 | 307 | 308 => {
                    let next = answer.headers.iter().find(|(name, _)| name == "location");
                    let next = next.and_then(|(_, next)| target.join(next).ok());
                    let next = next.ok_or_else(|| refused(address, "it is redirected nowhere"))?;
                    // Nobody on the way may lead to plain text, to this machine or to another kind of thing.
                    let own =
                        |url: &url::Url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
                    let stays =
                        next.scheme() == "https" || (own(&target) && own(&next) && next.scheme() == "http");
                    let plain = next.username().is_empty() && next.password().is_none();
                    if !stays || !plain || (own(&next) && !own(&target)) {
                        return Err(refused(
                            address,
                            "it is redirected to what is not fetched: only https:// is",
                        ));
                    }
                    target = next;
                }
                status => return Err(refused(address, format!("the server answers {status}"))),
            }
        }
        Err(refused(address, format!("it is redirected more than {REDIRECTS} times")))
    }

    fn git(
        &self,
        address: &Address,
        repository: &str,
        path: &str,
        revision: &str,
    ) -> Result<(Vec<u8>, String), Error> {
        let folder = Folder::new(&self.folder)
            .map_err(|why| refused(address, format!("no folder to fetch into: {why}")))?;
        let told = |words: &[&str]| self.told(address, &folder.0, words);
        told(&["init", "--quiet", "--bare", "."])?;
        let one =
            ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--end-of-options"];
        let kept = format!("+{revision}:refs/rhain/it");
        // A server need not give a commit by its own name; then all is fetched, and looked through.
        let commit = match told(&[&one[..], &[repository, &kept]].concat()) {
            Ok(_) => told(&["rev-parse", "--verify", "--quiet", "refs/rhain/it^{commit}"])?,
            Err(first) => {
                let is_commit =
                    matches!(revision.len(), 7..=64) && revision.chars().all(|c| c.is_ascii_hexdigit());
                if !is_commit {
                    return Err(first);
                }
                let all = ["fetch", "--quiet", "--no-recurse-submodules", "--end-of-options", repository];
                told(&[&all[..], &["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]].concat())?;
                let wanted = format!("{revision}^{{commit}}");
                told(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])
                    .map_err(|_| refused(address, format!("the repository has no revision `{revision}`")))?
            }
        };
        let commit = String::from_utf8_lossy(&commit).trim().to_string();
        let listed = told(&["ls-tree", "-z", "--full-tree", &commit, "--", path])?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        match listed.split_whitespace().next() {
            Some("100644" | "100755") => {}
            Some("120000") => {
                return Err(refused(address, format!("`{path}` is a link; name the file it leads to")));
            }
            Some(_) => return Err(refused(address, format!("`{path}` is no file"))),
            None => return Err(refused(address, format!("the repository has no `{path}` at that revision"))),
        }
        let blob = format!("{commit}:{path}");
        let size = told(&["cat-file", "-s", &blob])?;
        if String::from_utf8_lossy(&size).trim().parse::<usize>().is_ok_and(|size| size > LARGEST) {
            return Err(refused(address, format!("it is larger than {} KiB", LARGEST >> 10)));
        }
        Ok((told(&["cat-file", "blob", &blob])?, commit))
    }

    fn told(&self, address: &Address, folder: &Path, words: &[&str]) -> Result<Vec<u8>, Error> {
        let set = |name: &str, value: &str| (name.to_string(), Secret::new(value));
        let safe = [
            "core.hooksPath=/dev/null",
            "core.fsmonitor=false",
            "protocol.ext.allow=never",
            "transfer.fsckObjects=true",
        ];
        let mut args: Vec<String> =
            safe.iter().flat_map(|one| ["-c".to_string(), (*one).to_string()]).collect();
        args.extend(words.iter().map(|word| (*word).to_string()));
        let run = ProgramRun {
            program: "git".to_string(),
            args,
            stdin: Vec::new(),
            env: vec![
                set("GIT_DIR", &folder.to_string_lossy()),
                set("GIT_TERMINAL_PROMPT", "0"),
                set("GIT_ALLOW_PROTOCOL", "https:file:ssh"),
                set("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
                set("GIT_NO_REPLACE_OBJECTS", "1"),
                set("LC_ALL", "C"),
            ],
            dir: Some(folder.to_string_lossy().into_owned()),
        };
        let work = async { tokio::time::timeout(GIT, self.outside.run(&run)).await };
        let end = match self.bridge.wait(work) {
            Err(_) => return Err(refused(address, format!("`git` did not end within {} s", GIT.as_secs()))),
            Ok(Err(why)) => {
                return Err(refused(address, format!("`git` cannot be run: {why}"))
                    .help("install git, and put it in PATH"));
            }
            Ok(Ok(end)) => end,
        };
        if end.code != 0 {
            let said = String::from_utf8_lossy(&end.stderr).into_owned();
            let said: Vec<&str> = said.trim().lines().filter(|line| !line.is_empty()).take(4).collect();
            return Err(refused(
                address,
                if said.is_empty() { format!("`git` ended with code {}", end.code) } else { said.join("\n") },
            ));
        }
        Ok(end.stdout)
    }
}

/// Characters that a person does not see, or that make them see another order.
pub(super) fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// A folder that goes with the fetch.
struct Folder(PathBuf);

/// Counts the folders, so that two do not meet.
static MADE: AtomicU64 = AtomicU64::new(0);

impl Folder {
    fn new(parent: &Path) -> std::io::Result<Folder> {
        let name = format!("fetch-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let folder = parent.join(name);
        std::fs::create_dir_all(parent)?;
        // One that a killed run left is nobody's.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder)?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
