//! How wide the terminal is. What is written to a pipe has no edge; that is the caller's to know.

/// The terminal's columns, within reason; 80 where it does not tell.
pub fn columns() -> usize {
    comfy_table::Table::new().width().map_or(80, usize::from).clamp(40, 200)
}

/// The columns that a text takes.
pub fn of(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}
