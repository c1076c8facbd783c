//! The names closest to one that is not there: "did you mean".
//!
//! It knows words and nothing of where they come from. A name that is far from all of them gets no suggestion,
//! for a wrong one costs more than none.

/// The closest names, best first, at most `count`.
pub fn nearest<S: AsRef<str>>(word: &str, names: impl IntoIterator<Item = S>, count: usize) -> Vec<String> {
    let wanted = word.to_lowercase();
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    let mut found: Vec<(usize, String)> = names
        .into_iter()
        .filter_map(|name| {
            let name = name.as_ref();
            let lower = name.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &lower);
            let near = distance <= allowed && distance < wanted.chars().count();
            let contained = wanted.chars().count() >= 4
                && (lower.starts_with(&wanted) || wanted.starts_with(&lower))
                && lower.chars().count() >= 4;
            let rearranged = wanted.contains('_') && parts(&wanted) == parts(&lower);
            (near || contained || rearranged)
                .then(|| (if near { distance } else { allowed + 1 }, name.to_owned()))
        })
        .collect();
    found.sort();
    found.dedup();
    found.into_iter().take(count).map(|(_, name)| name).collect()
}

/// The parts of a name, in no order: `active_wait` is `wait_active`.
fn parts(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name.split('_').collect();
    parts.sort_unstable();
    parts
}

/// The closest names as a label says it: "did you mean `flavor`?"; `None` when nothing is near.
pub fn did_you_mean<S: AsRef<str>>(word: &str, names: impl IntoIterator<Item = S>) -> Option<String> {
    let found = nearest(word, names, 2);
    (!found.is_empty()).then(|| {
        let names: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
        format!("did you mean {}?", names.join(" or "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["boot", "flavor", "flavors", "wait_active", "wait_status", "server"];

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("flavour", NAMES, 1), ["flavor"]);
        assert_eq!(nearest("Boot", NAMES, 1), ["boot"]);
        assert_eq!(nearest("active_wait", NAMES, 2), ["wait_active"]);
        assert!(nearest("delete", NAMES, 3).is_empty());
        assert!(nearest("x", NAMES, 3).is_empty());
    }

    #[test]
    fn a_label_reads_as_a_question() {
        assert_eq!(did_you_mean("flavour", NAMES).as_deref(), Some("did you mean `flavor` or `flavors`?"));
        assert_eq!(did_you_mean("zzz", NAMES), None);
    }
}
