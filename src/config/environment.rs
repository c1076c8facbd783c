//! What configuration may see of the process: variables, the home and working folders, the site's folders.
//!
//! It is a value, so a test makes its own; nothing else in this room reads the process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The process as configuration sees it.
#[derive(Clone, Default)]
pub struct Environment {
    /// The variables whose names and values are text.
    pub variables: BTreeMap<String, String>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// The working folder.
    pub cwd: PathBuf,
    /// Where a site keeps configuration for all its users, first come first: `/etc`.
    pub site: Vec<PathBuf>,
}

impl Environment {
    /// This process.
    pub fn of_process() -> Environment {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let variables: BTreeMap<String, String> = std::env::vars_os().filter_map(text).collect();
        let site = match variables.get("XDG_CONFIG_DIRS").filter(|dirs| !dirs.is_empty()) {
            Some(dirs) => dirs.split(':').filter(|dir| !dir.is_empty()).map(PathBuf::from).collect(),
            None => vec![PathBuf::from("/etc/xdg")],
        };
        Environment {
            home: etcetera::home_dir().ok(),
            cwd: std::env::current_dir().unwrap_or_default(),
            site: [site, vec![PathBuf::from("/etc")]].concat(),
            variables,
        }
    }

    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The folder of this program's or another's configuration: `~/.config/NAME`.
    pub fn config_folders(&self, name: &str) -> Vec<PathBuf> {
        let own = self.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let home = self.home.as_ref().map(|home| home.join(".config"));
        let mut folders: Vec<PathBuf> = own.into_iter().chain(home).map(|folder| folder.join(name)).collect();
        folders.dedup();
        folders
    }

    /// The folder that this program keeps something in for its user: below a folder that a variable names, or one of the home folder.
    pub fn own_folder(&self, variable: &str, of_home: &str) -> Option<PathBuf> {
        let named = self.get(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let folder = named.or_else(|| self.home.as_ref().map(|home| home.join(of_home)))?;
        Some(folder.join("rhain"))
    }

    /// A path as a setting names it: `~` is the home folder, relative ones start at the working folder.
    pub fn path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ if text == "~" => self.home.clone().unwrap_or_default(),
            _ => self.cwd.join(text),
        }
    }

    /// A path as a person reads it, and as [`path`](Self::path) takes it: a file of the working folder by its name, others with `~`
    /// for the home folder.
    pub fn shown(&self, path: &Path) -> String {
        let here = path.parent() == Some(&self.cwd) && self.home.as_ref() != Some(&self.cwd);
        match (
            path.file_name().filter(|_| here),
            self.home.as_ref().and_then(|home| path.strip_prefix(home).ok()),
        ) {
            (Some(name), _) => name.to_string_lossy().into_owned(),
            (None, Some(rest)) => format!("~/{}", rest.display()),
            (None, None) => path.display().to_string(),
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be passwords.
        let names: Vec<&String> = self.variables.keys().collect();
        f.debug_struct("Environment")
            .field("home", &self.home)
            .field("cwd", &self.cwd)
            .field("names", &names)
            .finish()
    }
}
