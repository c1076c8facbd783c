//! The bounds of reading a list page by page, whatever the protocol: each entry once, progress with every page, and an end
//! whatever the cloud answers.

use std::collections::HashSet;

/// The most pages and entries of one list: more than any cloud has, and an end where one makes up ever new ones.
const PAGES: usize = 10_000;
const ENTRIES: usize = 500_000;
/// How many empty pages may follow each other: some clouds send them where a filter matches little.
const EMPTY_PAGES: usize = 100;

/// How far a list is read.
#[derive(Debug, Default)]
pub(super) struct Pages {
    read: usize,
    entries: usize,
    /// Pages without an entry since the last one that had some.
    empty: usize,
    /// What was met already: entries by their ids, and the places from which pages went on.
    entries_met: HashSet<String>,
    places_met: HashSet<String>,
}

impl Pages {
    /// A page with so many entries was read.
    ///
    /// # Errors
    /// In a few words, where the list has no end.
    pub(super) fn read(&mut self, entries: usize) -> Result<(), String> {
        self.read += 1;
        self.entries += entries;
        self.empty = if entries == 0 { self.empty + 1 } else { 0 };
        if self.empty > EMPTY_PAGES {
            return Err("one empty page follows another".to_string());
        }
        match self.read > PAGES || self.entries > ENTRIES {
            true => Err(format!("{} pages hold {} entries", self.read, self.entries)),
            false => Ok(()),
        }
    }

    /// Whether an entry was not met before: what moves between pages while they are read comes twice.
    pub(super) fn is_new(&mut self, entry: &str) -> bool {
        self.entries_met.insert(entry.to_string())
    }

    /// The next page begins at this place.
    ///
    /// # Errors
    /// In a few words, where that is no progress.
    pub(super) fn go_on(&mut self, place: &str) -> Result<(), String> {
        match self.places_met.insert(place.to_string()) {
            true => Ok(()),
            false => Err("a page that was there already comes again".to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_by_pages_entries_places_and_empty_pages() {
        let mut pages = Pages::default();
        assert_eq!((0..PAGES).find(|_| pages.read(1).is_err()), None);
        assert_eq!(pages.read(1).unwrap_err(), "10001 pages hold 10001 entries");
        assert!(Pages::default().read(ENTRIES).is_ok() && Pages::default().read(ENTRIES + 1).is_err());
        let mut pages = Pages::default();
        assert!(pages.go_on("a").is_ok() && pages.go_on("b").is_ok() && pages.go_on("a").is_err());
        assert!(pages.is_new("a") && !pages.is_new("a"));
        (0..EMPTY_PAGES).for_each(|_| pages.read(0).unwrap());
        assert_eq!(pages.read(0).unwrap_err(), "one empty page follows another");
        // An entry in between is progress.
        assert!(pages.read(1).is_ok() && pages.read(0).is_ok());
    }
}
