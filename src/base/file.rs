//! Files that are read and written whole. A named pipe in their place would be waited for until somebody opens its other
//! end, which no signal ends: it is refused before it is opened.

use std::io;
use std::path::Path;

/// Read a file.
///
/// # Errors
/// When it cannot be read, or is a named pipe.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    refuse_pipe(path)?;
    std::fs::read(path)
}

/// Read a file of text.
///
/// # Errors
/// When it cannot be read, is a named pipe, or is no UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    refuse_pipe(path)?;
    std::fs::read_to_string(path)
}

/// Refuse a named pipe. One that the process was given open, as a shell's `<(…)` gives it, stays usable by its name.
///
/// # Errors
/// When it is one.
pub fn refuse_pipe(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let is_given = ["/dev", "/proc"].iter().any(|open| path.starts_with(open));
        // What cannot be looked at says why when it is opened.
        if !is_given && std::fs::metadata(path).is_ok_and(|there| there.file_type().is_fifo()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is a named pipe, which may be waited for without end",
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
