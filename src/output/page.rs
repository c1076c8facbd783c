//! A value a page at a time: so many rows or lines, and a line that counts them and says what is left.

use super::show::{self, Read};
use super::table;
use crate::cloud::{Noun, Value};

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What is shown.
    pub text: String,
    /// Where the next part begins; `None` after the last.
    pub next: Option<usize>,
}

/// The part of a value that begins at row or line `from`, of at the most `most`; `more` is what shows the next.
/// `None` for what shows as nothing.
pub fn page(
    value: &Value,
    read: Read<'_>,
    width: usize,
    from: usize,
    most: usize,
    more: &str,
) -> Option<Page> {
    // What `defer` gives is seldom looked at.
    if *value == Value::Other("a handle") {
        return None;
    }
    if let Value::Other(what) = value {
        return Some(Page { text: (*what).to_string(), next: None });
    }
    if let Value::Array(items) = value
        && show::is_table(items)
    {
        let shown = items.get(from..)?.iter().take(most);
        let text = show::rows(&shown.cloned().collect::<Vec<_>>(), &table::columns(items), read, width);
        return Some(counted(text, &things(items), from, most, items.len(), more));
    }
    if let Value::Array(items) = value
        && items.len() > most
    {
        let shown: Vec<Value> = items.get(from..)?.iter().take(most).cloned().collect();
        let text = show::show(&Value::Array(shown), read, width)?;
        return Some(counted(text, "items", from, most, items.len(), more));
    }
    let text = show::show(value, read, width)?;
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= most {
        return Some(Page { text, next: None });
    }
    let shown = lines.get(from..)?.iter().take(most).copied().collect::<Vec<_>>().join("\n");
    Some(counted(shown, "lines", from, most, lines.len(), more))
}

/// A text with the line that counts it.
fn counted(text: String, things: &str, from: usize, most: usize, all: usize, more: &str) -> Page {
    let end = from.saturating_add(most).min(all);
    let next = (end < all).then_some(end);
    let line = match (from, next) {
        (0, None) if all == 1 => format!(" 1 {}", things.strip_suffix('s').unwrap_or(things)),
        (0, None) => format!(" {all} {things}"),
        (_, None) => format!(" {things} {} to {all} of {all}", from + 1),
        (_, Some(_)) => format!(" {things} {} to {end} of {all}; {more}", from + 1),
    };
    Page { text: format!("{text}\n{line}"), next }
}

/// What the rows of a table are: `servers`, `errors`, `rows`.
fn things(items: &[Value]) -> String {
    let nouns: Vec<Option<Noun>> = items
        .iter()
        .map(|item| match item {
            Value::Resource(resource) => Some(resource.noun()),
            _ => None,
        })
        .collect();
    match nouns.first() {
        Some(Some(noun)) if nouns.iter().all(|other| *other == Some(*noun)) => format!("{}s", noun.as_str()),
        _ if items.iter().all(|item| matches!(item, Value::Error(_))) => "errors".to_string(),
        _ => "rows".to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn row(n: i64) -> Value {
        Value::Map([("n".to_string(), Value::Int(n))].into())
    }

    fn part(value: &Value, from: usize, most: usize) -> Page {
        page(value, &|_, _| Value::Unit, 80, from, most, ":more").expect("something")
    }

    #[test]
    fn rows_are_counted() {
        assert_eq!(part(&Value::Array(vec![row(1)]), 0, 5).text, " n\n 1\n 1 row");
        assert_eq!(part(&Value::Array(vec![row(1), row(2)]), 0, 5).text, " n\n 1\n 2\n 2 rows");
    }

    #[test]
    fn a_long_table_is_shown_in_parts() {
        let value = Value::Array((1..=5).map(row).collect());
        let first = part(&value, 0, 2);
        assert_eq!(first, Page { text: " n\n 1\n 2\n rows 1 to 2 of 5; :more".into(), next: Some(2) });
        let last = part(&value, 4, 2);
        assert_eq!(last, Page { text: " n\n 5\n rows 5 to 5 of 5".into(), next: None });
    }

    #[test]
    fn long_texts_and_arrays_are_shown_in_parts() {
        let text = Value::text("a\nb\nc");
        assert_eq!(part(&text, 0, 3), Page { text: "a\nb\nc".into(), next: None });
        assert_eq!(part(&text, 1, 1), Page { text: "b\n lines 2 to 2 of 3; :more".into(), next: Some(2) });
        let numbers = Value::Array((1..=3).map(Value::Int).collect());
        assert_eq!(part(&numbers, 0, 2).text, "[1, 2]\n items 1 to 2 of 3; :more");
    }
}
