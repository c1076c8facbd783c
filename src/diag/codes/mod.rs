//! The pages of `rhain explain`: one a code, what it means, a failing and a mended example.

/// The codes and their pages.
pub const PAGES: &[(&str, &str)] = &[];

/// The page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(name, _)| *name == code).map(|(_, page)| *page)
}
