//! Which operations of the simulated clouds a verb is made of; a test calls every verb of the table on every one of them.

use crate::cloud::nearest::nearest;

const TABLE: &str = include_str!("operations.tsv");

/// The verbs of the table, each with its operations.
pub fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t')).map(|(verb, all)| (verb, all.split(' ').collect()))
}

/// The operations that a word of `sim_fault` means: a verb's, or those of this name or with this beginning.
///
/// # Errors
/// When there are none such, in a few words.
pub fn of_word(word: &str) -> Result<Vec<String>, String> {
    if let Some((_, operations)) = rows().find(|(verb, _)| *verb == word) {
        return Ok(operations.into_iter().map(str::to_string).collect());
    }
    if word == "*" || word.contains('.') {
        return Ok(vec![word.to_string()]);
    }
    if crate::verbs::verb(word).is_some() {
        return Err(format!("`{word}` sends no request of its own"));
    }
    let near = nearest(word, rows().map(|(verb, _)| verb), 1);
    let near = near.first().map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    Err(format!("there is no verb `{word}`{near}"))
}

/// The verb whose main request an operation is; empty for one that goes beside.
pub fn verb_of(operation: &str) -> &'static str {
    rows().find(|(_, operations)| operations.contains(&operation)).map_or("", |(verb, _)| verb)
}
