//! What configuration has to say that is no error: warnings, and details for `-v`.

/// Something a person should know about their configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Said always: a setting that is probably not what was meant.
    Warning(String),
    /// Said with `-v`: which of two settings counts.
    Detail(String),
}
