//! The scripts that a word of the command line means: a file itself, of a folder every script in it and below.

use std::path::{Path, PathBuf};

/// The scripts of a folder and of those in it, in order; what is no folder is itself. Hidden folders, links, what was built
/// and modules of others are left out.
pub(super) fn below(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let mut found = Vec::new();
    let mut open = vec![path.to_path_buf()];
    while let Some(folder) = open.pop() {
        let vendored = folder.join("rhain.lock").exists();
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with('.');
            let Ok(kind) = entry.file_type() else { continue };
            let others = name == "target" || name == "node_modules" || (vendored && name == "vendor");
            // `.` alone names nothing that a person would write before a name.
            let path = if folder == Path::new(".") { PathBuf::from(&name) } else { folder.join(&name) };
            if kind.is_dir() && !hidden && !others {
                open.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|kind| kind == "rhai") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
