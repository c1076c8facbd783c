//! How much an answer may hold once it is read: a small text can be a very large tree.

use super::message::Answer;

/// The most values of one answer: a page of a thousand servers has some two hundred thousand.
const MOST: usize = 2_000_000;
/// The deepest nesting.
const DEEPEST: usize = 100;

/// Whether the answer, where it is JSON, is more than may be read: why.
pub(super) fn exceeded(answer: &Answer) -> Option<String> {
    json_exceeds(&answer.body, MOST, DEEPEST)
}

fn json_exceeds(body: &[u8], most: usize, deepest: usize) -> Option<String> {
    if !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return None;
    }
    let (mut values, mut depth) = (1_usize, 0_usize);
    let (mut text, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            _ if text => {}
            b',' => values += 1,
            b'{' | b'[' => {
                values += 1;
                depth += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > deepest {
            return Some(format!("the answer is nested more than {deepest} deep"));
        }
        if values > most {
            return Some(format!("the answer holds more than {most} values"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_levels_are_counted_outside_of_texts() {
        assert_eq!(json_exceeds(br#"{"a": "[[[[,,,,\"[[[[", "b": [1, 2]}"#, 10, 3), None);
        assert!(json_exceeds(b"[1,1,1,1,1,1]", 5, 3).is_some_and(|why| why.contains("more than 5 values")));
        assert!(json_exceeds(b" [[[[1]]]]", 50, 3).is_some_and(|why| why.contains("3 deep")));
        assert_eq!(json_exceeds(b"<a>,,,,,,,,</a>", 5, 3), None);
    }
}
